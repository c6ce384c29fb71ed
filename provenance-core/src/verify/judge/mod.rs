//! `judge`: from the lines of a note to the verdict about one commit. Pure.
//!
//! # What is not checked
//!
//! Where the lines come from. Lines that were taken away are seen only through pins.

use std::collections::BTreeSet;

use super::closure::{self, Closure, Records};
use super::line::{self, Belief, Line, Member, reason};
use super::verdict::{Evidence, Judgement, Reach, Reason, Verdict};
use super::verifier::VerifyError;
use crate::digest::Digest;
use crate::git::RawCommit;
use crate::git::trailer::Pins;
use crate::record::RecordId;

/// The code of the reason that a record names a commit and contradicts it.
pub(super) const CONTRADICTS: &str = "contradicts-commit";

/// Everything that a judgement depends on.
pub(super) struct Case<'a> {
    pub(super) commit: &'a RawCommit,
    /// The lines of the commit's note.
    pub(super) lines: &'a [Vec<u8>],
    /// What could not be read of the note: over a cap, or no blob.
    pub(super) note_faults: Vec<Reason>,
    /// What is odd about the notes tree around it.
    pub(super) note_oddities: Vec<Reason>,
    pub(super) pins: Pins,
    pub(super) belief: &'a Belief<'a>,
    /// The digest of the commit's change; `None` for merges.
    pub(super) patch: Option<Digest>,
    /// Lines anywhere in the notes that may hold a record; asked only for a pin that the
    /// commit's own note does not have.
    pub(super) elsewhere: &'a Elsewhere<'a>,
}

/// Looks for a record in all notes.
pub(super) type Elsewhere<'a> = dyn Fn(RecordId) -> Result<Vec<Vec<u8>>, VerifyError> + 'a;

/// A record that supports a commit.
struct Support<'a> {
    head: &'a Member,
    closure: Closure<'a>,
    rank: Verdict,
}

impl Support<'_> {
    fn is_or_stands_on(&self, record_id: RecordId) -> bool {
        self.head.record_id == record_id
            || self
                .closure
                .members
                .iter()
                .any(|member| member.record_id == record_id)
    }
}

/// Judges one commit.
///
/// # Errors
///
/// What looking elsewhere gives; nothing else fails.
pub(super) fn judge(case: &Case<'_>) -> Result<Judgement, VerifyError> {
    let mut reasons: BTreeSet<Reason> = case
        .note_faults
        .iter()
        .chain(&case.note_oddities)
        .cloned()
        .collect();
    let mut bad = !case.note_faults.is_empty();
    let (pins, too_many) = match &case.pins {
        Pins::Listed(pins) => (pins.clone(), false),
        Pins::TooMany => (Vec::new(), true),
    };
    let mut records = Records::default();
    for line in case.lines {
        match line::read(line, case.belief) {
            Line::Record(member) => match contradiction(&member, case) {
                Some(fault) => {
                    bad = true;
                    reasons.insert(fault);
                }
                None => records.insert(*member),
            },
            Line::Other(note) => {
                reasons.insert(note);
            }
            Line::Bad(fault) => {
                bad = true;
                reasons.insert(fault);
            }
        }
    }
    for pin in &pins {
        if records.get(*pin).is_empty() {
            for line in (case.elsewhere)(*pin)? {
                if let Line::Record(member) = line::read(&line, case.belief)
                    && member.record_id == *pin
                    && contradiction(&member, case).is_none()
                {
                    records.insert(*member);
                }
            }
        }
    }

    let supports = supports(case, &pins, &records, &mut reasons);
    let best = supports
        .iter()
        .min_by_key(|s| (s.rank, !pins.contains(&s.head.record_id)));
    let ranks: Vec<Verdict> = pins
        .iter()
        .map(|pin| {
            let held = supports
                .iter()
                .filter(|s| s.is_or_stands_on(*pin))
                .map(|s| s.rank)
                .min();
            held.unwrap_or_else(|| unsupported(*pin, case, bad, &records, &mut reasons))
        })
        .collect();
    let verdict = match (ranks.into_iter().max(), best) {
        _ if too_many => {
            reasons.insert(reason(
                "too-many-pins",
                "the message pins more than 64 records",
            ));
            Verdict::Invalid
        }
        (Some(lowest), _) => lowest,
        (None, Some(support)) => support.rank,
        (None, None) if bad => Verdict::Invalid,
        (None, None) => Verdict::Unattested,
    };

    let head = best.map(|support| support.head);
    if let Some(head) = head
        && !verdict.is_believed()
    {
        reasons.extend(head.doubts.iter().cloned());
    }
    Ok(Judgement {
        commit_id: case.commit.id,
        verdict,
        record_id: head.map(|member| member.record_id),
        signer: head.map(|member| member.signer.clone()),
        principal: head.and_then(|member| member.principal.clone()),
        pins,
        reasons: reasons.into_iter().collect(),
        evidence: if verdict.is_believed() {
            evidence(case, &supports)
        } else {
            Vec::new()
        },
    })
}

