//! Appending: the union of what is there and what is new, in one notes commit.
//!
//! Takes entries for any number of commits, and a person in whose name the notes commit is made.
//! What is there already makes no commit. A note that a cap forbids to grow keeps what it has, the
//! surplus is given back, and the other commits get theirs.
//!
//! # What is not checked
//!
//! Whether the commits exist, and what the lines say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::gap::Blobs;
use super::{Entry, MAX_LINES, MAX_NOTE_BYTES, Notes, StoreError, union};
use crate::git::{FsyncPolicy, NoteChange, NotesEdit, NotesUpdate, NotesWriter, Person, Repo};
use crate::object_id::ObjectId;
use crate::seal::MAX_LINE_BYTES;

/// The message of our notes commits.
pub(super) const MESSAGE: &str = "Notes added by 'git provenance'";

/// What became of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Appended {
    /// The new notes commit; `None` when everything was there already, or nothing fitted.
    pub notes_commit_id: Option<ObjectId>,
    /// The entries that a cap kept out. They stand nowhere now but here.
    pub refused: Vec<Refused>,
}

/// An entry that a cap kept out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The entry.
    pub entry: Entry,
    /// Whether the note that is there is itself larger than what is read.
    pub note_unreadable: bool,
}

impl Notes<'_> {
    /// Adds lines to the note of one commit, in the committer's name.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotALine`] and [`StoreError::LineTooLong`] before anything is written;
    /// [`StoreError::NoteFull`] when not all lines fitted, those that did being kept;
    /// [`StoreError::Git`], among others with
    /// [`GitError::NotesContended`](crate::git::GitError::NotesContended).
    pub fn append<L: AsRef<[u8]>>(
        &self,
        commit_id: ObjectId,
        lines: &[L],
        committer: &Person,
        fsync: FsyncPolicy,
    ) -> Result<Option<ObjectId>, StoreError> {
        let entries: Vec<_> = lines
            .iter()
            .map(|line| Entry {
                commit_id,
                line: line.as_ref().to_vec(),
            })
            .collect();
        let appended = self.append_all(&entries, committer, fsync)?;
        match appended.refused.len() {
            0 => Ok(appended.notes_commit_id),
            refused => Err(StoreError::NoteFull { commit_id, refused }),
        }
    }

    /// Adds entries to the notes of their commits, in one notes commit.
    ///
    /// # Errors
    ///
    /// As for [`Notes::append`], but that what did not fit is given back as a value.
    pub fn append_all(
        &self,
        entries: &[Entry],
        committer: &Person,
        fsync: FsyncPolicy,
    ) -> Result<Appended, StoreError> {
        let mut wanted: BTreeMap<ObjectId, BTreeSet<&[u8]>> = BTreeMap::new();
        for Entry { commit_id, line } in entries {
            let commit_id = *commit_id;
            if line.is_empty() || line.iter().any(|byte| matches!(byte, b'\n' | 0)) {
                return Err(StoreError::NotALine { commit_id });
            }
            if line.len() > MAX_LINE_BYTES {
                let size = line.len();
                return Err(StoreError::LineTooLong { commit_id, size });
            }
            wanted.entry(commit_id).or_default().insert(line);
        }
        let writer = NotesWriter {
            repo: self.repo,
            notes_ref: &self.name,
            committer,
            message: MESSAGE,
            fsync,
        };
        let mut refused = Vec::new();
        let update = writer.write(|edit| {
            // Each time round the loop another writer may have changed everything.
            refused.clear();
            let mut change = NoteChange::Nothing;
            for (commit_id, lines) in &wanted {
                let commit_id = *commit_id;
                let mut refuse = |line: &[u8], note_unreadable| {
                    let line = line.to_vec();
                    refused.push(Refused {
                        entry: Entry { commit_id, line },
                        note_unreadable,
                    });
                };
                if unite_note(self.repo, edit, commit_id, lines, &[], &mut refuse)? {
                    change = NoteChange::Changed;
                }
            }
            Ok::<_, StoreError>(change)
        })?;
        *self.seen.borrow_mut() = None;
        Ok(Appended {
            notes_commit_id: match update {
                NotesUpdate::Written(commit_id) => Some(commit_id),
                NotesUpdate::Unchanged => None,
            },
            refused,
        })
    }
}

/// Unites the note of one commit with new lines; `false` when that changes nothing.
///
/// `at_hand` are notes that are objects already, with their ids: where one of them is the union,
/// none is written. Each line that a cap keeps out goes to `refuse`, with whether it is the note
/// itself that cannot be read.
pub(super) fn unite_note(
    repo: &Repo,
    edit: &mut NotesEdit<'_>,
    commit_id: ObjectId,
    new: &BTreeSet<&[u8]>,
    at_hand: &[(ObjectId, Arc<[u8]>)],
    refuse: &mut dyn FnMut(&[u8], bool),
) -> Result<bool, StoreError> {
    let there = Blobs::read(repo, &edit.entries(commit_id)?)?;
    if there.unreadable > 0 {
        // It cannot be united with without being read, and must not be dropped.
        let known = there.lines();
        for line in new.difference(&known) {
            refuse(line, true);
        }
        return Ok(false);
    }
    let mut united = there.lines();
    let mut size: usize = united.iter().map(|line| line.len() + 1).sum();
    let mut grew = false;
    for line in new.difference(&there.lines()).copied() {
        let fits = united.len() < MAX_LINES
            && size + line.len() < MAX_NOTE_BYTES
            && line.len() <= MAX_LINE_BYTES;
        if fits {
            size += line.len() + 1;
            united.insert(line);
            grew = true;
        } else {
            refuse(line, false);
        }
    }
    if grew {
        let note = union::join(&united);
        match at_hand.iter().find(|(_, bytes)| **bytes == *note) {
            Some((blob_id, _)) => edit.adopt(commit_id, *blob_id)?,
            None => edit.put(commit_id, &note)?,
        }
    }
    Ok(grew)
}
