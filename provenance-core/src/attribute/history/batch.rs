//! `Batch`: what some hundred commits changed, prepared on all cores before lines are passed.
//!
//! Takes commits that stand together in the graph and the paths that lines are asked of; gives the
//! changed paths of each commit, the renames, and the hunks between the versions. It prepares more
//! than is needed: whether a line is left to follow is known only when the pass comes there.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use super::graph::Graph;
use crate::attribute::crew::read_over;
use crate::git::diff::{self, DiffError, Hunk, MAX_BYTES, Setting};
use crate::git::rename::Gone;
use crate::git::tree::{File, MergeChange, Version};
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::table::{Map, Set};

/// How many contents a thread keeps while it follows one path.
const CONTENTS: usize = 4;

/// Why an answer of Git is not to be had; the files that hang on it get no lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::attribute) enum Obstacle {
    Missing(ObjectId),
    TooLarge,
}

/// An answer, or why there is none.
pub(in crate::attribute) type Answer<T> = Result<T, Obstacle>;

/// An old blob and the new one.
pub(in crate::attribute) type Pair = (ObjectId, ObjectId);

/// The hunks between two blobs.
pub(in crate::attribute) type Hunks = Answer<Arc<[Hunk]>>;

/// What commits changed.
#[derive(Debug, Default)]
pub(super) struct Batch {
    changes: HashMap<usize, Answer<Vec<MergeChange>>>,
    renames: HashMap<(usize, Vec<u8>), Answer<Option<File>>>,
    hunks: Map<Pair, Hunks>,
}

impl Batch {
    /// Prepares the commits at `places`, as far as `is_reached` says that lines may come there.
    /// `paths` are those that lines are asked of now.
    pub(super) fn prepare(
        graph: &Graph,
        places: &Range<usize>,
        is_reached: impl Fn(usize) -> bool,
        mut paths: Set<Vec<u8>>,
        setting: Setting,
        repos: &mut [Repo],
    ) -> Result<Self, GitError> {
        let commits = reached(graph, places, is_reached);
        let changes = read_over(repos, &commits, |repo, place| changes(repo, graph, *place))?;
        let mut batch = Self {
            changes: commits.iter().copied().zip(changes).collect(),
            ..Self::default()
        };
        loop {
            // A path that another came from is asked about in turn.
            let wanted = batch.wanted_renames(&commits, &paths);
            if wanted.is_empty() {
                break;
            }
            let found = read_over(repos, &wanted, |repo, (place, paths)| {
                renamed(repo, batch.changes.get(place), paths)
            })?;
            for ((place, wanted), found) in wanted.into_iter().zip(found) {
                for (path, found) in wanted.into_iter().zip(found) {
                    if let Ok(Some(file)) = &found {
                        paths.insert(file.path.clone());
                    }
                    batch.renames.insert((place, path), found);
                }
            }
        }
        let pairs = batch.pairs(&commits, &paths);
        let hunks = read_over(repos, &pairs, |repo, pairs| {
            hunks_along(repo, pairs, setting)
        })?;
        batch.hunks = hunks.into_iter().flatten().collect();
        Ok(batch)
    }

    /// Takes what the commit changed over its first parent.
    pub(super) fn take_changes(&mut self, place: usize) -> Option<Answer<Vec<MergeChange>>> {
        self.changes.remove(&place)
    }

    /// Returns which path of the first parent a new path of the commit was, if that was looked for.
    pub(super) fn rename(&mut self, place: usize, path: &[u8]) -> Option<Answer<Option<File>>> {
        self.renames.remove(&(place, path.to_vec()))
    }

    /// Returns the hunks between two blobs, if they were compared.
    pub(super) fn hunks(&self, pair: Pair) -> Option<Hunks> {
        self.hunks.get(&pair).cloned()
    }

    /// The new paths of each commit that could be renamed ones, and were not looked at yet.
    fn wanted_renames(
        &self,
        commits: &[usize],
        paths: &Set<Vec<u8>>,
    ) -> Vec<(usize, Vec<Vec<u8>>)> {
        let mut wanted = Vec::new();
        for place in commits {
            let Some(Ok(changes)) = self.changes.get(place) else {
                continue;
            };
            let new = changes.iter().filter(|change| {
                let is_new = change.new.is_some_and(Version::is_file)
                    && change.old.first() == Some(&None)
                    && !change.old.contains(&change.new);
                is_new
                    && paths.contains(&change.path)
                    && !self.renames.contains_key(&(*place, change.path.clone()))
            });
            let new: Vec<_> = new.map(|change| change.path.clone()).collect();
            if !new.is_empty() {
                wanted.push((*place, new));
            }
        }
        wanted
    }

    /// The blobs to compare, path by path and along the history of each.
    fn pairs(&self, commits: &[usize], paths: &Set<Vec<u8>>) -> Vec<Vec<Pair>> {
        let mut by_path: HashMap<&[u8], Vec<Pair>> = HashMap::new();
        let mut known: Set<Pair> = Set::default();
        for place in commits {
            let Some(Ok(changes)) = self.changes.get(place) else {
                continue;
            };
            for change in changes {
                let Some(new) = change.new.filter(|new| new.is_file()) else {
                    continue;
                };
                if !paths.contains(&change.path) || change.old.contains(&Some(new)) {
                    continue;
                }
                let key = (*place, change.path.clone());
                let renamed = match self.renames.get(&key) {
                    Some(Ok(Some(file))) => Some(file.version),
                    _ => None,
                };
                let old = change.old.iter().flatten().chain(&renamed);
                for old in old.filter(|old| old.is_file() && old.id != new.id) {
                    if known.insert((old.id, new.id)) {
                        let pairs = by_path.entry(&change.path).or_default();
                        pairs.push((old.id, new.id));
                    }
                }
            }
        }
        let mut pairs: Vec<_> = by_path.into_values().collect();
        // The longest first, so that no thread is left with one at the end.
        pairs.sort_by_key(|pairs| std::cmp::Reverse(pairs.len()));
        pairs
    }
}

