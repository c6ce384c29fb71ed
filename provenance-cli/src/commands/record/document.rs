//! The document that `record --stdin` reads: contributions in the words of the record, with short
//! forms for what is plain text there.
//!
//! `{"contributions":[{"tool":"my-agent","model":"openai/gpt-5.1","session":"s-1",
//! "files":[{"path":"src/a.rs","ai":[[1,10]]}]}],"approver":"alice@example.com"}`

use provenance_core::attest::Declaration;
use provenance_core::capture;
use provenance_core::record::{CommittedBy, Contribution};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Args, committed_by};
use crate::error::CliError;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    contributions: Vec<Value>,
    #[serde(default)]
    approver: Option<String>,
    #[serde(default)]
    committed_by: Option<CommittedBy>,
}

/// Reads a declaration.
pub(super) fn read(bytes: &[u8], args: &Args) -> Result<Declaration, CliError> {
    let hint = "see its form in: git provenance record --help";
    let wrong = |error: serde_json::Error| {
        CliError::said(format!("standard input is no declaration: {error}")).hint(hint)
    };
    let document: Document = serde_json::from_slice(bytes).map_err(wrong)?;
    let mut contributions = Vec::new();
    for mut value in document.contributions {
        expand(&mut value);
        contributions.push(serde_json::from_value::<Contribution>(value).map_err(wrong)?);
    }
    if contributions.is_empty() {
        return Err(CliError::said("the declaration has no contributions").hint(hint));
    }
    Ok(Declaration {
        contributions,
        approver: document.approver.or_else(|| args.approver.clone()),
        committed_by: document.committed_by.unwrap_or_else(|| committed_by(args)),
    })
}

/// Writes out the short forms.
fn expand(contribution: &mut Value) {
    let Some(fields) = contribution.as_object_mut() else {
        return;
    };
    if let Some(Value::String(name)) = fields.get("tool") {
        let tool = json!({ "name": name });
        fields.insert("tool".to_owned(), tool);
    }
    if let Some(Value::String(raw)) = fields.get("model")
        && let Some(model) = capture::model(raw)
    {
        let model = json!({"id": model.id, "raw": model.raw});
        fields.insert("model".to_owned(), model);
    }
    let session = match fields.get("session") {
        Some(Value::String(id)) => Some(json!({"id": id, "seq": 1, "previous": null})),
        None => Some(json!({"id": "by-hand", "seq": 1, "previous": null})),
        Some(_) => None,
    };
    if let Some(session) = session {
        fields.insert("session".to_owned(), session);
    }
    fields.entry("mode").or_insert_with(|| json!("agent"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_become_what_a_record_holds() {
        let mut value = json!({"tool": "my-agent", "model": "gpt-5.1", "session": "s-1"});
        expand(&mut value);
        let contribution: Contribution = serde_json::from_value(value).unwrap();
        assert_eq!(contribution.tool.name, "my-agent");
        assert_eq!(contribution.model.unwrap().id, "openai/gpt-5.1");
        assert_eq!(contribution.session.id, "s-1");
    }
}
