//! Trust as a repository holds it: written by us, read by Git, broken by everybody else.

mod broken;
mod follow;

use std::sync::Barrier;
use std::thread;

use provenance_core::clock::Fixed;
use provenance_core::entropy::{Entropy, EntropyError};
use provenance_core::git::{Identity, Location, Repo};
use provenance_core::key::{KeyId, SigningKey};
use provenance_core::seal::Envelope;
use provenance_core::trust::{
    Known, NewPrincipal, PrincipalKind, TRUST_REF, Trust, TrustError, VersionFault, file_name,
    heads,
};

use crate::sandbox::Sandbox;

/// Random bytes that a test can repeat.
#[derive(Debug)]
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        buffer.fill(self.0);
        self.0 += 1;
        Ok(())
    }
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn clock() -> Fixed {
    Fixed("2026-11-20T09:35:28Z".parse().unwrap())
}

fn identity() -> Identity {
    Identity {
        name: "Alice".to_owned(),
        email: "alice@example.com".to_owned(),
    }
}

fn init_with(repo: &Repo, nonce: u8) -> Result<Trust, TrustError> {
    Trust::init(
        repo,
        &key(1),
        "alice@example.com",
        &heads(repo).unwrap(),
        &clock(),
        &mut Counting(nonce),
        &identity(),
    )
}

fn init(repo: &Repo) -> Trust {
    init_with(repo, 1).unwrap()
}

fn add(repo: &Repo, signer: u8, id: &str, n: u8) -> Result<Trust, TrustError> {
    let key_of_new = key(n);
    let new = NewPrincipal {
        id,
        kind: PrincipalKind::Human,
        key: key_of_new.public_key(),
    };
    Trust::add(repo, &key(signer), new, &clock(), &identity())
}

fn load(sandbox: &Sandbox) -> Result<Option<Trust>, TrustError> {
    Trust::load(&sandbox.repo())
}

/// Points the reference at a commit over these entries, with plain Git.
fn plant(sandbox: &Sandbox, ref_name: &str, entries: &[(&str, String, &[u8])]) {
    let line = |(mode, name, content): &(&str, String, &[u8])| {
        let id = sandbox.git_with_input(["hash-object", "-w", "--stdin"], content);
        let id = String::from_utf8(id).unwrap();
        format!("{mode} blob {}\t{name}\n", id.trim())
    };
    let listing: Vec<String> = entries.iter().map(line).collect();
    let listing = listing.concat();
    let tree = sandbox.git_with_input(["mktree", "--missing"], listing.as_bytes());
    let tree = String::from_utf8(tree).unwrap();
    let commit = sandbox.id(["commit-tree", tree.trim(), "-m", "planted"]);
    sandbox.git(["update-ref", ref_name, &commit.to_string()]);
}

fn version_file(sandbox: &Sandbox, version: u64) -> Vec<u8> {
    let name = format!("{TRUST_REF}:{}", file_name(version));
    sandbox.git(["cat-file", "blob", &name])
}

#[test]
fn a_repository_without_trust_has_none() {
    assert!(load(&Sandbox::new()).unwrap().is_none());
}

#[test]
fn the_first_version_names_the_root_and_where_it_began() {
    let sandbox = Sandbox::new();
    let main = sandbox.commit("before");
    sandbox.git(["checkout", "--quiet", "-b", "topic"]);
    let topic = sandbox.commit("topic");
    let trust = init(&sandbox.repo());
    assert_eq!(trust.version(), 1);
    assert_eq!(trust.adopted_at(), [topic, main]);
    let alice = trust.principal_of(key(1).id()).unwrap();
    assert_eq!(alice.id, "alice@example.com");
    assert_eq!(alice.kind, PrincipalKind::Human);
    assert!(trust.keyring().get(key(1).id()).is_some());
    assert!(trust.principal_of(&KeyId::from_hint("SHA256:x")).is_none());
    assert!(trust.problems().is_empty());

    let again = load(&sandbox).unwrap().unwrap();
    assert_eq!(again.root_id(), trust.root_id());
    assert_eq!(again.document(), trust.document());
}

#[test]
fn git_reads_what_we_wrote() {
    let sandbox = Sandbox::new();
    init(&sandbox.repo());
    add(&sandbox.repo(), 1, "bob@example.com", 2).unwrap();
    let tree = sandbox.git(["ls-tree", "--name-only", TRUST_REF]);
    assert_eq!(tree, b"0001.intoto.jsonl\n0002.intoto.jsonl\n");
    let log = sandbox.git(["log", "--format=%an <%ae> %at|%s", TRUST_REF]);
    let alice = "Alice <alice@example.com> 1795167328";
    assert_eq!(
        String::from_utf8(log).unwrap(),
        format!(
            "{alice}|trust: version 2, adds bob@example.com\n\
             {alice}|trust: version 1, root alice@example.com\n"
        )
    );
    sandbox.git(["fsck", "--strict"]);
    let file = version_file(&sandbox, 2);
    let line = file.strip_suffix(b"\n").unwrap();
    let statement = Envelope::parse(line).unwrap().unverified_statement();
    let statement = statement.unwrap();
    assert_eq!(
        statement.subject().first().unwrap().sha256(),
        Some(statement.record_id())
    );
}

#[test]
fn a_second_root_is_never_made_whatever_the_reference_holds() {
    let sandbox = Sandbox::new();
    init(&sandbox.repo());
    let before = sandbox.id(["rev-parse", TRUST_REF]);
    assert!(matches!(
        init_with(&sandbox.repo(), 9),
        Err(TrustError::Exists)
    ));
    assert_eq!(sandbox.id(["rev-parse", TRUST_REF]), before);
    plant(&sandbox, TRUST_REF, &[]);
    assert!(matches!(
        init_with(&sandbox.repo(), 9),
        Err(TrustError::Exists)
    ));
}

