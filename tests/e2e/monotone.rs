//! Deletion is monotone: whatever is taken away, no verdict rises, no line goes from an AI to a
//! human, and no exit code goes from *no* or *could not* to *yes*.
//!
//! Outside it, by nature: a record that nothing pins and that contradicts a pinned one can be
//! withheld; the threat model names it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use harness::Sandbox;
use serde_json::Value;

use crate::rewrites::rank;

/// A repository with every kind of commit that this version makes.
fn everything() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("old.txt", "from before\n");
    alice.commit("before records began");
    let alice = alice.with_provenance();
    alice
        .agent("openai/gpt-5.1")
        .edits("ai.txt", "one\ntwo\nthree\n");
    alice.commit("by an agent");
    alice.write("hand.txt", "by hand\n");
    alice.commit("by hand");
    let text = alice.read("ai.txt").replace("two", "two, and more of it");
    alice.write("ai.txt", text);
    alice.commit("a human changes an agent's line later");
    alice.claude_code().writes("amended.txt", "a\nb\n");
    alice.commit("to be amended");
    alice.append("amended.txt", "c\n");
    alice.git(["add", "--all"]);
    alice.commit_with(["--amend", "--no-edit"]);
    alice
}

/// The same, with what else a trail can hold: a second principal and his commits, records that were
/// carried and declared, one in an inbox, one that no hook sealed, and a commit that has none.
fn even_more() -> Sandbox {
    let alice = everything();
    let bob = alice.clone_for("bob");
    bob.provenance(["init", "--yes", "--agents", "none"]);
    alice.trusts(&bob, "bob@example.com");
    bob.provenance(["sync"]).succeeds();
    bob.agent("openai/gpt-5.1").edits("bob.txt", "b\n");
    bob.commit("bob's");
    let path = bob.path().to_str().unwrap().to_owned();
    alice.git(["pull", "--quiet", "--no-rebase", &path, "main"]);
    let inbox = "refs/notes/provenance-inbox/SHA256-jEK6DaxlKS7wzEZR-dEFrUK5gzAPzjC7D_a_hbvxv6I";
    alice.git([
        "fetch",
        "--quiet",
        &path,
        &format!("refs/notes/provenance:{inbox}"),
    ]);
    alice.git(["switch", "--quiet", "--create", "side", "HEAD~2"]);
    alice.agent("openai/gpt-5.1").edits("picked.txt", "p\n");
    let picked = alice.commit("to be picked");
    alice.git(["switch", "--quiet", "main"]);
    alice.git(["cherry-pick", &picked]);
    let off = alice.within("").with_env("PROVENANCE", "0");
    alice.write("late.txt", "late\n");
    off.commit("somebody says later that an agent wrote it");
    alice
        .provenance(["record", "--tool", "late", "--file", "late.txt"])
        .succeeds();
    alice.write("off.txt", "nobody says who\n");
    off.commit("without a record");
    // Its record waits: somebody died with the lock.
    let lock = alice.git_dir().join("refs/notes/provenance.lock");
    fs::write(&lock, "").unwrap();
    alice.agent("openai/gpt-5.1").edits("waits.txt", "w\n");
    alice.git(["add", "--all"]);
    alice.git(["commit", "--quiet", "--message", "waits"]);
    fs::remove_file(lock).unwrap();
    alice
}

const FILES: [&str; 9] = [
    "old.txt",
    "ai.txt",
    "hand.txt",
    "amended.txt",
    "bob.txt",
    "picked.txt",
    "late.txt",
    "off.txt",
    "waits.txt",
];

/// What a reader believes: verdicts by commit, kinds by line, and the exit code of `verify`.
#[derive(Debug)]
struct Belief {
    verdicts: BTreeMap<String, String>,
    kinds: BTreeMap<String, Vec<String>>,
    status: i32,
}

fn belief(alice: &Sandbox) -> Belief {
    let output = alice.provenance(["verify", "--json", "HEAD"]);
    let mut belief = Belief {
        verdicts: BTreeMap::new(),
        kinds: BTreeMap::new(),
        status: output.status,
    };
    assert!(matches!(output.status, 0..=2), "{}", output.full());
    if output.status < 2 {
        for commit in output.json()["commits"].as_array().unwrap() {
            let text = |field: &str| commit[field].as_str().unwrap().to_owned();
            belief.verdicts.insert(text("commit"), text("verdict"));
        }
    }
    for path in FILES.iter().filter(|path| alice.path().join(path).exists()) {
        let output = alice.provenance(["blame", "--json", "HEAD", path]);
        assert!(matches!(output.status, 0 | 2), "{}", output.full());
        if output.status == 0 {
            let json = output.json();
            let lines = json["lines"].as_array().unwrap().iter();
            let kind = |line: &Value| line["kind"].as_str().unwrap().to_owned();
            belief
                .kinds
                .insert((*path).to_owned(), lines.map(kind).collect());
        }
    }
    belief
}

/// Ends the test if `after` is better than `before` anywhere.
#[track_caller]
fn no_better(before: &Belief, after: &Belief, what: &str) {
    assert!(
        after.status >= before.status.min(1),
        "{what}: exit code {}",
        after.status
    );
    for (commit, verdict) in &after.verdicts {
        // What was taken away can only make a stripped or bad one of it; the three that are not
        // believed have no order among them.
        // Without trust, commits from before adoption are asked about too.
        let old = before.verdicts.get(commit).map_or(2, |old| rank(old));
        let new = rank(verdict);
        assert!(new >= old.min(2), "{what}: {commit} went to {verdict}");
    }
    for (path, kinds) in &after.kinds {
        for (n, (old, new)) in before.kinds[path].iter().zip(kinds).enumerate() {
            let is_same_or_lost = old == new || new == "unattested" || new == "ai";
            let is_whitened = matches!(old.as_str(), "ai" | "mixed") && new == "human";
            assert!(
                is_same_or_lost && !is_whitened,
                "{what}: {path}:{} went from {old} to {new}",
                n + 1
            );
        }
    }
}

