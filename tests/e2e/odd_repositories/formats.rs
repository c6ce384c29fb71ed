//! Formats: of the index, of references, of object names.

use harness::Sandbox;

use super::{an_agents_commit_works, is_told, work};
use crate::lines::{kinds, predicate};

#[test]
fn a_split_index_is_read() {
    let repo = Sandbox::new().with_provenance();
    repo.git(["config", "core.splitIndex", "true"]);
    repo.write("base.txt", "base\n");
    repo.commit("base");
    repo.git(["update-index", "--split-index"]);
    an_agents_commit_works(&repo);
}

#[test]
fn a_sparse_index_is_read() {
    let repo = Sandbox::new().with_provenance();
    for folder in ["in", "out/deep", "other"] {
        repo.write(format!("{folder}/file.txt"), "base\n");
    }
    repo.commit("base");
    repo.git(["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    an_agents_commit_works(&repo);
    let tree = repo.git(["rev-parse", "HEAD^{tree}"]);
    assert_eq!(predicate(&repo, "HEAD")["tree"], tree);
}

#[test]
fn reftable_and_sha256_work_or_say_clearly_that_they_do_not() {
    for (option, word) in [
        ("--ref-format=reftable", "reftable"),
        ("--object-format=sha256", "256"),
    ] {
        let repo = Sandbox::without_repository();
        repo.git(["init", "--quiet", option]);
        let output = repo.provenance(["init", "--yes", "--agents", "none"]);
        if output.status == 0 {
            an_agents_commit_works(&repo);
            repo.provenance(["verify"]).succeeds();
            continue;
        }
        let output = output.exits(2);
        assert!(
            output.talk().to_lowercase().contains(word),
            "{}",
            output.full()
        );
        // And whatever it says, a commit lands.
        repo.write("a.txt", "a\n");
        repo.commit("lands");
    }
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_neither_read_nor_lost() {
    for index in ["--no-sparse-index", "--sparse-index"] {
        let repo = Sandbox::new().with_provenance();
        work(&repo, "in/a.txt");
        work(&repo, "out/deep/b.txt");
        repo.git(["sparse-checkout", "set", "--cone", index, "in"]);
        assert!(!repo.path().join("out").exists());
        repo.agent("openai/gpt-5.1")
            .appends("in/a.txt", "ai more\n");
        repo.commit("more");
        assert_eq!(kinds(&repo, "in/a.txt"), "aaha");
        is_told(&repo, "out/deep/b.txt");
        let status = repo.provenance(["status", "--json"]).succeeds().json();
        assert_eq!(
            status["files"].as_array().map_or(0, Vec::len),
            0,
            "{status:#}"
        );
        repo.git(["sparse-checkout", "disable"]);
        is_told(&repo, "out/deep/b.txt");
    }
}

#[test]
fn every_version_of_the_index_and_its_extensions_are_read() {
    for settings in [
        &[("index.version", "4")][..],
        &[("core.untrackedCache", "true"), ("index.threads", "2")],
        &[("index.skipHash", "true")],
        &[("feature.manyFiles", "true")],
    ] {
        let repo = Sandbox::new();
        for (name, value) in settings {
            repo.git(["config", name, value]);
        }
        let repo = repo.with_provenance();
        work(&repo, "a.txt");
        work(&repo, "b.txt");
        is_told(&repo, "a.txt");
        is_told(&repo, "b.txt");
    }
}

#[test]
fn where_sha256_repositories_are_read_they_are_rewritten_and_synced_too() {
    let alice = Sandbox::without_repository();
    alice.git(["init", "--quiet", "--object-format=sha256"]);
    if alice
        .provenance(["init", "--yes", "--agents", "none"])
        .status
        != 0
    {
        // Another test holds what is said then.
        return;
    }
    work(&alice, "a.txt");
    let hub = alice.home().join("hub.git");
    let hub = hub.to_str().unwrap();
    alice.git(["init", "--quiet", "--bare", "--object-format=sha256", hub]);
    alice.git(["remote", "add", "origin", hub]);
    alice.git(["push", "--quiet", "origin", "main"]);
    alice.provenance(["sync"]).succeeds();
    let bob = alice.clone_for("bob");
    bob.git(["remote", "set-url", "origin", hub]);
    bob.provenance(["sync"]).succeeds();
    is_told(&bob, "a.txt");
    let bob = bob.with_provenance();
    alice.trusts(&bob, "bob@example.com");
    alice.provenance(["sync"]).succeeds();
    bob.provenance(["sync"]).succeeds();
    // What only a record knows, indented anew; and a rebase of it.
    let indented = bob.read("a.txt").replace("ai", "    ai");
    bob.write("a.txt", indented);
    bob.commit("indented");
    assert_eq!(kinds(&bob, "a.txt"), "aah");
    work(&alice, "b.txt");
    alice.git(["push", "--quiet", "origin", "main"]);
    alice.provenance(["sync"]).succeeds();
    bob.provenance(["sync"]).succeeds();
    bob.git(["pull", "--quiet", "--rebase", "origin", "main"]);
    is_told(&bob, "a.txt");
    is_told(&bob, "b.txt");
    bob.git(["push", "--quiet", "origin", "main"]);
    bob.provenance(["sync"]).succeeds();
    alice.git(["pull", "--quiet", "--ff-only", "origin", "main"]);
    alice.provenance(["sync"]).succeeds();
    is_told(&alice, "a.txt");
    alice.provenance(["verify", "HEAD"]).succeeds();
}
