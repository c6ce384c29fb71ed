//! `Stored`: the index as a [kept](crate::attribute::kept) file.
//!
//! ```text
//! 4 bytes     how long the tables are, the highest first
//! postcard    the tables
//! the rest    the runs that they point into
//! ```

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::attribute::history::Content;
use crate::attribute::kept::{Body, Form};
use crate::digest::Digest;
use crate::object_id::ObjectId;

/// Another number whenever the format changes.
const FORM: Form = Form {
    first_line: "git-provenance history 1\n",
};

/// The tables; numbers are places in others of them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Stored {
    /// The commits that are named below.
    pub(super) ids: Ids,
    pub(super) paths: Vec<Vec<u8>>,
    pub(super) commits: Vec<Known>,
    /// Blobs that were looked at, and what each is.
    pub(super) blobs: Ids,
    pub(super) contents: Vec<StoredContent>,
}

/// Object ids, one after the other.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Ids {
    /// How many bytes each has.
    length: u32,
    bytes: Vec<u8>,
}

impl Ids {
    pub(super) fn of<'a>(ids: impl IntoIterator<Item = &'a ObjectId>) -> Self {
        let mut all = Self::default();
        for id in ids {
            all.length = u32::try_from(id.len()).unwrap_or(0);
            all.bytes.extend_from_slice(id.as_bytes());
        }
        all
    }

    /// Returns the ids, if that is what they are.
    pub(super) fn list(&self) -> Option<Vec<ObjectId>> {
        // Of a length of zero the first id would be none either.
        let length = usize::try_from(self.length).ok()?.max(1);
        let ids = self.bytes.chunks(length).map(ObjectId::from_bytes);
        ids.collect()
    }
}

/// What a blob is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum StoredContent {
    Lines(u32),
    Binary,
    TooLarge,
}

impl From<StoredContent> for Content {
    fn from(stored: StoredContent) -> Self {
        match stored {
            StoredContent::Lines(count) => Self::Lines(count),
            StoredContent::Binary => Self::Binary,
            StoredContent::TooLarge => Self::TooLarge,
        }
    }
}

impl Content {
    /// Returns what can be kept of it: that a blob is missing is not for ever.
    pub(super) const fn stored(self) -> Option<StoredContent> {
        match self {
            Self::Lines(count) => Some(StoredContent::Lines(count)),
            Self::Binary => Some(StoredContent::Binary),
            Self::TooLarge => Some(StoredContent::TooLarge),
            Self::Missing(_) => None,
        }
    }
}

/// What is known of the files of a commit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) id: u32,
    /// The first parent, of which the files are known that are not named here; `None` where all
    /// are named.
    pub(super) above: Option<u32>,
    pub(super) files: Vec<KnownFile>,
}

/// A file, and where those of its lines were born that somebody asked about.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct KnownFile {
    pub(super) path: u32,
    /// Where its [runs](super::runs) stand among all.
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Stored {
    /// Reads what [`Stored::write`] wrote, and nothing else: the tables and the runs.
    pub(super) fn read(file: &Path, circumstances: Digest) -> Option<(Self, Body)> {
        let body = FORM.read(file, circumstances)?;
        let (length, rest) = body.as_bytes().split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let tables = postcard::from_bytes(rest.get(..length)?).ok()?;
        Some((tables, body.skip(4 + length)))
    }

    /// Writes the file.
    pub(super) fn write(&self, runs: [&[u8]; 2], file: &Path, circumstances: Digest) {
        let tables = postcard::to_stdvec(self).unwrap_or_default();
        let length = u32::try_from(tables.len()).unwrap_or(0).to_be_bytes();
        let [known, new] = runs;
        FORM.write(file, circumstances, &[&length, &tables, known, new]);
    }
}
