//! Commitments that open to what was said, and to nothing else.

use super::*;

fn parts(secret: &Secret) -> Vec<Part> {
    let salt = secret.part_salt("s-1");
    vec![
        Part::prompt(prompt_digest(salt, "make it retry"), None),
        Part::named(
            salt,
            "files-read".to_owned(),
            "docs/api.md".to_owned(),
            Some(Digest::of(b"# API\n")),
        ),
    ]
}

#[test]
fn a_commitment_opens_to_what_was_said_and_to_nothing_else() {
    let secret = Secret([7; 32]);
    let opening = Opening::commit(&secret, "s-1", 1, parts(&secret)).unwrap();
    let context = opening.prompt_context();
    assert_eq!(context.covers, ["files-read", "prompts"]);
    assert_eq!(context.parts, 2);
    assert_eq!(opening.check(context.commitment), Opened::Matches);
    assert!(opening.is_prompt(0, "make it retry"));
    assert!(!opening.is_prompt(0, "make it retry "));
    assert!(!opening.is_prompt(1, "# API\n"));

    let mut other = opening.clone();
    other.parts.reverse();
    assert_eq!(other.check(context.commitment), Opened::OtherCommitment);
    let mut other = opening.clone();
    other.parts[0].text = Some("something harmless".to_owned());
    assert_eq!(other.check(context.commitment), Opened::OtherPart(0));
    let mut other = opening;
    other.parts[1].name = "docs/other.md".to_owned();
    assert_eq!(other.check(context.commitment), Opened::OtherPart(1));
}

#[test]
fn the_same_words_have_another_commitment_in_every_clone_session_and_record() {
    let (one, two) = (Secret([1; 32]), Secret([2; 32]));
    let of = |secret: &Secret, session: &str, seq| {
        let salt = secret.part_salt(session);
        let part = Part::prompt(prompt_digest(salt, "yes"), None);
        Opening::commit(secret, session, seq, vec![part])
            .unwrap()
            .commitment
    };
    let mut all = vec![
        of(&one, "a", 1),
        of(&two, "a", 1),
        of(&one, "b", 1),
        of(&one, "a", 2),
    ];
    assert_eq!(of(&one, "a", 1), all[0], "a commit that is tried again");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
}

#[test]
fn the_bytes_are_those_of_the_documentation() {
    // Computed with Python's hashlib from the description above.
    let secret = Secret([0; 32]);
    let part_salt = Digest::from_bytes([1; 32]);
    let part = Part::prompt(prompt_digest(part_salt, "hi"), None);
    assert_eq!(part.digest.to_string(), PART_VECTOR);
    assert_eq!(
        commitment(Digest::from_bytes([2; 32]), &[part]).to_string(),
        COMMITMENT_VECTOR
    );
    assert!(Opening::commit(&secret, "s", 1, Vec::new()).is_none());
}

const PART_VECTOR: &str = "sha256:dd9fdf90dd193782919c2429761061e65fc5bf53b72d6daa36715369b3606b37";
const COMMITMENT_VECTOR: &str =
    "sha256:b14cf3c2a5adf2903dbbb99783da9328d0d7948da2e1d4dc399ca2d29db13738";

#[test]
fn a_secret_is_made_once_and_a_damaged_one_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut entropy = crate::entropy::System;
    let first = Secret::of(dir.path(), &mut entropy).unwrap();
    let second = Secret::of(dir.path(), &mut entropy).unwrap();
    assert_eq!(first.0, second.0);
    std::fs::write(dir.path().join("provenance/secret"), b"short").unwrap();
    let error = Secret::of(dir.path(), &mut entropy).unwrap_err();
    assert!(matches!(error, CaptureError::Secret { .. }));
}

#[test]
fn an_opening_is_kept_and_found() {
    let dir = tempfile::tempdir().unwrap();
    let secret = Secret([7; 32]);
    let opening = Opening::commit(&secret, "s-1", 1, parts(&secret)).unwrap();
    opening.keep(dir.path()).unwrap();
    let found = Opening::find(dir.path(), opening.commitment).unwrap();
    assert_eq!(found, Some(opening));
    assert_eq!(Opening::find(dir.path(), Digest::of(b"")).unwrap(), None);
}
