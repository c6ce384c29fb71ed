//! `Journal`: what agents were seen to do in one worktree, one line an event, in one order.
//!
//! Takes entries and appends each with one `write` under a short lock; gives them back in the order
//! of their lines. It lives in `$GIT_COMMON_DIR/provenance/journal/<worktree>/`: `current.jsonl`
//! and, of the last 90 days, `closed/<generation>.jsonl`.
//!
//! Invariants:
//!
//! - A line that was cut off by a crash or a full disk loses only itself: the next append starts on
//!   a line of its own, and a reader counts what it cannot parse and goes on.
//! - The commit path reads `current.jsonl` only. It is closed when it exceeds [`CLOSE_BYTES`] and
//!   what it says has been folded into the checkpoints of files and sessions
//!   ([`fold`](super::fold)); between sessions and commits it may grow, up to [`MAX_BYTES`] being
//!   read.
//! - Where a file system has no locks, or a process that holds one stands still, an append goes
//!   ahead after a second: lines are then still whole, because they are appended by one `write`.
//!
//! # What is not checked
//!
//! Who wrote a line. Whoever can write to the Git directory can write to the journal.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::{Entry, Position};
use super::{CaptureError, local};
use crate::digest::Digest;
use crate::git::Repo;

/// A segment that is larger is closed at the next occasion: 16 KiB, some 60 events, which a commit
/// reads in a tenth of a millisecond.
pub(super) const CLOSE_BYTES: u64 = 16 << 10;
/// Most segments have fewer entries, and most entries are longer.
const USUAL_ENTRIES: usize = 128;
const USUAL_ENTRY_BYTES: usize = 256;
/// The most that is read of a segment: 64 MiB.
pub(super) const MAX_BYTES: u64 = 64 << 20;

const LOCK_ATTEMPTS: u32 = 1_000;
const LOCK_PAUSE: Duration = Duration::from_millis(1);
const CUT_ATTEMPTS: u32 = 5;

/// The journal of one worktree.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    dir: PathBuf,
}

/// The first line of a segment.
#[derive(Serialize, Deserialize)]
struct Head {
    generation: u64,
}

/// What a segment holds.
#[derive(Debug, Default)]
pub(super) struct Segment {
    pub(super) entries: Vec<(Position, Entry)>,
    /// Where the segment ends.
    pub(super) end: Position,
    /// Lines that could not be read.
    pub(super) damaged: Vec<Position>,
}

/// Holds the lock until it is dropped.
#[derive(Debug)]
pub(super) struct Locked {
    _file: Option<File>,
}

impl Journal {
    /// Names the journal of the repository's worktree.
    pub(super) fn of(repo: &Repo) -> Self {
        Self {
            dir: repo
                .common_dir()
                .join("provenance")
                .join("journal")
                .join(worktree_key(repo.git_dir(), repo.common_dir())),
        }
    }

