//! Waiting until what was written is on the disk.
//!
//! Takes names of objects and references. libgit2 flushes only where `core.fsyncObjectFiles` says
//! so, so the files that it wrote are flushed here, each with its directory: objects before the
//! reference that leads to them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{GitError, Repo};
use crate::object_id::ObjectId;

impl Repo {
    /// Flushes loose objects; one that is in a pack was flushed with it.
    pub(crate) fn flush_objects(&self, ids: &[ObjectId]) -> Result<(), GitError> {
        let objects = self.common_dir().join("objects");
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

    /// Flushes a reference that was just written.
    pub(in crate::git) fn flush_ref(&self, name: &str) -> Result<(), GitError> {
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
