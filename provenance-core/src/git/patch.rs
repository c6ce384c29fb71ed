//! The `patch` digest: what a commit changes, wherever it is rebased to.
//!
//! Takes a commit, gives one digest of what it removes and adds relative to its first parent. It
//! is equal after a clean rebase or cherry-pick, and, unlike `git patch-id`, it changes when white
//! space does: re-indenting a line of Python moves it into another block.
//!
//! # The bytes
//!
//! `D(p1, p2, …)` is SHA-256 over its parts, each preceded by its length as eight big-endian bytes.
//!
//! ```text
//! patch = D("git-provenance patch v1", F1…, F2…, …)
//! ```
//!
//! with four parts for each path at which the trees of the first parent (the empty tree for a root
//! commit) and of the commit differ; bytewise order of paths, no renames:
//!
//! 1. the path's bytes;
//! 2. the old mode as six octal digits, `000000` where there was none;
//! 3. the new mode, likewise;
//! 4. the 32 bytes of
//!    - `D("objects", old, new)`, with object ids as raw bytes, empty where there was or is
//!      nothing, if either side is a submodule or binary (NUL in its first 8000 bytes), a side is
//!      over 32 MiB, or both together are over 1,048,576 lines;
//!    - else `D("lines", removed, added, removed, added, …)`, two parts for each hunk: its removed
//!      lines as they stand, and its added ones. The hunks are those of
//!      `git diff -U0 --diff-algorithm=myers --no-indent-heuristic --text`. Equal ids have none.
//!
//! # What is not checked
//!
//! Where in its file a hunk stands: a rebase moves it. Attributes (`-diff`, `text`) and
//! configuration change nothing.

use std::ops::Range;

use super::diff::{self, DiffError, Setting};
use super::tree::{Change, Version};
use super::{GitError, RawCommit, Repo};
use crate::digest::Digest;
use crate::object_id::ObjectId;

/// Separates this digest from every other, and this layout from later ones.
const TAG: &[u8] = b"git-provenance patch v1";
/// The most lines that both sides of a file may have together, to be digested by lines.
const MAX_LINES: usize = 1 << 20;

impl Repo {
    /// Returns the digest of what `commit` changes; `None` for a merge, which has none.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`], and what else reading commits, trees and blobs gives.
    pub fn patch_digest(&self, commit: &RawCommit) -> Result<Option<Digest>, GitError> {
        let old_tree_id = match commit.parent_ids.as_slice() {
            [] => None,
            [parent_id] => Some(self.commit(*parent_id)?.tree_id),
            _ => return Ok(None),
        };
        self.patch_between(old_tree_id, commit.tree_id).map(Some)
    }

    /// Returns the digest of what leads from one tree to another; `None` is the empty one.
    ///
    /// # Errors
    ///
    /// As for [`Repo::patch_digest`].
    pub fn patch_between(
        &self,
        old_tree_id: Option<ObjectId>,
        tree_id: ObjectId,
    ) -> Result<Digest, GitError> {
        let mut parts = vec![TAG.to_vec()];
        for change in self.changed_paths(old_tree_id, Some(tree_id))? {
            let file = self.file_digest(&change)?;
            parts.extend([
                change.path,
                mode(change.old),
                mode(change.new),
                file.as_bytes().to_vec(),
            ]);
        }
        Ok(Digest::of_parts(parts.iter().map(Vec::as_slice)))
    }

    fn file_digest(&self, change: &Change) -> Result<Digest, GitError> {
        if let (Some(old), Some(new)) = (change.old, change.new)
            && old.id == new.id
        {
            return Ok(Digest::of_parts([b"lines".as_slice()]));
        }
        let objects = || {
            let id = |version: &'_ Option<Version>| {
                version.map_or_else(Vec::new, |version| version.id.as_bytes().to_vec())
            };
            let (old, new) = (id(&change.old), id(&change.new));
            Ok(Digest::of_parts([b"objects".as_slice(), &old, &new]))
        };
        let (Some(old), Some(new)) = (self.lines_of(change.old)?, self.lines_of(change.new)?)
        else {
            return objects();
        };
        let lines = diff::count_lines(&old) + diff::count_lines(&new);
        if diff::is_binary(&old) || diff::is_binary(&new) || lines > MAX_LINES {
            return objects();
        }
        let hunks = match diff::hunks(&old, &new, Setting::Plain) {
            Ok(hunks) => hunks,
            Err(DiffError::TooLarge { .. }) => return objects(),
            Err(DiffError::Xdiff(source)) => {
                return Err(GitError::failed("compare lines", source));
            }
        };
        let (mut old, mut new) = (Lines::of(&old), Lines::of(&new));
        let parts = hunks
            .iter()
            .flat_map(|hunk| [old.take(hunk.old_range()), new.take(hunk.new_range())]);
        Ok(Digest::of_parts(
            [b"lines".as_slice()].into_iter().chain(parts),
        ))
    }
}

fn mode(version: Option<Version>) -> Vec<u8> {
    format!("{:06o}", version.map_or(0, |version| version.mode)).into_bytes()
}

/// A content, read line by line from the beginning.
struct Lines<'a> {
    rest: &'a [u8],
    /// How many lines were read.
    read: usize,
}

impl<'a> Lines<'a> {
    const fn of(content: &'a [u8]) -> Self {
        Self {
            rest: content,
            read: 0,
        }
    }

    /// Returns the bytes of lines that stand behind those that were taken before.
    fn take(&mut self, lines: Range<usize>) -> &'a [u8] {
        self.advance(lines.start);
        self.advance(lines.end)
    }

    /// Goes on to a line, and returns the bytes of those before it.
    fn advance(&mut self, line: usize) -> &'a [u8] {
        let count = line.saturating_sub(self.read);
        let end = match count.checked_sub(1) {
            None => 0,
            Some(last) => memchr::memchr_iter(b'\n', self.rest)
                .nth(last)
                .map_or(self.rest.len(), |lf| lf + 1),
        };
        let (passed, rest) = self.rest.split_at(end);
        (self.rest, self.read) = (rest, line.max(self.read));
        passed
    }
}
