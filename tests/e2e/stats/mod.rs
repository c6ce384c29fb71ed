//! `stats`: counts that add up, held against what Git counts.

mod followed;
mod odd;
mod parts;
mod paths;
mod survival;
mod unwhole;

use harness::Sandbox;
use serde_json::{Value, json};

use crate::schemas::validates;

/// Three commits: one from before records began, one by an agent and a person, one by a person.
fn three_commits() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("old.txt", "one\ntwo\n");
    alice.write("logo.bin", b"\0\x01\x02");
    std::os::unix::fs::symlink("old.txt", alice.path().join("link")).unwrap();
    alice.commit("begin");
    let alice = alice.with_provenance();
    let agent = alice.agent("openai/gpt-5.1");
    agent.edits("new.txt", "1\n2\n3\n4\n");
    alice.append("new.txt", "five\n");
    alice.commit("agent and person");
    alice.append("old.txt", "three\n");
    alice.write("new.txt", "1\n2\n3\nfive\n");
    alice.commit("person");
    alice
}

fn stats(sandbox: &Sandbox, args: &[&str]) -> Value {
    let args: Vec<&str> = ["stats", "--json"].iter().chain(args).copied().collect();
    let stats = sandbox.provenance(&args).succeeds().json();
    validates("stats.v1", &stats);
    let parts = ["generated", "vendored"].map(|part| &stats["parts"][part]);
    let mut tallies = vec![&stats["lines"], &stats["commits"], &stats["added"]];
    tallies.extend(
        parts
            .iter()
            .flat_map(|part| [&part["lines"], &part["added"]]),
    );
    for tally in tallies.into_iter().filter(|tally| tally.is_object()) {
        let sum: u64 = ["ai", "mixed", "human", "unattested"]
            .iter()
            .map(|kind| tally[kind].as_u64().unwrap())
            .sum();
        assert_eq!(tally["total"], sum, "{stats:#}");
    }
    let origins = stats["origins"].as_object().unwrap();
    let origins: u64 = origins.values().map(|count| count.as_u64().unwrap()).sum();
    let by_ai = stats["lines"]["ai"].as_u64().unwrap() + stats["lines"]["mixed"].as_u64().unwrap();
    assert_eq!(origins, by_ai, "{stats:#}");
    let groups = stats["by"].as_array().unwrap().iter();
    let grouped: u64 = groups
        .map(|group| group["lines"]["total"].as_u64().unwrap())
        .sum();
    assert_eq!(stats["lines"]["total"], grouped, "{stats:#}");
    for kind in ["total", "ai", "mixed", "human", "unattested"] {
        let counted = parts.iter().filter(|part| part["isCounted"] == true);
        let apart: u64 = counted
            .map(|part| part["lines"][kind].as_u64().unwrap())
            .sum();
        assert!(apart <= stats["lines"][kind].as_u64().unwrap(), "{stats:#}");
    }
    stats
}

/// The lines of text at HEAD that `git blame` gives to commits of the range, or to any.
fn lines_by_blame(sandbox: &Sandbox, range: Option<&str>) -> usize {
    let commits = range.map(|range| sandbox.git(["rev-list", range]));
    let empty = sandbox.git(["hash-object", "-t", "tree", "/dev/null"]);
    let numbers = sandbox.git(["diff", "--numstat", "-z", "--no-renames", &empty, "HEAD"]);
    let modes = sandbox.git(["ls-tree", "-r", "-z", "HEAD"]);
    let is_file = |path: &str| {
        let mut entries = modes.split('\0');
        entries.any(|entry| entry.starts_with("100") && entry.ends_with(&format!("\t{path}")))
    };
    let mut lines = 0;
    for row in numbers.split('\0').filter(|row| !row.is_empty()) {
        let [added, _, path] = row.splitn(3, '\t').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        if added == "-" || !is_file(path) {
            continue;
        }
        let blame = sandbox.git(["blame", "-s", "-l", "--root", "HEAD", "--", path]);
        let ids = blame.lines().map(|row| row.split(' ').next().unwrap());
        let counts = |id: &&str| commits.as_ref().is_none_or(|commits| commits.contains(*id));
        lines += ids.filter(counts).count();
    }
    lines
}

#[test]
fn the_whole_tree_is_counted_once() {
    let alice = three_commits();
    let whole = stats(&alice, &[]);
    assert_eq!(
        whole["lines"],
        json!({"total": 7, "ai": 3, "mixed": 0, "human": 2, "unattested": 2})
    );
    assert_eq!(
        whole["commits"],
        json!({"total": 3, "ai": 0, "mixed": 1, "human": 1, "unattested": 1})
    );
    assert_eq!(whole["range"], Value::Null);
    assert_eq!(whole["added"], Value::Null);
    assert_eq!(whole["by"][0]["key"], json!({"model": "openai/gpt-5.1"}));
    assert_eq!(whole["files"]["binary"], 1);
    assert_eq!(whole["files"]["symlinks"], 1);
}

#[test]
fn a_range_counts_what_it_brought_and_what_is_left_of_it() {
    let alice = three_commits();
    let range = stats(&alice, &["HEAD~2..HEAD~1"]);
    assert_eq!(
        range["lines"],
        json!({"total": 5, "ai": 4, "mixed": 0, "human": 1, "unattested": 0})
    );
    let to_the_end = stats(&alice, &["HEAD~2..HEAD"]);
    assert_eq!(
        to_the_end["lines"],
        json!({"total": 5, "ai": 3, "mixed": 0, "human": 2, "unattested": 0})
    );
    assert_eq!(
        to_the_end["added"],
        json!({"total": 6, "ai": 4, "mixed": 0, "human": 2, "unattested": 0})
    );
    assert_eq!(to_the_end["commits"]["total"], 2);
    for same in [
        vec!["HEAD~2...HEAD"],
        vec!["^HEAD~2", "HEAD"],
        vec!["HEAD", "^HEAD~2"],
        vec!["HEAD~2.."],
    ] {
        let stats = stats(&alice, &same);
        assert_eq!(stats["head"], alice.head(), "{same:?}");
        assert_eq!(stats["lines"], to_the_end["lines"], "{same:?}");
    }
}

