use serde_json::{Value, json};

use super::chain::Chain;
use super::*;
use crate::digest::Digest;
use crate::key::SigningKey;
use crate::record::{Kind, Statement, Subject};
use crate::seal::Envelope;

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn principal(id: &str, kind: &str, keys: &[u8]) -> Value {
    let entry = |n: &u8| {
        let public = key(*n).public_key().clone();
        json!({"id": public.id(), "public": public.to_openssh()})
    };
    json!({"id": id, "kind": kind, "keys": keys.iter().map(entry).collect::<Vec<_>>()})
}

/// Version 1: alice with key 1 and bob with key 2, either of whom is root.
fn first() -> Value {
    json!({
        "version": 1,
        "previous": null,
        "nonce": "000102030405060708090a0b0c0d0e0f",
        "root": {"threshold": 1, "keys": [key(1).id(), key(2).id()]},
        "principals": [principal("alice", "human", &[1]), principal("bob", "human", &[2])],
        "adoptedAt": [],
        "recordedAt": "2026-11-20T09:35:28Z",
    })
}

/// The version after `before`, with the same content.
fn after(before: &Value) -> Value {
    let mut next = before.clone();
    next["version"] = json!(before["version"].as_u64().unwrap() + 1);
    next["previous"] = json!(id_of(before));
    next.as_object_mut().unwrap().remove("nonce");
    next
}

fn id_of(document: &Value) -> Digest {
    Statement::new(Kind::Trust, vec![], document)
        .unwrap()
        .record_id()
}

fn envelope(kind: Kind, document: &Value, keys: &[u8]) -> Envelope {
    let subject = Subject::document("trust", id_of(document));
    let statement = Statement::new(kind, vec![subject], document).unwrap();
    let (first, rest) = keys.split_first().unwrap();
    let sealed = Envelope::seal(&statement, &key(*first)).unwrap();
    rest.iter()
        .fold(sealed, |sealed, n| sealed.countersign(&key(*n)).unwrap())
}

fn file(document: &Value, keys: &[u8]) -> Vec<u8> {
    let mut line = envelope(Kind::Trust, document, keys).to_line();
    line.push(b'\n');
    line
}

fn accept(files: &[Vec<u8>]) -> Result<Chain, VersionFault> {
    let mut chain = Chain::default();
    for file in files {
        chain.accept(file)?;
    }
    Ok(chain)
}

fn refused(files: &[Vec<u8>]) -> VersionFault {
    accept(files).unwrap_err()
}

#[test]
fn a_chain_of_versions_is_accepted() {
    let (one, two) = (first(), after(&first()));
    let chain = accept(&[file(&one, &[1]), file(&two, &[2])]).unwrap();
    let parts = chain.into_parts().unwrap();
    assert_eq!(parts.root_id, id_of(&one));
    assert_eq!(parts.ids, [id_of(&one), id_of(&two)]);
    assert_eq!(parts.latest.version, 2);
    assert_eq!(parts.keyring.iter().count(), 2);
}

#[test]
fn version_1_is_signed_by_its_own_root() {
    let mut one = first();
    one["root"]["keys"] = json!([key(1).id()]);
    assert!(matches!(
        refused(&[file(&one, &[2])]),
        VersionFault::Signature(_)
    ));
    one["root"] = json!({"threshold": 2, "keys": [key(1).id(), key(2).id()]});
    assert!(matches!(
        refused(&[file(&one, &[2])]),
        VersionFault::Threshold {
            needed: 2,
            found: 1,
            ..
        }
    ));
    assert!(accept(&[file(&one, &[2, 1])]).is_ok());
}

#[test]
fn attack_g24_a_version_that_jumps_is_refused() {
    let (one, mut three) = (first(), after(&first()));
    three["version"] = json!(3);
    let fault = refused(&[file(&one, &[1]), file(&three, &[1])]);
    assert!(matches!(fault, VersionFault::Number { found: 3 }));
}

#[test]
fn attack_g26_a_huge_version_is_refused() {
    let (one, mut huge) = (first(), after(&first()));
    huge["version"] = json!((1_u64 << 53) - 1);
    let fault = refused(&[file(&one, &[1]), file(&huge, &[1])]);
    assert!(matches!(fault, VersionFault::Number { .. }));
}

