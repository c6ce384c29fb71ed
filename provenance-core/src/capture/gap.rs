//! `Gap`: what may have been written in a worktree while nobody watched.
//!
//! A gap opens when an event cannot be taken down (a full disk), when a line of the journal cannot
//! be read, and when watching begins in a worktree that is not as HEAD has it. It lives in `gap`
//! beside the journal. What a commit then adds and no agent is known to have written is unknown,
//! not a person's. With each commit whose record says so the gap shrinks to the files that are
//! still not as HEAD has them, until none is left.
//!
//! # What is not checked
//!
//! What was stashed, or left on another branch, while the gap was open.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::Position;
use super::journal::Journal;
use super::{CaptureError, local};
use crate::git::Repo;
use crate::repo_path::RepoPath;

/// The name of the file.
pub(super) const NAME: &str = "gap";
/// The most files that a gap lists; of more it speaks as a whole.
const MAX_FILES: usize = 10_000;
/// The most that is read of a gap.
const MAX_BYTES: u64 = 64 << 20;
/// How long Git may take to list what differs.
const PATIENCE: Duration = Duration::from_secs(30);

/// What nobody watched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Gap {
    /// Damage of the journal up to here is accounted for.
    seen: Position,
    /// Whether it may be anywhere.
    pub(super) everywhere: bool,
    /// The files in which it may be.
    pub(super) files: BTreeSet<RepoPath>,
}

impl Gap {
    /// Reads the gap of a worktree. A file that cannot be read speaks of everything.
    pub(super) fn of(journal: &Journal) -> Self {
        let everywhere = Self {
            everywhere: true,
            ..Self::default()
        };
        match local::read(&path(journal), MAX_BYTES) {
            Ok(None) => Self::default(),
            Ok(Some(json)) => serde_json::from_slice(&json).unwrap_or(everywhere),
            Err(_) => everywhere,
        }
    }

    /// Says that something was not taken down.
    ///
    /// On a full disk not even an empty file can be made; the name of one that is there can still
    /// be changed, and the lock is made anew by whoever needs it next.
    pub(super) fn open(journal: &Journal) {
        let path = path(journal);
        let made = local::make_dir(journal.dir()).and_then(|()| {
            crate::fail_point!("gap: open");
            local::options()
                .write(true)
                .create(true)
                .truncate(true)
                .open(&path)
        });
        if made.is_err() {
            // A directory in which nothing can be changed holds no events either, and no commit.
            crate::fail_point!("gap: rename the lock");
            drop(fs::rename(journal.lock_path(), &path));
        }
    }

    /// Says that some files of a worktree were not watched from their beginning.
    pub(super) fn open_in(repo: &Repo, journal: &Journal) -> Result<(), CaptureError> {
        let gap = Self {
            everywhere: true,
            ..Self::default()
        };
        gap.narrowed(repo)?.keep(journal)
    }

    /// Counts the damaged lines that are not accounted for.
    pub(super) fn unaccounted(journal: &Journal, damaged: &[Position]) -> u64 {
        if damaged.is_empty() {
            return 0;
        }
        let seen = Self::of(journal).seen;
        damaged.iter().filter(|at| **at > seen).count() as u64
    }

    /// Answers whether there is nothing that nobody watched.
    pub(super) fn is_none(&self) -> bool {
        !self.everywhere && self.files.is_empty()
    }

    /// Shrinks the gap, after a commit whose record spoke of it, to what is still not committed.
    pub(super) fn shrink(
        repo: &Repo,
        journal: &Journal,
        seen: Position,
    ) -> Result<(), CaptureError> {
        let mut gap = Self::of(journal);
        // Damage of the journal may have been anywhere.
        gap.everywhere |= gap.files.is_empty();
        gap = gap.narrowed(repo)?;
        gap.seen = gap.seen.max(seen);
        gap.keep(journal)
    }

    fn narrowed(mut self, repo: &Repo) -> Result<Self, CaptureError> {
        let status = repo.status(MAX_FILES, PATIENCE)?;
        if status.complete {
            let open: BTreeSet<RepoPath> = status.files.into_iter().map(|file| file.path).collect();
            self.files = if self.everywhere {
                open
            } else {
                self.files.intersection(&open).cloned().collect()
            };
            self.everywhere = false;
        }
        Ok(self)
    }

    fn keep(&self, journal: &Journal) -> Result<(), CaptureError> {
        let path = path(journal);
        let failed = |source| CaptureError::Write {
            path: path.clone(),
            source,
        };
        if *self == Self::default() {
            crate::fail_point!("gap: remove");
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
                _ => Ok(()),
            };
        }
        let json = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        local::write(&path, &json).map_err(failed)
    }
}

fn path(journal: &Journal) -> PathBuf {
    journal.dir().join(NAME)
}
