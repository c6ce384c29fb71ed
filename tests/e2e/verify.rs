//! `verify`: what counts, and what the exit code is.

use harness::Sandbox;
use serde_json::Value;

use crate::first_commit::told;
use crate::schemas::validates;

fn verify(sandbox: &Sandbox, args: &[&str], exit: i32) -> Value {
    let args: Vec<&str> = ["verify", "--json"].iter().chain(args).copied().collect();
    let found = sandbox.provenance(&args).exits(exit).json();
    validates("verify.v1", &found);
    found
}

#[test]
fn without_a_range_it_is_what_is_not_upstream_yet_or_all_since_records_began() {
    let alice = Sandbox::new();
    alice.write("old.txt", "old\n");
    alice.commit("old");
    let begun = alice.head();
    let alice = alice.with_provenance();
    alice.write("new.txt", "new\n");
    alice.commit("new");
    let found = verify(&alice, &[], 0);
    assert_eq!(found["range"], format!("{begun}..HEAD"));
    assert_eq!(found["commits"].as_array().unwrap().len(), 1);

    alice.git(["init", "-q", "--bare", "../origin.git"]);
    alice.git(["remote", "add", "origin", "../origin.git"]);
    alice.git(["push", "-q", "-u", "origin", "main"]);
    alice.write("next.txt", "next\n");
    alice.commit("next");
    let found = verify(&alice, &[], 0);
    assert_eq!(found["range"], "@{upstream}..HEAD");
    assert_eq!(found["commits"][0]["commit"], alice.head());
    assert_eq!(found["commits"].as_array().unwrap().len(), 1);

    alice.git(["push", "-q"]);
    let found = verify(&alice, &[], 0);
    assert_eq!(
        found["commits"].as_array().unwrap().len(),
        2,
        "all since records began"
    );
}

#[test]
fn nothing_that_counts_is_no() {
    let alice = Sandbox::new();
    alice.write("old.txt", "old\n");
    alice.commit("old");
    let alice = alice.with_provenance();
    verify(&alice, &[], 1);
    verify(&alice, &["HEAD"], 1);
    verify(&alice, &["HEAD..HEAD"], 1);
    alice.write("new.txt", "new\n");
    alice.commit("new");
    verify(&alice, &[], 0);
    verify(&alice, &["HEAD~1"], 1);
    verify(&alice, &["HEAD"], 0);
    verify(&alice, &["HEAD..HEAD"], 1);
}

#[test]
fn an_unattested_commit_after_records_began_is_no() {
    let alice = told();
    alice.write("sly.txt", "sly\n");
    alice.git(["add", "-A"]);
    alice.git([
        "-c",
        "core.hooksPath=/dev/null",
        "commit",
        "-q",
        "-m",
        "sly",
    ]);
    let found = verify(&alice, &[], 1);
    assert_eq!(found["counts"]["unattested"], 1);
    assert_eq!(found["counts"]["verified"], 1);
    insta::assert_snapshot!(alice.provenance(["verify"]), @r"
    verified 1   unattested 1

    unattested  [oid 1]  no record, and its message names none
    [exit 1]
    ");
}

#[test]
fn a_stripped_note_is_missing_and_the_way_out_is_said() {
    let alice = told();
    alice.rewrite_note("HEAD", &[]);
    insta::assert_snapshot!(alice.provenance(["verify"]), @r"
    missing 1

    missing     [oid 1]  the message pins [sha256 1]…, and there is no such
                         record: it was removed, or the notes were never fetched
                         fetch them, or treat the commit as stripped
    [exit 1]
    ");
}

#[test]
fn attack_g51_a_pin_that_may_stand_in_a_note_that_cannot_be_read_is_could_not_answer() {
    let alice = told();
    let stripped = alice.head();
    alice.agent("openai/gpt-5.1").edits("next.txt", "next\n");
    alice.commit("next");
    alice.rewrite_note(&stripped, &[]);
    verify(&alice, &[&stripped], 1);
    let note = alice.git([
        "rev-parse",
        &format!("refs/notes/provenance:{}", alice.head()),
    ]);
    let blob = alice
        .git_dir()
        .join("objects")
        .join(&note[..2])
        .join(&note[2..]);
    let content = std::fs::read(&blob).unwrap();
    std::fs::remove_file(&blob).unwrap();
    // Whether the record stands there nobody knows: `missing` would be an answer.
    alice.provenance(["verify", &stripped]).exits(2).says(&note);
    std::fs::write(&blob, b"no object").unwrap();
    alice.provenance(["verify", &stripped]).exits(2);
    std::fs::remove_file(&blob).unwrap();
    std::fs::write(&blob, content).unwrap();
    verify(&alice, &[&stripped], 1);
    verify(&alice, &["HEAD~1..HEAD"], 0);
}

#[test]
fn a_repository_that_never_saw_init_is_no() {
    let alice = Sandbox::new();
    alice.write("a.txt", "a\n");
    alice.commit("a");
    let found = verify(&alice, &[], 1);
    assert_eq!(found["counts"]["unattested"], 1);
    insta::assert_snapshot!(alice.provenance(["verify"]), @r"
    unattested 1

    unattested  [oid 1]  no record, and its message names none

    This repository never saw `git provenance init`: nobody is trusted here.
    Begin with: git provenance init
    [exit 1]
    ");
}

#[test]
fn history_that_is_not_whole_is_could_not_answer() {
    let alice = told();
    alice.write("next.txt", "next\n");
    alice.commit("next");
    let origin = format!("file://{}", alice.path().display());
    let shallow = alice.within("../shallow");
    alice.git(["clone", "-q", "--depth", "1", &origin, "../shallow"]);
    shallow.git(["fetch", "-q", "origin", "refs/notes/*:refs/notes/*"]);
    shallow.git([
        "fetch",
        "-q",
        "origin",
        "refs/provenance/*:refs/provenance/*",
    ]);
    verify(&shallow, &["HEAD"], 2);
    shallow
        .provenance(["verify", "HEAD"])
        .exits(2)
        .says("git fetch --unshallow");
    shallow.git(["fetch", "-q", "--unshallow"]);
    verify(&shallow, &["HEAD"], 0);
}

#[test]
fn a_range_that_git_does_not_know_is_could_not_answer() {
    let alice = told();
    for range in ["nope..HEAD", "--all", "HEAD^9"] {
        alice.provenance(["verify", range]).exits(2);
    }
}
