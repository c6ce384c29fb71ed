//! Notes that somebody made to hide, to shadow or to exhaust.

use std::fs::File;

use provenance_core::git::{FsyncPolicy, GitError, NoteFault, NotesRef, ObjectId};
use provenance_core::store::{
    Entry, LineProblem, MAX_LINES, MAX_NOTE_BYTES, Notes, Refused, StoreError,
};

use super::{REF, append, git_list, id, notes, our_list, parallel, person, tree_of};
use crate::sandbox::Sandbox;

fn blob(sandbox: &Sandbox, text: &str) -> ObjectId {
    let written = sandbox.git_with_input(["hash-object", "-w", "--stdin"], text.as_bytes());
    String::from_utf8(written).unwrap().trim().parse().unwrap()
}

/// Makes a tree of `(mode, name, id)`, whatever they are.
fn tree(sandbox: &Sandbox, entries: &[(&str, &str, ObjectId)]) -> ObjectId {
    let kind = |mode: &str| match mode {
        "040000" => "tree",
        "160000" => "commit",
        _ => "blob",
    };
    let line =
        |(mode, name, id): &(&str, &str, ObjectId)| format!("{mode} {} {id}\t{name}\n", kind(mode));
    let lines: String = entries.iter().map(line).collect();
    let made = sandbox.git_with_input(["mktree", "--missing"], lines.as_bytes());
    String::from_utf8(made).unwrap().trim().parse().unwrap()
}

/// Points the notes reference at a commit with this tree.
fn plant(sandbox: &Sandbox, tree_id: ObjectId) {
    let commit_id = sandbox.id(["commit-tree", "-m", "planted", &tree_id.to_string()]);
    sandbox.git(["update-ref", REF, &commit_id.to_string()]);
}

