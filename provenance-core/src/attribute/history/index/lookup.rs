//! What the index says of lines: where they were born, or nothing.

use std::sync::Arc;

use super::Index;
use super::runs::KnownRun;
use crate::attribute::history::lines::Lines;
use crate::attribute::history::pass::{Born, Suspects};
use crate::object_id::ObjectId;

impl Index {
    /// Tells where lines of files of a commit were born, and returns those that it does not know.
    pub(in crate::attribute::history) fn answer(
        &self,
        commit_id: ObjectId,
        mut suspects: Suspects,
        mut found: impl FnMut(Born),
    ) -> Suspects {
        let mut left = Suspects::new();
        let mut next = self.numbers.get(&commit_id).copied();
        while let Some(known) = next.and_then(|number| self.commits.get(number)) {
            if suspects.is_empty() {
                break;
            }
            for file in &known.files {
                let path = self.paths.get(file.path as usize);
                let asked = path.and_then(|path| suspects.remove_entry(path));
                let Some((path, lines)) = asked else {
                    continue;
                };
                let runs = self.runs_of(file);
                let mut unknown = Vec::new();
                for lines in lines {
                    self.of_runs(&runs, lines, &mut found, &mut unknown);
                }
                if !unknown.is_empty() {
                    left.insert(path, unknown);
                }
            }
            next = known.above.map(|above| above as usize);
        }
        left.extend(suspects);
        left
    }

    fn of_runs(
        &self,
        runs: &[KnownRun],
        lines: Lines,
        found: &mut impl FnMut(Born),
        unknown: &mut Vec<Lines>,
    ) {
        let end = lines.old_line + lines.count;
        let mut at = lines.old_line;
        let passed = runs.partition_point(|run| run.end() <= at);
        for run in runs.iter().skip(passed) {
            if run.line >= end {
                break;
            }
            if at < run.line {
                Lines::push(unknown, lines.part(at, run.line, at));
                at = run.line;
            }
            let until = end.min(run.end());
            let (commit_id, path) = (
                self.ids.get(run.commit as usize),
                self.paths.get(run.path as usize),
            );
            if let (Some(commit_id), Some(path)) = (commit_id, path)
                && until > at
            {
                found(Born {
                    lines: lines.part(at, until, run.old_line + (at - run.line)),
                    commit_id: *commit_id,
                    path: Arc::clone(path),
                });
                at = until;
            }
        }
        if at < end {
            Lines::push(unknown, lines.part(at, end, at));
        }
    }
}
