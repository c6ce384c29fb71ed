//! What is gone, or was never here: garbage that Git collected, and clones that are not whole.

use harness::Sandbox;

use super::{mended, reconciled, verdict};
use crate::lines::kinds;

const MODEL: &str = "openai/gpt-5.1";

/// A branch `side` of an AI's commit and a human's, replayed onto main without hooks.
fn replayed() -> (Sandbox, Vec<String>) {
    let alice = Sandbox::new().with_provenance();
    alice.write("begun.txt", "by hand\n");
    alice.commit("begun");
    alice.git(["checkout", "-q", "-b", "side"]);
    alice.agent(MODEL).edits("a.txt", "a\n");
    alice.commit("by an AI");
    alice.write("h.txt", "by hand\n");
    alice.commit("by hand");
    alice.git(["checkout", "-q", "main"]);
    alice.write("m.txt", "by hand\n");
    alice.commit("main moves on");
    alice.git([
        "-c",
        "core.hooksPath=/nowhere",
        "rebase",
        "-q",
        "main",
        "side",
    ]);
    let new = alice.git(["rev-list", "main..side"]);
    let new = new.lines().map(str::to_owned).collect();
    (alice, new)
}

/// Forgets what no branch has any more, and its notes.
fn forget(alice: &Sandbox) {
    alice.git(["reflog", "expire", "--expire=now", "--all"]);
    alice.git(["gc", "-q", "--prune=now"]);
    alice.git(["notes", "--ref=provenance", "prune"]);
}

#[test]
fn attack_g41_what_was_carried_over_stays_when_the_old_commits_are_pruned() {
    let (alice, new) = replayed();
    assert_eq!(mended(&reconciled(&alice, &[])).len(), 2);
    forget(&alice);
    for commit in &new {
        assert_eq!(verdict(&alice, commit), "carried");
    }
    assert_eq!(kinds(&alice, "a.txt"), "a");
    assert_eq!(kinds(&alice, "h.txt"), "h");
    assert_eq!(mended(&reconciled(&alice, &[])), []);
}

#[test]
fn attack_g41_what_was_pruned_first_is_not_made_up() {
    let (alice, new) = replayed();
    let before: Vec<String> = new.iter().map(|commit| verdict(&alice, commit)).collect();
    forget(&alice);
    reconciled(&alice, &[]);
    for (commit, before) in new.iter().zip(before) {
        let now = verdict(&alice, commit);
        let is_no_better = now == before || ["missing", "unattested"].contains(&now.as_str());
        assert!(is_no_better, "{before} became {now}");
    }
    assert_eq!(kinds(&alice, "h.txt"), "u");
}

/// Rewrites all of main as `git filter-repo` does: no hook runs, and what was there is pruned.
fn filtered(alice: &Sandbox, filter: [&str; 2]) {
    let mut rewrite = alice.command("git");
    rewrite
        .env("FILTER_BRANCH_SQUELCH_WARNING", "1")
        .args(["filter-branch", "-f"])
        .args(filter)
        .arg("main");
    alice.run(&mut rewrite).succeeds();
    alice.git(["update-ref", "-d", "refs/original/refs/heads/main"]);
    alice.git(["reflog", "expire", "--expire=now", "--all"]);
    alice.git(["gc", "-q", "--prune=now"]);
}

/// An AI's commit and a human's.
fn written() -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    alice.write("begun.txt", "by hand\n");
    alice.commit("begun: secret");
    alice.agent(MODEL).edits("a.txt", "a\n");
    alice.append("a.txt", "by hand\n");
    alice.commit("by an AI: secret");
    alice.write("h.txt", "by hand\n");
    alice.commit("by hand: secret");
    alice
}

#[test]
fn attack_g41_a_history_that_was_filtered_and_pruned_is_known_by_its_records_alone() {
    let alice = written();
    filtered(&alice, ["--msg-filter", "sed s/secret/open/"]);
    let new = alice.git(["rev-list", "main"]);
    assert_eq!(verdict(&alice, &alice.head()), "unattested");
    let done = mended(&reconciled(&alice, &[]));
    assert_eq!(done.len(), 3, "{done:?}");
    assert!(done.iter().all(|(_, how)| how == "carried"), "{done:?}");
    // The old commits are gone, and so are their notes now.
    alice.git(["notes", "--ref=provenance", "prune"]);
    for commit in new.lines() {
        assert_eq!(verdict(&alice, commit), "carried");
    }
    assert_eq!(kinds(&alice, "a.txt"), "ah");
    assert_eq!(kinds(&alice, "h.txt"), "h");
}

#[test]
fn attack_g41_a_file_that_was_filtered_out_takes_no_other_record_along() {
    let alice = written();
    filtered(
        &alice,
        [
            "--index-filter",
            "git rm -q --cached --ignore-unmatch begun.txt",
        ],
    );
    let by_an_ai = alice.git(["rev-parse", "main~1"]);
    assert_eq!(verdict(&alice, &by_an_ai), "carried");
    let told = reconciled(&alice, &[]);
    let (ai, how) = (by_an_ai.clone(), "pinned".to_owned());
    assert!(mended(&told).contains(&(ai, how)), "{told}");
    let left = told["unrecorded"].as_array().unwrap();
    assert!(left.iter().all(|left| left["commit"] != *by_an_ai));
    alice.git(["notes", "--ref=provenance", "prune"]);
    assert_eq!(verdict(&alice, &by_an_ai), "carried");
    // Where nobody pinned anything, nobody says whose it is.
    assert_eq!(verdict(&alice, &alice.head()), "unattested");
    assert_eq!(kinds(&alice, "h.txt"), "u");
}

#[test]
fn attack_g34_a_shallow_clone_mends_what_it_has_and_says_what_it_cannot() {
    let (alice, _) = replayed();
    let folder = alice.home().join("shallow");
    let url = format!("file://{}", alice.path().display());
    let mut clone = alice.command("git");
    clone.args(["clone", "-q", "--depth", "1", "-b", "side", &url]);
    alice.run(clone.arg(&folder)).succeeds();
    let shallow = alice.within("../shallow");
    shallow.git([
        "fetch",
        "-q",
        &url,
        "refs/notes/provenance:refs/notes/provenance",
    ]);
    let before = verdict(&shallow, &shallow.head());
    let told = shallow.provenance(["reconcile"]);
    assert_ne!(told.status, 0, "{}", told.full());
    assert_eq!(verdict(&shallow, &shallow.head()), before);
    assert_eq!(kinds(&shallow, "h.txt"), "u");
}
