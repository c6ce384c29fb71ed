//! What agents sent: whether it was understood, and whether it can still be read.

use provenance_core::capture::{self, Status as Captured};
use provenance_core::clock::Timestamp;
use provenance_core::git::Repo;

use super::{Check, Status};
use crate::names::counted;

const NAME: &str = "events";

/// What a newer harness sends in passing, and what lies elsewhere: known, and no loss.
const HARMLESS: &[&str] = &["unknown-field", "outside-repository"];

/// Looks at the journal.
pub(super) fn check(repo: &Repo, now: Timestamp) -> Check {
    match capture::status(repo, now) {
        Ok(captured) => told(&captured),
        Err(error) => Check::error(NAME, Status::Broken, &error),
    }
}

fn told(captured: &Captured) -> Check {
    if captured.damaged_lines > 0 {
        return Check::broken(
            NAME,
            format!(
                "{} of the journal cannot be read; what was reported there is lost",
                counted(captured.damaged_lines, "line")
            ),
            "commit what is open; its unclaimed lines will be unattested, and then this is over",
        );
    }
    let is_harmless = |what: &str| HARMLESS.iter().any(|prefix| what.starts_with(prefix));
    let not_understood: u64 = captured
        .ignored
        .iter()
        .filter(|(what, _)| !is_harmless(what))
        .map(|(_, count)| count)
        .sum();
    let first = captured.ignored.keys().find(|what| !is_harmless(what));
    if let Some(first) = first {
        return Check::note(
            NAME,
            format!(
                "{} not understood, such as: {first}",
                counted(not_understood, "event")
            ),
            "use the newest git-provenance; it may know them",
        );
    }
    let sessions = captured.sessions.len() as u64;
    let in_passing: u64 = captured.ignored.values().sum();
    Check::ok(
        NAME,
        match (sessions, in_passing) {
            (0, _) => "no agent has reported lately".to_owned(),
            (_, 0) => format!("of {}, all understood", counted(sessions, "session")),
            _ => format!(
                "of {}, with {} of no use to us",
                counted(sessions, "session"),
                counted(in_passing, "detail")
            ),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_weighs_more_than_what_is_new() {
        for (damaged, ignored, status) in [
            (0, &[][..], Status::Ok),
            (0, &["unknown-field effort"], Status::Ok),
            (
                0,
                &["unknown-field effort", "unknown-event Dream"],
                Status::Note,
            ),
            (1, &["unknown-event Dream"], Status::Broken),
        ] {
            let captured = Captured {
                damaged_lines: damaged,
                ignored: ignored.iter().map(|what| ((*what).to_owned(), 1)).collect(),
                ..Captured::default()
            };
            assert_eq!(told(&captured).status, status, "{damaged} {ignored:?}");
        }
    }
}
