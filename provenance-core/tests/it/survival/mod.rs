//! Survival agrees with the history pass at the head, and with `git blame --reverse` on the way.

mod ends;
mod stories;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use provenance_core::attribute::history::FileOrigins;
use provenance_core::attribute::survival::{Fate, Question, Survival, survival};
use provenance_core::git::{Location, ObjectId, Repo};

use crate::history::found;
use crate::history::random::histories;
use crate::sandbox::Sandbox;

fn followed(
    location: &Location,
    head: ObjectId,
    range: Option<&HashSet<ObjectId>>,
    threads: usize,
) -> Survival {
    survival(&Question {
        location,
        head,
        range,
        paths: None,
        wanted: &|_, _| true,
        catalog: None,
        threads,
        progress: &|_, _| {},
    })
    .unwrap()
}

/// Lines that stand at the head, by the commit and path where they were born.
type Standing = BTreeMap<(ObjectId, Vec<u8>), u64>;

fn standing(survival: &Survival) -> Standing {
    let mut standing = Standing::new();
    for cohort in &survival.cohorts {
        if let Fate::Alive { standing: lines } = cohort.fate {
            let key = (cohort.commit.commit_id, cohort.path.to_vec());
            *standing.entry(key).or_default() += lines;
        }
    }
    standing
}

/// What the history pass says stands there.
fn standing_by_pass(
    location: &Location,
    head: ObjectId,
    range: Option<&HashSet<ObjectId>>,
) -> Standing {
    let mut standing = Standing::new();
    for (_, origins) in found(location, head, 1, false) {
        let FileOrigins::Lines(runs) = origins else {
            continue;
        };
        for run in runs {
            if range.is_none_or(|range| range.contains(&run.commit_id)) {
                let key = (run.commit_id, run.original_path.to_vec());
                *standing.entry(key).or_default() += run.count;
            }
        }
    }
    standing
}

/// Everything but the facts of commits, which cannot be compared.
fn shown(survival: &Survival) -> Vec<String> {
    let cohorts = survival.cohorts.iter();
    let shown = cohorts.map(|cohort| {
        let path = String::from_utf8_lossy(&cohort.path);
        let (id, author) = (cohort.commit.commit_id, &cohort.author);
        format!(
            "{id} {path} {author:?} {} {} {:?}",
            cohort.lines, cohort.seen_seconds, cohort.fate
        )
    });
    shown.collect()
}

/// How many lines of each commit met which end; without what came in their place, which can be older
/// than a range.
fn fates(survival: &Survival) -> BTreeMap<(ObjectId, String), u64> {
    let mut fates = BTreeMap::new();
    for cohort in &survival.cohorts {
        let fate = match &cohort.fate {
            Fate::Gone {
                commit_id,
                lived_seconds,
                ..
            } => format!("{commit_id} {lived_seconds}"),
            other => format!("{other:?}").split(' ').next().unwrap().to_owned(),
        };
        *fates.entry((cohort.commit.commit_id, fate)).or_default() += cohort.lines;
    }
    fates
}

fn fates_of(survival: &Survival, commits: &HashSet<ObjectId>) -> BTreeMap<(ObjectId, String), u64> {
    let mut fates = fates(survival);
    fates.retain(|(commit_id, _), _| commits.contains(commit_id));
    fates
}

#[test]
fn whatever_commits_do_what_survives_is_what_the_history_pass_finds() {
    let mut lines = 0;
    for (seed, sandbox) in histories() {
        let head = sandbox.id(["rev-parse", "HEAD"]);
        let location = Location::at(sandbox.root());
        let repo = Repo::open(&location).unwrap();
        let all = followed(&location, head, None, 1);
        assert_eq!(shown(&all), shown(&followed(&location, head, None, 3)));
        let by_pass = standing_by_pass(&location, head, None);
        assert_eq!(standing(&all), by_pass, "seed {seed}");
        lines += by_pass.values().sum::<u64>();
        let commits = repo.range(&["HEAD"]).unwrap();
        for range in [
            "HEAD~2..HEAD",
            "HEAD^2..HEAD",
            "HEAD~5..HEAD~1",
            "HEAD~4...HEAD^2~1",
        ] {
            let Ok(range_ids) = repo.range(&[range]) else {
                continue;
            };
            let range_ids: HashSet<ObjectId> = range_ids.into_iter().collect();
            let of_range = followed(&location, head, Some(&range_ids), 2);
            let by_pass = standing_by_pass(&location, head, Some(&range_ids));
            assert_eq!(standing(&of_range), by_pass, "seed {seed} {range}");
        }
        // Every third commit, wherever it stands.
        let scattered: HashSet<ObjectId> = commits.iter().copied().step_by(3).collect();
        let of_some = followed(&location, head, Some(&scattered), 1);
        let by_pass = standing_by_pass(&location, head, Some(&scattered));
        assert_eq!(standing(&of_some), by_pass, "seed {seed} scattered");
        // Whose lines are asked for decides nothing about their fate.
        assert_eq!(fates(&of_some), fates_of(&all, &scattered), "seed {seed}");
        // What became of it is known of every line.
        for cohort in &all.cohorts {
            assert_ne!(cohort.fate, Fate::Unknown, "seed {seed}");
        }
    }
    assert!(lines > 100, "only {lines} lines were compared");
}

