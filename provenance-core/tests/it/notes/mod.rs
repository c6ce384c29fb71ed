//! The notes tree and the store, compared with `git notes`.

mod absorb;
mod attacks;
mod parallel;

use std::collections::BTreeSet;

use provenance_core::digest::Digest;
use provenance_core::git::{FsyncPolicy, NotesRef, ObjectId, Person, Repo};
use provenance_core::store::{Entry, Notes};

use crate::sandbox::Sandbox;

const REF: &str = "refs/notes/provenance";

fn notes(repo: &Repo) -> Notes<'_> {
    Notes::open(repo, &NotesRef::default())
}

fn person() -> Person {
    Person::parse(b"Carol <carol@example.com> 1767225600 +0100")
}

/// The n-th of a fixed sequence of ids that nothing has.
fn id(n: usize) -> ObjectId {
    let digest = Digest::of(format!("commit {n}").as_bytes());
    ObjectId::from_bytes(&digest.as_bytes()[..20]).unwrap()
}

/// The same, but all within a few directories, so that the fan-out gets deep there alone.
fn crowded_id(n: usize) -> ObjectId {
    let mut bytes = id(n).as_bytes().to_vec();
    bytes[0] = 0xab;
    bytes[1] &= 0x1f;
    ObjectId::from_bytes(&bytes).unwrap()
}

/// Adds one line to each commit, in one notes commit.
fn append(repo: &Repo, ids: &[ObjectId], line: &str) {
    let entry = |commit_id: &ObjectId| Entry {
        commit_id: *commit_id,
        line: line.into(),
    };
    let entries: Vec<_> = ids.iter().map(entry).collect();
    let appended = notes(repo).append_all(&entries, &person(), FsyncPolicy::GIT_DEFAULT);
    assert!(appended.unwrap().refused.is_empty());
}

/// Adds the same with Git's own tools, on another reference, in one process.
fn git_append(sandbox: &Sandbox, notes_ref: &str, ids: &[ObjectId], line: &str) {
    let notes_ref = format!("--ref={notes_ref}");
    let first = ids[0].to_string();
    sandbox.git(["notes", &notes_ref, "add", "-f", "-m", line, &first]);
    let copies = ids[1..].iter().map(|id| format!("{first} {id}\n"));
    let copies: String = copies.collect();
    sandbox.git_with_input(
        ["notes", &notes_ref, "copy", "-f", "--stdin"],
        copies.as_bytes(),
    );
}

fn tree_of(sandbox: &Sandbox, notes_ref: &str) -> ObjectId {
    sandbox.id(["rev-parse", &format!("{notes_ref}^{{tree}}")])
}

/// What `git notes list` says, as commit ids.
fn git_list(sandbox: &Sandbox, notes_ref: &str) -> BTreeSet<ObjectId> {
    let listed = sandbox.git(["notes", &format!("--ref={notes_ref}"), "list"]);
    let listed = String::from_utf8(listed).unwrap();
    let ids = listed.lines().map(|line| line.split_once(' ').unwrap().1);
    ids.map(|id| id.parse().unwrap()).collect()
}

fn our_list(repo: &Repo) -> BTreeSet<ObjectId> {
    let list = notes(repo).list().unwrap();
    assert_eq!(list.problems, []);
    list.notes.keys().copied().collect()
}

#[test]
fn our_trees_are_gits_own_for_sets_of_any_size() {
    for (which, sequence) in [id, crowded_id].into_iter().enumerate() {
        for count in [1, 2, 15, 17, 50, 100, 300, 1000, 4000] {
            let sandbox = Sandbox::new();
            let ids: Vec<_> = (0..count).map(|n| sequence(count * n)).collect();
            append(&sandbox.repo(), &ids, "line");
            git_append(&sandbox, "git", &ids, "line");
            let (ours, gits) = (tree_of(&sandbox, REF), tree_of(&sandbox, "refs/notes/git"));
            assert_eq!(ours, gits, "{count} notes of sequence {which}");
            let repo = sandbox.repo();
            assert_eq!(our_list(&repo), git_list(&sandbox, "provenance"));
            assert_eq!(our_list(&repo).len(), count);
            let by_git = Notes::open(&repo, &NotesRef::new("refs/notes/git").unwrap());
            for id in ids.iter().step_by(97) {
                assert_eq!(by_git.lines(*id).unwrap().lines, [b"line"]);
                let shown = sandbox.git(["notes", "--ref=provenance", "show", &id.to_string()]);
                assert_eq!(shown, b"line\n");
            }
        }
    }
}

