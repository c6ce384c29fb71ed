//! `Walk`: lines go from each commit to its children, until one takes them out.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::lines::{Span, Spans, UNFOLLOWED, at, outside, united};
use super::prepare::Prepared;
use super::tree::{Paths, Tree};
use crate::attribute::history::batch::Answer;
use crate::attribute::history::graph::Graph;
use crate::git::diff::Hunk;
use crate::git::rename::Gone;
use crate::git::tree::MergeChange;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// How many commits are prepared at once.
const BATCH: usize = 512;
/// Stands where a successor would: it is not known what became of the line.
pub(super) const LOST: u32 = u32::MAX - 1;

/// Lines that were born together; their numbers follow each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Birth {
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) place: usize,
    pub(super) path: u32,
    /// The first line there, 0-based.
    pub(super) line: u32,
}

/// A line that a parent of a commit has and the commit has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Removal {
    pub(super) line: u32,
    pub(super) place: u32,
    /// The parent that has it.
    pub(super) parent: u32,
    /// The line that stands in its place, [`UNFOLLOWED`] where none does, or [`LOST`].
    pub(super) successor: u32,
}

/// The walk, and what it found.
pub(super) struct Walk<'a> {
    pub(super) graph: &'a Graph,
    range: Option<&'a HashSet<ObjectId>>,
    pub(super) paths: Paths,
    trees: HashMap<usize, (Tree, usize)>,
    pub(super) births: Vec<Birth>,
    pub(super) removals: Vec<Removal>,
    pub(super) born: u32,
    /// How many versions of files could not be read or compared.
    pub(super) unread: u64,
    /// How many commits there are of which it is not known what they changed.
    pub(super) unread_commits: u64,
}

/// How a file of a parent became one of the commit.
pub(super) struct Became {
    pub(super) hunks: Arc<[Hunk]>,
    pub(super) path: u32,
}

