//! The tree of the index that a commit is made from.
//!
//! Takes the index that `GIT_INDEX_FILE` names (`index.lock` for `commit -a`, `next-index-N.lock`
//! for `commit -- path`), else the worktree's own; gives the id that the commit's tree will have.
//! In `commit-msg` Git has mostly written that id into the index already. Where it has not,
//! libgit2 computes it from a small and plain index, and `git write-tree` from any other: libgit2
//! cannot read a sparse (`sdir`) or a split (`link`) one, and is slow on a large one.
//!
//! # What is not checked
//!
//! Whether a commit will be made of this index. Whoever binds a record to the tree compares it with
//! the commit's, once that exists.

mod layout;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{GitError, ObjectKind, Repo, from_oid};
use crate::object_id::ObjectId;
use crate::text;

/// libgit2 reads an index of at most this many entries; a child process costs no more from here on.
const MAX_ENTRIES_FOR_LIBGIT2: u32 = 2000;

impl Repo {
    /// Returns the path of the index that Git uses here.
    #[must_use]
    pub fn index_path(&self) -> PathBuf {
        let location = self.location();
        location.index_file.as_ref().map_or_else(
            || self.git_dir().join("index"),
            |file| location.start.join(file),
        )
    }

    /// Returns the id of the tree that a commit of the index would have. The tree is written where
    /// it is not there yet.
    ///
    /// # Errors
    ///
    /// [`GitError::Index`] when the index cannot be read or holds conflicts; [`GitError::NoGit`].
    pub fn index_tree(&self) -> Result<ObjectId, GitError> {
        let path = self.index_path();
        let file = match fs::read(&path) {
            Ok(file) => file,
            // A repository in which nothing was ever added has none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return self.write_object(ObjectKind::Tree, b"");
            }
            Err(source) => {
                let message = source.to_string();
                return Err(GitError::Index { path, message });
            }
        };
        let id_length = self.object_format().id_length();
        match layout::read(&file, id_length) {
            Some(layout::Layout {
                tree_id: Some(tree_id),
                ..
            }) => Ok(tree_id),
            Some(layout) if layout.is_plain && layout.entries <= MAX_ENTRIES_FOR_LIBGIT2 => self
                .tree_of_plain_index(&path)
                .or_else(|_| self.tree_of_any_index(path)),
            _ => self.tree_of_any_index(path),
        }
    }

    fn tree_of_plain_index(&self, path: &Path) -> Result<ObjectId, git2::Error> {
        let mut index = git2::Index::open(path)?;
        crate::fail_point!("index: write the tree");
        index.write_tree_to(self.inner()).map(from_oid)
    }

    fn tree_of_any_index(&self, path: PathBuf) -> Result<ObjectId, GitError> {
        crate::fail_point!("index: have the tree written");
        let output = self.git(["write-tree"])?;
        let printed = String::from_utf8_lossy(&output.stdout);
        printed.trim_end().parse().map_err(|_| {
            let message = String::from_utf8_lossy(&output.stderr);
            let message = message.lines().next().unwrap_or("git write-tree failed");
            let message = text::escaped(message).into_owned();
            GitError::Index { path, message }
        })
    }
}

#[cfg(test)]
mod tests;
