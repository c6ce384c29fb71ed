//! Two states of the notes side by side: which entries only one of them has.
//!
//! Takes two notes trees and walks them together. Directories with equal ids hold equal notes and
//! are not read, so what a comparison costs depends on what differs, not on what is there. A mix
//! of layouts is no difference: an entry counts by the commit that it is about.
//!
//! # What is not checked
//!
//! What the notes say, and what is no note.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{BLOB_MODE, MAX_REPEATS, NotesTree, TREE_MODE, entries_of, spelt};
use crate::git::tree::Entry;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// The entries of one commit, in two notes trees that do not agree about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteDifference {
    /// The blobs on this side, as far as they do not lie in equal directories.
    pub here: Vec<ObjectId>,
    /// The blobs on the other side, likewise.
    pub there: Vec<ObjectId>,
}

impl NotesTree<'_> {
    /// Returns the commits of which one of the two trees has an entry that the other has not.
    ///
    /// # Errors
    ///
    /// As for [`NotesTree::list`], of either tree.
    pub fn differences(
        &self,
        other: &NotesTree<'_>,
    ) -> Result<BTreeMap<ObjectId, NoteDifference>, GitError> {
        let mut walk = Walk {
            repo: self.repo,
            id_length: self.repo.object_format().id_length(),
            read: [HashSet::new(), HashSet::new()],
            repeats: 0,
            found: BTreeMap::new(),
        };
        let sides = [self, other].map(|side| side.tree_id.into_iter().collect());
        walk.directories(sides, &mut Vec::new())?;
        let mut found = walk.found;
        found.retain(|_, difference| {
            difference.here.sort_unstable();
            difference.there.sort_unstable();
            difference.here != difference.there
        });
        Ok(found)
    }
}

/// The directories that stand at one place; more than one where a tree names it twice.
type Directories = BTreeSet<ObjectId>;

struct Walk<'r> {
    repo: &'r Repo,
    id_length: usize,
    read: [HashSet<ObjectId>; 2],
    repeats: usize,
    found: BTreeMap<ObjectId, NoteDifference>,
}

impl Walk<'_> {
    fn directories(
        &mut self,
        [here, there]: [Directories; 2],
        prefix: &mut Vec<u8>,
    ) -> Result<(), GitError> {
        let differing = [&here - &there, &there - &here];
        let mut below: BTreeMap<u8, [Directories; 2]> = BTreeMap::new();
        for (side, tree_ids) in differing.into_iter().enumerate() {
            for tree_id in tree_ids {
                self.directory(side, tree_id, prefix, &mut below)?;
            }
        }
        for (byte, sides) in below {
            prefix.push(byte);
            self.directories(sides, prefix)?;
            prefix.pop();
        }
        Ok(())
    }

    /// Reads one directory: its notes are found, its directories wait in `below`.
    fn directory(
        &mut self,
        side: usize,
        tree_id: ObjectId,
        prefix: &[u8],
        below: &mut BTreeMap<u8, [Directories; 2]>,
    ) -> Result<(), GitError> {
        let is_new = self
            .read
            .get_mut(side)
            .is_none_or(|read| read.insert(tree_id));
        self.repeats += usize::from(!is_new);
        if self.repeats > MAX_REPEATS {
            return Err(GitError::EndlessNotes { limit: MAX_REPEATS });
        }
        let tree = self.repo.tree_bytes(tree_id)?;
        for Entry { mode, name, id } in entries_of(&tree, tree_id)? {
            let Some(bytes) = spelt(name) else { continue };
            if mode == BLOB_MODE && prefix.len() + bytes.len() == self.id_length {
                let commit_id = ObjectId::from_bytes(&[prefix, &bytes].concat());
                if let Some(commit_id) = commit_id {
                    let difference = self.found.entry(commit_id).or_default();
                    let entries = if side == 0 {
                        &mut difference.here
                    } else {
                        &mut difference.there
                    };
                    entries.push(id);
                }
            } else if let ([byte], TREE_MODE) = (bytes.as_slice(), mode)
                && prefix.len() + 1 < self.id_length
            {
                let sides = below.entry(*byte).or_default();
                sides.get_mut(side).map(|tree_ids| tree_ids.insert(id));
            }
        }
        Ok(())
    }
}
