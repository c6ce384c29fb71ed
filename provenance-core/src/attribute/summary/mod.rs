//! How much is whose: of a whole tree, or of what a range of commits brought.
//!
//! Takes a [`Request`] and gives a [`Summary`]. Without a range every text line of every tracked
//! text file is counted, and every commit of the history. With one, the lines that a commit of the
//! range introduced and that survive at its end, the lines as they were added, and the commits of
//! the range. Which commit a line came from is found by the [history pass](super::history), for all
//! files at once; where moves and copies are to be followed, by `git blame`, file by file. The work is spread over threads, each with its own repository.
//!
//! Files that are generated or vendored count like all others, and have tallies of their own, so
//! that they can be told apart; a request can leave them out. Nothing is fetched: files and commits
//! that hang on an object that is not here are counted as such.
//!
//! # Invariants
//!
//! - The four kinds of each [`Tally`] add up to its total, and [`Summary::origins`] to `ai` and
//!   `mixed` of [`Summary::lines`].
//! - The lines of [`Summary::by`] add up to [`Summary::lines`].
//! - What is inferred changes no other count.
//! - Every entry of the tree that is asked about is in one count of [`Summary::files`].
//!
//! # What is not checked
//!
//! Whether history is whole. Where it is not, what Git gives to the oldest commit that is here is
//! only what that commit's records claim for an AI; the rest is `unattested`. [`Summary::gaps`]
//! says how much that is.

mod apart;
mod collect;
mod commits;
mod files;
mod followed;
mod group;
mod part;

use std::collections::HashSet;
use std::sync::Arc;

pub use apart::{Apart, Files, Gaps, PartTally};
pub use group::{Dimension, Group};
pub use part::Part;

use self::part::Parting;
use super::AttributeError;
use super::catalog::{Catalog, known};
use super::commit::{CommitCache, CommitFacts};
use super::crew::Crew;
use super::history::IndexFile;
use super::inferred::Inferred;
use super::kind::LineAuthor;
use super::tally::{Origins, Tally};
use crate::git::blame::BlameOptions;
use crate::git::{Compared, Location, Names, Repo};
use crate::infer::Rules;
use crate::object_id::ObjectId;

/// Answers whether lines by this author, in this commit, count.
pub type Wanted<'a> = dyn Fn(&CommitFacts, &LineAuthor) -> bool + Sync + 'a;

/// What to count.
pub struct Request<'a> {
    /// Where the repository is; each thread opens it for itself.
    pub location: &'a Location,
    /// The commit whose tree is counted: the end of the range.
    pub head: ObjectId,
    /// The commits that are counted: all of the history, or those of the range, or of either those
    /// that touch the paths.
    pub commits: &'a [ObjectId],
    /// All commits of the range, whatever they touch: only lines that they introduced count. `None`
    /// means the whole tree.
    pub range: Option<&'a [ObjectId]>,
    /// The paths that count; `None` means all.
    pub paths: Option<&'a HashSet<Vec<u8>>>,
    /// The parts whose lines are left out, but for their own tallies.
    pub without: &'a [Part],
    /// Commits before records began; their unattested lines are counted apart.
    pub before: &'a HashSet<ObjectId>,
    /// What to group by.
    pub by: &'a [Dimension],
    /// How many names of a path count where lines are grouped by it; 0 means all.
    pub depth: usize,
    /// Which lines count; `None` means all.
    pub wanted: Option<&'a Wanted<'a>>,
    /// Rules by which to conclude whose unattested lines seem to be; without them nothing is.
    pub infer: Option<&'a Rules>,
    /// How lines are followed: `-w` in the same pass; `-M` and `-C` by Git itself, file by file. The
    /// rest is not looked at.
    pub follow: &'a BlameOptions,
    /// The file in which the history pass keeps what it found; see
    /// [`Question::index`](super::history::Question::index).
    pub index: Option<IndexFile<'a>>,
    /// What commits say of themselves, as far as that is known, and where what was read is told.
    pub catalog: Option<Arc<Catalog>>,
    /// How many threads to use.
    pub threads: usize,
    /// Is told now and then how far the work is: pieces done, pieces in all.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("head", &self.head)
            .field("is_range", &self.range.is_some())
            .finish_non_exhaustive()
    }
}

