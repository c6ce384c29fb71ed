//! `scratch`: repositories for the tests of this crate.

use std::path::Path;
use std::process::Command;

use provenance_core::capture;
use provenance_core::git::{Location, Repo};

/// Makes an empty repository.
pub(crate) fn repository() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "--quiet"]);
    dir
}

/// Makes an empty repository in which agents are watched.
pub(crate) fn watched_repository() -> tempfile::TempDir {
    let dir = repository();
    let repo = Repo::open(&Location::at(dir.path())).unwrap();
    capture::watch(&repo).unwrap();
    dir
}

/// Runs Git, which must succeed.
pub(crate) fn git(dir: &Path, args: &[&str]) {
    let status = Command::new("git").args(args).current_dir(dir).status();
    assert!(status.unwrap().success(), "git {args:?}");
}
