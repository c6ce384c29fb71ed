//! `Location`: what a binary read from its environment about where the repository is.
//!
//! Core reads no environment. The binaries fill this from their working directory and from the
//! variables that Git itself honors (git(1), "The Git Repository" and "Git Commits"), and
//! [`Repo::open`](super::Repo::open) takes it from there. Plain data.

use std::ffi::OsString;
use std::path::PathBuf;

/// Where to look for a repository, and what the environment says about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The directory in which the command started; discovery goes upwards from here.
    pub start: PathBuf,
    /// `GIT_DIR`: no discovery, this is it.
    pub git_dir: Option<PathBuf>,
    /// `GIT_COMMON_DIR`: checked against what the Git directory itself says.
    pub common_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`.
    pub work_tree: Option<PathBuf>,
    /// `GIT_INDEX_FILE`: the index of the commit that is being made.
    pub index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY` and the parts of `GIT_ALTERNATE_OBJECT_DIRECTORIES`: further places
    /// to read objects from. In `pre-receive` the quarantine is among them.
    pub object_dirs: Vec<PathBuf>,
    /// The parts of `GIT_CEILING_DIRECTORIES`, where discovery stops.
    pub ceiling_dirs: Vec<PathBuf>,
    /// `GIT_CONFIG_GLOBAL`: read instead of the user's own files.
    pub config_global: Option<PathBuf>,
    /// `GIT_CONFIG_SYSTEM`: read instead of the machine's file.
    pub config_system: Option<PathBuf>,
    /// `GIT_CONFIG_NOSYSTEM`: the machine's file is not read.
    pub config_no_system: bool,
    /// `GIT_CONFIG_PARAMETERS`: what `git -c` hands on.
    pub config_parameters: Option<String>,
    /// The pairs of `GIT_CONFIG_COUNT`, `GIT_CONFIG_KEY_<n>` and `GIT_CONFIG_VALUE_<n>`, in order.
    pub config_pairs: Vec<(String, String)>,
    /// `GIT_AUTHOR_NAME`, `GIT_AUTHOR_EMAIL`, `GIT_AUTHOR_DATE`.
    pub author: IdentityVariables,
    /// `GIT_COMMITTER_NAME`, `GIT_COMMITTER_EMAIL`, `GIT_COMMITTER_DATE`.
    pub committer: IdentityVariables,
    /// `EMAIL`, the last resort before guessing, which we never do.
    pub email: Option<String>,
}

impl Location {
    /// Names a directory and nothing else; discovery starts there.
    #[must_use]
    pub fn at(start: impl Into<PathBuf>) -> Self {
        Self {
            start: start.into(),
            ..Self::default()
        }
    }

    /// Fills a location from the variables that Git honors. `variable` looks one up: a binary
    /// passes `std::env::var_os`, a test a table. An empty variable counts as unset, except in
    /// configuration and identities, where Git means it.
    #[must_use]
    pub fn from_variables(
        start: impl Into<PathBuf>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        let path = |name: &str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let paths = |name: &str| -> Vec<PathBuf> {
            let list = variable(name).unwrap_or_default();
            let parts = std::env::split_paths(&list).filter(|part| !part.as_os_str().is_empty());
            parts.collect()
        };
        let text = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned());
        let identity = |role: &str| IdentityVariables {
            name: text(&format!("GIT_{role}_NAME")),
            email: text(&format!("GIT_{role}_EMAIL")),
            date: text(&format!("GIT_{role}_DATE")),
        };
        let pairs: usize = text("GIT_CONFIG_COUNT")
            .and_then(|count| count.parse().ok())
            .unwrap_or(0);
        let pair = |i: usize| {
            let key = text(&format!("GIT_CONFIG_KEY_{i}"))?;
            Some((key, text(&format!("GIT_CONFIG_VALUE_{i}"))?))
        };
        let truth = |text: String| {
            let text = text.to_ascii_lowercase();
            !matches!(text.as_str(), "" | "0" | "false" | "no" | "off")
        };
        Self {
            start: start.into(),
            git_dir: path("GIT_DIR"),
            common_dir: path("GIT_COMMON_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            index_file: path("GIT_INDEX_FILE"),
            object_dirs: path("GIT_OBJECT_DIRECTORY")
                .into_iter()
                .chain(paths("GIT_ALTERNATE_OBJECT_DIRECTORIES"))
                .collect(),
            ceiling_dirs: paths("GIT_CEILING_DIRECTORIES"),
            config_global: variable("GIT_CONFIG_GLOBAL").map(PathBuf::from),
            config_system: variable("GIT_CONFIG_SYSTEM").map(PathBuf::from),
            config_no_system: text("GIT_CONFIG_NOSYSTEM").is_some_and(truth),
            config_parameters: text("GIT_CONFIG_PARAMETERS"),
            // Git refuses a count without its pairs; a hook takes the pairs that are there.
            config_pairs: (0..pairs).map_while(pair).collect(),
            author: identity("AUTHOR"),
            committer: identity("COMMITTER"),
            email: text("EMAIL"),
        }
    }
}

/// One person as the environment names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdentityVariables {
    /// The name.
    pub name: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The date, in any form that Git accepts.
    pub date: Option<String>,
}
