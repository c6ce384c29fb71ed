//! How much is whose: of a whole tree, or of what a range of commits brought.
//!
//! Takes a [`Request`] and gives a [`Summary`]. Without a range every text line of every tracked
//! text file is counted, and every commit of the history. With one, the lines that a commit of the
//! range introduced and that survive at its end, the lines as they were added, and the commits of
//! the range. Which commit a line came from is found by the [history pass](super::history), for all
//! files at once. The work is spread over threads, each with its own repository.
//!
//! # Invariants
//!
//! - The four kinds of each [`Tally`] add up to its total, and [`Summary::origins`] to `ai` and
//!   `mixed` of [`Summary::lines`].
//! - The lines of [`Summary::by`] add up to [`Summary::lines`].
//!
//! # What is not checked
//!
//! Whether history is whole. Where it is not, what Git gives to the oldest commit that is here is
//! only what that commit's records claim for an AI; the rest is `unattested`.

mod collect;
mod group;
mod spread;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

pub use group::{Dimension, Group};

use self::collect::Collected;
use self::spread::spread;
use super::AttributeError;
use super::added::{AddedFile, added, kind_of_commit};
use super::commit::{CommitCache, CommitFacts};
use super::file::attribute;
use super::history::{FileOrigins, IndexFile, Question, Run, origins};
use super::kind::{LineAuthor, LineKind};
use super::tally::{Origins, Tally};
use crate::git::blame::BlameOptions;
use crate::git::{GitError, Location, Repo};
use crate::object_id::ObjectId;
use crate::verify::Verifier;

/// Answers whether lines by this author, in this commit, count.
pub type Wanted<'a> = dyn Fn(&CommitFacts, &LineAuthor) -> bool + Sync + 'a;

/// What to count.
pub struct Request<'a> {
    /// Where the repository is; each thread opens it for itself.
    pub location: &'a Location,
    /// The commit whose tree is counted: the end of the range.
    pub head: ObjectId,
    /// The commits that are counted: all of the history, or those of the range.
    pub commits: &'a [ObjectId],
    /// Whether `commits` is a range: then only lines that they introduced count.
    pub is_range: bool,
    /// The paths that count; `None` means all.
    pub paths: Option<&'a HashSet<Vec<u8>>>,
    /// Commits before records began; their unattested lines are counted apart.
    pub before: &'a HashSet<ObjectId>,
    /// What to group by.
    pub by: &'a [Dimension],
    /// Which lines count.
    pub wanted: &'a Wanted<'a>,
    /// The file in which the history pass keeps what it found; see [`Question::index`].
    pub index: Option<IndexFile<'a>>,
    /// How many threads to use.
    pub threads: usize,
    /// Is told now and then how far the work is: pieces done, pieces in all.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("head", &self.head)
            .field("is_range", &self.is_range)
            .finish_non_exhaustive()
    }
}

/// How much is whose.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Which files were looked at, and which have no lines of text.
    pub files: Files,
    /// The lines that are there.
    pub lines: Tally,
    /// The lines as they were added; only with a range.
    pub added: Option<Tally>,
    /// The commits, each by the lines that it added; see [`kind_of_commit`].
    pub commits: Tally,
    /// How it came to be known that lines are an AI's.
    pub origins: Origins,
    /// The lines that are there, grouped.
    pub by: Vec<Group>,
    /// How many of the unattested lines come from before records began.
    pub unattested_before: u64,
}

/// Files by what is in them. Only those of text have lines to count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Files {
    /// Text.
    pub text: u64,
    /// NUL in the first 8000 bytes.
    pub binary: u64,
    /// Symbolic links.
    pub symlinks: u64,
    /// Submodules.
    pub submodules: u64,
    /// Longer than is compared by lines.
    pub too_large: u64,
}

