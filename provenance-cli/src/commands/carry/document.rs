//! The document that `carry --json` prints.

use provenance_core::attest::{Merged, Proof};
use provenance_core::attribute::Tally;
use provenance_core::git::ObjectId;
use provenance_core::record::RecordId;
use provenance_core::verify::{Reason, Verdict};
use serde::Serialize;

use super::Entry;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    schema_version: u32,
    heads: usize,
    commits: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    commit: ObjectId,
    outcome: &'static str,
    how: Option<&'static str>,
    sources: &'a [ObjectId],
    record: Option<RecordId>,
    verdict: Verdict,
    lines: Tally,
    reasons: &'a [Reason],
}

impl<'a> Document<'a> {
    pub(super) fn of(entries: &'a [Entry], heads: usize) -> Self {
        Self {
            schema_version: 1,
            heads,
            commits: entries.iter().map(Row::of).collect(),
        }
    }
}

impl<'a> Row<'a> {
    fn of(entry: &'a Entry) -> Self {
        let (outcome, how, sources, record) = match &entry.merged {
            Merged::Known => ("known", None, &[][..], None),
            Merged::Carried {
                record_id,
                how,
                sources,
            } => ("carried", Some(*how), sources.as_slice(), Some(*record_id)),
            Merged::Copied { how, sources } => ("copied", Some(*how), sources.as_slice(), None),
            Merged::NoSource => ("no-source", None, &[][..], None),
        };
        let judgement = &entry.facts.judgement;
        Self {
            commit: judgement.commit_id,
            outcome,
            how: how.map(|how| match how {
                Proof::SameChange => "same-change",
                Proof::SameMerge => "same-merge",
                Proof::Named => "named",
            }),
            sources,
            record,
            verdict: judgement.verdict,
            lines: entry.lines,
            reasons: &judgement.reasons,
        }
    }
}
