//! The first version, and the versions that follow: made, checked as a reader would, and written.

use super::document::{Document, KeyEntry, MAX_ADOPTED, PrincipalEntry, Root};
use super::storage::{self, Commit, TRUST_REF};
use super::{PrincipalKind, Trust, TrustError, chain};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::git::publish::Patience;
use crate::git::{GitError, Identity, ObjectId, RefUpdate, Repo};
use crate::key::{PublicKey, SigningKey};
use crate::record::{Kind, Statement, Subject};
use crate::seal::Envelope;

/// Whom a change adds.
#[derive(Debug, Clone, Copy)]
pub struct NewPrincipal<'a> {
    /// The name by which records call them.
    pub id: &'a str,
    /// What they are.
    pub kind: PrincipalKind,
    /// Their key; one more where the principal is there already.
    pub key: &'a PublicKey,
}

impl Trust {
    /// Makes version 1: the signing key is the root, and the key of the first human principal.
    ///
    /// `adopted_at` are the heads before which commits without a record are expected; see
    /// [`heads`]. At most [`MAX_ADOPTED`] are kept.
    ///
    /// # Errors
    ///
    /// [`TrustError::Exists`] when the reference exists, whatever it holds;
    /// [`TrustError::Refused`] when the id is none; [`TrustError::Seal`],
    /// [`TrustError::Entropy`], [`TrustError::Raced`], [`TrustError::Git`].
    pub fn init(
        repo: &Repo,
        key: &SigningKey,
        principal_id: &str,
        adopted_at: &[ObjectId],
        clock: &dyn Clock,
        entropy: &mut dyn Entropy,
        identity: &Identity,
    ) -> Result<Self, TrustError> {
        if repo.ref_target(TRUST_REF)?.is_some() {
            return Err(TrustError::Exists);
        }
        let mut nonce = [0; 16];
        entropy.fill(&mut nonce)?;
        let human = PrincipalEntry::new(principal_id, PrincipalKind::Human, key.public_key());
        let document = Document {
            version: 1,
            previous: None,
            nonce: Some(hex::encode(nonce)),
            root: Root::of(key.id()),
            principals: vec![human],
            adopted_at: adopted_at.iter().copied().take(MAX_ADOPTED).collect(),
            recorded_at: clock.now(),
            crit: Vec::new(),
            others: serde_json::Map::new(),
        };
        document.check()?;
        let line = sealed(&document, key)?;
        let message = format!("trust: version 1, root {principal_id}");
        let commit = Commit::new(identity, document.recorded_at, message);
        let mut patience = Patience::default();
        loop {
            if storage::write(repo, None, 1, &line, &commit)? == RefUpdate::Done {
                return Self::load(repo)?.ok_or(TrustError::Absent);
            }
            if repo.ref_target(TRUST_REF)?.is_some() {
                return Err(TrustError::Exists);
            }
            wait(repo, &mut patience, None)?;
        }
    }

    /// Adds a principal, or a key to one that is there, and signs the next version with a root
    /// key. What is there already is not added again.
    ///
    /// # Errors
    ///
    /// [`TrustError::Absent`], [`TrustError::NotRoot`], [`TrustError::Threshold`],
    /// [`TrustError::Broken`], [`TrustError::OtherKind`], [`TrustError::OtherOwner`],
    /// [`TrustError::Refused`], [`TrustError::Seal`], [`TrustError::Raced`], [`TrustError::Git`].
    pub fn add(
        repo: &Repo,
        key: &SigningKey,
        new: NewPrincipal<'_>,
        clock: &dyn Clock,
        identity: &Identity,
    ) -> Result<Self, TrustError> {
        let mut patience = Patience::default();
        loop {
            let stored = storage::read(repo, TRUST_REF)?.ok_or(TrustError::Absent)?;
            let (before, trust) = Self::of(stored, TRUST_REF)?;
            let Some(mut document) = with(&trust, new)? else {
                return Ok(trust);
            };
            may_sign(&trust, key)?;
            document.recorded_at = clock.now();
            document.check()?;
            let line = sealed(&document, key)?;
            let message = format!("trust: version {}, adds {}", document.version, new.id);
            let commit = Commit::new(identity, document.recorded_at, message);
            let done = storage::write(repo, Some(&before), document.version, &line, &commit)?;
            if done == RefUpdate::Done {
                return Self::load(repo)?.ok_or(TrustError::Absent);
            }
            wait(repo, &mut patience, Some(before.commit_id))?;
        }
    }
}

