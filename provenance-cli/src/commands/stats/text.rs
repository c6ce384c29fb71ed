//! The face of `stats` for people.

use std::io::{self, Write as _};

use provenance_core::attribute::LineKind;
use provenance_core::attribute::summary::{Group, Part, Summary};
use provenance_core::git::{ObjectId, Repo};

use super::inferred;
use crate::dates::DateFormat;
use crate::error::CliError;
use crate::names::{counted, cut, grouped, percent};
use crate::output::{Output, Style, safe};
use crate::selection::Selection;

/// How many characters a row may have.
const WIDTH: usize = 80;
/// How wide the names of groups may become.
const MAX_NAME: usize = 48;
/// How long the bar of 100 % is, in characters.
const BAR: u64 = 40;

/// Writes the table.
pub(super) fn write(
    out: &mut Output,
    repo: &Repo,
    selection: &Selection,
    summary: &Summary,
    without: &[Part],
    adopted_at: Option<&[ObjectId]>,
) -> Result<(), CliError> {
    headline(out, selection, summary, without)?;
    parts(out, summary, without)?;
    gaps(out, summary)?;
    let groups: Vec<(String, &Group)> = summary
        .by
        .iter()
        .filter(|group| is_named(group))
        .map(|group| (name(group), group))
        .collect();
    let width = groups.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or(0).clamp(12, MAX_NAME);
    writeln!(
        out,
        "\n{:<width$} {:>9} {:>7} {:>8}",
        "", "lines", "share", "commits"
    )?;
    let total = summary.lines.total();
    for (name, group) in &groups {
        let name = cut(name, width);
        let lines = group.lines.total();
        writeln!(
            out,
            "{name:<width$} {:>9} {:>7} {:>8}",
            grouped(lines),
            percent(lines, total),
            grouped(group.commits),
        )?;
    }
    if !groups.is_empty() {
        writeln!(out)?;
    }
    for kind in LineKind::ALL {
        let style = match kind {
            LineKind::Ai => Style::Ai,
            LineKind::Mixed => Style::Mixed,
            LineKind::Human => Style::Plain,
            LineKind::Unattested => Style::Unattested,
        };
        let row = format!(
            "{kind:<width$} {:>9} {:>7} {:>8}",
            grouped(summary.lines.of(kind)),
            percent(summary.lines.of(kind), total),
            grouped(summary.commits.of(kind)),
        );
        let length = row.chars().count();
        let row = out.paint(style, row).to_string();
        write!(out, "{row}")?;
        if kind == LineKind::Unattested && summary.unattested_before > 0 {
            let day = adoption_day(repo, adopted_at.unwrap_or_default())?;
            let before = format!("before {day}: {}", grouped(summary.unattested_before));
            if length + 3 + before.len() <= WIDTH {
                write!(out, "   {before}")?;
            } else {
                write!(out, "\n  {before}")?;
            }
        }
        writeln!(out)?;
    }
    bar(out, summary)?;
    if let Some(added) = summary.added {
        let kinds = LineKind::ALL.map(|kind| format!("{} {kind}", grouped(added.of(kind))));
        let lines = counted(added.total(), "line");
        writeln!(out, "added {lines}: {}", kinds.join(", "))?;
    }
    if let Some(inferred) = &summary.inferred {
        inferred::write(out, inferred, total)?;
    }
    out.flush()?;
    Ok(())
}

fn headline(
    out: &mut Output,
    selection: &Selection,
    summary: &Summary,
    without: &[Part],
) -> io::Result<()> {
    let lines = counted(summary.lines.total(), "line");
    let left_out = without.iter().filter_map(|part| summary.apart.of(*part));
    let left_out: u64 = left_out.map(|tally| tally.files).sum();
    let files = counted(summary.files.text - left_out, "file");
    let head = selection.head.short();
    match &selection.typed {
        None => writeln!(out, "tree at {head}, {lines} of {files}")?,
        Some(range) => writeln!(out, "{}: {lines} still there at {head}", safe(range))?,
    }
    let apart: Vec<String> = [
        (summary.files.binary, "binary", "binaries"),
        (summary.files.symlinks, "symlink", "symlinks"),
        (summary.files.submodules, "submodule", "submodules"),
        (summary.files.too_large, "too large", "too large"),
    ]
    .into_iter()
    .filter(|(count, _, _)| *count > 0)
    .map(|(count, one, many)| format!("{} {}", grouped(count), if count == 1 { one } else { many }))
    .collect();
    if !apart.is_empty() {
        writeln!(out, "not counted, because not text: {}", apart.join(", "))?;
    }
    Ok(())
}

