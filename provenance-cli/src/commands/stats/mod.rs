//! `stats`: how much is whose, in lines and commits.

mod document;
mod inferred;
mod survival;
mod text;

use std::collections::HashSet;
use std::sync::Arc;

use provenance_core::attribute::Catalog;
use provenance_core::attribute::summary::{Dimension, Part, Request, Summary, summarize};
use provenance_core::git::blame::BlameOptions;
use provenance_core::git::{ObjectId, Repo};
use provenance_core::trust::Trust;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::inference::InferArgs;
use crate::kept::Kept;
use crate::progress::Progress;
use crate::selection::{FilterArgs, RangeArgs};
use crate::switches::FollowArgs;

/// How much is whose: lines and commits by AI, mixed, human, unattested
///
/// Without a range it counts every text line of the tree at HEAD, and every commit of its history.
/// With one: the lines that a commit of the range introduced and that survive at its end, the
/// lines as they were added, and the commits of the range. A line is `ai`, `mixed` or `human` only
/// through a record that is believed; every other line is `unattested`. A commit is `ai` when all
/// lines that it added are, `mixed` when an AI had a part in some, `human` when all are a human's.
///
/// Generated and vendored files count like all others, and are told apart: by `linguist-generated`
/// and `linguist-vendored` in the `.gitattributes` of the counted tree; else lock files and names
/// such as `app.min.js` or `a.pb.go` are generated, and what lies below `vendor/`, `third_party/`
/// or `node_modules/` is vendored. What is both is vendored.
///
/// Lines are followed as `git blame` follows them, and through white space, moves and copies with
/// its options. -M and -C ask Git itself about every file, on all cores: as true, but slow.
///
/// Nothing is fetched. In a shallow or partial clone it says what could not be counted; only where
/// that is everything, it exits with 2.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    range: RangeArgs,

    /// Group by: model, tool, author, path, session, month, origin; several, with commas
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = dimension)]
    by: Vec<Dimension>,

    /// How many names of a path count with `--by path`: 1 is the top directory, 0 the whole path
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    depth: usize,

    /// Leave out the lines of these parts: generated, vendored; both, with a comma
    #[arg(long, value_name = "PART", value_delimiter = ',', value_parser = part)]
    without: Vec<Part>,

    /// White space does not count: lines that were only indented anew keep their commit
    #[arg(short = 'w')]
    ignore_whitespace: bool,

    #[command(flatten)]
    follow: FollowArgs,

    /// What became of the lines that the range brought: alive, or taken out by whom and when
    ///
    /// A line is followed from the commit that brought it, as `git blame` would, to the commit of
    /// `--at`. What takes it out leaves another line in its place, whose kind is told, or nothing.
    /// With `--by` the lines are grouped too, by the paths under which they came.
    #[arg(long, conflicts_with_all = [
        "without", "infer", "ignore_whitespace", "moves", "copies",
    ])]
    survival: bool,

    /// At which ages to count, in days after a line's commit; several, with commas
    #[arg(
        long,
        value_name = "DAYS",
        value_delimiter = ',',
        default_values_t = [7, 30, 90],
        requires = "survival"
    )]
    days: Vec<u64>,

    /// Until which commit to follow: HEAD, if the range's end is part of it, else that end
    #[arg(long, value_name = "REVISION", requires = "survival")]
    at: Option<String>,

    #[command(flatten)]
    infer: InferArgs,

    #[command(flatten)]
    answer: JsonArgs,

    #[command(flatten)]
    filter: FilterArgs,
}

fn dimension(typed: &str) -> Result<Dimension, String> {
    let known = Dimension::ALL.into_iter().find(|by| by.as_str() == typed);
    known.ok_or_else(|| {
        let names: Vec<_> = Dimension::ALL.iter().map(|by| by.as_str()).collect();
        format!("not one of {}", names.join(", "))
    })
}

fn part(typed: &str) -> Result<Part, String> {
    let known = Part::APART.into_iter().find(|part| part.as_str() == typed);
    known.ok_or_else(|| "not one of generated, vendored".to_owned())
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    if args.survival {
        return survival::run(context, args);
    }
    let repo = &context.repo_in_bulk()?;
    let rules = args.infer.rules(context)?;
    let kept = Kept::find(context)?;
    let catalog = kept.catalog(repo, rules.as_ref())?;
    let selection = args.range.population(context, repo, &catalog)?;
    let paths = args.range.paths(context, selection.head)?;
    let filter = args.filter.filter(context)?;
    let trust = Trust::load(repo)?;
    let before = before_adoption(repo, &catalog, trust.as_ref())?;
    let by: &[Dimension] = if args.by.is_empty() {
        &[Dimension::Model]
    } else {
        &args.by
    };
    let mut without = args.without.clone();
    without.sort();
    without.dedup();
    let wanted = |commit: &_, author: &_| filter.wants(commit, author);
    let progress = Progress::new("counting");
    let summary = summarize(&Request {
        location: &context.location(),
        head: selection.head,
        commits: &selection.commits,
        range: selection.range.as_deref(),
        paths: paths.as_ref(),
        without: &without,
        before: &before,
        by,
        follow: &BlameOptions {
            ignore_whitespace: args.ignore_whitespace,
            ..args.follow.options()
        },
        depth: args.depth,
        wanted: (!filter.is_empty()).then_some(&wanted),
        infer: rules.as_ref(),
        index: kept.index(),
        catalog: Some(Arc::clone(&catalog)),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        progress: &|done, total| progress.tell(done, total),
    })?;
    drop(progress);
    catalog.save();
    if args.answer.json {
        let document = document::document(&selection, &summary, &without);
        context.output().json(&document)?;
    } else {
        let adopted = trust.as_ref().map(Trust::adopted_at);
        let out = &mut context.paged();
        text::write(out, repo, &selection, &summary, &without, adopted)?;
    }
    if is_all_missing(&summary) {
        return Err(
            CliError::said("no line could be counted: nothing of the files is here")
                .hint("git fetch --refetch --no-filter"),
        );
    }
    Ok(Outcome::Yes)
}

/// Answers whether files are there, and of none can anything be said.
fn is_all_missing(summary: &Summary) -> bool {
    summary.files.missing > 0 && summary.files.text == 0
}

/// The commits that the trust document expects no records of.
fn before_adoption(
    repo: &Repo,
    catalog: &Catalog,
    trust: Option<&Trust>,
) -> Result<HashSet<ObjectId>, CliError> {
    let mut here = Vec::new();
    for commit_id in trust.map_or(&[][..], Trust::adopted_at) {
        if repo.has_object(*commit_id)? {
            here.push(*commit_id);
        }
    }
    Ok(catalog.history(repo, &here)?.into_iter().collect())
}
