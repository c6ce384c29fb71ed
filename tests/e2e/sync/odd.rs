//! Crashes, pruning, and repositories that are not like others.

use harness::{Sandbox, binaries};

use super::{Hub, NOTES, TRUST, codes, commits, records, sync, tip};

/// Puts a script of the person's between Git and a program of the remote.
pub(super) fn through(person: &Sandbox, program: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = person.home().join(program);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let key = format!("remote.origin.{}", program.replace('-', ""));
    person.git(["config", &key, path.to_str().unwrap()]);
}

#[test]
fn attack_g15_a_sync_that_is_killed_at_any_connection_loses_and_doubles_nothing() {
    let kill = "kill -9 $(cat \"$HOME/victim\")";
    let count = "n=$(cat \"$HOME/calls\" 2>/dev/null || echo 0)\necho $((n + 1)) >\"$HOME/calls\"";
    for (program, script) in [
        (
            "upload-pack",
            format!("{count}\n[ $n != 0 ] || {kill}\nexec git upload-pack \"$@\""),
        ),
        (
            "upload-pack",
            format!("{count}\n[ $n != 1 ] || {kill}\nexec git upload-pack \"$@\""),
        ),
        (
            "receive-pack",
            format!("{count}\n[ $n != 0 ] || {kill}\nexec git receive-pack \"$@\""),
        ),
        (
            "receive-pack",
            format!("{count}\ngit receive-pack \"$@\"\n[ $n != 0 ] || {kill}"),
        ),
    ] {
        let hub = Hub::new();
        let (alice, bob) = (&hub.alice, hub.clone_for("bob"));
        commits(&bob, "by-bob.txt");
        sync(&bob, 0, &[]);
        commits(alice, "by-alice.txt");
        through(alice, program, &script);
        let mut victim = alice.command("sh");
        victim
            .args(["-c", "echo $$ >\"$HOME/victim\"; exec \"$0\" sync"])
            .arg(binaries::cli());
        assert_eq!(alice.run(&mut victim).status, 128 + 9, "{script}");
        sync(alice, 0, &[]);
        sync(&bob, 0, &[]);
        assert_eq!(records(alice).len(), 3, "{script}");
        assert_eq!(records(alice), records(&bob));
        assert_eq!(records(alice), records(&hub.bare()));
        for place in [alice, &bob, &hub.bare()] {
            place.git(["fsck", "--strict"]);
        }
    }
}

#[test]
fn attack_g41_what_a_prune_took_away_comes_back() {
    let hub = Hub::new();
    let alice = &hub.alice;
    commits(alice, "more.txt");
    sync(alice, 0, &[]);
    let had = records(alice);
    alice.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    alice.git(["reflog", "expire", "--expire=now", "--all"]);
    alice.git(["gc", "--quiet", "--prune=now"]);
    alice.git(["notes", "--ref=provenance", "prune"]);
    assert_eq!(records(alice).len(), had.len() - 1);
    sync(alice, 0, &[]);
    assert_eq!(records(alice), had);
    assert_eq!(records(&hub.bare()), had);
}

#[test]
fn attack_g34_clones_that_are_not_whole_get_all_records() {
    let hub = Hub::new();
    commits(&hub.alice, "more.txt");
    hub.alice.git(["push", "--quiet", "origin", "main"]);
    sync(&hub.alice, 0, &[]);
    hub.bare().git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", hub.path.canonicalize().unwrap().display());
    for (folder, how) in [
        ("shallow", &["--depth=1"][..]),
        ("partial", &["--filter=blob:none"]),
        ("treeless", &["--filter=tree:0"]),
        ("shared", &["--reference", "."]),
    ] {
        let clone = ["clone", "--quiet", &url, &format!("../{folder}")];
        hub.alice.git(clone.iter().chain(how));
        let place = hub.alice.within(format!("../{folder}"));
        sync(&place, 0, &[]);
        // Nothing of it is fetched later, when somebody reads.
        let place = place.with_env("GIT_NO_LAZY_FETCH", "1");
        assert_eq!(records(&place), records(&hub.alice), "{folder}");
    }
}

