//! Other people's commits: Alice does to Bob's what the other stories do to her own. No journal of
//! hers knows his lines; his records do, and nobody but him may call one of his lines human again
//! where the change is not the very same.

use harness::Sandbox;

use super::{Row, ai, human, rows, solve};

const BOBS: Row = Row {
    operation: "",
    hooks: "commit-msg, post-commit",
    verdict: "carried",
    lines: "ai stay ai; bob become human; human stay human",
    story: |_, _| {},
};

/// Bob's branch of two commits is here, with his records, and Alice trusts him; main has left it.
pub(super) fn fetched(alice: &Sandbox) {
    let bob = alice.clone_for("bob").with_provenance();
    alice.trusts(&bob, "bob@example.com");
    bob.git(["checkout", "-q", "-b", "theirs"]);
    ai(&bob, "a.txt", "ai one\nai two\n");
    human(&bob, "a.txt", "bob one\n");
    bob.commit("theirs 1");
    ai(&bob, "b.txt", "ai number three\nai says this only once\n");
    human(&bob, "b.txt", "bob two\n");
    bob.commit("theirs two");
    // His record of this one claims nothing by itself: the one that it replaced does.
    bob.git(["commit", "-q", "--amend", "-m", "theirs 2"]);
    let path = bob.path().to_str().unwrap();
    alice.git([
        "fetch",
        "-q",
        path,
        "theirs:theirs",
        "refs/notes/provenance:refs/notes/theirs",
    ]);
    if alice
        .try_git(["rev-parse", "-q", "--verify", "refs/notes/provenance"])
        .status
        == 0
    {
        alice.git([
            "notes",
            "--ref=provenance",
            "merge",
            "-q",
            "refs/notes/theirs",
        ]);
    } else {
        alice.git(["update-ref", "refs/notes/provenance", "refs/notes/theirs"]);
    }
    let text = alice.read("a.txt");
    alice.write("a.txt", format!("human main\n{text}"));
    alice.commit("main moves on");
}

