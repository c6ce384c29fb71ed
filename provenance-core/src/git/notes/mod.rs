//! The notes tree: our own reader and writer.
//!
//! Takes the commit or tree that a notes reference points at. Reads any mix of layouts (`abcd…`,
//! `ab/cd…`, `ab/cd/…`) and gives all entries of a commit: libgit2 would give one of several, and
//! Git itself concatenates them (attack G33). An entry counts with mode 100644 and lower-case hex
//! digits; everything else is kept when the tree is written, and reported. Writes exactly the
//! trees that `git notes` would, so that stock `git notes list|show|merge` and we agree.
//!
//! # What is not checked
//!
//! Whether the annotated commits exist, and anything that the notes say.

mod compare;
mod directory;
mod trie;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::mem;

pub use compare::NoteDifference;
pub use write::{NoteChange, NotesEdit, NotesUpdate, NotesWriter};

use super::tree::{Entry, parse};
use super::{GitError, NotesRef, ObjectKind, Repo};
use crate::object_id::ObjectId;
use crate::text;

const BLOB_MODE: u32 = 0o100_644;
const TREE_MODE: u32 = 0o40_000;

/// How often a list reads a directory that it has read elsewhere. Commit ids do not repeat, so
/// honest trees never need it; others can be endless without being large.
const MAX_REPEATS: usize = 256;

/// The tree that a notes reference points at, at one moment.
#[derive(Debug, Clone, Copy)]
pub struct NotesTree<'r> {
    repo: &'r Repo,
    tip: Option<ObjectId>,
    tip_is_commit: bool,
    tree_id: Option<ObjectId>,
}

/// The entries of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteEntries {
    /// The blobs: one, or more where the tree has several layouts at once.
    pub blob_ids: Vec<ObjectId>,
    /// What else bears this commit's name.
    pub problems: Vec<NoteProblem>,
}

/// All entries of a notes tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteList {
    /// The blobs of each annotated commit.
    pub notes: BTreeMap<ObjectId, Vec<ObjectId>>,
    /// What is no note.
    pub problems: Vec<NoteProblem>,
}

/// An entry that does not count, or that should not be there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteProblem {
    /// Where it stands in the notes tree, escaped.
    pub path: String,
    /// What is wrong with it.
    pub fault: NoteFault,
}

/// What is wrong with an entry of a notes tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteFault {
    /// A file or directory with another name.
    #[error("is no note")]
    Foreign,
    /// Executable, a link, a submodule, or a directory in the place of a note.
    #[error("has the name of a note and the mode {0:o}")]
    Mode(u32),
    /// The digits are not in lower case.
    #[error("spells its commit in upper case")]
    UpperCase,
    /// Another entry of the same commit stands elsewhere; both count.
    #[error("is one of several notes of its commit")]
    Several,
}

/// Something in a notes tree that is no note, and is kept.
struct Foreign {
    directories: Vec<Vec<u8>>,
    name: Vec<u8>,
    mode: u32,
    id: ObjectId,
}

impl Repo {
    /// Reads where a notes reference points now. A reference that does not exist gives a tree
    /// without entries.
    ///
    /// # Errors
    ///
    /// [`GitError::WrongKind`] when it points at neither commit nor tree;
    /// [`GitError::MissingObject`], [`GitError::Object`], [`GitError::Failed`].
    pub fn notes(&self, notes_ref: &NotesRef) -> Result<NotesTree<'_>, GitError> {
        let tip = self.ref_target(notes_ref.as_str())?;
        self.notes_at(tip)
    }

    /// Reads the notes tree of a notes commit, or a tree itself.
    ///
    /// # Errors
    ///
    /// As for [`Repo::notes`].
    pub fn notes_at(&self, tip: Option<ObjectId>) -> Result<NotesTree<'_>, GitError> {
        let mut notes = NotesTree {
            repo: self,
            tip,
            tip_is_commit: false,
            tree_id: None,
        };
        let mut next = tip;
        // A tag may name a tag; nobody nests them deeper than this.
        for _ in 0..8 {
            let Some(id) = next.take() else { break };
            match self.commit(id) {
                Ok(commit) => {
                    notes.tip_is_commit = tip == Some(id);
                    notes.tree_id = Some(commit.tree_id);
                }
                Err(GitError::WrongKind { found, .. }) => match found {
                    ObjectKind::Tree => notes.tree_id = Some(id),
                    ObjectKind::Tag => next = Some(self.tag_target(id)?),
                    ObjectKind::Commit | ObjectKind::Blob => {
                        return Err(GitError::WrongKind { id, found });
                    }
                },
                Err(error) => return Err(error),
            }
        }
        Ok(notes)
    }
}

impl<'r> NotesTree<'r> {
    /// Returns what the reference pointed at: a notes commit, or a bare tree.
    #[must_use]
    pub const fn tip(&self) -> Option<ObjectId> {
        self.tip
    }

    /// Answers whether the tip is a commit, and can be the parent of the next.
    pub(crate) const fn tip_is_commit(&self) -> bool {
        self.tip_is_commit
    }

    /// Returns the id of the tree; equal ids hold equal notes.
    #[must_use]
    pub const fn tree_id(&self) -> Option<ObjectId> {
        self.tree_id
    }

