//! Text that others wrote reaches a terminal only escaped, from whichever field it comes.

use std::path::Path;

use harness::Sandbox;
use serde_json::{Value, json};

/// The big list of naughty strings where it is, and a few of the worst in any case.
fn naughty() -> Vec<String> {
    let mut strings: Vec<String> = [
        "\u{1b}[31mred\u{1b}[0m",
        "\u{1b}]0;title\u{7}",
        "a\u{202e}cod.exe",
        "zero\u{200b}width\u{feff}",
        "two\nlines\r\n\ttab",
        "\u{9b}31mred",
        "' OR 1=1 --; $(reboot) `reboot` | reboot",
        "--upload-pack=reboot",
        "\u{e000}\u{fdd0}\u{e0041}",
        "",
    ]
    .map(str::to_owned)
    .into();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/vectors/blns.json");
    if let Ok(text) = std::fs::read_to_string(path) {
        let list: Vec<String> = serde_json::from_str(&text).unwrap();
        // Each is a process of its own: every seventh keeps the test short, and core has them all.
        strings.extend(list.into_iter().step_by(7));
    }
    strings
}

/// What no printed text may hold: control characters but tab and line feed, and disguises.
#[track_caller]
fn harmless(sandbox: &Sandbox, arguments: &[&str]) {
    let output = sandbox.provenance(arguments);
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        let bad = text.chars().find(|c| {
            !matches!(c, '\n' | '\t' | '\u{fffd}') && provenance_core::text::is_disguise(*c)
        });
        assert!(bad.is_none(), "{bad:?} in\n{:?}", output.full());
    }
    assert!(matches!(output.status, 0 | 1), "{}", output.full());
}

const READERS: [&[&str]; 6] = [
    &["show", "HEAD"],
    &["show", "HEAD", "--json"],
    &["log"],
    &["log", "--json"],
    &["status"],
    &["stats", "--json"],
];

#[test]
fn attack_g29_what_an_agent_reports_cannot_reach_the_terminal() {
    let repo = Sandbox::new().with_provenance();
    for (n, string) in naughty().iter().enumerate() {
        let event = |fields: Value| {
            let mut event = json!({"session": format!("s-{n}"), "cwd": repo.path()});
            event
                .as_object_mut()
                .unwrap()
                .extend(fields.as_object().unwrap().clone());
            repo.hook(["agent", "generic"], event.to_string().as_bytes())
                .exits(0);
        };
        event(
            json!({"event": "session", "tool": {"name": string, "version": string},
                     "model": string}),
        );
        event(json!({"event": "task", "task": string, "rationale": string}));
        event(json!({"event": "context", "kind": string, "name": string}));
        event(json!({"event": "approve", "approver": string}));
        let (call, paths) = (format!("c-{n}"), [format!("{n}.txt")]);
        event(json!({"event": "before-edit", "call": call, "paths": paths}));
        repo.write(&paths[0], "a\n");
        event(json!({"event": "after-edit", "call": call, "paths": paths}));
    }
    harmless(&repo, &["status"]);
    repo.git(["add", "-A"]);
    repo.try_git(["commit", "--quiet", "-m", "naughty"])
        .succeeds();
    for reader in READERS {
        harmless(&repo, reader);
    }
    harmless(&repo, &["blame", "0.txt"]);
    // What was cleaned before it was signed can be read again.
    repo.provenance(["verify", "--json"]).succeeds();
}

#[test]
fn attack_g29_authors_messages_and_paths_cannot_reach_the_terminal() {
    let evil = "a\u{1b}[31m\u{202e}b";
    let repo = Sandbox::new().with_provenance();
    repo.write(evil, "a\n");
    repo.git(["config", "user.name", evil]);
    repo.git(["add", "-A"]);
    repo.try_git(["commit", "--quiet", "-m", evil]).succeeds();
    for reader in READERS {
        harmless(&repo, reader);
    }
    harmless(&repo, &["blame", evil]);
    harmless(&repo, &["blame", "--json", evil]);
    harmless(&repo, &["verify"]);
    harmless(&repo, &["doctor"]);
}

#[test]
fn attack_g31_what_looks_like_an_option_or_another_ref_writes_nothing() {
    let repo = crate::first_commit::told();
    let before = repo.git(["for-each-ref"]);
    for bad in [
        "--upload-pack=touch pwned",
        "refs/heads/main",
        "a\u{202e}b",
        "a\nb",
        "../x",
        "",
    ] {
        let repo = repo.within(".").with_env("GIT_CONFIG_COUNT", "1");
        let repo = repo.with_env("GIT_CONFIG_KEY_0", "provenance.notesRef");
        let repo = repo.with_env("GIT_CONFIG_VALUE_0", bad);
        repo.provenance(["verify"]).exits(2);
        repo.provenance(["record", "--tool", "x"]).exits(2);
    }
    for bad in ["--upload-pack=touch pwned", "-x", "main\nmain", "\u{202e}"] {
        let status = repo.provenance(["verify", "--", bad]).status;
        assert!(matches!(status, 1 | 2), "{bad:?}: {status}");
        repo.provenance(["show", "--", bad]).exits(2);
    }
    assert_eq!(repo.git(["for-each-ref"]), before);
    assert!(!repo.path().join("pwned").exists());
}
