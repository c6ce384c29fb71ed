//! `Collected`: what was counted so far, ready to be united with what others counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::files::is_left_out;
use super::group::Group;
use super::part::Part;
use super::{Apart, Files, Request};
use crate::attribute::commit::CommitFacts;
use crate::attribute::inferred::InferredCount;
use crate::attribute::kind::{LineAuthor, LineKind};
use crate::attribute::summary::Dimension;
use crate::attribute::tally::{Origins, Tally};
use crate::object_id::ObjectId;
use crate::table::{Map, Set};

type Key = Vec<(Dimension, Option<String>)>;

#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) files: Files,
    pub(super) lines: Tally,
    pub(super) origins: Origins,
    pub(super) unattested_before: u64,
    /// Lines of commits whose parents are not here.
    pub(super) boundary_lines: u64,
    pub(super) apart: Apart,
    pub(super) inferred: InferredCount,
    groups: BTreeMap<Key, (Tally, Set<ObjectId>)>,
}

impl Collected {
    /// Counts a file of text.
    pub(super) fn count_file(&mut self, part: Part) {
        if let Some(apart) = self.apart.of_mut(part) {
            apart.files += 1;
        }
    }

    /// Counts lines of one file.
    pub(super) fn add_lines(
        &mut self,
        path: &[u8],
        part: Part,
        lines: &[(Arc<CommitFacts>, LineAuthor, u64)],
        request: &Request<'_>,
    ) {
        if let Some(apart) = self.apart.of_mut(part) {
            for (_, author, count) in lines {
                apart.lines.add(author.kind, *count);
            }
        }
        if is_left_out(request, part) {
            return;
        }
        let mut runs: Map<(ObjectId, &LineAuthor), (&Arc<CommitFacts>, u64)> = Map::default();
        for (commit, author, count) in lines {
            let run = runs.entry((commit.commit_id, author));
            run.or_insert((commit, 0)).1 += count;
        }
        for ((commit_id, author), (commit, count)) in runs {
            self.lines.add(author.kind, count);
            self.origins.add(author, count);
            if !commit.is_whole {
                self.boundary_lines += count;
            }
            if author.kind == LineKind::Unattested {
                self.inferred.add_lines(commit, count);
                if request.before.contains(&commit_id) {
                    self.unattested_before += count;
                }
            }
            if request.by.is_empty() {
                continue;
            }
            let key = request.by.iter();
            let key = key
                .map(|by| (*by, by.value(commit, author, path, request.depth)))
                .collect();
            let (tally, commits) = self.groups.entry(key).or_default();
            tally.add(author.kind, count);
            commits.insert(commit_id);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.files.merge(other.files);
        self.apart.merge(other.apart);
        self.boundary_lines += other.boundary_lines;
        self.lines.merge(other.lines);
        self.origins.merge(other.origins);
        self.unattested_before += other.unattested_before;
        self.inferred.merge(other.inferred);
        for (key, (tally, commits)) in other.groups {
            let known = self.groups.entry(key).or_default();
            known.0.merge(tally);
            known.1.extend(commits);
        }
    }

    /// Returns the groups, those with most AI lines first, then the largest, then by name.
    pub(super) fn groups(self) -> Vec<Group> {
        let groups = self.groups.into_iter();
        let mut groups: Vec<Group> = groups
            .map(|(key, (lines, commits))| Group {
                key,
                lines,
                commits: commits.len() as u64,
            })
            .collect();
        let by_ai = |group: &Group| group.lines.of(LineKind::Ai) + group.lines.of(LineKind::Mixed);
        groups.sort_by_key(|group| {
            let ai = std::cmp::Reverse(by_ai(group));
            (ai, std::cmp::Reverse(group.lines.total()))
        });
        groups
    }
}
