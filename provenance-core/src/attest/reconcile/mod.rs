//! Reconciling: what a crash, or an operation that ran no hook of ours, left behind.
//!
//! Takes commits, and gives what was mended and what is still without a record
//! ([`Reconciled`]).
//!
//! ```text
//! fixed records ─► the commits that they belong to ─► sealed                    (finish)
//! reflog of the notes ─► where they were set back from ─► united                (unite)
//! history of the notes ─► lines that were taken away ─► put back                (restore)
//! recorded commits ─► what they became where no hook ran ─► lines carried over  (unseen)
//! recorded commits whose pins say it ─► their records copied along                (pinned)
//! the rest ─► why it has no record, as far as can be known                      (why)
//! ```
//!
//! # Invariants
//!
//! - Nothing is claimed that was not fixed when the commit was made, or that no older record says.
//! - A second run changes nothing.
//! - One commit that fails keeps no other from being mended.
//!
//! # What is not checked
//!
//! Whether what says why a hook did not run is true.

mod finish;
mod pinned;
mod unseen;
mod why;

pub use why::{Unrecorded, Why};

use std::collections::BTreeMap;

use unseen::Recorded;

use super::{AttestError, Attester};
use crate::git::{FsyncPolicy, GitError, RawCommit};
use crate::object_id::ObjectId;
use crate::record::RecordId;

/// What was mended, and what is left.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Commits that have a record now, and had none.
    pub mended: Vec<Mended>,
    /// Commits that have none still.
    pub unrecorded: Vec<Unrecorded>,
    /// How many commits were looked at.
    pub commits: u64,
    /// Fixed records that belong to no commit: it was given up, or is being made just now.
    pub idle: u64,
    /// What could not be done; the others were.
    pub failed: Vec<AttestError>,
}

/// One commit that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The commit.
    pub commit_id: ObjectId,
    /// Its record.
    pub record_id: Option<RecordId>,
    /// What was done.
    pub how: How,
}

/// How a commit came to its record late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum How {
    /// Its record was fixed when it was made; now it is sealed.
    Finished,
    /// The same; it had to wait for a key.
    Late,
    /// Its note had records, and something had taken them away.
    Restored,
    /// It is the new form of commits that have records, whose lines were carried over.
    Carried,
    /// The same, but no record of theirs is believed: their lines were copied to its note.
    Copied,
    /// It pins a record about a commit whose change it makes; that was copied to its note.
    Pinned,
}

impl How {
    /// Returns the word that stands in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Late => "late",
            Self::Restored => "restored",
            Self::Carried => "carried",
            Self::Copied => "copied",
            Self::Pinned => "pinned",
        }
    }
}

impl Attester<'_> {
    /// Mends what can be mended of these commits (the newest first), and of every worktree what the
    /// hooks left half done.
    ///
    /// # Errors
    ///
    /// [`AttestError`] where it cannot begin; what went wrong later is among the answers.
    pub fn reconcile(&mut self, commits: &[ObjectId]) -> Result<Reconciled, AttestError> {
        let finished = self.finish_everywhere(commits);
        let mut reconciled = Reconciled {
            mended: finished.mended,
            unrecorded: Vec::new(),
            commits: commits.len() as u64,
            idle: finished.idle.len() as u64,
            failed: finished.failed,
        };
        let put_back = self.unite_set_back()?;
        reconciled.mended.extend(put_back.into_iter().map(restored));
        let mut without = self.without_record(commits)?;
        if !without.is_empty() {
            self.restore(&mut without, &mut reconciled)?;
        }
        if !without.is_empty() {
            let recorded = Recorded::read(&self.notes()?)?;
            // The oldest first: the next ones stand on it.
            for commit_id in without.iter().rev() {
                let commit = match self.repo.commit(*commit_id) {
                    Ok(commit) => commit,
                    // Two readers would see two commits: nothing is said of either.
                    Err(GitError::MalformedCommit { .. }) => continue,
                    Err(error) => return Err(error.into()),
                };
                match self.carry_unseen(&commit, &recorded) {
                    Ok(mended) => reconciled.mended.extend(mended),
                    Err(error) => reconciled.failed.push(error),
                }
            }
            let mut left = self.without_record(&without)?;
            reconciled.mended.extend(self.keep_pinned(&mut left)?);
            let is_known = |commit: &RawCommit| recorded.has_pinned(commit);
            reconciled.unrecorded = self.unrecorded(&left, is_known)?;
        }
        Ok(reconciled)
    }

    /// Those of the commits whose note says nothing about them.
    fn without_record(&self, commits: &[ObjectId]) -> Result<Vec<ObjectId>, AttestError> {
        let notes = self.notes()?;
        let list = notes.list()?;
        let mut without = Vec::new();
        for commit_id in commits {
            let is_noted = list.notes.contains_key(commit_id);
            if !is_noted || notes.hearsay(*commit_id)?.is_empty() {
                without.push(*commit_id);
            }
        }
        Ok(without)
    }

    /// Unites the notes with what they were set back from, and returns the commits whose notes
    /// gained lines, of whatever range.
    fn unite_set_back(&self) -> Result<Vec<ObjectId>, AttestError> {
        let notes = self.notes()?;
        let tips = notes.set_back_from()?;
        if tips.is_empty() {
            return Ok(Vec::new());
        }
        let before = self.repo.notes_at(notes.tip()?)?;
        let united = notes.absorb(&tips, FsyncPolicy::ALWAYS)?;
        let after = self.repo.notes_at(united.tip)?;
        Ok(before.differences(&after)?.into_keys().collect())
    }

    /// Puts back what the notes had about these commits, and leaves the others in the list.
    fn restore(
        &mut self,
        without: &mut Vec<ObjectId>,
        reconciled: &mut Reconciled,
    ) -> Result<(), AttestError> {
        let mut earlier: BTreeMap<_, _> = self.notes()?.taken_away(without)?;
        for (commit_id, lines) in &mut earlier {
            let commit = self.repo.commit(*commit_id)?;
            let lines: Vec<Vec<u8>> = std::mem::take(lines).into_iter().collect();
            match self.append(&commit, &lines) {
                Ok(()) => reconciled.mended.push(restored(*commit_id)),
                Err(error) => reconciled.failed.push(error),
            }
        }
        // What was put back may be about other commits only.
        *without = self.without_record(without)?;
        Ok(())
    }
}

fn restored(commit_id: ObjectId) -> Mended {
    Mended {
        commit_id,
        record_id: None,
        how: How::Restored,
    }
}
