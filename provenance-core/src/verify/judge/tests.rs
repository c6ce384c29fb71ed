use serde_json::{Value, json};

use super::*;
use crate::key::{KeyId, Keyring, SigningKey};
use crate::object_id::ObjectId;
use crate::record::{Annotations, Kind, Statement, Subject};
use crate::seal::Envelope;

const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const PARENT: &str = "1111111111111111111111111111111111111111";
const OLD: &str = "2222222222222222222222222222222222222222";

/// A trusted signer, a stranger, and a repository with one trust version.
struct World {
    alice: SigningKey,
    mallory: SigningKey,
    keyring: Keyring,
    root_id: RecordId,
}

impl World {
    fn new() -> Self {
        let alice = SigningKey::from_seed(&[1; 32]);
        let mallory = SigningKey::from_seed(&[2; 32]);
        let keyring = [alice.public_key().clone()].into_iter().collect();
        Self {
            alice,
            mallory,
            keyring,
            root_id: Digest::of(b"root"),
        }
    }

    fn predicate(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut predicate = json!({
            "tree": TREE,
            "onto": {"commit": PARENT, "records": []},
            "repo": self.root_id,
            "trust": 1,
            "contributions": [],
            "remainder": "human",
            "approver": null,
            "committedBy": "human",
            "capture": [],
            "origin": "witnessed",
            "recorder": {"name": "test", "version": "1"},
            "recordedAt": "2026-11-20T09:35:28Z",
            "derivedFrom": [],
            "nonce": "000102030405060708090a0b0c0d0e0f",
        });
        change(&mut predicate);
        predicate
    }

    fn judge(&self, commit: &RawCommit, lines: &[Vec<u8>]) -> Judgement {
        self.judge_with(commit, lines, &|_| Ok(Vec::new()))
    }

    fn judge_with(
        &self,
        commit: &RawCommit,
        lines: &[Vec<u8>],
        elsewhere: &Elsewhere<'_>,
    ) -> Judgement {
        let principal =
            |key: &KeyId| (key == self.alice.id()).then(|| "alice@example.com".to_owned());
        let belief = Belief {
            keyring: &self.keyring,
            trust: Some((self.root_id, 1)),
            principal: &principal,
        };
        judge(&Case {
            commit,
            lines,
            note_faults: Vec::new(),
            note_oddities: Vec::new(),
            pins: crate::git::trailer::pins(&commit.message),
            belief: &belief,
            patch: Some(patch()),
            elsewhere,
        })
        .unwrap()
    }
}

fn patch() -> Digest {
    Digest::of(b"the change")
}

fn commit(parent: &str, pins: &[RecordId]) -> RawCommit {
    let mut raw = format!(
        "tree {TREE}\nparent {parent}\nauthor A <a@example.com> 1 +0000\n\
         committer A <a@example.com> 1 +0000\n\nsubject\n"
    );
    for pin in pins {
        raw = raw + "\nProvenance: " + &pin.to_string() + "\n";
    }
    let id = ObjectId::from_bytes(&Digest::of(raw.as_bytes()).as_bytes()[..20]).unwrap();
    RawCommit::parse(id, raw.as_bytes()).unwrap()
}

/// Seals `predicate` about `commit` and returns the line and the record id.
fn sealed(key: &SigningKey, commit: &RawCommit, predicate: &Value) -> (Vec<u8>, RecordId) {
    let annotations = Annotations {
        parents: Some(commit.parent_ids.clone()),
        patch: Some(patch()),
    };
    let subject = Subject::commit(commit.id, commit.digest, annotations);
    let statement = Statement::new(Kind::Authoring, vec![subject], predicate).unwrap();
    (
        Envelope::seal(&statement, key).unwrap().to_line(),
        statement.record_id(),
    )
}

fn id_of(predicate: &Value) -> RecordId {
    Statement::new(Kind::Authoring, vec![], predicate)
        .unwrap()
        .record_id()
}

fn codes(judgement: &Judgement) -> Vec<&'static str> {
    judgement.reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn a_record_by_a_trusted_key_about_this_commit_is_verified() {
    let world = World::new();
    let predicate = world.predicate(|_| {});
    let commit = commit(PARENT, &[id_of(&predicate)]);
    let (line, id) = sealed(&world.alice, &commit, &predicate);
    let judgement = world.judge(&commit, &[line]);
    assert_eq!(judgement.verdict, Verdict::Verified, "{judgement:?}");
    assert_eq!(judgement.record_id, Some(id));
    assert_eq!(judgement.principal.as_deref(), Some("alice@example.com"));
    assert!(judgement.reasons.is_empty());
    assert!(judgement.evidence[0].remainder);
}

