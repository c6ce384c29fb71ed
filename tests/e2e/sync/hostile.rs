//! A remote that loses, rewinds, replaces and fills records: it is said, and nothing is lost here.

use harness::Sandbox;
use serde_json::json;

use super::{Hub, NOTES, codes, commits, records, sync, tip};

/// Alice with three synced records, and what she has.
fn three() -> (Hub, std::collections::BTreeSet<(String, String)>) {
    let hub = Hub::new();
    commits(&hub.alice, "one.txt");
    commits(&hub.alice, "two.txt");
    sync(&hub.alice, 0, &[]);
    let had = records(&hub.alice);
    assert_eq!(had.len(), 3);
    (hub, had)
}

/// Everything is here, and is at the hub again.
fn nothing_is_lost(hub: &Hub, had: &std::collections::BTreeSet<(String, String)>) {
    assert!(records(&hub.alice).is_superset(had));
    assert!(records(&hub.bare()).is_superset(had));
    let again = sync(&hub.alice, 0, &[]);
    assert_eq!(codes(&again), [""; 0]);
}

#[test]
fn attack_g12_a_remote_that_truncates_a_note_is_found_and_healed() {
    let (hub, had) = three();
    // Whoever may push goes on from what is there, with less.
    let mallory = hub.clone_for("mallory");
    sync(&mallory, 0, &[]);
    let head = hub.alice.head();
    mallory.git(["notes", "--ref=provenance", "remove", &head]);
    mallory.git(["push", "--quiet", "origin", NOTES]);
    assert!(records(&hub.bare()).len() < 3);

    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["remote-truncated"]);
    let message = remote["findings"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("1 record of 1 commit"), "{message}");
    assert_eq!(remote["sent"], json!({"lines": 1, "commits": 1}));
    nothing_is_lost(&hub, &had);
}

#[test]
fn attack_g12_a_truncation_before_the_first_sync_is_found_too() {
    let (hub, had) = three();
    let bob = hub.clone_for("bob");
    // Bob has the records by plain Git, and remembers nothing of the remote.
    bob.git([
        "fetch",
        "--quiet",
        "origin",
        "refs/notes/provenance:refs/notes/provenance",
    ]);
    hub.bare()
        .git(["notes", "--ref=provenance", "remove", &hub.alice.head()]);
    let remote = sync(&bob, 1, &[]);
    assert_eq!(codes(&remote), ["remote-truncated"]);
    assert_eq!(records(&bob), had);
}

#[test]
fn attack_g12_what_was_taken_out_before_anybody_saw_it_is_found_in_the_history() {
    let (hub, had) = three();
    let (carol, bob) = (hub.clone_for("carol"), hub.clone_for("bob"));
    sync(&carol, 0, &[]);
    let by_bob = commits(&bob, "by-bob.txt");
    sync(&bob, 0, &[]);
    // Before Carol and Alice sync, Bob's record is gone from the hub, by a commit like any other.
    hub.bare()
        .git(["notes", "--ref=provenance", "remove", &by_bob]);
    let remote = sync(&carol, 1, &[]);
    assert_eq!(codes(&remote), ["remote-cut-off"]);
    assert_eq!(records(&carol), records(&bob));
    // Carol sent it again: who comes later finds nothing wrong, in whatever state they are.
    assert_eq!(codes(&sync(&hub.alice, 0, &[])), [""; 0]);
    assert_eq!(codes(&sync(&hub.clone_for("dave"), 0, &[])), [""; 0]);
    nothing_is_lost(&hub, &had);
}

#[test]
fn attack_g13_a_remote_that_rewinds_is_found_and_gets_it_back() {
    let (hub, had) = three();
    hub.bare().git(["update-ref", NOTES, &format!("{NOTES}~1")]);
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["remote-rewound"]);
    let message = remote["findings"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("1 record of 1 commit are gone"),
        "{message}"
    );
    nothing_is_lost(&hub, &had);
}

#[test]
fn attack_g13_a_remote_that_replaces_everything_is_found_and_united_with() {
    let (hub, had) = three();
    let mallory = Sandbox::new().with_provenance();
    commits(&mallory, "evil.txt");
    let path = hub.path.canonicalize().unwrap();
    mallory.git([
        "push",
        "--quiet",
        "--force",
        path.to_str().unwrap(),
        "refs/notes/provenance",
    ]);
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["remote-rewound"]);
    assert_eq!(remote["received"], json!({"lines": 1, "commits": 1}));
    assert_eq!(records(&hub.alice).len(), had.len() + 1);
    nothing_is_lost(&hub, &had);
    hub.alice.provenance(["verify"]).succeeds();
}

