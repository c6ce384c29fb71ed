//! Attacks on the evidence, from outside, with plain Git: whatever is changed, moved or taken away,
//! no verdict gets better.
//!
//! Each test is named by its row of `docs/threat-model.md`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use harness::Sandbox;
use serde_json::Value;

use crate::first_commit::told;

/// The verdict and the reasons' codes of a commit, and the exit code of `verify` for it alone.
#[track_caller]
pub(crate) fn verdict(sandbox: &Sandbox, commit: &str) -> (String, Vec<String>, i32) {
    let range = match sandbox.try_git(["rev-parse", "--verify", "--quiet", &format!("{commit}^")]) {
        output if output.status == 0 => format!("{commit}^..{commit}"),
        _ => commit.to_owned(),
    };
    let output = sandbox.provenance(["verify", "--json", &range]);
    let json = output.json();
    crate::schemas::validates("verify.v1", &json);
    let commits = json["commits"].as_array().unwrap();
    assert_eq!(commits.len(), 1, "{}", output.full());
    let reasons = commits[0]["reasons"].as_array().unwrap().iter();
    (
        commits[0]["verdict"].as_str().unwrap().to_owned(),
        reasons
            .map(|reason| reason["code"].as_str().unwrap().to_owned())
            .collect(),
        output.status,
    )
}

/// Changes the envelope of HEAD's note and returns what `verify` then says.
#[track_caller]
fn after(sandbox: &Sandbox, change: impl FnOnce(&mut Value)) -> (String, Vec<String>, i32) {
    let note = sandbox.note("HEAD");
    let mut envelope: Value = serde_json::from_str(&note[0]).unwrap();
    change(&mut envelope);
    sandbox.rewrite_note("HEAD", &[envelope.to_string()]);
    verdict(sandbox, "HEAD")
}

/// HEAD's note with the payload's bytes changed.
fn with_payload(envelope: &mut Value, change: impl FnOnce(&mut Vec<u8>)) {
    let mut payload = BASE64
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    change(&mut payload);
    envelope["payload"] = BASE64.encode(payload).into();
}

