//! Claude Code's hooks, and those of the harnesses that took over their shape.
//!
//! Types as of Agent SDK 0.3.328 (Claude Code 2.1.328). Fields are read in snake case and in camel
//! case, and edit tools under the names that other harnesses give them, because the same settings
//! file is read by several (`Harness::sniff` says by whom). What counts:
//!
//! | event | becomes |
//! |---|---|
//! | `SessionStart`, `PostModelSwitch` | [`Kind::Session`], [`Kind::ModelSwitch`] |
//! | `UserPromptSubmit` | [`Kind::Prompt`]; human only where `source` is `user` or absent |
//! | `PreToolUse`, `PostToolUse` of an edit tool | [`Kind::BeforeEdit`], [`Kind::AfterEdit`] |
//! | `PreToolUse`, `PostToolUse` of a shell tool | [`Kind::BeforeShell`], [`Kind::AfterShell`] |
//! | `PostToolUse` of `Read` | [`Kind::Context`] |
//! | `PostToolUseFailure` | [`Kind::Failed`]; of a shell [`Kind::AfterShell`]: a command that failed may have written |
//! | `Stop`, `SubagentStop` | [`Kind::Idle`] |
//! | `SessionEnd` | [`Kind::End`] |

use std::path::PathBuf;

use serde::Deserialize as _;
use serde_json::Value;

use super::{Harness, Ignored, Parsed, Why, field, part, patched_paths};
use crate::capture::event::{Before, Edit, Event, Kind, PatchHunk};
use crate::record::{Mode, Tool};

/// What a tool does to the worktree.
enum Class {
    Edit,
    Shell,
    Read,
    Other,
}

fn class(tool: &str) -> Class {
    // Codex puts `functions.` before the name.
    match tool.strip_prefix("functions.").unwrap_or(tool) {
        "Write"
        | "Edit"
        | "MultiEdit"
        | "NotebookEdit"
        | "StrReplace"
        | "ApplyPatch"
        | "apply_patch"
        | "Delete"
        | "write_file"
        | "replace"
        | "create"
        | "edit"
        | "str_replace_editor"
        | "create_file"
        | "replace_string_in_file"
        | "insert_edit_into_file"
        | "delete_file"
        | "editFiles"
        | "Create" => Class::Edit,
        "Bash" | "Shell" | "shell" | "exec_command" | "shell_command" | "run_shell_command"
        | "bash" | "powershell" | "PowerShell" | "run_in_terminal" | "Execute" => Class::Shell,
        "Read" | "NotebookRead" | "read_file" => Class::Read,
        _ => Class::Other,
    }
}

/// Events that are known and say nothing about provenance.
const SILENT: &[&str] = &[
    "PreModelSwitch",
    "Notification",
    "PermissionRequest",
    "PostToolBatch",
    "StopFailure",
    "SubagentStart",
    "FileChanged",
    "WorktreeCreate",
    "WorktreeRemove",
    "CwdChanged",
    "PreCompact",
    "PostCompact",
    "AfterAgent",
    "BeforeModel",
    "AfterModel",
    "PreCompress",
    "BeforeToolSelection",
    "afterFileEdit",
    "afterTabFileEdit",
];

/// Reads one event of `harness`.
#[must_use]
pub fn parse(harness: &Harness, document: &Value) -> Parsed {
    let mut parsed = Parsed::default();
    let ignore = |why, name: &str| Ignored::new(document, why, name);
    if !document.is_object() {
        parsed.ignored.push(ignore(Why::NotJson, ""));
        return parsed;
    }
    let Some(name) = field(document, &["hook_event_name", "hookEventName"]) else {
        parsed
            .ignored
            .push(ignore(Why::MissingField, "hook_event_name"));
        return parsed;
    };
    let Some(session) = field(document, &["session_id", "sessionId", "conversation_id"]) else {
        parsed.ignored.push(ignore(Why::MissingField, "session_id"));
        return parsed;
    };
    let kind = match kind(name, document) {
        Ok(Some(kind)) => kind,
        Ok(None) => return parsed,
        Err((why, name)) => {
            parsed.ignored.push(ignore(why, name));
            return parsed;
        }
    };
    let owned = |names: &[&str]| field(document, names).map(str::to_owned);
    let model = match kind {
        Kind::ModelSwitch => owned(&["to_model"]),
        _ => owned(&["model", "model_id"]),
    };
    let subagent = owned(&["agent_id"]);
    parsed.events.push(Event {
        session: session.to_owned(),
        subagent: subagent.clone(),
        tool: Tool {
            name: harness.name().to_owned(),
            version: owned(&["cursor_version"]),
        },
        model: model.filter(|model| !is_placeholder(model)),
        operator: owned(&["user_email"]),
        mode: Mode::Agent,
        cwd: owned(&["cwd"])
            .or_else(|| {
                Some(
                    part(document, &["workspace_roots"])
                        .get(0)?
                        .as_str()?
                        .to_owned(),
                )
            })
            .map(PathBuf::from),
        call: owned(&["tool_use_id", "toolUseId"]),
        transcript: if subagent.is_some() {
            // The other one is the session's.
            owned(&["agent_transcript_path"]).map(PathBuf::from)
        } else {
            owned(&["transcript_path"]).map(PathBuf::from)
        },
        kind,
    });
    parsed
}

