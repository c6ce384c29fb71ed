//! Commits made while there was no key: the hooks ran, and kept what they saw.

use std::fs;
use std::path::PathBuf;

use harness::Sandbox;

use super::{mended, reconciled, verdict};
use crate::lines::{kinds, predicate};

const MODEL: &str = "openai/gpt-5.1";

/// The folder of the person's keys, which is taken away for a while.
pub(crate) struct Away {
    keys: PathBuf,
    there: PathBuf,
}

impl Away {
    pub(crate) fn from(alice: &Sandbox) -> Self {
        let keys = alice.home().join(".config/provenance/keys");
        let there = alice.home().join("keys-away");
        fs::rename(&keys, &there).unwrap();
        Self { keys, there }
    }

    pub(crate) fn back(self) {
        fs::rename(self.there, self.keys).unwrap();
    }
}

fn begun() -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    alice.write("begun.txt", "by hand\n");
    alice.commit("begun");
    alice
}

/// Commits where a hook has to say that there is no key; returns the commit.
#[track_caller]
fn commit_unsealed(alice: &Sandbox, args: &[&str]) -> String {
    alice.git(["add", "--all"]);
    let said = alice
        .try_git([&["commit", "--quiet"], args].concat())
        .succeeds();
    assert!(said.talk().contains("waits for a key"), "{}", said.full());
    alice.head()
}

#[test]
fn what_was_committed_without_a_key_is_sealed_when_there_is_one() {
    let alice = begun();
    let away = Away::from(&alice);
    let agent = alice.agent(MODEL);
    agent.is_asked("one");
    agent.edits("a.txt", "a\nb\n");
    alice.append("a.txt", "by hand\n");
    let first = commit_unsealed(&alice, &["-m", "first"]);
    agent.is_asked("two");
    agent.appends("a.txt", "c\n");
    let second = commit_unsealed(&alice, &["-m", "second"]);
    alice.write("h.txt", "by hand\n");
    let amended = commit_unsealed(&alice, &["-m", "third"]);
    alice.append("h.txt", "more\n");
    let third = commit_unsealed(&alice, &["--amend", "--no-edit"]);
    // What is not committed yet belongs to none of them.
    agent.edits("later.txt", "later\n");
    for commit in [&first, &second, &third] {
        assert_eq!(verdict(&alice, commit), "unattested");
    }
    alice.provenance(["reconcile"]).exits(2).says("key");
    away.back();
    assert_eq!(
        verdict(&alice, &first),
        "unattested",
        "nothing is done by itself yet"
    );

    let late = |commit: &String| (commit.clone(), "late".to_owned());
    let done = mended(&reconciled(&alice, &[]));
    assert_eq!(
        done,
        [late(&first), late(&second), late(&amended), late(&third)]
    );
    assert_eq!(verdict(&alice, &first), "verified");
    assert_eq!(verdict(&alice, &second), "verified");
    assert_eq!(verdict(&alice, &third), "carried");
    assert_eq!(kinds(&alice, "a.txt"), "aaha");
    assert_eq!(kinds(&alice, "h.txt"), "hh");
    for (commit, iterations) in [(&first, 1), (&second, 1)] {
        let record = predicate(&alice, commit);
        assert_eq!(record["capture"], serde_json::json!(["sealed-late"]));
        assert_eq!(record["contributions"][0]["iterations"], iterations);
    }
    alice.commit("later");
    assert_eq!(kinds(&alice, "later.txt"), "a");
    let record = predicate(&alice, "HEAD");
    assert_eq!(record["contributions"][0]["session"]["seq"], 3);
    alice.provenance(["verify"]).succeeds();
}

#[test]
fn the_next_commit_with_a_key_seals_what_waits() {
    let alice = begun();
    let away = Away::from(&alice);
    alice.agent(MODEL).edits("a.txt", "a\n");
    let first = commit_unsealed(&alice, &["-m", "first"]);
    away.back();
    alice.write("h.txt", "by hand\n");
    alice.commit("second");
    assert_eq!(verdict(&alice, &first), "verified");
    assert_eq!(kinds(&alice, "a.txt"), "a");
    assert_eq!(mended(&reconciled(&alice, &[])), []);
}

#[test]
fn a_merge_without_a_key_waits_too_and_a_rewrite_is_carried_over() {
    let alice = begun();
    alice.git(["checkout", "-q", "-b", "side"]);
    alice.agent(MODEL).edits("a.txt", "a\n");
    alice.commit("side");
    alice.git(["checkout", "-q", "main"]);
    alice.write("h.txt", "by hand\n");
    alice.commit("main");
    let away = Away::from(&alice);
    alice.git(["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    let merged = alice.head();
    alice.git(["checkout", "-q", "-b", "other", "main~1"]);
    alice.git(["cherry-pick", "side"]);
    let picked = alice.head();
    assert_eq!(verdict(&alice, &merged), "unattested");
    away.back();
    let mut done = mended(&reconciled(&alice, &[]));
    done.sort();
    let mut expected = [
        (merged.clone(), "late".to_owned()),
        (picked.clone(), "carried".to_owned()),
    ];
    expected.sort();
    assert_eq!(done, expected);
    assert_eq!(verdict(&alice, &merged), "verified");
    assert_eq!(verdict(&alice, &picked), "carried");
}

#[test]
fn attack_g51_what_waits_for_a_key_and_is_taken_away_makes_nothing_better() {
    let alice = begun();
    let away = Away::from(&alice);
    alice.agent(MODEL).edits("a.txt", "a\n");
    let commit = commit_unsealed(&alice, &["-m", "first"]);
    away.back();
    fs::remove_dir_all(alice.git_dir().join("provenance/pending")).unwrap();
    assert_eq!(mended(&reconciled(&alice, &[])), []);
    assert_eq!(verdict(&alice, &commit), "unattested");
    assert_eq!(kinds(&alice, "a.txt"), "u");
}
