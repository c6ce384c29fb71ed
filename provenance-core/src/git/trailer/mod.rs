//! The lines of a commit message that speak of records.
//!
//! Takes the bytes of a message. Gives the [`Pins`] that bind it to records, the [`hints`] that a
//! squash leaves behind, and, for `commit-msg`, the message with the one new pin ([`edit`]).
//!
//! A pin is a line that reads exactly `Provenance: sha256:` and 64 lower-case hex digits, from
//! column 0, with trailing blanks and CR ignored, wherever it stands: Git's own trailer rules lose
//! one above a `---`, or before another paragraph of trailers.
//!
//! # What is not checked
//!
//! Whether the records exist, and what they say. A pin is a name.

mod edit;
mod paragraph;

pub use edit::{Cleanup, Comment, Edit, Edited, edit};

use crate::digest::Digest;

/// What stands before the digest.
const PIN: &[u8] = b"Provenance: sha256:";

/// The most different pins that a message may have.
pub const MAX_PINS: usize = 64;

/// The different pins of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pins {
    /// Each once, in the order of their first mention; mostly none or one.
    Listed(Vec<Digest>),
    /// More than [`MAX_PINS`]: the commit is `invalid`.
    TooMany,
}

/// Returns the pins of `message`.
#[must_use]
pub fn pins(message: &[u8]) -> Pins {
    let mut listed = Vec::new();
    for digest in message.split(|byte| *byte == b'\n').filter_map(pin) {
        if listed.contains(&digest) {
            continue;
        }
        if listed.len() == MAX_PINS {
            return Pins::TooMany;
        }
        listed.push(digest);
    }
    Pins::Listed(listed)
}

/// Returns what would be pins if they were not indented or quoted with `>`: where a squash or a
/// reply put the old message. Each once, at most [`MAX_PINS`], in order. They bind nothing.
#[must_use]
pub fn hints(message: &[u8]) -> Vec<Digest> {
    let mut hints = Vec::new();
    for line in message.split(|byte| *byte == b'\n') {
        let inner = match line.iter().position(|b| !matches!(b, b' ' | b'\t' | b'>')) {
            Some(0) | None => continue,
            Some(column) => line.get(column..).unwrap_or_default(),
        };
        if let Some(digest) = pin(inner)
            && !hints.contains(&digest)
            && hints.len() < MAX_PINS
        {
            hints.push(digest);
        }
    }
    hints
}

/// Returns the line of a message that pins `record_id`.
#[must_use]
pub fn pin_line(record_id: &Digest) -> String {
    format!("Provenance: {record_id}")
}

/// The digest, where `line` (with or without its end) is a pin.
fn pin(line: &[u8]) -> Option<Digest> {
    let digits = without_end(line).strip_prefix(PIN)?;
    Digest::from_hex(std::str::from_utf8(digits).ok()?).ok()
}

/// The line without trailing blanks, CR and LF.
fn without_end(line: &[u8]) -> &[u8] {
    let length = line
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .map_or(0, |last| last + 1);
    line.get(..length).unwrap_or(line)
}

#[cfg(test)]
mod tests;
