//! `Standing`: which record of a judgement stands on which other.

use std::collections::HashMap;

use crate::record::RecordId;
use crate::verify::Evidence;

/// For each record of a judgement, those that it replaced or was carried over from, and so on.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    on: Vec<Vec<usize>>,
}

impl Standing {
    pub(super) fn of(evidence: &[Evidence]) -> Self {
        let positions: HashMap<RecordId, usize> = evidence
            .iter()
            .enumerate()
            .map(|(index, evidence)| (evidence.record_id, index))
            .collect();
        let on = (0..evidence.len()).map(|start| reachable(start, evidence, &positions));
        Self { on: on.collect() }
    }

    /// Answers whether the record at `later` stands on the one at `older`.
    pub(super) fn is_on(&self, later: usize, older: usize) -> bool {
        self.on.get(later).is_some_and(|on| on.contains(&older))
    }
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
        for record_id in authoring.onto.records.iter().chain(derived) {
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
