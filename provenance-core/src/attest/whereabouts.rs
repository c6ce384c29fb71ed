//! `Whereabouts`: which commits added a line that may be an agent's, by path: a hint where to look.
//!
//! Takes the notes of this clone, those that came from others included, and remembers of each
//! commit whose record names more than a human's lines what it adds. Asked for some lines of a path,
//! it gives commits; whose the lines are, only their records say.
//!
//! `$GIT_COMMON_DIR/provenance/whereabouts/` holds a file a path: for each commit its id and a
//! 32-bit sum of each line, white space left out. `upto` names the notes that are taken into
//! account, `waiting` the commits of them that nobody looked at yet, `absent` those that are not here.
//!
//! Invariants: it is a cache; taking it away loses hints and no record. Where nothing was fetched
//! since the last look, a commit pays a few looks at the clock of a file. After a fetch it catches up
//! with some dozens of commits at most, whatever a remote sent; [`Effort::Whole`] is for whoever
//! has time.
//!
//! # What is not checked
//!
//! What the records say and who signed them: a hint that leads nowhere costs time only.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use super::AttestError;
use crate::capture::local;
use crate::digest::Digest;
use crate::git::added::AddedLines;
use crate::git::{Repo, diff};
use crate::object_id::ObjectId;
use crate::record::{Authoring, Remainder};
use crate::store::{Hearsay, Notes, StoreError};

/// The most notes commits that a commit looks back over.
const MAX_STEPS: usize = 32;
/// How many commits a commit catches up with.
const FEW: usize = 64;
/// How many whoever has time catches up with.
const MANY: usize = 1000;
/// The most that is read of one path.
const MAX_BYTES: u64 = 64 << 20;

/// How much may be caught up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Within a commit.
    Little,
    /// Where nobody waits for a commit.
    Whole,
}

/// The hints of a clone.
#[derive(Debug)]
pub(super) struct Whereabouts<'r> {
    repo: &'r Repo,
    dir: PathBuf,
}

/// Looks at the records that came since the last time, so that a later commit knows whose the lines
/// are that it moves or brings back. That it cannot be written is no error: hints are missing then.
///
/// # Errors
///
/// [`AttestError`] when the notes or a commit cannot be read.
pub fn catch_up(repo: &Repo, notes: &Notes<'_>, effort: Effort) -> Result<(), AttestError> {
    Whereabouts::of(repo).catch_up(notes, effort)
}

/// Names what a line says, white space left out; `None` where it says nothing.
pub(super) fn sum(line: &[u8]) -> Option<u32> {
    let bytes = line.iter().filter(|byte| !byte.is_ascii_whitespace());
    bytes.clone().next()?;
    // FNV-1a, 64 bits, of which the upper and the lower half are folded.
    let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    u32::try_from((sum >> 32) ^ (sum & 0xffff_ffff)).ok()
}

impl<'r> Whereabouts<'r> {
    pub(super) fn of(repo: &'r Repo) -> Self {
        Self {
            repo,
            dir: repo.common_dir().join("provenance").join("whereabouts"),
        }
    }

    /// Answers whether anything is known of a path.
    pub(super) fn knows(&self, path: &[u8]) -> bool {
        self.file(path).exists()
    }

    /// Finds the commits that added some lines of a path, given by their sums; the newest entry
    /// first.
    pub(super) fn commits(
        &self,
        path: &[u8],
        wanted: &HashSet<u32>,
    ) -> HashMap<u32, Vec<ObjectId>> {
        let mut found: HashMap<u32, Vec<ObjectId>> = HashMap::new();
        let Ok(Some(bytes)) = local::read(&self.file(path), MAX_BYTES) else {
            return found;
        };
        let mut rest = bytes.as_slice();
        while let Some((commit_id, sums, after)) = block(rest) {
            rest = after;
            for sum in sums.chunks_exact(4) {
                let sum = sum.try_into().map(u32::from_le_bytes).unwrap_or_default();
                if wanted.contains(&sum) {
                    found.entry(sum).or_default().insert(0, commit_id);
                }
            }
        }
        found
    }

    /// Says that a commit was made here whose lines not every journal of this clone knows: they came
    /// from another commit, or may be asked for in another worktree.
    pub(super) fn expect(&self, commit_id: ObjectId, record: &Authoring) {
        let is_shared = || self.repo.common_dir().join("worktrees").exists();
        if !record.derived_from.is_empty() || names_others(record) && is_shared() {
            // A hint that cannot be written is missing, and nothing else.
            drop(append(&self.waiting(), format!("{commit_id}\n").as_bytes()));
        }
    }

    /// Answers whether nothing is known of any path, and nothing new can be.
    pub(super) fn is_empty(&self) -> bool {
        !self.dir.exists() && !self.was_fetched()
    }

