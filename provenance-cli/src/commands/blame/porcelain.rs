//! The forms of `git blame` for programs: Git's bytes as they are, with our rows among them.
//!
//! A row of ours starts with `provenance-` and stands where readers of Git's forms skip what they
//! do not know: before the content of a line, or before the file name that ends an entry. There,
//! where one entry has lines of several authors, `provenance-lines FIRST COUNT` starts each run.

use std::io::{self, Write};

use provenance_core::attribute::AttributedLine;
use provenance_core::git::blame::BlameForm;
use provenance_core::record::Origin;

use crate::error::CliError;
use crate::inference::Shown;
use crate::output::safe;

/// Writes what Git said, and our rows.
pub(super) fn write(
    out: &mut impl Write,
    form: BlameForm,
    told: &[u8],
    lines: &[AttributedLine],
) -> Result<(), CliError> {
    match form {
        BlameForm::Incremental => incremental(out, told, lines)?,
        BlameForm::Porcelain | BlameForm::LinePorcelain => by_line(out, told, lines)?,
    }
    out.flush()?;
    Ok(())
}

fn by_line(out: &mut impl Write, told: &[u8], lines: &[AttributedLine]) -> io::Result<()> {
    let mut lines = lines.iter();
    for row in told.split_inclusive(|byte| *byte == b'\n') {
        if row.starts_with(b"\t")
            && let Some(line) = lines.next()
        {
            rows(out, line)?;
        }
        out.write_all(row)?;
    }
    Ok(())
}

fn incremental(out: &mut impl Write, told: &[u8], lines: &[AttributedLine]) -> io::Result<()> {
    let mut entry: Option<(u64, u64)> = None;
    for row in told.split_inclusive(|byte| *byte == b'\n') {
        match entry {
            None => entry = Some(extent(row).unwrap_or((0, 0))),
            Some((first, count)) if row.starts_with(b"filename ") => {
                let start = lines.partition_point(|line| line.origin.line < first);
                let end = lines.partition_point(|line| line.origin.line < first + count);
                let lines = lines.get(start..end).unwrap_or_default();
                for run in lines.chunk_by(|one, next| one.author == next.author) {
                    if let Some(line) = run.first() {
                        writeln!(out, "provenance-lines {} {}", line.origin.line, run.len())?;
                        rows(out, line)?;
                    }
                }
                entry = None;
            }
            Some(_) => {}
        }
        out.write_all(row)?;
    }
    Ok(())
}

/// First line and number of lines, from the start of an entry.
fn extent(row: &[u8]) -> Option<(u64, u64)> {
    let mut words = std::str::from_utf8(row).ok()?.trim_end().split(' ').skip(2);
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

fn rows(out: &mut impl Write, line: &AttributedLine) -> io::Result<()> {
    writeln!(out, "provenance-kind {}", line.author.kind)?;
    writeln!(out, "provenance-verdict {}", line.commit.judgement.verdict)?;
    if let Some(origin) = line.author.origin {
        writeln!(out, "provenance-origin {}", origin_word(origin))?;
    }
    if let Some(contributor) = line.author.contributor.as_deref() {
        let model = contributor.model.as_deref();
        for (name, value) in [
            ("tool", Some(contributor.tool.as_str())),
            ("model", model),
            ("session", Some(contributor.session.as_str())),
        ] {
            if let Some(value) = value {
                writeln!(out, "provenance-{name} {}", safe(value))?;
            }
        }
    }
    let inferred = line.inferred().and_then(Shown::of);
    for (name, value) in inferred.into_iter().flat_map(Shown::rows) {
        writeln!(out, "provenance-inferred-{name} {value}")?;
    }
    Ok(())
}

const fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::Witnessed => "witnessed",
        Origin::Declared => "declared",
        Origin::Imported => "imported",
        Origin::Inferred => "inferred",
    }
}