#[test]
fn attack_g01_one_changed_byte_of_the_payload_is_never_verified() {
    let alice = told();
    let (verdict, _, status) = after(&alice, |envelope| {
        with_payload(envelope, |payload| {
            let text = String::from_utf8(payload.clone()).unwrap();
            *payload = text
                .replace(r#""ai":[[1,3]]"#, r#""ai":[[1,2]]"#)
                .into_bytes();
        });
    });
    assert_eq!((verdict.as_str(), status), ("invalid", 1));
}

#[test]
fn attack_g01_one_changed_byte_of_the_signature_is_never_verified() {
    let alice = told();
    let (verdict, _, status) = after(&alice, |envelope| {
        let mut signature = BASE64
            .decode(envelope["signatures"][0]["sig"].as_str().unwrap())
            .unwrap();
        signature[63] ^= 1;
        envelope["signatures"][0]["sig"] = BASE64.encode(signature).into();
    });
    assert_eq!((verdict.as_str(), status), ("invalid", 1));
}

#[test]
fn attack_g02_another_payload_type_over_the_same_payload_is_never_verified() {
    let alice = told();
    let (verdict, _, status) = after(&alice, |envelope| {
        envelope["payloadType"] = "application/json".into();
    });
    assert_ne!(verdict, "verified");
    assert_eq!(status, 1);
}

#[test]
fn attack_g05_a_record_moved_to_another_commit_grants_nothing_there() {
    let alice = told();
    let line = alice.note("HEAD");
    alice.write("other.rs", "fn other() {}\n");
    let mut commit = alice.command("git");
    commit
        .env("PROVENANCE", "0")
        .args(["commit", "--quiet", "-m", "other"]);
    alice.git(["add", "-A"]);
    alice.run(&mut commit).succeeds();
    alice.rewrite_note("HEAD", &line);
    let (verdict, reasons, status) = verdict(&alice, "HEAD");
    assert_eq!((verdict.as_str(), status), ("unattested", 1), "{reasons:?}");
    let blame = alice
        .provenance(["blame", "--json", "other.rs"])
        .succeeds()
        .json();
    assert_eq!(blame["lines"][0]["kind"], "unattested");
}

#[test]
fn attack_g06_a_record_moved_to_a_twin_with_the_same_tree_grants_nothing_there() {
    let alice = told();
    let line = alice.note("HEAD");
    let tree = alice.git(["rev-parse", "HEAD^{tree}"]);
    let twin = alice.git(["commit-tree", &tree, "-m", "a twin without a pin"]);
    alice.git(["reset", "--quiet", "--hard", &twin]);
    alice.rewrite_note("HEAD", &line);
    let (verdict, reasons, status) = verdict(&alice, "HEAD");
    assert_eq!((verdict.as_str(), status), ("unattested", 1), "{reasons:?}");
}

#[test]
fn attack_g06_a_pin_that_is_copied_to_another_parent_is_untrusted_at_most() {
    let alice = told();
    let line = alice.note("HEAD");
    let message = alice.message("HEAD");
    alice.write("base.txt", "base\n");
    alice.git(["add", "-A"]);
    let mut commit = alice.command("git");
    commit
        .env("PROVENANCE", "0")
        .args(["commit", "--quiet", "-m", "base"]);
    alice.run(&mut commit).succeeds();
    let tree = alice.git(["rev-parse", "HEAD~1^{tree}"]);
    let twin = alice.git(["commit-tree", &tree, "-p", "HEAD", "-m", &message]);
    alice.git(["reset", "--quiet", "--hard", &twin]);
    alice.rewrite_note("HEAD", &line);
    let (verdict, reasons, status) = verdict(&alice, "HEAD");
    assert_eq!((verdict.as_str(), status), ("untrusted", 1), "{reasons:?}");
}

#[test]
fn attack_g08_a_removed_note_reads_missing() {
    let alice = told();
    alice.git(["notes", "--ref=provenance", "remove", "HEAD"]);
    let (verdict, _, status) = verdict(&alice, "HEAD");
    assert_eq!((verdict.as_str(), status), ("missing", 1));
    let blame = alice
        .provenance(["blame", "--json", "retry.rs"])
        .succeeds()
        .json();
    for line in blame["lines"].as_array().unwrap() {
        assert_eq!(line["kind"], "unattested");
        assert_eq!(line["verdict"], "missing");
    }
}

#[test]
fn attack_g09_a_deleted_notes_ref_reads_missing() {
    let alice = told();
    alice.git(["update-ref", "-d", "refs/notes/provenance"]);
    let (verdict, _, status) = verdict(&alice, "HEAD");
    assert_eq!((verdict.as_str(), status), ("missing", 1));
    alice.provenance(["show", "HEAD"]).says("missing");
}

#[test]
fn attack_g10_a_pin_taken_out_by_rewriting_leaves_unattested_lines_never_human_ones() {
    let alice = told();
    let mut amend = alice.command("git");
    amend
        .env("PROVENANCE", "0")
        .args(["commit", "--quiet", "--amend", "-m", "no pin"]);
    alice.run(&mut amend).succeeds();
    let (verdict, _, status) = verdict(&alice, "HEAD");
    assert_eq!((verdict.as_str(), status), ("unattested", 1));
    let stats = alice.provenance(["stats", "--json"]).succeeds().json();
    assert_eq!(stats["lines"]["human"], 0);
    assert_eq!(stats["lines"]["unattested"], 5);
}

#[test]
fn attack_g16_a_perfect_signature_by_an_unknown_key_is_untrusted() {
    let alice = told();
    // Mallory has a clone, makes a key of her own, and records what she likes.
    let mallory = alice.clone_for("mallory");
    mallory.git([
        "fetch",
        "--quiet",
        "origin",
        "refs/provenance/*:refs/provenance/*",
    ]);
    mallory
        .provenance(["init", "--yes", "--agents", "none"])
        .exits(0);
    mallory.write("evil.rs", "fn evil() {}\n");
    mallory.git(["add", "-A"]);
    mallory.git(["commit", "--quiet", "-m", "innocent"]);
    let (verdict, reasons, status) = verdict(&mallory, "HEAD");
    assert_eq!((verdict.as_str(), status), ("untrusted", 1), "{reasons:?}");
    let blame = mallory
        .provenance(["blame", "--json", "evil.rs"])
        .succeeds()
        .json();
    assert_eq!(blame["lines"][0]["kind"], "unattested");
}

#[test]
fn an_added_line_never_lowers_a_verdict() {
    let alice = told();
    let good = alice.note("HEAD").remove(0);
    for stray in [
        "not json",
        "{}",
        r#"{"payload":"e30=","payloadType":"application/json","signatures":[]}"#,
        "\u{1b}[31mred",
    ] {
        alice.rewrite_note("HEAD", &[good.clone(), stray.to_owned()]);
        let (verdict, _, status) = verdict(&alice, "HEAD");
        assert_eq!((verdict.as_str(), status), ("verified", 0), "{stray:?}");
    }
}

#[test]
fn attack_g53_a_private_key_that_others_can_read_is_refused_and_never_printed() {
    use std::os::unix::fs::PermissionsExt as _;
    let alice = told();
    let keys = alice.home().join(".config/provenance/keys");
    let secret = std::fs::read_dir(&keys)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_none_or(|extension| extension != "pub"))
        .expect("init made a key");
    let mode = std::fs::metadata(&secret).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let body = std::fs::read_to_string(&secret).unwrap();
    let inside = body.lines().nth(1).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    for command in [
        &["doctor"][..],
        &["key", "list"],
        &["key", "show"],
        &["status"],
    ] {
        let output = alice.provenance(command);
        assert!(!output.full().contains(inside), "{}", output.full());
    }
    alice.append("retry.rs", "// by hand\n");
    alice.git(["add", "-A"]);
    let output = alice.try_git(["commit", "-m", "still lands"]).succeeds();
    assert!(!output.full().contains(inside));
    assert_eq!(alice.note("HEAD"), [""; 0]);
}
