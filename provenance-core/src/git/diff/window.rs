//! `Window`: the lines in which two contents differ, and the common ones around them.
//!
//! Takes two contents and finds what they have in common at the beginning and at the end, line by
//! line. Most changes touch a few lines of a long file, and xdiff looks at each line of both three
//! times; so what it answers is asked of an [`Excerpt`], or needs no asking at all.

use super::excerpt::Excerpt;
use super::names::{Names, is_equal};
use super::{Hunk, MAX_LINES, Setting, count, count_lines, lines};

/// How many bytes are compared at once.
const CHUNK: usize = 64;

/// Two contents, cut at the lines where they begin and end to differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    /// The lines that both begin with.
    pub(super) before: &'a [u8],
    /// What the old content has between those and `after`.
    pub(super) old: &'a [u8],
    /// What the new content has there.
    pub(super) new: &'a [u8],
    /// The lines that both end with.
    pub(super) after: &'a [u8],
}

impl<'a> Window<'a> {
    /// Cuts two contents.
    pub(super) fn between(old: &'a [u8], new: &'a [u8]) -> Self {
        let common = common_prefix(old, new);
        let common = old.get(..common).unwrap_or(old);
        let start = memchr::memrchr(b'\n', common).map_or(0, |lf| lf + 1);
        let (before, old_rest) = old.split_at(start);
        let (_, new_rest) = new.split_at(start);
        let tail = common_lines_at_the_end(old_rest, new_rest);
        let (old_window, after) = old_rest.split_at(old_rest.len() - tail);
        let (new_window, _) = new_rest.split_at(new_rest.len() - tail);
        Self {
            before,
            old: old_window,
            new: new_window,
            after,
        }
    }

    /// Returns the hunks between the two contents; `None` where more than [`MAX_LINES`] would have to
    /// be looked at.
    pub(super) fn hunks(&self, setting: Setting) -> Result<Option<Vec<Hunk>>, git2::Error> {
        if count_lines(self.old) + count_lines(self.new) > MAX_LINES {
            return Ok(None);
        }
        let can_slide = self.can_slide(setting);
        // A side without lines shares none with the other.
        if (self.old.is_empty() || self.new.is_empty()) && !can_slide {
            return Ok(Some(vec![self.as_hunk()]));
        }
        let old_lines: Vec<&[u8]> = lines(self.old).collect();
        let mut names = Names::for_lines(old_lines.len(), setting);
        let old = Numbered::of(old_lines, &mut names);
        let known = count(names.lines().len());
        let new = Numbered::of(lines(self.new).collect(), &mut names);
        let shares = new.numbers.iter().any(|number| *number < known);
        if !shares && !can_slide {
            return Ok(Some(vec![self.as_hunk()]));
        }
        let excerpt = Excerpt::of(self, &mut names, &old, &new, shares);
        excerpt.map(|excerpt| excerpt.hunks(setting)).transpose()
    }

    /// All that differs as one hunk.
    fn as_hunk(&self) -> Hunk {
        let start = count(count_lines(self.before));
        Hunk {
            old_start: start,
            old_len: count(count_lines(self.old)),
            new_start: start,
            new_len: count(count_lines(self.new)),
        }
    }

    /// Answers whether lines that all went, or all came, could as well be others, one line further
    /// up or down.
    fn can_slide(&self, setting: Setting) -> bool {
        let above = last_line(self.before);
        let below = lines(self.after).next();
        let is_same = |one: Option<&[u8]>, other: Option<&[u8]>| {
            let both = one.zip(other);
            both.is_some_and(|(one, other)| is_equal(one, other, setting))
        };
        [self.old, self.new]
            .into_iter()
            .any(|side| is_same(above, last_line(side)) || is_same(below, lines(side).next()))
    }
}

/// Lines, each with its number.
pub(super) struct Numbered<'a> {
    pub(super) lines: Vec<&'a [u8]>,
    pub(super) numbers: Vec<u32>,
}

impl<'a> Numbered<'a> {
    pub(super) fn of(lines: Vec<&'a [u8]>, names: &mut Names<'a>) -> Self {
        let numbers = lines.iter().map(|line| names.number(line)).collect();
        Self { lines, numbers }
    }

    /// Returns the lines with their numbers.
    pub(super) fn with_numbers(&self) -> impl Iterator<Item = (&'a [u8], u32)> {
        let numbers = self.numbers.iter().copied();
        self.lines.iter().copied().zip(numbers)
    }
}

/// Returns the last line, with its LF.
pub(super) fn last_line(content: &[u8]) -> Option<&[u8]> {
    let (_, inner) = content.split_last()?;
    let start = memchr::memrchr(b'\n', inner).map_or(0, |lf| lf + 1);
    content.get(start..)
}

/// How many bytes two contents have in common at the beginning.
fn common_prefix(old: &[u8], new: &[u8]) -> usize {
    let chunks = old.chunks_exact(CHUNK).zip(new.chunks_exact(CHUNK));
    let equal = chunks.take_while(|(old, new)| old == new).count() * CHUNK;
    let rest = old.iter().skip(equal).zip(new.iter().skip(equal));
    equal + rest.take_while(|(old, new)| old == new).count()
}

/// How many bytes two contents have in common at the end.
fn common_suffix(old: &[u8], new: &[u8]) -> usize {
    let chunks = old.rchunks_exact(CHUNK).zip(new.rchunks_exact(CHUNK));
    let equal = chunks.take_while(|(old, new)| old == new).count() * CHUNK;
    let rest = old.iter().rev().skip(equal);
    let rest = rest.zip(new.iter().rev().skip(equal));
    equal + rest.take_while(|(old, new)| old == new).count()
}

/// How many bytes the whole lines have that two contents both end with.
fn common_lines_at_the_end(old: &[u8], new: &[u8]) -> usize {
    let length = common_suffix(old, new);
    let begins_a_line = |content: &[u8]| {
        let before = content.len().checked_sub(length + 1);
        before.is_none_or(|before| content.get(before) == Some(&b'\n'))
    };
    if begins_a_line(old) && begins_a_line(new) {
        return length;
    }
    let common = old.get(old.len() - length..).unwrap_or_default();
    memchr::memchr(b'\n', common).map_or(0, |lf| length - lf - 1)
}
