//! `Inferred`: what messages let one conclude of the lines and commits that no record speaks of.
//!
//! Takes the facts of commits; gives counts of their own, which never mix with a
//! [`Tally`](super::Tally): what is inferred is no evidence.
//!
//! # Invariants
//!
//! - `ai`, `mixed`, `automation` and `unknown` add up to `total`, which is what the tally of the same
//!   lines or commits has as `unattested`.
//! - The rows add up to `ai`, `mixed` and `automation` together.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::commit::CommitFacts;
use crate::infer::{Confidence, Inference, InferredKind};

/// Counts of what is unattested, by what it seems to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InferredTally {
    total: u64,
    ai: u64,
    mixed: u64,
    automation: u64,
    unknown: u64,
}

impl InferredTally {
    const fn add(&mut self, kind: Option<InferredKind>, count: u64) {
        self.total += count;
        let of_kind = match kind {
            Some(InferredKind::Ai) => &mut self.ai,
            Some(InferredKind::Mixed) => &mut self.mixed,
            Some(InferredKind::Automation) => &mut self.automation,
            None => &mut self.unknown,
        };
        *of_kind += count;
    }

    fn merge(&mut self, other: Self) {
        for kind in InferredKind::ALL {
            self.add(Some(kind), other.of(kind));
        }
        self.add(None, other.unknown);
    }

    /// Returns how many there are of all kinds, and of none.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Returns how many seem to be of one kind.
    #[must_use]
    pub const fn of(&self, kind: InferredKind) -> u64 {
        match kind {
            InferredKind::Ai => self.ai,
            InferredKind::Mixed => self.mixed,
            InferredKind::Automation => self.automation,
        }
    }

    /// Returns how many nothing can be concluded of.
    #[must_use]
    pub const fn unknown(&self) -> u64 {
        self.unknown
    }
}

/// What one rule found of one tool and model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferredGroup {
    /// What it is taken for.
    pub kind: InferredKind,
    /// The rule.
    pub rule: String,
    /// How far the rule can be relied on.
    pub confidence: Confidence,
    /// The tool's stable name.
    pub tool: Option<String>,
    /// The model's id.
    pub model: Option<String>,
    /// How many unattested lines.
    pub lines: u64,
    /// How many unattested commits.
    pub commits: u64,
}

/// What messages let one conclude.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inferred {
    /// Of unattested lines.
    pub lines: InferredTally,
    /// Of unattested commits.
    pub commits: InferredTally,
    /// By rule, tool and model; most lines first.
    pub by: Vec<InferredGroup>,
}

type Key = (
    InferredKind,
    Confidence,
    String,
    Option<String>,
    Option<String>,
);

/// What was counted so far.
#[derive(Debug, Default)]
pub(super) struct InferredCount {
    lines: InferredTally,
    commits: InferredTally,
    groups: BTreeMap<Key, (u64, u64)>,
}

impl InferredCount {
    /// Counts unattested lines of a commit.
    pub(super) fn add_lines(&mut self, commit: &CommitFacts, count: u64) {
        let inferred = commit.inferred.as_deref();
        self.lines
            .add(inferred.map(|inferred| inferred.kind), count);
        if let Some(key) = inferred.and_then(key) {
            self.groups.entry(key).or_default().0 += count;
        }
    }

    /// Counts an unattested commit, by what it lets one conclude.
    pub(super) fn add_commit(&mut self, inferred: Option<&Inference>) {
        self.commits.add(inferred.map(|inferred| inferred.kind), 1);
        if let Some(key) = inferred.and_then(key) {
            self.groups.entry(key).or_default().1 += 1;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.lines.merge(other.lines);
        self.commits.merge(other.commits);
        for (key, (lines, commits)) in other.groups {
            let known = self.groups.entry(key).or_default();
            known.0 += lines;
            known.1 += commits;
        }
    }

    pub(super) fn finish(self) -> Inferred {
        let groups = self.groups.into_iter();
        let mut by: Vec<InferredGroup> = groups
            .map(
                |((kind, confidence, rule, tool, model), (lines, commits))| InferredGroup {
                    kind,
                    rule,
                    confidence,
                    tool,
                    model,
                    lines,
                    commits,
                },
            )
            .collect();
        by.sort_by_key(|group| (Reverse(group.lines), Reverse(group.commits)));
        Inferred {
            lines: self.lines,
            commits: self.commits,
            by,
        }
    }
}

fn key(inferred: &Inference) -> Option<Key> {
    let finding = inferred.leading()?;
    Some((
        inferred.kind,
        finding.confidence,
        finding.rule.clone(),
        finding.tool.clone(),
        finding.model.as_ref().map(|model| model.id.clone()),
    ))
}
