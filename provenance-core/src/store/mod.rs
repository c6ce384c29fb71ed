//! `Notes`: where records are kept and found again, as lines of Git notes.
//!
//! Takes lines and gives lines. A note is a set that only grows: appending unites, and what one
//! writer added no parallel writer takes away. Caps hold in both directions: what is over a cap
//! is not read into memory and not written, and is said, without harm to other commits.
//!
//! # What is not checked
//!
//! Everything that a line says. Anybody who can push to the notes reference can put anything
//! there; [`seal`](crate::seal) opens a line, and whoever judges it says what it is worth.

pub mod union;

mod absorb;
mod append;
mod earlier;
mod error;
mod gap;
mod hearsay;
mod inbox;

pub use absorb::{Absorbed, Offer, Surplus};
pub use append::{Appended, Refused};
pub use error::StoreError;
pub use gap::{Gap, cut, gaps, lost};
pub use hearsay::{Found, Hearsay};
pub use inbox::Inboxes;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::git::{GitError, NoteList, NoteProblem, NotesRef, NotesTree, Repo};
use crate::object_id::ObjectId;
use crate::seal::MAX_LINE_BYTES;

/// The most bytes of one note that are read or written.
pub const MAX_NOTE_BYTES: usize = 8 << 20;
/// The most lines of one commit that are read or written.
pub const MAX_LINES: usize = 4096;

/// The notes of a repository on one reference.
///
/// Reading answers from the state that the reference had at first use, and after an append from
/// the newest. Writing always goes on top of what is there by then.
#[derive(Debug)]
pub struct Notes<'r> {
    repo: &'r Repo,
    name: NotesRef,
    seen: RefCell<Option<Seen<'r>>>,
    /// What only inboxes have; see [`Notes::with_inboxes`].
    waiting: BTreeMap<ObjectId, Vec<ObjectId>>,
}

#[derive(Debug, Clone)]
struct Seen<'r> {
    tree: NotesTree<'r>,
    list: Option<Rc<NoteList>>,
}

/// One line of one commit's note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The commit that is annotated.
    pub commit_id: ObjectId,
    /// The line, without its line feed.
    pub line: Vec<u8>,
}

/// The lines of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteLines {
    /// Sorted bytewise, unique, without their line feeds, each within its cap.
    pub lines: Vec<Vec<u8>>,
    /// What was left out, and what is odd.
    pub problems: Vec<LineProblem>,
}

/// Why a part of a commit's note was left out, or what is odd about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// A note is larger than what is read; none of it was.
    #[error("a note of {size} bytes was not read; at most {MAX_NOTE_BYTES} are")]
    NoteTooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// A line is longer than what is read.
    #[error("a line of {size} bytes was left out; at most {MAX_LINE_BYTES} are read")]
    LineTooLong {
        /// Its size in bytes.
        size: usize,
    },
    /// There are more lines than are read; the first were, in their order.
    #[error("{left_out} lines were left out; at most {MAX_LINES} are read")]
    TooManyLines {
        /// How many were left out.
        left_out: usize,
    },
    /// What stands in the place of a note is not a blob.
    #[error("object {id} stands in the place of a note and is none")]
    NotABlob {
        /// The object's name.
        id: ObjectId,
    },
    /// Something in the notes tree that bears the commit's name.
    #[error("the entry {path} {fault}", path = .0.path, fault = .0.fault)]
    Tree(NoteProblem),
}

impl<'r> Notes<'r> {
    /// Names the notes of a repository. Nothing is read yet, and the reference need not exist.
    #[must_use]
    pub fn open(repo: &'r Repo, notes_ref: &NotesRef) -> Self {
        Self {
            repo,
            name: notes_ref.clone(),
            seen: RefCell::new(None),
            waiting: BTreeMap::new(),
        }
    }

    /// Returns the reference.
    #[must_use]
    pub const fn notes_ref(&self) -> &NotesRef {
        &self.name
    }

    /// Returns what the reference points at; `None` when it does not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`].
    pub fn tip(&self) -> Result<Option<ObjectId>, StoreError> {
        Ok(self.seen()?.tree.tip())
    }

