//! What `stats --infer` adds: counts of what is unattested, apart from those that are believed.

use std::io::{self, Write as _};

use provenance_core::attribute::{Inferred, InferredGroup, InferredTally};
use provenance_core::infer::{Confidence, InferredKind};
use serde::Serialize;

use crate::inference::word;
use crate::names::{cut, grouped, percent};
use crate::output::{Output, Style, safe};

/// How many rows are shown; JSON has all.
const MAX_ROWS: usize = 12;
/// How wide the names of rows are.
const NAME: usize = 48;

/// The object `inferred` of the document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    lines: InferredTally,
    commits: InferredTally,
    by: Vec<Row>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    kind: InferredKind,
    rule: String,
    confidence: Confidence,
    tool: Option<String>,
    model: Option<String>,
    lines: u64,
    commits: u64,
}

impl Document {
    pub(super) fn new(inferred: &Inferred) -> Self {
        Self {
            lines: inferred.lines,
            commits: inferred.commits,
            by: inferred.by.iter().map(Row::new).collect(),
        }
    }
}

impl Row {
    fn new(group: &InferredGroup) -> Self {
        Self {
            kind: group.kind,
            rule: group.rule.clone(),
            confidence: group.confidence,
            tool: group.tool.clone(),
            model: group.model.as_deref().map(|id| safe(id).into_owned()),
            lines: group.lines,
            commits: group.commits,
        }
    }
}

/// Writes the paragraph: shares are of all lines, as in the table above it.
pub(super) fn write(out: &mut Output, inferred: &Inferred, all_lines: u64) -> io::Result<()> {
    writeln!(
        out,
        "\nUnattested, and what messages say of it (inferred: no evidence)"
    )?;
    let row = |name: &str, lines: u64, commits: u64| {
        format!(
            "{:<NAME$} {:>9} {:>7} {:>8}",
            cut(name, NAME),
            grouped(lines),
            percent(lines, all_lines),
            grouped(commits)
        )
    };
    for group in inferred.by.iter().take(MAX_ROWS) {
        let shown = row(&name(group), group.lines, group.commits);
        writeln!(out, "{shown}")?;
    }
    if inferred.by.len() > MAX_ROWS {
        writeln!(out, "and {} more: --json", inferred.by.len() - MAX_ROWS)?;
    }
    if !inferred.by.is_empty() {
        writeln!(out)?;
    }
    for kind in InferredKind::ALL {
        let shown = row(
            word(kind),
            inferred.lines.of(kind),
            inferred.commits.of(kind),
        );
        let shown = out.paint(Style::Unattested, shown).to_string();
        writeln!(out, "{shown}")?;
    }
    let (lines, commits) = (inferred.lines.unknown(), inferred.commits.unknown());
    let shown = out.paint(Style::Unattested, row("nothing said", lines, commits));
    let shown = shown.to_string();
    writeln!(out, "{shown}")
}

/// `ai? claude-code anthropic/claude-opus-4-6`, and how far it can be relied on where that is less.
fn name(group: &InferredGroup) -> String {
    let mut name = word(group.kind).to_owned();
    let model = group.model.as_deref().map(safe);
    for part in [group.tool.as_deref(), model.as_deref()] {
        name.extend(part.map(|part| format!(" {part}")));
    }
    if group.confidence != Confidence::High {
        name.extend([", ", group.confidence.as_str()]);
    }
    name
}
