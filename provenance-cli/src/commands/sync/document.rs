//! The document that `sync --json` prints.

use provenance_hook::sync::{self, Report, SentTo, TrustState, Unfinished};
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    schema_version: u32,
    remotes: Vec<Exchange<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Exchange<'a> {
    remote: &'a str,
    dry_run: bool,
    received: Counts,
    sent: Counts,
    sent_to: Option<&'a str>,
    inboxes: u64,
    trust: &'static str,
    trust_sent: bool,
    findings: Vec<Finding<'a>>,
    unfinished: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Counts {
    lines: u64,
    commits: u64,
}

#[derive(Debug, Serialize)]
struct Finding<'a> {
    code: &'static str,
    message: &'a str,
    fix: &'a str,
}

impl<'a> Document<'a> {
    pub(super) fn of(reports: &'a [Report]) -> Self {
        Self {
            schema_version: 1,
            remotes: reports.iter().map(Exchange::of).collect(),
        }
    }
}

impl<'a> Exchange<'a> {
    fn of(report: &'a Report) -> Self {
        Self {
            remote: &report.remote,
            dry_run: report.dry_run,
            received: report.received.into(),
            sent: report.sent.into(),
            sent_to: report.sent_to.as_ref().map(|place| match place {
                SentTo::Shared => "shared",
                SentTo::Inbox(name) => name,
            }),
            inboxes: report.inboxes,
            trust: match report.trust {
                TrustState::None => "none",
                TrustState::Taken => "taken",
                TrustState::Forwarded => "forwarded",
                TrustState::Unchanged => "unchanged",
            },
            trust_sent: report.trust_sent,
            findings: report
                .findings
                .iter()
                .map(|finding| Finding {
                    code: finding.code,
                    message: &finding.message,
                    fix: &finding.fix,
                })
                .collect(),
            unfinished: report.unfinished.as_ref().map(|why| match why {
                Unfinished::Unreachable(_) => "unreachable",
                Unfinished::TimeLimit(_) => "time-limit",
            }),
        }
    }
}

impl From<sync::Counts> for Counts {
    fn from(counts: sync::Counts) -> Self {
        Self {
            lines: counts.lines,
            commits: counts.commits,
        }
    }
}
