//! `Keeper`: which commits of a walk are kept, and what of them.
//!
//! Those that lie between the newest commit and one some hundred first parents below it, and whose
//! own line of first parents comes to it, or to one that is known already. They are where branches
//! start that are merged or rewritten later.

use std::sync::Arc;

use super::Index;
use super::runs::KnownRun;
use super::stored::Known;
use super::tables::Tables;
use crate::attribute::history::graph::Graph;
use crate::attribute::history::lines::Lines;
use crate::attribute::history::pass::{Births, Suspects};
use crate::git::tree::{MergeChange, Version};
use crate::object_id::ObjectId;

/// Chooses, and remembers until it is known where the lines were born.
#[derive(Debug, Default)]
pub(in crate::attribute::history) struct Keeper {
    /// By the place in the graph.
    chosen: Vec<bool>,
    /// The commit all files of which are kept.
    base: Option<usize>,
    kept: Vec<Kept>,
}

/// The lines that a walk asked about at a commit.
#[derive(Debug)]
struct Kept {
    commit_id: ObjectId,
    above: Option<ObjectId>,
    files: Vec<(Arc<[u8]>, Vec<Lines>)>,
}

impl Keeper {
    /// Chooses commits of a graph, down to `most` first parents.
    pub(in crate::attribute::history) fn new(graph: &Graph, most: usize) -> Self {
        let first = |place: usize| graph.nodes.get(place)?.parents.first().copied();
        let is_known = |place: usize| graph.nodes.get(place).is_some_and(|node| node.is_known);
        let (mut end, mut depth) = (0, 0);
        while let Some(parent) = first(end).filter(|_| depth < most && !is_known(end)) {
            (end, depth) = (parent, depth + 1);
        }
        let base = (!is_known(end)).then_some(end);
        let mut chosen = vec![false; graph.nodes.len()];
        // Parents stand behind their children.
        for place in (0..graph.nodes.len()).rev() {
            let above = first(place);
            let reaches = above.is_some_and(|above| {
                is_known(above) || chosen.get(above).copied().unwrap_or(false)
            });
            let is_chosen = !is_known(place) && (base == Some(place) || reaches);
            if let Some(chosen) = chosen.get_mut(place) {
                *chosen = is_chosen;
            }
        }
        Self {
            chosen,
            base,
            kept: Vec::new(),
        }
    }

    /// Keeps all files of the commit, if it is the one.
    pub(in crate::attribute::history) fn meet(
        &mut self,
        place: usize,
        commit_id: ObjectId,
        suspects: &Suspects,
    ) {
        if self.base == Some(place) {
            let files = suspects.iter();
            let mut files: Vec<_> = files
                .map(|(path, lines)| (Arc::clone(path), lines.clone()))
                .collect();
            files.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            self.kept.push(Kept {
                commit_id,
                above: None,
                files,
            });
        }
    }

    /// Keeps the files that the commit changed over its first parent, if it was chosen.
    pub(in crate::attribute::history) fn meet_changes(
        &mut self,
        place: usize,
        (commit_id, above): (ObjectId, ObjectId),
        changes: &[MergeChange],
        suspects: &Suspects,
    ) {
        let is_chosen = self.chosen.get(place).copied().unwrap_or(false);
        if !is_chosen || self.base == Some(place) {
            return;
        }
        let files = changes
            .iter()
            .filter(|change| change.new.is_some_and(Version::is_file));
        // Also those that nobody asks about: they are not what the first parent has.
        let files = files.map(
            |change| match suspects.get_key_value(change.path.as_slice()) {
                Some((path, lines)) => (Arc::clone(path), lines.clone()),
                None => (change.path.as_slice().into(), Vec::new()),
            },
        );
        self.kept.push(Kept {
            commit_id,
            above: Some(above),
            files: files.collect(),
        });
    }

    /// Answers whether there is nothing to keep.
    pub(in crate::attribute::history) const fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Adds to an index what was kept, when it is known where all lines were `born`.
    pub(in crate::attribute::history) fn finish(self, index: &mut Index, born: &Births) {
        let mut tables = Tables::of(index);
        // The walk met children before their parents.
        for kept in self.kept.into_iter().rev() {
            let above = match kept.above {
                None => None,
                Some(above) => match index.numbers.get(&above) {
                    Some(number) => u32::try_from(*number).ok(),
                    // It was asked nothing, so nothing is known of what this one has from it.
                    None => continue,
                },
            };
            let files = kept.files.iter();
            let files = files.map(|(path, lines)| {
                let runs = runs(index, &mut tables, lines, born);
                let path = tables.path(index, path);
                index.add_file(path, &runs)
            });
            let files = files.collect();
            let id = tables.id(index, kept.commit_id);
            index.numbers.insert(kept.commit_id, index.commits.len());
            index.commits.push(Known { id, above, files });
        }
    }
}

/// Where lines of one file were born.
fn runs(index: &mut Index, tables: &mut Tables, all: &[Lines], born: &Births) -> Vec<KnownRun> {
    let mut runs = Vec::new();
    for lines in all {
        let end = lines.line + lines.count;
        let born = born.of_file(lines.file);
        let start = born.partition_point(|born| born.lines.line + born.lines.count <= lines.line);
        for born in born.iter().skip(start) {
            let from = born.lines.line.max(lines.line);
            if from >= end {
                break;
            }
            let until = end.min(born.lines.line + born.lines.count);
            runs.push(KnownRun {
                line: lines.old_line + (from - lines.line),
                count: until - from,
                commit: tables.id(index, born.commit_id),
                path: tables.path(index, &born.path),
                old_line: born.lines.old_line + (from - born.lines.line),
            });
        }
    }
    runs.sort_unstable_by_key(|run| run.line);
    // A line that several files have was born in one place, whichever of them asked.
    let mut last: u32 = 0;
    runs.retain_mut(|run| {
        let twice = last.saturating_sub(run.line).min(run.count);
        run.line += twice;
        run.old_line += twice;
        run.count -= twice;
        last = last.max(run.end());
        run.count > 0
    });
    runs.dedup_by(|next, last| {
        let continues = last.end() == next.line
            && last.commit == next.commit
            && last.path == next.path
            && last.old_line + last.count == next.old_line;
        if continues {
            last.count += next.count;
        }
        continues
    });
    runs
}
