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

/// The last move of HEAD, as its reflog has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Where HEAD was.
    pub old: ObjectId,
    /// Where it went.
    pub new: ObjectId,
    /// What stands before the first colon: `commit`, `commit (amend)`, `cherry-pick`, …
    pub action: String,
    /// What stands after it.
    pub detail: String,
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
        let (who, what) = line.split_once('\t')?;
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