/// A history of one file without branches, in which no line stands twice.
fn straight(seed: u64, commits: usize) -> Vec<u8> {
    let mut state = seed;
    let mut below = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let mut lines: Vec<String> = Vec::new();
    let mut stream = String::new();
    for commit in 0..commits {
        for edit in 0..=below(3) {
            let at = below(lines.len() + 1);
            let until = (at + below(5)).min(lines.len());
            let new = (0..below(6)).map(|line| format!("{commit}.{edit}.{line}\n"));
            let new: Vec<String> = new.collect();
            lines.splice(at..until, new);
        }
        let text = lines.concat();
        write!(
            stream,
            "commit refs/heads/main\ncommitter C <c@x> {} +0000\ndata 1\nc\n",
            commit * 86_400
        )
        .unwrap();
        write!(stream, "M 100644 inline f\ndata {}\n{text}\n", text.len()).unwrap();
    }
    stream.into_bytes()
}

#[test]
fn lines_end_where_git_blame_in_reverse_sees_them_last() {
    let mut compared = 0;
    for seed in 1..4 {
        let sandbox = Sandbox::new();
        sandbox.git_with_input(["fast-import", "--quiet"], &straight(seed, 30));
        let location = Location::at(sandbox.root());
        let repo = Repo::open(&location).unwrap();
        let head = sandbox.id(["rev-parse", "main"]);
        let mut commits = repo.range(&["main"]).unwrap();
        commits.reverse();
        let all = followed(&location, head, None, 2);
        for (number, commit_id) in commits.iter().enumerate() {
            if *commit_id == head {
                break;
            }
            // How many of its lines each later commit took out; the head stands for none.
            let mut ours: BTreeMap<ObjectId, u64> = BTreeMap::new();
            for cohort in &all.cohorts {
                if cohort.commit.commit_id == *commit_id {
                    let end = match &cohort.fate {
                        Fate::Gone {
                            commit_id,
                            lived_seconds,
                            ..
                        } => {
                            let end = commits.iter().position(|id| id == commit_id).unwrap();
                            assert_eq!(*lived_seconds, (end - number) as u64 * 86_400);
                            *commit_id
                        }
                        Fate::Alive { .. } => *commit_id,
                        Fate::Unknown => panic!("unknown"),
                    };
                    *ours.entry(end).or_default() += cohort.lines;
                }
            }
            let own = |args: &[&str]| -> Vec<String> {
                let blame = ["blame", "-s", "-l", "--root"].iter().chain(args);
                let text = sandbox.git(blame.chain(&["--", "f"]));
                let text = String::from_utf8(text).unwrap();
                let id = |row: &str| row.trim_start_matches('^')[..39].to_owned();
                text.lines().map(id).collect()
            };
            let born = own(&[&commit_id.to_string()]);
            let last = own(&["--reverse", &format!("{commit_id}..main")]);
            assert_eq!(born.len(), last.len());
            let mut theirs: BTreeMap<ObjectId, u64> = BTreeMap::new();
            for (born, last) in born.iter().zip(&last) {
                if !commit_id.to_string().starts_with(born) {
                    continue;
                }
                let last = commits
                    .iter()
                    .position(|id| id.to_string().starts_with(last));
                let end = commits
                    .get(last.unwrap() + 1)
                    .copied()
                    .unwrap_or(*commit_id);
                *theirs.entry(end).or_default() += 1;
                compared += 1;
            }
            assert_eq!(ours, theirs, "seed {seed}, commit {number}");
        }
    }
    assert!(compared > 100, "only {compared} lines were compared");
}
