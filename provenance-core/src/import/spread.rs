//! `spread`: the same work on many pieces, over the threads of the machine.
//!
//! # What is not checked
//!
//! In which order they are worked on; what comes of them has theirs.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::ImportError;
use super::maker::Desk;
use crate::git::{Names, Repo};
use crate::store::Notes;

/// Over how many threads, and who is told.
#[expect(missing_debug_implementations, reason = "it holds a closure")]
pub struct Spread<'a> {
    /// How many pieces are worked on at once.
    pub threads: usize,
    /// Is told how many are done, and of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl Spread<'_> {
    /// Does `work` on every piece, and gives what came of each in their order.
    pub(super) fn over<T: Sync, R: Send>(
        &self,
        repo: &Repo,
        pieces: &[T],
        work: impl Fn(&Desk<'_>, &T) -> Result<R, ImportError> + Sync,
    ) -> Result<Vec<R>, ImportError> {
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(pieces.len()));
        let failure: Mutex<Option<ImportError>> = Mutex::new(None);
        let location = repo.location();
        let notes_ref = repo.config()?.settings()?.notes_ref;
        let progress = self.progress;
        let run = || -> Result<(), ImportError> {
            let mut repo = Repo::open(location)?;
            repo.read_in_bulk(Names::Checked);
            let desk = Desk {
                repo: &repo,
                notes: Notes::with_inboxes(&repo, &notes_ref)?,
                verifier: OnceCell::new(),
            };
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(piece) = pieces.get(number) else {
                    return Ok(());
                };
                let result = work(&desk, piece)?;
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.push((number, result));
                progress(done.len(), pieces.len());
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.threads.clamp(1, pieces.len().max(1)) {
                scope.spawn(|| {
                    if let Err(error) = run() {
                        next.store(pieces.len(), Ordering::Relaxed);
                        let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                        failure.get_or_insert(error);
                    }
                });
            }
        });
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(number, _)| *number);
        Ok(done.into_iter().map(|(_, result)| result).collect())
    }
}
