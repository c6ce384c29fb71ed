//! Parts of a worktree: what is committed is claimed, and what is not stays pending.

use harness::Sandbox;

use crate::lines::{kinds, predicate};

const MODEL: &str = "anthropic/claude-opus-4-5";

#[test]
fn half_of_an_edit_is_committed_and_the_other_half_stays_pending() {
    let repo = Sandbox::new().with_provenance();
    repo.write(
        "a.txt",
        (1..=30).fold(String::new(), |text, n| format!("{text}{n}\n")),
    );
    repo.commit("thirty lines by hand");
    let edited = repo.read("a.txt").replace("3\n4\n", "3\nTOP\n4\n") + "BOTTOM\n";
    repo.agent(MODEL).edits("a.txt", edited);
    let mut add = repo.command("git");
    repo.run_with_input(add.args(["add", "--patch"]), b"y\nn\n")
        .succeeds();
    repo.commit_with(["-m", "the upper half"]);
    assert_eq!(repo.git(["show", "HEAD:a.txt"]).matches("TOP").count(), 1);
    let committed = predicate(&repo, "HEAD");
    assert_eq!(
        committed["contributions"][0]["files"][0]["ai"],
        serde_json::json!([[4, 4]])
    );
    repo.git(["add", "-A"]);
    repo.commit_with(["-m", "the lower half"]);
    let text = repo.read("a.txt");
    let expected: String = text
        .lines()
        .map(|line| {
            if matches!(line, "TOP" | "BOTTOM") {
                'a'
            } else {
                'h'
            }
        })
        .collect();
    assert_eq!(kinds(&repo, "a.txt"), expected);
}

#[test]
fn commit_all_takes_the_tree_of_the_index_that_git_is_about_to_make() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.txt", "by hand\n");
    repo.commit("first");
    repo.agent(MODEL).appends("a.txt", "by the agent\n");
    repo.commit_with(["-a", "-m", "all"]);
    let record = predicate(&repo, "HEAD");
    assert_eq!(record["tree"], repo.git(["rev-parse", "HEAD^{tree}"]));
    assert_eq!(kinds(&repo, "a.txt"), "ha");
}

#[test]
fn commit_of_a_path_leaves_the_rest_pending() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.txt", "1\n").write("b.txt", "1\n");
    repo.commit("first");
    let agent = repo.agent(MODEL);
    agent.appends("a.txt", "a\n").appends("b.txt", "b\n");
    repo.git(["add", "-A"]);
    repo.commit_with(["-m", "a alone", "--", "a.txt"]);
    let record = predicate(&repo, "HEAD");
    assert_eq!(record["tree"], repo.git(["rev-parse", "HEAD^{tree}"]));
    let files = record["contributions"][0]["files"].as_array().unwrap();
    assert_eq!(files.len(), 1);
    repo.commit_with(["-m", "then b"]);
    assert_eq!(kinds(&repo, "a.txt"), "ha");
    assert_eq!(kinds(&repo, "b.txt"), "ha");
}

