//! The worktree: what moves lines without a commit, and the commit after it.

use super::{Row, ai, both, human, parted, rows, sly};

const MOVED: Row = Row {
    operation: "",
    hooks: "commit-msg, post-commit",
    verdict: "verified",
    lines: "ai stay ai; human stay human",
    story: |_, _| {},
};

rows! {
    a_soft_reset: Row {
        operation: "`reset --soft`, then `commit`",
        story: |alice, now| {
            both(alice);
            alice.commit("made");
            now();
            alice.git(["reset", "-q", "--soft", "HEAD~1"]);
            alice.commit_with(["-m", "again"]);
        },
        ..MOVED
    };
    a_mixed_reset: Row {
        operation: "`reset --mixed`, then `commit`",
        story: |alice, now| {
            both(alice);
            alice.commit("made");
            now();
            alice.git(["reset", "-q", "--mixed", "HEAD~1"]);
            alice.commit("again");
        },
        ..MOVED
    };
    a_hard_reset: Row {
        operation: "`reset --hard`, then something else",
        story: |alice, now| {
            both(alice);
            alice.commit("made");
            now();
            alice.git(["reset", "-q", "--hard", "HEAD~1"]);
            human(alice, "a.txt", "human else\n");
            alice.commit("else");
        },
        lines: "human stay human",
        ..MOVED
    };
    a_reset_of_what_nobody_watched: Row {
        operation: "`reset --soft` of a commit without a record, then `commit`",
        story: |alice, now| {
            sly(alice);
            now();
            alice.git(["reset", "-q", "--soft", "HEAD~1"]);
            alice.commit_with(["-m", "honest"]);
        },
        lines: "human become unattested",
        ..MOVED
    };
    a_stash_and_pop: Row {
        operation: "`stash`, `stash pop`, then `commit`",
        story: |alice, now| {
            both(alice);
            now();
            alice.git(["stash", "-q"]);
            alice.git(["stash", "pop", "-q"]);
            alice.commit("back");
        },
        ..MOVED
    };
    a_stash_and_apply_on_another_commit: Row {
        operation: "`stash`, `stash apply` on another commit, then `commit`",
        story: |alice, now| {
            both(alice);
            alice.git(["stash", "-q"]);
            let text = alice.read("a.txt");
            alice.write("a.txt", format!("human top\n{text}"));
            alice.commit("meanwhile");
            now();
            alice.git(["stash", "apply", "-q"]);
            alice.commit("back");
        },
        ..MOVED
    };
    a_stash_branch: Row {
        operation: "`stash branch`, then `commit`",
        story: |alice, now| {
            both(alice);
            alice.git(["stash", "-q"]);
            now();
            alice.git(["stash", "branch", "stashed"]);
            alice.commit("back");
        },
        ..MOVED
    };
    a_file_checked_out: Row {
        operation: "`checkout -- <path>` of half the work, then `commit`",
        story: |alice, now| {
            both(alice);
            ai(alice, "b.txt", "ai three\n");
            now();
            alice.git(["checkout", "--", "a.txt"]);
            alice.commit("the rest");
        },
        lines: "ai stay ai",
        ..MOVED
    };
    a_file_restored: Row {
        operation: "`restore --source`, then `commit`",
        story: |alice, now| {
            both(alice);
            alice.commit("made");
            alice.git(["checkout", "HEAD~1", "a.txt"]);
            alice.commit("cut");
            now();
            alice.git(["restore", "--source", "HEAD~1", "a.txt"]);
            alice.commit("restored");
        },
        ..MOVED
    };
    a_switch_with_work_in_progress: Row {
        operation: "`switch` with a dirty tree, then `commit`",
        story: |alice, now| {
            alice.git(["branch", "other"]);
            both(alice);
            now();
            alice.git(["switch", "-q", "other"]);
            alice.commit("elsewhere");
        },
        ..MOVED
    };
    a_move: Row {
        operation: "`git mv`, then `commit`",
        story: |alice, now| {
            both(alice);
            ai(alice, "b.txt", "ai three\nai four, which is long enough\n");
            human(alice, "b.txt", "human two\n");
            alice.commit("made");
            now();
            alice.git(["mv", "b.txt", "moved.txt"]);
            alice.commit("moved");
        },
        ..MOVED
    };
    a_pull_that_rebases: Row {
        operation: "`pull --rebase --autostash`",
        hooks: "post-commit, post-rewrite",
        verdict: "carried",
        story: |alice, now| {
            parted(alice);
            alice.git(["checkout", "-q", "side"]);
            alice.write("b.txt", alice.read("b.txt") + "human dirty\n");
            now();
            alice.git(["pull", "-q", "--rebase", "--autostash", ".", "main"]);
            alice.git(["checkout", "--", "b.txt"]);
        },
        ..MOVED
    };
}
