//! Pathspecs, in all of Git's forms, answered by Git itself.
//!
//! Takes what a user typed behind `--` and gives the paths of a commit's tree that it means.
//! Pathspecs count from the directory where the command started, as in Git. Attributes of the magic
//! `:(attr:…)` are those of the commit's tree, from Git 2.41 on; older ones read them from the index.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};

use super::objects::ObjectKind;
use super::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::text;

impl Repo {
    /// Returns the paths of a commit's tree that the pathspecs mean.
    ///
    /// # Errors
    ///
    /// [`GitError::Pathspec`] with Git's own words; [`GitError::NoGit`].
    pub fn paths_at<P: AsRef<OsStr>>(
        &self,
        commit_id: ObjectId,
        pathspecs: &[P],
    ) -> Result<HashSet<Vec<u8>>, GitError> {
        let empty_tree = self.object_id(ObjectKind::Tree, b"")?.to_string();
        let commit = commit_id.to_string();
        let args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames"];
        let args = args.into_iter().chain([&*empty_tree, &*commit, "--"]);
        let mut args: Vec<OsString> = args.map(OsString::from).collect();
        args.extend(pathspecs.iter().map(|pathspec| pathspec.as_ref().into()));
        self.listed(&args, commit_id)
    }

    /// Returns every path below the pathspecs that a commit of the range, or of the history of its
    /// end, ever had otherwise than a parent.
    ///
    /// # Errors
    ///
    /// As for [`Repo::paths_at`].
    pub fn paths_ever<S: AsRef<OsStr>, P: AsRef<OsStr>>(
        &self,
        revisions: &[S],
        end: ObjectId,
        pathspecs: &[P],
    ) -> Result<HashSet<Vec<u8>>, GitError> {
        let mut args: Vec<OsString> = [
            "-c",
            "log.follow=false",
            "-c",
            "log.showSignature=false",
            "log",
            "--diff-merges=separate",
            "--full-history",
            "--root",
            "--format=",
            "-z",
            "--name-only",
            "--no-renames",
        ]
        .map(OsString::from)
        .into();
        args.push("--end-of-options".into());
        args.extend(revisions.iter().map(|revision| revision.as_ref().into()));
        args.push("--".into());
        args.extend(pathspecs.iter().map(|pathspec| pathspec.as_ref().into()));
        self.listed(&args, end)
    }

    fn listed(
        &self,
        args: &[OsString],
        attributes_of: ObjectId,
    ) -> Result<HashSet<Vec<u8>>, GitError> {
        let mut git = self.git_command(args);
        git.env("GIT_ATTR_SOURCE", attributes_of.to_string());
        let output = git.output().map_err(|source| GitError::NoGit { source })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().next().unwrap_or_default();
            let said = said.strip_prefix("fatal: ").unwrap_or(said);
            return Err(GitError::Pathspec {
                message: text::escaped(said).into_owned(),
            });
        }
        let paths = output.stdout.split(|byte| *byte == 0);
        let paths = paths.filter(|path| !path.is_empty());
        Ok(paths.map(<[u8]>::to_vec).collect())
    }
}
