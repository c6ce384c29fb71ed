//! What a commit added, by author: line counts as they were added, surviving or not.
//!
//! # What is not checked
//!
//! Renames: the lines of a renamed file are added again, as [`crate::git`] has it. Binaries,
//! submodules and what is too large to compare have no lines to count.

use super::AttributeError;
use super::commit::CommitFacts;
use super::kind::{LineAuthor, LineKind};
use super::tally::Tally;
use crate::digest::Digest;
use crate::git::added::AddedLines;
use crate::git::diff::MAX_BYTES;
use crate::git::{GitError, Repo};

/// What a commit added to one file.
#[derive(Debug, Clone)]
pub struct AddedFile {
    /// The path as the tree spells it.
    pub path: Vec<u8>,
    /// Its lines: their author, and how many of that author's there are.
    pub lines: Vec<(LineAuthor, u64)>,
    /// Whether it is a binary, a submodule, or otherwise without lines to count; then `lines` has
    /// the author of the whole, counted 0.
    pub is_opaque: bool,
}

impl AddedFile {
    /// Returns the lines by kind.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (author, count) in &self.lines {
            tally.add(author.kind, *count);
        }
        tally
    }
}

/// Returns what a commit added, file by file; nothing for a commit whose parents are not here.
///
/// # Errors
///
/// [`AttributeError::Git`] when an object cannot be read.
pub fn added(repo: &Repo, facts: &CommitFacts) -> Result<Vec<AddedFile>, AttributeError> {
    if !facts.is_whole {
        return Ok(Vec::new());
    }
    let raw = match repo.commit(facts.commit_id) {
        Ok(raw) => raw,
        Err(GitError::MalformedCommit { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut files = Vec::new();
    for file in repo.commit_added_lines(&raw)? {
        let digest = if facts.claims.needs_blob_digest(&file.path) {
            Some(Digest::of(&repo.blob(file.version.id, MAX_BYTES)?))
        } else {
            None
        };
        let claims = facts.claims.file(&file.path, digest);
        let mut lines: Vec<(LineAuthor, u64)> = Vec::new();
        let mut count = |author: LineAuthor, more: u64| match lines
            .iter_mut()
            .find(|(known, _)| *known == author)
        {
            Some((_, count)) => *count += more,
            None => lines.push((author, more)),
        };
        let is_opaque = match &file.lines {
            AddedLines::Ranges(ranges) => {
                for line in ranges.iter().flat_map(|(start, end)| *start..=*end) {
                    count(claims.author(u64::from(line)), 1);
                }
                false
            }
            AddedLines::Whole => {
                count(claims.author(1), 0);
                true
            }
        };
        files.push(AddedFile {
            path: file.path,
            lines,
            is_opaque,
        });
    }
    Ok(files)
}

/// Returns the kind of a commit, by the lines that it added.
///
/// A commit that is not believed is `unattested`, whatever it added. Else it is `ai` when every
/// line that it added is, `human` when every one is; `mixed` when an AI had a part in some; and
/// `unattested` when nobody is known to have written some and no AI had a part in any. A commit
/// that added no lines of text is `ai` when its records claim something for an AI, `human` when
/// they speak for the rest, else `unattested`.
#[must_use]
pub fn kind_of_commit(facts: &CommitFacts, added: &[AddedFile]) -> LineKind {
    if !facts.judgement.verdict.is_believed() {
        return LineKind::Unattested;
    }
    let mut tally = Tally::default();
    for file in added {
        tally.merge(file.tally());
    }
    tally.summary().unwrap_or_else(|| {
        if facts.claims.claims_ai() {
            LineKind::Ai
        } else if facts.claims.claims_remainder() {
            LineKind::Human
        } else {
            LineKind::Unattested
        }
    })
}
