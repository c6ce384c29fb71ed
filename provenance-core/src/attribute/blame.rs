//! `blame`: who wrote each line of a file.
//!
//! Takes a file of a commit, or of the work tree. Git says which commit each line came from, and
//! the claims of that commit say whose it is.
//!
//! # Invariants
//!
//! No record is taken for a line that it does not cover. So these are `unattested`, with the
//! verdict of the commit that Git names:
//!
//! - a line that was followed through an ignored commit by guess: what the record covers is
//!   another line;
//! - where options let Git give lines to a commit that does not add them (the end of a range,
//!   `--first-parent`, `-w`): a line that the [pinned diff](crate::git::diff) does not call added.
//!
//! What no commit has yet is `unattested`, whatever is known of it here: nothing is signed.
//!
//! # What is not checked
//!
//! Whether the file is text. A binary has lines too, as `git blame` has it.

use std::sync::Arc;

use super::AttributeError;
use super::commit::{CommitCache, CommitFacts};
use super::file::attribute;
use super::history::{IndexFile, Run, known};
use super::kind::{LineAuthor, LineKind};
use super::strays::Strays;
use crate::git::Repo;
use crate::git::blame::{BlameOptions, Blamed, BlamedLine, RunningBlame};
use crate::git::diff::MAX_BYTES;
use crate::infer::Inference;
use crate::object_id::ObjectId;
use crate::verify::Verifier;

/// One line of a file, the commit that it came from, and who wrote it.
#[derive(Debug, Clone)]
pub struct AttributedLine {
    /// Where it stands, where it came from, and what it says.
    pub origin: BlamedLine,
    /// The commit that it came from.
    pub commit: Arc<CommitFacts>,
    /// Who wrote it.
    pub author: LineAuthor,
}

impl AttributedLine {
    /// Returns what the commit's message lets one conclude, where no record speaks of the line, the
    /// cache was made to infer, and the line is surely no older than the commit.
    #[must_use]
    pub fn inferred(&self) -> Option<&Inference> {
        let is_older = self.origin.is_boundary && !self.commit.parent_ids.is_empty();
        let is_its = !self.origin.is_guessed && !is_older;
        let inferred = self.commit.inferred.as_deref();
        inferred.filter(|_| is_its && self.author.kind == LineKind::Unattested)
    }
}

/// Returns who wrote each line of a file, as it stands in `commit_id`.
///
/// # Errors
///
/// [`AttributeError`] when there is no such file or line, or a commit cannot be read or judged.
pub fn blame(
    repo: &Repo,
    verifier: &Verifier<'_>,
    cache: &CommitCache,
    commit_id: ObjectId,
    path: &[u8],
    options: &BlameOptions,
) -> Result<Vec<AttributedLine>, AttributeError> {
    let blamed = Blamed {
        lines: repo.blame(commit_id, path, options)?,
        uncommitted: None,
        output: Vec::new(),
    };
    blamed_lines(repo, verifier, cache, blamed, options)
}

/// Returns who wrote each line of a file, if what the history pass kept tells it without Git.
///
/// # Errors
///
/// As for [`blame`].
pub fn blame_known(
    repo: &Repo,
    verifier: &Verifier<'_>,
    cache: &CommitCache,
    index: IndexFile<'_>,
    commit_id: ObjectId,
    path: &[u8],
) -> Result<Option<Vec<AttributedLine>>, AttributeError> {
    let Some(runs) = known(repo.location(), index, commit_id, path)? else {
        return Ok(None);
    };
    let tree_id = repo.commit(commit_id)?.tree_id;
    let Some(version) = repo.version_at(tree_id, path)? else {
        return Ok(None);
    };
    let lines = runs.iter().flat_map(|run| {
        (0..run.count).map(|number| BlamedLine {
            line: run.line + number,
            commit_id: run.commit_id,
            original_path: Arc::clone(&run.original_path),
            original_line: run.original_line + number,
            content: Vec::new(),
            is_boundary: false,
            is_guessed: false,
        })
    });
    let mut blamed = Blamed {
        lines: lines.collect(),
        uncommitted: None,
        output: Vec::new(),
    };
    blamed.take_content(&repo.blob(version.id, MAX_BYTES)?);
    let options = BlameOptions::default();
    blamed_lines(repo, verifier, cache, blamed, &options).map(Some)
}

/// Waits for Git, judges the commits that it names while it is still at work, and returns who wrote
/// each line, and the bytes in which Git said where it came from. Where Git does not say what the
/// lines say, `content` does: the file that was asked about.
///
/// # Errors
///
/// As for [`RunningBlame::finish`], and [`AttributeError`] when a commit cannot be read or judged.
pub fn blame_running(
    repo: &Repo,
    verifier: &Verifier<'_>,
    cache: &CommitCache,
    running: RunningBlame<'_>,
    content: Option<&[u8]>,
    options: &BlameOptions,
) -> Result<(Vec<AttributedLine>, Vec<u8>), AttributeError> {
    let mut blamed = cache.ahead(repo.location(), |named| running.finish(named))?;
    if let Some(content) = content {
        blamed.take_content(content);
    }
    let told = std::mem::take(&mut blamed.output);
    Ok((blamed_lines(repo, verifier, cache, blamed, options)?, told))
}

/// Returns who wrote each line of which Git has said where it came from.
///
/// # Errors
///
/// [`AttributeError`] when a commit cannot be read or judged.
pub fn blamed_lines(
    repo: &Repo,
    verifier: &Verifier<'_>,
    cache: &CommitCache,
    blamed: Blamed,
    options: &BlameOptions,
) -> Result<Vec<AttributedLine>, AttributeError> {
    let Blamed {
        lines, uncommitted, ..
    } = blamed;
    let committed = lines.iter().filter(|line| !line.commit_id.is_null());
    let runs: Vec<Run> = committed.map(Run::from).collect();
    let mut commit_ids: Vec<ObjectId> = runs.iter().map(|run| run.commit_id).collect();
    commit_ids.sort_unstable();
    commit_ids.dedup();
    cache.expect(repo.location(), &commit_ids)?;
    let mut authors = Vec::with_capacity(runs.len());
    let mut strays = Strays::of(options);
    attribute(
        repo,
        (verifier, cache),
        &runs,
        &mut strays,
        |commit, author, _| {
            authors.push((Arc::clone(commit), author));
        },
    )?;
    let nobody = uncommitted.unwrap_or_default();
    let nobody = lines
        .iter()
        .find(|line| line.commit_id.is_null())
        .map(|line| Arc::new(CommitFacts::not_yet(line.commit_id, &nobody)));
    let mut authors = authors.into_iter();
    let mut attributed = Vec::with_capacity(lines.len());
    for origin in lines {
        let found = match &nobody {
            Some(facts) if origin.commit_id.is_null() => {
                Some((Arc::clone(facts), LineAuthor::UNATTESTED))
            }
            _ => authors.next(),
        };
        let Some((commit, mut author)) = found else {
            break;
        };
        if origin.is_guessed {
            author = LineAuthor::UNATTESTED;
        }
        attributed.push(AttributedLine {
            origin,
            commit,
            author,
        });
    }
    Ok(attributed)
}
