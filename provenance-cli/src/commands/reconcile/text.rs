//! What `reconcile` says to people.

use std::io::{self, Write as _};

use provenance_core::attest::{How, Reconciled, Why};

use crate::names::{counted, wrapped};
use crate::output::{Output, Style};

/// Beyond these, commits with the same reason are only counted.
const MAX_SHOWN: usize = 50;
/// How many characters a row may have, and where its text begins.
const WIDTH: usize = 80;
const INDENT: usize = 20;

/// Writes what was mended, then what still has no record, and why.
pub(super) fn write(out: &mut Output, reconciled: &Reconciled) -> io::Result<()> {
    for mended in &reconciled.mended {
        let word = out.paint(Style::Good, format!("{:<9}", "mended"));
        let word = word.to_string();
        writeln!(
            out,
            "{word}  {}  {}",
            mended.commit_id.short(),
            said(mended.how)
        )?;
    }
    for why in Why::ALL.into_iter().filter(|why| why.counts()) {
        left(out, reconciled, why)?;
    }
    conclude(out, reconciled)?;
    out.flush()
}

const fn said(how: How) -> &'static str {
    match how {
        How::Finished => "its record was fixed, and is sealed now",
        How::Late => "its record waited for a key, and is sealed now",
        How::Restored => "its records had been taken out of the notes",
        How::Carried => "made of recorded commits, whose lines were carried over",
        How::Pinned => "the record that its message pins was copied to its note",
        How::Copied => "made of commits whose records nobody believes yet",
        _ => how.as_str(),
    }
}

fn left(out: &mut Output, reconciled: &Reconciled, why: Why) -> io::Result<()> {
    let of_reason = reconciled.unrecorded.iter().filter(|left| left.why == why);
    let total = of_reason.clone().count();
    for (index, left) in of_reason.take(MAX_SHOWN).enumerate() {
        if index == 0 {
            writeln!(out)?;
        }
        let word = out.paint(Style::Unattested, format!("{:<9}", "no record"));
        let word = word.to_string();
        write!(out, "{word}  {}", left.commit_id.short())?;
        if index > 0 {
            writeln!(out, "  the same")?;
            continue;
        }
        let (what, way_out) = why
            .message()
            .split_once("; ")
            .unwrap_or((why.message(), ""));
        let mut rows = wrapped(what, WIDTH - INDENT);
        if !way_out.is_empty() {
            rows.extend(wrapped(way_out, WIDTH - INDENT));
        }
        for (row, text) in rows.into_iter().enumerate() {
            if row == 0 {
                writeln!(out, "  {text}")?;
            } else {
                writeln!(out, "{:INDENT$}{text}", "")?;
            }
        }
    }
    if total > MAX_SHOWN {
        let more = total - MAX_SHOWN;
        writeln!(out, "{:INDENT$}and {more} more; see --json", "")?;
    }
    Ok(())
}

fn conclude(out: &mut Output, reconciled: &Reconciled) -> io::Result<()> {
    let number = |counts: bool| {
        let of_kind = reconciled
            .unrecorded
            .iter()
            .filter(|left| left.why.counts() == counts);
        of_kind.count() as u64
    };
    let (left, before) = (number(true), number(false));
    let mended = reconciled.mended.len() as u64;
    if mended + left > 0 {
        writeln!(out)?;
    }
    let commits = counted(reconciled.commits, "commit");
    let mut told = vec![format!(
        "{commits}: {mended} mended, {left} without a record"
    )];
    if before > 0 {
        told.push(format!("{before} from before records began: not counted"));
    }
    if reconciled.idle > 0 {
        let records = counted(reconciled.idle, "record");
        told.push(format!(
            "{records} of commits that were given up: left alone"
        ));
    }
    for line in told {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
