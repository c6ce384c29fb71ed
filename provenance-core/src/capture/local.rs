//! Private files below a Git directory: directories 0700, files 0600, whole or not at all.
//!
//! Takes paths and bytes. A file that is replaced is written beside itself and renamed, so that a
//! reader and a crash see the old content or the new one. What is written again and again is not
//! synced to disk: it is checked when it is read, and neither an agent's edit nor a commit waits
//! for a disk. What is made once, and cannot be made again, is.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::clock::Timestamp;

/// The ending of a file that is being written.
const BESIDE: &str = "tmp";
/// Nobody takes longer to write a file: one that is older was left by a process that died.
const HALF_DONE: Duration = Duration::from_hours(1);

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Makes a directory and what is missing above it.
pub(crate) fn make_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    crate::fail_point!("local: make a directory");
    builder.create(path)
}

/// Returns options that create a file which only its owner can read.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Writes a file whole: beside its place, then renamed. Makes the directory if it is missing.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_parts(path, &[bytes])
}

/// Writes a file of several parts.
pub(crate) fn write_parts(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let (beside, mut file) = open_beside(path)?;
    crate::fail_point!("local: fill");
    let filled = parts.iter().try_for_each(|part| file.write_all(part));
    let written = filled.and_then(|()| {
        crate::fail_point!("local: rename");
        fs::rename(&beside, path)
    });
    if written.is_err() {
        // What is left of a full disk is removed; that it cannot be is no second error.
        drop(fs::remove_file(&beside));
    }
    written
}

/// Writes a file that must not exist yet; answers whether this call was the one that made it.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let (beside, mut file) = open_beside(path)?;
    crate::fail_point!("local: fill a new one");
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    // A link appears with its whole content, or fails because another process was first.
    let linked = written.and_then(|()| {
        crate::fail_point!("local: link");
        fs::hard_link(&beside, path)
    });
    crate::fail_point!("local: remove what was linked");
    drop(fs::remove_file(&beside));
    match linked {
        Ok(()) => {
            // Not every system flushes a directory; the file itself was.
            let directory = path
                .parent()
                .and_then(|directory| File::open(directory).ok());
            drop(directory.map(|directory| directory.sync_all()));
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes an empty file whose lock is held before it has its name.
pub(crate) fn write_held(path: &Path) -> io::Result<File> {
    let beside = path.with_extension(BESIDE);
    crate::fail_point!("held file: open");
    let open = || {
        options()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&beside)
    };
    let file = match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_dir(path.parent().unwrap_or(path))?;
            open()?
        }
        other => other?,
    };
    // Where there are no locks, nobody can tell that it is held.
    drop(file.try_lock());
    crate::fail_point!("held file: name");
    fs::rename(&beside, path)?;
    Ok(file)
}

/// Reads a file of at most `cap` bytes; `None` where there is none.
pub(crate) fn read(path: &Path, cap: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // What capture keeps is small, and then read at once.
    let mut bytes = Vec::with_capacity(4 << 10);
    file.take(cap.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > cap {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(Some(bytes))
}

fn open_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let beside = path.with_extension(format!("{}-{number}.{BESIDE}", std::process::id()));
    let open = || {
        crate::fail_point!("local: open beside");
        options().write(true).create_new(true).open(&beside)
    };
    let file = match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_dir(path.parent().unwrap_or(path))?;
            open()?
        }
        // Left behind by a crashed process that had our id.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            crate::fail_point!("local: remove a dead one's");
            fs::remove_file(&beside)?;
            open()?
        }
        other => other?,
    };
    Ok((beside, file))
}

/// Removes the files of a directory that were last modified longer than `kept` before `now`;
/// returns how many.
pub(crate) fn prune(dir: &Path, now: Timestamp, kept: Duration) -> u64 {
    let files = entries(dir).into_iter();
    let old = files.filter(|file| is_older(file, now, kept));
    old.map(|file| u64::from(removed(&file))).sum()
}

/// Removes what processes that died left half done in a directory and below it; returns how many
/// files that were.
pub(crate) fn sweep(dir: &Path, now: Timestamp) -> u64 {
    let below = entries(dir).into_iter().map(|path| {
        if path.symlink_metadata().is_ok_and(|data| data.is_dir()) {
            sweep(&path, now)
        } else {
            u64::from(is_beside(&path) && is_older(&path, now, HALF_DONE) && removed(&path))
        }
    });
    below.sum()
}

/// Answers whether a name is one under which something is being written.
pub(crate) fn is_beside(name: &Path) -> bool {
    name.extension().is_some_and(|ending| ending == BESIDE)
}

fn is_older(file: &Path, now: Timestamp, kept: Duration) -> bool {
    let modified = file.metadata().and_then(|data| data.modified());
    let age = modified.map(|modified| SystemTime::from(now).duration_since(modified));
    age.is_ok_and(|age| age.is_ok_and(|age| age > kept))
}

fn removed(file: &Path) -> bool {
    crate::fail_point!("local: prune");
    fs::remove_file(file).is_ok()
}

/// Returns what a directory holds; nothing where there is none.
pub(crate) fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}
