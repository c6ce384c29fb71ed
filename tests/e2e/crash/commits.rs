//! Dying in the hooks of everything that makes commits.

use harness::{ClaudeCode, Sandbox};

use super::told::Told;
use super::{Points, Story, dies_everywhere, sandbox};

pub(super) const STORIES: &[Story] = &[
    ("commit", commit),
    ("commit in an editor", commit_in_an_editor),
    ("commit, with much taken down", commit_with_a_long_journal),
    ("commit --no-verify", commit_without_commit_msg),
    ("commit with PROVENANCE=0", commit_switched_off),
    ("commit-msg by hand", commit_msg_by_hand),
    ("commit after an event died", commit_after_a_dead_event),
    ("commit --amend", amend),
    ("rebase", rebase),
    ("merge", merge),
    ("am", am),
];

fn agree(expected: &Told, told: &Told, what: &str) {
    told.is(expected, what);
}

/// A repository in which an agent and a person have one commit, and more that is staged.
fn staged() -> Sandbox {
    let alice = sandbox().with_provenance();
    alice.write("base.txt", "base\n");
    alice.commit("base");
    alice
}

fn works<'a>(alice: &'a Sandbox, claude: &ClaudeCode<'a>) {
    claude.is_asked("a file, please").answers("m-1", 100, 20);
    claude.writes("ai.txt", "one\ntwo\nthree\n");
    alice.agent("openai/gpt-5.1").edits("b.txt", "b\n");
    alice.append("ai.txt", "by hand\n");
    alice.write("hand.txt", "by hand\n");
    alice.git(["add", "--all"]);
}

/// Commits again what was not, mends the rest, and works on.
fn goes_on<'a>(alice: &'a Sandbox, claude: &ClaudeCode<'a>, subject: &str) {
    if !is_committed(alice, subject) {
        alice.git(["commit", "--quiet", "--message", subject]);
    }
    reconciles(alice);
    claude.is_asked("more").answers("m-2", 10, 2);
    claude.writes("next.txt", "next\n");
    alice.commit("next");
}

fn is_committed(alice: &Sandbox, subject: &str) -> bool {
    alice.git(["log", "-1", "--format=%s"]) == subject
}

fn reconciles(alice: &Sandbox) {
    // A commit of which nobody knows anything is an answer, and no error.
    let first = alice.provenance(["reconcile"]);
    assert!(matches!(first.status, 0 | 1), "{}", first.full());
    let again = alice.provenance(["reconcile", "--json"]);
    assert_eq!(again.status, first.status, "{}", again.full());
    assert_eq!(again.json()["mended"], serde_json::json!([]));
}

