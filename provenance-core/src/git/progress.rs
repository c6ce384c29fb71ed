//! What Git is in the middle of: a merge, a rebase, a pick, an amend.
//!
//! Takes the state files of the Git directory (gitrepository-layout(5)) and the last line of
//! HEAD's reflog, and gives what the operation was that has just moved HEAD.
//!
//! # What is not checked
//!
//! Whether another program wrote these files. They decide only how much a record may claim, and
//! where they are not clear it claims less.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::{GitError, ObjectId, RawCommit, Repo};

/// The most bytes of the end of HEAD's reflog, or of `MERGE_HEAD`, that a hook reads.
const MAX_STATE_BYTES: u64 = 16 * 1024;
/// The most bytes of the end of a reflog that are read where there is time.
const MAX_REFLOG_BYTES: u64 = 4 << 20;

/// A move of HEAD or of another reference, as its reflog has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Where it was.
    pub old: ObjectId,
    /// Where it went.
    pub new: ObjectId,
    /// What stands before the first colon: `commit`, `commit (amend)`, `cherry-pick`, …
    pub action: String,
    /// What stands after it.
    pub detail: String,
}

/// What a move of a reference says of the commit that it led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Making {
    /// A command of Git that runs hooks made it.
    Made,
    /// It was there: a fetch, a reset, a checkout.
    Reached,
    /// Something else set the reference to it: `git update-ref`, `git filter-branch`, another
    /// program.
    Set,
}

impl Repo {
    /// Returns the commits that are being merged into HEAD.
    ///
    /// # Errors
    ///
    /// [`GitError::State`] when `MERGE_HEAD` does not hold object ids.
    pub fn merge_heads(&self) -> Result<Vec<ObjectId>, GitError> {
        let path = self.git_dir().join("MERGE_HEAD");
        let Ok(file) = File::open(&path) else {
            return Ok(Vec::new());
        };
        let mut text = String::new();
        let read = file.take(MAX_STATE_BYTES).read_to_string(&mut text);
        let ids = read
            .ok()
            .and_then(|_| text.lines().map(|line| line.parse().ok()).collect());
        ids.ok_or(GitError::State { path })
    }

    /// Answers whether HEAD was moved by `git commit` or `git merge`, and not by something that
    /// repeats other commits: a rebase, a cherry-pick, a revert, `git am`.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        const STATES: [&str; 5] = [
            "rebase-merge",
            "rebase-apply",
            "CHERRY_PICK_HEAD",
            "REVERT_HEAD",
            "sequencer",
        ];
        match self.last_move() {
            Some(moved) => moved.action.starts_with("commit") || moved.is_merge(),
            None => !STATES.iter().any(|name| self.git_dir().join(name).exists()),
        }
    }

    /// Returns the commit that `commit` replaced, where the last move of HEAD was an amend.
    #[must_use]
    pub fn amended_by(&self, commit: &RawCommit) -> Option<ObjectId> {
        self.last_move()
            .filter(|moved| moved.new == commit.id && moved.action == "commit (amend)")
            .map(|moved| moved.old)
    }

    /// Returns the last move of HEAD; `None` where no reflog is kept.
    #[must_use]
    pub fn last_move(&self) -> Option<Move> {
        self.last_moves(1).pop()
    }

    /// Returns the last moves of HEAD, at most so many, newest first, as far as one read of its
    /// reflog goes.
    #[must_use]
    pub fn last_moves(&self, most: usize) -> Vec<Move> {
        moves(&self.git_dir().join("logs/HEAD"), MAX_STATE_BYTES, most)
    }

    /// Returns the moves of HEAD of this worktree, newest first, as far as its reflog is kept and
    /// can be read at once.
    #[must_use]
    pub fn all_moves(&self) -> Vec<Move> {
        let reflog = self.git_dir().join("logs/HEAD");
        moves(&reflog, MAX_REFLOG_BYTES, usize::MAX)
    }

    /// Returns the moves of all local branches, as far as their reflogs are kept.
    ///
    /// # Errors
    ///
    /// [`GitError::Failed`] when the branches cannot be listed.
    pub fn branch_moves(&self) -> Result<Vec<Move>, GitError> {
        let branches = self.refs("refs/heads/")?.into_iter();
        Ok(branches
            .flat_map(|(name, _)| self.moves_of(&name))
            .collect())
    }

    /// Returns the moves of a reference that all worktrees share, newest first, as far as its
    /// reflog is kept and can be read at once.
    #[must_use]
    pub fn moves_of(&self, name: &str) -> Vec<Move> {
        let reflog = self.common_dir().join("logs").join(name);
        moves(&reflog, MAX_REFLOG_BYTES, usize::MAX)
    }
}

