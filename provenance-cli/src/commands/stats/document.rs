//! What `stats --json` prints.

use std::collections::BTreeMap;

use provenance_core::attribute::summary::{Group, Part, PartTally, Summary};
use provenance_core::attribute::{Origins, Tally};
use provenance_core::git::ObjectId;
use serde::Serialize;

use super::inferred;
use crate::output::safe;
use crate::selection::Selection;

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    schema_version: u32,
    head: ObjectId,
    range: Option<String>,
    lines: Tally,
    added: Option<Tally>,
    commits: Tally,
    origins: Origins,
    by: Vec<Row<'a>>,
    files: FileCounts,
    parts: Parts,
    incomplete: Option<Incomplete>,
    inferred: Option<inferred::Document>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    key: BTreeMap<&'a str, Option<String>>,
    lines: Tally,
    commits: u64,
}

/// Only text has lines to count; the others are counted apart.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FileCounts {
    text: u64,
    binary: u64,
    symlinks: u64,
    submodules: u64,
    too_large: u64,
    missing: u64,
}

/// What is told apart from what people and agents write here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Parts {
    attributes_read: bool,
    generated: PartCounts,
    vendored: PartCounts,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PartCounts {
    is_counted: bool,
    files: u64,
    lines: Tally,
    added: Option<Tally>,
}

/// What could not be counted, because it is not here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Incomplete {
    files: u64,
    commits: u64,
    boundary_lines: u64,
}

/// Makes the document.
pub(super) fn document<'a>(
    selection: &Selection,
    summary: &'a Summary,
    without: &[Part],
) -> Document<'a> {
    let files = summary.files;
    let part = |part: Part, tally: PartTally| PartCounts {
        is_counted: !without.contains(&part),
        files: tally.files,
        lines: tally.lines,
        added: summary.added.map(|_| tally.added),
    };
    let gaps = summary.gaps;
    Document {
        schema_version: 1,
        head: selection.head,
        range: selection
            .typed
            .as_deref()
            .map(|range| safe(range).into_owned()),
        lines: summary.lines,
        added: summary.added,
        commits: summary.commits,
        origins: summary.origins,
        by: summary.by.iter().map(row).collect(),
        files: FileCounts {
            text: files.text,
            binary: files.binary,
            symlinks: files.symlinks,
            submodules: files.submodules,
            too_large: files.too_large,
            missing: files.missing,
        },
        parts: Parts {
            attributes_read: summary.apart.attributes_read,
            generated: part(Part::Generated, summary.apart.generated),
            vendored: part(Part::Vendored, summary.apart.vendored),
        },
        incomplete: gaps.is_any().then_some(Incomplete {
            files: gaps.files,
            commits: gaps.commits,
            boundary_lines: gaps.boundary_lines,
        }),
        inferred: summary.inferred.as_ref().map(inferred::Document::new),
    }
}

fn row(group: &Group) -> Row<'_> {
    let shown = |value: &Option<String>| value.as_deref().map(|text| safe(text).into_owned());
    Row {
        key: group
            .key
            .iter()
            .map(|(by, value)| (by.as_str(), shown(value)))
            .collect(),
        lines: group.lines,
        commits: group.commits,
    }
}
