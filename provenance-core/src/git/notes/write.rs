//! Changing notes so that no writer's lines are lost.
//!
//! Takes a closure that changes one state of the notes, and makes a notes commit of it: blobs,
//! trees, commit, then the reference, from the value that the closure saw. When another writer was
//! faster the closure runs again on what that writer left. `git notes append` and libgit2's
//! `git_note_create` write the reference without looking: of forty parallel writers they lose most.
//!
//! # What is not checked
//!
//! Whether a change keeps what was there. The closure decides.

use super::trie::Trie;
use crate::git::publish::{Patience, Step, commit_bytes};
use crate::git::{FsyncPolicy, GitError, NotesRef, ObjectKind, Person, RefUpdate, Repo};
use crate::object_id::ObjectId;

/// One state of the notes, while it is being changed.
#[expect(missing_debug_implementations, reason = "it holds a part of a tree")]
pub struct NotesEdit<'r> {
    repo: &'r Repo,
    trie: Trie<'r>,
    written: Vec<ObjectId>,
}

impl<'r> NotesEdit<'r> {
    pub(super) fn open(repo: &'r Repo, tree_id: Option<ObjectId>) -> Result<Self, GitError> {
        let id_length = repo.object_format().id_length();
        Ok(Self {
            repo,
            trie: Trie::open(repo, tree_id, id_length)?,
            written: Vec::new(),
        })
    }

    /// Returns the blobs of all entries of a commit.
    ///
    /// # Errors
    ///
    /// As for [`NotesTree::entries`](super::NotesTree::entries), and [`GitError::EndlessNotes`].
    pub fn entries(&mut self, commit_id: ObjectId) -> Result<Vec<ObjectId>, GitError> {
        self.trie.entries(commit_id)
    }

    /// Makes `note` the one note of a commit, in place of all its entries.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`] when the blob cannot be written; as for [`NotesEdit::entries`].
    pub fn put(&mut self, commit_id: ObjectId, note: &[u8]) -> Result<(), GitError> {
        let blob_id = self.repo.write_object(ObjectKind::Blob, note)?;
        self.written.push(blob_id);
        self.trie.set(commit_id, blob_id)
    }

    /// Makes a blob that is here the one note of a commit, in place of all its entries.
    ///
    /// # Errors
    ///
    /// As for [`NotesEdit::entries`].
    pub fn adopt(&mut self, commit_id: ObjectId, blob_id: ObjectId) -> Result<(), GitError> {
        self.trie.set(commit_id, blob_id)
    }

    /// Writes the tree, and returns its id.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`]; as for [`NotesEdit::entries`].
    pub fn write(self) -> Result<ObjectId, GitError> {
        Ok(self.write_all()?.0)
    }

    /// Writes the tree; gives its id, and those of everything that was written.
    pub(crate) fn write_all(self) -> Result<(ObjectId, Vec<ObjectId>), GitError> {
        let mut written = self.written;
        let tree_id = self.trie.write(&mut written)?;
        Ok((tree_id, written))
    }
}

/// What a closure did to the notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteChange {
    /// There is something to write.
    Changed,
    /// Everything was there already.
    Nothing,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum NotesUpdate {
    /// The reference points at this new notes commit.
    Written(ObjectId),
    /// There was nothing to write, and nothing was written.
    Unchanged,
}

/// Writes notes commits in somebody's name.
#[derive(Debug, Clone, Copy)]
pub struct NotesWriter<'a> {
    /// Where.
    pub repo: &'a Repo,
    /// On which reference.
    pub notes_ref: &'a NotesRef,
    /// Author and committer of the notes commit: the committer of the commit that is annotated.
    pub committer: &'a Person,
    /// The message of the notes commit.
    pub message: &'a str,
    /// What a write waits for.
    pub fsync: FsyncPolicy,
}

impl NotesWriter<'_> {
    /// Applies `change` to the notes as they are, as often as it takes until nobody was faster.
    ///
    /// # Errors
    ///
    /// [`GitError::NotesContended`] when others were faster for too long, or a lock stands still:
    /// nothing is lost, nothing was written. [`GitError::Failed`] and
    /// [`GitError::Flush`] when there is no space or no permission. Whatever `change` returns.
    pub fn write<E: From<GitError>>(
        &self,
        mut change: impl FnMut(&mut NotesEdit<'_>) -> Result<NoteChange, E>,
    ) -> Result<NotesUpdate, E> {
        let mut patience = Patience::default();
        loop {
            let before = self.repo.notes(self.notes_ref)?;
            let mut edit = before.edit()?;
            if change(&mut edit)? == NoteChange::Nothing {
                return Ok(NotesUpdate::Unchanged);
            }
            let (tree_id, mut written) = edit.write_all()?;
            if before.tree_id() == Some(tree_id) {
                return Ok(NotesUpdate::Unchanged);
            }
            let parent_id = before.tip().filter(|_| before.tip_is_commit());
            let bytes = commit_bytes(tree_id, parent_id.as_slice(), self.committer, self.message);
            let commit_id = self.repo.write_object(ObjectKind::Commit, &bytes)?;
            written.push(commit_id);
            let name = self.notes_ref.as_str();
            let step = Step {
                name,
                commit_id,
                expected: before.tip(),
                written: &written,
                message: self.message,
                who: Some(self.committer),
            };
            match self.repo.publish(&step, self.fsync)? {
                RefUpdate::Done => return Ok(NotesUpdate::Written(commit_id)),
                RefUpdate::Raced => patience.wait(self.repo, &step)?,
            }
        }
    }
}
