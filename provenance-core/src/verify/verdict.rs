//! `Verdict`, `Reason` and `Judgement`: the answer about one commit.

use serde::{Deserialize, Serialize};

use crate::key::KeyId;
use crate::object_id::ObjectId;
use crate::record::{Authoring, RecordId};
use crate::seal::Verified;

/// How far a commit's provenance can be believed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Signed by a trusted key about this commit.
    Verified,
    /// The same, through an amend or a rewrite.
    Carried,
    /// The key is unknown, or nothing trusted connects the pinned record to this commit.
    Untrusted,
    /// Only bad lines speak of the commit: signature, form, cap.
    Invalid,
    /// The message pins a record that is nowhere: stripped.
    Missing,
    /// No pin, no record.
    Unattested,
}

impl Verdict {
    /// Every verdict, best first.
    pub const ALL: [Self; 6] = [
        Self::Verified,
        Self::Carried,
        Self::Untrusted,
        Self::Invalid,
        Self::Missing,
        Self::Unattested,
    ];

    /// Answers whether what the records say may be believed.
    #[must_use]
    pub const fn is_believed(self) -> bool {
        matches!(self, Self::Verified | Self::Carried)
    }

    /// Returns the word for it, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Carried => "carried",
            Self::Untrusted => "untrusted",
            Self::Invalid => "invalid",
            Self::Missing => "missing",
            Self::Unattested => "unattested",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// One thing that a reader should know about a commit's records. Reasons never change a verdict
/// by being there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// A stable code, for scripts.
    pub code: &'static str,
    /// One sentence, and the way out where there is one; escaped for terminals.
    pub message: String,
}

/// A believed record, and how far its claims reach in this commit.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Its id.
    pub record_id: RecordId,
    /// The commit that it is about: this one, or an older one.
    pub about: Option<ObjectId>,
    /// What it says.
    pub authoring: Verified<Authoring>,
    /// How its lines are found in this commit.
    pub reach: Reach,
    /// Whether its `remainder` speaks for the added lines that nothing else claims. Even then it
    /// does not speak for a file in which an older record speaks of lines that cannot be found,
    /// nor for anything where an older record knew not whose the rest was, unless a record that
    /// was carried over from that one says where its lines went.
    pub remainder: bool,
}

/// How the lines of a record are found in a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The record is about this commit: its line numbers are those of this commit's blobs.
    Commit,
    /// The record is about another commit that has the same tree and makes the same change: its
    /// line numbers are those of this commit's blobs too.
    SameTree,
    /// The record is about a commit that this one replaced: its claims reach only files whose
    /// blob has the SHA-256 that the claim names, where it names one.
    SameBlob,
}

/// The answer about one commit.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The commit.
    pub commit_id: ObjectId,
    /// The answer.
    pub verdict: Verdict,
    /// The record that the verdict rests on.
    pub record_id: Option<RecordId>,
    /// Who signed that record: a known key, or the hint of an unknown one.
    pub signer: Option<KeyId>,
    /// Whose key that is.
    pub principal: Option<String>,
    /// The records that the commit's message pins.
    pub pins: Vec<RecordId>,
    /// What else to know.
    pub reasons: Vec<Reason>,
    /// What may be believed: empty unless the verdict is `verified` or `carried`.
    pub evidence: Vec<Evidence>,
}
