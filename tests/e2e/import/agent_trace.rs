//! Files in the format Agent Trace.

use harness::Sandbox;
use serde_json::{Value, json};

use super::{NOTES, blamed, counts, imports};

fn trace(revision: &str, path: &str, start: u64, end: u64, kind: &str) -> Value {
    json!({
        "version": "1.0",
        "vcs": {"type": "git", "revision": revision},
        "tool": {"name": "cursor", "version": "2.4.0"},
        "files": [{"path": path, "conversations": [{
            "url": "https://cursor.example/conversations/c-7",
            "contributor": {"type": kind, "model_id": "anthropic/claude-opus-4-5"},
            "ranges": [{"start_line": start, "end_line": end}],
        }]}],
    })
}

fn with_commit() -> Sandbox {
    let sandbox = Sandbox::new().with_provenance();
    sandbox.write("a.txt", "one\ntwo\nthree\nfour\n");
    sandbox.git(["add", "a.txt"]);
    sandbox.git(["-c", "core.hooksPath=/nowhere", "commit", "-qm", "first"]);
    sandbox
}

#[test]
fn a_folder_of_traces_is_read_line_by_line_and_what_is_wrong_is_named() {
    let sandbox = with_commit();
    let head = sandbox.head();
    let unknown = "2222222222222222222222222222222222222222";
    let lines = [
        trace(&head, "a.txt", 1, 2, "ai").to_string(),
        trace(&head, "a.txt", 3, 99, "mixed").to_string(),
        trace(unknown, "a.txt", 1, 1, "ai").to_string(),
        trace(&head, "b.txt", 1, 1, "ai").to_string(),
        trace(&head, "../../etc/passwd", 1, 1, "ai").to_string(),
        "{\"version\":".to_owned(),
    ];
    sandbox.write(".agent-trace/traces.jsonl", lines.join("\n"));
    sandbox.write(
        ".agent-trace/more/one.json",
        trace(&head, "a.txt", 4, 4, "human").to_string(),
    );
    sandbox.write(".agent-trace/README.md", "no trace");

    let document = imports(&sandbox, &["agent-trace"]);
    let (found, imported, _, codes) = counts(&document);
    assert_eq!((found, imported), (7, 2));
    let refused = document["refused"].as_array().unwrap();
    let places: Vec<&str> = refused
        .iter()
        .map(|one| one["where"].as_str().unwrap())
        .collect();
    let named: Vec<(&str, &str)> = places.into_iter().zip(codes).collect();
    let traces = ".agent-trace/traces.jsonl";
    assert_eq!(
        named,
        [
            (".agent-trace/more/one.json", "only-human"),
            (&*format!("{traces}:3"), "commit-not-here"),
            (&*format!("{traces}:4"), "not-added"),
            (&*format!("{traces}:5"), "bad-path"),
            (&*format!("{traces}:6"), "malformed-json"),
        ]
    );
    let by = "imported cursor anthropic/claude-opus-4-5 c-7";
    let (ai, mixed) = (format!("ai {by}"), format!("mixed {by}"));
    assert_eq!(blamed(&sandbox, "a.txt"), [&*ai, &ai, &mixed, &mixed]);

    let tip = sandbox.git(["rev-parse", NOTES]);
    let (_, imported, unchanged, _) = counts(&imports(&sandbox, &["agent-trace"]));
    assert_eq!((imported, unchanged), (0, 2));
    assert_eq!(sandbox.git(["rev-parse", NOTES]), tip);
}

#[test]
fn without_traces_the_way_out_is_named() {
    let sandbox = with_commit();
    let told = sandbox.provenance(["import", "agent-trace"]).exits(2);
    told.says("there is no folder .agent-trace here");
    sandbox
        .provenance(["import", "agent-trace", "nothing.json"])
        .exits(2);
}
