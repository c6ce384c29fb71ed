//! What `stats --survival --json` prints.

use std::collections::BTreeMap;

use provenance_core::attribute::Tally;
use provenance_core::attribute::survival::{Age, Gone, Key, Lived, Row, Survival, Table};
use provenance_core::git::ObjectId;
use serde::Serialize;

use super::Asked;
use crate::output::safe;

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    schema_version: u32,
    head: ObjectId,
    range: Option<String>,
    days: Vec<u64>,
    lines: BTreeMap<&'static str, RowOut>,
    by: Vec<GroupOut>,
    clamped_commits: u64,
    unreached_commits: u64,
    incomplete: Option<Incomplete>,
}

/// Lines that have something in common.
#[derive(Debug, Serialize)]
struct GroupOut {
    key: BTreeMap<&'static str, Option<String>>,
    lines: RowOut,
}

/// The lines of one kind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RowOut {
    born: u64,
    alive: u64,
    standing: u64,
    unknown: u64,
    ages: Vec<AgeOut>,
    gone: GoneOut,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AgeOut {
    days: u64,
    alive: u64,
    gone: u64,
    young: u64,
    unknown: u64,
}

/// By what stands in their place, and by the commits that took them out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct GoneOut {
    #[serde(flatten)]
    all: LivedOut,
    by: BTreeMap<&'static str, LivedOut>,
    commits: Tally,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LivedOut {
    lines: u64,
    median_seconds: Option<u64>,
}

/// What could not be followed, because it is not here or too large.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Incomplete {
    file_versions: u64,
    commits: u64,
    boundary_commits: u64,
}

/// Makes the document.
pub(super) fn document(asked: &Asked<'_>, survival: &Survival, table: &Table) -> Document {
    let kinds = table.kinds.iter();
    let kinds = kinds.map(|(kind, kind_row)| (kind.as_str(), row(kind_row)));
    let typed = asked.selection.typed.as_deref();
    let unknown = [
        survival.unread_files,
        survival.unread_commits,
        survival.boundary_commits,
    ];
    Document {
        schema_version: 1,
        head: asked.head,
        range: typed.map(|range| safe(range).into_owned()),
        days: asked.days.to_vec(),
        lines: kinds.chain([("total", row(&table.all))]).collect(),
        by: table.groups.iter().map(group).collect(),
        clamped_commits: survival.clamped_commits,
        unreached_commits: survival.unreached_commits,
        incomplete: unknown
            .iter()
            .any(|count| *count > 0)
            .then_some(Incomplete {
                file_versions: survival.unread_files,
                commits: survival.unread_commits,
                boundary_commits: survival.boundary_commits,
            }),
    }
}

fn group((key, lines): &(Key, Row)) -> GroupOut {
    let shown = |value: &Option<String>| value.as_deref().map(|text| safe(text).into_owned());
    let key = key.iter().map(|(by, value)| (by.as_str(), shown(value)));
    GroupOut {
        key: key.collect(),
        lines: row(lines),
    }
}

fn row(row: &Row) -> RowOut {
    let age = |age: &Age| AgeOut {
        days: age.days,
        alive: age.alive,
        gone: age.gone,
        young: age.young,
        unknown: age.unknown,
    };
    RowOut {
        born: row.born,
        alive: row.alive,
        standing: row.standing,
        unknown: row.unknown,
        ages: row.ages.iter().map(age).collect(),
        gone: gone(&row.gone),
    }
}

fn gone(gone: &Gone) -> GoneOut {
    let by = gone.by.iter();
    let by = by.map(|(kind, by)| (kind.as_str(), lived(by)));
    GoneOut {
        all: lived(&gone.all),
        by: by.chain([("removed", lived(&gone.removed))]).collect(),
        commits: gone.commits,
    }
}

fn lived(lived: &Lived) -> LivedOut {
    LivedOut {
        lines: lived.lines,
        median_seconds: lived.median_seconds(),
    }
}
