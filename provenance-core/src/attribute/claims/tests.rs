use serde_json::{Value, json};

use super::*;
use crate::key::{Keyring, SigningKey};
use crate::object_id::ObjectId;
use crate::record::{Kind, Statement};
use crate::seal::Envelope;

const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

fn contribution(session: &str, files: &Value) -> Value {
    json!({
        "tool": {"name": "claude-code"},
        "model": {"id": "anthropic/claude-opus-4-5", "raw": "claude-opus-4-5"},
        "session": {"id": session, "seq": 1, "previous": null},
        "mode": "agent",
        "files": files,
    })
}

fn evidence(contributions: &[Value], more: &Value, reach: (Reach, bool)) -> Evidence {
    let mut predicate = json!({
        "tree": TREE, "onto": {"commit": null, "records": []}, "repo": null, "trust": null,
        "contributions": contributions, "remainder": "human", "approver": null,
        "committedBy": "human", "capture": [], "origin": "witnessed",
        "recorder": {"name": "test", "version": "1"}, "recordedAt": "2026-11-20T09:35:28Z",
        "derivedFrom": [], "nonce": "000102030405060708090a0b0c0d0e0f",
    });
    let fields = predicate.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    let key = SigningKey::from_seed(&[7; 32]);
    let mut keyring = Keyring::default();
    keyring.insert(key.public_key().clone());
    let statement = Statement::new(Kind::Authoring, vec![], &predicate).unwrap();
    let opened = Envelope::seal(&statement, &key).unwrap().open(&keyring);
    Evidence {
        record_id: statement.record_id(),
        // Each is about a commit of its own, but for those about this one.
        about: match reach.0 {
            Reach::Commit => None,
            _ => ObjectId::from_bytes(&statement.record_id().as_bytes()[..20]),
        },
        authoring: opened.unwrap().try_map(|s| s.authoring()).unwrap(),
        reach: reach.0,
        remainder: reach.1,
    }
}

fn judgement(verdict: Verdict, evidence: Vec<Evidence>) -> Judgement {
    Judgement {
        commit_id: TREE.parse::<ObjectId>().unwrap(),
        verdict,
        record_id: None,
        signer: None,
        principal: None,
        pins: vec![],
        reasons: vec![],
        evidence,
    }
}

/// About this very commit, and speaking for the rest of it.
const WHOLE: (Reach, bool) = (Reach::Commit, true);
/// About a commit that this one replaced.
const OLDER: (Reach, bool) = (Reach::SameBlob, false);

fn kinds(claims: &Claims, path: &str, lines: u64) -> String {
    let file = claims.file(path.as_bytes(), None);
    let letters = (1..=lines).map(|line| match file.author(line).kind {
        LineKind::Ai => 'a',
        LineKind::Mixed => 'm',
        LineKind::Human => 'h',
        LineKind::Unattested => '?',
    });
    letters.collect()
}

#[test]
fn lines_are_whose_the_record_says_and_the_rest_is_the_remainders() {
    let files = json!([{"path": "a", "ai": [[1, 2], [4, 4]], "mixed": [[5, 5]]}]);
    let evidence = evidence(&[contribution("s-1", &files)], &json!({}), WHOLE);
    let claims = Claims::of(&judgement(Verdict::Verified, vec![evidence]));
    assert_eq!(kinds(&claims, "a", 6), "aahamh");
    assert_eq!(kinds(&claims, "b", 2), "hh");
    // What an agent wrote under such a name, the record could not say.
    assert_eq!(kinds(&claims, "back\\slash", 2), "??");
    let author = claims.file(b"a", None).author(1);
    let contributor = author.contributor.unwrap();
    assert_eq!(contributor.session, "s-1");
    assert_eq!(
        contributor.model.as_deref(),
        Some("anthropic/claude-opus-4-5")
    );
    let human = claims.file(b"a", None).author(3);
    assert_eq!(
        (human.origin, human.contributor),
        (Some(Origin::Witnessed), None)
    );
}

#[test]
fn a_record_that_is_not_believed_makes_no_line_anybodys() {
    for verdict in Verdict::ALL {
        let files = json!([{"path": "a", "ai": "all"}]);
        let evidence = evidence(&[contribution("s-1", &files)], &json!({}), WHOLE);
        let claims = Claims::of(&judgement(verdict, vec![evidence]));
        let expected = if verdict.is_believed() { "aa" } else { "??" };
        assert_eq!(kinds(&claims, "a", 2), expected, "{verdict}");
    }
}

