//! Without a revision it is the work tree's file, as with `git blame`.

use harness::Sandbox;

use super::like_git::{of_json, read};
use super::mixed;
use crate::schemas::validates;

#[test]
fn what_no_commit_has_yet_is_unattested_whoever_wrote_it() {
    let alice = mixed();
    let text = alice.read("a.rs");
    alice
        .agent("openai/gpt-5.1")
        .edits("a.rs", format!("// new\n{text}"));
    let told = alice
        .provenance(["blame", "--json", "a.rs"])
        .succeeds()
        .json();
    validates("blame.v1", &told);
    let git = alice.git(["blame", "--porcelain", "a.rs"]);
    assert_eq!(of_json(&told), read(&git, false).0);
    let first = &told["lines"][0];
    assert_eq!(first["commit"], "0".repeat(40));
    assert_eq!(
        (&first["kind"], &first["verdict"]),
        (&"unattested".into(), &"unattested".into())
    );
    assert_eq!(first["author"], "Not Committed Yet <not.committed.yet>");
    assert_eq!(told["rev"], alice.head());
    assert_eq!(told["lines"][2]["kind"], "ai");
    insta::assert_snapshot!(alice.provenance(["blame", "a.rs"]), @r"
    [oid 1] not committed            1   // new
    [oid 2] ?             2026-05-04 2   fn old() {}
    [oid 3] ai opus-4-5   2026-05-04 3 | fn one() -> u8 { 1 }
    [oid 3] ai+Alice      2026-05-04 4 : fn two() -> u8 { 2 + 0 }
    [oid 3] Alice         2026-05-04 5   fn mine() {}
    [exit 0]
    ");
    // What is committed is there for the asking, and what is pending too.
    let committed = alice.provenance(["blame", "HEAD", "a.rs"]).succeeds();
    assert_eq!(committed.text().lines().count(), 4);
    alice.provenance(["status"]).succeeds().says("+1 ai  a.rs");
}

#[test]
fn other_contents_are_taken_for_the_files_as_git_does() {
    let alice = mixed();
    alice.write(
        "draft",
        "fn old() {}\nfn draft() {}\nfn one() -> u8 { 1 }\n",
    );
    for words in [
        &["--contents", "draft", "a.rs"][..],
        &["--contents=draft", "HEAD~1", "a.rs"],
    ] {
        let git = alice.git([&["blame", "--porcelain"], words].concat());
        let ours = alice
            .provenance([&["blame", "--json"], words].concat())
            .succeeds();
        assert_eq!(of_json(&ours.json()), read(&git, false).0, "{words:?}");
    }
    let mut piped = alice.command("git");
    piped.args(["provenance", "blame", "--contents", "-", "a.rs"]);
    let told = alice
        .run_with_input(&mut piped, b"fn old() {}\nfn draft() {}\n")
        .succeeds();
    assert!(told.text().contains("not committed"), "{}", told.full());
    let below = alice.within("sub");
    std::fs::create_dir(below.path()).unwrap();
    below
        .provenance(["blame", "--contents", "../draft", "../a.rs"])
        .succeeds();
    below
        .provenance(["blame", "--contents", "nowhere", "../a.rs"])
        .exits(2)
        .says("nowhere");
}

#[test]
fn a_file_that_is_not_on_disk_is_asked_for_by_its_commit() {
    let alice = mixed();
    std::fs::remove_file(alice.path().join("a.rs")).unwrap();
    let refused = alice.provenance(["blame", "a.rs"]).exits(2);
    refused
        .says("is not in the work tree")
        .says("git provenance blame HEAD -- a.rs");
    alice.provenance(["blame", "HEAD", "--", "a.rs"]).succeeds();
    alice.write("never-added", "x\n");
    alice
        .provenance(["blame", "never-added"])
        .exits(2)
        .says("there is no `never-added`");
    let empty = Sandbox::new();
    empty
        .provenance(["blame", "x"])
        .exits(2)
        .says("has no commits yet");
}
