//! Sets of lines: a note is one, and so is what two notes make together.
//!
//! Takes the bytes of notes, gives sorted, unique, LF-terminated lines: what
//! `git notes merge -s cat_sort_uniq` makes of them, byte for byte, so that stock Git merges
//! without loss. Empty lines, which `git notes append` puts between, are no lines.
//!
//! # What is not checked
//!
//! What a line says, and how long it is.

use std::collections::BTreeSet;

/// Returns the lines of a note.
pub fn lines(note: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = note.split(|byte| *byte == b'\n');
    lines.filter(|line| !line.is_empty())
}

/// Returns the lines of several notes, united.
pub fn unite<'a>(notes: impl IntoIterator<Item = &'a [u8]>) -> BTreeSet<&'a [u8]> {
    notes.into_iter().flat_map(lines).collect()
}

/// Writes lines as a note.
#[must_use]
pub fn join(lines: &BTreeSet<&[u8]>) -> Vec<u8> {
    let size = lines.iter().map(|line| line.len() + 1).sum();
    let mut note = Vec::with_capacity(size);
    for line in lines {
        note.extend_from_slice(line);
        note.push(b'\n');
    }
    note
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_sorted_bytewise_unique_and_ended() {
        let united = unite([b"b\n\na\nb".as_slice(), b"", b"\xff\nB\na\n"]);
        assert_eq!(join(&united), b"B\na\nb\n\xff\n");
    }

    proptest! {
        #[test]
        fn the_order_of_uniting_does_not_matter(a: Vec<u8>, b: Vec<u8>, c: Vec<u8>) {
            let (a, b, c) = (a.as_slice(), b.as_slice(), c.as_slice());
            let all = join(&unite([a, b, c]));
            prop_assert_eq!(&join(&unite([join(&unite([c, a])).as_slice(), b])), &all);
            prop_assert_eq!(&join(&unite([b, join(&unite([a, c])).as_slice(), a])), &all);
            prop_assert_eq!(&join(&unite([all.as_slice()])), &all);
        }
    }
}
