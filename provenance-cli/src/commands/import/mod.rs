//! `import`: what other tools and conventions recorded, as records that say so.
//!
//! A source is one file here, which reads its options, and one in the core, which reads what is
//! there. Everything after that is the same for all of them.

mod agent_trace;
mod document;
mod entire;
mod git_ai;
mod text;
mod trailers;

use provenance_core::import::{Found, Importer, Spread, Summary};
use provenance_core::record::Recorder;
use provenance_core::trust::Trust;
use provenance_hook::hooks::writer::Writer;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::progress::Progress;

/// Bring in what other tools and conventions recorded
///
/// Makes a signed record of each thing that a source has and that says something about a commit
/// which is here. The records say for ever that they were imported; they claim no more than lines
/// that their commit adds, nothing for a human, and leave all other lines unattested. Prompts are
/// not taken over.
///
/// Whatever was found is imported, unchanged or refused, and what is refused is named with the
/// reason. Importing again, by whomever, changes nothing. Exits with 0 whatever was refused.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, clap::Subcommand)]
enum Source {
    GitAi(git_ai::Args),
    AgentTrace(agent_trace::Args),
    Entire(entire::Args),
    Trailers(trailers::Args),
}

/// What every source is asked.
#[derive(Debug, Clone, Copy, clap::Args)]
struct HowArgs {
    /// Say what would be imported, and write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    answer: JsonArgs,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    match &args.source {
        Source::GitAi(args) => git_ai::run(context, args),
        Source::AgentTrace(args) => agent_trace::run(context, args),
        Source::Entire(args) => entire::run(context, args),
        Source::Trailers(args) => trailers::run(context, args),
    }
}

/// Imports what a source found, and says what became of it.
fn take(
    context: &Context,
    source: &'static str,
    found: Vec<Found>,
    how: HowArgs,
) -> Result<Outcome, CliError> {
    // Signed for no root of trust they would stay untrusted, also when there is one later.
    if !how.dry_run && Trust::load(context.repo()?)?.is_none() {
        return Err(CliError::said(
            "nobody would believe these records: there is no root of trust here",
        )
        .hint("git provenance init"));
    }
    let environment = context.environment();
    let mut writer = match Writer::open(environment) {
        // Whoever only asks needs no key.
        Err(_) if how.dry_run => Writer::without_key(environment),
        opened => opened,
    }
    .map_err(CliError::of_hook)?;
    let attester = writer.attester();
    let progress = Progress::new("commits");
    let importer = Importer {
        repo: attester.repo,
        key: attester.key,
        clock: attester.clock,
        recorder: Recorder {
            name: "git-provenance".to_owned(),
            version: attester.recorder.version.clone(),
        },
        dry_run: how.dry_run,
        spread: Spread {
            threads: threads(),
            progress: &|done, total| progress.tell(done, total),
        },
    };
    let summary: Summary = importer.import(found)?;
    drop(progress);
    if how.answer.json {
        let document = document::Document::of(source, how.dry_run, &summary);
        context.output().json(&document)?;
    } else {
        text::write(&mut context.output(), source, how.dry_run, &summary)?;
    }
    Ok(Outcome::Yes)
}

/// As many threads as the machine runs at once.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
