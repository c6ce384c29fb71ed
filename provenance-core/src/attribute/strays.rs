//! `Strays`: lines that options gave to a commit that does not add them; no record covers those.
//!
//! # What is not checked
//!
//! Lines of a commit whose parents are not all here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::AttributeError;
use super::commit::CommitFacts;
use crate::git::added::AddedLines;
use crate::git::blame::BlameOptions;
use crate::git::rename::Gone;
use crate::git::tree::{File, Version};
use crate::git::{RawCommit, Repo};
use crate::object_id::ObjectId;

/// Tells which lines strayed, and remembers what commits add.
#[derive(Debug)]
pub(super) struct Strays {
    may_stray: bool,
    added: HashMap<(ObjectId, Arc<[u8]>), AddedLines>,
}

impl Strays {
    /// Prepares for lines that were followed with these options.
    pub(super) fn of(options: &BlameOptions) -> Self {
        Self {
            may_stray: options.may_stray(),
            added: HashMap::new(),
        }
    }

    /// Prepares for lines that were followed without any: none strays.
    pub(super) fn none() -> Self {
        Self::of(&BlameOptions::default())
    }

    /// Answers whether a line was given to a commit that does not add it.
    pub(super) fn contains(
        &mut self,
        repo: &Repo,
        commit: &CommitFacts,
        path: &Arc<[u8]>,
        line: u64,
    ) -> Result<bool, AttributeError> {
        // Without all parents nobody can say, and the claims know it.
        if !self.may_stray || !commit.is_whole {
            return Ok(false);
        }
        let added = match self.added.entry((commit.commit_id, Arc::clone(path))) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(added(repo, commit.commit_id, path)?),
        };
        let is_in =
            |(first, last): &(u32, u32)| (u64::from(*first)..=u64::from(*last)).contains(&line);
        Ok(match added {
            AddedLines::Whole => false,
            AddedLines::Ranges(ranges) => !ranges.iter().any(is_in),
        })
    }
}

/// What a commit adds to a file: over what its parents have there, or had before it was renamed.
fn added(repo: &Repo, commit_id: ObjectId, path: &[u8]) -> Result<AddedLines, AttributeError> {
    let commit = repo.commit(commit_id)?;
    let Some(version) = repo.version_at(commit.tree_id, path)? else {
        return Ok(AddedLines::Ranges(Vec::new()));
    };
    let mut old = Vec::with_capacity(commit.parent_ids.len());
    for parent_id in &commit.parent_ids {
        let tree_id = repo.commit(*parent_id)?.tree_id;
        old.push(match repo.version_at(tree_id, path)? {
            Some(version) => Some(version),
            None => renamed(repo, tree_id, &commit, path, version)?,
        });
    }
    if old.is_empty() {
        // A first commit adds everything.
        old.push(None);
    }
    Ok(repo.added_to_file(&old, version)?)
}

/// What a file was in a parent that has no such path.
fn renamed(
    repo: &Repo,
    parent_tree_id: ObjectId,
    commit: &RawCommit,
    path: &[u8],
    version: Version,
) -> Result<Option<Version>, AttributeError> {
    let changes = repo.changed_paths(Some(parent_tree_id), Some(commit.tree_id))?;
    let gone = changes.into_iter().filter_map(|change| match change {
        change if change.new.is_some() => None,
        change => Some(File {
            path: change.path,
            version: change.old?,
        }),
    });
    let gone = Gone::new(gone);
    let source = gone.source(repo, path, version)?;
    Ok(source.map(|file| file.version))
}
