//! `HookName`: the hooks that are ours, spelled as githooks(5) spells them.
//!
//! The installer and the dispatcher share this one list: what is installed is what is answered.
//!
//! # What is not checked
//!
//! Whether Git would run a hook of that name here. Only `git rev-parse --git-path hooks` knows.

use std::ffi::OsStr;
use std::fmt;

/// A hook that we install and answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HookName {
    /// Runs before the commit exists; may change its message, and may refuse it.
    CommitMsg,
    /// Runs when the commit exists; Git ignores its exit code.
    PostCommit,
    /// Runs after a merge, which runs no post-commit; Git ignores its exit code.
    PostMerge,
    /// Runs for each patch that `git am` and `git rebase --apply` made a commit of, which run no
    /// post-commit; Git ignores its exit code.
    PostApplypatch,
    /// Runs after an amend or a rebase, and reads which commits took the place of which; Git
    /// ignores its exit code.
    PostRewrite,
    /// Runs before a push, and is told on standard input what is pushed; may refuse it.
    PrePush,
}

impl HookName {
    /// Every hook of ours, in the order in which Git runs them.
    pub const ALL: &[Self] = &[
        Self::CommitMsg,
        Self::PostCommit,
        Self::PostMerge,
        Self::PostApplypatch,
        Self::PostRewrite,
        Self::PrePush,
    ];

    /// Returns the name as Git spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CommitMsg => "commit-msg",
            Self::PostCommit => "post-commit",
            Self::PostMerge => "post-merge",
            Self::PostApplypatch => "post-applypatch",
            Self::PostRewrite => "post-rewrite",
            Self::PrePush => "pre-push",
        }
    }

    /// Returns the hook with exactly this name.
    #[must_use]
    pub fn from_name(name: &OsStr) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|hook| OsStr::new(hook.as_str()) == name)
    }

    /// Returns the hook that a file of this name runs as.
    ///
    /// What follows the first dot does not count: other tools move a hook that they find to
    /// `commit-msg.legacy` (pre-commit) or `commit-msg.old` (lefthook) and may still run it.
    #[must_use]
    pub fn from_file_name(file_name: &OsStr) -> Option<Self> {
        let name = file_name.to_str()?;
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        Self::from_name(OsStr::new(stem))
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hook_answers_to_its_own_name_and_to_no_other() {
        for hook in HookName::ALL.iter().copied() {
            assert_eq!(HookName::from_name(OsStr::new(hook.as_str())), Some(hook));
        }
        for other in [
            "",
            "pre-receive",
            "Commit-Msg",
            "commit-msg.sample",
            "commit-msg ",
        ] {
            assert_eq!(HookName::from_name(OsStr::new(other)), None, "{other:?}");
        }
    }

    #[test]
    fn a_hook_that_another_tool_set_aside_still_knows_what_it_is() {
        for (file_name, hook) in [
            ("commit-msg", Some(HookName::CommitMsg)),
            ("commit-msg.legacy", Some(HookName::CommitMsg)),
            ("post-commit.old", Some(HookName::PostCommit)),
            ("post-commit.exe", Some(HookName::PostCommit)),
            ("provenance-hook", None),
            (".commit-msg", None),
        ] {
            assert_eq!(
                HookName::from_file_name(OsStr::new(file_name)),
                hook,
                "{file_name}"
            );
        }
    }
}
