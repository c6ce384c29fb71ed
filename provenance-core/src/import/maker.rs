//! `Maker`: from what a source says of one commit to one line of its note.
//!
//! Takes what is said, reads the commit, cuts the claims to what it adds, and signs. The record
//! depends on what stands there and on the commit, and on nobody who imports it: its nonce is made
//! of both, and its date is the commit's.
//!
//! # What is not checked
//!
//! Whether what is said is true.

use std::cell::OnceCell;

use super::clip::{Cut, clip};
use super::{ImportError, Refusal, Said};
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::git::{GitError, RawCommit, Repo};
use crate::key::SigningKey;
use crate::record::{
    Annotations, Authoring, CommittedBy, Kind, Onto, RecordId, Recorder, Remainder, Statement,
    Subject,
};
use crate::seal::{Envelope, MAX_LINE_BYTES};
use crate::store::{Entry, Hearsay, Notes};
use crate::verify::Verifier;

/// Separates the nonces of imported records from every other digest.
const TAG: &[u8] = b"git-provenance import v1";
/// The bytes of the longest nonce.
const NONCE_BYTES: usize = 18;

/// Makes records; shared by all threads.
pub(super) struct Maker<'a> {
    pub(super) key: &'a SigningKey,
    pub(super) recorder: Recorder,
    /// The repository's id, and the newest version of trust.
    pub(super) trust: Option<(RecordId, u64)>,
}

/// What one thing comes to.
pub(super) enum Outcome {
    Refused(Refusal),
    Unchanged,
    New {
        entry: Entry,
        cut: Cut,
        human_lines: u64,
    },
}

/// What one thread reads from.
pub(super) struct Desk<'r> {
    pub(super) repo: &'r Repo,
    pub(super) notes: Notes<'r>,
    pub(super) verifier: OnceCell<Verifier<'r>>,
}

impl Maker<'_> {
    /// What one thing comes to.
    pub(super) fn outcome(&self, desk: &Desk<'_>, said: &Said) -> Result<Outcome, ImportError> {
        match self.record(desk, said) {
            Err(ImportError::Git(GitError::MissingObject { id, .. })) => {
                Ok(Outcome::Refused(if id == said.commit_id {
                    Refusal::CommitNotHere
                } else {
                    Refusal::Incomplete
                }))
            }
            Err(ImportError::Git(GitError::MalformedCommit { fault, .. })) => {
                let fault = fault.to_string();
                Ok(Outcome::Refused(Refusal::MalformedCommit { fault }))
            }
            Err(ImportError::Git(GitError::WrongKind { id, .. })) if id == said.commit_id => {
                Ok(Outcome::Refused(Refusal::NotACommit))
            }
            outcome => outcome,
        }
    }

    fn record(&self, desk: &Desk<'_>, said: &Said) -> Result<Outcome, ImportError> {
        let commit = desk.repo.commit(said.commit_id)?;
        let Some(recorded_at) = Timestamp::from_unix_seconds(commit.committer.seconds) else {
            let fault = "its date is none".to_owned();
            return Ok(Outcome::Refused(Refusal::MalformedCommit { fault }));
        };
        let mut contributions = said.contributions.clone();
        let added = desk.repo.commit_added_lines(&commit)?;
        let cut = clip(&mut contributions, &added);
        if contributions.is_empty() {
            return Ok(Outcome::Refused(Refusal::NotAdded));
        }
        contributions.sort_by(|a, b| {
            let key = |one: &'_ super::Contribution| {
                let session = one.session.id.clone();
                (
                    one.tool.clone(),
                    one.model.clone(),
                    session,
                    one.operator.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        let mut authoring = Authoring {
            tree: commit.tree_id,
            onto: Onto {
                commit: commit.parent_ids.first().copied(),
                records: Vec::new(),
            },
            repo: self.trust.map(|(root_id, _)| root_id),
            trust: self.trust.map(|(_, version)| version),
            contributions,
            remainder: Remainder::Unknown,
            unknown: Vec::new(),
            approver: None,
            committed_by: CommittedBy::Human,
            capture: Vec::new(),
            origin: said.origin,
            recorder: self.recorder.clone(),
            recorded_at,
            derived_from: Vec::new(),
            nonce: nonce(said),
            skipped: None,
            crit: Vec::new(),
        };
        let whole_nonce = authoring.nonce.clone();
        authoring.settle()?;
        let patch = desk.repo.patch_digest(&commit)?;
        if self.is_here(desk, &commit, &authoring, &whole_nonce, patch)? {
            return Ok(Outcome::Unchanged);
        }
        let line = self.sealed(&commit, &authoring, patch)?;
        if line.len() > MAX_LINE_BYTES {
            return Ok(Outcome::Refused(Refusal::RecordTooLong));
        }
        Ok(Outcome::New {
            entry: Entry {
                commit_id: commit.id,
                line,
            },
            cut,
            human_lines: said.human_lines,
        })
    }

    fn sealed(
        &self,
        commit: &RawCommit,
        authoring: &Authoring,
        patch: Option<Digest>,
    ) -> Result<Vec<u8>, ImportError> {
        let is_told = commit.parent_ids != authoring.onto.next_parents();
        let annotations = Annotations {
            parents: is_told.then(|| commit.parent_ids.clone()),
            patch,
        };
        let subject = Subject::commit(commit.id, commit.digest, annotations);
        let statement = Statement::new(Kind::Authoring, vec![subject], authoring)?;
        Ok(Envelope::seal(&statement, self.key)?.to_line())
    }

    /// Answers whether the same was imported before: by this signer, or by somebody who is believed.
    /// It is the same when it says the same, whatever version wrote it and whatever its signer knew
    /// of trust. A line that somebody put there whom nobody believes keeps nothing out.
    fn is_here(
        &self,
        desk: &Desk<'_>,
        commit: &RawCommit,
        authoring: &Authoring,
        nonce: &str,
        patch: Option<Digest>,
    ) -> Result<bool, ImportError> {
        let mut twins: Vec<Hearsay> = Vec::new();
        for said in desk.notes.hearsay(commit.id)? {
            let Ok(other) = said.statement.authoring() else {
                continue;
            };
            if other.origin != authoring.origin || !nonce.starts_with(&other.nonce) {
                continue;
            }
            let mut twin = authoring.clone();
            (twin.repo, twin.trust) = (other.repo, other.trust);
            (twin.nonce, twin.recorder) = (other.nonce, other.recorder);
            if twin.to_canonical()? != said.statement.predicate() {
                continue;
            }
            // A signature is a function of the key and what is signed.
            if self.sealed(commit, &twin, patch)? == said.line {
                return Ok(true);
            }
            twins.push(said);
        }
        if twins.is_empty() {
            return Ok(false);
        }
        if desk.verifier.get().is_none() {
            let opened = Verifier::open(desk.repo)?;
            desk.verifier.get_or_init(|| opened);
        }
        let Some(verifier) = desk.verifier.get() else {
            return Ok(false);
        };
        let judgement = verifier.judge_commit(commit)?;
        Ok(twins.iter().any(|twin| {
            let evidence = &judgement.evidence;
            evidence.iter().any(|one| one.record_id == twin.record_id)
        }))
    }
}

/// The nonce of what a source says of a commit: the same for whoever imports it.
fn nonce(said: &Said) -> String {
    let digest = Digest::of_parts([
        TAG,
        said.commit_id.as_bytes(),
        said.source.as_bytes().as_slice(),
    ]);
    let bytes = digest.as_bytes().get(..NONCE_BYTES).unwrap_or_default();
    hex::encode(bytes)
}
