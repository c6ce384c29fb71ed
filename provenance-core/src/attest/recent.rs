//! What the last commits left to be said to their author: hooks never print it.
//!
//! # What is not checked
//!
//! Signatures. It tells the person at the keyboard what this clone recorded, and is no evidence.

use super::AttestError;
use super::pending::Pending;
use crate::git::Repo;
use crate::store::Notes;

/// What was out of the ordinary lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recent {
    /// Commits made with `PROVENANCE=0` since the last record.
    pub skipped: u64,
    /// What the records of HEAD say was out of the ordinary, as codes, each once.
    pub codes: Vec<String>,
}

/// Returns what was out of the ordinary with the last commits of this worktree.
///
/// # Errors
///
/// [`AttestError::Git`] and [`AttestError::Store`] when HEAD or the notes cannot be read.
pub fn recent(repo: &Repo) -> Result<Recent, AttestError> {
    let mut recent = Recent {
        skipped: Pending::of(repo).skipped(),
        codes: Vec::new(),
    };
    if let Some(commit_id) = repo.head()?.commit_id {
        let settings = repo.config()?.settings()?;
        let notes = Notes::open(repo, &settings.notes_ref);
        for said in notes.hearsay(commit_id)? {
            if let Ok(authoring) = said.statement.authoring() {
                recent.codes.extend(authoring.capture);
            }
        }
    }
    recent.codes.sort();
    recent.codes.dedup();
    Ok(recent)
}
