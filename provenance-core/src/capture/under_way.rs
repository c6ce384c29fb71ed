//! `UnderWay`: an event that tells whose lines are, while it is being taken down, so that one whose
//! process died is missed.
//!
//! Takes a journal. As long as the event is being taken down a file of it stands in `under-way/`
//! beside the journal, and its process holds the lock of that file. A file that nobody holds was
//! left by a process that died: what it saw is lost, and a [`Gap`] opens.
//!
//! Invariants:
//!
//! - A file has its name only while it is held, and loses it before it is let go: no process that
//!   lives is taken for dead.
//! - Where a file system has no locks, everybody is taken for dead: lines are unknown then, never a
//!   person's.
//!
//! # What is not checked
//!
//! A process that died before it began here is as one that was never started.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::gap::Gap;
use super::journal::Journal;
use super::local;

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// An event that is being taken down; it is over when this is dropped.
#[derive(Debug)]
pub(super) struct UnderWay {
    path: PathBuf,
    _held: File,
}

impl UnderWay {
    /// Begins. Where no file can be made, nothing can be taken down either, and that is said.
    pub(super) fn begin(journal: &Journal) -> io::Result<Self> {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = dir(journal).join(format!("{}-{number}", std::process::id()));
        let held = local::write_held(&path)?;
        Ok(Self { path, _held: held })
    }

    /// Opens the gap of a journal where a process died that was taking something down.
    pub(super) fn miss(journal: &Journal) {
        for path in local::entries(&dir(journal)) {
            let is_dead = match File::open(&path).map(|file| (file.try_lock(), file)) {
                // It ended in this moment, or is not begun yet.
                Err(_) => false,
                _ if local::is_beside(&path) => false,
                Ok((Err(TryLockError::WouldBlock), _)) => false,
                // Who ends well takes the name away before the lock.
                Ok((Ok(()) | Err(TryLockError::Error(_)), _held)) => path.exists(),
            };
            if is_dead {
                Gap::open(journal);
                crate::fail_point!("under way: remove a dead one's");
                drop(fs::remove_file(path));
            }
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // Whoever panics has lost what it saw, as whoever dies.
        if !std::thread::panicking() {
            crate::fail_point!("under way: end");
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Where the files of a journal's events are.
pub(super) fn dir(journal: &Journal) -> PathBuf {
    journal.dir().join("under-way")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_died_is_missed_and_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path().join("main"));
        UnderWay::miss(&journal);
        let living = UnderWay::begin(&journal).unwrap();
        drop(UnderWay::begin(&journal).unwrap());
        UnderWay::miss(&journal);
        assert!(Gap::of(&journal).is_none());
        // A process that dies lets go of its lock and leaves its file.
        let UnderWay { path, _held } = &living;
        let left = path.with_file_name("1-0");
        fs::write(&left, "").unwrap();
        UnderWay::miss(&journal);
        assert!(Gap::of(&journal).everywhere && !left.exists() && path.exists());
    }
}
