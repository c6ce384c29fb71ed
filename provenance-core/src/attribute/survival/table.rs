//! `Table`: what became of lines, by their kind.

use std::collections::BTreeMap;

use super::{Cohort, Fate, Survival};
use crate::attribute::kind::LineKind;
use crate::attribute::summary::Dimension;
use crate::attribute::tally::Tally;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// What became of lines, by their kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// All lines.
    pub all: Row,
    /// The lines of each kind, strongest first.
    pub kinds: Vec<(LineKind, Row)>,
    /// Lines that have something in common, those of which most were born first.
    pub groups: Vec<(Key, Row)>,
}

/// What lines have in common, in the order that was asked for; `None` where they have none.
pub type Key = Vec<(Dimension, Option<String>)>;

/// What became of the lines of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// How many were born.
    pub born: u64,
    /// How many of them stand at the head.
    pub alive: u64,
    /// How many lines those are there: more where a file was copied.
    pub standing: u64,
    /// How many cannot be followed.
    pub unknown: u64,
    /// How many were alive so many days after their commit.
    pub ages: Vec<Age>,
    /// What became of the others.
    pub gone: Gone,
}

/// How many lines were alive so many days after their commit. The four add up to those born.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Age {
    /// How many days.
    pub days: u64,
    /// Alive then.
    pub alive: u64,
    /// Gone before.
    pub gone: u64,
    /// The head is not that many days after their commit, whatever became of them.
    pub young: u64,
    /// Not to be followed.
    pub unknown: u64,
}

/// By whom lines were taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// All of them.
    pub all: Lived,
    /// By the kind of what stands in their place, strongest first.
    pub by: Vec<(LineKind, Lived)>,
    /// Those in whose place nothing stands.
    pub removed: Lived,
    /// By the kind of the commit that took them out.
    pub commits: Tally,
}

/// How long lines lived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lived {
    /// How many lines.
    pub lines: u64,
    /// How many lived for how many seconds.
    seconds: BTreeMap<u64, u64>,
}

impl Lived {
    fn add(&mut self, lines: u64, seconds: u64) {
        self.lines += lines;
        *self.seconds.entry(seconds).or_default() += lines;
    }

    /// Returns for how many seconds the line in the middle lived, the earlier of two; `None` where
    /// there is none.
    #[must_use]
    pub fn median_seconds(&self) -> Option<u64> {
        let mut left = self.lines.div_ceil(2);
        for (seconds, lines) in &self.seconds {
            if *lines >= left {
                return Some(*seconds);
            }
            left -= lines;
        }
        None
    }
}

impl Table {
    /// Adds up cohorts; `days` are the ages that are asked for. `by` is what they are grouped by,
    /// where paths are those under which lines were born, and count with their first `depth`
    /// names, or all where that is 0.
    #[must_use]
    pub fn of(survival: &Survival, days: &[u64], by: &[Dimension], depth: usize) -> Self {
        let mut groups: BTreeMap<Key, Row> = BTreeMap::new();
        for cohort in survival.cohorts.iter().filter(|_| !by.is_empty()) {
            let value =
                |by: &Dimension| by.value(&cohort.commit, &cohort.author, &cohort.path, depth);
            let key: Key = by.iter().map(|by| (*by, value(by))).collect();
            let row = groups.entry(key).or_insert_with(|| Row::new(days));
            row.add(cohort);
        }
        let mut groups: Vec<(Key, Row)> = groups.into_iter().collect();
        groups.sort_by_key(|(_, row)| std::cmp::Reverse(row.born));
        let mut table = Self {
            groups,
            all: Row::new(days),
            kinds: LineKind::ALL.map(|kind| (kind, Row::new(days))).into(),
        };
        for cohort in &survival.cohorts {
            table.all.add(cohort);
            let mut rows = table.kinds.iter_mut();
            if let Some((_, row)) = rows.find(|(kind, _)| *kind == cohort.author.kind) {
                row.add(cohort);
            }
        }
        table
    }
}

impl Row {
    fn new(days: &[u64]) -> Self {
        let age = |days: &u64| Age {
            days: *days,
            ..Age::default()
        };
        Self {
            ages: days.iter().map(age).collect(),
            gone: Gone {
                by: LineKind::ALL.map(|kind| (kind, Lived::default())).into(),
                ..Gone::default()
            },
            ..Self::default()
        }
    }

    fn add(&mut self, cohort: &Cohort) {
        let lines = cohort.lines;
        self.born += lines;
        match &cohort.fate {
            Fate::Alive { standing } => {
                self.alive += lines;
                self.standing += standing;
            }
            Fate::Unknown => self.unknown += lines,
            Fate::Gone {
                commit_kind,
                lived_seconds,
                successor,
                ..
            } => {
                self.gone.all.add(lines, *lived_seconds);
                self.gone.commits.add(*commit_kind, lines);
                let kind = successor.as_ref().map(|successor| successor.kind);
                let mut by = self.gone.by.iter_mut();
                match by.find(|(known, _)| Some(*known) == kind) {
                    Some((_, lived)) => lived.add(lines, *lived_seconds),
                    None => self.gone.removed.add(lines, *lived_seconds),
                }
            }
        }
        for age in &mut self.ages {
            let seconds = age.days.saturating_mul(DAY);
            let is_old = cohort.seen_seconds >= seconds;
            *match &cohort.fate {
                Fate::Unknown => &mut age.unknown,
                // Of the young, those that are gone would be counted, and not those that will be.
                _ if !is_old => &mut age.young,
                Fate::Gone { lived_seconds, .. } if *lived_seconds < seconds => &mut age.gone,
                Fate::Alive { .. } | Fate::Gone { .. } => &mut age.alive,
            } += lines;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lived;

    #[test]
    fn the_median_is_the_line_in_the_middle() {
        for (lived, expected) in [
            (&[][..], None),
            (&[(1, 5)], Some(5)),
            (&[(1, 9), (1, 5)], Some(5)),
            (&[(1, 9), (2, 5), (3, 7)], Some(7)),
            (&[(9, 1), (1, 100)], Some(1)),
        ] {
            let mut all = Lived::default();
            for (lines, seconds) in lived {
                all.add(*lines, *seconds);
            }
            assert_eq!(all.median_seconds(), expected, "{lived:?}");
        }
    }
}
