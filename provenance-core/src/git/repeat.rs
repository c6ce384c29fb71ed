//! `Repetition`: the commits whose lines Git brings again: a pick, a rebase, a revert, a squash, a
//! reset.
//!
//! Takes the state files of the Git directory and HEAD's reflog, as they stand when a hook runs
//! (gitrepository-layout(5), and the sequencer of git 2.47), and gives commits to look for lines
//! in.
//!
//! # What is not checked
//!
//! Whether any line came from there: whoever asks compares bytes. What leaves no state behind
//! (`git apply`, `git checkout <commit> -- <path>`) is not seen here.

use std::fs::File;
use std::io::Read as _;

use super::{GitError, Move, ObjectId, RawCommit, Repo};

/// The most bytes of a state file that are read.
const MAX_STATE_BYTES: u64 = 1 << 20;
/// The most commits of one squash that are looked at.
const MAX_SQUASHED: usize = 256;
/// The newest commits among which one with a message is looked for, and how many are taken.
const MAX_CALLED: usize = 256;
const MAX_ALIKE: usize = 4;
/// How many moves of HEAD back a reset is still looked for.
const MAX_MOVES: usize = 16;

/// Where lines may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineSource {
    /// The lines that this commit added.
    AddedBy(ObjectId),
    /// Any line of this commit's tree.
    TreeOf(ObjectId),
    /// Any line of this commit's tree; a reset took it off HEAD and left its lines in the worktree,
    /// or did not.
    ResetAway(ObjectId),
    /// The lines of this commit's tree that were neither taken away nor moved.
    KeptFrom(ObjectId),
}

/// What a commit repeats or takes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repetition {
    /// Where its lines may come from, the likeliest first.
    pub sources: Vec<LineSource>,
    /// Whether nobody could have written a line of it meanwhile: Git made it by itself.
    pub is_clean: bool,
    /// Whether it takes a change back, and so makes one that stands nowhere else.
    pub is_revert: bool,
}

impl Repo {
    /// Returns what the commit repeats that the index is about to become (commit-msg). `None` for
    /// an ordinary one.
    ///
    /// # Errors
    ///
    /// [`GitError`] when a commit that Git's state names cannot be read.
    pub fn repetition_ahead(&self) -> Result<Option<Repetition>, GitError> {
        let mut sources = Vec::new();
        if let Some(picked) = self.state_id("CHERRY_PICK_HEAD") {
            // A conflict also shows lines that stood there before, and that are gone here.
            sources.extend([LineSource::AddedBy(picked), LineSource::TreeOf(picked)]);
        }
        if let Some(reverted) = self.state_id("REVERT_HEAD") {
            sources.extend(self.before(reverted)?);
        }
        let named = self.squashed();
        sources.extend(named.iter().copied().map(LineSource::AddedBy));
        sources.extend(named.first().copied().map(LineSource::TreeOf));
        let brought = self.brought_message();
        let is_brought = sources.is_empty() && !brought.is_empty();
        if is_brought {
            match self.named_by_revert(&brought)? {
                Some(before) => sources.push(before),
                None => sources.extend(self.called(&brought)?.into_iter().map(LineSource::AddedBy)),
            }
        }
        sources.extend(self.reset_away());
        Ok((is_brought || !sources.is_empty()).then_some(Repetition {
            sources,
            is_clean: is_brought,
            is_revert: false,
        }))
    }

    /// Returns the commits that `git merge --squash` brought into the index, newest first.
    #[must_use]
    pub fn squashed(&self) -> Vec<ObjectId> {
        let squashed = self.state_text("SQUASH_MSG").unwrap_or_default();
        let named = squashed.lines().filter_map(|line| {
            let id = line.strip_prefix("commit ")?;
            id.trim().parse().ok()
        });
        named.take(MAX_SQUASHED).collect()
    }

    /// Returns what a commit repeats that somebody has just made by hand, and commit-msg did not see:
    /// as far as that can still be told.
    ///
    /// # Errors
    ///
    /// [`GitError`] when a commit that the message names cannot be read.
    pub fn repetition_behind(&self, commit: &RawCommit) -> Result<Repetition, GitError> {
        let mut sources: Vec<LineSource> =
            self.named_by_revert(&commit.message)?.into_iter().collect();
        sources.extend(self.reset_away());
        let made = self.last_move().filter(|moved| moved.new == commit.id);
        Ok(Repetition {
            sources,
            // It was picked, and from where is forgotten.
            is_clean: made.is_some_and(|moved| moved.action == "commit (cherry-pick)"),
            is_revert: false,
        })
    }

    /// Returns the message of a commit that was brought into the index without being committed
    /// (`git cherry-pick -n`), which names no commit; empty where none was.
    #[must_use]
    pub fn brought_message(&self) -> Vec<u8> {
        // An ordinary commit has none.
        let Some(message) = self.state_text("MERGE_MSG") else {
            return Vec::new();
        };
        let told = [
            "MERGE_HEAD",
            "CHERRY_PICK_HEAD",
            "REVERT_HEAD",
            "SQUASH_MSG",
        ];
        if told.iter().any(|name| self.git_dir().join(name).exists()) || self.is_rebasing() {
            return Vec::new();
        }
        message.into_bytes()
    }

