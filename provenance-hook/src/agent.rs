//! The agents' entrance: events on standard input, lines in the journal.
//!
//! Takes the name under which a harness was told to call us and what it writes: one JSON document,
//! or one a line. Each event is taken down in every repository that it concerns and that `init` has
//! set up; in others nothing is written.
//!
//! # Invariants
//!
//! - Nothing is printed: some harnesses show standard output to the model.
//! - One event that cannot be taken down does not keep the next from being.
//! - At most [`MAX_BYTES`] are read.

use std::ffi::OsStr;
use std::io::Read;

use provenance_core::capture::{Witness, agent};
use provenance_core::{clock, entropy};

use crate::environment::Environment;
use crate::failure::HookError;

/// The longest input that is read: 64 MiB. A longer one is no event of any harness.
pub const MAX_BYTES: u64 = 64 << 20;

/// Takes down the events that the agent called `name` reports on `input`.
///
/// # Errors
///
/// [`HookError::Input`], [`HookError::InputTooLong`], and the first [`HookError::Capture`] of an
/// event that could not be taken down; the agent is not told.
pub fn run(name: &OsStr, input: &mut dyn Read, environment: &Environment) -> Result<(), HookError> {
    let mut payload = Vec::new();
    input
        .take(MAX_BYTES + 1)
        .read_to_end(&mut payload)
        .map_err(|source| HookError::Input { source })?;
    if payload.len() as u64 > MAX_BYTES {
        return Err(HookError::InputTooLong);
    }
    let variables = |name: &str| environment.text(name);
    let parsed = agent::parse(&name.to_string_lossy(), &payload, &variables);

    let clock = clock::System;
    let mut entropy = entropy::System;
    let mut witness = Witness::new(&clock, &mut entropy);
    let mut first = Ok(());
    for mut event in parsed.events {
        let cwd = event.cwd.take().unwrap_or_default();
        event.cwd = Some(environment.current_dir().join(cwd));
        first = first.and(witness.take(&event));
    }
    for mut ignored in parsed.ignored {
        if ignored.cwd.is_none() {
            ignored.cwd = environment.current_dir().to_str().map(str::to_owned);
        }
        first = first.and(witness.ignore(&ignored));
    }
    Ok(first?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::scratch::{repository, watched_repository};

    fn report(dir: &Path, name: &str, input: &str) -> Result<(), HookError> {
        let environment = Environment::new(dir, [("HOME", "/nowhere")]);
        run(OsStr::new(name), &mut input.as_bytes(), &environment)
    }

    fn journal(dir: &Path) -> Vec<String> {
        let path = dir.join(".git/provenance/journal/main/current.jsonl");
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn every_line_is_an_event_and_a_bad_one_loses_only_itself() {
        let dir = watched_repository();
        let lines = "{\"event\":\"session\",\"session\":\"s\"}\nnonsense\n{\"event\":\"end\",\"session\":\"s\"}\n";
        report(dir.path(), "generic", lines).unwrap();
        let journal = journal(dir.path());
        assert_eq!(journal.len(), 3, "{journal:?}");
        assert!(journal[0].contains("\"session\":\"s\""));
        assert!(journal[2].contains("not-json"));
    }

    #[test]
    fn where_init_never_ran_and_where_there_is_no_repository_nothing_is_written() {
        let dir = repository();
        let event = "{\"event\":\"session\",\"session\":\"s\"}";
        report(dir.path(), "generic", event).unwrap();
        assert!(!dir.path().join(".git/provenance").exists());
        let nowhere = tempfile::tempdir().unwrap();
        report(nowhere.path(), "generic", event).unwrap();
        assert_eq!(fs::read_dir(nowhere.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_endless_input_is_not_read_to_its_end() {
        let dir = watched_repository();
        let environment = Environment::new(dir.path(), [("HOME", "/nowhere")]);
        let error = run(
            OsStr::new("generic"),
            &mut std::io::repeat(b' '),
            &environment,
        );
        assert!(matches!(error, Err(HookError::InputTooLong)));
    }
}
