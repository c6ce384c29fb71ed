//! A forger's work: the record says that the AI wrote nothing, and keeps the old signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

/// Returns the note with every claim for an AI taken out of its records; `None` where there was
/// none to take out.
pub(super) fn without_ai(note: &str) -> Option<String> {
    let mut forged = String::new();
    let mut changed = false;
    for line in note.lines() {
        let mut envelope: Value = serde_json::from_str(line).ok()?;
        let payload = BASE64.decode(envelope.get("payload")?.as_str()?).ok()?;
        let mut statement: Value = serde_json::from_slice(&payload).ok()?;
        let contributions = statement.pointer_mut("/predicate/contributions")?;
        changed |= contributions
            .as_array()
            .is_some_and(|given| !given.is_empty());
        *contributions = Value::Array(Vec::new());
        let payload = BASE64.encode(statement.to_string());
        *envelope.get_mut("payload")? = Value::String(payload);
        forged.push_str(&envelope.to_string());
        forged.push('\n');
    }
    changed.then_some(forged)
}
