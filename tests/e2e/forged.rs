//! Attacks by whoever holds a trusted key, or a signature from elsewhere: what is rightly signed
//! and wrong inside gains nothing.

use std::fs;

use harness::Sandbox;
use provenance_core::key::SigningKey;
use provenance_core::record::{Kind, Statement, Subject};
use provenance_core::seal::Envelope;
use serde_json::{Value, json};

use crate::first_commit::{statement, told};
use crate::lines::kinds;
use crate::tampering::verdict;

/// The key that `init` made, which trust names.
fn trusted_key(alice: &Sandbox) -> SigningKey {
    SigningKey::load(&alice.home().join(".config/provenance/keys/id_ed25519")).unwrap()
}

/// Signs what `change` makes of HEAD's record, with the trusted key, and puts it in its place.
fn sign_instead(alice: &Sandbox, kind: Kind, change: impl FnOnce(&mut Value)) {
    let mut document = statement(&alice.note("HEAD")[0]);
    change(&mut document);
    let subject: Vec<Subject> = serde_json::from_value(document["subject"].take()).unwrap();
    let statement = Statement::new(kind, subject, &document["predicate"]).unwrap();
    let envelope = Envelope::seal(&statement, &trusted_key(alice)).unwrap();
    let line = String::from_utf8(envelope.to_line()).unwrap();
    alice.rewrite_note("HEAD", &[line]);
}

/// HEAD without a pin, so that nothing but the forged record speaks of it.
fn unpinned() -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    alice.write("a.txt", "one\ntwo\n");
    alice.commit("by hand");
    assert_eq!(kinds(&alice, "a.txt"), "hh");
    alice
}

#[test]
fn attack_g03_a_trusted_signature_over_another_kind_of_statement_is_no_record() {
    for kind in [Kind::Approval, Kind::Trust, Kind::Tombstone] {
        let alice = told();
        sign_instead(&alice, kind, |_| {});
        let (verdict, reasons, status) = verdict(&alice, "HEAD");
        assert_eq!(
            (verdict.as_str(), status),
            ("missing", 1),
            "{kind:?}: {reasons:?}"
        );
        assert_eq!(kinds(&alice, "retry.rs"), "uuuuu");
    }
}

#[test]
fn attack_g04_a_trusted_record_of_another_tree_is_not_believed() {
    let alice = unpinned();
    let parent_tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    sign_instead(&alice, Kind::Authoring, |document| {
        document["predicate"]["tree"] = json!(parent_tree);
    });
    let (verdict, reasons, status) = verdict(&alice, "HEAD");
    assert!(
        !matches!(verdict.as_str(), "verified" | "carried"),
        "{reasons:?}"
    );
    assert_eq!(status, 1);
    assert_eq!(kinds(&alice, "a.txt"), "uu");
}

#[test]
fn attack_g04_a_claim_on_lines_that_the_commit_does_not_add_gains_nothing() {
    let alice = unpinned();
    alice.append("a.txt", "three\n");
    alice.commit("one more by hand");
    sign_instead(&alice, Kind::Authoring, |document| {
        document["predicate"]["contributions"] = json!([{
            "tool": {"name": "greedy"}, "session": {"id": "s", "seq": 1, "previous": null},
            "mode": "agent",
            "files": [{"path": "a.txt", "ai": [[1, 9_000_000]]},
                      {"path": "not/there.txt", "ai": [[1, 5]]}],
        }]);
    });
    assert_eq!(kinds(&alice, "a.txt"), "hha");
    let stats = alice.provenance(["stats", "--json"]).succeeds().json();
    assert_eq!(stats["lines"]["total"], 3);
    assert_eq!(stats["lines"]["ai"], 1);
}

#[test]
fn attack_g04_a_record_that_breaks_a_rule_of_the_format_is_malformed() {
    let defects: [(&str, Value); 6] = [
        ("/contributions", json!([{"tool": {"name": "x"}}])),
        ("/remainder", json!("ai")),
        ("/nonce", json!("00")),
        ("/committedBy", json!("nobody")),
        ("/approver", json!("two words")),
        ("/recordedAt", json!("yesterday")),
    ];
    for (field, value) in defects {
        let alice = unpinned();
        sign_instead(&alice, Kind::Authoring, |document| {
            *document["predicate"].pointer_mut(field).unwrap() = value.clone();
        });
        let (verdict, reasons, status) = verdict(&alice, "HEAD");
        assert_eq!(
            (verdict.as_str(), status),
            ("invalid", 1),
            "{field}: {reasons:?}"
        );
        assert_eq!(kinds(&alice, "a.txt"), "uu", "{field}");
    }
}

