//! `Pass`: lines go from each commit to the parents that have them, until nobody has.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::batch::{Batch, Contents, Obstacle};
use super::graph::Graph;
use super::index::{Index, Keeper};
use super::lines::{Lines, split};
use super::step::{Step, Visit};
use super::{Content, FileOrigins, Run};
use crate::git::diff::Setting;
use crate::git::tree::{File, MergeChange};
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::table::{Map, Set};

/// How many commits are prepared at once.
const BATCH: usize = 512;

/// The lines that a commit has to answer for, by the path of the file they are in.
pub(super) type Suspects = Map<Arc<[u8]>, Vec<Lines>>;

/// Lines of a file that was asked about, and where they were born.
#[derive(Debug)]
pub(super) struct Born {
    /// `old_line` is the line in the commit.
    pub(super) lines: Lines,
    pub(super) commit_id: ObjectId,
    pub(super) path: Arc<[u8]>,
}

/// By the file that was asked about, where its lines were born.
#[derive(Debug, Default)]
pub(super) struct Births(Vec<Vec<Born>>);

impl Births {
    /// Makes room for so many files.
    fn of(files: usize) -> Self {
        Self((0..files).map(|_| Vec::new()).collect())
    }

    fn push(&mut self, born: Born) {
        if let Some(of_file) = self.0.get_mut(born.lines.file as usize) {
            of_file.push(born);
        }
    }

    /// Puts the lines of each file into their order.
    fn sort(&mut self) {
        for of_file in &mut self.0 {
            of_file.sort_unstable_by_key(|born| born.lines.line);
        }
    }

    /// The births of one file, in the order of its lines.
    pub(super) fn of_file(&self, file: u32) -> &[Born] {
        self.0.get(file as usize).map_or(&[], Vec::as_slice)
    }
}

/// The walk, and how far it is.
pub(super) struct Pass<'i> {
    index: &'i Index,
    /// How many threads look lines up in it.
    threads: usize,
    keeper: Keeper,
    graph: Graph,
    suspects: Vec<Suspects>,
    /// Lines that came to a commit of the index, which does not know them.
    left: Map<ObjectId, Suspects>,
    born: Births,
    obstacles: HashMap<u32, Obstacle>,
}

