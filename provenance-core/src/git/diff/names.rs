//! `Names`: a number for each distinct line, and a short name that xdiff compares in its place.
//!
//! xdiff looks at nothing of a line but whether it is equal to another, how far it is indented and
//! whether it is blank. The name says just that, so contents made to collide in xdiff's weak line
//! hash cost no time.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Setting, count};

/// xdiff tells no deeper indentation apart.
const MAX_INDENT: usize = 200;

/// A number for each distinct line. The table is seeded: no content can be made to collide in it.
pub(super) struct Names<'a> {
    numbers: HashMap<Cow<'a, [u8]>, u32, foldhash::quality::RandomState>,
    /// By number, the first of the lines that are equal.
    lines: Vec<&'a [u8]>,
    setting: Setting,
}

impl<'a> Names<'a> {
    /// Makes room for so many distinct lines.
    pub(super) fn for_lines(count: usize, setting: Setting) -> Self {
        let hasher = foldhash::quality::RandomState::default();
        Self {
            numbers: HashMap::with_capacity_and_hasher(count, hasher),
            lines: Vec::with_capacity(count),
            setting,
        }
    }

    /// Returns the distinct lines in the order of their numbers, which begin with 0.
    pub(super) fn lines(&self) -> &[&'a [u8]] {
        &self.lines
    }

    /// Returns the number of a line: that of an equal one, or the next.
    pub(super) fn number(&mut self, line: &'a [u8]) -> u32 {
        let lines = &mut self.lines;
        let numbers = self.numbers.entry(key(line, self.setting));
        *numbers.or_insert_with(|| {
            lines.push(line);
            count(lines.len() - 1)
        })
    }

    /// Returns the number of a line, if an equal one has one.
    pub(super) fn find(&self, line: &[u8]) -> Option<u32> {
        self.numbers.get(&key(line, self.setting)).copied()
    }
}

/// Answers whether two lines are equal.
pub(super) fn is_equal(a: &[u8], b: &[u8], setting: Setting) -> bool {
    key(a, setting) == key(b, setting)
}

/// What is compared of a line.
fn key(line: &[u8], setting: Setting) -> Cow<'_, [u8]> {
    match setting {
        Setting::BlameIgnoringWhitespace => without_whitespace(line),
        Setting::Blame | Setting::Plain => Cow::Borrowed(line),
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

/// Writes the name of a line: its indentation and its number. Equal lines become equal lines,
/// different lines different ones, blank lines blank ones. Where white space does not count, lines
/// that are equal without it differ in their indentation only, which xdiff then ignores.
pub(super) fn write(names: &mut Vec<u8>, line: &[u8], number: u32) {
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

/// Answers whether a line has nothing but white space, in Git's notion of it.
pub(super) fn is_blank(line: &[u8]) -> bool {
    indent(line).is_none()
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
