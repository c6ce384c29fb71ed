//! `pre-push`: the records go before the branch, and a push never fails because of them.

use harness::Sandbox;

use super::odd::through;
use super::{Hub, NOTES, TRUST, commits, records, tip};

/// A hub to which a push sends records.
fn hub() -> Hub {
    let hub = Hub::new();
    hub.alice.git(["config", "provenance.autoSync", "true"]);
    hub
}

/// Pushes, and returns what was printed.
fn push(person: &Sandbox) -> String {
    let mut push = person.command("git");
    push.args(["push", "--quiet", "origin", "HEAD"]);
    person.run(&mut push).succeeds().talk()
}

#[test]
fn a_push_sends_the_records_before_the_branch_and_says_nothing() {
    let hub = hub();
    // Nothing that a branch says is at the hub before its records are.
    hub.hook(
        "pre-receive",
        "while read old new name; do case $name in refs/heads/*)\n\
         git notes --ref=provenance list $new >/dev/null || exit 1;; esac; done",
    );
    let commit = commits(&hub.alice, "more.txt");
    assert_eq!(push(&hub.alice), "");
    assert_eq!(tip(&hub.bare(), "main"), Some(commit));
    assert_eq!(records(&hub.bare()), records(&hub.alice));
    // Trust, too.
    let before = tip(&hub.bare(), TRUST);
    hub.alice
        .provenance(["key", "generate", "--output", "../k"])
        .succeeds();
    hub.alice
        .provenance([
            "trust", "add", "bot", "--kind", "service", "--key", "../k.pub",
        ])
        .succeeds();
    commits(&hub.alice, "again.txt");
    assert_eq!(push(&hub.alice), "");
    assert_ne!(tip(&hub.bare(), TRUST), before);
}

#[test]
fn a_push_with_nothing_new_asks_nobody() {
    let hub = hub();
    commits(&hub.alice, "more.txt");
    assert_eq!(push(&hub.alice), "");
    // Only the push itself may reach the hub: whoever lists or fetches fails.
    hub.alice
        .git(["config", "remote.origin.uploadpack", "false"]);
    hub.alice.git([
        "-c",
        "core.hooksPath=/dev/null",
        "commit",
        "--quiet",
        "--allow-empty",
        "--message=x",
    ]);
    assert_eq!(push(&hub.alice), "");
    assert_eq!(tip(&hub.bare(), "main"), Some(hub.alice.head()));
}

#[test]
fn attack_g08_a_push_sends_what_a_fetch_by_force_took_here() {
    let hub = hub();
    let commit = commits(&hub.alice, "more.txt");
    hub.alice
        .git(["fetch", "--quiet", "origin", "+refs/notes/*:refs/notes/*"]);
    let said = push(&hub.alice);
    assert!(said.contains("was set back here"), "{said}");
    assert_eq!(tip(&hub.bare(), "main"), Some(commit.clone()));
    assert_eq!(hub.bare().note(&commit), hub.alice.note(&commit));
    assert_eq!(hub.alice.note(&commit).len(), 1);
}

#[test]
fn a_push_of_our_own_refs_by_name_works_as_ever() {
    let hub = hub();
    commits(&hub.alice, "more.txt");
    hub.alice
        .git(["push", "--quiet", "origin", "main", NOTES, TRUST]);
    assert_eq!(tip(&hub.bare(), NOTES), tip(&hub.alice, NOTES));
}

#[test]
fn a_hub_that_does_not_take_records_does_not_fail_the_push() {
    let hub = hub();
    let refuse = "while read old new name; do case $name in refs/notes/*) exit 1;; esac; done";
    hub.hook("pre-receive", refuse);
    let commit = commits(&hub.alice, "more.txt");
    let said = push(&hub.alice);
    assert!(
        said.starts_with("provenance: pre-push: about the records at origin"),
        "{said}"
    );
    assert_eq!(
        said.lines().filter(|l| l.contains("provenance:")).count(),
        1,
        "{said}"
    );
    assert_eq!(tip(&hub.bare(), "main"), Some(commit));
    let log = hub.alice.provenance(["doctor"]);
    log.says("pre-push");
}