impl<'i> Pass<'i> {
    /// Begins: every line of every file of text is at the first commit of the graph.
    pub(super) fn new(
        graph: Graph,
        (index, keeper): (&'i Index, Keeper),
        files: &[File],
        contents: &[Content],
    ) -> Self {
        let mut suspects: Vec<Suspects> = graph.nodes.iter().map(|_| Suspects::default()).collect();
        if let Some(head) = suspects.first_mut() {
            for (file, (number, content)) in files.iter().zip((0..).zip(contents)) {
                if let Content::Lines(count) = content
                    && *count > 0
                {
                    let lines = Lines {
                        file: number,
                        line: 0,
                        old_line: 0,
                        count: *count,
                    };
                    head.insert(file.path.as_slice().into(), vec![lines]);
                }
            }
        }
        Self {
            index,
            threads: 1,
            keeper,
            graph,
            suspects,
            left: Map::default(),
            born: Births::of(files.len()),
            obstacles: HashMap::new(),
        }
    }

    /// Returns the commits of the index whose lines it does not know.
    pub(super) fn left(&self) -> Vec<ObjectId> {
        let mut left: Vec<_> = self.left.keys().copied().collect();
        left.sort_unstable();
        left
    }

    /// Goes on with what was left, through a graph that does not end at the index.
    pub(super) fn go_on(&mut self, graph: Graph) {
        self.keeper = Keeper::default();
        let mut left = std::mem::take(&mut self.left);
        let nodes = graph.nodes.iter();
        let suspects = nodes.map(|node| left.remove(&node.commit_id).unwrap_or_default());
        self.suspects = suspects.collect();
        self.graph = graph;
    }

    /// Walks until every line is where it was born.
    pub(super) fn run(
        &mut self,
        repos: &mut [Repo],
        setting: Setting,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<(), GitError> {
        self.threads = repos.len();
        let total = self.graph.nodes.len();
        let mut start = 0;
        while start < total {
            let places = start..total.min(start + BATCH);
            let paths = self.paths();
            if paths.is_empty() {
                break;
            }
            let is_reached = |place: usize| {
                let suspects = self.suspects.get(place);
                suspects.is_some_and(|suspects| !suspects.is_empty())
            };
            let batch = Batch::prepare(&self.graph, &places, is_reached, paths, setting, repos)?;
            if let Some(repo) = repos.first() {
                let mut step = Step {
                    repo,
                    batch,
                    contents: Contents::default(),
                    setting,
                };
                for place in places.clone() {
                    self.visit(&mut step, place)?;
                }
            }
            start = places.end;
            progress(start, total);
        }
        progress(total, total);
        Ok(())
    }

    /// The paths that lines are in.
    fn paths(&self) -> Set<Vec<u8>> {
        let paths = self.suspects.iter().flat_map(HashMap::keys);
        paths.map(|path| path.to_vec()).collect()
    }

    /// Hands on what the commit does not answer for.
    fn visit(&mut self, step: &mut Step<'_>, place: usize) -> Result<(), GitError> {
        let Some(suspects) = self.suspects.get_mut(place) else {
            return Ok(());
        };
        let mut suspects = std::mem::take(suspects);
        let Some(node) = self.graph.nodes.get(place) else {
            return Ok(());
        };
        if suspects.is_empty() || !node.is_wanted {
            return Ok(());
        }
        if node.is_known {
            self.look_up(place, suspects);
            return Ok(());
        }
        let commit_id = node.commit_id;
        self.keeper.meet(place, commit_id, &suspects);
        let parents = node.parents.clone();
        let Some((first, first_id)) = self.first_parent(place) else {
            for (path, lines) in suspects {
                self.bear(place, &path, lines);
            }
            return Ok(());
        };
        let changes = match step.batch.take_changes(place) {
            Some(Ok(changes)) => changes,
            Some(Err(obstacle)) => {
                for lines in suspects.into_values() {
                    self.stop(&lines, obstacle);
                }
                return Ok(());
            }
            None => Vec::new(),
        };
        self.keeper
            .meet_changes(place, (commit_id, first_id), &changes, &suspects);
        let mut changed = Vec::new();
        for (number, change) in changes.iter().enumerate() {
            if let Some((path, lines)) = suspects.remove_entry(change.path.as_slice()) {
                changed.push((number, path, lines));
            }
        }
        self.hand_on_all(first, suspects);
        for (number, path, lines) in changed {
            if let Some(change) = changes.get(number) {
                let visit = Visit {
                    place,
                    parents: &parents,
                    changes: &changes,
                    path,
                };
                self.pass(step, &visit, change, lines)?;
            }
        }
        Ok(())
    }

    /// Gives lines of a file that differs from the first parent's to whom they came from.
    fn pass(
        &mut self,
        step: &mut Step<'_>,
        visit: &Visit<'_>,
        change: &MergeChange,
        mut lines: Vec<Lines>,
    ) -> Result<(), GitError> {
        let Some(new) = change.new else {
            return Ok(());
        };
        // Who has the path: the file as it is here, or an older one.
        let mut older: Vec<Option<(Arc<[u8]>, ObjectId)>> = Vec::new();
        for (parent, old) in visit.parents.iter().zip(&change.old) {
            let old = old.filter(|old| old.is_file());
            if old.is_some_and(|old| old.id == new.id) {
                self.hand_on(*parent, &visit.path, lines);
                return Ok(());
            }
            older.push(old.map(|old| (Arc::clone(&visit.path), old.id)));
        }
        // Who has the file under another path.
        for (number, (parent, old)) in visit.parents.iter().zip(&change.old).enumerate() {
            if old.is_some() {
                continue;
            }
            let source = match step.rename(&self.graph, visit, number, new)? {
                Ok(Some(source)) => source,
                Ok(None) => continue,
                Err(obstacle) => {
                    self.stop(&lines, obstacle);
                    return Ok(());
                }
            };
            let path: Arc<[u8]> = source.path.into();
            if source.version.id == new.id {
                self.hand_on(*parent, &path, lines);
                return Ok(());
            }
            if let Some(older) = older.get_mut(number) {
                *older = Some((path, source.version.id));
            }
        }
        for (parent, older) in visit.parents.iter().zip(older) {
            let Some((path, blob_id)) = older else {
                continue;
            };
            let hunks = match step.hunks((blob_id, new.id))? {
                Ok(hunks) => hunks,
                Err(obstacle) => {
                    self.stop(&lines, obstacle);
                    return Ok(());
                }
            };
            let (passed, kept) = split(&lines, &hunks);
            self.hand_on(*parent, &path, passed);
            lines = kept;
            if lines.is_empty() {
                return Ok(());
            }
        }
        self.bear(visit.place, &visit.path, lines);
        Ok(())
    }

    fn hand_on(&mut self, place: usize, path: &Arc<[u8]>, lines: Vec<Lines>) {
        if lines.is_empty() {
            return;
        }
        if let Some(suspects) = self.suspects.get_mut(place) {
            unite(suspects, Arc::clone(path), lines);
        }
    }

    fn hand_on_all(&mut self, place: usize, mut more: Suspects) {
        let Some(suspects) = self.suspects.get_mut(place) else {
            return;
        };
        if more.len() > suspects.len() {
            std::mem::swap(&mut more, suspects);
        }
        for (path, lines) in more {
            unite(suspects, path, lines);
        }
    }

    fn bear(&mut self, place: usize, path: &Arc<[u8]>, lines: Vec<Lines>) {
        let Some(commit_id) = self.graph.nodes.get(place).map(|node| node.commit_id) else {
            return;
        };
        for lines in lines {
            self.born.push(Born {
                lines,
                commit_id,
                path: Arc::clone(path),
            });
        }
    }

    /// Asks the index, and leaves what it does not know.
    fn look_up(&mut self, place: usize, suspects: Suspects) {
        let Some(commit_id) = self.graph.nodes.get(place).map(|node| node.commit_id) else {
            return;
        };
        let (found, left) = self.index.answer(commit_id, suspects, self.threads);
        for born in found.into_iter().flatten() {
            self.born.push(born);
        }
        if !left.is_empty() {
            self.left.insert(commit_id, left);
        }
    }

    fn first_parent(&self, place: usize) -> Option<(usize, ObjectId)> {
        let first = *self.graph.nodes.get(place)?.parents.first()?;
        Some((first, self.graph.nodes.get(first)?.commit_id))
    }

    fn stop(&mut self, lines: &[Lines], obstacle: Obstacle) {
        for lines in lines {
            self.obstacles.entry(lines.file).or_insert(obstacle);
        }
    }

    /// Returns where lines were born, in the order of files and lines, and what was kept.
    pub(super) fn finish(mut self, contents: &[Content]) -> (Vec<FileOrigins>, Keeper, Births) {
        self.born.sort();
        let origins = (0..).zip(contents).map(|(file, content)| match content {
            Content::Binary => FileOrigins::Binary,
            Content::TooLarge => FileOrigins::TooLarge,
            Content::Missing(id) => FileOrigins::Missing(*id),
            Content::Lines(_) => match self.obstacles.get(&file) {
                Some(Obstacle::Missing(id)) => FileOrigins::Missing(*id),
                Some(Obstacle::TooLarge) => FileOrigins::Incomparable,
                None => FileOrigins::Lines(runs(self.born.of_file(file))),
            },
        });
        (origins.collect(), self.keeper, self.born)
    }
}

/// Joins lines that stand together here and there.
fn runs(born: &[Born]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::with_capacity(born.len());
    for born in born {
        let run = Run {
            line: u64::from(born.lines.line) + 1,
            count: u64::from(born.lines.count),
            commit_id: born.commit_id,
            original_path: Arc::clone(&born.path),
            original_line: u64::from(born.lines.old_line) + 1,
        };
        match runs.last_mut() {
            Some(last) if last.is_continued_by(&run) => last.count += run.count,
            _ => runs.push(run),
        }
    }
    runs
}

fn unite(suspects: &mut Suspects, path: Arc<[u8]>, lines: Vec<Lines>) {
    match suspects.entry(path) {
        Entry::Occupied(known) => known.into_mut().extend(lines),
        Entry::Vacant(new) => {
            new.insert(lines);
        }
    }
}
