//! `Ended`: how the lines of stories ended, and why some are `unattested`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::line::{PEOPLE, SESSIONS, authors};
use super::world::Made;

/// How many lines and commits ended how.
#[derive(Debug, Clone, Default)]
pub(super) struct Ended {
    /// Lines by who wrote them and what they are called.
    lines: BTreeMap<(&'static str, String), usize>,
    /// Those that are unattested, by who wrote them, why, and what made their commit.
    unattested: BTreeMap<(&'static str, &'static str, String), usize>,
    /// How many commits have which verdict.
    pub(super) verdicts: BTreeMap<String, u64>,
}

impl Ended {
    /// Counts a line of a file that has these lines.
    pub(super) fn count(&mut self, file: &[&str], line: &str, kind: &str, made: Option<&Made>) {
        let authors = authors(line);
        let is_agent = authors.iter().any(|who| SESSIONS.contains(who));
        let whose = if is_agent { "agents" } else { "people" };
        *self.lines.entry((whose, kind.to_owned())).or_default() += 1;
        if kind != "unattested" {
            return;
        }
        let is_same = |other: &&&str| other.trim() == line.trim();
        let is_colleagues = |made: &Made| {
            let mut people = authors.iter().filter(|who| PEOPLE.contains(who));
            people.any(|who| *who != made.person)
        };
        let why = if is_agent && file.iter().filter(is_same).count() > 1 {
            "it stands more than once in its file"
        } else if made.is_some_and(is_colleagues) {
            "somebody else committed a person's line again"
        } else {
            "where it came from is not known"
        };
        let operation = made.map_or("something else", |made| &made.operation);
        let cause = (whose, why, operation.to_owned());
        *self.unattested.entry(cause).or_default() += 1;
    }

    /// Adds what became of another story.
    pub(super) fn add(&mut self, other: Self) {
        for (key, count) in other.lines {
            *self.lines.entry(key).or_default() += count;
        }
        for (key, count) in other.unattested {
            *self.unattested.entry(key).or_default() += count;
        }
        for (key, count) in other.verdicts {
            *self.verdicts.entry(key).or_default() += count;
        }
    }

    /// Says so as a text.
    pub(super) fn told(&self) -> String {
        let mut told = format!("verdicts {:?}\n", self.verdicts);
        for ((whose, kind), count) in &self.lines {
            writeln!(told, "{count:>6} lines by {whose} are {kind}").unwrap();
        }
        let mut causes: BTreeMap<(&str, &str), (usize, Vec<String>)> = BTreeMap::new();
        for ((whose, why, operation), count) in &self.unattested {
            let (sum, operations) = causes.entry((whose, why)).or_default();
            *sum += count;
            operations.push(format!("{operation} {count}"));
        }
        for ((whose, why), (sum, operations)) in causes {
            let operations = operations.join(", ");
            writeln!(told, "{sum:>6} unattested by {whose}: {why} ({operations})").unwrap();
        }
        told
    }
}
