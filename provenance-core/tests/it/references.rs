//! References that are read and moved in their files, compared with Git.

use std::fs;
use std::path::PathBuf;

use provenance_core::git::{
    FsyncPolicy, GitError, Head, NoteChange, NotesRef, NotesWriter, ObjectId, Person,
};

use crate::sandbox::Sandbox;

const REF: &str = "refs/notes/provenance";

/// Writes one note more, and so moves the reference.
fn writes(sandbox: &Sandbox, text: &str) -> Result<(), GitError> {
    let repo = sandbox.repo();
    let writer = NotesWriter {
        repo: &repo,
        notes_ref: &NotesRef::default(),
        committer: &Person::parse(b"Carol <carol@example.com> 1767225600 -0330"),
        message: "notes: one\nmore",
        fsync: FsyncPolicy::ALWAYS,
    };
    let update = writer.write(|edit| {
        let id = ObjectId::from_bytes(&[7; 20]).unwrap();
        edit.put(id, text.as_bytes())?;
        Ok::<_, GitError>(NoteChange::Changed)
    });
    update.map(drop)
}

fn reflog(sandbox: &Sandbox) -> PathBuf {
    sandbox.root().join(".git/logs").join(REF)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap().trim_end()
}

#[test]
fn a_move_leaves_the_file_and_the_reflog_that_git_would_leave() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    writes(&sandbox, "first\n").unwrap();
    let first = sandbox.id(["rev-parse", REF]);
    fs::write(reflog(&sandbox), "").unwrap();
    writes(&sandbox, "second\n").unwrap();
    let second = sandbox.id(["rev-parse", REF]);
    let ours = fs::read_to_string(reflog(&sandbox)).unwrap();
    let who = "Carol <carol@example.com> 1767225600 -0330";
    assert_eq!(ours, format!("{first} {second} {who}\tnotes: one more\n"));
    let file = sandbox.root().join(".git").join(REF);
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{second}\n"));
    assert!(!file.with_extension("lock").exists());

    // Git, told the same, leaves the same bytes.
    sandbox.git(["update-ref", REF, &first.to_string()]);
    fs::write(reflog(&sandbox), "").unwrap();
    let mut update = sandbox.command(&sandbox.root());
    let (second, message) = (second.to_string(), "notes: one\nmore");
    update
        .args(["update-ref", "-m", message, REF, &second])
        .env("GIT_COMMITTER_NAME", "Carol")
        .env("GIT_COMMITTER_EMAIL", "carol@example.com")
        .env("GIT_COMMITTER_DATE", "1767225600 -0330");
    assert!(update.status().unwrap().success());
    assert_eq!(fs::read_to_string(reflog(&sandbox)).unwrap(), ours);
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{second}\n"));
    sandbox.git(["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn what_is_packed_or_without_a_reflog_moves_too() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    writes(&sandbox, "1\n").unwrap();
    let shown = |notes_ref: &str| {
        text(&sandbox.git(["show", &format!("{notes_ref}:{}", "07".repeat(20))])).to_owned()
    };
    sandbox.git(["pack-refs", "--all"]);
    writes(&sandbox, "2\n").unwrap();
    assert_eq!(shown(REF), "2");

    fs::remove_file(reflog(&sandbox)).unwrap();
    writes(&sandbox, "3\n").unwrap();
    assert_eq!(shown(REF), "3");
    assert!(reflog(&sandbox).exists(), "it begins anew");
    sandbox.git(["config", "core.logAllRefUpdates", "false"]);
    fs::remove_file(reflog(&sandbox)).unwrap();
    writes(&sandbox, "4\n").unwrap();
    assert!(!reflog(&sandbox).exists(), "nobody wants one");

    // Notes are one reference: what it leads to is nobody's to move.
    sandbox.git(["update-ref", "refs/notes/other", REF]);
    sandbox.git(["symbolic-ref", REF, "refs/notes/other"]);
    fs::write(reflog(&sandbox), "").unwrap();
    assert!(writes(&sandbox, "5\n").is_err());
    assert_eq!(shown("refs/notes/other"), "4");
}

#[test]
fn a_lock_of_somebody_else_stays_and_a_lock_of_ours_goes() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    writes(&sandbox, "1\n").unwrap();
    let lock = sandbox.root().join(".git").join(format!("{REF}.lock"));
    fs::write(&lock, "somebody's").unwrap();
    let old = fs::File::options().append(true).open(&lock).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let error = writes(&sandbox, "2\n").unwrap_err();
    assert!(matches!(error, GitError::NotesContended { .. }), "{error}");
    assert_eq!(fs::read_to_string(&lock).unwrap(), "somebody's");
    fs::remove_file(&lock).unwrap();
    // A file that says something else is no value to go on from.
    let file = sandbox.root().join(".git").join(REF);
    let kept = fs::read(&file).unwrap();
    for damaged in ["", "0123"] {
        fs::write(&file, damaged).unwrap();
        assert!(writes(&sandbox, "3\n").is_err(), "{damaged:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), damaged);
        assert!(!lock.exists(), "{damaged:?}");
    }
    fs::write(&file, kept).unwrap();
    writes(&sandbox, "3\n").unwrap();
}

#[test]
fn head_is_where_git_says_it_is() {
    let sandbox = Sandbox::new();
    let one = sandbox.commit("one");
    let on = |name: &str, commit_id| Head {
        ref_name: Some(name.to_owned()),
        commit_id,
    };
    let head = || sandbox.repo().head().unwrap();
    assert_eq!(head(), on("refs/heads/main", Some(one)));
    sandbox.git(["pack-refs", "--all"]);
    assert_eq!(head(), on("refs/heads/main", Some(one)));
    sandbox.git(["checkout", "--quiet", "--detach"]);
    assert_eq!((head().ref_name, head().commit_id), (None, Some(one)));
    sandbox.git(["checkout", "--quiet", "--orphan", "new"]);
    assert_eq!(head(), on("refs/heads/new", None));
    sandbox.git(["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    sandbox.git(["symbolic-ref", "HEAD", "refs/heads/alias"]);
    assert_eq!(head().commit_id, Some(one));
    let repo = sandbox.repo();
    assert_eq!(repo.ref_target("refs/heads/alias").unwrap(), Some(one));
    assert_eq!(repo.ref_target("HEAD").unwrap(), Some(one));
    assert_eq!(repo.ref_target("refs/heads/none").unwrap(), None);
    for bad in ["refs/../HEAD", "refs/heads/a..b", "refs/heads/x.lock", ""] {
        assert!(repo.ref_target(bad).is_err(), "{bad}");
    }
}
