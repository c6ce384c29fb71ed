//! Notes that Git itself replaced: `notes.rewriteRef`, and hands of others.

use harness::Sandbox;

use super::{hooks_but, mended, reconciled, verdict};
use crate::lines::kinds;

const MODEL: &str = "openai/gpt-5.1";

/// A commit with an AI's line and a human's, in a clone where Git copies notes in a mode.
fn begun(mode: &str) -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    alice.write("begun.txt", "by hand\n");
    alice.commit("begun");
    alice.git(["config", "notes.rewriteRef", "refs/notes/provenance"]);
    alice.git(["config", "notes.rewriteMode", mode]);
    alice.agent(MODEL).edits("a.txt", "a\n");
    alice.append("a.txt", "by hand\n");
    alice.commit("made");
    alice.agent(MODEL).appends("a.txt", "b\n");
    alice.git(["add", "-A"]);
    alice
}

/// How often Git itself wrote notes.
fn copies(alice: &Sandbox) -> usize {
    let log = alice.git(["log", "--format=%s", "refs/notes/provenance"]);
    log.lines()
        .filter(|subject| {
            subject.contains("'git commit --amend'") || subject.contains("'git notes copy'")
        })
        .count()
}

#[test]
fn whatever_git_copies_in_whatever_mode_the_records_stay() {
    for mode in ["overwrite", "concatenate", "cat_sort_uniq", "ignore"] {
        let alice = begun(mode);
        let amended = alice.commit_with(["--amend", "--no-edit"]);
        assert_eq!(verdict(&alice, &amended), "carried", "{mode}");
        alice.git(["checkout", "-q", "-b", "side"]);
        alice.write("h.txt", "by hand\n");
        alice.commit("side");
        alice.git(["checkout", "-q", "main"]);
        alice.write("m.txt", "by hand\n");
        alice.commit("main");
        alice.git(["rebase", "-q", "main", "side"]);
        assert_eq!(verdict(&alice, &alice.head()), "carried", "{mode}");
        assert_eq!(kinds(&alice, "a.txt"), "aha", "{mode}");
        assert_eq!(kinds(&alice, "h.txt"), "h", "{mode}");
        assert_eq!(copies(&alice), 2, "{mode}");
        let doctor = alice.provenance(["doctor"]).succeeds();
        assert!(
            doctor.text().contains("notes.rewriteRef"),
            "{}",
            doctor.full()
        );
        assert_eq!(mended(&reconciled(&alice, &[])), []);
    }
}

#[test]
fn what_git_replaced_while_post_rewrite_was_killed_is_put_back() {
    let alice = begun("overwrite");
    let hooks = hooks_but(&alice, &["post-rewrite"]);
    alice.git(["-c", &hooks, "commit", "-q", "--amend", "--no-edit"]);
    let commit = alice.head();
    assert_eq!(verdict(&alice, &commit), "missing");
    assert_eq!(kinds(&alice, "a.txt"), "uuu");
    let done = mended(&reconciled(&alice, &[]));
    assert_eq!(done, [(commit.clone(), "restored".to_owned())]);
    assert_eq!(verdict(&alice, &commit), "carried");
    assert_eq!(kinds(&alice, "a.txt"), "aha");
}

#[test]
fn attack_g08_a_note_that_was_removed_is_put_back_while_the_history_of_the_notes_has_it() {
    let alice = Sandbox::new().with_provenance();
    alice.write("begun.txt", "by hand\n");
    alice.commit("begun");
    alice.agent(MODEL).edits("a.txt", "a\n");
    let commit = alice.commit("made");
    let lines = alice.note(&commit);
    alice.rewrite_note(&commit, &[]);
    assert_eq!(verdict(&alice, &commit), "missing");
    let done = mended(&reconciled(&alice, &[]));
    assert_eq!(done, [(commit.clone(), "restored".to_owned())]);
    assert_eq!(alice.note(&commit), lines);

    // Without that history it is gone, and nobody makes another one up.
    alice.rewrite_note(&commit, &[]);
    let tree = alice.git(["rev-parse", "refs/notes/provenance^{tree}"]);
    let root = alice.git(["commit-tree", &tree, "-m", "cut"]);
    alice.git(["update-ref", "refs/notes/provenance", &root]);
    forget_reflog(&alice);
    assert_eq!(mended(&reconciled(&alice, &[])), []);
    assert_eq!(verdict(&alice, &commit), "missing");
    assert_eq!(kinds(&alice, "a.txt"), "u");
}

fn forget_reflog(alice: &Sandbox) {
    alice.git(["reflog", "expire", "--expire=now", "refs/notes/provenance"]);
}

/// Commits one line of an agent's, and returns the commit.
fn agent_commits(alice: &Sandbox, path: &str) -> String {
    alice.agent(MODEL).edits(path, "a\n");
    alice.commit(path)
}

#[test]
fn attack_g08_records_that_a_fetch_by_force_took_are_put_back_from_the_reflog() {
    let alice = Sandbox::new().with_provenance();
    alice.write("begun.txt", "by hand\n");
    alice.commit("begun");
    let bare = alice.path().join("../hub.git");
    alice.git(["init", "--quiet", "--bare", "../hub.git"]);
    let hub = bare.canonicalize().unwrap();
    let hub = hub.to_str().unwrap();
    alice.git(["push", "--quiet", hub, "main", "refs/notes/provenance"]);
    let first = agent_commits(&alice, "a.txt");
    let notes = alice.note(&first);
    alice.git(["fetch", "--quiet", hub, "+refs/notes/*:refs/notes/*"]);
    assert_eq!(verdict(&alice, &first), "missing");
    let second = agent_commits(&alice, "b.txt");

    let done = mended(&reconciled(&alice, &[]));
    assert_eq!(done, [(first.clone(), "restored".to_owned())]);
    assert_eq!(alice.note(&first), notes);
    for commit in [&first, &second] {
        assert_eq!(verdict(&alice, commit), "verified");
    }
}

#[test]
fn what_was_set_back_several_times_comes_back_whole() {
    let alice = Sandbox::new().with_provenance();
    alice.write("begun.txt", "by hand\n");
    alice.commit("begun");
    let begun = alice.git(["rev-parse", "refs/notes/provenance"]);
    let commits: Vec<String> = ["a.txt", "b.txt", "c.txt"]
        .map(|path| {
            let commit = agent_commits(&alice, path);
            alice.git(["update-ref", "refs/notes/provenance", &begun]);
            commit
        })
        .into();
    for commit in &commits {
        assert_eq!(verdict(&alice, commit), "missing");
    }
    let mut done: Vec<String> = mended(&reconciled(&alice, &[]))
        .into_iter()
        .map(|(commit, how)| {
            assert_eq!(how, "restored");
            commit
        })
        .collect();
    done.sort();
    let mut expected = commits.clone();
    expected.sort();
    assert_eq!(done, expected);
    for commit in &commits {
        assert_eq!(verdict(&alice, commit), "verified");
    }
}
