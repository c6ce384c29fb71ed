//! An honest remote: both sides end with everything.

use serde_json::json;

use super::{Hub, NOTES, TRUST, codes, commits, records, sync, synced, tip};

#[test]
fn two_clones_end_with_the_records_of_both() {
    let hub = Hub::new();
    let (alice, bob) = (&hub.alice, hub.clone_for("bob"));
    sync(&bob, 0, &[]);
    commits(alice, "by-alice.txt");
    let by_bob = commits(&bob, "by-bob.txt");

    let first = sync(alice, 0, &[]);
    assert_eq!(first["sent"], json!({"lines": 1, "commits": 1}));
    assert_eq!(first["sentTo"], "shared");
    let second = sync(&bob, 0, &[]);
    assert_eq!(second["received"], json!({"lines": 1, "commits": 1}));
    assert_eq!(second["sent"], json!({"lines": 1, "commits": 1}));
    let third = sync(alice, 0, &[]);
    assert_eq!(third["received"], json!({"lines": 1, "commits": 1}));
    assert_eq!(third["sentTo"], json!(null));

    assert_eq!(records(alice).len(), 3);
    assert_eq!(records(alice), records(&bob));
    assert_eq!(records(alice), records(&hub.bare()));
    assert_eq!(tip(alice, NOTES), tip(&hub.bare(), NOTES));
    assert_eq!(tip(&bob, NOTES), tip(&hub.bare(), NOTES));
    alice.git(["fetch", "--quiet", bob.path().to_str().unwrap(), "main"]);
    alice.provenance(["show", &by_bob]).says("claim");
    // Once more: nothing is asked to change, and nothing does.
    let fourth = sync(alice, 0, &[]);
    assert_eq!(
        (&fourth["received"]["lines"], &fourth["sentTo"]),
        (&json!(0), &json!(null))
    );
    alice.git(["fsck", "--strict"]);
    bob.git(["fsck", "--strict"]);
    hub.bare().git(["fsck", "--strict"]);
}

#[test]
fn what_git_itself_merges_is_what_we_unite() {
    let hub = Hub::new();
    let (alice, bob) = (&hub.alice, hub.clone_for("bob"));
    sync(&bob, 0, &[]);
    // Both add to the note of the same commit, and make commits of their own.
    for person in [alice, &bob] {
        person
            .provenance(["record", "--tool", "my-agent", "--session", "s-1"])
            .succeeds();
    }
    for n in 0..3 {
        commits(alice, &format!("alice-{n}.txt"));
        commits(&bob, &format!("bob-{n}.txt"));
    }
    bob.git([
        "fetch",
        "--quiet",
        alice.path().to_str().unwrap(),
        "refs/notes/provenance:refs/notes/theirs",
    ]);
    bob.git(["update-ref", "refs/notes/git", NOTES]);
    bob.git([
        "notes",
        "--ref=git",
        "merge",
        "--quiet",
        "-s",
        "cat_sort_uniq",
        "theirs",
    ]);
    sync(alice, 0, &[]);
    sync(&bob, 0, &[]);
    sync(alice, 0, &[]);
    let tree = |name: &str| tip(&bob, &format!("{name}^{{tree}}")).unwrap();
    assert_eq!(tree(NOTES), tree("refs/notes/git"));
    assert_eq!(tip(alice, NOTES), tip(&bob, NOTES));
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let hub = Hub::new();
    let (alice, bob) = (&hub.alice, hub.clone_for("bob"));
    sync(&bob, 0, &[]);
    commits(alice, "by-alice.txt");
    commits(&bob, "by-bob.txt");
    sync(alice, 0, &[]);
    let refs = |place: &harness::Sandbox| place.git(["for-each-ref"]);
    let before = (refs(&bob), refs(&hub.bare()));
    let dry = sync(&bob, 0, &["--dry-run"]);
    assert_eq!(dry["dryRun"], true);
    assert_eq!(dry["received"], json!({"lines": 1, "commits": 1}));
    assert_eq!(dry["sent"], json!({"lines": 1, "commits": 1}));
    assert_eq!((refs(&bob), refs(&hub.bare())), before);
}

#[test]
fn a_fetch_of_every_ref_by_force_does_not_reach_our_notes() {
    let hub = Hub::new();
    let bob = hub.clone_for("bob");
    // A recipe that is found everywhere, and that loses what was not pushed.
    bob.git([
        "config",
        "--add",
        "remote.origin.fetch",
        "+refs/notes/*:refs/notes/*",
    ]);
    bob.git([
        "config",
        "--add",
        "remote.origin.fetch",
        "+refs/provenance/*:refs/provenance/*",
    ]);
    bob.git(["config", "fetch.prune", "true"]);
    sync(&bob, 0, &[]);
    commits(&bob, "by-bob.txt");
    let had = records(&bob);
    commits(&hub.alice, "by-alice.txt");
    sync(&hub.alice, 0, &[]);
    sync(&bob, 0, &[]);
    assert!(records(&bob).is_superset(&had));
    assert_eq!(records(&bob).len(), 3);
}

