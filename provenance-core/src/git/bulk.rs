//! `Bulk`: objects one after the other, several times faster than libgit2 reads them.
//!
//! Takes what gitoxide finds among loose objects, packs and alternates; whatever it does not find,
//! or finds to be something else, libgit2 is asked for, whose word decides. Without the feature
//! `history` libgit2 reads everything. A program that never asks for it has nothing of it: that is
//! why it stands behind a trait.
//!
//! # What is not checked
//!
//! Whether an object has the name that was asked for: `git blame` does not check it either. Where
//! commits are judged, theirs are ([`Names::OfCommits`]): a commit names its tree and what pins it.
//! What the trees and blobs hold has to fit the digest that a record signs, or it is not believed.

use super::objects::ObjectKind;
use super::{GitError, Repo};
use crate::object_id::ObjectId;

/// Whoever reads objects in bulk.
pub(super) trait Bulk: Send {
    /// Reads an object of at most `cap` bytes; `None` where it is not here, or is not that.
    fn read(&self, id: ObjectId, kind: ObjectKind, cap: usize) -> Option<Vec<u8>>;
}

/// Which objects that are read in bulk are compared with their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// All, as everywhere else: what is signed is read so.
    Checked,
    /// Those of commits: what is counted is.
    OfCommits,
    /// None: an object is what its name says.
    Believed,
}

impl Repo {
    /// Reads objects in bulk from now on.
    pub fn read_in_bulk(&mut self, names: Names) {
        #[cfg(feature = "history")]
        if self.location().object_dirs.is_empty() {
            self.bulk = gitoxide::open(&self.objects_dir()).map(|bulk| (bulk, names));
        }
        #[cfg(not(feature = "history"))]
        let _: Names = names;
    }

    /// Answers whether many commits are judged with what is read.
    pub(super) fn judges_in_bulk(&self) -> bool {
        matches!(self.bulk, Some((_, Names::Checked | Names::OfCommits)))
    }

    /// Reads an object in bulk, if that is how this repository is read.
    pub(super) fn object_in_bulk(
        &self,
        id: ObjectId,
        kind: ObjectKind,
        cap: usize,
    ) -> Result<Option<Vec<u8>>, GitError> {
        let Some((bulk, names)) = &self.bulk else {
            return Ok(None);
        };
        let bytes = bulk.read(id, kind, cap);
        let is_checked = match names {
            Names::Checked => true,
            Names::OfCommits => kind == ObjectKind::Commit,
            Names::Believed => false,
        };
        if !is_checked {
            return Ok(bytes);
        }
        match bytes {
            Some(bytes) if self.object_id(kind, &bytes)? == id => Ok(Some(bytes)),
            _ => Ok(None),
        }
    }
}

#[cfg(feature = "history")]
mod gitoxide {
    use std::path::Path;
    use std::sync::Arc;

    use gix_object::Find as _;
    use gix_odb::store::init::Options;

    use super::Bulk;
    use crate::git::objects::ObjectKind;
    use crate::object_id::ObjectId;

    /// How many bytes of bases of deltas are kept.
    const BASES_BYTES: usize = 32 << 20;
    /// What is larger is libgit2's to read, which looks at its size first.
    const MAX_BYTES: usize = 64 << 20;

    type Objects = gix_odb::Cache<gix_odb::store::Handle<Arc<gix_odb::Store>>>;

    /// Opens the objects; `None` where libgit2 has to read them.
    pub(super) fn open(objects: &Path) -> Option<Box<dyn Bulk>> {
        let options = Options {
            alloc_limit_bytes: Some(MAX_BYTES),
            ..Options::default()
        };
        let kind = gix_hash::Kind::Sha1;
        let store = gix_odb::Store::at_opts(objects.into(), kind, &mut None.into_iter(), options);
        let mut objects: Objects = Arc::new(store.ok()?).to_cache_arc();
        objects.set_pack_cache(|| {
            Box::new(gix_pack::cache::lru::MemoryCappedHashmap::new(BASES_BYTES))
        });
        objects.refresh_never();
        Some(Box::new(objects))
    }

    impl Bulk for Objects {
        fn read(&self, id: ObjectId, kind: ObjectKind, cap: usize) -> Option<Vec<u8>> {
            let id = gix_hash::oid::try_from_bytes(id.as_bytes()).ok()?;
            let mut bytes = Vec::new();
            let found = self.try_find(id, &mut bytes).ok()??.kind;
            let is_expected = matches!(
                (found, kind),
                (gix_object::Kind::Commit, ObjectKind::Commit)
                    | (gix_object::Kind::Tree, ObjectKind::Tree)
                    | (gix_object::Kind::Blob, ObjectKind::Blob)
                    | (gix_object::Kind::Tag, ObjectKind::Tag)
            );
            (is_expected && bytes.len() <= cap).then_some(bytes)
        }
    }
}
