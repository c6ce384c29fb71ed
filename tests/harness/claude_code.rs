//! `ClaudeCode`: a session that sends Claude Code's own events, as version 2.1 sends them.
//!
//! The shapes follow the published types of its Agent SDK: `SessionStart`, `UserPromptSubmit`,
//! `PreToolUse`, the edit on disk, `PostToolUse` with `structuredPatch` and `originalFile`, and a
//! transcript of JSON lines.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::agent::report;
use crate::sandbox::Sandbox;

/// The model's name as Claude Code reports it.
pub const RAW_MODEL: &str = "claude-opus-4-5-20251101";

/// A Claude Code session.
#[derive(Debug)]
pub struct ClaudeCode<'s> {
    sandbox: &'s Sandbox,
    session: String,
    transcript: PathBuf,
}

impl<'s> ClaudeCode<'s> {
    /// Starts a session: `SessionStart` with the model.
    #[track_caller]
    pub(crate) fn new(sandbox: &'s Sandbox) -> Self {
        let session = format!("cb947e5b-246e-4253-a953-{:012}", sandbox.tick());
        let folder = sandbox.home().join(".claude/projects/-repo");
        fs::create_dir_all(&folder).unwrap();
        let claude = Self {
            sandbox,
            transcript: folder.join(format!("{session}.jsonl")),
            session,
        };
        fs::write(&claude.transcript, "").unwrap();
        claude.sends(
            "SessionStart",
            json!({"source": "startup", "model": RAW_MODEL}),
        );
        claude
    }

    /// Returns the session's id.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Returns the path of the transcript.
    pub fn transcript(&self) -> &PathBuf {
        &self.transcript
    }

    /// Sends one event with the fields that every event has.
    #[track_caller]
    pub fn sends(&self, name: &str, fields: Value) -> &Self {
        let mut event = json!({
            "session_id": self.session,
            "transcript_path": self.transcript.to_str().unwrap(),
            "cwd": self.sandbox.path().to_str().unwrap(),
            "permission_mode": "acceptEdits",
            "hook_event_name": name,
        });
        let Value::Object(fields) = fields else {
            panic!("the fields of an event are an object")
        };
        event.as_object_mut().unwrap().extend(fields);
        report(self.sandbox, "claude-code", &event);
        self
    }

    /// A person prompts: a line in the transcript and `UserPromptSubmit`.
    #[track_caller]
    pub fn is_asked(&self, prompt: &str) -> &Self {
        self.transcribes(&json!({
            "type": "user", "sessionId": self.session,
            "message": {"role": "user", "content": prompt},
        }));
        self.sends(
            "UserPromptSubmit",
            json!({"prompt": prompt, "source": "user"}),
        )
    }

    /// The model answers: a transcript row with usage, as it repeats while a message streams.
    #[track_caller]
    pub fn answers(&self, message: &str, input_tokens: u64, output_tokens: u64) -> &Self {
        for output_tokens in [1, output_tokens] {
            self.transcribes(&json!({
                "type": "assistant", "sessionId": self.session, "version": "2.1.328",
                "message": {
                    "id": message, "role": "assistant", "model": RAW_MODEL, "content": [],
                    "usage": {
                        "input_tokens": input_tokens, "cache_creation_input_tokens": 0,
                        "cache_read_input_tokens": 7, "output_tokens": output_tokens,
                    },
                },
            }));
        }
        self
    }

    /// Writes a whole file with its `Write` tool.
    #[track_caller]
    pub fn writes(&self, path: &str, content: &str) -> &Self {
        let before = self.original(path);
        let file = self.absolute(path);
        let input = json!({"file_path": file, "content": content});
        let kind = if before.is_null() { "create" } else { "update" };
        let patch = structured_patch(before.as_str().unwrap_or_default(), content);
        self.uses("Write", input, || {
            self.sandbox.write(path, content);
            json!({
                "type": kind, "filePath": file, "content": content,
                "structuredPatch": patch, "originalFile": before,
            })
        })
    }

    /// Replaces `old` by `new` in a file with its `Edit` tool.
    #[track_caller]
    pub fn replaces(&self, path: &str, old: &str, new: &str) -> &Self {
        self.replaces_then(path, old, new, false)
    }

    /// As [`Self::replaces`], but a person changed the proposal before it was applied: `new` is
    /// what reached the disk.
    #[track_caller]
    pub fn replaces_as_changed_by_the_user(&self, path: &str, old: &str, new: &str) -> &Self {
        self.replaces_then(path, old, new, true)
    }

