//! `Graph`: the commits that a commit descends from, children before their parents.
//!
//! Parents come from the raw header, but for those at the boundary of a shallow clone, which Git
//! does not follow. A parent that is not here, or is no commit that can be walked, is left out.

use std::collections::HashSet;

use crate::git::{GitError, Links, Repo};
use crate::object_id::ObjectId;
use crate::table::Map;

/// A commit of the graph.
#[derive(Debug)]
pub(in crate::attribute) struct Node {
    pub(in crate::attribute) commit_id: ObjectId,
    pub(in crate::attribute) tree_id: ObjectId,
    /// The places of its parents, first parent first; greater than its own.
    pub(in crate::attribute) parents: Vec<usize>,
    /// Whether it, or one that it descends from, is asked for.
    pub(in crate::attribute) is_wanted: bool,
    /// Whether the index knows it: its parents are left out.
    pub(in crate::attribute) is_known: bool,
}

/// The commits, children before their parents.
#[derive(Debug)]
pub(in crate::attribute) struct Graph {
    pub(in crate::attribute) nodes: Vec<Node>,
    /// Whether no parent is missing.
    pub(in crate::attribute) is_whole: bool,
}

struct Read {
    commit_id: ObjectId,
    tree_id: ObjectId,
    parents: Vec<usize>,
    children: usize,
    is_known: bool,
}

impl Graph {
    /// Reads the commits that `heads` descend from, and themselves; a single one is the first
    /// node. At commits that are known it ends.
    pub(in crate::attribute) fn read(
        repo: &Repo,
        heads: &[ObjectId],
        within: Option<&HashSet<ObjectId>>,
        is_known: &dyn Fn(ObjectId) -> bool,
    ) -> Result<Self, GitError> {
        let (commits, is_whole) = read(repo, heads, is_known)?;
        let mut children: Vec<usize> = commits.iter().map(|commit| commit.children).collect();
        let mut places = vec![0; commits.len()];
        let mut order = Vec::with_capacity(commits.len());
        let ready = commits.iter().enumerate();
        let ready = ready.filter(|(_, commit)| commit.children == 0);
        let mut ready: Vec<usize> = ready.map(|(index, _)| index).collect();
        while let Some(index) = ready.pop() {
            let Some(commit) = commits.get(index) else {
                break;
            };
            if let Some(place) = places.get_mut(index) {
                *place = order.len();
            }
            order.push(index);
            // The first parent is visited last, when side branches have handed on what they had.
            for parent in &commit.parents {
                if let Some(left) = children.get_mut(*parent) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push(*parent);
                    }
                }
            }
        }
        let placed = |parent: &usize| places.get(*parent).copied();
        let nodes = order.iter().filter_map(|index| commits.get(*index));
        let nodes = nodes.map(|commit| Node {
            commit_id: commit.commit_id,
            tree_id: commit.tree_id,
            parents: commit.parents.iter().filter_map(placed).collect(),
            // Of a known one the lines may be those of any commit that is left out.
            is_wanted: commit.is_known
                || within.is_none_or(|within| within.contains(&commit.commit_id)),
            is_known: commit.is_known,
        });
        let mut graph = Self {
            nodes: nodes.collect(),
            is_whole,
        };
        graph.spread_wanted();
        Ok(graph)
    }

    /// A commit is wanted when one that it descends from is.
    fn spread_wanted(&mut self) {
        for place in (0..self.nodes.len()).rev() {
            let is_wanted = |parent: &usize| self.nodes.get(*parent).is_some_and(|n| n.is_wanted);
            let node = self.nodes.get(place);
            let is_wanted = node.is_some_and(|node| node.parents.iter().any(is_wanted));
            if let Some(node) = self.nodes.get_mut(place) {
                node.is_wanted |= is_wanted;
            }
        }
    }
}

/// Reads commits, and tells whether all of their parents are here.
fn read(
    repo: &Repo,
    heads: &[ObjectId],
    is_known: &dyn Fn(ObjectId) -> bool,
) -> Result<(Vec<Read>, bool), GitError> {
    let boundary = repo.shallow_boundary()?;
    let mut known: Map<ObjectId, Option<usize>> = Map::default();
    let mut commits: Vec<Read> = Vec::new();
    let push = |commits: &mut Vec<Read>, commit_id| -> Result<_, GitError> {
        let links = repo.links(commit_id)?;
        let Links {
            tree_id,
            mut parent_ids,
        } = links.ok_or(GitError::MissingObject { id: commit_id })?;
        let is_known = is_known(commit_id);
        if is_known || boundary.contains(&commit_id) {
            parent_ids.clear();
        }
        commits.push(Read {
            commit_id,
            tree_id,
            parents: Vec::with_capacity(parent_ids.len()),
            children: 0,
            is_known,
        });
        Ok((commits.len() - 1, parent_ids))
    };
    let mut open = Vec::new();
    for head in heads {
        if known.contains_key(head) {
            continue;
        }
        let pushed = push(&mut commits, *head)?;
        known.insert(*head, Some(pushed.0));
        open.push(pushed);
    }
    let mut is_whole = true;
    while let Some((index, parent_ids)) = open.pop() {
        for parent_id in parent_ids {
            let parent = if let Some(parent) = known.get(&parent_id) {
                *parent
            } else {
                let parent = match push(&mut commits, parent_id) {
                    Ok(pushed) => {
                        let parent = pushed.0;
                        open.push(pushed);
                        Some(parent)
                    }
                    Err(GitError::MissingObject { id }) if id == parent_id => {
                        is_whole = false;
                        None
                    }
                    Err(error) => return Err(error),
                };
                known.insert(parent_id, parent);
                parent
            };
            let Some(parent) = parent else {
                continue;
            };
            if let Some(commit) = commits.get_mut(index) {
                commit.parents.push(parent);
            }
            if let Some(parent) = commits.get_mut(parent) {
                parent.children += 1;
            }
        }
    }
    Ok((commits, is_whole))
}
