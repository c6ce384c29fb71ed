//! The face of `blame` for people.

use std::io::{self, Write as _};

use provenance_core::attribute::{AttributedLine, LineKind};
use provenance_core::verify::Verdict;

use super::written::Dates;
use crate::inference::mark;
use crate::names::short_model;
use crate::output::{Output, Style, safe};

/// The widest that a name may become, and an address.
const MAX_NAME: usize = 20;
const MAX_ADDRESS: usize = 32;
/// As Git's pagers show it.
const TAB: usize = 8;
/// How many digits of a commit are shown.
const DIGITS: usize = 7;

/// What people see of each line.
#[derive(Debug, Clone, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "git blame has them all")]
pub(super) struct ViewArgs {
    /// Show people's addresses instead of their names
    #[arg(short = 'e', long)]
    show_email: bool,

    /// Show the file that the line came from
    #[arg(short = 'f', long)]
    show_name: bool,

    /// Show the number that the line had there
    #[arg(short = 'n', long)]
    show_number: bool,

    /// Show neither who wrote it nor when; then the mark also tells `?` unattested and `!` a
    /// record that is not believed
    #[arg(short = 's')]
    short: bool,

    /// Show whole commit ids
    #[arg(short = 'l')]
    long: bool,

    /// Show as many digits of commit ids
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true,
          default_missing_value = "7", overrides_with = "no_abbrev")]
    abbrev: Option<usize>,

    #[arg(long, hide = true)]
    no_abbrev: bool,

    /// Show no commit where history ends there
    #[arg(short = 'b')]
    blank: bool,

    /// Show seconds since 1970 and the zone: --date=raw
    #[arg(short = 't')]
    raw: bool,

    /// How to show dates: short, utc, or one of Git's: iso, relative, rfc, unix, format:%Y-%m-%d…
    #[arg(long, value_name = "FORM", default_value = "short")]
    date: String,
}

impl ViewArgs {
    /// Returns the form of dates that is asked for.
    pub(super) fn date(&self) -> &str {
        if self.raw { "raw" } else { &self.date }
    }

    fn digits(&self) -> usize {
        if self.long || self.no_abbrev {
            usize::MAX
        } else {
            // Git shows no fewer either.
            self.abbrev.map_or(DIGITS, |digits| digits.max(4))
        }
    }
}

/// Writes one row a line.
pub(super) fn write(
    out: &mut Output,
    lines: &[AttributedLine],
    view: &ViewArgs,
    dates: &Dates,
) -> io::Result<()> {
    let names: Vec<String> = lines.iter().map(|line| name(line, view)).collect();
    let width = widest(names.iter().map(String::as_str));
    let paths: Vec<String> = lines.iter().map(|line| path(line, view)).collect();
    let path_width = widest(paths.iter().map(String::as_str));
    let digits = |number: fn(&AttributedLine) -> u64| {
        let last = lines.iter().map(number).max();
        last.unwrap_or(1).to_string().len()
    };
    let digits_there = digits(|line| line.origin.original_line);
    let digits = digits(|line| line.origin.line);
    let is_marked = lines.iter().any(|line| edge(line).is_some());
    for ((line, name), path) in lines.iter().zip(&names).zip(&paths) {
        let (style, mark) = style(line, view.short);
        let edge = if is_marked {
            edge(line).unwrap_or(' ').to_string()
        } else {
            String::new()
        };
        let mut row = vec![edge + &commit(line, view)];
        if view.show_name {
            row.push(format!("{path:<path_width$}"));
        }
        if view.show_number {
            row.push(format!("{:>digits_there$}", line.origin.original_line));
        }
        if !view.short {
            row.push(out.paint(style, format!("{name:<width$}")).to_string());
            row.push(dates.shown(line.origin.commit_id));
        }
        row.push(format!("{:>digits$}", line.origin.line));
        row.push(out.paint(style, mark).to_string());
        row.push(shown(&line.origin.content));
        writeln!(out, "{}", row.join(" ").trim_end())?;
    }
    out.flush()
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

/// What stands before the commit: `^` where history ends there, `?` where it is a guess.
fn edge(line: &AttributedLine) -> Option<char> {
    if line.origin.is_guessed {
        Some('?')
    } else {
        line.origin.is_boundary.then_some('^')
    }
}

fn commit(line: &AttributedLine, view: &ViewArgs) -> String {
    let id = line.origin.commit_id.abbreviated(view.digits());
    if view.blank && line.origin.is_boundary {
        return " ".repeat(id.len());
    }
    id
}

fn path(line: &AttributedLine, view: &ViewArgs) -> String {
    if view.show_name {
        safe(&String::from_utf8_lossy(&line.origin.original_path)).into_owned()
    } else {
        String::new()
    }
}

/// The verdict, where there is a record that is not believed.
fn disbelief(line: &AttributedLine) -> Option<Verdict> {
    match line.commit.judgement.verdict {
        Verdict::Verified | Verdict::Carried | Verdict::Unattested => None,
        verdict => Some(verdict),
    }
}

fn style(line: &AttributedLine, is_short: bool) -> (Style, char) {
    match line.author.kind {
        LineKind::Ai => (Style::Ai, '|'),
        LineKind::Mixed => (Style::Mixed, ':'),
        LineKind::Human => (Style::Plain, ' '),
        LineKind::Unattested => match disbelief(line) {
            Some(_) => (Style::Bad, if is_short { '!' } else { ' ' }),
            None if line.inferred().is_some() => (Style::Unattested, '~'),
            None => (Style::Unattested, if is_short { '?' } else { ' ' }),
        },
    }
}

/// Who wrote it, in few characters.
fn name(line: &AttributedLine, view: &ViewArgs) -> String {
    if line.origin.commit_id.is_null() {
        return "not committed".to_owned();
    }
    let facts = &line.commit;
    let (person, most) = if view.show_email {
        let address = facts.author.strip_prefix(facts.author_name.as_str());
        (address.unwrap_or_default().trim_start(), MAX_ADDRESS)
    } else {
        (facts.author_name.as_str(), MAX_NAME)
    };
    let person = safe(person).into_owned();
    let contributor = line.author.contributor.as_deref();
    let name = match line.author.kind {
        LineKind::Ai => {
            let model = contributor.map(|contributor| {
                let model = contributor.model.as_deref().map(short_model);
                model.unwrap_or(&contributor.tool)
            });
            format!("ai {}", safe(model.unwrap_or_default()))
        }
        LineKind::Mixed => format!("ai+{person}"),
        LineKind::Human => person,
        LineKind::Unattested => match disbelief(line) {
            Some(verdict) => format!("? {verdict}"),
            None => line.inferred().map_or_else(|| "?".to_owned(), mark),
        },
    };
    name.chars().take(most).collect()
}

/// The text of a line: tabs as blanks, everything that could act on a terminal escaped. However
/// long it is, nothing of it is left out: a pager cuts what is too wide.
fn shown(content: &[u8]) -> String {
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    let mut text = String::new();
    let mut column = 0;
    for (index, part) in String::from_utf8_lossy(content).split('\t').enumerate() {
        if index > 0 {
            let blanks = TAB - column % TAB;
            text.push_str(&" ".repeat(blanks));
            column += blanks;
        }
        let part = safe(part);
        column += part.chars().count();
        text.push_str(&part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_cannot_act_on_the_terminal() {
        assert_eq!(shown(b"a\tb\r"), "a       b");
        assert_eq!(shown(b"\x1b[2J\xe2\x80\xae"), "\\u{1b}[2J\\u{202e}");
        assert_eq!(shown(b"caf\xe9"), "caf\u{fffd}");
    }
}
