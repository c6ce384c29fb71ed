//! The schemas and the Rust types agree, both ways: what one accepts or writes the other accepts,
//! and what is wrong in an example is refused by both.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use provenance_core::canonical;
use provenance_core::key::SigningKey;
use provenance_core::record::{Kind, Statement, Subject};
use provenance_core::seal::Envelope;
use provenance_core::trust::{self, Trust};
use serde_json::Value;

use crate::sandbox::Sandbox;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema")
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a valid example, such as `record.v1/a-merge`.
pub(crate) fn example(name: &str) -> Value {
    read(&folder().join(format!("examples/valid/{name}.json")))
}

/// The schema's validator.
fn validator(schema: &str) -> Validator {
    let document = read(&folder().join(format!("{schema}.schema.json")));
    jsonschema::draft202012::new(&document).unwrap_or_else(|error| panic!("{schema}: {error}"))
}

/// The examples of a schema, with their names.
fn examples(kind: &str, schema: &str) -> Vec<(String, Value)> {
    let entries = fs::read_dir(folder().join("examples").join(kind).join(schema)).unwrap();
    let mut found: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            (format!("{kind}/{schema}/{name}"), read(&path))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "no {kind} example of {schema}");
    found
}

fn schemas() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut names: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            Some(name.strip_suffix(".schema.json")?.to_owned())
        })
        .collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    names
}

/// Reads a record as a reader would: canonical bytes, statement, predicate.
fn read_record(document: &Value) -> Result<Statement, String> {
    let payload = canonical::to_vec(document).map_err(|error| error.to_string())?;
    let statement = Statement::parse(&payload).map_err(|error| format!("{error:?}"))?;
    statement
        .authoring()
        .map_err(|error| format!("{error:?}"))?;
    Ok(statement)
}

fn read_envelope(document: &Value) -> Result<Envelope, String> {
    let line = canonical::to_vec(document).map_err(|error| error.to_string())?;
    Envelope::parse(&line).map_err(|error| format!("{error:?}"))
}

#[test]
fn every_schema_accepts_its_valid_examples_and_refuses_its_invalid_ones() {
    for schema in schemas() {
        let validator = validator(&schema);
        for (name, document) in examples("valid", &schema) {
            if let Err(error) = validator.validate(&document) {
                panic!("{name}: {error} at {}", error.instance_path());
            }
        }
        for (name, document) in examples("invalid", &schema) {
            assert!(!validator.is_valid(&document), "{name} validates");
        }
    }
}

