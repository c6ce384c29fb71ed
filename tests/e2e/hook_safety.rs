//! The hooks never block a commit: whatever is broken beside it, the commit lands, and what could
//! not be recorded reads `unattested` or `missing`, never better.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use harness::Sandbox;

use crate::lines::{kinds, predicate};

const MODEL: &str = "anthropic/claude-opus-4-5";

/// Commits an agent's line and requires that the commit lands, whatever is said on the way.
#[track_caller]
fn lands(repo: &Sandbox) {
    repo.agent(MODEL).edits("a.txt", "a\n");
    repo.git(["add", "-A"]);
    repo.try_git(["commit", "--quiet", "-m", "must land"])
        .succeeds();
    assert!(repo.message("HEAD").starts_with("must land"));
}

/// The secret half of the key that `init` made.
fn secret_key(repo: &Sandbox) -> PathBuf {
    let keys = repo.home().join(".config/provenance/keys");
    let mut found = fs::read_dir(keys)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    found
        .find(|path| path.extension().is_none_or(|extension| extension != "pub"))
        .expect("init made a key")
}

#[track_caller]
fn reads_not_verified(repo: &Sandbox) {
    let verify = repo.provenance(["verify"]);
    assert_eq!(verify.status, 1, "{}", verify.full());
    assert_eq!(kinds(repo, "a.txt"), "u");
}

#[test]
fn without_init_a_commit_is_an_ordinary_commit() {
    let repo = Sandbox::new();
    lands(&repo);
    assert_eq!(repo.message("HEAD"), "must land\n");
    assert_eq!(
        repo.git(["for-each-ref", "--format=%(refname)"]),
        "refs/heads/main"
    );
    reads_not_verified(&repo);
}

#[test]
fn without_a_key_the_commit_lands_and_doctor_says_what_to_do() {
    let repo = Sandbox::new().with_provenance();
    fs::remove_file(secret_key(&repo)).unwrap();
    lands(&repo);
    reads_not_verified(&repo);
    repo.provenance(["doctor"]).exits(1).says("key");
}

#[test]
fn with_a_key_that_is_no_key_the_commit_lands() {
    let repo = Sandbox::new().with_provenance();
    let key = secret_key(&repo);
    fs::write(&key, "not a key\n").unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    lands(&repo);
    reads_not_verified(&repo);
}

#[test]
fn with_an_encrypted_key_or_one_of_another_type_the_commit_lands_and_the_way_out_is_named() {
    for (arguments, word) in [
        (["-t", "ed25519", "-N", "secret"], "passphrase"),
        (["-t", "ecdsa", "-N", ""], "ssh-ed25519"),
    ] {
        let repo = Sandbox::new().with_provenance();
        let path = repo.home().join("other_key");
        let mut keygen = repo.command("ssh-keygen");
        keygen.args(["-q", "-f"]).arg(&path).args(arguments);
        repo.run(&mut keygen).succeeds();
        repo.git(["config", "provenance.signingKey", path.to_str().unwrap()]);
        lands(&repo);
        reads_not_verified(&repo);
        let doctor = repo.provenance(["doctor"]).exits(1);
        let all = doctor.full();
        assert!(all.contains(word) || all.contains("key generate"), "{all}");
    }
}

#[test]
fn an_existing_unencrypted_ed25519_key_of_openssh_can_be_used() {
    let repo = Sandbox::new();
    let path = repo.home().join("id_ed25519");
    let mut keygen = repo.command("ssh-keygen");
    keygen
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&path);
    repo.run(&mut keygen).succeeds();
    repo.git(["config", "provenance.signingKey", path.to_str().unwrap()]);
    let repo = repo.with_provenance();
    lands(&repo);
    assert_eq!(kinds(&repo, "a.txt"), "a");
    repo.provenance(["verify"]).succeeds();
}

#[test]
fn with_our_folder_in_the_git_directory_taken_by_a_file_the_commit_lands() {
    let repo = Sandbox::new().with_provenance();
    let folder = repo.git_dir().join("provenance");
    drop(fs::remove_dir_all(&folder));
    fs::write(&folder, "in the way\n").unwrap();
    lands(&repo);
}

#[test]
fn with_a_full_disk_under_our_folder_the_commit_lands() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("before.txt", "before\n");
    // Every file of ours becomes a link to a device that is always full.
    for file in files_below(&repo.git_dir().join("provenance")) {
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    }
    // The agent may be told on standard error; it is neither stopped nor given an answer.
    let event = r#"{"event":"prompt","session":"s-1","cwd":".","text":"x"}"#;
    let told = repo.hook(["agent", "generic"], event.as_bytes()).exits(0);
    assert_eq!(told.text(), "");
    repo.write("a.txt", "a\n");
    repo.git(["add", "-A"]);
    repo.try_git(["commit", "--quiet", "-m", "must land"])
        .succeeds();
    assert!(repo.message("HEAD").starts_with("must land"));
}

