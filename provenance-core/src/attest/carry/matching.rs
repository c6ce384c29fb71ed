//! Which lines of one text stand in another, byte for byte. Pure.
//!
//! # What is not checked
//!
//! Whether a line that is equal came from there. Nobody can tell two equal lines apart; their order
//! decides.

use std::collections::BTreeSet;

use crate::git::diff::{self, Hunk, Setting};

/// Pairs lines (1-based) of `theirs` with equal ones of `ours` that are still open, and closes
/// those: first as the two texts stand to each other, then, for lines that moved, the rest of
/// theirs against the rest of ours. What is too large to compare has no pairs.
pub(super) fn pairs(
    theirs: &[u8],
    their_lines: &BTreeSet<u64>,
    ours: &[u8],
    open: &mut BTreeSet<u64>,
) -> Vec<(u64, u64)> {
    let mut left = their_lines.clone();
    let mut pairs = kept(theirs, &mut left, ours, open);
    if left.is_empty() || open.is_empty() {
        return pairs;
    }
    let (left, rest): (Vec<u64>, Vec<u64>) =
        (left.into_iter().collect(), open.iter().copied().collect());
    let (ours, theirs) = (excerpt(ours, &rest), excerpt(theirs, &left));
    let Ok(hunks) = diff::hunks(&theirs, &ours, Setting::Blame) else {
        return pairs;
    };
    for (their, our) in unchanged(&hunks, left.len() as u64) {
        let place = |lines: &[u64], line: u64| {
            let index = usize::try_from(line.checked_sub(1)?).ok()?;
            lines.get(index).copied()
        };
        if let Some((their, our)) = place(&left, their).zip(place(&rest, our)) {
            open.remove(&our);
            pairs.push((their, our));
        }
    }
    pairs
}

/// Pairs lines (1-based) of `theirs` with those of `ours` that they are, as the two texts stand to
/// each other, and closes both.
pub(super) fn kept(
    theirs: &[u8],
    left: &mut BTreeSet<u64>,
    ours: &[u8],
    open: &mut BTreeSet<u64>,
) -> Vec<(u64, u64)> {
    let mut pairs = Vec::new();
    let Ok(hunks) = diff::hunks(theirs, ours, Setting::Blame) else {
        return pairs;
    };
    for (their, our) in unchanged(&hunks, diff::count_lines(theirs) as u64) {
        if left.contains(&their) && open.remove(&our) {
            left.remove(&their);
            pairs.push((their, our));
        }
    }
    pairs
}

/// The lines that no hunk touches, old and new, 1-based.
fn unchanged(hunks: &[Hunk], old_lines: u64) -> impl Iterator<Item = (u64, u64)> {
    let mut old = 1;
    let mut runs = Vec::with_capacity(hunks.len() + 1);
    let mut shift = 0_i64;
    for hunk in hunks {
        runs.push((old, u64::from(hunk.old_start) + 1, shift));
        old = u64::from(hunk.old_start) + u64::from(hunk.old_len) + 1;
        shift += i64::from(hunk.new_len) - i64::from(hunk.old_len);
    }
    runs.push((old, old_lines + 1, shift));
    runs.into_iter().flat_map(|(from, to, shift)| {
        (from..to).filter_map(move |line| Some((line, line.checked_add_signed(shift)?)))
    })
}

/// Some lines of a text, each with an LF.
fn excerpt(text: &[u8], lines: &[u64]) -> Vec<u8> {
    let mut wanted = lines.iter().peekable();
    let mut excerpt = Vec::new();
    for (number, line) in (1..).zip(diff::lines(text)) {
        if wanted.next_if(|wanted| **wanted == number).is_some() {
            excerpt.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
            excerpt.push(b'\n');
        }
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(theirs: &str, wanted: &[u64], ours: &str, open: &[u64]) -> Vec<(u64, u64)> {
        let mut open = open.iter().copied().collect();
        let wanted = wanted.iter().copied().collect();
        let mut found = pairs(theirs.as_bytes(), &wanted, ours.as_bytes(), &mut open);
        found.sort_unstable();
        found
    }

    #[test]
    fn lines_are_found_where_they_stand_now() {
        assert_eq!(
            paired("x\na\nb\ny\n", &[2, 3], "new\nx\na\nb\ny\n", &[1, 3, 4]),
            [(2, 3), (3, 4)]
        );
    }

    #[test]
    fn lines_that_moved_past_others_are_found_too() {
        assert_eq!(
            paired("a\nb\nx\ny\nz\n", &[1, 2], "x\ny\nz\na\nb", &[4, 5]),
            [(1, 4), (2, 5)]
        );
    }

    #[test]
    fn a_line_that_is_not_equal_or_not_open_is_not_paired() {
        assert_eq!(paired("a\n  b\n", &[1, 2], "a\n\tb\n", &[1, 2]), [(1, 1)]);
        assert_eq!(paired("a\n", &[1], "a\n", &[]), []);
        assert_eq!(paired("a\n", &[], "a\n", &[1]), []);
        assert_eq!(paired("a\n", &[1], "a\na\na\n", &[1, 2, 3]).len(), 1);
    }
}