    /// Names the journal in a directory.
    pub(super) fn at(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Returns the directory of the journal and of the checkpoints beside it.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Appends entries.
    pub(super) fn append(&self, entries: &[Entry]) -> Result<(), CaptureError> {
        let locked = self.lock()?;
        self.append_locked(&locked, entries)
    }

    /// Appends entries under a lock that the caller holds.
    pub(super) fn append_locked(
        &self,
        _locked: &Locked,
        entries: &[Entry],
    ) -> Result<(), CaptureError> {
        let path = self.current();
        let failed = |source| CaptureError::Write {
            path: path.clone(),
            source,
        };
        crate::fail_point!("journal: open");
        let mut file = local::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(failed)?;
        let mut bytes = Vec::new();
        match ends_cleanly(&mut file).map_err(failed)? {
            Some(true) => {}
            Some(false) => bytes.push(b'\n'),
            None => push_line(
                &mut bytes,
                &Head {
                    generation: self.newest_closed() + 1,
                },
            ),
        }
        for entry in entries {
            push_line(&mut bytes, entry);
        }
        crate::fail_point!("journal: append");
        file.write_all(&bytes).map_err(failed)
    }

    /// Reads the current segment. A last line that is half there is waited for: it is being
    /// written, or it was cut off, and then it is damaged.
    pub(super) fn read(&self) -> Result<Segment, CaptureError> {
        for _ in 0..CUT_ATTEMPTS {
            let (segment, cut) = self.read_once()?;
            if cut.is_none() {
                return Ok(segment);
            }
            thread::sleep(LOCK_PAUSE);
        }
        let (mut segment, cut) = self.read_once()?;
        if let Some(cut) = cut {
            segment.damaged.push(cut);
            segment.end = cut;
        }
        Ok(segment)
    }

    /// Reads what is there, and where a line ends that is only half there.
    fn read_once(&self) -> Result<(Segment, Option<Position>), CaptureError> {
        let path = self.current();
        let failed = |source| CaptureError::Read {
            path: path.clone(),
            source,
        };
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((Segment::default(), None));
            }
            other => other.map_err(failed)?,
        };
        let length = file.metadata().map_err(failed)?.len();
        let mut head = Vec::new();
        let start = length.saturating_sub(MAX_BYTES);
        if start > 0 {
            (&mut file)
                .take(64)
                .read_to_end(&mut head)
                .map_err(failed)?;
            file.seek(SeekFrom::Start(start)).map_err(failed)?;
        }
        let size = usize::try_from(length - start).unwrap_or_default();
        let mut bytes = Vec::with_capacity(size + 1);
        file.take(MAX_BYTES)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        let first = if start > 0 { &head } else { &bytes };
        // A damaged first line must not make all others older than the checkpoints.
        let generation = generation_of(first).unwrap_or_else(|| self.newest_closed() + 1);
        Ok(parsed(generation, &bytes, start))
    }

    /// Answers whether the current segment is due to be closed.
    pub(super) fn is_long(&self) -> bool {
        fs::metadata(self.current()).is_ok_and(|data| data.len() > CLOSE_BYTES)
    }

    /// Closes the current segment and begins the next with `carried`. The next one takes the
    /// current one's place whole: at no moment is `carried` in neither.
    pub(super) fn close(
        &self,
        _locked: &Locked,
        generation: u64,
        carried: &[Entry],
    ) -> Result<(), CaptureError> {
        let closed = self.closed();
        let failed = |source| CaptureError::Write {
            path: closed.clone(),
            source,
        };
        local::make_dir(&closed).map_err(failed)?;
        let current = self.current();
        let name = closed.join(format!("{generation:010}.jsonl"));
        crate::fail_point!("journal: set aside");
        match fs::hard_link(&current, &name) {
            // Whoever died after this step had set it aside.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            // A file system without links.
            Err(_) => drop(fs::copy(&current, &name).map_err(failed)?),
            Ok(()) => {}
        }
        let mut bytes = Vec::new();
        let generation = generation + 1;
        push_line(&mut bytes, &Head { generation });
        for entry in carried {
            push_line(&mut bytes, entry);
        }
        local::write(&current, &bytes).map_err(failed)
    }

    /// Answers whether the current segment is still the one of this number.
    pub(super) fn is_current(&self, _locked: &Locked, generation: u64) -> bool {
        let mut head = Vec::new();
        let read = File::open(self.current()).and_then(|file| file.take(64).read_to_end(&mut head));
        read.is_ok() && generation_of(&head) == Some(generation)
    }

    /// The file whose lock is taken.
    pub(super) fn lock_path(&self) -> PathBuf {
        self.dir.join("lock")
    }

    /// Takes the lock of this journal, waiting for at most about a second.
    pub(super) fn lock(&self) -> Result<Locked, CaptureError> {
        let path = self.lock_path();
        let open = || {
            let mut options = local::options();
            crate::fail_point!("journal: make the lock");
            options.write(true).create(true).truncate(false).open(&path)
        };
        let failed = |source| CaptureError::Write {
            path: path.clone(),
            source,
        };
        let file = match open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                local::make_dir(&self.dir).map_err(failed)?;
                open().map_err(failed)?
            }
            other => other.map_err(failed)?,
        };
        for _ in 0..LOCK_ATTEMPTS {
            match file.try_lock() {
                Ok(()) => return Ok(Locked { _file: Some(file) }),
                Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
                // This file system has none.
                Err(TryLockError::Error(_)) => break,
            }
        }
        Ok(Locked { _file: None })
    }

    fn current(&self) -> PathBuf {
        self.dir.join("current.jsonl")
    }

    fn closed(&self) -> PathBuf {
        self.dir.join("closed")
    }

    /// The number of the newest closed segment; 0 where none was.
    fn newest_closed(&self) -> u64 {
        fs::read_dir(self.closed())
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|file| {
                let name = file.file_name();
                name.to_str()?.strip_suffix(".jsonl")?.parse().ok()
            })
            .max()
            .unwrap_or_default()
    }
}

/// Answers whether a file ends with a line feed; `None` where it is empty.
fn ends_cleanly(file: &mut File) -> io::Result<Option<bool>> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(None);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(Some(last == *b"\n"))
}

fn push_line(bytes: &mut Vec<u8>, line: &impl Serialize) {
    let start = bytes.len();
    match serde_json::to_writer(&mut *bytes, line) {
        Ok(()) => bytes.push(b'\n'),
        // No entry has a key that is no text or a path that is not UTF-8 left in it; should one
        // fail all the same, half a line must not stay.
        Err(_) => bytes.truncate(start),
    }
}

/// Reads the number of a segment from its first bytes.
fn generation_of(bytes: &[u8]) -> Option<u64> {
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let head: Head = serde_json::from_slice(line).ok()?;
    Some(head.generation)
}

fn parsed(generation: u64, bytes: &[u8], start: u64) -> (Segment, Option<Position>) {
    let usual = (bytes.len() / USUAL_ENTRY_BYTES).min(USUAL_ENTRIES);
    let mut segment = Segment {
        // An entry is large, and a vector that grows moves them all.
        entries: Vec::with_capacity(usual),
        ..Segment::default()
    };
    let mut cut = None;
    let mut end = start;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        end += line.len() as u64;
        let position = Position { generation, end };
        if number == 0 && generation_of(line).is_some() {
            segment.end = position;
            continue;
        }
        match serde_json::from_slice(line) {
            Ok(entry) => segment.entries.push((position, entry)),
            // A damaged head, or the end of a line that was too far back to be read.
            Err(_) if number == 0 => {}
            // Being written at this moment, or cut off.
            Err(_) if !line.ends_with(b"\n") => {
                // The next append ends it with a line feed.
                end += 1;
                cut = Some(Position { generation, end });
                break;
            }
            Err(_) if line.trim_ascii().is_empty() => {}
            Err(_) => segment.damaged.push(position),
        }
        segment.end = position;
    }
    (segment, cut)
}

/// Names a worktree: `main`, or the name of a linked one and a digest of it.
fn worktree_key(git_dir: &Path, common_dir: &Path) -> String {
    if git_dir == common_dir {
        return "main".to_owned();
    }
    let name = git_dir.file_name().unwrap_or_default().as_encoded_bytes();
    let digest = Digest::of(name).to_hex();
    let readable: String = String::from_utf8_lossy(name)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .take(40)
        .collect();
    format!(
        "worktree-{readable}-{}",
        digest.get(..12).unwrap_or_default()
    )
}
