//! What a commit replaced, and comes back.
//!
//! Takes a line that is like one that goes, and the commits that are known to have added that one:
//! where it came from, and those from which it was picked or squashed. Gives whose the line was before
//! one of them, where it stood there, white space left out. Then the change is taken back, and the
//! line is nobody's changed version.
//!
//! # What is not checked
//!
//! More than one change back: what was changed twice and comes back as it was at first is taken for
//! a third change.

use super::Search;
use super::again::{Known, MAX_COMMITS};
use super::before::{Base, text};
use crate::attest::AttestError;
use crate::attest::whereabouts::sum;
use crate::git::diff;
use crate::object_id::ObjectId;

impl Search<'_> {
    /// Whose a line was before one of some commits, where it stood there.
    pub(super) fn undone(
        &self,
        path: &[u8],
        line: &[u8],
        commit_ids: impl Iterator<Item = ObjectId>,
    ) -> Result<Option<Known>, AttestError> {
        let Some(wanted) = sum(line) else {
            return Ok(None);
        };
        let mut parent_ids = Vec::new();
        for commit_id in commit_ids.take(MAX_COMMITS) {
            if self.repo.has_object(commit_id)? {
                parent_ids.extend(self.repo.commit(commit_id)?.parent_ids);
            }
        }
        for parent_id in parent_ids {
            if !self.repo.has_object(parent_id)? {
                continue;
            }
            let tree_id = self.repo.commit(parent_id)?.tree_id;
            let Some(text) = text(self.repo, self.repo.version_at(tree_id, path)?)? else {
                continue;
            };
            let place = diff::lines(&text).position(|line| sum(line) == Some(wanted));
            let Some(place) = place else { continue };
            let base = Base {
                commit_id: parent_id,
                path: path.to_vec(),
                text,
            };
            if let Some(line) = self.blamed(&base, &[place])?.pop() {
                return Ok(Some((line.author, line.commit)));
            }
        }
        Ok(None)
    }
}
