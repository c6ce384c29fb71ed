//! Comma-separated values (RFC 4180), one row a contribution.

use std::io::{self, Write};

use super::entry::Entry;

const COLUMNS: &str = "commit,record,verdict,origin,tool,model,session,iterations,ai,mixed,\
                       approver,recordedAt,author,authorTime,title";

/// Writes the names of the columns.
pub(super) fn head(out: &mut impl Write) -> io::Result<()> {
    write!(out, "{COLUMNS}\r\n")
}

/// Writes a row for each contribution, or one without.
pub(super) fn write(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let origin = entry.origin.and_then(|origin| {
        let word = serde_json::to_value(origin).ok()?;
        word.as_str().map(str::to_owned)
    });
    let mut rows: Vec<[String; 6]> = entry
        .contributions
        .iter()
        .map(|given| {
            [
                given.tool.clone(),
                text(given.model.as_deref()),
                given.session.clone(),
                given.iterations.map_or_else(String::new, |n| n.to_string()),
                given.lines.ai.to_string(),
                given.lines.mixed.to_string(),
            ]
        })
        .collect();
    if rows.is_empty() {
        rows.push([const { String::new() }; 6]);
    }
    for row in rows {
        let mut cells = vec![
            entry.commit.to_string(),
            entry.record.map_or_else(String::new, |id| id.to_string()),
            entry.verdict.to_string(),
            text(origin.as_deref()),
        ];
        cells.extend(row);
        cells.extend([
            text(entry.approver.as_deref()),
            text(entry.recorded_at.as_deref()),
            entry.author.clone(),
            entry.author_time.clone(),
            entry.title.clone(),
        ]);
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        write!(out, "{}\r\n", cells.join(","))?;
    }
    Ok(())
}

/// Quotes a cell where it must be. What a spreadsheet would run as a formula gets an apostrophe:
/// titles and names were written by others.
fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_run_nothing() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("@SUM", "'@SUM"),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
