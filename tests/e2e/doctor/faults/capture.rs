//! What agents and hooks leave behind: reports, state and the journal.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use harness::Sandbox;

use super::Fault;
use crate::hook_managers::files;

fn edit_settings(sandbox: &Sandbox, from: &str, to: &str) {
    let path = ".claude/settings.local.json";
    let settings = sandbox.read(path);
    assert!(settings.contains(from), "{settings}");
    sandbox.write(path, settings.replacen(from, to, 1));
}

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "Claude Code's hooks are switched off",
        plant: |sandbox| edit_settings(sandbox, "{", "{ \"disableAllHooks\": true,"),
        check: "claude-code",
        says: "disableAllHooks",
        is_recorded: true,
    },
    Fault {
        name: "Claude Code no longer reports to us",
        plant: |sandbox| {
            sandbox.write(".claude/settings.local.json", "{}\n");
        },
        check: "claude-code",
        says: "no longer reports",
        is_recorded: true,
    },
    Fault {
        name: "Claude Code reports only some events",
        plant: |sandbox| edit_settings(sandbox, "\"PreToolUse\"", "\"Other\""),
        check: "claude-code",
        says: "PreToolUse",
        is_recorded: true,
    },
    Fault {
        name: "Claude Code's settings are damaged",
        plant: |sandbox| {
            sandbox.append(".claude/settings.local.json", "}}");
        },
        check: "claude-code",
        says: "not valid JSON",
        is_recorded: true,
    },
    Fault {
        name: "a hook failed while nobody looked",
        plant: |sandbox| {
            let log = sandbox.git_dir().join("provenance/hook.log");
            fs::write(
                log,
                "2026-05-04T09:00:00Z post-commit no key to sign with\n",
            )
            .unwrap();
        },
        check: "hook-log",
        says: "no key to sign with",
        is_recorded: true,
    },
    Fault {
        name: "others may enter the state folder",
        plant: |sandbox| {
            let state = sandbox.git_dir().join("provenance");
            fs::set_permissions(state, fs::Permissions::from_mode(0o755)).unwrap();
        },
        check: "state",
        says: "mode 0755",
        is_recorded: true,
    },
    Fault {
        name: "the state was taken away",
        plant: |sandbox| fs::remove_dir_all(sandbox.git_dir().join("provenance")).unwrap(),
        check: "capture",
        says: "nobody takes down what agents do",
        is_recorded: true,
    },
    Fault {
        name: "something else is where the state was",
        plant: |sandbox| {
            let state = sandbox.git_dir().join("provenance");
            fs::remove_dir_all(&state).unwrap();
            fs::write(state, "").unwrap();
        },
        check: "state",
        says: "is not a directory",
        is_recorded: false,
    },
    Fault {
        name: "the journal is damaged",
        plant: |sandbox| {
            sandbox
                .agent("anthropic/claude-opus-4-5")
                .edits("a.rs", "fn a() {}\n");
            let journal = sandbox.git_dir().join("provenance/journal");
            let is_open = |path: &&PathBuf| path.ends_with("current.jsonl");
            let found = files(&journal);
            let open = journal.join(found.keys().find(is_open).unwrap());
            let text = fs::read_to_string(&open).unwrap();
            fs::write(&open, format!("{{\"half\n{text}")).unwrap();
        },
        check: "events",
        says: "of the journal cannot be read",
        is_recorded: true,
    },
];
