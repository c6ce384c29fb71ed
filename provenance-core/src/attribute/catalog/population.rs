//! Which commits a history has.

use super::Catalog;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::table::Set;

impl Catalog {
    /// Returns the commits that `heads` descend from, and themselves, each once, in no order that
    /// means anything: what `git rev-list` lists. Commits that are known are not read.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`] for a head that is not here. Where parents are missing, the answer
    /// ends.
    pub fn history(&self, repo: &Repo, heads: &[ObjectId]) -> Result<Vec<ObjectId>, GitError> {
        let mut seen: Set<ObjectId> = Set::default();
        let mut commits = Vec::new();
        let mut open: Vec<ObjectId> = heads.to_vec();
        while let Some(commit_id) = open.pop() {
            if !seen.insert(commit_id) {
                continue;
            }
            if let Some(parents) = self.parents(commit_id) {
                open.extend(parents);
            } else {
                match repo.links(commit_id) {
                    Ok(Some(links)) if !self.boundary.contains(&commit_id) => {
                        open.extend(links.parent_ids);
                    }
                    Ok(Some(_)) => {}
                    Ok(None) => {
                        if heads.contains(&commit_id) {
                            return Err(GitError::MissingObject { id: commit_id });
                        }
                        continue;
                    }
                    Err(GitError::MissingObject { id }) if !heads.contains(&id) => continue,
                    Err(error) => return Err(error),
                }
            }
            commits.push(commit_id);
        }
        Ok(commits)
    }

    fn parents(&self, commit_id: ObjectId) -> Option<impl Iterator<Item = ObjectId>> {
        let parents = self.stored.parents(*self.numbers.get(&commit_id)?)?;
        let parents = parents.into_iter();
        Some(parents.filter_map(|number| self.stored.ids.get(number as usize).copied()))
    }
}
