//! `carry`: the records of commits that a forge made: squashed, rebased and merged ones.

mod document;
mod sources;
mod text;

use std::path::PathBuf;
use std::time::Duration;

use provenance_core::attest::{MergeSearch, Merged};
use provenance_core::attribute::{self, CommitFacts, Tally};
use provenance_core::git::{ObjectId, Repo};
use provenance_core::verify::Verifier;
use provenance_hook::hooks::writer::Writer;
use provenance_hook::remote::Deadline;

use self::sources::Fetched;
use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::progress::Progress;

/// Carry records over to commits that a forge made
///
/// For CI, after a squash, a rebase or a merge at a forge, where no hook ran. Finds the commits that
/// each was made of, says where their lines stand now, copies their records along, and signs that
/// with the key of CI; send the records with `git provenance sync`. Commits whose records are
/// believed are left alone, and doing it again changes nothing.
///
/// A source is believed to be one when it makes the very same change, or when Git makes the very
/// same merge of it. Branches that are here are looked through, then the heads of pull and merge
/// requests at the remote (refs/pull/N/head, refs/merge-requests/N/head): those that messages name
/// by number or by pin first, then the newest. A line without a source stays unattested, and no
/// human is said to have accepted anything.
///
/// Exits with 1 when a commit is not believed afterwards: it has no source with a believed record,
/// or nobody trusts the key, which is named once with `git provenance trust add ID --kind service`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The commits: one each, or ranges as for git log, such as main~3..main
    #[arg(value_name = "REVISION", default_value = "HEAD")]
    revisions: Vec<String>,

    /// Made of the commits of this branch, and of nothing else; whatever lines of theirs are found
    /// are carried, even where the forge changed others
    #[arg(long, value_name = "REVISION")]
    from: Vec<String>,

    /// Sign with the key of this file, instead of provenance.signingKey
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// The remote whose pull and merge requests are looked through; without it, as for sync
    #[arg(long, value_name = "REMOTE")]
    remote: Option<String>,

    /// Look only in what is here
    #[arg(long, conflicts_with = "remote")]
    no_fetch: bool,

    /// How long fetching may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,

    #[command(flatten)]
    answer: JsonArgs,
}

/// What became of one commit.
struct Entry {
    merged: Merged,
    facts: CommitFacts,
    lines: Tally,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let environment = context.environment();
    let opened = match &args.key {
        Some(file) => Writer::with_key_of(environment, file),
        None => Writer::open(environment),
    };
    let mut writer = opened.map_err(CliError::of_hook)?;
    let repo = context.repo()?;
    let commits = targets(repo, &args.revisions)?;
    let mut search = MergeSearch::new(repo)?;
    if !args.from.is_empty() {
        let tips = args.from.iter().map(|revision| repo.resolve(revision));
        search = search.only_in(tips.collect::<Result<_, _>>()?);
    }
    for proposal in provenance_hook::proposals::here(repo)? {
        search.add_head(proposal.number, proposal.head_id);
    }
    let mut became = carry(&mut writer, &commits, &search, &commits)?;
    let open = |became: &[(ObjectId, Merged)]| -> Vec<ObjectId> {
        let open = became.iter().filter(|(_, m)| *m == Merged::NoSource);
        open.map(|(commit_id, _)| *commit_id).collect()
    };
    let mut fetched = Fetched::default();
    let unfound = open(&became);
    if args.from.is_empty() && !args.no_fetch && !unfound.is_empty() {
        let deadline = Deadline::after(Duration::from_secs(args.timeout));
        let remote = args.remote.as_deref();
        fetched = sources::fetch(context, &mut search, &unfound, remote, deadline)?;
        if fetched.heads > 0 {
            for (commit_id, merged) in carry(&mut writer, &unfound, &search, &commits)? {
                if let Some(entry) = became.iter_mut().find(|(id, _)| *id == commit_id) {
                    entry.1 = merged;
                }
            }
        }
    }
    let is_unanswered = fetched.trouble.is_some() && !open(&became).is_empty();
    let entries = judged(repo, became)?;
    if args.answer.json {
        context
            .output()
            .json(&document::Document::of(&entries, fetched.heads))?;
    } else {
        text::write(&mut context.paged(), &entries)?;
    }
    if let Some(trouble) = fetched.trouble.filter(|_| is_unanswered) {
        return Err(trouble);
    }
    let is_believed = |entry: &Entry| entry.facts.judgement.verdict.is_believed();
    Ok(Outcome::from(entries.iter().all(is_believed)))
}

/// The commits that were asked for, the oldest first: what one was made of may have been made of
/// others before.
fn targets(repo: &Repo, revisions: &[String]) -> Result<Vec<ObjectId>, CliError> {
    let is_range = |revision: &String| revision.contains("..") || revision.starts_with('^');
    let mut commits = if revisions.iter().any(is_range) {
        repo.range(revisions)?
    } else {
        let commits = revisions.iter().map(|revision| repo.resolve(revision));
        commits.rev().collect::<Result<_, _>>()?
    };
    commits.reverse();
    commits.dedup();
    Ok(commits)
}

/// Carries over to some of all the commits.
fn carry(
    writer: &mut Writer,
    some: &[ObjectId],
    search: &MergeSearch<'_>,
    all: &[ObjectId],
) -> Result<Vec<(ObjectId, Merged)>, CliError> {
    let progress = Progress::new("carrying");
    let mut attester = writer.attester();
    let mut became = Vec::with_capacity(some.len());
    for commit_id in some {
        progress.tell(became.len(), all.len());
        became.push((*commit_id, attester.carry_merged(*commit_id, search)?));
    }
    Ok(became)
}

fn judged(repo: &Repo, became: Vec<(ObjectId, Merged)>) -> Result<Vec<Entry>, CliError> {
    let verifier = Verifier::open(repo)?;
    let mut entries = Vec::with_capacity(became.len());
    for (commit_id, merged) in became {
        let facts = CommitFacts::read(repo, &verifier, commit_id)?;
        let mut lines = Tally::default();
        for file in attribute::added(repo, &facts)? {
            lines.merge(file.tally());
        }
        entries.push(Entry {
            merged,
            facts,
            lines,
        });
    }
    Ok(entries)
}
