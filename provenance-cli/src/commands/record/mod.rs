//! `record`: attach a record by hand, or for a harness that commits by itself.

mod document;

use std::io::{Read as _, Write as _};

use provenance_core::attest::{Declaration, Declared};
use provenance_core::capture;
use provenance_core::git::ObjectId;
use provenance_core::record::{
    ClaimPath, CommittedBy, Contribution, Extent, FileClaim, LineRange, Mode, RecordId,
    SessionLink, Tool,
};
use provenance_core::repo_path::RepoPath;
use provenance_hook::hooks::writer::Writer;
use serde::Serialize;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::names::counted;

/// The most bytes of a document on standard input.
const MAX_DOCUMENT_BYTES: u64 = 1 << 20;

/// Attach a record by hand, or for a harness that commits by itself
///
/// Says of a commit that exists which lines an AI wrote. The record is signed with your key, and
/// its origin is `declared`, for ever: nobody watched. It reaches only lines that the commit adds,
/// and says nothing of the others. Without --file it claims everything that the commit adds.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The commit
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    commit: String,

    /// The agent, and its version after an @: my-agent@1.2
    #[arg(long, value_name = "NAME", required_unless_present = "stdin")]
    tool: Option<String>,

    /// The model, as provider/model where that is certain
    #[arg(long, value_name = "NAME")]
    model: Option<String>,

    /// The session's id
    #[arg(long, value_name = "ID", default_value = "by-hand")]
    session: String,

    /// How often a human prompted
    #[arg(long, value_name = "NUMBER")]
    iterations: Option<u64>,

    /// A file that the AI wrote, and its lines: PATH or PATH:1-10,12
    #[arg(long, value_name = "PATH[:LINES]", value_parser = claim)]
    file: Vec<Claim>,

    /// A file that the AI wrote and a human changed before the commit
    #[arg(long, value_name = "PATH[:LINES]", value_parser = claim)]
    mixed: Vec<Claim>,

    /// The human in whose name the session ran
    #[arg(long, value_name = "ID")]
    operator: Option<String>,

    /// The human who accepted the change
    #[arg(long, value_name = "ID")]
    approver: Option<String>,

    /// What it was for
    #[arg(long, value_name = "TEXT")]
    task: Option<String>,

    /// An agent committed, not a human
    #[arg(long)]
    by_agent: bool,

    /// Read the contributions from standard input, as JSON: {"contributions":[…],"approver":…}
    #[arg(long, conflicts_with_all = ["tool", "model", "iterations", "file", "mixed", "operator", "task"])]
    stdin: bool,

    #[command(flatten)]
    answer: JsonArgs,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    commit: ObjectId,
    record: RecordId,
    claimed: u64,
    left_out: u64,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let declaration = if args.stdin {
        let mut bytes = Vec::new();
        let stdin = std::io::stdin().lock();
        stdin.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_DOCUMENT_BYTES {
            return Err(CliError::said(format!(
                "the document has over {MAX_DOCUMENT_BYTES} bytes"
            ))
            .hint("declare fewer files at a time"));
        }
        document::read(&bytes, args)?
    } else {
        Declaration {
            contributions: vec![contribution(args)],
            approver: args.approver.clone(),
            committed_by: committed_by(args),
        }
    };
    let mut writer = Writer::open(context.environment()).map_err(CliError::of_hook)?;
    let commit_id = writer.repo().resolve(&args.commit)?;
    let mut attester = writer.attester();
    "git-provenance".clone_into(&mut attester.recorder.name);
    let declared = attester.declare(commit_id, declaration)?;
    tell(context, args, commit_id, &declared)
}

fn tell(
    context: &Context,
    args: &Args,
    commit_id: ObjectId,
    declared: &Declared,
) -> Result<Outcome, CliError> {
    let mut out = context.output();
    if args.answer.json {
        out.json(&Document {
            schema_version: 1,
            commit: commit_id,
            record: declared.record_id,
            claimed: declared.claimed,
            left_out: declared.left_out,
        })?;
        return Ok(Outcome::Yes);
    }
    let lines = counted(declared.claimed, "line");
    let what = if declared.is_new {
        "a new record"
    } else {
        "this record already"
    };
    writeln!(out, "commit {} has {what}: {lines}", commit_id.short())?;
    writeln!(out, "{}", declared.record_id)?;
    if declared.left_out > 0 {
        let lines = counted(declared.left_out, "line");
        writeln!(
            out,
            "not claimed, because the commit does not add them: {lines}"
        )?;
    }
    out.flush()?;
    Ok(Outcome::Yes)
}

fn committed_by(args: &Args) -> CommittedBy {
    if args.by_agent {
        CommittedBy::Agent
    } else {
        CommittedBy::Human
    }
}

