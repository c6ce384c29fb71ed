//! `Group`: lines that have something in common.

use std::fmt::{self, Write as _};

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
    /// The directory or file, so many names deep as [`Request::depth`](super::Request::depth)
    /// says.
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
    pub(in crate::attribute) fn value(
        self,
        commit: &CommitFacts,
        author: &LineAuthor,
        path: &[u8],
        depth: usize,
    ) -> Option<String> {
        let contributor = author.contributor.as_deref();
        match self {
            Self::Model => contributor.and_then(|contributor| contributor.model.clone()),
            Self::Tool => contributor.map(|contributor| contributor.tool.clone()),
            Self::Session => contributor.map(|contributor| contributor.session.clone()),
            Self::Author => Some(commit.author.clone()),
            Self::Path => Some(shown(cut(path, depth))),
            Self::Month => Timestamp::from_unix_seconds(commit.commit_moment.seconds)
                .map(|moment| moment.to_string().chars().take(7).collect()),
            Self::Origin => author.origin.and_then(|origin| {
                let word = serde_json::to_value(origin).ok()?;
                word.as_str().map(str::to_owned)
            }),
        }
    }
}

/// The first `depth` names of a path, with the slash behind a directory; 0 means all.
fn cut(path: &[u8], depth: usize) -> &[u8] {
    let mut slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    match depth.checked_sub(1).and_then(|before| slashes.nth(before)) {
        Some((at, _)) => path.get(..=at).unwrap_or(path),
        None => path,
    }
}

/// A path as text; bytes that are none are written as `\xff`, so that no two paths become one.
fn shown(path: &[u8]) -> String {
    let mut shown = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_to_its_first_names() {
        for (path, depth, expected) in [
            (&b"a/b/c.rs"[..], 1, "a/"),
            (b"a/b/c.rs", 2, "a/b/"),
            (b"a/b/c.rs", 3, "a/b/c.rs"),
            (b"a/b/c.rs", 9, "a/b/c.rs"),
            (b"a/b/c.rs", 0, "a/b/c.rs"),
            (b"README", 1, "README"),
            (b"caf\xe9/x", 0, "caf\\xe9/x"),
        ] {
            assert_eq!(shown(cut(path, depth)), expected);
        }
    }
}
