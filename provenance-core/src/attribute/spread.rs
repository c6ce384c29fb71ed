//! `spread`: the same work on many pieces, over the threads of the machine.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::AttributeError;
use crate::git::{Location, Names, Repo};
use crate::verify::Verifier;

/// Who does the work.
#[derive(Clone, Copy)]
pub(super) struct Crew<'a> {
    /// Where the repository is; each thread opens it for itself.
    pub(super) location: &'a Location,
    /// How many threads.
    pub(super) threads: usize,
    /// Is told now and then how far the work is: pieces done, pieces in all.
    pub(super) progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// Does `work` on every piece, in any order, and returns what came of each.
///
/// Each thread has its own repository and verifier, because neither can be shared.
///
/// # Errors
///
/// The first that any piece gave; the other threads stop at their next piece.
pub(super) fn spread<T, R>(
    crew: &Crew<'_>,
    pieces: &[T],
    work: impl Fn(&Repo, &Verifier<'_>, &T) -> Result<R, AttributeError> + Sync,
) -> Result<Vec<R>, AttributeError>
where
    T: Sync,
    R: Send,
{
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<R>> = Mutex::new(Vec::with_capacity(pieces.len()));
    let failure: Mutex<Option<AttributeError>> = Mutex::new(None);
    let run = || -> Result<(), AttributeError> {
        let mut repo = Repo::open(crew.location)?;
        repo.read_in_bulk(Names::OfCommits);
        let verifier = Verifier::open(&repo)?;
        while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = work(&repo, &verifier, piece)?;
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push(result);
            (crew.progress)(done.len(), pieces.len());
        }
        Ok(())
    };
    let threads = crew.threads.clamp(1, pieces.len().max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                if let Err(error) = run() {
                    next.store(pieces.len(), Ordering::Relaxed);
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    failure.get_or_insert(error);
                }
            });
        }
    });
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}
