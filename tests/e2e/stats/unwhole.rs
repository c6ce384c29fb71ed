//! `stats` in clones that do not have everything: it counts what is here, fetches nothing, and says
//! what it could not count.

use harness::Sandbox;

use super::stats;

/// A served repository: `a.txt` changed twice, `b.txt` once.
fn served() -> (Sandbox, String) {
    let alice = Sandbox::new();
    alice.git(["config", "uploadpack.allowFilter", "true"]);
    alice.git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    alice.write("a.txt", "1\n2\n");
    alice.commit("one");
    alice.write("a.txt", "1\n2\n3\n");
    alice.write("b.txt", "1\n");
    alice.commit("two");
    alice.append("a.txt", "4\n");
    alice.commit("three");
    let url = format!("file://{}", alice.path().display());
    (alice, url)
}

fn clone(of: &Sandbox, url: &str, options: &[&str]) -> Sandbox {
    let clone = of.within("../clone");
    let mut git = of.command("git");
    let git = git.args(["clone", "--quiet"]).args(options);
    of.run(git.args([url, "../clone"])).succeeds();
    clone
}

fn lacking(clone: &Sandbox) -> usize {
    let listed = clone.git(["rev-list", "--objects", "--all", "--missing=print"]);
    listed.lines().filter(|line| line.starts_with('?')).count()
}

#[test]
fn attack_g34_a_partial_clone_counts_what_is_here_and_fetches_nothing() {
    let (alice, url) = served();
    let clone = clone(&alice, &url, &["--filter=blob:none"]);
    let lacks = lacking(&clone);
    assert!(lacks > 0, "nothing is left at the remote");
    let counted = stats(&clone, &[]);
    assert_eq!(counted["lines"]["total"], 1, "{counted:#}");
    assert_eq!(counted["files"]["text"], 1);
    assert_eq!(counted["files"]["missing"], 1);
    assert_eq!(counted["incomplete"]["files"], 1);
    let range = stats(&clone, &["HEAD~2.."]);
    assert_eq!(range["incomplete"]["files"], 1, "{range:#}");
    assert_eq!(range["incomplete"]["commits"], 2);
    assert_eq!(range["added"]["total"], 0);
    assert_eq!(range["commits"]["unattested"], 2);
    insta::assert_snapshot!(clone.provenance(["stats", "HEAD~2.."]), @r"
    HEAD~2..: 1 line still there at [oid 1]
    incomplete:
      1 file of which something is not here
      2 commits of which the change is not here

                     lines   share  commits
    ai                   0    0.0%        0
    mixed                0    0.0%        0
    human                0    0.0%        0
    unattested           1  100.0%        2

    AI   0.0%  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  attested 0.0%
    added 0 lines: 0 ai, 0 mixed, 0 human, 0 unattested
    [exit 0]
    ");
    assert_eq!(lacking(&clone), lacks, "something was fetched");
}

#[test]
fn attack_g34_a_clone_without_any_content_could_not_answer() {
    let (alice, url) = served();
    let clone = clone(&alice, &url, &["--filter=blob:none", "--no-checkout"]);
    let lacks = lacking(&clone);
    let answer = clone.provenance(["stats", "--json"]).exits(2);
    let counted = answer.json();
    crate::schemas::validates("stats.v1", &counted);
    assert_eq!(counted["incomplete"]["files"], 2, "{counted:#}");
    assert_eq!(counted["lines"]["total"], 0);
    assert!(
        answer.talk().contains("hint: git fetch"),
        "{}",
        answer.full()
    );
    assert_eq!(lacking(&clone), lacks, "something was fetched");
}

#[test]
fn attack_g34_a_shallow_clone_says_which_lines_may_be_older() {
    let (alice, url) = served();
    let clone = clone(&alice, &url, &["--depth=2"]);
    let counted = stats(&clone, &[]);
    assert_eq!(counted["lines"]["total"], 5, "{counted:#}");
    assert_eq!(counted["incomplete"]["boundaryLines"], 4);
    assert_eq!(counted["incomplete"]["files"], 0);
    // Above the boundary everything is here.
    let range = stats(&clone, &["HEAD~1.."]);
    assert_eq!(range["incomplete"], serde_json::Value::Null, "{range:#}");
    assert_eq!(range["lines"]["total"], 1);
}
