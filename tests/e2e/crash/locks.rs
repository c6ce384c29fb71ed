//! The lock of a writer that died: named, not waited for, and removed by a person.

use std::fs;

use harness::Sandbox;

use super::told::ages;
use crate::lines::kinds;

#[test]
fn attack_g15_a_lock_that_was_left_behind_is_named_and_nothing_is_lost() {
    let alice = Sandbox::new().with_provenance();
    alice.commit_with(["--allow-empty", "--message", "base"]);
    let lock = alice.git_dir().join("refs/notes/provenance.lock");
    fs::write(&lock, "").unwrap();
    ages(&alice, &lock);
    let agent = alice.agent("openai/gpt-5.1");
    for name in ["one.txt", "two.txt"] {
        agent.edits(name, "by the agent\n");
        alice.git(["add", "--all"]);
        let commit = alice.try_git(["commit", "--quiet", "--message", name]);
        commit.exits(0).says("refs/notes/provenance.lock");
    }
    assert_eq!(kinds(&alice, "one.txt"), "u");
    let doctor = alice.provenance(["doctor"]).exits(1);
    doctor.says("notes-lock").says("git provenance reconcile");
    alice.provenance(["reconcile"]).exits(2).says("remove");
    fs::remove_file(lock).unwrap();
    alice.provenance(["reconcile"]).succeeds();
    for name in ["one.txt", "two.txt"] {
        assert_eq!(kinds(&alice, name), "a", "{name}");
    }
    alice.provenance(["verify"]).succeeds();
    alice.provenance(["doctor", "--forget"]).succeeds();
}

#[test]
fn a_lock_that_was_just_taken_is_waited_for() {
    let alice = Sandbox::new().with_provenance();
    alice.commit_with(["--allow-empty", "--message", "base"]);
    let lock = alice.git_dir().join("refs/notes/provenance.lock");
    fs::write(&lock, "").unwrap();
    std::thread::scope(|scope| {
        let commit = scope.spawn(|| alice.commit_with(["--allow-empty", "--message", "one"]));
        // Its writer goes on when Git has been asked a few times.
        for _ in 0..20 {
            alice.git(["rev-parse", "HEAD"]);
        }
        fs::remove_file(&lock).unwrap();
        commit.join().unwrap();
    });
    alice.provenance(["verify"]).succeeds();
}
