//! The first commit of a trail: an agent writes three lines, a person writes two and commits, and
//! every command tells the same story.

use std::collections::BTreeSet;

use harness::Sandbox;
use serde_json::{Value, json};

use crate::schemas::validates;

/// Alice's empty repository after the story: `init`, three lines by Claude Code, two by hand, one
/// commit.
pub(crate) fn told() -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    let claude = alice.claude_code();
    claude.is_asked("write a retry loop");
    claude.answers("msg_01", 1200, 300);
    claude.writes("retry.rs", "pub fn retry() {\n    back_off();\n}\n");
    claude.ends();
    alice.append("retry.rs", "\n// TODO: test it\n");
    alice.git(["add", "-A"]);
    alice.commit_with(["-m", "x"]);
    alice
}

/// The statement in a line of a note.
pub(crate) fn statement(line: &str) -> Value {
    use base64::Engine as _;
    let envelope: Value = serde_json::from_str(line).unwrap();
    let payload = base64::engine::general_purpose::STANDARD
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[test]
fn the_note_is_one_dsse_line_about_this_commit() {
    let alice = told();
    let note = alice.note("HEAD");
    assert_eq!(note.len(), 1, "{note:#?}");
    let envelope: Value = serde_json::from_str(&note[0]).unwrap();
    validates("envelope.v1", &envelope);
    let statement = statement(&note[0]);
    validates("record.v1", &statement);
    let subject = &statement["subject"][0];
    assert_eq!(subject["digest"]["gitCommit"], json!(alice.head()));
    let predicate = &statement["predicate"];
    assert_eq!(
        predicate["tree"],
        json!(alice.git(["rev-parse", "HEAD^{tree}"]))
    );
    assert_eq!(predicate["remainder"], "human");
    assert_eq!(predicate["committedBy"], "human");
    assert_eq!(predicate["approver"], "alice@example.com");
    assert_eq!(predicate["origin"], "witnessed");
    let files = &predicate["contributions"][0]["files"];
    assert_eq!(files[0]["path"], "retry.rs");
    assert_eq!(files[0]["ai"], json!([[1, 3]]));
}

#[test]
fn what_a_commit_changes_is_the_same_whichever_hook_works_it_out() {
    let alice = Sandbox::new().with_provenance();
    alice.write("a.txt", "one\n");
    alice.commit("base");
    let patch = |options: &[&str]| {
        alice.agent("openai/gpt-5.1").edits("a.txt", "one\ntwo\n");
        alice.write("new/b.txt", "b\n");
        alice.git(["add", "--all"]);
        alice.git([&["commit", "--quiet", "--message", "x"], options].concat());
        let note = alice.note("HEAD");
        let subjects = note
            .iter()
            .map(|line| statement(line)["subject"][0].clone());
        // An amended commit's record comes along.
        let own = subjects.filter(|subject| subject["digest"]["gitCommit"] == json!(alice.head()));
        let patches: BTreeSet<String> = own
            .map(|subject| subject["annotations"]["patch"].to_string())
            .collect();
        assert_eq!(patches.len(), 1, "{note:#?}");
        alice.provenance(["verify"]).succeeds();
        patches
    };
    let fixed = patch(&[]);
    // An amend is not what commit-msg took it for: it stands where the other commit stood.
    alice.write("c.txt", "c\n");
    alice.git(["add", "--all"]);
    let amended = patch(&["--amend"]);
    assert_ne!(amended, fixed);
    alice.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    let late = patch(&["--no-verify"]);
    assert_eq!(late, fixed);
    alice.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    alice.write("c.txt", "c\n");
    assert_eq!(patch(&[]), amended);
}

#[test]
fn the_message_ends_with_both_trailers() {
    let alice = told();
    let message = alice.message("HEAD");
    let lines: Vec<&str> = message.trim_end().lines().collect();
    assert_eq!(lines[..2], ["x", ""]);
    let pin = lines[2].strip_prefix("Provenance: sha256:").unwrap();
    assert_eq!(pin.len(), 64);
    assert_eq!(
        lines[3],
        "Assisted-by: claude-code:claude-opus-4-5-20251101"
    );
    assert_eq!(lines.len(), 4, "{message}");
}

#[test]
fn blame_gives_three_ai_and_two_human_lines() {
    let alice = told();
    let blame = alice
        .provenance(["blame", "--json", "retry.rs"])
        .succeeds()
        .json();
    validates("blame.v1", &blame);
    let lines = blame["lines"].as_array().unwrap();
    let kinds: Vec<&str> = lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["ai", "ai", "ai", "human", "human"]);
    let head = alice.head();
    for line in lines {
        assert_eq!(line["commit"], json!(head));
        assert_eq!(line["verdict"], "verified");
    }
    assert_eq!(lines[0]["tool"], "claude-code");
    assert_eq!(lines[0]["model"], "anthropic/claude-opus-4-5-20251101");
    assert_eq!(lines[4]["model"], Value::Null);
}

