//! What is not understood or not ours alone is left as it is, and the line to add is shown.

use std::fs;
use std::os::unix::fs::symlink;

use harness::Sandbox;

use super::{commit, files, init, make_executable, script, spy};

fn line_to_add(output: &str, hook: &str) -> String {
    output
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("p=") && line.contains(hook))
        .unwrap_or_else(|| panic!("no line for {hook} in\n{output}"))
        .to_owned()
}

#[test]
fn a_folder_that_other_repositories_use_is_left_alone() {
    let sandbox = Sandbox::new();
    let shared = sandbox.home().join("hooks");
    fs::create_dir(&shared).unwrap();
    sandbox.git([
        "config",
        "--global",
        "core.hooksPath",
        shared.to_str().unwrap(),
    ]);
    let told = init(&sandbox).exits(1);
    assert!(files(&shared).is_empty());
    assert!(told.text().contains("NOT recorded"), "{}", told.full());

    for hook in [
        "commit-msg",
        "post-commit",
        "post-merge",
        "post-applypatch",
        "post-rewrite",
        "pre-push",
    ] {
        let line = line_to_add(told.text(), hook);
        let path = shared.join(hook);
        fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
        make_executable(&path);
    }
    init(&sandbox).succeeds().says("calls us already");
    spy(&sandbox);
    assert_eq!(commit(&sandbox), ["ours commit-msg", "ours post-commit"]);
}

#[test]
fn attack_a_link_in_the_project_leads_to_a_file_of_the_persons_own() {
    let sandbox = Sandbox::new();
    let own = sandbox.home().join(".profile");
    fs::write(&own, "echo hello\n").unwrap();
    make_executable(&own);
    for folder in [".githooks", ".claude"] {
        fs::create_dir(sandbox.path().join(folder)).unwrap();
    }
    let link = |name: &str| symlink(&own, sandbox.path().join(name)).unwrap();
    link(".githooks/commit-msg");
    sandbox.git(["config", "core.hooksPath", ".githooks"]);
    let told = init(&sandbox).exits(1);
    assert!(
        told.text().contains("leads out of the worktree"),
        "{}",
        told.full()
    );
    link(".claude/settings.local.json");
    sandbox
        .provenance(["init", "--agents", "claude-code"])
        .exits(2)
        .says("leads out of the worktree");
    assert_eq!(fs::read_to_string(&own).unwrap(), "echo hello\n");
}

#[test]
fn a_hook_in_another_language_is_left_alone() {
    let sandbox = Sandbox::new();
    let python = "#!/usr/bin/env python3\nopen('ran', 'a').write('theirs\\n')\n";
    script(&sandbox, ".githooks/post-commit", python);
    sandbox.git(["config", "core.hooksPath", ".githooks"]);
    let told = init(&sandbox).exits(1);
    assert!(
        told.text().contains("it is no shell script"),
        "{}",
        told.full()
    );
    line_to_add(told.text(), "post-commit");
    assert_eq!(sandbox.read(".githooks/post-commit"), python);
}

#[test]
fn hooks_that_are_switched_off_by_their_path_stay_off_and_are_named() {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "core.hooksPath", "/dev/null"]);
    let told = init(&sandbox).exits(1);
    assert!(
        told.text().contains("git config --unset core.hooksPath"),
        "{}",
        told.full()
    );
    sandbox.git(["config", "--unset", "core.hooksPath"]);
    init(&sandbox).succeeds();
}

#[test]
fn a_line_that_a_person_wrote_is_respected() {
    let sandbox = Sandbox::new();
    let own = "#!/bin/sh\nprovenance-hook commit-msg \"$1\"\n";
    script(&sandbox, ".git/hooks/commit-msg", own);
    init(&sandbox).succeeds().says("calls us already");
    assert_eq!(sandbox.read(".git/hooks/commit-msg"), own);
}