#[test]
fn attack_g34_replaced_notes_change_nothing_that_is_sent() {
    let hub = Hub::new();
    let alice = &hub.alice;
    commits(alice, "more.txt");
    let had = records(alice);
    // Whoever looks through Git now sees the notes as they were before.
    let newest = tip(alice, NOTES).unwrap();
    alice.git(["replace", &newest, &format!("{NOTES}~1")]);
    assert_ne!(records(alice), had);
    sync(alice, 0, &[]);
    assert_eq!(records(&hub.bare()), had);
}

#[test]
fn attack_g35_a_commit_that_can_be_read_in_two_ways_is_left_alone() {
    let hub = Hub::new();
    let had = records(&hub.alice);
    let tree = hub.alice.git(["rev-parse", &format!("{NOTES}^{{tree}}")]);
    let who = "x <x@example.com> 1 +0000";
    let raw = format!("tree {tree}\nauthor {who}\ncommitter {who}\ntree {tree}\n\nnotes\n");
    let bare = hub.bare();
    let mut hash = bare.command("git");
    hash.args([
        "hash-object",
        "--literally",
        "-t",
        "commit",
        "-w",
        "--stdin",
    ]);
    let commit = bare.run_with_input(&mut hash, raw.as_bytes()).succeeds();
    let commit = commit.text().trim().to_owned();
    bare.git(["update-ref", NOTES, &commit]);
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["remote-unreadable"]);
    assert_eq!(records(&hub.alice), had);
}

#[test]
fn attack_g37_places_of_every_kind_sync() {
    let hub = Hub::new();
    let alice = &hub.alice;
    let had = records(alice);
    // A linked worktree, with a path that is not plain.
    alice.git(["worktree", "add", "--quiet", "-b", "w", "../wörk trée"]);
    let worktree = alice.within("../wörk trée");
    commits(&worktree, "in worktree.txt");
    sync(&worktree, 0, &[]);
    assert_eq!(records(&hub.bare()).len(), had.len() + 1);
    // A bare repository, with another one that has such a path too.
    alice.git(["init", "--quiet", "--bare", "../än other.git"]);
    let other = hub.alice.path().join("../än other.git");
    sync(&hub.bare(), 0, &[other.to_str().unwrap()]);
    let other = alice.within("../än other.git");
    assert_eq!(records(&other), records(&hub.bare()));
    assert_eq!(tip(&other, TRUST), tip(alice, TRUST));
    // A submodule: its records live with it.
    let outer = alice.within("..");
    outer.git(["init", "--quiet", "outer"]);
    let outer = alice.within("../outer");
    let url = hub.path.canonicalize().unwrap();
    outer.git(["submodule", "--quiet", "add", url.to_str().unwrap(), "sub"]);
    let submodule = outer.within("sub");
    sync(&submodule, 0, &[]);
    assert_eq!(records(&submodule), records(&hub.bare()));
    assert_eq!(tip(&outer, NOTES), None);
}

#[test]
fn attack_g51_no_deletion_at_the_remote_makes_a_verdict_better() {
    let hub = Hub::new();
    let alice = &hub.alice;
    let agent = alice.agent("openai/gpt-5.1");
    agent.edits("ai.txt", "by an agent\n");
    alice.commit("by an agent");
    alice.git(["push", "--quiet", "origin", "main"]);
    sync(alice, 0, &[]);
    let verdict = |name: &str| {
        let clone = hub.alice.clone_for(name);
        let path = hub.path.canonicalize().unwrap();
        clone.git(["remote", "set-url", "origin", path.to_str().unwrap()]);
        clone.git(["fetch", "--quiet"]);
        clone.provenance(["sync"]);
        let shown = clone.provenance(["verify", "--json", "HEAD~1..HEAD"]);
        (shown.status, shown.json()["commits"][0]["verdict"].clone())
    };
    assert_eq!(verdict("whole"), (0, "verified".into()));
    let refs = hub.bare().git([
        "for-each-ref",
        "--format=%(refname) %(objectname)",
        "refs/notes",
        "refs/provenance",
    ]);
    let mut seen = Vec::new();
    for (n, line) in refs.lines().enumerate() {
        let (name, id) = line.split_once(' ').unwrap();
        hub.bare().git(["update-ref", "-d", name]);
        let (status, found) = verdict(&format!("without-{n}"));
        assert_eq!(status, 1, "{name}");
        assert_ne!(found, "verified", "{name}");
        seen.push(found);
        hub.bare().git(["update-ref", name, id]);
    }
    assert_eq!(seen, ["missing", "untrusted"]);
}