/// What is generated and vendored, and whether it counts.
fn parts(out: &mut Output, summary: &Summary, without: &[Part]) -> io::Result<()> {
    for part in Part::APART {
        let Some(tally) = summary.apart.of(part).filter(|tally| tally.files > 0) else {
            continue;
        };
        let lines = counted(tally.lines.total(), "line");
        let files = counted(tally.files, "file");
        let left_out = if without.contains(&part) {
            ", left out"
        } else {
            ""
        };
        writeln!(out, "{}: {lines} of {files}{left_out}", part.as_str())?;
    }
    if !summary.apart.attributes_read {
        writeln!(
            out,
            "attributes could not be read: names alone tell generated and vendored files"
        )?;
    }
    Ok(())
}

/// What could not be counted.
fn gaps(out: &mut Output, summary: &Summary) -> io::Result<()> {
    let gaps = summary.gaps;
    if !gaps.is_any() {
        return Ok(());
    }
    let mut said = Vec::new();
    if gaps.files > 0 {
        let files = counted(gaps.files, "file");
        said.push(format!("{files} of which something is not here"));
    }
    if gaps.commits > 0 {
        let commits = counted(gaps.commits, "commit");
        said.push(format!("{commits} of which the change is not here"));
    }
    if gaps.boundary_lines > 0 {
        let lines = counted(gaps.boundary_lines, "line");
        said.push(format!(
            "{lines} that may be older than the oldest commit here"
        ));
    }
    let said = said.join("\n  ");
    let word = out.paint(Style::Warning, "incomplete:").to_string();
    writeln!(out, "{word}\n  {said}")
}

/// A group without a name holds what the rows by kind show anyway.
fn is_named(group: &Group) -> bool {
    group.key.iter().any(|(_, value)| value.is_some())
}

fn name(group: &Group) -> String {
    let parts = group.key.iter().map(|(_, value)| match value {
        Some(value) => safe(value).into_owned(),
        None => "-".to_owned(),
    });
    parts.collect::<Vec<_>>().join(" · ")
}

/// The day of the youngest commit before records began.
fn adoption_day(repo: &Repo, adopted_at: &[ObjectId]) -> Result<String, CliError> {
    let mut youngest = None;
    for commit_id in adopted_at {
        if repo.has_object(*commit_id)? {
            let committer = repo.commit(*commit_id)?.committer;
            youngest = youngest.max(Some((committer.seconds, committer.offset_minutes)));
        }
    }
    let (seconds, offset_minutes) = youngest.unwrap_or_default();
    Ok(DateFormat::Short.show(provenance_core::attribute::Moment {
        seconds,
        offset_minutes,
    }))
}

/// The share of lines that an AI had a part in, as a bar.
fn bar(out: &mut Output, summary: &Summary) -> io::Result<()> {
    let total = summary.lines.total();
    if total == 0 {
        return Ok(());
    }
    let by_ai = summary.lines.of(LineKind::Ai) + summary.lines.of(LineKind::Mixed);
    let attested = total - summary.lines.of(LineKind::Unattested);
    let length = usize::try_from(by_ai * BAR / total).unwrap_or(0);
    let full = out.paint(Style::Ai, "█".repeat(length)).to_string();
    let rest = "░".repeat(usize::try_from(BAR).unwrap_or(0) - length);
    writeln!(
        out,
        "\nAI {:>6}  {full}{rest}  attested {}",
        percent(by_ai, total),
        percent(attested, total)
    )
}
