//! `Index`: which commits the notes speak of, by change and by record.
//!
//! Takes all notes, once. What they say is hearsay: whoever finds a commit here compares the commit
//! itself. A note that cannot be read only hides what it speaks of.

use std::collections::{BTreeSet, HashMap};

use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::record::RecordId;
use crate::store::{Notes, StoreError};

/// The most commits that are remembered for one change or one record.
const MAX_SAME: usize = 64;

/// Which commits the notes speak of.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_patch: HashMap<Digest, BTreeSet<ObjectId>>,
    by_record: HashMap<RecordId, BTreeSet<ObjectId>>,
}

impl Index {
    pub(super) fn of(notes: &Notes<'_>) -> Result<Self, StoreError> {
        let mut index = Self::default();
        notes.each(|said| {
            if let Some(patch) = said.patch() {
                add(index.by_patch.entry(patch).or_default(), said.about);
            }
            let same_record = index.by_record.entry(said.record_id).or_default();
            add(same_record, said.about);
        })?;
        Ok(index)
    }

    /// Returns the commits that are said to make this change.
    pub(super) fn with_patch(&self, patch: Digest) -> impl Iterator<Item = ObjectId> {
        self.by_patch.get(&patch).into_iter().flatten().copied()
    }

    /// Returns the commits that a record is about.
    pub(super) fn of_record(&self, record_id: RecordId) -> impl Iterator<Item = ObjectId> {
        self.by_record
            .get(&record_id)
            .into_iter()
            .flatten()
            .copied()
    }
}

fn add(known: &mut BTreeSet<ObjectId>, commit_id: ObjectId) {
    if known.len() < MAX_SAME {
        known.insert(commit_id);
    }
}
