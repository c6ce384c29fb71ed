//! `Verifier`: judges the commits of one repository.
//!
//! Takes the repository, reads the trust document and the notes once, and answers for any commit.
//!
//! # What is not checked
//!
//! Whether history is whole: see [`Repo::history_gaps`].

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::sync::Arc;

use super::judge::{self, Case};
use super::line::{Belief, reason};
use super::verdict::{Judgement, Reason, Verdict};
use crate::digest::Digest;
use crate::git::trailer::{self, Pins};
use crate::git::{GitError, RawCommit, Repo};
use crate::key::{KeyId, Keyring};
use crate::object_id::ObjectId;
use crate::record::RecordId;
use crate::store::{LineProblem, NoteLines, Notes, StoreError};
use crate::trust::{Trust, TrustError};

/// Remembers the [patch digests](Repo::patch_digest) of commits, because working one out means
/// comparing every file that the commit changed.
///
/// Nothing is believed for what it says: where its digest speaks against a record, or the commit is
/// not believed, the digest is worked out. One that is wrong could only let pass a record that a
/// trusted key signed about this very commit, and whose digest is as wrong.
pub trait KnownPatches: Send + Sync + std::fmt::Debug {
    /// Returns the digest of a commit, if it is known.
    fn patch(&self, commit_id: ObjectId) -> Option<Digest>;
    /// Is told of one that was worked out.
    fn learn(&self, commit_id: ObjectId, patch: Digest);
}

/// Judges the commits of one repository.
#[derive(Debug)]
pub struct Verifier<'r> {
    repo: &'r Repo,
    trust: Option<Trust>,
    notes: Notes<'r>,
    nobody: Keyring,
    patches: Option<Arc<dyn KnownPatches>>,
    /// Filled when a pin is in no note of its own commit.
    everywhere: OnceCell<Everywhere>,
}

/// Every record of every note, and one note that could not be read, if there is any.
#[derive(Debug)]
struct Everywhere {
    lines: HashMap<RecordId, Vec<Vec<u8>>>,
    unreadable: Option<ObjectId>,
}

impl<'r> Verifier<'r> {
    /// Reads whom to believe and what is noted.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] when the configuration, the trust document or the notes cannot be read.
    pub fn open(repo: &'r Repo) -> Result<Self, VerifyError> {
        let settings = repo.config()?.settings()?;
        Ok(Self {
            repo,
            trust: Trust::load(repo)?,
            notes: Notes::with_inboxes(repo, &settings.notes_ref)?,
            nobody: Keyring::default(),
            patches: None,
            everywhere: OnceCell::new(),
        })
    }

    /// Lets patch digests be remembered: for whoever counts, and judges the same commits again and
    /// again.
    #[must_use]
    pub fn with_patches(self, patches: Option<Arc<dyn KnownPatches>>) -> Self {
        Self { patches, ..self }
    }

    /// Answers whether a note is on the commit.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Store`] when the notes cannot be read.
    pub fn has_note(&self, commit_id: ObjectId) -> Result<bool, VerifyError> {
        Ok(self.notes.has(commit_id)?)
    }

    /// Returns whom the reader believes; `None` where the repository never saw `init`.
    #[must_use]
    pub fn trust(&self) -> Option<&Trust> {
        self.trust.as_ref()
    }

