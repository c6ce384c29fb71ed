//! `sync`: the union of our records and our trust with a remote's, both ways.

mod document;
mod text;

use std::time::Duration;

use provenance_hook::remote::Remote;
use provenance_hook::signing_key;
use provenance_hook::sync::{self, Options, Report, SyncError};

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// Unite records and trust with a remote, both ways
///
/// Fetches the records of the remote beside ours, unites both without losing a line of either, and
/// sends what the remote lacks. Nothing is forced: whoever was faster is united with too. When
/// others keep being faster, yours go to an inbox of your own at the remote, from where every sync
/// takes them. The chain of trust moves forward by its own rules only, here and there.
///
/// What the remote lost, set back or refused is said, and exits with 1; nothing that is here
/// changes because of it, and what the remote lost is sent again. A remote that gives no answer in
/// time exits with 2. `git push` does the same for its remote before it sends the branch, within
/// provenance.autoSyncTimeout seconds, unless provenance.autoSync is false.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// With whom, by name or address; without one: the remote of the current branch, else the only
    /// one, else origin
    #[arg(value_name = "REMOTE")]
    remotes: Vec<String>,

    /// Look what would be received and sent, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// How long it may take with each remote
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,

    #[command(flatten)]
    answer: JsonArgs,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let environment = context.environment();
    let mut remotes = Vec::new();
    for name in &args.remotes {
        let remote = Remote::named(name, repo, environment).map_err(SyncError::from)?;
        if !remotes.contains(&remote) {
            remotes.push(remote);
        }
    }
    if remotes.is_empty() {
        remotes.push(Remote::default_of(repo, environment).map_err(SyncError::from)?);
    }
    // A remote with several push URLs is in several places.
    let further: Vec<Remote> = remotes.iter().flat_map(Remote::further).collect();
    remotes.extend(further);
    let key = signing_key::load(repo, environment).ok();
    let options = Options {
        limit: Duration::from_secs(args.timeout),
        dry_run: args.dry_run,
        unattended: false,
        writer: key.map(|key| key.id().clone()),
    };
    let mut reports = Vec::with_capacity(remotes.len());
    for remote in &remotes {
        reports.push(sync::sync(repo, environment, remote, &options)?);
    }
    if args.answer.json {
        context.output().json(&document::Document::of(&reports))?;
    } else {
        text::write(&mut context.output(), &reports)?;
    }
    outcome(&reports)
}

/// A remote that could not be asked comes before one that was found wanting.
fn outcome(reports: &[Report]) -> Result<Outcome, CliError> {
    let unfinished = reports
        .iter()
        .find_map(|report| Some((report, report.unfinished.as_ref()?)));
    if let Some((report, why)) = unfinished {
        let error = CliError::said(format_args!("sync with {}: {why}", report.remote));
        return Err(error.hint(format_args!(
            "git ls-remote {} shows whether it answers; records are safe here, sync again later",
            report.remote
        )));
    }
    let is_clean = reports.iter().all(|report| report.findings.is_empty());
    Ok(Outcome::from(is_clean))
}
