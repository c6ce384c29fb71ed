//! Earlier lines: what the notes had, and have not now.
//!
//! Lines are only ever added. But Git itself replaces notes (`notes.rewriteMode=overwrite`, a merge
//! with `-s ours`, `git notes remove`), and the history of the notes ref has what was there. It also
//! sets the ref itself back (a fetch with `+refs/notes/*:refs/notes/*`, `git update-ref`), and the
//! reflog has where it was, as long as Git keeps it.
//!
//! # What is not checked
//!
//! Who took them away, and why.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::absorb::MESSAGE as UNITED;
use super::append::MESSAGE as ADDED;
use super::gap::{Blobs, lost};
use super::{Hearsay, Notes, StoreError, cut};
use crate::git::{GitError, Move, ObjectKind};
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

    /// Returns the tips that our reference was set back from, as far as its reflog is kept, and
    /// whose lines are not all here since: [`Notes::absorb`] puts them back.
    ///
    /// # Errors
    ///
    /// [`StoreError::Git`] when our notes, or those of such a tip, cannot be read.
    pub fn set_back_from(&self) -> Result<Vec<ObjectId>, StoreError> {
        let Some(tip) = self.tip()? else {
            // Git deletes the reflog together with its reference.
            return Ok(Vec::new());
        };
        // A ref that points at a tree has no history.
        if self.repo.commit(tip).is_err() {
            return Ok(Vec::new());
        }
        let mut left = BTreeSet::new();
        for moved in self.repo.moves_of(self.name.as_str()) {
            if !left.contains(&moved.old) && !self.is_forward(&moved) && self.is_here(moved.old)? {
                left.insert(moved.old);
            }
        }
        let mut gone = Vec::new();
        for old in left {
            if !self.repo.is_ancestor(old, tip)? {
                gone.push(old);
            }
        }
        let now = self.repo.notes_at(Some(tip))?;
        let mut found = Vec::new();
        for old in self.repo.independent(&gone)? {
            let then = self.repo.notes_at(Some(old))?;
            if !lost(self.repo, &then, &now)?.is_empty() {
                found.push(old);
            }
        }
        Ok(found)
    }

    /// Answers whether a move led to a commit on top: one of ours, which are never anything else,
    /// or one that says so.
    fn is_forward(&self, moved: &Move) -> bool {
        let is_ours = moved.detail.is_empty() && [ADDED, UNITED].contains(&moved.action.as_str());
        is_ours
            || self
                .repo
                .commit(moved.new)
                .is_ok_and(|commit| commit.parent_ids.contains(&moved.old))
    }

    fn is_here(&self, commit_id: ObjectId) -> Result<bool, StoreError> {
        match self.repo.object_header(commit_id) {
            Ok((kind, _)) => Ok(kind == ObjectKind::Commit),
            Err(GitError::MissingObject { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
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
