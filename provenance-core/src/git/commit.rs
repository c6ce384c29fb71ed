//! `RawCommit`: a commit as its bytes stand in the object database.
//!
//! Takes the raw bytes of a commit object and gives its parts as bytes. Parents come from the raw
//! header; `info/grafts` and `refs/replace` change nothing here. The form is the one of
//! git-hash-object(1) and git-fsck(1): `tree`, any `parent`s, `author`, `committer`, then any
//! other headers, an empty line, the message. Anything that lets two readers see two commits (a
//! second `tree`, a `parent` after `author`, NUL in the header) is a [`CommitFault`].
//!
//! # What is not checked
//!
//! Whether tree and parents exist, who wrote it, and its dates: all of that is the word of
//! whoever made the object. A broken identity line is read as Git shows it, not refused.

use crate::digest::Digest;
use crate::object_id::ObjectId;

/// A commit, from its raw bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCommit {
    /// The commit's id.
    pub id: ObjectId,
    /// SHA-256 of the object's bytes, without Git's object header.
    pub digest: Digest,
    /// The tree's id.
    pub tree_id: ObjectId,
    /// The parents' ids, first parent first.
    pub parent_ids: Vec<ObjectId>,
    /// Who wrote it.
    pub author: Person,
    /// Who committed it.
    pub committer: Person,
    /// The `encoding` header: how the message is written where it is not UTF-8.
    pub encoding: Option<Vec<u8>>,
    /// The message, everything after the first empty line.
    pub message: Vec<u8>,
}

/// A name, an address and a moment, as an `author` or `committer` line holds them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The name, trimmed.
    pub name: Vec<u8>,
    /// The address, without the angle brackets.
    pub email: Vec<u8>,
    /// Seconds since the Unix epoch; 0 where the line has no readable date, as Git shows it.
    pub seconds: i64,
    /// The offset from UTC in minutes.
    pub offset_minutes: i32,
}

/// Why the bytes of a commit can be read in more ways than one, or in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitFault {
    /// The first line is no `tree` with an object id.
    #[error("it does not start with one tree")]
    Tree,
    /// A `parent` line without an object id.
    #[error("a parent is not an object id")]
    Parent,
    /// `author` or `committer` is not where it must be.
    #[error("author and committer do not follow the parents")]
    People,
    /// `tree`, `parent`, `author` or `committer` again, after its place.
    #[error("a header that must stand once stands again")]
    Repeated,
    /// NUL in the header.
    #[error("its header holds NUL")]
    Nul,
    /// A header line without an end.
    #[error("its header does not end")]
    Unfinished,
}

impl RawCommit {
    /// Reads the bytes of the commit object `id`.
    ///
    /// # Errors
    ///
    /// [`CommitFault`] says what makes the bytes ambiguous. It is an answer about the commit:
    /// whoever judges commits reports it and never skips it.
    pub fn parse(id: ObjectId, bytes: &[u8]) -> Result<Self, CommitFault> {
        let mut lines = Header { rest: bytes };
        let tree = lines.take(b"tree ")?.ok_or(CommitFault::Tree)?;
        let tree_id = named(tree, id).ok_or(CommitFault::Tree)?;
        let mut parent_ids = Vec::new();
        while let Some(parent) = lines.take(b"parent ")? {
            parent_ids.push(named(parent, id).ok_or(CommitFault::Parent)?);
        }
        let author = lines.take(b"author ")?.ok_or(CommitFault::People)?;
        let committer = lines.take(b"committer ")?.ok_or(CommitFault::People)?;
        let mut encoding = None;
        while let Some(line) = lines.next()? {
            for once in [&b"tree "[..], b"parent ", b"author ", b"committer "] {
                if line.starts_with(once) {
                    return Err(CommitFault::Repeated);
                }
            }
            if let Some(name) = line.strip_prefix(b"encoding ") {
                encoding.get_or_insert_with(|| name.to_vec());
            }
        }
        Ok(Self {
            id,
            digest: Digest::of(bytes),
            tree_id,
            parent_ids,
            author: Person::parse(author),
            committer: Person::parse(committer),
            encoding,
            message: lines.rest.to_vec(),
        })
    }
}

