//! What `import` says to people.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use provenance_core::import::{Refused, Summary};

use crate::names::{counted, grouped, wrapped};
use crate::output::{Output, Style, safe};

/// How many things of each code are named.
const NAMED: usize = 3;
/// The width of a terminal.
const WIDTH: usize = 80;

/// Writes what became of everything that was found.
pub(super) fn write(
    out: &mut Output,
    source: &str,
    dry_run: bool,
    summary: &Summary,
) -> io::Result<()> {
    let dry = if dry_run {
        " (nothing was changed)"
    } else {
        ""
    };
    let found = grouped(summary.found);
    let heading = out.paint(Style::Heading, source).to_string();
    writeln!(out, "{heading}: {found} found{dry}")?;
    if summary.found == 0 {
        return out.flush();
    }
    let width = found.len();
    let lines = match summary.imported {
        0 => String::new(),
        _ => format!(", {}", counted(summary.lines, "line")),
    };
    let imported = grouped(summary.imported);
    writeln!(out, "  imported   {imported:>width$}{lines}")?;
    let unchanged = grouped(summary.unchanged);
    writeln!(out, "  unchanged  {unchanged:>width$}")?;
    let refused = grouped(summary.refused.len() as u64);
    writeln!(out, "  refused    {refused:>width$}")?;
    if summary.not_added > 0 {
        let lines = counted(summary.not_added, "line");
        writeln!(
            out,
            "left out, because their commits do not add them: {lines}"
        )?;
    }
    if summary.human_lines > 0 {
        let lines = counted(summary.human_lines, "line");
        writeln!(
            out,
            "not taken over, because a human is said to have written them: {lines}"
        )?;
    }
    let mut by_code: BTreeMap<&str, Vec<&Refused>> = BTreeMap::new();
    for refused in &summary.refused {
        by_code
            .entry(refused.refusal.code())
            .or_default()
            .push(refused);
    }
    let mut by_code: Vec<_> = by_code.into_iter().collect();
    by_code.sort_by_key(|(code, refused)| (std::cmp::Reverse(refused.len()), *code));
    for (code, refused) in by_code {
        group(out, code, &refused)?;
    }
    out.flush()
}

/// Writes the things of one code: how many, why, and the first by name.
fn group(out: &mut Output, code: &str, refused: &[&Refused]) -> io::Result<()> {
    let count = grouped(refused.len() as u64);
    let painted = out.paint(Style::Warning, code).to_string();
    writeln!(out, "\n{painted}: {count}")?;
    let mut said: Vec<String> = Vec::new();
    for refused in refused.iter().take(NAMED) {
        let message = refused.refusal.to_string();
        if !said.contains(&message) {
            for row in wrapped(&safe(&message), WIDTH - 2) {
                writeln!(out, "  {row}")?;
            }
            said.push(message);
        }
        writeln!(out, "  - {}", safe(&refused.place))?;
    }
    let more = refused.len().saturating_sub(NAMED);
    if more > 0 {
        writeln!(
            out,
            "  … and {} more; --json names all",
            grouped(more as u64)
        )?;
    }
    Ok(())
}
