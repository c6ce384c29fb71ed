//! `stats --survival`: what became of lines, and by whom they were rewritten.

use harness::Sandbox;
use serde_json::{Value, json};

use super::stats;
use crate::schemas::validates;

pub(super) fn survival(sandbox: &Sandbox, args: &[&str]) -> Value {
    let args = ["stats", "--survival", "--json"].iter().chain(args);
    let survival = sandbox.provenance(args).succeeds().json();
    validates("survival.v1", &survival);
    let n = |value: &Value| value.as_u64().unwrap();
    let kinds = ["ai", "mixed", "human", "unattested"];
    for (kind, row) in survival["lines"].as_object().unwrap() {
        let (born, gone) = (n(&row["born"]), n(&row["gone"]["lines"]));
        assert_eq!(
            born,
            n(&row["alive"]) + gone + n(&row["unknown"]),
            "{kind} {survival:#}"
        );
        for age in row["ages"].as_array().unwrap() {
            let parts = ["alive", "gone", "young", "unknown"].map(|part| n(&age[part]));
            assert_eq!(born, parts.iter().sum::<u64>(), "{kind} {survival:#}");
        }
        let by = row["gone"]["by"].as_object().unwrap().values();
        assert_eq!(
            gone,
            by.map(|by| n(&by["lines"])).sum::<u64>(),
            "{kind} {survival:#}"
        );
        assert_eq!(
            gone,
            n(&row["gone"]["commits"]["total"]),
            "{kind} {survival:#}"
        );
    }
    let born = |kind: &str| n(&survival["lines"][kind]["born"]);
    assert_eq!(
        born("total"),
        kinds.map(born).iter().sum::<u64>(),
        "{survival:#}"
    );
    survival
}

/// What stands at the head is what `stats` says of the same range.
#[track_caller]
pub(super) fn agrees(sandbox: &Sandbox, range: &[&str], at_the_end: &Value) {
    let counted = stats(sandbox, range);
    for kind in ["total", "ai", "mixed", "human", "unattested"] {
        let standing = &at_the_end["lines"][kind]["standing"];
        assert_eq!(*standing, counted["lines"][kind], "{range:?} {kind}");
    }
}

/// An agent writes four lines and a person two; the person rewrites one of the agent's, the agent
/// one of the person's and one of its own, somebody without hooks another, and one is removed.
fn story() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("old.txt", "old\n");
    alice.commit("before records");
    let alice = alice.with_provenance();
    alice
        .agent("openai/gpt-5.1")
        .edits("a.txt", "a1\na2\na3\na4\n");
    alice.commit("agent");
    alice.write("b.txt", "h1\nh2\n");
    alice.commit("person");
    alice.write("a.txt", "a1\nby hand\na3\na4\n");
    alice.commit("person again");
    alice
        .agent("openai/gpt-5.1")
        .edits("b.txt", "h1\nby agent\n");
    alice.commit("agent again");
    alice.write("a.txt", "a1\nby hand\na4, unseen\n");
    let alice = alice.with_env("PROVENANCE", "0");
    alice.git(["add", "--all"]);
    alice.run(alice.command("git").args(["commit", "-q", "-m", "unseen"]));
    alice
}