#[test]
fn a_lock_that_somebody_left_behind_does_not_block_the_commit() {
    let repo = Sandbox::new().with_provenance();
    repo.write("base.txt", "base\n");
    repo.commit("base");
    repo.write(".git/refs/notes/provenance.lock", "");
    lands(&repo);
    fs::remove_file(repo.path().join(".git/refs/notes/provenance.lock")).unwrap();
    let verify = repo.provenance(["verify", "HEAD~1..HEAD"]);
    assert_eq!(verify.status, 1, "{}", verify.full());
}

#[test]
fn a_journal_that_is_cut_off_in_a_line_keeps_the_lines_before() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("a.txt", "a\n");
    let journals: Vec<PathBuf> = files_below(&repo.git_dir().join("provenance"))
        .into_iter()
        .filter(|path| path.to_str().unwrap().contains("journal"))
        .collect();
    assert!(!journals.is_empty(), "where is the journal?");
    for journal in journals {
        let mut bytes = fs::read(&journal).unwrap();
        bytes.extend_from_slice(br#"{"event":"after-edit","session":"s-9","pa"#);
        fs::write(&journal, bytes).unwrap();
    }
    repo.commit("after a crash");
    assert_eq!(kinds(&repo, "a.txt"), "a");
    repo.agent(MODEL).appends("a.txt", "b\n");
    repo.commit("and on");
    assert_eq!(kinds(&repo, "a.txt"), "aa");
}

#[test]
fn a_hook_whose_program_is_gone_is_ignored_by_git() {
    let repo = Sandbox::new().with_provenance();
    for name in ["commit-msg", "post-commit"] {
        let hook = repo.path().join(".git/hooks").join(name);
        assert!(
            hook.symlink_metadata().unwrap().is_symlink(),
            "{name} is a link"
        );
        fs::remove_file(&hook).unwrap();
        std::os::unix::fs::symlink("/nowhere/provenance-hook", &hook).unwrap();
    }
    repo.write("a.txt", "a\n");
    repo.git(["add", "-A"]);
    repo.try_git(["commit", "--quiet", "-m", "must land"])
        .succeeds();
    reads_not_verified(&repo);
    repo.provenance(["doctor"]).exits(1).says("commit-msg");
}

#[test]
fn the_users_own_hooks_still_run_and_still_decide() {
    let repo = Sandbox::new();
    let hook = repo.path().join(".git/hooks/commit-msg");
    let script = "#!/bin/sh\ngrep -q ticket \"$1\" || { echo 'no ticket' >&2; exit 1; }\n";
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let repo = repo.with_provenance();
    repo.agent(MODEL).edits("a.txt", "a\n");
    repo.git(["add", "-A"]);
    let refused = repo.try_git(["commit", "-m", "without"]);
    assert_ne!(refused.status, 0);
    let _refused = refused.says("no ticket");
    repo.commit_with(["-m", "with a ticket"]);
    assert_eq!(kinds(&repo, "a.txt"), "a");
    repo.provenance(["uninstall"]).succeeds();
    assert_eq!(fs::read_to_string(&hook).unwrap(), script);
    assert_eq!(hook.metadata().unwrap().permissions().mode() & 0o777, 0o755);
}

#[test]
fn configuration_from_the_command_line_and_the_environment_is_honored() {
    let repo = Sandbox::new().with_provenance();
    repo.agent(MODEL).edits("a.txt", "a\n");
    repo.git(["add", "-A"]);
    repo.git([
        "-c",
        "user.name=Zoe",
        "-c",
        "provenance.trailer=pin",
        "commit",
        "--quiet",
        "-m",
        "x",
    ]);
    let message = repo.message("HEAD");
    assert!(message.contains("Provenance: sha256:"), "{message}");
    assert!(!message.contains("Assisted-by:"), "{message}");
    assert_eq!(
        repo.git(["log", "-1", "--format=%cn", "refs/notes/provenance"]),
        "Zoe",
        "notes commits carry the committer of the commit"
    );
    let codes = predicate(&repo, "HEAD")["capture"].clone();
    assert_eq!(codes, serde_json::json!([]));
}

#[test]
fn the_agents_entrance_exits_with_zero_whatever_it_is_given() {
    let repo = Sandbox::new().with_provenance();
    let elsewhere = Sandbox::without_repository();
    let deep = "[".repeat(200_000);
    let huge = format!(
        "{{\"event\":\"prompt\",\"text\":\"{}\"}}",
        "x".repeat(3_000_000)
    );
    for input in [
        "",
        "not json",
        "{}",
        "[]",
        "null",
        "\u{0}",
        "{\"event\":1}",
        &deep,
        &huge,
    ] {
        for sandbox in [&repo, &elsewhere] {
            for name in ["generic", "claude-code", "nobody-knows-it", "--help", ""] {
                let output = sandbox.hook(["agent", name], input.as_bytes()).exits(0);
                let stdout = output.text().trim_end();
                assert!(matches!(stdout, "" | "{}"), "{}", output.full());
            }
        }
    }
    repo.hook(["agent"], b"").exits(0);
    repo.hook(["agent", "generic", "and", "more"], b"{}")
        .exits(0);
}

/// Every file below a folder.
fn files_below(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}
