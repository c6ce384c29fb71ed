//! Objects: commits, trees and blobs as raw bytes, each within a cap.
//!
//! Takes ids and gives bytes. The size is read from the object's header before anything is
//! inflated, so that a blob of zeros that is small on disk cannot fill the memory.
//!
//! # What is not checked
//!
//! Modes and names of tree entries beyond their form: `..` and `.git` come out as they stand, and
//! must never be joined to a path on disk.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use git2::{ErrorCode, ObjectType};

use super::loose::{self, Deflater, Loose};
use super::{CommitFault, GitError, RawCommit, Repo, from_oid, to_oid};
use crate::object_id::ObjectId;

/// The most bytes of a commit object that are read.
pub const MAX_COMMIT_BYTES: usize = 16 << 20;
/// The most bytes of one tree object that are read: a directory of a million files.
pub const MAX_TREE_BYTES: usize = 64 << 20;

/// How many trees and blobs are kept at hand, and how large one may be.
const TREES_AT_HAND: usize = 16;
const BLOBS_AT_HAND: usize = 2;
const MAX_AT_HAND: usize = 64 << 10;

/// The objects of one kind that were read last, the newest first.
#[derive(Default)]
pub(super) struct AtHand(VecDeque<(ObjectId, Arc<[u8]>)>);

impl AtHand {
    fn get(&self, id: ObjectId) -> Option<Arc<[u8]>> {
        let found = self.0.iter().find(|(known, _)| *known == id);
        found.map(|(_, bytes)| Arc::clone(bytes))
    }

    fn put(&mut self, id: ObjectId, bytes: Arc<[u8]>, most: usize) {
        self.0.truncate(most - 1);
        self.0.push_front((id, bytes));
    }
}

/// The four types of Git objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A commit.
    Commit,
    /// A directory.
    Tree,
    /// The content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

/// One entry of a tree object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// The mode, such as `0o100644` or `0o40000`.
    pub mode: u32,
    /// The name, any bytes but NUL and `/`.
    pub name: Vec<u8>,
    /// What the name stands for.
    pub id: ObjectId,
}

impl TreeEntry {
    /// Answers whether the entry is a directory.
    #[must_use]
    pub const fn is_tree(&self) -> bool {
        self.mode == 0o40000
    }
}

impl Repo {
    /// Reads a commit.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`]; [`GitError::MalformedCommit`], which is an answer about the
    /// commit and must be reported as one; [`GitError::TooLarge`], [`GitError::Object`].
    pub fn commit(&self, commit_id: ObjectId) -> Result<RawCommit, GitError> {
        let bytes = self.commit_bytes(commit_id)?;
        RawCommit::parse(commit_id, &bytes).map_err(|fault: CommitFault| {
            GitError::MalformedCommit {
                id: commit_id,
                fault,
            }
        })
    }

    /// Reads the bytes of a commit object, without Git's object header.
    ///
    /// # Errors
    ///
    /// As for [`Repo::blob`].
    pub fn commit_bytes(&self, commit_id: ObjectId) -> Result<Arc<[u8]>, GitError> {
        self.object(commit_id, ObjectKind::Commit, MAX_COMMIT_BYTES)
    }

    /// Reads a blob of at most `cap` bytes.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`]; [`GitError::TooLarge`] before anything is inflated;
    /// [`GitError::WrongKind`] when the id names something else; [`GitError::Object`].
    pub fn blob(&self, blob_id: ObjectId, cap: usize) -> Result<Arc<[u8]>, GitError> {
        let known = self.blobs.borrow().get(blob_id);
        if let Some(bytes) = known.filter(|bytes| bytes.len() <= cap) {
            return Ok(bytes);
        }
        let bytes = self.object(blob_id, ObjectKind::Blob, cap)?;
        if bytes.len() <= MAX_AT_HAND {
            let kept = Arc::clone(&bytes);
            self.blobs.borrow_mut().put(blob_id, kept, BLOBS_AT_HAND);
        }
        Ok(bytes)
    }

    /// Reads the entries of a tree, in its own order.
    ///
    /// # Errors
    ///
    /// As for [`Repo::blob`], and [`GitError::MalformedTree`].
    pub fn tree(&self, tree_id: ObjectId) -> Result<Vec<TreeEntry>, GitError> {
        let bytes = self.tree_bytes(tree_id)?;
        parse_tree(&bytes, tree_id).ok_or(GitError::MalformedTree { id: tree_id })
    }

    /// Returns what an annotated tag names.
    pub(in crate::git) fn tag_target(&self, tag_id: ObjectId) -> Result<ObjectId, GitError> {
        let tag = self.object(tag_id, ObjectKind::Tag, MAX_COMMIT_BYTES)?;
        let first = tag.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let target = first.strip_prefix(b"object ").and_then(|hex| {
            let hex = std::str::from_utf8(hex).ok()?;
            hex.parse().ok()
        });
        target.ok_or(GitError::MissingObject { id: tag_id })
    }

