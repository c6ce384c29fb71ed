//! `Stored`: the index as a file.
//!
//! ```text
//! "git-provenance history 1\n"   the version: of the format, and of the rules that lines follow
//! 32 bytes                       SHA-256 of the circumstances and of what follows
//! postcard                       the tables
//! ```

use serde::{Deserialize, Serialize};

use crate::attribute::history::Content;
use crate::digest::Digest;
use crate::object_id::ObjectId;

/// Another number whenever the format changes, or what the walk answers.
const MAGIC: &[u8] = b"git-provenance history 1\n";

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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KnownFile {
    pub(super) path: u32,
    /// In the order of lines; none twice.
    pub(super) runs: Vec<KnownRun>,
}

/// Lines that stand together, and came together from one commit; lines are 0-based.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct KnownRun {
    pub(super) line: u32,
    pub(super) count: u32,
    pub(super) commit: u32,
    pub(super) path: u32,
    pub(super) old_line: u32,
}

impl KnownFile {
    /// Answers whether its runs follow each other, and end.
    pub(super) fn is_in_order(&self) -> bool {
        let mut at = 0;
        self.runs.iter().all(|run| {
            let is_in_order = run.line >= at && run.old_line.checked_add(run.count).is_some();
            at = run.end();
            is_in_order && run.line.checked_add(run.count).is_some()
        })
    }
}

impl Stored {
    /// Reads what [`Stored::bytes`] wrote, and nothing else.
    pub(super) fn read(bytes: &[u8], circumstances: Digest) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (sum, tables) = rest.split_at_checked(32)?;
        if sum != checksum(circumstances, tables).as_bytes() {
            return None;
        }
        postcard::from_bytes(tables).ok()
    }

    /// Returns the file.
    pub(super) fn bytes(&self, circumstances: Digest) -> Option<Vec<u8>> {
        let tables = postcard::to_stdvec(self).ok()?;
        let sum = checksum(circumstances, &tables);
        Some([MAGIC, sum.as_bytes(), &tables].concat())
    }
}

fn checksum(circumstances: Digest, tables: &[u8]) -> Digest {
    Digest::of_parts([circumstances.as_bytes().as_slice(), tables])
}
