//! Revisions and ranges in Git's own syntax, answered by Git itself.
//!
//! Takes what a user typed and gives commit ids. The syntax (`@{upstream}..HEAD`, `:/fix`,
//! `main@{yesterday}`, `a...b`) is Git's and grows with it, so `git` is asked. What the user typed
//! always stands behind `--end-of-options`: it is never an option. Grafts and `refs/replace` are
//! switched off, and nothing is fetched.
//!
//! # What is not checked
//!
//! Whether the history is whole; [`Repo::history_gaps`] tells.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{GitError, ObjectId, Repo};
use crate::text;

impl Repo {
    /// Returns the commit that `revision` names.
    ///
    /// # Errors
    ///
    /// [`GitError::UnknownRevision`]; [`GitError::NoGit`] when `git` cannot be started.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, GitError> {
        if let Ok(id) = revision.parse()
            && let Ok((super::ObjectKind::Commit, _)) = self.object_header(id)
        {
            return Ok(id);
        }
        let unknown = || GitError::UnknownRevision {
            revision: text::escaped(revision).into_owned(),
        };
        if revision.contains('\0') {
            return Err(unknown());
        }
        let peeled = OsString::from(format!("{revision}^{{commit}}"));
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options"].map(OsStr::new);
        let output = self.git(args.into_iter().chain([peeled.as_os_str()]))?;
        if !output.status.success() {
            return Err(unknown());
        }
        let id = String::from_utf8_lossy(&output.stdout);
        id.trim_end().parse().map_err(|_| unknown())
    }

    /// Returns the commits that a revision or range starts from, and those at which it ends, as
    /// `git rev-parse` takes it: `b` and `a` for `a..b`.
    ///
    /// # Errors
    ///
    /// [`GitError::UnknownRevision`]; [`GitError::NoGit`].
    pub fn range_ends(&self, revision: &str) -> Result<(Vec<ObjectId>, Vec<ObjectId>), GitError> {
        let unknown = || GitError::UnknownRevision {
            revision: text::escaped(revision).into_owned(),
        };
        if revision.starts_with('-') || revision.contains('\0') {
            return Err(unknown());
        }
        let output = self.git(["rev-parse", "--revs-only", revision])?;
        if !output.status.success() || output.stdout.is_empty() {
            return Err(unknown());
        }
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for named in String::from_utf8_lossy(&output.stdout).lines() {
            match named.strip_prefix('^') {
                Some(excluded) => ends.push(self.resolve(excluded)?),
                None => starts.push(self.resolve(named)?),
            }
        }
        Ok((starts, ends))
    }

    /// Returns the commits that the arguments select, newest first, as `git rev-list` lists
    /// them. The arguments are revisions and ranges (`a..b`, `^a`, `a...b`), never options.
    ///
    /// # Errors
    ///
    /// [`GitError::Range`] with Git's own words; [`GitError::NoGit`].
    pub fn range<S: AsRef<OsStr>>(&self, revisions: &[S]) -> Result<Vec<ObjectId>, GitError> {
        self.range_of_paths(revisions, &[] as &[&OsStr], None)
    }

    /// Returns the commits of a range that touch the pathspecs, newest first; with no pathspec,
    /// all of them. Attributes in pathspecs are those of the tree of `attributes_of`, if given.
    ///
    /// # Errors
    ///
    /// As for [`Repo::range`].
    pub fn range_of_paths<S: AsRef<OsStr>, P: AsRef<OsStr>>(
        &self,
        revisions: &[S],
        pathspecs: &[P],
        attributes_of: Option<ObjectId>,
    ) -> Result<Vec<ObjectId>, GitError> {
        let failed = |message: &str| {
            let typed: Vec<_> = revisions
                .iter()
                .map(|r| r.as_ref().to_string_lossy())
                .collect();
            let message = message.lines().next().unwrap_or_default();
            let message = message.strip_prefix("fatal: ").unwrap_or(message);
            GitError::Range {
                range: text::escaped(&typed.join(" ")).into_owned(),
                message: text::escaped(message).into_owned(),
            }
        };
        if revisions.is_empty() {
            return Err(failed("no revision is given"));
        }
        if revisions.iter().any(|revision| revision.as_ref() == "--") {
            return Err(failed("`--` is no revision"));
        }
        let mut args = vec![OsStr::new("rev-list"), OsStr::new("--end-of-options")];
        args.extend(revisions.iter().map(AsRef::as_ref));
        args.push(OsStr::new("--"));
        args.extend(pathspecs.iter().map(AsRef::as_ref));
        if args.iter().any(|arg| arg.as_encoded_bytes().contains(&0)) {
            return Err(failed("an argument holds NUL"));
        }
        let mut git = self.git_command(args);
        if let Some(commit_id) = attributes_of {
            git.env("GIT_ATTR_SOURCE", commit_id.to_string());
        }
        let output = git.output().map_err(|source| GitError::NoGit { source })?;
        let (stdout, stderr) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        if !output.status.success() {
            return Err(failed(&stderr));
        }
        let ids = stdout.lines().map(str::parse);
        ids.collect::<Result<_, _>>()
            .map_err(|_| failed("git rev-list printed something that is no object id"))
    }

    /// Returns the newest commits that HEAD, a branch, or a remote's branch has, at most so many.
    ///
    /// # Errors
    ///
    /// [`GitError::Range`] with Git's own words; [`GitError::NoGit`].
    pub fn newest(&self, most: usize) -> Result<Vec<ObjectId>, GitError> {
        let most = format!("--max-count={most}");
        let args = ["rev-list", &most, "--branches", "--remotes", "HEAD"];
        let output = self.git(args)?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let found: Option<Vec<_>> = printed.lines().map(|line| line.parse().ok()).collect();
        found
            .filter(|_| output.status.success())
            .ok_or_else(|| GitError::Range {
                range: "HEAD".to_owned(),
                message: text::escaped(String::from_utf8_lossy(&output.stderr).trim()).into_owned(),
            })
    }

    /// Answers whether `ancestor` is `descendant` or an ancestor of it.
    ///
    /// # Errors
    ///
    /// [`GitError::Range`] when one of them is not a commit that is here; [`GitError::NoGit`].
    pub fn is_ancestor(&self, ancestor: ObjectId, descendant: ObjectId) -> Result<bool, GitError> {
        let (ancestor, descendant) = (ancestor.to_string(), descendant.to_string());
        let args = ["merge-base", "--is-ancestor", &ancestor, &descendant];
        let output = self.git(args.map(OsStr::new))?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(GitError::Range {
                range: format!("{ancestor} {descendant}"),
                message: text::escaped(String::from_utf8_lossy(&output.stderr).trim()).into_owned(),
            }),
        }
    }

    /// Returns those of the commits that no other of them descends from, each once.
    ///
    /// # Errors
    ///
    /// [`GitError::Range`] when one of them is not a commit that is here; [`GitError::NoGit`].
    pub fn independent(&self, commit_ids: &[ObjectId]) -> Result<Vec<ObjectId>, GitError> {
        if let [] | [_] = commit_ids {
            return Ok(commit_ids.to_vec());
        }
        let names: Vec<String> = commit_ids.iter().map(ToString::to_string).collect();
        let args = ["merge-base", "--independent"];
        let output = self.git(args.into_iter().chain(names.iter().map(String::as_str)))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let found: Option<Vec<_>> = printed.lines().map(|line| line.parse().ok()).collect();
        match found.filter(|found| output.status.success() && !found.is_empty()) {
            Some(found) => Ok(found),
            None => Err(GitError::Range {
                range: names.join(" "),
                message: text::escaped(String::from_utf8_lossy(&output.stderr).trim()).into_owned(),
            }),
        }
    }

    /// Runs `git` in this repository and waits for it. It sees the history as it is: no grafts,
    /// no replaced objects, nothing fetched; and the same configuration as this process.
    ///
    /// # Errors
    ///
    /// [`GitError::NoGit`] when it cannot be started. Its exit status is the caller's to judge.
    pub(in crate::git) fn git<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> Result<Output, GitError> {
        self.git_command(args)
            .output()
            .map_err(|source| GitError::NoGit { source })
    }

    /// Prepares `git` to run in this repository, as [`Self::git`] does.
    pub(in crate::git) fn git_command<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut git = Command::new("git");
        // The empty grafts file below would bring a hint before Git's own words.
        git.args(["-c", "advice.graftFileDeprecated=false"])
            .args(args)
            .current_dir(&self.location().start)
            .env("GIT_DIR", self.git_dir())
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_GRAFT_FILE", "/dev/null")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .env_remove("GIT_COMMON_DIR")
            .env_remove("GIT_PREFIX")
            .stdin(Stdio::null());
        let location = self.location();
        let no_system = location.config_no_system.then_some(OsStr::new("1"));
        for (name, value) in [
            ("GIT_WORK_TREE", self.work_tree().map(Path::as_os_str)),
            (
                "GIT_INDEX_FILE",
                location.index_file.as_deref().map(Path::as_os_str),
            ),
            (
                "GIT_CONFIG_GLOBAL",
                location.config_global.as_deref().map(Path::as_os_str),
            ),
            (
                "GIT_CONFIG_SYSTEM",
                location.config_system.as_deref().map(Path::as_os_str),
            ),
            ("GIT_CONFIG_NOSYSTEM", no_system),
            (
                "GIT_CONFIG_PARAMETERS",
                location.config_parameters.as_deref().map(OsStr::new),
            ),
        ] {
            match value {
                Some(value) => git.env(name, value),
                None => git.env_remove(name),
            };
        }
        let pairs = &location.config_pairs;
        git.env("GIT_CONFIG_COUNT", pairs.len().to_string());
        for (i, (key, value)) in pairs.iter().enumerate() {
            git.env(format!("GIT_CONFIG_KEY_{i}"), key);
            git.env(format!("GIT_CONFIG_VALUE_{i}"), value);
        }
        git
    }
}
