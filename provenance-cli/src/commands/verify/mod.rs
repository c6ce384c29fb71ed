//! `verify`: can the trail be believed?
//!
//! # What is not checked
//!
//! Whether what a record says is true, and whether it is allowed.

mod opening;
mod text;

pub(in crate::commands) use text::style;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use provenance_core::attribute::CommitFacts;
use provenance_core::git::{ObjectId, Repo};
use provenance_core::trust::Trust;
use provenance_core::verify::{Judgement, Reason, Verdict, Verifier};
use serde::Serialize;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::safe;
use crate::progress::Progress;
use crate::selection::{self, RangeArgs};

/// Can the trail be believed?
///
/// Judges each commit of the range: the signature, the commit that it is about, the pin in its
/// message, and the key's owner. Without a range: what is not upstream yet, else everything since
/// records began here. Exits with 0 only when at least one commit counts, and every one that
/// counts is verified or carried. Commits from before records began count only when somebody made
/// a record of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    range: RangeArgs,

    #[command(flatten)]
    answer: JsonArgs,

    /// Check what somebody reveals of a prompt context: a file that `show --open --json` printed
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    opening: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    range: Option<String>,
    counts: BTreeMap<&'static str, usize>,
    commits: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    commit: ObjectId,
    verdict: Verdict,
    record: Option<String>,
    signer: Option<String>,
    principal: Option<String>,
    reasons: Vec<Reason>,
}

/// What was found about a range.
#[derive(Debug)]
pub(super) struct Findings {
    /// What was looked at, in Git's words.
    pub(super) range: String,
    /// Whether records were ever begun here.
    pub(super) is_adopted: bool,
    /// The commits that count, newest first.
    pub(super) judgements: Vec<Judgement>,
    /// How many commits are from before records began.
    pub(super) excused: usize,
    /// The commits whose parents are not here.
    pub(super) boundary: Vec<ObjectId>,
}

impl Findings {
    fn count(&self, verdict: Verdict) -> usize {
        let judgements = self.judgements.iter();
        judgements
            .filter(|judgement| judgement.verdict == verdict)
            .count()
    }

    /// Answers whether every commit that counts is believed, and at least one counts.
    fn is_believed(&self) -> bool {
        let mut judgements = self.judgements.iter();
        !self.judgements.is_empty() && judgements.all(|judgement| judgement.verdict.is_believed())
    }

    /// Answers whether anything here was ever recorded, as far as can be seen.
    fn saw_init(&self) -> bool {
        let mut judgements = self.judgements.iter();
        self.is_adopted || judgements.any(|judgement| judgement.verdict != Verdict::Unattested)
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    if let Some(file) = &args.opening {
        return opening::run(context, args, file);
    }
    let findings = find(context, args)?;
    if args.answer.json {
        context.output().json(&document(&findings))?;
    } else {
        text::write(&mut context.paged(), &findings)?;
    }
    if findings.saw_init() && !findings.boundary.is_empty() {
        let commits = findings.boundary.len();
        return Err(CliError::said(format!(
            "the history is not complete: the parents of {commits} commits of the range are not here"
        ))
        .hint("git fetch --unshallow"));
    }
    Ok(Outcome::from(findings.is_believed()))
}

fn find(context: &Context, args: &Args) -> Result<Findings, CliError> {
    let repo = context.repo()?;
    let verifier = Verifier::open(repo)?;
    let adopted_at = adopted_at(repo, verifier.trust())?;
    let before: HashSet<ObjectId> = if adopted_at.is_empty() {
        HashSet::new()
    } else {
        repo.range(&adopted_at)?.into_iter().collect()
    };
    let (range, commits) = if args.range.range.is_empty() {
        default_range(context, repo, &args.range, &adopted_at)?
    } else {
        let selection = args.range.select(context)?;
        (selection.typed.unwrap_or_default(), selection.commits)
    };
    let mut findings = Findings {
        range,
        is_adopted: verifier.trust().is_some(),
        judgements: Vec::new(),
        excused: 0,
        boundary: Vec::new(),
    };
    let progress = Progress::new("verifying");
    for (done, commit_id) in commits.iter().enumerate() {
        progress.tell(done, commits.len());
        // Not the verifier alone: it cannot answer at the edge of a history that is not whole.
        let facts = CommitFacts::read(repo, &verifier, *commit_id)?;
        let judgement = facts.judgement;
        if judgement.verdict == Verdict::Unattested && before.contains(commit_id) {
            findings.excused += 1;
            continue;
        }
        if !facts.is_whole {
            findings.boundary.push(*commit_id);
        }
        findings.judgements.push(judgement);
    }
    Ok(findings)
}

/// The commits at which records began, those that are here.
fn adopted_at(repo: &Repo, trust: Option<&Trust>) -> Result<Vec<String>, CliError> {
    let mut here = Vec::new();
    for commit_id in trust.map_or(&[][..], Trust::adopted_at) {
        if repo.has_object(*commit_id)? {
            here.push(commit_id.to_string());
        }
    }
    Ok(here)
}

/// What is not upstream yet; where there is nothing, what came since records began.
fn default_range(
    context: &Context,
    repo: &Repo,
    range: &RangeArgs,
    adopted_at: &[String],
) -> Result<(String, Vec<ObjectId>), CliError> {
    if repo.resolve("@{upstream}").is_ok() {
        let upstream = RangeArgs {
            range: vec!["@{upstream}..HEAD".to_owned()],
            pathspec: range.pathspec.clone(),
        };
        let selection = upstream.select(context)?;
        if !selection.commits.is_empty() {
            return Ok(("@{upstream}..HEAD".to_owned(), selection.commits));
        }
    }
    let head = selection::head(repo)?;
    let mut revisions = vec![head.to_string()];
    revisions.extend(adopted_at.iter().map(|commit_id| format!("^{commit_id}")));
    let commits = repo.range_of_paths(&revisions, &range.pathspec, None)?;
    let shown = match adopted_at {
        [] => "HEAD".to_owned(),
        [one] => format!("{one}..HEAD"),
        _ => revisions.join(" "),
    };
    Ok((shown, commits))
}

fn document(findings: &Findings) -> Document {
    let counts = Verdict::ALL.map(|verdict| (verdict.as_str(), findings.count(verdict)));
    Document {
        schema_version: 1,
        range: Some(safe(&findings.range).into_owned()),
        counts: counts.into_iter().collect(),
        commits: findings.judgements.iter().map(entry).collect(),
    }
}

fn entry(judgement: &Judgement) -> Entry {
    Entry {
        commit: judgement.commit_id,
        verdict: judgement.verdict,
        record: judgement.record_id.map(|id| id.to_string()),
        signer: judgement
            .signer
            .as_ref()
            .map(|key| safe(key.as_str()).into_owned()),
        principal: judgement
            .principal
            .as_deref()
            .map(|id| safe(id).into_owned()),
        reasons: judgement.reasons.clone(),
    }
}
