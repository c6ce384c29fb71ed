//! Trust: whom we believe, as a chain of signed documents in the repository itself.
//!
//! Takes `refs/provenance/trust` and gives a [`Trust`]: the newest version that its predecessors
//! vouch for, with its principals and their keys. A version is an in-toto statement
//! (`urn:git-provenance:trust:v1`) in a DSSE envelope, as every record is; its id is its record
//! id, and the id of version 1 is the repository's own.
//!
//! # How it is kept
//!
//! One commit a version. Its tree holds every version so far, each in a file of its own,
//! `0001.intoto.jsonl` and so on: one DSSE line, one line feed. `git show
//! refs/provenance/trust:0001.intoto.jsonl` prints one. The ref moves by compare-and-swap only.
//!
//! # Invariants
//!
//! - Version 1 is signed by enough of its own root keys. Version N+1 has that number, names the id
//!   of version N, and is signed by enough root keys of version N and by enough of its own. Each
//!   key counts once, and each principal once.
//! - A broken tail changes nothing: the last good version stands, and [`Trust::problems`] tells.
//! - Fields that this version does not know survive a change and mean nothing, unless `crit` names
//!   them: such a version is not accepted.
//!
//! # What is not checked
//!
//! Whether version 1 is the right one: without a pin from outside, the first chain that is seen is
//! believed. Whether a newer version exists elsewhere, or existed here: whoever can write refs
//! can set this one back. What a principal may sign: that is asked of each record by `verify`.

mod chain;
mod change;
mod document;
mod error;
mod follow;
mod known;
mod storage;

pub use change::{NewPrincipal, heads};
pub use document::{Document, KeyEntry, PrincipalEntry, PrincipalKind, Root};
pub use document::{MAX_ADOPTED, MAX_KEYS_OF_ONE, MAX_PRINCIPALS};
pub use error::{Problem, TrustError, VersionFault};
pub use follow::{Followed, TRACKING_PREFIX, tracking_ref};
pub use known::Known;
pub use storage::{MAX_CHAIN_BYTES, MAX_VERSION_BYTES, MAX_VERSIONS, TRUST_REF, file_name};

use std::collections::BTreeMap;

use crate::git::{ObjectId, Repo};
use crate::key::{KeyId, Keyring};
use crate::record::RecordId;
use storage::Stored;

/// Whom we believe, by the newest good version of a chain.
#[derive(Debug)]
pub struct Trust {
    // Invariant: not empty, and the last one is the id of `document`.
    version_ids: Vec<RecordId>,
    root_id: RecordId,
    document: Document,
    keyring: Keyring,
    principals: Vec<Principal>,
    owners: BTreeMap<KeyId, usize>,
    problems: Vec<Problem>,
}

/// Somebody whose word is believed, as far as the document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The name by which records call them.
    pub id: String,
    /// What they are.
    pub kind: PrincipalKind,
}

impl Trust {
    /// Reads the repository's own chain; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`TrustError::NoRoot`] when version 1 is not good; [`TrustError::Git`] when the reference
    /// or an object cannot be read. A broken tail is no error; see [`Trust::problems`].
    pub fn load(repo: &Repo) -> Result<Option<Self>, TrustError> {
        Self::load_from(repo, TRUST_REF)
    }

    /// Reads the chain at another reference, such as a tracking copy of a remote's.
    ///
    /// # Errors
    ///
    /// As for [`Trust::load`].
    pub fn load_from(repo: &Repo, ref_name: &str) -> Result<Option<Self>, TrustError> {
        match storage::read(repo, ref_name)? {
            Some(stored) => Ok(Some(Self::of(stored, ref_name)?.1)),
            None => Ok(None),
        }
    }

    /// Reads the chain that ends at a commit, such as one that was fetched; `shown` is what an
    /// error calls it.
    ///
    /// # Errors
    ///
    /// As for [`Trust::load`].
    pub fn load_at(repo: &Repo, commit_id: ObjectId, shown: &str) -> Result<Self, TrustError> {
        Ok(Self::of(storage::read_at(repo, commit_id)?, shown)?.1)
    }

    /// Makes the trust of what a reference holds, and gives what is needed to change it.
    fn of(mut stored: Stored, ref_name: &str) -> Result<(Stored, Self), TrustError> {
        let chain = std::mem::take(&mut stored.chain);
        let mut problems = std::mem::take(&mut stored.problems);
        let Some(parts) = chain.into_parts() else {
            let fault = problems.drain(..).find_map(|problem| match problem {
                Problem::Version { fault, .. } => Some(fault),
                _ => None,
            });
            return Err(TrustError::NoRoot {
                ref_name: ref_name.to_owned(),
                fault,
            });
        };
        let mut principals = Vec::with_capacity(parts.latest.principals.len());
        let mut owners = BTreeMap::new();
        for (index, entry) in parts.latest.principals.iter().enumerate() {
            principals.push(Principal {
                id: entry.id.clone(),
                kind: entry.kind,
            });
            owners.extend(entry.keys.iter().map(|key| (key.id.clone(), index)));
        }
        let trust = Self {
            root_id: parts.root_id,
            version_ids: parts.ids,
            document: parts.latest,
            keyring: parts.keyring,
            principals,
            owners,
            problems,
        };
        Ok((stored, trust))
    }

    /// Returns the id of version 1, which is the repository's.
    #[must_use]
    pub fn root_id(&self) -> RecordId {
        self.root_id
    }

    /// Returns the number of the newest good version.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.document.version
    }

    /// Returns the id of each good version, the first one first.
    #[must_use]
    pub fn version_ids(&self) -> &[RecordId] {
        &self.version_ids
    }

    /// Returns the newest good version as it stands.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Returns the keys of all principals.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// Returns the principal that has this key.
    #[must_use]
    pub fn principal_of(&self, key: &KeyId) -> Option<&Principal> {
        self.principals.get(*self.owners.get(key)?)
    }

    /// Returns the commits before which commits without a record are expected.
    #[must_use]
    pub fn adopted_at(&self) -> &[ObjectId] {
        &self.document.adopted_at
    }

    /// Returns what is wrong after the last good version, or beside the versions.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

#[cfg(test)]
mod tests;
