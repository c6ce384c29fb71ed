//! Where a new path came from: the rename that `git blame` follows.
//!
//! Takes the paths that a parent has and the commit has not, and a path that the commit has and
//! the parent has not; gives the one that it was. As `git blame` asks about one path at a time,
//! several new paths can come from the same old one.
//!
//! The rules are Git's (`diffcore_rename` in its `diffcore-rename.c`, for one destination): the
//! same content wins, of several the first with the same file name, among the first hundred. Else
//! a file with the same name, if only one is gone and it is similar by 75 %. Else the most
//! similar one, by 50 % at least; of equals one with the same name. The limit on how many are
//! compared (`diff.renameLimit`) is never reached by one destination and fewer than a million gone
//! paths.
//!
//! Similarity is Git's (`diffcore_count_changes`): both contents are cut at each LF and after 64
//! bytes, and of each kind of piece the bytes that both have are counted.
//!
//! # What is not checked
//!
//! Attributes: a file that `.gitattributes` calls binary is compared by what is in it.

use std::cell::OnceCell;

use super::diff::{MAX_BYTES, is_binary};
use super::tree::{File, Version};
use super::{GitError, Repo};

/// The score of equal contents.
const MAX_SCORE: u64 = 60_000;
/// What two files must reach to be one.
const MIN_SCORE: u64 = MAX_SCORE / 2;
/// What two files of the same name must reach, to be one before others are looked at.
const MIN_SCORE_OF_NAMESAKES: u64 = MAX_SCORE / 4 * 3;
/// How many of the same content are looked at.
const MAX_EXACT: usize = 100;
/// How many of the most similar are kept in mind. It decides which of equals is taken.
const CANDIDATES: usize = 4;
/// Git cuts a content after so many bytes where no line ends before.
const MAX_PIECE: u32 = 64;
/// What the numbers of names and contents are multiplied with (FNV, 32 bits).
const FNV_PRIME: u32 = 0x0100_0193;
/// Git tells so many kinds of pieces apart.
const KINDS: u32 = 107_927;

/// The paths that a parent has and the commit has not, in bytewise order.
#[derive(Debug)]
pub struct Gone {
    files: Vec<GoneFile>,
    /// The files by a number for what is in them, equals in their order.
    by_content: Vec<(u32, u64)>,
    /// The files by a number for their names, equals in their order.
    by_name: Vec<(u32, u64)>,
}

#[derive(Debug)]
struct GoneFile {
    file: File,
    blob: Blob,
}

impl GoneFile {
    fn name(&self) -> &[u8] {
        name_of(&self.file.path)
    }
}

/// How similar a file that is gone is to the new one.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    index: usize,
    score: u64,
    is_namesake: bool,
}

impl Candidate {
    /// Sorts the best first.
    const fn rank(self) -> (std::cmp::Reverse<u64>, std::cmp::Reverse<bool>) {
        (
            std::cmp::Reverse(self.score),
            std::cmp::Reverse(self.is_namesake),
        )
    }
}

impl Gone {
    /// Wraps the paths that are gone; they stand in bytewise order.
    #[must_use]
    pub fn new(files: impl IntoIterator<Item = File>) -> Self {
        let files = files.into_iter().map(|file| GoneFile {
            blob: Blob::new(file.version),
            file,
        });
        let files: Vec<_> = files.collect();
        let numbered = |number: &dyn Fn(&GoneFile) -> u32| {
            let mut numbered: Vec<_> = files.iter().map(number).zip(0..).collect();
            sort(&mut numbered);
            numbered
        };
        let by_content = numbered(&|gone| number(gone.file.version.id.as_bytes()));
        let by_name = numbered(&|gone| number(gone.name()));
        Self {
            files,
            by_content,
            by_name,
        }
    }

