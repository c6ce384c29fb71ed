//! `import trailers`: what authors, trailers and other lines of messages let one conclude.

use provenance_core::import::trailers;

use super::HowArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::inference;
use crate::progress::Progress;
use crate::selection;

/// Make records of what trailers and authors let one conclude
///
/// What stats --infer and blame --infer show, as signed records whose origin is `inferred`, with
/// the rule and the very line. Nobody can tell from a message which lines are whose: a record
/// claims all that its commit adds, as the AI's, or as mixed where others are named too.
///
/// Commits that have a record already, or name one, are left alone, and so are programs that are
/// no AI. What is only a hint is not signed. docs/detection.md has the rules.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which commits, in Git's revision syntax; without it, the history of HEAD
    #[arg(value_name = "RANGE")]
    range: Vec<String>,

    #[command(flatten)]
    how: HowArgs,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let commits = if args.range.is_empty() {
        repo.range(&[selection::head(repo)?.to_string()])?
    } else {
        repo.range(&args.range)?
    };
    let rules = inference::rules(context)?;
    let progress = Progress::new("commits");
    let told = |done, total| progress.tell(done, total);
    let found = trailers::find(repo, &rules, &commits, &told)?;
    drop(progress);
    super::take(context, "trailers", found, args.how)
}
