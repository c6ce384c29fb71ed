//! `Gap`: what one state of the notes has that another has not.
//!
//! Takes two notes trees and counts lines, not entries: another layout, or another spelling of the
//! same set of lines, is no gap. Reads only what differs.
//!
//! # What is not checked
//!
//! What the lines say: whatever stands in a note counts, a record or not.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{MAX_NOTE_BYTES, StoreError, union};
use crate::git::{GitError, NotesTree, Repo};
use crate::object_id::ObjectId;

/// What one state of the notes has that another has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct Gap {
    /// In the notes of how many commits.
    pub commits: u64,
    /// How many lines.
    pub lines: u64,
    /// Notes that differ and are larger than what is read, or no blobs: what they say is not known.
    pub unreadable: u64,
}

impl Gap {
    /// Answers whether there is no gap, as far as can be read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.commits == 0 && self.unreadable == 0
    }

    fn count(&mut self, lines: usize, unreadable: u64) {
        self.commits += u64::from(lines > 0);
        self.lines += lines as u64;
        self.unreadable += unreadable;
    }
}

/// Compares two states of the notes: what `there` has that `here` has not, and the reverse.
///
/// A tree that keeps the notes of one commit in several places may have some of the lines that
/// are counted as missing from it; it is then only more than needed that is looked at again.
///
/// # Errors
///
/// [`StoreError::Git`] when a tree or a note of either cannot be read.
pub fn gaps(
    repo: &Repo,
    here: &NotesTree<'_>,
    there: &NotesTree<'_>,
) -> Result<(Gap, Gap), StoreError> {
    let (mut missing_here, mut missing_there) = (Gap::default(), Gap::default());
    for difference in here.differences(there)?.into_values() {
        let ours = Blobs::read(repo, &difference.here)?;
        let theirs = Blobs::read(repo, &difference.there)?;
        if ours.notes.is_empty() || theirs.notes.is_empty() {
            // Most of what a sync meets is new on one side: nothing is to be compared.
            missing_here.count(theirs.count(), theirs.unreadable);
            missing_there.count(ours.count(), ours.unreadable);
            continue;
        }
        let (mine, yours) = (ours.lines(), theirs.lines());
        missing_here.count(yours.difference(&mine).count(), theirs.unreadable);
        missing_there.count(mine.difference(&yours).count(), ours.unreadable);
    }
    Ok((missing_here, missing_there))
}

/// Counts exactly the lines of `before` that are nowhere in `now`, which should have them all.
///
/// # Errors
///
/// As for [`gaps`].
pub fn lost(repo: &Repo, before: &NotesTree<'_>, now: &NotesTree<'_>) -> Result<Gap, StoreError> {
    let mut lost = Gap::default();
    for (commit_id, difference) in before.differences(now)? {
        if difference.here.is_empty() {
            continue;
        }
        let had = Blobs::read(repo, &difference.here)?;
        let has = Blobs::read(repo, &now.entries(commit_id)?.blob_ids)?;
        lost.count(had.lines().difference(&has.lines()).count(), had.unreadable);
    }
    Ok(lost)
}

/// Returns the notes commits on the way from `known` to `tip` of which the tip does not have all
/// lines, because a later one took some away: at most a few, of the newest `most` commits, and for
/// as long as `go_on` says so.
///
/// # Errors
///
/// [`StoreError::Git`] when the history or a note of it cannot be read.
pub fn cut(
    repo: &Repo,
    tip: ObjectId,
    known: &[ObjectId],
    most: usize,
    mut go_on: impl FnMut() -> bool,
) -> Result<Vec<ObjectId>, StoreError> {
    let excluded = known.iter().map(|id| format!("^{id}"));
    let revisions: Vec<String> = std::iter::once(tip.to_string()).chain(excluded).collect();
    let newest = repo.notes_at(Some(tip))?;
    let mut found = Vec::new();
    for commit_id in repo.range(&revisions)?.into_iter().take(most) {
        let now = repo.notes_at(Some(commit_id))?;
        for parent_id in repo.commit(commit_id)?.parent_ids {
            if found.len() >= MAX_CUT || !go_on() {
                return Ok(found);
            }
            let then = repo.notes_at(Some(parent_id))?;
            if !lost(repo, &then, &now)?.is_empty() && !lost(repo, &then, &newest)?.is_empty() {
                found.push(parent_id);
            }
        }
    }
    Ok(found)
}

/// The most commits that [`cut`] returns.
const MAX_CUT: usize = 16;

/// The notes behind some entries of one commit.
#[derive(Debug, Default)]
pub(super) struct Blobs {
    /// Each note that could be read, with its id.
    pub(super) notes: Vec<(ObjectId, Arc<[u8]>)>,
    /// How many could not.
    pub(super) unreadable: u64,
}

impl Blobs {
    /// Reads notes within their cap.
    pub(super) fn read(repo: &Repo, blob_ids: &[ObjectId]) -> Result<Self, GitError> {
        let mut blobs = Self::default();
        for blob_id in blob_ids {
            match repo.blob(*blob_id, MAX_NOTE_BYTES) {
                Ok(note) => blobs.notes.push((*blob_id, note)),
                Err(GitError::TooLarge { .. } | GitError::WrongKind { .. }) => {
                    blobs.unreadable += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(blobs)
    }

    /// Counts the lines, united. A note as we write it is sorted, and only counted.
    fn count(&self) -> usize {
        match self.notes.as_slice() {
            [] => 0,
            [(_, note)] if union::lines(note).is_sorted_by(|a, b| a < b) => {
                union::lines(note).count()
            }
            _ => self.lines().len(),
        }
    }

    /// Returns all lines, united.
    pub(super) fn lines(&self) -> BTreeSet<&[u8]> {
        union::unite(self.notes.iter().map(|(_, note)| &**note))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_counted_as_it_is_united() {
        for (note, count) in [
            ("", 0),
            ("a\n", 1),
            ("a\nb\n", 2),
            ("a\na\n", 1),
            ("b\n\na\nb\n", 2),
        ] {
            let id = ObjectId::from_bytes(&[1; 20]).unwrap();
            let blobs = Blobs {
                notes: vec![(id, note.as_bytes().into())],
                unreadable: 0,
            };
            assert_eq!(blobs.count(), count, "{note:?}");
            assert_eq!(blobs.lines().len(), count, "{note:?}");
        }
    }
}
