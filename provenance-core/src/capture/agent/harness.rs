//! `Harness`: which program really speaks.
//!
//! Takes the name that the entrance was called with, the payload and the environment; gives the
//! harness. The order of the rules matters: other harnesses set Claude Code's variables and read
//! its settings, so "is it Claude" comes last.

use serde_json::Value;

use super::field;

/// A program that reports to us.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Harness {
    /// Any harness that speaks the public protocol, `schema/agent-event.v1.schema.json`.
    Generic,
    /// Claude Code.
    ClaudeCode,
    /// Codex CLI.
    Codex,
    /// Cursor.
    Cursor,
    /// Gemini CLI.
    Gemini,
    /// GitHub's Copilot CLI.
    Copilot,
    /// VS Code's own agent.
    VsCode,
    /// Factory's Droid.
    Droid,
    /// One that is installed under this name and speaks like Claude Code.
    Other(String),
}

impl Harness {
    /// Tells who speaks.
    #[must_use]
    pub fn sniff(name: &str, document: &Value, variables: &dyn Fn(&str) -> Option<String>) -> Self {
        let has = |key: &str| document.get(key).is_some_and(|value| !value.is_null());
        // Our own protocol has a field that no other has.
        if has("event") && has("session") && !has("hook_event_name") {
            return Self::Generic;
        }
        if has("cursor_version") || (has("conversation_id") && has("workspace_roots")) {
            return Self::Cursor;
        }
        if has("turn_id") && has("model") && has("permission_mode") {
            return Self::Codex;
        }
        let event = field(document, &["hook_event_name", "hookEventName"]).unwrap_or_default();
        let transcript = field(document, &["transcript_path"]).unwrap_or_default();
        if matches!(
            event,
            "BeforeTool"
                | "AfterTool"
                | "BeforeAgent"
                | "AfterAgent"
                | "BeforeModel"
                | "AfterModel"
        ) {
            return Self::Gemini;
        }
        if has("toolArgs")
            || (has("sessionId") && document.get("timestamp").is_some_and(Value::is_number))
            || (has("tool_result") && !has("transcript_path"))
        {
            return Self::Copilot;
        }
        if has("hookEventName") && has("sessionId") && has("transcript_path") {
            return Self::VsCode;
        }
        if transcript.contains("/.factory/") || variables("FACTORY_PROJECT_DIR").is_some() {
            return Self::Droid;
        }
        match name {
            "generic" if has("hook_event_name") => Self::ClaudeCode,
            "generic" => Self::Generic,
            "claude" | "claude-code" => Self::ClaudeCode,
            "codex" => Self::Codex,
            "cursor" => Self::Cursor,
            "gemini" => Self::Gemini,
            "copilot" | "copilot-cli" => Self::Copilot,
            "vscode" => Self::VsCode,
            "droid" => Self::Droid,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Returns the name under which records know it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Generic => "generic",
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
            Self::Cursor => "cursor",
            Self::Gemini => "gemini",
            Self::Copilot => "copilot-cli",
            Self::VsCode => "vscode",
            Self::Droid => "droid",
            Self::Other(name) => name,
        }
    }
}
