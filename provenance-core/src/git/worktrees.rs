//! The worktrees of a repository: where each has its own Git directory.
//!
//! Takes the directory that all worktrees share (gitrepository-layout(5), `worktrees/<id>/`) and
//! gives a [`Location`] for each, with what the environment said of configuration and identities.
//!
//! # What is not checked
//!
//! Whether a worktree's folder is still there: its Git directory is what counts.

use std::fs;
use std::path::PathBuf;

use super::{Location, Repo};

impl Repo {
    /// Returns where the other worktrees of this repository are, sorted by their Git directories.
    /// A repository with a worktree of its own is one of them.
    #[must_use]
    pub fn other_worktrees(&self) -> Vec<Location> {
        let common = real(self.common_dir().to_owned());
        let linked = fs::read_dir(common.join("worktrees"));
        let linked = linked.into_iter().flatten().flatten();
        let mut git_dirs: Vec<PathBuf> = linked.map(|entry| entry.path()).collect();
        git_dirs.push(common);
        let own = real(self.git_dir().to_owned());
        git_dirs.retain(|dir| dir.join("HEAD").is_file() && real(dir.clone()) != own);
        git_dirs.sort();
        git_dirs.into_iter().map(|dir| self.beside(dir)).collect()
    }

    /// The location of another worktree, by its Git directory.
    fn beside(&self, git_dir: PathBuf) -> Location {
        let is_dot_git = git_dir.file_name().is_some_and(|name| name == ".git");
        let start = match git_dir.parent() {
            Some(root) if is_dot_git => root.to_owned(),
            _ => git_dir.clone(),
        };
        Location {
            start,
            git_dir: Some(git_dir),
            common_dir: None,
            work_tree: None,
            index_file: None,
            ..self.location().clone()
        }
    }
}

/// The path without links, where it can be told.
fn real(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}
