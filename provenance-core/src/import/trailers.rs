//! Trailers, authors and other lines that tools leave in commits, by the rules of
//! [`infer`](crate::infer).
//!
//! A commit that rules take for an AI's gets a record that claims all that it adds: as the AI's, or
//! as mixed where others are named too, because nobody can tell which lines are whose. Its origin
//! is `inferred`, and each contribution names its rule and the very line.
//!
//! # Invariants
//!
//! - Programs that are no AI are not found: of their lines nothing is claimed.
//! - A commit that has a record of another origin, or whose message pins one, is refused: that
//!   record knows which lines are whose, and a claim of everything would cover it.
//! - What is only a hint (confidence `low`) is refused: nobody should sign it.
//!
//! # What is not checked
//!
//! Who wrote the message. The record is its signer's word that the line stood there.

use super::{Contribution, Found, ImportError, NOT_SAID, Refusal, Said, contribution, paths};
use crate::digest::Digest;
use crate::git::trailer::{Pins, pins};
use crate::git::{GitError, RawCommit, Repo};
use crate::infer::{Confidence, Finding, Inference, InferredKind, Rules};
use crate::object_id::ObjectId;
use crate::record::{ClaimPath, Concluded, Extent, FileClaim, Origin, WholeCommit};
use crate::repo_path::RepoPath;
use crate::store::Notes;

/// The name of the format, in the digest of a source.
const FORMAT: &[u8] = b"trailers";

/// Finds the commits that rules take for an AI's.
///
/// # Errors
///
/// [`ImportError::Git`] and [`ImportError::Store`] when a commit or a note cannot be read.
pub fn find(
    repo: &Repo,
    rules: &Rules,
    commits: &[ObjectId],
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<Found>, ImportError> {
    let notes = Notes::with_inboxes(repo, &repo.config()?.settings()?.notes_ref)?;
    let mut found = Vec::new();
    for (number, commit_id) in commits.iter().enumerate() {
        progress(number, commits.len());
        let commit = match repo.commit(*commit_id) {
            Ok(commit) => commit,
            // It is found again, and said, wherever commits are judged.
            Err(GitError::MalformedCommit { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        let Some(inference) = rules.infer(&commit) else {
            continue;
        };
        if inference.kind == InferredKind::Automation {
            continue;
        }
        let rule = inference.leading().map(|finding| finding.rule.as_str());
        found.push(Found {
            place: format!(
                "commit {commit_id}, rule {}",
                paths::quoted(rule.unwrap_or_default())
            ),
            said: said(repo, &notes, &commit, inference)?,
        });
    }
    Ok(found)
}

fn said(
    repo: &Repo,
    notes: &Notes<'_>,
    commit: &RawCommit,
    inference: Inference,
) -> Result<Result<Said, Refusal>, ImportError> {
    if is_recorded(notes, commit)? {
        return Ok(Err(Refusal::AlreadyRecorded));
    }
    let mut findings = inference.findings;
    findings.retain(|finding| finding.confidence != Confidence::Low);
    if findings.is_empty() {
        return Ok(Err(Refusal::LowConfidence));
    }
    let files = if inference.kind == InferredKind::Ai {
        None
    } else {
        match mixed_files(repo, commit) {
            Ok(files) => Some(files),
            Err(GitError::MissingObject { .. }) => return Ok(Err(Refusal::Incomplete)),
            Err(error) => return Err(error.into()),
        }
    };
    let mut parts = vec![FORMAT.to_vec(), inference.kind.as_str().as_bytes().to_vec()];
    let mut contributions = Vec::new();
    for finding in findings {
        let model = finding.model.as_ref().map(|model| model.id.as_str());
        for part in [
            finding.rule.as_str(),
            finding.confidence.as_str(),
            finding.tool.as_deref().unwrap_or_default(),
            model.unwrap_or_default(),
            finding.session.as_deref().unwrap_or_default(),
            finding.evidence.as_str(),
        ] {
            parts.push(part.as_bytes().to_vec());
        }
        contributions.push(contributed(finding, files.as_deref()));
    }
    Ok(Ok(Said {
        commit_id: commit.id,
        source: Digest::of_parts(parts.iter().map(Vec::as_slice)),
        origin: Origin::Inferred,
        contributions,
        human_lines: 0,
    }))
}

/// What one tool gave: everything, or its part in `files`.
fn contributed(finding: Finding, files: Option<&[FileClaim]>) -> Contribution {
    let mut one = contribution(
        finding.tool.unwrap_or_else(|| NOT_SAID.to_owned()),
        finding.model,
        None,
        finding.session.unwrap_or_else(|| NOT_SAID.to_owned()),
    );
    match files {
        None => one.extent = Some(WholeCommit::Commit),
        Some(files) => one.files = files.to_vec(),
    }
    one.inferred = Some(Concluded {
        rule: finding.rule,
        confidence: finding.confidence,
        evidence: finding.evidence,
    });
    one
}

/// Every file to which the commit adds, as mixed. A name that no record can hold stays nobody's.
fn mixed_files(repo: &Repo, commit: &RawCommit) -> Result<Vec<FileClaim>, GitError> {
    let added = repo.commit_added_lines(commit)?.into_iter();
    let paths = added.filter_map(|file| RepoPath::new(file.path).ok());
    let mut files: Vec<FileClaim> = paths
        .map(|path| FileClaim {
            path: ClaimPath::File(path),
            sha256: None,
            tree: None,
            ai: Extent::default(),
            mixed: Extent::All,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Answers whether the commit names a record, or its note has one that was not inferred.
fn is_recorded(notes: &Notes<'_>, commit: &RawCommit) -> Result<bool, ImportError> {
    if pins(&commit.message) != Pins::Listed(Vec::new()) {
        return Ok(true);
    }
    let said = notes.hearsay(commit.id)?;
    Ok(said.iter().any(|said| {
        let authoring = said.statement.authoring();
        authoring.is_ok_and(|authoring| authoring.origin != Origin::Inferred)
    }))
}
