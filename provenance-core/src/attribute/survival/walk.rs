//! `Walk`: lines go from each commit to its children, until one takes them out.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::prepare::Prepared;
use super::removals::Removal;
use super::taken_back::TakenBack;
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

/// The walk, and what it found.
pub(super) struct Walk<'a> {
    pub(super) graph: &'a Graph,
    range: Option<&'a HashSet<ObjectId>>,
    pub(super) paths: Paths,
    live: HashMap<usize, Live>,
    pub(super) births: Vec<Birth>,
    pub(super) removals: Vec<Removal>,
    pub(super) taken_back: TakenBack,
    pub(super) born: u32,
    /// How many versions of files could not be read or compared.
    pub(super) unread: u64,
    /// How many commits there are of which it is not known what they changed.
    pub(super) unread_commits: u64,
}

/// A commit whose children have not all been visited.
struct Live {
    tree: Tree,
    past: FixedBitSet,
    /// How many of them are to come.
    children: usize,
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
    /// By the parent's number, what it descends from, and itself, by their ages.
    pub(super) pasts: Vec<FixedBitSet>,
    pub(super) changes: &'v [MergeChange],
    /// Whether it is not known what it changed.
    pub(super) is_unread: bool,
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
            live: HashMap::new(),
            births: Vec::new(),
            removals: Vec::new(),
            taken_back: TakenBack::default(),
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
        let head = self.live.remove(&0);
        Ok(head.map(|head| head.tree).unwrap_or_default())
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
        let parents = node.parents.iter();
        let (trees, pasts): (Vec<Tree>, Vec<FixedBitSet>) =
            parents.map(|parent| self.hand_on(*parent)).unzip();
        // Where it is not known what changed, nothing can be said of any file.
        let is_unread = changes.is_err();
        self.unread_commits += u64::from(is_unread);
        let changes = changes.unwrap_or_default();
        let before = trees.first().filter(|_| !is_unread);
        let mut tree = before.cloned().unwrap_or_default();
        let mut visit = Visit {
            place,
            parents: &node.parents,
            trees,
            pasts,
            changes: &changes,
            is_unread,
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
        let before = visit.trees.iter();
        let differing: Vec<Vec<u32>> = before.map(|old| old.differing(&tree)).collect();
        self.take_back(&visit, &tree, &differing);
        self.take_out(&visit, &tree, &differing);
        let pasts = visit.pasts;
        self.keep(place, tree, pasts, children);
        Ok(())
    }

    /// Keeps the lines of a commit for its children.
    fn keep(&mut self, place: usize, tree: Tree, pasts: Vec<FixedBitSet>, children: usize) {
        let mut pasts = pasts.into_iter();
        let mut past = pasts.next().unwrap_or_default();
        for other in pasts {
            past.union_with(&other);
        }
        past.grow_and_insert(self.age(place));
        let live = Live {
            tree,
            past,
            children,
        };
        self.live.insert(place, live);
    }

    /// The lines and the past of a parent; let go of when its last child has them.
    fn hand_on(&mut self, parent: usize) -> (Tree, FixedBitSet) {
        let Some(live) = self.live.get_mut(&parent) else {
            // It is older than the range: nothing in it is followed.
            return (Tree::default(), FixedBitSet::new());
        };
        live.children -= 1;
        if live.children > 0 {
            return (live.tree.clone(), live.past.clone());
        }
        let live = self.live.remove(&parent);
        live.map(|live| (live.tree, live.past)).unwrap_or_default()
    }

    /// How many commits of the graph are older.
    pub(super) fn age(&self, place: usize) -> usize {
        self.graph.nodes.len().saturating_sub(place + 1)
    }

    /// Calls `found` for each part of the lines that was born together, with the place of its birth.
    pub(super) fn by_birth(
        &self,
        (start, end): (u32, u32),
        mut found: impl FnMut(usize, (u32, u32)),
    ) {
        let first = self
            .births
            .partition_point(|birth| birth.first + birth.count <= start);
        let births = self.births.iter().skip(first);
        for birth in births.take_while(|birth| birth.first < end) {
            let part = (start.max(birth.first), end.min(birth.first + birth.count));
            found(birth.place, part);
        }
    }
}
