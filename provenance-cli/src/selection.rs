//! `Selection`: which commits and files a command is asked about, in Git's own words.
//!
//! `[range]` is Git's revision syntax, and what stands after `--` are pathspecs; Git itself
//! answers both. The filters are those of [`provenance_core::query`].

use std::collections::HashSet;
use std::ffi::OsString;

use provenance_core::attribute::{Catalog, LineKind};
use provenance_core::git::{GitError, ObjectId, Repo};
use provenance_core::query::{Filter, Pattern};
use provenance_core::record::Origin;
use provenance_core::text;
use provenance_core::verify::Verdict;
use provenance_hook::git_program::GitProgram;

use crate::context::Context;
use crate::error::CliError;

/// `[range] … -- <pathspec>…`
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct RangeArgs {
    /// Which commits, in Git's revision syntax: main..feature, v1.0.., ^main HEAD
    #[arg(value_name = "RANGE")]
    pub(crate) range: Vec<String>,

    /// Only what touches these paths
    #[arg(last = true, value_name = "PATHSPEC")]
    pub(crate) pathspec: Vec<OsString>,
}

/// Which commits a command is asked about.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    /// What was typed; `None` means the whole history of `HEAD`.
    pub(crate) typed: Option<String>,
    /// The commit at the end.
    pub(crate) head: ObjectId,
    /// The commits, newest first.
    pub(crate) commits: Vec<ObjectId>,
    /// All commits of what was typed, also those that touch none of the paths.
    pub(crate) range: Option<Vec<ObjectId>>,
}

impl RangeArgs {
    /// Asks Git which commits are meant.
    ///
    /// # Errors
    ///
    /// [`CliError`] where a revision is not known, or there is no commit yet.
    pub(crate) fn select(&self, context: &Context) -> Result<Selection, CliError> {
        let repo = context.repo()?;
        let typed = (!self.range.is_empty()).then(|| self.range.join(" "));
        // The whole range first: what Git says of a revision that it does not know is the best.
        let range = match &typed {
            Some(_) => Some(repo.range(&self.range)?),
            None => None,
        };
        let head = match &typed {
            Some(_) => end_of(context, repo, &self.range)?,
            None => head(repo)?,
        };
        let commits = match &range {
            Some(range) if self.pathspec.is_empty() => range.clone(),
            Some(_) => repo.range_of_paths(&self.range, &self.pathspec, Some(head))?,
            None => repo.range_of_paths(&[head.to_string()], &self.pathspec, Some(head))?,
        };
        Ok(Selection {
            typed,
            head,
            commits,
            range,
        })
    }

    /// Which commits are meant, in whatever order is found fastest; a catalog of commits helps.
    ///
    /// # Errors
    ///
    /// As for [`RangeArgs::select`].
    pub(crate) fn population(
        &self,
        context: &Context,
        repo: &Repo,
        catalog: &Catalog,
    ) -> Result<Selection, CliError> {
        if !self.range.is_empty() || !self.pathspec.is_empty() {
            return self.select(context);
        }
        let head = head(repo)?;
        Ok(Selection {
            typed: None,
            head,
            commits: catalog.history(repo, &[head])?,
            range: None,
        })
    }

    /// Asks Git which files of a commit the pathspecs mean; `None` where there are none.
    ///
    /// # Errors
    ///
    /// [`CliError`] where Git does not take the pathspecs.
    pub(crate) fn paths(
        &self,
        context: &Context,
        commit_id: ObjectId,
    ) -> Result<Option<HashSet<Vec<u8>>>, CliError> {
        if self.pathspec.is_empty() {
            return Ok(None);
        }
        let paths = context.repo()?.paths_at(commit_id, &self.pathspec)?;
        Ok(Some(paths))
    }
}

impl RangeArgs {
    /// Asks Git which paths the pathspecs mean in any commit of the range, or of the history of
    /// `head`; `None` where there are no pathspecs.
    ///
    /// # Errors
    ///
    /// [`CliError`] where Git does not take the pathspecs.
    pub(crate) fn paths_ever(
        &self,
        context: &Context,
        head: ObjectId,
    ) -> Result<Option<HashSet<Vec<u8>>>, CliError> {
        if self.pathspec.is_empty() {
            return Ok(None);
        }
        let repo = context.repo()?;
        let paths = if self.range.is_empty() {
            repo.paths_ever(&[head.to_string()], head, &self.pathspec)
        } else {
            repo.paths_ever(&self.range, head, &self.pathspec)
        };
        Ok(Some(paths?))
    }
}