    #[track_caller]
    fn replaces_then(&self, path: &str, old: &str, new: &str, user_modified: bool) -> &Self {
        let before = self.sandbox.read(path);
        assert!(before.contains(old), "{path} does not contain {old:?}");
        let after = before.replacen(old, new, 1);
        let file = self.absolute(path);
        let input = json!({
            "file_path": file, "old_string": old, "new_string": new, "replace_all": false,
        });
        self.uses("Edit", input, || {
            self.sandbox.write(path, &after);
            json!({
                "filePath": file, "oldString": old, "newString": new, "originalFile": before,
                "structuredPatch": structured_patch(&before, &after),
                "userModified": user_modified, "replaceAll": false,
            })
        })
    }

    /// Runs a command with its `Bash` tool, in the environment that it gives to its shell.
    #[track_caller]
    pub fn runs(&self, command: &str) -> &Self {
        self.uses("Bash", json!({"command": command}), || {
            let mut shell = self.sandbox.command("sh");
            shell
                .args(["-c", command])
                .env("CLAUDECODE", "1")
                .env("CLAUDE_CODE_SESSION_ID", &self.session);
            let output = self.sandbox.run(&mut shell).succeeds();
            json!({
                "stdout": output.text(), "stderr": output.talk(),
                "interrupted": false, "isImage": false,
            })
        })
    }

    /// Uses a tool: `PreToolUse`, then `act`, whose result is the response in `PostToolUse`.
    #[track_caller]
    pub fn uses(&self, tool: &str, input: Value, act: impl FnOnce() -> Value) -> &Self {
        let call = format!("toolu_{:024}", self.sandbox.tick());
        let mut fields = Map::new();
        fields.insert("tool_name".to_owned(), json!(tool));
        fields.insert("tool_input".to_owned(), input);
        fields.insert("tool_use_id".to_owned(), json!(call));
        self.sends("PreToolUse", Value::Object(fields.clone()));
        fields.insert("tool_response".to_owned(), act());
        fields.insert("duration_ms".to_owned(), json!(12));
        self.sends("PostToolUse", Value::Object(fields))
    }

    /// Stops and ends the session.
    #[track_caller]
    pub fn ends(&self) {
        self.sends("Stop", json!({"stop_hook_active": false}));
        self.sends("SessionEnd", json!({"reason": "prompt_input_exit"}));
    }

    fn transcribes(&self, row: &Value) {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(&self.transcript)
            .unwrap();
        writeln!(file, "{row}").unwrap();
    }

    fn absolute(&self, path: &str) -> String {
        self.sandbox.path().join(path).to_str().unwrap().to_owned()
    }

    fn original(&self, path: &str) -> Value {
        let exists = self.sandbox.path().join(path).exists();
        if exists {
            json!(self.sandbox.read(path))
        } else {
            Value::Null
        }
    }
}

/// One hunk with three lines of context, as Claude Code's `structuredPatch`; none for a new file.
fn structured_patch(before: &str, after: &str) -> Value {
    if before.is_empty() || before == after {
        return json!([]);
    }
    let old: Vec<&str> = before.lines().collect();
    let new: Vec<&str> = after.lines().collect();
    let prefix = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let room = old.len().min(new.len()) - prefix;
    let suffix = old.iter().rev().zip(new.iter().rev());
    let suffix = suffix.take_while(|(a, b)| a == b).count().min(room);
    let start = prefix.saturating_sub(3);
    let tail = suffix.min(3);
    let mut lines = Vec::new();
    lines.extend(old[start..prefix].iter().map(|line| format!(" {line}")));
    lines.extend(
        old[prefix..old.len() - suffix]
            .iter()
            .map(|line| format!("-{line}")),
    );
    lines.extend(
        new[prefix..new.len() - suffix]
            .iter()
            .map(|line| format!("+{line}")),
    );
    let after_hunk = &old[old.len() - suffix..old.len() - suffix + tail];
    lines.extend(after_hunk.iter().map(|line| format!(" {line}")));
    json!([{
        "oldStart": start + 1, "oldLines": old.len() - suffix + tail - start,
        "newStart": start + 1, "newLines": new.len() - suffix + tail - start,
        "lines": lines,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_has_three_lines_of_context_and_new_side_numbers() {
        let patch = structured_patch("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nx\ny\n6\n7\n8\n");
        assert_eq!(
            patch,
            json!([{"oldStart": 2, "oldLines": 7, "newStart": 2, "newLines": 8,
                    "lines": [" 2", " 3", " 4", "-5", "+x", "+y", " 6", " 7", " 8"]}])
        );
    }
}
