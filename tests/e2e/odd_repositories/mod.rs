//! Repositories that are not the plain kind: linked worktrees, submodules, odd paths, other index
//! and storage formats, and those that never saw `init`.

use harness::Sandbox;

use crate::lines::{kinds, predicate};
use crate::schemas::validates;

const MODEL: &str = "anthropic/claude-opus-4-5";

/// An agent's commit, whose line must be the agent's.
#[track_caller]
fn an_agents_commit_works(repo: &Sandbox) {
    repo.agent(MODEL).edits("odd.txt", "a\n");
    repo.commit("odd");
    assert_eq!(kinds(repo, "odd.txt"), "a");
    assert_eq!(repo.note("HEAD").len(), 1);
}

#[test]
fn a_linked_worktree_has_pending_lines_of_its_own() {
    let repo = Sandbox::new().with_provenance();
    repo.write("base.txt", "base\n");
    repo.commit("base");
    repo.git(["worktree", "add", "--quiet", "../linked", "-b", "linked"]);
    let linked = repo.within("../linked");
    // The same path in both, by different hands.
    repo.write("a.txt", "by hand\n");
    linked.agent(MODEL).edits("a.txt", "by the agent\n");
    repo.commit("in the main worktree");
    linked.commit("in the linked one");
    assert_eq!(kinds(&repo, "a.txt"), "h");
    assert_eq!(kinds(&linked, "a.txt"), "a");
    repo.provenance(["verify", "--json", "main"]).succeeds();
    linked.provenance(["verify", "--json", "linked"]).succeeds();
}

#[test]
fn inside_a_submodule_the_submodule_is_the_repository() {
    let library = Sandbox::new();
    library.write("lib.txt", "lib\n");
    library.commit("lib");
    let repo = Sandbox::new();
    repo.git([
        "submodule",
        "--quiet",
        "add",
        library.path().to_str().unwrap(),
        "lib",
    ]);
    an_agents_commit_works(&repo.within("lib").with_provenance());
}

#[test]
fn a_path_with_blanks_and_other_alphabets_is_an_ordinary_path() {
    let repo = Sandbox::without_repository().within("größe 日本/it's \"here\"");
    std::fs::create_dir_all(repo.path()).unwrap();
    repo.git(["init", "--quiet"]);
    an_agents_commit_works(&repo.with_provenance());
}

#[test]
fn a_detached_head_is_an_ordinary_head() {
    let repo = Sandbox::new().with_provenance();
    repo.write("base.txt", "base\n");
    repo.commit("base");
    repo.git(["checkout", "--quiet", "--detach"]);
    an_agents_commit_works(&repo);
}

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
fn commands_work_from_a_folder_below_the_root() {
    let repo = Sandbox::new().with_provenance();
    repo.write("deep/er/hand.txt", "by hand\n");
    repo.agent(MODEL).edits("deep/er/a.txt", "a\n");
    repo.commit("deep");
    assert_eq!(kinds(&repo.within("deep/er"), "a.txt"), "a");
    assert_eq!(kinds(&repo.within("deep"), "er/hand.txt"), "h");
}

#[test]
fn a_bare_repository_can_be_asked() {
    let repo = crate::first_commit::told();
    repo.git(["clone", "--quiet", "--mirror", ".", "../bare.git"]);
    let bare = repo.within("../bare.git");
    bare.provenance(["verify", "HEAD"]).succeeds();
    bare.provenance(["stats", "--json"]).succeeds();
    bare.provenance(["log"]).succeeds();
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
fn outside_a_repository_the_answer_is_could_not() {
    let nowhere = Sandbox::without_repository();
    for command in ["log", "stats", "verify", "status", "init"] {
        nowhere.provenance([command]).exits(2).says("error:");
    }
}

#[test]
fn a_repository_that_never_saw_init_is_read_truthfully_and_left_as_it_is() {
    let repo = Sandbox::new();
    repo.write("a.txt", "a\nb\n");
    repo.commit("first");
    repo.append("a.txt", "c\n");
    repo.commit("second");
    let state = || {
        let refs = repo.git(["for-each-ref"]);
        let config = repo.read(".git/config");
        let count = repo.git(["count-objects"]);
        let ours = repo.path().join(".git/provenance").exists();
        (refs, config, count, ours)
    };
    let before = state();
    let log = repo.provenance(["log", "--json"]).succeeds().json();
    validates("log.v1", &log);
    assert_eq!(kinds(&repo, "a.txt"), "uuu");
    let stats = repo.provenance(["stats", "--json"]).succeeds().json();
    validates("stats.v1", &stats);
    assert_eq!(stats["lines"]["unattested"], 3);
    assert_eq!(stats["lines"]["human"], 0);
    let verify = repo.provenance(["verify", "--json"]).exits(1).json();
    validates("verify.v1", &verify);
    let doctor = repo.provenance(["doctor", "--json"]);
    validates("doctor.v1", &doctor.json());
    repo.provenance(["show", "HEAD"])
        .succeeds()
        .says("unattested");
    assert_eq!(before, state());
}

#[test]
fn init_in_a_clone_never_makes_a_second_root() {
    let alice = crate::first_commit::told();
    let root = |repo: &Sandbox| repo.git(["rev-list", "--max-parents=0", "refs/provenance/trust"]);
    let bob = alice.clone_for("bob");
    bob.git([
        "fetch",
        "--quiet",
        "origin",
        "refs/provenance/trust:refs/provenance/trust",
    ]);
    bob.provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    assert_eq!(root(&alice), root(&bob));
    // And again, in a repository that has everything: nothing changes.
    let before = alice.git(["for-each-ref"]);
    alice
        .provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    assert_eq!(alice.git(["for-each-ref"]), before);
}

#[test]
fn an_empty_repository_is_no_error_for_those_who_only_read() {
    let repo = Sandbox::new();
    for command in ["log", "stats", "status"] {
        let output = repo.provenance([command]);
        assert!(output.status != 101, "{}", output.full());
    }
    let repo = repo.with_provenance();
    repo.provenance(["status", "--json"]).succeeds();
}
