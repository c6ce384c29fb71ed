//! What `carry` says to people.

use std::io::{self, Write as _};

use provenance_core::attest::{Merged, Proof};
use provenance_core::attribute::{LineKind, Tally};

use super::Entry;
use crate::commands::verify::style;
use crate::names::{counted, cut, short_digests, wrapped};
use crate::output::{Output, Style, safe};

/// How many characters a row may have, and where its text begins.
const WIDTH: usize = 80;
const INDENT: usize = 21;

/// Writes what became of each commit, and the way out where that is not enough.
pub(super) fn write(out: &mut Output, entries: &[Entry]) -> io::Result<()> {
    for entry in entries {
        one(out, entry)?;
    }
    if entries.is_empty() {
        writeln!(out, "no commit was asked for")?;
    }
    let unfound = entries.iter().any(|entry| {
        entry.merged == Merged::NoSource && !entry.facts.judgement.verdict.is_believed()
    });
    if unfound {
        let hint = "git provenance carry REVISION --from BRANCH";
        let hint = out.paint(Style::Hint, hint).to_string();
        writeln!(out, "\nName what a commit was made of: {hint}")?;
    }
    out.flush()
}

fn one(out: &mut Output, entry: &Entry) -> io::Result<()> {
    let judgement = &entry.facts.judgement;
    let verdict = judgement.verdict;
    let word = out.paint(style(verdict), format!("{:<11}", verdict.as_str()));
    let word = word.to_string();
    let short = judgement.commit_id.short();
    let title = safe(&entry.facts.title).into_owned();
    writeln!(out, "{word} {short}  {}", cut(&title, WIDTH - INDENT))?;
    let mut rows = wrapped(&became(entry), WIDTH - INDENT);
    if !verdict.is_believed() {
        for reason in &judgement.reasons {
            let reason = short_digests(&safe(&reason.message));
            for part in reason.split("; ") {
                rows.extend(wrapped(part, WIDTH - INDENT));
            }
        }
    }
    for row in rows {
        writeln!(out, "{:INDENT$}{row}", "")?;
    }
    Ok(())
}

fn became(entry: &Entry) -> String {
    let from = |sources: usize, how: &Proof| {
        let commits = counted(sources as u64, "commit");
        match how {
            Proof::SameChange => "from a commit that makes the same change".to_owned(),
            Proof::SameMerge => format!("from {commits}, of which Git makes the same merge"),
            Proof::Named => format!("from {commits}, as you say"),
        }
    };
    match &entry.merged {
        Merged::Known => "believed already".to_owned(),
        Merged::Carried { how, sources, .. } => {
            format!("{}: {}", from(sources.len(), how), lines(entry.lines))
        }
        Merged::Copied { how, sources } => {
            format!(
                "{}; none of their records is believed",
                from(sources.len(), how)
            )
        }
        Merged::NoSource => "made of nothing that is here and has a record".to_owned(),
    }
}

fn lines(tally: Tally) -> String {
    let kinds = LineKind::ALL.into_iter().filter(|kind| tally.of(*kind) > 0);
    let kinds: Vec<String> = kinds
        .map(|kind| format!("{} {}", tally.of(kind), kind.as_str()))
        .collect();
    if kinds.is_empty() {
        "no lines".to_owned()
    } else {
        kinds.join(", ")
    }
}
