//! `Tables`: where the index has the ids and paths that it names by number.

use std::sync::Arc;

use super::Index;
use crate::object_id::ObjectId;
use crate::table::Map;

/// The places of what the tables of an index hold.
#[derive(Default)]
pub(super) struct Tables {
    ids: Map<ObjectId, u32>,
    paths: Map<Arc<[u8]>, u32>,
}

impl Tables {
    pub(super) fn of(index: &Index) -> Self {
        Self {
            ids: index.ids.iter().copied().zip(0..).collect(),
            paths: index.paths.iter().cloned().zip(0..).collect(),
        }
    }

    /// Returns the place of a commit's id; the index has it from now on.
    pub(super) fn id(&mut self, index: &mut Index, id: ObjectId) -> u32 {
        *self.ids.entry(id).or_insert_with(|| {
            index.ids.push(id);
            u32::try_from(index.ids.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// Returns the place of a path; the index has it from now on.
    pub(super) fn path(&mut self, index: &mut Index, path: &Arc<[u8]>) -> u32 {
        if let Some(known) = self.paths.get(path) {
            return *known;
        }
        index.paths.push(Arc::clone(path));
        let place = u32::try_from(index.paths.len() - 1).unwrap_or(u32::MAX);
        self.paths.insert(Arc::clone(path), place);
        place
    }
}
