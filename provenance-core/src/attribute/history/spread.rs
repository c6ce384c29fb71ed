//! `spread`: the same work on many pieces, over threads that each have a repository.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::git::{GitError, Repo};

/// How many pieces that stand together a thread takes at once: neighbours read the same objects.
const NEIGHBOURS: usize = 8;

/// Does `work` on every piece and returns what came of each, in the order of the pieces.
///
/// # Errors
///
/// The first that any piece gave; the other threads stop at their next pieces.
pub(in crate::attribute) fn spread<T: Sync, R: Send>(
    repos: &mut [Repo],
    pieces: &[T],
    work: impl Fn(&Repo, &T) -> Result<R, GitError> + Sync,
) -> Result<Vec<R>, GitError> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Vec<R>)>> = Mutex::new(Vec::new());
    let failure: Mutex<Option<GitError>> = Mutex::new(None);
    let neighbours = (pieces.len() / (4 * repos.len()).max(1)).clamp(1, NEIGHBOURS);
    let run = |repo: &Repo| -> Result<(), GitError> {
        loop {
            let start = next.fetch_add(neighbours, Ordering::Relaxed);
            let Some(rest) = pieces.get(start..).filter(|rest| !rest.is_empty()) else {
                return Ok(());
            };
            let here = rest.iter().take(neighbours);
            let results = here
                .map(|piece| work(repo, piece))
                .collect::<Result<_, _>>()?;
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((start, results));
        }
    };
    std::thread::scope(|scope| {
        for repo in repos.iter_mut() {
            // A repository can move to another thread, but not be used by two.
            scope.spawn(|| {
                let repo: &mut Repo = repo;
                if let Err(error) = run(repo) {
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
    done.sort_unstable_by_key(|(start, _)| *start);
    Ok(done.into_iter().flat_map(|(_, results)| results).collect())
}
