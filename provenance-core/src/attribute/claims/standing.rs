//! `Standing`: which record of a judgement was carried over from which other.
//!
//! Only such a record says where the lines of the other went. One that an amend made names the
//! older ones too (`onto`), but was fixed before anybody knew that it was an amend.

use std::collections::HashMap;

use crate::record::RecordId;
use crate::verify::Evidence;

/// For each record of a judgement, those that it was carried over from, and so on.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    on: Vec<Vec<usize>>,
    /// Of those that only say where the lines of others stand, the others.
    repeated: Vec<Vec<usize>>,
}

impl Standing {
    pub(super) fn of(evidence: &[Evidence]) -> Self {
        let positions: HashMap<RecordId, usize> = evidence
            .iter()
            .enumerate()
            .map(|(index, evidence)| (evidence.record_id, index))
            .collect();
        let on = (0..evidence.len()).map(|start| reachable(start, evidence, &positions));
        let repeated = evidence.iter().map(|one| repeated(one, evidence));
        Self {
            on: on.collect(),
            repeated: repeated.collect(),
        }
    }

    /// Answers whether the record at `later` was carried over from the one at `older`, or from all
    /// that `older` was.
    pub(super) fn is_on(&self, later: usize, older: usize) -> bool {
        let Some(on) = self.on.get(later) else {
            return false;
        };
        let repeated = self.repeated.get(older);
        on.contains(&older)
            || repeated.is_some_and(|all| !all.is_empty() && all.iter().all(|one| on.contains(one)))
    }
}

/// What a record repeats that says nothing of its own: then it has the nonce of one of those that
/// it was carried over from.
fn repeated(one: &Evidence, evidence: &[Evidence]) -> Vec<usize> {
    let authoring = one.authoring.get();
    let is_from = |other: &Evidence| {
        let mut derived = authoring.derived_from.iter();
        derived.any(|derivation| derivation.record == other.record_id)
    };
    let from = || {
        evidence
            .iter()
            .enumerate()
            .filter(|(_, other)| is_from(other))
    };
    if !from().any(|(_, other)| other.authoring.get().nonce == authoring.nonce) {
        return Vec::new();
    }
    from().map(|(index, _)| index).collect()
}

fn reachable(
    start: usize,
    evidence: &[Evidence],
    positions: &HashMap<RecordId, usize>,
) -> Vec<usize> {
    let mut found = Vec::new();
    let mut next = vec![start];
    while let Some(index) = next.pop() {
        let Some(authoring) = evidence.get(index).map(|e| e.authoring.get()) else {
            continue;
        };
        let derived = authoring.derived_from.iter().map(|d| &d.record);
        for record_id in derived {
            if let Some(&older) = positions.get(record_id)
                && !found.contains(&older)
            {
                found.push(older);
                next.push(older);
            }
        }
    }
    found
}
