//! `Authoring`: the predicate that says who wrote what in one commit.

use serde::{Deserialize, Serialize};

use super::RecordId;
use super::claim::Extent;
use super::contribution::Contribution;
use super::derived::Derivation;
use crate::clock::Timestamp;
use crate::object_id::ObjectId;
use crate::repo_path::RepoPath;

/// The predicate `urn:git-provenance:authoring:v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authoring {
    /// The commit's tree.
    pub tree: ObjectId,
    /// What HEAD was when the record was fixed; makes the record true for a commit and an amend.
    pub onto: Onto,
    /// The id of the repository's first trust version; `None` where no trust exists.
    pub repo: Option<RecordId>,
    /// The newest trust version that the signer knew.
    pub trust: Option<u64>,
    /// What each session gave.
    pub contributions: Vec<Contribution>,
    /// Whose the added lines are that nothing else claims.
    pub remainder: Remainder,
    /// Added lines whose author is not known; they count as unattested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownLines>,
    /// The human who accepted the change when it was committed; `None` when an agent committed.
    pub approver: Option<String>,
    /// Who ran `git commit`.
    pub committed_by: CommittedBy,
    /// What was out of the ordinary, as codes.
    pub capture: Vec<String>,
    /// How the facts came to be known.
    pub origin: Origin,
    /// What wrote the record.
    pub recorder: Recorder,
    /// When; information for people, never a reason to believe.
    pub recorded_at: Timestamp,
    /// Records that this one was carried over from.
    pub derived_from: Vec<Derivation>,
    /// 16 to 18 random bytes, hex: two records never share an id by accident. So many that the
    /// canonical predicate is a multiple of three bytes long: then base64 spells what is equal in
    /// two records alike, and Git's deltas find it.
    pub nonce: String,
    /// Commits made with `PROVENANCE=0` since the previous record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<u64>,
    /// Names of fields that a reader must understand to believe the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crit: Vec<String>,
}

/// HEAD when the record was fixed. Git does not tell a commit-msg hook whether this is an amend:
/// if the finished commit has `commit` as a parent, the list is idle; if not, it replaced it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onto {
    /// HEAD, or `None` before the first commit.
    pub commit: Option<ObjectId>,
    /// All authoring records of HEAD.
    pub records: Vec<RecordId>,
}

impl Onto {
    /// Returns the parents of the next commit on that HEAD, when it is neither merge nor amend.
    ///
    /// These are the parents of a record's commit where its annotations name none.
    #[must_use]
    pub fn next_parents(&self) -> Vec<ObjectId> {
        self.commit.into_iter().collect()
    }
}

/// Whose the added lines are that nothing else claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remainder {
    /// Capture watched this worktree and saw no agent write them.
    Human,
    /// Nobody watched, or not well enough to say.
    Unknown,
}

/// Added lines whose author is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownLines {
    /// Where.
    pub path: RepoPath,
    /// Which lines of the blob.
    pub lines: Extent,
}

/// Who ran `git commit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommittedBy {
    /// A human.
    Human,
    /// An agent, seen from its environment or an open shell event.
    Agent,
}

/// How the facts came to be known, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Captured from events as they happened.
    Witnessed,
    /// Said by hand or by a harness after the fact.
    Declared,
    /// Another tool's unsigned data.
    Imported,
    /// Concluded from trailers and author lines.
    Inferred,
}

/// What wrote the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorder {
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Authoring {
    /// Answers whether the record claims any line for an AI.
    #[must_use]
    pub fn claims_ai(&self) -> bool {
        self.contributions.iter().any(|contribution| {
            contribution.extent.is_some()
                || contribution
                    .files
                    .iter()
                    .any(|f| !f.ai.is_empty() || !f.mixed.is_empty())
        })
    }
}