    pub(super) fn catch_up(&self, notes: &Notes<'_>, effort: Effort) -> Result<(), AttestError> {
        // What was written here and committed meanwhile, the journal knows.
        let seeks = effort == Effort::Whole || self.was_fetched();
        let waits = || fs::metadata(self.waiting()).is_ok_and(|data| data.len() > 0);
        if !seeks && !waits() {
            return Ok(());
        }
        let Some(tip) = notes.tip()? else {
            return Ok(());
        };
        // Whoever is at it does it for everybody.
        let Some(_locked) = self.lock() else {
            return Ok(());
        };
        if seeks && !self.list(tip, effort)? {
            return Ok(());
        }
        let limit = if effort == Effort::Whole { MANY } else { FEW };
        let (commit_ids, rest) = self.last_waiting(limit).unwrap_or_default();
        for commit_id in &commit_ids {
            if !self.take_in(notes, *commit_id)? {
                drop(append(&self.absent(), format!("{commit_id}\n").as_bytes()));
            }
        }
        if !commit_ids.is_empty() {
            let file = File::options().write(true).open(self.waiting());
            // What cannot be taken off is looked at again.
            drop(file.and_then(|file| file.set_len(rest)));
        }
        Ok(())
    }

    /// Adds to those that wait what is new in the notes, and what was absent; `false` where that
    /// cannot be written.
    fn list(&self, tip: ObjectId, effort: Effort) -> Result<bool, AttestError> {
        let mut upto = self.upto();
        let mut lines = Vec::new();
        if upto != Some(tip) && (effort == Effort::Whole || self.is_near(upto, tip)?) {
            let base = self.repo.notes_at(upto);
            let base = base.or_else(|_| self.repo.notes_at(None));
            let base = base.map_err(StoreError::from)?;
            let now = self.repo.notes_at(Some(tip)).map_err(StoreError::from)?;
            let new = base.differences(&now).map_err(StoreError::from)?;
            for commit_id in new.keys() {
                lines.extend_from_slice(format!("{commit_id}\n").as_bytes());
            }
            upto = Some(tip);
        }
        lines.extend(fs::read(self.absent()).unwrap_or_default());
        let upto = upto.map(|tip| tip.to_string()).unwrap_or_default();
        // Written also where nothing is new: its time says what was looked at.
        let written = append(&self.waiting(), &lines)
            .and_then(|()| local::write(&self.dir.join("upto"), upto.as_bytes()));
        if written.is_ok() {
            crate::fail_point!("whereabouts: remove what was absent");
            drop(fs::remove_file(self.absent()));
        }
        Ok(written.is_ok())
    }

    /// Answers whether a notes commit is a few steps from what is known.
    fn is_near(&self, upto: Option<ObjectId>, tip: ObjectId) -> Result<bool, AttestError> {
        let mut seen = BTreeSet::new();
        let mut next = vec![tip];
        while let Some(commit_id) = next.pop() {
            if Some(commit_id) == upto || !seen.insert(commit_id) {
                continue;
            }
            if seen.len() > MAX_STEPS || !self.repo.has_object(commit_id)? {
                return Ok(false);
            }
            next.extend(self.repo.commit(commit_id)?.parent_ids);
        }
        Ok(true)
    }

    /// Takes in what a commit adds, if its record names more than a human's lines; `false` where the
    /// commit or a parent of it is not here.
    fn take_in(&self, notes: &Notes<'_>, commit_id: ObjectId) -> Result<bool, AttestError> {
        // The older records too: after an amend they are the ones that name lines.
        let note = notes.lines(commit_id)?;
        let mut said = note.lines.iter().filter_map(|line| Hearsay::of(line));
        let is_worth_it = said.any(|said| {
            let authoring = said.statement.authoring();
            authoring.is_ok_and(|authoring| names_others(&authoring))
        });
        if !is_worth_it {
            return Ok(true);
        }
        if !self.repo.has_object(commit_id)? {
            return Ok(false);
        }
        let commit = self.repo.commit(commit_id)?;
        for parent_id in &commit.parent_ids {
            if !self.repo.has_object(*parent_id)? {
                return Ok(false);
            }
        }
        for added in self.repo.commit_added_lines(&commit)? {
            let AddedLines::Ranges(ranges) = &added.lines else {
                continue;
            };
            if ranges.is_empty() {
                continue;
            }
            let content = self.repo.blob(added.version.id, diff::MAX_BYTES)?;
            let lines: Vec<&[u8]> = diff::lines(&content).collect();
            let numbers = ranges.iter().flat_map(|(first, last)| *first..=*last);
            let sums: BTreeSet<u32> = numbers
                .filter_map(|number| sum(lines.get((number as usize).checked_sub(1)?)?))
                .collect();
            let mut bytes = vec![u8::try_from(commit_id.as_bytes().len()).unwrap_or_default()];
            bytes.extend_from_slice(commit_id.as_bytes());
            let count = u32::try_from(sums.len()).unwrap_or_default();
            bytes.extend_from_slice(&count.to_le_bytes());
            bytes.extend(sums.iter().flat_map(|sum| sum.to_le_bytes()));
            drop(append(&self.file(&added.path), &bytes));
        }
        Ok(true)
    }

