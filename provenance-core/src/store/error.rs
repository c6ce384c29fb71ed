//! `StoreError`: why notes could not be read or written.

use super::{MAX_LINES, MAX_NOTE_BYTES};
use crate::git::GitError;
use crate::object_id::ObjectId;
use crate::seal::MAX_LINE_BYTES;

/// Why notes could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The repository could not be read or written.
    #[error("cannot read or write the notes")]
    Git(#[from] GitError),
    /// A line that cannot be a line of a note: empty, or more than one.
    #[error(
        "a line for commit {commit_id} is empty or holds a line feed or NUL; a record is one line"
    )]
    NotALine {
        /// The commit that it is about.
        commit_id: ObjectId,
    },
    /// A line that is longer than readers read.
    #[error(
        "a line of {size} bytes for commit {commit_id} was not kept: readers take at most {MAX_LINE_BYTES}"
    )]
    LineTooLong {
        /// The commit that it is about.
        commit_id: ObjectId,
        /// Its size in bytes.
        size: usize,
    },
    /// The note would have more lines or bytes than readers read.
    #[error(
        "{refused} lines for commit {commit_id} were not kept: its note would have more than \
         {MAX_LINES} lines or {MAX_NOTE_BYTES} bytes, which readers do not read"
    )]
    NoteFull {
        /// The commit whose note it is.
        commit_id: ObjectId,
        /// How many lines were refused.
        refused: usize,
    },
}