#[cfg(feature = "sha256")]
#[test]
fn our_trees_are_gits_own_where_ids_have_32_bytes() {
    for count in [1, 40, 700] {
        let sandbox = Sandbox::with(["init", "--quiet", "--object-format=sha256", "."]);
        let long = |n: usize| {
            let digest = Digest::of(format!("commit {n}").as_bytes());
            ObjectId::from_bytes(digest.as_bytes()).unwrap()
        };
        let ids: Vec<_> = (0..count).map(long).collect();
        let repo = sandbox.repo();
        append(&repo, &ids, "line");
        append(&repo, &[long(count)], "line");
        let all: Vec<_> = (0..=count).map(long).collect();
        git_append(&sandbox, "git", &all, "line");
        assert_eq!(tree_of(&sandbox, REF), tree_of(&sandbox, "refs/notes/git"));
        assert_eq!(our_list(&repo), git_list(&sandbox, "provenance"));
        assert_eq!(notes(&repo).lines(all[0]).unwrap().lines, [b"line"]);
    }
}

#[test]
fn our_tree_of_twelve_thousand_notes_is_gits_own_also_when_it_grows_one_by_one() {
    let sandbox = Sandbox::new();
    let ids: Vec<_> = (0..12_000).map(id).collect();
    let repo = sandbox.repo();
    append(&repo, &ids[..11_900], "line");
    for id in &ids[11_900..] {
        append(&repo, &[*id], "line");
    }
    git_append(&sandbox, "git", &ids, "line");
    assert_eq!(tree_of(&sandbox, REF), tree_of(&sandbox, "refs/notes/git"));
}

#[test]
fn an_append_among_many_rewrites_only_the_path_to_its_note() {
    let sandbox = Sandbox::new();
    let ids: Vec<_> = (0..4000).map(id).collect();
    let repo = sandbox.repo();
    append(&repo, &ids, "line");
    let objects = || {
        let counted = String::from_utf8(sandbox.git(["count-objects"])).unwrap();
        let count = counted.split(' ').next().unwrap();
        count.parse::<usize>().unwrap()
    };
    let before = objects();
    append(&repo, &[id(4000)], "line of its own");
    let written = objects() - before;
    assert!(written <= 5, "{written} objects: blob, trees, commit");
}

#[test]
fn we_and_git_take_turns_and_stay_one() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let ids: Vec<_> = (0..120).map(id).collect();
    for (turn, id) in ids.iter().enumerate() {
        if turn % 2 == 0 {
            append(&repo, &[*id], "line");
        } else {
            sandbox.git([
                "notes",
                "--ref=provenance",
                "add",
                "-m",
                "line",
                &id.to_string(),
            ]);
        }
    }
    git_append(&sandbox, "git", &ids, "line");
    assert_eq!(tree_of(&sandbox, REF), tree_of(&sandbox, "refs/notes/git"));
}

#[test]
fn after_git_removed_notes_we_go_on_as_git_would() {
    for (count, removed) in [(300, 280), (300, 150), (1000, 700), (4000, 2500)] {
        let sandbox = Sandbox::new();
        let ids: Vec<_> = (0..count).map(id).collect();
        git_append(&sandbox, "git", &ids, "line");
        let list: Vec<_> = ids[..removed].iter().map(|id| format!("{id}\n")).collect();
        sandbox.git_with_input(
            ["notes", "--ref=git", "remove", "--stdin"],
            list.concat().as_bytes(),
        );
        sandbox.git(["update-ref", REF, "refs/notes/git"]);
        let repo = sandbox.repo();
        for n in 0..20 {
            append(&repo, &[id(count + n)], "line");
            let id = id(count + n).to_string();
            sandbox.git(["notes", "--ref=git", "add", "-m", "line", &id]);
            let (ours, gits) = (tree_of(&sandbox, REF), tree_of(&sandbox, "refs/notes/git"));
            assert_eq!(ours, gits, "{count} less {removed}, then {n}");
        }
    }
}

/// Points a reference at notes that lie in a fixed number of directories, as other tools write.
fn plant_layout(sandbox: &Sandbox, notes_ref: &str, ids: &[ObjectId], depth: usize) {
    let written = sandbox.git_with_input(["hash-object", "-w", "--stdin"], b"line\n");
    let blob_id = String::from_utf8(written).unwrap();
    let line = |id: &ObjectId| {
        let mut path = id.to_string();
        (0..depth).for_each(|level| path.insert(3 * level + 2, '/'));
        format!("100644 {}\t{path}\n", blob_id.trim())
    };
    let lines: Vec<_> = ids.iter().map(line).collect();
    sandbox.git(["read-tree", "--empty"]);
    sandbox.git_with_input(["update-index", "--index-info"], lines.concat().as_bytes());
    let tree_id = sandbox.id(["write-tree"]).to_string();
    let commit_id = sandbox.id(["commit-tree", "-m", "planted", &tree_id]);
    sandbox.git(["update-ref", notes_ref, &commit_id.to_string()]);
}

