use serde_json::json;

use super::*;
use crate::record::Kind;

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn keyring() -> Keyring {
    [key().public_key().clone()].into_iter().collect()
}

fn sealed() -> Envelope {
    let statement = Statement::new(Kind::Authoring, vec![], &json!({"hello": "world"})).unwrap();
    Envelope::seal(&statement, &key()).unwrap()
}

#[test]
fn what_is_sealed_opens_again() {
    let line = sealed().to_line();
    let envelope = Envelope::parse(&line).unwrap();
    assert_eq!(envelope.to_line(), line);
    let opened = envelope.open(&keyring()).unwrap();
    assert_eq!(opened.get().predicate(), r#"{"hello":"world"}"#);
    assert_eq!(opened.signers(), [key().id().clone()]);
}

#[test]
fn attack_g01_no_flipped_bit_of_payload_or_signature_opens() {
    let good = sealed();
    for byte in 0..good.payload.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad.payload[byte] ^= 1 << bit;
            assert!(matches!(bad.open(&keyring()), Err(OpenError::BadSignature)));
        }
    }
    for byte in 0..SIGNATURE_BYTES {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad.signatures[0].bytes[byte] ^= 1 << bit;
            assert!(matches!(bad.open(&keyring()), Err(OpenError::BadSignature)));
        }
    }
}

#[test]
fn attack_g01_no_other_byte_of_the_line_opens_as_something_else() {
    let line = sealed().to_line();
    let genuine = sealed().open(&keyring()).unwrap();
    for position in 0..line.len() {
        for byte in 0..=255 {
            let mut bad = line.clone();
            if bad[position] == byte {
                continue;
            }
            bad[position] = byte;
            if let Ok(envelope) = Envelope::parse(&bad)
                && let Ok(opened) = envelope.open(&keyring())
            {
                // Only the hint can change, and it changes nothing.
                assert_eq!(opened, genuine);
                assert_ne!(envelope.signatures[0].hint, *key().id());
            }
        }
    }
}

#[test]
fn attack_g02_another_payload_type_over_the_same_payload_does_not_open() {
    let mut bad = sealed();
    bad.payload_type = "application/json".to_owned();
    assert!(matches!(bad.open(&keyring()), Err(OpenError::BadSignature)));
}

#[test]
fn attack_g16_a_perfect_signature_by_an_unknown_key_grants_nothing() {
    let stranger = SigningKey::from_seed(&[8; 32]);
    let statement = Statement::new(Kind::Authoring, vec![], &json!({})).unwrap();
    let envelope = Envelope::seal(&statement, &stranger).unwrap();
    assert!(matches!(
        envelope.open(&keyring()),
        Err(OpenError::UnknownSigner { .. })
    ));
}

#[test]
fn attack_g47_a_signature_made_for_another_protocol_does_not_open() {
    let statement = Statement::new(Kind::Authoring, vec![], &json!({})).unwrap();
    let payload = statement.to_payload().unwrap();
    // The bare payload, as a naive signer or a blob of another protocol would have it.
    let bytes = key().sign(&payload);
    let signatures = vec![Signature {
        hint: key().id().clone(),
        bytes,
    }];
    let envelope = Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload,
        signatures,
    };
    assert!(matches!(
        envelope.open(&keyring()),
        Err(OpenError::BadSignature)
    ));
}

#[test]
fn attack_g28_an_envelope_has_one_spelling() {
    let line = String::from_utf8(sealed().to_line()).unwrap();
    for bad in [
        line.replacen('{', "{\"extra\":1,", 1),
        line.replacen(
            "\"payloadType\"",
            "\"payloadType\":\"x\",\"payloadType\"",
            1,
        ),
        line.replacen(':', ": ", 1),
        format!("{line}\n"),
        format!(" {line}"),
        format!("\u{feff}{line}"),
        line.replace('=', ""),
        line.replace("\"signatures\":[{", "\"signatures\":[],\"x\":[{"),
        "{}".to_owned(),
        String::new(),
    ] {
        assert!(Envelope::parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn attack_g30_ten_thousand_signatures_are_refused_unread() {
    let line = String::from_utf8(sealed().to_line()).unwrap();
    let (head, signature) = line.split_once("\"signatures\":[").unwrap();
    let one = signature.strip_suffix("]}").unwrap();
    for (count, accepted) in [(16, true), (17, false), (3_000, false)] {
        let many = format!("{head}\"signatures\":[{}]}}", vec![one; count].join(","));
        assert_eq!(
            Envelope::parse(many.as_bytes()).is_ok(),
            accepted,
            "{count}"
        );
    }
}

#[test]
fn a_wrong_hint_changes_nothing() {
    let mut envelope = sealed();
    envelope.signatures[0].hint = KeyId::from_hint("SHA256:somebody");
    assert!(envelope.open(&keyring()).is_ok());
}
