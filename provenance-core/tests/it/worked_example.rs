//! The worked example of `docs/format.md`: every number on that page, from the files beside it.

use provenance_core::digest::Digest;
use provenance_core::git::trailer::{self, Pins};
use provenance_core::key::PublicKey;
use provenance_core::seal::Envelope;

const PAGE: &str = include_str!("../../../docs/format.md");
const COMMIT: &str = include_str!("worked_example/commit");
const NOTE: &str = include_str!("worked_example/note.intoto.jsonl");
const KEY: &str = include_str!("worked_example/key.pub");
const RETRY: &[u8] = b"pub fn retry() {\n    back_off();\n}\n\n// TODO: test it\n";

#[track_caller]
fn stands_on_the_page(text: &str) {
    assert!(PAGE.contains(text), "docs/format.md does not say {text:?}");
}

#[test]
fn every_number_of_the_worked_example_is_true() {
    let key = PublicKey::from_openssh(KEY).unwrap();
    stands_on_the_page(key.id().as_str());
    let line = NOTE.strip_suffix('\n').unwrap();
    stands_on_the_page(&format!("one line of {} bytes", line.len()));
    let envelope = Envelope::parse(line.as_bytes()).unwrap();
    let signed = String::from_utf8(envelope.signed_bytes()).unwrap();
    stands_on_the_page(&signed[..60]);
    let opened = envelope.open(&[key].into_iter().collect()).unwrap();
    let statement = opened.get();
    let authoring = statement.authoring().unwrap();

    stands_on_the_page(COMMIT.trim_end());
    let pinned = Pins::Listed(vec![statement.record_id()]);
    assert_eq!(trailer::pins(COMMIT.as_bytes()), pinned);
    stands_on_the_page(&statement.record_id().to_hex());
    stands_on_the_page(&format!("{} bytes", statement.predicate().len()));
    stands_on_the_page(&statement.predicate()[..95]);

    let subject = &statement.subject()[0];
    stands_on_the_page(&subject.commit_id().unwrap().to_string());
    assert_eq!(subject.sha256(), Some(Digest::of(COMMIT.as_bytes())));
    stands_on_the_page(&Digest::of(COMMIT.as_bytes()).to_hex());
    stands_on_the_page(&authoring.tree.to_string());

    let file = Digest::of_parts([b"lines".as_slice(), b"", RETRY]);
    let patch = Digest::of_parts([
        b"git-provenance patch v1".as_slice(),
        b"retry.rs",
        b"000000",
        b"100644",
        file.as_bytes(),
    ]);
    assert_eq!(subject.annotations.as_ref().unwrap().patch, Some(patch));
    stands_on_the_page(&patch.to_hex());
    let claim = &authoring.contributions[0].files[0];
    assert_eq!(claim.sha256, Some(Digest::of(RETRY)));
}