#[test]
fn attack_g08_what_a_fetch_by_force_took_is_put_back_said_and_sent() {
    let hub = Hub::new();
    commits(&hub.alice, "more.txt");
    let had = records(&hub.alice);
    hub.alice
        .git(["fetch", "--quiet", "origin", "+refs/notes/*:refs/notes/*"]);
    assert!(!records(&hub.alice).is_superset(&had));

    let dry = sync(&hub.alice, 1, &["--dry-run"]);
    assert_eq!(codes(&dry), ["notes-set-back"]);
    assert!(!records(&hub.alice).is_superset(&had));
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["notes-set-back"]);
    assert_eq!(records(&hub.alice), had);
    assert_eq!(records(&hub.bare()), had);
    assert_eq!(codes(&sync(&hub.alice, 0, &[])), [""; 0]);
}

#[test]
fn what_people_read_says_what_went_where() {
    let hub = Hub::empty();
    hub.alice.write("a.txt", "a\n");
    hub.alice.commit("a");
    let output = hub.alice.provenance(["sync"]).succeeds();
    insta::assert_snapshot!(output, @r"
    Remote     origin
    received   nothing new
    sent       1 record of 1 commit
    trust      sent
    [exit 0]
    ");
    let again = hub.alice.provenance(["sync", "origin"]).succeeds();
    insta::assert_snapshot!(again, @r"
    Remote     origin
    received   nothing new
    sent       nothing new
    trust      up to date
    [exit 0]
    ");
}

#[test]
fn a_remote_may_be_an_address_and_several_may_be_named() {
    let hub = Hub::new();
    let alice = &hub.alice;
    alice.git(["init", "--quiet", "--bare", "../mirror.git"]);
    let mirror = alice.path().join("../mirror.git");
    let output = alice
        .provenance(["sync", "--json", "origin", mirror.to_str().unwrap()])
        .succeeds()
        .json();
    crate::schemas::validates("sync.v1", &output);
    assert_eq!(output["remotes"].as_array().unwrap().len(), 2);
    let mirror = alice.within("../mirror.git");
    assert_eq!(tip(&mirror, NOTES), tip(alice, NOTES));
    assert_eq!(tip(&mirror, TRUST), tip(alice, TRUST));
}

#[test]
fn a_pushurl_is_where_the_records_are() {
    let hub = Hub::new();
    let alice = &hub.alice;
    alice.git(["init", "--quiet", "--bare", "../fork.git"]);
    let fork = alice.path().join("../fork.git");
    alice.git(["config", "remote.origin.pushurl", fork.to_str().unwrap()]);
    let remote = sync(alice, 1, &[]);
    // What origin was until now had records and trust; this place has none.
    assert_eq!(codes(&remote), ["remote-deleted", "remote-deleted"]);
    assert_eq!(tip(&alice.within("../fork.git"), NOTES), tip(alice, NOTES));
}

#[test]
fn of_several_push_urls_each_gets_the_records_by_a_push_and_by_a_sync() {
    let hub = Hub::new();
    let alice = &hub.alice;
    alice.git(["init", "--quiet", "--bare", "../mirror.git"]);
    let mirror = alice.within("../mirror.git");
    for place in ["../hub.git", "../mirror.git"] {
        let url = alice.path().join(place).canonicalize().unwrap();
        let url = url.to_str().unwrap();
        alice.git(["config", "--add", "remote.origin.pushurl", url]);
    }
    let both_have_all = || {
        assert_eq!(records(&mirror), records(alice));
        assert_eq!(records(&hub.bare()), records(alice));
        assert_eq!(tip(&mirror, TRUST), tip(alice, TRUST));
    };
    let document = synced(alice, &[]).succeeds().json();
    assert_eq!(document["remotes"].as_array().unwrap().len(), 2);
    both_have_all();
    alice.git(["config", "provenance.autoSync", "true"]);
    commits(alice, "more.txt");
    alice.git(["push", "--quiet", "origin", "main"]);
    both_have_all();
}

#[test]
fn another_notes_ref_is_synced_under_its_own_name() {
    let hub = Hub::empty();
    hub.alice
        .git(["config", "provenance.notesRef", "refs/notes/team/trail"]);
    hub.alice.write("a.txt", "a\n");
    hub.alice.commit("a");
    sync(&hub.alice, 0, &[]);
    let name = "refs/notes/team/trail";
    assert!(tip(&hub.bare(), name).is_some());
    assert_eq!(tip(&hub.bare(), name), tip(&hub.alice, name));
    assert_eq!(tip(&hub.bare(), NOTES), None);
}
