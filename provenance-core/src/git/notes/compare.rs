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
use std::sync::Arc;

use super::{BLOB_MODE, MAX_REPEATS, NotesTree, TREE_MODE, entries_of, spelt};
use crate::git::tree::Entry;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// The entries of one commit, in two notes trees that do not agree about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteDifference {
    /// The blobs on this side, as far as they do not stand at the same place on both.
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
        let mut trees = [Vec::new(), Vec::new()];
        for (side, (tree_ids, trees)) in differing.iter().zip(&mut trees).enumerate() {
            for tree_id in tree_ids {
                trees.push((*tree_id, self.read(side, *tree_id)?));
            }
        }
        let mut below: BTreeMap<u8, [Directories; 2]> = BTreeMap::new();
        let [here, there] = &trees;
        if let ([(our_id, ours)], [(their_id, theirs)]) = (here.as_slice(), there.as_slice()) {
            let sides = [entries_of(ours, *our_id)?, entries_of(theirs, *their_id)?];
            for (side, entry) in unequal(&sides) {
                self.entry(side, entry, prefix, &mut below);
            }
        } else {
            for (side, trees) in trees.iter().enumerate() {
                for (tree_id, tree) in trees {
                    for entry in &entries_of(tree, *tree_id)? {
                        self.entry(side, entry, prefix, &mut below);
                    }
                }
            }
        }
        for (byte, sides) in below {
            prefix.push(byte);
            self.directories(sides, prefix)?;
            prefix.pop();
        }
        Ok(())
    }

    /// Reads one directory.
    fn read(&mut self, side: usize, tree_id: ObjectId) -> Result<Arc<[u8]>, GitError> {
        let is_new = self
            .read
            .get_mut(side)
            .is_none_or(|read| read.insert(tree_id));
        self.repeats += usize::from(!is_new);
        if self.repeats > MAX_REPEATS {
            return Err(GitError::EndlessNotes { limit: MAX_REPEATS });
        }
        self.repo.tree_bytes(tree_id)
    }

    /// Takes one entry of a directory: a note is found, a directory waits in `below`.
    fn entry(
        &mut self,
        side: usize,
        entry: &Entry<'_>,
        prefix: &[u8],
        below: &mut BTreeMap<u8, [Directories; 2]>,
    ) {
        let Entry { mode, name, id } = *entry;
        let Some(bytes) = spelt(name) else { return };
        if mode == BLOB_MODE && prefix.len() + bytes.len() == self.id_length {
            if let Some(commit_id) = ObjectId::from_bytes(&[prefix, &bytes].concat()) {
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
}

/// The entries of two directories without those that stand in both, with the side that has them.
/// Both are mostly in one order, and mostly equal: what is not found to be equal is compared by
/// whoever reads on.
fn unequal<'e, 't>(sides: &'e [Vec<Entry<'t>>; 2]) -> Vec<(usize, &'e Entry<'t>)> {
    let [ours, theirs] = sides;
    let (mut ours, mut theirs) = (ours.iter().peekable(), theirs.iter().peekable());
    let mut left = Vec::new();
    while let (Some(our), Some(their)) = (ours.peek(), theirs.peek()) {
        let order = our.name.cmp(their.name);
        if our != their {
            left.extend(order.is_le().then_some((0, *our)));
            left.extend(order.is_ge().then_some((1, *their)));
        }
        if order.is_le() {
            ours.next();
        }
        if order.is_ge() {
            theirs.next();
        }
    }
    left.extend(ours.map(|our| (0, our)));
    left.extend(theirs.map(|their| (1, their)));
    left
}
