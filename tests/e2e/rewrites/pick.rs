//! Cherry-picks and reverts: by Git alone, and with somebody's help.

use super::{Row, ai, at_odds, human, parted, rows, solve, written};
use harness::Sandbox;

const PICKED: Row = Row {
    operation: "",
    hooks: "post-commit",
    verdict: "carried",
    lines: "ai stay ai; human stay human",
    story: |_, _| {},
};

/// A commit with lines of both, and one that cuts them.
fn cut(alice: &Sandbox) {
    written(alice);
    alice.write("a.txt", "old 1\nold 2\nold 3\nhuman new\n");
    alice.commit("cut");
}

rows! {
    a_pick: Row {
        operation: "`cherry-pick`",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["cherry-pick", "side~2"]);
        },
        ..PICKED
    };
    a_pick_of_a_range: Row {
        operation: "`cherry-pick A..B`",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["cherry-pick", "main..side"]);
        },
        ..PICKED
    };
    a_pick_that_is_edited: Row {
        operation: "`cherry-pick --edit`",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["cherry-pick", "--edit", "side~2"]);
        },
        ..PICKED
    };
    a_pick_with_a_conflict: Row {
        operation: "`cherry-pick`, a conflict, `cherry-pick --continue`",
        hooks: "commit-msg, post-commit",
        story: |alice, now| {
            at_odds(alice);
            now();
            assert_ne!(alice.try_git(["cherry-pick", "side"]).status, 0);
            solve(alice, "a.txt", |solved| human(alice, "a.txt", &format!("human {solved}\n")));
            alice.git(["cherry-pick", "--continue"]);
        },
        ..PICKED
    };
    a_pick_without_a_commit: Row {
        operation: "`cherry-pick -n`, then `commit`",
        hooks: "commit-msg, post-commit",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["cherry-pick", "-n", "side~2"]);
            alice.commit_with(["--no-edit"]);
        },
        ..PICKED
    };
    a_revert: Row {
        operation: "`revert`",
        hooks: "post-commit",
        lines: "ai stay ai; human stay human",
        story: |alice, now| {
            cut(alice);
            now();
            alice.git(["revert", "--no-edit", "HEAD"]);
        },
        ..PICKED
    };
    a_revert_that_only_takes_away: Row {
        operation: "`revert` of a commit that only adds",
        verdict: "verified",
        lines: "",
        story: |alice, now| {
            ai(alice, "a.txt", "ai one\n");
            alice.commit("written");
            now();
            alice.git(["revert", "--no-edit", "HEAD"]);
        },
        ..PICKED
    };
    a_revert_of_a_revert: Row {
        operation: "`revert` of a `revert`",
        story: |alice, now| {
            written(alice);
            alice.git(["revert", "--no-edit", "HEAD"]);
            now();
            alice.git(["revert", "--no-edit", "HEAD"]);
        },
        ..PICKED
    };
    a_revert_with_a_conflict: Row {
        operation: "`revert`, a conflict, `revert --continue`",
        hooks: "commit-msg, post-commit",
        story: |alice, now| {
            cut(alice);
            human(alice, "a.txt", "human newer\n");
            alice.commit("meanwhile");
            now();
            assert_ne!(alice.try_git(["revert", "--no-edit", "HEAD~1"]).status, 0);
            solve(alice, "a.txt", |solved| human(alice, "a.txt", &format!("human {solved}\n")));
            alice.git(["revert", "--continue"]);
        },
        ..PICKED
    };
    a_pick_without_a_commit_of_a_humans: Row {
        operation: "`cherry-pick -n` of a human's commit, then `commit`",
        hooks: "commit-msg, post-commit",
        lines: "human stay human",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["cherry-pick", "-n", "side"]);
            alice.commit_with(["--no-edit"]);
        },
        ..PICKED
    };
    a_pick_across_a_rename: Row {
        operation: "`cherry-pick` where the file has another name by now",
        story: |alice, now| {
            parted(alice);
            alice.git(["mv", "a.txt", "renamed.txt"]);
            alice.commit("renamed");
            now();
            alice.git(["cherry-pick", "side~2"]);
        },
        ..PICKED
    };
    a_revert_without_a_commit: Row {
        operation: "`revert -n`, then `commit`",
        hooks: "commit-msg, post-commit",
        story: |alice, now| {
            cut(alice);
            now();
            alice.git(["revert", "-n", "HEAD"]);
            alice.commit_with(["--no-edit"]);
        },
        ..PICKED
    };
}
