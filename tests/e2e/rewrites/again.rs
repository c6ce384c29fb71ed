//! Lines that come again and Git does not say from where: what no journal here saw, the records of
//! the commits know.

use harness::Sandbox;

use super::colleague::fetched;
use super::{Row, ai, human, rows};

const AGAIN: Row = Row {
    operation: "",
    hooks: "commit-msg, post-commit",
    verdict: "carried",
    lines: "ai stay ai",
    story: |_, _| {},
};

/// Bob's branch is checked out; his and his agent's lines are known from his records only.
fn at_theirs(alice: &Sandbox) {
    fetched(alice);
    alice.git(["checkout", "-q", "theirs"]);
}

fn indented(text: &str) -> String {
    let mut indented = text.replace('\n', "\n    ");
    indented.insert_str(0, "    ");
    indented.truncate(indented.trim_end_matches(' ').len());
    indented
}

/// An agent changes a human's line, and both are committed; returns the text before.
fn changed_by_an_agent(alice: &Sandbox) -> String {
    alice.git(["worktree", "add", "-q", "-b", "side", "../side"]);
    human(alice, "b.txt", "human says it\nhuman says so at first\n");
    alice.commit("at first");
    let (text, agent) = (alice.read("b.txt"), alice.agent("openai/gpt-5.1"));
    agent.edits("b.txt", text.replace("at first", "at first, and more"));
    alice.commit("changed");
    text
}