#[test]
fn attack_g33_entries_in_several_layouts_are_united_and_said() {
    let sandbox = Sandbox::new();
    let hex = id(1).to_string();
    let upper = hex.to_uppercase();
    let three_deep = tree(
        &sandbox,
        &[("100644", &hex[4..], blob(&sandbox, "three\n"))],
    );
    let two_deep = [
        ("100644", &hex[2..], blob(&sandbox, "two\n")),
        ("040000", &hex[2..4], three_deep),
    ];
    let two_deep = tree(&sandbox, &two_deep);
    let root = [
        ("100644", hex.as_str(), blob(&sandbox, "flat\n")),
        ("040000", &hex[..2], two_deep),
        ("100644", upper.as_str(), blob(&sandbox, "upper\n")),
    ];
    plant(&sandbox, tree(&sandbox, &root));
    let repo = sandbox.repo();
    let united = [b"flat".as_slice(), b"three", b"two"];
    let read = notes(&repo).lines(id(1)).unwrap();
    assert_eq!(read.lines, united);
    let faults: Vec<_> = (read.problems.iter())
        .map(|problem| match problem {
            LineProblem::Tree(problem) => problem.fault,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(faults, [NoteFault::UpperCase, NoteFault::Several]);
    let store = notes(&repo);
    assert_eq!(store.list().unwrap().notes[&id(1)].len(), 3);
    assert_eq!(
        store.lines(id(1)).unwrap().lines,
        united,
        "from the list as well"
    );
    // Writing unites them, and the upper-case one stays where it is.
    append(&repo, &[id(1)], "new");
    assert_eq!(
        notes(&repo).lines(id(1)).unwrap().lines,
        [b"flat".as_slice(), b"new", b"three", b"two"]
    );
    let listed = sandbox.git(["ls-tree", "-r", "--name-only", REF]);
    assert_eq!(
        String::from_utf8(listed).unwrap(),
        format!("{upper}\n{hex}\n")
    );
}

#[test]
fn attack_g33_only_plain_files_are_notes_and_everything_else_is_kept() {
    let sandbox = Sandbox::new();
    let odd = blob(&sandbox, "odd\n");
    let inner = tree(&sandbox, &[("100644", "x", odd)]);
    let names: Vec<_> = (0..8).map(|n| id(n).to_string()).collect();
    let in_a_directory = [
        ("100644", "README", odd),
        ("100644", &names[7][2..], blob(&sandbox, "deep\n")),
    ];
    let directory = tree(&sandbox, &in_a_directory);
    let root = [
        ("100755", names[0].as_str(), odd),
        ("120000", names[1].as_str(), odd),
        ("040000", names[2].as_str(), inner),
        ("160000", names[3].as_str(), id(99)),
        ("100644", names[4].as_str(), blob(&sandbox, "good\n")),
        ("100644", "README", odd),
        ("100644", "README.md", odd),
        ("040000", "README.d", inner),
        ("100644", "ab", odd),
        ("040000", &names[7][..2], directory),
    ];
    plant(&sandbox, tree(&sandbox, &root));
    let repo = sandbox.repo();
    let list = notes(&repo).list().unwrap();
    assert_eq!(list.notes.len(), 2);
    assert_eq!(list.problems.len(), 9, "{:?}", list.problems);
    for n in 0..4 {
        let read = notes(&repo).lines(id(n)).unwrap();
        assert!(
            read.lines.is_empty() && read.problems.len() == 1,
            "{n}: {read:?}"
        );
    }
    assert_eq!(notes(&repo).lines(id(4)).unwrap().lines, [b"good"]);
    append(&repo, &[id(7), id(20)], "new");
    let names_of = |rev: &str| {
        let listed = sandbox.git(["ls-tree", "-r", "-t", "--name-only", rev]);
        String::from_utf8(listed).unwrap()
    };
    let after = names_of(REF);
    let note = format!("{}/{}", &names[7][..2], &names[7][2..]);
    for kept in names_of(&format!("{REF}^"))
        .lines()
        .filter(|name| *name != note)
    {
        assert!(after.lines().any(|name| name == kept), "{kept} in {after}");
    }
    assert_eq!(
        notes(&repo).lines(id(7)).unwrap().lines,
        [b"deep".as_slice(), b"new"]
    );
    sandbox.git(["fsck"]);
}

#[test]
fn attack_g33_a_reference_to_a_tree_is_read_and_one_to_a_blob_is_refused() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    append(&repo, &[id(1), id(2)], "line");
    let tree_id = tree_of(&sandbox, REF);
    sandbox.git(["update-ref", REF, &tree_id.to_string()]);
    assert_eq!(our_list(&repo), git_list(&sandbox, "provenance"));
    append(&repo, &[id(3)], "line");
    assert_eq!(our_list(&repo).len(), 3);
    let tip = notes(&repo).tip().unwrap().unwrap();
    assert_eq!(repo.commit(tip).unwrap().parent_ids, []);
    let blob_id = blob(&sandbox, "x");
    sandbox.git(["update-ref", REF, &blob_id.to_string()]);
    let error = notes(&repo).list().unwrap_err();
    assert!(
        matches!(error, StoreError::Git(GitError::WrongKind { .. })),
        "{error:?}"
    );
}

#[test]
fn attack_g33_a_tree_that_never_ends_costs_no_time() {
    let sandbox = Sandbox::new();
    let mut level = tree(&sandbox, &[("100644", "00", blob(&sandbox, "x\n"))]);
    let names: Vec<_> = (0..=255).map(|byte| format!("{byte:02x}")).collect();
    for _ in 0..19 {
        let entries: Vec<_> = names
            .iter()
            .map(|name| ("040000", name.as_str(), level))
            .collect();
        level = tree(&sandbox, &entries);
    }
    plant(&sandbox, level);
    let repo = sandbox.repo();
    let endless = |error| matches!(error, StoreError::Git(GitError::EndlessNotes { .. }));
    assert!(endless(notes(&repo).list().unwrap_err()));
    assert_eq!(
        notes(&repo).lines(id(1)).unwrap().lines,
        Vec::<Vec<u8>>::new()
    );
    // The path to one note is short, and everything beside it stays folded.
    append(&repo, &[id(1)], "line");
    assert_eq!(notes(&repo).lines(id(1)).unwrap().lines, [b"line"]);
    // One that would have to be unfolded in full is refused.
    let thin = tree(
        &sandbox,
        &[("040000", "00", level), ("040000", "01", level)],
    );
    plant(&sandbox, thin);
    let entry = Entry {
        commit_id: id(1),
        line: b"line".to_vec(),
    };
    let appended = notes(&repo).append_all(&[entry], &person(), FsyncPolicy::GIT_DEFAULT);
    assert!(endless(appended.unwrap_err()));
}

#[test]
fn attack_g30_a_bomb_of_zeros_harms_its_own_commit_alone() {
    let sandbox = Sandbox::new();
    let zeros = sandbox.beside("zeros");
    File::create(&zeros).unwrap().set_len(300_000_000).unwrap();
    let bomb = sandbox.id(["hash-object", "-w", zeros.to_str().unwrap()]);
    std::fs::remove_file(zeros).unwrap();
    let many: Vec<_> = (0..100_000).map(|n| format!("line {n:06}\n")).collect();
    let long = format!("{}\nshort\n", "x".repeat(2 << 20));
    let root = [
        ("100644", id(1).to_string(), bomb),
        ("100644", id(2).to_string(), blob(&sandbox, &many.concat())),
        ("100644", id(3).to_string(), blob(&sandbox, &long)),
        ("100644", id(4).to_string(), blob(&sandbox, "good\n")),
    ];
    let root: Vec<_> = root
        .iter()
        .map(|(mode, name, id)| (*mode, name.as_str(), *id))
        .collect();
    plant(&sandbox, tree(&sandbox, &root));

    let repo = sandbox.repo();
    let store = notes(&repo);
    let read = |n| store.lines(id(n)).unwrap();
    let size = 300_000_000;
    assert_eq!(read(1).problems, [LineProblem::NoteTooLarge { size }]);
    assert_eq!(read(2).lines.len(), MAX_LINES);
    let left_out = 100_000 - MAX_LINES;
    assert_eq!(read(2).problems, [LineProblem::TooManyLines { left_out }]);
    assert_eq!(read(3).lines, [b"short"]);
    assert_eq!(
        read(3).problems,
        [LineProblem::LineTooLong { size: 2 << 20 }]
    );
    assert_eq!(read(4).lines, [b"good"]);
    assert_eq!(store.list().unwrap().notes.len(), 4);

    // What cannot be united is refused and given back; the others get theirs.
    let entry = |n| Entry {
        commit_id: id(n),
        line: b"new".to_vec(),
    };
    let entries = [1, 2, 3, 4].map(entry);
    let appended = store
        .append_all(&entries, &person(), FsyncPolicy::GIT_DEFAULT)
        .unwrap();
    let refused = |n, note_unreadable| Refused {
        entry: entry(n),
        note_unreadable,
    };
    assert!(id(2) < id(1), "refused in the order of the ids");
    assert_eq!(appended.refused, [refused(2, false), refused(1, true)]);
    assert_eq!(read(3).lines, [b"new".as_slice(), b"short"]);
    assert_eq!(read(4).lines, [b"good".as_slice(), b"new"]);
    let kept = sandbox.git(["notes", "--ref=provenance", "show", &id(3).to_string()]);
    assert_eq!(
        kept.len(),
        long.len() + 4,
        "a line that is too long to read is kept"
    );
    let error = store
        .append(id(2), &["new"], &person(), FsyncPolicy::GIT_DEFAULT)
        .unwrap_err();
    assert!(error.to_string().contains("4096 lines"), "{error}");

    // A process of its own shows what it cost.
    let kib = parallel::peak_memory_of_reading(&sandbox);
    assert!(kib < 200 << 10, "{kib} KiB");
}

#[test]
fn a_note_never_grows_over_its_caps() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let store = notes(&repo);
    let line = |n: u32| format!("{n:04}{}", "x".repeat((1 << 20) - 4));
    let lines: Vec<_> = (0..9).map(line).collect();
    let error = store
        .append(id(1), &lines, &person(), FsyncPolicy::GIT_DEFAULT)
        .unwrap_err();
    assert!(
        matches!(error, StoreError::NoteFull { refused: 2, .. }),
        "{error:?}"
    );
    let kept = store.lines(id(1)).unwrap();
    assert_eq!(
        kept.lines.len(),
        7,
        "seven lines and their line feeds are under 8 MiB"
    );
    assert_eq!(kept.problems, []);
    let long = "x".repeat((1 << 20) + 1);
    for (line, is_long) in [
        (long.as_str(), true),
        ("", false),
        ("a\nb", false),
        ("a\0", false),
    ] {
        let error = store
            .append(id(2), &[line], &person(), FsyncPolicy::GIT_DEFAULT)
            .unwrap_err();
        let too_long = matches!(error, StoreError::LineTooLong { .. });
        assert!(too_long == is_long, "{error:?}");
    }
    assert!(kept.lines.iter().map(|line| line.len() + 1).sum::<usize>() <= MAX_NOTE_BYTES);
}

