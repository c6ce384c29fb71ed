//! Over how many threads an import works.

use std::cell::OnceCell;

use super::ImportError;
use super::maker::Desk;
use crate::git::{Names, Repo};
use crate::spread::{Pace, spread};
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
        let notes_ref = repo.config()?.settings()?.notes_ref;
        let threads = self.threads.clamp(1, pieces.len().max(1));
        let repos = Repo::open_in_bulk(repo.location(), Names::Checked, threads)?;
        let pace = Pace {
            progress: self.progress,
            ..Pace::SILENT
        };
        spread(repos, pieces, pace, |repo, pieces| {
            let desk = Desk {
                repo: &repo,
                notes: Notes::with_inboxes(&repo, &notes_ref)?,
                verifier: OnceCell::new(),
            };
            pieces.map(|piece| work(&desk, piece))
        })
    }
}
