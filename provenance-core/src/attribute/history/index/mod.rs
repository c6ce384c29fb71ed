//! `Index`: what the walk found before, kept from one run to the next.
//!
//! Takes what a walk met at its newest commits; gives it to the next walk that comes to one of
//! them. So a walk after a hundred new commits visits those, and a second one none.
//!
//! ```text
//! head ─ d ─ d ─ … ─ d ─ base       base: where the lines of every file were born
//!      └ d ─ d ─┘                   d:    the same of the files that the commit changed
//! ```
//!
//! A file that a commit has as its first parent has it is handed on as a whole, so what is true of
//! it there is true here: a commit needs no more than what it changed over its first parent. New
//! commits are added on top; a branch that was rewritten finds what it shares with the old one.
//!
//! # Invariants
//!
//! - The answers are those of the walk: the fate of a line at a commit depends on nothing but the
//!   objects, so what was found once holds for ever. Where history is not whole it does not: what
//!   is kept is bound to the boundary of a shallow clone, and nothing is kept where a parent is
//!   missing.
//! - What the index does not know is walked.
//! - A file of another version, one that was cut off or changed, is none; the next run makes it anew.
//!
//! # What is not checked
//!
//! Whether somebody who can write to the file lies in it. It says where lines come from, which
//! Git's own objects say too; no verdict is read from it, and `git blame` is asked without it.

mod keep;
mod lookup;
mod runs;
mod stored;
mod tables;
mod thin;

use std::path::Path;
use std::sync::Arc;

pub(super) use self::keep::Keeper;
use self::runs::KnownRun;
use self::stored::{Ids, Known, KnownFile, Stored};
use super::Content;
use crate::attribute::kept::Body;
use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::table::Map;

/// With more commits than so many times the depth, only those that stand on the newest are kept.
const MANY: usize = 16;

/// Where the index is kept, and how much of it.
#[derive(Debug, Clone, Copy)]
pub struct IndexFile<'a> {
    /// The file.
    pub path: &'a Path,
    /// How many commits of the line of first parents are kept beneath the newest.
    pub depth: usize,
}

impl<'a> IndexFile<'a> {
    /// Keeps so much that branches of some weeks find the commit where they start.
    #[must_use]
    pub const fn at(path: &'a Path) -> Self {
        Self { path, depth: 128 }
    }
}

/// What is known.
#[derive(Debug, Default)]
pub(super) struct Index {
    ids: Vec<ObjectId>,
    paths: Vec<Arc<[u8]>>,
    commits: Vec<Known>,
    /// What the files of the commits point into: as it was read, and what stands behind it.
    read_runs: Body,
    new_runs: Vec<u8>,
    /// Where each commit stands in `commits`.
    numbers: Map<ObjectId, usize>,
    contents: Map<ObjectId, Content>,
}

impl Index {
    /// Reads the index in `file`, if what it was made of is what is here: `circumstances` is
    /// whatever answers depend on besides the objects.
    pub(super) fn load(file: &Path, circumstances: Digest) -> Self {
        let stored = Stored::read(file, circumstances);
        let index = stored.and_then(|(stored, runs)| Self::of(stored, runs));
        index.unwrap_or_default()
    }

    fn of(stored: Stored, read_runs: Body) -> Option<Self> {
        let ids = stored.ids.list()?;
        let mut numbers = Map::default();
        for (number, known) in stored.commits.iter().enumerate() {
            // First parents stand before their children, so that going up comes to an end.
            if known.above.is_some_and(|above| above as usize >= number) {
                return None;
            }
            numbers.insert(*ids.get(known.id as usize)?, number);
        }
        let blobs = stored.blobs.list()?.into_iter();
        let contents = stored.contents.into_iter().map(Content::from);
        let contents = blobs.zip(contents).collect();
        Some(Self {
            ids,
            paths: stored.paths.into_iter().map(Arc::from).collect(),
            commits: stored.commits,
            read_runs,
            new_runs: Vec::new(),
            numbers,
            contents,
        })
    }

    /// Writes the index. That it cannot be is no error: the next run walks again.
    pub(super) fn save(&self, file: &Path, circumstances: Digest) {
        let contents = self.contents.iter();
        let mut contents: Vec<_> = contents
            .filter_map(|(id, content)| Some((*id, content.stored()?)))
            .collect();
        contents.sort_unstable_by_key(|(id, _)| *id);
        let stored = Stored {
            ids: Ids::of(&self.ids),
            paths: self.paths.iter().map(|path| path.to_vec()).collect(),
            commits: self.commits.clone(),
            blobs: Ids::of(contents.iter().map(|(id, _)| id)),
            contents: contents.iter().map(|(_, content)| *content).collect(),
        };
        let runs = [self.read_runs.as_bytes(), &self.new_runs];
        stored.write(runs, file, circumstances);
    }

    /// Returns where the lines of a file were born, as far as that is known.
    fn runs_of(&self, file: &KnownFile) -> Vec<KnownRun> {
        let (start, end) = (file.start as usize, file.end as usize);
        let known = self.read_runs.as_bytes();
        let bytes = match start.checked_sub(known.len()) {
            None => known.get(start..end),
            Some(start) => self.new_runs.get(start..end.saturating_sub(known.len())),
        };
        runs::read(bytes.unwrap_or_default(), file.path)
    }

    /// Adds a file of a commit that is being added.
    fn add_file(&mut self, path: u32, all: &[KnownRun]) -> KnownFile {
        let known = self.read_runs.as_bytes().len();
        let start = self.new_runs.len();
        runs::write(all, path, &mut self.new_runs);
        // A file beyond four gigabytes has no lines that could be found again.
        let place = |at: usize| u32::try_from(known + at).unwrap_or(u32::MAX);
        KnownFile {
            path,
            start: place(start),
            end: place(self.new_runs.len()),
        }
    }

    /// Returns what a blob is, if it was looked at before.
    pub(super) fn content(&self, blob_id: ObjectId) -> Option<Content> {
        self.contents.get(&blob_id).copied()
    }

    /// Remembers what blobs are, and forgets those that are not named.
    pub(super) fn set_contents(&mut self, contents: Map<ObjectId, Content>) {
        self.contents = contents;
    }

    /// Answers whether something is known of the files of a commit.
    pub(super) fn knows(&self, commit_id: ObjectId) -> bool {
        self.numbers.contains_key(&commit_id)
    }
}
