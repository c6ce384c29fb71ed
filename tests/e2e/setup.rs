//! What `doctor` and `trust show` say before `init` and after it, as documents for scripts.

use harness::Sandbox;

use crate::schemas::validates;

#[test]
fn after_init_doctor_finds_nothing_and_trust_names_its_first_human() {
    let repo = Sandbox::new().with_provenance();
    let doctor = repo.provenance(["doctor", "--json"]).succeeds().json();
    validates("doctor.v1", &doctor);
    assert_eq!(doctor["nextCommitRecorded"], true);
    let trust = repo
        .provenance(["trust", "show", "--json"])
        .succeeds()
        .json();
    validates("trust-show.v1", &trust);
    let first = &trust["principals"][0];
    assert_eq!(first["id"], "alice@example.com");
    assert_eq!(first["kind"], "human");
    assert_eq!(first["keys"][0]["isRoot"], true);
}

#[test]
fn before_init_doctor_and_trust_say_what_is_missing() {
    let repo = Sandbox::new();
    let doctor = repo.provenance(["doctor", "--json"]).exits(1).json();
    validates("doctor.v1", &doctor);
    assert_eq!(doctor["nextCommitRecorded"], false);
    let trust = repo.provenance(["trust", "show", "--json"]);
    validates("trust-show.v1", &trust.json());
}
