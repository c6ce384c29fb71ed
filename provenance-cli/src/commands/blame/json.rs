//! `blame --json`: one entry a line.

use provenance_core::attribute::{AttributedLine, LineKind};
use provenance_core::git::ObjectId;
use provenance_core::record::Origin;
use provenance_core::repo_path::RepoPath;
use provenance_core::verify::Verdict;
use serde::Serialize;

use super::asked::Asked;
use crate::context::Context;
use crate::dates::rfc3339;
use crate::error::CliError;
use crate::inference::Shown;
use crate::output::safe;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    path: &'a RepoPath,
    rev: ObjectId,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the JSON keys")]
struct Line {
    line: u64,
    commit: ObjectId,
    original_line: u64,
    kind: LineKind,
    origin: Option<Origin>,
    tool: Option<String>,
    model: Option<String>,
    session: Option<String>,
    verdict: Verdict,
    author: String,
    author_time: String,
    inferred: Option<Shown>,
}

impl Line {
    fn new(line: &AttributedLine) -> Self {
        let contributor = line.author.contributor.as_deref();
        let shown = |text: &str| safe(text).into_owned();
        Self {
            line: line.origin.line,
            commit: line.origin.commit_id,
            original_line: line.origin.original_line,
            kind: line.author.kind,
            origin: line.author.origin,
            tool: contributor.map(|contributor| shown(&contributor.tool)),
            model: contributor.and_then(|contributor| contributor.model.as_deref().map(shown)),
            session: contributor.map(|contributor| shown(&contributor.session)),
            verdict: line.commit.judgement.verdict,
            author: shown(&line.commit.author),
            author_time: rfc3339(line.commit.author_moment.seconds),
            inferred: line.inferred().and_then(Shown::of),
        }
    }
}

/// Writes the document.
pub(super) fn write(
    context: &Context,
    asked: &Asked,
    lines: &[AttributedLine],
) -> Result<(), CliError> {
    context.output().json(&Document {
        schema_version: 1,
        path: &asked.path,
        rev: asked.rev,
        lines: lines.iter().map(Line::new).collect(),
    })?;
    Ok(())
}
