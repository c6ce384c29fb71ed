//! `Contribution`: what one session of one tool and model gave to a commit.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::RecordId;
use super::claim::FileClaim;
use crate::digest::Digest;

/// What one session gave to a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contribution {
    /// The harness.
    pub tool: Tool,
    /// The model; absent when it was not observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// The human in whose name the session ran. Separation of duties is judged on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The session, chained to its previous record.
    pub session: SessionLink,
    /// How the model was used.
    pub mode: Mode,
    /// Human prompts since the session's previous record that led to a change in this commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iterations: Option<u64>,
    /// Tool calls that changed a file of this commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<u64>,
    /// How often each of the harness's tools changed a file of this commit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tools: BTreeMap<String, u64>,
    /// The salted commitment to what the model was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_context: Option<PromptContext>,
    /// Tokens and cost since the session's previous record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What it was for; never prompt text by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Why, from the harness; off by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// The lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileClaim>,
    /// `commit` when all files were folded into one claim over the whole commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<WholeCommit>,
    /// From what it was concluded, where the record's origin is `inferred`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Concluded>,
}

/// From what a contribution was concluded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Concluded {
    /// The rule.
    pub rule: String,
    /// How far the rule can be relied on.
    pub confidence: Confidence,
    /// The very line, escaped.
    pub evidence: String,
}

/// How far a rule can be relied on, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Only the tool writes it, and it writes it where it worked.
    High,
    /// People write it too, or the tool writes it where it worked on a part.
    Medium,
    /// It is known to stand in commits on which no AI worked.
    Low,
}

impl Confidence {
    /// Returns the word for it, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The one value of `extent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WholeCommit {
    /// Every line that the commit adds.
    Commit,
}

/// A harness and its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tool {
    /// The stable name, e.g. `claude-code`.
    pub name: String,
    /// The version, where observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Model {
    /// `provider/model` in the form of models.dev where that is certain, else equal to `raw`.
    pub id: String,
    /// The name as the harness said it.
    pub raw: String,
}

/// A session, and its place in the chain of that session's records in one clone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLink {
    /// The harness's own id.
    pub id: String,
    /// The number of this record within the session, from 1.
    pub seq: u64,
    /// The session's previous record.
    #[serde(default)]
    pub previous: Option<RecordId>,
}

/// How a model was used.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Mode {
    /// It edited files by itself.
    #[default]
    Agent,
    /// It completed text while a human typed.
    Completion,
    /// A human copied from a conversation.
    Chat,
}

/// A salted commitment to the ordered parts that the model was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptContext {
    /// The commitment; opening it needs the salt that stays on the machine.
    pub commitment: Digest,
    /// How many parts it covers.
    pub parts: u64,
    /// Which kinds of parts were observed, e.g. `prompts`.
    pub covers: Vec<String>,
}

/// Tokens and cost; every field absent when it was not observed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens that the model read, without those from a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens that the model wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Tokens that the model read from a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_read_tokens: Option<u64>,
    /// Cost in millionths of a US dollar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micro_usd: Option<u64>,
}
