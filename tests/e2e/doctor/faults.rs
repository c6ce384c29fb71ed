//! The faults: what breaks without a word, and what `doctor` has to say about it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use harness::Sandbox;

use crate::hook_managers::{files, make_executable};

/// One fault: its name, how it is planted, which check finds it, and what the answer says.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) plant: fn(&Sandbox),
    pub(crate) check: &'static str,
    pub(crate) says: &'static str,
    /// Whether the next commit is recorded in spite of it.
    pub(crate) is_recorded: bool,
}

pub(super) fn hook(sandbox: &Sandbox, name: &str) -> PathBuf {
    sandbox.git_dir().join("hooks").join(name)
}

fn key(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".config/provenance/keys/id_ed25519")
}

pub(super) fn relink(path: PathBuf, target: impl Into<PathBuf>) {
    fs::remove_file(&path).unwrap();
    symlink(target.into(), path).unwrap();
}

/// Makes another key where ours is, as ssh-keygen makes it.
fn other_key(sandbox: &Sandbox, arguments: &[&str]) {
    for path in [key(sandbox), key(sandbox).with_extension("pub")] {
        fs::remove_file(path).unwrap();
    }
    let mut keygen = sandbox.command("ssh-keygen");
    keygen.arg("-q").args(arguments).arg("-f").arg(key(sandbox));
    sandbox.run(&mut keygen).succeeds();
}

fn edit_settings(sandbox: &Sandbox, from: &str, to: &str) {
    let path = ".claude/settings.local.json";
    let settings = sandbox.read(path);
    assert!(settings.contains(from), "{settings}");
    sandbox.write(path, settings.replacen(from, to, 1));
}

