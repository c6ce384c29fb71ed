//! `reconcile`: mends what a crash or a bypassed hook left behind.

mod document;
mod text;

use provenance_core::git::{ObjectId, Repo};
use provenance_core::trust::Trust;
use provenance_hook::hooks::writer::Writer;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// Mend what a crash or a bypassed hook left behind
///
/// Seals the records of commits whose hooks were killed half-way or had no key, in every worktree.
/// Puts back records that something took out of the notes, as far as their history has them.
/// Carries records over to commits that were made of recorded ones where no hook ran: by git
/// replay, filter-branch or update-ref, with the hooks off, by another client. Lists what still has
/// no record, and why, as far as this clone knows.
///
/// Nobody is made the author of anything: what no hook saw and no record says stays unattested. A
/// second run changes nothing. Without a range it looks at all local branches, as far back as
/// records began.
///
/// Exits with 0 when every commit has a record, but for those from before records began; with 1
/// when one has none, whatever the reason; with 2 when there is no key, or something could not be
/// mended.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which commits, in Git's revision syntax: main..feature, v1.0.., ^main HEAD
    #[arg(value_name = "RANGE")]
    range: Vec<String>,

    #[command(flatten)]
    answer: JsonArgs,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let commits = commits(repo, &args.range)?;
    let mut writer = Writer::open(context.environment()).map_err(CliError::of_hook)?;
    let mut attester = writer.attester();
    "git-provenance".clone_into(&mut attester.recorder.name);
    let mut reconciled = attester.reconcile(&commits)?;
    if args.answer.json {
        let range = (!args.range.is_empty()).then(|| args.range.join(" "));
        context
            .output()
            .json(&document::Document::of(range.as_deref(), &reconciled))?;
    } else {
        text::write(&mut context.paged(), &reconciled)?;
    }
    // Others may have failed too; each run names one, and does the rest.
    if let Some(error) = reconciled.failed.pop() {
        return Err(error.into());
    }
    let is_left = reconciled.unrecorded.iter().any(|left| left.why.counts());
    Ok(Outcome::from(!is_left))
}

/// The commits that are meant, the newest first.
fn commits(repo: &Repo, range: &[String]) -> Result<Vec<ObjectId>, CliError> {
    if !range.is_empty() {
        return Ok(repo.range(range)?);
    }
    let mut revisions: Vec<String> = Vec::new();
    let head = repo.head()?.commit_id;
    let branches = repo.refs("refs/heads/")?.into_iter().map(|(_, id)| id);
    revisions.extend(head.into_iter().chain(branches).map(|id| id.to_string()));
    if revisions.is_empty() {
        return Ok(Vec::new());
    }
    for commit_id in Trust::load(repo)?.iter().flat_map(Trust::adopted_at) {
        if repo.has_object(*commit_id)? {
            revisions.push(format!("^{commit_id}"));
        }
    }
    Ok(repo.range(&revisions)?)
}
