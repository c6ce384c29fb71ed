//! `Site`: where Git itself looks for hooks here, and who owns that place.
//!
//! # What is not checked
//!
//! Who may write there. That shows when something is written.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::git::Repo;

use super::InstallError;
use crate::environment::Environment;
use crate::git_program::GitProgram;

/// Where a repository keeps what `init` touches.
#[derive(Debug, Clone)]
pub struct Site {
    pub(super) environment: Environment,
    pub(super) common_dir: PathBuf,
    pub(super) work_tree: PathBuf,
    pub(super) hooks_dir: PathBuf,
    pub(super) owner: Owner,
}

/// Who owns the directory in which Git looks for hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Git: it lies in the Git directory, and every file in it is this clone's own.
    Git,
    /// husky: the files lie in `.husky/_` and run those of `.husky`, which the team shares.
    Husky {
        /// `.husky`.
        scripts: PathBuf,
    },
    /// The project: it lies in the worktree, and the team shares it.
    Project,
    /// The person or the machine: other repositories use it too.
    Shared,
    /// Nobody: Git finds no directory there, and runs no hooks.
    Nowhere,
}

impl Site {
    /// Asks Git where it looks.
    ///
    /// # Errors
    ///
    /// [`InstallError::Bare`] without a worktree, [`InstallError::Git`] when Git does not answer.
    pub fn find(repo: &Repo, environment: &Environment) -> Result<Self, InstallError> {
        let absolute = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let common_dir = absolute(repo.common_dir());
        let Some(work_tree) = repo.work_tree().map(absolute) else {
            return Err(InstallError::Bare { path: common_dir });
        };
        // From the root of the worktree, where hooks run: a relative core.hooksPath starts there.
        let mut at_root = environment.clone().within(&work_tree);
        if environment.path("GIT_DIR").is_some() {
            at_root = at_root
                .with("GIT_DIR", absolute(repo.git_dir()))
                .with("GIT_WORK_TREE", &work_tree);
        }
        let git = GitProgram::new(&at_root);
        let hooks_dir =
            git.ask_path(&["rev-parse", "--path-format=absolute", "--git-path", "hooks"])?;
        let hooks_dir = absolute(&hooks_dir);
        let owner = owner(&hooks_dir, &common_dir, &work_tree);
        Ok(Self {
            environment: at_root,
            common_dir,
            work_tree,
            hooks_dir,
            owner,
        })
    }

    /// Returns the Git directory that all worktrees share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// Returns the root of the worktree.
    #[must_use]
    pub fn work_tree(&self) -> &Path {
        &self.work_tree
    }

    /// Returns the directory in which Git looks for hooks.
    #[must_use]
    pub fn hooks_dir(&self) -> &Path {
        &self.hooks_dir
    }

    /// Returns who owns that directory.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Returns the directory of our own state.
    #[must_use]
    pub fn state_dir(&self) -> PathBuf {
        self.common_dir.join("provenance")
    }

    /// Answers whether a file of the worktree is really outside it, through a link that whoever
    /// wrote the project may have planted.
    pub(super) fn leads_out(&self, path: &Path) -> bool {
        fs::canonicalize(path).is_ok_and(|real| !real.starts_with(&self.work_tree))
    }

    pub(super) fn git(&self) -> GitProgram<'_> {
        GitProgram::new(&self.environment)
    }
}

fn owner(hooks_dir: &Path, common_dir: &Path, work_tree: &Path) -> Owner {
    if hooks_dir.exists() && !hooks_dir.is_dir() {
        return Owner::Nowhere;
    }
    if hooks_dir.starts_with(common_dir) {
        return Owner::Git;
    }
    let husky = hooks_dir
        .parent()
        .filter(|parent| parent.file_name() == Some(OsStr::new(".husky")));
    if let (Some("_"), Some(scripts)) = (hooks_dir.file_name().and_then(OsStr::to_str), husky) {
        return Owner::Husky {
            scripts: scripts.to_owned(),
        };
    }
    // A worktree may hold the common directory, never the other way round.
    if hooks_dir.starts_with(work_tree) && work_tree != Path::new("/") {
        Owner::Project
    } else {
        Owner::Shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_follows_from_where_git_looks() {
        for (hooks_dir, expected) in [
            ("/r/.git/hooks", Owner::Git),
            ("/r/.git/more/hooks", Owner::Git),
            (
                "/r/.husky/_",
                Owner::Husky {
                    scripts: PathBuf::from("/r/.husky"),
                },
            ),
            ("/r/.husky", Owner::Project),
            ("/r/.githooks", Owner::Project),
            ("/r2/.githooks", Owner::Shared),
            ("/home/a/hooks", Owner::Shared),
            ("/dev/null", Owner::Nowhere),
        ] {
            let found = owner(Path::new(hooks_dir), Path::new("/r/.git"), Path::new("/r"));
            assert_eq!(found, expected, "{hooks_dir}");
        }
    }
}
