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

use super::{GitError, ObjectId, RawCommit, Repo};

/// The most bytes of a reflog line, or of `MERGE_HEAD`, that are read.
const MAX_STATE_BYTES: u64 = 16 * 1024;

/// The last move of HEAD, as its reflog has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Move {
    old: ObjectId,
    new: ObjectId,
    /// What stands before the first colon: `commit`, `commit (amend)`, `cherry-pick`, …
    action: String,
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

    /// Answers whether HEAD was moved by something that rewrites or repeats other commits: a
    /// rebase, a cherry-pick, a revert, `git am`.
    #[must_use]
    pub fn is_rewriting(&self) -> bool {
        const STATES: [&str; 5] = [
            "rebase-merge",
            "rebase-apply",
            "CHERRY_PICK_HEAD",
            "REVERT_HEAD",
            "sequencer",
        ];
        if STATES.iter().any(|name| self.git_dir().join(name).exists()) {
            return true;
        }
        // A clean revert leaves no state behind by the time that post-commit runs.
        let repeats = |moved: Move| !moved.action.starts_with("commit");
        self.last_move().is_some_and(repeats)
    }

    /// Returns the commit that `commit` replaced, where the last move of HEAD was an amend.
    #[must_use]
    pub fn amended_by(&self, commit: &RawCommit) -> Option<ObjectId> {
        self.last_move()
            .filter(|moved| moved.new == commit.id && moved.action == "commit (amend)")
            .map(|moved| moved.old)
    }

    /// Reads the end of HEAD's reflog; `None` where there is none.
    fn last_move(&self) -> Option<Move> {
        let mut file = File::open(self.git_dir().join("logs").join("HEAD")).ok()?;
        let length = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(MAX_STATE_BYTES)))
            .ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_STATE_BYTES).read_to_end(&mut bytes).ok()?;
        let end = bytes.strip_suffix(b"\n")?;
        let line = end.rsplit(|byte| *byte == b'\n').next()?;
        let line = String::from_utf8_lossy(line);
        let (who, what) = line.split_once('\t')?;
        let mut ids = who.split(' ');
        Some(Move {
            old: ids.next()?.parse().ok()?,
            new: ids.next()?.parse().ok()?,
            action: what.split(':').next()?.to_owned(),
        })
    }
}
