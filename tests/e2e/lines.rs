//! How stories look at lines: one letter a line, from `blame --json`.

use harness::Sandbox;

use crate::schemas::validates;

/// Whose the lines of a file are, one letter a line: `a`i, `m`ixed, `h`uman, `u`nattested.
#[track_caller]
pub(crate) fn kinds(sandbox: &Sandbox, path: &str) -> String {
    let blame = sandbox
        .provenance(["blame", "--json", "HEAD", "--", path])
        .succeeds()
        .json();
    validates("blame.v1", &blame);
    let lines = blame["lines"].as_array().unwrap().iter();
    lines
        .map(|line| &line["kind"].as_str().unwrap()[..1])
        .collect()
}

/// The predicate of the only record of a commit.
#[track_caller]
pub(crate) fn predicate(sandbox: &Sandbox, commit: &str) -> serde_json::Value {
    let note = sandbox.note(commit);
    assert_eq!(note.len(), 1, "{commit} has {} records", note.len());
    let mut statement = crate::first_commit::statement(&note[0]);
    validates("record.v1", &statement);
    statement["predicate"].take()
}