rows! {
    a_pick_of_a_colleagues_commit: Row {
        operation: "`cherry-pick`",
        hooks: "post-commit",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["cherry-pick", "theirs~1"]);
        },
        ..BOBS
    };
    a_pick_of_a_colleagues_commit_under_another_message: Row {
        operation: "`cherry-pick -n`, then `commit -m`",
        lines: "ai stay ai; bob become unattested; human stay human",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["cherry-pick", "-n", "theirs~1"]);
            alice.commit_with(["-m", "mine"]);
        },
        ..BOBS
    };
    a_pick_whose_conflict_shows_what_is_gone_here: Row {
        operation: "`cherry-pick`, a conflict that shows older lines, `cherry-pick --continue`",
        lines: "ai stay ai; bob become human or unattested; human stay human",
        story: |alice, now| {
            fetched(alice);
            alice.git(["checkout", "-q", "-b", "later", "theirs"]);
            human(alice, "b.txt", "human later\n");
            alice.commit("later");
            alice.git(["checkout", "-q", "-b", "without", "theirs"]);
            alice.write("b.txt", "human instead\n");
            alice.commit("instead of theirs");
            now();
            assert_ne!(alice.try_git(["cherry-pick", "later"]).status, 0);
            solve(alice, "b.txt", |solved| human(alice, "b.txt", &format!("human {solved}\n")));
            alice.git(["cherry-pick", "--continue"]);
        },
        ..BOBS
    };
    a_rebase_of_a_colleagues_branch: Row {
        operation: "`rebase`",
        hooks: "post-commit, post-rewrite",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["rebase", "-q", "main", "theirs"]);
        },
        ..BOBS
    };
    a_rebase_of_a_colleagues_branch_with_a_conflict: Row {
        operation: "`rebase`, a conflict that Alice solves",
        hooks: "post-commit, post-rewrite",
        lines: "ai stay ai; bob become human or unattested; human stay human",
        story: |alice, now| {
            fetched(alice);
            human(alice, "a.txt", "human end\n");
            alice.commit("at odds");
            now();
            assert_ne!(alice.try_git(["rebase", "-q", "main", "theirs"]).status, 0);
            solve(alice, "a.txt", |solved| human(alice, "a.txt", &format!("human {solved}\n")));
            alice.git(["rebase", "--continue"]);
        },
        ..BOBS
    };
    an_amend_of_a_colleagues_commit: Row {
        operation: "`commit --amend`, with more lines",
        hooks: "commit-msg, post-commit, post-rewrite",
        story: |alice, now| {
            fetched(alice);
            alice.git(["checkout", "-q", "theirs"]);
            human(alice, "a.txt", "human more\n");
            alice.git(["add", "-A"]);
            now();
            alice.commit_with(["--amend", "--no-edit"]);
        },
        ..BOBS
    };
    a_merge_of_a_colleagues_branch: Row {
        operation: "`merge`",
        hooks: "commit-msg, post-merge",
        verdict: "verified",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["merge", "-q", "--no-edit", "theirs"]);
        },
        ..BOBS
    };
    a_squash_of_a_colleagues_branch: Row {
        operation: "`merge --squash`, then `commit -m`",
        hooks: "post-merge, commit-msg, post-commit",
        lines: "ai stay ai; bob become unattested; human stay human",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["merge", "-q", "--squash", "theirs"]);
            alice.commit_with(["-m", "squashed"]);
        },
        ..BOBS
    };
    a_reset_of_a_colleagues_commits: Row {
        operation: "`reset --soft`, then `commit`",
        lines: "ai stay ai; bob become unattested; human stay human",
        story: |alice, now| {
            fetched(alice);
            alice.git(["checkout", "-q", "theirs"]);
            now();
            alice.git(["reset", "-q", "--soft", "HEAD~2"]);
            human(alice, "c.txt", "human new\n");
            alice.git(["add", "-A"]);
            alice.commit_with(["-m", "all in one"]);
        },
        ..BOBS
    };
    a_reset_of_a_colleagues_merge: Row {
        operation: "`merge`, `reset --mixed`, then `commit --no-verify`",
        hooks: "post-commit",
        lines: "ai stay ai; bob become unattested; human stay human",
        story: |alice, now| {
            fetched(alice);
            alice.git(["merge", "-q", "--no-edit", "theirs"]);
            alice.git(["reset", "-q", "--mixed", "HEAD~1"]);
            alice.git(["add", "-A"]);
            now();
            alice.commit_with(["--no-verify", "-m", "flat"]);
        },
        ..BOBS
    };
    a_revert_that_brings_a_colleagues_lines_back: Row {
        operation: "`revert` of what took the lines away",
        hooks: "post-commit",
        lines: "ai stay ai; bob become unattested",
        story: |alice, now| {
            fetched(alice);
            alice.git(["checkout", "-q", "theirs"]);
            alice.git(["rm", "-q", "b.txt"]);
            alice.git(["checkout", "main~1", "a.txt"]);
            alice.commit("gone");
            now();
            alice.git(["revert", "--no-edit", "HEAD"]);
        },
        ..BOBS
    };
    a_split_of_a_colleagues_commit: Row {
        operation: "`rebase -i`: edit, and split in two",
        hooks: "commit-msg, post-commit, post-rewrite",
        lines: "ai stay ai; bob become human or unattested",
        story: |alice, now| {
            fetched(alice);
            alice.git(["checkout", "-q", "theirs"]);
            now();
            let mut rebase = alice.command("git");
            rebase
                .env("GIT_SEQUENCE_EDITOR", "sed -i -e 's/pick/edit/'")
                .args(["rebase", "-q", "-i", "HEAD~1"]);
            alice.run(&mut rebase);
            alice.git(["reset", "-q", "HEAD^"]);
            alice.git(["add", "-N", "b.txt"]);
            let half = "ai number three\n";
            let whole = alice.read("b.txt");
            alice.write("b.txt", half);
            alice.git(["add", "-A"]);
            alice.commit_with(["-m", "the first half"]);
            alice.write("b.txt", whole);
            alice.git(["add", "-A"]);
            alice.commit_with(["-m", "the second half"]);
            alice.git(["rebase", "--continue"]);
        },
        ..BOBS
    };
    a_squash_of_a_colleagues_branch_that_bypasses_commit_msg: Row {
        operation: "`merge --squash`, then `commit --no-verify -m`",
        hooks: "post-merge, post-commit",
        lines: "ai stay ai; bob become unattested; human stay human",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["merge", "-q", "--squash", "theirs"]);
            alice.commit_with(["--no-verify", "-m", "squashed"]);
        },
        ..BOBS
    };
    a_replay_of_a_colleagues_branch: Row {
        operation: "`rebase`, with the hooks off, then `reconcile`",
        hooks: "none",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["-c", "core.hooksPath=/nowhere", "rebase", "-q", "main", "theirs"]);
            crate::reconcile::reconciled(alice, &[]);
        },
        ..BOBS
    };
}
