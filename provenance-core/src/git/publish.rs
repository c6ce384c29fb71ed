//! Publishing: a commit, flushed, and then the reference, unless another writer was faster.
//!
//! Takes what was written and the value of the reference that its maker saw. Everything that we
//! keep in the repository, notes and trust, becomes visible in this one way.
//!
//! # What is not checked
//!
//! Whether the new commit keeps what the old one had.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::{FsyncPolicy, GitError, Person, RefUpdate, Repo, loose};
use crate::object_id::ObjectId;

/// How long a writer waits, all its waits added up, while others get ahead of it.
const MAX_WAIT: Duration = Duration::from_secs(30);
/// How long it waits while the reference does not move: somebody died with the lock.
const MAX_STILL: Duration = Duration::from_secs(3);
/// Nobody holds a lock for longer who lives: it takes a millisecond to write a reference.
const STALE: Duration = Duration::from_secs(10);
/// The longest single wait, in microseconds.
const LONGEST_PAUSE: u64 = 50_000;

/// One step of a reference, from the value that was seen to a commit that was written.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    /// The reference.
    pub(crate) name: &'a str,
    /// Where it is to point.
    pub(crate) commit_id: ObjectId,
    /// Where it pointed; `None` where there was none.
    pub(crate) expected: Option<ObjectId>,
    /// Every object that is new, the commit too.
    pub(crate) written: &'a [ObjectId],
    /// What the reflog says.
    pub(crate) message: &'a str,
    /// Who says it there; `None` for whoever is at the keyboard.
    pub(crate) who: Option<&'a Person>,
}

impl Repo {
    /// Flushes the objects, moves the reference as [`Repo::update_ref`] does, and flushes it.
    pub(crate) fn publish(
        &self,
        step: &Step<'_>,
        fsync: FsyncPolicy,
    ) -> Result<RefUpdate, GitError> {
        if fsync.loose_objects {
            self.flush_objects(step.written)?;
        }
        let update = match self.move_in_file(step)? {
            Some(update) => update,
            None => self.update_ref(step.name, step.commit_id, step.expected, step.message)?,
        };
        if update == RefUpdate::Done && fsync.references {
            self.flush_ref(step.name)?;
        }
        Ok(update)
    }
}

impl Repo {
    /// Returns the lock of a reference, if it has stood for so long before `now` that whoever took
    /// it has died. It is never removed by us: as with Git's own locks, a person sees to it that
    /// nobody is at work.
    #[must_use]
    pub fn stale_lock(&self, ref_name: &str, now: SystemTime) -> Option<PathBuf> {
        let lock = self.ref_lock(ref_name);
        let since = fs::metadata(&lock).and_then(|lock| lock.modified()).ok()?;
        let age = now.duration_since(since).ok()?;
        (age > STALE).then_some(lock)
    }

    fn ref_lock(&self, ref_name: &str) -> PathBuf {
        self.common_dir().join(format!("{ref_name}.lock"))
    }
}

/// How long a writer has waited, and for what.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    attempts: u32,
    waited: Duration,
    still: Duration,
    tip: Option<ObjectId>,
}

impl Patience {
    /// Waits before a step that was overtaken is made again on what the faster writer left. A lock
    /// that somebody left who died is not waited for.
    ///
    /// # Errors
    ///
    /// [`GitError::NotesContended`] when it is enough.
    pub(crate) fn wait(&mut self, repo: &Repo, step: &Step<'_>) -> Result<(), GitError> {
        // The disk's own clock: the commit was written just now.
        let written = loose::path(&repo.common_dir().join("objects"), step.commit_id);
        let now = fs::metadata(written).and_then(|commit| commit.modified());
        let is_stale = now.is_ok_and(|now| repo.stale_lock(step.name, now).is_some());
        let pause = self.pause(step.expected).filter(|_| !is_stale);
        let contended = || GitError::NotesContended {
            notes_ref: step.name.to_owned(),
            lock: repo.ref_lock(step.name),
        };
        std::thread::sleep(pause.ok_or_else(contended)?);
        Ok(())
    }

    /// The next pause, longer each time and different in each process; `None` when it is enough.
    pub(crate) fn pause(&mut self, tip: Option<ObjectId>) -> Option<Duration> {
        if self.tip != tip {
            self.tip = tip;
            self.still = Duration::ZERO;
        }
        if self.waited > MAX_WAIT || self.still > MAX_STILL {
            return None;
        }
        self.attempts += 1;
        let longest = (500_u64 << self.attempts.min(8)).min(LONGEST_PAUSE);
        let mut hasher = DefaultHasher::new();
        (
            std::process::id(),
            std::thread::current().id(),
            self.attempts,
            tip,
        )
            .hash(&mut hasher);
        let pause = Duration::from_micros(longest / 8 + hasher.finish() % longest);
        self.waited += pause;
        self.still += pause;
        Some(pause)
    }
}

/// The bytes of a commit object of which one person is author and committer.
pub(crate) fn commit_bytes(
    tree_id: ObjectId,
    parent_ids: &[ObjectId],
    person: &Person,
    message: &str,
) -> Vec<u8> {
    let mut commit = format!("tree {tree_id}\n").into_bytes();
    for parent_id in parent_ids {
        commit.extend_from_slice(format!("parent {parent_id}\n").as_bytes());
    }
    for role in ["author", "committer"] {
        commit.extend_from_slice(role.as_bytes());
        commit.push(b' ');
        commit.extend_from_slice(&person.line());
        commit.push(b'\n');
    }
    commit.push(b'\n');
    commit.extend_from_slice(message.trim_end().as_bytes());
    commit.push(b'\n');
    commit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_waits_longer_each_time_and_not_for_ever() {
        let tip = |n: u8| ObjectId::from_bytes(&[n; 20]);
        let mut stuck = Patience::default();
        let pauses = std::iter::from_fn(|| stuck.pause(tip(1))).count();
        assert!((60..2000).contains(&pauses), "{pauses}");
        assert!(stuck.still > MAX_STILL && stuck.still < MAX_STILL * 2);
        let mut overtaken = Patience::default();
        let pauses = (0..=255).cycle().map_while(|n| overtaken.pause(tip(n)));
        assert!(pauses.count() > 500);
        assert!(overtaken.waited > MAX_WAIT && overtaken.waited < MAX_WAIT * 2);
    }
}
