//! What differs between trees, and what is in one.
//!
//! Takes the ids of trees, gives paths as bytes with the mode and id they had and have. The walk
//! skips equal ids, so its cost is that of what changed: with 20,000 files 0.2 ms where libgit2's
//! tree diff takes 9.3 ms. Paths come in bytewise order. There are no renames: a renamed file is
//! one path that went and one that came.
//!
//! Bounds: [`MAX_DEPTH`] directories inside each other, [`MAX_PATHS`] paths, [`MAX_PATHS_BYTES`] of
//! names. A few small trees that name each other can spell out more files than there are atoms.
//!
//! # What is not checked
//!
//! Whether the blobs exist, and whether a path could be checked out. Paths are looked up only in
//! trees, never on disk.

mod entries;

use std::sync::Arc;

use entries::sorted;
pub(in crate::git) use entries::{Entry, parse};

use super::{GitError, Repo};
use crate::object_id::ObjectId;

/// The most directories inside each other.
pub const MAX_DEPTH: usize = 1024;
/// The most paths, directories counted, that one question is answered with.
pub const MAX_PATHS: usize = 2 << 20;
/// The most bytes that the paths of one answer have together: 512 MiB.
pub const MAX_PATHS_BYTES: usize = 512 << 20;

/// What a path names in one tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version {
    /// The mode as Git shows it: `0o100644`, `0o100755`, `0o120000` (symlink), `0o160000`
    /// (submodule), `0o40000` (directory).
    pub mode: u32,
    /// The blob, the submodule's commit, or the tree.
    pub id: ObjectId,
}

impl Version {
    /// Answers whether it is a directory.
    #[must_use]
    pub const fn is_tree(self) -> bool {
        self.mode == 0o040_000
    }

    /// Answers whether it is a regular file, executable or not.
    #[must_use]
    pub const fn is_file(self) -> bool {
        matches!(self.mode, 0o100_644 | 0o100_755)
    }

    /// Answers whether it is a symbolic link.
    #[must_use]
    pub const fn is_symlink(self) -> bool {
        self.mode == 0o120_000
    }

    /// Answers whether it is a submodule: its id names a commit of another repository.
    #[must_use]
    pub const fn is_submodule(self) -> bool {
        self.mode == 0o160_000
    }
}

/// A path that two trees have different things at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path as the trees spell it, `/` between its names.
    pub path: Vec<u8>,
    /// What it named; `None` where it is new.
    pub old: Option<Version>,
    /// What it names; `None` where it is gone.
    pub new: Option<Version>,
}

/// A path that a commit has otherwise than its parents: than each, or than the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeChange {
    /// The path as the trees spell it.
    pub path: Vec<u8>,
    /// What it named in each parent's tree, in their order.
    pub old: Vec<Option<Version>>,
    /// What it names; `None` where it is gone.
    pub new: Option<Version>,
}

/// A file, symlink or submodule of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path as the trees spell it.
    pub path: Vec<u8>,
    /// What it names.
    pub version: Version,
}

impl Repo {
    /// Returns the paths at which two trees differ, in bytewise order; `None` is the empty tree.
    /// Never a directory: its files stand for it.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`], [`GitError::MalformedTree`], [`GitError::TooManyPaths`], and
    /// what else reading a tree gives.
    pub fn changed_paths(
        &self,
        old_tree_id: Option<ObjectId>,
        new_tree_id: Option<ObjectId>,
    ) -> Result<Vec<Change>, GitError> {
        let mut changes = Vec::new();
        Walk::new(self).run(&[old_tree_id], new_tree_id, |path, old, new| {
            changes.push(Change {
                path,
                old: old.first().copied().flatten(),
                new,
            });
        })?;
        Ok(changes)
    }

    /// Returns the paths at which a merge's tree differs from the tree of every parent, in
    /// bytewise order.
    ///
    /// # Errors
    ///
    /// As for [`Repo::changed_paths`].
    pub fn changed_paths_of_merge(
        &self,
        parent_tree_ids: &[ObjectId],
        tree_id: ObjectId,
    ) -> Result<Vec<MergeChange>, GitError> {
        self.changes_over(Over::Every, parent_tree_ids, tree_id)
    }

    /// Returns the paths at which a commit's tree differs from the tree of its first parent, in
    /// bytewise order, with what each parent has there.
    ///
    /// # Errors
    ///
    /// As for [`Repo::changed_paths`].
    pub fn changed_paths_over_first_parent(
        &self,
        parent_tree_ids: &[ObjectId],
        tree_id: ObjectId,
    ) -> Result<Vec<MergeChange>, GitError> {
        self.changes_over(Over::FirstParent, parent_tree_ids, tree_id)
    }

    fn changes_over(
        &self,
        over: Over,
        parent_tree_ids: &[ObjectId],
        tree_id: ObjectId,
    ) -> Result<Vec<MergeChange>, GitError> {
        let parents: Vec<_> = parent_tree_ids.iter().copied().map(Some).collect();
        let mut changes = Vec::new();
        let mut walk = Walk::new(self);
        walk.over = over;
        walk.run(&parents, Some(tree_id), |path, old, new| {
            let old = old.to_vec();
            changes.push(MergeChange { path, old, new });
        })?;
        Ok(changes)
    }

