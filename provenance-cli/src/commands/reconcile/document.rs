//! The document that `reconcile --json` prints.

use std::borrow::Cow;

use provenance_core::attest::{Mended, Reconciled};
use provenance_core::git::ObjectId;
use provenance_core::record::RecordId;
use serde::Serialize;

use crate::output::safe;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    schema_version: u32,
    range: Option<Cow<'a, str>>,
    mended: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    commit: ObjectId,
    record: Option<RecordId>,
    how: &'static str,
}

impl<'a> Document<'a> {
    pub(super) fn of(range: Option<&'a str>, reconciled: &'a Reconciled) -> Self {
        Self {
            schema_version: 1,
            range: range.map(safe),
            mended: reconciled.mended.iter().map(Entry::of).collect(),
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
