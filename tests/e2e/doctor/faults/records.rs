//! Where records are kept: notes, and the history that they speak of.

use std::fs;

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "the notes reference points at a file",
        plant: |sandbox| {
            sandbox.write("x", "x");
            let blob = sandbox.git(["hash-object", "-w", "x"]);
            sandbox.git(["update-ref", "refs/notes/provenance", &blob]);
        },
        check: "notes",
        says: "not at a commit",
        is_recorded: false,
    },
    Fault {
        name: "the notes reference points at nothing",
        plant: |sandbox| {
            let path = sandbox.git_dir().join("refs/notes/provenance");
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{}\n", "1".repeat(40))).unwrap();
        },
        check: "notes",
        says: "refs/notes/provenance",
        is_recorded: false,
    },
    Fault {
        name: "the notes reference has a name that could be a branch",
        plant: |sandbox| {
            sandbox.git(["config", "provenance.notesRef", "refs/heads/main"]);
        },
        check: "settings",
        says: "refs/heads/main",
        is_recorded: false,
    },
    Fault {
        name: "notes would be merged with loss",
        plant: |sandbox| {
            sandbox.git(["config", "notes.provenance.mergeStrategy", "ours"]);
        },
        check: "notes-merge",
        says: "loses records",
        is_recorded: true,
    },
    Fault {
        name: "each fetch overwrites the notes",
        plant: |sandbox| {
            sandbox.git(["remote", "add", "hub", "/nowhere"]);
            let refspec = "+refs/notes/*:refs/notes/*";
            sandbox.git(["config", "--add", "remote.hub.fetch", refspec]);
        },
        check: "notes-fetch",
        says: "overwrites refs/notes/provenance",
        is_recorded: true,
    },
    Fault {
        name: "a fetch by force set the notes back",
        plant: |sandbox| {
            sandbox.write("a.txt", "a\n");
            sandbox.commit("a");
            let empty = sandbox.git(["hash-object", "-t", "tree", "-w", "/dev/null"]);
            let other = sandbox.git(["commit-tree", &empty, "-m", "theirs"]);
            sandbox.git(["update-ref", "refs/notes/provenance", &other]);
        },
        check: "notes-set-back",
        says: "lost records",
        is_recorded: true,
    },
    Fault {
        name: "an object is replaced",
        plant: |sandbox| {
            sandbox.git(["commit", "-q", "--no-verify", "--allow-empty", "-m", "a"]);
            sandbox.git(["commit", "-q", "--no-verify", "--allow-empty", "-m", "b"]);
            sandbox.git(["replace", "HEAD", "HEAD~1"]);
        },
        check: "history",
        says: "git replace -d",
        is_recorded: true,
    },
    Fault {
        name: "a record was stripped",
        plant: |sandbox| {
            sandbox
                .agent("anthropic/claude-opus-4-5")
                .edits("a.rs", "fn a() {}\n");
            sandbox.commit("a");
            sandbox.git(["update-ref", "-d", "refs/notes/provenance"]);
        },
        check: "last-commit",
        says: "names a record that is not here",
        is_recorded: true,
    },
    Fault {
        name: "grafts give commits other parents",
        plant: |sandbox| {
            let line = format!("{}\n", "1".repeat(40));
            fs::write(sandbox.git_dir().join("info/grafts"), line).unwrap();
        },
        check: "history",
        says: "info/grafts",
        is_recorded: true,
    },
];