/// The commits of the batch that lines may come to.
fn reached(graph: &Graph, places: &Range<usize>, is_reached: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut by_child: HashSet<usize> = HashSet::new();
    let mut commits = Vec::new();
    for place in places.clone() {
        let Some(node) = graph.nodes.get(place) else {
            break;
        };
        if node.is_wanted && (by_child.contains(&place) || is_reached(place)) {
            by_child.extend(&node.parents);
            commits.push(place);
        }
    }
    commits
}

fn changes(repo: &Repo, graph: &Graph, place: usize) -> Result<Answer<Vec<MergeChange>>, GitError> {
    let Some(node) = graph.nodes.get(place) else {
        return Ok(Ok(Vec::new()));
    };
    if node.parents.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let parents = node.parents.iter();
    let trees: Vec<_> = parents
        .filter_map(|parent| graph.nodes.get(*parent).map(|parent| parent.tree_id))
        .collect();
    answer(repo.changed_paths_over_first_parent(&trees, node.tree_id))
}

/// The paths that the parent `parent` has and the commit has not.
pub(in crate::attribute) fn gone(changes: &[MergeChange], parent: usize) -> Gone {
    let gone = changes.iter().filter(|change| change.new.is_none());
    Gone::new(gone.filter_map(|change| {
        let version = (*change.old.get(parent)?)?;
        Some(File {
            path: change.path.clone(),
            version,
        })
    }))
}

/// Finds which gone path of the first parent each of these new ones was.
pub(in crate::attribute) fn renamed(
    repo: &Repo,
    changes: Option<&Answer<Vec<MergeChange>>>,
    paths: &[Vec<u8>],
) -> Result<Vec<Answer<Option<File>>>, GitError> {
    let Some(Ok(changes)) = changes else {
        return Ok(vec![Ok(None); paths.len()]);
    };
    let gone = gone(changes, 0);
    let versions: HashMap<&[u8], Version> = changes
        .iter()
        .filter_map(|change| Some((change.path.as_slice(), change.new?)))
        .collect();
    let source = |path: &Vec<u8>| match versions.get(path.as_slice()) {
        Some(version) => answer(gone.source(repo, path, *version).map(Option::<&_>::cloned)),
        None => Ok(Ok(None)),
    };
    paths.iter().map(source).collect()
}

/// Compares blobs that follow each other, so that each is read once.
fn hunks_along(
    repo: &Repo,
    pairs: &[Pair],
    setting: Setting,
) -> Result<Vec<(Pair, Hunks)>, GitError> {
    let mut contents = Contents::default();
    let hunks = |pair: &Pair| Ok((*pair, hunks(repo, &mut contents, *pair, setting)?));
    pairs.iter().map(hunks).collect()
}

/// Compares two blobs.
pub(in crate::attribute) fn hunks(
    repo: &Repo,
    contents: &mut Contents,
    (old_id, new_id): Pair,
    setting: Setting,
) -> Result<Hunks, GitError> {
    if setting == Setting::Blame
        && let Some(hunks) = repo.compared(old_id, new_id)
    {
        return Ok(Ok(hunks));
    }
    let (new, old) = match (contents.read(repo, new_id)?, contents.read(repo, old_id)?) {
        (Ok(new), Ok(old)) => (new, old),
        (Err(obstacle), _) | (_, Err(obstacle)) => return Ok(Err(obstacle)),
    };
    match diff::hunks(&old, &new, setting) {
        Ok(hunks) => Ok(Ok(hunks.into())),
        Err(DiffError::TooLarge { .. }) => Ok(Err(Obstacle::TooLarge)),
        Err(DiffError::Xdiff(source)) => Err(GitError::failed("compare lines", source)),
    }
}

/// The contents that were read last.
#[derive(Debug, Default)]
pub(in crate::attribute) struct Contents(VecDeque<(ObjectId, Arc<[u8]>)>);

impl Contents {
    pub(in crate::attribute) fn read(
        &mut self,
        repo: &Repo,
        blob_id: ObjectId,
    ) -> Result<Answer<Arc<[u8]>>, GitError> {
        if let Some((_, known)) = self.0.iter().find(|(id, _)| *id == blob_id) {
            return Ok(Ok(Arc::clone(known)));
        }
        let content = match answer(repo.blob(blob_id, MAX_BYTES))? {
            Ok(content) => content,
            Err(obstacle) => return Ok(Err(obstacle)),
        };
        self.0.truncate(CONTENTS - 1);
        self.0.push_front((blob_id, Arc::clone(&content)));
        Ok(Ok(content))
    }
}

/// Tells what is not here, or too large, from what could not be read.
pub(in crate::attribute) fn answer<T>(read: Result<T, GitError>) -> Result<Answer<T>, GitError> {
    match read {
        Ok(value) => Ok(Ok(value)),
        Err(GitError::MissingObject { id }) => Ok(Err(Obstacle::Missing(id))),
        Err(GitError::TooLarge { .. }) => Ok(Err(Obstacle::TooLarge)),
        Err(error) => Err(error),
    }
}
