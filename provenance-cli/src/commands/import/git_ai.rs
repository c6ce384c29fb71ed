//! `import git-ai`: its notes.

use std::collections::HashSet;

use provenance_core::git::NotesRef;
use provenance_core::import::Spread;
use provenance_core::import::git_ai::{self, Search};

use super::HowArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::progress::Progress;

/// Bring in the notes of git-ai, line by line
///
/// Reads refs/notes/ai (format 3.0.0, with keys of all versions) and the references below
/// refs/ai/authorship/ that its first versions had. Fetch them first, for Git does not by itself:
/// git fetch origin '+refs/notes/ai:refs/notes/ai' '+refs/ai/*:refs/ai/*'
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only what is about these commits, in Git's revision syntax: main, v1.0.., ^main HEAD
    #[arg(value_name = "RANGE")]
    range: Vec<String>,

    /// Read the notes of this reference instead, and no others
    #[arg(long = "ref", value_name = "REF")]
    notes_ref: Option<String>,

    #[command(flatten)]
    how: HowArgs,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let wanted: Option<HashSet<_>> = if args.range.is_empty() {
        None
    } else {
        Some(repo.range(&args.range)?.into_iter().collect())
    };
    let notes_ref = NotesRef::new(args.notes_ref.as_deref().unwrap_or(git_ai::NOTES_REF))?;
    let search = Search {
        notes_ref: &notes_ref,
        first_refs: args.notes_ref.is_none(),
        wanted: wanted.as_ref(),
    };
    let progress = Progress::new("notes");
    let spread = Spread {
        threads: super::threads(),
        progress: &|done, total| progress.tell(done, total),
    };
    let found = git_ai::find(repo, &search, &spread)?;
    drop(progress);
    super::take(context, "git-ai", found, args.how)
}
