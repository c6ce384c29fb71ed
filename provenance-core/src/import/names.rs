//! The names of others in the words of our records: tools, models, sessions, people.
//!
//! # What is not checked
//!
//! Whether they are true. A name with characters that disguise is refused by name.

use super::Refusal;
use crate::capture;
use crate::record::Model;
use crate::text;

/// Names that a tool gives where it has no model to name.
const NO_MODEL: &[&str] = &[
    "",
    "unknown",
    "none",
    "null",
    "default",
    "auto",
    "<synthetic>",
];

/// The name under which our records know a tool: that of its own hook where there is one, so that
/// witnessed and imported lines of a tool have one row.
pub(super) fn tool(raw: &str) -> Result<String, Refusal> {
    plain("tool", raw)?;
    let name = raw.trim().to_lowercase().replace(' ', "-");
    Ok(match name.as_str() {
        "" => super::NOT_SAID.to_owned(),
        "claude" => "claude-code".to_owned(),
        "codex-cli" => "codex".to_owned(),
        "gemini-cli" => "gemini".to_owned(),
        "factory-droid" | "factory-ai-droid" => "droid".to_owned(),
        "open-code" => "opencode".to_owned(),
        other => text::cleaned_id(other).unwrap_or_else(|| super::NOT_SAID.to_owned()),
    })
}

/// The model, as capture would name it; `None` where the tool had none to name.
pub(super) fn model(raw: &str) -> Result<Option<Model>, Refusal> {
    plain("model", raw)?;
    let raw = raw.trim();
    if NO_MODEL.contains(&raw.to_ascii_lowercase().as_str()) {
        return Ok(None);
    }
    Ok(capture::model(raw))
}

/// The session's id, or another word for it where it is none.
pub(super) fn session(raw: &str, otherwise: &str) -> Result<String, Refusal> {
    plain("session", raw)?;
    let raw = raw.trim();
    if text::is_id(raw) {
        return Ok(raw.to_owned());
    }
    Ok(text::cleaned_id(otherwise).unwrap_or_else(|| super::NOT_SAID.to_owned()))
}

/// The address in `Name <address>`, or an address by itself. What is no id is left out: nobody's
/// independence may hang on a guess.
pub(super) fn person(raw: &str) -> Option<String> {
    let address = match raw.rsplit_once('<') {
        Some((_, rest)) => rest.split_once('>')?.0,
        None => raw,
    };
    let address = address.trim();
    text::is_id(address).then(|| address.to_owned())
}

fn plain(what: &'static str, raw: &str) -> Result<(), Refusal> {
    if text::is_plain(raw) {
        return Ok(());
    }
    let text = text::escaped(raw).chars().take(80).collect();
    Err(Refusal::Disguised { what, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tool_has_one_name_whoever_recorded_it() {
        for (raw, name) in [
            ("claude", "claude-code"),
            ("Claude Code", "claude-code"),
            ("cursor", "cursor"),
            ("Gemini CLI", "gemini"),
            ("Copilot CLI", "copilot-cli"),
            ("my agent/2", "my-agent/2"),
            ("", "unknown"),
        ] {
            assert_eq!(tool(raw).unwrap(), name, "{raw}");
        }
    }

    #[test]
    fn what_is_no_model_is_none() {
        for raw in ["", "unknown", "<synthetic>", "default", "Unknown"] {
            assert_eq!(model(raw).unwrap(), None, "{raw}");
        }
        let found = model("claude-sonnet-4-6").unwrap().unwrap();
        assert_eq!(found.id, "anthropic/claude-sonnet-4-6");
        assert_eq!(model("gpt\u{202e}5").unwrap_err().code(), "disguised-name");
    }

    #[test]
    fn a_person_is_an_address_or_nobody() {
        for (raw, id) in [
            ("Alice <alice@example.com>", Some("alice@example.com")),
            ("alice@example.com", Some("alice@example.com")),
            ("Alice Smith", None),
            (
                "Mallory <a> <mallory@example.com>",
                Some("mallory@example.com"),
            ),
            ("x <a\u{200b}b>", None),
            ("", None),
        ] {
            assert_eq!(person(raw).as_deref(), id, "{raw}");
        }
    }
}
