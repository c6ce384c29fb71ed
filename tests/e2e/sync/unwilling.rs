//! A remote that refuses, hangs, breaks off, or is not there: it is named, and everything is kept.

use harness::Sandbox;
use serde_json::json;

use super::odd::through;
use super::{Hub, NOTES, codes, commits, records, sync, synced, tip};

/// Refuses a push of a reference that matches, the first `times` times.
fn refusing(pattern: &str, times: u32) -> String {
    format!(
        "while read old new name; do case $name in {pattern})\n\
         n=$(cat refusals 2>/dev/null || echo 0)\n\
         [ $n -ge {times} ] || {{ echo $((n + 1)) >refusals; exit 1; }};;\n\
         esac; done"
    )
}

#[test]
fn attack_g13_a_remote_that_always_refuses_is_named() {
    let hub = Hub::new();
    let had = (commits(&hub.alice, "more.txt"), records(&hub.alice)).1;
    hub.hook("pre-receive", "exit 1");
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["remote-refused", "remote-refused"]);
    assert_eq!(remote["sentTo"], json!(null));
    assert_eq!(records(&hub.alice), had);
}

#[test]
fn a_remote_that_refuses_once_is_asked_again() {
    let hub = Hub::new();
    commits(&hub.alice, "more.txt");
    hub.hook("pre-receive", &refusing("*", 1));
    let remote = sync(&hub.alice, 0, &[]);
    assert_eq!(remote["sentTo"], "shared");
    assert_eq!(records(&hub.bare()), records(&hub.alice));
    assert!(hub.path.join("refusals").exists());
}

#[test]
fn a_remote_that_refuses_the_shared_ref_gets_an_inbox_that_everybody_absorbs() {
    let hub = Hub::new();
    let bob = hub.clone_for("bob");
    commits(&hub.alice, "more.txt");
    hub.hook("pre-receive", &refusing(NOTES, 1000));
    let remote = sync(&hub.alice, 1, &[]);
    assert_eq!(codes(&remote), ["remote-refused"]);
    let inbox = remote["sentTo"].as_str().unwrap().to_owned();
    assert!(
        inbox.starts_with("refs/notes/provenance-inbox/SHA256-"),
        "{inbox}"
    );
    assert_eq!(tip(&hub.bare(), &inbox), tip(&hub.alice, NOTES));
    // Who reads at the hub itself counts what waits there.
    hub.alice.git(["push", "--quiet", "origin", "main"]);
    let judged = hub.bare().provenance(["verify", "--json", "main~1..main"]);
    assert_eq!(judged.succeeds().json()["counts"]["verified"], 1);
    let received = sync(&bob, 1, &[]);
    assert_eq!(records(&bob), records(&hub.alice));
    assert_eq!(received["inboxes"], 1);
    // It waits there already: nothing more is sent.
    let again = sync(&hub.alice, 1, &[]);
    assert_eq!(again["sentTo"], json!(inbox));
    // When the remote is willing again, whoever syncs next brings it home.
    hub.hook("pre-receive", "exit 0");
    sync(&bob, 0, &[]);
    assert!(records(&hub.bare()).is_superset(&records(&hub.alice)));
    assert_eq!(codes(&sync(&hub.alice, 0, &[])), [""; 0]);
}

#[test]
fn a_ref_that_is_locked_for_a_moment_is_waited_for() {
    let hub = Hub::new();
    commits(&hub.alice, "more.txt");
    let lock = hub.path.join(format!("{NOTES}.lock"));
    std::fs::write(&lock, "").unwrap();
    // The first push finds the lock; whoever held it is done then.
    hub.hook("post-receive", "exit 0");
    hub.hook("pre-receive", &format!("n=$(cat tries 2>/dev/null || echo 0)\necho $((n + 1)) >tries\n[ $n -lt 1 ] || rm -f {NOTES}.lock"));
    let remote = sync(&hub.alice, 0, &[]);
    assert_eq!(remote["sentTo"], "shared");
    assert_eq!(
        std::fs::read_to_string(hub.path.join("tries"))
            .unwrap()
            .trim(),
        "2"
    );
}

#[test]
fn a_remote_that_hangs_is_given_up_after_the_time_limit() {
    let hub = Hub::new();
    let had = (commits(&hub.alice, "more.txt"), records(&hub.alice)).1;
    // It never ends by itself: the pipe that it reads has no writer but itself.
    through(
        &hub.alice,
        "receive-pack",
        "mkfifo \"$HOME/never\" 2>/dev/null\nread line <>\"$HOME/never\"",
    );
    let remote = sync(&hub.alice, 2, &["--timeout", "1"]);
    assert_eq!(remote["unfinished"], "time-limit");
    assert_eq!(records(&hub.alice), had);
    hub.alice
        .provenance(["sync", "--timeout", "1"])
        .exits(2)
        .says("not done within 1 seconds");
}

#[test]
fn a_connection_that_breaks_off_once_is_made_again() {
    let hub = Hub::new();
    commits(&hub.alice, "more.txt");
    through(
        &hub.alice,
        "receive-pack",
        "[ -e \"$HOME/broke\" ] || { : >\"$HOME/broke\"; exit 1; }\nexec git receive-pack \"$@\"",
    );
    let remote = sync(&hub.alice, 0, &[]);
    assert_eq!(remote["sentTo"], "shared");
    assert!(hub.alice.home().join("broke").exists());
}

#[test]
fn a_remote_that_is_not_there_is_said_with_exit_code_2() {
    let hub = Hub::new();
    let had = records(&hub.alice);
    std::fs::rename(&hub.path, hub.path.with_extension("gone")).unwrap();
    let remote = sync(&hub.alice, 2, &[]);
    assert_eq!(remote["unfinished"], "unreachable");
    assert_eq!(records(&hub.alice), had);
    let alone = Sandbox::new().with_provenance();
    synced(&alone, &[]).exits(2).says("git remote add");
    alone.provenance(["sync", "--", "--upload-pack=x"]).exits(2);
    synced(&alone, &["../nowhere"]).exits(2);
}

#[test]
fn a_finding_is_said_even_when_the_rest_takes_too_long() {
    let hub = Hub::new();
    commits(&hub.alice, "more.txt");
    sync(&hub.alice, 0, &[]);
    hub.bare().git(["update-ref", NOTES, &format!("{NOTES}~1")]);
    through(
        &hub.alice,
        "receive-pack",
        "mkfifo \"$HOME/never\" 2>/dev/null\nread line <>\"$HOME/never\"",
    );
    let remote = sync(&hub.alice, 2, &["--timeout", "1"]);
    assert_eq!(codes(&remote), ["remote-rewound"]);
}
