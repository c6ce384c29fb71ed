//! Amends: of the message, of lines, once more, and of what nobody watched.

use super::{Row, ai, both, human, rows, sly};
use harness::Sandbox;

/// A commit with lines of both, to be amended.
fn made(alice: &Sandbox) {
    both(alice);
    ai(alice, "b.txt", "ai three\n");
    human(alice, "b.txt", "human two\n");
    alice.commit("made");
}

const AMENDED: Row = Row {
    operation: "",
    hooks: "commit-msg, post-commit, post-rewrite",
    verdict: "carried",
    lines: "ai stay ai; human stay human",
    story: |_, _| {},
};

rows! {
    an_amend_of_the_message: Row {
        operation: "`commit --amend -m`",
        story: |alice, now| {
            made(alice);
            now();
            alice.commit_with(["--amend", "-m", "made anew"]);
        },
        ..AMENDED
    };
    an_amend_that_adds_lines_of_both: Row {
        operation: "`commit --amend --no-edit`, with more lines in one file and none in the other",
        story: |alice, now| {
            made(alice);
            let text = alice.read("a.txt");
            alice.write("a.txt", format!("human top\n{text}"));
            ai(alice, "a.txt", "ai last\n");
            alice.git(["add", "-A"]);
            now();
            alice.commit_with(["--amend", "--no-edit"]);
        },
        ..AMENDED
    };
    an_amend_around_lines_that_stood_there_before: Row {
        operation: "`commit --amend` that brings back what the commit took away, below a line that stayed",
        story: |alice, now| {
            let stays = "ai writes this and it stays\n";
            ai(alice, "b.txt", &format!("ai 1\nai 2\nai 3\nai 4\n{stays}"));
            alice.commit("begun");
            let text = alice.read("b.txt");
            alice.write("b.txt", stays);
            alice.commit("made");
            let rest = text.replace(stays, "");
            alice.write("b.txt", format!("{stays}{rest}"));
            alice.git(["add", "-A"]);
            now();
            alice.commit_with(["--amend", "--no-edit"]);
        },
        lines: "ai stay ai",
        ..AMENDED
    };
    an_amend_of_an_amend: Row {
        operation: "`commit --amend`, twice",
        story: |alice, now| {
            made(alice);
            human(alice, "b.txt", "human more\n");
            alice.git(["add", "-A"]);
            alice.commit_with(["--amend", "--no-edit"]);
            ai(alice, "c.txt", "ai new\n");
            human(alice, "c.txt", "human new\n");
            alice.git(["add", "-A"]);
            now();
            alice.commit_with(["--amend", "-m", "again"]);
        },
        ..AMENDED
    };
    an_amend_that_bypasses_commit_msg: Row {
        operation: "`commit --amend --no-verify`",
        hooks: "post-commit, post-rewrite",
        story: |alice, now| {
            made(alice);
            human(alice, "a.txt", "human more\n");
            alice.git(["add", "-A"]);
            now();
            alice.commit_with(["--amend", "--no-edit", "--no-verify"]);
        },
        ..AMENDED
    };
    an_amend_of_what_nobody_watched: Row {
        operation: "`commit --amend` of a commit without a record",
        verdict: "verified",
        lines: "human become unattested",
        story: |alice, now| {
            sly(alice);
            now();
            alice.commit_with(["--amend", "-m", "honest"]);
        },
        ..AMENDED
    };
    a_copy_that_overwrites: Row {
        operation: "`commit --amend`, where Git copies notes with `notes.rewriteMode=overwrite`",
        story: |alice, now| {
            ai(alice, "a.txt", "ai one\n");
            human(alice, "a.txt", "human one\n");
            alice.commit("made");
            alice.git(["config", "notes.rewriteRef", "refs/notes/*"]);
            alice.git(["config", "notes.rewriteMode", "overwrite"]);
            ai(alice, "a.txt", "ai two\n");
            alice.git(["add", "-A"]);
            now();
            alice.commit_with(["--amend", "--no-edit"]);
        },
        ..AMENDED
    };
}
