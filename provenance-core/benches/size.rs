//! Budget P6: at most 1.5 KiB a record of note blobs and 2.0 KiB with trees and commits, after
//! repack, at 100,000 records of a typical commit, one append each.
//!
//! `cargo bench -p provenance-core --bench size`, or with other counts of records and of files in
//! each: `-- 10000 3`. Not criterion: what is measured is a size, and one run takes minutes. Uses
//! the `git` on PATH for packing. A typical commit changes one file: that is the median over the
//! histories of ripgrep (2,225 commits) and fd (1,577), where the mean is 2.4 and 1.9.
//!
//! With git 2.47.3, 100,000 records of one file: blobs 1.22 KiB, trees 0.57, commits 0.16, all
//! 1.95: both budgets hold. Before the nonce evened the length of a predicate, and while each
//! subject named its parents, it was 1.42 and 2.16: Git found a delta for a third of the notes, and
//! finds one for two thirds now. The digest of each file had cost 0.3 KiB before that and is not
//! written any more: the commit's id covers the tree, and so the blobs. Base64 is what costs: a
//! digest of 32 bytes is 64 hex digits, 86 characters in the envelope, and most of them stay after
//! zlib. How much trees take depends on how hard Git looks for deltas: of 3,000 records 259 bytes
//! each, 201 with `pack.depth=400`, 174 with `pack.window=100`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a bench reads the clock, prints, and stops where it cannot go on"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use provenance_core::digest::Digest;
use provenance_core::git::{FsyncPolicy, Location, NotesRef, ObjectId, Person, Repo};
use provenance_core::key::SigningKey;
use provenance_core::record::{Annotations, Authoring, Kind, Statement, Subject};
use provenance_core::seal::Envelope;
use provenance_core::store::Notes;
use serde_json::json;

/// Loose objects are packed as often as this, as `git gc --auto` would.
const APPENDS_PER_PACK: usize = 2_000;

fn main() {
    // `cargo test --all-targets` runs benches without this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let count = numbers.next().unwrap_or(100_000);
    let files = numbers.next().unwrap_or(1);
    let directory = tempfile::tempdir().unwrap();
    git(directory.path(), &["init", "--quiet"]);
    let key = SigningKey::from_seed(&[7; 32]);
    let person = Person::parse(b"Alice <alice@example.com> 1767225600 +0100");
    let open = || Repo::open(&Location::at(directory.path())).unwrap();
    let mut repo = open();
    let mut appending = 0.0;
    for n in 0..count {
        let (commit_id, line) = record(n, files, &key);
        let start = Instant::now();
        let notes = Notes::open(&repo, &NotesRef::default());
        let appended = notes.append(commit_id, &[line], &person, FsyncPolicy::GIT_DEFAULT);
        assert!(appended.unwrap().is_some());
        appending += start.elapsed().as_secs_f64();
        if (n + 1) % APPENDS_PER_PACK == 0 {
            git(directory.path(), &["repack", "-d", "-q"]);
            repo = open();
        }
    }
    git(directory.path(), &["repack", "-a", "-d", "-f", "-q"]);

    let each = |amount: f64| amount / count as f64;
    println!("{count} records, {:.3} ms an append", each(appending * 1e3));
    let sizes = sizes(directory.path());
    for (kind, (objects, bytes)) in &sizes {
        let bytes = each(*bytes as f64);
        println!("{kind:<7} {objects:>8} objects {bytes:>8.1} bytes a record");
    }
    let kib = |bytes: u64| each(bytes as f64) / 1024.0;
    println!(
        "blobs   {:.2} KiB a record (budget 1.5)",
        kib(sizes["blob"].1)
    );
    let all = sizes.values().map(|(_, bytes)| bytes).sum();
    println!("all     {:.2} KiB a record (budget 2.0)", kib(all));
}

/// The n-th commit and the line about it; ten commits are one session.
fn record(n: usize, files: usize, key: &SigningKey) -> (ObjectId, Vec<u8>) {
    let digest = |what: &str, n: usize| Digest::of(format!("{what} {n}").as_bytes());
    let id = |what, n| ObjectId::from_bytes(&digest(what, n).as_bytes()[..20]).unwrap();
    let (commit_id, parent_id) = (id("commit", n), id("commit", n + 1));
    let file = |i: usize| {
        let at = 1 + n * 7 % 400 + i;
        json!({
            "path": format!("src/module_{}/part_{}.rs", (n * 31 + i * 17) % 50, (n * 13 + i) % 12),
            "ai": [[at, at + 20 + n % 9], [at + 60, at + 61 + n % 30], [at + 200, at + 200]],
            "mixed": [[at + 40, at + 41]],
        })
    };
    let session = digest("session", n / 10).to_hex();
    let session = [
        &session[..8],
        &session[8..12],
        &session[12..16],
        &session[16..32],
    ]
    .join("-");
    let predicate = json!({
        "tree": id("tree", n),
        "onto": {"commit": parent_id, "records": [digest("record", n)]},
        "repo": digest("repo", 0),
        "trust": 3,
        "contributions": [{
            "tool": {"name": "claude-code", "version": "2.1.328"},
            "model": {
                "id": "anthropic/claude-opus-4-5-20251101",
                "raw": "claude-opus-4-5-20251101",
            },
            "operator": "alice@example.com",
            "session": {"id": session, "seq": n % 10 + 1, "previous": digest("record", n + 1)},
            "mode": "agent",
            "iterations": 1 + n % 5,
            "edits": 3 + n % 17,
            "tools": {"Bash": n % 4, "Edit": 3 + n % 13},
            "promptContext": {
                "commitment": digest("context", n),
                "parts": 2 + n % 6,
                "covers": ["prompts", "files-read"],
            },
            "usage": {
                "inputTokens": 100_000 + n * 7_919 % 90_000,
                "outputTokens": 2_000 + n * 104_729 % 9_000,
                "cacheReadTokens": 50_000 + n * 1_299_709 % 90_000,
                "costMicroUsd": 200_000 + n * 15_485_863 % 900_000,
            },
            "task": format!("PAY-{} retry on 429", n / 6),
            "files": (0..files).map(file).collect::<Vec<_>>(),
        }],
        "remainder": "human",
        "approver": "alice@example.com",
        "committedBy": "human",
        "capture": [],
        "origin": "witnessed",
        "recorder": {"name": "provenance-hook", "version": "0.1.0"},
        "recordedAt": "2026-11-20T09:35:28Z",
        "derivedFrom": [],
        "nonce": &digest("nonce", n).to_hex()[..36],
    });
    let mut authoring: Authoring = serde_json::from_value(predicate).unwrap();
    authoring.settle().unwrap();
    let annotations = Annotations {
        parents: None,
        patch: Some(digest("patch", n)),
    };
    let subject = Subject::commit(commit_id, digest("raw", n), annotations);
    let statement = Statement::new(Kind::Authoring, vec![subject], &authoring).unwrap();
    (
        commit_id,
        Envelope::seal(&statement, key).unwrap().to_line(),
    )
}

/// Objects and bytes on disk, by type.
fn sizes(directory: &Path) -> BTreeMap<String, (u64, u64)> {
    let format = "--batch-check=%(objecttype) %(objectsize:disk)";
    let listed = git(
        directory,
        &["cat-file", "--batch-all-objects", "--unordered", format],
    );
    let mut sizes: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for line in listed.lines() {
        let (kind, size) = line.split_once(' ').unwrap();
        let (objects, bytes) = sizes.entry(kind.to_owned()).or_default();
        *objects += 1;
        *bytes += size.parse::<u64>().unwrap();
    }
    sizes
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(directory)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
