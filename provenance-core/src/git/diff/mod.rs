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
//!
//! - [`Setting::BlameIgnoringWhitespace`]: as `Blame`, where lines that differ in white space only
//!   are equal: `git diff -w`, hence `git blame -w`.
//!
//! Invariants: hunks are in order, do not touch each other, and replacing each old range by its new
//! range turns the old content into the new one, up to what the setting ignores. xdiff never sees the lines themselves, only their
//! indentation and a number for each distinct line: xdiff looks at nothing else, and contents made
//! to collide in its weak line hash cost no time.
//!
//! # What is not checked
//!
//! Whether the contents are text: a binary is diffed like any other bytes. Ask [`is_binary`] first.

mod follow;

pub use follow::followed;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use git2::{DiffOptions, Patch};

/// The most bytes that either side of a diff may have: 32 MiB.
pub const MAX_BYTES: usize = 32 << 20;
/// The most lines that both sides of a diff may have together: a million or so. The worst that
/// they can be made to cost is then some 3 s and 250 MB.
pub const MAX_LINES: usize = 1 << 20;

/// C Git looks for NUL in this many bytes.
const BINARY_WINDOW: usize = 8000;
/// C Git compares the common end in blocks of this many bytes.
const TAIL_BLOCK: usize = 1024;
/// xdiff tells no deeper indentation apart.
const MAX_INDENT: usize = 200;

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
    /// A side is over [`MAX_BYTES`], or both together over [`MAX_LINES`].
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
    if old.len().max(new.len()) > MAX_BYTES || count_lines(old) + count_lines(new) > MAX_LINES {
        return Err(too_large());
    }
    let (old_head, new_head) = without_common_tail(old, new);
    let old_lines: Vec<&[u8]> = lines(old_head).collect();
    let new_lines: Vec<&[u8]> = lines(new_head).collect();
    if old_lines.is_empty() || new_lines.is_empty() {
        return Ok(vec![Hunk {
            old_start: 0,
            old_len: count(old_lines.len()),
            new_start: 0,
            new_len: count(new_lines.len()),
        }]);
    }
    // Most changes leave the beginning as it is: it is named once.
    let pairs = old_lines.iter().zip(&new_lines);
    let common = pairs.take_while(|(old, new)| old == new).count();
    let (start, old_rest) = old_lines.split_at(common);
    let (_, new_rest) = new_lines.split_at(common);
    let mut names = Names::for_lines(old_lines.len() + new_rest.len(), setting);
    let mut old_names = Vec::with_capacity(old_lines.len() * 8);
    names.write(&mut old_names, start);
    let mut new_names = Vec::with_capacity(new_lines.len() * 8);
    new_names.extend_from_slice(&old_names);
    names.write(&mut old_names, old_rest);
    names.write(&mut new_names, new_rest);
    xdiff(&old_names, &new_names, setting).map_err(DiffError::Xdiff)
}

fn xdiff(old: &[u8], new: &[u8], setting: Setting) -> Result<Vec<Hunk>, git2::Error> {
    let mut options = DiffOptions::new();
    options
        .force_text(true)
        .context_lines(0)
        .interhunk_lines(0)
        .ignore_whitespace(setting == Setting::BlameIgnoringWhitespace)
        .indent_heuristic(setting != Setting::Plain);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut options))?;
    let mut hunks = Vec::with_capacity(patch.num_hunks());
    for index in 0..patch.num_hunks() {
        let (hunk, _) = patch.hunk(index)?;
        // An empty side of a unified diff names the line before it, a full one its first line.
        let start = |start: u32, lines: u32| start.saturating_sub(u32::from(lines > 0));
        hunks.push(Hunk {
            old_start: start(hunk.old_start(), hunk.old_lines()),
            old_len: hunk.old_lines(),
            new_start: start(hunk.new_start(), hunk.new_lines()),
            new_len: hunk.new_lines(),
        });
    }
    Ok(hunks)
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

/// A number for each distinct line. The table is seeded: no content can be made to collide in it.
struct Names<'a> {
    numbers: HashMap<Cow<'a, [u8]>, u32, foldhash::quality::RandomState>,
    setting: Setting,
}

impl<'a> Names<'a> {
    fn for_lines(count: usize, setting: Setting) -> Self {
        let hasher = foldhash::quality::RandomState::default();
        Self {
            numbers: HashMap::with_capacity_and_hasher(count, hasher),
            setting,
        }
    }

    /// Writes for each line its indentation and its number. Equal lines become equal lines,
    /// different lines different ones, blank lines blank ones. Where white space does not count,
    /// lines that are equal without it differ in their indentation only, which xdiff then ignores.
    fn write(&mut self, names: &mut Vec<u8>, lines: &[&'a [u8]]) {
        for line in lines {
            let next = count(self.numbers.len());
            let key = match self.setting {
                Setting::BlameIgnoringWhitespace => without_whitespace(line),
                Setting::Blame | Setting::Plain => Cow::Borrowed(*line),
            };
            let number = *self.numbers.entry(key).or_insert(next);
            match indent(line) {
                Some(columns) => {
                    names.extend(std::iter::repeat_n(b'\t', columns / 8));
                    names.extend(std::iter::repeat_n(b' ', columns % 8));
                    write_digits(names, number, b"0123456789abcdef");
                }
                None => write_digits(names, number, b" \t"),
            }
            names.push(b'\n');
        }
    }
}

/// A line without its white space, in Git's notion of it.
fn without_whitespace(line: &[u8]) -> Cow<'_, [u8]> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    if line.iter().any(is_space) {
        return line
            .iter()
            .copied()
            .filter(|byte| !is_space(byte))
            .collect();
    }
    Cow::Borrowed(line)
}

fn write_digits(out: &mut Vec<u8>, mut number: u32, digits: &[u8]) {
    let base = count(digits.len());
    loop {
        out.extend(digits.get((number % base) as usize));
        number /= base;
        if number == 0 {
            break;
        }
    }
}

/// The columns before the first byte that is no white space, `None` for a blank line: `get_indent`
/// in Git's `xdiffi.c`, with Git's notion of white space, which libgit2's differs from.
fn indent(line: &[u8]) -> Option<usize> {
    let mut columns = 0;
    for byte in line {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 8 - columns % 8,
            b'\n' | b'\r' => {}
            _ => return Some(columns),
        }
        if columns >= MAX_INDENT {
            return Some(MAX_INDENT);
        }
    }
    None
}

fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
