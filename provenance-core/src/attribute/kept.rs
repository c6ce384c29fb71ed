//! Files in which is kept what can be worked out again: safe to delete, and no evidence.
//!
//! ```text
//! "git-provenance <what> <version>\n"
//! 32 bytes    SHA-256 of the program's version and of the circumstances
//! 4 bytes     CRC-32 of the rest, the highest first
//! the rest
//! ```
//!
//! A file of something else, of another version of the program, or one that was made in other
//! circumstances, is none, and so is one that was cut off or changed: it is made anew.
//!
//! # What is not checked
//!
//! Whether somebody who can write to the file lies in it.

use std::path::Path;

use crate::capture::local;
use crate::digest::Digest;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// What a file holds, and in which version of its format.
pub(super) struct Form {
    /// The first line, with its LF.
    pub(super) first_line: &'static str,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Body {
    bytes: Vec<u8>,
    start: usize,
}

impl Body {
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Leaves out so many bytes at the beginning.
    pub(super) fn skip(self, count: usize) -> Self {
        Self {
            start: self.start.saturating_add(count),
            ..self
        }
    }
}

impl Form {
    /// Reads a file, if it is one of these.
    pub(super) fn read(&self, file: &Path, circumstances: Digest) -> Option<Body> {
        let bytes = std::fs::read(file).ok()?;
        let rest = bytes.strip_prefix(self.first_line.as_bytes())?;
        let (made_for, rest) = rest.split_first_chunk::<32>()?;
        let (sum, body) = rest.split_first_chunk::<4>()?;
        let is_whole = *made_for == made_in(circumstances) && *sum == checksum(&[body]);
        let start = bytes.len() - body.len();
        is_whole.then_some(Body { bytes, start })
    }

    /// Writes a file of these parts. That it cannot be written is no error: what is in it is worked
    /// out again.
    pub(super) fn write(&self, file: &Path, circumstances: Digest, parts: &[&[u8]]) {
        let (made_in, sum) = (made_in(circumstances), checksum(parts));
        let head = [self.first_line.as_bytes(), &made_in, &sum];
        let made = file.parent().map(local::make_dir);
        if let Some(Ok(())) = made {
            drop(local::write_parts(file, &[&head, parts].concat()));
        }
    }
}

fn made_in(circumstances: Digest) -> [u8; 32] {
    let version = env!("CARGO_PKG_VERSION");
    let parts = [version.as_bytes(), circumstances.as_bytes()];
    *Digest::of_parts(parts).as_bytes()
}

/// CRC-32, because it is against accidents: whoever could change a file could change this, too.
fn checksum(parts: &[&[u8]]) -> [u8; 4] {
    let mut sum = crc32fast::Hasher::new();
    for part in parts {
        sum.update(part);
    }
    sum.finalize().to_be_bytes()
}

/// What answers depend on besides the objects: the commits whose parents are not followed.
pub(super) fn circumstances(repo: &Repo) -> Result<Digest, GitError> {
    let mut boundary: Vec<ObjectId> = repo.shallow_boundary()?.into_iter().collect();
    boundary.sort_unstable();
    Ok(Digest::of_parts(boundary.iter().map(ObjectId::as_bytes)))
}
