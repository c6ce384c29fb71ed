//! `doctor` finds what was broken on purpose, says what to type, and changes nothing.

mod faults;

use std::fs;

use harness::{Output, Sandbox};

use self::faults::{faults, hook, relink};
use crate::hook_managers::files;
use crate::schemas::validates;

fn set_up() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .provenance(["init", "--yes", "--agents", "claude-code"])
        .succeeds();
    sandbox
}

fn found<'a>(diagnosis: &'a serde_json::Value, check: &str) -> Vec<&'a serde_json::Value> {
    let checks = diagnosis["checks"].as_array().unwrap();
    let bad = |entry: &&serde_json::Value| entry["check"] == check && entry["status"] != "ok";
    checks.iter().filter(bad).collect()
}

#[test]
fn every_planted_fault_is_found() {
    for fault in faults() {
        let sandbox = set_up();
        (fault.plant)(&sandbox);
        let before = files(sandbox.home());
        let output = sandbox.provenance(["doctor", "--json"]).exits(1);
        let diagnosis = output.json();
        validates("doctor.v1", &diagnosis);
        let answers = found(&diagnosis, fault.check);
        let says = |answer: &&&serde_json::Value| {
            answer.to_string().contains(fault.says) && answer["fix"].is_string()
        };
        assert!(
            answers.iter().any(|answer| says(&answer)),
            "{}: not found\n{}",
            fault.name,
            output.full()
        );
        assert_eq!(
            diagnosis["nextCommitRecorded"],
            fault.is_recorded,
            "{}\n{}",
            fault.name,
            output.full()
        );
        assert_eq!(
            files(sandbox.home()),
            before,
            "{}: it changed something",
            fault.name
        );
    }
}

#[test]
fn a_repository_that_is_well_has_nothing_but_ok() {
    let sandbox = set_up();
    let told = sandbox.provenance(["doctor"]).succeeds();
    for line in told.text().lines() {
        let is_last = line == "The next commit will be recorded.";
        assert!(line.starts_with("ok ") || is_last, "{}", told.full());
    }
}

#[test]
fn what_doctor_says_to_type_mends_it() {
    let mendable: [fn(&Sandbox); 5] = [
        |sandbox| fs::remove_file(hook(sandbox, "post-commit")).unwrap(),
        |sandbox| relink(hook(sandbox, "commit-msg"), "/gone/provenance-hook"),
        |sandbox| {
            sandbox.git(["config", "--unset", "notes.provenance.mergeStrategy"]);
        },
        |sandbox| {
            sandbox.write(".claude/settings.local.json", "{}\n");
        },
        |sandbox| {
            let link = sandbox.git_dir().join("provenance/provenance-hook");
            relink(link, "/gone/provenance-hook");
        },
    ];
    for plant in mendable {
        let sandbox = set_up();
        plant(&sandbox);
        sandbox.provenance(["doctor"]).exits(1);
        sandbox
            .provenance(["init", "--yes", "--agents", "claude-code"])
            .succeeds();
        sandbox.provenance(["doctor"]).succeeds();
        sandbox.provenance(["uninstall"]).succeeds();
    }
}

#[test]
fn failures_are_forgotten_only_when_asked() {
    let sandbox = set_up();
    let log = sandbox.git_dir().join("provenance/hook.log");
    fs::write(&log, "2026-05-04T09:00:00Z post-commit \u{1b}[2Jx\n").unwrap();
    let told: Output = sandbox.provenance(["doctor"]).exits(1);
    assert!(told.text().contains("\\u{1b}[2Jx"), "{}", told.full());
    sandbox.provenance(["doctor", "--forget"]).succeeds();
    assert!(!log.exists());
}

#[test]
fn a_commit_of_ones_own_that_no_hook_saw_is_mentioned() {
    let sandbox = set_up();
    sandbox.commit_with(["--allow-empty", "--message", "seen"]);
    let told = sandbox.provenance(["doctor"]).succeeds();
    assert!(told.text().contains("is verified"), "{}", told.full());
    sandbox.git([
        "-c",
        "core.hooksPath=/dev/null",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "x",
    ]);
    let told = sandbox.provenance(["doctor"]).succeeds();
    assert!(
        told.text().contains("is yours and has no record"),
        "{}",
        told.full()
    );
}

#[test]
fn a_switch_in_the_environment_is_seen() {
    let sandbox = set_up().with_env("PROVENANCE", "0");
    let told = sandbox.provenance(["doctor"]).exits(1);
    assert!(told.text().contains("PROVENANCE=0"), "{}", told.full());
}

#[test]
fn a_repository_that_never_saw_init_is_told_the_truth_and_left_alone() {
    let sandbox = Sandbox::new();
    let before = files(sandbox.home());
    let told = sandbox.provenance(["doctor"]).exits(1);
    assert!(told.text().contains("NOT be recorded"), "{}", told.full());
    assert_eq!(files(sandbox.home()), before);
    let nowhere = Sandbox::without_repository();
    nowhere.provenance(["doctor"]).exits(2);
}

#[test]
fn a_reftable_or_sha256_repository_says_so() {
    for arguments in [["--ref-format=reftable"], ["--object-format=sha256"]] {
        let sandbox = Sandbox::without_repository();
        sandbox.git(["init", "--quiet", arguments[0]]);
        let told = sandbox.provenance(["doctor"]).exits(1);
        assert!(
            told.text().contains("BROKEN  repository"),
            "{}",
            told.full()
        );
        sandbox.provenance(["init", "--yes"]).exits(2);
    }
}
