//! The public protocol: one JSON object per event, for a harness that has no adapter.
//!
//! The format is `schema/agent-event.v1.schema.json`. Every event has `event`, `session` and `cwd`;
//! `tool`, `model`, `operator` and `mode` may come with any.
//!
//! ```json
//! {"event":"session","session":"s-1","cwd":"/repo","tool":{"name":"my-agent","version":"1.2"}}
//! {"event":"prompt","session":"s-1","cwd":"/repo","text":"…"}
//! {"event":"before-edit","session":"s-1","cwd":"/repo","call":"c-1","paths":["src/a.rs"]}
//! {"event":"after-edit","session":"s-1","cwd":"/repo","call":"c-1","paths":["src/a.rs"]}
//! ```

use std::path::PathBuf;

use serde_json::Value;

use super::{Ignored, Parsed, Why, field};
use crate::capture::event::{Edit, Event, Kind};
use crate::record::{Mode, Tool, Usage};

/// Every field that some event has, as the schema has them.
pub const FIELDS: &[&str] = &[
    "event",
    "session",
    "cwd",
    "tool",
    "model",
    "operator",
    "mode",
    "call",
    "paths",
    "text",
    "source",
    "command",
    "name",
    "kind",
    "digest",
    "inputTokens",
    "outputTokens",
    "cacheReadTokens",
    "costMicroUsd",
    "task",
    "rationale",
    "approver",
    "userModified",
    "failed",
    "subagent",
];

/// Reads one event.
#[must_use]
pub fn parse(document: &Value) -> Parsed {
    let mut parsed = Parsed::default();
    let ignore = |why, name: &str| Ignored::new(document, why, name);
    let Some(fields) = document.as_object() else {
        parsed.ignored.push(ignore(Why::NotJson, ""));
        return parsed;
    };
    let (Some(event), Some(session)) = (field(document, &["event"]), field(document, &["session"]))
    else {
        let name = if fields.contains_key("event") {
            "session"
        } else {
            "event"
        };
        parsed.ignored.push(ignore(Why::MissingField, name));
        return parsed;
    };
    for name in fields
        .keys()
        .filter(|name| !FIELDS.contains(&name.as_str()))
    {
        parsed.ignored.push(ignore(Why::UnknownField, name));
    }
    let kind = match kind(event, document) {
        Ok(kind) => kind,
        Err((why, name)) => {
            parsed.ignored.push(ignore(why, name));
            return parsed;
        }
    };
    let owned = |name: &str| field(document, &[name]).map(str::to_owned);
    parsed.events.push(Event {
        session: session.to_owned(),
        subagent: owned("subagent"),
        tool: tool(document.get("tool")),
        model: owned("model"),
        operator: owned("operator"),
        mode: match field(document, &["mode"]) {
            Some("completion") => Mode::Completion,
            Some("chat") => Mode::Chat,
            _ => Mode::Agent,
        },
        cwd: field(document, &["cwd"]).map(PathBuf::from),
        call: owned("call"),
        transcript: None,
        kind,
    });
    parsed
}

/// The harness; its events may leave it out after the first, and `session` may be the only one
/// that has it.
fn tool(value: Option<&Value>) -> Tool {
    let name = match value {
        Some(Value::String(name)) => Some(name.as_str()),
        Some(object) => field(object, &["name"]),
        None => None,
    };
    Tool {
        name: name.unwrap_or_default().to_owned(),
        version: value
            .and_then(|object| field(object, &["version"]))
            .map(str::to_owned),
    }
}

fn kind<'e>(event: &'e str, document: &Value) -> Result<Kind, (Why, &'e str)> {
    let owned = |name: &str| field(document, &[name]).map(str::to_owned);
    let yes = |name: &str| document.get(name).and_then(Value::as_bool) == Some(true);
    let name = |otherwise: &str| owned("name").unwrap_or_else(|| otherwise.to_owned());
    Ok(match event {
        "session" => Kind::Session,
        "prompt" => Kind::Prompt {
            text: owned("text").ok_or((Why::MissingField, "text"))?,
            human: matches!(field(document, &["source"]), None | Some("user")),
        },
        "before-edit" => Kind::BeforeEdit {
            paths: paths(document).ok_or((Why::MissingField, "paths"))?,
        },
        "after-edit" if yes("failed") => Kind::Failed,
        "after-edit" => Kind::AfterEdit {
            name: name("edit"),
            files: paths(document)
                .ok_or((Why::MissingField, "paths"))?
                .into_iter()
                .map(|path| Edit {
                    path,
                    user_modified: yes("userModified"),
                    ..Edit::default()
                })
                .collect(),
        },
        "before-shell" => Kind::BeforeShell {
            name: name("shell"),
            command: owned("command"),
        },
        "after-shell" => Kind::AfterShell {
            name: name("shell"),
        },
        "context" => Kind::Context {
            kind: owned("kind").ok_or((Why::MissingField, "kind"))?,
            name: owned("name").unwrap_or_default(),
            digest: owned("digest").and_then(|digest| digest.parse().ok()),
        },
        "usage" => Kind::Usage(usage(document)),
        "task" => Kind::Task {
            task: owned("task"),
            rationale: owned("rationale"),
        },
        "approve" => Kind::Approve {
            approver: owned("approver").ok_or((Why::MissingField, "approver"))?,
        },
        "model" => Kind::ModelSwitch,
        "idle" => Kind::Idle,
        "end" => Kind::End,
        unknown => return Err((Why::UnknownEvent, unknown)),
    })
}

fn paths(document: &Value) -> Option<Vec<PathBuf>> {
    let paths = document.get("paths")?.as_array()?;
    Some(
        paths
            .iter()
            .filter_map(Value::as_str)
            .map(PathBuf::from)
            .collect(),
    )
}

fn usage(document: &Value) -> Usage {
    let number = |name: &str| document.get(name).and_then(Value::as_u64);
    Usage {
        input_tokens: number("inputTokens"),
        output_tokens: number("outputTokens"),
        cache_read_tokens: number("cacheReadTokens"),
        cost_micro_usd: number("costMicroUsd"),
    }
}
