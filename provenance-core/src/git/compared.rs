//! `Compared`: the hunks between blobs, remembered while a history is looked at in several ways.
//!
//! What commits added, and where the lines of a tree come from, are found by comparing the same blobs.
//! Whoever asks for both shares one of these between its repositories.
//!
//! # What is not checked
//!
//! What the blobs hold: they are known by their names.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Repo;
use super::diff::Hunk;
use crate::object_id::ObjectId;
use crate::table::Map;

/// How many hunks are remembered: 32 MiB.
const MOST: usize = 2 << 20;

/// An old blob and a new one.
type Pair = (ObjectId, ObjectId);

/// The hunks of [`Setting::Blame`](super::diff::Setting) between an old blob and a new one.
#[derive(Debug, Default)]
pub struct Compared {
    known: Mutex<Map<Pair, Arc<[Hunk]>>>,
    hunks: AtomicUsize,
}

impl Compared {
    fn get(&self, pair: Pair) -> Option<Arc<[Hunk]>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&pair).map(Arc::clone)
    }

    fn put(&self, pair: Pair, hunks: &[Hunk]) {
        if self.hunks.fetch_add(hunks.len() + 1, Ordering::Relaxed) < MOST {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(pair, hunks.into());
        }
    }
}

impl Repo {
    /// Remembers from now on what is compared, and takes what others compared.
    pub fn share_compared(&mut self, compared: Option<&Arc<Compared>>) {
        self.compared = compared.map(Arc::clone);
    }

    /// Returns the hunks between two blobs, if they were compared.
    pub fn compared(&self, old_id: ObjectId, new_id: ObjectId) -> Option<Arc<[Hunk]>> {
        self.compared.as_ref()?.get((old_id, new_id))
    }

    /// Remembers the hunks between two blobs.
    pub(super) fn remember_compared(&self, old_id: ObjectId, new_id: ObjectId, hunks: &[Hunk]) {
        if let Some(compared) = &self.compared {
            compared.put((old_id, new_id), hunks);
        }
    }
}
