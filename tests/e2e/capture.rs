//! From what an agent does to whose a line is: edits, shell commands, corrections by hand.

use harness::Sandbox;

use crate::lines::{kinds, predicate};

const MODEL: &str = "anthropic/claude-opus-4-5";

#[test]
fn lines_written_by_an_agent_are_attributed_to_its_model() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("src/parser.rs", "fn parse() {}\n");
    repo.commit("parser: add the entry point");
    let blame = repo
        .provenance(["blame", "--json", "src/parser.rs"])
        .succeeds()
        .json();
    assert_eq!(blame["lines"][0]["kind"], "ai");
    assert_eq!(blame["lines"][0]["model"], MODEL);
    assert_eq!(blame["lines"][0]["tool"], "my-agent");
}

#[test]
fn a_line_that_the_human_changed_afterwards_is_mixed() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits(
        "a.rs",
        "fn one() -> u8 { 1 }\nfn two() -> u8 { 2 }\nfn three() -> u8 { 3 }\n",
    );
    let text = repo.read("a.rs").replace("-> u8 { 2 }", "-> u16 { 2 }");
    repo.write("a.rs", text);
    repo.commit("mixed");
    assert_eq!(kinds(&repo, "a.rs"), "ama");
}

#[test]
fn lines_that_the_human_wrote_first_stay_human() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.rs", "// by hand\n\nfn main() {}\n");
    repo.agent(MODEL).appends("a.rs", "\n// by the agent\n");
    repo.commit("both");
    assert_eq!(kinds(&repo, "a.rs"), "hhhaa");
}

#[test]
fn claude_code_says_that_the_user_changed_its_proposal_so_it_is_mixed() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.rs", "fn a() {}\nfn z() {}\n");
    repo.commit("by hand");
    let claude = repo.claude_code();
    claude.is_asked("add b");
    claude.replaces_as_changed_by_the_user("a.rs", "fn a() {}\n", "fn a() {}\nfn b(n: u8) {}\n");
    repo.commit("b");
    assert_eq!(kinds(&repo, "a.rs"), "hmh");
}

#[test]
fn a_shell_command_of_the_agent_is_seen_by_comparing_the_worktree() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.txt", "one\ntwo\nthree\n");
    repo.commit("by hand");
    repo.claude_code()
        .is_asked("two becomes 2, and make a file")
        .runs("sed -i s/two/2/ a.txt && printf 'new\\nfile\\n' > b.txt");
    repo.commit("by shell");
    assert_eq!(kinds(&repo, "a.txt"), "hah");
    assert_eq!(kinds(&repo, "b.txt"), "aa");
}

#[test]
fn a_shell_command_of_a_generic_agent_is_seen_too() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).runs("printf 'made\\n' > made.txt");
    repo.write("hand.txt", "by hand\n");
    repo.commit("both");
    assert_eq!(kinds(&repo, "made.txt"), "a");
    assert_eq!(kinds(&repo, "hand.txt"), "h");
}

#[test]
fn re_indenting_keeps_the_author_of_a_line() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("a.rs", "if x {\ncall();\n}\n");
    repo.write("a.rs", "if x {\n    call();\n}\n");
    repo.commit("formatted");
    assert_eq!(kinds(&repo, "a.rs"), "aaa");
}

#[test]
fn two_sessions_in_one_commit_keep_their_lines_apart() {
    let repo = Sandbox::new().with_provenance();
    repo.agent("openai/gpt-5.1").edits("a.txt", "a\n");
    repo.agent(MODEL).edits("b.txt", "b\n");
    repo.commit("two agents");
    let record = predicate(&repo, "HEAD");
    assert_eq!(record["contributions"].as_array().unwrap().len(), 2);
    for (path, model) in [("a.txt", "openai/gpt-5.1"), ("b.txt", MODEL)] {
        let blame = repo.provenance(["blame", "--json", path]).succeeds().json();
        assert_eq!(blame["lines"][0]["model"], model);
    }
}

