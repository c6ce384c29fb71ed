//! Many processes at once. Each is this test binary again, running [`worker`] alone.

use std::process::{Child, Command, Stdio};

use provenance_core::git::{FsyncPolicy, Location, Repo};

use super::{REF, id, notes, person};
use crate::sandbox::{Sandbox, run};

const PROCESSES: usize = 40;
const RECORDS: usize = 25;
/// Tells [`worker`] what to do: `append <number> <directory>` or `read <directory>`.
const TASK: &str = "PROVENANCE_TEST_TASK";

/// Does nothing in an ordinary run.
#[test]
fn worker() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test process is told what to do by it"
    )]
    let Ok(task) = std::env::var(TASK) else {
        return;
    };
    let words: Vec<_> = task.splitn(3, ' ').collect();
    match words[..] {
        ["append", number, directory] => {
            for record in 0..RECORDS {
                let repo = Repo::open(&Location::at(directory)).unwrap();
                let line = format!("process {number} record {record}");
                let appended = notes(&repo).append(
                    id(record % 3),
                    &[line],
                    &person(),
                    FsyncPolicy::GIT_DEFAULT,
                );
                assert!(appended.unwrap().is_some());
            }
        }
        ["read", "all", directory] => {
            let repo = Repo::open(&Location::at(directory)).unwrap();
            let store = notes(&repo);
            for commit_id in store.list().unwrap().notes.keys() {
                drop(store.lines(*commit_id).unwrap());
            }
            println!("\npeak={}", peak_memory());
        }
        _ => panic!("{task}"),
    }
}

fn start(task: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "notes::parallel::worker", "--nocapture"])
        .env(TASK, task)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The most memory that this process ever held, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.map_or(0, |number| number.parse().unwrap())
}

/// The most memory that reading every note takes, in KiB; 0 where the system does not tell.
pub(super) fn peak_memory_of_reading(sandbox: &Sandbox) -> u64 {
    let child = start(&format!("read all {}", sandbox.root().display()));
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let peak = text.lines().find_map(|line| line.strip_prefix("peak="));
    peak.unwrap().parse().unwrap()
}

fn start_writers(sandbox: &Sandbox) -> Vec<Child> {
    let task = |number| format!("append {number} {}", sandbox.root().display());
    (0..PROCESSES).map(|number| start(&task(number))).collect()
}

/// Waits for the writers, and counts what they left.
fn finish(sandbox: &Sandbox, writers: Vec<Child>) {
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}");
    }
    let repo = sandbox.repo();
    let store = notes(&repo);
    let kept: usize = (0..3)
        .map(|n| store.lines(id(n)).unwrap().lines.len())
        .sum();
    assert_eq!(kept, PROCESSES * RECORDS);
    let commits = String::from_utf8(sandbox.git(["rev-list", "--count", REF])).unwrap();
    assert_eq!(commits.trim(), "1000", "one notes commit each");
}

#[test]
fn forty_processes_of_twenty_five_records_keep_a_thousand() {
    let sandbox = Sandbox::new();
    finish(&sandbox, start_writers(&sandbox));
}

#[test]
fn forty_processes_keep_a_thousand_while_git_reads_and_packs() {
    let sandbox = Sandbox::new();
    let mut writers = start_writers(&sandbox);
    let show = ["notes", "--ref=provenance", "show", &id(0).to_string()];
    let mut seen = 0;
    while writers
        .iter_mut()
        .any(|writer| writer.try_wait().unwrap().is_none())
    {
        let mut git = sandbox.command(&sandbox.root());
        let (shown, ok) = run(git.args(show), b"");
        if ok {
            let lines = shown.split(|byte| *byte == b'\n').count();
            assert!(lines >= seen, "{lines} after {seen}");
            seen = lines;
        }
        sandbox.git(["pack-refs", "--all"]);
    }
    finish(&sandbox, writers);
}
