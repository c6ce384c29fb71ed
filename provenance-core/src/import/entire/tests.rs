use super::*;

fn session(json: &str) -> Session {
    json::read(json).unwrap()
}

const COMMIT: &str = "1111111111111111111111111111111111111111";

#[test]
fn a_file_is_the_ais_where_no_line_was_a_humans_and_mixed_where_nobody_knows() {
    for (attribution, claimed) in [
        (
            r#","initial_attribution":{"agent_lines":3,"human_added":0}"#,
            Ok(true),
        ),
        (
            r#","initial_attribution":{"agent_lines":3,"human_added":1}"#,
            Ok(false),
        ),
        (
            r#","initial_attribution":{"agent_lines":3,"human_modified":2}"#,
            Ok(false),
        ),
        (
            r#","initial_attribution":{"agent_lines":0,"human_added":9}"#,
            Err("claims-nothing"),
        ),
        ("", Ok(false)),
    ] {
        let json = format!(
            r#"{{"session_id":"s-1","agent":"Claude Code","model":"claude-opus-4-8",
                "files_touched":["b.rs","a.rs"]{attribution}}}"#
        );
        let said = said(COMMIT.parse().unwrap(), "18a01d659c86", &[session(&json)]);
        let is_ai = said.map(|said| {
            let one = said.contributions.first().unwrap();
            assert_eq!(one.tool.name, "claude-code");
            assert_eq!(one.files.len(), 2);
            one.files.iter().all(|file| file.ai == Extent::All)
        });
        assert_eq!(is_ai.map_err(|r| r.code()), claimed, "{attribution}");
    }
}

#[test]
fn what_is_written_into_a_checkpoint_later_changes_nothing() {
    let of = |more: &str| {
        let json = format!(r#"{{"session_id":"s","files_touched":["a"]{more}}}"#);
        said(COMMIT.parse().unwrap(), "18a01d659c86", &[session(&json)])
            .unwrap()
            .source
    };
    assert_eq!(of(""), of(r#","summary":{"intent":"the secret plan"}"#));
    assert_ne!(of(""), of(r#","agent":"Codex""#));
}

#[test]
fn trailers_are_found_by_their_name_from_the_first_column() {
    let message = b"fix\n\nEntire-Checkpoint: 18a01d659c86\n Entire-Checkpoint: no\n\
        entire-checkpoint:01M3WE2VX9HQC3NVY9BWYCW6JV\nEntire-Checkpoint: 18a01d659c86\n\
        Entire-Checkpoint: ../../x\n";
    let ids = trailers(message);
    assert_eq!(
        ids,
        ["18a01d659c86", "01M3WE2VX9HQC3NVY9BWYCW6JV", "../../x"]
    );
    let good: Vec<bool> = ids.iter().map(|id| is_id(id)).collect();
    assert_eq!(good, [true, true, false]);
}

#[test]
fn hostile_sessions_are_refused_with_a_code() {
    for (json, code) in [
        (r#"{"files_touched":["/etc/passwd"]}"#, "bad-path"),
        (r#"{"files_touched":["a/../../b"]}"#, "bad-path"),
        (r#"{"files_touched":[]}"#, "claims-nothing"),
        (
            r#"{"files_touched":["a"],"agent":"a\u202eb"}"#,
            "disguised-name",
        ),
        (
            r#"{"files_touched":["a"],"session_id":"a\u001bb"}"#,
            "disguised-name",
        ),
    ] {
        let said = said(COMMIT.parse().unwrap(), "18a01d659c86", &[session(json)]);
        assert_eq!(said.unwrap_err().code(), code, "{json}");
    }
}
