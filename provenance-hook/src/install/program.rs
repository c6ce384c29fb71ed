//! Which executable the hooks lead to.
//!
//! The `provenance-hook` beside the `git-provenance` that runs, if both report the same version;
//! else `git-provenance` itself, which does the same a millisecond slower. Never one that is
//! merely found on `PATH`: it might be anybody's, and of any version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::VERSION;
use crate::environment::Environment;
use crate::saved_hook::is_executable;

/// The executable that hooks lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
}

impl Program {
    /// Chooses the executable, given the one that runs.
    #[must_use]
    pub fn choose(running: &Path, environment: &Environment) -> Self {
        let running = lasting_name(running, environment);
        let hook =
            running.with_file_name(format!("provenance-hook{}", std::env::consts::EXE_SUFFIX));
        if version_of(&hook).as_deref() == Some(VERSION) {
            Self { path: hook }
        } else {
            Self { path: running }
        }
    }

    /// Returns where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Returns the version that a `provenance-hook` reports; `None` when it is none or does not run.
#[must_use]
pub fn version_of(program: &Path) -> Option<String> {
    if !is_executable(program) {
        return None;
    }
    // `hook --version` is understood by git-provenance, `--version` by both.
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (name, version) = text.trim().split_once(' ')?;
    matches!(name, "provenance-hook" | "git-provenance").then(|| version.to_owned())
}

/// Returns the name under which a package manager keeps the program through upgrades.
///
/// The system tells the file behind all links (`…/Cellar/git-provenance/0.1.0/bin/…`), which the
/// next upgrade removes. A directory of `PATH` in which the same file has its usual name lasts.
fn lasting_name(running: &Path, environment: &Environment) -> PathBuf {
    let real = fs::canonicalize(running).unwrap_or_else(|_| running.to_owned());
    let Some(name) = running.file_name() else {
        return real;
    };
    let path = environment.get("PATH").unwrap_or_default();
    std::env::split_paths(path)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(name))
        .find(|candidate| fs::canonicalize(candidate).is_ok_and(|file| file == real))
        .unwrap_or(real)
}