/// Names that a harness gives where it has no model to name.
pub(in crate::capture) fn is_placeholder(model: &str) -> bool {
    matches!(model, "" | "<synthetic>" | "default" | "auto")
}

fn kind<'d>(name: &'d str, document: &'d Value) -> Result<Option<Kind>, (Why, &'d str)> {
    let tool = field(document, &["tool_name", "toolName"]).unwrap_or_default();
    let input = part(document, &["tool_input", "toolInput", "toolArgs"]);
    let response = part(document, &["tool_response", "toolResponse", "tool_output"]);
    Ok(Some(match name {
        "SessionStart" | "sessionStart" => Kind::Session,
        "UserPromptSubmit" | "beforeSubmitPrompt" | "BeforeAgent" => Kind::Prompt {
            text: field(document, &["prompt"]).unwrap_or_default().to_owned(),
            human: matches!(field(document, &["source"]), None | Some("user")),
        },
        "PreToolUse" | "preToolUse" | "BeforeTool" => match class(tool) {
            Class::Edit => Kind::BeforeEdit {
                paths: edited_paths(input),
            },
            Class::Shell => Kind::BeforeShell {
                name: tool.to_owned(),
                command: field(input, &["command"]).map(str::to_owned),
            },
            Class::Read | Class::Other => return Ok(None),
        },
        "PostToolUse" | "postToolUse" | "AfterTool" => match class(tool) {
            Class::Edit if is_error(response) => Kind::Failed,
            Class::Edit => Kind::AfterEdit {
                name: tool.to_owned(),
                files: edits(input, response),
            },
            Class::Shell => Kind::AfterShell {
                name: tool.to_owned(),
            },
            Class::Read => match edited_paths(input).first() {
                Some(path) if !is_error(response) => Kind::Context {
                    kind: "file".to_owned(),
                    name: path.to_string_lossy().into_owned(),
                    digest: None,
                },
                _ => return Ok(None),
            },
            Class::Other => return Ok(None),
        },
        "PostToolUseFailure" | "postToolUseFailure" => match class(tool) {
            Class::Edit => Kind::Failed,
            Class::Shell => Kind::AfterShell {
                name: tool.to_owned(),
            },
            Class::Read | Class::Other => return Ok(None),
        },
        "PostModelSwitch" => Kind::ModelSwitch,
        "Stop" | "stop" | "SubagentStop" | "subagentStop" => Kind::Idle,
        "SessionEnd" | "sessionEnd" => Kind::End,
        silent if SILENT.contains(&silent) => return Ok(None),
        unknown => return Err((Why::UnknownEvent, unknown)),
    }))
}

/// A response that says that the tool did nothing.
fn is_error(response: &Value) -> bool {
    let yes = |name: &str| response.get(name).and_then(Value::as_bool);
    yes("is_error") == Some(true)
        || yes("success") == Some(false)
        || response.get("error").is_some_and(|error| !error.is_null())
        || field(response, &["type"]) == Some("error")
        || response
            .as_str()
            .is_some_and(|text| text.starts_with("Error"))
}

fn edited_paths(input: &Value) -> Vec<PathBuf> {
    if let Some(path) = field(input, &["file_path", "filePath", "notebook_path", "path"]) {
        return vec![PathBuf::from(path)];
    }
    let patch = input
        .as_str()
        .or_else(|| field(input, &["patch", "command", "input"]));
    patch
        .into_iter()
        .flat_map(patched_paths)
        .map(PathBuf::from)
        .collect()
}

fn edits(input: &Value, response: &Value) -> Vec<Edit> {
    let yes = |name: &str| response.get(name).and_then(Value::as_bool) == Some(true);
    let mut paths = edited_paths(input);
    if paths.is_empty() {
        let path = field(response, &["filePath", "file_path", "notebook_path"]);
        paths.extend(path.map(PathBuf::from));
    }
    // Details of the response are about one file.
    let told = paths.len() == 1;
    paths
        .into_iter()
        .map(|path| Edit {
            path,
            before: if told {
                before(response)
            } else {
                Before::Untold
            },
            staged: field(response, &["content"])
                .filter(|_| told && yes("staged"))
                .map(str::to_owned),
            user_modified: yes("userModified"),
        })
        .collect()
}

/// What the response tells about the content before: `originalFile`, else `structuredPatch`.
fn before(response: &Value) -> Before {
    if field(response, &["type"]) == Some("create") {
        return Before::Absent;
    }
    let original = part(response, &["originalFile", "original_file"]);
    if let Some(original) = original.as_str() {
        return Before::Content(original.to_owned());
    }
    let hunks = part(response, &["structuredPatch"]);
    match Vec::<PatchHunk>::deserialize(hunks) {
        Ok(hunks) if !hunks.is_empty() => Before::Patch(hunks),
        _ => Before::Untold,
    }
}