#[test]
fn attack_g51_no_line_note_or_ref_that_is_taken_away_makes_anything_better() {
    let alice = everything();
    let before = belief(&alice);
    assert_eq!(before.status, 0, "{before:#?}");
    assert_eq!(before.kinds["ai.txt"].concat(), "aihumanai", "{before:#?}");
    take_away_lines_and_refs(&alice, &before);
}

#[test]
fn attack_g51_no_line_note_or_ref_of_any_kind_that_is_taken_away_makes_anything_better() {
    let alice = even_more();
    let before = belief(&alice);
    assert_eq!(before.status, 1, "{before:#?}");
    assert_eq!(before.kinds["bob.txt"], ["ai"], "{before:#?}");
    assert_eq!(before.kinds["picked.txt"], ["ai"], "{before:#?}");
    assert_eq!(before.kinds["late.txt"], ["ai"], "{before:#?}");
    assert_eq!(before.kinds["waits.txt"], ["unattested"], "{before:#?}");
    take_away_lines_and_refs(&alice, &before);
}

fn take_away_lines_and_refs(alice: &Sandbox, before: &Belief) {
    let notes = "refs/notes/provenance";
    let tip = alice.git(["rev-parse", notes]);
    let put_back = || drop(alice.git(["update-ref", notes, &tip]));
    for commit in alice.git(["rev-list", "HEAD"]).lines() {
        let note = alice.note(commit);
        // Every subset of its lines, the empty one too.
        for subset in 0..(1_u32 << note.len()) - 1 {
            let lines = (0..note.len()).filter(|n| subset & (1 << n) != 0);
            let rest: Vec<String> = lines.map(|n| note[n].clone()).collect();
            alice.rewrite_note(commit, &rest);
            let what = format!("{} of {} lines of {commit}", rest.len(), note.len());
            no_better(before, &belief(alice), &what);
            put_back();
        }
    }
    for name in alice
        .git([
            "for-each-ref",
            "--format=%(refname)",
            "refs/notes",
            "refs/provenance",
        ])
        .lines()
    {
        let id = alice.git(["rev-parse", name]);
        alice.git(["update-ref", "-d", name]);
        no_better(before, &belief(alice), name);
        // And each of its commits after the first is taken away from its end.
        for older in alice.git(["rev-list", &id]).lines().skip(1) {
            alice.git(["update-ref", name, older]);
            no_better(before, &belief(alice), &format!("{name} at {older}"));
        }
        alice.git(["update-ref", name, &id]);
    }
    let after = belief(alice);
    assert_eq!(after.verdicts, before.verdicts, "everything is back");
}

/// What this reader has seen and is fixed; the rest of what is private may go.
const SEEN: &str = "trust-known";

#[test]
fn attack_g51_no_private_file_or_setting_that_is_taken_away_or_cut_makes_anything_better() {
    let alice = even_more();
    let before = belief(&alice);
    let aside = alice.home().join("aside");
    let mut private = files(&alice.git_dir().join("provenance"));
    private.push(alice.git_dir().join("config"));
    private.push(alice.home().join(".config/provenance/keys/id_ed25519"));
    let mut taken = 0;
    for path in private {
        if path.is_symlink() || path.to_string_lossy().contains(SEEN) {
            continue;
        }
        let what = path.display().to_string();
        fs::rename(&path, &aside).unwrap();
        no_better(&before, &belief(&alice), &what);
        // A power cut may leave a part of it, or a name without content.
        let whole = fs::read(&aside).unwrap();
        for end in [0, whole.len() / 2] {
            if path.ends_with("config") {
                break;
            }
            fs::write(&path, &whole[..end]).unwrap();
            no_better(&before, &belief(&alice), &format!("{what} cut at {end}"));
        }
        fs::rename(&aside, &path).unwrap();
        taken += 1;
    }
    assert!(taken > 12, "only {taken} files were found");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

#[test]
fn attack_g51_no_object_that_is_taken_away_makes_anything_better() {
    let alice = even_more();
    let before = belief(&alice);
    let aside = alice.home().join("aside");
    let mut taken = 0;
    for object in loose_objects(&alice) {
        fs::rename(&object, &aside).unwrap();
        no_better(&before, &belief(&alice), &object.display().to_string());
        fs::rename(&aside, &object).unwrap();
        taken += 1;
    }
    assert!(taken > 30, "only {taken} objects were found");
}

/// The loose objects that only the trail uses, and those of the history itself.
fn loose_objects(alice: &Sandbox) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in fs::read_dir(alice.git_dir().join("objects")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.file_name().is_some_and(|name| name.len() == 2) {
            found.extend(
                fs::read_dir(folder)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    found
}

#[test]
fn a_record_that_nothing_pins_can_be_withheld_and_only_then_is_a_line_human_again() {
    let alice = everything();
    let before = belief(&alice);
    alice
        .provenance([
            "record", "--tool", "late", "--file", "hand.txt", "--commit", "HEAD~2",
        ])
        .succeeds();
    let with = belief(&alice);
    assert_eq!(before.kinds["hand.txt"], ["human"]);
    assert_eq!(with.kinds["hand.txt"], ["ai"]);
    assert_eq!(before.verdicts, with.verdicts);
}