/// A pin that no support stands on.
fn unsupported(
    pin: RecordId,
    case: &Case<'_>,
    bad: bool,
    records: &Records,
    reasons: &mut BTreeSet<Reason>,
) -> Verdict {
    // Where bad lines are there too, losing more of the note must not look better than this.
    let gone = if bad {
        Verdict::Invalid
    } else {
        Verdict::Missing
    };
    let about = |member: &Member| member.commit_id == Some(case.commit.id);
    match records.get(pin) {
        [] => {}
        // What it stands on is gone, which was said already.
        members if members.iter().any(about) => return gone,
        _ => {
            reasons.insert(reason(
                "pin-about-another-commit",
                format!("the message pins {pin}, which is about another commit"),
            ));
            return Verdict::Untrusted;
        }
    }
    reasons.insert(reason(
        "pinned-record-missing",
        format!(
            "the message pins {pin}, and there is no such record: it was removed, or the notes \
             were never fetched; fetch them, or treat the commit as stripped"
        ),
    ));
    if bad {
        Verdict::Invalid
    } else {
        Verdict::Missing
    }
}

/// Why a record that names this commit cannot be about it; `None` where it is, and for records
/// about other commits.
fn contradiction(member: &Member, case: &Case<'_>) -> Option<Reason> {
    let commit = case.commit;
    if member.commit_id != Some(commit.id) {
        return None;
    }
    let what = if member.raw_digest != Some(commit.digest) {
        "the SHA-256 of the commit"
    } else if member.parents != commit.parent_ids {
        "the commit's parents"
    } else if member.claimed.tree != commit.tree_id {
        "the commit's tree"
    } else if member.patch.is_some() && member.patch != case.patch {
        "the commit's change"
    } else {
        return None;
    };
    let message = format!(
        "record {} names this commit and contradicts {what}",
        member.record_id
    );
    Some(reason(CONTRADICTS, message))
}

fn supports<'a>(
    case: &Case<'_>,
    pins: &[RecordId],
    records: &'a Records,
    reasons: &mut BTreeSet<Reason>,
) -> Vec<Support<'a>> {
    let mut supports = Vec::new();
    for head in records.iter() {
        let about = head.commit_id == Some(case.commit.id);
        let same_change = head.patch.is_some() && head.patch == case.patch;
        if !(about || same_change && pins.contains(&head.record_id)) {
            continue;
        }
        let closure = closure::of(head, records);
        if let Some(absent) = closure.absent.first() {
            reasons.insert(reason(
                "older-record-missing",
                format!(
                    "record {} stands on {absent}, which is not here",
                    head.record_id
                ),
            ));
            continue;
        }
        let doubted = closure
            .members
            .iter()
            .find(|member| member.trusted.is_none());
        let rank = if head.trusted.is_none() || doubted.is_some() {
            Verdict::Untrusted
        } else if about && closure.members.is_empty() {
            Verdict::Verified
        } else {
            Verdict::Carried
        };
        if let (Some(doubted), true) = (doubted, head.trusted.is_some()) {
            reasons.extend(doubted.doubts.iter().cloned());
        }
        supports.push(Support {
            head,
            closure,
            rank,
        });
    }
    supports
}

/// How the lines of a record are found in the commit.
fn reach(member: &Member, case: &Case<'_>) -> Reach {
    let commit = case.commit;
    if member.commit_id == Some(commit.id) {
        return Reach::Commit;
    }
    let same_change = member.patch.is_some() && member.patch == case.patch;
    let same_tree = member.claimed.tree == commit.tree_id;
    if same_tree && (same_change || member.parents == commit.parent_ids) {
        Reach::SameTree
    } else {
        Reach::SameBlob
    }
}

/// Unites what the believed supports say.
fn evidence(case: &Case<'_>, supports: &[Support<'_>]) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut add = |member: &Member, reach: Reach, remainder: bool| {
        let Some(authoring) = member.trusted.clone() else {
            return;
        };
        let known = evidence
            .iter_mut()
            .find(|e| e.record_id == member.record_id && e.reach == reach);
        if let Some(known) = known {
            known.remainder |= remainder;
        } else {
            let record_id = member.record_id;
            evidence.push(Evidence {
                record_id,
                about: member.commit_id,
                authoring,
                reach,
                remainder,
            });
        }
    };
    for support in supports.iter().filter(|support| support.rank.is_believed()) {
        let head = support.head;
        // A commit that replaced an unrecorded one holds lines that nobody watched.
        let blind = closure::replaced_head(head) && head.claimed.onto.records.is_empty();
        add(head, reach(head, case), !blind);
        for member in &support.closure.members {
            add(member, reach(member, case), false);
        }
    }
    evidence
}

#[cfg(test)]
mod tests;
