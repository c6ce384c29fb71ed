//! What nobody watched is nobody's: events that were lost, edits that did not end, files that were
//! there before.

use std::fs;

use harness::Sandbox;
use serde_json::json;

use crate::lines::{kinds, predicate};

const MODEL: &str = "anthropic/claude-opus-4-5";

fn with_a_commit() -> Sandbox {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("a.txt", "agent 1\n");
    repo.append("a.txt", "human 2\n");
    repo.commit("first");
    repo
}

fn codes(repo: &Sandbox) -> Vec<String> {
    let codes = predicate(repo, "HEAD")["capture"].take();
    serde_json::from_value(codes).unwrap()
}

#[test]
fn an_event_that_a_crash_cut_in_two_does_not_make_the_agents_line_a_persons() {
    let repo = with_a_commit();
    repo.agent(MODEL).appends("a.txt", "agent 3\n");
    let journal = repo.git_dir().join("provenance/journal/main/current.jsonl");
    let text = fs::read(&journal).unwrap();
    fs::write(&journal, &text[..text.len() - 20]).unwrap();
    repo.provenance(["doctor"])
        .exits(1)
        .says("1 line of the journal cannot be read");
    repo.commit("cut");
    assert_eq!(kinds(&repo, "a.txt"), "ahu");
    assert_eq!(codes(&repo), ["journal-damaged", "open-edit"]);
    // A commit that leaves nothing behind ends the doubt, whether or not the agent comes back.
    repo.append("a.txt", "human 4\n");
    repo.agent(MODEL).appends("a.txt", "agent 5\n");
    repo.commit("after");
    assert_eq!(kinds(&repo, "a.txt"), "ahuha");
    repo.provenance(["doctor"]).succeeds();
}

#[test]
fn an_event_that_did_not_fit_on_the_disk_does_not_make_the_agents_line_a_persons() {
    let repo = with_a_commit();
    repo.write("b.txt", "human 1\n");
    repo.commit("second");
    // Nothing can be kept any more, as on a full disk; the agent goes on all the same.
    let states = repo.git_dir().join("provenance/states");
    let aside = repo.git_dir().join("aside");
    fs::rename(&states, &aside).unwrap();
    fs::write(&states, "").unwrap();
    let before = json!({"event": "before-edit", "session": "s", "cwd": repo.path(),
                        "call": "c", "paths": ["a.txt"]});
    let told = repo.hook(["agent", "generic"], before.to_string().as_bytes());
    told.exits(0).says("could not be taken down");
    repo.append("a.txt", "agent 3\n")
        .append("b.txt", "agent 2\n");
    fs::remove_file(&states).unwrap();
    fs::rename(&aside, &states).unwrap();

    repo.commit_with(["-m", "one of two", "--", "a.txt"]);
    assert_eq!(kinds(&repo, "a.txt"), "ahu");
    assert_eq!(codes(&repo), ["events-lost"]);
    repo.write("c.txt", "human 1\n");
    repo.commit("the other");
    assert_eq!(kinds(&repo, "b.txt"), "hu", "it was not committed yet");
    assert_eq!(kinds(&repo, "c.txt"), "h", "it was not there yet");
    repo.append("b.txt", "human 3\n");
    repo.commit("over");
    assert_eq!(kinds(&repo, "b.txt"), "huh");
}

#[test]
fn an_edit_that_was_announced_and_never_ended_leaves_its_lines_open() {
    let repo = with_a_commit();
    let agent = repo.agent(MODEL);
    agent.report(json!({"event": "before-edit", "call": "killed", "paths": ["a.txt"]}));
    repo.append("a.txt", "agent or human 3\n")
        .write("b.txt", "human 1\n");
    repo.commit("while nobody knows");
    assert_eq!(kinds(&repo, "a.txt"), "ahu");
    assert_eq!(kinds(&repo, "b.txt"), "h");
    assert_eq!(codes(&repo), ["open-edit"]);
    repo.append("a.txt", "human 4\n");
    repo.commit("nothing is open any more");
    assert_eq!(kinds(&repo, "a.txt"), "ahuh");

    // Whoever prompts the agent anew does not wait for that edit any more.
    agent.report(json!({"event": "before-edit", "call": "denied", "paths": ["a.txt"]}));
    agent.is_asked("leave it, I do it by hand");
    repo.append("a.txt", "human 5\n");
    repo.commit("by hand");
    assert_eq!(kinds(&repo, "a.txt"), "ahuhh");
}

#[test]
fn where_the_state_was_taken_away_nobody_watches_until_init_comes_again() {
    let repo = with_a_commit();
    let agent = repo.agent(MODEL);
    agent.appends("a.txt", "agent 3\n");
    fs::remove_dir_all(repo.git_dir().join("provenance")).unwrap();
    repo.provenance(["doctor"])
        .exits(1)
        .says("nobody takes down what agents do")
        .says("git provenance init");
    repo.provenance(["uninstall"])
        .exits(2)
        .says("these lead here: .git/hooks/commit-msg");
    repo.commit("blind");
    assert_eq!(kinds(&repo, "a.txt"), "ahu");
    assert_eq!(codes(&repo), ["unwatched"]);

    agent.appends("a.txt", "agent 4\n");
    repo.provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    repo.write("b.txt", "human 1\n");
    repo.commit("seeing again");
    assert_eq!(kinds(&repo, "a.txt"), "ahuu", "it was there before");
    assert_eq!(kinds(&repo, "b.txt"), "h");
    agent.appends("a.txt", "agent 5\n");
    repo.append("a.txt", "human 6\n");
    repo.commit("as always");
    assert_eq!(kinds(&repo, "a.txt"), "ahuuah");
}

#[test]
fn what_is_not_committed_when_watching_begins_is_nobodys() {
    let repo = Sandbox::new();
    repo.write("a.txt", "1\n").write("b.txt", "1\n");
    repo.commit("before");
    repo.append("a.txt", "2\n");
    repo.provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    repo.append("b.txt", "2\n");
    repo.commit("after");
    assert_eq!(kinds(&repo, "a.txt"), "uu");
    assert_eq!(kinds(&repo, "b.txt"), "uh");
}
