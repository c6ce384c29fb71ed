//! The agent of the story: Claude Code's own events, as version 2.1 sends them to its hooks.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::stage::{Stage, absolute};
use crate::error::CliError;

/// The session that the story tells of.
pub(super) const SESSION: &str = "cb947e5b-246e-4253-a953-631f7e464c6b";
const MODEL: &str = "claude-opus-4-5-20251101";
/// What `.claude/settings.json` has Claude Code run for each event.
const HOOK: &str = "git provenance hook agent claude-code";

/// A Claude Code session on a stage.
pub(super) struct Agent {
    transcript: PathBuf,
    calls: u32,
}

impl Agent {
    /// Starts a session.
    pub(super) fn start(stage: &Stage) -> Result<Self, CliError> {
        let transcripts = stage.home().join(".claude/projects/-repo");
        fs::create_dir_all(&transcripts)?;
        let transcript = transcripts.join(format!("{SESSION}.jsonl"));
        fs::write(&transcript, "")?;
        let agent = Self {
            transcript,
            calls: 0,
        };
        let fields = json!({"source": "startup", "model": MODEL});
        agent.report(stage, "SessionStart", &fields)?;
        Ok(agent)
    }

    /// A person asks for something, and the model thinks.
    pub(super) fn is_asked(&self, stage: &Stage, prompt: &str) -> Result<(), CliError> {
        self.transcribe(&json!({
            "type": "user", "sessionId": SESSION,
            "message": {"role": "user", "content": prompt},
        }))?;
        let fields = json!({"prompt": prompt, "source": "user"});
        self.report(stage, "UserPromptSubmit", &fields)?;
        self.transcribe(&json!({
            "type": "assistant", "sessionId": SESSION, "version": "2.1.328",
            "message": {
                "id": format!("msg_{prompt}"), "role": "assistant", "model": MODEL, "content": [],
                "usage": {"input_tokens": 5200, "cache_creation_input_tokens": 0,
                          "cache_read_input_tokens": 18000, "output_tokens": 410},
            },
        }))
    }

    /// It writes a whole file with its `Write` tool.
    pub(super) fn writes(
        &mut self,
        stage: &mut Stage,
        path: &str,
        content: &str,
    ) -> Result<(), CliError> {
        let file = absolute(&stage.repository(), path);
        let before = fs::read_to_string(&file).ok();
        self.calls += 1;
        let input = json!({"file_path": file, "content": content});
        let mut fields = json!({
            "tool_name": "Write",
            "tool_input": input,
            "tool_use_id": format!("toolu_{:024}", self.calls),
        });
        self.report(stage, "PreToolUse", &fields)?;
        stage.write(path, content)?;
        if let Some(fields) = fields.as_object_mut() {
            let kind = if before.is_some() { "update" } else { "create" };
            let response = json!({
                "type": kind, "filePath": file, "content": content,
                "structuredPatch": [], "originalFile": before,
            });
            fields.insert("tool_response".to_owned(), response);
        }
        self.report(stage, "PostToolUse", &fields)
    }

    /// The session ends.
    pub(super) fn ends(&self, stage: &Stage) -> Result<(), CliError> {
        self.report(stage, "SessionEnd", &json!({"reason": "prompt_input_exit"}))
    }

    /// Hands one event to the hook, which must print nothing and succeed.
    fn report(&self, stage: &Stage, name: &str, fields: &Value) -> Result<(), CliError> {
        let mut event = json!({
            "session_id": SESSION,
            "transcript_path": self.transcript.display().to_string(),
            "cwd": stage.repository().display().to_string(),
            "permission_mode": "acceptEdits",
            "hook_event_name": name,
        });
        if let (Some(event), Some(fields)) = (event.as_object_mut(), fields.as_object()) {
            event.extend(fields.clone());
        }
        let printed = stage.quietly(HOOK, event.to_string().as_bytes())?;
        if printed.text.trim() == "{}" {
            return Ok(());
        }
        printed.shows_nothing()
    }

    fn transcribe(&self, row: &Value) -> Result<(), CliError> {
        let mut file = fs::OpenOptions::new().append(true).open(&self.transcript)?;
        Ok(writeln!(file, "{row}")?)
    }
}