/// The lines of the header that are still to be read; after the last, the message.
struct Header<'a> {
    rest: &'a [u8],
}

impl<'a> Header<'a> {
    /// Takes the next line if it starts with `key`, and gives what follows the key.
    fn take(&mut self, key: &[u8]) -> Result<Option<&'a [u8]>, CommitFault> {
        if self.rest.starts_with(key) {
            Ok(self.next()?.and_then(|line| line.strip_prefix(key)))
        } else {
            Ok(None)
        }
    }

    /// Takes the next line; `None` after the empty line or at the end of the bytes.
    fn next(&mut self) -> Result<Option<&'a [u8]>, CommitFault> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let (line, rest) = self.rest.split_at(end.ok_or(CommitFault::Unfinished)?);
        self.rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        if line.contains(&0) {
            return Err(CommitFault::Nul);
        }
        Ok((!line.is_empty()).then_some(line))
    }
}

/// The id that `hex` spells, if it has the length of the commit's own.
fn named(hex: &[u8], commit_id: ObjectId) -> Option<ObjectId> {
    let id: ObjectId = std::str::from_utf8(hex).ok()?.parse().ok()?;
    (id.as_bytes().len() == commit_id.as_bytes().len()).then_some(id)
}

impl Person {
    /// Writes the line as a commit object holds it. Bytes that would end a part of it are left
    /// out.
    #[must_use]
    pub fn line(&self) -> Vec<u8> {
        let kept = |bytes: &[u8]| -> Vec<u8> {
            let ends = |byte: &u8| matches!(byte, b'<' | b'>' | b'\n' | 0);
            bytes.iter().copied().filter(|byte| !ends(byte)).collect()
        };
        let mut line = kept(&self.name);
        line.extend_from_slice(b" <");
        line.extend(kept(&self.email));
        let (sign, minutes) = match self.offset_minutes {
            minutes @ 0.. => ('+', minutes.unsigned_abs()),
            minutes => ('-', minutes.unsigned_abs()),
        };
        let (hours, minutes) = (minutes / 60, minutes % 60);
        let date = format!("> {} {sign}{hours:02}{minutes:02}", self.seconds);
        line.extend_from_slice(date.as_bytes());
        line
    }

    /// Reads `Name <address> seconds ±hhmm`; what is not there is empty or zero.
    #[must_use]
    pub fn parse(line: &[u8]) -> Self {
        let open = line.iter().position(|byte| *byte == b'<');
        let (name, rest) = line.split_at(open.unwrap_or(line.len()));
        let address = rest.strip_prefix(b"<").unwrap_or_default();
        let close = address.iter().position(|byte| *byte == b'>');
        let email = address.get(..close.unwrap_or(address.len()));
        // The date follows the last `>`: an address may hold one.
        let date = rest.iter().rposition(|byte| *byte == b'>');
        let date = date.and_then(|i| rest.get(i + 1..)).unwrap_or_default();
        let mut words = std::str::from_utf8(date)
            .unwrap_or_default()
            .split_ascii_whitespace();
        let seconds = words.next().and_then(|word| word.parse().ok());
        Self {
            name: name.trim_ascii().to_vec(),
            email: email.unwrap_or_default().trim_ascii().to_vec(),
            seconds: seconds.unwrap_or(0),
            offset_minutes: seconds.and(words.next()).and_then(offset).unwrap_or(0),
        }
    }
}

