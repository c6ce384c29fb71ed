//! What the commits that are asked about count for, and what they added.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::Request;
use crate::attribute::AttributeError;
use crate::attribute::added::{AddedFile, added, kind_of_commit};
use crate::attribute::commit::{CommitCache, CommitFacts};
use crate::attribute::inferred::InferredCount;
use crate::attribute::kind::{LineAuthor, LineKind};
use crate::attribute::tally::Tally;
use crate::git::{Compared, GitError, Repo};
use crate::object_id::ObjectId;

/// What commits count for.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// The commits, by the lines that each added.
    pub(super) commits: Tally,
    /// The lines that they added, path by path; only with a range.
    pub(super) added: BTreeMap<Vec<u8>, Tally>,
    /// The paths that commits of the range had otherwise than their parents.
    pub(super) touched: HashSet<Vec<u8>>,
    /// How many there are of which it cannot be said what they added.
    pub(super) unread: u64,
    /// What messages let one conclude of those that are unattested.
    pub(super) inferred: InferredCount,
}

/// Counts the commits.
pub(super) fn count(
    cache: &CommitCache,
    request: &Request<'_>,
    compared: Option<&Arc<Compared>>,
) -> Result<Counted, AttributeError> {
    let counted: HashSet<ObjectId> = request.commits.iter().copied().collect();
    let unselected = request.range.unwrap_or_default().iter();
    let unselected = unselected.filter(|commit_id| !counted.contains(commit_id));
    let all: Vec<(ObjectId, bool)> = request
        .commits
        .iter()
        .map(|commit_id| (*commit_id, true))
        .chain(unselected.map(|commit_id| (*commit_id, false)))
        .collect();
    // What a commit added, and who it is by, need not be known of all.
    let is_chosen = request.range.is_some() || request.wanted.is_some();
    let crew = request.crew(compared);
    let shares = crew.shares(
        &all,
        |counted: &mut Counted, repo, verifier, (commit_id, is_selected)| {
            if !is_chosen && let Some(unspoken) = cache.unspoken(verifier, *commit_id)? {
                counted.commits.add(LineKind::Unattested, 1);
                counted.inferred.add_commit(unspoken.inferred.as_deref());
                return Ok(());
            }
            if *is_selected {
                let facts = cache.get(repo, verifier, *commit_id)?;
                counted.add(repo, &facts, request)
            } else {
                counted.touched.extend(touched(repo, *commit_id)?);
                Ok(())
            }
        },
    )?;
    let mut all = Counted::default();
    for share in shares {
        all.merge(share);
    }
    Ok(all)
}

impl Counted {
    /// Counts a commit.
    fn add(
        &mut self,
        repo: &Repo,
        facts: &CommitFacts,
        request: &Request<'_>,
    ) -> Result<(), AttributeError> {
        let is_range = request.range.is_some();
        let is_believed = facts.judgement.verdict.is_believed();
        let mut is_read = facts.is_whole;
        let files: Vec<AddedFile> = if is_range || is_believed {
            match added(repo, facts) {
                Ok(files) => files,
                Err(AttributeError::Git(GitError::MissingObject { .. })) => {
                    is_read = false;
                    Vec::new()
                }
                Err(error) => return Err(error),
            }
        } else {
            // Whatever it added, it is unattested.
            Vec::new()
        };
        if is_range && is_read && !files.is_empty() {
            let paths = files.iter().map(|file| file.path.clone());
            self.touched.extend(paths);
        } else if is_range {
            self.touched.extend(touched(repo, facts.commit_id)?);
        }
        let kind = if facts.is_whole && !is_read {
            // What it added is not known, so nobody is known to have written all of it.
            LineKind::Unattested
        } else {
            kind_of_commit(facts, &files)
        };
        let mut is_wanted = false;
        for file in &files {
            let paths = request.paths;
            if paths.is_some_and(|paths| !paths.contains(&file.path)) {
                continue;
            }
            let mut tally = Tally::default();
            for (author, count) in &file.lines {
                if request.wants(facts, author) {
                    is_wanted = true;
                    tally.add(author.kind, *count);
                }
            }
            if is_range && tally.total() > 0 {
                let added = self.added.entry(file.path.clone());
                added.or_default().merge(tally);
            }
        }
        if files.is_empty() || kind == LineKind::Unattested {
            let author = LineAuthor {
                kind,
                ..LineAuthor::UNATTESTED
            };
            is_wanted |= request.wants(facts, &author);
        }
        if is_wanted {
            self.commits.add(kind, 1);
            if kind == LineKind::Unattested {
                self.inferred.add_commit(facts.inferred.as_deref());
            }
            // One that is not believed is unattested, whatever it added.
            self.unread += u64::from(!is_read && (is_range || is_believed));
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        self.commits.merge(other.commits);
        for (path, tally) in other.added {
            self.added.entry(path).or_default().merge(tally);
        }
        self.touched.extend(other.touched);
        self.unread += other.unread;
        self.inferred.merge(other.inferred);
    }
}

/// The paths that a commit has otherwise than its parents: all, where those are not here.
fn touched(repo: &Repo, commit_id: ObjectId) -> Result<Vec<Vec<u8>>, AttributeError> {
    let Some(links) = repo.links(commit_id)? else {
        // A commit of which not even the header can be read has no lines either.
        return Ok(Vec::new());
    };
    let mut trees = Vec::with_capacity(links.parent_ids.len());
    for parent_id in &links.parent_ids {
        let parent = match repo.links(*parent_id) {
            Ok(parent) => parent,
            Err(GitError::MissingObject { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        trees.extend(parent.map(|parent| parent.tree_id));
    }
    if trees.len() < links.parent_ids.len() {
        trees.clear();
    }
    let changes = match repo.changed_paths_of_merge(&trees, links.tree_id) {
        Ok(changes) => changes,
        // The pass that follows the lines says which files hang on it.
        Err(GitError::MissingObject { .. }) => repo.changed_paths_of_merge(&[], links.tree_id)?,
        Err(error) => return Err(error.into()),
    };
    let there = changes.into_iter().filter(|change| change.new.is_some());
    Ok(there.map(|change| change.path).collect())
}
