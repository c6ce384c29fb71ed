//! Thinning: of an index that has grown large, what the newest commits stand on.

use std::collections::HashMap;

use super::runs::KnownRun;
use super::stored::{Known, KnownFile};
use super::tables::Tables;
use super::{Index, MANY};
use crate::object_id::ObjectId;

impl Index {
    /// Returns the index without what does not stand on the newest commits, if it has grown large.
    pub(in crate::attribute::history) fn thinned(self, head: ObjectId, depth: usize) -> Self {
        if self.commits.len() <= depth.saturating_mul(MANY) {
            return self;
        }
        let Some(head) = self.numbers.get(&head).copied() else {
            return self;
        };
        let above = |number: usize| Some(self.commits.get(number)?.above? as usize);
        let base = std::iter::successors(Some(head), |number| above(*number))
            .take(depth.saturating_add(1));
        let Some(base) = base.last() else {
            return self;
        };
        let mut thin = Self {
            contents: self.contents.clone(),
            ..Self::default()
        };
        let mut tables = Tables::default();
        for number in base..self.commits.len() {
            let Some(known) = self.commits.get(number) else {
                break;
            };
            let Some(commit_id) = self.ids.get(known.id as usize).copied() else {
                continue;
            };
            let (above, files) = if number == base {
                (None, self.all_files(base))
            } else {
                let parent = above(number).and_then(|above| self.commits.get(above));
                let parent = parent.and_then(|parent| self.ids.get(parent.id as usize));
                let Some(above) = parent.and_then(|parent| thin.numbers.get(parent)) else {
                    continue;
                };
                (u32::try_from(*above).ok(), known.files.iter().collect())
            };
            let files = files.into_iter();
            let files = files.filter_map(|file| self.moved(file, &mut thin, &mut tables));
            let files = files.collect();
            let id = tables.id(&mut thin, commit_id);
            thin.numbers.insert(commit_id, thin.commits.len());
            thin.commits.push(Known { id, above, files });
        }
        thin
    }

    /// Every file of a commit, of which it changed some itself.
    fn all_files(&self, number: usize) -> Vec<&KnownFile> {
        let mut files: HashMap<u32, &KnownFile> = HashMap::new();
        let mut next = Some(number);
        while let Some(known) = next.and_then(|number| self.commits.get(number)) {
            for file in &known.files {
                files.entry(file.path).or_insert(file);
            }
            next = known.above.map(|above| above as usize);
        }
        let mut files: Vec<_> = files.into_values().collect();
        files.sort_unstable_by_key(|file| file.path);
        files
    }

    fn moved(&self, file: &KnownFile, to: &mut Self, tables: &mut Tables) -> Option<KnownFile> {
        let runs = self.runs_of(file).into_iter().map(|run| {
            Some(KnownRun {
                commit: tables.id(to, *self.ids.get(run.commit as usize)?),
                path: tables.path(to, self.paths.get(run.path as usize)?),
                ..run
            })
        });
        let runs: Vec<KnownRun> = runs.collect::<Option<_>>()?;
        let path = tables.path(to, self.paths.get(file.path as usize)?);
        Some(to.add_file(path, &runs))
    }
}
