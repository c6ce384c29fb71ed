//! Who does the work on many commits or files: a repository for each thread, and one that judges.

use super::AttributeError;
use crate::git::{GitError, Location, Names, Repo};
use crate::spread::{Pace, spread};
use crate::verify::Verifier;

/// How many pieces that stand together a thread takes at once: neighbours read the same objects.
const NEIGHBOURS: usize = 8;

/// Who judges commits.
#[derive(Clone, Copy)]
pub(super) struct Crew<'a> {
    /// Where the repository is; it is opened for each thread.
    pub(super) location: &'a Location,
    /// How many threads.
    pub(super) threads: usize,
    /// Is told now and then how far the work is: pieces done, pieces in all.
    pub(super) progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl Crew<'_> {
    /// Does `work` on every piece, and returns what came of each, in their order.
    ///
    /// # Errors
    ///
    /// The first that any piece gave.
    pub(super) fn over<T, R>(
        &self,
        pieces: &[T],
        work: impl Fn(&Repo, &Verifier<'_>, &T) -> Result<R, AttributeError> + Sync,
    ) -> Result<Vec<R>, AttributeError>
    where
        T: Sync,
        R: Send,
    {
        let threads = self.threads.clamp(1, pieces.len().max(1));
        let repos = Repo::open_in_bulk(self.location, Names::OfCommits, threads)?;
        let pace = Pace {
            progress: self.progress,
            ..Pace::SILENT
        };
        spread(repos, pieces, pace, |repo, pieces| {
            let verifier = Verifier::open(&repo)?;
            pieces.each(|piece| work(&repo, &verifier, piece))
        })
    }
}

/// Reads something of every piece, one thread for each repository, and returns what came of each,
/// in their order.
///
/// # Errors
///
/// The first that any piece gave.
pub(super) fn read_over<T: Sync, R: Send>(
    repos: &mut [Repo],
    pieces: &[T],
    read: impl Fn(&Repo, &T) -> Result<R, GitError> + Sync,
) -> Result<Vec<R>, GitError> {
    let pace = Pace {
        at_once: NEIGHBOURS,
        ..Pace::SILENT
    };
    // A repository can move to another thread, but not be used by two.
    spread(repos.iter_mut(), pieces, pace, |repo: &mut Repo, pieces| {
        let repo: &Repo = repo;
        pieces.each(|piece| read(repo, piece))
    })
}