#[test]
fn a_missing_note_is_said_and_never_read_as_no_note() {
    let sandbox = Sandbox::new();
    let gone = id(50);
    plant(
        &sandbox,
        tree(&sandbox, &[("100644", &id(1).to_string(), gone)]),
    );
    let repo = sandbox.repo();
    let missing =
        |error| matches!(error, StoreError::Git(GitError::MissingObject { id }) if id == gone);
    assert!(missing(notes(&repo).lines(id(1)).unwrap_err()));
    let store = Notes::open(&repo, &NotesRef::default());
    let appended = store.append(id(1), &["x"], &person(), FsyncPolicy::GIT_DEFAULT);
    assert!(
        missing(appended.unwrap_err()),
        "and nothing is written over it"
    );
}

#[test]
fn a_lock_that_somebody_left_behind_ends_in_an_error_that_names_it() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    append(&repo, &[id(1)], "line");
    sandbox.write(".git/refs/notes/provenance.lock", "");
    let error = notes(&repo).append(id(1), &["new"], &person(), FsyncPolicy::GIT_DEFAULT);
    let StoreError::Git(error) = error.unwrap_err() else {
        panic!("not the repository's fault?");
    };
    assert!(
        error.to_string().contains("refs/notes/provenance.lock"),
        "{error}"
    );
    assert_eq!(notes(&repo).lines(id(1)).unwrap().lines, [b"line"]);
}
