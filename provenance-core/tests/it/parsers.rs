//! Every parser on random and on damaged input: no panic, nothing accepted that has a second
//! spelling, and nothing shown that could disguise itself.
//!
//! A stable stand-in for fuzzing: the same properties, in every run of the tests.

use proptest::prelude::*;
use provenance_core::clock::Timestamp;
use provenance_core::digest::Digest;
use provenance_core::git::ObjectId;
use provenance_core::key::PublicKey;
use provenance_core::record::Statement;
use provenance_core::repo_path::RepoPath;
use provenance_core::seal::Envelope;
use provenance_core::{canonical, text};

use crate::schema;

/// Bytes that a parser takes seriously: a good document with a few of its bytes changed.
fn damaged(name: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let good = canonical::to_vec(&schema::example(name)).unwrap();
    let changes = prop::collection::vec((0..good.len(), any::<u8>(), 0..3_u8), 0..4);
    changes.prop_map(move |changes| {
        let mut bytes = good.clone();
        for (at, byte, how) in changes {
            let at = at.min(bytes.len().saturating_sub(1));
            match how {
                0 if !bytes.is_empty() => bytes[at] = byte,
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn random_bytes_end_no_parser(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(canonical::check(&bytes));
        drop(Envelope::parse(&bytes));
        drop(Statement::parse(&bytes));
        if let Ok(path) = RepoPath::new(bytes.clone()) {
            prop_assert!(text::is_undisguised(&path.to_string()));
            let json = serde_json::to_string(&path).unwrap();
            prop_assert_eq!(serde_json::from_str::<RepoPath>(&json).unwrap(), path);
        }
    }

    #[test]
    fn a_damaged_envelope_is_refused_or_spelled_as_it_came(bytes in damaged("envelope.v1/two-signatures")) {
        if let Ok(envelope) = Envelope::parse(&bytes) {
            prop_assert_eq!(envelope.to_line(), bytes);
        }
    }

    #[test]
    fn a_damaged_record_is_refused_or_keeps_the_bytes_of_its_predicate(bytes in damaged("record.v1/an-agent-and-a-human")) {
        if let Ok(statement) = Statement::parse(&bytes) {
            // The id covers the bytes of the predicate exactly as they were received.
            let received = String::from_utf8(bytes).unwrap();
            prop_assert!(received.contains(statement.predicate()));
            if let Err(error) = statement.authoring() {
                prop_assert!(text::is_undisguised(&error.to_string()));
            }
        }
    }

    #[test]
    fn what_a_recorder_cleans_a_reader_accepts(dirty in any::<String>()) {
        let clean = text::cleaned(&dirty);
        prop_assert!(text::is_plain(&clean));
        prop_assert_eq!(text::cleaned(&clean), clean.clone());
        prop_assert!(text::is_undisguised(&text::escaped(&dirty)));
        if let Some(id) = text::cleaned_id(&dirty) {
            prop_assert!(text::is_id(&id));
        }
    }

    #[test]
    fn a_value_that_is_read_is_written_as_it_was(word in "[ -~]{0,80}") {
        if let Ok(digest) = word.parse::<Digest>() {
            prop_assert_eq!(digest.to_string(), word.clone());
        }
        if let Ok(timestamp) = word.parse::<Timestamp>() {
            prop_assert_eq!(timestamp.to_string(), word.clone());
        }
        if let Ok(id) = word.parse::<ObjectId>() {
            prop_assert_eq!(id.to_string(), word.clone());
        }
        drop(PublicKey::from_openssh(&word));
    }

    #[test]
    fn a_date_that_is_read_is_written_as_it_was(
        year in 0..10_000_u32, month in 0..14_u32, day in 0..33_u32,
        hour in 0..25_u32, minute in 0..61_u32, second in 0..61_u32,
    ) {
        let word = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        if let Ok(timestamp) = word.parse::<Timestamp>() {
            prop_assert_eq!(timestamp.to_string(), word);
        }
    }
}
