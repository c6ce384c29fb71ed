//! `Subject`: what a statement is about, by digest, as in-toto has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::object_id::ObjectId;

/// One subject of a statement (in-toto `ResourceDescriptor`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// `commit` for records about a commit.
    pub name: String,
    /// Digests by algorithm: `gitCommit` and the `sha256` of the raw commit object.
    pub digest: BTreeMap<String, String>,
    /// What can be recomputed from the commit whenever it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
}

/// What `post-commit` adds about the commit, so that a copied record can be checked without it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotations {
    /// The commit's parents, from its raw header; left out where the commit simply stands on HEAD
    /// as the record names it ([`Onto::next_parents`](super::Onto::next_parents)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parents: Option<Vec<ObjectId>>,
    /// The digest of the change over the first parent; absent for merges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Digest>,
}

/// The digest algorithm of a commit's name.
const GIT_COMMIT: &str = "gitCommit";
/// The digest algorithm of a commit's raw bytes.
const SHA256: &str = "sha256";

impl Subject {
    /// Makes the subject for a commit: its id, the SHA-256 of its raw object, and what can be
    /// recomputed.
    #[must_use]
    pub fn commit(commit_id: ObjectId, raw_digest: Digest, annotations: Annotations) -> Self {
        let digest = BTreeMap::from([
            (GIT_COMMIT.to_owned(), commit_id.to_string()),
            (SHA256.to_owned(), raw_digest.to_hex()),
        ]);
        Self {
            name: "commit".to_owned(),
            digest,
            annotations: Some(annotations),
        }
    }

    /// Makes the subject for a statement that is about no commit (trust, tombstone).
    #[must_use]
    pub fn document(name: &str, digest: Digest) -> Self {
        let digest = BTreeMap::from([(SHA256.to_owned(), digest.to_hex())]);
        Self {
            name: name.to_owned(),
            digest,
            annotations: None,
        }
    }

    /// Returns the commit that the subject names, if it names one.
    #[must_use]
    pub fn commit_id(&self) -> Option<ObjectId> {
        self.digest.get(GIT_COMMIT)?.parse().ok()
    }

    /// Returns the SHA-256 that the subject names, if it names one.
    #[must_use]
    pub fn sha256(&self) -> Option<Digest> {
        Digest::from_hex(self.digest.get(SHA256)?).ok()
    }
}