rows! {
    lines_that_are_indented_anew: Row {
        operation: "lines indented anew by hand, `commit`",
        lines: "ai stay ai; bob become human",
        story: |alice, now| {
            at_theirs(alice);
            now();
            alice.write("b.txt", indented(&alice.read("b.txt")));
            alice.commit("indented");
        },
        ..AGAIN
    };
    lines_that_are_indented_anew_without_commit_msg: Row {
        operation: "lines indented anew by hand, `commit --no-verify`",
        hooks: "post-commit",
        lines: "ai stay ai; bob become human",
        story: |alice, now| {
            at_theirs(alice);
            now();
            alice.write("b.txt", indented(&alice.read("b.txt")));
            alice.commit_with(["-q", "-a", "--no-verify", "-m", "indented"]);
        },
        ..AGAIN
    };
    lines_that_are_changed_by_hand: Row {
        operation: "a line changed by hand, `commit`",
        lines: "ai become ai or mixed; bob become human",
        story: |alice, now| {
            at_theirs(alice);
            now();
            let text = alice.read("b.txt");
            alice.write("b.txt", text.replace("ai number three", "ai number three, by the way"));
            alice.commit("changed");
        },
        ..AGAIN
    };
    a_change_that_is_taken_back_by_hand: Row {
        operation: "an agent's change of a human's line taken back by hand, `commit`",
        verdict: "verified",
        lines: "human stay human",
        story: |alice, now| {
            let text = changed_by_an_agent(alice);
            now();
            alice.write("b.txt", text);
            alice.commit("as it was");
        },
        ..AGAIN
    };
    a_change_that_was_squashed_and_is_taken_back_by_hand: Row {
        operation: "the same, where the change was squashed with the line",
        verdict: "verified",
        lines: "human stay human",
        story: |alice, now| {
            let text = changed_by_an_agent(alice);
            let editor = "sequence.editor=sed -i 2s/^pick/fixup/";
            alice.git(["-c", editor, "rebase", "-q", "-i", "HEAD~2"]);
            now();
            alice.write("b.txt", text);
            alice.commit("as it was");
        },
        ..AGAIN
    };
    lines_that_move: Row {
        operation: "a line moved by hand within its file, `commit`",
        lines: "ai stay ai; bob become human; human stay human",
        story: |alice, now| {
            at_theirs(alice);
            now();
            let text = alice.read("a.txt").replace("ai one\n", "");
            alice.write("a.txt", format!("ai one\nhuman first\n{text}"));
            alice.commit("moved");
        },
        ..AGAIN
    };
    a_file_that_moves_and_is_indented: Row {
        operation: "`git mv`, lines indented anew, `commit`",
        lines: "ai stay ai; bob become human; human stay human",
        story: |alice, now| {
            at_theirs(alice);
            now();
            alice.git(["mv", "b.txt", "c.txt"]);
            alice.write("c.txt", indented(&alice.read("c.txt")));
            human(alice, "c.txt", "human more\n");
            alice.commit("moved");
        },
        ..AGAIN
    };
    a_file_of_another_commit: Row {
        operation: "`checkout <commit> -- <path>`, `commit`",
        lines: "ai stay ai; bob become human; human stay human",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["checkout", "theirs", "--", "b.txt"]);
            human(alice, "b.txt", "human more\n");
            alice.commit("theirs");
        },
        ..AGAIN
    };
    lines_that_an_older_commit_had: Row {
        operation: "`restore --source`, `commit`",
        lines: "ai stay ai; bob become human",
        story: |alice, now| {
            at_theirs(alice);
            alice.git(["rm", "-q", "b.txt"]);
            alice.commit("gone");
            now();
            alice.git(["restore", "--source=HEAD~1", "--", "b.txt"]);
            alice.commit("here again");
        },
        ..AGAIN
    };
    a_patch_of_a_commit: Row {
        operation: "`diff` of a commit, `apply`, `commit`",
        lines: "ai stay ai; bob become human; human stay human",
        story: |alice, now| {
            fetched(alice);
            let patch = alice.git(["diff", "theirs~1", "theirs"]);
            alice.write("the.patch", format!("{patch}\n"));
            now();
            alice.git(["apply", "the.patch"]);
            alice.git(["add", "b.txt"]);
            alice.commit_with(["-q", "-m", "applied"]);
        },
        ..AGAIN
    };
    a_pick_without_a_commit_that_is_stashed: Row {
        operation: "`cherry-pick -n`, `stash`, `stash pop`, `commit`",
        lines: "ai stay ai; bob become human; human stay human",
        story: |alice, now| {
            fetched(alice);
            now();
            alice.git(["cherry-pick", "-n", "theirs"]);
            alice.git(["stash", "-q"]);
            alice.git(["stash", "pop", "-q"]);
            alice.commit("mine");
        },
        ..AGAIN
    };
    lines_of_an_agent_in_another_worktree: Row {
        operation: "an agent's commits in another worktree, `merge`; lines indented anew by hand, `commit`",
        verdict: "verified",
        lines: "ai stay ai; human stay human",
        story: |alice, now| {
            alice.git(["worktree", "add", "-q", "-b", "side", "../side"]);
            let side = alice.within("../side");
            ai(&side, "b.txt", "ai writes this\nai writes that\n");
            side.commit("side one");
            ai(&side, "b.txt", "ai goes on elsewhere\n");
            side.git(["rm", "-q", "-f", "b.txt"]);
            side.git(["checkout", "HEAD", "--", "b.txt"]);
            alice.git(["merge", "-q", "side"]);
            human(alice, "b.txt", "human ends it\n");
            alice.commit("ended");
            now();
            alice.write("b.txt", indented(&alice.read("b.txt")));
            alice.commit("indented");
        },
        ..AGAIN
    };
    a_line_that_is_written_a_second_time: Row {
        operation: "a line written once more while the agent's still stands, `commit`",
        verdict: "verified",
        lines: "ai become ai or unattested; bob become human",
        story: |alice, now| {
            at_theirs(alice);
            now();
            human(alice, "b.txt", "bob says it too\nai says this only once\n");
            alice.commit("twice");
        },
        ..AGAIN
    };
    a_short_line_that_is_written_a_second_time: Row {
        operation: "the same with a line that people write all day",
        verdict: "verified",
        lines: "ai become ai or human; bob become human",
        story: |alice, now| {
            at_theirs(alice);
            now();
            human(alice, "b.txt", "bob says it too\nai number three\n");
            alice.commit("twice");
        },
        ..AGAIN
    };
    a_line_that_a_stash_brings_a_second_time: Row {
        operation: "an agent's commit in another worktree, `apply`, `stash`, `merge`, `stash pop`, `commit`",
        verdict: "verified",
        lines: "ai become ai or unattested; human stay human",
        story: |alice, now| {
            alice.git(["worktree", "add", "-q", "-b", "side", "../side"]);
            let side = alice.within("../side");
            ai(&side, "a.txt", "ai writes this line but once\n");
            side.commit("side");
            let old = alice.read("a.txt");
            human(alice, "b.txt", "human elsewhere\n");
            alice.commit("main moves on");
            alice.write("a.txt", format!("ai writes this line but once\n{old}"));
            alice.git(["stash", "-q"]);
            alice.git(["merge", "-q", "--no-edit", "side"]);
            alice.git(["stash", "pop", "-q"]);
            now();
            alice.commit("twice");
        },
        ..AGAIN
    };
    a_line_that_both_sides_of_a_merge_have: Row {
        operation: "`merge`, a conflict in which both sides are kept that have the same line, `commit`",
        lines: "ai stay ai; human stay human",
        story: |alice, now| {
            alice.git(["checkout", "-q", "-b", "side"]);
            ai(alice, "a.txt", "ai writes this line but once\n");
            alice.commit("side 1");
            alice.git(["checkout", "-q", "main"]);
            alice.write("b.txt", "human elsewhere\n");
            alice.commit("main moves on");
            alice.git(["cherry-pick", "side"]);
            human(alice, "a.txt", "human main\n");
            alice.commit("main");
            let ours = alice.read("a.txt");
            alice.git(["checkout", "-q", "side"]);
            human(alice, "a.txt", "human side\n");
            alice.commit("side 2");
            alice.git(["checkout", "-q", "main"]);
            now();
            assert_ne!(alice.try_git(["merge", "-q", "side"]).status, 0);
            alice.write("a.txt", format!("{ours}ai writes this line but once\nhuman side\n"));
            alice.git(["add", "a.txt"]);
            alice.commit_with(["--no-edit"]);
        },
        ..AGAIN
    };
}