/// Returns the commit of `HEAD`.
///
/// # Errors
///
/// [`CliError`] where there is none yet.
pub(crate) fn head(repo: &Repo) -> Result<ObjectId, CliError> {
    let head = repo.head()?;
    head.commit_id.ok_or_else(|| {
        let branch = head.ref_name.unwrap_or_else(|| "HEAD".to_owned());
        let branch = branch.strip_prefix("refs/heads/").unwrap_or(&branch);
        CliError::said(format!("the branch {branch} has no commits yet"))
            .hint("make a first commit, then ask again")
    })
}

/// The end of the last revision or range that is not excluded.
fn end_of(context: &Context, repo: &Repo, range: &[String]) -> Result<ObjectId, CliError> {
    let unknown = || {
        CliError::from(GitError::UnknownRevision {
            revision: text::escaped(&range.join(" ")).into_owned(),
        })
    };
    // Git took them as revisions already; an option would have been refused there.
    if range.iter().any(|revision| revision.starts_with('-')) {
        return Err(unknown());
    }
    let git = GitProgram::new(context.environment());
    for revision in range.iter().rev() {
        // Of `a..b` and `a...b` Git names `b` first; what is excluded has a `^`.
        let named = git.ask(&["rev-parse", "--revs-only", revision])?;
        let named = String::from_utf8_lossy(&named).into_owned();
        if let Some(end) = named.lines().find(|line| !line.starts_with('^')) {
            return Ok(repo.resolve(end)?);
        }
    }
    Err(unknown())
}

/// Which commits and lines are wanted.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    /// Committed at or after this date, in any form that Git takes
    #[arg(long, value_name = "DATE")]
    since: Option<String>,

    /// Committed at or before this date
    #[arg(long, value_name = "DATE")]
    until: Option<String>,

    /// Part of the author's name or address
    #[arg(long, value_name = "TEXT")]
    author: Vec<String>,

    /// The model, with or without its provider; * stands for anything
    #[arg(long, value_name = "NAME")]
    model: Vec<Pattern>,

    /// The agent's name, such as claude-code
    #[arg(long, value_name = "NAME")]
    tool: Vec<Pattern>,

    /// The session's id
    #[arg(long, value_name = "ID")]
    session: Vec<Pattern>,

    /// The human who accepted the change
    #[arg(long, value_name = "ID")]
    approver: Vec<Pattern>,

    /// Only what no believed record names an approver for
    #[arg(long)]
    unapproved: bool,

    /// How it came to be known: witnessed, declared, imported, inferred
    #[arg(long, value_name = "ORIGIN", value_parser = word::<Origin>)]
    origin: Vec<Origin>,

    /// What is believed: verified, carried, untrusted, invalid, missing, unattested
    #[arg(long, value_name = "VERDICT", value_parser = word::<Verdict>)]
    verdict: Vec<Verdict>,

    /// Whose the lines are: ai, mixed, human, unattested
    #[arg(long, value_name = "KIND", value_parser = word::<LineKind>)]
    kind: Vec<LineKind>,
}

impl FilterArgs {
    /// Returns the filter; Git reads the dates.
    ///
    /// # Errors
    ///
    /// [`CliError`] where Git cannot be asked.
    pub(crate) fn filter(&self, context: &Context) -> Result<Filter, CliError> {
        Ok(Filter {
            since: date(context, "--since", self.since.as_deref())?,
            until: date(context, "--until", self.until.as_deref())?,
            authors: self.author.clone(),
            models: self.model.clone(),
            tools: self.tool.clone(),
            sessions: self.session.clone(),
            approvers: self.approver.clone(),
            unapproved: self.unapproved,
            origins: self.origin.clone(),
            verdicts: self.verdict.clone(),
            kinds: self.kind.clone(),
        })
    }
}

/// Reads a date as Git does: `git rev-parse --since=…` prints it in seconds.
fn date(context: &Context, option: &str, typed: Option<&str>) -> Result<Option<i64>, CliError> {
    let Some(typed) = typed else {
        return Ok(None);
    };
    let git = GitProgram::new(context.environment());
    let answer = git.ask(&["rev-parse".to_owned(), format!("{option}={typed}")])?;
    let answer = String::from_utf8_lossy(&answer);
    let seconds = answer
        .split_once('=')
        .and_then(|(_, s)| s.trim().parse().ok());
    match seconds {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(CliError::said(format!("`{typed}` is not a date"))
            .hint("write it as 2026-11-20, or as `2 weeks ago`")),
    }
}

/// Reads a word of a fixed list, spelled as in JSON.
fn word<T: serde::de::DeserializeOwned>(typed: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(typed.to_owned())).map_err(|error| {
        let said = error.to_string();
        match said.split_once("expected one of ") {
            Some((_, words)) => format!("expected one of {words}"),
            None => said,
        }
    })
}
