//! The face of `show` for people.

use std::io::{self, Write as _};

use provenance_core::attribute::{AddedFile, LineKind};
use provenance_core::capture::Opening;
use provenance_core::git::Repo;
use provenance_core::record::{Authoring, CommittedBy, Contribution, Remainder};
use provenance_core::repo_path::RepoPath;
use provenance_core::verify::Verdict;

use super::Shown;
use super::record::Record;
use crate::commands::verify;
use crate::dates::DateFormat;
use crate::error::CliError;
use crate::names::{counted, grouped};
use crate::output::{Output, Style, safe};

/// The widest that a file's name may become before its counts go below it.
const MAX_PATH: usize = 50;

/// Writes everything.
pub(super) fn write(
    out: &mut Output,
    repo: &Repo,
    shown: &Shown,
    date: DateFormat,
) -> Result<(), CliError> {
    let facts = &shown.facts;
    let judgement = &facts.judgement;
    row(
        out,
        "commit",
        &format!("{} {}", facts.commit_id.short(), facts.title),
    )?;
    let moment = date.show(facts.author_moment);
    row(out, "author", &format!("{}  {moment}", facts.author))?;
    let verdict = out.paint(verify::style(judgement.verdict), judgement.verdict);
    let verdict = verdict.to_string();
    let pinned = match (judgement.pins.len(), judgement.record_id) {
        (0, _) => "not pinned in the message",
        (_, Some(id)) if judgement.pins.contains(&id) => "pinned in the commit",
        _ => "the message pins another record",
    };
    writeln!(out, "{:<9}{verdict}, {pinned}", "verdict")?;
    for reason in &judgement.reasons {
        row(out, "reason", &reason.message)?;
    }
    for record in &shown.records {
        write_record(out, repo, shown, record)?;
    }
    if shown.records.is_empty() {
        row(out, "record", "none")?;
    }
    if shown.others > 0 {
        let lines = counted(shown.others as u64, "line");
        row(out, "note", &format!("{lines} that are no records"))?;
    }
    if judgement.verdict.is_believed() && !shown.files.is_empty() {
        writeln!(out)?;
        files(out, &shown.files)?;
    }
    out.flush()?;
    Ok(())
}

fn row(out: &mut Output, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "{label:<9}{}", safe(text))
}

fn write_record(
    out: &mut Output,
    repo: &Repo,
    shown: &Shown,
    record: &Record,
) -> Result<(), CliError> {
    let is_the_one = shown.facts.judgement.record_id == Some(record.id);
    writeln!(out)?;
    row(out, "record", &record.id.to_string())?;
    if !is_the_one || shown.records.len() > 1 {
        let verdict = out.paint(verify::style(record.verdict), record.verdict);
        let verdict = verdict.to_string();
        let what = if is_the_one {
            "the verdict rests on it"
        } else {
            "also in the note"
        };
        writeln!(out, "{:<9}{verdict}, {what}", "")?;
    }
    if let Some(signer) = &record.signer {
        let who = record
            .principal
            .as_deref()
            .unwrap_or("nobody that is trusted here");
        let says = if record.verdict == Verdict::Invalid {
            "says it is by "
        } else {
            ""
        };
        row(out, "signer", &format!("{says}{who} ({})", signer.as_str()))?;
    }
    let Some(authoring) = record.authoring() else {
        row(out, "kind", record.statement.predicate_type())?;
        return Ok(());
    };
    if !record.verdict.is_believed() {
        let text = "what follows is claimed, and NOT believed";
        let text = out.paint(Style::Bad, text).to_string();
        writeln!(out, "{:<9}{text}", "")?;
    }
    about(out, &authoring)?;
    for contribution in &authoring.contributions {
        contributed(out, repo, contribution)?;
    }
    Ok(())
}

fn about(out: &mut Output, authoring: &Authoring) -> io::Result<()> {
    let committed = match authoring.committed_by {
        CommittedBy::Human => "a human committed",
        CommittedBy::Agent => "an agent committed",
    };
    let accepted = match &authoring.approver {
        Some(approver) => format!("{approver} accepted; {committed}"),
        None => format!("nobody; {committed}"),
    };
    row(out, "approver", &accepted)?;
    let origin = serde_json::to_value(authoring.origin).unwrap_or_default();
    let rest = match authoring.remainder {
        Remainder::Human => "the rest is a human's",
        Remainder::Unknown => "whose the rest is, is not known",
    };
    let origin = origin.as_str().unwrap_or_default();
    let at = authoring.recorded_at;
    row(out, "origin", &format!("{origin} {at}; {rest}"))?;
    if !authoring.capture.is_empty() {
        row(out, "noticed", &authoring.capture.join(", "))?;
    }
    if let Some(skipped) = authoring.skipped {
        let commits = counted(skipped, "commit");
        row(
            out,
            "skipped",
            &format!("{commits} before it, with PROVENANCE=0"),
        )?;
    }
    for derived in &authoring.derived_from {
        let relation = serde_json::to_value(derived.relation).unwrap_or_default();
        let relation = relation.as_str().unwrap_or_default();
        row(
            out,
            "from",
            &format!("{} ({relation})", derived.commit.short()),
        )?;
    }
    Ok(())
}

