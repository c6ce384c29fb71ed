//! Waiting until what was written is on the disk.
//!
//! Takes names of objects and references. libgit2 flushes only where `core.fsyncObjectFiles` says
//! so, so the files that it wrote are flushed here, each with its directory: objects before the
//! reference that leads to them. Very many at once are put into a pack instead.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::process::Stdio;

use super::{GitError, Repo};
use crate::object_id::ObjectId;

/// From how many objects on a pack is made of them.
const MANY: usize = 128;

impl Repo {
    /// Flushes loose objects; one that is in a pack was flushed with it.
    pub(crate) fn flush_objects(&self, ids: &[ObjectId]) -> Result<(), GitError> {
        // A disk waits for thousands of files longer than for one that has them all.
        if ids.len() > MANY && self.pack(ids)? {
            return Ok(());
        }
        let objects = self.common_dir().join("objects");
        crate::fail_point!("objects: flush");
        let mut directories = BTreeSet::new();
        for id in ids {
            let hex = id.to_string();
            let (directory, name) = hex.split_at_checked(2).unwrap_or_default();
            let directory = objects.join(directory);
            match flush(&directory.join(name)) {
                Ok(()) => directories.insert(directory),
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(source) => {
                    return Err(GitError::Flush {
                        path: directory,
                        source,
                    });
                }
            };
        }
        for directory in directories {
            flush(&directory).map_err(|source| GitError::Flush {
                path: directory,
                source,
            })?;
        }
        Ok(())
    }

    /// Puts objects into a pack, which Git flushes; `false` when Git would not.
    fn pack(&self, ids: &[ObjectId]) -> Result<bool, GitError> {
        let base = self.common_dir().join("objects/pack/pack");
        let mut command = self.git_command([
            "-c".as_ref(),
            "core.fsync=pack,pack-metadata".as_ref(),
            "-c".as_ref(),
            "core.fsyncMethod=fsync".as_ref(),
            "pack-objects".as_ref(),
            "-q".as_ref(),
            base.as_os_str(),
        ]);
        crate::fail_point!("objects: pack");
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.map_err(|source| GitError::NoGit { source })?;
        if let Some(mut stdin) = child.stdin.take() {
            let names: String = ids
                .iter()
                .flat_map(|id| [id.to_string(), "\n".to_owned()])
                .collect();
            // Whether it read everything is what its exit code says.
            drop(stdin.write_all(names.as_bytes()));
        }
        let status = child.wait().map_err(|source| GitError::NoGit { source })?;
        let directory = base.parent().unwrap_or(&base);
        Ok(status.success() && flush(directory).is_ok())
    }

    /// Flushes a reference that was just written.
    pub(in crate::git) fn flush_ref(&self, name: &str) -> Result<(), GitError> {
        crate::fail_point!("ref: flush");
        let path = self.common_dir().join(name);
        let flushed = match flush(&path) {
            // `git pack-refs` was faster.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        };
        flushed
            .and_then(|()| path.parent().map_or(Ok(()), flush))
            .map_err(|source| GitError::Flush { path, source })
    }
}

fn flush(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