#[test]
fn iterations_count_the_prompts_that_led_to_a_change() {
    let repo = Sandbox::new().with_provenance();
    let agent = repo.agent(MODEL);
    agent.is_asked("what is this?");
    agent.is_asked("write it").edits("a.txt", "1\n");
    agent
        .is_asked("again")
        .edits("a.txt", "2\n")
        .edits("a.txt", "3\n");
    repo.commit("three prompts, two of them led to edits");
    let contribution = &predicate(&repo, "HEAD")["contributions"][0];
    assert_eq!(contribution["iterations"], 2);
    assert_eq!(contribution["edits"], 3);
}

#[test]
fn the_records_of_one_session_are_chained() {
    let repo = Sandbox::new().with_provenance();
    let agent = repo.agent(MODEL);
    agent.is_asked("one").edits("a.txt", "1\n");
    repo.commit("one");
    agent.is_asked("two").appends("a.txt", "2\n");
    repo.commit("two");
    let (first, second) = (predicate(&repo, "HEAD~1"), predicate(&repo, "HEAD"));
    let link = |record: &serde_json::Value| record["contributions"][0]["session"].clone();
    assert_eq!(link(&first)["seq"], 1);
    assert_eq!(link(&second)["seq"], 2);
    let pin = repo.git([
        "log",
        "-1",
        "--format=%(trailers:key=Provenance,valueonly)",
        "HEAD~1",
    ]);
    assert_eq!(link(&second)["previous"], pin.trim());
    assert_eq!(kinds(&repo, "a.txt"), "aa");
}

#[test]
fn a_task_and_an_approver_that_the_harness_names_are_recorded() {
    let repo = Sandbox::new().with_provenance();
    let agent = repo.agent(MODEL);
    agent.report(serde_json::json!({"event": "task", "task": "PAY-118 retry on 429"}));
    agent.report(serde_json::json!({"event": "usage", "inputTokens": 1200, "outputTokens": 300}));
    agent.edits("a.txt", "a\n");
    repo.commit("with a task");
    let contribution = &predicate(&repo, "HEAD")["contributions"][0];
    assert_eq!(contribution["task"], "PAY-118 retry on 429");
    assert_eq!(contribution["usage"]["inputTokens"], 1200);
}

#[test]
fn a_commit_by_the_agent_itself_has_no_approver() {
    let repo = Sandbox::new().with_provenance();
    let claude = repo.claude_code();
    claude.is_asked("write and commit");
    claude.writes("a.txt", "a\n");
    claude.runs("git add a.txt && git commit --quiet -m 'by the agent'");
    let record = predicate(&repo, "HEAD");
    assert_eq!(record["committedBy"], "agent");
    assert!(record["approver"].is_null());
    assert_eq!(kinds(&repo, "a.txt"), "a");
}

#[test]
fn a_commit_without_ai_lines_gets_its_record_and_no_trailer() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.txt", "by hand\n");
    repo.commit("by hand");
    assert_eq!(repo.message("HEAD"), "by hand\n");
    let record = predicate(&repo, "HEAD");
    assert_eq!(record["remainder"], "human");
    assert_eq!(record["contributions"].as_array().unwrap().len(), 0);
    assert_eq!(kinds(&repo, "a.txt"), "h");
    repo.provenance(["verify"]).succeeds();
}

#[test]
fn events_for_files_outside_the_repository_change_nothing() {
    let repo = Sandbox::new().with_provenance();
    let outside = repo.home().join("outside.txt");
    let outside = outside.to_str().unwrap();
    repo.agent(MODEL)
        .changes(&[outside, "../../etc/passwd", ".git/config"], || {
            repo.write("../outside.txt", "outside\n");
        });
    repo.write("a.txt", "by hand\n");
    repo.commit("by hand");
    assert_eq!(kinds(&repo, "a.txt"), "h");
}

#[test]
fn unknown_events_and_fields_are_ignored() {
    let repo = Sandbox::new().with_provenance();
    let agent = repo.agent(MODEL);
    agent.report(serde_json::json!({"event": "thought", "depth": 3}));
    agent.report(serde_json::json!({"event": "prompt", "text": "x", "mood": ["good"]}));
    agent.edits("a.txt", "a\n");
    repo.commit("a");
    assert_eq!(kinds(&repo, "a.txt"), "a");
}
