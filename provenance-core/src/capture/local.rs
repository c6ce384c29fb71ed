//! Private files below a Git directory: directories 0700, files 0600, whole or not at all.
//!
//! Takes paths and bytes. A file that is replaced is written beside itself and renamed, so that a
//! reader and a crash see the old content or the new one. Nothing is synced to disk here: what
//! capture writes is checked when it is read, and an agent's edit must not wait for a disk.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::clock::Timestamp;

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
    let (beside, mut file) = open_beside(path)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of a full disk is removed; that it cannot be is no second error.
        drop(fs::remove_file(&beside));
    }
    written
}

/// Writes a file that must not exist yet; answers whether this call was the one that made it.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let (beside, mut file) = open_beside(path)?;
    // A link appears with its whole content, or fails because another process was first.
    let linked = file
        .write_all(bytes)
        .and_then(|()| fs::hard_link(&beside, path));
    drop(fs::remove_file(&beside));
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
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
    let beside = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
    let open = || options().write(true).create_new(true).open(&beside);
    let file = match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_dir(path.parent().unwrap_or(path))?;
            open()?
        }
        // Left behind by a crashed process that had our id.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
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
    let seconds = u64::try_from(now.unix_seconds()).unwrap_or_default();
    let today = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let mut removed = 0;
    for file in fs::read_dir(dir).into_iter().flatten().flatten() {
        let modified = file.metadata().and_then(|data| data.modified());
        let is_old = modified
            .is_ok_and(|modified| today.duration_since(modified).is_ok_and(|age| age > kept));
        if is_old && fs::remove_file(file.path()).is_ok() {
            removed += 1;
        }
    }
    removed
}

/// Returns what a directory holds; nothing where there is none.
pub(crate) fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}
