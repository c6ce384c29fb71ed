//! `blame`: who wrote each line of a file, by which model, and whether that can be believed.

mod text;

use std::ffi::{OsStr, OsString};
use std::io::Write as _;

use provenance_core::attribute::{AttributedLine, CommitCache, LineKind, blame};
use provenance_core::git::blame::BlameOptions;
use provenance_core::git::{ObjectId, Repo};
use provenance_core::record::Origin;
use provenance_core::repo_path::RepoPath;
use provenance_core::verify::{Verdict, Verifier};
use provenance_hook::git_program::GitProgram;
use serde::Serialize;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::dates::{DateFormat, rfc3339};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::safe;
use crate::selection;

/// Who wrote each line of a file
///
/// `git blame`, with contributor, model, session and verdict per line. Each line shows its commit,
/// who wrote it (`ai` and the model, `ai+NAME` where a person changed what an AI wrote, the
/// author's name where a human wrote it, `?` where no believed record says), the day, its number
/// and a mark: `|` ai, `:` mixed.
#[derive(Debug, clap::Args)]
#[command(override_usage = "git provenance blame [OPTIONS] [REV] [--] <FILE>")]
pub(crate) struct Args {
    /// The revision, HEAD unless it is given, and the file
    #[arg(value_name = "REV, FILE", num_args = 0..=2)]
    words: Vec<OsString>,

    /// The file
    #[arg(last = true, value_name = "FILE", hide = true)]
    file: Option<OsString>,

    /// Only these lines, as git blame takes them: 8,14 or /regex/,+3 or :function
    #[arg(short = 'L', value_name = "RANGE")]
    lines: Vec<String>,

    /// White space does not count
    #[arg(short = 'w')]
    ignore_whitespace: bool,

    /// Follow lines that moved within the file
    #[arg(short = 'M')]
    follow_moves: bool,

    /// Follow lines that came from other files; give it up to three times
    #[arg(short = 'C', action = clap::ArgAction::Count)]
    follow_copies: u8,

    /// Print what git blame --porcelain prints, and our lines with it
    #[arg(long, conflicts_with = "json")]
    porcelain: bool,

    #[command(flatten)]
    answer: JsonArgs,

