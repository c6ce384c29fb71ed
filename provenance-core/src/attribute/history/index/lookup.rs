//! What the index says of lines: where they were born, or nothing.

use std::convert::Infallible;
use std::sync::Arc;

use super::Index;
use super::runs::KnownRun;
use super::stored::KnownFile;
use crate::attribute::history::lines::Lines;
use crate::attribute::history::pass::{Born, Suspects};
use crate::object_id::ObjectId;
use crate::spread::{Pace, share};

/// How many files a thread takes at once.
const FILES_AT_ONCE: usize = 16;
/// For how many files a thread more is worth it.
const MANY: usize = 256;

/// Lines of a file of which something is known.
struct Asked<'a> {
    known: &'a KnownFile,
    path: Arc<[u8]>,
    lines: Vec<Lines>,
}

/// What one thread found.
#[derive(Default)]
struct Answers {
    found: Vec<Born>,
    left: Vec<(Arc<[u8]>, Vec<Lines>)>,
}

impl Index {
    /// Tells where lines of files of a commit were born, as each thread found it, and returns those
    /// that it does not know.
    pub(in crate::attribute::history) fn answer(
        &self,
        commit_id: ObjectId,
        mut suspects: Suspects,
        threads: usize,
    ) -> (Vec<Vec<Born>>, Suspects) {
        let mut all = Vec::with_capacity(suspects.len());
        let mut next = self.numbers.get(&commit_id).copied();
        while let Some(known) = next.and_then(|number| self.commits.get(number)) {
            if suspects.is_empty() {
                break;
            }
            for known in &known.files {
                let path = self.paths.get(known.path as usize);
                let asked = path.and_then(|path| suspects.remove_entry(path));
                all.extend(asked.map(|(path, lines)| Asked { known, path, lines }));
            }
            next = known.above.map(|above| above as usize);
        }
        let pace = Pace {
            at_once: FILES_AT_ONCE,
            ..Pace::SILENT
        };
        let threads = if all.len() < MANY { 1 } else { threads };
        let answers: Result<_, Infallible> = share(0..threads, &all, pace, |_, pieces| {
            let mut answers = Answers::default();
            pieces.each(|asked| {
                self.tell(asked, &mut answers);
                Ok::<_, Infallible>(())
            })?;
            Ok(answers)
        });
        let Ok(answers) = answers;
        let mut found = Vec::with_capacity(threads);
        for answers in answers {
            found.push(answers.found);
            suspects.extend(answers.left);
        }
        (found, suspects)
    }

    fn tell(&self, asked: &Asked<'_>, answers: &mut Answers) {
        let runs = self.runs_of(asked.known);
        let mut unknown = Vec::new();
        for lines in &asked.lines {
            let found = &mut |born| answers.found.push(born);
            self.of_runs(&runs, *lines, found, &mut unknown);
        }
        if !unknown.is_empty() {
            answers.left.push((Arc::clone(&asked.path), unknown));
        }
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
