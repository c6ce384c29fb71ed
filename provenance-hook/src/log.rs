//! The log of what went wrong in hooks: `provenance/hook.log` in the common Git directory.
//!
//! A hook ends with 0 even where it failed, so its trouble must be kept where `doctor` and
//! `status` find it. One line an event: the moment, the job, what happened.
//!
//! # Invariants
//!
//! - One line is one `write`, so that parallel hooks do not mix theirs.
//! - The file stays under twice [`MAX_BYTES`], with the one before it kept as `hook.log.1`.
//! - Nothing is written where `init` never ran.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use provenance_core::clock::Timestamp;
use provenance_core::{fail_point, text};

/// A log that is longer than this is set aside before the next line.
pub const MAX_BYTES: u64 = 64 * 1024;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When it happened.
    pub at: Timestamp,
    /// What was being done.
    pub job: String,
    /// What went wrong, with its causes.
    pub message: String,
}

/// Returns where the log of a repository is.
#[must_use]
pub fn path(common_dir: &Path) -> PathBuf {
    common_dir.join("provenance").join("hook.log")
}

/// Appends one line, if `init` ever ran here.
///
/// # Errors
///
/// What the file system says.
pub fn append(common_dir: &Path, entry: &LogEntry) -> io::Result<()> {
    let path = path(common_dir);
    if !path.parent().is_some_and(Path::is_dir) {
        return Ok(());
    }
    if fs::metadata(&path).is_ok_and(|file| file.len() > MAX_BYTES) {
        fail_point!("log: set aside");
        fs::rename(&path, path.with_extension("log.1"))?;
    }
    let line = format!(
        "{} {} {}\n",
        entry.at,
        text::escaped(&entry.job).replace(' ', "-"),
        text::escaped(&entry.message)
    );
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    fail_point!("log: append");
    options.open(&path)?.write_all(line.as_bytes())
}

/// Returns the entries of the log, oldest first; a line that nobody can read is skipped.
///
/// # Errors
///
/// What the file system says; a log that is not there is an empty one.
pub fn entries(common_dir: &Path) -> io::Result<Vec<LogEntry>> {
    let file = match fs::File::open(path(common_dir)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(2 * MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes)
        .lines()
        .filter_map(entry)
        .collect())
}

fn entry(line: &str) -> Option<LogEntry> {
    let (at, rest) = line.split_once(' ')?;
    let (job, message) = rest.split_once(' ')?;
    Some(LogEntry {
        at: at.parse().ok()?,
        job: job.to_owned(),
        message: message.to_owned(),
    })
}

/// Writes an error and its causes on one line, as logs and hooks show them.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut shown = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(": ");
        shown.push_str(&cause.to_string());
        source = cause.source();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix_seconds(second).unwrap()
    }

    fn an_entry(message: &str) -> LogEntry {
        LogEntry {
            at: at(1_777_885_200),
            job: "post-commit".to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn what_was_written_is_read_back_on_one_line_each() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("provenance")).unwrap();
        append(dir.path(), &an_entry("no key: two\nlines")).unwrap();
        append(dir.path(), &an_entry("again")).unwrap();
        let read = entries(dir.path()).unwrap();
        assert_eq!(read, [an_entry("no key: two\\nlines"), an_entry("again")]);
    }

    #[test]
    fn a_repository_that_never_saw_init_gets_no_log() {
        let dir = tempfile::tempdir().unwrap();
        append(dir.path(), &an_entry("x")).unwrap();
        assert!(entries(dir.path()).unwrap().is_empty());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_log_does_not_grow_without_end() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("provenance")).unwrap();
        let long = an_entry(&"x".repeat(40_000));
        for _ in 0..5 {
            append(dir.path(), &long).unwrap();
        }
        assert!(fs::metadata(path(dir.path())).unwrap().len() <= 2 * MAX_BYTES);
        assert_eq!(
            fs::read_dir(dir.path().join("provenance")).unwrap().count(),
            2
        );
    }
}