#[test]
fn attack_g24_an_older_version_in_the_place_of_the_next_is_refused() {
    let (one, two) = (first(), after(&first()));
    for again in [&one, &two] {
        let files = [file(&one, &[1]), file(&two, &[1]), file(again, &[1])];
        assert!(matches!(refused(&files), VersionFault::Number { .. }));
    }
}

#[test]
fn attack_g24_a_version_that_names_another_predecessor_is_refused() {
    let (one, mut other, mut two) = (first(), first(), after(&first()));
    other["nonce"] = json!("f".repeat(32));
    two["previous"] = json!(id_of(&other));
    let fault = refused(&[file(&one, &[1]), file(&two, &[1])]);
    assert!(matches!(fault, VersionFault::Previous { expected } if expected == id_of(&one)));
    // And the first one has none.
    assert!(matches!(
        refused(&[file(&two, &[1])]),
        VersionFault::Number { found: 2 }
    ));
}

#[test]
fn attack_g24_old_keys_alone_and_new_keys_alone_are_not_enough() {
    let (one, mut two) = (first(), after(&first()));
    two["principals"]
        .as_array_mut()
        .unwrap()
        .push(principal("carol", "human", &[3]));
    two["root"] = json!({"threshold": 1, "keys": [key(3).id()]});
    let with = |keys: &[u8]| accept(&[file(&one, &[1]), file(&two, keys)]);
    assert!(matches!(
        with(&[1]),
        Err(VersionFault::Threshold { version: 2, .. })
    ));
    assert!(matches!(
        with(&[3]),
        Err(VersionFault::Threshold { version: 1, .. })
    ));
    assert!(with(&[1, 3]).is_ok());
    assert!(with(&[3, 2]).is_ok());
    assert!(matches!(with(&[4]), Err(VersionFault::Signature(_))));
}

#[test]
fn attack_g24_a_key_and_a_principal_count_once() {
    let mut one = first();
    one["principals"] = json!([
        principal("alice", "human", &[1, 3]),
        principal("bob", "human", &[2])
    ]);
    one["root"] = json!({"threshold": 2, "keys": [key(1).id(), key(2).id(), key(3).id()]});
    for too_few in [&[1, 1][..], &[1, 3], &[1, 3, 1, 3], &[1, 4]] {
        let fault = refused(&[file(&one, too_few)]);
        assert!(
            matches!(fault, VersionFault::Threshold { found: 1, .. }),
            "{too_few:?}"
        );
    }
    assert!(accept(&[file(&one, &[3, 2])]).is_ok());
}

#[test]
fn attack_g03_a_statement_of_another_kind_is_no_version() {
    let mut line = envelope(Kind::Approval, &first(), &[1]).to_line();
    line.push(b'\n');
    assert!(matches!(refused(&[line]), VersionFault::Statement(_)));
}

#[test]
fn a_version_is_about_itself() {
    let one = first();
    for subject in [
        vec![],
        vec![Subject::document("trust", Digest::of(b"other"))],
        vec![Subject::document("other", id_of(&one))],
        vec![Subject::document("trust", id_of(&one)); 2],
    ] {
        let statement = Statement::new(Kind::Trust, subject, &one).unwrap();
        let mut line = Envelope::seal(&statement, &key(1)).unwrap().to_line();
        line.push(b'\n');
        assert!(matches!(refused(&[line]), VersionFault::Subject));
    }
}

#[test]
fn a_file_is_one_line_of_one_spelling() {
    let good = String::from_utf8(file(&first(), &[1])).unwrap();
    let without = good.trim_end().to_owned();
    for (bad, is_line_fault) in [
        (String::new(), true),
        (without.clone(), true),
        (format!("{without}\r\n"), false),
        (format!("{good}\n"), true),
        (format!("{good}{good}"), true),
        (good.replacen(':', ": ", 1), false),
        ("{}\n".to_owned(), false),
        ("garbage\n".to_owned(), false),
        ("\n".to_owned(), false),
    ] {
        let fault = refused(&[bad.clone().into_bytes()]);
        assert_eq!(matches!(fault, VersionFault::Line), is_line_fault, "{bad}");
    }
}

