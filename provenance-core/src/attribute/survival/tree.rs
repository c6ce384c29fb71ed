//! `Tree`: the lines of every file of one commit, cheap to copy for the next one.
//!
//! Paths are numbers, and files lie in a fixed number of buckets that commits share until one of
//! them changes a file of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::lines::Spans;

/// How many buckets there are: enough that one of a tree of 50,000 files is copied quickly.
const BUCKETS: u32 = 256;

type Bucket = HashMap<u32, Spans, foldhash::fast::RandomState>;

/// The lines of the files of one commit that have lines that are followed.
#[derive(Debug, Clone)]
pub(super) struct Tree(Vec<Arc<Bucket>>);

impl Default for Tree {
    fn default() -> Self {
        let empty = Arc::new(Bucket::default());
        Self((0..BUCKETS).map(|_| Arc::clone(&empty)).collect())
    }
}

/// Marks the number of a path at which a binary stands: its lines are followed, but none is alive.
const HIDDEN: u32 = 1 << 31;

/// Whether a file is text, whose lines are alive, or a binary, behind which they may come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Text,
    Binary,
}

impl Tree {
    /// Returns the lines of a file, whatever it is.
    pub(super) fn any(&self, path: u32) -> Option<(&Spans, Content)> {
        let text = self.get(path).map(|spans| (spans, Content::Text));
        text.or_else(|| Some((self.get(path | HIDDEN)?, Content::Binary)))
    }

    /// Replaces what a path has, whatever it was.
    pub(super) fn put(&mut self, path: u32, lines: Option<(Spans, Content)>) {
        let (text, binary) = match lines {
            Some((spans, Content::Text)) => (Some(spans), None),
            Some((spans, Content::Binary)) => (None, Some(spans)),
            None => (None, None),
        };
        self.set(path, text);
        self.set(path | HIDDEN, binary);
    }

    /// Returns the lines of a file of text.
    pub(super) fn get(&self, path: u32) -> Option<&Spans> {
        self.0.get(place(path))?.get(&path)
    }

    /// Replaces what a path has; `None` where nothing in it is followed.
    fn set(&mut self, path: u32, spans: Option<Spans>) {
        let Some(bucket) = self.0.get_mut(place(path)) else {
            return;
        };
        match spans {
            Some(spans) => drop(Arc::make_mut(bucket).insert(path, spans)),
            None if bucket.contains_key(&path) => drop(Arc::make_mut(bucket).remove(&path)),
            None => {}
        }
    }

    /// Returns the lines of every file of text.
    pub(super) fn all(&self) -> impl Iterator<Item = &Spans> {
        let all = self.0.iter().flat_map(|bucket| bucket.iter());
        let text = all.filter(|(path, _)| **path & HIDDEN == 0);
        text.map(|(_, spans)| spans)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|bucket| bucket.is_empty())
    }

    /// Returns the paths of text that two trees have different lines at, in their order.
    pub(super) fn differing(&self, other: &Self) -> Vec<u32> {
        let mut paths = Vec::new();
        for (own, others) in self.0.iter().zip(&other.0) {
            if Arc::ptr_eq(own, others) {
                continue;
            }
            let is_same = |path: &u32, spans: &Spans, there: &Bucket| {
                there
                    .get(path)
                    .is_some_and(|other| Arc::ptr_eq(other, spans))
            };
            let gone = own
                .iter()
                .filter(|(path, spans)| !is_same(path, spans, others));
            paths.extend(gone.map(|(path, _)| *path));
            paths.extend(others.keys().filter(|path| !own.contains_key(path)));
        }
        paths.retain(|path| path & HIDDEN == 0);
        paths.sort_unstable();
        paths
    }
}

const fn place(path: u32) -> usize {
    (path % BUCKETS) as usize
}

/// Paths as numbers.
#[derive(Debug, Default)]
pub(super) struct Paths {
    numbers: HashMap<Arc<[u8]>, u32>,
    names: Vec<Arc<[u8]>>,
    /// Under which other paths lines of a path were before, or came to stand.
    renames: HashMap<u32, HashSet<u32>>,
}

impl Paths {
    pub(super) fn number(&mut self, path: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let name: Arc<[u8]> = path.into();
        let number = u32::try_from(self.names.len()).unwrap_or(HIDDEN - 1);
        self.names.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    pub(super) fn known(&self, path: &[u8]) -> Option<u32> {
        self.numbers.get(path).copied()
    }

    pub(super) fn name(&self, number: u32) -> Arc<[u8]> {
        let name = self.names.get(number as usize);
        name.map_or_else(|| Arc::from(&[][..]), Arc::clone)
    }

    /// Takes down that a file of one path has lines that stood under another.
    pub(super) fn rename(&mut self, old: u32, new: u32) {
        for (path, other) in [(old, new), (new, old)] {
            self.renames.entry(path).or_default().insert(other);
        }
    }

    /// Returns all paths under which lines of these can stand, too, because files were renamed, with
    /// those of these that were.
    pub(super) fn renamed(&self, paths: HashSet<u32>) -> HashSet<u32> {
        let mut all = HashSet::new();
        let mut open: Vec<u32> = paths.into_iter().collect();
        while let Some(path) = open.pop() {
            if let Some(others) = self.renames.get(&path)
                && all.insert(path)
            {
                open.extend(others);
            }
        }
        all
    }
}