/// Minutes of `±hhmm`.
fn offset(word: &str) -> Option<i32> {
    let (sign, digits) = match word.as_bytes() {
        [b'+', ..] => (1, word.get(1..)?),
        [b'-', ..] => (-1, word.get(1..)?),
        _ => return None,
    };
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: i32 = digits.parse().ok().filter(|_| all_digits)?;
    (number <= 9999).then_some(sign * (number / 100 * 60 + number % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
    const PEOPLE: &str = "author A U Thor <a@x> 1112911993 -0730\ncommitter C <c@x> 5 +0000\n";

    fn parse(text: &str) -> Result<RawCommit, CommitFault> {
        let id = "7".repeat(40).parse().unwrap();
        RawCommit::parse(id, text.as_bytes())
    }

    #[test]
    fn a_commit_comes_apart_into_its_bytes() {
        let parent = format!("parent {}\n", "1".repeat(40));
        let signature = "gpgsig -----BEGIN\n tree of a signature\n \n -----END\n";
        let text = format!("{TREE}{parent}{PEOPLE}encoding latin1\n{signature}\nsubject\n\nbody");
        let commit = parse(&text).unwrap();
        assert_eq!(commit.parent_ids.len(), 1);
        assert_eq!(commit.author.name, b"A U Thor");
        assert_eq!(commit.author.offset_minutes, -450);
        assert_eq!(commit.committer.seconds, 5);
        assert_eq!(commit.encoding.as_deref(), Some(b"latin1".as_slice()));
        assert_eq!(commit.message, b"subject\n\nbody");
        assert_eq!(commit.digest, Digest::of(text.as_bytes()));
        assert_eq!(parse(&format!("{TREE}{PEOPLE}")).unwrap().message, b"");
    }

    #[test]
    fn a_commit_that_two_readers_see_differently_is_malformed() {
        use CommitFault::{Nul, Parent, People, Repeated, Tree, Unfinished};
        let parent = format!("parent {}\n", "1".repeat(40));
        for (text, fault) in [
            (String::new(), Tree),
            (format!("{PEOPLE}\n"), Tree),
            (format!("{TREE}{TREE}{PEOPLE}\n"), People),
            (format!("{TREE}{PEOPLE}{TREE}\n"), Repeated),
            (format!("{TREE}{PEOPLE}{parent}\n"), Repeated),
            (format!("{TREE}{PEOPLE}{PEOPLE}\n"), Repeated),
            (format!("{TREE}parent xyz\n{PEOPLE}\n"), Parent),
            (
                format!("{TREE}parent {}\n{PEOPLE}\n", "1".repeat(64)),
                Parent,
            ),
            (format!("{TREE}{PEOPLE}x \0\n\n"), Nul),
            (format!("{TREE}{PEOPLE}x"), Unfinished),
            (format!("{}{PEOPLE}\n", TREE.to_uppercase()), Tree),
        ] {
            assert_eq!(parse(&text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn a_person_is_written_as_they_were_read() {
        for line in [
            "A U Thor <a@x> 1112911993 -0730",
            "A <a> 0 +0000",
            "A <a> 5 +0530",
        ] {
            assert_eq!(Person::parse(line.as_bytes()).line(), line.as_bytes());
        }
        let mallory = Person {
            name: b"M\ntree x".to_vec(),
            email: b"m> 5 +0000\n\0".to_vec(),
            ..Person::default()
        };
        assert_eq!(mallory.line(), b"Mtree x <m 5 +0000> 0 +0000");
    }

    #[test]
    fn odd_identity_lines_are_read_as_git_shows_them() {
        for (line, name, email, seconds, offset) in [
            ("A <a> 1 +0130", "A", "a", 1, 90),
            ("A <a> 1", "A", "a", 1, 0),
            ("A <a>", "A", "a", 0, 0),
            ("<> 7 -0000", "", "", 7, 0),
            ("A <a> b> 9 +0000", "A", "a", 9, 0),
            ("A <a> 99999999999999999999 +0100", "A", "a", 0, 0),
            ("A", "A", "", 0, 0),
            ("A <a> -5 +9999999", "A", "a", -5, 0),
        ] {
            let person = Person::parse(line.as_bytes());
            assert_eq!(person.name, name.as_bytes(), "{line}");
            assert_eq!(person.email, email.as_bytes(), "{line}");
            assert_eq!(
                (person.seconds, person.offset_minutes),
                (seconds, offset),
                "{line}"
            );
        }
    }
}
