//! The faults: what breaks without a word, and what `doctor` has to say about it.

mod capture;
mod hooks;
mod keys;
mod records;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use harness::Sandbox;

/// One fault: its name, how it is planted, which check finds it, and what the answer says.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) plant: fn(&Sandbox),
    pub(crate) check: &'static str,
    pub(crate) says: &'static str,
    /// Whether the next commit is recorded in spite of it.
    pub(crate) is_recorded: bool,
}

pub(super) fn hook(sandbox: &Sandbox, name: &str) -> PathBuf {
    sandbox.git_dir().join("hooks").join(name)
}

pub(super) fn relink(path: PathBuf, target: impl Into<PathBuf>) {
    fs::remove_file(&path).unwrap();
    symlink(target.into(), path).unwrap();
}

/// Every fault.
pub(crate) fn faults() -> impl Iterator<Item = &'static Fault> {
    let groups = [
        hooks::FAULTS,
        keys::FAULTS,
        records::FAULTS,
        capture::FAULTS,
    ];
    groups.into_iter().flatten()
}
