//! `Environment`: what the process was given, read once.
//!
//! Core reads no environment, and neither does anything else in this crate: the binaries call
//! [`Environment::of_process`] and hand the result down. Tests build one from a list.
//!
//! # What is not checked
//!
//! What the variables say. `GIT_DIR` may name nothing; [`Repo::open`](provenance_core::git::Repo)
//! finds out.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use provenance_core::git::Location;

/// The working directory and the variables of the process.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    current_dir: PathBuf,
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// Reads the environment of this process.
    ///
    /// A working directory that has been removed reads as `.`, which opening a repository then
    /// reports.
    #[must_use]
    pub fn of_process() -> Self {
        let current_dir = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Self::new(current_dir, std::env::vars_os())
    }

    /// Makes an environment of a working directory and a list of variables.
    #[must_use]
    pub fn new<N, V>(
        current_dir: impl Into<PathBuf>,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        Self {
            current_dir: current_dir.into(),
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }

    /// Returns the same environment with another working directory (`-C`).
    #[must_use]
    pub fn within(mut self, directory: &Path) -> Self {
        self.current_dir = self.current_dir.join(directory);
        self
    }

    /// Returns the same environment with one variable set.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Returns the working directory.
    #[must_use]
    pub fn current_dir(&self) -> &Path {
        &self.current_dir
    }

    /// Returns all variables, by name.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// Returns a variable; an empty one counts as set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(OsStr::new(name))
            .map(OsString::as_os_str)
    }

    /// Returns a variable that is set and not empty, as a path.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    }

    /// Returns a variable as text; bytes that are no UTF-8 become `U+FFFD`.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name)
            .map(|value| value.to_string_lossy().into_owned())
    }

    /// Answers whether `PROVENANCE=0` switches the hooks off.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.get("PROVENANCE") == Some(OsStr::new("0"))
    }

    /// Returns the home directory, `HOME`.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        self.path("HOME").or_else(|| self.path("USERPROFILE"))
    }

    /// Returns the directory for what can be made again: `XDG_CACHE_HOME`, else `~/.cache`.
    #[must_use]
    pub fn cache_home(&self) -> Option<PathBuf> {
        self.path("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| Some(self.home()?.join(".cache")))
    }

    /// Returns the person's configuration directory: `XDG_CONFIG_HOME`, else `~/.config`.
    #[must_use]
    pub fn config_home(&self) -> Option<PathBuf> {
        self.path("XDG_CONFIG_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| Some(self.home()?.join(".config")))
    }

    /// Returns where the repository is, in the words of git(1).
    #[must_use]
    pub fn location(&self) -> Location {
        Location::from_variables(&self.current_dir, |name| {
            self.get(name).map(OsStr::to_owned)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_of_git_become_a_location() {
        let location = Environment::new(
            "/repo",
            [
                ("GIT_DIR", "/repo/.git"),
                ("GIT_INDEX_FILE", ".git/index.lock"),
                ("GIT_WORK_TREE", ""),
                ("GIT_CONFIG_PARAMETERS", "'user.name'='z'"),
                ("GIT_CONFIG_COUNT", "2"),
                ("GIT_CONFIG_KEY_0", "user.name"),
                ("GIT_CONFIG_VALUE_0", "z"),
                ("GIT_AUTHOR_DATE", "1 +0000"),
                ("GIT_CEILING_DIRECTORIES", "/a:/b"),
            ],
        )
        .location();
        assert_eq!(location.start, Path::new("/repo"));
        assert_eq!(location.git_dir.as_deref(), Some(Path::new("/repo/.git")));
        assert_eq!(location.work_tree, None);
        assert_eq!(
            location.config_pairs,
            [("user.name".to_owned(), "z".to_owned())]
        );
        assert_eq!(location.author.date.as_deref(), Some("1 +0000"));
        assert_eq!(location.ceiling_dirs, [Path::new("/a"), Path::new("/b")]);
    }

    #[test]
    fn only_zero_switches_the_hooks_off() {
        for (value, off) in [("0", true), ("1", false), ("", false), ("no", false)] {
            assert_eq!(
                Environment::new("/", [("PROVENANCE", value)]).is_off(),
                off,
                "{value:?}"
            );
        }
        assert!(!Environment::default().is_off());
    }

    #[test]
    fn a_count_that_nobody_could_mean_costs_nothing() {
        let huge = Environment::new("/", [("GIT_CONFIG_COUNT", "18446744073709551615")]);
        assert!(huge.location().config_pairs.is_empty());
    }
}