    /// Returns the notes.
    #[must_use]
    pub fn notes(&self) -> &Notes<'r> {
        &self.notes
    }

    /// Judges one commit.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] when the commit or its note cannot be read, or another note that may hold
    /// the record that it pins. A commit that can be read in more ways than one is an answer:
    /// `invalid`, reason `malformed-commit`.
    pub fn judge(&self, commit_id: ObjectId) -> Result<Judgement, VerifyError> {
        match self.repo.commit(commit_id) {
            Ok(commit) => self.judge_commit(&commit),
            Err(GitError::MalformedCommit { id, fault }) => Ok(Judgement {
                commit_id: id,
                verdict: Verdict::Invalid,
                record_id: None,
                signer: None,
                principal: None,
                pins: Vec::new(),
                reasons: vec![reason(
                    "malformed-commit",
                    format!("the commit object can be read in more ways than one: {fault}"),
                )],
                evidence: Vec::new(),
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Judges a commit that was read already.
    ///
    /// # Errors
    ///
    /// As [`Verifier::judge`].
    pub fn judge_commit(&self, commit: &RawCommit) -> Result<Judgement, VerifyError> {
        let note = self.notes.lines(commit.id)?;
        let pins = trailer::pins(&commit.message);
        let speaks = !note.lines.is_empty() || pins != Pins::Listed(Vec::new());
        if !speaks {
            return self.judge_with(commit, &note, pins, None);
        }
        let patches = self.patches.as_deref();
        if let Some(known) = patches.and_then(|patches| patches.patch(commit.id)) {
            let judgement = self.judge_with(commit, &note, pins.clone(), Some(known))?;
            let is_contradicted = |reason: &Reason| reason.code == judge::CONTRADICTS;
            if judgement.verdict.is_believed() && !judgement.reasons.iter().any(is_contradicted) {
                return Ok(judgement);
            }
        }
        let patch = self.repo.patch_digest(commit)?;
        if let (Some(patches), Some(patch)) = (patches, patch) {
            patches.learn(commit.id, patch);
        }
        self.judge_with(commit, &note, pins, patch)
    }

    /// Judges a commit whose patch digest is known; there is none where nothing speaks of it.
    fn judge_with(
        &self,
        commit: &RawCommit,
        note: &NoteLines,
        pins: Pins,
        patch: Option<Digest>,
    ) -> Result<Judgement, VerifyError> {
        let trust = self.trust.as_ref();
        let principal = |key: &KeyId| trust?.principal_of(key).map(|p| p.id.clone());
        let belief = Belief {
            keyring: trust.map_or(&self.nobody, Trust::keyring),
            trust: trust.map(|trust| (trust.root_id(), trust.version())),
            principal: &principal,
        };
        let is_searched = Cell::new(false);
        let judgement = judge::judge(&Case {
            commit,
            lines: &note.lines,
            note_faults: of_note(&note.problems, false),
            note_oddities: of_note(&note.problems, true),
            pins,
            belief: &belief,
            patch,
            elsewhere: &|record_id| {
                is_searched.set(true);
                self.elsewhere(record_id)
            },
        })?;
        if is_searched.get() && !judgement.verdict.is_believed() {
            self.check_search()?;
        }
        Ok(judgement)
    }

    /// Returns the lines of all notes that may hold a record.
    fn elsewhere(&self, record_id: RecordId) -> Result<Vec<Vec<u8>>, VerifyError> {
        let lines = &self.everywhere()?.lines;
        Ok(lines.get(&record_id).cloned().unwrap_or_default())
    }

    fn everywhere(&self) -> Result<&Everywhere, VerifyError> {
        if let Some(known) = self.everywhere.get() {
            return Ok(known);
        }
        let found = self.notes.find(|_| true)?;
        let mut lines: HashMap<RecordId, Vec<Vec<u8>>> = HashMap::new();
        for said in found.records {
            lines.entry(said.record_id).or_default().push(said.line);
        }
        let unreadable = found.unreadable.first().copied();
        Ok(self
            .everywhere
            .get_or_init(|| Everywhere { lines, unreadable }))
    }

    /// Refuses an answer that a note which could not be read might have changed: all notes were
    /// searched for a pinned record, and what was found is not believed.
    fn check_search(&self) -> Result<(), VerifyError> {
        if let Some(commit_id) = self.everywhere()?.unreadable {
            self.notes.lines(commit_id)?;
        }
        Ok(())
    }
}

/// The problems of a note: oddities of the tree around it, or what was left out of it unread.
fn of_note(problems: &[LineProblem], oddities: bool) -> Vec<Reason> {
    let chosen = |problem: &&LineProblem| matches!(problem, LineProblem::Tree(_)) == oddities;
    let code = if oddities {
        "odd-notes-tree"
    } else {
        "note-over-cap"
    };
    problems
        .iter()
        .filter(chosen)
        .map(|problem| reason(code, problem.to_string()))
        .collect()
}

/// Why a commit could not be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The repository could not be read.
    #[error("cannot read the repository")]
    Git(#[from] GitError),
    /// The notes could not be read.
    #[error("cannot read the notes")]
    Store(#[from] StoreError),
    /// The trust document could not be read.
    #[error("cannot read whom to believe")]
    Trust(#[from] TrustError),
}
