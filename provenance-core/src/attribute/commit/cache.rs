//! `CommitCache`: the facts of the commits that were asked about.
//!
//! Each commit is judged once, however many of its lines survive. A cache is shared between
//! threads; repositories are not.

use std::sync::{Arc, Mutex, PoisonError};

use super::CommitFacts;
use crate::attribute::AttributeError;
use crate::attribute::catalog::{Catalog, known};
use crate::attribute::crew::Crew;
use crate::git::{Location, RawCommit, Repo};
use crate::infer::{Inference, Rules};
use crate::object_id::ObjectId;
use crate::table::Map;
use crate::verify::{KnownPatches, Verifier};

/// For how many commits a thread more is worth it.
const MANY: usize = 48;

/// The facts of the commits that were asked about.
#[derive(Debug, Default)]
pub struct CommitCache {
    known: Mutex<Map<ObjectId, Arc<CommitFacts>>>,
    gaps: Gaps,
    inferring: Option<Inferring>,
    many: Option<Many>,
    known_before: Option<Arc<dyn KnownCommits>>,
}

/// A commit that nothing but a note could speak of.
#[derive(Debug, Clone, Default)]
pub(in crate::attribute) struct Unspoken {
    /// What its message lets one conclude, where that is asked for.
    pub(in crate::attribute) inferred: Option<Arc<Inference>>,
}

/// What is known of commits before they are asked about. A trait, so that a program which never
/// gives any, as hooks do not, has nothing of it.
pub(in crate::attribute) trait KnownCommits: KnownPatches {
    /// Returns what is known of a commit of which nothing can be believed unless a note speaks of
    /// it; `None` where it has to be read.
    fn unspoken(&self, commit_id: ObjectId) -> Option<Unspoken>;
    /// Returns the facts of a commit that no note speaks of, if nothing more has to be read for
    /// them.
    fn facts(&self, commit_id: ObjectId) -> Option<CommitFacts>;
    /// Takes in a commit that was read, all of whose parents are here.
    fn add(&self, raw: &RawCommit, facts: &CommitFacts);
}

/// How many threads judge, and what lets them: named where threads are asked for, likewise.
#[derive(Debug, Clone, Copy)]
struct Many {
    threads: usize,
    judge: fn(&CommitCache, &Location, &[ObjectId]) -> Result<(), AttributeError>,
}

/// The rules, and what concludes by them: named where rules are given, so that a program which
/// never gives any, as hooks do not, has nothing of it.
#[derive(Debug)]
pub(super) struct Inferring {
    pub(super) rules: Rules,
    pub(super) infer: fn(&Rules, &RawCommit) -> Option<Inference>,
}

/// What becomes of a commit that cannot be judged, because objects are not here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Gaps {
    /// An error: whoever writes must not write less than there is.
    #[default]
    Refused,
    /// An answer: it is not believed.
    Answered,
}

impl CommitCache {
    /// Makes an empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an empty cache that takes a commit for one that is not believed where objects that it
    /// takes to judge it are not here: for whoever counts, and says what could not be counted.
    #[must_use]
    pub fn over_gaps() -> Self {
        Self {
            gaps: Gaps::Answered,
            ..Self::default()
        }
    }

    /// Lets the facts hold what messages let one conclude by these rules; without rules nothing is
    /// inferred.
    #[must_use]
    pub fn inferring(self, rules: Option<&Rules>) -> Self {
        Self {
            inferring: rules.map(|rules| Inferring {
                rules: rules.clone(),
                infer: Rules::infer,
            }),
            ..self
        }
    }

    /// Takes from a catalog what need not be read again, and lets it know what was read.
    #[must_use]
    pub fn with_catalog(self, catalog: Option<&Arc<Catalog>>) -> Self {
        Self {
            known_before: known(catalog),
            ..self
        }
    }

