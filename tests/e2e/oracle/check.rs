//! `Check`: whether what the product says of every line is what the line says of itself.
//!
//! # What is not checked
//!
//! Lines that are `unattested`: that is never wrong. They are counted ([`Ended`]).

use std::collections::BTreeMap;

use super::ended::Ended;
use super::line::{authors, is_wrong};
use super::world::{Place, World};

const KINDS: [&str; 4] = ["ai", "mixed", "human", "unattested"];

/// Something that must not be: what kind of thing, and all about it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) what: &'static str,
    pub(super) detail: String,
}

/// What was seen so far of the records, and how the lines ended.
#[derive(Debug, Default)]
pub(super) struct Checker {
    /// Of each place, the note of each commit when it was last looked at: its blob.
    notes: BTreeMap<(&'static str, String), String>,
    /// Of each place, the commit and the notes that were found good.
    good: BTreeMap<&'static str, String>,
    checks: u64,
    pub(super) ended: Ended,
}

impl Checker {
    /// Looks at everything.
    pub(super) fn check(&mut self, world: &World) -> Result<(), Failure> {
        self.ended = Ended::default();
        for place in &world.places {
            self.check_notes(place)?;
            self.check_place(world, place)?;
        }
        Ok(())
    }

    /// Looks at everything that changed since it was last found good.
    pub(super) fn check_changed(&mut self, world: &World) -> Result<(), Failure> {
        for place in &world.places {
            let state = ["rev-parse", "HEAD", "refs/notes/provenance"];
            let state = place.sandbox.git(state);
            if self.good.get(place.name) != Some(&state) {
                self.check_notes(place)?;
                self.check_place(world, place)?;
                self.good.insert(place.name, state);
            }
        }
        Ok(())
    }

    fn check_place(&mut self, world: &World, place: &Place) -> Result<(), Failure> {
        let mut counted: BTreeMap<&str, u64> = KINDS.iter().map(|kind| (*kind, 0)).collect();
        for (file, text) in place.files() {
            let file = file.as_str();
            let blame = ["blame", "--json", "HEAD", "--", file];
            let blame = place.provenance(&blame).succeeds().json();
            let lines = blame["lines"].as_array().unwrap();
            let all: Vec<&str> = text.lines().collect();
            if lines.len() != all.len() {
                return Err(Failure {
                    what: "blame leaves lines out",
                    detail: format!("{}: {file}\n{blame:#}", place.name),
                });
            }
            for (line, text) in lines.iter().zip(all.iter().copied()) {
                let kind = line["kind"].as_str().unwrap();
                let commit = line["commit"].as_str().unwrap();
                let made = world.made.borrow().get(commit).cloned();
                let by_session = line["session"].as_str();
                let what = if is_wrong(text, kind) {
                    match kind {
                        "human" => "an agent's line is human",
                        _ => "a person's line is an agent's",
                    }
                } else if by_session.is_some_and(|session| !authors(text).contains(&session)) {
                    "an agent's line is another session's"
                } else {
                    *counted.get_mut(kind).unwrap() += 1;
                    self.ended.count(&all, text, kind, made.as_ref());
                    continue;
                };
                let detail = format!(
                    "{}: {file}: {text:?}, in a commit by {made:?}\n{line:#}\n{}\n{}",
                    place.name,
                    place.sandbox.provenance(["show", commit]),
                    place.sandbox.git(["show", commit, "--", file]),
                );
                return Err(Failure { what, detail });
            }
        }
        check_stats(place, &counted)?;
        // The next answers come from what was kept of these, or from nothing: both have to hold.
        self.checks += 1;
        if self.checks.is_multiple_of(2) {
            let common = place.sandbox.git(["rev-parse", "--git-common-dir"]);
            let common = place.sandbox.path().join(common.trim_end());
            let index = common.join("provenance/index");
            std::fs::remove_dir_all(index).unwrap();
            check_stats(place, &counted)?;
        }
        self.check_verdicts(place)
    }

    fn check_verdicts(&mut self, place: &Place) -> Result<(), Failure> {
        let verify = place.provenance(&["verify", "--json", "HEAD"]).json();
        for (verdict, count) in verify["counts"].as_object().unwrap() {
            let count = count.as_u64().unwrap();
            *self.ended.verdicts.entry(verdict.clone()).or_default() += count;
            if count > 0 && matches!(verdict.as_str(), "missing" | "invalid") {
                return Err(Failure {
                    what: "a record is missing or invalid",
                    detail: format!("{}\n{verify:#}", place.name),
                });
            }
        }
        Ok(())
    }

    /// What was once in the notes is there for ever.
    fn check_notes(&mut self, place: &Place) -> Result<(), Failure> {
        let listed = place.sandbox.git(["notes", "--ref=provenance", "list"]);
        let now: BTreeMap<&str, &str> = listed
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(blob, commit)| (commit, blob))
            .collect();
        let before = self
            .notes
            .iter()
            .filter(|((name, _), _)| *name == place.name);
        for ((_, commit), blob) in before {
            let read = |blob: &str| place.sandbox.git(["cat-file", "blob", blob]);
            let is_kept = now.get(commit.as_str()).is_some_and(|now| {
                let now = if now == blob { return true } else { read(now) };
                let now: Vec<&str> = now.lines().collect();
                read(blob).lines().all(|line| now.contains(&line))
            });
            if !is_kept {
                return Err(Failure {
                    what: "a record is lost",
                    detail: format!("{}: a record of {commit}", place.name),
                });
            }
        }
        for (commit, blob) in now {
            let key = (place.name, commit.to_owned());
            self.notes.insert(key, blob.to_owned());
        }
        Ok(())
    }
}

fn check_stats(place: &Place, counted: &BTreeMap<&str, u64>) -> Result<(), Failure> {
    let stats = place.provenance(&["stats", "--json"]).succeeds().json();
    let agrees = |(kind, count): (&&str, &u64)| stats["lines"][*kind] == *count;
    if counted.iter().all(agrees) {
        Ok(())
    } else {
        Err(Failure {
            what: "stats and blame disagree",
            detail: format!("{}: blame {counted:?}\n{:#}", place.name, stats["lines"]),
        })
    }
}