#[test]
fn the_strongest_claim_wins_whatever_the_order() {
    let mixed = contribution("s-1", &json!([{"path": "a", "mixed": [[1, 3]]}]));
    let ai = contribution("s-2", &json!([{"path": "a", "ai": [[2, 2]]}]));
    for order in [[mixed.clone(), ai.clone()], [ai, mixed]] {
        let evidence = evidence(&order, &json!({}), WHOLE);
        let claims = Claims::of(&judgement(Verdict::Verified, vec![evidence]));
        assert_eq!(kinds(&claims, "a", 4), "mamh");
    }
}

#[test]
fn unknown_lines_are_unattested_unless_an_ai_claims_them() {
    let files = json!([{"path": "a", "ai": [[1, 1]]}]);
    let more = json!({"unknown": [{"path": "a", "lines": [[1, 2]]}]});
    let evidence = evidence(&[contribution("s-1", &files)], &more, WHOLE);
    let claims = Claims::of(&judgement(Verdict::Verified, vec![evidence]));
    assert_eq!(kinds(&claims, "a", 3), "a?h");
}

#[test]
fn a_remainder_that_may_not_speak_or_does_not_know_leaves_lines_unattested() {
    let silent = (Reach::Commit, false);
    for (more, reach) in [
        (json!({}), silent),
        (json!({"remainder": "unknown"}), WHOLE),
    ] {
        let evidence = evidence(&[], &more, reach);
        let claims = Claims::of(&judgement(Verdict::Carried, vec![evidence]));
        assert_eq!(kinds(&claims, "a", 1), "?");
    }
}

#[test]
fn an_old_claim_reaches_only_the_very_same_blob() {
    let digest = Digest::of(b"one\n");
    let files = json!([
        {"path": "a", "sha256": digest.to_hex(), "ai": [[1, 1]]},
        {"path": "b", "ai": [[1, 1]]},
        {"path": "d/", "tree": TREE, "ai": "all"},
    ]);
    let old = evidence(
        &[contribution("s-1", &files)],
        &json!({"unknown": [{"path": "c", "lines": "all"}]}),
        OLDER,
    );
    let claims = Claims::of(&judgement(Verdict::Carried, vec![old]));
    assert!(claims.needs_blob_digest(b"a") && !claims.needs_blob_digest(b"b"));
    let kind = |path: &str, digest| claims.file(path.as_bytes(), digest).author(1).kind;
    assert_eq!(kind("a", Some(digest)), LineKind::Ai);
    assert_eq!(kind("a", Some(Digest::of(b"two\n"))), LineKind::Unattested);
    assert_eq!(kind("a", None), LineKind::Unattested);
    assert_eq!(kind("b", Some(digest)), LineKind::Unattested);
    assert_eq!(kind("d/x", Some(digest)), LineKind::Unattested);
    assert!(!claims.claims_remainder());
}

#[test]
fn lines_that_nobody_knew_do_not_become_a_humans_in_another_commit() {
    let more = json!({"unknown": [{"path": "a", "lines": [[1, 1]]}]});
    let elsewhere = evidence(&[], &more, (Reach::SameBlob, true));
    let claims = Claims::of(&judgement(Verdict::Carried, vec![elsewhere]));
    assert_eq!(kinds(&claims, "a", 2), "??");
    assert_eq!(kinds(&claims, "b", 1), "h");
}

#[test]
fn folded_claims_cover_everything_below_and_nothing_beside() {
    let files = json!([{"path": "vendor/", "tree": TREE, "ai": "all"}]);
    let folded = evidence(&[contribution("s-1", &files)], &json!({}), WHOLE);
    let claims = Claims::of(&judgement(Verdict::Verified, vec![folded]));
    for (path, expected) in [
        ("vendor/x/y", "a"),
        ("vendor/z", "a"),
        ("vendored", "h"),
        ("src/vendor/x", "h"),
    ] {
        assert_eq!(kinds(&claims, path, 1), expected, "{path}");
    }
    let mut whole = contribution("s-1", &json!([]));
    whole["extent"] = json!("commit");
    let whole = evidence(&[whole], &json!({}), WHOLE);
    let claims = Claims::of(&judgement(Verdict::Verified, vec![whole]));
    assert_eq!(kinds(&claims, "any/file", 2), "aa");
}