#[test]
fn groups_and_filters_narrow_and_still_add_up() {
    let alice = three_commits();
    for by in [
        "tool",
        "author",
        "path",
        "session",
        "month",
        "origin",
        "model,path",
    ] {
        stats(&alice, &["--by", by]);
    }
    let by = stats(&alice, &["--by", "path,origin"]);
    let new = by["by"].as_array().unwrap().iter();
    let mut new = new.filter(|group| group["key"]["path"] == "new.txt");
    assert!(
        new.any(|group| group["key"]["origin"] == "witnessed"),
        "{by:#}"
    );
    for (args, total) in [
        (vec!["--kind", "ai"], 3),
        (vec!["--kind", "human", "--kind", "ai"], 5),
        (vec!["--model", "gpt-5.1"], 3),
        (vec!["--model", "gpt-5"], 0),
        (vec!["--tool", "my-*", "--origin", "witnessed"], 3),
        (vec!["--verdict", "unattested"], 2),
        (vec!["--author", "ALICE@"], 7),
        (vec!["--author", "bob"], 0),
        (vec!["--approver", "alice@example.com"], 5),
        (vec!["--unapproved"], 2),
        (vec!["--since", "2000-01-01", "--until", "2090-01-01"], 7),
        (vec!["--until", "2000-01-01"], 0),
        (vec!["--", "new.txt"], 4),
        (vec!["--", ":!new.txt"], 3),
    ] {
        let stats = stats(&alice, &args);
        assert_eq!(stats["lines"]["total"], total, "{args:?} {stats:#}");
    }
}

#[test]
fn people_see_a_table_that_fits() {
    let alice = three_commits();
    let shown = alice.provenance(["stats"]);
    for row in shown.text().lines() {
        assert!(row.chars().count() <= 80, "{row}");
    }
    insta::assert_snapshot!(shown, @r"
    tree at [oid 1], 7 lines of 2 files
    not counted, because not text: 1 binary, 1 symlink

                       lines   share  commits
    openai/gpt-5.1         3   42.9%        1

    ai                     3   42.9%        0
    mixed                  0    0.0%        1
    human                  2   28.6%        1
    unattested             2   28.6%        1   before 2026-05-04: 2

    AI  42.9%  █████████████████░░░░░░░░░░░░░░░░░░░░░░░  attested 71.4%
    [exit 0]
    ");
    insta::assert_snapshot!(alice.provenance(["stats", "HEAD~2.."]), @r"
    HEAD~2..: 5 lines still there at [oid 1]

                       lines   share  commits
    openai/gpt-5.1         3   60.0%        1

    ai                     3   60.0%        0
    mixed                  0    0.0%        1
    human                  2   40.0%        1
    unattested             0    0.0%        0

    AI  60.0%  ████████████████████████░░░░░░░░░░░░░░░░  attested 100.0%
    added 6 lines: 4 ai, 0 mixed, 2 human, 0 unattested
    [exit 0]
    ");
}

#[test]
fn lines_are_those_that_git_blame_counts_whatever_the_files_are_like() {
    let alice = Sandbox::new();
    alice.write("crlf.txt", "one\r\ntwo\r\n");
    alice.write("no-end.txt", "one\ntwo");
    alice.write("empty.txt", "");
    alice.write("latin1.txt", b"caf\xe9\n");
    alice.write("utf16.txt", b"\xff\xfeh\0i\0\n\0");
    alice.write("sub/größe \"quoted\".txt", "x\n");
    alice.commit("odd files");
    alice.git(["mv", "crlf.txt", "moved.txt"]);
    alice.append("moved.txt", "three\r\n");
    alice.commit("rename");
    let counted = stats(&alice, &["--by", "path"]);
    let mut lines = 0;
    for file in [
        "moved.txt",
        "no-end.txt",
        "empty.txt",
        "latin1.txt",
        "sub/größe \"quoted\".txt",
    ] {
        let blame = alice
            .try_git(["blame", "--porcelain", "HEAD", "--", file])
            .succeeds();
        let rows = blame.stdout.split(|byte| *byte == b'\n');
        lines += rows.filter(|row| row.starts_with(b"\t")).count();
    }
    assert_eq!(counted["lines"]["total"], lines);
    assert_eq!(counted["lines"]["unattested"], lines);
    assert_eq!(counted["files"]["binary"], 1, "UTF-16 is binary to Git");
}

#[test]
fn a_merge_counts_only_what_no_parent_has() {
    let alice = Sandbox::new().with_provenance();
    alice.write("a.txt", "base\n");
    alice.commit("base");
    alice.git(["checkout", "-q", "-b", "side"]);
    let agent = alice.agent("openai/gpt-5.1");
    agent.edits("b.txt", "agent\n");
    alice.commit("side");
    alice.git(["checkout", "-q", "main"]);
    alice.write("c.txt", "mine\n");
    alice.commit("main");
    alice.git(["merge", "-q", "--no-ff", "--no-edit", "side"]);
    let range = stats(&alice, &["HEAD^1..HEAD"]);
    assert_eq!(range["lines"]["ai"], 1, "{range:#}");
    assert_eq!(range["added"]["total"], 1, "{range:#}");
    assert_eq!(range["commits"]["total"], 2);
}
