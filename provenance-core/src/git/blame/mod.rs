//! Blame: which commit each line of a file came from, as `git blame` says.
//!
//! Takes a commit or the work tree, and a path; gives the lines with their origins, and the bytes
//! in which Git said so. Git itself is asked, with what configuration and attributes could change
//! switched off: no ignored revisions, no text conversion, the algorithm of the
//! [pinned diff](super::diff). So the lines that are given to a commit are lines that it adds
//! ([`super::added`]), unless an option says otherwise: see [`BlameOptions::may_stray`].
//!
//! # What is not checked
//!
//! Whether history is whole. At the boundary of a shallow clone Git gives the oldest commit that
//! is here every line that it cannot follow further.

mod porcelain;
mod refusal;
mod running;

use std::ffi::OsString;
use std::sync::Arc;

pub use running::RunningBlame;

pub(super) use running::os_string;

use super::diff::{self, MAX_BYTES};
use super::objects::ObjectKind;
use super::{GitError, Repo};
use crate::object_id::ObjectId;

/// How lines are followed, beyond what `git blame` does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlameOptions {
    /// `-w`: white space does not count.
    pub ignore_whitespace: bool,
    /// `-M`: lines that moved within a file keep their commit.
    pub follow_moves: bool,
    /// The number after `-M`: how many letters and digits must have moved.
    pub move_score: Option<u32>,
    /// How often `-C` is given: lines that came from other files keep their commit.
    pub follow_copies: u8,
    /// The number after `-C`.
    pub copy_score: Option<u32>,
    /// `-L`, each in Git's own syntax; none means all lines.
    pub ranges: Vec<String>,
    /// `--first-parent`: merges take the lines that came from their other parents.
    pub first_parent: bool,
    /// `^commit`: what these commits have is not followed further.
    pub excluded: Vec<ObjectId>,
    /// `--since`, a date in any form that Git takes: what is older is not followed further.
    pub since: Option<String>,
    /// `--ignore-rev`: lines that these commits changed are looked for before them.
    pub ignored: Vec<ObjectId>,
    /// `--ignore-revs-file`: files that name such commits.
    pub ignored_files: Vec<OsString>,
    /// `--root`: the first commit of a history is no boundary.
    pub show_root: bool,
    /// `--contents`: what the file is taken to say instead.
    pub contents: Option<Arc<[u8]>>,
}

impl BlameOptions {
    /// Answers whether lines may be given to commits that do not add them: because history ends
    /// there for this question, because a merge answers for its other parents, or because white
    /// space makes other lines equal.
    #[must_use]
    pub const fn may_stray(&self) -> bool {
        self.ignore_whitespace
            || self.first_parent
            || self.since.is_some()
            || !self.excluded.is_empty()
    }

    /// Answers whether lines may be followed through commits by guess.
    #[must_use]
    pub const fn may_guess(&self) -> bool {
        !(self.ignored.is_empty() && self.ignored_files.is_empty())
    }
}

/// In which of its forms for programs Git answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BlameForm {
    /// `--porcelain`: what is known of a commit is said once.
    #[default]
    Porcelain,
    /// `--line-porcelain`: it is said for every line.
    LinePorcelain,
    /// `--incremental`: runs of lines, newest commit first, without what they say.
    Incremental,
}

/// Which lines to ask about.
#[derive(Debug, Clone, Copy)]
pub struct BlameQuestion<'a> {
    /// The commit that has the file; `None` for the work tree.
    pub commit_id: Option<ObjectId>,
    /// The file, from the root.
    pub path: &'a [u8],
    /// How lines are followed.
    pub options: &'a BlameOptions,
    /// How Git is to say it.
    pub form: BlameForm,
    /// How names and titles are written: `--encoding`; `None` for what the configuration says.
    pub encoding: Option<&'a str>,
}

/// What Git said of a file.
#[derive(Debug, Clone)]
pub struct Blamed {
    /// Its lines, in order.
    pub lines: Vec<BlamedLine>,
    /// Whom Git names for lines that no commit has.
    pub uncommitted: Option<Uncommitted>,
    /// The bytes, in the form that was asked for.
    pub output: Vec<u8>,
}

impl Blamed {
    /// Gives each line what it says in the file that was asked about.
    pub fn take_content(&mut self, file: &[u8]) {
        let mut texts = diff::lines(file).zip(1..);
        for line in &mut self.lines {
            let at = line.line;
            let found = texts.by_ref().find(|(_, number)| *number == at);
            if let Some((text, _)) = found {
                line.content = text.strip_suffix(b"\n").unwrap_or(text).to_vec();
            }
        }
    }
}

/// One line of a file, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlamedLine {
    /// The line in the file that was asked about, 1-based.
    pub line: u64,
    /// The commit that it came from; all zeros where no commit has it yet.
    pub commit_id: ObjectId,
    /// The path that the file had there.
    pub original_path: Arc<[u8]>,
    /// The line that it was there, 1-based.
    pub original_line: u64,
    /// What it says, without its LF; nothing in [`BlameForm::Incremental`].
    pub content: Vec<u8>,
    /// Whether history was cut at this commit: by the question, or by a shallow clone. The line
    /// may be older.
    pub is_boundary: bool,
    /// Whether it was followed through an ignored commit by guess: the commit that it came from
    /// had another line in its place.
    pub is_guessed: bool,
}

/// Whom Git names for lines that no commit has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Uncommitted {
    /// `Not Committed Yet`, or `External file (--contents)`.
    pub name: String,
    /// An address that nobody has, without angle brackets.
    pub email: String,
    /// When Git was asked, in seconds since the Unix epoch.
    pub seconds: i64,
}

impl Repo {
    /// Returns where each line of a file came from, as the file stands in `commit_id`.
    ///
    /// # Errors
    ///
    /// As for [`RunningBlame::finish`].
    pub fn blame(
        &self,
        commit_id: ObjectId,
        path: &[u8],
        options: &BlameOptions,
    ) -> Result<Vec<BlamedLine>, GitError> {
        let running = self.start_blame(&BlameQuestion {
            commit_id: Some(commit_id),
            path,
            options,
            form: BlameForm::Porcelain,
            // Nobody reads the names.
            encoding: Some("none"),
        })?;
        Ok(running.finish(&mut |_| {})?.lines)
    }

    /// Answers whether a file of the work tree has the very bytes that it has in a commit. Where
    /// filters change them it has not.
    ///
    /// # Errors
    ///
    /// As for [`Repo::commit`]; that the file cannot be read is an answer.
    pub fn is_as_committed(&self, commit_id: ObjectId, path: &[u8]) -> Result<bool, GitError> {
        let Some(root) = self.work_tree() else {
            return Ok(false);
        };
        let tree_id = self.commit(commit_id)?.tree_id;
        let version = self.version_at(tree_id, path)?;
        let Some(version) = version.filter(|version| version.is_file()) else {
            return Ok(false);
        };
        let file = root.join(os_string(path));
        let is_regular = std::fs::symlink_metadata(&file)
            .is_ok_and(|found| found.is_file() && found.len() <= MAX_BYTES as u64);
        let Some(bytes) = is_regular.then(|| std::fs::read(&file).ok()).flatten() else {
            return Ok(false);
        };
        Ok(self.object_id(ObjectKind::Blob, &bytes)? == version.id)
    }
}
