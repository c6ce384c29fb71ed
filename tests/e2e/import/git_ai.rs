//! The notes of git-ai.

use harness::Sandbox;
use serde_json::json;

use super::{NOTES, blamed, counts, imports};

/// Attaches what git-ai would have noted.
fn note(sandbox: &Sandbox, commit: &str, lines: &str) {
    let metadata = json!({
        "schema_version": "authorship/3.0.0",
        "git_ai_version": "1.4.5",
        "base_commit_sha": commit,
        "prompts": {},
        "humans": {"h_31dce776f88375": {"author": "Bob <bob@example.com>"}},
        "sessions": {"s_c9883b05a2487d": {
            "agent_id": {"tool": "claude", "id": "conv-1", "model": "claude-sonnet-4-6"},
            "human_author": "Alice <alice@example.com>",
            "messages": [{"type": "user", "text": "the secret plan"}],
        }},
    });
    raw_note(sandbox, commit, format!("{lines}---\n{metadata:#}"));
}

fn raw_note(sandbox: &Sandbox, commit: &str, note: impl AsRef<[u8]>) {
    sandbox.write("../note", note);
    let args = ["notes", "--ref=ai", "add", "-f", "-F", "../note", commit];
    sandbox.git(args);
}

fn with_commit() -> (Sandbox, String) {
    let sandbox = Sandbox::new().with_provenance();
    sandbox.write("a.txt", "one\ntwo\n");
    sandbox.git(["add", "a.txt"]);
    // As in a repository that had no hooks of ours.
    let quiet = ["-c", "core.hooksPath=/nowhere", "commit", "-qam"];
    sandbox.git(quiet.iter().chain(&["first"]));
    sandbox.append("a.txt", "three\nfour\nfive\n");
    sandbox.git(quiet.iter().chain(&["second"]));
    let commit = sandbox.head();
    (sandbox, commit)
}

#[test]
fn lines_of_another_tool_are_read_with_their_model_and_marked_as_imported() {
    let (sandbox, commit) = with_commit();
    // It claims line 2 too, which another commit added.
    let lines = "a.txt\n  s_c9883b05a2487d::t_9f8e7d6c5b4a32 2-4\n  h_31dce776f88375 5\n";
    note(&sandbox, &commit, lines);

    let dry = imports(&sandbox, &["git-ai", "--dry-run"]);
    assert_eq!(counts(&dry), (1, 1, 0, vec![]));
    assert!(sandbox.try_git(["rev-parse", "--verify", NOTES]).status != 0);

    let document = imports(&sandbox, &["git-ai"]);
    assert_eq!(counts(&document), (1, 1, 0, vec![]));
    assert_eq!(
        document["lines"],
        json!({"claimed": 2, "notAdded": 1, "human": 1})
    );
    let imported = "ai imported claude-code anthropic/claude-sonnet-4-6 conv-1";
    let unknown = "unattested - - - -";
    assert_eq!(
        blamed(&sandbox, "a.txt"),
        [unknown, unknown, imported, imported, unknown]
    );
    let stats = sandbox.provenance(["stats", "--json"]).succeeds().json();
    assert_eq!(stats["origins"]["imported"], 2);
    assert_eq!(stats["lines"]["human"], 0);
    sandbox.provenance(["verify", "HEAD~..HEAD"]).succeeds();
    let shown = sandbox.provenance(["show", "--json"]).succeeds();
    assert!(!shown.text().contains("secret"), "{}", shown.text());
}