/// Waits for the writer that holds the reference, if there is still hope.
fn wait(repo: &Repo, patience: &mut Patience, tip: Option<ObjectId>) -> Result<(), TrustError> {
    let pause = patience.pause(tip).ok_or_else(|| TrustError::Raced {
        lock: storage::lock(repo),
    })?;
    std::thread::sleep(pause);
    Ok(())
}

/// The next version with somebody new in it; `None` when they are there already.
fn with(trust: &Trust, new: NewPrincipal<'_>) -> Result<Option<Document>, TrustError> {
    if let Some(owner) = trust.principal_of(new.key.id()) {
        return if owner.id == new.id && owner.kind == new.kind {
            Ok(None)
        } else {
            Err(TrustError::OtherOwner {
                key: new.key.id().clone(),
                owner: owner.id.clone(),
            })
        };
    }
    let mut document = trust.document().clone();
    document.version += 1;
    document.previous = trust.version_ids().last().copied();
    document.nonce = None;
    match document.principals.iter_mut().find(|p| p.id == new.id) {
        Some(there) if there.kind == new.kind => there.keys.push(KeyEntry::new(new.key)),
        Some(there) => {
            return Err(TrustError::OtherKind {
                id: there.id.clone(),
                kind: there.kind,
            });
        }
        None => document
            .principals
            .push(PrincipalEntry::new(new.id, new.kind, new.key)),
    }
    Ok(Some(document))
}

/// Answers whether `key` alone can sign the next version.
fn may_sign(trust: &Trust, key: &SigningKey) -> Result<(), TrustError> {
    let root = &trust.document().root;
    if !root.keys.contains(key.id()) {
        let owner = |id| trust.principal_of(id).map_or("?", |p| p.id.as_str());
        let named = |id| format!("{id} ({})", owner(id));
        return Err(TrustError::NotRoot {
            key: key.id().clone(),
            roots: root.keys.iter().map(named).collect::<Vec<_>>().join(", "),
        });
    }
    if root.threshold > 1 {
        return Err(TrustError::Threshold {
            needed: root.threshold,
        });
    }
    if trust.problems().iter().any(super::Problem::is_break) {
        return Err(TrustError::Broken {
            version: trust.version(),
        });
    }
    Ok(())
}

fn sealed(document: &Document, key: &SigningKey) -> Result<Vec<u8>, TrustError> {
    let about = |subject| Statement::new(Kind::Trust, subject, document).map_err(seal_error);
    let id = about(Vec::new())?.record_id();
    let statement = about(vec![Subject::document(chain::SUBJECT, id)])?;
    let line = Envelope::seal(&statement, key)?.to_line();
    // The line feed counts.
    if line.len() < storage::MAX_VERSION_BYTES {
        Ok(line)
    } else {
        Err(super::VersionFault::Oversize.into())
    }
}

fn seal_error(error: crate::record::RecordError) -> TrustError {
    TrustError::Seal(error.into())
}

/// Returns the heads that `init` adopts: HEAD, then local branches, then remote-tracking ones,
/// each commit once, at most [`MAX_ADOPTED`].
///
/// # Errors
///
/// [`GitError`] when HEAD or the references cannot be read.
pub fn heads(repo: &Repo) -> Result<Vec<ObjectId>, GitError> {
    let mut heads: Vec<ObjectId> = repo.head()?.commit_id.into_iter().collect();
    for prefix in ["refs/heads/", "refs/remotes/"] {
        for (_, commit_id) in repo.refs(prefix)? {
            if heads.len() < MAX_ADOPTED && !heads.contains(&commit_id) {
                heads.push(commit_id);
            }
        }
    }
    Ok(heads)
}