/// Counts.
///
/// # Errors
///
/// [`AttributeError`] when the repository cannot be read or a commit cannot be judged.
pub fn summarize(request: &Request<'_>) -> Result<Summary, AttributeError> {
    let cache = CommitCache::new();
    let repo = Repo::open(request.location)?;
    let commits = spread(request.commits, request, |repo, verifier, commit_id| {
        count_commit(repo, verifier, &cache, *commit_id, request)
    })?;
    let mut summary = Summary::default();
    let mut added = Tally::default();
    let mut touched = HashSet::new();
    for commit in commits {
        summary.commits.merge(commit.commits);
        added.merge(commit.added);
        touched.extend(commit.touched);
    }
    summary.added = request.is_range.then_some(added);

    let in_range: Option<HashSet<ObjectId>> = request
        .is_range
        .then(|| request.commits.iter().copied().collect());
    let tree_id = repo.commit(request.head)?.tree_id;
    let mut files = Vec::new();
    for file in repo.files(tree_id)? {
        let selected = request.paths.is_none_or(|paths| paths.contains(&file.path));
        // A line of the range can only be in a file that a commit of the range has touched.
        if !selected || (request.is_range && !touched.contains(&file.path)) {
            continue;
        }
        match file.version {
            version if version.is_symlink() => summary.files.symlinks += 1,
            version if version.is_submodule() => summary.files.submodules += 1,
            _ => files.push(file),
        }
    }
    let origins = origins(&Question {
        location: request.location,
        commit_id: request.head,
        files: &files,
        within: in_range.as_ref(),
        index: request.index,
        is_whole_tree: !request.is_range && request.paths.is_none(),
        threads: request.threads,
        progress: request.progress,
    })?;
    let files: Vec<_> = files.into_iter().zip(origins).collect();
    let files = spread(&files, request, |repo, verifier, (file, origins)| {
        let mut collected = Collected::default();
        let Some(runs) = lines_of(repo, request, &file.path, origins, &mut collected.files)? else {
            return Ok(collected);
        };
        let mut lines = Vec::new();
        attribute(repo, verifier, &cache, &runs, |commit, author, count| {
            let range = in_range.as_ref();
            if range.is_none_or(|range| range.contains(&commit.commit_id))
                && (request.wanted)(commit, &author)
            {
                lines.push((Arc::clone(commit), author, count));
            }
        })?;
        collected.add_lines(&file.path, lines.iter(), request);
        Ok(collected)
    })?;
    let mut all = Collected::default();
    for file in files {
        all.merge(file);
    }
    summary.files.text = all.files.text;
    summary.files.binary = all.files.binary;
    summary.files.too_large = all.files.too_large;
    summary.lines = all.lines;
    summary.origins = all.origins;
    summary.unattested_before = all.unattested_before;
    summary.by = all.groups();
    Ok(summary)
}

/// Returns where the lines of a file come from, and counts it as what it is; `None` where it has
/// no lines to count.
fn lines_of<'a>(
    repo: &Repo,
    request: &Request<'_>,
    path: &[u8],
    origins: &'a FileOrigins,
    files: &mut Files,
) -> Result<Option<Cow<'a, [Run]>>, AttributeError> {
    let runs = match origins {
        FileOrigins::Binary => {
            files.binary += 1;
            return Ok(None);
        }
        FileOrigins::TooLarge => {
            files.too_large += 1;
            return Ok(None);
        }
        FileOrigins::Missing(id) => return Err(GitError::MissingObject { id: *id }.into()),
        FileOrigins::Lines(runs) => Cow::Borrowed(runs.as_slice()),
        FileOrigins::Incomparable => {
            let lines = repo.blame(request.head, path, &BlameOptions::default())?;
            Cow::Owned(lines.iter().map(Run::from).collect())
        }
    };
    files.text += 1;
    Ok(Some(runs))
}

/// What one commit counts for.
#[derive(Default)]
struct CountedCommit {
    commits: Tally,
    added: Tally,
    touched: Vec<Vec<u8>>,
}

fn count_commit(
    repo: &Repo,
    verifier: &Verifier<'_>,
    cache: &CommitCache,
    commit_id: ObjectId,
    request: &Request<'_>,
) -> Result<CountedCommit, AttributeError> {
    let facts: Arc<CommitFacts> = cache.get(repo, verifier, commit_id)?;
    let is_believed = facts.judgement.verdict.is_believed();
    let files: Vec<AddedFile> = if request.is_range || is_believed {
        added(repo, &facts)?
    } else {
        // Whatever it added, it is unattested.
        Vec::new()
    };
    let mut counted = CountedCommit::default();
    if request.is_range {
        counted.touched = files.iter().map(|file| file.path.clone()).collect();
        // Whatever the oldest commit that is here introduced, it may be anywhere.
        if !facts.is_whole {
            let tree_id = repo.commit(commit_id)?.tree_id;
            let all = repo.files(tree_id)?;
            counted
                .touched
                .extend(all.into_iter().map(|file| file.path));
        }
    }
    let kind = kind_of_commit(&facts, &files);
    let mut is_wanted = false;
    for file in &files {
        if request
            .paths
            .is_some_and(|paths| !paths.contains(&file.path))
        {
            continue;
        }
        for (author, count) in &file.lines {
            if (request.wanted)(&facts, author) {
                is_wanted = true;
                counted.added.add(author.kind, *count);
            }
        }
    }
    if files.is_empty() || kind == LineKind::Unattested {
        let author = LineAuthor {
            kind,
            ..LineAuthor::UNATTESTED
        };
        is_wanted |= (request.wanted)(&facts, &author);
    }
    if is_wanted {
        counted.commits.add(kind, 1);
    }
    Ok(counted)
}
