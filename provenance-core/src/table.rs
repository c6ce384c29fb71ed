//! Tables by ids, paths and lines: seeded, so that no content can be made to collide in them, and
//! twice as fast as the standard ones.
//!
//! # What is not checked
//!
//! An attacker who sees how long look-ups take could learn the seed (foldhash says so); whoever
//! reads a repository shows that to nobody.

use std::collections::{HashMap, HashSet};

use foldhash::quality::RandomState;

/// Values by key.
pub(crate) type Map<K, V> = HashMap<K, V, RandomState>;
/// Keys, each once.
pub(crate) type Set<K> = HashSet<K, RandomState>;