#[test]
fn attack_g08_a_pinned_record_that_is_gone_is_missing_and_an_unpinned_commit_unattested() {
    let world = World::new();
    let predicate = world.predicate(|_| {});
    let pinned = commit(PARENT, &[id_of(&predicate)]);
    assert_eq!(world.judge(&pinned, &[]).verdict, Verdict::Missing);
    assert_eq!(
        world.judge(&commit(PARENT, &[]), &[]).verdict,
        Verdict::Unattested
    );
}

#[test]
fn attack_g05_a_record_moved_to_another_commit_grants_nothing() {
    let world = World::new();
    let predicate = world.predicate(|_| {});
    let genuine = commit(PARENT, &[]);
    let (line, id) = sealed(&world.alice, &genuine, &predicate);
    // Another commit with the same tree, and another parent (G06).
    let thief = commit(OLD, &[]);
    let judgement = world.judge(&thief, std::slice::from_ref(&line));
    assert_eq!(judgement.verdict, Verdict::Unattested);
    assert!(judgement.evidence.is_empty());
    // Even where its author also copied the pin, the change is another one.
    let mut thief = commit(OLD, &[id]);
    thief.tree_id = OLD.parse().unwrap();
    let annotations = Annotations {
        parents: Some(genuine.parent_ids.clone()),
        patch: Some(Digest::of(b"another change")),
    };
    let subject = Subject::commit(genuine.id, genuine.digest, annotations);
    let statement = Statement::new(Kind::Authoring, vec![subject], &predicate).unwrap();
    let other_line = Envelope::seal(&statement, &world.alice).unwrap().to_line();
    let judgement = world.judge(&thief, &[other_line]);
    assert_eq!(judgement.verdict, Verdict::Untrusted);
    assert_eq!(codes(&judgement), ["pin-about-another-commit"]);
}

#[test]
fn a_pinned_record_about_a_commit_with_the_same_change_is_carried() {
    let world = World::new();
    let predicate = world.predicate(|_| {});
    let (line, id) = sealed(
        &world.alice,
        &commit(PARENT, &[id_of(&predicate)]),
        &predicate,
    );
    let picked = commit(OLD, &[id]);
    // In the commit's own note, or left on the note of the commit that was picked.
    for judgement in [
        world.judge(&picked, std::slice::from_ref(&line)),
        world.judge_with(&picked, &[], &|_| Ok(vec![line.clone()])),
    ] {
        assert_eq!(judgement.verdict, Verdict::Carried, "{judgement:?}");
        assert_eq!(judgement.evidence[0].reach, Reach::SameTree);
    }
}

#[test]
fn attack_g16_a_record_by_an_unknown_key_is_untrusted_and_is_no_evidence() {
    let world = World::new();
    let predicate = world.predicate(|_| {});
    let commit = commit(PARENT, &[]);
    let (line, _) = sealed(&world.mallory, &commit, &predicate);
    let judgement = world.judge(&commit, &[line]);
    assert_eq!(judgement.verdict, Verdict::Untrusted);
    assert_eq!(codes(&judgement), ["unknown-signer"]);
    assert!(judgement.evidence.is_empty());
    assert_eq!(judgement.signer.as_ref(), Some(world.mallory.id()));
}

#[test]
fn attack_g04_a_trusted_signature_over_another_tree_is_invalid() {
    let world = World::new();
    let commit = commit(PARENT, &[]);
    let wrong_tree = world.predicate(|predicate| predicate["tree"] = json!(OLD));
    let (line, _) = sealed(&world.alice, &commit, &wrong_tree);
    let judgement = world.judge(&commit, &[line]);
    assert_eq!(judgement.verdict, Verdict::Invalid);
    assert_eq!(codes(&judgement), ["contradicts-commit"]);
}

#[test]
fn bad_and_foreign_lines_beside_a_good_one_never_lower_the_verdict() {
    let world = World::new();
    let predicate = world.predicate(|_| {});
    let commit = commit(PARENT, &[id_of(&predicate)]);
    let (good, _) = sealed(&world.alice, &commit, &predicate);
    let (stranger, _) = sealed(&world.mallory, &commit, &world.predicate(|_| {}));
    let mut tampered = good.clone();
    let middle = tampered.len() / 2;
    tampered[middle] = if tampered[middle] == b'A' { b'B' } else { b'A' };
    let judgement = world.judge(
        &commit,
        &[good, stranger, tampered.clone(), b"hello".to_vec()],
    );
    assert_eq!(judgement.verdict, Verdict::Verified);
    assert_eq!(world.judge(&commit, &[tampered]).verdict, Verdict::Invalid);
}

