//! The face of `verify` for people.

use std::io::{self, Write as _};

use provenance_core::verify::{Judgement, Verdict};

use super::Findings;
use crate::names::{counted, short_digests, wrapped};
use crate::output::{Output, Style, safe};

/// Beyond these, commits with the same verdict are only counted.
const MAX_SHOWN: usize = 50;
/// How many characters a row may have, and where its text begins.
const WIDTH: usize = 80;
const INDENT: usize = 21;

/// Writes the counts, then each commit that is not believed, with its reasons and the way out.
pub(super) fn write(out: &mut Output, findings: &Findings) -> io::Result<()> {
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .map(|verdict| (verdict, findings.count(verdict)))
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| {
            out.paint(style(verdict), format!("{verdict} {count}"))
                .to_string()
        })
        .collect();
    if !counts.is_empty() {
        writeln!(out, "{}", counts.join("   "))?;
    }
    for verdict in [
        Verdict::Invalid,
        Verdict::Missing,
        Verdict::Untrusted,
        Verdict::Unattested,
    ] {
        let mut of_verdict = findings.judgements.iter().filter(|j| j.verdict == verdict);
        for (index, judgement) in of_verdict.by_ref().take(MAX_SHOWN).enumerate() {
            if index == 0 {
                writeln!(out)?;
            }
            commit(out, judgement)?;
        }
        let more = of_verdict.count();
        if more > 0 {
            writeln!(out, "{:<12}and {more} more; see --json", "")?;
        }
    }
    conclude(out, findings)?;
    out.flush()
}

fn commit(out: &mut Output, judgement: &Judgement) -> io::Result<()> {
    let word = format!("{:<11}", judgement.verdict.as_str());
    let word = out.paint(style(judgement.verdict), word).to_string();
    let short = judgement.commit_id.short();
    let reasons: Vec<&str> = judgement
        .reasons
        .iter()
        .map(|r| r.message.as_str())
        .collect();
    let reasons = match (reasons.as_slice(), judgement.verdict) {
        ([], Verdict::Unattested) => vec!["no record, and its message names none"],
        ([], _) => vec!["not believed"],
        _ => reasons,
    };
    for (index, reason) in reasons.into_iter().enumerate() {
        // The way out stands after the semicolon, by rule of the house.
        let reason = short_digests(&safe(reason));
        let (what, way_out) = reason.split_once("; ").unwrap_or((&reason, ""));
        let mut rows = wrapped(what, WIDTH - INDENT);
        if !way_out.is_empty() {
            rows.extend(wrapped(way_out, WIDTH - INDENT));
        }
        for (row, text) in rows.into_iter().enumerate() {
            if (index, row) == (0, 0) {
                writeln!(out, "{word} {short}  {text}")?;
            } else {
                writeln!(out, "{:INDENT$}{text}", "")?;
            }
        }
    }
    Ok(())
}

fn conclude(out: &mut Output, findings: &Findings) -> io::Result<()> {
    let range = safe(&findings.range).into_owned();
    if findings.excused > 0 {
        let commits = counted(findings.excused as u64, "commit");
        writeln!(out, "\n{commits} from before records began: not counted")?;
    }
    if !findings.is_adopted {
        writeln!(
            out,
            "\nThis repository never saw `git provenance init`: nobody is trusted here."
        )?;
        let hint = out.paint(Style::Hint, "git provenance init").to_string();
        writeln!(out, "Begin with: {hint}")?;
    } else if findings.judgements.is_empty() {
        writeln!(
            out,
            "\nNothing to verify in {range}: no commit of it counts."
        )?;
        let hint = out.paint(Style::Hint, "git provenance verify main~20..main");
        let hint = hint.to_string();
        writeln!(out, "Name a range with commits since records began: {hint}")?;
    }
    Ok(())
}

/// How a verdict is painted.
pub(in crate::commands) const fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Verified | Verdict::Carried => Style::Good,
        Verdict::Untrusted => Style::Warning,
        Verdict::Invalid | Verdict::Missing => Style::Bad,
        Verdict::Unattested => Style::Unattested,
    }
}