    /// Returns which of them the new path was; `None` where it was none.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`], and what else reading blobs gives.
    pub fn source(
        &self,
        repo: &Repo,
        path: &[u8],
        version: Version,
    ) -> Result<Option<&File>, GitError> {
        if !version.is_file() || self.files.is_empty() {
            return Ok(None);
        }
        if let Some(exact) = self.exact(path, version) {
            return Ok(Some(exact));
        }
        let new = Blob::new(version);
        if let Some(index) = self.only_namesake(path)
            && self.score(repo, index, &new, MIN_SCORE_OF_NAMESAKES)? >= MIN_SCORE_OF_NAMESAKES
        {
            return Ok(self.file(index));
        }
        let mut kept: Vec<Candidate> = Vec::with_capacity(CANDIDATES);
        for (index, gone) in self.files.iter().enumerate() {
            let candidate = Candidate {
                index,
                score: self.score(repo, index, &new, MIN_SCORE)?,
                is_namesake: name_of(&gone.file.path) == name_of(path),
            };
            if kept.len() < CANDIDATES {
                kept.push(candidate);
                continue;
            }
            // Of equally bad ones the first makes room; so a later one can come before an equal.
            let worst = kept.iter_mut().rev().max_by_key(|kept| kept.rank());
            if let Some(worst) = worst
                && worst.rank() > candidate.rank()
            {
                *worst = candidate;
            }
        }
        let best = kept.into_iter().min_by_key(|candidate| candidate.rank());
        Ok(best
            .filter(|best| best.score >= MIN_SCORE)
            .and_then(|best| self.file(best.index)))
    }

    fn file(&self, index: usize) -> Option<&File> {
        self.files.get(index).map(|gone| &gone.file)
    }

    fn exact(&self, path: &[u8], version: Version) -> Option<&File> {
        let files = equals(&self.by_content, number(version.id.as_bytes()));
        let files = files.filter_map(|index| self.file(index));
        let same = |file: &&File| file.version.id == version.id && file.version.is_file();
        let mut same = files.filter(same).take(MAX_EXACT);
        let first = same.next()?;
        let named = std::iter::once(first).chain(same);
        let mut named = named.filter(|file| name_of(&file.path) == name_of(path));
        Some(named.next().unwrap_or(first))
    }

    /// The one that is gone and has the same file name, if there is only one.
    fn only_namesake(&self, path: &[u8]) -> Option<usize> {
        let name = name_of(path);
        let is_same = |index: &usize| {
            self.files
                .get(*index)
                .is_some_and(|gone| gone.name() == name)
        };
        let mut same = equals(&self.by_name, number(name)).filter(is_same);
        let index = same.next()?;
        same.next().is_none().then_some(index)
    }

    /// How similar a file that is gone is, at most [`MAX_SCORE`]; 0 where its length alone says
    /// that it is less than `least`.
    fn score(&self, repo: &Repo, index: usize, new: &Blob, least: u64) -> Result<u64, GitError> {
        let Some(gone) = self.files.get(index) else {
            return Ok(0);
        };
        if !gone.file.version.is_file() {
            return Ok(0);
        }
        let (length, new_length) = (gone.blob.length(repo)?, new.length(repo)?);
        let (longer, shorter) = (new_length.max(length), new_length.min(length));
        if longer == 0 || longer * (MAX_SCORE - least) < (longer - shorter) * MAX_SCORE {
            return Ok(0);
        }
        let (pieces, new) = (gone.blob.pieces(repo)?, new.pieces(repo)?);
        Ok(pieces.common(new) * MAX_SCORE / longer)
    }
}

/// A number that equal bytes share.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number: u32, byte| {
        (number ^ u32::from(*byte)).wrapping_mul(FNV_PRIME)
    })
}

/// Sorts numbers, and what stands beside them. One for all uses: the code of a sort is long, and hooks
/// are to be short.
fn sort(numbered: &mut [(u32, u64)]) {
    numbered.sort_unstable();
}

/// The indices that stand beside a number in a sorted list.
fn equals(sorted: &[(u32, u64)], number: u32) -> impl Iterator<Item = usize> {
    let start = sorted.partition_point(|(other, _)| *other < number);
    let rest = sorted.get(start..).unwrap_or_default().iter();
    let same = rest.take_while(move |(other, _)| *other == number);
    same.filter_map(|(_, index)| usize::try_from(*index).ok())
}

