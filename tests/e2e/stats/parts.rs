//! `stats` tells generated and vendored files apart, by the tree that is counted.

use harness::Sandbox;
use serde_json::{Value, json};

use super::stats;

/// One line each, of a program, a lock file, what a generator wrote, and other people's code.
fn all_parts() -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    let agent = alice.agent("openai/gpt-5.1");
    agent.edits("src/main.rs", "fn main() {}\n");
    agent.edits("Cargo.lock", "[[package]]\n");
    alice.write("src/schema.rs", "// made of schema.sql\n");
    alice.write("vendor/lib/a.c", "int a;\n");
    alice.write("vendor/lib/go.sum", "a v1 h1:x=\n");
    alice.write("logo.min.js", b"\0");
    alice.write(".gitattributes", "src/schema.rs linguist-generated\n");
    alice.commit("all parts");
    alice
}

fn totals(stats: &Value) -> [u64; 3] {
    let total = |tally: &Value| tally["total"].as_u64().unwrap();
    let parts = &stats["parts"];
    [
        total(&stats["lines"]),
        total(&parts["generated"]["lines"]),
        total(&parts["vendored"]["lines"]),
    ]
}

#[test]
fn generated_and_vendored_lines_count_and_are_told_apart() {
    let alice = all_parts();
    let all = stats(&alice, &[]);
    assert_eq!(totals(&all), [6, 2, 2]);
    assert_eq!(all["parts"]["generated"]["files"], 2);
    assert_eq!(all["parts"]["generated"]["lines"]["ai"], 1);
    assert_eq!(all["parts"]["attributesRead"], true);
    assert_eq!(all["files"]["binary"], 1);
    for (without, expected) in [
        ("generated", 4),
        ("vendored", 4),
        ("generated,vendored,vendored", 2),
    ] {
        let left = stats(&alice, &["--without", without]);
        assert_eq!(totals(&left), [expected, 2, 2], "{without}");
    }
    let none = stats(&alice, &["--without", "vendored", "--kind", "ai"]);
    assert_eq!(totals(&none), [2, 1, 0]);
    insta::assert_snapshot!(alice.provenance(["stats", "--without", "vendored"]), @r"
    tree at [oid 1], 4 lines of 4 files
    not counted, because not text: 1 binary
    generated: 2 lines of 2 files
    vendored: 2 lines of 2 files, left out

                       lines   share  commits
    openai/gpt-5.1         2   50.0%        1

    ai                     2   50.0%        0
    mixed                  0    0.0%        1
    human                  2   50.0%        0
    unattested             0    0.0%        0

    AI  50.0%  ████████████████████░░░░░░░░░░░░░░░░░░░░  attested 100.0%
    [exit 0]
    ");
    alice.provenance(["stats", "--without", "own"]).exits(2);
}

#[test]
fn attributes_are_those_of_the_tree_that_is_counted() {
    let alice = all_parts();
    let before = alice.head();
    // What lies on the disk, and in the person's own configuration, says nothing.
    alice.write(".gitattributes", "* linguist-vendored\n");
    alice.write(".own", "* linguist-generated\n");
    let own = alice.path().join(".own");
    alice.git([
        "config",
        "--global",
        "core.attributesFile",
        own.to_str().unwrap(),
    ]);
    assert_eq!(totals(&stats(&alice, &[])), [6, 2, 2]);
    assert_eq!(totals(&stats(&alice.within("src"), &[])), [6, 2, 2]);
    // A later commit says something else; the older range still says what it said.
    alice.git(["rm", "-q", "--cached", "-r", "vendor"]);
    std::fs::remove_dir_all(alice.path().join("vendor")).unwrap();
    alice.write(
        ".gitattributes",
        "[attr]made linguist-generated=true -linguist-vendored\n*.lock -linguist-generated\n",
    );
    alice.write("src/.gitattributes", "main.rs made\n");
    std::fs::remove_file(own).unwrap();
    alice.commit("other attributes");
    let now = stats(&alice, &["--by", "path", "--depth", "0"]);
    assert_eq!(totals(&now), [6, 1, 0], "{now:#}");
    let older = stats(&alice, &[&before]);
    assert_eq!(totals(&older), [6, 2, 2]);
    assert_eq!(older["parts"]["vendored"]["added"]["total"], 2);
    assert_eq!(older["added"]["total"], 6);
    let older = stats(&alice, &[&before, "--without", "generated"]);
    assert_eq!(older["added"]["total"], 4);
    assert_eq!(older["parts"]["generated"]["added"]["ai"], 1);
    assert_eq!(
        older["commits"],
        json!({"total": 1, "ai": 0, "mixed": 1, "human": 0, "unattested": 0})
    );
}
