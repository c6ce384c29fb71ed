//! Copies of other chains: followed forward, or not at all.

use provenance_core::git::ObjectId;
use provenance_core::trust::{Followed, tracking_ref};

use super::*;

#[test]
fn a_copy_is_followed_forward_only() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let copy = tracking_ref("origin");
    assert!(Trust::follow(&repo, &copy).unwrap().is_none());
    init(&repo);
    let one = sandbox.id(["rev-parse", TRUST_REF]).to_string();
    add(&repo, 1, "bob@example.com", 2).unwrap();
    let two = sandbox.id(["rev-parse", TRUST_REF]).to_string();

    // None here: theirs is taken.
    sandbox.git(["update-ref", &copy, &one]);
    sandbox.git(["update-ref", "-d", TRUST_REF]);
    assert_eq!(Trust::copies(&repo).unwrap(), [copy.as_str()]);
    let followed = Trust::follow(&repo, &copy).unwrap().unwrap();
    assert!(matches!(&followed, Followed::Taken(trust) if trust.version() == 1));

    // Theirs is newer: forward.
    sandbox.git(["update-ref", &copy, &two]);
    let followed = Trust::follow(&repo, &copy).unwrap().unwrap();
    assert!(matches!(&followed, Followed::Forwarded(trust) if trust.version() == 2));

    // Theirs is older: ours stays.
    sandbox.git(["update-ref", &copy, &one]);
    let followed = Trust::follow(&repo, &copy).unwrap().unwrap();
    assert!(matches!(&followed, Followed::Unchanged(trust) if trust.version() == 2));
    assert_eq!(sandbox.id(["rev-parse", TRUST_REF]).to_string(), two);
}

#[test]
fn a_copy_with_another_root_or_another_version_is_not_followed() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let copy = tracking_ref("origin");
    let ours = init(&repo);
    let one = sandbox.id(["rev-parse", TRUST_REF]).to_string();
    add(&repo, 1, "mallory@example.com", 9).unwrap();
    sandbox.git(["update-ref", &copy, TRUST_REF]);
    sandbox.git(["update-ref", TRUST_REF, &one]);
    let after: ObjectId = {
        add(&repo, 1, "bob@example.com", 2).unwrap();
        sandbox.id(["rev-parse", TRUST_REF])
    };
    let refused = Trust::follow(&repo, &copy).unwrap_err();
    assert!(matches!(refused, TrustError::Forked { version: 2, .. }));

    sandbox.git(["update-ref", "-d", TRUST_REF]);
    let other = init_with(&repo, 8).unwrap();
    assert_ne!(other.root_id(), ours.root_id());
    sandbox.git(["update-ref", &copy, TRUST_REF]);
    sandbox.git(["update-ref", TRUST_REF, &after.to_string()]);
    let refused = Trust::follow(&repo, &copy).unwrap_err();
    assert!(matches!(refused, TrustError::OtherRoot { .. }));
    assert_eq!(sandbox.id(["rev-parse", TRUST_REF]), after);

    plant(&sandbox, &copy, &[]);
    assert!(matches!(
        Trust::follow(&repo, &copy),
        Err(TrustError::NoRoot { .. })
    ));
    assert_eq!(sandbox.id(["rev-parse", TRUST_REF]), after);
}
