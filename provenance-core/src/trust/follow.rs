//! Following another copy of the chain: forward only, and never to another root.
//!
//! Takes the name of a reference that was fetched, and moves our own to it if every version that
//! we have stands in it, unchanged and in the same place.
//!
//! # What is not checked
//!
//! Who sent it. A first chain is believed on first use, which whoever calls says aloud.

use super::storage::{self, TRUST_REF};
use super::{Trust, TrustError};
use crate::git::{RefUpdate, Repo};

/// Where the copies of remotes' chains are: `refs/provenance-remotes/<remote>/trust`.
pub const TRACKING_PREFIX: &str = "refs/provenance-remotes/";

/// Returns the reference that holds our copy of a remote's chain.
#[must_use]
pub fn tracking_ref(remote: &str) -> String {
    format!("{TRACKING_PREFIX}{remote}/trust")
}

/// What became of following another copy.
#[derive(Debug)]
pub enum Followed {
    /// There was no chain here; the other one is ours now.
    Taken(Trust),
    /// The other one had newer versions, which are ours now.
    Forwarded(Trust),
    /// Ours has all that the other one has.
    Unchanged(Trust),
}

impl Followed {
    /// Returns the chain as it is now.
    #[must_use]
    pub fn into_trust(self) -> Trust {
        match self {
            Self::Taken(trust) | Self::Forwarded(trust) | Self::Unchanged(trust) => trust,
        }
    }
}

impl Trust {
    /// Returns the references that hold copies of remotes' chains.
    ///
    /// # Errors
    ///
    /// [`TrustError::Git`] when the references cannot be listed.
    pub fn copies(repo: &Repo) -> Result<Vec<String>, TrustError> {
        let refs = repo.refs(TRACKING_PREFIX)?;
        let names = refs.into_iter().map(|(name, _)| name);
        Ok(names.filter(|name| name.ends_with("/trust")).collect())
    }

    /// Moves our chain forward to the copy at `ref_name`; `None` where there is no such copy.
    ///
    /// # Errors
    ///
    /// [`TrustError::OtherRoot`] and [`TrustError::Forked`] when the copy does not continue ours;
    /// [`TrustError::NoRoot`] when either has no good version 1; [`TrustError::Raced`],
    /// [`TrustError::Git`].
    pub fn follow(repo: &Repo, ref_name: &str) -> Result<Option<Followed>, TrustError> {
        let Some(theirs) = storage::read(repo, ref_name)? else {
            return Ok(None);
        };
        let (theirs, their_trust) = Self::of(theirs, ref_name)?;
        let ours = match storage::read(repo, TRUST_REF)? {
            Some(ours) => Some(Self::of(ours, TRUST_REF)?),
            None => None,
        };
        if let Some((_, our_trust)) = &ours {
            our_trust.continues_in(&their_trust, ref_name)?;
            if our_trust.version() >= their_trust.version() {
                return Ok(ours.map(|(_, trust)| Followed::Unchanged(trust)));
            }
        }
        let expected = ours.as_ref().map(|(stored, _)| stored.commit_id);
        let message = format!("trust: follow {ref_name}");
        match repo.update_ref(TRUST_REF, theirs.commit_id, expected, &message)? {
            RefUpdate::Raced => Err(TrustError::Raced {
                lock: storage::lock(repo),
            }),
            RefUpdate::Done if expected.is_none() => Ok(Some(Followed::Taken(their_trust))),
            RefUpdate::Done => Ok(Some(Followed::Forwarded(their_trust))),
        }
    }

    /// Answers whether one of the two chains is the beginning of the other.
    fn continues_in(&self, theirs: &Self, ref_name: &str) -> Result<(), TrustError> {
        if self.root_id != theirs.root_id {
            return Err(TrustError::OtherRoot {
                ours: self.root_id,
                theirs: theirs.root_id,
                ref_name: ref_name.to_owned(),
            });
        }
        let mut pairs = self.version_ids.iter().zip(&theirs.version_ids);
        match pairs.position(|(ours, theirs)| ours != theirs) {
            Some(shared) => Err(TrustError::Forked {
                version: shared as u64 + 1,
                ref_name: ref_name.to_owned(),
            }),
            None => Ok(()),
        }
    }
}
