//! `doctor`: everything that can silently go wrong, and how to mend it.
//!
//! Each file here looks at one part and gives [`Check`]s; this one asks them in order and tells.
//! A check changes nothing.

mod agents;
mod belief;
mod events;
mod hooks;
mod last_commit;
mod program;
mod repository;
mod signing;
mod state;
mod storage;

use std::io::Write as _;

use provenance_core::git::GitError;
use provenance_hook::install::Site;
use serde::Serialize;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::{CliError, with_way_out};
use crate::exit::Outcome;
use crate::output::{Style, safe};

/// Check everything that can silently go wrong
///
/// Prints one line a check: `ok`, or what is wrong and what to type. The last line says whether
/// the next commit will be recorded. Exits with 1 when something is broken.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    answer: JsonArgs,

    /// Forget the failures of hooks that were kept so far
    #[arg(long)]
    forget: bool,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// As it should be.
    Ok,
    /// Not broken, but worth knowing.
    Note,
    /// Broken; commits are still recorded.
    Broken,
    /// Broken, and the next commit will not be recorded.
    Blocking,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    /// What was looked at.
    #[serde(rename = "check")]
    name: &'static str,
    status: Status,
    /// What was found.
    pub(crate) message: String,
    /// What to type.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Check {
    fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, message, None)
    }

    fn note(name: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self::new(name, Status::Note, message, Some(fix))
    }

    fn broken(name: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self::new(name, Status::Broken, message, Some(fix))
    }

    fn blocking(name: &'static str, message: impl Into<String>, fix: &str) -> Self {
        Self::new(name, Status::Blocking, message, Some(fix))
    }

    /// Makes a check of an error of the library, whose message ends with the way out.
    fn error(
        name: &'static str,
        status: Status,
        error: &(dyn std::error::Error + 'static),
    ) -> Self {
        let (messages, fix) = with_way_out(error);
        Self::new(name, status, messages.join(": "), fix.as_deref())
    }

    fn new(
        name: &'static str,
        status: Status,
        message: impl Into<String>,
        fix: Option<&str>,
    ) -> Self {
        Self {
            name,
            status,
            message: safe(&message.into()).into_owned(),
            fix: fix.map(|fix| safe(fix).into_owned()),
        }
    }
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(crate) struct Diagnosis {
    checks: Vec<Check>,
}

impl Diagnosis {
    /// Returns the first thing that keeps the next commit from being recorded.
    pub(crate) fn obstacle(&self) -> Option<&Check> {
        self.checks
            .iter()
            .find(|check| check.status == Status::Blocking)
    }

    fn is_healthy(&self) -> bool {
        !self
            .checks
            .iter()
            .any(|check| check.status >= Status::Broken)
    }
}

/// The document that `--json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    healthy: bool,
    next_commit_recorded: bool,
    checks: &'a [Check],
}

/// Looks at everything.
///
/// # Errors
///
/// [`CliError`] where there is no repository to look at.
pub(crate) fn diagnose(context: &Context) -> Result<Diagnosis, CliError> {
    let environment = context.environment();
    let mut checks = vec![program::git(environment)];
    let repo = match provenance_core::git::Repo::open(&context.location()) {
        Ok(repo) => repo,
        Err(error @ GitError::NotARepository { .. }) => return Err(error.into()),
        Err(error) => {
            checks.push(Check::error("repository", Status::Blocking, &error));
            return Ok(Diagnosis { checks });
        }
    };
    let site = match Site::find(&repo, environment) {
        Ok(site) => site,
        Err(error) => {
            checks.push(Check::error("repository", Status::Blocking, &error));
            return Ok(Diagnosis { checks });
        }
    };
    checks.extend(repository::checks(&repo));
    checks.extend(program::checks(&site, environment));
    checks.extend(hooks::checks(&site, environment));
    checks.push(signing::check(&repo, environment));
    checks.push(belief::check(&repo, environment));
    checks.extend(storage::checks(&repo, context.clock().now()));
    checks.extend(last_commit::check(&repo, &site));
    checks.extend(agents::checks(&site, environment));
    checks.extend(state::checks(&repo, &site, environment));
    Ok(Diagnosis { checks })
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    if args.forget {
        state::forget(context.repo()?)?;
    }
    let mut diagnosis = diagnose(context)?;
    if let Ok(repo) = context.repo() {
        let check = events::check(repo, context.clock().now());
        diagnosis.checks.push(check);
    }
    let outcome = Outcome::from(diagnosis.is_healthy());
    if args.answer.json {
        context.output().json(&Document {
            schema_version: 1,
            healthy: diagnosis.is_healthy(),
            next_commit_recorded: diagnosis.obstacle().is_none(),
            checks: &diagnosis.checks,
        })?;
        return Ok(outcome);
    }
    let mut out = context.paged();
    for check in &diagnosis.checks {
        let (word, style) = match check.status {
            Status::Ok => ("ok", Style::Good),
            Status::Note => ("note", Style::Warning),
            Status::Broken | Status::Blocking => ("BROKEN", Style::Bad),
        };
        let word = out.paint(style, format!("{word:<7}")).to_string();
        writeln!(out, "{word} {:<12} {}", check.name, safe(&check.message))?;
        if let Some(fix) = &check.fix {
            let fix = out.paint(Style::Hint, safe(fix)).to_string();
            writeln!(out, "{:21}{fix}", "")?;
        }
    }
    match diagnosis.obstacle() {
        None => writeln!(out, "The next commit will be recorded.")?,
        Some(obstacle) => writeln!(
            out,
            "The next commit will NOT be recorded: {}",
            safe(&obstacle.message)
        )?,
    }
    out.flush()?;
    Ok(outcome)
}
