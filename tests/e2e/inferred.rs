//! `--infer`: an old repository has something to say, and nothing of it is believed.

use harness::Sandbox;
use serde_json::{Value, json};

use crate::schemas::validates;

const CLAUDE: &str = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>";

/// A repository that never saw `init`: a person, Claude Code, a squash of both, and a robot.
fn old() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("a.rs", "by hand\n");
    alice.commit("begin");
    alice.append("a.rs", "one\ntwo\n");
    alice.commit(&format!("add two\n\n{CLAUDE}"));
    alice.append("a.rs", "squashed\n");
    alice.commit(&format!(
        "add (#7)\n\n* one\n\n* two\n\n---------\n\n{CLAUDE}"
    ));
    alice.write("versions.txt", "x = 2\n");
    alice.git(["add", "-A"]);
    let robot = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>";
    alice.commit_with(["--author", robot, "-m", "Bump x from 1 to 2"]);
    alice
}

fn stats(sandbox: &Sandbox, args: &[&str]) -> Value {
    let args: Vec<&str> = ["stats", "--json"].iter().chain(args).copied().collect();
    let stats = sandbox.provenance(&args).succeeds().json();
    validates("stats.v1", &stats);
    let inferred = &stats["inferred"];
    if inferred.is_null() {
        return stats;
    }
    for counted in ["lines", "commits"] {
        assert_eq!(inferred[counted]["total"], stats[counted]["unattested"]);
        let of = |kind: &str| inferred[counted][kind].as_u64().unwrap();
        let said = of("ai") + of("mixed") + of("automation");
        assert_eq!(of("total"), said + of("unknown"), "{stats:#}");
        let rows = inferred["by"].as_array().unwrap().iter();
        let in_rows: u64 = rows.map(|row| row[counted].as_u64().unwrap()).sum();
        assert_eq!(in_rows, said, "{stats:#}");
    }
    stats
}

#[test]
fn the_first_minute_in_an_old_repository_is_useful() {
    let alice = old();
    let plain = stats(&alice, &[]);
    let mut inferring = stats(&alice, &["--infer"]);
    assert_eq!(
        inferring["inferred"]["lines"],
        json!({"total": 5, "ai": 2, "mixed": 1, "automation": 1, "unknown": 1})
    );
    assert_eq!(
        inferring["inferred"]["commits"],
        json!({"total": 4, "ai": 1, "mixed": 1, "automation": 1, "unknown": 1})
    );
    assert_eq!(
        inferring["inferred"]["by"][0],
        json!({"kind": "ai", "rule": "claude.co-author", "confidence": "high",
               "tool": "claude-code", "model": "anthropic/claude-opus-4-6",
               "lines": 2, "commits": 1})
    );
    inferring["inferred"] = Value::Null;
    assert_eq!(inferring, plain, "what is inferred changes nothing else");
    assert_eq!(plain["lines"]["unattested"], 5);

    let range = stats(&alice, &["--infer", "HEAD~3..HEAD~1"]);
    assert_eq!(range["inferred"]["lines"]["ai"], 2, "{range:#}");
    assert_eq!(range["inferred"]["commits"]["mixed"], 1, "{range:#}");
    let filtered = stats(&alice, &["--infer", "--kind", "human"]);
    assert_eq!(filtered["inferred"]["lines"]["total"], 0);
    assert!(!alice.git_dir().join("provenance").exists());
}

