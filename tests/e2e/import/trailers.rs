//! Trailers and authors, which become records that say that they were inferred.

use harness::Sandbox;

use super::{NOTES, blamed, counts, imports};

const CLAUDE: &str = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>";
const BOB: &str = "Co-authored-by: Bob <bob@example.com>";

fn commit(sandbox: &Sandbox, path: &str, message: &str, more: &[&str]) {
    sandbox.append(path, "one\ntwo\n");
    sandbox.git(["add", path]);
    let commit = ["-c", "core.hooksPath=/nowhere", "commit", "-qm", message];
    sandbox.git(commit.iter().chain(more));
}

/// A person, Claude Code, several people with it, a hint, an aider, a robot, an empty commit.
fn old() -> Sandbox {
    let sandbox = Sandbox::new().with_provenance();
    commit(&sandbox, "a.txt", "by hand", &[]);
    commit(&sandbox, "a.txt", &format!("x\n\n{CLAUDE}"), &[]);
    commit(&sandbox, "b.txt", &format!("y\n\n{CLAUDE}\n{BOB}"), &[]);
    let hint = "z\n\nCo-authored-by: Copilot <copilot@github.com>";
    commit(&sandbox, "c.txt", hint, &[]);
    let aider = "--author=Alice (aider) <alice@example.com>";
    commit(&sandbox, "d.txt", "d", &[aider]);
    let robot = "--author=dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>";
    commit(&sandbox, "e.txt", "bump", &[robot]);
    let empty = format!("empty\n\n{CLAUDE}");
    let commit = [
        "-c",
        "core.hooksPath=/nowhere",
        "commit",
        "--allow-empty",
        "-qm",
    ];
    sandbox.git(commit.iter().copied().chain([empty.as_str()]));
    sandbox
}

#[test]
fn what_is_inferred_is_signed_as_inferred_and_once() {
    let sandbox = old();
    let dry = imports(&sandbox, &["trailers", "--dry-run"]);
    assert_eq!(
        sandbox
            .try_git(["rev-parse", "--verify", "-q", NOTES])
            .status,
        1
    );
    let first = imports(&sandbox, &["trailers"]);
    let refused = vec!["not-added", "low-confidence"];
    assert_eq!(counts(&first), (5, 3, 0, refused.clone()), "{first:#}");
    assert_eq!(counts(&dry), counts(&first));
    assert_eq!(first["lines"]["claimed"], 6);
    let tip = sandbox.git(["rev-parse", NOTES]);
    let second = imports(&sandbox, &["trailers"]);
    assert_eq!(counts(&second), (5, 0, 3, refused));
    assert_eq!(sandbox.git(["rev-parse", NOTES]), tip);

    assert_eq!(
        blamed(&sandbox, "a.txt"),
        [
            "unattested - - - -",
            "unattested - - - -",
            "ai inferred claude-code anthropic/claude-opus-4-6 unknown",
            "ai inferred claude-code anthropic/claude-opus-4-6 unknown",
        ]
    );
    assert_eq!(
        blamed(&sandbox, "b.txt")[0],
        "mixed inferred claude-code anthropic/claude-opus-4-6 unknown"
    );
    assert_eq!(blamed(&sandbox, "d.txt")[0], "ai inferred aider - unknown");
    for nobodys in ["c.txt", "e.txt"] {
        assert_eq!(blamed(&sandbox, nobodys)[0], "unattested - - - -");
    }
    let stats = sandbox
        .provenance(["stats", "--json", "--infer"])
        .succeeds()
        .json();
    assert_eq!(stats["origins"]["inferred"], 6, "{stats:#}");
    assert_eq!(stats["lines"]["human"], 0);
    assert_eq!(
        stats["inferred"]["lines"]["ai"], 2,
        "only the hint: {stats:#}"
    );
    let of_trailer = sandbox.provenance(["show", "HEAD~5"]).succeeds();
    of_trailer
        .says("claude.co-author, confidence high")
        .says(CLAUDE);
}

#[test]
fn two_people_make_the_same_record() {
    let alice = old();
    let bob = alice.clone_for("bob").with_provenance();
    let record = |sandbox: &Sandbox| {
        imports(sandbox, &["trailers", "HEAD~6..HEAD~5"]);
        let shown = sandbox
            .provenance(["log", "--json", "HEAD~6..HEAD~5"])
            .succeeds()
            .json();
        shown["records"][0]["record"].as_str().unwrap().to_owned()
    };
    assert_eq!(record(&alice), record(&bob));
}

#[test]
fn a_commit_whose_record_knows_better_is_left_alone() {
    let sandbox = Sandbox::new().with_provenance();
    let agent = sandbox.agent("openai/gpt-5.1");
    agent.edits("a.txt", "by the agent\n");
    sandbox.append("a.txt", "by Alice\n");
    sandbox.commit(&format!("both\n\n{CLAUDE}"));
    let before = blamed(&sandbox, "a.txt");
    let document = imports(&sandbox, &["trailers"]);
    assert_eq!(counts(&document), (1, 0, 0, vec!["already-recorded"]));
    // A stripped note is no way to have everything claimed.
    sandbox.git(["update-ref", "-d", NOTES]);
    let document = imports(&sandbox, &["trailers"]);
    assert_eq!(counts(&document), (1, 0, 0, vec!["already-recorded"]));
    assert_eq!(before.len(), 2);
    let verdict = sandbox.provenance(["verify", "--json", "HEAD~..HEAD"]);
    assert_ne!(verdict.status, 0);
}
