//! `HistoryGaps`: whether the history that a reader sees is the one that was made.
//!
//! Takes a repository, and tells which of Git's means to change what a reader sees are in use:
//! shallow boundaries, `info/grafts`, `refs/replace`, partial clones. Whoever reports about a
//! history with gaps says `incomplete`.
//!
//! # What is not checked
//!
//! Objects that are simply gone; reading them gives [`GitError::MissingObject`].

use std::collections::HashSet;
use std::path::Path;

use super::{GitError, Repo};
use crate::object_id::ObjectId;

/// What stands between a reader and the history that was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryGaps {
    /// The clone ends at a boundary.
    pub shallow: bool,
    /// `info/grafts` gives commits other parents.
    pub grafts: bool,
    /// Objects that `refs/replace` shows as others.
    pub replaced: Vec<ObjectId>,
    /// Objects may be left at the remote.
    pub partial: bool,
}

impl HistoryGaps {
    /// Answers whether parts of the history are not here. Grafts and replaced objects only change
    /// what other tools show: nothing of ours follows them.
    #[must_use]
    pub const fn is_incomplete(&self) -> bool {
        self.shallow || self.partial
    }
}

impl Repo {
    /// Tells what stands between a reader and the history that was made.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`] when the references cannot be listed; as for
    /// [`Repo::config`].
    pub fn history_gaps(&self) -> Result<HistoryGaps, GitError> {
        let replaced = self.refs("refs/replace/")?;
        Ok(HistoryGaps {
            shallow: is_filled(&self.common_dir().join("shallow")),
            grafts: is_filled(&self.common_dir().join("info/grafts")),
            replaced: replaced
                .iter()
                .filter_map(|(name, _)| name.strip_prefix("refs/replace/")?.parse().ok())
                .collect(),
            partial: self
                .inner()
                .config()
                .is_ok_and(|config| config.get_entry("extensions.partialclone").is_ok()),
        })
    }
}

impl Repo {
    /// Returns the commits at which a shallow clone ends: Git follows none of their parents, even
    /// where one is here.
    ///
    /// # Errors
    ///
    /// [`GitError::State`] when the file of the boundary does not hold object ids.
    pub fn shallow_boundary(&self) -> Result<HashSet<ObjectId>, GitError> {
        let path = self.common_dir().join("shallow");
        let Ok(text) = std::fs::read_to_string(&path) else {
            return Ok(HashSet::new());
        };
        let ids = text.lines().map(|line| line.trim_end().parse().ok());
        ids.collect::<Option<_>>().ok_or(GitError::State { path })
    }
}

fn is_filled(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.len() > 0)
}
