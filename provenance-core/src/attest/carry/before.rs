//! What a file that a commit changes held in the parents.
//!
//! Takes a change and gives the texts that its lines may come from, and which lines of them the
//! commit takes away. A new file may be one that is gone from another path.
//!
//! # What is not checked
//!
//! Whether a line came from there.

use std::collections::HashSet;
use std::sync::Arc;

use super::Target;
use crate::attest::AttestError;
use crate::attest::whereabouts::sum;
use crate::git::diff::{self, Setting};
use crate::git::tree::{MergeChange, Version};
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// The most removed files that a new one is compared with.
const MAX_REMOVED: usize = 4;
/// So many letters and digits make a line that is known again by itself.
const TELLING: usize = 8;

/// What a file held in a parent.
pub(super) struct Base {
    pub(super) commit_id: ObjectId,
    pub(super) path: Vec<u8>,
    pub(super) text: Arc<[u8]>,
}

/// The paths at which a file may have stood before: its own, and for a new one those that are gone.
pub(super) fn paths_before<'c>(
    change: &'c MergeChange,
    changes: &'c [MergeChange],
) -> Vec<&'c [u8]> {
    let mut paths = vec![change.path.as_slice()];
    if change.old.iter().all(Option::is_none) {
        let removed = changes.iter().filter(|change| change.new.is_none());
        let removed = removed.map(|change| change.path.as_slice());
        paths.extend(removed.take(MAX_REMOVED));
    }
    paths
}

pub(super) fn read_bases(
    repo: &Repo,
    target: &Target,
    paths: &[&[u8]],
) -> Result<Vec<Base>, AttestError> {
    let mut bases = Vec::new();
    for (commit_id, tree_id) in target.parent_ids.iter().zip(&target.parent_tree_ids) {
        for path in paths {
            let version = repo.version_at(*tree_id, path)?;
            if let Some(text) = text(repo, version)? {
                bases.push(Base {
                    commit_id: *commit_id,
                    path: path.to_vec(),
                    text,
                });
            }
        }
    }
    Ok(bases)
}

/// Reads a file that has lines.
pub(super) fn text(
    repo: &Repo,
    version: Option<Version>,
) -> Result<Option<Arc<[u8]>>, AttestError> {
    let Some(version) = version.filter(|version| version.is_file()) else {
        return Ok(None);
    };
    match repo.blob(version.id, diff::MAX_BYTES) {
        Ok(text) => Ok(Some(text).filter(|text| !diff::is_binary(text))),
        Err(GitError::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Answers whether a line says enough to be known again elsewhere: `}` does not.
pub(super) fn is_telling(line: &[u8]) -> bool {
    let letters = |byte: &&u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    line.iter().filter(letters).take(TELLING).count() == TELLING
}

/// A file that the commit changes, and the added lines of it that nothing claims, 1-based.
pub(super) struct File<'f> {
    pub(super) path: &'f [u8],
    pub(super) text: Arc<[u8]>,
    pub(super) bases: Vec<Base>,
    pub(super) open: Vec<u64>,
}

impl File<'_> {
    /// The open lines with their texts.
    pub(super) fn open_lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let lines = (1..).zip(diff::lines(&self.text));
        lines.filter(|(number, _)| self.open.binary_search(number).is_ok())
    }

    /// The lines of a base that the commit takes away, 0-based; all of another path's.
    pub(super) fn removed(&self, base: &Base) -> HashSet<usize> {
        if base.path != self.path {
            return (0..diff::count_lines(&base.text)).collect();
        }
        // What is too large to compare has no added lines either.
        let hunks = diff::hunks(&base.text, &self.text, Setting::Blame).unwrap_or_default();
        hunks.iter().flat_map(diff::Hunk::old_range).collect()
    }

    /// The sums of all lines for which a hint is wanted.
    pub(super) fn wanted(&self) -> HashSet<u32> {
        let open = self.open_lines().filter_map(|(_, line)| sum(line));
        let mut wanted: HashSet<u32> = open.collect();
        for base in &self.bases {
            let removed = self.removed(base);
            let lines = diff::lines(&base.text).enumerate();
            let lines = lines.filter(|(number, _)| removed.contains(number));
            wanted.extend(lines.filter_map(|(_, line)| sum(line)));
        }
        wanted
    }
}
