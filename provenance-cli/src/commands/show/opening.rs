//! `show --open`: what the model was given, as far as this clone kept it, checked against the
//! commitments of the records.
//!
//! # What is not checked
//!
//! The text of prompts that was not kept: its salted digest is in the commitment, and whoever has
//! the text can compare.

use std::io::Write as _;

use provenance_core::capture::{Opened, Opening};
use provenance_core::digest::Digest;
use provenance_core::git::Repo;
use serde::Serialize;

use super::Shown;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::{Output, Style, safe};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    openings: Vec<Checked>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    commitment: Digest,
    /// Whether what is revealed is what was committed to.
    matches: bool,
    opening: Option<Opening>,
}

/// Reveals the openings of a commit's records; the answer is no where one is not here or does not
/// fit.
pub(super) fn run(
    context: &Context,
    repo: &Repo,
    shown: &Shown,
    json: bool,
) -> Result<Outcome, CliError> {
    let mut openings: Vec<Checked> = Vec::new();
    for record in &shown.records {
        for contribution in record
            .authoring()
            .map(|a| a.contributions)
            .unwrap_or_default()
        {
            let Some(context) = contribution.prompt_context else {
                continue;
            };
            let commitment = context.commitment;
            if openings.iter().any(|known| known.commitment == commitment) {
                continue;
            }
            let opening = Opening::find(repo.common_dir(), commitment)?;
            openings.push(Checked {
                commitment,
                matches: opening
                    .as_ref()
                    .is_some_and(|opening| opening.check(commitment) == Opened::Matches),
                opening,
            });
        }
    }
    let all_match = !openings.is_empty() && openings.iter().all(|checked| checked.matches);
    if json {
        context.output().json(&Document {
            schema_version: 1,
            openings,
        })?;
    } else {
        write(&mut context.paged(), &openings)?;
    }
    Ok(Outcome::from(all_match))
}

fn write(out: &mut Output, openings: &[Checked]) -> Result<(), CliError> {
    if openings.is_empty() {
        writeln!(out, "No record of this commit commits to a prompt context.")?;
    }
    for checked in openings {
        writeln!(out, "{}", checked.commitment)?;
        let Some(opening) = &checked.opening else {
            let text = out
                .paint(Style::Warning, "no opening is kept here")
                .to_string();
            writeln!(out, "  {text}: ask whoever made the commit")?;
            continue;
        };
        let text = if checked.matches {
            out.paint(Style::Good, "opens: salt and parts give this commitment")
        } else {
            out.paint(Style::Bad, "DOES NOT OPEN: salt and parts give another one")
        };
        let text = text.to_string();
        writeln!(out, "  {text}")?;
        writeln!(out, "  session  {}", safe(&opening.session))?;
        writeln!(out, "  salt     {}", opening.salt.to_hex())?;
        for (number, part) in opening.parts.iter().enumerate() {
            let name = safe(&part.name);
            writeln!(out, "  {:>3} {} {name}", number + 1, safe(&part.kind))?;
            writeln!(out, "      {}", part.digest)?;
            if let Some(text) = &part.text {
                for line in text.lines() {
                    writeln!(out, "      > {}", safe(line))?;
                }
            }
        }
    }
    out.flush()?;
    Ok(())
}
