//! What Git would make of a merge, and the branches that a commit may have been merged from.
//!
//! Takes commits and gives a tree, or tips. `git` is asked for both: its `ort` strategy is the one
//! that forges merge with, and only the very tree that it makes shows that nobody wrote a line
//! meanwhile.
//!
//! # What is not checked
//!
//! Whether a merge was ever made. A merge driver that the user configured is run, as Git runs it.

use super::{GitError, ObjectId, Repo};
use crate::text;

/// Where branches, and the heads of pull and merge requests, are kept by those who fetch them.
const PLACES: [&str; 4] = [
    "refs/heads",
    "refs/remotes",
    "refs/pull",
    "refs/merge-requests",
];

impl Repo {
    /// Returns the tree of a merge of `theirs` into `ours`, as Git makes it by itself; `None` where
    /// there is a conflict. No reference and no file changes.
    ///
    /// # Errors
    ///
    /// [`GitError::Merge`] with Git's own words, such as those of a Git before 2.38;
    /// [`GitError::NoGit`].
    pub fn merged_tree(
        &self,
        ours: ObjectId,
        theirs: ObjectId,
    ) -> Result<Option<ObjectId>, GitError> {
        let (ours, theirs) = (ours.to_string(), theirs.to_string());
        let args = [
            "merge-tree",
            "--write-tree",
            "--no-messages",
            "--allow-unrelated-histories",
            &ours,
            &theirs,
        ];
        let output = self.git(args)?;
        let failed = |message: &str| GitError::Merge {
            ours: ours.clone(),
            theirs: theirs.clone(),
            message: text::escaped(message.trim()).into_owned(),
        };
        let printed = String::from_utf8_lossy(&output.stdout);
        match output.status.code() {
            Some(0) => match printed.trim().parse() {
                Ok(tree_id) => Ok(Some(tree_id)),
                Err(_) => Err(failed("git merge-tree printed no tree")),
            },
            Some(1) => Ok(None),
            _ => {
                let said = String::from_utf8_lossy(&output.stderr);
                Err(failed(said.lines().next().unwrap_or_default()))
            }
        }
    }

    /// Returns the tips of branches and of pull and merge requests that are here, that do not
    /// contain `commit_id`, and that are not in `before` either; each once. Where `containing` names
    /// commits, only those that contain one of them.
    ///
    /// # Errors
    ///
    /// [`GitError::Range`] when one of these is not a commit that is here; [`GitError::NoGit`].
    pub fn tips_beside(
        &self,
        commit_id: ObjectId,
        before: Option<ObjectId>,
        containing: &[ObjectId],
    ) -> Result<Vec<ObjectId>, GitError> {
        let mut args = vec![
            "for-each-ref".to_owned(),
            "--format=%(objectname)".to_owned(),
            format!("--no-contains={commit_id}"),
        ];
        args.extend(before.map(|before| format!("--no-merged={before}")));
        args.extend(containing.iter().map(|id| format!("--contains={id}")));
        args.extend(PLACES.map(str::to_owned));
        let output = self.git(args)?;
        if !output.status.success() {
            return Err(GitError::Range {
                range: commit_id.to_string(),
                message: text::escaped(String::from_utf8_lossy(&output.stderr).trim()).into_owned(),
            });
        }
        let printed = String::from_utf8_lossy(&output.stdout);
        let mut tips: Vec<ObjectId> = printed.lines().filter_map(|id| id.parse().ok()).collect();
        tips.sort_unstable();
        tips.dedup();
        Ok(tips)
    }
}