#[test]
fn importing_again_writes_nothing_whoever_does_it() {
    let (alice, commit) = with_commit();
    note(&alice, &commit, "a.txt\n  s_c9883b05a2487d::t_1 3-5\n");
    imports(&alice, &["git-ai"]);
    let tip = alice.git(["rev-parse", NOTES]);
    assert_eq!(counts(&imports(&alice, &["git-ai"])), (1, 0, 1, vec![]));
    assert_eq!(alice.git(["rev-parse", NOTES]), tip);

    // Bob imports the same by himself: it is the same record.
    let bob = alice.clone_for("bob");
    bob.git(["fetch", "-q", "origin", "refs/notes/ai:refs/notes/ai"]);
    let trust = "refs/provenance/trust:refs/provenance/trust";
    bob.git(["fetch", "-q", "origin", trust]);
    bob.provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    assert_eq!(counts(&imports(&bob, &["git-ai"])), (1, 1, 0, vec![]));
    let id = |sandbox: &Sandbox| {
        let log = sandbox.provenance(["log", "--json"]).succeeds().json();
        log["records"][0]["record"].as_str().unwrap().to_owned()
    };
    assert_eq!(id(&alice), id(&bob));

    // Carol has Alice's: she believes it, and adds nothing.
    let carol = alice.clone_for("carol");
    carol.git(["fetch", "-q", "origin", "refs/notes/*:refs/notes/*", trust]);
    carol
        .provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    let tip = carol.git(["rev-parse", NOTES]);
    assert_eq!(counts(&imports(&carol, &["git-ai"])), (1, 0, 1, vec![]));
    assert_eq!(carol.git(["rev-parse", NOTES]), tip);
}

#[test]
fn attack_g56_a_stranger_who_was_first_keeps_nothing_out() {
    let (alice, commit) = with_commit();
    note(&alice, &commit, "a.txt\n  s_c9883b05a2487d::t_1 3-5\n");
    // Mallory has a key that nobody trusts, and puts his record of the same note there.
    let mallory = alice.clone_for("mallory");
    mallory.git(["fetch", "-q", "origin", "refs/notes/ai:refs/notes/ai"]);
    let trust = "refs/provenance/trust:refs/provenance/trust";
    mallory.git(["fetch", "-q", "origin", trust]);
    mallory
        .provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    imports(&mallory, &["git-ai"]);
    let path = mallory.path().to_str().unwrap().to_owned();
    alice.git(["fetch", "-q", &path, &format!("{NOTES}:{NOTES}")]);
    assert_eq!(counts(&imports(&alice, &["git-ai"])), (1, 1, 0, vec![]));
    assert!(blamed(&alice, "a.txt")[4].starts_with("ai imported"));
}

#[test]
fn attack_g56_hostile_notes_are_refused_by_name_and_the_others_are_imported() {
    let (sandbox, commit) = with_commit();
    let first = sandbox.git(["rev-parse", "HEAD~"]);
    note(&sandbox, &commit, "a.txt\n  s_c9883b05a2487d::t_1 3-5\n");
    raw_note(&sandbox, first.trim(), "a.txt\n  key 1\n");
    let blob = sandbox.git(["rev-parse", "HEAD:a.txt"]);
    let gone = "1111111111111111111111111111111111111111";
    let tree = sandbox.git(["rev-parse", "HEAD^{tree}"]);
    let listed = sandbox.git(["ls-tree", "refs/notes/ai"]);
    let good = sandbox.git(["notes", "--ref=ai", "list", &commit]);
    let good = good.trim();
    let listed = format!(
        "{}\n100644 blob {good}\t{gone}\n100644 blob {good}\t{}\n100644 blob {good}\tREADME\n",
        listed.trim_end(),
        tree.trim(),
    );
    let mut command = sandbox.command("git");
    let tree = sandbox.run_with_input(command.arg("mktree"), listed.as_bytes());
    let tree = tree.succeeds().text().trim().to_owned();
    let notes = sandbox.git(["commit-tree", "-m", "notes", &tree]);
    sandbox.git(["update-ref", "refs/notes/ai", notes.trim()]);
    sandbox.git(["update-ref", "refs/ai/authorship/x", blob.trim()]);

    let document = imports(&sandbox, &["git-ai"]);
    let (found, imported, _, mut codes) = counts(&document);
    codes.sort_unstable();
    assert_eq!((found, imported), (6, 1));
    assert_eq!(
        codes,
        [
            "commit-not-here",
            "malformed",
            "malformed",
            "not-a-commit",
            "not-a-note"
        ]
    );
    let text = sandbox.provenance(["import", "git-ai"]).succeeds();
    let text = text
        .says("unchanged  1")
        .says(gone)
        .says("refs/ai/authorship/x");
    assert!(
        text.text().lines().all(|line| line.chars().count() <= 80),
        "{}",
        text.text()
    );
}

