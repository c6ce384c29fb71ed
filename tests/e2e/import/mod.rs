//! Importing: what other tools recorded becomes records that say so, and nothing is lost silently.

mod agent_trace;
mod entire;
mod git_ai;
mod trailers;

use harness::Sandbox;
use serde_json::Value;

const NOTES: &str = "refs/notes/provenance";

/// Imports, and checks what every import promises: the document validates, and the counts add up.
#[track_caller]
fn imports(sandbox: &Sandbox, args: &[&str]) -> Value {
    let all = ["import"].iter().chain(args).chain(&["--json"]);
    let document = sandbox.provenance(all).succeeds().json();
    crate::schemas::validates("import.v1", &document);
    let count = |key: &str| document[key].as_u64().unwrap();
    let refused = document["refused"].as_array().unwrap().len() as u64;
    assert_eq!(
        count("found"),
        count("imported") + count("unchanged") + refused,
        "{document:#}"
    );
    document
}

/// `found imported unchanged`, and each refusal's code.
fn counts(document: &Value) -> (u64, u64, u64, Vec<&str>) {
    let count = |key: &str| document[key].as_u64().unwrap();
    let refused = document["refused"].as_array().unwrap();
    let codes = refused.iter().map(|one| one["code"].as_str().unwrap());
    (
        count("found"),
        count("imported"),
        count("unchanged"),
        codes.collect(),
    )
}

/// What `blame` says of each line: kind, origin, tool, model, session.
fn blamed(sandbox: &Sandbox, path: &str) -> Vec<String> {
    let document = sandbox
        .provenance(["blame", "--json", path])
        .succeeds()
        .json();
    let lines = document["lines"].as_array().unwrap().iter();
    let word = |line: &Value, key: &str| line[key].as_str().unwrap_or("-").to_owned();
    lines
        .map(|line| {
            ["kind", "origin", "tool", "model", "session"]
                .map(|key| word(line, key))
                .join(" ")
        })
        .collect()
}
