//! What `sync` says to people.

use std::io::{self, Write as _};

use provenance_hook::sync::{Counts, Report, SentTo, TrustState};

use crate::names::counted;
use crate::output::{Output, Style, safe};

/// Writes what came of each remote.
pub(super) fn write(out: &mut Output, reports: &[Report]) -> io::Result<()> {
    for report in reports {
        one(out, report)?;
    }
    out.flush()
}

fn one(out: &mut Output, report: &Report) -> io::Result<()> {
    let dry = if report.dry_run {
        " (nothing was changed)"
    } else {
        ""
    };
    let heading = out
        .paint(Style::Heading, format!("{:<10}", "Remote"))
        .to_string();
    writeln!(out, "{heading} {}{dry}", safe(&report.remote))?;
    let inboxes = match report.inboxes {
        0 => String::new(),
        1 => ", 1 inbox among them".to_owned(),
        count => format!(", {count} inboxes among them"),
    };
    line(
        out,
        "received",
        &format!("{}{inboxes}", records(report.received)),
    )?;
    let place = match &report.sent_to {
        Some(SentTo::Inbox(name)) => {
            format!(", to your inbox {name}: the next sync of anybody unites it")
        }
        Some(SentTo::Shared) | None => String::new(),
    };
    line(out, "sent", &format!("{}{place}", records(report.sent)))?;
    let state = match report.trust {
        TrustState::None => None,
        TrustState::Taken => Some("taken from this remote and believed on first use"),
        TrustState::Forwarded => Some("newer versions received"),
        TrustState::Unchanged if report.trust_sent => None,
        TrustState::Unchanged => Some("up to date"),
    };
    let sent = report.trust_sent.then_some("sent");
    let trust: Vec<&str> = state.into_iter().chain(sent).collect();
    if !trust.is_empty() {
        line(out, "trust", &trust.join(", "))?;
    }
    for finding in &report.findings {
        let code = out.paint(Style::Bad, finding.code).to_string();
        writeln!(out, "{code}  {}", safe(&finding.message))?;
        let fix = out.paint(Style::Hint, safe(&finding.fix)).to_string();
        writeln!(out, "  {fix}")?;
    }
    Ok(())
}

fn line(out: &mut Output, name: &str, what: &str) -> io::Result<()> {
    writeln!(out, "{name:<10} {}", safe(what))
}

fn records(counts: Counts) -> String {
    if counts.lines == 0 {
        return "nothing new".to_owned();
    }
    let records = counted(counts.lines, "record");
    format!("{records} of {}", counted(counts.commits, "commit"))
}
