//! `Tally` and `Origins`: counts that add up.

use serde::{Deserialize, Serialize};

use super::kind::{LineAuthor, LineKind};
use crate::record::Origin;

/// Counts by kind. The four kinds add up to `total`: there is no other way to count than
/// [`Tally::add`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    total: u64,
    ai: u64,
    mixed: u64,
    human: u64,
    unattested: u64,
}

impl Tally {
    /// Counts `count` more of one kind.
    pub const fn add(&mut self, kind: LineKind, count: u64) {
        self.total += count;
        let of_kind = match kind {
            LineKind::Ai => &mut self.ai,
            LineKind::Mixed => &mut self.mixed,
            LineKind::Human => &mut self.human,
            LineKind::Unattested => &mut self.unattested,
        };
        *of_kind += count;
    }

    /// Counts everything that `other` counted.
    pub fn merge(&mut self, other: Self) {
        for kind in LineKind::ALL {
            self.add(kind, other.of(kind));
        }
    }

    /// Returns how many there are of all kinds.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Returns how many there are of one kind.
    #[must_use]
    pub const fn of(&self, kind: LineKind) -> u64 {
        match kind {
            LineKind::Ai => self.ai,
            LineKind::Mixed => self.mixed,
            LineKind::Human => self.human,
            LineKind::Unattested => self.unattested,
        }
    }

    /// Returns the kind that stands for something whose lines were counted here: `ai` or `human`
    /// when all are, `mixed` when an AI had a part in some, else `unattested`. `None` when
    /// nothing was counted.
    #[must_use]
    pub const fn summary(&self) -> Option<LineKind> {
        if self.total == 0 {
            None
        } else if self.ai == self.total {
            Some(LineKind::Ai)
        } else if self.ai + self.mixed > 0 {
            Some(LineKind::Mixed)
        } else if self.human == self.total {
            Some(LineKind::Human)
        } else {
            Some(LineKind::Unattested)
        }
    }
}

/// How it came to be known that lines are an AI's. Adds up to `ai` and `mixed` of the [`Tally`]
/// that counted the same lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origins {
    witnessed: u64,
    declared: u64,
    imported: u64,
    inferred: u64,
}

impl Origins {
    /// Counts `count` lines of this author, if an AI had a part in them.
    pub const fn add(&mut self, author: &LineAuthor, count: u64) {
        if !author.kind.is_by_ai() {
            return;
        }
        match author.origin {
            Some(Origin::Witnessed) => self.witnessed += count,
            Some(Origin::Declared) => self.declared += count,
            Some(Origin::Imported) => self.imported += count,
            // An author who is an AI has an origin; one that is not known is the weakest.
            Some(Origin::Inferred) | None => self.inferred += count,
        }
    }

    /// Counts everything that `other` counted.
    pub const fn merge(&mut self, other: Self) {
        self.witnessed += other.witnessed;
        self.declared += other.declared;
        self.imported += other.imported;
        self.inferred += other.inferred;
    }

    /// Returns all lines that were counted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.witnessed + self.declared + self.imported + self.inferred
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(ai: u64, mixed: u64, human: u64, unattested: u64) -> Tally {
        let mut tally = Tally::default();
        for (kind, count) in LineKind::ALL
            .into_iter()
            .zip([ai, mixed, human, unattested])
        {
            tally.add(kind, count);
        }
        tally
    }

    #[test]
    fn kinds_add_up_to_the_total() {
        let mut sum = tally(1, 2, 3, 4);
        sum.merge(tally(10, 0, 0, 1));
        assert_eq!(sum.total(), 21);
        assert_eq!(sum, tally(11, 2, 3, 5));
    }

    #[test]
    fn what_stands_for_many_lines_never_makes_more_of_a_human_than_was_seen() {
        for (counted, expected) in [
            (tally(0, 0, 0, 0), None),
            (tally(3, 0, 0, 0), Some(LineKind::Ai)),
            (tally(3, 0, 1, 0), Some(LineKind::Mixed)),
            (tally(3, 0, 0, 1), Some(LineKind::Mixed)),
            (tally(0, 1, 0, 0), Some(LineKind::Mixed)),
            (tally(0, 0, 3, 0), Some(LineKind::Human)),
            (tally(0, 0, 3, 1), Some(LineKind::Unattested)),
            (tally(0, 0, 0, 1), Some(LineKind::Unattested)),
        ] {
            assert_eq!(counted.summary(), expected, "{counted:?}");
        }
    }
}