#[test]
fn the_record_types_accept_what_the_schema_accepts_and_refuse_what_it_refuses() {
    for (name, document) in examples("valid", "record.v1") {
        read_record(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (name, document) in examples("invalid", "record.v1") {
        assert!(read_record(&document).is_err(), "{name} was read");
    }
}

#[test]
fn what_the_record_types_write_validates() {
    let validator = validator("record.v1");
    for (name, document) in examples("valid", "record.v1") {
        let statement = read_record(&document).unwrap();
        let authoring = statement.authoring().unwrap();
        let subject: Vec<Subject> = statement.subject().to_vec();
        let written = Statement::new(Kind::Authoring, subject, &authoring).unwrap();
        let payload: Value = serde_json::from_slice(&written.to_payload().unwrap()).unwrap();
        if let Err(error) = validator.validate(&payload) {
            panic!(
                "{name}, written again: {error} at {}",
                error.instance_path()
            );
        }
        assert_eq!(written.authoring().unwrap(), authoring, "{name}");
    }
}

#[test]
fn the_envelope_accepts_what_the_schema_accepts_and_refuses_what_it_refuses() {
    for (name, document) in examples("valid", "envelope.v1") {
        let envelope = read_envelope(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        let line: Value = serde_json::from_slice(&envelope.to_line()).unwrap();
        assert_eq!(line, document, "{name}");
    }
    for (name, document) in examples("invalid", "envelope.v1") {
        // Another payload type has a sound form; that it never opens is tested in `seal`.
        let is_foreign = name.ends_with("/another-payload-type");
        assert_eq!(read_envelope(&document).is_ok(), is_foreign, "{name}");
    }
}

#[test]
fn what_is_sealed_validates() {
    let validator = validator("envelope.v1");
    let statement = read_record(&example("record.v1/an-agent-and-a-human")).unwrap();
    let key = SigningKey::from_seed(&[7; 32]);
    let envelope = Envelope::seal(&statement, &key).unwrap();
    let line: Value = serde_json::from_slice(&envelope.to_line()).unwrap();
    assert!(validator.is_valid(&line), "{line}");
}

/// Signs a trust version with the root key of the examples, keeps it as the only one, and loads
/// the chain: the number of the newest version that was believed.
fn load_trust(document: &Value) -> Option<u64> {
    let payload = canonical::to_vec(document).ok()?;
    let statement = Statement::parse(&payload).ok()?;
    let envelope = Envelope::seal(&statement, &SigningKey::from_seed(&[7; 32])).unwrap();
    let file = [envelope.to_line(), b"\n".to_vec()].concat();
    let sandbox = Sandbox::new();
    let blob = sandbox.git_with_input(["hash-object", "-w", "--stdin"], &file);
    let entry = format!(
        "100644 blob {}\t{}\n",
        String::from_utf8(blob).unwrap().trim(),
        trust::file_name(1)
    );
    let tree = sandbox.git_with_input(["mktree"], entry.as_bytes());
    let tree = String::from_utf8(tree).unwrap();
    let commit_id = sandbox.id(["commit-tree", "-m", "trust", tree.trim()]);
    sandbox.git([
        "update-ref",
        "refs/provenance/trust",
        &commit_id.to_string(),
    ]);
    Some(Trust::load(&sandbox.repo()).ok()??.version())
}

#[test]
fn trust_is_loaded_where_the_schema_accepts_it_and_not_where_it_refuses_it() {
    for (name, document) in examples("valid", "trust.v1") {
        let read: trust::Document = serde_json::from_value(document["predicate"].clone())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(written, document["predicate"], "{name}");
        // A second version needs the first, which is another file.
        let expected = (read.version == 1).then_some(1);
        assert_eq!(load_trust(&document), expected, "{name}");
    }
    for (name, document) in examples("invalid", "trust.v1") {
        assert_eq!(load_trust(&document), None, "{name} was believed");
    }
}

#[test]
fn rules_of_detection_are_read_where_the_schema_accepts_them() {
    use provenance_core::infer::Rules;

    let ours = Rules::built_in().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/infer/detect-rules.json");
    if let Err(error) = validator("detect-rules.v1").validate(&read(&file)) {
        panic!("our own: {error} at {}", error.instance_path());
    }
    for (kind, is_read) in [("valid", true), ("invalid", false)] {
        for (name, document) in examples(kind, "detect-rules.v1") {
            let read = ours.extended(document.to_string().as_bytes(), &name);
            assert_eq!(read.is_ok(), is_read, "{name}: {read:?}");
        }
    }
}

#[test]
fn the_agents_entrance_understands_every_field_and_example_of_the_protocol() {
    use provenance_core::capture::agent::{self, generic};

    let document = read(&folder().join("agent-event.v1.schema.json"));
    let mut described: Vec<_> = document["properties"].as_object().unwrap().keys().collect();
    let mut understood = generic::FIELDS.to_vec();
    described.sort();
    understood.sort_unstable();
    assert_eq!(described, understood);

    for (name, event) in examples("valid", "agent-event.v1") {
        let parsed = agent::parse("generic", event.to_string().as_bytes(), &|_| None);
        let unknown = name.contains("unknown");
        assert_eq!(parsed.ignored.is_empty(), !unknown, "{name}: {parsed:?}");
        assert!(unknown || parsed.events.len() == 1, "{name}: {parsed:?}");
    }
}
