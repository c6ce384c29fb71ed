//! `show`: one commit in full, and what an auditor checks without us.

use std::process::Stdio;

use harness::Sandbox;
use serde_json::json;

use crate::first_commit::told;
use crate::schemas::validates;

#[test]
fn everything_is_shown_in_eighty_columns() {
    let alice = told();
    let shown = alice.provenance(["show"]);
    for row in shown.text().lines() {
        let row = row.replace("sha256:", "");
        assert!(row.chars().count() <= 82, "{row}");
    }
    insta::assert_snapshot!(shown, @r"
    commit   [oid 1] x
    author   Alice <alice@example.com>  2026-05-04
    verdict  verified, pinned in the commit

    record   [sha256 1]
    signer   alice@example.com ([SHA256 1])
    approver alice@example.com accepted; a human committed
    origin   witnessed [time]; the rest is a human's
    claude-code 2.1.328 · anthropic/claude-opus-4-5-20251101
             session  cb947e5b-246e-4253-a953-000000000002 #1
             operator alice@example.com
             effort   1 iteration, 1 edit (Write 1), 1k in / 300 out
    context  [sha256 2]
             1 part: prompts; opening kept here: --open

    retry.rs      +3 ai      +2 human
    [exit 0]
    ");
    validates(
        "show.v1",
        &alice.provenance(["show", "--json"]).succeeds().json(),
    );
}

#[test]
fn an_auditor_checks_the_signature_with_what_is_exported() {
    let alice = told();
    alice
        .provenance(["show", "HEAD", "--export", "../evidence"])
        .succeeds()
        .says("openssl pkeyutl -verify");
    let evidence = alice.path().join("../evidence");
    let read = |name: &str| std::fs::read(evidence.join(name)).unwrap();
    for (flag, name) in [
        ("--pae", "record.pae"),
        ("--sig", "record.sig"),
        ("--pem", "signer.pem"),
    ] {
        let printed = alice.provenance(["show", flag]).succeeds();
        assert_eq!(printed.stdout, read(name), "{flag}");
    }
    assert!(read("record.pae").starts_with(b"DSSEv1 28 application/vnd.in-toto+json "));
    assert_eq!(read("record.sig").len(), 64);
    let line = format!("{}\n", alice.note("HEAD")[0]);
    assert_eq!(read("envelope.json"), line.as_bytes());
    let mut openssl = alice.command("openssl");
    openssl
        .args([
            "pkeyutl",
            "-verify",
            "-pubin",
            "-rawin",
            "-inkey",
            "signer.pem",
        ])
        .args(["-in", "record.pae", "-sigfile", "record.sig"])
        .current_dir(&evidence)
        .stdout(Stdio::piped());
    if let Ok(found) = openssl.output() {
        assert!(found.status.success(), "{found:?}");
    }
}

#[test]
fn what_the_model_was_given_is_revealed_by_whoever_kept_it_and_by_nobody_else() {
    let alice = told();
    let opened = alice
        .provenance(["show", "--open", "--json"])
        .succeeds()
        .json();
    validates("opening.v1", &opened);
    let commitment = opened["openings"][0]["commitment"].clone();
    assert_eq!(opened["openings"][0]["matches"], true);
    let shown = alice.provenance(["show", "--json"]).succeeds().json();
    let context = &shown["records"][0]["predicate"]["contributions"][0]["promptContext"];
    assert_eq!(context["commitment"], commitment);
    alice
        .provenance(["show", "--open"])
        .succeeds()
        .says("opens: salt and parts");

    let bob = alice.clone_for("bob");
    bob.git(["fetch", "-q", "origin", "refs/notes/*:refs/notes/*"]);
    bob.git([
        "fetch",
        "-q",
        "origin",
        "refs/provenance/*:refs/provenance/*",
    ]);
    bob.write("../revealed.json", opened.to_string());
    let revealed = ["verify", "--opening", "../revealed.json"];
    bob.provenance(revealed).succeeds().says("1 part");
    let forged = opened.to_string().replace("\"prompts\"", "\"files-read\"");
    bob.write("../revealed.json", forged);
    bob.provenance(revealed).exits(1).says("DOES NOT OPEN");
    bob.provenance(["show", "--open"])
        .exits(1)
        .says("no opening is kept here");
}

#[test]
fn a_forged_opening_does_not_open() {
    let alice = told();
    let directory = alice.git_dir().join("provenance/openings");
    let file = std::fs::read_dir(&directory)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut opening: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    opening["salt"] = json!(format!("sha256:{}", "0".repeat(64)));
    std::fs::write(&file, opening.to_string()).unwrap();
    alice
        .provenance(["show", "--open"])
        .exits(1)
        .says("DOES NOT OPEN");
}

#[test]
fn a_stranger_s_record_is_shown_as_a_claim_that_is_not_believed() {
    let alice = told();
    let mallory = Sandbox::new().with_provenance();
    let origin = alice.path().to_str().unwrap();
    mallory.git([
        "fetch",
        "-q",
        origin,
        "refs/notes/*:refs/notes/*",
        "main:theirs",
    ]);
    let shown = mallory.provenance(["show", "theirs"]).succeeds();
    let shown = shown.says("untrusted").says("NOT believed");
    assert!(!shown.text().contains("+3 ai"), "{}", shown.full());
    mallory
        .provenance(["show", "theirs", "--pem"])
        .exits(2)
        .says("trust add");
    mallory.provenance(["show", "theirs", "--pae"]).succeeds();
}

#[test]
fn a_commit_without_a_record_is_shown_too() {
    let alice = Sandbox::new();
    alice.write("a", "a\n");
    alice.commit("nobody watched");
    insta::assert_snapshot!(alice.provenance(["show"]), @r"
    commit   [oid 1] nobody watched
    author   Alice <alice@example.com>  2026-05-04
    verdict  unattested, not pinned in the message
    record   none
    [exit 0]
    ");
    alice
        .provenance(["show", "--pae"])
        .exits(2)
        .says("has no record here");
}