/// Every fault.
pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "a hook is gone",
        plant: |sandbox| fs::remove_file(hook(sandbox, "post-commit")).unwrap(),
        check: "post-commit",
        says: "is missing",
        is_recorded: false,
    },
    Fault {
        name: "the hook that pins is gone",
        plant: |sandbox| fs::remove_file(hook(sandbox, "commit-msg")).unwrap(),
        check: "commit-msg",
        says: "is missing",
        is_recorded: true,
    },
    Fault {
        name: "a hook leads to a program that was removed",
        plant: |sandbox| relink(hook(sandbox, "post-commit"), "/gone/provenance-hook"),
        check: "post-commit",
        says: "/gone/provenance-hook, which is gone",
        is_recorded: false,
    },
    Fault {
        name: "the program lost its executable bit",
        plant: |sandbox| {
            let program = sandbox.home().join("provenance-hook");
            fs::write(&program, "").unwrap();
            relink(hook(sandbox, "post-commit"), program);
        },
        check: "post-commit",
        says: "lost its executable bit",
        is_recorded: false,
    },
    Fault {
        name: "another tool wrote over a hook",
        plant: |sandbox| {
            let path = hook(sandbox, "post-commit");
            fs::remove_file(&path).unwrap();
            fs::write(&path, "#!/bin/sh\nexit 0\n").unwrap();
            make_executable(&path);
        },
        check: "post-commit",
        says: "does not call us any more",
        is_recorded: false,
    },
    Fault {
        name: "core.hooksPath has Git look elsewhere",
        plant: |sandbox| {
            sandbox.git(["config", "core.hooksPath", ".elsewhere"]);
        },
        check: "hooks-path",
        says: "git config --local --unset core.hooksPath",
        is_recorded: false,
    },
    Fault {
        name: "core.hooksPath names no folder",
        plant: |sandbox| {
            sandbox.git(["config", "core.hooksPath", "/dev/null"]);
        },
        check: "post-commit",
        says: "Git runs no hooks",
        is_recorded: false,
    },
    Fault {
        name: "the hooks lead to another version",
        plant: |sandbox| {
            let program = sandbox.home().join("provenance-hook");
            fs::write(&program, "#!/bin/sh\necho provenance-hook 0.0.1\n").unwrap();
            make_executable(&program);
            relink(
                sandbox.git_dir().join("provenance/provenance-hook"),
                program,
            );
        },
        check: "program",
        says: "version 0.0.1",
        is_recorded: true,
    },
    Fault {
        name: "the key is gone",
        plant: |sandbox| fs::remove_file(key(sandbox)).unwrap(),
        check: "key",
        says: "there is no key at ~/.config/provenance/keys/id_ed25519",
        is_recorded: false,
    },
    Fault {
        name: "the key can be read by others",
        plant: |sandbox| {
            fs::set_permissions(key(sandbox), fs::Permissions::from_mode(0o644)).unwrap();
        },
        check: "key",
        says: "mode 0644",
        is_recorded: false,
    },
    Fault {
        name: "the key is damaged",
        plant: |sandbox| {
            let half = fs::read(key(sandbox)).unwrap();
            fs::write(key(sandbox), &half[..half.len() / 2]).unwrap();
        },
        check: "key",
        says: "is not an OpenSSH private key",
        is_recorded: false,
    },
    Fault {
        name: "the key is of another type",
        plant: |sandbox| other_key(sandbox, &["-t", "rsa", "-N", ""]),
        check: "key",
        says: "only ssh-ed25519",
        is_recorded: false,
    },
    Fault {
        name: "the key is encrypted",
        plant: |sandbox| other_key(sandbox, &["-t", "ed25519", "-N", "secret"]),
        check: "key",
        says: "encrypted",
        is_recorded: false,
    },
    Fault {
        name: "the setting names a key that is not there",
        plant: |sandbox| {
            sandbox.git(["config", "provenance.signingKey", "/gone/id"]);
        },
        check: "key",
        says: "/gone/id",
        is_recorded: false,
    },
    Fault {
        name: "the key is another one than the chain knows",
        plant: |sandbox| other_key(sandbox, &["-t", "ed25519", "-N", ""]),
        check: "trust",
        says: "nobody has vouched for the key",
        is_recorded: true,
    },
    Fault {
        name: "the trust chain is gone",
        plant: |sandbox| {
            sandbox.git(["update-ref", "-d", "refs/provenance/trust"]);
        },
        check: "trust",
        says: "no trust root",
        is_recorded: true,
    },
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
        name: "Claude Code's hooks are switched off",
        plant: |sandbox| edit_settings(sandbox, "{", "{ \"disableAllHooks\": true,"),
        check: "claude-code",
        says: "disableAllHooks",
        is_recorded: true,
    },
    Fault {
        name: "Claude Code no longer reports to us",
        plant: |sandbox| {
            sandbox.write(".claude/settings.local.json", "{}\n");
        },
        check: "claude-code",
        says: "no longer reports",
        is_recorded: true,
    },
    Fault {
        name: "Claude Code reports only some events",
        plant: |sandbox| edit_settings(sandbox, "\"PreToolUse\"", "\"Other\""),
        check: "claude-code",
        says: "PreToolUse",
        is_recorded: true,
    },
    Fault {
        name: "Claude Code's settings are damaged",
        plant: |sandbox| {
            sandbox.append(".claude/settings.local.json", "}}");
        },
        check: "claude-code",
        says: "not valid JSON",
        is_recorded: true,
    },
    Fault {
        name: "a hook failed while nobody looked",
        plant: |sandbox| {
            let log = sandbox.git_dir().join("provenance/hook.log");
            fs::write(
                log,
                "2026-05-04T09:00:00Z post-commit no key to sign with\n",
            )
            .unwrap();
        },
        check: "hook-log",
        says: "no key to sign with",
        is_recorded: true,
    },
    Fault {
        name: "others may enter the state folder",
        plant: |sandbox| {
            let state = sandbox.git_dir().join("provenance");
            fs::set_permissions(state, fs::Permissions::from_mode(0o755)).unwrap();
        },
        check: "state",
        says: "mode 0755",
        is_recorded: true,
    },
    Fault {
        name: "the state was taken away",
        plant: |sandbox| fs::remove_dir_all(sandbox.git_dir().join("provenance")).unwrap(),
        check: "capture",
        says: "nobody takes down what agents do",
        is_recorded: true,
    },
    Fault {
        name: "something else is where the state was",
        plant: |sandbox| {
            let state = sandbox.git_dir().join("provenance");
            fs::remove_dir_all(&state).unwrap();
            fs::write(state, "").unwrap();
        },
        check: "state",
        says: "is not a directory",
        is_recorded: false,
    },
    Fault {
        name: "nobody knows any more what init put in",
        plant: |sandbox| {
            let manifest = sandbox.git_dir().join("provenance/installed.json");
            fs::write(manifest, "{").unwrap();
        },
        check: "installed",
        says: "is damaged",
        is_recorded: true,
    },
    Fault {
        name: "nobody says who commits",
        plant: |sandbox| {
            sandbox.git(["config", "--global", "--unset", "user.email"]);
        },
        check: "identity",
        says: "email",
        is_recorded: false,
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
        name: "the journal is damaged",
        plant: |sandbox| {
            sandbox
                .agent("anthropic/claude-opus-4-5")
                .edits("a.rs", "fn a() {}\n");
            let journal = sandbox.git_dir().join("provenance/journal");
            let is_open = |path: &&PathBuf| path.ends_with("current.jsonl");
            let found = files(&journal);
            let open = journal.join(found.keys().find(is_open).unwrap());
            let text = fs::read_to_string(&open).unwrap();
            fs::write(&open, format!("{{\"half\n{text}")).unwrap();
        },
        check: "events",
        says: "of the journal cannot be read",
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