#[test]
fn on_the_layouts_of_other_tools_we_write_what_git_writes() {
    for (count, depth) in [
        (5, 1),
        (40, 1),
        (300, 0),
        (300, 1),
        (300, 2),
        (2000, 0),
        (2000, 3),
    ] {
        let sandbox = Sandbox::new();
        let ids: Vec<_> = (0..count).map(id).collect();
        for notes_ref in [REF, "refs/notes/git"] {
            plant_layout(&sandbox, notes_ref, &ids, depth);
        }
        let repo = sandbox.repo();
        assert_eq!(our_list(&repo), git_list(&sandbox, "provenance"));
        for n in 0..12 {
            let new = id(count + n);
            append(&repo, &[new], "line");
            sandbox.git(["notes", "--ref=git", "add", "-m", "line", &new.to_string()]);
            let (ours, gits) = (tree_of(&sandbox, REF), tree_of(&sandbox, "refs/notes/git"));
            assert_eq!(ours, gits, "{count} notes {depth} deep, then {n}");
        }
        assert_eq!(our_list(&repo).len(), count + 12);
    }
}

#[test]
fn git_merges_our_notes_and_loses_nothing() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let ids: Vec<_> = (0..200).map(id).collect();
    append(&repo, &ids[..100], "common");
    sandbox.git(["update-ref", "refs/notes/theirs", REF]);
    append(&repo, &ids[50..120], "ours");
    let theirs = NotesRef::new("refs/notes/theirs").unwrap();
    let theirs = Notes::open(&repo, &theirs);
    for id in &ids[80..] {
        let fsync = FsyncPolicy::GIT_DEFAULT;
        assert!(
            theirs
                .append(*id, &["b theirs", "a theirs"], &person(), fsync)
                .unwrap()
                .is_some()
        );
    }
    sandbox.git([
        "notes",
        "--ref=provenance",
        "merge",
        "-s",
        "cat_sort_uniq",
        "theirs",
    ]);
    let merged = tree_of(&sandbox, REF);
    sandbox.git(["update-ref", REF, &format!("{REF}^1")]);
    append(&repo, &ids[80..], "a theirs");
    append(&repo, &ids[80..], "b theirs");
    assert_eq!(tree_of(&sandbox, REF), merged, "our union is cat_sort_uniq");
}

#[test]
fn appending_what_is_there_makes_no_commit() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    let store = notes(&repo);
    let append = |lines: &[&str]| {
        let fsync = FsyncPolicy::ALWAYS;
        store.append(id(1), lines, &person(), fsync).unwrap()
    };
    assert_eq!(store.lines(id(1)).unwrap().lines, Vec::<Vec<u8>>::new());
    let first = append(&["b", "a", "b"]).unwrap();
    assert_eq!(append(&["a"]), None);
    assert_eq!(append(&[]), None);
    assert_eq!(store.tip().unwrap(), Some(first));
    let second = append(&["c"]).unwrap();
    assert_eq!(store.lines(id(1)).unwrap().lines, [b"a", b"b", b"c"]);
    assert_eq!(repo.commit(second).unwrap().parent_ids, [first]);
    let log = sandbox.git(["log", "--format=%an <%ae> %ad|%cn|%s", "--date=raw", REF]);
    let line = "Carol <carol@example.com> 1767225600 +0100|Carol|Notes added by 'git provenance'\n";
    assert_eq!(String::from_utf8(log).unwrap(), line.repeat(2));
    sandbox.git(["fsck", "--strict"]);
}

#[test]
fn what_git_notes_append_left_is_read_and_tidied() {
    let sandbox = Sandbox::new();
    let commit_id = sandbox.commit("one").to_string();
    for line in ["b", "a", "b"] {
        sandbox.git([
            "notes",
            "--ref=provenance",
            "append",
            "-m",
            line,
            &commit_id,
        ]);
    }
    let repo = sandbox.repo();
    let commit_id: ObjectId = commit_id.parse().unwrap();
    assert_eq!(notes(&repo).lines(commit_id).unwrap().lines, [b"a", b"b"]);
    append(&repo, &[commit_id], "c");
    let shown = sandbox.git(["notes", "--ref=provenance", "show"]);
    assert_eq!(shown, b"a\nb\nc\n");
}
