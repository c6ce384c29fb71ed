//! The history pass: the commit and line where every line of every file was born.
//!
//! Takes a commit and files of its tree; gives for each the runs of lines that came from one place.
//! It is what `git blame` finds, file by file, but in one walk: every commit is visited once for
//! all files, from the newest to the oldest. A file that a commit has as its parent has it is
//! handed on as a whole, so a commit costs what it changed.
//!
//! ```text
//! graph ─► changes ─► renames ─► hunks ─► pass: lines go to the parents that have them
//!          └──── of some hundred commits at once, on all cores ────┘
//! ```
//!
//! # Why from the newest to the oldest
//!
//! The other way, from the first commit on with a list of lines for every path, has to diff every
//! change that was ever made, also of files and lines that are long gone; and a rename has to be
//! known before anybody asks for the file that came of it. `git blame` passes lines from children
//! to parents, and what it finds depends on that: which parent of a merge gets a line that several
//! have, and which of several gone files a new one was. Walked its way, the answer is its answer,
//! and whatever no line is left in is never looked at.
//!
//! # Invariants
//!
//! - Lines are passed as `git blame` passes them: a file that a parent has unchanged goes to the
//!   first such parent; else each parent in turn takes the lines that it has, under the same path
//!   or, where it has none, the one that the [rename](crate::git::rename) names; what is left was
//!   born here. The hunks are those of the [pinned diff](crate::git::diff).
//! - The fate of a line depends on nothing but the objects: not on dates, nor on the order of the
//!   walk, nor on the number of threads.
//! - With an [index](IndexFile) it is the same: what was found once is looked up, the rest walked.
//! - Memory is bounded by the tree and by what a few hundred commits changed, not by the history.
//! - Nothing is fetched. A file whose history needs an object that is not here says which.
//!
//! # What is not checked
//!
//! Whether history is whole. At the boundary of a shallow clone the oldest commit that is here is
//! given every line that cannot be followed further.

pub(super) mod batch;
pub(super) mod graph;
mod index;
mod known;
pub(super) mod lines;
mod pass;
mod step;

use std::collections::HashSet;
use std::sync::Arc;

use self::graph::Graph;
pub use self::index::IndexFile;
use self::index::{Index, Keeper};
pub use self::known::known;
use self::pass::{Births, Pass};
use crate::attribute::crew::read_over;
use crate::attribute::kept::circumstances;
use crate::digest::Digest;
use crate::git::blame::BlamedLine;
use crate::git::diff::{MAX_BYTES, Setting, count_lines, is_binary};
use crate::git::tree::File;
use crate::git::{Compared, GitError, Location, Names, Repo};
use crate::object_id::ObjectId;

/// Which lines to follow.
pub struct Question<'a> {
    /// Where the repository is; each thread opens it for itself.
    pub location: &'a Location,
    /// The commit in which the files stand.
    pub commit_id: ObjectId,
    /// The files, each path once; regular ones.
    pub files: &'a [File],
    /// Only lines that these commits brought are asked for; others may be left out. `None` means
    /// all.
    pub within: Option<&'a HashSet<ObjectId>>,
    /// Whether white space does not count, as with `git blame -w`. Nothing is kept of that.
    pub ignore_whitespace: bool,
    /// The file in which is kept what was found, for the next time; `None` means that nothing is.
    pub index: Option<IndexFile<'a>>,
    /// What others compared of these commits before; `None` where nobody did.
    pub compared: Option<&'a Arc<Compared>>,
    /// Whether `files` are all that the commit has: only then is something kept.
    pub is_whole_tree: bool,
    /// How many threads to use.
    pub threads: usize,
    /// Is told now and then how far the work is: commits visited, commits in all.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl std::fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question")
            .field("commit_id", &self.commit_id)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

/// Where the lines of one file come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOrigins {
    /// Of text: runs in the order of its lines.
    Lines(Vec<Run>),
    /// NUL in the first 8000 bytes: it has no lines of text.
    Binary,
    /// It is longer than is compared by lines.
    TooLarge,
    /// It was once longer, or has more lines, than is compared here. `git blame` can tell.
    Incomparable,
    /// An object that its history needs is not here.
    Missing(ObjectId),
}

/// Lines that stand together, and came together from one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The first line in the file that was asked about, 1-based.
    pub line: u64,
    /// How many lines.
    pub count: u64,
    /// The commit that they came from.
    pub commit_id: ObjectId,
    /// The path that the file had there.
    pub original_path: Arc<[u8]>,
    /// The line that the first was there, 1-based.
    pub original_line: u64,
}

impl From<&BlamedLine> for Run {
    fn from(line: &BlamedLine) -> Self {
        Self {
            line: line.line,
            count: 1,
            commit_id: line.commit_id,
            original_path: Arc::clone(&line.original_path),
            original_line: line.original_line,
        }
    }
}

impl Run {
    /// Joins lines that stand together here and there.
    #[must_use]
    pub fn joined(lines: &[BlamedLine]) -> Vec<Self> {
        let mut runs: Vec<Self> = Vec::new();
        for run in lines.iter().map(Self::from) {
            match runs.last_mut() {
                Some(last) if last.is_continued_by(&run) => last.count += run.count,
                _ => runs.push(run),
            }
        }
        runs
    }