#[test]
fn an_amend_stands_on_the_records_of_the_commit_that_it_replaced() {
    let world = World::new();
    let before = world.predicate(|_| {});
    let first = commit(PARENT, &[id_of(&before)]);
    let (old_line, old_id) = sealed(&world.alice, &first, &before);
    let after = world.predicate(|predicate| {
        predicate["onto"] = json!({"commit": first.id, "records": [old_id]});
        predicate["nonce"] = json!("ff0102030405060708090a0b0c0d0e0f");
    });
    let amended = commit(PARENT, &[id_of(&after)]);
    let (new_line, _) = sealed(&world.alice, &amended, &after);

    let judgement = world.judge(&amended, &[new_line.clone(), old_line]);
    assert_eq!(judgement.verdict, Verdict::Carried, "{judgement:?}");
    assert_eq!(judgement.evidence.len(), 2);
    // Without the older record the new one is no support: nothing improves by losing it.
    let judgement = world.judge(&amended, std::slice::from_ref(&new_line));
    assert_eq!(judgement.verdict, Verdict::Missing);
    assert!(codes(&judgement).contains(&"older-record-missing"));
    // The same record on a plain commit has an idle list.
    let mut child = commit(&first.id.to_string(), &[id_of(&after)]);
    child.tree_id = TREE.parse().unwrap();
    let (line, _) = sealed(&world.alice, &child, &after);
    assert_eq!(world.judge(&child, &[line]).verdict, Verdict::Verified);
}

#[test]
fn an_amend_of_a_commit_without_record_does_not_make_its_lines_human() {
    let world = World::new();
    let predicate =
        world.predicate(|predicate| predicate["onto"] = json!({"commit": OLD, "records": []}));
    let commit = commit(PARENT, &[]);
    let (line, _) = sealed(&world.alice, &commit, &predicate);
    let judgement = world.judge(&commit, &[line]);
    assert_eq!(judgement.verdict, Verdict::Verified);
    assert!(!judgement.evidence[0].remainder);
}

#[test]
fn attack_g07_a_record_of_another_repository_is_untrusted() {
    let world = World::new();
    let commit = commit(PARENT, &[]);
    for (repo, trust, code) in [
        (json!(Digest::of(b"other")), json!(1), "other-repository"),
        (json!(null), json!(null), "no-repository"),
        (json!(world.root_id), json!(2), "trust-rolled-back"),
    ] {
        let predicate = world.predicate(|predicate| {
            predicate["repo"] = repo;
            predicate["trust"] = trust;
        });
        let (line, _) = sealed(&world.alice, &commit, &predicate);
        let judgement = world.judge(&commit, &[line]);
        assert_eq!(judgement.verdict, Verdict::Untrusted, "{code}");
        assert_eq!(codes(&judgement), [code]);
    }
}

#[test]
fn with_two_pins_the_lower_one_decides() {
    let world = World::new();
    let predicate = world.predicate(|_| {});
    let gone = Digest::of(b"gone");
    let commit = commit(PARENT, &[id_of(&predicate), gone]);
    let (line, _) = sealed(&world.alice, &commit, &predicate);
    assert_eq!(world.judge(&commit, &[line]).verdict, Verdict::Missing);
}

#[test]
fn too_many_pins_are_invalid() {
    let world = World::new();
    let pins: Vec<RecordId> = (0..65u8).map(|n| Digest::of(&[n])).collect();
    assert_eq!(
        world.judge(&commit(PARENT, &pins), &[]).verdict,
        Verdict::Invalid
    );
}

#[test]
fn taking_lines_away_never_raises_a_verdict() {
    let world = World::new();
    let before = world.predicate(|_| {});
    let first = commit(PARENT, &[]);
    let (old_line, old_id) = sealed(&world.alice, &first, &before);
    let after = world.predicate(|predicate| {
        predicate["onto"] = json!({"commit": first.id, "records": [old_id]});
    });
    let amended = commit(PARENT, &[id_of(&after)]);
    let (new_line, _) = sealed(&world.alice, &amended, &after);
    let (stranger, _) = sealed(&world.mallory, &amended, &after);
    let all = [old_line, new_line, stranger, b"garbage".to_vec()];
    let verdict_of = |subset: usize| {
        let lines: Vec<_> = (0..all.len())
            .filter(|i| subset & (1 << i) != 0)
            .map(|i| all[i].clone())
            .collect();
        world.judge(&amended, &lines).verdict
    };
    for subset in 0..1 << all.len() {
        for smaller in (0..subset).filter(|smaller| smaller & subset == *smaller) {
            assert!(
                verdict_of(smaller) >= verdict_of(subset),
                "{smaller:b} of {subset:b}"
            );
        }
    }
}