#[test]
fn a_root_holder_adds_principals_and_keys() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let first = init(&repo);
    let two = add(&repo, 1, "bob@example.com", 2).unwrap();
    assert_eq!((two.version(), two.root_id()), (2, first.root_id()));
    let three = add(&repo, 1, "bob@example.com", 3).unwrap();
    assert_eq!(
        three.principal_of(key(3).id()).unwrap().id,
        "bob@example.com"
    );
    assert_eq!(
        three.principal_of(key(2).id()).unwrap().id,
        "bob@example.com"
    );
    assert_eq!(three.document().principals.len(), 2);
    // Once more is nothing new.
    assert_eq!(add(&repo, 1, "bob@example.com", 3).unwrap().version(), 3);
    assert_eq!(three.version_ids().len(), 3);
}

#[test]
fn what_no_reader_would_accept_is_not_written() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    assert!(matches!(
        add(&repo, 1, "bob@example.com", 2),
        Err(TrustError::Absent)
    ));
    init(&repo);
    add(&repo, 1, "bob@example.com", 2).unwrap();
    let before = sandbox.id(["rev-parse", TRUST_REF]);
    // Bob is a principal, and no root.
    let refused = add(&repo, 2, "carol@example.com", 3).unwrap_err();
    assert!(matches!(&refused, TrustError::NotRoot { .. }));
    assert!(
        refused.to_string().contains("alice@example.com"),
        "{refused}"
    );
    assert!(matches!(
        add(&repo, 4, "carol@example.com", 3),
        Err(TrustError::NotRoot { .. })
    ));
    assert!(matches!(
        add(&repo, 1, "carol@example.com", 2),
        Err(TrustError::OtherOwner { .. })
    ));
    assert!(matches!(
        add(&repo, 1, "carol smith", 3),
        Err(TrustError::Refused(VersionFault::Form(_)))
    ));
    let bot = key(3);
    let new = NewPrincipal {
        id: "bob@example.com",
        kind: PrincipalKind::Agent,
        key: bot.public_key(),
    };
    assert!(matches!(
        Trust::add(&repo, &key(1), new, &clock(), &identity()),
        Err(TrustError::OtherKind { .. })
    ));
    assert_eq!(sandbox.id(["rev-parse", TRUST_REF]), before);
}

#[test]
fn two_who_add_at_once_are_both_in() {
    let sandbox = Sandbox::new();
    init(&sandbox.repo());
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for n in 10..18 {
            let (sandbox, barrier) = (sandbox.root(), &barrier);
            scope.spawn(move || {
                let repo = Repo::open(&Location::at(sandbox)).unwrap();
                barrier.wait();
                add(&repo, 1, &format!("p{n}@example.com"), n).unwrap();
            });
        }
    });
    let trust = load(&sandbox).unwrap().unwrap();
    assert_eq!(trust.version(), 9);
    assert!(trust.problems().is_empty());
    for n in 10..18 {
        assert!(trust.principal_of(key(n).id()).is_some(), "{n}");
    }
}

#[test]
fn of_two_who_make_a_root_at_once_one_does() {
    let sandbox = Sandbox::new();
    let barrier = Barrier::new(8);
    let made = thread::scope(|scope| {
        let root = sandbox.root();
        let handles: Vec<_> = (0..8)
            .map(|nonce| {
                let (root, barrier) = (root.clone(), &barrier);
                scope.spawn(move || {
                    let repo = Repo::open(&Location::at(root)).unwrap();
                    barrier.wait();
                    match init_with(&repo, nonce) {
                        Ok(trust) => Some(trust.root_id()),
                        Err(TrustError::Exists) => None,
                        Err(error) => panic!("{error}"),
                    }
                })
            })
            .collect();
        let made = handles.into_iter().filter_map(|h| h.join().unwrap());
        made.collect::<Vec<_>>()
    });
    let trust = load(&sandbox).unwrap().unwrap();
    assert_eq!(made, [trust.root_id()]);
}

#[test]
fn what_a_record_says_about_trust_follows_the_reference() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    assert_eq!(Known::of(&repo).unwrap(), None);
    let root_id = init(&repo).root_id();
    let known = |version| Some(Known { root_id, version });
    assert_eq!(Known::of(&repo).unwrap(), known(1));
    add(&repo, 1, "bob@example.com", 2).unwrap();
    let remembered = sandbox.root().join(".git/provenance/trust-known");
    for _ in 0..2 {
        assert_eq!(Known::of(&repo).unwrap(), known(2));
        assert!(
            std::fs::read_to_string(&remembered)
                .unwrap()
                .ends_with(" 2\n")
        );
    }
    for damaged in ["", "x", "\n", " \n", "a b c\n", "\u{0}\n"] {
        std::fs::write(&remembered, damaged).unwrap();
        assert_eq!(Known::of(&repo).unwrap(), known(2), "{damaged:?}");
    }
    std::fs::write(&remembered, "x".repeat(1 << 20)).unwrap();
    assert_eq!(Known::of(&repo).unwrap(), known(2));
    sandbox.git(["update-ref", "-d", TRUST_REF]);
    assert_eq!(Known::of(&repo).unwrap(), None);
    let other = init_with(&repo, 5).unwrap().root_id();
    assert_eq!(Known::of(&repo).unwrap().unwrap().root_id, other);
}
