//! Reconciling: what a crash, or an operation that ran no hook of ours, left behind.
//!
//! Takes commits, and gives what was mended and what is still without a record
//! ([`Reconciled`]).
//!
//! ```text
//! fixed records ─► the commits that they belong to ─► sealed (finish)
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
//! Why a hook did not run or did not end.

mod finish;

use super::{AttestError, Attester};
use crate::object_id::ObjectId;
use crate::record::RecordId;

/// What was mended, and what is left.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Commits that have a record now, and had none.
    pub mended: Vec<Mended>,
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
}

impl How {
    /// Returns the word that stands in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
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
        Ok(Reconciled {
            mended: finished.mended,
            idle: finished.idle.len() as u64,
            failed: finished.failed,
        })
    }
}
