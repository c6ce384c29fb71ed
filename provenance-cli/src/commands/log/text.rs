//! The face of `log` for people.

use std::io::{self, Write as _};

use super::entry::Entry;
use crate::commands::verify;
use crate::dates::DateFormat;
use crate::names::{counted, cut, grouped};
use crate::output::{Output, Style};

/// How many characters a row may have.
const WIDTH: usize = 80;

/// Writes one entry: the commit, then a row for each session.
pub(super) fn write(out: &mut Output, entry: &Entry, date: DateFormat) -> io::Result<()> {
    let verdict = format!("{:<10}", entry.verdict.as_str());
    let verdict = out.paint(verify::style(entry.verdict), verdict).to_string();
    let day = date.show(entry.author_moment);
    let before = 7 + 2 + day.chars().count() + 2 + 10 + 1;
    let rest = format!("{}: {}", entry.author_name, entry.title);
    let rest = cut(&rest, WIDTH.saturating_sub(before));
    writeln!(out, "{}  {day}  {verdict} {rest}", entry.commit.short())?;
    for given in &entry.contributions {
        let model = given.model.as_deref().unwrap_or("model not observed");
        let mut row = format!("{:<9}{} · {model}", "", given.tool);
        if let Some(iterations) = given.iterations {
            row.push_str(" · ");
            row.push_str(&counted(iterations, "iteration"));
        }
        let ai = format!("+{} ai", grouped(given.lines.ai));
        let mixed = format!("+{} mixed", grouped(given.lines.mixed));
        let ai = out.paint(Style::Ai, ai).to_string();
        write!(out, "{row}  {ai}")?;
        if given.lines.mixed > 0 {
            let mixed = out.paint(Style::Mixed, mixed).to_string();
            write!(out, " {mixed}")?;
        }
        writeln!(out)?;
    }
    if entry.human > 0 || entry.unattested > 0 {
        let human = (entry.human > 0).then(|| format!("+{} human", grouped(entry.human)));
        let nobody =
            (entry.unattested > 0).then(|| format!("+{} unattested", grouped(entry.unattested)));
        let parts: Vec<String> = human.into_iter().chain(nobody).collect();
        writeln!(out, "{:<9}{}", "", parts.join(" "))?;
    }
    Ok(())
}
