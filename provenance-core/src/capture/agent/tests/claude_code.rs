//! What Claude Code sends.

use std::path::PathBuf;

use serde_json::json;

use super::{only, read};
use crate::capture::agent::*;
use crate::capture::event::{Before, Edit, Kind};

fn claude(event: &str, fields: &Value) -> Parsed {
    let mut payload = json!({
        "session_id": "cb947e5b-246e-4253-a953-631f7e464c6b",
        "transcript_path": "/home/a/.claude/projects/-home-a-app/cb947e5b.jsonl",
        "cwd": "/home/a/app", "permission_mode": "acceptEdits", "hook_event_name": event,
    });
    for (name, value) in fields.as_object().unwrap() {
        payload[name] = value.clone();
    }
    read("claude-code", &payload)
}

#[test]
fn claude_code_tells_what_it_edited_and_from_what() {
    let before = only(claude(
        "PreToolUse",
        &json!({"tool_name": "Edit", "tool_use_id": "toolu_1",
                "tool_input": {"file_path": "/home/a/app/src/lib.rs", "old_string": "a", "new_string": "b"}}),
    ));
    let path = PathBuf::from("/home/a/app/src/lib.rs");
    assert_eq!(
        before.kind,
        Kind::BeforeEdit {
            paths: vec![path.clone()]
        }
    );
    assert_eq!(before.call.as_deref(), Some("toolu_1"));
    assert_eq!(before.tool.name, "claude-code");
    assert_eq!(before.model, None);

    let after = only(claude(
        "PostToolUse",
        &json!({"tool_name": "Edit", "tool_use_id": "toolu_1", "duration_ms": 3,
                "tool_input": {"file_path": "/home/a/app/src/lib.rs"},
                "tool_response": {"filePath": "/home/a/app/src/lib.rs", "originalFile": "a\n",
                    "structuredPatch": [], "userModified": true}}),
    ));
    let edit = Edit {
        path,
        before: Before::Content("a\n".to_owned()),
        staged: None,
        user_modified: true,
    };
    let name = "Edit".to_owned();
    assert_eq!(
        after.kind,
        Kind::AfterEdit {
            name,
            files: vec![edit]
        }
    );
}

#[test]
fn every_edit_tool_of_claude_code_tells_the_content_before_as_well_as_it_can() {
    let patch = json!([{"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-a", "+b"]}]);
    let cases = [
        (
            "Write",
            json!({"file_path": "a"}),
            json!({"type": "create", "content": "b"}),
            "absent",
            None,
        ),
        (
            "Write",
            json!({"file_path": "a"}),
            json!({"type": "update", "originalFile": "a"}),
            "content",
            None,
        ),
        (
            "Write",
            json!({"file_path": "a"}),
            json!({"type": "update", "originalFile": "a", "content": "b", "staged": true}),
            "content",
            Some("b"),
        ),
        (
            "Edit",
            json!({"file_path": "a"}),
            json!({"originalFile": null, "structuredPatch": patch}),
            "patch",
            None,
        ),
        (
            "MultiEdit",
            json!({"file_path": "a", "edits": []}),
            json!({"originalFile": "a"}),
            "content",
            None,
        ),
        (
            "NotebookEdit",
            json!({"notebook_path": "a", "new_source": "x"}),
            json!({"new_source": "x"}),
            "untold",
            None,
        ),
        (
            "Edit",
            json!({"file_path": "a"}),
            json!("The file a has been updated."),
            "untold",
            None,
        ),
        (
            "Edit",
            json!({}),
            json!({"filePath": "a", "structuredPatch": []}),
            "untold",
            None,
        ),
    ];
    for (tool, input, response, told, staged) in cases {
        let fields = json!({"tool_name": tool, "tool_input": input, "tool_response": response});
        let Kind::AfterEdit { files, name } = only(claude("PostToolUse", &fields)).kind else {
            panic!("{tool}: {fields}")
        };
        let [file] = files.as_slice() else {
            panic!("{tool}: {files:?}")
        };
        let before = match file.before {
            Before::Absent => "absent",
            Before::Content(_) => "content",
            Before::Patch(_) => "patch",
            Before::Untold => "untold",
        };
        assert_eq!((before, file.staged.as_deref()), (told, staged), "{fields}");
        assert_eq!((name.as_str(), &file.path), (tool, &PathBuf::from("a")));
    }
}

#[test]
fn a_tool_that_failed_edited_nothing_but_a_command_that_failed_may_have() {
    let edit = json!({"tool_name": "Edit", "tool_input": {"file_path": "a"}, "tool_response": {"error": "no match"}});
    assert_eq!(only(claude("PostToolUse", &edit)).kind, Kind::Failed);
    assert_eq!(only(claude("PostToolUseFailure", &edit)).kind, Kind::Failed);
    let shell = json!({"tool_name": "Bash", "tool_input": {"command": "make"}, "error": "exit 2"});
    let name = "Bash".to_owned();
    assert_eq!(
        only(claude("PostToolUseFailure", &shell)).kind,
        Kind::AfterShell { name }
    );
}

#[test]
fn the_other_events_of_claude_code() {
    let model = "claude-opus-4-5-20251101";
    let start = only(claude(
        "SessionStart",
        &json!({"source": "startup", "model": model}),
    ));
    assert_eq!(
        (start.kind, start.model.as_deref()),
        (Kind::Session, Some(model))
    );
    assert!(start.transcript.is_some());
    for (source, human) in [
        (json!(null), true),
        (json!("user"), true),
        (json!("loop_wakeup"), false),
    ] {
        let fields = json!({"prompt": "retry on 429", "source": source});
        let Kind::Prompt { text, human: was } = only(claude("UserPromptSubmit", &fields)).kind
        else {
            panic!("a prompt")
        };
        assert_eq!((text.as_str(), was), ("retry on 429", human), "{source}");
    }
    let switch = only(claude(
        "PostModelSwitch",
        &json!({"from_model": "a", "to_model": "b", "source": "picker"}),
    ));
    assert_eq!(
        (switch.kind, switch.model.as_deref()),
        (Kind::ModelSwitch, Some("b"))
    );
    let shell = only(claude(
        "PreToolUse",
        &json!({"tool_name": "Bash", "tool_input": {"command": "make fmt"}}),
    ));
    assert_eq!(
        shell.kind,
        Kind::BeforeShell {
            name: "Bash".to_owned(),
            command: Some("make fmt".to_owned())
        }
    );
    let stop = only(claude(
        "SubagentStop",
        &json!({"agent_id": "a1", "agent_transcript_path": "/t/agent-a1.jsonl"}),
    ));
    assert_eq!(
        (stop.subagent.as_deref(), stop.transcript),
        (Some("a1"), Some("/t/agent-a1.jsonl".into()))
    );
    assert_eq!(
        only(claude("SessionEnd", &json!({"reason": "other"}))).kind,
        Kind::End
    );
    let read = json!({"tool_name": "Read", "tool_input": {"file_path": "/home/a/app/docs/api.md"}, "tool_response": {}});
    assert!(matches!(
        only(claude("PostToolUse", &read)).kind,
        Kind::Context { .. }
    ));
    assert_eq!(claude("PreCompact", &json!({})), Parsed::default());
    assert_eq!(
        claude("SessionStart", &json!({"model": "<synthetic>"})).events[0].model,
        None
    );
}
