//! Newcomers: repositories that never saw `init`, are empty, or are none.

use harness::Sandbox;

use crate::lines::kinds;
use crate::schemas::validates;

#[test]
fn outside_a_repository_the_answer_is_could_not() {
    let nowhere = Sandbox::without_repository();
    for command in ["log", "stats", "verify", "status", "init"] {
        nowhere.provenance([command]).exits(2).says("error:");
    }
}

#[test]
fn a_repository_that_never_saw_init_is_read_truthfully_and_left_as_it_is() {
    let repo = Sandbox::new();
    repo.write("a.txt", "a\nb\n");
    repo.commit("first");
    repo.append("a.txt", "c\n");
    repo.commit("second");
    let state = || {
        let refs = repo.git(["for-each-ref"]);
        let config = repo.read(".git/config");
        let count = repo.git(["count-objects"]);
        let ours = repo.path().join(".git/provenance").exists();
        (refs, config, count, ours)
    };
    let before = state();
    let log = repo.provenance(["log", "--json"]).succeeds().json();
    validates("log.v1", &log);
    assert_eq!(kinds(&repo, "a.txt"), "uuu");
    let stats = repo.provenance(["stats", "--json"]).succeeds().json();
    validates("stats.v1", &stats);
    assert_eq!(stats["lines"]["unattested"], 3);
    assert_eq!(stats["lines"]["human"], 0);
    let verify = repo.provenance(["verify", "--json"]).exits(1).json();
    validates("verify.v1", &verify);
    let doctor = repo.provenance(["doctor", "--json"]);
    validates("doctor.v1", &doctor.json());
    repo.provenance(["show", "HEAD"])
        .succeeds()
        .says("unattested");
    assert_eq!(before, state());
}

#[test]
fn init_in_a_clone_never_makes_a_second_root() {
    let alice = crate::first_commit::told();
    let root = |repo: &Sandbox| repo.git(["rev-list", "--max-parents=0", "refs/provenance/trust"]);
    let bob = alice.clone_for("bob");
    bob.git([
        "fetch",
        "--quiet",
        "origin",
        "refs/provenance/trust:refs/provenance/trust",
    ]);
    bob.provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    assert_eq!(root(&alice), root(&bob));
    // And again, in a repository that has everything: nothing changes.
    let before = alice.git(["for-each-ref"]);
    alice
        .provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    assert_eq!(alice.git(["for-each-ref"]), before);
}

#[test]
fn an_empty_repository_is_no_error_for_those_who_only_read() {
    let repo = Sandbox::new();
    for command in ["log", "stats", "status"] {
        let output = repo.provenance([command]);
        assert!(output.status != 101, "{}", output.full());
    }
    let repo = repo.with_provenance();
    repo.provenance(["status", "--json"]).succeeds();
}
