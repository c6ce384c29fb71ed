use serde_json::json;

use super::note::parse;
use super::*;
use crate::record::Extent;

const COMMIT: &str = "1111111111111111111111111111111111111111";

fn agent(tool: &str, id: &str, model: &str) -> serde_json::Value {
    json!({"agent_id": {"tool": tool, "id": id, "model": model},
        "human_author": "Alice <alice@example.com>"})
}

/// A note with these lines, and all kinds of keys explained.
fn note(lines: &str) -> String {
    let metadata = json!({
        "schema_version": "authorship/3.0.0",
        "base_commit_sha": COMMIT,
        "prompts": {
            "d9978a8723e02b52": {
                "agent_id": {"tool": "cursor", "id": "c-1", "model": "gpt-5"},
                "human_author": null,
                "messages": [{"type": "user", "text": "the secret plan"}],
                "total_additions": 4, "overriden_lines": 2,
            },
            "02ad540": agent("cursor", "c-2", "unknown"),
            "94341aa7-fe48-4948-a7b4-111111111111": agent("claude", "c-3", "<synthetic>"),
        },
        "humans": {"h_31dce776f88375": {"author": "Bob <bob@example.com>"}},
        "sessions": {"s_c9883b05a2487d": agent("claude", "c-4", "claude-sonnet-4-6")},
    });
    format!("{lines}---\n{metadata:#}\n")
}

fn said_of(text: &str) -> Result<Said, Refusal> {
    let note = parse(text.as_bytes())?;
    let mut sessions = Sessions::unknown_in([&note].into_iter());
    sessions.learn(&note.agents);
    said(
        &Read {
            commit_id: COMMIT.parse().unwrap(),
            source: Digest::of(text.as_bytes()),
            note,
        },
        &sessions,
    )
}

/// `tool model session path ranges`, one line a claim.
fn claims(said: &Said) -> Vec<String> {
    let mut claims = Vec::new();
    for one in &said.contributions {
        let model = one.model.as_ref().map_or("-", |model| &model.id);
        for file in &one.files {
            let Extent::Lines(ranges) = &file.ai else {
                panic!("not all")
            };
            let ranges: Vec<(u64, u64)> = ranges.iter().copied().map(Into::into).collect();
            let (tool, session, path) = (&one.tool.name, &one.session.id, &file.path);
            claims.push(format!("{tool} {model} {session} {path} {ranges:?}"));
        }
    }
    claims.sort();
    claims
}

#[test]
fn every_form_of_key_is_read() {
    let text = note(
        "src/a.rs\n  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-4,9\n  \
         s_c9883b05a2487d::t_000000000000ab 5\n  d9978a8723e02b52 20-30\n  02ad540 40\n  \
         94341aa7-fe48-4948-a7b4-111111111111 41-42\n  h_31dce776f88375 50-52\n\
         \"src/my file.rs\"\n  human 1\n  ai_agent 2\n  s_c9883b05a2487d 3,4,5\n",
    );
    let said = said_of(&text).unwrap();
    assert_eq!(
        claims(&said),
        [
            "claude-code - c-3 src/a.rs [(41, 42)]",
            "claude-code anthropic/claude-sonnet-4-6 c-4 src/a.rs [(1, 5), (9, 9)]",
            "claude-code anthropic/claude-sonnet-4-6 c-4 src/my file.rs [(3, 5)]",
            "cursor - c-2 src/a.rs [(40, 40)]",
            "cursor openai/gpt-5 c-1 src/a.rs [(20, 30)]",
            "unknown - ai_agent src/my file.rs [(2, 2)]",
        ]
    );
    assert_eq!(said.human_lines, 4);
    let operators: Vec<_> = said.contributions.iter().map(|c| &c.operator).collect();
    assert!(operators.contains(&&Some("alice@example.com".to_owned())));
    assert!(!format!("{said:?}").contains("secret"));
}

#[test]
fn what_is_said_later_has_the_line_and_what_has_no_name_has_the_rest() {
    let text = note(
        "a\n  d9978a8723e02b52 1-10\n  0123456789abcdef 1-12\n  s_c9883b05a2487d::t_0 3-4\n  \
         h_31dce776f88375 4-5\n",
    );
    let said = said_of(&text).unwrap();
    assert_eq!(
        claims(&said),
        [
            "claude-code anthropic/claude-sonnet-4-6 c-4 a [(3, 3)]",
            "cursor openai/gpt-5 c-1 a [(1, 2), (6, 10)]",
            "unknown - 0123456789abcdef a [(11, 12)]",
        ]
    );
    assert_eq!(said.human_lines, 2);
}

