//! Reconciling: what a crash or a bypassed hook left behind, without it and with it.

use std::fs;
use std::os::unix::fs::symlink;

use harness::Sandbox;
use serde_json::Value;

mod gone;
mod half_done;
pub(crate) mod keyless;
mod overwritten;
mod reasons;

/// Our hooks but these, as if they had been killed: the folder for `core.hooksPath`.
pub(crate) fn hooks_but(alice: &Sandbox, killed: &[&str]) -> String {
    let ours = alice.git(["rev-parse", "--path-format=absolute", "--git-path", "hooks"]);
    let folder = alice.home().join(format!("hooks-but-{}", killed.join("-")));
    drop(fs::remove_dir_all(&folder));
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(ours).unwrap() {
        let hook = entry.unwrap().path();
        let name = hook.file_name().unwrap();
        if !killed.iter().any(|killed| name == *killed) {
            symlink(fs::canonicalize(&hook).unwrap(), folder.join(name)).unwrap();
        }
    }
    format!("core.hooksPath={}", folder.display())
}

/// Commits everything; post-commit is killed before it does anything.
pub(crate) fn commit_killed(alice: &Sandbox, args: &[&str]) -> String {
    let hooks = hooks_but(alice, &["post-commit"]);
    alice.git(["add", "--all"]);
    alice.git([&["-c", &hooks, "commit", "--quiet"], args].concat());
    alice.head()
}

/// Reconciles, twice: the second time changes nothing. Returns what the first one printed.
#[track_caller]
pub(crate) fn reconciled(alice: &Sandbox, args: &[&str]) -> Value {
    let run = || alice.provenance([&["reconcile", "--json"], args].concat());
    let first = run();
    let notes = notes_ref(alice);
    let second = run();
    assert_eq!(notes_ref(alice), notes, "a second run changed the notes");
    assert_eq!(second.json()["mended"], serde_json::json!([]));
    let (first_told, second_told) = (first.json(), second.json());
    crate::schemas::validates("reconcile.v1", &first_told);
    assert_eq!(first_told["unrecorded"], second_told["unrecorded"]);
    assert_eq!(first.status, second.status, "{}", first.full());
    first_told
}

pub(crate) fn notes_ref(alice: &Sandbox) -> String {
    alice.git(["for-each-ref", "refs/notes/provenance"])
}

/// The verdict about one commit.
#[track_caller]
pub(crate) fn verdict(alice: &Sandbox, commit: &str) -> String {
    let range = format!("{commit}^!");
    let verify = alice.provenance(["verify", "--json", &range]).json();
    let commits = verify["commits"].as_array().unwrap();
    let found = commits.iter().find(|entry| entry["commit"] == *commit);
    found.map_or_else(
        || "not counted".to_owned(),
        |entry| entry["verdict"].as_str().unwrap().to_owned(),
    )
}

/// What was done about each commit.
pub(crate) fn mended(document: &Value) -> Vec<(String, String)> {
    let entries = document["mended"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entries
        .map(|entry| (text(&entry["commit"]), text(&entry["how"])))
        .collect()
}
