//! Which lines a formatter only split, joined or moved sideways.
//!
//! Takes the old and the new lines of a hunk. Gives groups of old lines and groups of new lines that
//! hold the same bytes, white space left out. A comma before a closing bracket counts as white
//! space: formatters add and drop it with the line break.
//!
//! # What is not checked
//!
//! Language: white space in a string literal, or the indentation of Python, is white space too.

use std::ops::Range;

use super::Label;
use super::text::Text;

/// In a hunk with more pairs of lines, only the hunk as a whole is looked at.
const MAX_PAIRS: usize = 1 << 14;

/// Some lines of a text, without their white space.
#[derive(Debug)]
struct Substance {
    bytes: Vec<u8>,
    /// Where each line starts in `bytes`, and the end.
    starts: Vec<usize>,
    first_line: usize,
}

impl Substance {
    fn of(text: &Text, lines: Range<usize>) -> Self {
        let mut bytes = Vec::new();
        let mut starts = vec![0];
        for line in lines.clone() {
            bytes.extend(text.line(line).iter().filter(|b| !b.is_ascii_whitespace()));
            starts.push(bytes.len());
        }
        let next = text.rest_from(lines.end).iter().copied();
        let next = next.take(4096).find(|byte| !byte.is_ascii_whitespace());
        let mut substance = Self {
            bytes,
            starts,
            first_line: lines.start,
        };
        substance.drop_trailing_commas(next);
        substance
    }

    fn drop_trailing_commas(&mut self, next: Option<u8>) {
        let closes = |byte: Option<&u8>| matches!(byte, Some(b')' | b']' | b'}' | b'>'));
        let following = self.bytes.iter().skip(1).chain(&next);
        let keep: Vec<bool> = self
            .bytes
            .iter()
            .zip(following.map(Some).chain([None]))
            .map(|(byte, next)| *byte != b',' || !closes(next))
            .collect();
        if keep.iter().all(|keep| *keep) {
            return;
        }
        let mut dropped = 0;
        let mut starts = self.starts.iter_mut().peekable();
        for (at, keep) in keep.iter().enumerate() {
            while starts.peek().is_some_and(|start| **start <= at) {
                starts
                    .next()
                    .into_iter()
                    .for_each(|start| *start -= dropped);
            }
            dropped += usize::from(!keep);
        }
        starts.for_each(|start| *start -= dropped);
        let mut keep = keep.iter();
        self.bytes.retain(|_| keep.next().copied().unwrap_or(true));
    }

    fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The bytes of one line, by its place in the hunk.
    fn line(&self, index: usize) -> &[u8] {
        let range = self.starts.get(index).zip(self.starts.get(index + 1));
        range
            .and_then(|(start, end)| self.bytes.get(*start..*end))
            .unwrap_or_default()
    }
}

/// Lines of the old and of the new text that hold the same, line breaks aside.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// Finds the groups of a hunk, in order.
pub(super) fn groups(
    old_text: &Text,
    old_lines: Range<usize>,
    new_text: &Text,
    new_lines: Range<usize>,
) -> Vec<Group> {
    if old_lines.is_empty() || new_lines.is_empty() {
        return Vec::new();
    }
    let whole = Group {
        old: old_lines.clone(),
        new: new_lines.clone(),
    };
    let old = Substance::of(old_text, old_lines);
    let new = Substance::of(new_text, new_lines);
    if old.bytes == new.bytes && !old.bytes.is_empty() {
        return vec![whole];
    }
    let mut groups = Vec::new();
    if old.len() * new.len() > MAX_PAIRS {
        return groups;
    }
    let (mut next_old, mut at) = (0, 0);
    while at < new.len() {
        let found =
            (next_old..old.len()).find_map(|first| Some((first, matched(&old, first, &new, at)?)));
        match found {
            Some((first, (old_end, new_end))) => {
                groups.push(Group {
                    old: old.first_line + first..old.first_line + old_end,
                    new: new.first_line + at..new.first_line + new_end,
                });
                (next_old, at) = (old_end, new_end);
            }
            None => at += 1,
        }
    }
    groups
}

/// The shortest groups of lines from these two on that hold the same bytes: where they end.
fn matched(
    old: &Substance,
    old_first: usize,
    new: &Substance,
    new_first: usize,
) -> Option<(usize, usize)> {
    let (mut old_end, mut new_end) = (old_first, new_first);
    let (mut old_rest, mut new_rest): (&[u8], &[u8]) = (&[], &[]);
    loop {
        if old_rest.is_empty() {
            old_rest = Some(old.line(old_end)).filter(|line| !line.is_empty())?;
            old_end += 1;
        }
        if new_rest.is_empty() {
            new_rest = Some(new.line(new_end)).filter(|line| !line.is_empty())?;
            new_end += 1;
        }
        let shared = old_rest.len().min(new_rest.len());
        let (old_head, old_tail) = old_rest.split_at(shared);
        let (new_head, new_tail) = new_rest.split_at(shared);
        if old_head != new_head {
            return None;
        }
        if old_tail.is_empty() && new_tail.is_empty() {
            return Some((old_end, new_end));
        }
        (old_rest, new_rest) = (old_tail, new_tail);
    }
}

/// The labels of the new lines of a group, byte by byte from the old ones. A line of several
/// authors: mixed where an agent is among them, by the agent with the most bytes; else human. What
/// is made of a twin is one. A blank line goes with the line above.
pub(super) fn carried<K: Copy + Eq>(
    group: &Group,
    old_text: &Text,
    old_labels: &[Label<K>],
    new_text: &Text,
) -> Vec<Label<K>> {
    let old = Substance::of(old_text, group.old.clone());
    let new = Substance::of(new_text, group.new.clone());
    let mut old_lines = group.old.clone().enumerate();
    let mut rest = 0;
    let first = old_labels.get(group.old.start).copied();
    let mut author = first.unwrap_or(Label::None);
    let mut carried: Vec<Label<K>> = Vec::with_capacity(new.len());
    for line in 0..new.len() {
        let mut needed = new.line(line).len();
        let mut authors: Vec<(Label<K>, usize)> = Vec::new();
        while needed > 0 {
            if rest == 0 {
                let Some((index, old_line)) = old_lines.next() else {
                    break;
                };
                rest = old.line(index).len();
                author = old_labels.get(old_line).copied().unwrap_or(Label::None);
                continue;
            }
            let taken = rest.min(needed);
            authors.push((author, taken));
            rest -= taken;
            needed -= taken;
        }
        let blank = carried.last().copied().unwrap_or(author);
        carried.push(joined(&authors).unwrap_or(blank));
    }
    carried
}

/// The label of a line that was joined of parts of these lengths.
fn joined<K: Copy + Eq>(parts: &[(Label<K>, usize)]) -> Option<Label<K>> {
    let (first, _) = parts.first()?;
    if parts.iter().all(|(label, _)| label == first) {
        return Some(*first);
    }
    let bytes_of = |key: K| -> usize {
        let of_key = parts.iter().filter(|(label, _)| label.key() == Some(key));
        of_key.map(|(_, bytes)| bytes).sum()
    };
    let most = parts
        .iter()
        .filter_map(|(label, _)| label.key())
        .max_by_key(|key| bytes_of(*key));
    Some(match most {
        None => Label::Human,
        Some(key)
            if parts
                .iter()
                .any(|(label, _)| matches!(label, Label::Twin(_))) =>
        {
            Label::Twin(key)
        }
        Some(key) if parts.iter().all(|(label, _)| matches!(label, Label::Ai(_))) => Label::Ai(key),
        Some(key) => Label::Mixed(key),
    })
}
