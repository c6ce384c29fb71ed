//! Many at once: contention loses nothing, and nothing is forced.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use harness::Sandbox;

use super::odd::through;
use super::{Hub, NOTES, commits, records, sync, tip};

/// How many clones sync at once.
const CLONES: usize = 50;

/// Has every connection of a person wait a little before it begins, as a network would.
fn distant(person: &Sandbox, seconds: &str) {
    for program in ["upload-pack", "receive-pack"] {
        through(
            person,
            program,
            &format!("sleep {seconds}\nexec git {program} \"$@\""),
        );
    }
}

#[test]
fn fifty_clones_that_sync_at_once_all_have_everything_after_each_has_synced_twice() {
    // PROVENANCE_TEST_LATENCY in seconds, for who measures; a moment otherwise.
    let latency = std::env::var("PROVENANCE_TEST_LATENCY").unwrap_or_else(|_| "0.01".to_owned());
    let hub = Hub::new();
    // Whoever forces anything is refused, and is found by the hub's own log.
    hub.bare()
        .git(["config", "receive.denyNonFastForwards", "true"]);
    hub.bare()
        .git(["config", "core.logAllRefUpdates", "always"]);
    let clones: Vec<Sandbox> = (0..CLONES)
        .map(|n| {
            let clone = hub.clone_for(&format!("w{n}"));
            commits(&clone, &format!("{n}.txt"));
            distant(&clone, &latency);
            clone
        })
        .collect();
    let inboxes = AtomicUsize::new(0);
    for _ in 0..2 {
        thread::scope(|scope| {
            for clone in &clones {
                scope.spawn(|| {
                    let remote = sync(clone, 0, &["--timeout", "600"]);
                    let to_inbox = remote["sentTo"].as_str().is_some_and(|to| to != "shared");
                    inboxes.fetch_add(usize::from(to_inbox), Ordering::Relaxed);
                });
            }
        });
    }
    assert_eq!(records(&clones[0]).len(), CLONES + 1);
    let tree = |place: &Sandbox| tip(place, &format!("{NOTES}^{{tree}}"));
    let everything = tree(&clones[0]);
    for clone in &clones {
        assert_eq!(tree(clone), everything, "{}", clone.path().display());
    }
    // Another person needs one sync, and the hub has it all with it.
    sync(&hub.alice, 0, &[]);
    assert_eq!(
        (tree(&hub.alice), tree(&hub.bare())),
        (everything.clone(), everything)
    );
    // Each state of the shared ref descends from the one before it.
    let log = hub.bare().git(["reflog", "show", "--format=%H", NOTES]);
    let states: Vec<&str> = log.lines().collect();
    assert!(states.len() > 1, "{log}");
    for pair in states.windows(2) {
        hub.bare()
            .git(["merge-base", "--is-ancestor", pair[1], pair[0]]);
    }
    hub.bare().git(["fsck", "--strict"]);
    eprintln!(
        "{} of {} pushes went to an inbox",
        inboxes.load(Ordering::Relaxed),
        2 * CLONES
    );
    assert!(tip(&hub.bare(), NOTES).is_some());
}