#[test]
fn attack_g13_a_remote_that_deletes_the_ref_is_found_and_gets_it_back() {
    let (hub, had) = three();
    hub.bare().git(["update-ref", "-d", NOTES]);
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["remote-deleted"]);
    nothing_is_lost(&hub, &had);
}

#[test]
fn attack_g11_a_merge_by_git_that_drops_lines_is_found_and_healed() {
    for (strategy, code) in [
        // Alice's record is gone; Bob's own is.
        ("ours", Some("remote-truncated")),
        ("theirs", Some("remote-cut-off")),
        ("union", None),
        ("cat_sort_uniq", None),
    ] {
        let hub = Hub::new();
        let (alice, bob) = (&hub.alice, hub.clone_for("bob"));
        sync(&bob, 0, &[]);
        for (person, session) in [(alice, "s-1"), (&bob, "s-2")] {
            let record = ["record", "--tool", "my-agent", "--session", session];
            person.provenance(record).succeeds();
        }
        sync(alice, 0, &[]);
        let had = &records(alice) | &records(&bob);
        bob.git([
            "fetch",
            "--quiet",
            "origin",
            "refs/notes/provenance:refs/notes/theirs",
        ]);
        let merge = ["notes", "--ref=provenance", "merge", "--quiet", "-s"];
        bob.git(merge.iter().chain(&[strategy, "theirs"]));
        bob.git(["push", "--quiet", "origin", NOTES]);
        let remote = sync(alice, i32::from(code.is_some()), &[]);
        assert_eq!(codes(&remote), Vec::from_iter(code), "{strategy}");
        assert!(records(alice) == had, "{strategy}");
        nothing_is_lost(&hub, &had);
    }
}

#[test]
fn attack_g30_a_note_over_its_cap_keeps_nobody_from_the_rest() {
    let (hub, had) = three();
    let mallory = hub.clone_for("mallory");
    sync(&mallory, 0, &[]);
    let lines: Vec<String> = (0..5000).map(|n| format!("junk {n:05}")).collect();
    let mut stuffed = mallory.note("HEAD");
    let base = mallory.head();
    stuffed.extend(lines);
    mallory.rewrite_note(&base, &stuffed);
    mallory.git(["push", "--quiet", "origin", NOTES]);
    commits(&hub.alice, "more.txt");
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["note-full"]);
    assert!(records(&hub.alice).is_superset(&had));
    assert!(hub.alice.note(&base).len() <= 4096);
    // Alice's new record is at the hub, and so is everything that was there.
    assert!(records(&hub.bare()).len() > 5000);
    assert!(!hub.bare().note(&hub.alice.head()).is_empty());
    let stuck = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&stuck), ["note-full"]);
    assert_eq!(stuck["sentTo"], json!(null));
}

#[test]
fn attack_g33_a_notes_ref_that_holds_no_notes_is_left_alone() {
    let (hub, had) = three();
    let blob = hub.alice.git(["rev-parse", "HEAD:base.txt"]);
    hub.bare().git(["update-ref", NOTES, &blob]);
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["remote-unreadable"]);
    assert_eq!(records(&hub.alice), had);
    assert_eq!(tip(&hub.bare(), NOTES), Some(blob));
}

#[test]
fn an_inbox_with_another_name_than_a_key_has_is_passed_over() {
    let (hub, had) = three();
    let tip = tip(&hub.bare(), NOTES).unwrap();
    for name in ["trust", "x/trust", "evil"] {
        let name = format!("refs/notes/provenance-inbox/{name}");
        hub.bare().git(["update-ref", &name, &tip]);
        hub.bare().git(["update-ref", "-d", &name]);
        hub.bare().git(["update-ref", &name, &format!("{tip}~1")]);
    }
    sync(&hub.alice, 0, &[]);
    let remembered = hub.alice.git([
        "for-each-ref",
        "--format=%(refname)",
        "refs/provenance-remotes",
    ]);
    assert!(!remembered.contains("inbox"), "{remembered}");
    assert_eq!(records(&hub.alice), had);
}
