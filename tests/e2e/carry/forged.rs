//! Forged inputs: what is named, numbered, pinned or opened at a forge gives nothing by itself.

use std::fmt::Write as _;

use harness::Sandbox;

use super::forge::Forge;
use super::{in_short, requested};
use crate::rewrites::ai;

/// Mallory pushes a commit with this content of `b.txt`, made without hooks; returns it.
fn pushes(forge: &Forge, message: &str, content: &str) -> String {
    let mallory = forge.bare().clone_for("mallory");
    mallory.write("b.txt", content);
    mallory.git(["add", "-A"]);
    mallory.git(["commit", "-q", "-m", message]);
    mallory.git(["push", "-q", "origin", "main"]);
    mallory.head()
}

#[track_caller]
fn grants_nothing(forge: &Forge, ci: &Sandbox, commit: &str, verdict: &str) {
    let told = forge.job(ci, &["--json"]).exits(1);
    assert_eq!(in_short(&told, commit), format!("no-source - {verdict}"));
    assert!(ci.note(commit).is_empty());
}

#[test]
fn attack_g05_a_number_of_a_request_with_other_content() {
    let (_, forge, ci) = requested();
    // A line of the request, and one of Mallory's.
    let commit = pushes(&forge, "side (#7)", "ai three\nmallory\n");
    grants_nothing(&forge, &ci, &commit, "unattested");
}

#[test]
fn attack_g05_a_pin_to_a_record_of_other_content() {
    let (alice, forge, ci) = requested();
    let pin = alice.message("side~1");
    let pin = pin.lines().find(|line| line.starts_with("Provenance: "));
    let message = format!("mine\n\n{}", pin.unwrap());
    let commit = pushes(&forge, &message, "ai three\nmallory\n");
    grants_nothing(&forge, &ci, &commit, "untrusted");
}

#[test]
fn attack_g05_an_indented_pin_to_a_record_of_other_content() {
    let (alice, forge, ci) = requested();
    let pin = alice.message("side~1");
    let pin = pin.lines().find(|line| line.starts_with("Provenance: "));
    let message = format!("mine\n\n    {}", pin.unwrap());
    let commit = pushes(&forge, &message, "ai three\nmallory\n");
    grants_nothing(&forge, &ci, &commit, "unattested");
}

#[test]
fn attack_g05_a_request_that_is_opened_for_what_was_pushed_already() {
    let (_, forge, ci) = requested();
    let commit = pushes(&forge, "mine (#8)", "ai three\nmallory\n");
    // The same change, offered as a request: nobody signed for it.
    let bare = forge.bare();
    let tree = format!("{commit}^{{tree}}");
    let copy = bare.git([
        "commit-tree",
        &tree,
        "-p",
        &format!("{commit}^"),
        "-m",
        "copy",
    ]);
    bare.git(["update-ref", "refs/pull/8/head", &copy]);
    grants_nothing(&forge, &ci, &commit, "unattested");
}

#[test]
fn attack_g05_a_request_that_holds_what_was_pushed() {
    let (alice, forge, ci) = requested();
    let commit = pushes(&forge, "mine (#9)", "ai three\nmallory\n");
    // Alice's later branch stands on it: that makes it no source.
    alice.git(["fetch", "-q", "origin"]);
    alice.git(["checkout", "-q", "-b", "later", "origin/main"]);
    ai(&alice, "b.txt", "ai later\n");
    alice.commit("later");
    forge.opens(&alice, "later", 9);
    grants_nothing(&forge, &ci, &commit, "unattested");
}

#[test]
fn attack_g16_a_request_whose_records_nobody_trusts() {
    let (_, forge, ci) = requested();
    let mallory = forge.bare().clone_for("mallory").with_provenance();
    mallory.git(["checkout", "-q", "-b", "theirs"]);
    ai(&mallory, "m.txt", "ai by mallory\n");
    mallory.commit("theirs");
    forge.opens(&mallory, "theirs", 8);
    let commit = forge.squashes(8, "theirs (#8)");
    let told = forge.job(&ci, &["--json"]).exits(1);
    assert!(in_short(&told, &commit).starts_with("copied same-change un"));
    assert_eq!(super::kinds(&ci, "m.txt"), "unattested");
}

#[test]
fn attack_g30_ten_thousand_requests_cost_what_a_few_do() {
    let (_, forge, ci) = requested();
    let bare = forge.bare();
    let mut stream = String::new();
    for number in 1000..11_000 {
        write!(
            stream,
            "commit refs/pull/{number}/head\ncommitter M <m@example.com> {number} +0000\n\
             data 2\nno\nfrom refs/heads/main^0\nM 100644 inline b.txt\ndata 5\n{number:05}\n"
        )
        .unwrap();
    }
    let mut import = bare.command("git");
    bare.run_with_input(import.args(["fast-import", "--quiet"]), stream.as_bytes())
        .succeeds();
    bare.git(["pack-refs", "--all"]);
    let made = forge.rebases(7);
    let range = format!("{}^..{}", made[0], made[2]);
    let told = forge.job(&ci, &["--json", &range]).succeeds();
    for commit in &made {
        assert_eq!(in_short(&told, commit), "carried same-change carried");
    }
    let heads = told.json()["heads"].as_u64().unwrap();
    assert!((1..=65).contains(&heads), "{heads} heads were fetched");
}
