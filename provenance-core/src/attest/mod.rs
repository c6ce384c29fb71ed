//! Attesting: the writing side's three steps in one place, for the hooks and for harnesses.
//!
//! ```text
//! fix     what is said   before the commit exists: its id is pinned into the message
//! attest  who says so    about the commit that exists: signed, and attached as a line of its note
//! ```
//!
//! Takes what capture observed, the index or a commit, and a signing key; gives a record id to
//! pin, and then a line in the notes. Git does not tell a commit-msg hook whether the commit is an
//! amend, so a fixed record is true either way: it names HEAD and HEAD's records ([`Onto`]).
//!
//! # Invariants
//!
//! - A record is pinned only when a key is at hand that can sign it.
//! - A fixed record is sealed only about a commit with exactly its tree; any other is discarded.
//! - Lines that nobody watched are never claimed for a human.
//!
//! # What is not checked
//!
//! Whether capture saw everything. A record says what was seen, and by whom.

mod amend;
mod bind;
mod carry;
mod declare;
mod fix;
mod index;
mod merged;
mod pending;
mod recent;
mod reconcile;
mod repeat;
mod whereabouts;

pub use bind::Attested;
pub use declare::{Declaration, Declared};
pub use fix::Fixed;
pub use merged::{MergeSearch, Merged, Proof, Wanted};
pub use recent::{Recent, recent};
pub use reconcile::{How, Mended, Reconciled, Unrecorded, Why};
pub use whereabouts::{Effort, catch_up};

use std::path::PathBuf;

use crate::canonical::CanonicalError;
use crate::capture::{AgentHint, CaptureError};
use crate::clock::Clock;
use crate::entropy::{Entropy, EntropyError};
use crate::git::{GitError, Repo};
use crate::key::SigningKey;
use crate::object_id::ObjectId;
use crate::record::{Authoring, CommittedBy, Onto, Origin, RecordError, RecordId, Recorder};
use crate::seal::SealError;
use crate::store::{Notes, StoreError};
use crate::text;
use crate::trust::{Known, TrustError};
use crate::verify::VerifyError;

/// What the writing side works with.
#[derive(Debug)]
pub struct Attester<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Who signs.
    pub key: &'a SigningKey,
    /// When.
    pub clock: &'a dyn Clock,
    /// Nonces.
    pub entropy: &'a mut dyn Entropy,
    /// What the environment says about who runs `git commit`.
    pub hint: AgentHint,
    /// What writes the record.
    pub recorder: Recorder,
}

impl Attester<'_> {
    /// A predicate with everything that does not depend on what was observed.
    fn blank(&mut self, tree: ObjectId, onto: Onto) -> Result<Authoring, AttestError> {
        let mut capture = Vec::new();
        let trust = match Known::of(self.repo) {
            // A record without a repository can be adopted later; one that was not made is lost.
            Err(TrustError::NoRoot { .. }) => {
                capture.push("trust-broken".to_owned());
                None
            }
            loaded => loaded?,
        };
        let mut nonce = [0; 18];
        self.entropy.fill(&mut nonce)?;
        let skipped = pending::Pending::of(self.repo).skipped();
        Ok(Authoring {
            tree,
            onto,
            repo: trust.map(|known| known.root_id),
            trust: trust.map(|known| known.version),
            contributions: Vec::new(),
            remainder: crate::record::Remainder::Unknown,
            unknown: Vec::new(),
            approver: None,
            committed_by: CommittedBy::Human,
            capture,
            origin: Origin::Witnessed,
            recorder: self.recorder.clone(),
            recorded_at: self.clock.now(),
            derived_from: Vec::new(),
            nonce: hex::encode(nonce),
            skipped: (skipped > 0).then_some(skipped),
            crit: Vec::new(),
        })
    }

    /// The human who runs `git commit`, as records name people.
    fn committer(&self) -> Result<Option<String>, AttestError> {
        let config = self.repo.config()?;
        let role = crate::git::IdentityRole::Committer;
        let identity = config.identity(role, self.repo.location());
        Ok(identity
            .ok()
            .and_then(|identity| text::cleaned_id(&identity.email)))
    }

    fn notes(&self) -> Result<Notes<'_>, AttestError> {
        let settings = self.repo.config()?.settings()?;
        Ok(Notes::open(self.repo, &settings.notes_ref))
    }
}

/// The ids of the authoring records among the lines of a commit's note that are about it, and of
/// those that its message pins, whether they are here or not.
fn records_of(
    notes: &Notes<'_>,
    commit_id: ObjectId,
    pins: &[RecordId],
) -> Result<Vec<RecordId>, AttestError> {
    let mut records: Vec<RecordId> = pins.to_vec();
    let about = notes.hearsay(commit_id)?;
    records.extend(about.iter().map(|said| said.record_id));
    records.sort_unstable();
    records.dedup();
    Ok(records)
}

impl AttestError {
    /// Answers whether others hold the notes, or somebody died who did.
    fn is_lock(&self) -> bool {
        let Self::Store(StoreError::Git(error)) = self else {
            return false;
        };
        matches!(error, GitError::NotesContended { .. })
    }
}

/// Why a commit could not be attested.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttestError {
    /// The repository could not be read or written.
    #[error("cannot read the repository")]
    Git(#[from] GitError),
    /// Capture's journal could not be read.
    #[error("cannot read what was captured")]
    Capture(#[from] CaptureError),
    /// The trust document could not be read.
    #[error("cannot read whom to believe")]
    Trust(#[from] TrustError),
    /// The notes could not be read or written.
    #[error("cannot attach the record")]
    Store(#[from] StoreError),
    /// The record could not be sealed.
    #[error("cannot seal the record")]
    Seal(#[from] SealError),
    /// The record breaks a rule of the format: a defect of capture.
    #[error("the record cannot be written")]
    Record(#[from] RecordError),
    /// The record has no canonical bytes: a defect of capture.
    #[error("the record cannot be written")]
    Canonical(#[from] CanonicalError),
    /// An older record could not be judged.
    #[error("cannot read the records of the commit that was amended")]
    Verify(#[from] VerifyError),
    /// A declaration names a file that the commit does not add to, or nothing at all.
    #[error("commit {} adds nothing to `{path}`; name a file that it changes, as `git show --stat` lists them", commit_id.short())]
    NothingAdded {
        /// The commit.
        commit_id: ObjectId,
        /// The path, escaped.
        path: String,
    },
    /// A shallow clone cannot tell what a branch adds.
    #[error(
        "this clone is shallow, so nobody can tell which commits a merge was made of; git fetch --unshallow (in CI: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 at GitLab)"
    )]
    Shallow,
    /// No randomness for a nonce.
    #[error("cannot make a nonce")]
    Entropy(#[from] EntropyError),
    /// A private file could not be written.
    #[error("cannot write `{}`; check the disk's space and the directory's owner", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}
