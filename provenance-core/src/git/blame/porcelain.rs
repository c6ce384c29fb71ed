//! The forms of `git blame` for programs, read back (git-blame(1), "The porcelain format").

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{BlamedLine, Uncommitted};
use crate::object_id::ObjectId;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) lines: Vec<BlamedLine>,
    pub(super) uncommitted: Option<Uncommitted>,
}

/// The start of a group: `<commit> <original line> <line> [<lines in this group>]`.
#[derive(Debug, Clone, Copy)]
struct Header {
    commit_id: ObjectId,
    original_line: u64,
    line: u64,
    count: u64,
}

/// What is known of the commits that were named so far.
#[derive(Debug, Default)]
struct Known {
    paths: HashMap<ObjectId, Arc<[u8]>>,
    boundaries: HashSet<ObjectId>,
    uncommitted: Option<Uncommitted>,
}

impl Known {
    /// Takes in one row between a header and the end of its entry; answers whether it was the
    /// name of the file.
    fn add(&mut self, header: Header, row: &[u8]) -> Option<bool> {
        if row == b"boundary" {
            self.boundaries.insert(header.commit_id);
        } else if let Some(name) = row.strip_prefix(b"filename ") {
            let path = unquoted(name)?;
            let same = self.paths.get(&header.commit_id);
            if same.is_none_or(|known| **known != *path) {
                self.paths.insert(header.commit_id, path.into());
            }
            return Some(true);
        } else if header.commit_id.is_null() {
            let told = self.uncommitted.get_or_insert_default();
            let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
            if let Some(name) = row.strip_prefix(b"author ") {
                told.name = text(name);
            } else if let Some(email) = row.strip_prefix(b"author-mail ") {
                text(email)
                    .trim_matches(['<', '>'])
                    .clone_into(&mut told.email);
            } else if let Some(seconds) = row.strip_prefix(b"author-time ") {
                told.seconds = text(seconds).parse().ok()?;
            }
        }
        Some(false)
    }

    fn line(&self, header: Header, content: &[u8]) -> Option<BlamedLine> {
        Some(BlamedLine {
            line: header.line,
            commit_id: header.commit_id,
            original_path: Arc::clone(self.paths.get(&header.commit_id)?),
            original_line: header.original_line,
            content: content.to_vec(),
            is_boundary: self.boundaries.contains(&header.commit_id),
            is_guessed: false,
        })
    }
}

/// Reads `--porcelain` and `--line-porcelain`, where each line ends with what it says.
pub(super) fn parse(output: &[u8]) -> Option<Told> {
    let mut lines = Vec::new();
    let mut known = Known::default();
    let mut current: Option<Header> = None;
    for row in rows(output) {
        match (current, row.strip_prefix(b"\t")) {
            (Some(header), Some(content)) => {
                lines.push(known.line(header, content)?);
                current = None;
            }
            (Some(header), None) => {
                known.add(header, row)?;
            }
            (None, _) => current = Some(header(row)?),
        }
    }
    current.is_none().then_some(Told {
        lines,
        uncommitted: known.uncommitted,
    })
}

/// Reads `--incremental`, where each entry ends with the name of the file, and they stand in no
/// order.
pub(super) fn parse_incremental(output: &[u8]) -> Option<Told> {
    let mut lines = Vec::new();
    let mut known = Known::default();
    let mut current: Option<Header> = None;
    for row in rows(output) {
        let Some(entry) = current else {
            current = Some(header(row)?);
            continue;
        };
        if known.add(entry, row)? {
            for index in 0..entry.count {
                let one = Header {
                    original_line: entry.original_line.checked_add(index)?,
                    line: entry.line.checked_add(index)?,
                    ..entry
                };
                lines.push(known.line(one, b"")?);
            }
            current = None;
        }
    }
    lines.sort_by_key(|line| line.line);
    current.is_none().then_some(Told {
        lines,
        uncommitted: known.uncommitted,
    })
}

/// Returns the commit that a row names, if it begins an entry.
pub(super) fn named(row: &[u8]) -> Option<ObjectId> {
    let end = row.iter().position(|byte| *byte == b' ')?;
    std::str::from_utf8(row.get(..end)?).ok()?.parse().ok()
}

fn rows(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    let rows = output.split_inclusive(|byte| *byte == b'\n');
    rows.map(|row| row.strip_suffix(b"\n").unwrap_or(row))
}

fn header(row: &[u8]) -> Option<Header> {
    let mut words = std::str::from_utf8(row).ok()?.split(' ');
    Some(Header {
        commit_id: words.next()?.parse().ok()?,
        original_line: words.next()?.parse().ok()?,
        line: words.next()?.parse().ok()?,
        count: words.next().map_or(Some(1), |count| count.parse().ok())?,
    })
}

/// A path as Git quotes it in C's manner, or as it is.
fn unquoted(name: &[u8]) -> Option<Vec<u8>> {
    let Some(inner) = name.strip_prefix(b"\"") else {
        return Some(name.to_vec());
    };
    let mut bytes = inner.strip_suffix(b"\"")?.iter().copied();
    let mut path = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            path.push(byte);
            continue;
        }
        path.push(match bytes.next()? {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            first @ b'0'..=b'3' => {
                let (second, third) = (bytes.next()?, bytes.next()?);
                (first - b'0') * 64 + (second & 7) * 8 + (third & 7)
            }
            other => other,
        });
    }
    Some(path)
}
