//! Trust: one root for a repository, and who may name the others.

use harness::Sandbox;
use serde_json::Value;

use crate::schemas::validates;

const TRUST_REF: &str = "refs/provenance/trust";

fn trust(sandbox: &Sandbox) -> Value {
    let shown = sandbox.provenance(["trust", "show", "--json"]).succeeds();
    let document = shown.json();
    validates("trust-show.v1", &document);
    document
}

fn init(sandbox: &Sandbox) -> harness::Output {
    sandbox.provenance(["init", "--yes", "--agents", "none"])
}

fn public_line(sandbox: &Sandbox) -> String {
    let exported = sandbox.provenance(["key", "export"]).succeeds();
    exported.text().trim_end().to_owned()
}

fn add(sandbox: &Sandbox, id: &str, key: &str) -> harness::Output {
    sandbox.provenance(["trust", "add", id, "--key", key, "--kind", "human"])
}

/// Alice's repository with a root, and what it says about it.
fn alice() -> (Sandbox, Value) {
    let alice = Sandbox::new();
    alice.write("a.txt", "one\n");
    alice.commit("first");
    let alice = alice.with_provenance();
    let document = trust(&alice);
    (alice, document)
}

#[test]
fn init_twice_makes_one_root() {
    let (alice, first) = alice();
    let before = alice.git(["rev-parse", TRUST_REF]);
    init(&alice).succeeds();
    assert_eq!(trust(&alice), first);
    assert_eq!(alice.git(["rev-parse", TRUST_REF]), before);
    assert_eq!(first["adoptedAt"][0], alice.head());
    alice
        .provenance(["trust", "init"])
        .exits(2)
        .says("has a root");
}

#[test]
fn init_in_a_clone_takes_the_chain_of_its_remote_and_makes_no_root() {
    let (alice, first) = alice();
    let bob = alice.clone_for("bob");
    init(&bob)
        .succeeds()
        .says("believed on first use")
        .says("your key is not in it")
        .says("git provenance trust add bob@example.com");
    assert_eq!(trust(&bob)["root"], first["root"]);
    assert_eq!(
        bob.git(["rev-parse", TRUST_REF]),
        alice.git(["rev-parse", TRUST_REF])
    );

    // A copy that was fetched before is enough, with the remote gone.
    let carol = alice.clone_for("carol");
    carol.git([
        "fetch",
        "--quiet",
        "origin",
        "refs/provenance/trust:refs/provenance-remotes/origin/trust",
    ]);
    carol.git(["remote", "set-url", "origin", "/nowhere"]);
    carol.provenance(["key", "generate"]).succeeds();
    carol
        .provenance(["trust", "init"])
        .exits(2)
        .says("holds a chain");
    init(&carol).succeeds();
    assert_eq!(trust(&carol)["root"], first["root"]);
}

#[test]
fn where_a_remote_does_not_answer_no_root_is_made_and_that_is_said() {
    let repo = Sandbox::new();
    repo.git(["remote", "add", "origin", "/nowhere/at/all"]);
    init(&repo)
        .exits(2)
        .says("origin did not answer")
        .says("git provenance trust init");
    assert_eq!(repo.git(["for-each-ref", "refs/provenance"]), "");
    // Whoever knows better says so.
    repo.provenance(["trust", "init"]).succeeds();
    init(&repo).succeeds();
    assert_eq!(trust(&repo)["version"], 1);
}

#[test]
fn a_remote_without_a_chain_leaves_the_root_to_us() {
    let empty = Sandbox::new();
    empty.commit_with(["--allow-empty", "--message", "first"]);
    let bob = empty.clone_for("bob");
    init(&bob).succeeds().says("made here");
    assert_eq!(trust(&bob)["principals"][0]["id"], "bob@example.com");
}

