//! Which lines a commit adds: over its parent, and for a merge those that no parent has.
//!
//! Takes a commit, or a tree and the trees of its parents; gives for each path the ranges of lines
//! that the [pinned diff](super::diff) calls added. They are the lines that `git blame` gives to
//! the commit, and the only ones that a record can claim. A root commit adds everything.
//!
//! # What is not checked
//!
//! Renames: a renamed file is a new path, all of whose lines are added.

use std::sync::Arc;

use super::diff::{self, DiffError, Setting};
use super::tree::Version;
use super::{GitError, RawCommit, Repo};
use crate::object_id::ObjectId;

/// How the pointer files of Git LFS begin (their specification, version 1).
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";
/// Pointer files are shorter than this.
const MAX_LFS_POINTER_BYTES: usize = 1024;

/// What a commit adds to one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The path as the tree spells it.
    pub path: Vec<u8>,
    /// What the path names in the commit.
    pub version: Version,
    /// The lines.
    pub lines: AddedLines,
}

/// Which lines of one file are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddedLines {
    /// First and last line of each run, 1-based and inclusive, in order, not touching. Empty where
    /// a commit only removes lines, or changes the mode.
    Ranges(Vec<(u32, u32)>),
    /// The file has no lines to speak of: a binary, a submodule, a pointer of Git LFS, or more
    /// than [`diff::hunks`] compares.
    Whole,
}

/// Answers whether `content` is a pointer file of Git LFS, whose real content is elsewhere.
#[must_use]
pub fn is_lfs_pointer(content: &[u8]) -> bool {
    content.len() < MAX_LFS_POINTER_BYTES && content.starts_with(LFS_POINTER)
}

impl Repo {
    /// Returns what a commit adds, path by path in bytewise order. Paths that are gone are left
    /// out.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`], and what else reading commits, trees and blobs gives.
    pub fn commit_added_lines(&self, commit: &RawCommit) -> Result<Vec<Added>, GitError> {
        let trees = commit
            .parent_ids
            .iter()
            .map(|id| Ok(self.commit(*id)?.tree_id));
        let trees = trees.collect::<Result<Vec<_>, GitError>>()?;
        self.added_lines(&trees, commit.tree_id)
    }

    /// Returns what a commit with this tree and with parents of these trees would add. No parent:
    /// everything.
    ///
    /// # Errors
    ///
    /// As for [`Repo::commit_added_lines`].
    pub fn added_lines(
        &self,
        parent_tree_ids: &[ObjectId],
        tree_id: ObjectId,
    ) -> Result<Vec<Added>, GitError> {
        let mut added = Vec::new();
        let mut add = |path, old: &[Option<Version>], new: Option<Version>| {
            if let Some(version) = new {
                let lines = self.added_to_file(old, version)?;
                added.push(Added {
                    path,
                    version,
                    lines,
                });
            }
            Ok::<(), GitError>(())
        };
        if let [] | [_] = parent_tree_ids {
            for change in self.changed_paths(parent_tree_ids.first().copied(), Some(tree_id))? {
                add(change.path, &[change.old], change.new)?;
            }
        } else {
            for change in self.changed_paths_of_merge(parent_tree_ids, tree_id)? {
                add(change.path, &change.old, change.new)?;
            }
        }
        Ok(added)
    }

    /// The lines of `new` that none of the old versions has.
    ///
    /// # Errors
    ///
    /// As for [`Repo::commit_added_lines`].
    pub fn added_to_file(
        &self,
        old: &[Option<Version>],
        new: Version,
    ) -> Result<AddedLines, GitError> {
        let Some(new_content) = self.lines_of(Some(new))? else {
            return Ok(AddedLines::Whole);
        };
        if diff::is_binary(&new_content) || is_lfs_pointer(&new_content) {
            return Ok(AddedLines::Whole);
        }
        let mut common: Option<Vec<(u32, u32)>> = None;
        for version in old {
            if version.is_some_and(|version| version.id == new.id) {
                return Ok(AddedLines::Ranges(Vec::new()));
            }
            let old_content = self.lines_of(*version)?;
            // What was no file of lines has no lines that could still be there.
            let compared = old_content.as_deref().unwrap_or_default();
            let hunks = match diff::hunks(compared, &new_content, Setting::Blame) {
                Ok(hunks) => hunks,
                Err(DiffError::TooLarge { .. }) => return Ok(AddedLines::Whole),
                Err(DiffError::Xdiff(source)) => {
                    return Err(GitError::failed("compare lines", source));
                }
            };
            if let (Some(old), Some(_)) = (version, &old_content) {
                self.remember_compared(old.id, new.id, &hunks);
            }
            let ranges: Vec<_> = hunks.iter().filter_map(diff::Hunk::added).collect();
            common = Some(match common {
                Some(common) => intersection(&common, &ranges),
                None => ranges,
            });
        }
        Ok(AddedLines::Ranges(common.unwrap_or_default()))
    }

    /// The content that has lines: `None` for a submodule, and for what is too large to compare.
    pub(super) fn lines_of(&self, version: Option<Version>) -> Result<Option<Arc<[u8]>>, GitError> {
        let Some(version) = version else {
            return Ok(Some(Arc::default()));
        };
        if version.is_submodule() {
            return Ok(None);
        }
        match self.blob(version.id, diff::MAX_BYTES) {
            Ok(content) => Ok(Some(content)),
            Err(GitError::TooLarge { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The lines in both lists of ranges; each sorted, inclusive, not overlapping.
fn intersection(a: &[(u32, u32)], b: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut both = Vec::new();
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(&&(a_start, a_end)), Some(&&(b_start, b_end))) = (a.peek(), b.peek()) {
        let (start, end) = (a_start.max(b_start), a_end.min(b_end));
        if start <= end {
            both.push((start, end));
        }
        if a_end < b_end {
            a.next()
        } else {
            b.next()
        };
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_in_both_lists_are_common() {
        for (a, b, both) in [
            (vec![], vec![(1, 2)], vec![]),
            (
                vec![(1, 9)],
                vec![(2, 3), (5, 5), (9, 12)],
                vec![(2, 3), (5, 5), (9, 9)],
            ),
            (vec![(1, 2), (4, 6)], vec![(3, 3), (6, 8)], vec![(6, 6)]),
        ] {
            assert_eq!(intersection(&a, &b), both);
            assert_eq!(intersection(&b, &a), both);
        }
    }

    #[test]
    fn pointers_of_git_lfs_are_known_by_their_first_line() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        assert!(is_lfs_pointer(pointer));
        assert!(!is_lfs_pointer(
            b"version https://git-lfs.github.com/spec/v1"
        ));
        assert!(!is_lfs_pointer(&[LFS_POINTER, &[b'x'; 1024]].concat()));
    }
}
