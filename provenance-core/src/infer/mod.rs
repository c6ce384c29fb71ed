//! Inference: what a commit's author, committer and message let one conclude.
//!
//! Takes a commit and [`Rules`]; gives an [`Inference`], or nothing: the tool that is named, the
//! model where a trailer names it, the rule, how far it can be relied on, and the very line. So an
//! old repository, where nobody ever recorded anything, has something to say.
//!
//! What is inferred is a type of its own. It is not evidence, no verdict is drawn from it, and it
//! is never counted with what records say: anybody can write any line into a message.
//!
//! # Invariants
//!
//! - A person is never taken for a program: rules name addresses, not names that people bear.
//! - Silence says nothing: a commit without a sign is not a human's.
//! - Programs that are no AI, such as those that raise versions, are [`InferredKind::Automation`].
//! - Each message is read once, and in time that grows with its length only.
//!
//! # What is not checked
//!
//! Whether it is true, and who wrote the message.

mod message;
mod pattern;
mod person;
mod rules;
mod working;

use std::fmt;
use std::path::PathBuf;

pub use rules::{MAX_RULES_BYTES, Rules};
use serde::{Deserialize, Serialize};

use crate::git::RawCommit;
pub use crate::record::Confidence;
use crate::record::Model;

/// Whose a commit seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InferredKind {
    /// One agent is named, and one person at most.
    Ai,
    /// An agent is named, and others: several commits were put together, or several people or
    /// agents worked on it. Which lines are whose, nobody can tell.
    Mixed,
    /// A program that is no AI made it.
    Automation,
}

impl InferredKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Ai, Self::Mixed, Self::Automation];

    /// Returns the word for it, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ai => "ai",
            Self::Mixed => "mixed",
            Self::Automation => "automation",
        }
    }
}

impl fmt::Display for InferredKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What one commit lets one conclude.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inference {
    /// Whose it seems to be.
    pub kind: InferredKind,
    /// What speaks for it, one for each agent, the most reliable first; never empty.
    pub findings: Vec<Finding>,
}

impl Inference {
    /// Returns what speaks for it most.
    #[must_use]
    pub fn leading(&self) -> Option<&Finding> {
        self.findings.first()
    }
}

/// One tool that a commit names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// The rule that found it.
    pub rule: String,
    /// How far that can be relied on.
    pub confidence: Confidence,
    /// The tool's stable name; `None` where only that it is an AI is said.
    pub tool: Option<String>,
    /// The model, where one is named.
    pub model: Option<Model>,
    /// The tool's own session, where it is named.
    pub session: Option<String>,
    /// The very line, escaped, at most 256 characters.
    pub evidence: String,
}

/// Why rules could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InferError {
    /// The file could not be read.
    #[error("cannot read the rules of `{}`; see provenance.detectRules", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is larger than any that is read.
    #[error("{name} has over {MAX_RULES_BYTES} bytes; make it smaller")]
    TooLarge {
        /// The file.
        name: String,
    },
    /// The file is not of the form of `git provenance util schema detect-rules`.
    #[error("{name} holds no rules; their form: git provenance util schema detect-rules")]
    Form {
        /// The file.
        name: String,
        /// What serde said.
        source: serde_json::Error,
    },
    /// One rule, or the list itself, breaks a rule of the format.
    #[error("{name}: `{id}` {fault}")]
    Rule {
        /// The file.
        name: String,
        /// The rule.
        id: String,
        /// What is wrong with it.
        fault: String,
    },
}

impl Rules {
    /// Returns what a commit lets one conclude; `None` where nothing in it speaks of a program.
    #[must_use]
    pub fn infer(&self, commit: &RawCommit) -> Option<Inference> {
        working::infer(self, commit)
    }
}

#[cfg(test)]
mod tests;
