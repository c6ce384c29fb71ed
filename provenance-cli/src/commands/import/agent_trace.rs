//! `import agent-trace`: files of traces.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use provenance_core::import::agent_trace::{self, MAX_FILE_BYTES};

use super::HowArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// How deep folders are searched.
const MAX_DEPTH: usize = 16;

/// Bring in traces in the format Agent Trace, line by line
///
/// Reads .json files (a trace, or a list of traces) and .jsonl and .ndjson files (a trace a line),
/// and what is in folders. A trace is about the commit that its vcs.revision names.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files, or folders of them; without any, the folder .agent-trace of the worktree
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    how: HowArgs,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let current_dir = context.environment().current_dir();
    let mut files: Vec<PathBuf> = Vec::new();
    if args.paths.is_empty() {
        let folder = repo.work_tree().unwrap_or(current_dir).join(".agent-trace");
        if !folder.exists() {
            return Err(CliError::said("there is no folder .agent-trace here")
                .hint("name the files: git provenance import agent-trace PATH"));
        }
        gather(&folder, MAX_DEPTH, true, &mut files)?;
    }
    for path in &args.paths {
        gather(&current_dir.join(path), MAX_DEPTH, true, &mut files)?;
    }
    let mut found = Vec::new();
    for file in files {
        let name = file.strip_prefix(current_dir).unwrap_or(&file);
        let mut bytes = Vec::new();
        let opened = fs::File::open(&file).map_err(|error| unreadable(&file, &error))?;
        let read = opened.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(&file, &error))?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(CliError::said(format!(
                "`{}` has over {MAX_FILE_BYTES} bytes",
                name.display()
            ))
            .hint("split it: a .jsonl file can be cut after any line"));
        }
        let by_line = has_extension(&file, &["jsonl", "ndjson"]);
        let name = name.to_string_lossy();
        found.extend(agent_trace::find(repo, &name, &bytes, by_line));
    }
    super::take(context, "agent-trace", found, args.how)
}

/// Adds a file, or the files of traces below a folder, in the order of their names. Links within a
/// folder are not followed.
fn gather(
    path: &Path,
    depth: usize,
    is_named: bool,
    files: &mut Vec<PathBuf>,
) -> Result<(), CliError> {
    let metadata = if is_named {
        fs::metadata(path)
    } else {
        fs::symlink_metadata(path)
    };
    let metadata = metadata.map_err(|error| unreadable(path, &error))?;
    if metadata.is_dir() && depth > 0 {
        let entries = fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
        let entries: Result<Vec<_>, _> = entries.map(|e| e.map(|e| e.path())).collect();
        let mut entries = entries.map_err(|error| unreadable(path, &error))?;
        entries.sort();
        for entry in entries {
            gather(&entry, depth - 1, false, files)?;
        }
    } else if metadata.is_file() {
        if is_named || has_extension(path, &["json", "jsonl", "ndjson"]) {
            files.push(path.to_owned());
        }
    } else if is_named {
        return Err(CliError::said(format!(
            "`{}` is neither a file nor a folder",
            path.display()
        )));
    }
    Ok(())
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}

fn unreadable(path: &Path, error: &std::io::Error) -> CliError {
    CliError::said(format!("cannot read `{}`: {error}", path.display()))
        .hint("name a file of traces, or a folder")
}
