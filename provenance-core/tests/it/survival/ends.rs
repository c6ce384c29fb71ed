//! Lines end where the rule says, when the history pass is asked at every commit who has them.
//!
//! Survival goes through a history once and keeps only what it needs. This goes through it for each
//! commit anew, and knows of each line all commits that have it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use provenance_core::attribute::history::FileOrigins;
use provenance_core::attribute::survival::Fate;
use provenance_core::git::{Location, ObjectId, Repo};

use super::followed;
use crate::history::found;
use crate::history::random::histories;
use crate::sandbox::Sandbox;

/// A line by where it was born: the commit, the path there, the number of the line.
type Line = (usize, Vec<u8>, u64);

/// A history whose every commit has been asked for its lines; the oldest comes first.
struct Told {
    ids: Vec<ObjectId>,
    parents: Vec<Vec<usize>>,
    dates: Vec<i64>,
    /// By commit, itself and what it descends from.
    pasts: Vec<HashSet<usize>>,
    /// Which commits have a line.
    having: BTreeMap<Line, HashSet<usize>>,
}

impl Told {
    fn by(sandbox: &Sandbox, location: &Location) -> Self {
        let repo = Repo::open(location).unwrap();
        let listed = sandbox.git(["rev-list", "--topo-order", "--reverse", "HEAD"]);
        let listed = String::from_utf8(listed).unwrap();
        let ids: Vec<ObjectId> = listed.lines().map(|id| id.parse().unwrap()).collect();
        let place = |id: &ObjectId| ids.iter().position(|other| other == id).unwrap();
        let (mut parents, mut said) = (Vec::new(), Vec::new());
        for id in &ids {
            let commit = repo.commit(*id).unwrap();
            parents.push(commit.parent_ids.iter().map(place).collect::<Vec<_>>());
            said.push(commit.committer.seconds);
        }
        let mut dates: Vec<i64> = Vec::new();
        let mut pasts: Vec<HashSet<usize>> = Vec::new();
        for (commit, parents) in parents.iter().enumerate() {
            let earliest = parents.iter().map(|parent| dates[*parent]).max();
            let earliest = earliest.unwrap_or(0);
            let latest = said.last().unwrap().max(&earliest);
            dates.push(said[commit].clamp(earliest, *latest));
            let mut past: HashSet<usize> = HashSet::from([commit]);
            for parent in parents {
                past.extend(&pasts[*parent]);
            }
            pasts.push(past);
        }
        let mut having: BTreeMap<Line, HashSet<usize>> = BTreeMap::new();
        for (commit, id) in ids.iter().enumerate() {
            for (_, origins) in found(location, *id, 1, false) {
                let FileOrigins::Lines(runs) = origins else {
                    continue;
                };
                for run in runs {
                    let born = place(&run.commit_id);
                    for line in run.original_line..run.original_line + run.count {
                        let line = (born, run.original_path.to_vec(), line);
                        having.entry(line).or_default().insert(commit);
                    }
                }
            }
        }
        Self {
            ids,
            parents,
            dates,
            pasts,
            having,
        }
    }

    /// Where a line ended; `None` where the head has it. Of ends at the same moment each will do.
    fn ends(&self, born: usize, having: &HashSet<usize>) -> Vec<Option<ObjectId>> {
        let head = self.ids.len() - 1;
        if having.contains(&head) {
            return vec![None];
        }
        let is_without =
            |commit: usize| self.pasts[commit].contains(&born) && !having.contains(&commit);
        // The ways back from the head along which the line never stands.
        let mut reached = BTreeSet::new();
        let mut open = vec![head];
        while let Some(commit) = open.pop() {
            if is_without(commit) && reached.insert(commit) {
                open.extend(&self.parents[commit]);
            }
        }
        let is_removal = |commit: &usize| {
            let mut parents = self.parents[*commit].iter();
            !parents.any(|parent| is_without(*parent))
        };
        let removals: Vec<usize> = reached.into_iter().filter(is_removal).collect();
        let is_taken_out_again = |removal: &usize| {
            let mut others = removals.iter().filter(|other| *other != removal);
            others.any(|other| self.pasts[*other].contains(removal))
        };
        let ends = removals
            .iter()
            .filter(|removal| !is_taken_out_again(removal));
        let ends: Vec<usize> = ends.copied().collect();
        let first = ends.iter().map(|end| self.dates[*end]).min();
        let first = ends.iter().filter(|end| Some(self.dates[**end]) == first);
        first.map(|end| Some(self.ids[*end])).collect()
    }
}

#[test]
fn lines_end_where_the_commits_that_have_them_say() {
    let mut ended = 0;
    for (seed, sandbox) in histories() {
        let location = Location::at(sandbox.root());
        let told = Told::by(&sandbox, &location);
        let head = *told.ids.last().unwrap();
        let mut ours: BTreeMap<(ObjectId, Vec<u8>, Option<ObjectId>), u64> = BTreeMap::new();
        for cohort in followed(&location, head, None, 2).cohorts {
            let end = match cohort.fate {
                Fate::Alive { .. } => None,
                Fate::Gone { commit_id, .. } => Some(commit_id),
                Fate::Unknown => panic!("unknown"),
            };
            let key = (cohort.commit.commit_id, cohort.path.to_vec(), end);
            *ours.entry(key).or_default() += cohort.lines;
        }
        let mut theirs = Vec::new();
        for ((born, path, _), having) in &told.having {
            let ends = told.ends(*born, having);
            ended += usize::from(ends != [None]);
            theirs.push((ends, told.ids[*born], path));
        }
        // Those that leave a choice take what the others left.
        theirs.sort_by_key(|(ends, ..)| ends.len());
        for (ends, born, path) in theirs {
            let mut keys = ends.iter().map(|end| (born, path.clone(), *end));
            let key = keys.find(|key| ours.get(key).is_some_and(|lines| *lines > 0));
            let Some(lines) = key.and_then(|key| ours.get_mut(&key)) else {
                let path = String::from_utf8_lossy(path);
                panic!("seed {seed}: a line of {path} of {born} ended with {ends:?}");
            };
            *lines -= 1;
        }
        ours.retain(|_, lines| *lines > 0);
        assert!(ours.is_empty(), "seed {seed}: nothing ended so: {ours:?}");
    }
    assert!(ended > 100, "only {ended} lines ended");
}