fn contribution(args: &Args) -> Contribution {
    let typed = args.tool.as_deref().unwrap_or_default();
    let tool = match typed.split_once('@') {
        Some((name, version)) => Tool {
            name: name.to_owned(),
            version: Some(version.to_owned()),
        },
        None => Tool {
            name: typed.to_owned(),
            version: None,
        },
    };
    let files = args.file.iter().map(|claim| (claim, false));
    let files = files.chain(args.mixed.iter().map(|claim| (claim, true)));
    Contribution {
        tool,
        model: args.model.as_deref().and_then(capture::model),
        operator: args.operator.clone(),
        session: SessionLink {
            id: args.session.clone(),
            seq: 1,
            previous: None,
        },
        mode: Mode::Agent,
        iterations: args.iterations,
        edits: None,
        tools: std::collections::BTreeMap::new(),
        prompt_context: None,
        usage: None,
        task: args.task.clone(),
        rationale: None,
        files: united(files),
        extent: None,
        inferred: None,
    }
}

/// One claim for each path, whatever was given for it.
fn united<'a>(claims: impl Iterator<Item = (&'a Claim, bool)>) -> Vec<FileClaim> {
    let mut files: Vec<FileClaim> = Vec::new();
    for (claim, is_mixed) in claims {
        let path = ClaimPath::File(claim.path.clone());
        let position = files.iter().position(|file| file.path == path);
        let position = position.unwrap_or_else(|| {
            files.push(FileClaim {
                path,
                sha256: None,
                tree: None,
                ai: Extent::default(),
                mixed: Extent::default(),
            });
            files.len() - 1
        });
        if let Some(file) = files.get_mut(position) {
            let extent = if is_mixed {
                &mut file.mixed
            } else {
                &mut file.ai
            };
            *extent = joined(extent, &claim.lines);
        }
    }
    files
}

fn joined(a: &Extent, b: &Extent) -> Extent {
    match (a, b) {
        (Extent::Lines(a), Extent::Lines(b)) => {
            let mut ranges: Vec<LineRange> = a.iter().chain(b).copied().collect();
            ranges.sort_unstable();
            let mut joined: Vec<LineRange> = Vec::new();
            for range in ranges {
                match joined.last_mut() {
                    Some(last) if range.start_line <= last.end_line.saturating_add(1) => {
                        last.end_line = last.end_line.max(range.end_line);
                    }
                    _ => joined.push(range),
                }
            }
            Extent::Lines(joined)
        }
        _ => Extent::All,
    }
}

/// `PATH` or `PATH:1-10,12`.
#[derive(Debug, Clone)]
struct Claim {
    path: RepoPath,
    lines: Extent,
}

fn claim(typed: &str) -> Result<Claim, String> {
    let (path, lines) = match typed.rsplit_once(':') {
        Some((path, lines)) if !lines.is_empty() && lines.bytes().all(is_of_ranges) => {
            (path, Extent::Lines(ranges(lines)?))
        }
        _ => (typed, Extent::All),
    };
    let path = RepoPath::new(path).map_err(|error| error.to_string())?;
    Ok(Claim { path, lines })
}

const fn is_of_ranges(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b',')
}

fn ranges(typed: &str) -> Result<Vec<LineRange>, String> {
    let wrong = || format!("`{typed}` are not lines: write them as 1-10,12");
    let mut all = Extent::default();
    for part in typed.split(',') {
        let (start, end) = part.split_once('-').unwrap_or((part, part));
        let start_line: u64 = start.parse().map_err(|_| wrong())?;
        let end_line: u64 = end.parse().map_err(|_| wrong())?;
        if start_line == 0 || start_line > end_line || end_line > u64::from(u32::MAX) {
            return Err(wrong());
        }
        let range = LineRange {
            start_line,
            end_line,
        };
        all = joined(&all, &Extent::Lines(vec![range]));
    }
    match all {
        Extent::Lines(ranges) => Ok(ranges),
        Extent::All => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_claimed_whole_or_by_lines() {
        let claimed = claim("src/a.rs:1-3,7,2-4").unwrap();
        assert_eq!(claimed.path.to_string(), "src/a.rs");
        let ranges: Vec<(u64, u64)> = match claimed.lines {
            Extent::Lines(ranges) => ranges.into_iter().map(Into::into).collect(),
            Extent::All => panic!("only some lines"),
        };
        assert_eq!(ranges, [(1, 4), (7, 7)]);
        assert_eq!(claim("src/a.rs").unwrap().lines, Extent::All);
        assert_eq!(claim("odd:name").unwrap().path.to_string(), "odd:name");
        for bad in ["a:0", "a:3-1", "a:-", "../a", "a:1-99999999999"] {
            assert!(claim(bad).is_err(), "{bad}");
        }
    }
}
