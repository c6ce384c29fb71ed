//! Merges: clean ones, conflicts that somebody solves, and squashes.

use super::{Row, ai, at_odds, human, parted, rows, solve};
use harness::Sandbox;

const MERGED: Row = Row {
    operation: "",
    hooks: "commit-msg, post-merge",
    verdict: "verified",
    lines: "ai stay ai; human stay human",
    story: |_, _| {},
};

/// A merge that stops at a conflict.
fn stopped(alice: &Sandbox, now: &dyn Fn()) {
    at_odds(alice);
    now();
    assert_ne!(alice.try_git(["merge", "-q", "side"]).status, 0);
}

rows! {
    a_merge: Row {
        operation: "`merge --no-ff`",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["merge", "-q", "--no-ff", "--no-edit", "side"]);
            alice.provenance(["verify"]).succeeds();
        },
        ..MERGED
    };
    a_merge_that_bypasses_the_hooks: Row {
        operation: "`merge --no-verify`",
        hooks: "post-merge",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["merge", "-q", "--no-verify", "--no-edit", "side"]);
        },
        ..MERGED
    };
    a_fast_forward: Row {
        operation: "`merge --ff-only`",
        hooks: "post-merge",
        verdict: "no commit",
        story: |alice, now| {
            parted(alice);
            alice.git(["checkout", "-q", "-b", "behind", "side~2"]);
            now();
            alice.git(["merge", "-q", "--ff-only", "side"]);
        },
        ..MERGED
    };
    an_octopus: Row {
        operation: "`merge` of three",
        story: |alice, now| {
            parted(alice);
            alice.git(["checkout", "-q", "-b", "third", "main~1"]);
            ai(alice, "t.txt", "ai third\n");
            alice.commit("third");
            alice.git(["checkout", "-q", "main"]);
            now();
            alice.git(["merge", "-q", "--no-edit", "side", "third"]);
        },
        ..MERGED
    };
    a_merge_that_a_human_solves: Row {
        operation: "`merge`, a conflict that a human solves, `commit`",
        hooks: "commit-msg, post-commit",
        story: |alice, now| {
            stopped(alice, now);
            solve(alice, "a.txt", |solved| human(alice, "a.txt", &format!("human {solved}\n")));
            alice.commit_with(["--no-edit"]);
        },
        ..MERGED
    };
    a_merge_that_an_agent_solves: Row {
        operation: "`merge`, a conflict that an agent solves, `merge --continue`",
        hooks: "commit-msg, post-commit",
        story: |alice, now| {
            stopped(alice, now);
            solve(alice, "a.txt", |solved| ai(alice, "a.txt", &format!("ai {solved}\n")));
            alice.git(["merge", "--continue"]);
        },
        ..MERGED
    };
    a_squash_merge: Row {
        operation: "`merge --squash`, then `commit -m`",
        hooks: "post-merge, commit-msg, post-commit",
        verdict: "carried",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["merge", "-q", "--squash", "side"]);
            alice.commit_with(["-m", "squashed"]);
        },
        ..MERGED
    };
    a_squash_merge_with_its_message: Row {
        operation: "`merge --squash`, then `commit` with Git's message",
        hooks: "post-merge, commit-msg, post-commit",
        verdict: "carried",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["merge", "-q", "--squash", "side"]);
            alice.commit_with(["--no-edit"]);
        },
        ..MERGED
    };
}