impl<'a> Request<'a> {
    fn wants(&self, commit: &CommitFacts, author: &LineAuthor) -> bool {
        self.wanted.is_none_or(|wanted| wanted(commit, author))
    }

    fn crew(&self, compared: Option<&Arc<Compared>>) -> Crew<'a> {
        Crew {
            location: self.location,
            threads: self.threads,
            progress: self.progress,
            known_before: known(self.catalog.as_ref()),
            compared: compared.map(Arc::clone),
        }
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
    /// The commits, each by the lines that it added; see
    /// [`kind_of_commit`](super::kind_of_commit).
    pub commits: Tally,
    /// How it came to be known that lines are an AI's.
    pub origins: Origins,
    /// The lines that are there, grouped.
    pub by: Vec<Group>,
    /// How many of the unattested lines come from before records began.
    pub unattested_before: u64,
    /// What is generated and what is vendored.
    pub apart: Apart,
    /// What could not be counted, because it is not here.
    pub gaps: Gaps,
    /// What messages let one conclude of the unattested lines and commits; only with rules.
    pub inferred: Option<Inferred>,
}

/// Counts.
///
/// # Errors
///
/// [`AttributeError`] when the repository cannot be read or a commit cannot be judged.
pub fn summarize(request: &Request<'_>) -> Result<Summary, AttributeError> {
    let cache = CommitCache::over_gaps()
        .inferring(request.infer)
        .with_catalog(request.catalog.as_ref());
    let mut repo = Repo::open(request.location)?;
    repo.read_in_bulk(Names::OfCommits);
    let is_range = request.range.is_some();
    // What commits added, and where lines come from, is found by comparing the same blobs.
    let compared = is_range.then(Arc::default);
    let counted = commits::count(&cache, request, compared.as_ref())?;
    let mut summary = Summary {
        commits: counted.commits,
        ..Summary::default()
    };

    let tree_id = repo.commit(request.head)?.tree_id;
    let all = repo.files(tree_id)?;
    let mut files = Vec::new();
    for file in &all {
        let selected = request.paths.is_none_or(|paths| paths.contains(&file.path));
        // A line of the range can only be in a file that a commit of the range has touched.
        if !selected || (is_range && !counted.touched.contains(&file.path)) {
            continue;
        }
        match file.version {
            version if version.is_symlink() => summary.files.symlinks += 1,
            version if version.is_submodule() => summary.files.submodules += 1,
            _ => files.push(file.clone()),
        }
    }
    let paths = files.iter().map(|file| file.path.as_slice());
    let paths = paths.chain(counted.added.keys().map(Vec::as_slice));
    let parting = Parting::of(&repo, request.head, &all, paths)?;
    drop(all);

    let mut lines = files::count(&cache, request, &files, &parting, compared.as_ref())?;
    summary.files.merge(lines.files);
    summary.apart = std::mem::take(&mut lines.apart);
    summary.apart.attributes_read = parting.is_whole;
    if is_range {
        let mut added = Tally::default();
        for (path, tally) in &counted.added {
            let part = parting.part(path);
            if let Some(apart) = summary.apart.of_mut(part) {
                apart.added.merge(*tally);
            }
            if !files::is_left_out(request, part) {
                added.merge(*tally);
            }
        }
        summary.added = Some(added);
    }
    summary.lines = lines.lines;
    summary.origins = lines.origins;
    summary.unattested_before = lines.unattested_before;
    summary.gaps = Gaps {
        files: summary.files.missing,
        commits: counted.unread,
        boundary_lines: lines.boundary_lines,
    };
    let mut inferred = counted.inferred;
    inferred.merge(std::mem::take(&mut lines.inferred));
    summary.inferred = request.infer.map(|_| inferred.finish());
    summary.by = lines.groups();
    Ok(summary)
}
