//! What strangers may leave at the reference, and what still stands.

use provenance_core::trust::{MAX_VERSION_BYTES, Problem};

use super::*;

/// Everything that a stranger may leave where the second version would be.
fn with_second(sandbox: &Sandbox, mode: &str, second: &[u8]) -> Trust {
    let first = version_file(sandbox, 1);
    let entries = [
        ("100644", file_name(1), first.as_slice()),
        (mode, file_name(2), second),
    ];
    plant(sandbox, TRUST_REF, &entries);
    load(sandbox).unwrap().unwrap()
}

#[test]
fn a_broken_or_forged_tail_keeps_the_last_good_version() {
    let sandbox = Sandbox::new();
    let first = init(&sandbox.repo());
    let one = version_file(&sandbox, 1);
    let other = Sandbox::new();
    init_with(&other.repo(), 7).unwrap();
    add(&other.repo(), 1, "mallory@example.com", 9).unwrap();
    let of_another_chain = version_file(&other, 2);
    let large = vec![b' '; MAX_VERSION_BYTES + 1];
    for (what, mode, second) in [
        ("garbage", "100644", b"garbage\n".as_slice()),
        ("empty", "100644", b""),
        ("the first version again", "100644", one.as_slice()),
        ("a version of another chain", "100644", &of_another_chain),
        ("oversize", "100644", &large),
        ("a link", "120000", b"0001.intoto.jsonl"),
        ("a program", "100755", &one),
    ] {
        let trust = with_second(&sandbox, mode, second);
        assert_eq!(trust.version(), 1, "{what}");
        assert_eq!(trust.root_id(), first.root_id(), "{what}");
        assert!(
            matches!(trust.problems(), [Problem::Version { version: 2, .. }]),
            "{what}: {:?}",
            trust.problems()
        );
        // Nothing is written over it.
        assert!(
            matches!(
                add(&sandbox.repo(), 1, "bob@example.com", 2),
                Err(TrustError::Broken { version: 1 })
            ),
            "{what}"
        );
    }
    let trust = with_second(&sandbox, "100644", &large);
    assert!(matches!(
        trust.problems(),
        [Problem::Version {
            fault: VersionFault::Oversize,
            ..
        }]
    ));
}

#[test]
fn a_version_that_is_missing_ends_the_chain() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    init(&repo);
    add(&repo, 1, "bob@example.com", 2).unwrap();
    add(&repo, 1, "carol@example.com", 3).unwrap();
    let (one, three) = (version_file(&sandbox, 1), version_file(&sandbox, 3));
    let entries = [
        ("100644", file_name(1), one.as_slice()),
        ("100644", file_name(3), three.as_slice()),
    ];
    plant(&sandbox, TRUST_REF, &entries);
    let trust = load(&sandbox).unwrap().unwrap();
    assert_eq!(trust.version(), 1);
    assert!(matches!(
        trust.problems(),
        [Problem::Gap {
            version: 2,
            later: 3
        }]
    ));
}

#[test]
fn without_a_good_first_version_nobody_is_believed() {
    let sandbox = Sandbox::new();
    for entries in [
        vec![],
        vec![("100644", file_name(1), b"garbage\n".as_slice())],
        vec![("100644", file_name(2), b"garbage\n".as_slice())],
        vec![("100644", "README".to_owned(), b"hello\n".as_slice())],
    ] {
        plant(&sandbox, TRUST_REF, &entries);
        assert!(matches!(load(&sandbox), Err(TrustError::NoRoot { .. })));
        assert!(matches!(
            add(&sandbox.repo(), 1, "bob@example.com", 2),
            Err(TrustError::NoRoot { .. })
        ));
    }
}

#[test]
fn entries_that_are_no_version_are_reported_and_kept() {
    let sandbox = Sandbox::new();
    init(&sandbox.repo());
    let one = version_file(&sandbox, 1);
    let mut entries = vec![("100644", file_name(1), one.as_slice())];
    for stray in [
        "0000.intoto.jsonl",
        "1.intoto.jsonl",
        "00002.intoto.jsonl",
        "later",
    ] {
        entries.push(("100644", stray.to_owned(), b"x".as_slice()));
    }
    plant(&sandbox, TRUST_REF, &entries);
    let trust = load(&sandbox).unwrap().unwrap();
    assert_eq!(trust.problems().len(), 4);
    assert!(trust.problems().iter().all(|problem| !problem.is_break()));
    assert_eq!(
        add(&sandbox.repo(), 1, "bob@example.com", 2)
            .unwrap()
            .version(),
        2
    );
    let names = sandbox.git(["ls-tree", "--name-only", TRUST_REF]);
    assert_eq!(names.split(|byte| *byte == b'\n').count(), 7);
    sandbox.git(["fsck", "--strict"]);
}

#[test]
fn a_lock_that_a_dead_writer_left_is_named() {
    let sandbox = Sandbox::new();
    let lock = sandbox.root().join(".git/refs/provenance/trust.lock");
    std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
    std::fs::write(&lock, "").unwrap();
    let error = init_with(&sandbox.repo(), 1).unwrap_err();
    assert!(matches!(error, TrustError::Raced { .. }), "{error:?}");
    assert!(error.to_string().contains("trust.lock"), "{error}");
    std::fs::remove_file(&lock).unwrap();
    init(&sandbox.repo());
}
