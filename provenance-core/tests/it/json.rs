//! The strict reader against other people's JSON: `JSONTestSuite`, the JCS vectors, and the big list
//! of naughty strings in every text field.

use provenance_core::canonical;
use provenance_core::record::{Kind, Statement};
use provenance_core::seal::Envelope;
use provenance_core::text;
use serde_json::{Value, json};

use crate::{schema, vectors};

/// JSON cases that are fine for a parser and still two contents in one: refused too.
const DUPLICATE_KEYS: [&str; 2] = [
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
];

#[test]
fn attack_g28_every_n_case_of_jsontestsuite_is_refused() {
    let Some(folder) = vectors::set("jsontestsuite") else {
        return;
    };
    let mut refused = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let canonical = canonical::check(&bytes).is_ok();
        if name.starts_with("n_") || DUPLICATE_KEYS.contains(&name) {
            assert!(!canonical, "{name} was accepted");
            refused += 1;
        }
        assert!(Envelope::parse(&bytes).is_err(), "{name} is an envelope");
        assert!(Statement::parse(&bytes).is_err(), "{name} is a statement");
        if canonical {
            let value: Value = serde_json::from_slice(&bytes).unwrap();
            let again = canonical::to_vec(&value).unwrap();
            assert_eq!(again, bytes, "{name} has two spellings");
        }
    }
    assert_eq!(refused, 190);
}

#[test]
fn the_canonical_form_is_that_of_rfc_8785_within_the_profile() {
    // Outside it: keys that are not ASCII, and numbers that are no integers.
    let outside = ["french", "structures", "values", "weird"];
    for name in [
        "arrays",
        "unicode",
        "french",
        "structures",
        "values",
        "weird",
    ] {
        let Some(input) = vectors::json(&format!("jcs/input/{name}.json")) else {
            return;
        };
        let output =
            std::fs::read(vectors::set(&format!("jcs/output/{name}.json")).unwrap()).unwrap();
        let is_inside = !outside.contains(&name);
        assert_eq!(
            canonical::check(&output).is_ok(),
            is_inside || name == "structures",
            "{name}"
        );
        match canonical::to_vec(&input) {
            Ok(bytes) => assert_eq!(bytes, output, "{name}"),
            Err(_) => assert!(!is_inside, "{name} is inside the profile"),
        }
    }
}

#[test]
fn attack_g28_two_contents_in_one_are_refused_wherever_they_hide() {
    for bad in [
        &br#"{"a":1,"a":2}"#[..],
        br#"{"a":{"b":1,"b":1}}"#,
        br#"{"a":1,"\u0061":2}"#,
        br#"[{"x":[{"y":1,"y":2}]}]"#,
        b"\xef\xbb\xbf{}",
        b"{} ",
        b"{}\n",
        b"{}{}",
        br#"{"b":1,"a":2}"#,
        br#"{"a":1.0}"#,
        br#"{"a":-0}"#,
        br#"{"a":1e2}"#,
        br#"{"a":9007199254740992}"#,
        br#"{"a":"\ud800"}"#,
        br#"{"a":"\u0041"}"#,
        br#"{"a":"\/"}"#,
        b"{\"a\":\"\xff\"}",
        b"",
    ] {
        let shown = String::from_utf8_lossy(bad);
        assert!(canonical::check(bad).is_err(), "{shown}");
    }
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    assert!(canonical::check(&deep).is_err());
}

#[test]
fn attack_g29_naughty_strings_are_refused_or_harmless_in_every_text_field() {
    let fields = [
        "/contributions/0/tool/name",
        "/contributions/0/tool/version",
        "/contributions/0/model/id",
        "/contributions/0/model/raw",
        "/contributions/0/operator",
        "/contributions/0/session/id",
        "/contributions/0/task",
        "/contributions/0/files/0/path",
        "/contributions/0/promptContext/covers/0",
        "/approver",
        "/recorder/name",
        "/recorder/version",
        "/nonce",
        "/recordedAt",
        "/tree",
        "/repo",
        "/remainder",
    ];
    let Some(strings) = vectors::json("blns.json") else {
        return;
    };
    let good = schema::example("record.v1/an-agent-and-a-human")["predicate"].take();
    for string in strings.as_array().unwrap() {
        for field in fields {
            let mut record = good.clone();
            *record.pointer_mut(field).unwrap() = string.clone();
            let statement = Statement::new(Kind::Authoring, vec![], &record).unwrap();
            let Ok(authoring) = statement.authoring() else {
                continue;
            };
            // Accepted: then it must be shown as it is, and a terminal takes no harm from it.
            let naughty = string.as_str().unwrap();
            assert!(text::is_undisguised(naughty), "{field} = {naughty:?}");
            assert_eq!(text::escaped(naughty), naughty);
            let again = serde_json::to_value(&authoring).unwrap();
            assert_eq!(again.pointer(field), Some(string));
        }
        // And the type of a foreign statement, which is shown in a reason.
        let payload = json!({
            "_type": "https://in-toto.io/Statement/v1", "predicate": {}, "predicateType": string,
            "subject": [],
        });
        let payload = canonical::to_vec(&payload).unwrap();
        let error = Statement::parse(&payload).unwrap().authoring().unwrap_err();
        assert!(text::is_undisguised(&error.to_string()), "{error}");
    }
}
