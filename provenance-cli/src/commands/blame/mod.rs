//! `blame`: who wrote each line of a file, by which model, and whether that can be believed.

mod asked;
mod json;
mod porcelain;
mod text;
mod written;

use std::ffi::OsString;
use std::sync::Arc;

use provenance_core::attribute::history::IndexFile;
use provenance_core::attribute::{AttributedLine, CommitCache, blame_known, blame_running};
use provenance_core::git::Repo;
use provenance_core::git::blame::{BlameForm, BlameOptions, BlameQuestion};

use self::asked::Asked;
use self::written::DateForm;
use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::inference::InferArgs;
use crate::kept::Kept;
use crate::switches::FollowArgs;

/// Who wrote each line of a file
///
/// `git blame`, with contributor, model, session and verdict per line, and with its options. Each
/// line shows its commit, who wrote it (`ai` and the model, `ai+NAME` where a person changed what
/// an AI wrote, the author's name where a human wrote it, `?` where no believed record says), the
/// day, its number and a mark: `|` ai, `:` mixed. Behind the `?` stands the verdict, where there is
/// a record that is not believed: untrusted, invalid, missing.
///
/// Without a revision it is the work tree's file, as with git blame: what no commit has yet is
/// unattested, and `git provenance status` says what is pending. A `^` before the commit: the line
/// is as old, or older; history ends there, or --since or a range ends it. A `?` before the commit:
/// the line was followed through an ignored commit by guess, so nobody's record covers it.
///
/// With --infer, `ai?`, `mixed?` or `bot?` and the tool stand where no record speaks of the line and
/// the commit's author or message names one; the mark is `~` then, and it is no evidence.
///
/// blame.ignoreRevsFile is not obeyed, because whose a line is must not depend on who asks; name
/// the file with --ignore-revs-file.
#[derive(Debug, clap::Args)]
#[command(override_usage = "git provenance blame [OPTIONS] [REV]... [--] <FILE>")]
pub(crate) struct Args {
    /// The revision or range, the work tree unless it is given, and the file
    #[arg(value_name = "REV, FILE", num_args = 0..)]
    words: Vec<OsString>,

    /// The file
    #[arg(last = true, value_name = "FILE", hide = true)]
    file: Option<OsString>,

    #[command(flatten)]
    follow: OptionArgs,

    #[command(flatten)]
    forms: FormArgs,

    #[command(flatten)]
    infer: InferArgs,

    #[command(flatten)]
    answer: JsonArgs,

    #[command(flatten)]
    view: text::ViewArgs,
}

/// How lines are followed.
#[derive(Debug, clap::Args)]
struct OptionArgs {
    /// Only these lines, as git blame takes them: 8,14 or /regex/,+3 or :function; may be repeated
    #[arg(short = 'L', value_name = "RANGE")]
    lines: Vec<String>,

    /// White space does not count
    #[arg(short = 'w')]
    ignore_whitespace: bool,

    #[command(flatten)]
    elsewhere: FollowArgs,

    /// Follow only the first parent of a merge
    #[arg(long)]
    first_parent: bool,

    /// Do not follow lines beyond this date: what is older is given to where it ends
    #[arg(long, alias = "after", value_name = "DATE")]
    since: Option<String>,

    /// Look for the lines that this commit changed before it, by guess; may be repeated
    #[arg(long, value_name = "REV")]
    ignore_rev: Vec<String>,

    /// The same for the commits that a file names, as git blame takes it; may be repeated
    #[arg(long, value_name = "FILE")]
    ignore_revs_file: Vec<OsString>,

    /// Take what this file says for the file's content; - for standard input
    #[arg(long, value_name = "FILE")]
    contents: Option<OsString>,

    /// Refused: in which commit a line was last there, no record says
    #[arg(long, hide = true)]
    reverse: bool,
}

/// The forms for programs.
#[derive(Debug, Clone, clap::Args)]
struct FormArgs {
    /// Print what git blame --porcelain prints, and our lines with it
    #[arg(short, long, conflicts_with = "json")]
    porcelain: bool,

    /// The same, with everything for every line
    #[arg(long, conflicts_with = "json")]
    line_porcelain: bool,

    /// Print what git blame --incremental prints, and our lines with it
    #[arg(long, conflicts_with = "json")]
    incremental: bool,

    /// How the forms above write names and titles
    #[arg(long, value_name = "ENCODING")]
    encoding: Option<String>,

    /// The first commit of a history is not marked as boundary (people never see it marked)
    #[arg(long)]
    root: bool,

    /// Taken and not needed: no progress is shown
    #[arg(long, hide = true, overrides_with = "no_progress")]
    progress: bool,