    /// Reads the bytes of a tree object. A commit asks several times for the same few.
    pub(in crate::git) fn tree_bytes(&self, tree_id: ObjectId) -> Result<Arc<[u8]>, GitError> {
        let known = self.trees.borrow().get(tree_id);
        if let Some(bytes) = known {
            return Ok(bytes);
        }
        let bytes = self.object(tree_id, ObjectKind::Tree, MAX_TREE_BYTES)?;
        if bytes.len() <= MAX_AT_HAND {
            let kept = Arc::clone(&bytes);
            self.trees.borrow_mut().put(tree_id, kept, TREES_AT_HAND);
        }
        Ok(bytes)
    }

    /// Returns the type and the size of an object, without inflating it.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`], [`GitError::Object`].
    pub fn object_header(&self, id: ObjectId) -> Result<(ObjectKind, usize), GitError> {
        let odb = self.odb()?;
        let (size, kind) = odb
            .read_header(to_oid(id)?)
            .map_err(|source| unreadable(id, source))?;
        Ok((kind_of(id, kind)?, size))
    }

    /// Answers whether an object is here.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`] when the object database cannot be opened.
    pub fn has_object(&self, id: ObjectId) -> Result<bool, GitError> {
        let odb = self.odb()?;
        Ok(to_oid(id).is_ok_and(|oid| odb.exists(oid)))
    }

    /// Writes an object as a loose file.
    ///
    /// # Errors
    ///
    /// [`GitError::Write`]: no space, no permission.
    pub fn write_object(&self, kind: ObjectKind, bytes: &[u8]) -> Result<ObjectId, GitError> {
        let id = self.object_id(kind, bytes)?;
        let objects = self.objects_dir();
        let level = self.config()?.loose_compression();
        let mut deflater = self.deflater.borrow_mut();
        let deflater = deflater.get_or_insert_with(|| Deflater::new(level));
        let written = loose::write(&objects, id, kind, bytes, deflater);
        let place = written.map_err(|source| GitError::Write {
            path: objects,
            source,
        })?;
        self.share(&place)?;
        Ok(id)
    }

    /// Computes the id that an object would have.
    pub(super) fn object_id(&self, kind: ObjectKind, bytes: &[u8]) -> Result<ObjectId, GitError> {
        let kind = match kind {
            ObjectKind::Commit => ObjectType::Commit,
            ObjectKind::Tree => ObjectType::Tree,
            ObjectKind::Blob => ObjectType::Blob,
            ObjectKind::Tag => ObjectType::Tag,
        };
        let oid = git2::Oid::hash_object_ext(kind, bytes, self.inner().object_format());
        oid.map(from_oid)
            .map_err(|source| GitError::failed("compute the id of an object", source))
    }

    pub(super) fn objects_dir(&self) -> PathBuf {
        self.common_dir().join("objects")
    }

    pub(super) fn object(
        &self,
        id: ObjectId,
        kind: ObjectKind,
        cap: usize,
    ) -> Result<Arc<[u8]>, GitError> {
        if let Some(bytes) = self.object_in_bulk(id, kind, cap)? {
            return Ok(bytes);
        }
        let read = loose::read(&self.objects_dir(), id, cap);
        match read.map_err(|source| GitError::Read { id, source })? {
            Loose::Elsewhere => {}
            Loose::TooLarge(size) => return Err(GitError::TooLarge { id, size, cap }),
            Loose::Object(found, bytes) if self.object_id(found, &bytes)? == id => {
                return if found == kind {
                    Ok(bytes.into())
                } else {
                    Err(GitError::WrongKind { id, found })
                };
            }
            Loose::Object(..) | Loose::Damaged => return Err(GitError::Damaged { id }),
        }
        let (found, size) = self.object_header(id)?;
        if found != kind {
            return Err(GitError::WrongKind { id, found });
        }
        if size > cap {
            return Err(GitError::TooLarge { id, size, cap });
        }
        let odb = self.odb()?;
        let object = odb
            .read(to_oid(id)?)
            .map_err(|source| unreadable(id, source))?;
        Ok(object.data().into())
    }

    fn odb(&self) -> Result<git2::Odb<'_>, GitError> {
        let odb = self.inner().odb();
        odb.map_err(|source| GitError::failed("open the object database", source))
    }
}

fn kind_of(id: ObjectId, kind: ObjectType) -> Result<ObjectKind, GitError> {
    match kind {
        ObjectType::Commit => Ok(ObjectKind::Commit),
        ObjectType::Tree => Ok(ObjectKind::Tree),
        ObjectType::Blob => Ok(ObjectKind::Blob),
        ObjectType::Tag => Ok(ObjectKind::Tag),
        ObjectType::Any => Err(GitError::MissingObject { id }),
    }
}

fn unreadable(id: ObjectId, source: git2::Error) -> GitError {
    match source.code() {
        ErrorCode::NotFound => GitError::MissingObject { id },
        _ => GitError::Object { id, source },
    }
}

fn parse_tree(bytes: &[u8], tree_id: ObjectId) -> Option<Vec<TreeEntry>> {
    let entries = super::tree::parse(bytes, tree_id.as_bytes().len())?;
    let owned = entries.iter().map(|entry| TreeEntry {
        mode: entry.mode,
        name: entry.name.to_vec(),
        id: entry.id,
    });
    Some(owned.collect())
}