#[test]
fn a_root_holder_adds_somebody_and_both_see_it() {
    let (alice, first) = alice();
    let bob = alice.clone_for("bob");
    init(&bob).succeeds();
    let key = public_line(&bob);
    add(&alice, "bob@example.com", &key)
        .succeeds()
        .says("added, in version 2");
    add(&alice, "bob@example.com", &key)
        .succeeds()
        .says("is there already, in version 2");
    init(&bob)
        .succeeds()
        .says("your key signs as bob@example.com");
    let document = trust(&bob);
    assert_eq!(document["root"], first["root"]);
    assert_eq!(document["version"], 2);
    assert_eq!(document["versions"][0], first["root"]);
    assert_eq!(document["principals"][1]["keys"][0]["signsHere"], true);
    assert_eq!(document["principals"][1]["keys"][0]["isRoot"], false);
    // Git itself prints a version.
    let version = alice.git(["show", "refs/provenance/trust:0002.intoto.jsonl"]);
    assert!(version.contains(r#""payloadType":"application/vnd.in-toto+json""#));
}

#[test]
fn attack_g24_somebody_who_is_not_root_adds_nobody() {
    let (alice, _) = alice();
    let bob = alice.clone_for("bob");
    init(&bob).succeeds();
    let before = bob.git(["rev-parse", TRUST_REF]);
    let key = public_line(&bob);
    add(&bob, "bob@example.com", &key)
        .exits(2)
        .says("is no root key")
        .says("alice@example.com");
    assert_eq!(bob.git(["rev-parse", TRUST_REF]), before);
    // Nor when he is a principal.
    add(&alice, "bob@example.com", &key).succeeds();
    init(&bob).succeeds();
    let mallory = alice.clone_for("mallory");
    init(&mallory).succeeds();
    add(&bob, "mallory@example.com", &public_line(&mallory))
        .exits(2)
        .says("is no root key");
    assert_eq!(trust(&bob)["version"], 2);
}

#[test]
fn what_is_no_public_key_is_refused() {
    let (alice, first) = alice();
    let key = public_line(&alice);
    alice.write("rsa.pub", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 x\n");
    alice.write("two.pub", format!("{key}\n{key}\n"));
    alice.write("empty.pub", "");
    alice.write("binary.pub", [0xff, 0xfe, 0, 1]);
    let private = alice.home().join(".config/provenance/keys/id_ed25519");
    for (given, what) in [
        ("rsa.pub", "OpenSSH public key"),
        ("two.pub", "not one public key"),
        ("empty.pub", "not one public key"),
        ("binary.pub", "OpenSSH public key"),
        ("missing.pub", "cannot read the public key"),
        ("ssh-ed25519 AAAA", "OpenSSH public key"),
        (private.to_str().unwrap(), "is a private key"),
    ] {
        add(&alice, "bob@example.com", given).exits(2).says(what);
    }
    add(&alice, "bob@example.com", &key)
        .exits(2)
        .says("belongs to");
    let bob = alice.clone_for("bob");
    bob.provenance(["key", "generate"]).succeeds();
    let key = public_line(&bob);
    add(&alice, "bob the builder", &key)
        .exits(2)
        .says("principals.id");
    alice
        .provenance(["trust", "add", "bob", "--key", &key, "--kind", "wizard"])
        .exits(2);
    assert_eq!(trust(&alice), first);
}

#[test]
fn attack_g24_a_forged_tail_is_a_finding_and_changes_nobody() {
    let (alice, first) = alice();
    let good = alice.git(["rev-parse", TRUST_REF]);
    let mut hash = alice.command("git");
    hash.args(["hash-object", "-w", "--stdin"]);
    let blob = alice
        .run_with_input(&mut hash, b"{\"payload\":\"\"}\n")
        .succeeds();
    let one = alice.git(["rev-parse", &format!("{TRUST_REF}:0001.intoto.jsonl")]);
    let listing = format!(
        "100644 blob {one}\t0001.intoto.jsonl\n100644 blob {}\t0002.intoto.jsonl\n",
        blob.text().trim()
    );
    let mut mktree = alice.command("git");
    let tree = alice.run_with_input(mktree.arg("mktree"), listing.as_bytes());
    let tree = tree.succeeds().text().trim().to_owned();
    let forged = alice.git(["commit-tree", &tree, "-p", &good, "-m", "forged"]);
    alice.git(["update-ref", TRUST_REF, &forged]);

    let shown = alice.provenance(["trust", "show", "--json"]).exits(1);
    let document = shown.json();
    validates("trust-show.v1", &document);
    assert_eq!(document["version"], 1);
    assert_eq!(document["principals"], first["principals"]);
    assert_eq!(document["problems"].as_array().unwrap().len(), 1);
    alice
        .provenance(["trust", "show"])
        .exits(1)
        .says("version 2 is not accepted");
    // Nothing is signed on top of it, and the way back is the one that is told.
    let bob = alice.clone_for("bob");
    bob.provenance(["key", "generate"]).succeeds();
    add(&alice, "bob@example.com", &public_line(&bob))
        .exits(2)
        .says("broken after version 1");
    alice.git(["update-ref", TRUST_REF, &format!("{TRUST_REF}~1")]);
    assert_eq!(trust(&alice), first);
}

#[test]
fn a_broken_root_loses_no_record() {
    let (alice, first) = alice();
    let good = alice.git(["rev-parse", TRUST_REF]);
    let empty = alice.git(["commit-tree", "-m", "empty", "HEAD^{tree}"]);
    alice.git(["update-ref", TRUST_REF, &empty]);
    alice
        .provenance(["trust", "show"])
        .exits(2)
        .says("holds no version 1");
    alice.write("b.txt", "two\n");
    alice.commit("second");
    let note = alice.note("HEAD");
    assert_eq!(note.len(), 1, "the record is there");
    init(&alice).exits(2);
    alice.git(["update-ref", TRUST_REF, &good]);
    assert_eq!(trust(&alice), first);
}

#[test]
fn two_roots_stop_init_at_the_door() {
    let (alice, first) = alice();
    let bob = alice.clone_for("bob");
    bob.git(["remote", "set-url", "origin", "/nowhere"]);
    bob.provenance(["key", "generate"]).succeeds();
    bob.provenance(["trust", "init"]).succeeds();
    let own = trust(&bob);
    assert_ne!(own["root"], first["root"]);
    let alices = alice.path().to_str().unwrap().to_owned();
    bob.git([
        "fetch",
        "--quiet",
        &alices,
        "refs/provenance/trust:refs/provenance-remotes/origin/trust",
    ]);
    // The one that is here stands, and the other is named.
    init(&bob).succeeds().says("two roots");
    assert_eq!(trust(&bob), own);
    // Where none is here, neither is chosen.
    bob.git([
        "update-ref",
        "refs/provenance-remotes/other/trust",
        TRUST_REF,
    ]);
    bob.git(["update-ref", "-d", TRUST_REF]);
    init(&bob).exits(2).says("two roots");
    assert_eq!(bob.git(["for-each-ref", TRUST_REF]), "");
}