    #[arg(long, hide = true)]
    no_progress: bool,
}

impl FormArgs {
    const fn form(&self) -> Option<BlameForm> {
        if self.incremental {
            Some(BlameForm::Incremental)
        } else if self.line_porcelain {
            Some(BlameForm::LinePorcelain)
        } else if self.porcelain {
            Some(BlameForm::Porcelain)
        } else {
            None
        }
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    if args.follow.reverse {
        return Err(CliError::said(
            "--reverse tells where a line was last seen, and no record speaks of that",
        )
        .hint("git blame --reverse <rev>..<rev> -- <file>"));
    }
    let repo = &context.repo_in_bulk()?;
    let asked = Asked::read(context, repo, &args.words, args.file.as_deref())?;
    let options = options(context, repo, &args.follow, args.forms.root, &asked)?;
    let dates = DateForm::read(args.view.date())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let rules = args.infer.rules(context)?;
    let kept = Kept::find(context)?;
    let catalog = kept.catalog(repo, rules.as_ref())?;
    let cache = CommitCache::new()
        .inferring(rules.as_ref())
        .with_catalog(Some(&catalog))
        .on_threads(threads);
    let index = kept.index();
    let (lines, told) = match ask_index(repo, &asked, &options, &args.forms, index, &cache)? {
        Some(lines) => (lines, Vec::new()),
        None => ask(repo, &asked, &options, args, &cache)?,
    };
    catalog.save();
    if args.answer.json {
        json::write(context, &asked, &lines)?;
    } else if let Some(form) = args.forms.form() {
        porcelain::write(&mut context.output(), form, &told, &lines)?;
    } else {
        let dates = dates.of(repo, &lines)?;
        text::write(&mut context.paged(), &lines, &args.view, &dates)?;
    }
    Ok(Outcome::Yes)
}

/// Asks what the history pass kept, where no option and nothing in the work tree changes the
/// answer.
fn ask_index(
    repo: &Repo,
    asked: &Asked,
    options: &BlameOptions,
    forms: &FormArgs,
    index: Option<IndexFile<'_>>,
    cache: &CommitCache,
) -> Result<Option<Vec<AttributedLine>>, CliError> {
    let index = index.filter(|index| index.path.is_file());
    let is_plain = forms.form().is_none() && *options == BlameOptions::default();
    let path = asked.path.as_bytes();
    let (Some(index), true) = (index, is_plain) else {
        return Ok(None);
    };
    if !asked.is_of_a_commit(repo)? {
        return Ok(None);
    }
    let verifier = cache.verifier(repo)?;
    Ok(blame_known(repo, &verifier, cache, index, asked.rev, path)?)
}

/// Asks Git, and judges commits while it works. Returns what it said, too.
fn ask(
    repo: &Repo,
    asked: &Asked,
    options: &BlameOptions,
    args: &Args,
    cache: &CommitCache,
) -> Result<(Vec<AttributedLine>, Vec<u8>), CliError> {
    let form = args.forms.form();
    let is_shown = form.is_none() && !args.answer.json;
    let content = if is_shown {
        asked.content(repo, options)?
    } else {
        None
    };
    // In one form Git names commits as it finds them, and does not say what the lines say.
    let own = if is_shown && content.is_none() {
        BlameForm::Porcelain
    } else {
        BlameForm::Incremental
    };
    let running = repo.start_blame(&BlameQuestion {
        commit_id: asked.commit_id,
        path: asked.path.as_bytes(),
        options,
        form: form.unwrap_or(own),
        // What people and JSON see is read from the commits.
        encoding: form.map_or(Some("none"), |_| args.forms.encoding.as_deref()),
    })?;
    let verifier = cache.verifier(repo)?;
    let content = content.as_deref();
    Ok(blame_running(
        repo, &verifier, cache, running, content, options,
    )?)
}

fn options(
    context: &Context,
    repo: &Repo,
    args: &OptionArgs,
    show_root: bool,
    asked: &Asked,
) -> Result<BlameOptions, CliError> {
    let ignored = args
        .ignore_rev
        .iter()
        .map(|revision| repo.resolve(revision));
    let contents = args.contents.as_deref();
    Ok(BlameOptions {
        ignore_whitespace: args.ignore_whitespace,
        ranges: args.lines.clone(),
        first_parent: args.first_parent,
        excluded: asked.excluded.clone(),
        since: args.since.clone(),
        ignored: ignored.collect::<Result<_, _>>()?,
        ignored_files: args.ignore_revs_file.clone(),
        show_root,
        contents: contents
            .map(|file| asked::contents(context, file).map(Arc::from))
            .transpose()?,
        ..args.elsewhere.options()
    })
}