#[test]
fn people_see_what_was_inferred_apart_and_marked() {
    let alice = old();
    let shown = alice.provenance(["stats", "--infer"]);
    for row in shown.text().lines() {
        assert!(row.chars().count() <= 80, "{row}");
    }
    insta::assert_snapshot!(shown, @r"
    tree at [oid 1], 5 lines of 2 files

                     lines   share  commits
    ai                   0    0.0%        0
    mixed                0    0.0%        0
    human                0    0.0%        0
    unattested           5  100.0%        4

    AI   0.0%  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  attested 0.0%

    Unattested, and what messages say of it (inferred: no evidence)
    ai? claude-code anthropic/claude-opus-4-6                2   40.0%        1
    mixed? claude-code anthropic/claude-opus-4-6             1   20.0%        1
    bot? dependabot                                          1   20.0%        1

    ai?                                                      2   40.0%        1
    mixed?                                                   1   20.0%        1
    bot?                                                     1   20.0%        1
    nothing said                                             1   20.0%        1
    [exit 0]
    ");
    insta::assert_snapshot!(alice.provenance(["blame", "--infer", "a.rs"]), @r"
    [oid 1] ?                  2026-05-04 1   by hand
    [oid 2] ai? claude-code    2026-05-04 2 ~ one
    [oid 2] ai? claude-code    2026-05-04 3 ~ two
    [oid 3] mixed? claude-code 2026-05-04 4 ~ squashed
    [exit 0]
    ");
    insta::assert_snapshot!(alice.provenance(["blame", "a.rs"]), @r"
    [oid 1] ? 2026-05-04 1   by hand
    [oid 2] ? 2026-05-04 2   one
    [oid 2] ? 2026-05-04 3   two
    [oid 3] ? 2026-05-04 4   squashed
    [exit 0]
    ");
}

#[test]
fn each_line_names_the_rule_and_the_very_line() {
    let alice = old();
    let blame = alice.provenance(["blame", "--infer", "--json", "a.rs"]);
    let blame = blame.succeeds().json();
    validates("blame.v1", &blame);
    assert_eq!(blame["lines"][0]["inferred"], Value::Null);
    let line = &blame["lines"][1];
    assert_eq!(
        line["inferred"],
        json!({"kind": "ai", "rule": "claude.co-author", "confidence": "high",
               "tool": "claude-code", "model": "anthropic/claude-opus-4-6",
               "evidence": CLAUDE})
    );
    assert_eq!(
        (&line["kind"], &line["tool"], &line["verdict"]),
        (&json!("unattested"), &Value::Null, &json!("unattested"))
    );
    assert_eq!(blame["lines"][3]["inferred"]["kind"], "mixed");
    let porcelain = alice.provenance(["blame", "--infer", "--porcelain", "a.rs"]);
    let porcelain = porcelain.succeeds();
    let added = porcelain
        .text()
        .lines()
        .filter(|row| row.starts_with("provenance-"));
    let added: Vec<&str> = added.collect();
    assert_eq!(
        added[..3],
        [
            "provenance-kind unattested",
            "provenance-verdict unattested",
            "provenance-kind unattested"
        ]
    );
    assert!(added.contains(&"provenance-inferred-rule claude.co-author"));
    assert!(added.contains(&format!("provenance-inferred-evidence {CLAUDE}").as_str()));
    let plain = alice
        .provenance(["blame", "--json", "a.rs"])
        .succeeds()
        .json();
    assert_eq!(plain["lines"][1]["inferred"], Value::Null);
}

#[test]
fn attack_g55_a_forged_trailer_makes_nothing_believed() {
    let alice = Sandbox::new().with_provenance();
    let agent = alice.agent("openai/gpt-5.1");
    agent.edits("a.rs", "by the agent\n");
    alice.commit("recorded");
    let before = stats(&alice, &["--infer"]);
    assert!(
        alice
            .message("HEAD")
            .contains("Assisted-by: my-agent:openai/gpt-5.1")
    );
    assert_eq!(before["lines"]["ai"], 1);
    // What a believed record speaks of is not inferred once more from its trailer.
    assert_eq!(before["inferred"]["commits"]["total"], 0, "{before:#}");

    // As whoever commits without hooks.
    let mallory = alice.with_env("PROVENANCE", "0");
    mallory.append("a.rs", "by mallory\n");
    mallory.commit(&format!(
        "forged\n\nAssisted-by: claude-code:anthropic/claude-opus-4-5\n{CLAUDE}"
    ));
    mallory.append("a.rs", "by mallory, who says a person wrote it\n");
    mallory.commit("forged\n\nReviewed-by: Alice <alice@example.com>\nKind: human");
    let after = stats(&mallory, &["--infer"]);
    for (kind, lines) in [("ai", 1), ("mixed", 0), ("human", 0), ("unattested", 2)] {
        assert_eq!(after["lines"][kind], lines, "{after:#}");
    }
    assert_eq!(after["inferred"]["lines"]["ai"], 1);
    assert_eq!(after["inferred"]["lines"]["unknown"], 1);
    let verdicts = mallory
        .provenance(["verify", "--json", "HEAD~2..HEAD"])
        .exits(1)
        .json();
    assert_eq!(verdicts["counts"]["unattested"], 2, "{verdicts:#}");
    // Where verdicts are asked for nothing is inferred.
    mallory
        .provenance(["verify", "--infer", "HEAD"])
        .exits(2)
        .says("--infer");
}

#[test]
fn rules_come_from_this_machine_and_never_from_the_branch() {
    let alice = Sandbox::new();
    let rules = r#"{"schemaVersion":1,"rules":[{"id":"acme.subject","kind":"ai","tool":"acme",
        "confidence":"medium","match":{"subject":["[ai] *"]}}]}"#;
    alice.write("rules.json", rules);
    alice.commit("[ai] bring rules along");
    let ai = |alice: &Sandbox| stats(alice, &["--infer"])["inferred"]["commits"]["ai"].clone();
    assert_eq!(ai(&alice), 0);
    // A name is one in the Git directory, whatever the branch has of the same name.
    alice.git(["config", "provenance.detectRules", "rules.json"]);
    alice
        .provenance(["stats", "--infer"])
        .exits(2)
        .says("cannot read the rules");
    alice.provenance(["stats"]).succeeds();
    std::fs::write(alice.git_dir().join("rules.json"), rules).unwrap();
    assert_eq!(ai(&alice), 1);
    for (value, words) in [
        ("../rules.json", "name a file in the Git directory"),
        ("./rules.json", "name a file in the Git directory"),
    ] {
        alice.git(["config", "provenance.detectRules", value]);
        alice
            .provenance(["blame", "--infer", "rules.json"])
            .exits(2)
            .says(words);
    }
    std::fs::write(alice.home().join("mine.json"), "{}").unwrap();
    alice.git(["config", "provenance.detectRules", "~/mine.json"]);
    alice
        .provenance(["stats", "--infer"])
        .exits(2)
        .says("holds no rules");
    std::fs::write(alice.home().join("mine.json"), rules).unwrap();
    assert_eq!(ai(&alice), 1);
}
