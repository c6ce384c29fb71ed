//! Earlier lines: what the notes of a commit had, and a later notes commit took away.
//!
//! Lines are only ever added. But Git itself replaces notes (`notes.rewriteMode=overwrite`, a merge
//! with `-s ours`, `git notes remove`), and the history of the notes ref has what was there.
//!
//! # What is not checked
//!
//! Who took them away, and why.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::gap::Blobs;
use super::{Hearsay, Notes, StoreError, cut};
use crate::object_id::ObjectId;

/// How many notes commits back a hook looks for what was taken away just before.
const MAX_STEPS: usize = 64;
/// How many notes commits back there is time to look.
const MAX_LONG_STEPS: usize = 1024;

impl Notes<'_> {
    /// Returns the lines that the note of a commit had lately and has not now, as soon as one of
    /// them is about that commit; else none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`] when the history of the notes cannot be read.
    pub fn just_taken_away(&self, commit_id: ObjectId) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut ahead: VecDeque<ObjectId> = self.tip()?.into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(notes_commit_id) = ahead.pop_front() {
            if seen.len() >= MAX_STEPS {
                break;
            }
            if !seen.insert(notes_commit_id) {
                continue;
            }
            let lines = self.lines_at(notes_commit_id, commit_id)?;
            let is_about = |line: &Vec<u8>| Hearsay::of(line).is_some_and(|s| s.about == commit_id);
            if lines.iter().any(is_about) {
                let now = self.lines(commit_id)?.lines;
                return Ok(lines.into_iter().filter(|l| !now.contains(l)).collect());
            }
            if let Ok(notes_commit) = self.repo.commit(notes_commit_id) {
                ahead.extend(notes_commit.parent_ids);
            }
        }
        Ok(Vec::new())
    }

    /// Returns the lines that the notes of some commits had and have not now, as far back as there
    /// is time to look.
    ///
    /// # Errors
    ///
    /// As for [`Notes::just_taken_away`].
    pub fn taken_away(
        &self,
        commit_ids: &[ObjectId],
    ) -> Result<BTreeMap<ObjectId, BTreeSet<Vec<u8>>>, StoreError> {
        let mut found: BTreeMap<ObjectId, BTreeSet<Vec<u8>>> = BTreeMap::new();
        let (Some(tip), false) = (self.tip()?, commit_ids.is_empty()) else {
            return Ok(found);
        };
        // A ref that points at a tree has no history.
        if self.repo.commit(tip).is_err() {
            return Ok(found);
        }
        for then in cut(self.repo, tip, &[], MAX_LONG_STEPS, || true)? {
            for commit_id in commit_ids {
                let had = self.lines_at(then, *commit_id)?;
                if !had.is_empty() {
                    found.entry(*commit_id).or_default().extend(had);
                }
            }
        }
        for (commit_id, lines) in &mut found {
            let now = self.lines(*commit_id)?.lines;
            lines.retain(|line| !now.contains(line));
        }
        found.retain(|_, lines| !lines.is_empty());
        Ok(found)
    }

    fn lines_at(
        &self,
        notes_commit_id: ObjectId,
        commit_id: ObjectId,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let tree = self.repo.notes_at(Some(notes_commit_id))?;
        let blobs = Blobs::read(self.repo, &tree.entries(commit_id)?.blob_ids)?;
        let lines = blobs.lines().into_iter();
        Ok(lines.map(<[u8]>::to_vec).collect())
    }
}