#[test]
fn attack_g01_no_changed_byte_of_a_version_is_accepted_as_something_else() {
    let good = file(&first(), &[1]);
    for position in 0..good.len() {
        let mut bad = good.clone();
        bad[position] ^= 1;
        if let Ok(chain) = accept(&[bad]) {
            // Only the hint can change, and it changes nothing.
            assert_eq!(chain.into_parts().unwrap().root_id, id_of(&first()));
        }
    }
}

#[test]
fn a_document_that_breaks_a_rule_is_refused_however_well_signed() {
    let alice = || principal("alice", "human", &[1]);
    let mut exposed = alice();
    exposed["keys"][0]["public"] = json!(format!("{} alice", key(1).public_key().to_openssh()));
    let mut swapped = alice();
    swapped["keys"][0]["public"] = json!(key(9).public_key().to_openssh());
    let mut weak = alice();
    weak["keys"].as_array_mut().unwrap().push(json!({
        "id": "SHA256:x",
        "public": format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAE{}", "A".repeat(42)),
    }));
    let defects: [(&str, Value); 22] = [
        ("/version", json!(0)),
        ("/version", json!("1")),
        ("/previous", json!(id_of(&first()))),
        ("/nonce", json!(null)),
        ("/nonce", json!("F".repeat(32))),
        ("/root/threshold", json!(0)),
        ("/root/threshold", json!(3)),
        ("/root/keys", json!([])),
        ("/root/keys", json!([key(1).id(), key(1).id()])),
        ("/root/keys", json!([key(1).id(), key(3).id()])),
        ("/principals", json!([])),
        ("/principals", json!([alice()])),
        ("/principals", json!([alice(), alice()])),
        ("/principals/1/id", json!("alice")),
        ("/principals/0/id", json!("\u{430}lice")),
        ("/principals/0/kind", json!("agent")),
        ("/principals/0/kind", json!("wizard")),
        ("/principals/0/keys", json!([])),
        ("/principals/0", exposed),
        ("/principals/0", swapped),
        ("/principals/0", weak),
        ("/adoptedAt", json!(["main"])),
    ];
    for (field, value) in defects {
        let mut bad = first();
        *bad.pointer_mut(field).unwrap() = value.clone();
        assert!(accept(&[file(&bad, &[1, 2])]).is_err(), "{field} = {value}");
    }
}

#[test]
fn unknown_fields_are_kept_and_ignored_unless_critical() {
    let mut newer = first();
    newer["roles"] = json!({"alice": ["approver"]});
    newer["principals"][0]["sameAs"] = json!(["al"]);
    newer["principals"][0]["keys"][0]["goodUntil"] = json!(null);
    newer["root"]["hardware"] = json!(true);
    let parts = accept(&[file(&newer, &[1])]).unwrap().into_parts().unwrap();
    assert_eq!(serde_json::to_value(&parts.latest).unwrap(), newer);
    newer["crit"] = json!(["principals.sameAs"]);
    assert!(matches!(
        refused(&[file(&newer, &[1])]),
        VersionFault::Form(_)
    ));
}

#[test]
fn a_chain_of_many_versions_costs_a_key_once() {
    let mut files = vec![file(&first(), &[1])];
    let mut latest = first();
    for _ in 0..200 {
        latest = after(&latest);
        files.push(file(&latest, &[1]));
    }
    assert_eq!(accept(&files).unwrap().next(), 202);
}

proptest::proptest! {
    #[test]
    fn damaged_and_random_files_end_in_an_answer(
        damage in proptest::collection::vec((0_usize..4096, proptest::prelude::any::<u8>()), 0..8),
        noise in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..256),
    ) {
        let mut damaged = file(&first(), &[1]);
        let length = damaged.len();
        for (position, byte) in damage {
            damaged[position % length] = byte;
        }
        for bytes in [damaged, noise] {
            if let Ok(chain) = accept(&[bytes]) {
                assert_eq!(chain.into_parts().unwrap().root_id, id_of(&first()));
            }
        }
    }
}