#[test]
fn stats_add_up() {
    let alice = told();
    let stats = alice.provenance(["stats", "--json"]).succeeds().json();
    validates("stats.v1", &stats);
    assert_eq!(
        stats["lines"],
        json!({"total": 5, "ai": 3, "mixed": 0, "human": 2, "unattested": 0})
    );
    assert_eq!(
        stats["origins"],
        json!({"witnessed": 3, "declared": 0, "imported": 0, "inferred": 0})
    );
    // A commit with lines of both hands is a mixed one.
    let commits = json!({"total": 1, "ai": 0, "mixed": 1, "human": 0, "unattested": 0});
    assert_eq!(stats["commits"], commits);
}

#[test]
fn usage_is_counted_once_a_message() {
    let alice = told();
    let record = statement(&alice.note("HEAD")[0]);
    let usage = &record["predicate"]["contributions"][0]["usage"];
    assert_eq!(usage["inputTokens"], 1200);
    assert_eq!(usage["outputTokens"], 300);
}

#[test]
fn verify_log_status_and_doctor_agree_that_all_is_well() {
    let alice = told();
    let verify = alice.provenance(["verify", "--json"]).succeeds().json();
    validates("verify.v1", &verify);
    assert_eq!(verify["counts"]["verified"], 1);
    assert_eq!(verify["commits"][0]["commit"], json!(alice.head()));
    let log = alice.provenance(["log", "--json"]).succeeds().json();
    validates("log.v1", &log);
    assert_eq!(log["records"][0]["verdict"], "verified");
    let status = alice.provenance(["status", "--json"]).succeeds().json();
    validates("status.v1", &status);
    let doctor = alice.provenance(["doctor", "--json"]).succeeds().json();
    validates("doctor.v1", &doctor);
}

#[test]
fn no_prompt_text_is_stored_anywhere_in_the_objects() {
    let alice = told();
    let objects = alice.git(["rev-list", "--all", "--objects"]);
    for object in objects.lines() {
        let id = object.split(' ').next().unwrap();
        let content = alice.try_git(["cat-file", "-p", id]);
        let needle = b"write a retry loop";
        assert!(
            !content
                .stdout
                .windows(needle.len())
                .any(|window| window == needle)
        );
    }
    let note = alice.note("HEAD").join("\n");
    assert!(!statement(&note).to_string().contains("write a retry loop"));
}

#[test]
fn show_names_model_session_commitment_iterations_and_approver() {
    let alice = told();
    let shown = alice.provenance(["show", "HEAD"]).succeeds();
    let record = statement(&alice.note("HEAD")[0]);
    let contribution = &record["predicate"]["contributions"][0];
    let commitment = contribution["promptContext"]["commitment"]
        .as_str()
        .unwrap();
    let session = contribution["session"]["id"].as_str().unwrap();
    let shown = shown
        .says("verified")
        .says("anthropic/claude-opus-4-5-20251101")
        .says("1 iteration")
        .says("alice@example.com");
    let text = shown.text();
    assert!(text.contains(&session[..8]), "{text}");
    assert!(text.contains(&commitment[..11]), "{text}");
    let json = alice
        .provenance(["show", "HEAD", "--json"])
        .succeeds()
        .json();
    validates("show.v1", &json);
    assert_eq!(json["records"][0]["predicate"], record["predicate"]);
}

#[test]
fn parents_are_named_where_they_are_not_the_head_that_the_record_stands_on() {
    let repo = told();
    let of_head = |repo: &Sandbox| {
        let note = repo.note("HEAD");
        let lines = note.iter().map(|line| statement(line));
        let is_about_head =
            |line: &Value| line["subject"][0]["digest"]["gitCommit"] == json!(repo.head());
        lines.filter(is_about_head).collect::<Vec<Value>>()
    };
    // A plain commit: `onto` says it.
    let [plain] = <[Value; 1]>::try_from(of_head(&repo)).unwrap();
    assert_eq!(plain["subject"][0]["annotations"].get("parents"), None);
    // An amend stands where the commit stood that it replaced.
    let parents = repo.git(["rev-parse", "HEAD^@"]);
    repo.git(["commit", "--quiet", "--amend", "--message", "again"]);
    let amends = of_head(&repo);
    assert!(!amends.is_empty());
    for amend in amends {
        let named = &amend["subject"][0]["annotations"]["parents"];
        assert_eq!(
            *named,
            serde_json::json!(parents.lines().collect::<Vec<_>>())
        );
    }
    repo.provenance(["verify"]).succeeds();
}
