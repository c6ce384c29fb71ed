//! The entries of a tree object, from its bytes and without copying them.
//!
//! A tree object is `mode SP name NUL id`, again and again, sorted as if each directory's name
//! ended in `/`. Trees that some tool wrote out of order are read in order; of two entries of one
//! name the first counts, as it does for Git's own look-up.
//!
//! # What is not checked
//!
//! Whether a name may be checked out: `..` and `.git` come out as they stand.

use std::cmp::Ordering;

use super::Version;
use crate::object_id::ObjectId;

/// One entry; borrows from the bytes of its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) struct Entry<'a> {
    /// The mode as it is written, not yet in canonical form.
    pub(in crate::git) mode: u32,
    /// The name: not empty, without NUL.
    pub(in crate::git) name: &'a [u8],
    /// What the name stands for.
    pub(in crate::git) id: ObjectId,
}

impl Entry<'_> {
    /// What the entry says, with the mode that Git would show.
    pub(super) const fn version(&self) -> Version {
        Version {
            mode: canonical(self.mode),
            id: self.id,
        }
    }

    /// Compares by Git's order: a directory sorts as if its name ended in `/`.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let shared = self.name.len().min(other.name.len());
        let (head, rest) = self.name.split_at(shared);
        let (other_head, other_rest) = other.name.split_at(shared);
        head.cmp(other_head).then_with(|| {
            let next = |rest: &[u8], version: Version| match rest.first() {
                Some(byte) => *byte,
                None if version.is_tree() => b'/',
                None => 0,
            };
            next(rest, self.version())
                .cmp(&next(other_rest, other.version()))
                .then(rest.len().cmp(&other_rest.len()))
        })
    }
}

/// `canon_mode` in Git's `cache.h`.
const fn canonical(mode: u32) -> u32 {
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 != 0 => 0o100_755,
        0o100_000 => 0o100_644,
        0o120_000 => 0o120_000,
        0o040_000 => 0o040_000,
        _ => 0o160_000,
    }
}

/// Reads the entries in their own order; `None` where the bytes are no list of entries.
/// `id_length` is 20 or 32.
pub(in crate::git) fn parse(mut bytes: &[u8], id_length: usize) -> Option<Vec<Entry<'_>>> {
    let mut entries = Vec::with_capacity(bytes.len() / 34);
    while !bytes.is_empty() {
        let blank = bytes.iter().take(7).position(|byte| *byte == b' ')?;
        let mut mode = 0;
        for digit in bytes.get(..blank).filter(|digits| !digits.is_empty())? {
            if !(b'0'..=b'7').contains(digit) {
                return None;
            }
            mode = mode * 8 + u32::from(digit - b'0');
        }
        bytes = bytes.get(blank + 1..)?;
        let nul = bytes.iter().position(|byte| *byte == 0)?;
        let name = bytes.get(..nul).filter(|name| !name.is_empty())?;
        let id = ObjectId::from_bytes(bytes.get(nul + 1..nul + 1 + id_length)?)?;
        bytes = bytes.get(nul + 1 + id_length..)?;
        entries.push(Entry { mode, name, id });
    }
    Some(entries)
}

/// Reads the entries in Git's order, each name once; `None` also where a name holds `/`.
pub(super) fn sorted(bytes: &[u8], id_length: usize) -> Option<Vec<Entry<'_>>> {
    let mut entries = parse(bytes, id_length)?;
    if entries.iter().any(|entry| entry.name.contains(&b'/')) {
        return None;
    }
    if !entries.is_sorted_by(|a, b| a.order(b) == Ordering::Less) {
        entries.sort_by(Entry::order);
        entries.dedup_by(|later, first| later.order(first) == Ordering::Equal);
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, (mode, name)) in (1..).zip(entries) {
            bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            bytes.extend_from_slice(&[index; 20]);
        }
        bytes
    }

    fn names(bytes: &[u8]) -> Option<Vec<(String, u8)>> {
        let name = |entry: &Entry<'_>| String::from_utf8(entry.name.to_vec()).unwrap();
        sorted(bytes, 20).map(|entries| {
            let named = entries.iter().map(|e| (name(e), e.id.as_bytes()[0]));
            named.collect()
        })
    }

    #[test]
    fn a_directory_sorts_as_if_it_ended_in_a_slash() {
        let bytes = tree(&[
            ("100644", "a"),
            ("100644", "a.b"),
            ("40000", "a"),
            ("100644", "a0"),
        ]);
        let order = ["a", "a.b", "a", "a0"];
        assert_eq!(
            names(&bytes)
                .unwrap()
                .iter()
                .map(|n| &n.0)
                .collect::<Vec<_>>(),
            order
        );
    }

    #[test]
    fn attack_disorder_and_doubles_are_read_in_one_way_only() {
        let bytes = tree(&[("100644", "b"), ("100644", "a"), ("100755", "b")]);
        let expected = [("a".to_owned(), 2), ("b".to_owned(), 1)];
        assert_eq!(names(&bytes).unwrap(), expected);
    }

    #[test]
    fn attack_bytes_that_are_no_tree_are_refused() {
        let good = tree(&[("100644", "a")]);
        for length in 1..good.len() {
            assert_eq!(names(&good[..length]), None, "cut to {length}");
        }
        for (mode, name) in [
            ("", "a"),
            ("8", "a"),
            ("10064400", "a"),
            ("100644", ""),
            ("40000", "a/b"),
        ] {
            assert_eq!(names(&tree(&[(mode, name)])), None, "{mode} {name}");
        }
    }

    #[test]
    fn modes_are_shown_as_git_shows_them() {
        for (mode, shown) in [
            (0o100_664, 0o100_644),
            (0o100_600, 0o100_644),
            (0o100_775, 0o100_755),
            (0o120_777, 0o120_000),
            (0o40_000, 0o40_000),
            (0o160_000, 0o160_000),
        ] {
            assert_eq!(canonical(mode), shown, "{mode:o}");
        }
    }
}