#[test]
fn asking_writes_nothing_where_nobody_said_init() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "one\n");
    sandbox.git(["add", "a.txt"]);
    sandbox.git(["commit", "-qm", "first"]);
    note(
        &sandbox,
        &sandbox.head(),
        "a.txt\n  s_c9883b05a2487d::t_1 1\n",
    );
    let dry = imports(&sandbox, &["git-ai", "--dry-run"]);
    assert_eq!(counts(&dry), (1, 1, 0, vec![]));
    assert!(!sandbox.git_dir().join("provenance").exists());
    assert!(sandbox.try_git(["rev-parse", "--verify", NOTES]).status != 0);
    // Without a key nothing can be signed, and without a root of trust nobody would believe it.
    for key in [false, true] {
        if key {
            sandbox.provenance(["key", "generate"]).succeeds();
        }
        let refused = sandbox.provenance(["import", "git-ai"]).exits(2);
        assert!(refused.full().contains("git provenance init"));
        assert!(sandbox.try_git(["rev-parse", "--verify", NOTES]).status != 0);
    }
    let sandbox = sandbox.with_provenance();
    assert_eq!(counts(&imports(&sandbox, &["git-ai"])), (1, 1, 0, vec![]));
    sandbox.provenance(["verify", "HEAD"]).succeeds();
}

#[test]
fn a_range_asks_for_the_notes_of_its_commits() {
    let (sandbox, commit) = with_commit();
    let first = sandbox.git(["rev-parse", "HEAD~"]);
    note(&sandbox, &commit, "a.txt\n  s_c9883b05a2487d::t_1 3-5\n");
    note(
        &sandbox,
        first.trim(),
        "a.txt\n  s_c9883b05a2487d::t_1 1-2\n",
    );
    let document = imports(&sandbox, &["git-ai", "HEAD~..HEAD"]);
    assert_eq!(counts(&document), (1, 1, 0, vec![]));
    assert_eq!(counts(&imports(&sandbox, &["git-ai"])), (2, 1, 1, vec![]));
}

#[test]
fn beside_a_record_of_our_own_an_import_changes_only_the_lines_that_it_names() {
    let sandbox = Sandbox::new().with_provenance();
    sandbox.write("a.txt", "one\n");
    sandbox.commit("first");
    let agent = sandbox.agent("claude-opus-4-5");
    agent.edits("a.txt", "one\ntwo\n");
    agent.ends();
    sandbox.append("a.txt", "three\nfour\n");
    let commit = sandbox.commit("second");
    let before = blamed(&sandbox, "a.txt");
    assert!(before[1].starts_with("ai witnessed"), "{before:?}");
    assert!(before[2].starts_with("human"), "{before:?}");
    // It says of line 2 what is known, of line 3 what is not, and of line 4 nothing.
    note(
        &sandbox,
        &commit,
        "a.txt\n  s_c9883b05a2487d::t_1 2-3\n  h_31dce776f88375 1\n",
    );
    assert_eq!(counts(&imports(&sandbox, &["git-ai"])), (1, 1, 0, vec![]));
    let after = blamed(&sandbox, "a.txt");
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1], before[1], "what was witnessed stands");
    assert!(after[2].starts_with("ai imported"), "{after:?}");
    assert_eq!(after[3], before[3]);
}