    /// Returns what a commit repeats that has just been made (post-commit, post-applypatch).
    /// `None` for one that somebody made by hand.
    ///
    /// # Errors
    ///
    /// [`GitError`] when a commit that Git's state names cannot be read.
    pub fn repetition_of(&self, commit: &RawCommit) -> Result<Option<Repetition>, GitError> {
        let Some(moved) = self.last_move().filter(|moved| moved.new == commit.id) else {
            return Ok(None);
        };
        if moved.action.starts_with("commit") {
            return Ok(None);
        }
        let mut sources = Vec::new();
        let mut is_clean = true;
        if moved.action == "revert" {
            sources.extend(self.named_by_revert(&commit.message)?);
        } else if let Some(picked) = self.state_id("CHERRY_PICK_HEAD") {
            sources.push(LineSource::AddedBy(picked));
        } else if self.is_rebasing() {
            sources.extend(self.rebased().map(LineSource::AddedBy));
            // Where it stopped, somebody may have written what is new.
            is_clean = self.state_id("REBASE_HEAD").is_none();
            if self.replaces(commit, &moved)? {
                sources.push(LineSource::AddedBy(moved.old));
            }
            if !is_clean {
                sources.extend(self.rebased().map(LineSource::TreeOf));
            }
        } else {
            return Ok(None);
        }
        Ok(Some(Repetition {
            sources,
            is_clean,
            is_revert: moved.action == "revert",
        }))
    }

    /// Answers whether a commit took the place of where HEAD was (a fixup).
    fn replaces(&self, commit: &RawCommit, moved: &Move) -> Result<bool, GitError> {
        Ok(!commit.parent_ids.contains(&moved.old)
            && self.has_object(moved.old)?
            && self.commit(moved.old)?.parent_ids == commit.parent_ids)
    }

    fn is_rebasing(&self) -> bool {
        let states = ["rebase-merge", "rebase-apply"];
        states.iter().any(|name| self.git_dir().join(name).is_dir())
    }

    /// The commit that a rebase is repeating.
    fn rebased(&self) -> Option<ObjectId> {
        if let Some(id) = self.state_id("rebase-apply/original-commit") {
            return Some(id);
        }
        let done = self.state_text("rebase-merge/done")?;
        // `pick <id> …`, `fixup -C <id> …`, `merge -C <id> …`
        let last = done.lines().rfind(|line| !line.trim().is_empty())?;
        let mut words = last.split_ascii_whitespace().skip(1);
        words.find(|word| !word.starts_with('-'))?.parse().ok()
    }

    /// The state before a commit: what taking it back brings again.
    fn before(&self, commit_id: ObjectId) -> Result<Option<LineSource>, GitError> {
        let parent_ids = self.commit(commit_id)?.parent_ids;
        Ok(parent_ids.first().copied().map(LineSource::TreeOf))
    }

    /// What the message of a revert names, as Git writes it.
    fn named_by_revert(&self, message: &[u8]) -> Result<Option<LineSource>, GitError> {
        let message = String::from_utf8_lossy(message);
        let named = |before: &str| {
            let (_, rest) = message.split_once(before)?;
            let end = rest.find(|c: char| !c.is_ascii_hexdigit());
            rest.get(..end.unwrap_or(rest.len()))?.parse().ok()
        };
        if let Some(kept) = named("changes made to ") {
            return Ok(Some(LineSource::TreeOf(kept)));
        }
        let known = |id: &ObjectId| self.has_object(*id).unwrap_or_default();
        match named("This reverts commit ").filter(known) {
            Some(reverted) => self.before(reverted),
            None => Ok(None),
        }
    }

    /// The newest commits of any branch that have this message: one of them was picked, and Git
    /// does not say which.
    fn called(&self, message: &[u8]) -> Result<Vec<ObjectId>, GitError> {
        let mut found = Vec::new();
        for commit_id in self.newest(MAX_CALLED)? {
            // One that cannot be read was not picked.
            let is_it = self
                .commit(commit_id)
                .is_ok_and(|commit| commit.message.trim_ascii() == message.trim_ascii());
            if is_it && found.len() < MAX_ALIKE {
                found.push(commit_id);
            }
        }
        Ok(found)
    }

    /// What a reset took off HEAD lately, newest first.
    fn reset_away(&self) -> impl Iterator<Item = LineSource> {
        let moves = self.last_moves(MAX_MOVES).into_iter();
        let goes_on = |moved: &Move| moved.action.starts_with("commit") || moved.action == "reset";
        moves
            .take_while(goes_on)
            .filter(|moved| moved.action == "reset" && moved.old != moved.new)
            .map(|moved| LineSource::ResetAway(moved.old))
    }

    /// The commit that a state file names.
    fn state_id(&self, name: &str) -> Option<ObjectId> {
        let id = self.state_text(name)?.trim().parse().ok()?;
        self.has_object(id).unwrap_or_default().then_some(id)
    }

    fn state_text(&self, name: &str) -> Option<String> {
        let file = File::open(self.git_dir().join(name)).ok()?;
        let mut bytes = Vec::new();
        file.take(MAX_STATE_BYTES).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}
