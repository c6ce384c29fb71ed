//! The chain of trust travels forward by its own rules, and never another way.

use harness::Sandbox;

use super::{Hub, TRUST, codes, sync, tip};

/// Alice adds a principal with a key of its own.
fn adds(person: &Sandbox, id: &str) {
    let file = person.home().join(format!("{id}.key"));
    let file = file.to_str().unwrap().to_owned();
    person
        .provenance(["key", "generate", "--output", &file])
        .succeeds();
    let public = format!("{file}.pub");
    person
        .provenance(["trust", "add", id, "--kind", "human", "--key", &public])
        .succeeds();
}

fn version(person: &Sandbox) -> u64 {
    let shown = person.provenance(["trust", "show", "--json"]).succeeds();
    shown.json()["version"].as_u64().unwrap()
}

#[test]
fn a_newer_version_travels_both_ways() {
    let hub = Hub::new();
    let bob = hub.clone_for("bob");
    adds(&hub.alice, "carol@example.com");
    let sent = sync(&hub.alice, 0, &[]);
    assert_eq!((&sent["trustSent"], version(&hub.alice)), (&true.into(), 2));
    assert_eq!(tip(&hub.bare(), TRUST), tip(&hub.alice, TRUST));
    let received = sync(&bob, 0, &[]);
    assert_eq!(
        (&received["trust"], version(&bob)),
        (&"forwarded".into(), 2)
    );
}

#[test]
fn a_first_chain_is_believed_on_first_use_and_said() {
    let hub = Hub::new();
    let bob = hub.alice.clone_for("bob");
    let path = hub.path.canonicalize().unwrap();
    bob.git(["remote", "set-url", "origin", path.to_str().unwrap()]);
    bob.provenance(["sync"])
        .succeeds()
        .says("believed on first use");
    assert_eq!(tip(&bob, TRUST), tip(&hub.alice, TRUST));
}

#[test]
fn attack_g13_trust_that_is_rolled_back_is_said_and_goes_forward_again() {
    let hub = Hub::new();
    adds(&hub.alice, "carol@example.com");
    sync(&hub.alice, 0, &[]);
    let newest = tip(&hub.alice, TRUST);
    hub.bare().git(["update-ref", TRUST, &format!("{TRUST}~1")]);
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["trust-rolled-back"]);
    assert_eq!(
        (tip(&hub.alice, TRUST), tip(&hub.bare(), TRUST)),
        (newest.clone(), newest)
    );
    assert_eq!(codes(&sync(&hub.alice, 0, &[])), [""; 0]);
}

#[test]
fn attack_g13_two_roots_are_reported_and_nothing_of_either_is_lost() {
    let hub = Hub::new();
    let mallory = Sandbox::new().with_provenance();
    let path = hub.path.canonicalize().unwrap();
    mallory.git(["push", "--quiet", "--force", path.to_str().unwrap(), TRUST]);
    let (ours, theirs) = (tip(&hub.alice, TRUST), tip(&hub.bare(), TRUST));
    assert_ne!(ours, theirs);
    for _ in 0..2 {
        let remote = sync(&hub.alice, 1, &[]);
        assert!(codes(&remote).contains(&"trust-two-roots"), "{remote}");
        assert_eq!(
            (tip(&hub.alice, TRUST), tip(&hub.bare(), TRUST)),
            (ours.clone(), theirs.clone())
        );
    }
    // The notes still travel.
    super::commits(&hub.alice, "more.txt");
    assert_eq!(sync(&hub.alice, 1, &[])["sentTo"], "shared");
}

#[test]
fn attack_g13_a_chain_that_went_two_ways_is_reported_and_nothing_moves() {
    let hub = Hub::new();
    // Alice's other machine, with the same key.
    let home = hub.alice.home().to_owned();
    hub.alice
        .git(["clone", "--quiet", "../hub.git", "../other"]);
    let other = hub.alice.within("../other");
    other
        .provenance(["init", "--yes", "--agents", "none"])
        .succeeds();
    adds(&hub.alice, "carol@example.com");
    adds(&other, "dave@example.com");
    assert!(home.is_dir());
    sync(&hub.alice, 0, &[]);
    let (ours, theirs) = (tip(&other, TRUST), tip(&hub.bare(), TRUST));
    let remote = sync(&other, 1, &[]);
    assert_eq!(codes(&remote), ["trust-forked"]);
    assert_eq!(
        (tip(&other, TRUST), tip(&hub.bare(), TRUST)),
        (ours, theirs)
    );
}

#[test]
fn attack_g13_a_trust_ref_that_holds_no_chain_is_left_alone() {
    let hub = Hub::new();
    let ours = tip(&hub.alice, TRUST);
    let head = hub.alice.head();
    hub.bare().git(["update-ref", TRUST, &head]);
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["trust-unreadable"]);
    assert_eq!(
        (tip(&hub.alice, TRUST), tip(&hub.bare(), TRUST)),
        (ours, Some(head))
    );
}

#[test]
fn a_broken_tail_is_not_followed() {
    let hub = Hub::new();
    let bob = hub.clone_for("bob");
    let tree = hub.alice.git(["ls-tree", TRUST]);
    let blob = tree.split_whitespace().nth(2).unwrap();
    let hub_place = hub.bare();
    let mut mktree = hub_place.command("git");
    mktree.arg("mktree");
    let listing = format!("{tree}\n100644 blob {blob}\t0002.intoto.jsonl\n");
    let made = hub_place
        .run_with_input(&mut mktree, listing.as_bytes())
        .succeeds();
    let commit = hub_place
        .with_env("GIT_AUTHOR_NAME", "x")
        .with_env("GIT_AUTHOR_EMAIL", "x@example.com")
        .git([
            "commit-tree",
            "-p",
            TRUST,
            "-m",
            "broken",
            made.text().trim(),
        ]);
    hub.bare().git(["update-ref", TRUST, &commit]);
    let ours = tip(&bob, TRUST);
    let remote = sync(&bob, 1, &[]);
    assert_eq!(codes(&remote), ["trust-broken"]);
    assert_eq!(tip(&bob, TRUST), ours);
}
