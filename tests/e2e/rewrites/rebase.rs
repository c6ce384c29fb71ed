//! Rebases: by both backends, with every command of the list, and with conflicts.

use super::{Row, ai, human, parted, rows, solve};
use harness::Sandbox;

const REBASED: Row = Row {
    operation: "",
    hooks: "post-commit, post-rewrite",
    verdict: "carried",
    lines: "ai stay ai; human stay human",
    story: |_, _| {},
};

/// Rebases `side` onto main with a list that `sed` changes.
fn interactively(alice: &Sandbox, sed: &str) {
    let mut rebase = alice.command("git");
    rebase
        .env("GIT_SEQUENCE_EDITOR", format!("sed -i -e '{sed}'"))
        .args(["rebase", "-q", "-i", "main", "side"]);
    let done = alice.run(&mut rebase);
    assert!(matches!(done.status, 0 | 1), "{}", done.full());
}

/// Two branches that change the same place, `side` with one more commit.
fn at_odds(alice: &Sandbox) {
    super::at_odds(alice);
    alice.git(["checkout", "-q", "side"]);
    ai(alice, "b.txt", "ai three\n");
    alice.commit("side, more");
    alice.git(["checkout", "-q", "main"]);
}

rows! {
    a_rebase_that_leaves_nothing_of_a_commit_but_its_message: Row {
        operation: "`rebase`, a conflict solved with other lines, `--continue`; `commit --amend` with more",
        hooks: "post-commit, post-rewrite, commit-msg",
        lines: "human stay human",
        story: |alice, now| {
            alice.git(["checkout", "-q", "-b", "side"]);
            ai(alice, "a.txt", "ai one\nai two\n");
            alice.commit("side");
            alice.git(["checkout", "-q", "main"]);
            human(alice, "a.txt", "human main\n");
            alice.commit("main moves on");
            let ours = alice.read("a.txt");
            alice.git(["checkout", "-q", "side"]);
            now();
            assert_ne!(alice.try_git(["rebase", "-q", "main"]).status, 0);
            alice.write("a.txt", format!("{ours}human solves it\n"));
            alice.git(["add", "a.txt"]);
            alice.git(["rebase", "--continue"]);
            human(alice, "a.txt", "human more\n");
            alice.commit_with(["-q", "-a", "--amend", "--no-edit"]);
        },
        ..REBASED
    };
    a_rebase: Row {
        operation: "`rebase`",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["rebase", "-q", "main", "side"]);
        },
        ..REBASED
    };
    a_rebase_by_patches: Row {
        operation: "`rebase --apply`",
        hooks: "post-applypatch, post-rewrite",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["rebase", "-q", "--apply", "main", "side"]);
        },
        ..REBASED
    };
    a_rebase_onto: Row {
        operation: "`rebase --onto`, without the first commit",
        story: |alice, now| {
            parted(alice);
            now();
            alice.git(["rebase", "-q", "--onto", "main", "side~2", "side"]);
        },
        ..REBASED
    };
    a_rebase_of_the_root: Row {
        operation: "`rebase --root`",
        verdict: "carried, unattested",
        story: |alice, now| {
            parted(alice);
            alice.git(["checkout", "-q", "--orphan", "new"]);
            alice.git(["rm", "-q", "-rf", "."]);
            human(alice, "z.txt", "human root\n");
            alice.commit("another root");
            now();
            alice.git(["rebase", "-q", "--root", "--onto", "new", "side"]);
        },
        ..REBASED
    };
    a_reword: Row {
        operation: "`rebase -i`: reword",
        hooks: "post-commit, commit-msg, post-rewrite",
        story: |alice, now| {
            parted(alice);
            now();
            interactively(alice, "1s/pick/reword/");
        },
        ..REBASED
    };
    a_fixup: Row {
        operation: "`rebase -i`: fixup",
        story: |alice, now| {
            parted(alice);
            now();
            interactively(alice, "2s/pick/fixup/");
        },
        ..REBASED
    };
    a_squash: Row {
        operation: "`rebase -i`: squash, of three",
        story: |alice, now| {
            parted(alice);
            now();
            interactively(alice, "2,3s/pick/squash/");
        },
        ..REBASED
    };
    an_autosquash: Row {
        operation: "`commit --fixup`, then `rebase --autosquash`",
        hooks: "commit-msg, post-commit, post-rewrite",
        story: |alice, now| {
            parted(alice);
            alice.git(["checkout", "-q", "side"]);
            now();
            ai(alice, "a.txt", "ai fixed\n");
            human(alice, "a.txt", "human fixed\n");
            alice.git(["add", "-A"]);
            alice.commit_with(["--fixup", "HEAD~2"]);
            let mut rebase = alice.command("git");
            rebase
                .env("GIT_SEQUENCE_EDITOR", "true")
                .args(["rebase", "-q", "-i", "--autosquash", "main"]);
            alice.run(&mut rebase).succeeds();
        },
        ..REBASED
    };
    an_edit: Row {
        operation: "`rebase -i`: edit, and amend",
        hooks: "post-commit, commit-msg, post-rewrite",
        story: |alice, now| {
            parted(alice);
            now();
            interactively(alice, "1s/pick/edit/");
            ai(alice, "a.txt", "ai edited\n");
            human(alice, "d.txt", "human edited\n");
            alice.git(["add", "-A"]);
            alice.commit_with(["--amend", "--no-edit"]);
            alice.git(["rebase", "--continue"]);
        },
        ..REBASED
    };
    a_split: Row {
        operation: "`rebase -i`: edit, and split in two",
        hooks: "post-commit, commit-msg, post-rewrite",
        verdict: "verified, carried",
        story: |alice, now| {
            parted(alice);
            now();
            interactively(alice, "2s/pick/edit/");
            alice.git(["reset", "-q", "HEAD^"]);
            ai(alice, "d.txt", "ai split\n");
            alice.git(["add", "d.txt"]);
            alice.commit_with(["-m", "the first half"]);
            alice.git(["add", "-A"]);
            alice.commit_with(["-m", "the second half"]);
            alice.git(["rebase", "--continue"]);
        },
        ..REBASED
    };
    a_reorder: Row {
        operation: "`rebase -i`: reorder",
        story: |alice, now| {
            parted(alice);
            now();
            interactively(alice, "1{h;d};2G");
        },
        ..REBASED
    };
    a_drop: Row {
        operation: "`rebase -i`: drop",
        story: |alice, now| {
            parted(alice);
            now();
            interactively(alice, "2s/pick/drop/");
        },
        ..REBASED
    };
    an_exec: Row {
        operation: "`rebase -i`: exec, which commits",
        hooks: "post-commit, commit-msg, post-rewrite",
        verdict: "verified, carried",
        story: |alice, now| {
            parted(alice);
            now();
            interactively(alice, "1a exec echo human exec > e.txt; git add e.txt; git commit -q -m exec");
        },
        ..REBASED
    };
    a_rebase_with_a_conflict: Row {
        operation: "`rebase`, a conflict that a human solves, `rebase --continue`",
        story: |alice, now| {
            at_odds(alice);
            now();
            assert_ne!(alice.try_git(["rebase", "-q", "main", "side"]).status, 0);
            solve(alice, "a.txt", |solved| human(alice, "a.txt", &format!("human {solved}\n")));
            alice.git(["rebase", "--continue"]);
        },
        ..REBASED
    };
    a_rebase_with_a_conflict_that_an_agent_solves: Row {
        operation: "`rebase`, a conflict that an agent solves, `rebase --continue`",
        story: |alice, now| {
            at_odds(alice);
            now();
            assert_ne!(alice.try_git(["rebase", "-q", "main", "side"]).status, 0);
            solve(alice, "a.txt", |solved| ai(alice, "a.txt", &format!("ai {solved}\n")));
            alice.git(["rebase", "--continue"]);
        },
        ..REBASED
    };
    a_rebase_of_merges: Row {
        operation: "`rebase --rebase-merges`",
        hooks: "post-commit, post-rewrite",
        story: |alice, now| {
            parted(alice);
            alice.git(["checkout", "-q", "-b", "topic", "side~1"]);
            ai(alice, "t.txt", "ai topic\n");
            alice.commit("topic");
            alice.git(["checkout", "-q", "side"]);
            alice.git(["merge", "-q", "--no-ff", "--no-edit", "topic"]);
            now();
            alice.git(["rebase", "-q", "--rebase-merges", "main"]);
        },
        ..REBASED
    };
    a_rebase_of_stacked_branches: Row {
        operation: "`rebase --update-refs`",
        story: |alice, now| {
            parted(alice);
            alice.git(["branch", "below", "side~1"]);
            now();
            alice.git(["rebase", "-q", "--update-refs", "main", "side"]);
            assert_eq!(alice.git(["rev-parse", "below"]), alice.git(["rev-parse", "side~1"]));
        },
        ..REBASED
    };
    a_rebase_that_overwrites: Row {
        operation: "`rebase`, where Git copies notes with `notes.rewriteMode=overwrite`",
        story: |alice, now| {
            parted(alice);
            alice.git(["config", "notes.rewriteRef", "refs/notes/*"]);
            alice.git(["config", "notes.rewriteMode", "overwrite"]);
            now();
            alice.git(["rebase", "-q", "main", "side"]);
        },
        ..REBASED
    };
}
