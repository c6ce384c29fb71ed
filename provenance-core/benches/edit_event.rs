//! Budget P2: one edit event of an agent, file of 2,000 lines, whole process: p50 5 ms, p95 15 ms.
//!
//! Runs the release `provenance-hook agent claude-code` (build it first:
//! `cargo build --release -p provenance-hook`) with Claude Code's `PreToolUse` and `PostToolUse` for
//! an edit of one line in a file of 2,000 lines (78 KB), a new content each time, in a journal of
//! 500 events. `do nothing` is the same program asked for its version: what starting costs here.
//!
//! Figures of 2026-11-21, 2 cores, nothing else running, mean of 100: before an edit 2.4 ms, after
//! it 3.0 ms. The day before, with a load of 20 on the same two cores (300 events, interleaved):
//!
//! | | p50 | p95 | CPU time, p50 |
//! |---|---|---|---|
//! | do nothing | 1.8 ms | 7.1 ms | 1.0 ms |
//! | before edit | 2.8 ms | 8.6 ms | 1.5 ms |
//! | after edit | 5.3 ms | 14.2 ms | 3.0 ms |

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a bench that cannot go on should stop where it stands"
)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use provenance_core::capture;
use provenance_core::git::{Location, Repo};
use serde_json::{Value, json};
use tempfile::TempDir;

const LINES: usize = 2_000;

fn hook() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/provenance-hook");
    assert!(
        target.is_file(),
        "build it first: cargo build --release -p provenance-hook"
    );
    target
}

fn content(number: usize) -> String {
    let line = |line: usize| {
        if line == LINES / 2 {
            format!("    let value_{line} = changed({number});\n")
        } else {
            format!("    let value_{line} = compute({line}, 42);\n")
        }
    };
    (0..LINES).map(line).collect()
}

fn event(root: &Path, number: usize) -> (String, String) {
    let path = root.join("src.rs");
    let call = format!("toolu_{number}");
    let base = |name: &str| {
        json!({
            "session_id": "cb947e5b-246e-4253-a953-631f7e464c6b", "transcript_path": "/nowhere.jsonl",
            "cwd": root, "permission_mode": "acceptEdits", "hook_event_name": name,
            "tool_name": "Edit", "tool_use_id": call,
            "tool_input": {"file_path": path, "old_string": "a", "new_string": "b"},
        })
    };
    let before = base("PreToolUse");
    let mut after = base("PostToolUse");
    after["tool_response"] = json!({
        "filePath": path, "originalFile": content(number), "userModified": false,
        "structuredPatch": Value::Array(Vec::new()),
    });
    (before.to_string(), after.to_string())
}

fn report(hook: &Path, payload: &str) {
    let mut child = Command::new(hook)
        .args(["agent", "claude-code"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(payload.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
}

fn repository() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let made = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(dir.path())
        .status();
    assert!(made.unwrap().success());
    let repo = Repo::open(&Location::at(dir.path())).unwrap();
    capture::watch(&repo).unwrap();
    dir
}

fn edit_event(criterion: &mut Criterion) {
    let hook = hook();
    let dir = repository();
    let root = dir.path().canonicalize().unwrap();
    let file = root.join("src.rs");
    let mut number = 0;
    let mut next = || {
        number += 1;
        fs::write(&file, content(number + 1)).unwrap();
        event(&root, number)
    };
    for _ in 0..250 {
        let (before, after) = next();
        report(&hook, &before);
        report(&hook, &after);
    }
    let mut group = criterion.benchmark_group("P2 edit event");
    group.sample_size(100);
    group.bench_function("do nothing", |bencher| {
        bencher.iter(|| {
            let status = Command::new(&hook)
                .arg("--version")
                .stdout(Stdio::null())
                .status();
            assert!(status.unwrap().success());
        });
    });
    group.bench_function("before edit", |bencher| {
        bencher.iter_batched(
            || next().0,
            |payload| report(&hook, &payload),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("after edit", |bencher| {
        bencher.iter_batched(
            || next().1,
            |payload| report(&hook, &payload),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, edit_event);
criterion_main!(benches);