fn contributed(out: &mut Output, repo: &Repo, given: &Contribution) -> Result<(), CliError> {
    let version = given.tool.version.as_deref().unwrap_or_default();
    let model = given
        .model
        .as_ref()
        .map_or("model not observed", |m| m.id.as_str());
    let head = format!("{} {version}", given.tool.name);
    let head = format!("{} · {model}", head.trim_end());
    let head = out.paint(Style::Heading, safe(&head)).to_string();
    writeln!(out, "{head}")?;
    let line =
        |out: &mut Output, label: &str, text: &str| row(out, "", &format!("{label:<9}{text}"));
    line(
        out,
        "session",
        &format!("{} #{}", given.session.id, given.session.seq),
    )?;
    if let Some(operator) = &given.operator {
        line(out, "operator", operator)?;
    }
    let effort = effort(given);
    if !effort.is_empty() {
        line(out, "effort", &effort)?;
    }
    if let Some(context) = &given.prompt_context {
        let kept = match Opening::find(repo.common_dir(), context.commitment) {
            Ok(Some(_)) => "opening kept here: --open",
            _ => "no opening here",
        };
        let parts = counted(context.parts, "part");
        let covers = context.covers.join(", ");
        // The digest alone fills a row.
        row(out, "context", &context.commitment.to_string())?;
        row(out, "", &format!("{parts}: {covers}; {kept}"))?;
    }
    if let Some(task) = &given.task {
        line(out, "task", task)?;
    }
    if let Some(rationale) = &given.rationale {
        line(out, "why", rationale)?;
    }
    if let Some(inferred) = &given.inferred {
        let rule = format!(
            "by rule {}, confidence {}",
            inferred.rule, inferred.confidence
        );
        line(out, "inferred", &rule)?;
        line(out, "", &inferred.evidence)?;
    }
    Ok(())
}

/// `3 iterations, 11 edits (Edit 9, Bash 2), 120k in / 5k out, $0.41`, as far as observed.
fn effort(given: &Contribution) -> String {
    let mut parts = Vec::new();
    parts.extend(given.iterations.map(|n| counted(n, "iteration")));
    let mut tools: Vec<_> = given.tools.iter().collect();
    tools.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    let tools: Vec<String> = tools
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    if let Some(edits) = given.edits {
        let edits = counted(edits, "edit");
        parts.push(if tools.is_empty() {
            edits
        } else {
            format!("{edits} ({})", tools.join(", "))
        });
    }
    if let Some(usage) = given.usage {
        let tokens = [(usage.input_tokens, "in"), (usage.output_tokens, "out")];
        let tokens: Vec<String> = tokens
            .into_iter()
            .filter_map(|(count, way)| Some(format!("{} {way}", rounded(count?))))
            .collect();
        if !tokens.is_empty() {
            parts.push(tokens.join(" / "));
        }
        parts.extend(usage.cost_micro_usd.map(|cost| {
            let cents = cost / 10_000;
            format!("${}.{:02}", cents / 100, cents % 100)
        }));
    }
    parts.join(", ")
}

/// `950`, `120k`, `3.4M`.
fn rounded(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}k", count / 1_000),
        _ => format!("{}.{}M", count / 1_000_000, count / 100_000 % 10),
    }
}

fn files(out: &mut Output, files: &[AddedFile]) -> io::Result<()> {
    let shown = |path: &[u8]| match RepoPath::new(path) {
        Ok(path) => path.to_string(),
        Err(_) => safe(&String::from_utf8_lossy(path)).into_owned(),
    };
    let names: Vec<String> = files.iter().map(|file| shown(&file.path)).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0).min(MAX_PATH);
    for (file, name) in files.iter().zip(names) {
        let tally = file.tally();
        let counts = LineKind::ALL.into_iter().filter_map(|kind| {
            let count = tally.of(kind);
            let text = format!("{:>7} {kind}", format!("+{}", grouped(count)));
            let style = match kind {
                LineKind::Ai => Style::Ai,
                LineKind::Mixed => Style::Mixed,
                LineKind::Human => Style::Plain,
                LineKind::Unattested => Style::Unattested,
            };
            (count > 0).then(|| out.paint(style, text).to_string())
        });
        let counts: Vec<String> = counts.collect();
        let counts = if file.is_opaque {
            let kind = file
                .lines
                .first()
                .map_or(LineKind::Unattested, |(a, _)| a.kind);
            format!("  no lines of text: {kind} as a whole")
        } else if counts.is_empty() {
            "  only removed".to_owned()
        } else {
            counts.join(" ")
        };
        writeln!(out, "{name:<width$} {counts}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_rounded_down() {
        for (count, expected) in [(950, "950"), (120_394, "120k"), (3_450_000, "3.4M")] {
            assert_eq!(rounded(count), expected);
        }
    }
}
