//! `blame`: who wrote each line, held against `git blame`.

mod bounds;
mod forms;
mod like_git;
mod odd;
mod view;
mod work_tree;

pub(crate) use like_git::story;

use harness::Sandbox;
use provenance_core::git::ObjectId;

use crate::first_commit::told;
use crate::lines::kinds;

/// Old lines, `init`, an agent's lines, one of them changed by hand, and a person's own.
fn mixed() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("a.rs", "fn old() {}\n");
    alice.commit("begin");
    let alice = alice.with_provenance();
    let agent = alice.agent("anthropic/claude-opus-4-5");
    agent.is_asked("add two");
    agent.edits(
        "a.rs",
        "fn old() {}\nfn one() -> u8 { 1 }\nfn two() -> u8 { 2 }\n",
    );
    alice.write(
        "a.rs",
        "fn old() {}\nfn one() -> u8 { 1 }\nfn two() -> u8 { 2 + 0 }\nfn mine() {}\n",
    );
    alice.commit("add");
    alice
}

#[test]
fn every_line_says_who_wrote_it() {
    let alice = mixed();
    insta::assert_snapshot!(alice.provenance(["blame", "a.rs"]), @r"
    [oid 1] ?           2026-05-04 1   fn old() {}
    [oid 2] ai opus-4-5 2026-05-04 2 | fn one() -> u8 { 1 }
    [oid 2] ai+Alice    2026-05-04 3 : fn two() -> u8 { 2 + 0 }
    [oid 2] Alice       2026-05-04 4   fn mine() {}
    [exit 0]
    ");
}

#[test]
fn a_revision_a_range_and_a_folder_below_are_understood_as_git_does() {
    let alice = mixed();
    alice.write("sub/b.rs", "fn b() {}\n");
    alice.commit("below");
    for args in [
        vec!["blame", "-L", "2,3", "a.rs"],
        vec!["blame", "-L", "2,3", "HEAD", "a.rs"],
        vec!["blame", "HEAD", "-L2,3", "--", "a.rs"],
        vec!["blame", "-L/one/,+2", "HEAD~1", "--", "./sub/../a.rs"],
    ] {
        let text = alice.provenance(&args).succeeds();
        assert_eq!(text.text().lines().count(), 2, "{args:?}\n{}", text.full());
        assert!(text.text().contains("ai opus-4-5"), "{}", text.full());
    }
    let below = alice.within("sub");
    below.provenance(["blame", "b.rs"]).succeeds().says("Alice");
    below
        .provenance(["blame", "../a.rs"])
        .succeeds()
        .says("ai+Alice");
    let absolute = alice.path().join("a.rs");
    let absolute = absolute.to_str().unwrap();
    below
        .provenance(["blame", absolute])
        .succeeds()
        .says("ai+Alice");
}

#[test]
fn lines_keep_their_author_through_renames_moves_and_white_space() {
    let alice = told();
    alice.git(["mv", "retry.rs", "again.rs"]);
    alice.commit("rename");
    assert_eq!(kinds(&alice, "again.rs"), "aaahh");

    let text = alice
        .read("again.rs")
        .replace("    back_off", "        back_off");
    alice.write("again.rs", text);
    alice.commit("indent");
    assert_eq!(kinds(&alice, "again.rs"), "ahahh");
    let ignoring = alice.provenance(["blame", "-w", "again.rs"]).succeeds();
    assert_eq!(ignoring.text().matches(" ai opus-4-5 ").count(), 3);
}

#[test]
fn what_a_file_says_cannot_act_on_the_terminal() {
    let alice = Sandbox::new();
    alice.write("a", "red \x1b[31m and \u{202e}backwards\n");
    alice.git(["config", "user.name", "Al\u{1b}[2Jice"]);
    alice.commit("sly");
    let shown = alice.provenance(["blame", "a"]).succeeds();
    assert!(
        !shown.text().contains(['\u{1b}', '\u{202e}']),
        "{}",
        shown.full()
    );
    shown.says("red \\u{1b}[31m and \\u{202e}backwards");
}

#[test]
fn a_file_or_a_line_that_is_not_there_is_an_error_with_gits_words() {
    let alice = told();
    for (args, words) in [
        (vec!["blame", "nope.rs"], "there is no `nope.rs`"),
        (vec!["blame", "nope", "retry.rs"], "nope"),
        (vec!["blame", "-L", "90,99", "retry.rs"], "has only 5 lines"),
        (vec!["blame", "../outside"], "outside the repository"),
        (vec!["blame"], "name one file"),
    ] {
        alice.provenance(&args).exits(2).says(words);
    }
}

#[test]
fn what_has_no_lines_is_named_for_what_it_is() {
    let repo = Sandbox::new().with_provenance();
    repo.write("folder/a.txt", "1\n");
    let first = repo.commit("first");
    let blame = |path: &str| repo.provenance(["blame", "--", path]).exits(2);
    blame("folder")
        .says("is a directory in")
        .says("name a file of it");
    let link = format!("160000,{first},library");
    repo.git(["update-index", "--add", "--cacheinfo", &link]);
    repo.commit_with(["-m", "a submodule"]);
    for path in ["library", "library/a.txt"] {
        let told = blame(path).says("`library` is a submodule");
        told.says("ask in it: git -C library provenance");
    }
    blame("folder/b.txt").says("there is no `folder/b.txt`");
}

#[test]
fn what_stats_kept_answers_as_git_does() {
    let alice = mixed();
    let ask = |args: &[&str]| alice.provenance(args).succeeds().json();
    let told = |args: &[&str]| (ask(args)["lines"].clone(), ask(args)["path"].clone());
    let here = ["blame", "--json", "a.rs"];
    let before = told(&here);
    alice.provenance(["stats"]).succeeds();
    assert!(alice.path().join(".git/provenance/index/history").is_file());
    assert_eq!(told(&here), before);
    assert_eq!(told(&["blame", "--json", "HEAD", "a.rs"]), before);
    // A commit on top of what was kept, and what no commit has.
    alice.write("a.rs", "fn new() {}\nfn old() {}\nfn one() -> u8 { 1 }\n");
    let edited = ask(&here);
    assert_eq!(edited["lines"][0]["commit"], "0".repeat(40));
    alice.commit("new");
    let (lines, _) = told(&here);
    alice
        .provenance(["blame", "--porcelain", "a.rs"])
        .succeeds();
    std::fs::remove_dir_all(alice.path().join(".git/provenance/index")).unwrap();
    assert_eq!(told(&here).0, lines);
}

#[test]
fn what_stats_kept_is_asked_before_git_is() {
    let sandbox = Sandbox::new();
    for text in ["one\n", "one\ntwo\n"] {
        sandbox.write("f", text);
        sandbox.commit("more");
    }
    let before = sandbox.provenance(["blame", "--json", "f"]).succeeds();
    sandbox.provenance(["stats"]).succeeds();
    assert!(!sandbox.path().join(".git/provenance").exists());
    // Without it Git cannot compare the two.
    let blob = sandbox.git(["rev-parse", "HEAD~1:f"]);
    let (folder, name) = blob.trim_end().split_at(2);
    let object = sandbox.path().join(".git/objects").join(folder).join(name);
    std::fs::remove_file(object).unwrap();
    let after = sandbox.provenance(["blame", "--json", "f"]).succeeds();
    assert_eq!(after.json(), before.json());
    // Any option is Git's to answer, and so is everything for whoever does not want it.
    sandbox.provenance(["blame", "--json", "-w", "f"]).exits(2);
    sandbox.git(["config", "provenance.historyIndex", "false"]);
    sandbox.provenance(["blame", "--json", "f"]).exits(2);
}

/// Lets two ids trade places in a kept file, under a checksum that is right.
fn lies(alice: &Sandbox, name: &str, one: &str, other: &str) {
    let id = |revision| {
        let id = alice.git(["rev-parse", revision]);
        let id: ObjectId = id.trim_end().parse().unwrap();
        id.as_bytes().to_vec()
    };
    let (one, other) = (id(one), id(other));
    let file = alice.path().join(".git/provenance/index").join(name);
    let mut bytes = std::fs::read(&file).unwrap();
    let place =
        |bytes: &[u8], id: &[u8]| bytes.windows(20).position(|window| window == id).unwrap();
    let (at_one, at_other) = (place(&bytes, &one), place(&bytes, &other));
    bytes[at_one..at_one + 20].copy_from_slice(&other);
    bytes[at_other..at_other + 20].copy_from_slice(&one);
    let sum = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1 + 32;
    let right = crc32fast::hash(&bytes[sum + 4..]).to_be_bytes();
    bytes[sum..sum + 4].copy_from_slice(&right);
    std::fs::write(&file, &bytes).unwrap();
}

#[test]
fn attack_g57_an_index_that_lies_changes_no_verdict_and_can_be_left_out() {
    let alice = mixed();
    alice.write("b.rs", "fn b() {}\n");
    alice.commit("more");
    alice.provenance(["stats"]).succeeds();
    let ask = || alice.provenance(["blame", "--json", "a.rs"]).json();
    let (truth, verdicts) = (ask(), alice.provenance(["verify", "HEAD"]));

    lies(&alice, "history", "HEAD~2", "HEAD~1");
    assert_ne!(ask(), truth, "nobody believed the lie, so nothing is shown");
    assert_eq!(alice.provenance(["verify", "HEAD"]).full(), verdicts.full());
    alice.git(["config", "provenance.historyIndex", "false"]);
    assert_eq!(ask(), truth);
}

#[test]
fn attack_g57_a_catalog_that_lies_changes_no_verdict_and_no_line_that_a_record_speaks_of() {
    // Two commits of which records speak, and two of others.
    let alice = mixed();
    alice.write("b.rs", "fn b() {}\n");
    alice.commit("more");
    for (name, text) in [("Bob", "1\n"), ("Carol", "1\n2\n3\n")] {
        alice.write("c.txt", text);
        alice.git(["add", "--all"]);
        let author = format!("--author={name} <{name}@example.com>");
        let unseen = ["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "c"];
        alice.git([&unseen[..], &[&author]].concat());
    }
    let stats = || {
        let asked = ["stats", "--json", "--by", "author"];
        alice.provenance(asked).succeeds().json()
    };
    let truth = stats();
    let told = |args: &[&str]| alice.provenance(args.iter().copied()).full();
    let verdicts = told(&["verify", "HEAD"]);
    let blame = told(&["blame", "--json", "a.rs"]);

    lies(&alice, "commits", "HEAD~1", "HEAD");
    assert_ne!(
        stats(),
        truth,
        "nobody believed the lie, so nothing is shown"
    );
    lies(&alice, "commits", "HEAD~1", "HEAD");
    assert_eq!(stats(), truth);
    // The patches of the other two trade places, and are worked out again.
    lies(&alice, "commits", "HEAD~3", "HEAD~2");
    assert_eq!(stats(), truth);
    lies(&alice, "commits", "HEAD~3", "HEAD~2");
    assert_eq!(told(&["blame", "--json", "a.rs"]), blame);
    assert_eq!(told(&["verify", "HEAD"]), verdicts);
    lies(&alice, "commits", "HEAD~1", "HEAD");
    alice.git(["config", "provenance.historyIndex", "false"]);
    assert_eq!(stats(), truth);
}
