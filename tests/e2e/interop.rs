//! Other people's tools agree: OpenSSL checks our signature, OpenSSH prints our key id, an in-toto
//! library reads our records, and plain Git shows and merges our notes.
//!
//! A tool that is not on the machine is skipped aloud.

use std::process::Command;

use harness::Sandbox;

use crate::first_commit::told;

/// Answers whether `program` runs here; says aloud where it does not.
fn is_here(program: &str, argument: &str) -> bool {
    let found = Command::new(program)
        .arg(argument)
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        skipped(program);
    }
    found
}

pub(crate) fn skipped(what: &str) {
    use std::io::Write as _;
    let notice = format!("SKIPPED: no {what} on this machine; nothing was checked with it\n");
    // Past the capture of the test harness: nobody shall miss it.
    drop(std::io::stderr().write_all(notice.as_bytes()));
}

#[test]
fn openssh_prints_our_key_id() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        return skipped("ssh-keygen");
    }
    let alice = told();
    let line = alice
        .provenance(["key", "export", "--ssh"])
        .succeeds()
        .stdout;
    alice.write("../key.pub", &line);
    let mut keygen = alice.command("ssh-keygen");
    let printed = alice.run(keygen.args(["-lf", "../key.pub"])).succeeds();
    let fingerprint = printed.text().split(' ').nth(1).unwrap();
    let verify = alice.provenance(["verify", "--json"]).succeeds().json();
    assert_eq!(verify["commits"][0]["signer"], fingerprint);
}

#[test]
fn a_python_in_toto_library_reads_what_git_notes_shows() {
    let python = std::env::var_os("PROVENANCE_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let alice = told();
    let script = r#"
import base64, json, subprocess, sys
from google.protobuf import json_format
from in_toto_attestation.v1.statement import Statement
import in_toto_attestation.v1.statement_pb2 as pb
note = subprocess.run(["git", "notes", "--ref=provenance", "show", "HEAD"],
                      check=True, capture_output=True).stdout
envelope = json.loads(note)
assert envelope["payloadType"] == "application/vnd.in-toto+json"
statement = pb.Statement()
json_format.ParseDict(json.loads(base64.b64decode(envelope["payload"])), statement)
Statement.copy_from_pb(statement).validate()
print(statement.predicate_type, statement.subject[0].digest["gitCommit"])
"#;
    let found = Command::new(&python)
        .args(["-c", "import in_toto_attestation"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        return skipped("in_toto_attestation for Python");
    }
    let mut run = alice.command(&python);
    // A manager of Python versions may need to know where its own home is.
    run.envs(std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PYENV")));
    let output = alice.run(run.args(["-c", script])).succeeds();
    let expected = format!("urn:git-provenance:authoring:v1 {}\n", alice.head());
    assert_eq!(output.text(), expected);
}

#[test]
fn plain_git_finds_commits_with_ai_lines_by_their_trailer() {
    let alice = told();
    alice.append("retry.rs", "// by hand\n");
    alice.commit("by hand alone");
    let found = alice.git(["log", "--format=%s", "--grep=^Assisted-by:"]);
    assert_eq!(found, "x");
}

#[test]
fn git_notes_merge_unites_two_clones_and_both_sides_still_verify() {
    let alice = told();
    let bob = alice.clone_for("bob");
    bob.git([
        "fetch",
        "--quiet",
        "origin",
        "refs/notes/provenance:refs/notes/provenance",
    ]);
    bob.git([
        "fetch",
        "--quiet",
        "origin",
        "refs/provenance/*:refs/provenance/*",
    ]);
    let copy = bob.provenance(["verify", "HEAD"]).succeeds();
    drop(copy);
    two_notes_on_both_sides(&alice, &bob);
    let theirs = "refs/notes/provenance:refs/notes/from-alice";
    bob.git(["fetch", "--quiet", "origin", theirs]);
    bob.git([
        "notes",
        "--ref=provenance",
        "merge",
        "-s",
        "cat_sort_uniq",
        "from-alice",
    ]);
    let listed = bob.git(["notes", "--ref=provenance", "list"]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
}

/// A commit with a note on each side.
fn two_notes_on_both_sides(alice: &Sandbox, bob: &Sandbox) {
    bob.provenance(["init", "--yes", "--agents", "none"])
        .exits(0);
    alice.append("retry.rs", "// alice\n");
    alice.commit("alice's");
    bob.append("retry.rs", "// bob\n");
    bob.commit("bob's");
}

#[test]
fn openssl_accepts_our_signature_over_the_printed_bytes() {
    if !is_here("openssl", "version") {
        return;
    }
    use base64::Engine as _;
    let alice = told();
    let pae = alice
        .provenance(["show", "HEAD", "--pae"])
        .succeeds()
        .stdout;
    let pem = alice
        .provenance(["key", "export", "--pem"])
        .succeeds()
        .stdout;
    let note = alice.note("HEAD");
    let envelope: serde_json::Value = serde_json::from_str(&note[0]).unwrap();
    let signature = base64::engine::general_purpose::STANDARD
        .decode(envelope["signatures"][0]["sig"].as_str().unwrap())
        .unwrap();
    alice
        .write("../pae", &pae)
        .write("../key.pem", &pem)
        .write("../sig", &signature);
    let verify = |pae: &str| {
        let mut openssl = alice.command("openssl");
        openssl.args([
            "pkeyutl",
            "-verify",
            "-pubin",
            "-rawin",
            "-inkey",
            "../key.pem",
        ]);
        alice.run(openssl.args(["-sigfile", "../sig", "-in", pae]))
    };
    verify("../pae").succeeds();
    let mut changed = pae;
    *changed.last_mut().unwrap() ^= 1;
    alice.write("../changed", &changed);
    assert_ne!(verify("../changed").status, 0);
}