/// One commit, while it is visited.
pub(super) struct Visit<'v> {
    pub(super) place: usize,
    pub(super) parents: &'v [usize],
    pub(super) trees: Vec<Tree>,
    pub(super) changes: &'v [MergeChange],
    /// By the parent's number and the path there.
    pub(super) became: HashMap<(usize, u32), Became>,
    /// Files of a parent of which it is not known what became.
    pub(super) lost: HashSet<(usize, u32)>,
    /// Parents of which that is so for every file that is gone.
    pub(super) is_lost: HashSet<usize>,
    /// By the parent's number, its files that are gone; found when they are first asked for.
    pub(super) gone: Vec<OnceCell<Answer<Gone>>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(graph: &'a Graph, range: Option<&'a HashSet<ObjectId>>) -> Self {
        Self {
            graph,
            range,
            paths: Paths::default(),
            trees: HashMap::new(),
            births: Vec::new(),
            removals: Vec::new(),
            born: 0,
            unread: 0,
            unread_commits: 0,
        }
    }

    /// Walks from the oldest commit to the newest, and returns the lines at that one.
    pub(super) fn run(
        &mut self,
        repos: &mut [Repo],
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Tree, GitError> {
        let graph = self.graph;
        let mut children = vec![0_usize; graph.nodes.len()];
        for parent in graph.nodes.iter().flat_map(|node| &node.parents) {
            if let Some(children) = children.get_mut(*parent) {
                *children += 1;
            }
        }
        let wanted = graph.nodes.iter().enumerate().rev();
        let wanted = wanted.filter(|(_, node)| node.is_wanted);
        let places: Vec<usize> = wanted.map(|(place, _)| place).collect();
        let range = self.range;
        let is_in_range = |place: usize| {
            let node = graph.nodes.get(place);
            node.is_some_and(|node| range.is_none_or(|range| range.contains(&node.commit_id)))
        };
        let mut live = HashSet::new();
        let mut done = 0;
        for batch in places.chunks(BATCH) {
            let mut prepared = Prepared::prepare(graph, batch, &is_in_range, &mut live, repos)?;
            let Some(repo) = repos.first() else {
                break;
            };
            for place in batch {
                let left = children.get(*place).copied().unwrap_or_default();
                self.visit(repo, &mut prepared, *place, is_in_range(*place), left)?;
            }
            done += batch.len();
            progress(done, places.len());
        }
        Ok(self.trees.remove(&0).unwrap_or_default().0)
    }

    fn visit(
        &mut self,
        repo: &Repo,
        prepared: &mut Prepared,
        place: usize,
        is_in_range: bool,
        children: usize,
    ) -> Result<(), GitError> {
        let (Some(node), Some(changes)) =
            (self.graph.nodes.get(place), prepared.take_changes(place))
        else {
            return Ok(());
        };
        let trees: Vec<Tree> = node
            .parents
            .iter()
            .map(|parent| self.tree_of(*parent))
            .collect();
        let mut tree = trees.first().cloned().unwrap_or_default();
        let Ok(changes) = changes else {
            // Nothing can be said of any file.
            self.unread_commits += 1;
            for (parent, trees) in node.parents.iter().zip(&trees) {
                for spans in trees.all() {
                    self.lose(place, *parent, spans);
                }
            }
            self.trees.insert(place, (Tree::default(), children));
            return Ok(());
        };
        let mut visit = Visit {
            place,
            parents: &node.parents,
            trees,
            changes: &changes,
            became: HashMap::new(),
            lost: HashSet::new(),
            is_lost: HashSet::new(),
            gone: node.parents.iter().map(|_| OnceCell::new()).collect(),
        };
        for change in &changes {
            let path = self.paths.number(&change.path);
            let spans = match change.new.filter(|new| new.is_file()) {
                Some(new) => {
                    self.file(repo, prepared, &mut visit, change, (path, new), is_in_range)?
                }
                None => None,
            };
            tree.put(path, spans);
        }
        self.remove(&visit, &tree);
        self.trees.insert(place, (tree, children));
        Ok(())
    }

    /// The lines of a parent; let go of when its last child has them.
    fn tree_of(&mut self, parent: usize) -> Tree {
        let Some((tree, children)) = self.trees.get_mut(&parent) else {
            // It is older than the range: nothing in it is followed.
            return Tree::default();
        };
        *children -= 1;
        if *children > 0 {
            return tree.clone();
        }
        self.trees.remove(&parent).unwrap_or_default().0
    }

    /// Takes down which lines of the parents the commit has not, and what stands in their place.
    fn remove(&mut self, visit: &Visit<'_>, tree: &Tree) {
        for (number, (parent, old)) in visit.parents.iter().zip(&visit.trees).enumerate() {
            let differing = old.differing(tree);
            let here = differing.iter().filter_map(|path| tree.get(*path));
            let here = here.flat_map(|spans| spans.iter().filter(|span| span.is_followed()));
            let here = united(here.map(|span| span.numbers()).collect());
            for path in differing {
                let Some(spans) = old.get(path) else {
                    continue;
                };
                let became = visit.became.get(&(number, path));
                let new = became.and_then(|became| tree.get(became.path));
                let is_lost = visit.lost.contains(&(number, path));
                let mut position = 0;
                for span in spans.iter() {
                    if span.is_followed() {
                        outside(span.numbers(), &here, |start, end| {
                            for line in start..end {
                                let stood = position + (line - span.first);
                                let successor = match became {
                                    _ if is_lost => LOST,
                                    Some(became) => successor(&became.hunks, new, stood),
                                    None => UNFOLLOWED,
                                };
                                self.removals
                                    .push(removal(line, visit.place, *parent, successor));
                            }
                        });
                    }
                    position += span.count;
                }
            }
        }
    }

    fn lose(&mut self, place: usize, parent: usize, spans: &[Span]) {
        for span in spans.iter().filter(|span| span.is_followed()) {
            let (start, end) = span.numbers();
            let lost = (start..end).map(|line| removal(line, place, parent, LOST));
            self.removals.extend(lost);
        }
    }
}

fn removal(line: u32, place: usize, parent: usize, successor: u32) -> Removal {
    let place_of = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    Removal {
        line,
        place: place_of(place),
        parent: place_of(parent),
        successor,
    }
}

/// The line that stands in the place of the one that stood at `stood`: as far into the new lines of
/// its hunk as that was into the old ones.
fn successor(hunks: &[Hunk], new: Option<&Spans>, stood: u32) -> u32 {
    let behind = hunks.partition_point(|hunk| hunk.old_start + hunk.old_len <= stood);
    let hunk = hunks
        .get(behind)
        .filter(|hunk| hunk.old_start <= stood && hunk.new_len > 0);
    hunk.map_or(UNFOLLOWED, |hunk| {
        let into = u64::from(stood - hunk.old_start) * u64::from(hunk.new_len);
        let into = into / u64::from(hunk.old_len.max(1));
        let position = hunk.new_start + u32::try_from(into).unwrap_or_default();
        at(new.map(AsRef::as_ref), position)
    })
}
