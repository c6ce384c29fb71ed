//! Paths and lines that others wrote.
//!
//! # What is not checked
//!
//! Whether they exist.

use super::Refusal;
use crate::record::LineRange;
use crate::repo_path::RepoPath;
use crate::text;

/// A path inside the repository.
pub(super) fn path(spelled: &str) -> Result<RepoPath, Refusal> {
    RepoPath::new(spelled).map_err(|_| Refusal::BadPath {
        path: quoted(spelled),
    })
}

/// Lines that a file can have.
pub(super) fn lines(start_line: u64, end_line: u64) -> Option<LineRange> {
    let is_range = 1 <= start_line && start_line <= end_line && u32::try_from(end_line).is_ok();
    is_range.then_some(LineRange {
        start_line,
        end_line,
    })
}

/// The start of a text, escaped.
pub(super) fn quoted(text: &str) -> String {
    text::escaped(text).chars().take(80).collect()
}
