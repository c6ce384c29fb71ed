//! `Prepared`: what some hundred commits changed, read on all cores before lines are followed.
//!
//! It reads more than is needed: which files have lines that are followed is known only when the
//! walk comes there.

use std::collections::{HashMap, HashSet};

use super::tree::Content;
use crate::attribute::crew::read_over;
use crate::attribute::history::batch::{Answer, Contents, Hunks, Pair, answer, hunks, renamed};
use crate::attribute::history::graph::Graph;
use crate::git::diff::{Setting, count_lines, is_binary};
use crate::git::tree::{File, MergeChange, Version};
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;

/// What a content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) lines: u32,
    pub(super) content: Content,
}

/// What a commit changed over its first parent.
type Changes = Answer<Vec<MergeChange>>;

/// What commits changed.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    changes: HashMap<usize, Changes>,
    renames: HashMap<(usize, Vec<u8>), Answer<Option<File>>>,
    hunks: HashMap<Pair, Hunks>,
    texts: HashMap<ObjectId, Answer<Text>>,
}

/// An older content and what came of it; `None` where there was none.
type Step = (Option<ObjectId>, ObjectId);

impl Prepared {
    /// Prepares the commits at `places`, oldest first. `live` are the paths that lines may be
    /// followed in; it grows by those that they come to.
    pub(super) fn prepare(
        graph: &Graph,
        places: &[usize],
        is_in_range: &dyn Fn(usize) -> bool,
        live: &mut HashSet<Vec<u8>>,
        repos: &mut [Repo],
    ) -> Result<Self, GitError> {
        let read = read_over(repos, places, |repo, place| changes(repo, graph, *place))?;
        let mut prepared = Self {
            changes: places.iter().copied().zip(read).collect(),
            ..Self::default()
        };
        for place in places.iter().filter(|place| is_in_range(**place)) {
            let files = prepared.files(*place);
            live.extend(files.map(|(change, _)| change.path.clone()));
        }
        loop {
            let wanted = prepared.wanted_renames(places, is_in_range, live);
            if wanted.is_empty() {
                break;
            }
            let found = read_over(repos, &wanted, |repo, (place, paths)| {
                renamed(repo, prepared.changes.get(place), paths)
            })?;
            for ((place, wanted), found) in wanted.into_iter().zip(found) {
                for (path, found) in wanted.into_iter().zip(found) {
                    if matches!(&found, Ok(Some(file)) if live.contains(&file.path)) {
                        live.insert(path.clone());
                    }
                    prepared.renames.insert((place, path), found);
                }
            }
        }
        let steps = prepared.steps(places, live);
        let compared = read_over(repos, &steps, |repo, steps| compare(repo, steps))?;
        for (texts, hunks) in compared {
            prepared.texts.extend(texts);
            prepared.hunks.extend(hunks);
        }
        Ok(prepared)
    }

    pub(super) fn take_changes(&mut self, place: usize) -> Option<Changes> {
        self.changes.remove(&place)
    }

    /// Returns which path of the first parent a new path of the commit was, if that was looked for.
    pub(super) fn rename(&self, place: usize, path: &[u8]) -> Option<Answer<Option<File>>> {
        self.renames.get(&(place, path.to_vec())).cloned()
    }

    pub(super) fn text(&self, repo: &Repo, blob_id: ObjectId) -> Result<Answer<Text>, GitError> {
        match self.texts.get(&blob_id) {
            Some(known) => Ok(*known),
            None => text(repo, &mut Contents::default(), blob_id),
        }
    }

    pub(super) fn hunks(&self, repo: &Repo, pair: Pair) -> Result<Hunks, GitError> {
        match self.hunks.get(&pair) {
            Some(known) => Ok(known.clone()),
            None => hunks(repo, &mut Contents::default(), pair, Setting::Blame),
        }
    }

    /// The regular files that a commit has otherwise than every parent.
    fn files(&self, place: usize) -> impl Iterator<Item = (&MergeChange, Version)> {
        let changes = self.changes.get(&place);
        let paths = changes.and_then(|changes| changes.as_ref().ok());
        paths.into_iter().flatten().filter_map(|change| {
            let new = change.new.filter(|new| new.is_file())?;
            (!change.old.contains(&Some(new))).then_some((change, new))
        })
    }

