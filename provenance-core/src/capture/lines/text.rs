//! A content as it is compared: its lines without CR before LF, each with its LF.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::git::diff::{self, DiffError, Hunk, Setting};

/// How many common lines are left around what differs when two contents are compared: more than
/// xdiff ever slides a hunk by its heuristic.
const MARGIN: usize = 128;

/// A content whose lines all end in LF.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub(super) struct Text {
    bytes: Vec<u8>,
    /// Where each line starts, and the end.
    starts: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Wire {
    Text(String),
    Bytes { b64: String },
}

impl From<Wire> for Text {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Text(text) => Self::of(text.as_bytes()),
            // What is no base64 has no lines, so the labels beside it will not fit.
            Wire::Bytes { b64 } => Self::of(&BASE64.decode(b64).unwrap_or_default()),
        }
    }
}

impl From<Text> for Wire {
    fn from(text: Text) -> Self {
        match String::from_utf8(text.bytes) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Bytes {
                b64: BASE64.encode(error.as_bytes()),
            },
        }
    }
}

impl Text {
    /// Takes a content apart.
    pub(super) fn of(content: &[u8]) -> Self {
        Self::of_lines(diff::lines(content))
    }

    /// Puts lines together, whatever they end in.
    pub(super) fn of_lines<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut bytes = Vec::new();
        let mut starts = vec![0];
        for line in lines {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            bytes.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            bytes.push(b'\n');
            starts.push(bytes.len());
        }
        Self { bytes, starts }
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The bytes of all lines.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// One line with its LF, empty where there is none.
    pub(super) fn line(&self, index: usize) -> &[u8] {
        self.lines(index..index + 1)
    }

    /// The bytes of some lines.
    pub(super) fn lines(&self, lines: Range<usize>) -> &[u8] {
        let start = self.starts.get(lines.start).copied();
        let end = self.starts.get(lines.end).copied();
        start
            .zip(end)
            .and_then(|(start, end)| self.bytes.get(start..end))
            .unwrap_or_default()
    }

    /// Some lines without their white space, each with its LF.
    pub(super) fn plain(&self, lines: Range<usize>) -> Vec<u8> {
        let bytes = self.lines(lines).iter().copied();
        bytes
            .filter(|byte| *byte == b'\n' || !byte.is_ascii_whitespace())
            .collect()
    }

    /// The bytes from a line on.
    pub(super) fn rest_from(&self, index: usize) -> &[u8] {
        let start = self.starts.get(index).copied();
        start
            .and_then(|start| self.bytes.get(start..))
            .unwrap_or_default()
    }

    /// The hunks between two contents. Long common beginnings and ends are passed over.
    pub(super) fn hunks(&self, new: &Self) -> Result<Vec<Hunk>, DiffError> {
        let shorter = self.len().min(new.len());
        let same = |old: usize, new_line: usize| self.line(old) == new.line(new_line);
        let head = (0..shorter).take_while(|n| same(*n, *n)).count();
        let tail = (1..=shorter - head)
            .take_while(|n| same(self.len() - n, new.len() - n))
            .count();
        let skipped = head.saturating_sub(MARGIN);
        let dropped = tail.saturating_sub(MARGIN);
        let mut hunks = diff::hunks(
            self.lines(skipped..self.len() - dropped),
            new.lines(skipped..new.len() - dropped),
            Setting::Blame,
        )?;
        let skipped = u32::try_from(skipped).unwrap_or(u32::MAX);
        for hunk in &mut hunks {
            hunk.old_start += skipped;
            hunk.new_start += skipped;
        }
        Ok(hunks)
    }
}

/// The runs of lines that two lists of lines have in common, from the hunks between them: pairs of
/// first lines, and how many.
pub(super) fn common_runs(
    hunks: &[Hunk],
    old_lines: usize,
) -> impl Iterator<Item = (usize, usize, usize)> {
    let starts = std::iter::once((0, 0)).chain(
        hunks
            .iter()
            .map(|hunk| (hunk.old_range().end, hunk.new_range().end)),
    );
    let ends = hunks
        .iter()
        .map(|hunk| hunk.old_range().start)
        .chain([old_lines]);
    starts
        .zip(ends)
        .map(|((old, new), end)| (old, new, end.saturating_sub(old)))
        .filter(|(_, _, length)| *length > 0)
}
