//! `Index`: which commits the notes speak of, by what a rewrite keeps of them: the record that a
//! message pins, the change, the tree.
//!
//! Takes all notes, once. What they say is hearsay: whoever finds a commit here compares the commit
//! itself. A note that cannot be read only hides what it speaks of.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::record::RecordId;
use crate::store::{Notes, StoreError};

/// The most commits that are remembered for one record, one change or one tree.
const MAX_SAME: usize = 64;

/// Which commits the notes speak of.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_record: Groups<RecordId>,
    by_patch: Groups<Digest>,
    by_tree: Groups<ObjectId>,
    commits: BTreeSet<ObjectId>,
}

/// Commits that have something in common.
#[derive(Debug)]
pub(super) struct Groups<K>(HashMap<K, BTreeSet<ObjectId>>);

impl Index {
    pub(super) fn of(notes: &Notes<'_>) -> Result<Self, StoreError> {
        let mut index = Self::default();
        notes.each(|said| {
            index.commits.insert(said.about);
            index.by_record.add(said.record_id, said.about);
            if let Some(patch) = said.patch() {
                index.by_patch.add(patch, said.about);
            }
            if let Ok(authoring) = said.statement.authoring() {
                index.by_tree.add(authoring.tree, said.about);
            }
        })?;
        Ok(index)
    }

    /// Returns the commits that a record is about.
    pub(super) fn of_record(&self, record_id: RecordId) -> impl Iterator<Item = ObjectId> {
        self.by_record.with(&record_id)
    }

    /// Returns the commits that are said to make this change.
    pub(super) fn with_patch(&self, patch: Digest) -> impl Iterator<Item = ObjectId> {
        self.by_patch.with(&patch)
    }

    /// Returns the commits that are said to have this tree.
    pub(super) fn with_tree(&self, tree_id: ObjectId) -> impl Iterator<Item = ObjectId> {
        self.by_tree.with(&tree_id)
    }

    /// Returns all commits that a record is about.
    pub(super) fn commits(&self) -> impl Iterator<Item = ObjectId> {
        self.commits.iter().copied()
    }
}

impl<K: Eq + Hash> Groups<K> {
    pub(super) fn add(&mut self, key: K, commit_id: ObjectId) {
        let group = self.0.entry(key).or_default();
        if group.len() < MAX_SAME {
            group.insert(commit_id);
        }
    }

    pub(super) fn with(&self, key: &K) -> impl Iterator<Item = ObjectId> + use<'_, K> {
        self.0.get(key).into_iter().flatten().copied()
    }
}

impl<K> Default for Groups<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}
