//! `status`: what is pending for the next commit.

use std::collections::BTreeMap;
use std::io::Write as _;

use provenance_core::attest::{self, Recent};
use provenance_core::capture::{self, FileStatus, SessionStatus, Status};
use provenance_core::git::ObjectId;
use provenance_core::repo_path::RepoPath;
use serde::Serialize;

use super::doctor;
use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::names::{counted, grouped};
use crate::output::{Output, Style, safe};

/// What is pending for the next commit
///
/// Shows the agent sessions that were seen in this worktree, the lines that the next commit would
/// claim for them if everything were staged, and whether it will be recorded. Changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    answer: JsonArgs,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    head: Option<ObjectId>,
    recording: bool,
    sessions: Vec<Session>,
    skipped: u64,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON keys")]
struct Session {
    session: String,
    tool: String,
    model: Option<String>,
    prompts: u64,
    files: Vec<File>,
}

#[derive(Debug, Serialize)]
struct File {
    path: RepoPath,
    /// A file that is claimed as a whole counts 0 here.
    ai: u64,
    mixed: u64,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let status = capture::status(repo, context.clock().now())?;
    let recent = attest::recent(repo)?;
    let diagnosis = doctor::diagnose(context)?;
    let obstacle = diagnosis.obstacle().map(|check| check.message.clone());
    let mut files: BTreeMap<&str, Vec<&FileStatus>> = BTreeMap::new();
    for file in &status.files {
        files.entry(&file.session).or_default().push(file);
    }
    if args.answer.json {
        let sessions = status.sessions.iter().map(|session| Session {
            session: safe(&session.id).into_owned(),
            tool: safe(&session.tool.name).into_owned(),
            model: session
                .model
                .as_ref()
                .map(|model| safe(&model.id).into_owned()),
            prompts: session.prompts,
            files: files
                .get(session.id.as_str())
                .into_iter()
                .flatten()
                .map(|file| File {
                    path: file.path.clone(),
                    ai: file.ai.unwrap_or(0),
                    mixed: file.mixed,
                })
                .collect(),
        });
        context.output().json(&Document {
            schema_version: 1,
            head: repo.head()?.commit_id,
            recording: obstacle.is_none(),
            sessions: sessions.collect(),
            skipped: recent.skipped,
            notes: status.notes.iter().chain(&recent.codes).cloned().collect(),
        })?;
    } else {
        write(
            &mut context.output(),
            &status,
            &recent,
            &files,
            obstacle.as_deref(),
        )?;
    }
    Ok(Outcome::Yes)
}

fn write(
    out: &mut Output,
    status: &Status,
    recent: &Recent,
    files: &BTreeMap<&str, Vec<&FileStatus>>,
    obstacle: Option<&str>,
) -> Result<(), CliError> {
    let pending: Vec<&SessionStatus> = status
        .sessions
        .iter()
        .filter(|session| session.prompts > 0 || files.contains_key(session.id.as_str()))
        .collect();
    if pending.is_empty() {
        writeln!(out, "No agent has changed anything since the last commit.")?;
    }
    for session in pending {
        let model = session
            .model
            .as_ref()
            .map_or("model not observed", |m| m.id.as_str());
        let head = format!("{} · {model}", session.tool.name);
        let head = out.paint(Style::Heading, safe(&head)).to_string();
        writeln!(out, "{head}")?;
        let prompts = counted(session.prompts, "prompt");
        writeln!(out, "  session {}, {prompts}", safe(&session.id))?;
        for file in files.get(session.id.as_str()).into_iter().flatten() {
            let ai = match file.ai {
                Some(lines) => format!("+{} ai", grouped(lines)),
                None => "whole file ai".to_owned(),
            };
            let ai = out.paint(Style::Ai, format!("{ai:>12}")).to_string();
            let mixed = match file.mixed {
                0 => String::new(),
                lines => format!(" +{} mixed", grouped(lines)),
            };
            let mixed = out.paint(Style::Mixed, mixed).to_string();
            writeln!(out, "  {ai}{mixed}  {}", file.path)?;
        }
    }
    if status.open_shells > 0 {
        let commands = counted(status.open_shells, "command");
        writeln!(out, "{commands} of an agent began and did not end yet")?;
    }
    if status.damaged_lines > 0 {
        let lines = counted(status.damaged_lines, "line");
        writeln!(
            out,
            "{lines} of the journal cannot be read: git provenance doctor"
        )?;
    }
    if !status.notes.is_empty() {
        writeln!(out, "noticed: {}", safe(&status.notes.join(", ")))?;
    }
    if !recent.codes.is_empty() {
        writeln!(out, "noticed at HEAD: {}", safe(&recent.codes.join(", ")))?;
    }
    if recent.skipped > 0 {
        let commits = counted(recent.skipped, "commit");
        writeln!(
            out,
            "{commits} made with PROVENANCE=0 since the last record"
        )?;
    }
    match obstacle {
        None => writeln!(out, "The next commit is recorded.")?,
        Some(why) => {
            let text = out
                .paint(Style::Bad, "The next commit is NOT recorded")
                .to_string();
            writeln!(out, "{text}: {}", safe(why))?;
            let hint = out.paint(Style::Hint, "git provenance doctor").to_string();
            writeln!(out, "See what to do: {hint}")?;
        }
    }
    out.flush()?;
    Ok(())
}
