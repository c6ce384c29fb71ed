//! What a commit replaced, and comes back.
//!
//! Takes a line that is like one that goes, and the commit that wrote that one; gives whose the line
//! was before that commit, where it stood there, white space left out. Then the change is taken back,
//! and the line is nobody's changed version.
//!
//! # What is not checked
//!
//! More than one change back: what was changed twice and comes back as it was at first is taken for
//! a third change.

use std::sync::Arc;

use super::Search;
use super::again::Known;
use super::before::{Base, text};
use crate::attest::AttestError;
use crate::attest::whereabouts::sum;
use crate::attribute::CommitFacts;
use crate::git::diff;

impl Search<'_> {
    /// Whose a line was before a commit, where it stood there.
    pub(super) fn undone(
        &self,
        path: &[u8],
        line: &[u8],
        facts: &Arc<CommitFacts>,
    ) -> Result<Option<Known>, AttestError> {
        let Some(wanted) = sum(line) else {
            return Ok(None);
        };
        for parent_id in self.repo.commit(facts.commit_id)?.parent_ids {
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
