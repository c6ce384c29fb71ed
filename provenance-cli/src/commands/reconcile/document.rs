//! The document that `reconcile --json` prints.

use std::borrow::Cow;

use provenance_core::attest::{Mended, Reconciled, Unrecorded};
use provenance_core::git::ObjectId;
use provenance_core::record::RecordId;
use serde::Serialize;

use crate::error::with_way_out;
use crate::output::safe;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    schema_version: u32,
    range: Option<Cow<'a, str>>,
    commits: u64,
    mended: Vec<Entry>,
    unrecorded: Vec<Left>,
    failed: Vec<String>,
    idle: u64,
}

#[derive(Debug, Serialize)]
struct Entry {
    commit: ObjectId,
    record: Option<RecordId>,
    how: &'static str,
}

#[derive(Debug, Serialize)]
struct Left {
    commit: ObjectId,
    reason: &'static str,
    message: &'static str,
}

impl<'a> Document<'a> {
    pub(super) fn of(range: Option<&'a str>, reconciled: &'a Reconciled) -> Self {
        let failed = reconciled.failed.iter().map(|error| {
            let (causes, _) = with_way_out(error);
            safe(&causes.join(": ")).into_owned()
        });
        Self {
            schema_version: 1,
            range: range.map(safe),
            commits: reconciled.commits,
            mended: reconciled.mended.iter().map(Entry::of).collect(),
            unrecorded: reconciled.unrecorded.iter().map(Left::of).collect(),
            failed: failed.collect(),
            idle: reconciled.idle,
        }
    }
}

impl Entry {
    fn of(mended: &Mended) -> Self {
        Self {
            commit: mended.commit_id,
            record: mended.record_id,
            how: mended.how.as_str(),
        }
    }
}

impl Left {
    fn of(unrecorded: &Unrecorded) -> Self {
        Self {
            commit: unrecorded.commit_id,
            reason: unrecorded.why.as_str(),
            message: unrecorded.why.message(),
        }
    }
}
