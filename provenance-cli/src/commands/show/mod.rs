//! `show`: one commit's records, in full, with the verdict.

mod evidence;
mod opening;
mod record;
mod text;

use std::path::PathBuf;

use provenance_core::attribute::{AddedFile, CommitFacts, added};
use provenance_core::git::{ObjectId, Repo};
use provenance_core::record::RecordId;
use provenance_core::verify::{Reason, Verdict, Verifier};
use serde::Serialize;

use self::record::{Record, RecordDocument};
use crate::cli::JsonArgs;
use crate::context::Context;
use crate::dates::{DateFormat, rfc3339};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::safe;
use crate::selection;

/// One commit's records, in full, with the verdict
///
/// Shows who signed, which session of which agent and model gave which lines, and what else to
/// know. What is not believed is shown as a claim and marked as such. An auditor checks a
/// signature without us: `--pae`, `--sig` and `--pem` print the signed bytes, the signature and
/// the signer's key, and `--export DIR` writes all of them, with the command that checks them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The revision, HEAD unless it is given
    #[arg(value_name = "REV")]
    revision: Option<String>,

    #[command(flatten)]
    answer: JsonArgs,

    /// Reveal what the model was given, as far as this clone kept it, and check it
    #[arg(long)]
    open: bool,

    /// Print the exact bytes that the signature covers (DSSE's PAE)
    #[arg(long, group = "raw", conflicts_with_all = ["json", "open"])]
    pae: bool,

    /// Print the raw signature, 64 bytes
    #[arg(long, group = "raw", conflicts_with_all = ["json", "open"])]
    sig: bool,

    /// Print the signer's public key as PEM
    #[arg(long, group = "raw", conflicts_with_all = ["json", "open"])]
    pem: bool,

    /// Write record.pae, record.sig, signer.pem and envelope.json, and say how to check them
    #[arg(long, value_name = "DIR", group = "raw", conflicts_with_all = ["json", "open"])]
    export: Option<PathBuf>,

    /// How to show dates
    #[arg(long, value_enum, default_value_t)]
    date: DateFormat,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    commit: ObjectId,
    title: String,
    author: String,
    author_time: String,
    verdict: Verdict,
    pins: &'a [RecordId],
    reasons: &'a [Reason],
    records: Vec<RecordDocument<'a>>,
}

/// Everything that is shown of a commit.
#[derive(Debug)]
pub(super) struct Shown {
    facts: CommitFacts,
    files: Vec<AddedFile>,
    records: Vec<Record>,
    /// Lines of the note that are no records.
    others: usize,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let commit_id = match &args.revision {
        Some(revision) => repo.resolve(revision)?,
        None => selection::head(repo)?,
    };
    let verifier = Verifier::open(repo)?;
    let shown = look(repo, &verifier, commit_id)?;
    if args.pae || args.sig || args.pem || args.export.is_some() {
        return evidence::run(context, &verifier, &shown, args);
    }
    if args.open {
        return opening::run(context, repo, &shown, args.answer.json);
    }
    if args.answer.json {
        context.output().json(&document(&shown))?;
    } else {
        text::write(&mut context.paged(), repo, &shown, args.date)?;
    }
    Ok(Outcome::Yes)
}

fn look(repo: &Repo, verifier: &Verifier<'_>, commit_id: ObjectId) -> Result<Shown, CliError> {
    let facts = CommitFacts::read(repo, verifier, commit_id)?;
    let files = added(repo, &facts)?;
    let lines = verifier.notes().lines(commit_id)?.lines;
    let all = lines.len();
    let mut records: Vec<Record> = lines
        .iter()
        .filter_map(|line| Record::read(line, &facts, verifier.trust()))
        .collect();
    let rank = |record: &Record| (facts.judgement.record_id != Some(record.id), record.verdict);
    records.sort_by_key(rank);
    Ok(Shown {
        others: all - records.len(),
        facts,
        files,
        records,
    })
}

fn document(shown: &Shown) -> Document<'_> {
    let facts = &shown.facts;
    Document {
        schema_version: 1,
        commit: facts.commit_id,
        title: safe(&facts.title).into_owned(),
        author: safe(&facts.author).into_owned(),
        author_time: rfc3339(facts.author_moment.seconds),
        verdict: facts.judgement.verdict,
        pins: &facts.judgement.pins,
        reasons: &facts.judgement.reasons,
        records: shown.records.iter().map(Record::document).collect(),
    }
}
