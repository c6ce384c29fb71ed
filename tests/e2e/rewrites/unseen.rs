//! Rewrites that run no hook of ours, and `reconcile` after them. Each story shows first that the
//! commits are not believed without it.

use super::{Row, ai, human, parted, rows};
use crate::reconcile::keyless::Away;
use crate::reconcile::reconciled;
use harness::Sandbox;

const UNSEEN: Row = Row {
    operation: "",
    hooks: "none",
    verdict: "carried",
    lines: "ai stay ai; human stay human",
    story: |_, _| {},
};

/// Nobody believes HEAD as it is; then somebody reconciles.
#[track_caller]
fn mend(alice: &Sandbox) {
    alice.provenance(["verify", "HEAD^!"]).exits(1);
    reconciled(alice, &[]);
}

/// Runs Git without hooks.
#[track_caller]
fn unhooked(alice: &Sandbox, args: &[&str]) {
    alice.git([&["-c", "core.hooksPath=/nowhere"], args].concat());
}

/// Moves `side` to where Git prints that it shall go, as `git replay` does.
#[track_caller]
fn replay(alice: &Sandbox) {
    let update = alice.git(["replay", "--onto", "main", "main..side"]);
    let mut update_ref = alice.command("git");
    update_ref.args(["update-ref", "--stdin"]);
    alice
        .run_with_input(&mut update_ref, format!("{update}\n").as_bytes())
        .succeeds();
    alice.git(["checkout", "-q", "side"]);
}

#[track_caller]
fn filter(alice: &Sandbox, filter: &[&str]) {
    let mut command = alice.command("git");
    command.env("FILTER_BRANCH_SQUELCH_WARNING", "1");
    command.args(["filter-branch", "-f"]).args(filter);
    command.args(["--", "main..side"]);
    alice.run(&mut command).succeeds();
    alice.git(["checkout", "-q", "side"]);
}

/// Makes a commit of a tree, with its own author and date, and moves `side` there.
#[track_caller]
fn made_of_tree(alice: &Sandbox, parent: &str) {
    let made = alice.git([
        "commit-tree",
        "side^{tree}",
        "-p",
        parent,
        "-m",
        "told anew",
    ]);
    alice.git(["update-ref", "refs/heads/side", &made]);
    alice.git(["checkout", "-q", "side"]);
}

rows! {
    a_replay: Row {
        operation: "`git replay`, `update-ref --stdin`",
        story: |alice, now| {
            parted(alice);
            now();
            replay(alice);
            mend(alice);
        },
        ..UNSEEN
    };
    a_filter_of_messages: Row {
        operation: "`git filter-branch --msg-filter`",
        story: |alice, now| {
            parted(alice);
            now();
            filter(alice, &["--msg-filter", "sed s/side/aside/"]);
            mend(alice);
        },
        ..UNSEEN
    };
    a_filter_of_authors: Row {
        operation: "`git filter-branch --env-filter`, with another author",
        story: |alice, now| {
            parted(alice);
            now();
            filter(alice, &["--env-filter", "GIT_AUTHOR_EMAIL=a@example.org"]);
            mend(alice);
        },
        ..UNSEEN
    };
    a_filter_of_contents: Row {
        operation: "`git filter-branch --tree-filter`, which changes a line",
        lines: "ai stay ai; human stay human; nobody become unattested",
        story: |alice, now| {
            parted(alice);
            now();
            filter(alice, &["--tree-filter", "sed -i 's/ai two/nobody two/' a.txt"]);
            mend(alice);
        },
        ..UNSEEN
    };
    a_message_told_anew: Row {
        operation: "`git commit-tree` with another message, `update-ref`",
        story: |alice, now| {
            parted(alice);
            now();
            made_of_tree(alice, "side~1");
            mend(alice);
        },
        ..UNSEEN
    };
    a_squash_by_hand: Row {
        operation: "`git commit-tree` of three commits at once, `update-ref`",
        story: |alice, now| {
            parted(alice);
            now();
            made_of_tree(alice, "side~3");
            mend(alice);
        },
        ..UNSEEN
    };
    a_rebase_without_hooks: Row {
        operation: "`rebase`, with the hooks off",
        story: |alice, now| {
            parted(alice);
            now();
            unhooked(alice, &["rebase", "-q", "main", "side"]);
            mend(alice);
        },
        ..UNSEEN
    };
    a_pick_without_hooks: Row {
        operation: "`cherry-pick A..B`, with the hooks off",
        story: |alice, now| {
            parted(alice);
            now();
            unhooked(alice, &["cherry-pick", "main..side"]);
            mend(alice);
        },
        ..UNSEEN
    };
    an_amend_without_hooks: Row {
        operation: "`commit --amend`, with more lines, with the hooks off",
        lines: "ai stay ai; human become human or unattested",
        story: |alice, now| {
            ai(alice, "a.txt", "ai one\n");
            human(alice, "a.txt", "human one\n");
            alice.commit("made");
            human(alice, "a.txt", "human two\n");
            alice.git(["add", "-A"]);
            now();
            unhooked(alice, &["commit", "-q", "--amend", "--no-edit"]);
            mend(alice);
        },
        ..UNSEEN
    };
    a_revert_without_hooks: Row {
        operation: "`revert` of a `revert`, with the hooks off",
        story: |alice, now| {
            ai(alice, "a.txt", "ai one\n");
            human(alice, "a.txt", "human one\n");
            alice.commit("made");
            alice.git(["revert", "--no-edit", "HEAD"]);
            now();
            unhooked(alice, &["revert", "--no-edit", "HEAD"]);
            mend(alice);
        },
        ..UNSEEN
    };
    a_commit_without_a_key: Row {
        operation: "`commit`, while there was no key",
        hooks: "commit-msg, post-commit",
        verdict: "verified",
        story: |alice, now| {
            let away = Away::from(alice);
            ai(alice, "a.txt", "ai one\n");
            human(alice, "a.txt", "human one\n");
            alice.git(["add", "-A"]);
            now();
            alice.git(["commit", "-q", "-m", "no key"]);
            away.back();
            mend(alice);
        },
        ..UNSEEN
    };
}
