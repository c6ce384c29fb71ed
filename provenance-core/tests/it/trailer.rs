//! Our edit of a message is that of `git interpret-trailers --no-divider`, and what it writes
//! survives a real commit.

use provenance_core::digest::Digest;
use provenance_core::git::trailer::{Cleanup, Comment, Edit, Edited, Pins, edit, pin_line, pins};

use crate::sandbox::{Sandbox, run};

fn plan(pin: &Digest) -> Edit<'_> {
    Edit {
        pin: Some(pin),
        assisted_by: &[],
        cleanup: Cleanup::Strip,
        comment: Comment::default(),
        template: None,
    }
}

#[test]
fn messages_are_edited_as_git_interpret_trailers_does() {
    let sandbox = Sandbox::new();
    let pin = Digest::of(b"a record");
    for message in [
        "x\n",
        "x",
        "x\n\nbody\n",
        "x\n\nbody\n\n",
        "x\n\nbody\n---\nmore\n",
        "x\n\nSigned-off-by: A <a@x>\n",
        "x\n\nSigned-off-by: A <a@x>\n\n# Please enter\n#\n",
        "x\n\nsome prose\nthat goes on\nSigned-off-by: A <a@x>\n",
        "x\n\nsome prose\nthat goes on\nand on\nand on\nSigned-off-by: A <a@x>\n",
        "x\n\nNote: prose\nthat goes on\n",
        "x\n\nAcked-by: B\n continued\nFixes: 1\n",
        "x\n\n indented\nAcked-by: B\n",
        "x\n\n(cherry picked from commit 1)\n",
        "Fix: x\nFix: y\n",
        "# comment\nx\n\nFix: y\n",
        "x\n# Please enter\n",
        "x\n\nbody\n# ------------------------ >8 ------------------------\ndiff\n+Fix: y\n",
        "x\n\nA: b\n\n# ------------------------ >8 ------------------------\ndiff\n+Fix: y\n",
        "Squashed commit of the following:\n\ncommit a\n\n    x\n\n    Fix: y\n",
    ] {
        let trailer = pin_line(&pin);
        let arguments = ["interpret-trailers", "--no-divider", "--trailer", &trailer];
        let expected = sandbox.git_with_input(arguments, message.as_bytes());
        let Edited::Message(edited) = edit(message.as_bytes(), &plan(&pin)) else {
            panic!("{message:?} is not empty");
        };
        assert_eq!(
            String::from_utf8_lossy(&edited),
            String::from_utf8_lossy(&expected),
            "{message:?}"
        );
    }
}

#[test]
fn an_empty_message_aborts_for_us_exactly_when_it_does_for_git() {
    let sandbox = Sandbox::new();
    let pin = Digest::of(b"a record");
    for message in [
        "",
        "\n \n",
        "# c\n",
        "#\n\n# c\n",
        "Signed-off-by: A <a@x>\n",
        "\nSigned-off-by: A <a@x>\n# c\n",
        "Provenance: x\n",
        "x",
        " # x\n",
        "\n# ------------------------ >8 ------------------------\ndiff\n",
    ] {
        for (cleanup, name) in [
            (Cleanup::Strip, "strip"),
            (Cleanup::Whitespace, "whitespace"),
            (Cleanup::Scissors, "scissors"),
            (Cleanup::Verbatim, "verbatim"),
        ] {
            let has_scissors = message.contains(">8");
            if has_scissors && cleanup != Cleanup::Scissors {
                // Only `-v` makes Git cut here, and a hook is not told.
                continue;
            }
            sandbox.write("message", message);
            let mut command = sandbox.command(&sandbox.root());
            command.args([
                "commit",
                "--quiet",
                "--allow-empty",
                "-F",
                "message",
                "--edit",
            ]);
            command.arg(format!("--cleanup={name}")).arg("--no-status");
            let (_, committed) = run(&mut command, b"");
            let plan = Edit {
                cleanup,
                ..plan(&pin)
            };
            assert_eq!(
                edit(message.as_bytes(), &plan) != Edited::Aborts,
                committed,
                "{message:?}, {name}"
            );
        }
    }
}

#[test]
fn what_is_written_survives_the_cleanup_of_a_real_commit() {
    let sandbox = Sandbox::new();
    let pin = Digest::of(b"a record");
    for (index, message) in [
        "x\n\n# Please enter\n",
        "x\n\nbody\n---\nmore\n",
        "x\n# ------------------------ >8 ------------------------\ndiff\n",
        "x\r\n\r\nbody\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        let Edited::Message(edited) = edit(message.as_bytes(), &plan(&pin)) else {
            panic!("{message:?} is not empty");
        };
        sandbox.write("message", &edited);
        let cleanup = ["strip", "strip", "scissors", "whitespace"][index];
        let cleanup = format!("--cleanup={cleanup}");
        sandbox.git(["commit", "-q", "--allow-empty", "-eF", "message", &cleanup]);
        let raw = sandbox.git(["log", "-1", "--format=%B"]);
        assert_eq!(pins(&raw), Pins::Listed(vec![pin]), "{message:?}");
        let trailer = sandbox.git(["log", "-1", "--format=%(trailers:key=Provenance)"]);
        let trailer = String::from_utf8_lossy(&trailer);
        assert_eq!(trailer.trim(), pin_line(&pin), "{message:?}");
    }
}