    /// Returns the entries of one commit, whatever layout they are in.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`], [`GitError::MalformedTree`], [`GitError::TooLarge`].
    pub fn entries(&self, commit_id: ObjectId) -> Result<NoteEntries, GitError> {
        let mut found = NoteEntries::default();
        let hex = commit_id.to_string();
        // One directory at each level, or more in a tree that names one twice.
        let mut level: BTreeSet<_> = self.tree_id.into_iter().collect();
        for used in (0..hex.len()).step_by(2) {
            let (before, rest) = hex.as_bytes().split_at(used);
            let step = rest.get(..2).filter(|_| rest.len() > 2);
            for tree_id in mem::take(&mut level) {
                let tree = self.repo.tree_bytes(tree_id)?;
                for Entry { mode, name, id } in entries_of(&tree, tree_id)? {
                    if name == rest && mode == BLOB_MODE {
                        found.blob_ids.push(id);
                    } else if Some(name) == step && mode == TREE_MODE {
                        level.insert(id);
                    } else if name.eq_ignore_ascii_case(rest) {
                        let directories: Vec<_> = before.chunks(2).collect();
                        let path = path(&directories, name);
                        let fault = fault(mode, name);
                        found.problems.push(NoteProblem { path, fault });
                    }
                }
            }
        }
        if found.blob_ids.len() > 1 {
            found.problems.push(NoteProblem {
                path: hex,
                fault: NoteFault::Several,
            });
        }
        Ok(found)
    }

    /// Returns every entry of the tree.
    ///
    /// # Errors
    ///
    /// As for [`NotesTree::entries`], and [`GitError::EndlessNotes`] for a tree that names its
    /// own parts again and again.
    pub fn list(&self) -> Result<NoteList, GitError> {
        let mut walk = Walk {
            repo: self.repo,
            read: HashSet::new(),
            repeats: 0,
            list: NoteList::default(),
        };
        if let Some(tree_id) = self.tree_id {
            walk.tree(tree_id, &mut Vec::new())?;
        }
        let several = walk.list.notes.iter().filter(|(_, blobs)| blobs.len() > 1);
        let several: Vec<_> = several
            .map(|(commit_id, _)| NoteProblem {
                path: commit_id.to_string(),
                fault: NoteFault::Several,
            })
            .collect();
        walk.list.problems.extend(several);
        Ok(walk.list)
    }

    /// Starts a change of this tree.
    ///
    /// # Errors
    ///
    /// As for [`NotesTree::entries`].
    pub fn edit(&self) -> Result<NotesEdit<'r>, GitError> {
        NotesEdit::open(self.repo, self.tree_id)
    }
}

struct Walk<'r> {
    repo: &'r Repo,
    read: HashSet<ObjectId>,
    repeats: usize,
    list: NoteList,
}

impl Walk<'_> {
    fn tree(&mut self, tree_id: ObjectId, prefix: &mut Vec<u8>) -> Result<(), GitError> {
        self.repeats += usize::from(!self.read.insert(tree_id));
        if self.repeats > MAX_REPEATS {
            return Err(GitError::EndlessNotes { limit: MAX_REPEATS });
        }
        let tree = self.repo.tree_bytes(tree_id)?;
        let id_length = tree_id.len();
        for Entry { mode, name, id } in entries_of(&tree, tree_id)? {
            let kept = prefix.len();
            let left = 2 * (id_length - kept);
            if let Some(bytes) = spelt(name) {
                prefix.extend_from_slice(&bytes);
            }
            if prefix.len() == id_length && mode == BLOB_MODE {
                if let Some(commit_id) = ObjectId::from_bytes(prefix) {
                    self.list.notes.entry(commit_id).or_default().push(id);
                }
            } else if prefix.len() == kept + 1 && prefix.len() < id_length && mode == TREE_MODE {
                self.tree(id, prefix)?;
            } else {
                let directories: Vec<_> = prefix
                    .iter()
                    .take(kept)
                    .map(|b| hex::encode([*b]))
                    .collect();
                let fault = if name.len() == left {
                    fault(mode, name)
                } else {
                    NoteFault::Foreign
                };
                let path = path(&directories, name);
                self.list.problems.push(NoteProblem { path, fault });
            }
            prefix.truncate(kept);
        }
        Ok(())
    }
}

fn entries_of(tree: &[u8], tree_id: ObjectId) -> Result<Vec<Entry<'_>>, GitError> {
    parse(tree, tree_id.len()).ok_or(GitError::MalformedTree { id: tree_id })
}

fn is_hex(name: &[u8]) -> bool {
    name.iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn spelt(name: &[u8]) -> Option<Vec<u8>> {
    is_hex(name).then(|| hex::decode(name).ok()).flatten()
}

/// What is wrong with an entry that is as long as the name of a note.
fn fault(mode: u32, name: &[u8]) -> NoteFault {
    if !name.iter().all(u8::is_ascii_hexdigit) {
        NoteFault::Foreign
    } else if mode != BLOB_MODE {
        NoteFault::Mode(mode)
    } else {
        NoteFault::UpperCase
    }
}

fn path<S: AsRef<[u8]>>(directories: &[S], name: &[u8]) -> String {
    let mut path = Vec::new();
    for directory in directories {
        path.extend_from_slice(directory.as_ref());
        path.push(b'/');
    }
    path.extend_from_slice(name);
    text::escaped(&String::from_utf8_lossy(&path)).into_owned()
}
