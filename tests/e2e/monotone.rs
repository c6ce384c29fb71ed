//! Deletion is monotone: whatever is taken away, no verdict rises, no line goes from an AI to a
//! human, and no exit code goes from *no* or *could not* to *yes*.
//!
//! Outside it, by nature: a record that nothing pins and that contradicts a pinned one can be
//! withheld; the threat model names it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use harness::Sandbox;
use serde_json::Value;

use crate::rewrites::rank;

/// A repository with every kind of commit that this version makes.
fn everything() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("old.txt", "from before\n");
    alice.commit("before records began");
    let alice = alice.with_provenance();
    alice
        .agent("openai/gpt-5.1")
        .edits("ai.txt", "one\ntwo\nthree\n");
    alice.commit("by an agent");
    alice.write("hand.txt", "by hand\n");
    alice.commit("by hand");
    let text = alice.read("ai.txt").replace("two", "two, and more of it");
    alice.write("ai.txt", text);
    alice.commit("a human changes an agent's line later");
    alice.claude_code().writes("amended.txt", "a\nb\n");
    alice.commit("to be amended");
    alice.append("amended.txt", "c\n");
    alice.git(["add", "--all"]);
    alice.commit_with(["--amend", "--no-edit"]);
    alice
}

/// What a reader believes: verdicts by commit, kinds by line, and the exit code of `verify`.
#[derive(Debug)]
struct Belief {
    verdicts: BTreeMap<String, String>,
    kinds: BTreeMap<String, Vec<String>>,
    status: i32,
}

fn belief(alice: &Sandbox) -> Belief {
    let output = alice.provenance(["verify", "--json", "HEAD"]);
    let mut belief = Belief {
        verdicts: BTreeMap::new(),
        kinds: BTreeMap::new(),
        status: output.status,
    };
    assert!(matches!(output.status, 0..=2), "{}", output.full());
    if output.status < 2 {
        for commit in output.json()["commits"].as_array().unwrap() {
            let text = |field: &str| commit[field].as_str().unwrap().to_owned();
            belief.verdicts.insert(text("commit"), text("verdict"));
        }
    }
    for path in ["old.txt", "ai.txt", "hand.txt", "amended.txt"] {
        let output = alice.provenance(["blame", "--json", path]);
        assert!(matches!(output.status, 0 | 2), "{}", output.full());
        if output.status == 0 {
            let json = output.json();
            let lines = json["lines"].as_array().unwrap().iter();
            let kind = |line: &Value| line["kind"].as_str().unwrap().to_owned();
            belief
                .kinds
                .insert(path.to_owned(), lines.map(kind).collect());
        }
    }
    belief
}

/// Ends the test if `after` is better than `before` anywhere.
#[track_caller]
fn no_better(before: &Belief, after: &Belief, what: &str) {
    assert!(
        after.status >= before.status.min(1),
        "{what}: exit code {}",
        after.status
    );
    for (commit, verdict) in &after.verdicts {
        // What was taken away can only make a stripped or bad one of it; the three that are not
        // believed have no order among them.
        // Without trust, commits from before adoption are asked about too.
        let old = before.verdicts.get(commit).map_or(2, |old| rank(old));
        let new = rank(verdict);
        assert!(new >= old.min(2), "{what}: {commit} went to {verdict}");
    }
    for (path, kinds) in &after.kinds {
        for (n, (old, new)) in before.kinds[path].iter().zip(kinds).enumerate() {
            let is_same_or_lost = old == new || new == "unattested" || new == "ai";
            let is_whitened = matches!(old.as_str(), "ai" | "mixed") && new == "human";
            assert!(
                is_same_or_lost && !is_whitened,
                "{what}: {path}:{} went from {old} to {new}",
                n + 1
            );
        }
    }
}

#[test]
fn attack_g51_no_line_note_or_ref_that_is_taken_away_makes_anything_better() {
    let alice = everything();
    let before = belief(&alice);
    assert_eq!(before.kinds["ai.txt"].concat(), "aihumanai", "{before:#?}");
    for commit in alice.git(["rev-list", "HEAD"]).lines() {
        let note = alice.note(commit);
        for n in 0..note.len() {
            let mut rest = note.clone();
            rest.remove(n);
            alice.rewrite_note(commit, &rest);
            no_better(
                &before,
                &belief(&alice),
                &format!("line {n} of the note of {commit}"),
            );
            alice.git([
                "update-ref",
                "refs/notes/provenance",
                "refs/notes/provenance@{1}",
            ]);
        }
    }
    for name in ["refs/notes/provenance", "refs/provenance/trust"] {
        let id = alice.git(["rev-parse", name]);
        alice.git(["update-ref", "-d", name]);
        no_better(&before, &belief(&alice), name);
        alice.git(["update-ref", name, &id]);
    }
    let after = belief(&alice);
    assert_eq!(after.verdicts, before.verdicts, "everything is back");
}

#[test]
fn attack_g51_no_object_that_is_taken_away_makes_anything_better() {
    let alice = everything();
    let before = belief(&alice);
    let aside = alice.home().join("aside");
    let mut taken = 0;
    for object in loose_objects(&alice) {
        fs::rename(&object, &aside).unwrap();
        no_better(&before, &belief(&alice), &object.display().to_string());
        fs::rename(&aside, &object).unwrap();
        taken += 1;
    }
    assert!(taken > 30, "only {taken} objects were found");
}

/// The loose objects that only the trail uses, and those of the history itself.
fn loose_objects(alice: &Sandbox) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in fs::read_dir(alice.git_dir().join("objects")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.file_name().is_some_and(|name| name.len() == 2) {
            found.extend(
                fs::read_dir(folder)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    found
}

#[test]
fn a_record_that_nothing_pins_can_be_withheld_and_only_then_is_a_line_human_again() {
    let alice = everything();
    let before = belief(&alice);
    alice
        .provenance([
            "record", "--tool", "late", "--file", "hand.txt", "--commit", "HEAD~2",
        ])
        .succeeds();
    let with = belief(&alice);
    assert_eq!(before.kinds["hand.txt"], ["human"]);
    assert_eq!(with.kinds["hand.txt"], ["ai"]);
    assert_eq!(before.verdicts, with.verdicts);
}