#[test]
fn another_notes_word_for_a_key_is_taken_where_the_key_is_its_digest() {
    // printf cursor:c-9 | sha256sum
    let key = Digest::of(b"cursor:c-9").to_hex();
    let key = key.get(..16).unwrap();
    let asking = Note {
        claims: vec![Claim {
            path: crate::repo_path::RepoPath::new("a").unwrap(),
            holder: Holder::Ai(key.to_owned()),
            ranges: vec![LineRange::from((1, 1))],
        }],
        agents: BTreeMap::new(),
    };
    let told = |id: &str, model: &str| {
        let agent = Agent {
            tool: "cursor".to_owned(),
            id: id.to_owned(),
            model: model.to_owned(),
            human: None,
        };
        BTreeMap::from([(key.to_owned(), agent)])
    };
    let mut sessions = Sessions::unknown_in([&asking].into_iter());
    sessions.learn(&told("c-8", "gpt-5"));
    assert_eq!(sessions.agent(key), None, "a lie");
    sessions.learn(&told("c-9", "gpt-5"));
    sessions.learn(&told("c-9", "unknown"));
    assert_eq!(sessions.agent(key).unwrap().model, "gpt-5");
    sessions.learn(&told("c-9", "o3"));
    assert_eq!(sessions.agent(key).unwrap().model, "", "two models");
    assert_eq!(sessions.agent(key).unwrap().id, "c-9");
}

#[test]
fn the_first_form_has_authors_by_name() {
    let text = json!({"schema_version": "authorship/0.0.1", "files": {"src/a.rs": {
    "file": "src/a.rs", "authors": [
        {"author": "Claude Code", "lines": [22, [8, 10], [9, 9]], "agent_metadata": null},
        {"author": "o3", "lines": [[30, 31]]},
        {"author": "Ada Lovelace", "lines": [10, 11]},
        {"author": "Bob", "lines": [[12, 13]]},
    ]}}});
    let said = said_of(&text.to_string()).unwrap();
    assert_eq!(
        claims(&said),
        [
            "claude-code - unknown src/a.rs [(8, 10), (22, 22)]",
            "unknown openai/o3 unknown src/a.rs [(30, 31)]",
        ]
    );
    assert_eq!(said.human_lines, 3);
    let human = json!({"files": {"a": {"authors": [{"author": "Ada", "lines": [1]}]}}});
    assert_eq!(
        said_of(&human.to_string()).unwrap_err().code(),
        "only-human"
    );
}

#[test]
fn hostile_notes_are_refused_with_a_code() {
    let long = format!("a\n  {} 1\n", "x".repeat(1 << 20));
    let deep = format!("a\n  k 1\n---\n{}", "[".repeat(1_000_000));
    let version = note("a\n  02ad540 1\n").replace("3.0.0", "4.0.0\\u001b[2J");
    let model = note("a\n  02ad540 1\n").replace("unknown", "gpt\\u202e5");
    for (text, code) in [
        (String::new(), "malformed"),
        ("a\n  02ad540 1\n".to_owned(), "malformed"),
        (note(""), "claims-nothing"),
        (note("a\n"), "claims-nothing"),
        (note("a\n  h_31dce776f88375 1\n"), "only-human"),
        (note("a\n  human 1-3\n"), "only-human"),
        (note("  02ad540 1\n"), "malformed"),
        (note("a\n  02ad540\n"), "malformed"),
        (note("a\n   1-2\n"), "malformed"),
        (note("a\n  02ad540 0\n"), "malformed"),
        (note("a\n  02ad540 3-1\n"), "malformed"),
        (note("a\n  02ad540 +1\n"), "malformed"),
        (note("a\n  02ad540 1-2-3\n"), "malformed"),
        (note("a\n  02ad540 99999999999999999999\n"), "malformed"),
        (note("a\n  02ad540 1-4294967296\n"), "malformed"),
        (note(&format!("a\n  {} 1\n", "k".repeat(129))), "malformed"),
        (note("/etc/passwd\n  02ad540 1\n"), "bad-path"),
        (note("../x\n  02ad540 1\n"), "bad-path"),
        (note("a/../../x\n  02ad540 1\n"), "bad-path"),
        (note(".git/config\n  02ad540 1\n"), "bad-path"),
        (note("\"\"\n  02ad540 1\n"), "bad-path"),
        (note(&long), "line-too-long"),
        (
            note(&format!("a\n{}", "  k 1\n".repeat(70_000))),
            "too-many-lines",
        ),
        (deep, "json-too-deep"),
        (model, "disguised-name"),
        (version, "unknown-version"),
        ("a\n  k 1\n---\n{}".to_owned(), "malformed-json"),
        ("---\n{\"schema_version\":1}".to_owned(), "malformed-json"),
        ("---\n".to_owned(), "malformed-json"),
        ("{\"files\":[]}".to_owned(), "malformed-json"),
        (
            "{\"files\":{\"/a\":{\"authors\":[]}}}".to_owned(),
            "bad-path",
        ),
        (
            "{\"files\":{},\"schema_version\":\"x\"}".to_owned(),
            "unknown-version",
        ),
    ] {
        let refusal = said_of(&text).unwrap_err();
        let shown: String = text.chars().take(80).collect();
        assert_eq!(refusal.code(), code, "{shown:?}: {refusal}");
        let message = refusal.to_string();
        assert!(text::is_undisguised(&message), "{message:?}");
        assert!(message.len() < 300, "{message}");
    }
    assert_eq!(
        parse(b"a\n  k \xff\n---\n{}").unwrap_err().code(),
        "not-utf8"
    );
}

#[test]
fn a_claim_of_every_line_there_could_be_costs_one_range() {
    let everything = "  02ad540 1-4294967295\n".repeat(10_000);
    let said = said_of(&note(&format!("a\n{everything}"))).unwrap();
    assert_eq!(claims(&said), ["cursor - c-2 a [(1, 4294967295)]"]);
}
