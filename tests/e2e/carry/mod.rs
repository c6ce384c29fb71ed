//! Carrying: what a forge squashes, rebases and merges keeps its authors, by a job of CI.

pub(crate) mod forge;

mod forged;
mod scripts;
mod yaml;

use harness::{Output, Sandbox};
use serde_json::Value;

use self::forge::{Forge, MERGE_REQUESTS, takes, trusts};
use crate::rewrites::{ai, begun, human, parted};

/// The answer of `carry --json`, which must validate, for one commit.
#[track_caller]
fn answer(told: &Output, commit: &str) -> Value {
    let document = told.json();
    crate::schemas::validates("carry.v1", &document);
    let commits = document["commits"].as_array().unwrap();
    let found = commits.iter().find(|entry| entry["commit"] == *commit);
    found
        .unwrap_or_else(|| panic!("{commit} is not in {document:#}"))
        .clone()
}

/// `outcome how verdict`.
#[track_caller]
fn in_short(told: &Output, commit: &str) -> String {
    let entry = answer(told, commit);
    let word = |name: &str| entry[name].as_str().unwrap_or("-").to_owned();
    format!("{} {} {}", word("outcome"), word("how"), word("verdict"))
}

/// The kinds of a file's lines, as a reader sees them: `ai ai human`.
fn kinds(person: &Sandbox, file: &str) -> String {
    let blame = person
        .provenance(["blame", "--json", "HEAD", file])
        .succeeds()
        .json();
    let lines = blame["lines"].as_array().unwrap().iter();
    let kinds: Vec<&str> = lines.map(|line| line["kind"].as_str().unwrap()).collect();
    kinds.join(" ")
}

/// Alice's request 7 of three commits, and a main that moved on.
fn requested() -> (Sandbox, Forge, Sandbox) {
    let alice = begun();
    parted(&alice);
    let forge = Forge::of(&alice);
    let ci = forge.ci(&alice);
    forge.opens(&alice, "side", 7);
    (alice, forge, ci)
}

#[test]
fn a_job_says_it_once_and_the_same_thing_twice() {
    let (alice, forge, ci) = requested();
    let made = forge.squashes(7, "side (#7)");
    let told = forge.job(&ci, &["--json"]).succeeds();
    assert_eq!(in_short(&told, &made), "carried same-merge carried");
    assert_eq!(answer(&told, &made)["sources"].as_array().unwrap().len(), 3);
    let note = ci.note(&made);
    let refs = ci.git(["for-each-ref"]);
    let again = forge.job(&ci, &["--json"]).succeeds();
    assert_eq!(in_short(&again, &made), "known - carried");
    assert_eq!((ci.note(&made), ci.git(["for-each-ref"])), (note, refs));
    takes(&alice);
    let verify = alice.provenance(["verify", "--json", "HEAD^!"]).succeeds();
    let commit = &verify.json()["commits"][0];
    assert_eq!(commit["record"], answer(&told, &made)["record"]);
    assert_eq!(commit["principal"], "ci@example.com");
}

#[test]
fn ci_accepts_nothing_in_a_humans_name() {
    let (_, forge, ci) = requested();
    let made = forge.squashes(7, "side (#7)");
    forge.job(&ci, &[]).succeeds();
    let carried: Vec<Value> = ci
        .note(&made)
        .iter()
        .map(|line| crate::first_commit::statement(line))
        .filter(|statement| statement["subject"][0]["digest"]["gitCommit"] == *made)
        .collect();
    let [record] = carried.as_slice() else {
        panic!("one record is about {made}: {carried:#?}");
    };
    let predicate = &record["predicate"];
    assert_eq!(predicate["approver"], Value::Null);
    assert_eq!(predicate["remainder"], "unknown");
    assert_eq!(predicate["capture"], serde_json::json!(["merged-by-forge"]));
    assert_eq!(predicate["derivedFrom"].as_array().unwrap().len(), 3);
    crate::schemas::validates("record.v1", record);
}

#[test]
fn whoever_wrote_the_lines_may_say_so_again() {
    let (alice, forge, _) = requested();
    let made = forge.squashes(7, "side (#7)");
    takes(&alice);
    let told = alice.provenance(["carry", "--json"]).succeeds();
    assert_eq!(in_short(&told, &made), "carried same-merge carried");
    assert_eq!(kinds(&alice, "b.txt"), "ai human");
}

