//! The one line diff of the product: which lines a change removed and which it added.
//!
//! Takes two contents as bytes and a [`Setting`]; gives the [`Hunk`]s between them. Lines end at
//! LF; a last line without one is a line too, and not equal to the same line with one; CR is part
//! of its line. Which lines count as *added* depends on the algorithm, so records, verdicts and
//! attribution all come here.
//!
//! The algorithm is xdiff, as libgit2 bundles it, with what C Git does around it:
//!
//! - [`Setting::Blame`]: Myers with the indent heuristic. The hunks are those of
//!   `git diff -U0 --diff-algorithm=myers --indent-heuristic`, hence the lines that `git blame`
//!   gives to the change.
//! - [`Setting::Plain`]: Myers alone, those of
//!   `git diff -U0 --diff-algorithm=myers --no-indent-heuristic`. The `patch` digest uses it,
//!   because it is the easiest to reproduce elsewhere.
//! - [`Setting::BlameIgnoringWhitespace`]: as `Blame`, where lines that differ in white space only
//!   are equal: `git diff -w`, hence `git blame -w`.
//!
//! Invariants: hunks are in order, do not touch each other, and replacing each old range by its new
//! range turns the old content into the new one, up to what the setting ignores. xdiff never sees
//! the lines themselves, only names for them (`diff/names`), and of those no more than decide
//! (`diff/excerpt`).
//!
//! # What is not checked
//!
//! Whether the contents are text: a binary is diffed like any other bytes. Ask [`is_binary`] first.

mod ballast;
mod excerpt;
mod follow;
mod names;
mod window;
mod xdiff;

use std::ops::Range;

pub use follow::followed;

use self::window::Window;

/// The most bytes that either side of a diff may have: 32 MiB.
pub const MAX_BYTES: usize = 32 << 20;
/// The most lines in which both sides of a diff may differ together, those that are looked at around
/// them counted: a million or so. The worst that they can be made to cost is then some 3 s and
/// 250 MB.
pub const MAX_LINES: usize = 1 << 20;

/// C Git looks for NUL in this many bytes.
const BINARY_WINDOW: usize = 8000;
/// C Git compares the common end in blocks of this many bytes.
const TAIL_BLOCK: usize = 1024;

/// Which of several equally short diffs is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// With the indent heuristic: the lines that `git blame` gives to a change.
    Blame,
    /// The same, where white space does not count: blank, tab, CR and LF, wherever they stand.
    BlameIgnoringWhitespace,
    /// Without heuristics: what the `patch` digest is made of.
    Plain,
}

/// A run of old lines and the run of new lines that took its place.
///
/// Starts are 0-based, ranges half-open: a pure insertion has `old_len` 0 and stands before the
/// old line `old_start`. Never are both lengths 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hunk {
    /// The 0-based index of the first removed line.
    pub old_start: u32,
    /// How many lines were removed.
    pub old_len: u32,
    /// The 0-based index of the first added line.
    pub new_start: u32,
    /// How many lines were added.
    pub new_len: u32,
}

impl Hunk {
    /// Returns the removed lines as 0-based indices.
    #[must_use]
    pub fn old_range(&self) -> Range<usize> {
        range(self.old_start, self.old_len)
    }

    /// Returns the added lines as 0-based indices.
    #[must_use]
    pub fn new_range(&self) -> Range<usize> {
        range(self.new_start, self.new_len)
    }

    /// Returns the first and last added line, 1-based and inclusive as records have them; `None`
    /// where lines were only removed.
    #[must_use]
    pub fn added(&self) -> Option<(u32, u32)> {
        (self.new_len > 0).then(|| {
            (
                self.new_start.saturating_add(1),
                self.new_start.saturating_add(self.new_len),
            )
        })
    }
}

fn range(start: u32, length: u32) -> Range<usize> {
    start as usize..start.saturating_add(length) as usize
}

/// Why there is no diff.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// A side is over [`MAX_BYTES`], or they differ in more than [`MAX_LINES`] together.
    #[error(
        "contents of {old_bytes} and {new_bytes} bytes are too large to compare by lines: treat \
         the file as a whole"
    )]
    TooLarge {
        /// The bytes of the old side.
        old_bytes: usize,
        /// The bytes of the new side.
        new_bytes: usize,
    },
    /// libgit2 could not run xdiff (out of memory).
    #[error("cannot compare lines: free some memory and try again")]
    Xdiff(#[source] git2::Error),
}

/// Returns the lines of `content`, each with its LF where it has one.
pub fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = content;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |lf| lf + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        Some(line)
    })
}

/// Returns how many lines `content` has.
#[must_use]
pub fn count_lines(content: &[u8]) -> usize {
    let unfinished = content.last().is_some_and(|byte| *byte != b'\n');
    memchr::memchr_iter(b'\n', content).count() + usize::from(unfinished)
}

/// Answers whether Git takes `content` for binary: a NUL in its first 8000 bytes
/// (`buffer_is_binary` in Git's `xdiff-interface.c`). Attributes are not looked at.
#[must_use]
pub fn is_binary(content: &[u8]) -> bool {
    content.get(..BINARY_WINDOW).unwrap_or(content).contains(&0)
}

/// Returns the hunks that turn `old` into `new`.
///
/// # Errors
///
/// [`DiffError::TooLarge`] above the documented bounds, so that no content makes the caller wait;
/// [`DiffError::Xdiff`] when memory runs out.
pub fn hunks(old: &[u8], new: &[u8], setting: Setting) -> Result<Vec<Hunk>, DiffError> {
    if old == new {
        return Ok(Vec::new());
    }
    let too_large = || DiffError::TooLarge {
        old_bytes: old.len(),
        new_bytes: new.len(),
    };
    if old.len().max(new.len()) > MAX_BYTES {
        return Err(too_large());
    }
    let (old_head, new_head) = without_common_tail(old, new);
    let hunks = Window::between(old_head, new_head).hunks(setting);
    hunks.map_err(DiffError::Xdiff)?.ok_or_else(too_large)
}

/// Takes off what both have in common at the end, but for the rest of the line in which that
/// begins: `trim_common_tail` in Git's `xdiff-interface.c`, which decides how far a hunk can slide.
fn without_common_tail<'a>(old: &'a [u8], new: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let blocks = old
        .rchunks_exact(TAIL_BLOCK)
        .zip(new.rchunks_exact(TAIL_BLOCK))
        .take_while(|(old, new)| old == new)
        .count();
    let tail = blocks * TAIL_BLOCK;
    let (old_head, common) = old.split_at(old.len() - tail);
    let kept = common
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(tail, |lf| lf + 1);
    let end = |length: usize| length - tail + kept;
    (
        old.get(..end(old_head.len() + tail)).unwrap_or(old),
        new.get(..end(new.len())).unwrap_or(new),
    )
}

fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
