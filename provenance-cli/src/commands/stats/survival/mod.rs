//! `stats --survival`: what became of the lines that a range brought.

mod document;
mod text;

use std::collections::HashSet;
use std::sync::Arc;

use provenance_core::attribute::survival::{Question, Survival, Table, survival};
use provenance_core::git::{ObjectId, Repo};

use super::Args;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::kept::Kept;
use crate::progress::Progress;
use crate::selection::{Selection, head};

/// What was asked, and the commit at which lines are alive or not.
#[derive(Debug)]
struct Asked<'a> {
    selection: &'a Selection,
    head: ObjectId,
    days: &'a [u64],
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = &context.repo_in_bulk()?;
    let catalog = Kept::find(context)?.catalog(repo, None)?;
    let selection = args.range.population(context, repo, &catalog)?;
    let head = until(repo, &selection, args.at.as_deref())?;
    let filter = args.filter.filter(context)?;
    let paths = args.range.paths_ever(context, head)?;
    let range: Option<HashSet<ObjectId>> = selection
        .range
        .as_ref()
        .map(|range| range.iter().copied().collect());
    let progress = Progress::new("following");
    let survival = survival(&Question {
        location: &context.location(),
        head,
        range: range.as_ref(),
        paths: paths.as_ref(),
        wanted: &|commit, author| filter.wants(commit, author),
        catalog: Some(Arc::clone(&catalog)),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        progress: &|done, total| progress.tell(done, total),
    })?;
    drop(progress);
    catalog.save();
    let mut days = args.days.clone();
    days.sort_unstable();
    days.dedup();
    let asked = Asked {
        selection: &selection,
        head,
        days: &days,
    };
    let table = Table::of(&survival, &days, &args.by, args.depth);
    if args.answer.json {
        let document = document::document(&asked, &survival, &table);
        context.output().json(&document)?;
    } else {
        text::write(&mut context.paged(), repo, &asked, &survival, &table)?;
    }
    if is_all_missing(&survival) {
        return Err(
            CliError::said("no line could be followed: nothing of the files is here")
                .hint("git fetch --refetch --no-filter"),
        );
    }
    Ok(Outcome::Yes)
}

/// Answers whether files are there, and nothing can be said of any of their lines.
fn is_all_missing(survival: &Survival) -> bool {
    survival.unread_files + survival.unread_commits > 0 && survival.cohorts.is_empty()
}

/// The commit at which lines are alive or not: the one that was typed, else `HEAD` where it descends
/// from the end of the range, else that end.
fn until(repo: &Repo, selection: &Selection, at: Option<&str>) -> Result<ObjectId, CliError> {
    let end = selection.head;
    if let Some(at) = at {
        let head = repo.resolve(at)?;
        if !repo.is_ancestor(end, head)? {
            let end = end.short();
            return Err(CliError::said(format!(
                "{} does not descend from {end}, the end of the range",
                head.short()
            ))
            .hint(format!(
                "choose a commit that `git merge-base --is-ancestor {end} COMMIT` finds"
            )));
        }
        return Ok(head);
    }
    match head(repo) {
        Ok(head) if head != end && repo.is_ancestor(end, head)? => Ok(head),
        _ => Ok(end),
    }
}