    /// The new paths of each commit that could be renamed ones, and were not looked at yet.
    fn wanted_renames(
        &self,
        places: &[usize],
        is_in_range: &dyn Fn(usize) -> bool,
        live: &HashSet<Vec<u8>>,
    ) -> Vec<(usize, Vec<Vec<u8>>)> {
        let mut wanted = Vec::new();
        for place in places {
            let Some(Ok(paths)) = self.changes.get(place) else {
                continue;
            };
            let mut gone = paths.iter().filter(|change| change.new.is_none());
            if !gone.any(|change| is_in_range(*place) || live.contains(&change.path)) {
                continue;
            }
            let new = self.files(*place).filter(|(change, _)| {
                change.old.first() == Some(&None)
                    && !self.renames.contains_key(&(*place, change.path.clone()))
            });
            let new: Vec<_> = new.map(|(change, _)| change.path.clone()).collect();
            if !new.is_empty() {
                wanted.push((*place, new));
            }
        }
        wanted
    }

    /// The contents to compare, path by path and along the history of each.
    fn steps(&self, places: &[usize], live: &HashSet<Vec<u8>>) -> Vec<Vec<Step>> {
        let mut by_path: HashMap<&[u8], Vec<Step>> = HashMap::new();
        let mut known: HashSet<Step> = HashSet::new();
        for place in places {
            for (change, new) in self.files(*place) {
                if !live.contains(&change.path) {
                    continue;
                }
                let renamed = match self.renames.get(&(*place, change.path.clone())) {
                    Some(Ok(Some(file))) => Some(file.version),
                    _ => None,
                };
                if renamed.is_some_and(|renamed| renamed.id == new.id) {
                    continue;
                }
                let old = change.old.iter().flatten().chain(&renamed);
                let old = old.filter(|old| old.is_file() && old.id != new.id);
                let mut steps: Vec<Step> = old.map(|old| (Some(old.id), new.id)).collect();
                if steps.is_empty() {
                    steps.push((None, new.id));
                }
                for step in steps {
                    if known.insert(step) {
                        by_path.entry(&change.path).or_default().push(step);
                    }
                }
            }
        }
        let mut steps: Vec<_> = by_path.into_values().collect();
        // The longest first, so that no thread is left with one at the end.
        steps.sort_by_key(|steps| std::cmp::Reverse(steps.len()));
        steps
    }
}

fn changes(repo: &Repo, graph: &Graph, place: usize) -> Result<Changes, GitError> {
    let Some(node) = graph.nodes.get(place) else {
        return Ok(Ok(Vec::new()));
    };
    let parents = node.parents.iter();
    let trees: Vec<_> = parents
        .filter_map(|parent| graph.nodes.get(*parent).map(|parent| parent.tree_id))
        .collect();
    answer(if trees.is_empty() {
        repo.changed_paths_of_merge(&[], node.tree_id)
    } else {
        repo.changed_paths_over_first_parent(&trees, node.tree_id)
    })
}

type Texts = Vec<(ObjectId, Answer<Text>)>;

/// Compares contents that follow each other, so that each is read once.
fn compare(repo: &Repo, steps: &[Step]) -> Result<(Texts, Vec<(Pair, Hunks)>), GitError> {
    let mut contents = Contents::default();
    let (mut texts, mut all) = (Vec::new(), Vec::new());
    for (old, new) in steps {
        let text = text(repo, &mut contents, *new)?;
        texts.push((*new, text));
        // Of a binary, only lines that were followed before matter: they are few.
        if let (Ok(text), Some(old)) = (text, old)
            && text.content == Content::Text
        {
            let pair = (*old, *new);
            all.push((pair, hunks(repo, &mut contents, pair, Setting::Blame)?));
        }
    }
    Ok((texts, all))
}

fn text(repo: &Repo, contents: &mut Contents, blob_id: ObjectId) -> Result<Answer<Text>, GitError> {
    Ok(contents.read(repo, blob_id)?.map(|content| Text {
        lines: u32::try_from(count_lines(&content)).unwrap_or(u32::MAX),
        content: if is_binary(&content) {
            Content::Binary
        } else {
            Content::Text
        },
    }))
}
