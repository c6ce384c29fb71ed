//! What is known of a repository after a story, and that it is sound.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use harness::Sandbox;
use serde_json::{Value, json};

use crate::first_commit::statement;

/// What readers are told.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    /// Of each commit, the oldest first: its subject, its verdict and what its records say.
    pub(super) commits: Vec<(String, String, Vec<Value>)>,
    /// Whose the lines of each file are, one letter a line.
    pub(super) kinds: BTreeMap<String, String>,
}

impl Told {
    /// Asks, and ends the test where something is not sound.
    pub(super) fn by(alice: &Sandbox, what: &str) -> Self {
        sound(alice, what);
        let verify = alice.provenance(["verify", "--json", "HEAD"]);
        assert!(matches!(verify.status, 0 | 1), "{what}\n{}", verify.full());
        let mut verdicts: BTreeMap<String, String> = BTreeMap::new();
        for commit in verify.json()["commits"].as_array().unwrap() {
            let text = |field: &str| commit[field].as_str().unwrap().to_owned();
            verdicts.insert(text("commit"), text("verdict"));
        }
        let log = alice.git(["log", "--reverse", "--topo-order", "--format=%H %s"]);
        let commits = log.lines().map(|line| {
            let (id, subject) = line.split_once(' ').unwrap();
            let verdict = verdicts.get(id).cloned().unwrap_or_default();
            let note = alice.note(id);
            let mut said: Vec<Value> = note.iter().map(|line| gist(&statement(line))).collect();
            said.sort_by_key(Value::to_string);
            (subject.to_owned(), verdict, said)
        });
        let files = alice.git(["ls-files"]);
        let kinds = files.lines().map(|path| {
            let blame = alice.provenance(["blame", "--json", "HEAD", "--", path]);
            let blame = blame.succeeds().json();
            let lines = blame["lines"].as_array().unwrap().iter();
            let kinds = lines.map(|line| &line["kind"].as_str().unwrap()[..1]);
            (path.to_owned(), kinds.collect())
        });
        Self {
            commits: commits.collect(),
            kinds: kinds.collect(),
        }
    }
}

impl Told {
    /// Ends the test where two stories end differently, and says where.
    #[track_caller]
    pub(super) fn is(&self, expected: &Self, what: &str) {
        let mut differences = Vec::new();
        for n in 0..self.commits.len().max(expected.commits.len()) {
            let (told, expected) = (self.commits.get(n), expected.commits.get(n));
            if told != expected {
                differences.push(format!("expected {expected:#?}\ngot {told:#?}"));
            }
        }
        if self.kinds != expected.kinds {
            let (told, expected) = (&self.kinds, &expected.kinds);
            differences.push(format!("expected {expected:?}\ngot {told:?}"));
        }
        assert!(differences.is_empty(), "{what}\n{}", differences.join("\n"));
    }
}

/// What a record says, without what differs from one telling to the next.
fn gist(statement: &Value) -> Value {
    let predicate = &statement["predicate"];
    let contributions = predicate["contributions"].as_array();
    let contributions = contributions.into_iter().flatten().map(|contribution| {
        let session = &contribution["session"];
        json!({
            "seq": session["seq"], "follows": session.get("previous").is_some(),
            "edits": contribution["edits"], "iterations": contribution["iterations"],
            "usage": contribution["usage"], "files": contribution["files"],
            "covers": contribution["promptContext"]["parts"],
        })
    });
    json!({
        "contributions": contributions.collect::<Vec<_>>(),
        "remainder": predicate["remainder"], "unknown": predicate["unknown"],
        "derived": predicate["derivedFrom"].as_array().map(Vec::len),
        "skipped": predicate["skipped"],
    })
}

/// Ends the test where the repository is not sound, or something is left that nobody takes away.
fn sound(alice: &Sandbox, what: &str) {
    let fsck = alice.try_git(["fsck", "--strict", "--no-dangling"]);
    assert_eq!(fsck.status, 0, "{what}\n{}", fsck.full());
    assert_eq!(fsck.talk(), "", "{what}");
    for journal in found(&alice.git_dir(), &|name| name.contains(".jsonl")) {
        for line in fs::read_to_string(&journal).unwrap().lines() {
            let read = serde_json::from_str::<Value>(line);
            assert!(read.is_ok(), "{what}: {} has {line}", journal.display());
        }
    }
    let left = || found(alice.home(), &is_left_over);
    if left().is_empty() {
        return;
    }
    // An hour later somebody runs `init`, and Git cleans up after itself.
    for path in left() {
        ages(alice, &path);
    }
    alice.provenance(["init", "--yes", "--agents", "none"]);
    if alice.home().join("keys").exists() {
        // In a folder that `init` does not know, the next key does it.
        let later = ["key", "generate", "--output", "../keys/later"];
        alice.provenance(later).succeeds();
    }
    alice.git(["prune", "--expire=now"]);
    let left = left();
    assert!(left.is_empty(), "{what}: nobody takes away {left:#?}");
}

/// Makes a file two hours older.
pub(super) fn ages(alice: &Sandbox, path: &Path) {
    let mut touch = alice.command("touch");
    let ago = ["--no-dereference", "--date=2 hours ago"];
    alice.run(touch.args(ago).arg(path)).succeeds();
}

/// Answers whether a file has a name under which something is being written.
fn is_left_over(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|e| e.to_str());
    matches!(ending, Some("tmp" | "lock" | "provenance"))
        || name.starts_with("tmp_obj_")
        || name.contains(".provenance-") && !name.ends_with(".provenance-saved")
}

fn found(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files.extend(found(&entry.path(), wanted));
        } else if wanted(&entry.file_name().to_string_lossy()) {
            files.push(entry.path());
        }
    }
    files
}