#[test]
fn attack_g32_a_record_whose_paths_lead_out_of_the_repository_is_malformed() {
    for path in [
        "../x",
        "/etc/passwd",
        ".git/config",
        ".GIT/config",
        "git~1/x",
        "a/../../b",
        "C:/x",
    ] {
        let alice = unpinned();
        sign_instead(&alice, Kind::Authoring, |document| {
            document["predicate"]["unknown"] = json!([{"path": path, "lines": [[1, 1]]}]);
        });
        let (verdict, reasons, status) = verdict(&alice, "HEAD");
        assert_eq!(
            (verdict.as_str(), status),
            ("invalid", 1),
            "{path}: {reasons:?}"
        );
        alice.provenance(["show", "HEAD"]).exits(0);
    }
}

#[test]
fn attack_g47_a_signature_that_the_key_made_for_ssh_is_no_signature_of_a_record() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;
    let alice = told();
    let note = alice.note("HEAD");
    let mut envelope: Value = serde_json::from_str(&note[0]).unwrap();
    let pae = alice
        .provenance(["show", "HEAD", "--pae"])
        .succeeds()
        .stdout;
    alice.write("../pae", pae);
    let key = alice.home().join(".config/provenance/keys/id_ed25519");
    let mut sign = alice.command("ssh-keygen");
    sign.args(["-Y", "sign", "-q", "-n", "git", "-f"])
        .arg(&key)
        .arg("../pae");
    alice.run(&mut sign).succeeds();
    // The armor holds an SSHSIG blob, whose last 64 bytes are the raw signature.
    let armor = fs::read_to_string(alice.home().join("pae.sig")).unwrap();
    let blob: String = armor
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let blob = BASE64.decode(blob).unwrap();
    envelope["signatures"][0]["sig"] = BASE64.encode(&blob[blob.len() - 64..]).into();
    alice.rewrite_note("HEAD", &[envelope.to_string()]);
    let (verdict, reasons, status) = verdict(&alice, "HEAD");
    assert_eq!((verdict.as_str(), status), ("invalid", 1), "{reasons:?}");
}

#[test]
fn attack_g28_a_line_that_is_spelled_in_a_second_way_is_malformed() {
    let alice = told();
    let line = alice.note("HEAD").remove(0);
    let (payload, rest) = line.strip_prefix('{').unwrap().split_once(',').unwrap();
    let rest = rest.strip_suffix('}').unwrap();
    for second in [
        format!("{{{rest},{payload}}}"),
        format!("{{{payload},{payload},{rest}}}"),
        format!("{{ {payload},{rest}}}"),
        format!("{{\"extra\":1,{payload},{rest}}}"),
        format!("\u{feff}{line}"),
        line.replace("\"payloadType\"", "\"payload\\u0054ype\""),
    ] {
        alice.rewrite_note("HEAD", std::slice::from_ref(&second));
        let (verdict, reasons, status) = verdict(&alice, "HEAD");
        assert_eq!(
            (verdict.as_str(), status),
            ("invalid", 1),
            "{second:.40}: {reasons:?}"
        );
    }
    alice.rewrite_note("HEAD", &[line]);
    assert_eq!(
        verdict(&alice, "HEAD").2,
        0,
        "and the one spelling is verified"
    );
}

#[test]
fn attack_g32_no_file_outside_git_s_own_is_opened_for_a_path_in_a_record() {
    let alice = unpinned();
    if std::process::Command::new("strace")
        .arg("-V")
        .output()
        .is_err()
    {
        use std::io::Write as _;
        drop(std::io::stderr().write_all(b"SKIPPED: no strace on this machine\n"));
        return;
    }
    alice.write("../bait.txt", "bait\n");
    sign_instead(&alice, Kind::Authoring, |document| {
        document["predicate"]["unknown"] = json!([
            {"path": "bait.txt", "lines": [[1, 1]]}, {"path": "etc/passwd", "lines": [[1, 1]]},
        ]);
    });
    // A checkout in which those paths are links to the outside.
    std::os::unix::fs::symlink("../bait.txt", alice.path().join("bait.txt")).unwrap();
    std::os::unix::fs::symlink("/etc", alice.path().join("etc")).unwrap();
    for command in [
        &["verify"][..],
        &["show", "HEAD"],
        &["stats", "--json"],
        &["blame", "HEAD", "a.txt"],
    ] {
        let mut strace = alice.command("strace");
        strace.args([
            "-f",
            "-e",
            "trace=open,openat",
            "-o",
            "../trace",
            "git-provenance",
        ]);
        let traced = alice.run(strace.args(command));
        if traced.talk().contains("ptrace") {
            use std::io::Write as _;
            drop(std::io::stderr().write_all(b"SKIPPED: this machine does not let strace trace\n"));
            return;
        }
        let trace = alice.read("../trace");
        assert!(
            trace.contains("openat"),
            "nothing was traced: {}",
            traced.full()
        );
        assert!(
            !trace.contains("bait") && !trace.contains("/etc/passwd"),
            "{trace}"
        );
    }
}