#[test]
fn a_rebase_merge_without_a_number_is_found_by_its_changes() {
    let (alice, forge, ci) = requested();
    let made = forge.rebases(7);
    let range = format!("{}^..{}", made[0], made[2]);
    let told = forge.job(&ci, &["--json", &range]).succeeds();
    for commit in &made {
        assert_eq!(in_short(&told, commit), "carried same-change carried");
    }
    takes(&alice);
    assert_eq!(kinds(&alice, "b.txt"), "ai human");
    alice.provenance(["verify", "HEAD~3..HEAD"]).succeeds();
}

#[test]
fn a_merge_commit_of_a_forge_stands_on_what_it_merges() {
    let (alice, forge, ci) = requested();
    let made = forge.merges(7);
    let told = forge.job(&ci, &["--json"]).succeeds();
    assert_eq!(in_short(&told, &made), "carried same-merge carried");
    assert_eq!(answer(&told, &made)["lines"]["total"], 0);
    takes(&alice);
    assert_eq!(kinds(&alice, "b.txt"), "ai human");
}

#[test]
fn gitlab_squashes_and_then_merges() {
    let alice = begun();
    parted(&alice);
    let forge = Forge::with_heads(&alice, MERGE_REQUESTS);
    let ci = forge.ci(&alice);
    forge.opens(&alice, "side", 3);
    let bare = forge.bare();
    let tip = bare.git(["rev-parse", &forge.head(3)]);
    let base = bare.git(["merge-base", "main", &tip]);
    let tree = format!("{tip}^{{tree}}");
    let squash = bare.git(["commit-tree", &tree, "-p", &base, "-m", "side"]);
    let merged = bare.git(["merge-tree", "--write-tree", "main", &squash]);
    let message = "Merge branch 'side' into 'main'\n\nside\n\nSee merge request a/b!3";
    let merge = bare.git([
        "commit-tree",
        &merged,
        "-p",
        "main",
        "-p",
        &squash,
        "-m",
        message,
    ]);
    bare.git(["update-ref", "refs/heads/main", &merge]);
    bare.git(["update-ref", "-d", "refs/heads/side"]);
    let told = forge.job(&ci, &["--json", "HEAD^..HEAD"]).succeeds();
    for commit in [&squash, &merge] {
        assert_eq!(in_short(&told, commit), "carried same-merge carried");
    }
    takes(&alice);
    assert_eq!(kinds(&alice, "b.txt"), "ai unattested");
}

#[test]
fn the_pins_of_a_squash_message_lead_to_its_branch() {
    let (_, forge, ci) = requested();
    let tip = forge.bare().git(["rev-parse", &forge.head(7)]);
    let messages = forge
        .bare()
        .git(["log", "--format=* %B", &format!("main..{tip}")]);
    assert!(messages.contains("\nProvenance: sha256:"), "{messages}");
    ci.git(["fetch", "-q", "origin", "side:refs/remotes/origin/side"]);
    let made = forge.squashes(7, &format!("side\n\n{messages}"));
    let told = forge.job(&ci, &["--json", "--no-fetch"]).succeeds();
    assert_eq!(in_short(&told, &made), "carried same-merge carried");
}

#[test]
fn several_jobs_at_once_make_one_record() {
    let (_, forge, ci) = requested();
    let made = forge.squashes(7, "side (#7)");
    ci.git(["pull", "--quiet", "--ff-only", "origin", "main"]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| ci.provenance(["carry"]).succeeds());
        }
    });
    assert_eq!(ci.note(&made).len(), 4, "three originals and one carry");
}

