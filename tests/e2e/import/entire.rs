//! The checkpoints of Entire, which commits name in trailers.

use harness::Sandbox;
use serde_json::{Value, json};

use super::{NOTES, blamed, counts, imports};

const PURE: &str = "18a01d659c86";
const SHARED: &str = "01M3WE2VX9HQC3NVY9BWYCW6JV";
const ORPHAN: &str = "99a01d659c86";

fn session(id: &str, file: &str, human_added: u64) -> Value {
    json!({
        "session_id": id, "agent": "Claude Code", "model": "claude-opus-4-8",
        "strategy": "manual-commit", "files_touched": [file],
        "initial_attribution": {"agent_lines": 2, "human_added": human_added, "human_modified": 0},
    })
}

/// Makes a tree of files, by their paths.
fn tree(sandbox: &Sandbox, files: &[(String, Value)]) -> String {
    let index = sandbox.path().join("../index");
    let git = |args: &[&str]| {
        let mut command = sandbox.command("git");
        command.args(args).env("GIT_INDEX_FILE", &index);
        sandbox
            .run(&mut command)
            .succeeds()
            .text()
            .trim()
            .to_owned()
    };
    git(&["read-tree", "--empty"]);
    for (path, document) in files {
        sandbox.write("../blob", document.to_string());
        let blob = git(&["hash-object", "-w", "../blob"]);
        git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            "100644",
            &blob,
            path,
        ]);
    }
    git(&["write-tree"])
}

fn commit(sandbox: &Sandbox, path: &str, message: &str) {
    sandbox.write(path, "one\ntwo\n");
    sandbox.git(["add", path]);
    sandbox.git(["-c", "core.hooksPath=/nowhere", "commit", "-qm", message]);
}

#[test]
fn files_are_claimed_as_far_as_the_checkpoint_knows() {
    let sandbox = Sandbox::new().with_provenance();
    commit(
        &sandbox,
        "a.txt",
        &format!("a\n\nEntire-Checkpoint: {PURE}"),
    );
    commit(
        &sandbox,
        "b.txt",
        &format!("b\n\nEntire-Checkpoint: {SHARED}"),
    );
    commit(&sandbox, "c.txt", "c\n\nEntire-Checkpoint: 77a01d659c86");
    commit(&sandbox, "d.txt", "d\n\nEntire-Checkpoint: ../../etc");
    commit(&sandbox, "e.txt", "e");
    let summary = json!({"checkpoint_id": PURE, "sessions": []});
    let branch = tree(
        &sandbox,
        &[
            (format!("18/{}/metadata.json", &PURE[2..]), summary.clone()),
            (
                format!("18/{}/0/metadata.json", &PURE[2..]),
                session("s-1", "a.txt", 0),
            ),
            (
                format!("18/{}/0/full.jsonl", &PURE[2..]),
                json!("the secret plan"),
            ),
            (
                format!("99/{}/0/metadata.json", &ORPHAN[2..]),
                session("s-9", "z", 0),
            ),
        ],
    );
    let branch = sandbox.git(["commit-tree", "-m", "checkpoints", &branch]);
    sandbox.git([
        "update-ref",
        "refs/heads/entire/checkpoints/v1",
        branch.trim(),
    ]);
    let alone = tree(
        &sandbox,
        &[
            ("metadata.json".to_owned(), summary),
            ("0/metadata.json".to_owned(), session("s-2", "b.txt", 5)),
            (
                "1/metadata.json".to_owned(),
                session("s-3", "nothing.txt", 0),
            ),
        ],
    );
    let alone = sandbox.git(["commit-tree", "-m", "checkpoint", &alone]);
    let reference = format!("refs/entire/checkpoints/JV/{SHARED}");
    sandbox.git(["update-ref", &reference, alone.trim()]);

    let document = imports(&sandbox, &["entire"]);
    let (found, imported, _, mut codes) = counts(&document);
    codes.sort_unstable();
    assert_eq!((found, imported), (5, 2));
    assert_eq!(codes, ["checkpoint-not-here", "malformed", "no-commit"]);
    let by = "imported claude-code anthropic/claude-opus-4-8";
    assert_eq!(
        blamed(&sandbox, "a.txt"),
        [format!("ai {by} s-1"), format!("ai {by} s-1")]
    );
    assert_eq!(blamed(&sandbox, "b.txt")[0], format!("mixed {by} s-2"));
    assert_eq!(blamed(&sandbox, "c.txt")[0], "unattested - - - -");

    let tip = sandbox.git(["rev-parse", NOTES]);
    let (_, imported, unchanged, _) = counts(&imports(&sandbox, &["entire"]));
    assert_eq!((imported, unchanged), (0, 2));
    assert_eq!(sandbox.git(["rev-parse", NOTES]), tip);
    // A range asks for its commits alone.
    let (found, ..) = counts(&imports(&sandbox, &["entire", "HEAD~4"]));
    assert_eq!(found, 1);
}

#[test]
fn a_repository_without_checkpoints_has_nothing_to_import() {
    let sandbox = Sandbox::new().with_provenance();
    assert_eq!(counts(&imports(&sandbox, &["entire"])), (0, 0, 0, vec![]));
    sandbox
        .provenance(["import", "entire"])
        .succeeds()
        .says("0 found");
}
