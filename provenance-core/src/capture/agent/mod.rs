//! The adapters: what a harness wrote to our stdin, turned into [`Event`]s.
//!
//! Takes the name under which the harness was installed, the bytes it sent, and gives [`Parsed`].
//! The name is a hint: `.claude/settings.json` is read by Copilot CLI, VS Code and Cursor too, so
//! the payload is sniffed and the name corrected ([`Harness::sniff`]).
//!
//! Invariants: lenient. What is not known is ignored and counted in [`Parsed::ignored`], so that
//! `doctor` can say that a harness speaks a newer dialect. Nothing here reads a file or a clock.
//!
//! # What is not checked
//!
//! Whether a report is true. Whoever can write to the journal can invent events.

pub mod claude_code;
pub mod generic;
mod harness;

#[cfg(test)]
mod tests;

pub use harness::Harness;

use serde_json::Value;

use super::event::Event;

/// The most events that one process takes from its input.
const MAX_EVENTS: usize = 10_000;

/// What a payload said.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The events, in the order of the payload.
    pub events: Vec<Event>,
    /// What was not understood.
    pub ignored: Vec<Ignored>,
}

/// A part of a payload that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The session, where the payload names one.
    pub session: Option<String>,
    /// The directory, where the payload names one.
    pub cwd: Option<String>,
    /// Why it was ignored.
    pub why: Why,
    /// The name of the event or field, cut to 64 bytes; of bad JSON nothing is kept.
    pub name: String,
}

/// Why a part of a payload was ignored.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Why {
    /// Not JSON, or not an object.
    NotJson,
    /// An event of a name that we do not know.
    UnknownEvent,
    /// A field of a name that we do not know.
    UnknownField,
    /// A field that must be there is not, or has another type.
    MissingField,
    /// A file outside every repository, or inside a Git directory.
    OutsideRepository,
}

/// Reads a payload: one JSON document, or one a line.
///
/// `name` is the name under which the harness was installed (`claude-code`, `generic`, …);
/// `variables` answers for the environment of the harness, which only helps to tell harnesses
/// apart.
#[must_use]
pub fn parse(name: &str, payload: &[u8], variables: &dyn Fn(&str) -> Option<String>) -> Parsed {
    let mut parsed = Parsed::default();
    let mut take = |document: &Value| {
        let mut read = match Harness::sniff(name, document, variables) {
            Harness::Generic => generic::parse(document),
            harness => claude_code::parse(&harness, document),
        };
        parsed.events.append(&mut read.events);
        parsed.ignored.append(&mut read.ignored);
    };
    let mut bad = 0_usize;
    match serde_json::from_slice::<Value>(payload) {
        Ok(Value::Array(documents)) => documents.iter().take(MAX_EVENTS).for_each(&mut take),
        Ok(document) => take(&document),
        Err(_) => {
            let lines = payload.split(|byte| *byte == b'\n');
            for line in lines
                .filter(|line| !line.trim_ascii().is_empty())
                .take(MAX_EVENTS)
            {
                match serde_json::from_slice::<Value>(line) {
                    Ok(document) => take(&document),
                    Err(_) => bad += 1,
                }
            }
        }
    }
    if bad > 0 {
        parsed
            .ignored
            .push(Ignored::new(&Value::Null, Why::NotJson, ""));
    }
    parsed
}

impl Ignored {
    /// Says what of `document` was ignored.
    pub(super) fn new(document: &Value, why: Why, name: &str) -> Self {
        let text = |names: [&str; 2]| field(document, &names).map(str::to_owned);
        Self {
            session: text(["session_id", "session"]),
            cwd: text(["cwd", "cwd"]),
            why,
            name: name.chars().take(64).filter(|c| !c.is_control()).collect(),
        }
    }
}

/// Returns the first of `names` that is a text that is not empty.
fn field<'v>(document: &'v Value, names: &[&str]) -> Option<&'v str> {
    names
        .iter()
        .find_map(|name| document.get(name)?.as_str())
        .filter(|text| !text.is_empty())
}

/// Returns the first of `names` that is there and not null.
fn part<'v>(document: &'v Value, names: &[&str]) -> &'v Value {
    names
        .iter()
        .find_map(|name| document.get(name).filter(|value| !value.is_null()))
        .unwrap_or(&Value::Null)
}

/// Returns the files that the text of an `apply_patch` names.
fn patched_paths(patch: &str) -> impl Iterator<Item = &str> {
    const HEADS: [&str; 4] = [
        "*** Update File: ",
        "*** Add File: ",
        "*** Delete File: ",
        "*** Move to: ",
    ];
    patch
        .lines()
        .filter_map(|line| HEADS.iter().find_map(|head| line.strip_prefix(head)))
        .map(str::trim_end)
}
