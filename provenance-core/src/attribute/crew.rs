//! Who does the work on many commits or files: a repository for each thread, and one that judges.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use super::AttributeError;
use super::commit::KnownCommits;
use crate::git::{Compared, GitError, Location, Names, Repo};
use crate::object_id::ObjectId;
use crate::spread::{Pace, share, spread};
use crate::verify::{KnownPatches, Verifier};

/// How many pieces that stand together a thread takes at once: neighbours read the same objects.
const NEIGHBOURS: usize = 8;
/// From how many commits on all notes are listed first.
const MANY: usize = 500;

/// Who judges commits.
pub(super) struct Crew<'a> {
    /// Where the repository is; it is opened for each thread.
    pub(super) location: &'a Location,
    /// How many threads.
    pub(super) threads: usize,
    /// Is told now and then how far the work is: pieces done, pieces in all.
    pub(super) progress: &'a (dyn Fn(usize, usize) + Sync),
    /// What is known of commits.
    pub(super) known_before: Option<Arc<dyn KnownCommits>>,
    /// What is compared, and others compare, too.
    pub(super) compared: Option<Arc<Compared>>,
}

impl Crew<'_> {
    /// Does `work` on every piece, and returns what came of each, in their order.
    ///
    /// # Errors
    ///
    /// The first that any piece gave.
    pub(super) fn over<T: Sync, R: Send>(
        &self,
        pieces: &[T],
        work: impl Fn(&Repo, &Verifier<'_>, &T) -> Result<R, AttributeError> + Sync,
    ) -> Result<Vec<R>, AttributeError> {
        let repos = self.repos(pieces.len())?;
        spread(repos, pieces, self.pace(), |repo, pieces| {
            let verifier = self.verifier(&repo, pieces.len())?;
            pieces.map(|piece| work(&repo, &verifier, piece))
        })
    }

    /// Lets `work` add every piece to what its thread has, and returns what the threads have.
    ///
    /// # Errors
    ///
    /// The first that any piece gave.
    pub(super) fn shares<T: Sync, S: Default + Send>(
        &self,
        pieces: &[T],
        work: impl Fn(&mut S, &Repo, &Verifier<'_>, &T) -> Result<(), AttributeError> + Sync,
    ) -> Result<Vec<S>, AttributeError> {
        let repos = self.repos(pieces.len())?;
        share(repos, pieces, self.pace(), |repo, pieces| {
            let verifier = self.verifier(&repo, pieces.len())?;
            let mut all = S::default();
            pieces.each(|piece| work(&mut all, &repo, &verifier, piece))?;
            Ok(all)
        })
    }

    fn repos(&self, pieces: usize) -> Result<Vec<Repo>, AttributeError> {
        let threads = self.threads.clamp(1, pieces.max(1));
        let mut repos = Repo::open_in_bulk(self.location, Names::OfCommits, threads)?;
        for repo in &mut repos {
            repo.share_compared(self.compared.as_ref());
        }
        Ok(repos)
    }

    fn pace(&self) -> Pace<'_> {
        Pace {
            at_once: NEIGHBOURS,
            progress: self.progress,
        }
    }

    /// Opens the trail, to judge so many commits.
    fn verifier<'r>(&self, repo: &'r Repo, commits: usize) -> Result<Verifier<'r>, AttributeError> {
        let patches = self.known_before.clone();
        let patches = patches.map(|known| known as Arc<dyn KnownPatches>);
        let verifier = Verifier::open(repo)?.with_patches(patches);
        if commits >= MANY {
            // One look at all notes is less than one for each commit. Where that fails, the others
            // still can be told from each other.
            verifier.notes().list().ok();
        }
        Ok(verifier)
    }

    /// Does `work` on commits, in threads of their own, while `find` is still looking for them:
    /// on each that it names, once.
    pub(super) fn ahead<R>(
        &self,
        work: impl Fn(&Repo, &Verifier<'_>, ObjectId) + Sync,
        find: impl FnOnce(&mut dyn FnMut(ObjectId)) -> R,
    ) -> R {
        let (sender, receiver) = mpsc::channel();
        let receiver = Mutex::new(receiver);
        let run = || -> Result<(), AttributeError> {
            let repos = Repo::open_in_bulk(self.location, Names::OfCommits, 1)?;
            let Some(repo) = repos.first() else {
                return Ok(());
            };
            let verifier = self.verifier(repo, 1)?;
            loop {
                let named = receiver
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .recv();
                let Ok(commit_id) = named else {
                    return Ok(());
                };
                work(repo, &verifier, commit_id);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                // Whoever cannot even begin leaves it to others.
                scope.spawn(|| drop(run()));
            }
            let mut known = HashSet::new();
            let found = find(&mut |commit_id| {
                if !commit_id.is_null() && known.insert(commit_id) {
                    let _ = sender.send(commit_id);
                }
            });
            drop(sender);
            found
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
        pieces.map(|piece| read(repo, piece))
    })
}
