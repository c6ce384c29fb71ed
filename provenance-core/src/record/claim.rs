//! `FileClaim`: which lines of which file a contribution claims.
//!
//! Lines are those of the blob in the commit, split at LF, 1-based and inclusive. A claim reaches
//! only lines that the commit adds: whoever claims more gains nothing.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::digest::{self, Digest};
use crate::object_id::ObjectId;
use crate::repo_path::RepoPath;

/// Lines `start_line..=end_line`, 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u64, u64)", into = "(u64, u64)")]
pub struct LineRange {
    /// The first line.
    pub start_line: u64,
    /// The last line.
    pub end_line: u64,
}

impl From<(u64, u64)> for LineRange {
    fn from((start_line, end_line): (u64, u64)) -> Self {
        Self {
            start_line,
            end_line,
        }
    }
}

impl From<LineRange> for (u64, u64) {
    fn from(range: LineRange) -> Self {
        (range.start_line, range.end_line)
    }
}

impl LineRange {
    /// Folds ascending line numbers into as few ranges as possible.
    #[must_use]
    pub fn from_lines(lines: impl IntoIterator<Item = u64>) -> Vec<Self> {
        let mut ranges: Vec<Self> = Vec::new();
        for line in lines {
            match ranges.last_mut() {
                Some(last) if last.end_line.checked_add(1) == Some(line) => last.end_line = line,
                Some(last) if last.end_line >= line => {}
                _ => ranges.push(Self {
                    start_line: line,
                    end_line: line,
                }),
            }
        }
        ranges
    }

    /// Answers whether `line` lies within.
    #[must_use]
    pub const fn contains(self, line: u64) -> bool {
        self.start_line <= line && line <= self.end_line
    }

    /// Returns the number of lines; 0 for a malformed range.
    #[must_use]
    pub const fn count(self) -> u64 {
        (self.end_line + 1).saturating_sub(self.start_line)
    }
}

/// Some lines, or all that the commit adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// Sorted ranges that do not overlap.
    Lines(Vec<LineRange>),
    /// Everything that the commit changes in this path; written `"all"`.
    All,
}

impl Default for Extent {
    fn default() -> Self {
        Self::Lines(Vec::new())
    }
}

impl Extent {
    /// Answers whether nothing is claimed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Lines(ranges) if ranges.is_empty())
    }

    /// Answers whether `line` is claimed.
    #[must_use]
    pub fn contains(&self, line: u64) -> bool {
        match self {
            Self::All => true,
            Self::Lines(ranges) => {
                let after = ranges.partition_point(|range| range.start_line <= line);
                after
                    .checked_sub(1)
                    .and_then(|i| ranges.get(i))
                    .is_some_and(|r| r.contains(line))
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ExtentWire {
    Word(String),
    Lines(Vec<LineRange>),
}

impl Serialize for Extent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Lines(ranges) => ranges.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Extent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match ExtentWire::deserialize(deserializer)? {
            ExtentWire::Word(word) if word == "all" => Ok(Self::All),
            ExtentWire::Word(_) => Err(de::Error::custom("lines are ranges or `all`")),
            ExtentWire::Lines(ranges) => Ok(Self::Lines(ranges)),
        }
    }
}

/// The path of a claim: a file, or a directory that was folded (written with a trailing `/`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimPath {
    /// One file.
    File(RepoPath),
    /// Everything below a directory.
    Directory(RepoPath),
}

impl fmt::Debug for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.fmt(f),
            Self::Directory(path) => write!(f, "{path}/"),
        }
    }
}

impl Serialize for ClaimPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::File(path) => path.serialize(serializer),
            Self::Directory(path) => path.serialize_directory(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ClaimPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (path, directory) = RepoPath::deserialize_claimed(deserializer)?;
        Ok(if directory {
            Self::Directory(path)
        } else {
            Self::File(path)
        })
    }
}

/// Which lines of one path a contribution claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileClaim {
    /// Where.
    pub path: ClaimPath,
    /// The SHA-256 of the blob whose lines are counted; dropped first when a record is too long.
    #[serde(
        default,
        with = "digest::plain",
        skip_serializing_if = "Option::is_none"
    )]
    pub sha256: Option<Digest>,
    /// The tree of a folded directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<ObjectId>,
    /// Lines that the AI wrote.
    #[serde(default, skip_serializing_if = "Extent::is_empty")]
    pub ai: Extent,
    /// Lines that the AI wrote and a human changed before the commit.
    #[serde(default, skip_serializing_if = "Extent::is_empty")]
    pub mixed: Extent,
}
