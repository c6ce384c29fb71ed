//! Budget P8: `sync` of 10,000 new records between two local clones in 2 s.
//!
//! `cargo bench -p provenance-tests --bench sync [-- RECORDS]`
//!
//! Alice has the records, each in a notes commit of its own as hooks make them, packed as Git packs
//! them by and by. Measured, each as a whole process: that she sends them to a bare repository, that
//! Bob receives them, that nothing is new, and that both unite after each made half as many again.
//! `git` is what plain Git takes for the same transport: one push, one fetch, and for the union
//! `git notes merge -s cat_sort_uniq`, which is no union but the nearest that it has.
//!
//! Figures of 2026-11-21, git 2.47.3, 2 quiet cores, in memory. One sync keeps the budget; both
//! sides together take 2.2 s, of which Git's own transport is 1.5 s.
//!
//! | 10,000 records | plain Git | `sync` |
//! |---|---|---|
//! | sends | 0.72 s | 1.02 s |
//! | receives | 0.76 s | 1.21 s |
//! | nothing new | | 0.04 s |
//! | sends half | | 0.97 s |
//! | unites 5,000 with 5,000 others, and sends | 0.25 s (the merge alone) | 2.76 s |
//! | receives that union | | 1.92 s |
//!
//! Uniting is slower because half of all notes trees, some ten thousand, are written anew; fewer
//! records touch fewer trees. A quarter of a second of receiving is spent on looking through the
//! newest notes commits for lines that were taken out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock, prints, and ends where it meets what it does not expect"
)]

use std::time::{Duration, Instant};

use harness::Sandbox;
use provenance_core::digest::Digest;
use provenance_core::git::{FsyncPolicy, Location, NotesRef, ObjectId, Person, Repo};
use provenance_core::store::Notes;

const NOTES: &str = "refs/notes/provenance";

fn main() {
    let mut numbers = std::env::args().filter_map(|arg| arg.parse().ok());
    let records: usize = numbers.next().unwrap_or(10_000);
    let alice = Sandbox::new();
    alice.git(["init", "--quiet", "--bare", "../hub.git"]);
    alice.git(["remote", "add", "origin", "../hub.git"]);
    alice.git(["commit", "--quiet", "--allow-empty", "-m", "base"]);
    alice.git(["push", "--quiet", "origin", "main"]);
    let bob = alice.clone_for("bob");
    let hub = alice.path().join("../hub.git").canonicalize().unwrap();
    bob.git(["remote", "set-url", "origin", hub.to_str().unwrap()]);

    append(&alice, "alice", records);
    println!("{records} records, whole processes");
    by_git(
        &alice,
        "git push",
        &["push", "--quiet", "../other.git", NOTES],
    );
    let receives = [
        "fetch",
        "--quiet",
        "../../alice/other.git",
        "refs/notes/provenance:refs/notes/git",
    ];
    by_git(&bob, "git fetch", &receives);
    bob.git(["update-ref", "-d", "refs/notes/git"]);
    bob.git(["gc", "--quiet", "--prune=now"]);
    let sent = sync(&alice, "sync, sends");
    let received = sync(&bob, "sync, receives");
    show("both", sent + received);
    sync(&bob, "sync, nothing new");

    append(&alice, "alice again", records / 2);
    append(&bob, "bob", records / 2);
    let sent = sync(&alice, "sync, sends half");
    bob.git(["update-ref", "refs/notes/git", NOTES]);
    bob.git([
        "fetch",
        "--quiet",
        "origin",
        "refs/notes/provenance:refs/notes/theirs",
    ]);
    let merge = [
        "notes",
        "--ref=git",
        "merge",
        "--quiet",
        "-s",
        "cat_sort_uniq",
        "theirs",
    ];
    by_git(&bob, "git notes merge", &merge);
    let united = sync(&bob, "sync, unites halves");
    let back = sync(&alice, "sync, receives half");
    show("both", sent + united + back);
    let tree = |place: &Sandbox| place.git(["rev-parse", "refs/notes/provenance^{tree}"]);
    assert_eq!(tree(&alice), tree(&bob));
    assert_eq!(tree(&bob), bob.git(["rev-parse", "refs/notes/git^{tree}"]));
}

/// Gives a clone records: as many lines of a typical size, on as many commits, in as many commits.
fn append(person: &Sandbox, who: &str, records: usize) {
    if who == "alice" {
        person.git(["init", "--quiet", "--bare", "../other.git"]);
    }
    let repo = Repo::open(&Location::at(person.path())).unwrap();
    let notes = Notes::open(&repo, &NotesRef::default());
    let committer = Person::parse(b"Alice <alice@example.com> 1767225600 +0000");
    for n in 0..records {
        let digest = Digest::of(format!("{who} {n}").as_bytes());
        let commit_id = ObjectId::from_bytes(&digest.as_bytes()[..20]).unwrap();
        // A typical envelope has 1.3 KB, most of it base64 that no two have in common.
        let line: String = (0..20)
            .map(|part| Digest::of(format!("{who} {n} {part}").as_bytes()).to_string())
            .collect();
        let fsync = FsyncPolicy::GIT_DEFAULT;
        notes.append(commit_id, &[line], &committer, fsync).unwrap();
        if n % 5_000 == 4_999 {
            person.git(["gc", "--quiet"]);
        }
    }
    person.git(["gc", "--quiet"]);
}

fn by_git(person: &Sandbox, name: &str, args: &[&str]) {
    let begun = Instant::now();
    person.git(args);
    show(name, begun.elapsed());
}

fn sync(person: &Sandbox, name: &str) -> Duration {
    let begun = Instant::now();
    person.provenance(["sync"]).succeeds();
    let took = begun.elapsed();
    show(name, took);
    took
}

fn show(name: &str, took: Duration) {
    println!("  {name:<22} {:6.2} s", took.as_secs_f64());
}
