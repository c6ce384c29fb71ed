//! The face of `blame` for people.

use std::io::{self, Write as _};

use provenance_core::attribute::{AttributedLine, LineKind};

use crate::dates::DateFormat;
use crate::names::short_model;
use crate::output::{Output, Style, safe};

/// The widest that a name may become.
const MAX_NAME: usize = 20;
/// As Git's pagers show it.
const TAB: usize = 8;

/// Writes one row a line.
pub(super) fn write(
    out: &mut Output,
    lines: &[AttributedLine],
    date: DateFormat,
) -> io::Result<()> {
    let names: Vec<String> = lines.iter().map(name).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let last = lines.iter().map(|line| line.origin.line).max();
    let digits = last.unwrap_or(1).to_string().len();
    for (line, name) in lines.iter().zip(&names) {
        let (style, mark) = match line.author.kind {
            LineKind::Ai => (Style::Ai, '|'),
            LineKind::Mixed => (Style::Mixed, ':'),
            LineKind::Human => (Style::Plain, ' '),
            LineKind::Unattested => (Style::Unattested, ' '),
        };
        let who = format!("{name:<width$}", width = width.unwrap_or(0));
        let who = out.paint(style, who).to_string();
        let mark = out.paint(style, mark).to_string();
        let content = shown(&line.origin.content);
        let row = format!(
            "{} {who} {} {:>digits$} {mark} {content}",
            line.origin.commit_id.short(),
            date.show(line.commit.author_moment),
            line.origin.line,
        );
        writeln!(out, "{}", row.trim_end())?;
    }
    out.flush()
}

/// Who wrote it, in few characters.
fn name(line: &AttributedLine) -> String {
    let person = safe(&line.commit.author_name).into_owned();
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
        LineKind::Unattested => "?".to_owned(),
    };
    name.chars().take(MAX_NAME).collect()
}

/// The text of a line: tabs as blanks, everything that could act on a terminal escaped.
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
