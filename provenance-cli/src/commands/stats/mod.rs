//! `stats`: how much is whose, in lines and commits.

mod text;

use std::collections::{BTreeMap, HashSet};

use provenance_core::attribute::history::IndexFile;
use provenance_core::attribute::summary::{Dimension, Group, Request, Summary, summarize};
use provenance_core::attribute::{Origins, Tally};
use provenance_core::git::{ObjectId, Repo};
use provenance_core::trust::Trust;
use serde::Serialize;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::safe;
use crate::progress::Progress;
use crate::selection::{FilterArgs, RangeArgs, Selection};

/// How much is whose: lines and commits by AI, mixed, human, unattested
///
/// Without a range it counts every text line of the tree at HEAD, and every commit of its history.
/// With one: the lines that a commit of the range introduced and that survive at its end, the
/// lines as they were added, and the commits of the range. A line is `ai`, `mixed` or `human` only
/// through a record that is believed; every other line is `unattested`. A commit is `ai` when all
/// lines that it added are, `mixed` when an AI had a part in some, `human` when all are a human's.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    range: RangeArgs,

    /// Group by: model, tool, author, path, session, month, origin; several, with commas
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = dimension)]
    by: Vec<Dimension>,

    #[command(flatten)]
    answer: JsonArgs,

    #[command(flatten)]
    filter: FilterArgs,
}

fn dimension(typed: &str) -> Result<Dimension, String> {
    let known = Dimension::ALL.into_iter().find(|by| by.as_str() == typed);
    known.ok_or_else(|| {
        let names: Vec<_> = Dimension::ALL.iter().map(|by| by.as_str()).collect();
        format!("not one of {}", names.join(", "))
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    head: ObjectId,
    range: Option<String>,
    lines: Tally,
    added: Option<Tally>,
    commits: Tally,
    origins: Origins,
    by: Vec<Row<'a>>,
    files: FileCounts,
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
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let selection = args.range.select(context)?;
    let paths = args.range.paths(context, selection.head)?;
    let filter = args.filter.filter(context)?;
    let trust = Trust::load(repo)?;
    let before = before_adoption(repo, trust.as_ref())?;
    let by: &[Dimension] = if args.by.is_empty() {
        &[Dimension::Model]
    } else {
        &args.by
    };
    let index = context.history_index()?;
    let progress = Progress::new("counting");
    let summary = summarize(&Request {
        location: &context.location(),
        head: selection.head,
        commits: &selection.commits,
        is_range: selection.typed.is_some(),
        paths: paths.as_ref(),
        before: &before,
        by,
        wanted: &|commit, author| filter.wants(commit, author),
        index: index.as_deref().map(IndexFile::at),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        progress: &|done, total| progress.tell(done, total),
    })?;
    drop(progress);
    if args.answer.json {
        context.output().json(&document(&selection, &summary))?;
    } else {
        let adopted = trust.as_ref().map(Trust::adopted_at);
        text::write(&mut context.paged(), repo, &selection, &summary, adopted)?;
    }
    Ok(Outcome::Yes)
}

/// The commits that the trust document expects no records of.
fn before_adoption(repo: &Repo, trust: Option<&Trust>) -> Result<HashSet<ObjectId>, CliError> {
    let mut here = Vec::new();
    for commit_id in trust.map_or(&[][..], Trust::adopted_at) {
        if repo.has_object(*commit_id)? {
            here.push(commit_id.to_string());
        }
    }
    if here.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(repo.range(&here)?.into_iter().collect())
}

fn document<'a>(selection: &Selection, summary: &'a Summary) -> Document<'a> {
    let files = summary.files;
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
        },
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
