//! `GitProgram`: asks the `git` program what only it knows.
//!
//! Where hooks lie, what a configuration file becomes after a change, whether a path is ignored:
//! Git's own answer is the right one by definition. Used when something is installed or has gone
//! wrong, never on the way of a commit that goes well.
//!
//! # Invariants
//!
//! - The child sees exactly the environment that was read at the start, so `git -c` and `GIT_DIR`
//!   reach it.
//! - It never asks a question at a prompt.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::environment::Environment;

/// Runs `git` in an environment.
#[derive(Debug, Clone, Copy)]
pub struct GitProgram<'a> {
    environment: &'a Environment,
}

/// Why Git gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitProgramError {
    /// There is no `git` to start.
    #[error("cannot run `git`; is it installed and on PATH?")]
    NotStarted(#[source] std::io::Error),
    /// Git said no.
    #[error("`git {command}` failed: {said}")]
    Failed {
        /// The arguments.
        command: String,
        /// What it printed on standard error, on one line.
        said: String,
    },
}

impl<'a> GitProgram<'a> {
    /// Prepares to run `git` in this environment.
    #[must_use]
    pub const fn new(environment: &'a Environment) -> Self {
        Self { environment }
    }

    /// Runs Git and returns what it printed, without the last line's end.
    ///
    /// # Errors
    ///
    /// [`GitProgramError::NotStarted`], [`GitProgramError::Failed`].
    pub fn ask<S: AsRef<OsStr>>(self, args: &[S]) -> Result<Vec<u8>, GitProgramError> {
        let output = self.output(args)?;
        if !output.status.success() {
            return Err(GitProgramError::Failed {
                command: shown(args),
                said: one_line(&output.stderr),
            });
        }
        let mut answer = output.stdout;
        if answer.last() == Some(&b'\n') {
            answer.pop();
        }
        Ok(answer)
    }

    /// Runs Git and returns what it printed, as text; `None` when Git said no.
    ///
    /// # Errors
    ///
    /// [`GitProgramError::NotStarted`].
    pub fn ask_maybe<S: AsRef<OsStr>>(self, args: &[S]) -> Result<Option<String>, GitProgramError> {
        match self.ask(args) {
            Ok(answer) => Ok(Some(String::from_utf8_lossy(&answer).into_owned())),
            Err(GitProgramError::Failed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Runs Git and returns the path that it printed.
    ///
    /// # Errors
    ///
    /// [`GitProgramError::NotStarted`], [`GitProgramError::Failed`].
    pub fn ask_path<S: AsRef<OsStr>>(self, args: &[S]) -> Result<PathBuf, GitProgramError> {
        self.ask(args).map(path_from_bytes)
    }

    fn output<S: AsRef<OsStr>>(self, args: &[S]) -> Result<Output, GitProgramError> {
        Command::new("git")
            .args(args)
            .env_clear()
            .envs(self.environment.variables())
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C")
            .current_dir(self.environment.current_dir())
            .stdin(Stdio::null())
            .output()
            .map_err(GitProgramError::NotStarted)
    }
}

fn shown<S: AsRef<OsStr>>(args: &[S]) -> String {
    let args: Vec<_> = args
        .iter()
        .map(|arg| arg.as_ref().to_string_lossy())
        .collect();
    args.join(" ")
}

fn one_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let said = said.trim().strip_prefix("fatal: ").unwrap_or(said.trim());
    said.split('\n')
        .map(str::trim)
        .collect::<Vec<_>>()
        .join("; ")
}

/// Turns bytes that Git printed into a path.
#[cfg(unix)]
fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    PathBuf::from(OsString::from_vec(bytes))
}

/// Turns bytes that Git printed into a path.
#[cfg(not(unix))]
fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from(String::from_utf8_lossy(&bytes).into_owned()))
}
