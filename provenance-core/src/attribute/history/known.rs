//! `known`: one file, where the index has almost all of the answer.
//!
//! The pass walks whole trees, so for one file alone Git is faster, unless what is kept is near.

use super::index::{Index, IndexFile, Keeper};
use super::pass::Pass;
use super::{FileOrigins, Graph, Run, contents};
use crate::attribute::kept::circumstances;
use crate::git::diff::Setting;
use crate::git::tree::File;
use crate::git::{GitError, Location, Names, Repo};
use crate::object_id::ObjectId;

/// How many first parents away a commit may be that the index knows.
const NEAR: usize = 64;

/// Returns where the lines of a file come from, if that is quickly told from what was kept.
///
/// # Errors
///
/// As for [`origins`](super::origins).
pub fn known(
    location: &Location,
    index: IndexFile<'_>,
    commit_id: ObjectId,
    path: &[u8],
) -> Result<Option<Vec<Run>>, GitError> {
    let mut repo = Repo::open(location)?;
    // What a boundary means for a line is Git's to say.
    if !repo.shallow_boundary()?.is_empty() {
        return Ok(None);
    }
    let index = Index::load(index.path, circumstances(&repo)?);
    if !is_near(&repo, &index, commit_id)? {
        return Ok(None);
    }
    let tree_id = repo.commit(commit_id)?.tree_id;
    let version = match repo.version_at(tree_id, path)? {
        Some(version) if version.is_file() => version,
        _ => return Ok(None),
    };
    let files = [File {
        path: path.to_vec(),
        version,
    }];
    let graph = Graph::read(&repo, &[commit_id], None, &|commit_id| {
        index.knows(commit_id)
    })?;
    repo.read_in_bulk(Names::Believed);
    let mut repos = [repo];
    let contents = contents(&mut repos, &files, &index)?;
    let mut pass = Pass::new(graph, (&index, Keeper::default()), &files, &contents);
    pass.run(&mut repos, Setting::Blame, &|_, _| {})?;
    if !pass.left().is_empty() {
        return Ok(None);
    }
    let (mut origins, _, _) = pass.finish(&contents);
    Ok(match origins.pop() {
        Some(FileOrigins::Lines(runs)) => Some(runs),
        _ => None,
    })
}

fn is_near(repo: &Repo, index: &Index, commit_id: ObjectId) -> Result<bool, GitError> {
    let mut next = Some(commit_id);
    for _ in 0..NEAR {
        let Some(commit_id) = next else {
            break;
        };
        if index.knows(commit_id) {
            return Ok(true);
        }
        let links = repo.links(commit_id)?;
        next = links.and_then(|links| links.parent_ids.first().copied());
    }
    Ok(false)
}
