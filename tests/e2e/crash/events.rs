//! Dying while an agent's event is taken down.

use std::path::Path;

use harness::Sandbox;
use serde_json::{Value, json};

use super::told::Told;
use super::{Points, Story, dies_everywhere, sandbox};

pub(super) const STORIES: &[Story] = &[
    ("events of Claude Code", claude_code),
    ("events of the generic protocol", generic),
    ("events that end a long journal", long_journal),
];

/// What an agent wrote is never a person's, and what a person wrote never an agent's.
///
/// But for an event whose process died before it could say that it began: that is as if the agent
/// had not reported it.
fn agree(expected: &Told, told: &Told, what: &str) {
    if what.contains("held file: ") {
        return;
    }
    for (path, kinds) in &told.kinds {
        let pairs = expected.kinds[path].chars().zip(kinds.chars());
        for (n, (old, new)) in pairs.enumerate() {
            let fits = old == new || new == 'u';
            assert!(fits, "{what}: {path}:{} went from {old} to {new}", n + 1);
        }
    }
    for (subject, verdict, said) in &told.commits {
        assert_eq!(
            (verdict.as_str(), said.len()),
            ("verified", 1),
            "{what}: {subject}"
        );
    }
}

/// Reports an event, to a process that may die of it.
fn reports(alice: &Sandbox, name: &str, event: &Value) {
    let output = alice.hook(["agent", name], event.to_string().as_bytes());
    let is_dead = output.status == 128 + 6;
    assert!(is_dead || output.status == 0, "{}", output.full());
}

fn repository() -> Sandbox {
    let alice = sandbox().with_provenance();
    alice.write("base.txt", "base\n");
    alice.write("old.txt", "by hand\n");
    alice.commit("base");
    alice
}

fn commits(alice: &Sandbox) {
    alice.write("hand.txt", "by hand\n");
    alice.git(["add", "--all"]);
    alice.git(["commit", "--quiet", "--message", "one"]);
}

fn claude_code(name: &str) -> Points {
    let alice = repository();
    let transcript = alice.home().join("transcript.jsonl");
    std::fs::write(&transcript, "").unwrap();
    let act = |alice: &Sandbox| session_of_claude_code(alice, &transcript);
    dies_everywhere(name, &alice, &act, &commits, &agree)
}

fn session_of_claude_code(alice: &Sandbox, transcript: &Path) {
    let sends = |name: &str, fields: Value| {
        let mut event = json!({
            "session_id": "cb947e5b", "transcript_path": transcript, "hook_event_name": name,
            "cwd": alice.path(),
        });
        let fields = fields.as_object().unwrap().clone();
        event.as_object_mut().unwrap().extend(fields);
        reports(alice, "claude-code", &event);
    };
    let uses = |call: &str, tool: &str, input: &Value, act: &dyn Fn() -> Value| {
        let mut event = json!({"tool_name": tool, "tool_use_id": call, "tool_input": input});
        sends("PreToolUse", event.clone());
        event["tool_response"] = act();
        sends("PostToolUse", event);
    };
    let file = |name: &str| alice.path().join(name);
    sends(
        "SessionStart",
        json!({"source": "startup", "model": "claude-opus-4-5-20251101"}),
    );
    sends(
        "UserPromptSubmit",
        json!({"prompt": "write it", "source": "user"}),
    );
    let input = json!({"file_path": file("ai.txt"), "content": "one\ntwo\n"});
    uses("w", "Write", &input, &|| {
        alice.write("ai.txt", "one\ntwo\n");
        json!({"type": "create", "filePath": file("ai.txt"), "content": "one\ntwo\n",
               "structuredPatch": [], "originalFile": null})
    });
    let input = json!({"file_path": file("old.txt"), "old_string": "by hand", "new_string": "by hand\nnew"});
    uses("e", "Edit", &input, &|| {
        alice.write("old.txt", "by hand\nnew\n");
        json!({"filePath": file("old.txt"), "oldString": "by hand", "newString": "by hand\nnew",
               "originalFile": "by hand\n", "structuredPatch": []})
    });
    uses(
        "s",
        "Bash",
        &json!({"command": "seq 3 > shell.txt"}),
        &|| {
            alice.write("shell.txt", "1\n2\n3\n");
            json!({"stdout": "", "stderr": ""})
        },
    );
    sends("Stop", json!({"stop_hook_active": false}));
    sends("SessionEnd", json!({"reason": "prompt_input_exit"}));
}

fn generic(name: &str) -> Points {
    let alice = repository();
    dies_everywhere(name, &alice, &session, &commits, &agree)
}

/// A session with every kind of event of the generic protocol.
fn session(alice: &Sandbox) {
    let says = |mut event: Value| {
        event["session"] = json!("s");
        event["cwd"] = json!(alice.path());
        reports(alice, "generic", &event);
    };
    let tool = json!({"name": "my-agent", "version": "1.2"});
    says(json!({"event": "session", "tool": tool, "model": "openai/gpt-5.1"}));
    says(json!({"event": "prompt", "text": "write it"}));
    says(json!({"event": "context", "kind": "file", "name": "base.txt"}));
    says(json!({"event": "task", "task": "PAY-118"}));
    says(json!({"event": "before-edit", "call": "1", "paths": ["ai.txt"]}));
    alice.write("ai.txt", "one\ntwo\n");
    says(json!({"event": "after-edit", "call": "1", "paths": ["ai.txt"]}));
    says(json!({"event": "before-edit", "call": "2", "paths": ["old.txt"]}));
    alice.write("old.txt", "by hand\nnew\n");
    says(json!({"event": "after-edit", "call": "2", "paths": ["old.txt"]}));
    says(json!({"event": "before-shell", "call": "3", "command": "seq 3 > shell.txt"}));
    alice.write("shell.txt", "1\n2\n3\n");
    says(json!({"event": "after-shell", "call": "3"}));
    says(json!({"event": "usage", "inputTokens": 100, "outputTokens": 20}));
    says(json!({"event": "end"}));
}

fn long_journal(name: &str) -> Points {
    let alice = repository();
    alice.git(["config", "provenance.keepPrompts", "true"]);
    let agent = alice.agent("openai/gpt-5.1");
    for n in 0..4 {
        agent.is_asked(&"long ".repeat(5_000 + n));
    }
    agent.edits("ai.txt", "one\ntwo\n");
    // One edit is announced, and one command runs, while the journal is begun anew.
    agent.report(json!({"event": "before-edit", "call": "a", "paths": ["open.txt"]}));
    let act = |alice: &Sandbox| {
        let end = json!({"event": "end", "session": "another", "cwd": alice.path()});
        reports(alice, "generic", &end);
    };
    let go_on = |alice: &Sandbox| {
        alice.write("open.txt", "by the agent\n");
        agent.report(json!({"event": "after-edit", "call": "a", "paths": ["open.txt"]}));
        commits(alice);
    };
    // The edit that was under way is the agent's all the same.
    let agree = |expected: &Told, told: &Told, what: &str| {
        assert_eq!(told.kinds["open.txt"], "a", "{what}");
        told.is(expected, what);
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}
