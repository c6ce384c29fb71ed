//! `log`: records, newest first.

mod csv;
mod entry;
mod text;

use std::io::Write as _;

use provenance_core::attribute::{CommitFacts, added, kind_of_commit};
use provenance_core::attribute::{LineAuthor, LineKind};
use provenance_core::git::{ObjectId, Repo};
use provenance_core::query::Filter;
use provenance_core::verify::Verifier;
use serde::Serialize;

use self::entry::Entry;
use crate::context::Context;
use crate::dates::DateFormat;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::{Output, safe};
use crate::progress::Progress;
use crate::selection::{FilterArgs, RangeArgs};

/// Records, newest first
///
/// One entry a record, with who wrote what, and whether that can be believed. A commit without a
/// record has an entry too, so that what is listed adds up to the commits of the range.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    range: RangeArgs,

    /// At most this many commits
    #[arg(short = 'n', long, value_name = "NUMBER")]
    max_count: Option<usize>,

    /// Print one JSON document
    #[arg(long, conflicts_with = "format")]
    json: bool,

    /// How to print the list
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// How to show dates
    #[arg(long, value_enum, default_value_t)]
    date: DateFormat,

    #[command(flatten)]
    filter: FilterArgs,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values, with a head line; one row a contribution
    Csv,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    range: Option<String>,
    records: Vec<Entry>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let filter = args.filter.filter(context)?;
    let selection = args.range.select(context)?;
    let verifier = Verifier::open(repo)?;
    let mut walk = Walk {
        repo,
        verifier: &verifier,
        filter: &filter,
        left: args.max_count.unwrap_or(usize::MAX),
    };
    if args.json {
        let progress = Progress::new("reading");
        let mut records = Vec::new();
        for (done, commit_id) in selection.commits.iter().enumerate() {
            progress.tell(done, selection.commits.len());
            records.extend(walk.entries(*commit_id)?);
        }
        drop(progress);
        context.output().json(&Document {
            schema_version: 1,
            range: selection
                .typed
                .as_deref()
                .map(|range| safe(range).into_owned()),
            records,
        })?;
        return Ok(Outcome::Yes);
    }
    let format = args.format.unwrap_or(Format::Text);
    let mut out = match format {
        Format::Text => context.paged(),
        Format::Ndjson | Format::Csv => context.output(),
    };
    if format == Format::Csv {
        csv::head(&mut out)?;
    }
    for commit_id in &selection.commits {
        if walk.left == 0 {
            break;
        }
        for entry in walk.entries(*commit_id)? {
            show(&mut out, format, &entry, args.date)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Yes)
}

fn show(out: &mut Output, format: Format, entry: &Entry, date: DateFormat) -> Result<(), CliError> {
    match format {
        Format::Text => text::write(out, entry, date)?,
        Format::Csv => csv::write(out, entry)?,
        Format::Ndjson => {
            serde_json::to_writer(&mut *out, entry).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

struct Walk<'a> {
    repo: &'a Repo,
    verifier: &'a Verifier<'a>,
    filter: &'a Filter,
    left: usize,
}

impl Walk<'_> {
    /// Returns the entries of a commit; none where it is not wanted.
    fn entries(&mut self, commit_id: ObjectId) -> Result<Vec<Entry>, CliError> {
        if self.left == 0 {
            return Ok(Vec::new());
        }
        let facts = CommitFacts::read(self.repo, self.verifier, commit_id)?;
        if !self.filter.wants_commit(&facts) {
            return Ok(Vec::new());
        }
        let is_believed = facts.judgement.verdict.is_believed();
        let files = if is_believed {
            added(self.repo, &facts)?
        } else {
            Vec::new()
        };
        if self.filter.asks_about_lines() {
            let kind = kind_of_commit(&facts, &files);
            let nobody = LineAuthor {
                kind,
                ..LineAuthor::UNATTESTED
            };
            let mut authors = files.iter().flat_map(|file| &file.lines);
            let by_line = authors.any(|(author, _)| self.filter.wants_author(author));
            let by_commit = kind == LineKind::Unattested || files.is_empty();
            if !(by_line || (by_commit && self.filter.wants_author(&nobody))) {
                return Ok(Vec::new());
            }
        }
        self.left -= 1;
        Ok(entry::entries(&facts, &files))
    }
}