fn commit(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    let act = |alice: &Sandbox| drop(alice.try_git(["commit", "--quiet", "--message", "one"]));
    let go_on = |alice: &Sandbox| goes_on(alice, &claude, "one");
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

/// What the editor shows below the message stays there. What was left beside it goes with the next.
fn commit_in_an_editor(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    let commit = ["commit", "--quiet", "--edit", "--message", "one"];
    let act = |alice: &Sandbox| drop(alice.try_git(commit));
    let go_on = |alice: &Sandbox| {
        goes_on(alice, &claude, "one");
        claude.writes("next.txt", "more\n");
        alice.git(["commit", "--all", "--quiet", "--edit", "--message", "more"]);
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn commit_with_a_long_journal(name: &str) -> Points {
    let alice = staged();
    alice.git(["config", "provenance.keepPrompts", "true"]);
    let claude = alice.claude_code();
    for n in 0..4 {
        claude.is_asked(&"long ".repeat(5_000 + n));
    }
    works(&alice, &claude);
    let act = |alice: &Sandbox| drop(alice.try_git(["commit", "--quiet", "--message", "one"]));
    let go_on = |alice: &Sandbox| goes_on(alice, &claude, "one");
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn commit_without_commit_msg(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    let act = |alice: &Sandbox| {
        drop(alice.try_git(["commit", "--quiet", "--no-verify", "--message", "one"]));
    };
    let go_on = |alice: &Sandbox| goes_on(alice, &claude, "one");
    // Whoever dies before the record is fixed is as one that was never started: nothing is known.
    let agree = |expected: &Told, told: &Told, what: &str| {
        if told.commits[1].1 != "unattested" {
            return told.is(expected, what);
        }
        for path in ["ai.txt", "b.txt", "hand.txt"] {
            assert_eq!(told.kinds[path].replace('u', ""), "", "{what}: {path}");
        }
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn commit_switched_off(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    let act = |alice: &Sandbox| {
        let off = alice.within("").with_env("PROVENANCE", "0");
        drop(off.try_git(["commit", "--quiet", "--message", "off"]));
        alice.write("one.txt", "by hand\n");
        alice.git(["add", "--all"]);
        drop(alice.try_git(["commit", "--quiet", "--message", "one"]));
    };
    let go_on = |alice: &Sandbox| goes_on(alice, &claude, "one");
    // Whoever dies while he counts has not counted.
    let agree = |expected: &Told, told: &Told, what: &str| {
        assert_eq!(expected.kinds, told.kinds, "{what}");
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

/// A tool that makes commits by itself runs the hook on an index that Git wrote no tree of.
fn commit_msg_by_hand(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    let act = |alice: &Sandbox| {
        alice.write(".git/COMMIT_EDITMSG", "one\n");
        drop(alice.hook(["commit-msg", ".git/COMMIT_EDITMSG"], b""));
        alice.git(["update-index", "--split-index"]);
        drop(alice.hook(["commit-msg", ".git/COMMIT_EDITMSG"], b""));
        alice.git(["update-index", "--no-split-index"]);
    };
    let go_on = |alice: &Sandbox| goes_on(alice, &claude, "one");
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

/// Nobody knows what the event would have told: nothing of the commit is a person's.
fn commit_after_a_dead_event(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    let dead = alice
        .git_dir()
        .join("provenance/journal/main/under-way/1-0");
    std::fs::write(dead, "").unwrap();
    let act = |alice: &Sandbox| drop(alice.try_git(["commit", "--quiet", "--message", "one"]));
    let go_on = |alice: &Sandbox| goes_on(alice, &claude, "one");
    let agree = |expected: &Told, told: &Told, what: &str| {
        assert_eq!(told.kinds["hand.txt"], "u", "{what}");
        told.is(expected, what);
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn amend(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    alice.commit("one");
    claude.writes("more.txt", "more\n");
    alice.append("hand.txt", "more by hand\n");
    alice.git(["add", "--all"]);
    let amend = ["commit", "--quiet", "--amend", "--message", "two"];
    let act = |alice: &Sandbox| drop(alice.try_git(amend));
    let go_on = |alice: &Sandbox| {
        if !is_committed(alice, "two") {
            alice.git(amend);
        }
        goes_on(alice, &claude, "two");
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn rebase(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    alice.commit("one");
    claude.writes("two.txt", "two\n");
    alice.commit("two");
    alice.git(["switch", "--quiet", "--create", "side", "HEAD~2"]);
    alice.write("side.txt", "side\n");
    alice.commit("side");
    alice.git(["switch", "--quiet", "main"]);
    let act = |alice: &Sandbox| drop(alice.try_git(["rebase", "--quiet", "side"]));
    let go_on = |alice: &Sandbox| goes_on(alice, &claude, "two");
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn merge(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    alice.commit("one");
    alice.git(["switch", "--quiet", "--create", "side", "HEAD~1"]);
    alice.write("side.txt", "side\n");
    alice.commit("side");
    alice.git(["switch", "--quiet", "main"]);
    let merge = ["merge", "--quiet", "--no-ff", "--message", "merged", "side"];
    let act = |alice: &Sandbox| drop(alice.try_git(merge));
    let go_on = |alice: &Sandbox| {
        if !is_committed(alice, "merged") {
            // Git keeps the merge open; whoever merges goes on with it.
            alice.git(["commit", "--quiet", "--no-edit"]);
        }
        goes_on(alice, &claude, "merged");
    };
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}

fn am(name: &str) -> Points {
    let alice = staged();
    let claude = alice.claude_code();
    works(&alice, &claude);
    alice.commit("one");
    alice.git(["format-patch", "--quiet", "-1", "--output-directory", ".."]);
    alice.git(["switch", "--quiet", "--create", "side", "HEAD~1"]);
    alice.write("side.txt", "side\n");
    alice.commit("side");
    let act = |alice: &Sandbox| drop(alice.try_git(["am", "--quiet", "../0001-one.patch"]));
    let go_on = |alice: &Sandbox| goes_on(alice, &claude, "one");
    dies_everywhere(name, &alice, &act, &go_on, &agree)
}