    /// Returns every annotated commit with the ids of its blobs, and what is no note.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`], among others with [`GitError::EndlessNotes`].
    pub fn list(&self) -> Result<Rc<NoteList>, StoreError> {
        let mut seen = self.seen()?;
        if let Some(list) = seen.list {
            return Ok(list);
        }
        let mut list = seen.tree.list()?;
        for (commit_id, blob_ids) in &self.waiting {
            list.notes.entry(*commit_id).or_default().extend(blob_ids);
        }
        let list = Rc::new(list);
        seen.list = Some(Rc::clone(&list));
        *self.seen.borrow_mut() = Some(seen);
        Ok(list)
    }

    /// Returns the lines of a commit, of all its entries, within the caps.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`] when an object is missing or cannot be read: what it said is not known.
    pub fn lines(&self, commit_id: ObjectId) -> Result<NoteLines, StoreError> {
        let seen = self.seen()?;
        let mut found = NoteLines::default();
        let blob_ids = if let Some(list) = seen.list {
            list.notes.get(&commit_id).cloned().unwrap_or_default()
        } else {
            let entries = seen.tree.entries(commit_id)?;
            let problems = entries.problems.into_iter();
            found.problems.extend(problems.map(LineProblem::Tree));
            entries.blob_ids
        };
        let waiting = self.waiting.get(&commit_id).map_or(&[][..], Vec::as_slice);
        // What waits in inboxes comes last, so that it takes no room from what is there.
        let mut shared = blob_ids;
        shared.retain(|blob_id| !waiting.contains(blob_id));
        self.read(&shared, &mut found)?;
        if !waiting.is_empty() {
            self.read(waiting, &mut found)?;
            found.lines.sort_unstable();
        }
        Ok(found)
    }

    /// Answers whether something is noted on a commit, without reading it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`].
    pub fn has(&self, commit_id: ObjectId) -> Result<bool, StoreError> {
        if self.waiting.contains_key(&commit_id) {
            return Ok(true);
        }
        let seen = self.seen()?;
        Ok(match &seen.list {
            Some(list) => list.notes.contains_key(&commit_id),
            None => !seen.tree.entries(commit_id)?.blob_ids.is_empty(),
        })
    }

    /// Adds the lines of some notes of a commit, within the caps.
    fn read(&self, blob_ids: &[ObjectId], found: &mut NoteLines) -> Result<(), StoreError> {
        let mut notes = Vec::with_capacity(blob_ids.len());
        for blob_id in blob_ids.iter().copied() {
            match self.repo.blob(blob_id, MAX_NOTE_BYTES) {
                Ok(note) => notes.push(note),
                Err(GitError::TooLarge { size, .. }) => {
                    found.problems.push(LineProblem::NoteTooLarge { size });
                }
                Err(GitError::WrongKind { id, .. }) => {
                    found.problems.push(LineProblem::NotABlob { id });
                }
                Err(error) => return Err(error.into()),
            }
        }
        let mut lines = union::unite(notes.iter().map(|note| &**note));
        lines.retain(|line| {
            found
                .lines
                .binary_search_by(|known| known.as_slice().cmp(line))
                .is_err()
        });
        found.take(&lines);
        Ok(())
    }

    fn seen(&self) -> Result<Seen<'r>, StoreError> {
        if let Some(seen) = &*self.seen.borrow() {
            return Ok(seen.clone());
        }
        let seen = Seen {
            tree: self.repo.notes(&self.name)?,
            list: None,
        };
        *self.seen.borrow_mut() = Some(seen.clone());
        Ok(seen)
    }
}

impl NoteLines {
    /// Takes the lines that are within the caps, and says which were not.
    fn take(&mut self, lines: &BTreeSet<&[u8]>) {
        let mut left_out = 0;
        for line in lines {
            if line.len() > MAX_LINE_BYTES {
                let size = line.len();
                self.problems.push(LineProblem::LineTooLong { size });
            } else if self.lines.len() == MAX_LINES {
                left_out += 1;
            } else {
                self.lines.push(line.to_vec());
            }
        }
        if left_out > 0 {
            self.problems.push(LineProblem::TooManyLines { left_out });
        }
    }
}
