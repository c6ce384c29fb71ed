//! `Site`: one worktree of one repository, and where its files lie.
//!
//! Takes a repository or a directory, gives its journal, its states, and paths both ways: from the
//! disk into the repository, without links, and back.
//!
//! # What is not checked
//!
//! Case. Where a file system takes two spellings for one file, the one on disk is used only as far
//! as the operating system tells it.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::ops::Deref;
use std::path::{Component, Path, PathBuf};

use super::gap::{self, Gap};
use super::journal::Journal;
use super::states::States;
use super::{CaptureError, local};
use crate::git::{Config, IdentityRole, Location, Repo};
use crate::repo_path::RepoPath;

/// One worktree of one repository.
#[derive(Debug)]
pub(super) struct Site<'r> {
    pub(super) repo: Held<'r>,
    /// The worktree's root, without links.
    pub(super) root: PathBuf,
    pub(super) journal: Journal,
    pub(super) states: States,
}

/// A repository of one's own, or a caller's.
#[derive(Debug)]
pub(super) enum Held<'r> {
    Own(Box<Repo>),
    Lent(&'r Repo),
}

impl Deref for Held<'_> {
    type Target = Repo;

    fn deref(&self) -> &Repo {
        match self {
            Self::Own(repo) => repo,
            Self::Lent(repo) => repo,
        }
    }
}

/// Begins to take down what agents do in a repository, as `init` does. Before that, events about
/// its files are passed over: nobody who did not ask is watched. Who wrote what is not committed
/// by then is not known.
///
/// # Errors
///
/// [`CaptureError::Write`] when the Git directory cannot be written, [`CaptureError::Git`] when Git
/// cannot say what is not committed.
pub fn watch(repo: &Repo) -> Result<(), CaptureError> {
    if is_watched(repo) {
        return Ok(());
    }
    if repo.work_tree().is_some() {
        Gap::open_in(repo, &Journal::of(repo))?;
    }
    let path = mark(repo.common_dir());
    local::write(&path, b"").map_err(|source| CaptureError::Write { path, source })
}

/// Ends what [`watch`] began. What was captured stays.
///
/// # Errors
///
/// [`CaptureError::Write`] when the Git directory cannot be written.
pub fn unwatch(common_dir: &Path) -> Result<(), CaptureError> {
    let path = mark(common_dir);
    crate::fail_point!("unwatch: remove the mark");
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            return Err(CaptureError::Write { path, source });
        }
        _ => {}
    }
    // Where no agent ever reported, nothing was captured.
    for worktree in local::entries(&journals(common_dir)) {
        if local::entries(&worktree).len() == 1 {
            crate::fail_point!("unwatch: remove a gap");
            drop(fs::remove_file(worktree.join(gap::NAME)));
        }
        crate::fail_point!("unwatch: remove a journal's folder");
        drop(fs::remove_dir(worktree));
    }
    crate::fail_point!("unwatch: remove the journals' folder");
    drop(fs::remove_dir(journals(common_dir)));
    Ok(())
}

/// Answers whether what agents do in a repository is taken down.
#[must_use]
pub fn is_watched(repo: &Repo) -> bool {
    mark(repo.common_dir()).is_file()
}

/// The file that says so. Whoever takes our state away takes it away too.
fn mark(common_dir: &Path) -> PathBuf {
    common_dir.join("provenance").join("watching")
}

/// Where the journals of all worktrees are.
pub(super) fn journals(common_dir: &Path) -> PathBuf {
    common_dir.join("provenance").join("journal")
}

impl<'r> Site<'r> {
    /// Opens the worktree in which a directory lies; `None` where none is to be watched: outside
    /// of repositories, and where [`watch`] has not begun.
    pub(super) fn open(location: &Location) -> Option<Self> {
        let repo = Repo::open(location).ok()?;
        if !is_watched(&repo) {
            return None;
        }
        Self::holding(Held::Own(Box::new(repo)))
    }

    /// Watches the worktree of a repository; `None` for a bare one.
    pub(super) fn of(repo: &'r Repo) -> Option<Self> {
        Self::holding(Held::Lent(repo))
    }

    fn holding(repo: Held<'r>) -> Option<Self> {
        let root = fs::canonicalize(repo.work_tree()?).ok()?;
        Some(Self {
            journal: Journal::of(&repo),
            states: States::at(repo.common_dir()),
            root,
            repo,
        })
    }

    /// Returns the address of the person at the keyboard, as Git knows it.
    pub(super) fn git_identity(&self) -> Option<String> {
        let config = self.repo.config().ok()?;
        let role = IdentityRole::Committer;
        Some(config.identity(role, self.repo.location()).ok()?.email)
    }

    /// Answers whether the text of prompts is to be kept; not where the setting makes no sense.
    pub(super) fn keeps_prompts(&self) -> bool {
        let settings = self.repo.config().and_then(Config::settings);
        settings.is_ok_and(|settings| settings.keep_prompts)
    }

    /// Answers whether a record may say why; not where the setting makes no sense.
    pub(super) fn records_rationale(&self) -> bool {
        let settings = self.repo.config().and_then(Config::settings);
        settings.is_ok_and(|settings| settings.record_rationale)
    }

    /// Returns where a path of the repository lies on disk.
    pub(super) fn on_disk(&self, path: &RepoPath) -> PathBuf {
        self.root.join(local_path(path))
    }
}

#[cfg(unix)]
pub(super) fn local_path(path: &RepoPath) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    OsString::from_vec(path.as_bytes().to_vec()).into()
}

#[cfg(not(unix))]
pub(super) fn local_path(path: &RepoPath) -> PathBuf {
    OsString::from(String::from_utf8_lossy(path.as_bytes()).into_owned()).into()
}

/// Returns a path without links, as far as it exists. A link at its end is followed: an edit goes
/// through it, into the file that it names.
pub(super) fn absolute(cwd: Option<&Path>, path: &Path) -> PathBuf {
    resolved(&cwd.unwrap_or(Path::new("/")).join(path))
}

pub(super) fn resolved(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    // What is not there (yet, or any more) hangs below what is.
    let mut missing = Vec::new();
    let mut there = path;
    let mut skipped = 0_usize;
    while let (Some(parent), Some(last)) = (there.parent(), there.components().next_back()) {
        match last {
            Component::ParentDir => skipped += 1,
            Component::CurDir => {}
            // `missing/..` is nothing.
            _ if skipped > 0 => skipped -= 1,
            _ => missing.push(last.as_os_str().to_owned()),
        }
        there = parent;
        if skipped == 0
            && let Ok(real) = fs::canonicalize(there)
        {
            return missing
                .iter()
                .rev()
                .fold(real, |path, name| path.join(name));
        }
    }
    path.to_owned()
}

#[cfg(unix)]
pub(super) fn repo_path(path: &Path) -> Option<RepoPath> {
    use std::os::unix::ffi::OsStrExt as _;
    RepoPath::new(path.as_os_str().as_bytes()).ok()
}

#[cfg(not(unix))]
pub(super) fn repo_path(path: &Path) -> Option<RepoPath> {
    RepoPath::new(path.to_str()?.replace('\\', "/")).ok()
}