/// The moves at the end of a reflog, at most so many, newest first.
fn moves(reflog: &Path, most_bytes: u64, most: usize) -> Vec<Move> {
    let bytes = end_of(reflog, most_bytes).unwrap_or_default();
    let lines = bytes.split(|byte| *byte == b'\n').rev();
    let lines = lines.filter(|line| !line.is_empty());
    lines.take(most).map_while(Move::parse).collect()
}

fn end_of(reflog: &Path, most: u64) -> Option<Vec<u8>> {
    let mut file = File::open(reflog).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most)))
        .ok()?;
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(most)).ok()? + 1);
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

impl Move {
    /// Answers whether somebody made a commit with it: `git commit`, or a merge.
    #[must_use]
    pub fn is_commit(&self) -> bool {
        self.action.starts_with("commit") || self.is_merge()
    }

    /// Tells what it says of the commit that it led to.
    #[must_use]
    pub fn making(&self) -> Making {
        const BY_GIT: [&str; 3] = ["cherry-pick", "revert", "am"];
        const STEPS: [&str; 7] = [
            "pick", "reword", "edit", "squash", "fixup", "continue", "merge",
        ];
        const ONLY_MOVES: [&str; 12] = [
            "checkout",
            "reset",
            "fetch",
            "clone",
            "branch",
            "Branch",
            "push",
            "update by push",
            "pull",
            "merge",
            "rebase",
            "initial pull",
        ];
        let action = self.action.as_str();
        let is = |name: &str| {
            let rest = action.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let step = action
            .rsplit_once('(')
            .and_then(|(_, rest)| rest.strip_suffix(')'));
        let is_step = step.is_some_and(|step| STEPS.contains(&step));
        if self.is_commit() || BY_GIT.into_iter().any(is) || is_step && (is("rebase") || is("pull"))
        {
            Making::Made
        } else if ONLY_MOVES.into_iter().any(is) {
            Making::Reached
        } else {
            Making::Set
        }
    }

    /// Answers whether it made a merge, which `git merge` and `git pull` do.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        let merges = |name: &str| {
            let rest = self.action.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        (merges("merge") || merges("pull")) && self.detail.starts_with("Merge made by")
    }

    /// Reads a line of a reflog, without its LF.
    fn parse(line: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(line);
        // `git update-ref` without a reason writes none.
        let (who, what) = line.split_once('\t').unwrap_or((&line, ""));
        let mut ids = who.split(' ');
        let (action, detail) = what.split_once(':').unwrap_or((what, ""));
        Some(Self {
            old: ids.next()?.parse().ok()?,
            new: ids.next()?.parse().ok()?,
            action: action.to_owned(),
            detail: detail.trim().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_tells_what_made_a_commit() {
        for (said, making) in [
            ("commit: a", Making::Made),
            ("commit (initial): a", Making::Made),
            ("commit (merge): a", Making::Made),
            (
                "merge side: Merge made by the 'ort' strategy.",
                Making::Made,
            ),
            ("merge side: Fast-forward", Making::Reached),
            ("pull: Merge made by the 'ort' strategy.", Making::Made),
            ("pull: Fast-forward", Making::Reached),
            ("pull --rebase (pick): a", Making::Made),
            ("cherry-pick: a", Making::Made),
            ("revert: a", Making::Made),
            ("am: a", Making::Made),
            ("rebase (reword): a", Making::Made),
            ("rebase (start): checkout main", Making::Reached),
            (
                "rebase (finish): returning to refs/heads/main",
                Making::Reached,
            ),
            ("reset: moving to HEAD~1", Making::Reached),
            ("checkout: moving from a to b", Making::Reached),
            ("clone: from x", Making::Reached),
            ("filter-branch: rewrite", Making::Set),
            ("amateurish: a", Making::Set),
            ("", Making::Set),
        ] {
            let line = format!("{0} {0} A <a> 1 +0000\t{said}", "1".repeat(40));
            let moved = Move::parse(line.as_bytes()).unwrap();
            assert_eq!(moved.making(), making, "{said}");
        }
    }
}
