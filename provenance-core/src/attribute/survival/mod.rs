//! Survival: what became of the lines that a range of commits brought.
//!
//! Takes a [`Question`] and gives [`Cohort`]s: lines that were born together, by one author, and met
//! the same [`Fate`]. [`Table`] adds them up for people.
//!
//! ```text
//! graph ─► changes ─► renames ─► hunks ─► walk: lines go from parents to children ─► ends ─► cohorts
//!          └── of some hundred commits at once, on all cores ──┘
//! ```
//!
//! It is the [history pass](super::history) the other way: that one goes from the head to the
//! oldest commit and asks where lines come from; this one goes from the oldest commit of the range
//! to the head, with a list of lines for every file, and takes down each line that a child has not.
//! Both give a line to the same parent: the first that has the file unchanged, under its path or
//! the one that a rename names, else each parent in turn what the pinned diff finds in it.
//!
//! # What counts
//!
//! - A line lives on in a merge if any parent's version of it does. A line that a merge gets from
//!   several parents, born in two places, is the first parent's; the other's ends there.
//! - Of several commits that took a line out, on several branches, the first counts, but for those
//!   that a merge took back: where every way from it to the head leads through a commit that has the
//!   line, or where another commit after it took the line out again. A merge that takes over what one
//!   side had removed removes nothing.
//! - The successor of a line is the line that stands as far into the hunk that took its place. There
//!   is none where a hunk only removes, where a file goes, becomes a binary, a symlink or a
//!   submodule, where a merge takes another side's whole file, or where what stands there is older
//!   than the range.
//! - Moments are committer's dates. One before a parent's, or behind the head's, cannot be true and
//!   is moved to it; [`Survival::clamped_commits`] says how many were.
//!
//! # Invariants
//!
//! - Each line that was born has exactly one fate.
//! - The lines that stand at the head ([`Fate::Alive`]) are those that the history pass gives to
//!   the range at that head: as many, from the same commits, paths and lines. It differs in four
//!   cases only. A line that came while its file was a binary is not followed. Versions that are
//!   too large to compare end what is known here ([`Fate::Unknown`]); `git blame` is asked there.
//!   Objects that are not here end it here for the lines that they had; there for the whole file
//!   at the head. And of a file of which two were made, each line is one that stands twice.
//! - The same commits give the same cohorts in the same order, whatever the number of threads.
//!
//! # What it costs
//!
//! Every line there ever was in Git's own history, of 81,966 commits and 21,215 merges: a minute and
//! 0.75 GB on two cores. The history pass takes a third of that time, and more memory.
//!
//! # What is not checked
//!
//! Moves of lines within a file and between files: a moved line ends, and another is born. Commits
//! of the range that the head does not descend from are not followed.

mod cohorts;
mod dates;
mod ends;
mod file;
mod lines;
mod prepare;
mod removals;
mod table;
mod taken_back;
mod tree;
mod walk;

use std::collections::HashSet;
use std::sync::Arc;

pub use table::{Age, Gone, Key, Lived, Row, Table};

use self::dates::Dates;
use self::ends::Ends;
use self::walk::Walk;
use super::AttributeError;
use super::catalog::Catalog;
use super::commit::CommitFacts;
use super::history::graph::Graph;
use super::kind::{LineAuthor, LineKind};
use crate::git::{Location, Names, Repo};
use crate::object_id::ObjectId;

/// Whose lines to follow, and until when.
pub struct Question<'a> {
    /// Where the repository is; each thread opens it for itself.
    pub location: &'a Location,
    /// The commit at which is asked what became of them.
    pub head: ObjectId,
    /// The commits whose lines are followed; `None` means all that the head descends from.
    pub range: Option<&'a HashSet<ObjectId>>,
    /// The paths under which lines must have been born; `None` means all.
    pub paths: Option<&'a HashSet<Vec<u8>>>,
    /// Which lines count.
    pub wanted: &'a (dyn Fn(&CommitFacts, &LineAuthor) -> bool + Sync),
    /// What commits say of themselves, as far as that is known, and where what was read is told.
    pub catalog: Option<Arc<Catalog>>,
    /// How many threads to use.
    pub threads: usize,
    /// Is told now and then how far the work is: pieces done, pieces in all.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl std::fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question")
            .field("head", &self.head)
            .field("is_range", &self.range.is_some())
            .finish_non_exhaustive()
    }
}

/// What became of lines.
#[derive(Debug, Clone, Default)]
pub struct Survival {
    /// The lines, oldest commit first.
    pub cohorts: Vec<Cohort>,
    /// How many commits have a date that cannot be true.
    pub clamped_commits: u64,
    /// How many commits of the range the head does not descend from.
    pub unreached_commits: u64,
    /// How many versions of files could not be read or compared.
    pub unread_files: u64,
    /// How many commits there are of which it is not known what they changed: their trees, or those
    /// of their parents, are not here.
    pub unread_commits: u64,
    /// How many commits are the oldest that are here of a history that is not whole: every line of
    /// their trees is theirs.
    pub boundary_commits: u64,
}

/// Lines that were born in one file of one commit, by one author, and met the same fate.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// The commit that brought them.
    pub commit: Arc<CommitFacts>,
    /// The path that the file had there.
    pub path: Arc<[u8]>,
    /// Who wrote them.
    pub author: LineAuthor,
    /// How many.
    pub lines: u64,
    /// For how many seconds they could be seen: from their commit to the head.
    pub seen_seconds: u64,
    /// What became of them.
    pub fate: Fate,
}

/// What became of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// They stand at the head.
    Alive {
        /// How many lines they are there: more where a file was copied.
        standing: u64,
    },
    /// A commit took them out.
    Gone {
        /// The commit.
        commit_id: ObjectId,
        /// Its kind, by the lines that it added.
        commit_kind: LineKind,
        /// For how many seconds they lived.
        lived_seconds: u64,
        /// Who wrote what stands in their place; `None` where nothing does.
        successor: Option<LineAuthor>,
    },
    /// They cannot be followed: a version is not here, or too large to compare.
    Unknown,
}

/// Follows lines.
///
/// # Errors
///
/// [`AttributeError`] when the head is not here, the repository cannot be read, or a commit cannot
/// be judged.
pub fn survival(question: &Question<'_>) -> Result<Survival, AttributeError> {
    let threads = question.threads.max(1);
    let mut repos = Repo::open_in_bulk(question.location, Names::Believed, threads)?;
    let Some(repo) = repos.first() else {
        return Ok(Survival::default());
    };
    let graph = Graph::read(repo, &[question.head], question.range, &|_| false)?;
    let mut walk = Walk::new(&graph, question.range);
    let head = walk.run(&mut repos, question.progress)?;
    let dates = Dates::read(&graph, &mut repos)?;
    drop(repos);
    let removals = std::mem::take(&mut walk.removals);
    let taken_back = std::mem::take(&mut walk.taken_back).sorted();
    let ends = Ends::new(&graph, &dates, &head, removals, &taken_back, walk.born);
    let counted = cohorts::count(question, &walk, &dates, &ends)?;
    let reached = graph.nodes.iter().map(|node| node.commit_id);
    let reached = question
        .range
        .map(|range| reached.filter(|id| range.contains(id)).count());
    let in_range = question.range.map_or(0, HashSet::len);
    Ok(Survival {
        cohorts: counted.cohorts,
        clamped_commits: dates.clamped,
        unreached_commits: (in_range - reached.unwrap_or(in_range).min(in_range)) as u64,
        unread_files: walk.unread,
        unread_commits: walk.unread_commits,
        boundary_commits: counted.boundary_commits,
    })
}
