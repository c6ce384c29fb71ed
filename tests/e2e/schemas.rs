//! What the commands print, against the schemas that scripts rely on.

use std::path::Path;

use serde_json::Value;

/// Ends the test unless `document` validates against `schema`.
#[track_caller]
pub(crate) fn validates(schema: &str, document: &Value) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../schema/{schema}.schema.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{schema}: {error}"));
    let validator = jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(
        faults.is_empty(),
        "{schema}:\n{}\nin\n{document:#}",
        faults.join("\n")
    );
}