    fn upto(&self) -> Option<ObjectId> {
        let text = local::read(&self.dir.join("upto"), 256).ok()??;
        std::str::from_utf8(&text).ok()?.trim().parse().ok()
    }

    fn waiting(&self) -> PathBuf {
        self.dir.join("waiting")
    }

    fn absent(&self) -> PathBuf {
        self.dir.join("absent")
    }

    /// Answers whether Git fetched since the notes were looked at.
    fn was_fetched(&self) -> bool {
        let modified = |path: PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
        let dirs = [self.repo.git_dir(), self.repo.common_dir()];
        let fetched = dirs.map(|dir| modified(dir.join("FETCH_HEAD")));
        match fetched.into_iter().flatten().max() {
            Some(fetched) => modified(self.dir.join("upto")).is_none_or(|upto| fetched >= upto),
            None => false,
        }
    }

    /// The last commits of the list, and how long it is without them.
    fn last_waiting(&self, limit: usize) -> Option<(Vec<ObjectId>, u64)> {
        let mut file = File::open(self.waiting()).ok()?;
        let length = file.metadata().ok()?.len();
        let mut line = Vec::new();
        Read::by_ref(&mut file)
            .take(128)
            .read_to_end(&mut line)
            .ok()?;
        let width = line.iter().position(|byte| *byte == b'\n')? as u64 + 1;
        let start = (length / width).saturating_sub(limit as u64) * width;
        file.seek(SeekFrom::Start(start)).ok()?;
        let mut text = String::new();
        file.read_to_string(&mut text).ok()?;
        let ids = text.lines().filter_map(|line| line.parse().ok()).collect();
        Some((ids, start))
    }

    fn lock(&self) -> Option<File> {
        local::make_dir(&self.dir).ok()?;
        let mut options = local::options();
        let options = options.write(true).create(true).truncate(false);
        crate::fail_point!("whereabouts: make the lock");
        let file = options.open(self.dir.join("lock")).ok()?;
        match file.try_lock() {
            Ok(()) | Err(TryLockError::Error(_)) => Some(file),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn file(&self, path: &[u8]) -> PathBuf {
        let name = Digest::of(path).to_hex();
        let shard = name.get(..2).unwrap_or_default();
        self.dir.join("paths").join(shard).join(&name)
    }
}

/// Answers whether a record speaks of lines that are not a human's.
fn names_others(authoring: &Authoring) -> bool {
    authoring.claims_ai()
        || authoring.remainder == Remainder::Unknown
        || !authoring.unknown.is_empty()
}

/// Reads one commit with its sums; gives what comes after it.
fn block(bytes: &[u8]) -> Option<(ObjectId, &[u8], &[u8])> {
    let (length, bytes) = bytes.split_first()?;
    let (id, bytes) = bytes.split_at_checked(usize::from(*length))?;
    let (count, bytes) = bytes.split_first_chunk::<4>()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    let (sums, bytes) = bytes.split_at_checked(count.checked_mul(4)?)?;
    Some((ObjectId::from_bytes(id)?, sums, bytes))
}

fn append(path: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    let open = || local::options().append(true).create(true).open(path);
    let mut file = match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            local::make_dir(path.parent().unwrap_or(path))?;
            open()?
        }
        other => other?,
    };
    crate::fail_point!("whereabouts: append");
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_says_nothing() {
        assert_eq!(sum(b"  fn a () {\r\n"), sum(b"fn a(){"));
        assert_ne!(sum(b"fn a() {"), sum(b"fn b() {"));
        assert_eq!(sum(b" \t\r\n"), None);
    }

    #[test]
    fn what_was_cut_off_is_not_read_and_what_stands_before_it_is() {
        let id = ObjectId::from_bytes(&[7; 20]).unwrap();
        let mut bytes = vec![20];
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(&2_u32.to_le_bytes());
        bytes.extend_from_slice(&[1, 0, 0, 0, 2, 0, 0, 0]);
        let whole = bytes.clone();
        for end in 1..whole.len() {
            bytes.truncate(whole.len());
            bytes.extend_from_slice(&whole[..end]);
            let (found, sums, rest) = block(&bytes).unwrap();
            assert_eq!((found, sums.len()), (id, 8));
            assert!(block(rest).is_none(), "{end}");
        }
        assert!(block(&[]).is_none());
        assert!(block(&[255; 300]).is_none(), "a count beyond the end");
    }
}
