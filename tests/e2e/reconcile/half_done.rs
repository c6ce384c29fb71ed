//! Half-done records: commit-msg fixed them, and post-commit never came.

use std::fs;

use harness::Sandbox;

use super::{commit_killed, hooks_but, mended, notes_ref, reconciled, verdict};
use crate::lines::kinds;

const MODEL: &str = "openai/gpt-5.1";

fn begun() -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    alice.write("begun.txt", "by hand\n");
    alice.commit("begun");
    alice
}

/// The fixed records that wait for their commits.
fn waiting(alice: &Sandbox) -> usize {
    let dir = alice.git_dir().join("provenance/pending");
    fs::read_dir(dir).map_or(0, Iterator::count)
}

#[test]
fn attack_g15_a_commit_whose_post_commit_was_killed_gets_its_record() {
    let alice = begun();
    alice.agent(MODEL).edits("a.txt", "a\nb\n");
    alice.append("a.txt", "by hand\n");
    let pinned = commit_killed(&alice, &["-m", "pinned"]);
    assert_eq!(verdict(&alice, &pinned), "missing");
    assert_eq!(kinds(&alice, "a.txt"), "uuu");
    alice.write("h.txt", "by hand\n");
    // The next commit-msg finishes what it finds; its own commit is killed too.
    let by_hand = commit_killed(&alice, &["-m", "by hand"]);
    assert_eq!(verdict(&alice, &pinned), "verified");
    assert_eq!(verdict(&alice, &by_hand), "unattested");
    assert_eq!(waiting(&alice), 1);

    let done = reconciled(&alice, &[]);
    let finished = "finished".to_owned();
    assert_eq!(mended(&done), [(by_hand.clone(), finished)]);
    assert_eq!(verdict(&alice, &by_hand), "verified");
    assert_eq!(kinds(&alice, "a.txt"), "aah");
    assert_eq!(kinds(&alice, "h.txt"), "h");
    assert_eq!(waiting(&alice), 0);
}

#[test]
fn a_record_is_finished_by_the_next_commit_and_by_an_amend() {
    for amends in [false, true] {
        let alice = begun();
        alice.agent(MODEL).edits("a.txt", "a\n");
        let first = commit_killed(&alice, &["-m", "pinned"]);
        assert_eq!(verdict(&alice, &first), "missing");
        alice.append("a.txt", "by hand\n");
        alice.git(["add", "-A"]);
        let second = if amends {
            alice.commit_with(["--amend", "--no-edit"])
        } else {
            alice.commit("second")
        };
        let expected = if amends { "carried" } else { "verified" };
        assert_eq!(verdict(&alice, &second), expected);
        assert_eq!(verdict(&alice, &first), "verified");
        assert_eq!(kinds(&alice, "a.txt"), "ah");
        assert_eq!(waiting(&alice), 0);
        assert_eq!(mended(&reconciled(&alice, &[])), []);
    }
}

#[test]
fn a_record_of_somebody_alone_is_finished_by_an_amend_that_runs_no_commit_msg() {
    let alice = begun();
    alice.write("h.txt", "by hand\n");
    let first = commit_killed(&alice, &["-m", "by hand"]);
    assert_eq!(verdict(&alice, &first), "unattested");
    alice.append("h.txt", "more\n");
    alice.git(["add", "-A"]);
    let second = alice.commit_with(["--amend", "--no-edit", "--no-verify"]);
    assert_eq!(verdict(&alice, &second), "carried");
    assert_eq!(kinds(&alice, "h.txt"), "hh");
}

#[test]
fn attack_g15_what_was_killed_in_one_worktree_is_finished_from_another() {
    let alice = begun();
    alice.git(["worktree", "add", "-q", "-b", "side", "../side"]);
    let side = alice.within("../side");
    side.agent(MODEL).edits("a.txt", "a\n");
    let there = commit_killed(&side, &["-m", "in the linked worktree"]);
    alice.agent(MODEL).edits("b.txt", "b\n");
    let here = commit_killed(&alice, &["-m", "in the main one"]);
    for from in [&alice, &side] {
        assert_eq!(verdict(from, &there), "missing");
    }
    let done = mended(&reconciled(&side, &[]));
    assert_eq!(done.len(), 2, "{done:?}");
    assert_eq!(verdict(&alice, &there), "verified");
    assert_eq!(verdict(&alice, &here), "verified");
    assert_eq!(kinds(&side, "a.txt"), "a");
    assert_eq!(waiting(&alice) + waiting(&side), 0);
}

#[test]
fn a_record_of_a_commit_that_was_given_up_belongs_to_none() {
    let alice = begun();
    alice.agent(MODEL).edits("a.txt", "a\n");
    alice.git(["add", "-A"]);
    let folder = hooks_but(&alice, &["commit-msg"]);
    let ours = alice.git(["rev-parse", "--git-path", "hooks/commit-msg"]);
    let hook = format!("{}/commit-msg", folder.split_once('=').unwrap().1);
    let script = format!(
        "#!/bin/sh\n{}/{ours} \"$1\"\nexit 1\n",
        alice.path().display()
    );
    fs::write(&hook, script).unwrap();
    alice
        .run(alice.command("chmod").args(["+x", &hook]))
        .succeeds();
    let given_up = alice.try_git(["-c", &folder, "commit", "-q", "-m", "given up"]);
    assert_ne!(given_up.status, 0);
    assert_eq!(waiting(&alice), 1);
    let notes = notes_ref(&alice);
    assert_eq!(mended(&reconciled(&alice, &[])), []);
    assert_eq!(notes_ref(&alice), notes);
    assert_eq!(
        waiting(&alice),
        1,
        "it may be of a commit that is being made"
    );
    alice.append("a.txt", "by hand\n");
    let commit = alice.commit("another one");
    assert_eq!(verdict(&alice, &commit), "verified");
    assert_eq!(kinds(&alice, "a.txt"), "ah");
    assert_eq!(waiting(&alice), 0);
}

#[test]
fn attack_g51_a_fixed_record_that_is_taken_away_or_changed_makes_nothing_better() {
    for damage in [
        |_: &str| None,
        |text: &str| Some(text.replace("\"a.txt\"", "\"b.txt\"")),
    ] {
        let alice = begun();
        alice.agent(MODEL).edits("a.txt", "a\n");
        let commit = commit_killed(&alice, &["-m", "pinned"]);
        let dir = alice.git_dir().join("provenance/pending");
        let file = fs::read_dir(dir).unwrap().next().unwrap().unwrap().path();
        let damage: fn(&str) -> Option<String> = damage;
        match damage(&fs::read_to_string(&file).unwrap()) {
            None => fs::remove_file(&file).unwrap(),
            Some(text) => fs::write(&file, text).unwrap(),
        }
        reconciled(&alice, &[]);
        assert_eq!(verdict(&alice, &commit), "missing");
        assert_eq!(kinds(&alice, "a.txt"), "u");
    }
}
