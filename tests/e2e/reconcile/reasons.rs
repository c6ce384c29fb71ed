//! Commits that stay without a record, and why: from evidence, or `unknown`.

use std::fs;

use harness::Sandbox;
use serde_json::Value;

use super::{mended, reconciled, verdict};
use crate::lines::kinds;

const MODEL: &str = "openai/gpt-5.1";

fn begun() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("begun.txt", "old\n");
    alice.commit("before records began");
    alice.with_provenance()
}

/// The reason for each unrecorded commit.
fn reasons(document: &Value) -> Vec<(String, String)> {
    let entries = document["unrecorded"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entries
        .map(|entry| (text(&entry["commit"]), text(&entry["reason"])))
        .collect()
}

/// Reconciles, which must mend nothing, and give one reason for each of these commits.
#[track_caller]
fn left(alice: &Sandbox, args: &[&str], expected: &[(&String, &str)]) {
    let told = reconciled(alice, args);
    assert_eq!(mended(&told), []);
    let mut found = reasons(&told);
    let own = |(commit, reason): &(&String, &str)| ((*commit).clone(), (*reason).to_owned());
    let mut expected: Vec<_> = expected.iter().map(own).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn attack_g40_a_commit_that_no_hook_saw_is_listed_with_what_is_known_and_stays_unattested() {
    let alice = begun();
    alice.agent(MODEL).edits("a.txt", "a\n");
    alice.git(["add", "-A"]);
    let mut off = alice.command("git");
    off.env("PROVENANCE", "0")
        .args(["commit", "-q", "-m", "bypassed"]);
    alice.run(&mut off).succeeds();
    let bypassed = alice.head();

    alice.write("h.txt", "by hand\n");
    alice.git(["add", "-A"]);
    alice.git([
        "-c",
        "core.hooksPath=/nowhere",
        "commit",
        "-q",
        "-m",
        "no hook",
    ]);
    let no_hook = alice.head();

    alice.git([
        "commit",
        "--quiet",
        "--allow-empty",
        "--no-verify",
        "-m",
        "recorded",
    ]);
    let tree = alice.git(["rev-parse", "HEAD^{tree}"]);
    let below = alice.git(["commit-tree", &tree, "-p", "HEAD", "-m", "below"]);
    let other = alice.git(["commit-tree", &tree, "-p", &below, "-m", "another client"]);
    alice.git(["update-ref", "refs/heads/main", &other]);

    let expected = [
        (&bypassed, "bypassed"),
        (&no_hook, "no-hook"),
        (&below, "another-client"),
        (&other, "another-client"),
    ];
    left(&alice, &[], &expected);
    for (commit, _) in expected {
        assert_eq!(verdict(&alice, commit), "unattested");
    }
    assert_eq!(kinds(&alice, "a.txt"), "u");
    assert_eq!(kinds(&alice, "h.txt"), "u");
    let said = alice.provenance(["reconcile"]).exits(1);
    for words in [
        "PROVENANCE=0",
        "git provenance record",
        "4 without a record",
    ] {
        assert!(said.text().contains(words), "{}", said.full());
    }
    // What says so is taken away: nothing gets better for it, and nothing is guessed.
    fs::remove_file(alice.git_dir().join("provenance/bypassed")).unwrap();
    fs::remove_dir_all(alice.git_dir().join("logs")).unwrap();
    left(
        &alice,
        &[],
        &expected.map(|(commit, _)| (commit, "unknown")),
    );
    alice.provenance(["reconcile"]).exits(1);
}

#[test]
fn what_is_from_before_records_began_is_named_and_does_not_count() {
    let alice = begun();
    let before = alice.head();
    alice.write("h.txt", "by hand\n");
    let recorded = alice.commit("recorded");
    left(&alice, &[], &[]);
    left(&alice, &["HEAD"], &[(&before, "before-adoption")]);
    left(&alice, &[&recorded, &format!("^{before}")], &[]);
    alice
        .provenance(["reconcile", "HEAD"])
        .succeeds()
        .says("1 from before records began: not counted");
}

#[test]
fn a_merge_by_the_forge_and_a_colleague_without_hooks_are_told_apart() {
    let alice = begun();
    let bob = alice.clone_for("bob");
    bob.git(["checkout", "-q", "-b", "topic"]);
    bob.write("b.txt", "bob\n");
    bob.git(["add", "-A"]);
    bob.git(["commit", "-q", "-m", "bob, without hooks"]);
    let bobs = bob.head();
    bob.git(["checkout", "-q", "main"]);
    let mut forge = bob.command("git");
    forge
        .args([
            "merge",
            "-q",
            "--no-ff",
            "-m",
            "Merge pull request #1 from bob/topic",
            "topic",
        ])
        .env("GIT_COMMITTER_NAME", "GitHub")
        .env("GIT_COMMITTER_EMAIL", "noreply@github.com");
    bob.run(&mut forge).succeeds();
    let merge = bob.head();
    alice.git(["pull", "-q", bob.path().to_str().unwrap(), "main"]);
    left(
        &alice,
        &[],
        &[(&bobs, "unknown"), (&merge, "merge-by-the-forge")],
    );
}

#[test]
fn attack_g09_pins_without_records_are_listed_and_nobody_makes_records_up() {
    let alice = begun();
    alice.agent(MODEL).edits("a.txt", "a\n");
    let pinned = alice.commit("pinned");
    alice.git(["update-ref", "-d", "refs/notes/provenance"]);
    left(&alice, &[], &[(&pinned, "record-missing")]);
    assert_eq!(verdict(&alice, &pinned), "missing");
    assert_eq!(kinds(&alice, "a.txt"), "u");
}

#[test]
fn attack_g05_a_pin_of_somebody_elses_record_connects_nothing() {
    let alice = begun();
    alice.agent(MODEL).edits("a.txt", "a\n");
    alice.append("a.txt", "by hand\n");
    alice.commit("honest");
    let pin = alice.message("HEAD");
    let pin = pin
        .lines()
        .find(|line| line.starts_with("Provenance: "))
        .unwrap();
    alice.write("evil.txt", "evil\n");
    alice.git(["add", "-A"]);
    let message = format!("evil\n\n{pin}");
    alice.git([
        "-c",
        "core.hooksPath=/nowhere",
        "commit",
        "-q",
        "-m",
        &message,
    ]);
    let evil = alice.head();
    left(&alice, &[], &[(&evil, "unconnected")]);
    assert_eq!(verdict(&alice, &evil), "untrusted");
    assert_eq!(kinds(&alice, "evil.txt"), "u");
}
