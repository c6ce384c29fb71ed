//! `Repo::status`: which files of the worktree are not as HEAD has them, as Git says it.
//!
//! Runs `git status --porcelain=v2 -z --untracked-files=all`: Git knows sparse and split indexes,
//! filters, `core.fsmonitor` and the untracked cache, libgit2 knows some. Bounded: in entries, and
//! in time; what was cut off is said by [`Status::complete`].

use std::ffi::OsStr;
use std::io::Read as _;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{GitError, Repo};
use crate::repo_path::RepoPath;

/// No path that Git lists is longer; a status has at most so many bytes per entry.
const ENTRY_BYTES: u64 = 4096 + 160;

/// What differs from HEAD.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The files, in Git's order. Ignored files are not among them.
    pub files: Vec<StatusFile>,
    /// Whether this is all. Where it is not, untracked files were left out, or the end.
    pub complete: bool,
}

/// A file that is not as HEAD has it, in the index, in the worktree or in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusFile {
    /// Where.
    pub path: RepoPath,
    /// Whether Git does not track it.
    pub untracked: bool,
    /// Whether it is a submodule.
    pub submodule: bool,
}

impl Repo {
    /// Lists what differs from HEAD: at most `most` files, waiting for at most `patience`, and
    /// then as long again for a list without untracked files.
    ///
    /// # Errors
    ///
    /// [`GitError::NoGit`] when Git cannot be started.
    pub fn status(&self, most: usize, patience: Duration) -> Result<Status, GitError> {
        if let Some(status) = self.try_status("all", most, patience)? {
            return Ok(status);
        }
        let tracked = self.try_status("no", most, patience)?;
        Ok(Status {
            files: tracked.unwrap_or_default().files,
            complete: false,
        })
    }

    fn try_status(
        &self,
        untracked: &str,
        most: usize,
        patience: Duration,
    ) -> Result<Option<Status>, GitError> {
        let untracked = format!("--untracked-files={untracked}");
        let args = [
            "status",
            "--porcelain=v2",
            "-z",
            "--no-renames",
            "--ignore-submodules=dirty",
            "--no-ahead-behind",
            &untracked,
        ];
        let mut git = self.git_command(args.map(OsStr::new));
        git.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = git.spawn().map_err(|source| GitError::NoGit { source })?;
        let Some(stdout) = child.stdout.take() else {
            return Ok(None);
        };
        let cap = (most as u64 + 1).saturating_mul(ENTRY_BYTES);
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(cap).read_to_end(&mut bytes);
            // Nobody listens any more after the patience is over.
            drop(send.send(read.map(|_| bytes)));
        });
        let received = receive.recv_timeout(patience);
        if received.is_err() {
            // It may have ended in this moment.
            drop(child.kill());
        }
        let succeeded = child.wait().is_ok_and(|status| status.success());
        Ok(match received {
            Ok(Ok(bytes)) if succeeded || bytes.len() as u64 == cap => Some(parsed(&bytes, most)),
            _ => None,
        })
    }
}

/// Reads the entries; gitstatus(1), "Porcelain Format Version 2" and "Pathname Format Notes and -z".
fn parsed(bytes: &[u8], most: usize) -> Status {
    let mut status = Status {
        files: Vec::new(),
        complete: true,
    };
    let mut fields = bytes.split(|byte| *byte == 0);
    while let Some(entry) = fields.next() {
        // How many blanks stand before the path.
        let blanks = match entry.first() {
            Some(b'1') => 8,
            Some(b'2') => {
                // The old path follows as a field of its own.
                fields.next();
                9
            }
            Some(b'u') => 10,
            Some(b'?') => 1,
            _ => continue,
        };
        let Some(path) = entry.splitn(blanks + 1, |byte| *byte == b' ').nth(blanks) else {
            continue;
        };
        if status.files.len() == most {
            status.complete = false;
            break;
        }
        let submodule = entry.split(|byte| *byte == b' ').nth(2);
        // An untracked directory that is a repository of its own ends with a slash.
        let (path, nested) = match path.strip_suffix(b"/") {
            Some(path) => (path, true),
            None => (path, false),
        };
        if let Ok(path) = RepoPath::new(path) {
            status.files.push(StatusFile {
                path,
                untracked: entry.first() == Some(&b'?'),
                submodule: nested || (blanks > 1 && submodule.is_some_and(|s| s.starts_with(b"S"))),
            });
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_entry_gives_its_path() {
        let bytes = b"1 .M N... 100644 100644 100644 1111 2222 src/a b.rs\0\
            2 R. N... 100644 100644 100644 1111 2222 R100 new name\0old name\0\
            u UU N... 100644 100644 100644 100644 1 2 3 merge me\0\
            1 .M SC.. 160000 160000 160000 1111 2222 sub\0\
            ? un tracked\xff\0? nested/\0! ignored\0";
        let status = parsed(bytes, 100);
        let paths: Vec<_> = status.files.iter().map(|f| f.path.to_string()).collect();
        assert_eq!(
            paths,
            [
                "src/a b.rs",
                "new name",
                "merge me",
                "sub",
                "un tracked\\xff",
                "nested"
            ]
        );
        let submodules: Vec<_> = status.files.iter().map(|f| f.submodule).collect();
        assert_eq!(submodules, [false, false, false, true, false, true]);
        assert!(status.files[4].untracked && status.complete);
        let cut = parsed(bytes, 2);
        assert_eq!((cut.files.len(), cut.complete), (2, false));
    }
}