    /// Opens the trail, to judge commits with what is known of them.
    ///
    /// # Errors
    ///
    /// As for [`Verifier::open`].
    pub fn verifier<'r>(&self, repo: &'r Repo) -> Result<Verifier<'r>, AttributeError> {
        let patches = self.known_before.clone();
        let patches = patches.map(|known| known as Arc<dyn KnownPatches>);
        Ok(Verifier::open(repo)?.with_patches(patches))
    }

    /// Lets many commits be judged on so many threads at once.
    #[must_use]
    pub fn on_threads(self, threads: usize) -> Self {
        let many = (threads > 1).then_some(Many {
            threads,
            judge: Self::judge_all,
        });
        Self { many, ..self }
    }

    /// Reads and judges commits that will be asked about, each once. Few are left for later:
    /// another thread has to open the repository first.
    pub(in crate::attribute) fn expect(
        &self,
        location: &Location,
        commit_ids: &[ObjectId],
    ) -> Result<(), AttributeError> {
        match self.many {
            Some(many) if commit_ids.len() >= MANY => (many.judge)(self, location, commit_ids),
            _ => Ok(()),
        }
    }

    fn judge_all(
        &self,
        location: &Location,
        commit_ids: &[ObjectId],
    ) -> Result<(), AttributeError> {
        let crew = self.crew(location);
        crew.over(commit_ids, |repo, verifier, commit_id| {
            self.get(repo, verifier, *commit_id).map(drop)
        })?;
        Ok(())
    }

    /// Lets commits be judged while `find` is still looking for them; it is given whom to tell.
    pub(in crate::attribute) fn ahead<R>(
        &self,
        location: &Location,
        find: impl FnOnce(&mut dyn FnMut(ObjectId)) -> R,
    ) -> R {
        let judge = |repo: &Repo, verifier: &Verifier<'_>, commit_id| {
            // What cannot be judged is asked about again, and said then.
            drop(self.get(repo, verifier, commit_id));
        };
        self.crew(location).ahead(judge, find)
    }

    fn crew<'a>(&self, location: &'a Location) -> Crew<'a> {
        Crew {
            location,
            threads: self.many.map_or(1, |many| many.threads),
            progress: &|_, _| {},
            known_before: self.known_before.clone(),
            compared: None,
        }
    }

    /// Returns the facts of a commit; reads and judges it when first asked.
    ///
    /// # Errors
    ///
    /// As for [`CommitFacts::read`].
    pub fn get(
        &self,
        repo: &Repo,
        verifier: &Verifier<'_>,
        commit_id: ObjectId,
    ) -> Result<Arc<CommitFacts>, AttributeError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = known().get(&commit_id) {
            return Ok(Arc::clone(facts));
        }
        // Not under the lock: two threads may judge the same commit, and none waits.
        let facts = Arc::new(self.read(repo, verifier, commit_id)?);
        Ok(Arc::clone(known().entry(commit_id).or_insert(facts)))
    }

    /// Returns what a commit lets one conclude, if it is known already that no record speaks of it:
    /// then it is unattested.
    ///
    /// # Errors
    ///
    /// [`AttributeError::Verify`] when the notes cannot be read.
    pub(in crate::attribute) fn unspoken(
        &self,
        verifier: &Verifier<'_>,
        commit_id: ObjectId,
    ) -> Result<Option<Unspoken>, AttributeError> {
        let before = self.known_before.as_deref();
        let unspoken = before.and_then(|before| before.unspoken(commit_id));
        if unspoken.is_some() && verifier.has_note(commit_id)? {
            return Ok(None);
        }
        Ok(unspoken)
    }

    fn read(
        &self,
        repo: &Repo,
        verifier: &Verifier<'_>,
        commit_id: ObjectId,
    ) -> Result<CommitFacts, AttributeError> {
        let before = self.known_before.as_deref();
        if let Some(facts) = before.and_then(|before| before.facts(commit_id))
            && !verifier.has_note(commit_id)?
        {
            return Ok(facts);
        }
        let inferring = self.inferring.as_ref();
        let read = CommitFacts::read_over(repo, verifier, commit_id, self.gaps, inferring)?;
        if let (Some(before), (facts, Some(raw))) = (before, &read)
            && facts.is_whole
        {
            before.add(raw, facts);
        }
        Ok(read.0)
    }
}