#[test]
fn an_empty_commit_gets_a_record_that_claims_nothing() {
    let repo = Sandbox::new().with_provenance();
    repo.commit_with(["--allow-empty", "-m", "empty"]);
    assert_eq!(
        predicate(&repo, "HEAD")["contributions"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    repo.provenance(["verify"]).succeeds();
}

#[test]
fn an_aborted_commit_changes_nothing_and_loses_nothing() {
    let repo = Sandbox::new().with_provenance();
    repo.write("base.txt", "base\n");
    repo.commit("base");
    repo.agent(MODEL).edits("a.txt", "a\n");
    repo.git(["add", "-A"]);
    // The editor leaves the message empty: Git aborts, and our trailers must not rescue it.
    let aborted = repo.try_git(["commit"]);
    assert_ne!(aborted.status, 0, "{}", aborted.full());
    assert_eq!(repo.git(["rev-list", "--count", "HEAD"]), "1");
    repo.commit_with(["-m", "now for real"]);
    assert_eq!(kinds(&repo, "a.txt"), "a");
    let session = &predicate(&repo, "HEAD")["contributions"][0]["session"];
    assert_eq!(
        session["seq"], 1,
        "the number of the aborted commit is used again"
    );
}

#[test]
fn stashed_lines_are_recognized_when_they_come_back() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.txt", "by hand\n");
    repo.commit("first");
    repo.agent(MODEL).appends("a.txt", "by the agent\n");
    repo.git(["stash", "--quiet"]);
    repo.write("b.txt", "between\n");
    repo.commit("between");
    repo.git(["stash", "pop", "--quiet"]);
    repo.commit("back again");
    assert_eq!(kinds(&repo, "a.txt"), "ha");
}

#[test]
fn a_commit_that_was_reset_and_split_in_two_keeps_its_authors() {
    let repo = Sandbox::new().with_provenance();
    repo.write("base.txt", "base\n");
    repo.commit("base");
    repo.agent(MODEL)
        .edits("a.txt", "a\n")
        .edits("b.txt", "b\n");
    repo.commit("both at once");
    repo.git(["reset", "--quiet", "HEAD~1"]);
    repo.git(["add", "a.txt"]);
    repo.commit_with(["-m", "a"]);
    repo.git(["add", "b.txt"]);
    repo.commit_with(["-m", "b"]);
    assert_eq!(kinds(&repo, "a.txt"), "a");
    assert_eq!(kinds(&repo, "b.txt"), "a");
}

#[test]
fn an_amend_keeps_the_old_lines_and_adds_the_new_ones() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("a.txt", "one\ntwo\n");
    repo.commit("first");
    repo.append("a.txt", "by hand\n");
    repo.git(["add", "-A"]);
    repo.commit_with(["--amend", "-m", "amended"]);
    assert_eq!(kinds(&repo, "a.txt"), "aah");
    let pins = repo.message("HEAD").matches("Provenance: sha256:").count();
    assert_eq!(pins, 1, "{}", repo.message("HEAD"));
    repo.provenance(["verify"]).succeeds();
}

#[test]
fn an_amend_of_the_message_alone_keeps_every_line() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("a.txt", "one\n");
    repo.append("a.txt", "two\n");
    repo.commit("frist");
    repo.commit_with(["--amend", "-m", "first"]);
    repo.commit_with(["--amend", "-m", "first of all"]);
    assert_eq!(kinds(&repo, "a.txt"), "ah");
    repo.provenance(["verify"]).succeeds();
}

#[test]
fn a_bypassed_commit_msg_hook_leaves_a_record_that_says_so() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("a.txt", "a\n");
    repo.git(["add", "-A"]);
    repo.commit_with(["--no-verify", "-m", "quick"]);
    let record = predicate(&repo, "HEAD");
    let codes = record["capture"].as_array().unwrap();
    assert!(codes.contains(&"commit-msg-bypassed".into()), "{codes:?}");
    assert_eq!(kinds(&repo, "a.txt"), "a");
    repo.provenance(["status"])
        .succeeds()
        .says("commit-msg-bypassed");
}

#[test]
fn switching_the_hooks_off_for_one_commit_is_said_by_the_next_record() {
    let repo = Sandbox::new().with_provenance();
    repo.write("a.txt", "a\n");
    repo.git(["add", "-A"]);
    let mut commit = repo.command("git");
    commit
        .env("PROVENANCE", "0")
        .args(["commit", "--quiet", "-m", "off"]);
    repo.run(&mut commit).succeeds();
    assert_eq!(repo.note("HEAD"), [""; 0]);
    let status = repo.provenance(["status", "--json"]).succeeds().json();
    assert_eq!(status["skipped"], 1);
    repo.append("a.txt", "b\n");
    repo.commit("on");
    assert_eq!(predicate(&repo, "HEAD")["skipped"], 1);
    assert_eq!(kinds(&repo, "a.txt"), "uh");
}

#[test]
fn what_was_stashed_is_known_in_another_worktree_changed_by_hand_or_not() {
    let repo = Sandbox::new().with_provenance();
    repo.write("base.txt", "base\n");
    repo.commit("base");
    let side = repo.home().join("side");
    repo.git(["worktree", "add", "-q", side.to_str().unwrap()]);
    let text = "let retries = policy.retries();\nlet delay = policy.first_delay();\n";
    repo.agent(MODEL).edits("a.rs", text);
    repo.write("a.rs", text.replace("first_delay()", "second_delay()"));
    repo.git(["add", "--all"]);
    repo.git(["stash", "--quiet"]);
    let side = repo.within(side);
    side.git(["stash", "pop", "--quiet"]);
    side.append("a.rs", "// by hand\n");
    side.commit("elsewhere");
    assert_eq!(kinds(&side, "a.rs"), "amh");
}
