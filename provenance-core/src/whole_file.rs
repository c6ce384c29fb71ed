//! Files that are there whole or not at all, and on the disk when that is said.
//!
//! Takes a path, bytes and a mode. The bytes go into a hidden file beside the place, are flushed,
//! and only then get the name; the directory is flushed last. For what is written once and waited
//! for: keys, and what `init` puts in.
//!
//! # Invariants
//!
//! - Whoever dies on the way leaves the old file or the new one, and the hidden one beside it. It
//!   goes when the next file is written in the same directory, or `init` comes by, an hour later.
//!
//! # What is not checked
//!
//! Whether the directory keeps others out.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What stands before the process's id in the name of a file that is being written.
const MARK: &str = ".provenance-";
/// Nobody takes longer to write a file.
const HALF_DONE: Duration = Duration::from_hours(1);

/// Writes a file, in the place of one that is there, whose mode it keeps.
///
/// # Errors
///
/// What the file system says; the file is then as it was.
pub fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let like = fs::metadata(path).ok();
    let beside = filled(path, bytes, mode, like)?;
    crate::fail_point!("whole file: rename");
    finished(path, &beside, fs::rename(&beside, path))
}

/// Writes a file that is not there.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] when it is; what the file system says.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = filled(path, bytes, mode, None)?;
    crate::fail_point!("whole file: link");
    // A link appears with its whole content, and replaces nothing.
    let linked = fs::hard_link(&beside, path);
    crate::fail_point!("whole file: remove what was linked");
    drop(fs::remove_file(&beside));
    finished(path, &beside, linked)
}

/// Returns the name beside `path` under which this process may make something.
#[must_use]
pub fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!("{MARK}{}", std::process::id()));
    path.with_file_name(name)
}

/// Answers whether a name is one that [`beside`] gave to some process, or Git's lock of such a file.
fn is_beside(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let name = name.strip_suffix(".lock").unwrap_or(&name);
    let id = name.rsplit_once(MARK).map_or("", |(_, id)| id);
    name.starts_with('.') && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Removes from a directory what processes left that died over an hour before `now`.
pub fn sweep(directory: &Path, now: SystemTime) {
    for file in fs::read_dir(directory).into_iter().flatten().flatten() {
        let modified = || file.metadata().ok()?.modified().ok();
        let age = || now.duration_since(modified()?).ok();
        if is_beside(&file.file_name()) && age().is_some_and(|age| age > HALF_DONE) {
            crate::fail_point!("whole file: sweep");
            drop(fs::remove_file(file.path()));
        }
    }
}

fn filled(path: &Path, bytes: &[u8], mode: u32, like: Option<Metadata>) -> io::Result<PathBuf> {
    let beside = beside(path);
    // Left behind by a process that died and had our id.
    if beside.symlink_metadata().is_ok() {
        crate::fail_point!("whole file: remove a dead one's");
        fs::remove_file(&beside)?;
    }
    crate::fail_point!("whole file: open beside");
    let mut file = options(mode).open(&beside)?;
    crate::fail_point!("whole file: fill");
    let written = file
        .write_all(bytes)
        .and_then(|()| like.map_or(Ok(()), |like| file.set_permissions(like.permissions())))
        .and_then(|()| file.sync_all());
    finished(path, &beside, written)?;
    // The disk's own clock tells how old the others are.
    let now = file.metadata().and_then(|data| data.modified());
    if let (Some(directory), Ok(now)) = (path.parent(), now) {
        sweep(directory, now);
    }
    Ok(beside)
}

/// Flushes the directory of what was done, and takes back what was not.
fn finished(path: &Path, beside: &Path, done: io::Result<()>) -> io::Result<()> {
    if done.is_err() {
        // The first error is the one to tell.
        crate::fail_point!("whole file: take back");
        drop(fs::remove_file(beside));
        return done;
    }
    // Not every system flushes a directory; the file itself was.
    let directory = path
        .parent()
        .and_then(|directory| File::open(directory).ok());
    drop(directory.map(|directory| directory.sync_all()));
    Ok(())
}

fn options(mode: u32) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    options
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_a_new_one_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        write_new(&path, b"one", 0o600).unwrap();
        let again = write_new(&path, b"two", 0o600).unwrap_err();
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"three", 0o644).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "the mode stays");
        }
        assert_eq!(names(dir.path()), ["a"]);
    }

    #[test]
    fn what_a_dead_process_left_goes_after_an_hour_and_at_once_where_we_have_its_id() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let old = File::create(dir.path().join(".a.provenance-1")).unwrap();
        let long_ago = old.metadata().unwrap().modified().unwrap() - 2 * HALF_DONE;
        old.set_modified(long_ago).unwrap();
        for young in [dir.path().join(".a.provenance-2"), beside(&path)] {
            File::create(young).unwrap();
        }
        for other in [".b.provenance-1", ".b.provenance-1.lock"] {
            let other = File::create(dir.path().join(other)).unwrap();
            other.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        for name in ["a.provenance-1", ".a.provenance-saved", ".a.provenance-"] {
            assert!(!is_beside(OsStr::new(name)), "{name}");
        }
        write(&path, b"x", 0o600).unwrap();
        assert_eq!(names(dir.path()), [".a.provenance-2", "a"]);
    }
}
