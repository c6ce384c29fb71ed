//! Tables of payloads: what harnesses send, and what it is taken for.

use serde_json::json;

use super::*;
use crate::capture::event::Kind;

mod claude_code;

fn read(name: &str, payload: &Value) -> Parsed {
    parse(name, payload.to_string().as_bytes(), &|_| None)
}

#[track_caller]
fn only(parsed: Parsed) -> Event {
    assert_eq!(parsed.ignored, []);
    let [event] = <[Event; 1]>::try_from(parsed.events).expect("one event");
    event
}

#[test]
fn the_payload_says_who_speaks_whatever_the_settings_file_says() {
    let cases = [
        (
            json!({"hook_event_name": "preToolUse", "conversation_id": "c", "cursor_version": "2.4.0",
                "workspace_roots": ["/r"], "tool_name": "Write", "tool_input": {"file_path": "a"}}),
            "cursor",
        ),
        (
            json!({"hook_event_name": "PreToolUse", "session_id": "s", "turn_id": "t", "model": "gpt-5.1-codex",
                "permission_mode": "default", "tool_name": "apply_patch", "tool_input": {"command":
                "*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End Patch"}}),
            "codex",
        ),
        (
            json!({"hook_event_name": "BeforeTool", "session_id": "s", "tool_name": "write_file",
                "tool_input": {"file_path": "a"}}),
            "gemini",
        ),
        (
            json!({"hook_event_name": "PreToolUse", "sessionId": "s", "timestamp": 1, "toolName": "create",
                "toolArgs": {"path": "a"}}),
            "copilot-cli",
        ),
        (
            json!({"hookEventName": "PreToolUse", "sessionId": "s", "transcript_path": "/t", "timestamp": "x",
                "tool_name": "create_file", "tool_input": {"filePath": "a"}}),
            "vscode",
        ),
        (
            json!({"hook_event_name": "PreToolUse", "session_id": "s", "transcript_path": "/h/.factory/s.jsonl",
                "tool_name": "Create", "tool_input": {"file_path": "a"}}),
            "droid",
        ),
    ];
    for (payload, tool) in cases {
        let event = only(read("claude-code", &payload));
        assert_eq!(event.tool.name, tool, "{payload}");
        assert_eq!(
            event.kind,
            Kind::BeforeEdit {
                paths: vec!["a".into()]
            },
            "{payload}"
        );
    }
}

#[test]
fn the_generic_protocol_has_all_its_verbs() {
    let cases = [
        (json!({"event": "session"}), Kind::Session),
        (
            json!({"event": "prompt", "text": "t"}),
            Kind::Prompt {
                text: "t".into(),
                human: true,
            },
        ),
        (
            json!({"event": "before-edit", "paths": ["a"]}),
            Kind::BeforeEdit {
                paths: vec!["a".into()],
            },
        ),
        (
            json!({"event": "after-edit", "paths": ["a"], "failed": true}),
            Kind::Failed,
        ),
        (
            json!({"event": "before-shell", "command": "make"}),
            Kind::BeforeShell {
                name: "shell".into(),
                command: Some("make".into()),
            },
        ),
        (
            json!({"event": "after-shell"}),
            Kind::AfterShell {
                name: "shell".into(),
            },
        ),
        (
            json!({"event": "context", "kind": "url", "name": "https://x"}),
            Kind::Context {
                kind: "url".into(),
                name: "https://x".into(),
                digest: None,
            },
        ),
        (
            json!({"event": "usage", "inputTokens": 12, "costMicroUsd": 9}),
            Kind::Usage(crate::record::Usage {
                input_tokens: Some(12),
                cost_micro_usd: Some(9),
                ..Default::default()
            }),
        ),
        (
            json!({"event": "task", "task": "PAY-118", "rationale": "r"}),
            Kind::Task {
                task: Some("PAY-118".into()),
                rationale: Some("r".into()),
            },
        ),
        (
            json!({"event": "approve", "approver": "a@x"}),
            Kind::Approve {
                approver: "a@x".into(),
            },
        ),
        (json!({"event": "end"}), Kind::End),
    ];
    for (mut payload, kind) in cases {
        payload["session"] = json!("s-1");
        payload["cwd"] = json!("/repo");
        payload["tool"] = json!({"name": "my-agent", "version": "1.2"});
        payload["model"] = json!("openai/gpt-5.1");
        let event = only(read("generic", &payload));
        assert_eq!(event.kind, kind, "{payload}");
        assert_eq!(event.tool.version.as_deref(), Some("1.2"));
        assert_eq!(event.model.as_deref(), Some("openai/gpt-5.1"));
    }
}

#[test]
fn one_payload_may_hold_several_lines_and_a_bad_one_loses_only_itself() {
    let lines = b"{\"event\":\"session\",\"session\":\"s\"}\n{\"event\":\"ses\n\n{\"event\":\"end\",\"session\":\"s\"}\n";
    let parsed = parse("generic", lines, &|_| None);
    assert_eq!(parsed.events.len(), 2);
    assert_eq!(parsed.ignored.len(), 1);
    assert_eq!(parsed.ignored[0].why, Why::NotJson);
}

#[test]
fn what_is_not_understood_is_ignored_and_counted() {
    let cases = [
        (
            json!({"event": "dance", "session": "s"}),
            Why::UnknownEvent,
            "dance",
            0,
        ),
        (
            json!({"event": "end", "session": "s", "mood": 1}),
            Why::UnknownField,
            "mood",
            1,
        ),
        (json!({"event": "end"}), Why::MissingField, "session", 0),
        (
            json!({"event": "prompt", "session": "s"}),
            Why::MissingField,
            "text",
            0,
        ),
        (
            json!({"event": "before-edit", "session": "s", "paths": "a"}),
            Why::MissingField,
            "paths",
            0,
        ),
        (json!(7), Why::NotJson, "", 0),
        (json!({}), Why::MissingField, "event", 0),
        (
            json!({"hook_event_name": "Dance", "session_id": "s"}),
            Why::UnknownEvent,
            "Dance",
            0,
        ),
        (
            json!({"hook_event_name": "Stop"}),
            Why::MissingField,
            "session_id",
            0,
        ),
    ];
    for (payload, why, name, events) in cases {
        let parsed = read("generic", &payload);
        assert_eq!(parsed.events.len(), events, "{payload}");
        let [ignored] = parsed.ignored.as_slice() else {
            panic!("{payload}: {parsed:?}")
        };
        assert_eq!(
            (ignored.why, ignored.name.as_str()),
            (why, name),
            "{payload}"
        );
    }
}
