//! `LineKind` and `Contributor`: whose a line is.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::record::{Contribution, Origin, RecordId};

/// Whose a line is, strongest claim first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineKind {
    /// An AI wrote it.
    Ai,
    /// An AI wrote it and a human changed it before the commit.
    Mixed,
    /// A human wrote it, as a believed signer says.
    Human,
    /// Nobody who is believed says who wrote it.
    Unattested,
}

impl LineKind {
    /// Every kind, strongest first.
    pub const ALL: [Self; 4] = [Self::Ai, Self::Mixed, Self::Human, Self::Unattested];

    /// Answers whether an AI had a part in it.
    #[must_use]
    pub const fn is_by_ai(self) -> bool {
        matches!(self, Self::Ai | Self::Mixed)
    }

    /// Returns the word for it, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ai => "ai",
            Self::Mixed => "mixed",
            Self::Human => "human",
            Self::Unattested => "unattested",
        }
    }
}

impl fmt::Display for LineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The session that gave a line, as a believed record names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contributor {
    /// The record that says so.
    pub record_id: RecordId,
    /// How the record came to know.
    pub origin: Origin,
    /// The position among the record's contributions, from 0.
    pub index: usize,
    /// The harness, e.g. `claude-code`.
    pub tool: String,
    /// The model's id; `None` where it was not observed.
    pub model: Option<String>,
    /// The session's id.
    pub session: String,
}

impl Contributor {
    /// Names the session of the record's contribution at `index`.
    #[must_use]
    pub fn new(
        record_id: RecordId,
        origin: Origin,
        index: usize,
        contribution: &Contribution,
    ) -> Self {
        Self {
            record_id,
            origin,
            index,
            tool: contribution.tool.name.clone(),
            model: contribution.model.as_ref().map(|model| model.id.clone()),
            session: contribution.session.id.clone(),
        }
    }
}

/// Who wrote one line, and how that came to be known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineAuthor {
    /// Whose it is.
    pub kind: LineKind,
    /// How the believed record came to know; `None` for unattested lines.
    pub origin: Option<Origin>,
    /// The session that gave it; `None` for human and unattested lines.
    pub contributor: Option<Arc<Contributor>>,
}

impl LineAuthor {
    /// The author of a line that nobody who is believed speaks of.
    pub const UNATTESTED: Self = Self {
        kind: LineKind::Unattested,
        origin: None,
        contributor: None,
    };
}
