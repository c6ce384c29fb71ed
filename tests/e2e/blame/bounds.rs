//! Where options give lines to commits that do not add them, nobody's record is taken for them.

use harness::Sandbox;

use super::like_git::story;
use crate::lines::predicate;

const MODEL: &str = "anthropic/claude-opus-4-5";

/// The kinds that `blame --json` gives with these words, one letter a line.
#[track_caller]
fn kinds(repo: &Sandbox, words: &[&str]) -> String {
    let told = repo.provenance([&["blame", "--json"], words].concat());
    let told = told.succeeds().json();
    let lines = told["lines"].as_array().unwrap().iter();
    lines
        .map(|line| &line["kind"].as_str().unwrap()[..1])
        .collect()
}

/// An agent's lines; then a person's, in a commit that spells one of the agent's anew by hand.
fn two() -> Sandbox {
    let alice = Sandbox::new().with_provenance();
    alice
        .agent(MODEL)
        .edits("a.rs", "fn one() {}\nfn two() {}\nfn three() {}\n");
    alice.commit("by the agent");
    alice.write(
        "a.rs",
        "fn one() {}\nfn two(of: u8, all: u8) {}\nfn three() {}\nfn four() {}\n",
    );
    alice.commit("by hand");
    alice
}

#[test]
fn lines_older_than_a_range_are_not_the_boundarys_authors() {
    let alice = two();
    alice.append("a.rs", "fn five() {}\n");
    alice.commit("more by hand");
    assert_eq!(kinds(&alice, &["a.rs"]), "amahh");
    // Git gives all that is older to the commit at which the range ends; its record says `human`
    // for what it adds, and of the agent's lines it says nothing.
    assert_eq!(kinds(&alice, &["HEAD~1..", "--", "a.rs"]), "umuhh");
    assert_eq!(kinds(&alice, &["^HEAD~1", "a.rs"]), "umuhh");
    let date = alice.git(["log", "-1", "--format=%ct", "HEAD"]);
    let since = format!("--since={date}");
    assert_eq!(kinds(&alice, &[&since, "a.rs"]), "umuhh");
    let text = alice
        .provenance(["blame", "HEAD~1..", "--", "a.rs"])
        .succeeds();
    let marks: String = text.text().lines().map(|row| &row[..1]).collect();
    assert_eq!(marks, "^^^^ ", "{}", text.full());
}

#[test]
fn a_boundary_that_renamed_the_file_has_only_what_it_changed() {
    let alice = two();
    alice.git(["mv", "a.rs", "b.rs"]);
    alice.append("b.rs", "fn five() {}\n");
    alice.commit("rename, by hand");
    alice.append("b.rs", "fn six() {}\n");
    alice.commit("more");
    assert_eq!(kinds(&alice, &["HEAD~1..", "--", "b.rs"]), "uuuuhh");
}

#[test]
fn a_merge_does_not_answer_for_its_other_parents() {
    let alice = two();
    alice.git(["switch", "--quiet", "--create", "side", "HEAD~1"]);
    alice.agent(MODEL).edits("b.rs", "fn b() {}\n");
    alice.commit("the agent, on the side");
    alice.git(["switch", "--quiet", "main"]);
    alice.git(["merge", "--quiet", "--no-edit", "side"]);
    assert_eq!(kinds(&alice, &["b.rs"]), "a");
    assert_eq!(kinds(&alice, &["--first-parent", "b.rs"]), "u");
}

#[test]
fn a_line_that_is_followed_by_guess_is_nobodys() {
    let alice = two();
    // Git guesses that it was the agent's line; it is another one in its place, and no record says
    // whose.
    assert_eq!(kinds(&alice, &["-w", "a.rs"]), "amah");
    assert_eq!(kinds(&alice, &["--ignore-rev", "HEAD", "a.rs"]), "auah");
    let told = alice.provenance(["blame", "--json", "--ignore-rev", "HEAD", "a.rs"]);
    let told = told.succeeds().json();
    let guessed = &told["lines"][1];
    assert_eq!(guessed["commit"], alice.git(["rev-parse", "HEAD~1"]));
    assert_eq!(guessed["verdict"], "verified");
    for key in ["origin", "tool", "model", "session"] {
        assert!(guessed[key].is_null(), "{key}");
    }
    let text = alice
        .provenance(["blame", "--ignore-rev", "HEAD", "a.rs"])
        .succeeds();
    let marks: String = text.text().lines().map(|row| &row[..1]).collect();
    assert_eq!(marks, " ?  ", "{}", text.full());
}

#[test]
fn a_configured_list_of_ignored_commits_changes_nothing_until_it_is_named() {
    let alice = two();
    alice.write("ignored", alice.head());
    alice.git(["config", "blame.ignoreRevsFile", "ignored"]);
    assert_eq!(kinds(&alice, &["a.rs"]), "amah");
    assert_eq!(
        kinds(&alice, &["--ignore-revs-file", "ignored", "a.rs"]),
        "auah"
    );
    assert_eq!(predicate(&alice, "HEAD")["remainder"], "human");
}

#[test]
fn attack_to_ignore_commits_never_makes_a_line_a_persons() {
    let repo = story();
    let repo = repo.with_provenance();
    let text = repo.read("main.rs").replace("alpha_4", "alpha_four");
    repo.agent(MODEL).edits("main.rs", &text);
    repo.commit("by the agent");
    let text = repo.read("main.rs").replace("alpha_four", "alpha_IV");
    repo.write("main.rs", format!("{text}// by hand\n"));
    repo.commit("by hand");
    let human = |words: &[&str]| kinds(&repo, words).matches('h').count();
    let plain = human(&["main.rs"]);
    assert!(plain > 0);
    for revision in ["HEAD", "HEAD~1", "HEAD~2"] {
        assert!(human(&["--ignore-rev", revision, "main.rs"]) <= plain);
    }
}