#[test]
fn a_hub_that_hangs_on_records_holds_a_push_up_only_for_the_time_limit() {
    let hub = hub();
    let commit = commits(&hub.alice, "more.txt");
    through(
        &hub.alice,
        "upload-pack",
        "mkfifo \"$HOME/never\"\nread line <>\"$HOME/never\"",
    );
    hub.alice.git(["config", "provenance.autoSyncTimeout", "1"]);
    let said = push(&hub.alice);
    assert!(said.contains("not done within 1 seconds"), "{said}");
    assert_eq!(tip(&hub.bare(), "main"), Some(commit));
}

#[test]
fn a_setting_and_a_variable_switch_it_off() {
    let hub = hub();
    let before = tip(&hub.bare(), NOTES);
    commits(&hub.alice, "more.txt");
    let mut quiet = hub.alice.command("git");
    quiet
        .args(["push", "--quiet", "origin", "HEAD"])
        .env("PROVENANCE", "0");
    hub.alice.run(&mut quiet).succeeds();
    hub.alice.git(["config", "provenance.autoSync", "false"]);
    commits(&hub.alice, "again.txt");
    assert_eq!(push(&hub.alice), "");
    assert_eq!(tip(&hub.bare(), NOTES), before);
}

/// A user's own hook, set aside by `init` or chained with ours, that keeps what it is told.
fn own_hook(person: &Sandbox, folder: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let script = "#!/bin/sh\nprintf '%s\\n' \"$@\" >told\ncat >>told\n[ ! -e refuse ]\n";
    person.write(format!("{folder}/pre-push"), script);
    let path = person.path().join(folder).join("pre-push");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_users_own_hook_is_told_everything_and_may_refuse() {
    for folder in [".git/hooks", ".githooks"] {
        let hub = hub();
        let alice = &hub.alice;
        alice.provenance(["uninstall"]).succeeds();
        own_hook(alice, folder);
        if folder == ".githooks" {
            alice.git(["config", "core.hooksPath", folder]);
        }
        alice
            .provenance(["init", "--yes", "--agents", "none"])
            .succeeds();
        let before = alice.git(["rev-parse", "origin/main"]);
        let commit = commits(alice, "more.txt");
        assert_eq!(push(alice), "", "{folder}");
        let told = alice.read("told");
        let line = format!("HEAD {commit} refs/heads/main {before}");
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            (lines[0], lines[2]),
            ("origin", line.as_str()),
            "{folder}: {told}"
        );
        assert_eq!(lines.len(), 3, "{folder}: {told}");
        assert_eq!(records(&hub.bare()), records(alice), "{folder}");
        // It refuses: nothing is sent, no record either.
        alice.write("refuse", "");
        let sent = tip(&hub.bare(), NOTES);
        alice.git(["commit", "--quiet", "--allow-empty", "-m", "refused"]);
        assert_ne!(
            alice.try_git(["push", "--quiet", "origin", "HEAD"]).status,
            0
        );
        assert_eq!(tip(&hub.bare(), NOTES), sent, "{folder}");
    }
}

#[test]
fn init_installs_it_doctor_sees_it_and_uninstall_takes_it_out() {
    let alice = Sandbox::new().with_provenance();
    let hook = alice.path().join(".git/hooks/pre-push");
    assert!(hook.is_symlink());
    alice.provenance(["doctor"]).says("pre-push");
    std::fs::remove_file(&hook).unwrap();
    alice
        .provenance(["doctor"])
        .exits(1)
        .says("pre-push is missing");
    alice
        .provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    alice.provenance(["uninstall"]).succeeds();
    assert!(!hook.exists() && !hook.is_symlink());
}