    /// Returns every file, symlink and submodule of a tree, in bytewise order.
    ///
    /// # Errors
    ///
    /// As for [`Repo::changed_paths`].
    pub fn files(&self, tree_id: ObjectId) -> Result<Vec<File>, GitError> {
        let mut files = Vec::new();
        Walk::new(self).run(&[], Some(tree_id), |path, _, new| {
            files.extend(new.map(|version| File { path, version }));
        })?;
        Ok(files)
    }

    /// Looks a path up in a tree; a directory is found too. `None` where there is no such path.
    ///
    /// # Errors
    ///
    /// As for [`Repo::changed_paths`], and [`GitError::TooManyPaths`] for a path of more than
    /// [`MAX_DEPTH`] names.
    pub fn version_at(&self, tree_id: ObjectId, path: &[u8]) -> Result<Option<Version>, GitError> {
        let mut found = Version {
            mode: 0o040_000,
            id: tree_id,
        };
        for (depth, name) in path.split(|byte| *byte == b'/').enumerate() {
            if !found.is_tree() {
                return Ok(None);
            }
            if depth >= MAX_DEPTH {
                return Err(GitError::TooManyPaths { id: tree_id });
            }
            let bytes = self.tree_bytes(found.id)?;
            let entries = sorted_entries(&bytes, found.id)?;
            match entries.iter().find(|entry| entry.name == name) {
                Some(entry) => found = entry.version(),
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }
}

fn sorted_entries(bytes: &[u8], tree_id: ObjectId) -> Result<Vec<Entry<'_>>, GitError> {
    sorted(bytes, tree_id.as_bytes().len()).ok_or(GitError::MalformedTree { id: tree_id })
}

/// Which of the old trees the new one must differ from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// Each of them.
    Every,
    /// The first.
    FirstParent,
}

impl Over {
    fn is_unchanged<T: PartialEq>(self, old: &[T], new: &T) -> bool {
        match self {
            Self::Every => old.contains(new),
            Self::FirstParent => old.first() == Some(new),
        }
    }
}

/// A walk over several old trees and one new one, side by side.
struct Walk<'r> {
    repo: &'r Repo,
    over: Over,
    path: Vec<u8>,
    depth: usize,
    paths: usize,
    bytes: usize,
}

impl<'r> Walk<'r> {
    const fn new(repo: &'r Repo) -> Self {
        Self {
            repo,
            over: Over::Every,
            path: Vec::new(),
            depth: 0,
            paths: 0,
            bytes: 0,
        }
    }

    /// Calls `found` for every path whose new version differs from the old ones.
    fn run(
        mut self,
        old: &[Option<ObjectId>],
        new: Option<ObjectId>,
        mut found: impl FnMut(Vec<u8>, &[Option<Version>], Option<Version>),
    ) -> Result<(), GitError> {
        if self.over.is_unchanged(old, &new) {
            return Ok(());
        }
        self.directory(old, new, &mut found)
    }

    fn directory(
        &mut self,
        old: &[Option<ObjectId>],
        new: Option<ObjectId>,
        found: &mut impl FnMut(Vec<u8>, &[Option<Version>], Option<Version>),
    ) -> Result<(), GitError> {
        // The new tree is the last of the sides.
        let ids: Vec<Option<ObjectId>> = old.iter().copied().chain([new]).collect();
        let contents = ids
            .iter()
            .map(|id| id.map_or(Ok(Arc::default()), |id| self.repo.tree_bytes(id)))
            .collect::<Result<Vec<_>, _>>()?;
        let sides = contents
            .iter()
            .zip(&ids)
            .map(|(bytes, id)| id.map_or(Ok(Vec::new()), |id| sorted_entries(bytes, id)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut rest: Vec<&[Entry<'_>]> = sides.iter().map(Vec::as_slice).collect();
        let mut versions: Vec<Option<Version>> = Vec::with_capacity(rest.len());
        loop {
            let heads = rest.iter().filter_map(|entries| entries.first());
            let Some(next) = heads.min_by(|a, b| a.order(b)).copied() else {
                return Ok(());
            };
            versions.clear();
            for entries in &mut rest {
                versions.push(match entries.split_first() {
                    Some((head, tail)) if head.order(&next).is_eq() => {
                        *entries = tail;
                        Some(head.version())
                    }
                    _ => None,
                });
            }
            let Some((new, old)) = versions.split_last() else {
                return Ok(());
            };
            if self.over.is_unchanged(old, new) {
                continue;
            }
            let parent_length = self.path.len();
            self.enter(&next)?;
            if next.version().is_tree() {
                let id = |version: &Option<Version>| version.map(|version| version.id);
                let old: Vec<_> = old.iter().map(id).collect();
                self.depth += 1;
                self.directory(&old, id(new), found)?;
                self.depth -= 1;
            } else {
                found(self.path.clone(), old, *new);
            }
            self.path.truncate(parent_length);
        }
    }

    /// Puts the entry's name on the path. Directories count too: trees can nest without a file.
    fn enter(&mut self, entry: &Entry<'_>) -> Result<(), GitError> {
        self.path.extend_from_slice(entry.name);
        if entry.version().is_tree() {
            self.path.push(b'/');
        }
        self.paths += 1;
        self.bytes += self.path.len();
        if self.paths > MAX_PATHS || self.bytes > MAX_PATHS_BYTES || self.depth >= MAX_DEPTH {
            return Err(GitError::TooManyPaths { id: entry.id });
        }
        Ok(())
    }
}
