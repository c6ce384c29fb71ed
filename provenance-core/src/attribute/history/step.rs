//! `Step`: what a batch prepared, and what is looked up where it did not.

use std::sync::Arc;

use super::batch::{Answer, Batch, Contents, Hunks, Pair, answer, gone, hunks};
use super::graph::Graph;
use crate::git::diff::Setting;
use crate::git::tree::{File, MergeChange, Version};
use crate::git::{GitError, Repo};

/// One file at one commit.
pub(super) struct Visit<'a> {
    pub(super) place: usize,
    pub(super) parents: &'a [usize],
    pub(super) changes: &'a [MergeChange],
    pub(super) path: Arc<[u8]>,
}

/// What a batch prepared, and what it takes to look up the rest.
pub(super) struct Step<'r> {
    pub(super) repo: &'r Repo,
    pub(super) batch: Batch,
    pub(super) contents: Contents,
    pub(super) setting: Setting,
}

impl Step<'_> {
    /// Returns which file of a parent a new one was.
    pub(super) fn rename(
        &mut self,
        graph: &Graph,
        visit: &Visit<'_>,
        parent: usize,
        new: Version,
    ) -> Result<Answer<Option<File>>, GitError> {
        if parent == 0 {
            if let Some(found) = self.batch.rename(visit.place, &visit.path) {
                return Ok(found);
            }
            let gone = gone(visit.changes, 0);
            let source = gone.source(self.repo, &visit.path, new);
            return answer(source.map(Option::<&_>::cloned));
        }
        let place = visit.parents.get(parent);
        let (Some(node), Some(parent)) = (
            graph.nodes.get(visit.place),
            place.and_then(|place| graph.nodes.get(*place)),
        ) else {
            return Ok(Ok(None));
        };
        let trees = [parent.tree_id];
        let changes = self
            .repo
            .changed_paths_over_first_parent(&trees, node.tree_id);
        let changes = match answer(changes)? {
            Ok(changes) => changes,
            Err(obstacle) => return Ok(Err(obstacle)),
        };
        let gone = gone(&changes, 0);
        let source = gone.source(self.repo, &visit.path, new);
        answer(source.map(Option::<&_>::cloned))
    }

    /// Returns where two blobs differ.
    pub(super) fn hunks(&mut self, pair: Pair) -> Result<Hunks, GitError> {
        match self.batch.hunks(pair) {
            Some(known) => Ok(known),
            None => hunks(self.repo, &mut self.contents, pair, self.setting),
        }
    }
}
