//! `Stored`: the catalog as a [kept](crate::attribute::kept) file.
//!
//! ```text
//! 4 bytes     how long the tables are, the highest first
//! postcard    the tables
//! the rest    the rows that they point into, a postcard each
//! ```
//!
//! Commits, people and inferences have numbers, so that what says the same stands once. Numbers
//! stay what they are when more is added.

use std::borrow::Cow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::entry::{Author, StoredInference};
use crate::attribute::kept::Form;
use crate::digest::Digest;
use crate::object_id::ObjectId;

/// Another number whenever the format changes, or what is concluded.
const FORM: Form = Form {
    first_line: "git-provenance commits 1\n",
};

/// The tables.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    /// The rules by which was concluded what is.
    pub(super) rules: Option<Digest>,
    /// By number: commits that have a row, and such that only others name.
    pub(super) ids: Vec<ObjectId>,
    /// By the commit's number: where its row stands; nowhere for one that only others name.
    pub(super) places: Vec<Place>,
    pub(super) people: Vec<Author>,
    pub(super) inferences: Vec<StoredInference>,
    pub(super) rows: Vec<u8>,
}

/// Where a row stands among all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) start: u32,
    pub(super) length: u32,
}

#[derive(Serialize, Deserialize)]
struct Tables<'a> {
    rules: Option<[u8; 32]>,
    /// How many bytes an id has.
    id_length: u32,
    #[serde(borrow)]
    ids: &'a [u8],
    places: Cow<'a, [Place]>,
    people: Cow<'a, [Author]>,
    inferences: Cow<'a, [StoredInference]>,
}

/// What stands at the beginning of a row.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) is_pinned: bool,
    /// 0 where nobody asked, 1 for nothing, else the number of the inference and 2.
    pub(super) inferred: u32,
}

/// What stands in a row.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row<'a> {
    pub(super) said: Said,
    pub(super) parents: Vec<u32>,
    pub(super) author: u32,
    pub(super) author_moment: (i64, i32),
    pub(super) commit_moment: (i64, i32),
    #[serde(borrow)]
    pub(super) title: &'a str,
    /// The patch digest, where somebody worked it out.
    pub(super) patch: Option<&'a [u8]>,
}

impl Stored {
    /// Reads what [`Stored::write`] wrote.
    pub(super) fn read(file: &Path, circumstances: Digest) -> Option<Self> {
        let body = FORM.read(file, circumstances)?;
        let (length, rest) = body.as_bytes().split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (tables, rows) = rest.split_at_checked(length)?;
        let tables: Tables<'_> = postcard::from_bytes(tables).ok()?;
        let id_length = usize::try_from(tables.id_length).ok()?.max(1);
        let ids = tables.ids.chunks(id_length).map(ObjectId::from_bytes);
        let ids: Vec<ObjectId> = ids.collect::<Option<_>>()?;
        (ids.len() == tables.places.len()).then(|| Self {
            rules: tables.rules.map(Digest::from_bytes),
            ids,
            places: tables.places.into_owned(),
            people: tables.people.into_owned(),
            inferences: tables.inferences.into_owned(),
            rows: rows.to_vec(),
        })
    }

    /// Writes the file.
    pub(super) fn write(&self, file: &Path, circumstances: Digest) {
        let ids: Vec<&[u8]> = self.ids.iter().map(ObjectId::as_bytes).collect();
        let id_length = ids.first().map_or(0, |id| id.len());
        let tables = Tables {
            rules: self.rules.map(|digest| *digest.as_bytes()),
            id_length: u32::try_from(id_length).unwrap_or(0),
            ids: &ids.concat(),
            places: Cow::Borrowed(&self.places),
            people: Cow::Borrowed(&self.people),
            inferences: Cow::Borrowed(&self.inferences),
        };
        let tables = postcard::to_stdvec(&tables).unwrap_or_default();
        let length = u32::try_from(tables.len()).unwrap_or(0).to_be_bytes();
        FORM.write(file, circumstances, &[&length, &tables, &self.rows]);
    }

    /// Returns the row of a commit, by its number.
    pub(super) fn row(&self, number: u32) -> Option<Row<'_>> {
        postcard::from_bytes(self.bytes(number)?).ok()
    }

    /// Returns the beginning of the row of a commit.
    pub(super) fn said(&self, number: u32) -> Option<Said> {
        let (said, _) = postcard::take_from_bytes(self.bytes(number)?).ok()?;
        Some(said)
    }

    /// Returns the parents of a commit.
    pub(super) fn parents(&self, number: u32) -> Option<Vec<u32>> {
        let (said, _) = postcard::take_from_bytes::<(Said, _)>(self.bytes(number)?).ok()?;
        Some(said.1)
    }

    fn bytes(&self, number: u32) -> Option<&[u8]> {
        let place = self.places.get(number as usize)?;
        let (start, length) = (place.start as usize, place.length as usize);
        let bytes = self.rows.get(start..start.checked_add(length)?)?;
        (!bytes.is_empty()).then_some(bytes)
    }
}
