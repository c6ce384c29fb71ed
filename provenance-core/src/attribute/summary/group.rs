//! `Group`: lines that have something in common.

use std::fmt;

use serde::Serialize;

use crate::attribute::commit::CommitFacts;
use crate::attribute::kind::LineAuthor;
use crate::attribute::tally::Tally;
use crate::clock::Timestamp;

/// What lines can have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Dimension {
    /// The model that wrote them.
    Model,
    /// The harness.
    Tool,
    /// The author of the commit.
    Author,
    /// The file.
    Path,
    /// The session.
    Session,
    /// The month in which they were committed, in UTC.
    Month,
    /// How it came to be known whose they are.
    Origin,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 7] = [
        Self::Model,
        Self::Tool,
        Self::Author,
        Self::Path,
        Self::Session,
        Self::Month,
        Self::Origin,
    ];

    /// Returns the word for it, as in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Tool => "tool",
            Self::Author => "author",
            Self::Path => "path",
            Self::Session => "session",
            Self::Month => "month",
            Self::Origin => "origin",
        }
    }

    /// Returns what lines of this author, commit and path are grouped under; `None` where they
    /// have none. Not escaped.
    pub(super) fn value(
        self,
        commit: &CommitFacts,
        author: &LineAuthor,
        path: &[u8],
    ) -> Option<String> {
        let contributor = author.contributor.as_deref();
        match self {
            Self::Model => contributor.and_then(|contributor| contributor.model.clone()),
            Self::Tool => contributor.map(|contributor| contributor.tool.clone()),
            Self::Session => contributor.map(|contributor| contributor.session.clone()),
            Self::Author => Some(commit.author.clone()),
            Self::Path => Some(String::from_utf8_lossy(path).into_owned()),
            Self::Month => Timestamp::from_unix_seconds(commit.commit_moment.seconds)
                .map(|moment| moment.to_string().chars().take(7).collect()),
            Self::Origin => author.origin.and_then(|origin| {
                let word = serde_json::to_value(origin).ok()?;
                word.as_str().map(str::to_owned)
            }),
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Lines that have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they have in common, in the order that was asked for; `None` where they have none.
    pub key: Vec<(Dimension, Option<String>)>,
    /// The lines.
    pub lines: Tally,
    /// How many commits they come from.
    pub commits: u64,
}