#[test]
fn a_line_that_the_forge_never_saw_in_a_request_stays_unattested() {
    let (alice, forge, ci) = requested();
    let bare = forge.bare();
    // Somebody solved a conflict in the forge's editor: the merge is not the one that Git makes.
    let tip = bare.git(["rev-parse", &forge.head(7)]);
    let editor = bare.clone_for("editor");
    editor.git(["fetch", "-q", "origin", &forge.head(7)]);
    editor.git(["merge", "-q", "--squash", &tip]);
    editor.append("b.txt", "typed at the forge\n");
    editor.git(["commit", "-q", "-a", "-m", "side (#7)"]);
    editor.git(["push", "-q", "origin", "HEAD:main"]);
    let told = forge.job(&ci, &["--json"]).exits(1);
    let made = ci.head();
    assert_eq!(in_short(&told, &made), "no-source - unattested");
    // Whoever knows better says so, and only lines that stand in both are carried.
    let told = forge.job(&ci, &["--json", "--from", &tip]).succeeds();
    assert_eq!(in_short(&told, &made), "carried named carried");
    takes(&alice);
    assert_eq!(kinds(&alice, "b.txt"), "ai unattested unattested");
}

#[test]
fn a_key_of_ci_that_nobody_trusts_is_said_and_trusted_later() {
    let alice = begun();
    parted(&alice);
    let forge = Forge::of(&alice);
    let ci = forge.stranger();
    forge.opens(&alice, "side", 7);
    let made = forge.squashes(7, "side (#7)");
    let told = forge.job(&ci, &["--json"]).exits(1);
    assert_eq!(in_short(&told, &made), "carried same-merge untrusted");
    assert_eq!(answer(&told, &made)["reasons"][0]["code"], "unknown-signer");
    let note = ci.note(&made);
    forge
        .job(&ci, &[])
        .exits(1)
        .says("git provenance trust add");
    assert_eq!(ci.note(&made), note);
    trusts(&alice, &ci);
    takes(&alice);
    alice.provenance(["verify", "HEAD^!"]).succeeds();
}

#[test]
fn a_key_can_be_given_as_a_file() {
    let (_, forge, ci) = requested();
    let file = ci.home().join(".config/provenance/keys/id_ed25519");
    let elsewhere = ci.home().join("ci-key");
    std::fs::rename(&file, &elsewhere).unwrap();
    forge.squashes(7, "side (#7)");
    forge.job(&ci, &[]).exits(2);
    forge
        .job(&ci, &["--key", elsewhere.to_str().unwrap()])
        .succeeds();
}

#[test]
fn a_shallow_clone_is_told_what_to_fetch() {
    let (_, forge, ci) = requested();
    let made = forge.squashes(7, "side (#7)");
    let url = format!(
        "file://{}",
        forge.bare().path().canonicalize().unwrap().display()
    );
    ci.git(["clone", "-q", "--depth", "1", &url, "shallow"]);
    let shallow = ci.within("shallow");
    shallow.provenance(["sync"]).succeeds();
    let told = shallow.provenance(["carry"]).exits(2);
    let told = told.says("shallow").says("git fetch --unshallow");
    assert!(told.talk().contains("fetch-depth: 0"), "{}", told.full());
    assert!(shallow.note(&made).is_empty());
    shallow.git(["fetch", "-q", "--unshallow"]);
    shallow.provenance(["carry"]).succeeds();
}

#[test]
fn a_remote_that_does_not_answer_is_no_answer() {
    let (_, forge, ci) = requested();
    forge.squashes(7, "side (#7)");
    ci.git(["pull", "--quiet", "--ff-only", "origin", "main"]);
    ci.git(["remote", "set-url", "origin", "/nowhere"]);
    ci.provenance(["carry"])
        .exits(2)
        .says("git ls-remote origin");
    ci.provenance(["carry", "--no-fetch"])
        .exits(1)
        .says("--from");
}

#[test]
fn a_commit_that_nobody_requested_is_left_alone() {
    let (alice, forge, ci) = requested();
    human(&alice, "a.txt", "human directly\n");
    ai(&alice, "a.txt", "ai directly\n");
    alice.commit("pushed without a request");
    alice.git(["push", "-q", "origin", "main"]);
    let told = forge.job(&ci, &["--json"]).succeeds();
    assert_eq!(in_short(&told, &ci.head()), "known - verified");
    let plain = forge.bare().clone_for("plain");
    plain.append("a.txt", "human without hooks\n");
    plain.git(["commit", "-q", "-a", "-m", "no hooks"]);
    plain.git(["push", "-q", "origin", "main"]);
    let told = forge.job(&ci, &["--json"]).exits(1);
    assert_eq!(in_short(&told, &ci.head()), "no-source - unattested");
    assert!(ci.note("HEAD").is_empty());
}
