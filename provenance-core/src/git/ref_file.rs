//! References that have a file of their own (gitrepository-layout(5), "refs"), read and moved as
//! Git reads and moves them.
//!
//! Takes names and gives ids; takes a [`Step`] and makes it: lock, compare, reflog, rename. libgit2
//! asks for each the configuration, the packs and the reference itself several times over, and a
//! hook has a few milliseconds. Whatever is not the usual stays with it: references that are
//! packed, symbolic or of one worktree, and those that have no reflog yet.
//!
//! # Invariants
//!
//! - The old value is compared under the lock, and the file is replaced whole.
//! - A lock that cannot be used for the move is given back.
//!
//! # What is not checked
//!
//! Whether the object of a step is here: it was written for it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::publish::Step;
use super::{GitError, Head, Person, RefUpdate, Repo};
use crate::object_id::ObjectId;

/// More than the longest file that is read: `ref: ` and a name.
const MAX_FILE_BYTES: usize = 1 << 10;
/// References below these belong to one worktree (gitglossary(7), "per-worktree ref").
const PER_WORKTREE: [&str; 3] = ["refs/bisect/", "refs/worktree/", "refs/rewritten/"];

/// What the file of a reference says.
enum Said {
    Id(ObjectId),
    Symbolic(String),
}

impl Repo {
    /// Returns where `HEAD` stands; `None` where files do not tell.
    pub(super) fn head_in_file(&self) -> Option<Head> {
        match self.said(&self.git_dir().join("HEAD"))? {
            Said::Id(commit_id) => Some(Head {
                ref_name: None,
                commit_id: Some(commit_id),
            }),
            Said::Symbolic(name) => Some(Head {
                commit_id: Some(self.ref_in_file(&name)?),
                ref_name: Some(name),
            }),
        }
    }

    /// Returns what a reference points at; `None` where its file does not tell.
    pub(super) fn ref_in_file(&self, name: &str) -> Option<ObjectId> {
        if !is_shared(name) {
            return None;
        }
        match self.said(&self.common_dir().join(name))? {
            Said::Id(id) => Some(id),
            Said::Symbolic(_) => None,
        }
    }

    /// Makes a step of a reference that has a file and a reflog; `None` where libgit2 has to.
    pub(super) fn move_in_file(&self, step: &Step<'_>) -> Result<Option<RefUpdate>, GitError> {
        let (Some(expected), Some(who)) = (step.expected, step.who) else {
            return Ok(None);
        };
        let path = self.common_dir().join(step.name);
        let is_usual = is_shared(step.name)
            && step.written.contains(&step.commit_id)
            && path.symlink_metadata().is_ok_and(|file| file.is_file());
        let log = self.common_dir().join("logs").join(step.name);
        let reflog = OpenOptions::new().append(true).open(&log);
        let (true, Ok(reflog)) = (is_usual, reflog) else {
            return Ok(None);
        };
        let failed = |source| GitError::Write {
            path: path.clone(),
            source,
        };
        let lock = match Lock::of(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Ok(Some(RefUpdate::Raced));
            }
            lock => lock.map_err(failed)?,
        };
        match self.said(&path) {
            Some(Said::Id(found)) if found == expected => {}
            Some(Said::Id(_)) => return Ok(Some(RefUpdate::Raced)),
            _ => return Ok(None),
        }
        let entry = log_line(expected, step.commit_id, who, step.message);
        lock.put(&path, step.commit_id, reflog, &entry)
            .map_err(failed)?;
        self.share(&path)?;
        self.share(&log)?;
        Ok(Some(RefUpdate::Done))
    }

    /// Reads the file of a reference.
    fn said(&self, path: &Path) -> Option<Said> {
        let mut bytes = [0; MAX_FILE_BYTES];
        // Half of a file is no id: it needs no second read to be sure of the end.
        let length = File::open(path).ok()?.read(&mut bytes).ok()?;
        let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
        let text = text.strip_suffix('\n')?;
        if let Some(name) = text.strip_prefix("ref: ") {
            return Some(Said::Symbolic(name.to_owned()));
        }
        let id: ObjectId = text.parse().ok()?;
        (id.len() == self.object_format().id_length()).then_some(Said::Id(id))
    }
}

/// Answers whether a name is one that all worktrees share, and stays below the Git directory.
fn is_shared(name: &str) -> bool {
    name.starts_with("refs/")
        && git2::Reference::is_valid_name(name)
        && !PER_WORKTREE.iter().any(|own| name.starts_with(own))
}

/// A line of a reflog, as Git writes it.
fn log_line(old: ObjectId, new: ObjectId, who: &Person, message: &str) -> Vec<u8> {
    let mut line = format!("{old} {new} ").into_bytes();
    line.extend(who.line());
    let message: Vec<&str> = message.split_whitespace().collect();
    line.extend_from_slice(format!("\t{}\n", message.join(" ")).as_bytes());
    line
}

/// The lock of a reference, given back when it is dropped.
struct Lock {
    path: PathBuf,
    file: File,
    is_used: bool,
}

impl Lock {
    fn of(reference: &Path) -> io::Result<Self> {
        let mut path = reference.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        crate::fail_point!("ref: lock");
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        let is_used = false;
        Ok(Self {
            path,
            file,
            is_used,
        })
    }

    /// Lets the reference point at `id`, once its reflog says so.
    fn put(
        mut self,
        reference: &Path,
        id: ObjectId,
        mut reflog: File,
        entry: &[u8],
    ) -> io::Result<()> {
        crate::fail_point!("ref: fill the lock");
        self.file.write_all(format!("{id}\n").as_bytes())?;
        crate::fail_point!("ref: log");
        reflog.write_all(entry)?;
        crate::fail_point!("ref: rename the lock");
        fs::rename(&self.path, reference)?;
        self.is_used = true;
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.is_used {
            crate::fail_point!("ref: give back the lock");
            // Whoever finds it later says how old it is.
            drop(fs::remove_file(&self.path));
        }
    }
}
