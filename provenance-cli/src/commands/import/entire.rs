//! `import entire`: checkpoints that commits name.

use provenance_core::git::{ObjectId, Repo};
use provenance_core::import::entire;

use super::HowArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::progress::Progress;

/// Bring in the checkpoints of Entire that commits name
///
/// Reads the trailers Entire-Checkpoint of commits, and the metadata of the checkpoints from the
/// branch entire/checkpoints/v1, here or of a remote, or from refs/entire/checkpoints/. Entire
/// knows which files an agent touched and how many lines were whose, not which lines: a file is
/// the AI's as a whole where no line of the commit was a human's, else mixed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which commits, in Git's revision syntax; without it, those of all branches
    #[arg(value_name = "RANGE")]
    range: Vec<String>,

    #[command(flatten)]
    how: HowArgs,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let commits = if args.range.is_empty() {
        of_all_branches(repo)?
    } else {
        repo.range(&args.range)?
    };
    let progress = Progress::new("commits");
    let told = |done, total| progress.tell(done, total);
    let found = entire::find(repo, &commits, args.range.is_empty(), &told)?;
    drop(progress);
    super::take(context, "entire", found, args.how)
}

/// The commits of all branches, here and of remotes, but of Entire's own.
fn of_all_branches(repo: &Repo) -> Result<Vec<ObjectId>, CliError> {
    let mut tips: Vec<String> = Vec::new();
    tips.extend(repo.head()?.commit_id.map(|id| id.to_string()));
    for prefix in ["refs/heads/", "refs/remotes/"] {
        for (name, tip) in repo.refs(prefix)? {
            if !name.contains("/entire/") {
                tips.push(tip.to_string());
            }
        }
    }
    tips.sort();
    tips.dedup();
    if tips.is_empty() {
        return Ok(Vec::new());
    }
    Ok(repo.range(&tips)?)
}