    /// How to show dates
    #[arg(long, value_enum, default_value_t)]
    date: DateFormat,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    path: RepoPath,
    rev: ObjectId,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the JSON keys")]
struct Line {
    line: u64,
    commit: ObjectId,
    original_line: u64,
    kind: LineKind,
    origin: Option<Origin>,
    tool: Option<String>,
    model: Option<String>,
    session: Option<String>,
    verdict: Verdict,
    author: String,
    author_time: String,
}

impl Line {
    fn new(line: &AttributedLine) -> Self {
        let contributor = line.author.contributor.as_deref();
        let shown = |text: &str| safe(text).into_owned();
        Self {
            line: line.origin.line,
            commit: line.origin.commit_id,
            original_line: line.origin.original_line,
            kind: line.author.kind,
            origin: line.author.origin,
            tool: contributor.map(|contributor| shown(&contributor.tool)),
            model: contributor.and_then(|contributor| contributor.model.as_deref().map(shown)),
            session: contributor.map(|contributor| shown(&contributor.session)),
            verdict: line.commit.judgement.verdict,
            author: shown(&line.commit.author),
            author_time: rfc3339(line.commit.author_moment.seconds),
        }
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let (revision, file) = words(args)?;
    let commit_id = match revision {
        Some(revision) => repo.resolve(&revision.to_string_lossy())?,
        None => selection::head(repo)?,
    };
    let path = from_root(context, repo, file)?;
    let options = BlameOptions {
        ignore_whitespace: args.ignore_whitespace,
        follow_moves: args.follow_moves,
        follow_copies: args.follow_copies,
        ranges: args.lines.clone(),
    };
    let verifier = Verifier::open(repo)?;
    let cache = CommitCache::new();
    let lines = blame(
        repo,
        &verifier,
        &cache,
        commit_id,
        path.as_bytes(),
        &options,
    )?;
    if args.answer.json {
        context.output().json(&Document {
            schema_version: 1,
            path,
            rev: commit_id,
            lines: lines.iter().map(Line::new).collect(),
        })?;
    } else if args.porcelain {
        let porcelain = repo.blame_porcelain(commit_id, path.as_bytes(), &options)?;
        let mut out = context.output();
        out.write_all(&extended(&porcelain, &lines)?)?;
        out.flush()?;
    } else {
        text::write(&mut context.paged(), &lines, args.date)?;
    }
    Ok(Outcome::Yes)
}

/// Sorts out revision and file, as `git blame` does.
fn words(args: &Args) -> Result<(Option<&OsStr>, &OsStr), CliError> {
    let mut words = args.words.iter().map(OsString::as_os_str);
    match (words.next(), words.next(), args.file.as_deref()) {
        (Some(file), None, None) | (None, None, Some(file)) => Ok((None, file)),
        (Some(revision), Some(file), None) | (Some(revision), None, Some(file)) => {
            Ok((Some(revision), file))
        }
        _ => Err(CliError::said("name one file").hint("git provenance blame [<rev>] [--] <file>")),
    }
}

/// Turns a path from where the user stands into one from the root.
fn from_root(context: &Context, repo: &Repo, file: &OsStr) -> Result<RepoPath, CliError> {
    let mut names: Vec<Vec<u8>> = Vec::new();
    if !repo.is_bare() {
        let git = GitProgram::new(context.environment());
        let prefix = git.ask(&["rev-parse", "--show-prefix"])?;
        names.extend(prefix.split(|byte| *byte == b'/').map(<[u8]>::to_vec));
    }
    let outside = || {
        CliError::said(format!("{} is outside the repository", file.display()))
            .hint("name a file of this repository")
    };
    let mut typed = file.as_encoded_bytes();
    if typed.starts_with(b"/") {
        let root = repo.work_tree().ok_or_else(outside)?;
        let root = root.as_os_str().as_encoded_bytes();
        let root = root.strip_suffix(b"/").unwrap_or(root);
        typed = typed.strip_prefix(root).ok_or_else(outside)?;
        names.clear();
    }
    names.extend(typed.split(|byte| *byte == b'/').map(<[u8]>::to_vec));
    let mut path: Vec<Vec<u8>> = Vec::new();
    for name in names {
        match name.as_slice() {
            b"" | b"." => {}
            b".." => drop(path.pop().ok_or_else(outside)?),
            _ => path.push(name),
        }
    }
    Ok(RepoPath::new(path.join(&b'/'))?)
}

/// Puts our rows before each line of what `git blame --porcelain` prints.
fn extended(porcelain: &[u8], lines: &[AttributedLine]) -> Result<Vec<u8>, CliError> {
    let mut lines = lines.iter();
    let mut out = Vec::with_capacity(porcelain.len() * 2);
    for row in porcelain.split_inclusive(|byte| *byte == b'\n') {
        if row.starts_with(b"\t")
            && let Some(line) = lines.next()
        {
            let line = Line::new(line);
            writeln!(out, "provenance-kind {}", line.kind)?;
            writeln!(out, "provenance-verdict {}", line.verdict)?;
            let origin = line.origin.map(|origin| origin_word(origin).to_owned());
            for (name, value) in [
                ("origin", origin),
                ("tool", line.tool),
                ("model", line.model),
                ("session", line.session),
            ] {
                if let Some(value) = value {
                    writeln!(out, "provenance-{name} {value}")?;
                }
            }
        }
        out.extend_from_slice(row);
    }
    Ok(out)
}

const fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Witnessed => "witnessed",
        Origin::Declared => "declared",
        Origin::Imported => "imported",
        Origin::Inferred => "inferred",
    }
}
