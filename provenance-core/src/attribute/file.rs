//! Whose the lines of a file are, once it is known which commits they came from.
//!
//! # What is not checked
//!
//! Whether the commits add those lines, unless they were followed with options that let them
//! stray: see [`Claims`](super::Claims).

use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::AttributeError;
use super::claims::FileClaims;
use super::commit::{CommitCache, CommitFacts};
use super::history::Run;
use super::kind::LineAuthor;
use super::strays::Strays;
use crate::digest::Digest;
use crate::git::diff::MAX_BYTES;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::table::Map;
use crate::verify::Verifier;

/// Tells who wrote the lines of each run, in their order: so many that stand together, by one
/// author, from one commit.
pub(super) fn attribute(
    repo: &Repo,
    (verifier, cache): (&Verifier<'_>, &CommitCache),
    runs: &[Run],
    strays: &mut Strays,
    mut found: impl FnMut(&Arc<CommitFacts>, LineAuthor, u64),
) -> Result<(), AttributeError> {
    // Before the claims, because they borrow from it.
    let mut commits: Map<ObjectId, Arc<CommitFacts>> = Map::default();
    for run in runs {
        if let Entry::Vacant(new) = commits.entry(run.commit_id) {
            new.insert(cache.get(repo, verifier, run.commit_id)?);
        }
    }
    let mut claims: Map<(ObjectId, Arc<[u8]>), FileClaims<'_>> = Map::default();
    for run in runs {
        let Some(commit) = commits.get(&run.commit_id) else {
            continue;
        };
        if !commit.judgement.verdict.is_believed() {
            found(commit, LineAuthor::UNATTESTED, run.count);
            continue;
        }
        let key = (run.commit_id, Arc::clone(&run.original_path));
        let file = match claims.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let digest = blob_digest(repo, commit, &run.original_path)?;
                new.insert(commit.claims.file(&run.original_path, digest))
            }
        };
        let mut last: Option<(LineAuthor, u64)> = None;
        for line in run.original_line..run.original_line.saturating_add(run.count) {
            let mut author = file.author(line);
            if author != LineAuthor::UNATTESTED
                && strays.contains(repo, commit, &run.original_path, line)?
            {
                author = LineAuthor::UNATTESTED;
            }
            match &mut last {
                Some((known, count)) if *known == author => *count += 1,
                _ => {
                    if let Some((author, count)) = last.replace((author, 1)) {
                        found(commit, author, count);
                    }
                }
            }
        }
        if let Some((author, count)) = last {
            found(commit, author, count);
        }
    }
    Ok(())
}

/// The SHA-256 of the blob that the commit has at `path`, where a claim asks for it.
fn blob_digest(
    repo: &Repo,
    facts: &CommitFacts,
    path: &[u8],
) -> Result<Option<Digest>, AttributeError> {
    if !facts.claims.needs_blob_digest(path) {
        return Ok(None);
    }
    let tree_id = repo.commit(facts.commit_id)?.tree_id;
    let Some(version) = repo.version_at(tree_id, path)? else {
        return Ok(None);
    };
    match repo.blob(version.id, MAX_BYTES) {
        Ok(content) => Ok(Some(Digest::of(&content))),
        Err(GitError::TooLarge { .. } | GitError::WrongKind { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