#[test]
fn lines_are_followed_to_whoever_rewrote_them() {
    let alice = story();
    let all = survival(&alice, &["HEAD~5.."]);
    agrees(&alice, &["HEAD~5.."], &all);
    let ai = &all["lines"]["ai"];
    assert_eq!(
        (&ai["born"], &ai["alive"]),
        (&json!(5), &json!(2)),
        "{all:#}"
    );
    let by = |kind: &str| ai["gone"]["by"][kind]["lines"].as_u64().unwrap();
    assert_eq!(
        ["ai", "human", "unattested", "removed"].map(by),
        [0, 1, 2, 0],
        "{all:#}"
    );
    let human = &all["lines"]["human"];
    assert_eq!(human["gone"]["by"]["ai"]["lines"], 1, "{all:#}");
    assert_eq!(human["gone"]["commits"]["ai"], 1, "{all:#}");
    let whole = survival(&alice, &[]);
    agrees(&alice, &[], &whole);
    assert_eq!(whole["lines"]["unattested"]["born"], 2);
    insta::assert_snapshot!(alice.provenance(["stats", "--survival", "HEAD~5.."]), @r"
    HEAD~5..: 9 lines, until [oid 1] of 2026-05-04

                   lines     alive      7 d     30 d     90 d      gone    after
    ai                 5         2        -        -        -         3     17 s
    mixed              0         0        -        -        -         0        -
    human              3         2        -        -        -         1     11 s
    unattested         1         1        -        -        -         0        -
    all                9         5        -        -        -         4     11 s

    in their place          ai      mixed      human unattested    nothing
    ai                       0          0          1          2          0
    mixed                    0          0          0          0          0
    human                    1          0          0          0          0
    unattested               0          0          0          0          0
    all                      1          0          1          2          0

    taken out by            ai      mixed      human unattested
    ai                       0          0          1          2
    mixed                    0          0          0          0
    human                    1          0          0          0
    unattested               0          0          0          0
    all                      1          0          1          2

    shares are of the lines whose commit is that old
    [exit 0]
    ");
}

#[test]
fn a_range_is_followed_beyond_its_end_unless_told_otherwise() {
    let alice = story();
    let range = "HEAD~5..HEAD~4";
    let to_head = survival(&alice, &[range]);
    assert_eq!(to_head["head"], alice.head());
    assert_eq!(to_head["lines"]["ai"]["alive"], 1, "{to_head:#}");
    let end = alice.git(["rev-parse", "HEAD~4"]);
    let to_end = survival(&alice, &[range, "--at", &end]);
    assert_eq!(to_end["head"], end);
    assert_eq!(to_end["lines"]["ai"]["alive"], 4);
    agrees(&alice, &[range], &to_end);
    let answer = alice.provenance(["stats", "--survival", "HEAD~1..HEAD", "--at", "HEAD~3"]);
    assert!(answer.exits(2).talk().contains("does not descend"));
}

#[test]
fn paths_ages_and_filters_choose_lines_and_not_fates() {
    let alice = story();
    for (args, born, alive) in [
        (&["--", "a.txt"][..], 6, 3),
        (&["--", "b.txt"], 3, 2),
        (&["HEAD~5..", "--", ":!a.txt"], 3, 2),
        (&["--kind", "ai"], 5, 2),
        (&["--model", "gpt-5.1", "--", "a.txt"], 4, 1),
        (&["--verdict", "unattested"], 2, 2),
    ] {
        let found = survival(&alice, args);
        let total = &found["lines"]["total"];
        assert_eq!(
            (&total["born"], &total["alive"]),
            (&json!(born), &json!(alive)),
            "{args:?} {found:#}"
        );
    }
    let days = survival(&alice, &["--days", "30,0,7,7"]);
    assert_eq!(days["days"], json!([0, 7, 30]));
    assert_eq!(
        days["lines"]["total"]["ages"][2]["young"],
        days["lines"]["total"]["born"]
    );
    for wrong in [
        &["--survival", "--by", "mood"][..],
        &["--survival", "--without", "generated"],
        &["--days", "7"],
        &["--survival", "--days", "soon"],
    ] {
        let args = ["stats"].iter().chain(wrong);
        alice.provenance(args).exits(2);
    }
}

#[test]
fn groups_add_up_to_all_lines() {
    let alice = story();
    for by in [
        "model",
        "tool",
        "author",
        "path",
        "session",
        "month",
        "origin",
        "path,model",
    ] {
        let found = survival(&alice, &["--by", by]);
        let total = |what: &str| {
            let groups = found["by"].as_array().unwrap().iter();
            let counts = groups.map(|group| group["lines"][what].as_u64().unwrap());
            counts.sum::<u64>()
        };
        for what in ["born", "alive", "standing", "unknown"] {
            assert_eq!(
                found["lines"]["total"][what],
                total(what),
                "{by} {what} {found:#}"
            );
        }
    }
    let found = survival(&alice, &["--by", "model"]);
    let groups = found["by"].as_array().unwrap();
    let model = groups
        .iter()
        .find(|group| group["key"]["model"] == "openai/gpt-5.1");
    assert_eq!(model.unwrap()["lines"]["born"], 5, "{found:#}");
    let shown = alice.provenance(["stats", "--survival", "--by", "path,model"]);
    let rows = shown.says("a.txt · openai/gpt-5.1");
    for row in rows.text().lines() {
        assert!(row.chars().count() <= 80, "{row}");
    }
}

#[test]
fn dates_that_cannot_be_are_moved_and_said() {
    let alice = Sandbox::new();
    for (line, date) in [("1\n", "@2000000000 +0000"), ("2\n", "@1000000 +0000")] {
        alice.write("a.txt", line);
        alice.git(["add", "--all"]);
        let mut git = alice.command("git");
        let git = git.env("GIT_COMMITTER_DATE", date);
        alice
            .run(git.args(["commit", "-q", "-m", "odd"]))
            .succeeds();
    }
    let found = survival(&alice, &[]);
    assert_eq!(found["clampedCommits"], 1, "{found:#}");
    assert_eq!(found["lines"]["total"]["gone"]["medianSeconds"], 0);
    alice
        .provenance(["stats", "--survival"])
        .says("date that cannot be true");
}

#[test]
fn attack_g34_what_is_not_here_is_not_gone() {
    let alice = story();
    alice.git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", alice.path().display());
    for (options, expected) in [
        (&["--filter=blob:none"][..], "version"),
        (&["--depth=2"], "older"),
    ] {
        let clone = alice.within("../clone");
        let mut git = alice.command("git");
        let git = git.args(["clone", "--quiet"]).args(options);
        alice.run(git.args([&url, "../clone"])).succeeds();
        let found = survival(&clone, &[]);
        assert!(found["incomplete"].is_object(), "{found:#}");
        clone.provenance(["stats", "--survival"]).says(expected);
        std::fs::remove_dir_all(clone.path()).unwrap();
    }
    let bare = alice.within("../bare");
    let mut git = alice.command("git");
    let git = git.args(["clone", "-q", "--bare", "--filter=tree:0", &url, "../bare"]);
    alice.run(git).succeeds();
    let nothing = bare.provenance(["stats", "--survival"]).exits(2);
    nothing
        .says("no line could be followed")
        .says("--no-filter");
}
