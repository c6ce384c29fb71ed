//! The oracle: random stories in which each line says who wrote it.
//!
//! Two people in two clones, one with a linked worktree too, and three sessions of agents do what
//! people do with Git. Whatever that is: a line that an agent wrote is never a human's, a line that
//! a human wrote is never an AI's, and no record is lost. A story that goes wrong is told again
//! without the steps that it does not need.
//!
//! `PROVENANCE_SEEDS=1-20 PROVENANCE_STEPS=1000` tells more and longer ones, as many at once as
//! there are processors, or `PROVENANCE_TELLERS`.
//!
//! # What is not checked
//!
//! How many lines stay `unattested`: that is never wrong. The output counts them by cause, and by the
//! operation that made their commit.

pub(crate) mod chance;
mod check;
mod ended;
mod line;
mod settle;
mod step;
mod world;

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use chance::Chance;
use check::{Checker, Failure};
use ended::Ended;
use step::Step;
use world::World;

/// After so many steps everything is looked at; the rest of the time, what is told is enough.
const CHECK_EVERY: usize = 8;
/// How often a story that went wrong is told again, if `PROVENANCE_RETELLINGS` does not say.
const RETELLINGS: usize = 120;

/// Tells a story; gives what became of it, or after which step it went wrong, and how.
fn tell(steps: &[Step]) -> Result<Checker, (usize, Failure)> {
    let world = World::new();
    let mut checker = Checker::default();
    for (at, step) in steps.iter().enumerate() {
        let told = catch_unwind(AssertUnwindSafe(|| {
            step.perform(&world);
            if (at + 1) % CHECK_EVERY == 0 || at + 1 == steps.len() {
                checker.check_changed(&world)
            } else {
                Ok(())
            }
        }));
        let failure = match told {
            Ok(Ok(())) => continue,
            Ok(Err(failure)) => failure,
            Err(panic) => broken(&*panic),
        };
        return Err((at, failure));
    }
    match checker.check(&world) {
        Ok(()) => Ok(checker),
        Err(failure) => Err((steps.len().saturating_sub(1), failure)),
    }
}

/// What a panic said: a command that must not fail did.
fn broken(panic: &(dyn std::any::Any + Send)) -> Failure {
    let said = panic.downcast_ref::<String>().cloned();
    Failure {
        what: "a command failed",
        detail: said.unwrap_or_else(|| "it did not say what".to_owned()),
    }
}

/// Leaves out what the failure does not need.
fn shrunk(mut steps: Vec<Step>, mut failure: Failure) -> (Vec<Step>, Failure) {
    let mut retellings = number("PROVENANCE_RETELLINGS", RETELLINGS);
    let mut length = steps.len() / 2;
    while length > 0 {
        let mut from = 0;
        while from < steps.len() && retellings > 0 {
            let mut shorter = steps.clone();
            shorter.drain(from..(from + length).min(steps.len()));
            retellings -= 1;
            match tell(&shorter) {
                Err((at, found)) if found.what == failure.what => {
                    shorter.truncate(at + 1);
                    (steps, failure) = (shorter, found);
                }
                _ => from += length,
            }
        }
        length /= 2;
    }
    (steps, failure)
}

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

/// The story of a seed: how the lines ended, or what went wrong in as few steps as were found.
fn outcome(seed: u64, count: usize) -> Result<Ended, String> {
    let mut chance = Chance::of(seed);
    let mut steps: Vec<Step> = (1..=count)
        .map(|number| Step::random(number, &mut chance))
        .collect();
    let (at, failure) = match tell(&steps) {
        Ok(checker) => return Ok(checker.ended),
        Err(failed) => failed,
    };
    steps.truncate(at + 1);
    let length = steps.len();
    let (steps, failure) = shrunk(steps, failure);
    let steps: Vec<String> = steps.iter().map(Step::to_string).collect();
    Err(format!(
        "{} after {length} steps; these are enough:\n{}\n{}",
        failure.what,
        steps.join("\n"),
        failure.detail
    ))
}

#[test]
fn whatever_people_do_with_git_no_line_changes_sides_and_no_record_is_lost() {
    let seeds = std::env::var("PROVENANCE_SEEDS").unwrap_or_else(|_| "1-4".to_owned());
    let (first, last) = seeds.split_once('-').unwrap_or((&seeds, &seeds));
    let count = number("PROVENANCE_STEPS", 80);
    let (first, last): (u64, u64) = (first.parse().unwrap(), last.parse().unwrap());
    let next = AtomicU64::new(first);
    let results = Mutex::new((Ended::default(), Vec::new()));
    // One teller for each processor: a story is one process after the other.
    let tell_on = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > last {
                return;
            }
            let outcome = outcome(seed, count);
            let (all, failures) = &mut *results.lock().unwrap();
            match outcome {
                Ok(ended) => {
                    eprintln!("seed {seed}, {count} steps\n{}", ended.told());
                    all.add(ended);
                }
                Err(told) => {
                    eprintln!("seed {seed}, {count} steps: {told}");
                    failures.push(format!("seed {seed}: {told}"));
                }
            }
        }
    };
    let tellers = number(
        "PROVENANCE_TELLERS",
        thread::available_parallelism().map_or(1, NonZero::get),
    );
    thread::scope(|scope| {
        for _ in 0..tellers {
            scope.spawn(tell_on);
        }
    });
    let (all, failures) = results.into_inner().unwrap();
    eprintln!(
        "seeds {first} to {last}, {count} steps each\n{}",
        all.told()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_line_that_is_called_by_the_wrong_name_is_found() {
    for (line, kind, is_wrong) in [
        ("s1 4.0 abc", "human", true),
        ("s1 4.0 abc", "mixed", false),
        ("s1 4.0 abc", "unattested", false),
        ("alice 4.0 abc", "ai", true),
        ("    alice 4.0 abc", "mixed", true),
        ("alice 4.0 abc ~s2", "human", true),
        ("s2 4.0 abc ~alice", "human", true),
        ("bob 4.0 abc ~alice", "human", false),
    ] {
        assert_eq!(line::is_wrong(line, kind), is_wrong, "{line} {kind}");
    }
}
