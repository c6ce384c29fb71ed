//! `Document`: the predicate of one version, `urn:git-provenance:trust:v1`.
//!
//! It names principals with their keys, and which of the keys are root: those that may sign the
//! next version. Everything that later versions of the format say about a principal or a key
//! (roles, scopes, `sameAs`, retired, revoked) is an optional field. A field that would make a
//! reader who ignores it believe too much is named in `crit`, by its path: `principals.keys.revoked`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::VersionFault;
use crate::clock::Timestamp;
use crate::key::{KeyId, PublicKey};
use crate::object_id::ObjectId;
use crate::record::{Fault, RecordId};
use crate::seal::MAX_SIGNATURES;
use crate::text;

/// The most principals of one version.
pub const MAX_PRINCIPALS: usize = 1024;
/// The most keys of one principal.
pub const MAX_KEYS_OF_ONE: usize = 64;
/// The most commits that `adoptedAt` may name.
pub const MAX_ADOPTED: usize = 1024;

/// The fields that this version of the format does not know; kept when a version is derived.
type Others = Map<String, Value>;

/// One version of whom we believe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// 1 for the first, and one more for each that follows.
    pub version: u64,
    /// The id of the version before; `None` for the first.
    pub previous: Option<RecordId>,
    /// 16 random bytes, hex; the first version has them, so that no two repositories share an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Who may sign the next version.
    pub root: Root,
    /// Whom we believe.
    pub principals: Vec<PrincipalEntry>,
    /// The commits before which commits without a record are expected.
    pub adopted_at: Vec<ObjectId>,
    /// When; information for people, never a reason to believe.
    pub recorded_at: Timestamp,
    /// Names of fields that a reader must understand to believe the version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crit: Vec<String>,
    /// Fields of later versions of the format.
    #[serde(flatten)]
    pub others: Others,
}

/// Who may sign the next version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// How many principals must sign.
    pub threshold: u64,
    /// Their keys, each a key of a principal of the same document.
    pub keys: Vec<KeyId>,
    /// Fields of later versions of the format.
    #[serde(flatten)]
    pub others: Others,
}

/// A principal as a document holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrincipalEntry {
    /// The name by which records call them, often an email address.
    pub id: String,
    /// What they are.
    pub kind: PrincipalKind,
    /// Their keys.
    pub keys: Vec<KeyEntry>,
    /// Fields of later versions of the format.
    #[serde(flatten)]
    pub others: Others,
}

/// A key as a document holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// The fingerprint, which must be that of `public`.
    pub id: KeyId,
    /// The public key line of OpenSSH, without a comment.
    pub public: String,
    /// Fields of later versions of the format.
    #[serde(flatten)]
    pub others: Others,
}

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PrincipalKind {
    /// A person.
    Human,
    /// A program that writes code with a model.
    Agent,
    /// A program that does not: CI, a forge.
    Service,
}

impl PrincipalKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Human, Self::Agent, Self::Service];

    /// Returns the word that documents and commands use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Agent => "agent",
            Self::Service => "service",
        }
    }
}

impl KeyEntry {
    /// Makes the entry of a key.
    #[must_use]
    pub fn new(key: &PublicKey) -> Self {
        Self {
            id: key.id().clone(),
            public: key.to_openssh(),
            others: Others::new(),
        }
    }
}

impl PrincipalEntry {
    /// Makes the entry of a principal with one key.
    #[must_use]
    pub fn new(id: &str, kind: PrincipalKind, key: &PublicKey) -> Self {
        Self {
            id: id.to_owned(),
            kind,
            keys: vec![KeyEntry::new(key)],
            others: Others::new(),
        }
    }
}

impl Root {
    /// Makes a root of one key, which signs alone.
    #[must_use]
    pub fn of(key: &KeyId) -> Self {
        Self {
            threshold: 1,
            keys: vec![key.clone()],
            others: Others::new(),
        }
    }
}

fn require(holds: bool, field: &'static str, rule: &'static str) -> Result<(), VersionFault> {
    if holds {
        Ok(())
    } else {
        Err(VersionFault::Form(Fault { field, rule }))
    }
}

impl Document {
    /// Checks every rule that needs nothing but the document; the keys themselves are admitted by
    /// the chain, which sees each of them once.
    pub(super) fn check(&self) -> Result<(), VersionFault> {
        require(
            self.crit.is_empty(),
            "crit",
            "names a field that this version of git provenance does not know: update it",
        )?;
        require(self.version >= 1, "version", "counts from 1")?;
        require(
            self.previous.is_none() == (self.version == 1),
            "previous",
            "must be null in version 1, and name a version in every other",
        )?;
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_nonce = |nonce: &String| nonce.len() == 32 && nonce.bytes().all(hex);
        require(
            self.nonce.as_ref().map_or(self.version > 1, is_nonce),
            "nonce",
            "must be 32 lower-case hex digits in version 1",
        )?;
        require(
            self.adopted_at.len() <= MAX_ADOPTED,
            "adoptedAt",
            "must name at most 1024 commits",
        )?;
        self.check_principals()?;
        self.check_root()
    }

    fn check_principals(&self) -> Result<(), VersionFault> {
        require(
            (1..=MAX_PRINCIPALS).contains(&self.principals.len()),
            "principals",
            "must be 1 to 1024",
        )?;
        let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for principal in &self.principals {
            require(
                text::is_id(&principal.id),
                "principals.id",
                "must match [A-Za-z0-9._@:+/-]{1,128}",
            )?;
            require(
                ids.insert(&principal.id),
                "principals.id",
                "must stand once",
            )?;
            require(
                (1..=MAX_KEYS_OF_ONE).contains(&principal.keys.len()),
                "principals.keys",
                "must be 1 to 64",
            )?;
            for key in &principal.keys {
                require(
                    keys.insert(&key.id),
                    "principals.keys.id",
                    "must stand once: a key has one owner",
                )?;
            }
        }
        Ok(())
    }

    fn check_root(&self) -> Result<(), VersionFault> {
        let root = &self.root;
        require(
            (1..=MAX_SIGNATURES).contains(&root.keys.len()),
            "root.keys",
            "must be 1 to 16",
        )?;
        let distinct: BTreeSet<_> = root.keys.iter().collect();
        require(
            distinct.len() == root.keys.len(),
            "root.keys",
            "must each stand once",
        )?;
        let owners: Option<Vec<_>> = root.keys.iter().map(|key| self.owner(key)).collect();
        let owners = owners.unwrap_or_default();
        require(
            !owners.is_empty() && owners.iter().all(|p| p.kind != PrincipalKind::Agent),
            "root.keys",
            "must each be the key of a human or a service",
        )?;
        require(
            (1..=self.root_principals(&root.keys).len() as u64).contains(&root.threshold),
            "root.threshold",
            "must be at least 1, and at most the number of principals with a root key",
        )
    }

    /// Returns the principal that has this key.
    #[must_use]
    pub fn owner(&self, key: &KeyId) -> Option<&PrincipalEntry> {
        self.principals
            .iter()
            .find(|principal| principal.keys.iter().any(|entry| entry.id == *key))
    }

    /// Returns the principals of those among `signers` that are root keys, each once.
    pub(super) fn root_principals(&self, signers: &[KeyId]) -> BTreeSet<&str> {
        signers
            .iter()
            .filter(|signer| self.root.keys.contains(signer))
            .filter_map(|signer| Some(self.owner(signer)?.id.as_str()))
            .collect()
    }
}