    fn is_continued_by(&self, next: &Self) -> bool {
        self.commit_id == next.commit_id
            && self.line + self.count == next.line
            && self.original_line + self.count == next.original_line
            && self.original_path == next.original_path
    }
}

/// Returns where the lines of each file come from, in the order of the files, and keeps what it can
/// for the next time.
///
/// # Errors
///
/// [`GitError::MissingObject`] for a commit that is asked about and not here, and what else
/// reading commits and trees gives. Of other objects that are not here the answer speaks.
pub fn origins(question: &Question<'_>) -> Result<Vec<FileOrigins>, GitError> {
    let (origins, found) = find(question)?;
    found.keep();
    Ok(origins)
}

/// The same, with what can be kept while others go on with the answer.
pub(super) fn find<'a>(question: &Question<'a>) -> Result<(Vec<FileOrigins>, Found<'a>), GitError> {
    let threads = question.threads.max(1);
    let mut repos = Repo::open_in_bulk(question.location, Names::Believed, threads)?;
    for repo in &mut repos {
        repo.share_compared(question.compared);
    }
    let Some(repo) = repos.first() else {
        return Ok((Vec::new(), Found::nothing()));
    };
    let circumstances = circumstances(repo)?;
    let (setting, kept_in) = if question.ignore_whitespace {
        (Setting::BlameIgnoringWhitespace, None)
    } else {
        (Setting::Blame, question.index)
    };
    let index = match kept_in {
        Some(file) => Index::load(file.path, circumstances),
        None => Index::default(),
    };
    let contents = contents(&mut repos, question.files, &index)?;
    let Some(repo) = repos.first() else {
        return Ok((Vec::new(), Found::nothing()));
    };
    let is_known = |commit_id| index.knows(commit_id);
    let graph = Graph::read(repo, &[question.commit_id], question.within, &is_known)?;
    let is_all = question.is_whole_tree && question.within.is_none() && graph.is_whole;
    let keeper = match kept_in {
        Some(file) if is_all => Keeper::new(&graph, file.depth),
        _ => Keeper::default(),
    };
    let mut pass = Pass::new(graph, (&index, keeper), question.files, &contents);
    pass.run(&mut repos, setting, question.progress)?;
    let left = pass.left();
    if let Some(repo) = repos.first()
        && !left.is_empty()
    {
        pass.go_on(Graph::read(repo, &left, question.within, &|_| false)?);
        pass.run(&mut repos, setting, question.progress)?;
    }
    let (origins, keeper, births) = pass.finish(&contents);
    let found = kept_in.filter(|_| !keeper.is_empty());
    let found = found.map(|file| Keeping {
        file,
        circumstances,
        head: question.commit_id,
        files: question.files,
        contents,
        index,
        keeper,
        births,
    });
    Ok((origins, Found(found)))
}

/// What a pass found, and can be kept.
pub(super) struct Found<'a>(Option<Keeping<'a>>);

struct Keeping<'a> {
    file: IndexFile<'a>,
    circumstances: Digest,
    head: ObjectId,
    files: &'a [File],
    contents: Vec<Content>,
    index: Index,
    keeper: Keeper,
    births: Births,
}

impl Found<'_> {
    /// Nothing that could be kept.
    pub(super) const fn nothing() -> Self {
        Self(None)
    }

    /// Writes it to the file of the index, if anything is new.
    pub(super) fn keep(self) {
        let Some(mut keeping) = self.0 else {
            return;
        };
        keeping.keeper.finish(&mut keeping.index, &keeping.births);
        let known = keeping.files.iter().map(|file| file.version.id);
        let contents = known.zip(keeping.contents).collect();
        let depth = keeping.file.depth;
        let mut index = keeping.index.thinned(keeping.head, depth);
        index.set_contents(contents);
        index.save(keeping.file.path, keeping.circumstances);
    }
}

/// Tells what each file is: as it was seen before, or as it is read now.
fn contents(repos: &mut [Repo], files: &[File], index: &Index) -> Result<Vec<Content>, GitError> {
    let known = files.iter().map(|file| index.content(file.version.id));
    let known: Vec<Option<Content>> = known.collect();
    let unknown = files.iter().zip(&known);
    let unknown: Vec<&File> = unknown
        .filter_map(|(file, known)| known.is_none().then_some(file))
        .collect();
    let mut read = read_over(repos, &unknown, |repo, file| content(repo, file))?.into_iter();
    let contents = known.into_iter().map(|known| known.or_else(|| read.next()));
    Ok(contents.flatten().collect())
}

/// What a file is, before any of its history is looked at.
#[derive(Debug, Clone, Copy)]
enum Content {
    Lines(u32),
    Binary,
    TooLarge,
    Missing(ObjectId),
}

fn content(repo: &Repo, file: &File) -> Result<Content, GitError> {
    match repo.blob(file.version.id, MAX_BYTES) {
        Ok(content) if is_binary(&content) => Ok(Content::Binary),
        Ok(content) => Ok(Content::Lines(
            u32::try_from(count_lines(&content)).unwrap_or(u32::MAX),
        )),
        Err(GitError::TooLarge { .. }) => Ok(Content::TooLarge),
        Err(GitError::MissingObject { id }) => Ok(Content::Missing(id)),
        Err(error) => Err(error),
    }
}
