use serde_json::json;

use super::*;

fn predicate() -> serde_json::Value {
    json!({
        "tree": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "onto": {"commit": null, "records": []},
        "repo": null,
        "trust": null,
        "contributions": [{
            "tool": {"name": "claude-code", "version": "2.1.328"},
            "model": {"id": "anthropic/claude-opus-4-5", "raw": "claude-opus-4-5"},
            "operator": "alice@example.com",
            "session": {"id": "s-1", "seq": 1, "previous": null},
            "mode": "agent",
            "iterations": 3,
            "task": "PAY-118",
            "files": [{"path": "src/a.rs", "ai": [[1, 3]], "mixed": [[5, 5]]}],
        }],
        "remainder": "human",
        "approver": "alice@example.com",
        "committedBy": "human",
        "capture": [],
        "origin": "witnessed",
        "recorder": {"name": "provenance-hook", "version": "0.1.0"},
        "recordedAt": "2026-11-20T09:35:28Z",
        "derivedFrom": [],
        "nonce": "000102030405060708090a0b0c0d0e0f",
    })
}

fn read(predicate: &serde_json::Value) -> Result<Authoring, RecordError> {
    Statement::new(Kind::Authoring, vec![], predicate)?.authoring()
}

#[test]
fn a_record_reads_back_as_it_was_written() {
    let authoring = read(&predicate()).unwrap();
    let statement = Statement::new(Kind::Authoring, vec![], &authoring).unwrap();
    let payload = statement.to_payload().unwrap();
    let again = Statement::parse(&payload).unwrap();
    assert_eq!(again.record_id(), statement.record_id());
    assert_eq!(again.authoring().unwrap(), authoring);
    assert_eq!(again.to_payload().unwrap(), payload);
}

#[test]
fn the_record_id_covers_the_predicate_and_not_the_subject() {
    let statement = Statement::new(Kind::Authoring, vec![], &predicate()).unwrap();
    let subject = Subject::document("other", Digest::of(b""));
    let elsewhere = Statement::new(Kind::Authoring, vec![subject], &predicate()).unwrap();
    assert_eq!(statement.record_id(), elsewhere.record_id());
    assert_eq!(
        statement.record_id(),
        Digest::of(statement.predicate().as_bytes())
    );
}

#[test]
fn a_new_record_is_a_multiple_of_three_long_whatever_its_other_fields_need() {
    let mut lengths = std::collections::BTreeSet::new();
    for task in ["", "1", "12", "123", "1234"] {
        let mut new = predicate();
        new["nonce"] = json!("000102030405060708090a0b0c0d0e0f1011");
        new["contributions"][0]["task"] = json!(task);
        let mut authoring = read(&new).unwrap();
        let canonical = authoring.settle().unwrap();
        assert_eq!(canonical.len() % 3, 0, "{task}");
        assert_eq!(canonical, authoring.to_canonical().unwrap());
        // And settled it stays.
        assert_eq!(canonical, authoring.settle().unwrap());
        lengths.insert(authoring.nonce.len());
    }
    assert_eq!(Vec::from_iter(lengths), [32, 34, 36]);
}

#[test]
fn unknown_fields_are_kept_and_ignored_unless_critical() {
    let mut newer = predicate();
    newer["later"] = json!({"x": 1});
    let statement = Statement::new(Kind::Authoring, vec![], &newer).unwrap();
    assert!(statement.authoring().is_ok());
    assert!(
        String::from_utf8(statement.to_payload().unwrap())
            .unwrap()
            .contains("later")
    );
    newer["crit"] = json!(["later"]);
    assert!(matches!(read(&newer), Err(RecordError::Fault(_))));
}

#[test]
fn attack_g04_a_signed_record_with_a_defect_inside_is_malformed() {
    let defects = [
        ("/contributions/0/files/0/ai", json!([[0, 3]])),
        ("/contributions/0/files/0/ai", json!([[3, 1]])),
        ("/contributions/0/files/0/ai", json!([[1, 3], [3, 4]])),
        ("/contributions/0/files/0/ai", json!([[5, 6], [1, 2]])),
        ("/contributions/0/files/0/ai", json!("some")),
        ("/contributions/0/files/0/path", json!("../x")),
        ("/contributions/0/files/0/path", json!("vendor/")),
        ("/contributions/0/session/seq", json!(0)),
        ("/contributions/0/session/id", json!("two words")),
        (
            "/contributions/0/operator",
            json!("\u{430}lice@example.com"),
        ),
        ("/contributions/0/model/id", json!("\u{1b}[31m")),
        ("/contributions/0/model/raw", json!("a\u{202e}b")),
        ("/contributions/0/task", json!("x".repeat(1025))),
        ("/approver", json!("bob\u{200b}@example.com")),
        ("/tree", json!("4b82")),
        ("/nonce", json!("zz")),
        ("/nonce", json!("0".repeat(30))),
        ("/nonce", json!("0".repeat(33))),
        ("/nonce", json!("0".repeat(38))),
        ("/recordedAt", json!("yesterday")),
        ("/remainder", json!("ai")),
    ];
    for (field, value) in defects {
        let mut bad = predicate();
        *bad.pointer_mut(field).unwrap() = value.clone();
        assert!(read(&bad).is_err(), "{field} = {value}");
    }
}

#[test]
fn attack_g03_a_statement_of_another_kind_is_no_authoring_record() {
    let statement = Statement::new(Kind::Approval, vec![], &predicate()).unwrap();
    assert!(matches!(
        statement.authoring(),
        Err(RecordError::Kind { .. })
    ));
    let payload = String::from_utf8(statement.to_payload().unwrap()).unwrap();
    let other = payload.replace("in-toto.io/Statement/v1", "in-toto.io/Statement/v0");
    assert!(matches!(
        Statement::parse(other.as_bytes()),
        Err(RecordError::StatementType)
    ));
}

#[test]
fn a_folded_directory_is_written_with_a_slash() {
    let mut folded = predicate();
    folded["contributions"][0]["files"] = json!([
        {"path": "vendor/", "tree": "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "ai": "all"}
    ]);
    let authoring = read(&folded).unwrap();
    let file = &authoring.contributions[0].files[0];
    assert_eq!(file.path.to_string(), "vendor/");
    assert_eq!(
        serde_json::to_value(file).unwrap(),
        folded["contributions"][0]["files"][0]
    );
}

#[test]
fn lines_fold_into_ranges() {
    let ranges = LineRange::from_lines([1, 2, 3, 5, 8, 9]);
    let pairs: Vec<(u64, u64)> = ranges.into_iter().map(Into::into).collect();
    assert_eq!(pairs, [(1, 3), (5, 5), (8, 9)]);
    let extent = Extent::Lines(LineRange::from_lines([1, 2, 3, 5]));
    assert!([1, 2, 3, 5].iter().all(|line| extent.contains(*line)));
    assert!(![0, 4, 6].iter().any(|line| extent.contains(*line)));
}