#[test]
fn of_equal_claims_the_one_that_was_witnessed_wins() {
    let files = json!([{"path": "a", "ai": "all"}]);
    let imported = evidence(
        &[contribution("s-imported", &files)],
        &json!({"origin": "imported"}),
        WHOLE,
    );
    let witnessed = evidence(&[contribution("s-witnessed", &files)], &json!({}), WHOLE);
    let claims = Claims::of(&judgement(Verdict::Verified, vec![imported, witnessed]));
    let author = claims.file(b"a", None).author(1);
    assert_eq!(author.contributor.unwrap().session, "s-witnessed");
    assert_eq!(author.origin, Some(Origin::Witnessed));
}

#[test]
fn where_older_lines_are_lost_the_rest_of_the_file_is_nobodys() {
    let digest = Digest::of(b"as it was");
    let files = json!([{"path": "a", "sha256": digest.to_hex(), "ai": [[1, 1]]}]);
    let older = evidence(&[contribution("s-1", &files)], &json!({}), OLDER);
    let onto = json!({"onto": {"commit": TREE, "records": [older.record_id]}});

    let silent = evidence(&[], &onto, WHOLE);
    let claims = Claims::of(&judgement(
        Verdict::Carried,
        vec![older.clone(), silent.clone()],
    ));
    assert_eq!(
        kinds(&claims, "a", 2),
        "??",
        "an AI's lines became a human's"
    );
    assert_eq!(kinds(&claims, "b", 2), "hh", "nothing is lost here");
    let same_blob = claims.file(b"a", Some(digest));
    assert_eq!(same_blob.author(1).kind, LineKind::Ai);
    assert_eq!(same_blob.author(2).kind, LineKind::Human);

    let moved = json!([{"path": "a", "ai": [[2, 2]]}]);
    let beside = evidence(&[contribution("s-1", &moved)], &onto, WHOLE);
    let claims = Claims::of(&judgement(Verdict::Carried, vec![older.clone(), beside]));
    assert_eq!(
        kinds(&claims, "a", 3),
        "?a?",
        "its own lines are not all that the older one had"
    );
    let derived = json!({"derivedFrom": [
        {"commit": TREE, "record": older.record_id, "relation": "amend"},
    ]});
    let telling = evidence(&[contribution("s-1", &moved)], &derived, WHOLE);
    let claims = Claims::of(&judgement(
        Verdict::Carried,
        vec![older.clone(), telling.clone()],
    ));
    assert_eq!(kinds(&claims, "a", 3), "hah", "it says where they went");

    let derived = json!({"derivedFrom": [
        {"commit": TREE, "record": telling.record_id, "relation": "amend"},
    ]});
    let last = evidence(&[contribution("s-2", &moved)], &derived, WHOLE);
    let mut middle = telling;
    (middle.reach, middle.remainder) = OLDER;
    let claims = Claims::of(&judgement(Verdict::Carried, vec![older, middle, last]));
    assert_eq!(kinds(&claims, "a", 3), "hah", "through what it stands on");
}

#[test]
fn what_an_older_record_did_not_know_does_not_become_a_humans_by_an_amend() {
    for reach in [Reach::SameBlob, Reach::SameTree] {
        let older = evidence(&[], &json!({"remainder": "unknown"}), (reach, false));
        let onto = json!({"onto": {"commit": TREE, "records": [older.record_id]}});
        let amended = evidence(&[], &onto, WHOLE);
        let both = vec![older.clone(), amended.clone()];
        let claims = Claims::of(&judgement(Verdict::Carried, both));
        assert_eq!(kinds(&claims, "a", 2), "??", "{reach:?}");
        let told = json!({
            "derivedFrom": [{"commit": TREE, "record": older.record_id, "relation": "amend"}],
            "unknown": [{"path": "a", "lines": [[1, 1]]}],
        });
        let told = evidence(&[], &told, WHOLE);
        let claims = Claims::of(&judgement(Verdict::Carried, vec![older, amended, told]));
        assert_eq!(kinds(&claims, "a", 2), "?h", "{reach:?}");
        assert_eq!(kinds(&claims, "b", 1), "?", "nothing is said of it");
    }
}

#[test]
fn the_claims_of_a_record_about_the_same_tree_count_here() {
    let files = json!([{"path": "a", "ai": [[1, 1]]}]);
    let more = json!({"unknown": [{"path": "a", "lines": [[2, 2]]}]});
    let older = evidence(
        &[contribution("s-1", &files)],
        &more,
        (Reach::SameTree, false),
    );
    let onto = json!({"onto": {"commit": TREE, "records": [older.record_id]}});
    let reworded = evidence(&[], &onto, WHOLE);
    let claims = Claims::of(&judgement(Verdict::Carried, vec![older, reworded]));
    assert_eq!(kinds(&claims, "a", 3), "a?h");
    assert!(!claims.is_all_human());
}
