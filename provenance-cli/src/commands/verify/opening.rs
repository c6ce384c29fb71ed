//! `verify --opening FILE`: whether what somebody reveals is what the model was given.
//!
//! Takes what `show --open --json` printed, on whatever machine, and holds it against the
//! commitments of believed records.
//!
//! # What is not checked
//!
//! Prompts whose text is not revealed: their salted digests are in the commitment, nothing more.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use provenance_core::attribute::CommitFacts;
use provenance_core::capture::{Opened, Opening};
use provenance_core::digest::Digest;
use provenance_core::git::ObjectId;
use provenance_core::verify::Verifier;
use serde_json::Value;

use super::Args;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::names::{counted, short_digests};
use crate::output::{Style, safe};

/// The most bytes of a file of openings.
const MAX_BYTES: u64 = 64 << 20;

/// Checks every opening of a file; the answer is no where one fits no believed record.
pub(super) fn run(context: &Context, args: &Args, file: &Path) -> Result<Outcome, CliError> {
    let openings = read(&context.environment().current_dir().join(file))?;
    let repo = context.repo()?;
    let verifier = Verifier::open(repo)?;
    let mut known: Vec<(Digest, ObjectId)> = Vec::new();
    for commit_id in args.range.select(context)?.commits {
        let facts = CommitFacts::read(repo, &verifier, commit_id)?;
        for evidence in &facts.judgement.evidence {
            for contribution in &evidence.authoring.get().contributions {
                let commitment = contribution.prompt_context.as_ref().map(|c| c.commitment);
                known.extend(commitment.map(|commitment| (commitment, commit_id)));
            }
        }
    }
    let mut out = context.output();
    let mut all_fit = !openings.is_empty();
    for opening in &openings {
        let of_commit = known.iter().find(|(known, _)| *known == opening.commitment);
        let shown = short_digests(&opening.commitment.to_string());
        let (style, text) = match (opening.check(opening.commitment), of_commit) {
            (Opened::Matches, Some((_, commit_id))) => {
                let parts = counted(opening.parts.len() as u64, "part");
                (
                    Style::Good,
                    format!(
                        "opens what commit {} commits to: {parts}",
                        commit_id.short()
                    ),
                )
            }
            (Opened::Matches, None) => (
                Style::Bad,
                "no believed record of these commits commits to it".to_owned(),
            ),
            (Opened::OtherPart(number), _) => (
                Style::Bad,
                format!("part {} is not what was committed to", number + 1),
            ),
            _ => (
                Style::Bad,
                "DOES NOT OPEN: salt and parts give another commitment".to_owned(),
            ),
        };
        all_fit &= style == Style::Good;
        let text = out.paint(style, text).to_string();
        writeln!(out, "{shown} {text}")?;
    }
    if openings.is_empty() {
        writeln!(out, "{} reveals nothing", safe(&file.display().to_string()))?;
    }
    out.flush()?;
    Ok(Outcome::from(all_fit))
}

/// Reads what `show --open --json` printed, or one opening alone.
fn read(file: &Path) -> Result<Vec<Opening>, CliError> {
    let wrong = |what: &str| {
        CliError::said(format!("{} {what}", file.display()))
            .hint("make one with: git provenance show REV --open --json")
    };
    if fs::metadata(file)?.len() > MAX_BYTES {
        return Err(wrong("is too large for a file of openings"));
    }
    let document: Value =
        serde_json::from_slice(&fs::read(file)?).map_err(|_| wrong("is not JSON"))?;
    let openings: Vec<Value> = match document.get("openings").and_then(Value::as_array) {
        Some(checked) => checked
            .iter()
            .filter_map(|checked| checked.get("opening").cloned())
            .filter(|opening| !opening.is_null())
            .collect(),
        None => vec![document],
    };
    let openings = openings.into_iter().map(serde_json::from_value::<Opening>);
    openings
        .collect::<Result<_, _>>()
        .map_err(|_| wrong("holds something that is no opening"))
}
