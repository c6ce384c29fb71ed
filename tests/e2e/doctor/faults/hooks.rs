//! Hooks that no longer lead to us.

use std::fs;

use super::{Fault, hook, relink};
use crate::hook_managers::make_executable;

pub(super) const FAULTS: &[Fault] = &[
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
        name: "nobody knows any more what init put in",
        plant: |sandbox| {
            let manifest = sandbox.git_dir().join("provenance/installed.json");
            fs::write(manifest, "{").unwrap();
        },
        check: "installed",
        says: "is damaged",
        is_recorded: true,
    },
];
