//! `Bulk`: objects one after the other, several times faster than libgit2 reads them.
//!
//! Takes what gitoxide finds in packs, also in those of alternates; whatever it does not find, or
//! finds to be something else, is read as ever, and that decides. Without the feature
//! `history` libgit2 reads everything. A program that never asks for it has nothing of it: that is
//! why it stands behind a trait.
//!
//! # What is not checked
//!
//! Whether an object has the name that was asked for: `git blame` does not check it either. Where
//! commits are judged, theirs are ([`Names::OfCommits`]): a commit names its tree and what pins it.
//! What the trees and blobs hold has to fit the digest that a record signs, or it is not believed.

#[cfg(feature = "history")]
mod packs;

use std::sync::Arc;

#[cfg(feature = "history")]
use super::ObjectFormat;
use super::objects::ObjectKind;
use super::{GitError, Location, Repo};
use crate::object_id::ObjectId;

/// Whoever reads objects in bulk.
pub(super) trait Bulk: Send {
    /// Reads an object of at most `cap` bytes; `None` where it is not here, or is not that.
    fn read(&self, id: ObjectId, kind: ObjectKind, cap: usize) -> Option<Arc<[u8]>>;
}

#[cfg(feature = "history")]
fn read_in_bulk(repos: &mut [Repo], names: Names) {
    let Some(first) = repos.first() else {
        return;
    };
    if first.location().object_dirs.is_empty() && first.object_format() == ObjectFormat::Sha1 {
        let packs = packs::Packs::open(&first.objects_dir());
        for repo in repos {
            repo.bulk = Some((Box::new(packs.reader()), names));
        }
    }
}

#[cfg(not(feature = "history"))]
const fn read_in_bulk(_: &mut [Repo], _: Names) {}

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
    /// Opens a repository once for each thread, to read objects in bulk. They share the packs.
    ///
    /// # Errors
    ///
    /// As for [`Repo::open`].
    pub fn open_in_bulk(
        location: &Location,
        names: Names,
        threads: usize,
    ) -> Result<Vec<Self>, GitError> {
        let opened = (0..threads).map(|_| Self::open(location));
        let mut repos = opened.collect::<Result<Vec<_>, _>>()?;
        read_in_bulk(&mut repos, names);
        Ok(repos)
    }

    /// Reads objects in bulk from now on.
    pub fn read_in_bulk(&mut self, names: Names) {
        read_in_bulk(std::slice::from_mut(self), names);
    }

    /// Reads an object in bulk, if that is how this repository is read.
    pub(super) fn object_in_bulk(
        &self,
        id: ObjectId,
        kind: ObjectKind,
        cap: usize,
    ) -> Result<Option<Arc<[u8]>>, GitError> {
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

#[cfg(test)]
#[cfg(feature = "history")]
mod tests;
