//! Many writers, of whom some are killed at random moments, from outside and for good.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;

use harness::Sandbox;

use crate::oracle::chance::Chance;

/// How many writers, and how many records each: `PROVENANCE_WRITERS=40x25` for all of it.
fn size() -> (usize, usize) {
    let asked = std::env::var("PROVENANCE_WRITERS").ok();
    let asked = asked.as_ref().and_then(|asked| asked.split_once('x'));
    asked.map_or((10, 5), |(writers, each)| {
        (writers.parse().unwrap(), each.parse().unwrap())
    })
}

/// Lets each of our hooks live for as long as `LIVES` says, where that is set; whom it killed is
/// written down.
fn make_mortal(alice: &Sandbox) {
    for hook in ["commit-msg", "post-commit"] {
        let path = alice.git_dir().join("hooks").join(hook);
        fs::remove_file(&path).unwrap();
        let script = format!(
            "#!/bin/sh\n[ -z \"$LIVES\" ] && exec provenance-hook {hook} \"$@\"\n\
             timeout --signal=KILL \"$LIVES\" provenance-hook {hook} \"$@\" && exit\n\
             code=$?; [ $code = 137 ] && echo dead >>\"$HOME/{hook}\"; exit $code\n"
        );
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn attack_g15_no_record_of_many_writers_that_are_killed_at_random_is_lost() {
    let (writers, each) = size();
    let alice = Sandbox::new().with_provenance();
    alice.commit_with(["--allow-empty", "-m", "base"]);
    make_mortal(&alice);
    for n in 0..writers {
        let (folder, branch) = (format!("../w{n}"), format!("b{n}"));
        alice.git(["worktree", "add", "--quiet", "-b", &branch, &folder]);
    }
    thread::scope(|scope| {
        for n in 0..writers {
            let worktree = alice.within(format!("../w{n}"));
            scope.spawn(move || {
                let agent = worktree.agent("openai/gpt-5.1");
                let mut chance = Chance::of(n as u64);
                for record in 0..each {
                    agent.edits(&format!("{n}-{record}.txt"), "one\ntwo\n");
                    worktree.git(["add", "--all"]);
                    // Git gives a commit up when commit-msg dies; whoever commits does it again.
                    while !commits(&worktree, record, &mut chance) {}
                }
            });
        }
    });
    // Nobody is at work any more: before that, nobody could tell a lock of the dead from another's.
    let locks = usize::from(unlocks(&alice));
    let mended = alice.provenance(["reconcile", "--json"]).succeeds().json();
    let mended = mended["mended"].as_array().unwrap().len();
    let killed = |hook: &str| alice.read(format!("../{hook}")).lines().count();
    let (before, after) = (killed("commit-msg"), killed("post-commit"));
    eprintln!(
        "{writers} writers with {each} records each: {before} of commit-msg and {after} of \
         post-commit killed, {locks} locks left behind; the next hooks mended all but {mended} records",
    );
    assert!(before > 0 && after > 0, "nobody was killed in time");
    check(&alice, writers, each);
}

/// Commits, with hooks that may be killed; `false` where Git gave the commit up.
fn commits(worktree: &Sandbox, record: usize, chance: &mut Chance) -> bool {
    let mut commit = worktree.command("git");
    commit.args(["commit", "--quiet", "--message", &record.to_string()]);
    if !chance.once_in(3) {
        // From a millisecond to a second, each magnitude as often.
        let micros = 1_000 << chance.below(11);
        commit.env("LIVES", format!("{:.6}", f64::from(micros) / 1e6));
    }
    worktree.run(&mut commit).status == 0
}

/// Removes the lock of a writer that was killed while it held it, as somebody does who was told;
/// answers whether there was one.
fn unlocks(alice: &Sandbox) -> bool {
    let lock = alice.git_dir().join("refs/notes/provenance.lock");
    fs::remove_file(lock).is_ok()
}

/// Every commit has its one record, and every line its author.
fn check(alice: &Sandbox, writers: usize, each: usize) {
    let noted = alice.git(["notes", "--ref=provenance", "list"]);
    assert_eq!(noted.lines().count(), writers * each + 1);
    for line in noted.lines() {
        let (_, commit) = line.split_once(' ').unwrap();
        assert_eq!(alice.note(commit).len(), 1, "{commit}");
    }
    for n in 0..writers {
        let worktree = alice.within(format!("../w{n}"));
        let range = format!("main..b{n}");
        let verify = worktree.provenance(["verify", "--json", &range]);
        let verify = verify.succeeds().json();
        assert_eq!(verify["counts"]["verified"], each, "{range}");
        let stats = worktree.provenance(["stats", "--json", &range]);
        let stats = stats.succeeds().json();
        assert_eq!(stats["added"]["ai"], 2 * each, "{range}: {stats}");
    }
    let fsck = alice.try_git(["fsck", "--strict", "--no-dangling"]);
    assert_eq!((fsck.status, fsck.talk().as_str()), (0, ""));
    assert_eq!(
        alice.provenance(["reconcile", "--json"]).json()["mended"],
        serde_json::json!([])
    );
}
