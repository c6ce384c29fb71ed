use serde_json::{Value, json};

use super::*;

const COMMIT: &str = "1111111111111111111111111111111111111111";

fn document(value: &Value) -> Result<Said, Refusal> {
    read(&value.to_string(), &|_| None)
}

fn conversation(contributor: &Value, ranges: &Value) -> Value {
    json!({"contributor": contributor, "ranges": ranges})
}

fn trace(path: &str, conversations: &Value) -> Value {
    json!({"version": "0.1.0", "id": "550e8400-e29b-41d4-a716-446655440000",
        "timestamp": "2026-11-20T00:00:00Z", "vcs": {"type": "git", "revision": COMMIT},
        "tool": {"name": "claude-code", "version": "2.1.328"},
        "files": [{"path": path, "conversations": conversations}]})
}

/// `model session ai mixed`, one line a file.
fn claims(said: &Said) -> Vec<String> {
    let one = |one: &Contribution| {
        let model = one.model.as_ref().map_or("-", |model| &model.id);
        let file = one.files.first().unwrap();
        let (ai, mixed) = (json!(file.ai), json!(file.mixed));
        format!("{model} {} {ai} {mixed}", one.session.id)
    };
    let mut claims: Vec<String> = said.contributions.iter().map(one).collect();
    claims.sort();
    claims
}

#[test]
fn each_range_is_whose_it_says_and_the_later_conversation_covers_the_earlier() {
    let said = document(&trace(
        "src/lib.rs",
        &json!([
            {"url": "https://example.com/c/s-1?x=1",
             "contributor": {"type": "ai", "model_id": "anthropic/claude-opus-4-7"},
             "ranges": [{"start_line": 1, "end_line": 20},
                {"start_line": 30, "end_line": 31, "contributor": {"type": "human"}},
                {"startLine": 40, "endLine": 41, "contributor": {"type": "unknown"}}]},
            {"related": [{"type": "session", "url": "urn:provenance:session:s-2"}],
             "contributor": {"type": "mixed", "model_id": "gpt-5.1"},
             "ranges": [{"start_line": 5, "end_line": 6, "content_hash": "sha256:9f2e8a1b"}]},
            {"contributor": {"modelId": "o3"}, "ranges": [{"start_line": 50, "end_line": 50}]},
            {"ranges": [{"start_line": 60, "end_line": 60}]},
        ]),
    ))
    .unwrap();
    assert_eq!(
        claims(&said),
        [
            "anthropic/claude-opus-4-7 s-1 [[1,4],[7,20]] []",
            "openai/gpt-5.1 s-2 [] [[5,6]]",
            "openai/o3 unknown [[50,50]] []",
        ]
    );
    assert_eq!(said.human_lines, 2);
    let tool = &said.contributions.first().unwrap().tool;
    assert_eq!(tool.version.as_deref(), Some("2.1.328"));
}

#[test]
fn a_file_is_one_document_a_list_or_a_document_a_line() {
    let one = trace(
        "a",
        &json!([conversation(&json!({"type": "ai"}), &json!([]))]),
    );
    let found = |content: &str, by_line| -> Vec<String> {
        let found = find_in(&|_| None, "t.json", content.as_bytes(), by_line);
        found.into_iter().map(|found| found.place).collect()
    };
    assert_eq!(found(&one.to_string(), false), ["t.json"]);
    assert_eq!(
        found(&format!("[{one},{one}]"), false),
        ["t.json#1", "t.json#2"]
    );
    assert_eq!(
        found(&format!("{one}\n\nnot json\n"), true),
        ["t.json:1", "t.json:3"]
    );
    assert_eq!(found("[1,", false), ["t.json"]);
    assert_eq!(found("", true), [""; 0]);
}

#[test]
fn what_the_published_schema_refuses_is_read_too() {
    // The example of the format's own authors writes this.
    let mut old = trace(
        "a",
        &json!([conversation(
            &json!({"type": "ai"}),
            &json!([{"start_line": 1, "end_line": 2}])
        )]),
    );
    old["version"] = json!("1.0");
    old.as_object_mut().unwrap().remove("id");
    assert_eq!(claims(&document(&old).unwrap()), ["- unknown [[1,2]] []"]);
    let tool = &document(&old).unwrap().contributions.remove(0).tool;
    assert_eq!(tool.name, "claude-code");
}

#[test]
fn hostile_traces_are_refused_with_a_code() {
    let ai = json!({"type": "ai", "model_id": "gpt-5"});
    let range = json!([{"start_line": 1, "end_line": 2}]);
    let good = trace("a", &json!([conversation(&ai, &range)]));
    let with = |pointer: &str, value: Value| {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let contributor = "/files/0/conversations/0/contributor";
    let start = "/files/0/conversations/0/ranges/0/start_line";
    assert!(document(&good).is_ok());
    for (document_of, code) in [
        (json!({}), "malformed"),
        (json!([1]), "malformed-json"),
        (with("/version", json!("2.0.0\u{1b}[2J")), "unknown-version"),
        (with("/vcs", json!(null)), "malformed"),
        (with("/vcs/type", json!("hg")), "malformed"),
        (with("/vcs/revision", json!("main")), "malformed"),
        (with("/vcs/revision", json!("--all")), "malformed"),
        (with("/vcs/revision", json!("abcdef0")), "commit-not-here"),
        (with("/files", json!([])), "claims-nothing"),
        (with("/files", json!({})), "malformed-json"),
        (with("/files/0/path", json!("/etc/passwd")), "bad-path"),
        (with("/files/0/path", json!("../x")), "bad-path"),
        (with("/files/0/path", json!(".git/config")), "bad-path"),
        (with(contributor, json!({"type": "human"})), "only-human"),
        (
            with(contributor, json!({"type": "unknown"})),
            "claims-nothing",
        ),
        (with(contributor, json!({"type": "robot"})), "malformed"),
        (
            with(contributor, json!({"type": "ai", "model_id": "a\u{202e}b"})),
            "disguised-name",
        ),
        (
            with("/tool/name", json!("\u{1b}]0;x\u{7}")),
            "disguised-name",
        ),
        (with(start, json!(0)), "malformed"),
        (with(start, json!(3)), "malformed"),
        (with(start, json!(-1)), "malformed-json"),
        (with(start, json!(1e300)), "malformed-json"),
    ] {
        let refusal = document(&document_of).unwrap_err();
        assert_eq!(refusal.code(), code, "{document_of}: {refusal}");
        assert!(text::is_undisguised(&refusal.to_string()), "{refusal:?}");
    }
    let deep = "[".repeat(1 << 20);
    assert_eq!(read(&deep, &|_| None).unwrap_err().code(), "json-too-deep");
    let large = " ".repeat(MAX_NOTE_BYTES + 1);
    assert_eq!(read(&large, &|_| None).unwrap_err().code(), "too-large");
    let found = find_in(&|_| None, "a\u{1b}b", b"\xff", false);
    assert_eq!(found.first().unwrap().place, "a\\u{1b}b");
    assert!(matches!(found.first().unwrap().said, Err(Refusal::NotUtf8)));
}
