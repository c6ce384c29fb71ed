//! `log`: every commit of a range, its records, and every filter.

use harness::Sandbox;
use serde_json::Value;

use crate::schemas::validates;

/// A commit from before records began, one by an agent, one by a person.
fn three_commits() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("old.txt", "old\n");
    alice.commit("old: begin");
    let alice = alice.with_provenance();
    let claude = alice.claude_code();
    claude.is_asked("write two lines");
    claude.writes("new.txt", "one\ntwo\n");
    alice.commit("new: two lines");
    alice.append("old.txt", "more\n");
    alice.commit("old: more");
    alice
}

fn titles(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let args: Vec<&str> = ["log", "--json"].iter().chain(args).copied().collect();
    let log = sandbox.provenance(&args).succeeds().json();
    validates("log.v1", &log);
    let records = log["records"].as_array().unwrap().iter();
    records
        .map(|record| record["title"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn records_are_listed_newest_first_and_nothing_is_left_out() {
    let alice = three_commits();
    assert_eq!(
        titles(&alice, &[]),
        ["old: more", "new: two lines", "old: begin"]
    );
    insta::assert_snapshot!(alice.provenance(["log"]), @r"
    [oid 1]  2026-05-04  verified   Alice: old: more
             +1 human
    [oid 2]  2026-05-04  verified   Alice: new: two lines
             claude-code · anthropic/claude-opus-4-5-20251101 · 1 iteration  +2 ai
    [oid 3]  2026-05-04  unattested Alice: old: begin
    [exit 0]
    ");
}

#[test]
fn filters_narrow() {
    let alice = three_commits();
    for (args, expected) in [
        (vec!["-n", "1"], vec!["old: more"]),
        (vec!["HEAD~2..HEAD~1"], vec!["new: two lines"]),
        (vec!["--", "old.txt"], vec!["old: more", "old: begin"]),
        (vec!["--kind", "ai"], vec!["new: two lines"]),
        (vec!["--kind", "human"], vec!["old: more"]),
        (vec!["--kind", "unattested"], vec!["old: begin"]),
        (vec!["--verdict", "unattested"], vec!["old: begin"]),
        (vec!["--model", "claude-opus-*"], vec!["new: two lines"]),
        (vec!["--tool", "claude-code"], vec!["new: two lines"]),
        (vec!["--tool", "codex"], vec![]),
        (
            vec!["--origin", "witnessed", "--kind", "ai"],
            vec!["new: two lines"],
        ),
        (vec!["--unapproved"], vec!["old: begin"]),
        (vec!["--until", "2001-01-01"], vec![]),
    ] {
        assert_eq!(titles(&alice, &args), expected, "{args:?}");
    }
    alice
        .provenance(["log", "--verdict", "fine"])
        .exits(2)
        .says("verified");
    alice.provenance(["log", "--since", "\u{1}"]).exits(0);
}

#[test]
fn each_line_of_ndjson_is_an_entry_and_csv_has_a_row_for_each() {
    let alice = three_commits();
    let json = alice.provenance(["log", "--json"]).succeeds().json();
    let ndjson = alice.provenance(["log", "--format", "ndjson"]).succeeds();
    let lines: Vec<Value> = ndjson
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(json["records"].as_array().unwrap(), &lines);
    let csv = alice.provenance(["log", "--format", "csv"]).succeeds();
    let rows: Vec<&str> = csv.text().split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 4);
    let columns = rows[0].split(',').count();
    assert!(
        rows.iter().all(|row| row.split(',').count() == columns),
        "{rows:#?}"
    );
}

#[test]
fn what_others_wrote_is_escaped_for_people_and_for_programs() {
    let alice = Sandbox::new();
    alice.write("a", "a\n");
    alice.commit("sly \u{1b}[2J \u{202e}title");
    let text = alice.provenance(["log"]).succeeds();
    assert!(
        !text.text().contains(['\u{1b}', '\u{202e}']),
        "{}",
        text.full()
    );
    assert_eq!(titles(&alice, &[]), ["sly \\u{1b}[2J \\u{202e}title"]);
}

#[test]
fn a_persons_commit_that_was_rebased_is_listed_once() {
    let repo = Sandbox::new().with_provenance();
    repo.git(["config", "provenance.trailer", "all"]);
    for line in ["one\n", "two\n", "three\n"] {
        repo.append("a.txt", line);
        repo.commit(line);
    }
    // The message pins the record of the commit as it was, which is copied along.
    repo.git(["rebase", "--quiet", "--force-rebase", "HEAD~2"]);
    assert_eq!(repo.note("HEAD").len(), 2);
    assert_eq!(titles(&repo, &[]), ["three", "two", "one"]);
}