fn name_of(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// A content; it is read when it is first compared.
#[derive(Debug)]
struct Blob {
    version: Version,
    length: OnceCell<u64>,
    pieces: OnceCell<Pieces>,
}

impl Blob {
    const fn new(version: Version) -> Self {
        Self {
            version,
            length: OnceCell::new(),
            pieces: OnceCell::new(),
        }
    }

    fn length(&self, repo: &Repo) -> Result<u64, GitError> {
        if let Some(length) = self.length.get() {
            return Ok(*length);
        }
        let length = repo.object_header(self.version.id)?.1 as u64;
        Ok(*self.length.get_or_init(|| length))
    }

    fn pieces(&self, repo: &Repo) -> Result<&Pieces, GitError> {
        if let Some(pieces) = self.pieces.get() {
            return Ok(pieces);
        }
        let pieces = Pieces::read(repo, self.version)?;
        Ok(self.pieces.get_or_init(|| pieces))
    }
}

/// A content as its kinds of pieces, each with how many bytes are of it.
#[derive(Debug)]
struct Pieces {
    /// Sorted by kind, each kind once.
    bytes_by_kind: Vec<(u32, u64)>,
}

impl Pieces {
    fn read(repo: &Repo, version: Version) -> Result<Self, GitError> {
        match repo.blob(version.id, MAX_BYTES) {
            Ok(content) => Ok(Self::of(&content)),
            // Nothing that is compared by lines is that long: similar to nothing.
            Err(GitError::TooLarge { .. }) => Ok(Self {
                bytes_by_kind: Vec::new(),
            }),
            Err(error) => Err(error),
        }
    }

    fn of(content: &[u8]) -> Self {
        let is_text = !is_binary(content);
        let mut kinds: Vec<(u32, u64)> = Vec::with_capacity(content.len() / 24 + 1);
        let mut piece = Piece::default();
        let mut bytes = content.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            // CR before LF is no difference between texts.
            if is_text && byte == b'\r' && bytes.peek() == Some(&b'\n') {
                continue;
            }
            piece.add(byte);
            if piece.length == MAX_PIECE || byte == b'\n' {
                kinds.push(std::mem::take(&mut piece).kind());
            }
        }
        if piece.length > 0 {
            kinds.push(piece.kind());
        }
        sort(&mut kinds);
        kinds.dedup_by(|(later, more), (first, bytes)| {
            let is_same = later == first;
            if is_same {
                *bytes += *more;
            }
            is_same
        });
        Self {
            bytes_by_kind: kinds,
        }
    }

    /// How many bytes are in pieces that both have.
    fn common(&self, other: &Self) -> u64 {
        let mut common = 0;
        let mut others = other.bytes_by_kind.iter().peekable();
        for (kind, bytes) in &self.bytes_by_kind {
            while others.next_if(|(other, _)| other < kind).is_some() {}
            if let Some((_, others)) = others.next_if(|(other, _)| other == kind) {
                common += bytes.min(others);
            }
        }
        common
    }
}

/// A piece of a content, as far as it was read: 64 bits that each byte moves on by seven.
#[derive(Default)]
struct Piece {
    low: u32,
    high: u32,
    length: u32,
}

impl Piece {
    fn add(&mut self, byte: u8) {
        let (low, high) = (self.low, self.high);
        self.low = (low << 7 ^ high >> 25).wrapping_add(u32::from(byte));
        self.high = high << 7 ^ low >> 25;
        self.length += 1;
    }

    fn kind(self) -> (u32, u64) {
        let mixed = self.low.wrapping_add(self.high.wrapping_mul(0x61));
        (mixed % KINDS, u64::from(self.length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(a: &[u8], b: &[u8]) -> u64 {
        let (a, b) = (Pieces::of(a), Pieces::of(b));
        assert_eq!(a.common(&b), b.common(&a));
        a.common(&b)
    }

    #[test]
    fn of_each_kind_of_piece_the_bytes_that_both_have_count() {
        assert_eq!(common(b"one\ntwo\nthree\n", b"two\nthree\nfour\n"), 10);
        assert_eq!(
            common(b"x\nx\nx\n", b"x\nx\n"),
            4,
            "as often as both have it"
        );
        assert_eq!(common(b"one\r\ntwo\r\n", b"one\ntwo\n"), 8, "CR is nothing");
        assert_eq!(common(b"\0one\r\n", b"\0one\n"), 0, "but in a binary");
        assert_eq!(common(b"last", b"last\n"), 0);
        assert_eq!(common(b"", b"x\n"), 0);
        let long = [b'x'; 100];
        assert_eq!(common(&long, &long[..64]), 64, "cut after 64 bytes");
    }

    #[test]
    fn the_name_of_a_file_is_what_follows_the_last_slash() {
        assert_eq!(name_of(b"a/b/c"), b"c");
        assert_eq!(name_of(b"c"), b"c");
    }
}
