//! Where a repository is found, and what is read from it, compared with Git.

use std::path::{Path, PathBuf};

use provenance_core::git::{
    GitError, HistoryGaps, Location, ObjectId, ObjectKind, RefUpdate, Repo,
};

use crate::sandbox::Sandbox;

/// The location of a command in `directory`, hermetic as the sandbox's own.
pub(crate) fn at(directory: impl Into<PathBuf>) -> Location {
    Location {
        config_global: Some("/dev/null".into()),
        config_no_system: true,
        ..Location::at(directory)
    }
}

fn same(left: &Path, right: &Path) -> bool {
    left.canonicalize().unwrap() == right.canonicalize().unwrap()
}

#[test]
fn a_repository_is_found_from_below_and_through_git_dir() {
    let sandbox = Sandbox::new();
    sandbox.write("a/b/c", "x");
    sandbox.commit("one");
    let repo = Repo::open(&at(sandbox.root().join("a/b"))).unwrap();
    assert!(same(repo.git_dir(), &sandbox.root().join(".git")));
    assert!(same(repo.work_tree().unwrap(), &sandbox.root()));
    assert_eq!(repo.worktree_key(), "main");
    assert!(!repo.is_bare());

    let elsewhere = Location {
        git_dir: Some(sandbox.root().join(".git")),
        ..at(sandbox.root().join("a"))
    };
    let repo = Repo::open(&elsewhere).unwrap();
    assert!(
        same(repo.work_tree().unwrap(), &sandbox.root().join("a")),
        "as Git has it"
    );
    let given = Location {
        work_tree: Some("b".into()),
        ..elsewhere
    };
    let repo = Repo::open(&given).unwrap();
    assert!(same(repo.work_tree().unwrap(), &sandbox.root().join("a/b")));
}

#[test]
fn a_linked_worktree_has_a_git_dir_of_its_own_and_shares_the_rest() {
    let sandbox = Sandbox::new();
    let commit_id = sandbox.commit("one");
    let linked = sandbox.beside("main");
    let path = linked.to_str().unwrap();
    sandbox.git(["worktree", "add", "--quiet", "-b", "side", path]);
    for git_dir in [None, Some(sandbox.root().join(".git/worktrees/main"))] {
        let repo = Repo::open(&Location {
            git_dir,
            ..at(&linked)
        })
        .unwrap();
        assert!(same(repo.common_dir(), &sandbox.root().join(".git")));
        assert!(same(
            repo.git_dir(),
            &sandbox.root().join(".git/worktrees/main")
        ));
        assert!(same(repo.work_tree().unwrap(), &linked));
        assert_eq!(
            repo.worktree_key(),
            "linked-main",
            "never the key of the main worktree"
        );
        assert_eq!(repo.head().unwrap().commit_id, Some(commit_id));
        assert_eq!(
            repo.head().unwrap().ref_name.as_deref(),
            Some("refs/heads/side")
        );
    }
}

#[test]
fn a_bare_repository_and_an_unborn_head_are_answers() {
    let sandbox = Sandbox::with(["init", "--quiet", "--bare", "--initial-branch=main", "."]);
    let repo = Repo::open(&at(sandbox.root())).unwrap();
    assert!(repo.is_bare() && repo.work_tree().is_none());
    let head = repo.head().unwrap();
    assert_eq!(head.ref_name.as_deref(), Some("refs/heads/main"));
    assert_eq!(head.commit_id, None);
    assert_eq!(repo.ref_target("refs/heads/main").unwrap(), None);
}

#[test]
fn what_cannot_be_opened_says_why_and_what_to_do() {
    let outside = tempfile::tempdir().unwrap();
    let error = Repo::open(&at(outside.path())).unwrap_err();
    assert!(matches!(error, GitError::NotARepository { .. }), "{error}");
    assert!(error.to_string().contains("git init"));

    let sandbox = Sandbox::with(["init", "--quiet", "--ref-format=reftable", "."]);
    let error = Repo::open(&at(sandbox.root())).unwrap_err();
    assert!(matches!(error, GitError::Reftable { .. }), "{error}");
    assert!(error.to_string().contains("--ref-format=files"));

    let sandbox = Sandbox::new();
    sandbox.git(["config", "core.repositoryformatversion", "1"]);
    sandbox.git(["config", "extensions.somethingNew", "true"]);
    let error = Repo::open(&at(sandbox.root())).unwrap_err();
    assert!(matches!(error, GitError::Extension { .. }), "{error}");

    let sandbox = Sandbox::new();
    let location = Location {
        common_dir: Some(outside.path().to_owned()),
        ..at(sandbox.root())
    };
    let error = Repo::open(&location).unwrap_err();
    assert!(matches!(error, GitError::CommonDir { .. }), "{error}");
}

#[test]
fn a_repository_of_another_user_names_the_setting_that_trusts_it() {
    let sandbox = Sandbox::new();
    // Only root can give a directory away; for anybody else there is nothing to see.
    if std::os::unix::fs::chown(sandbox.root(), Some(65_534), None).is_ok() {
        sandbox.write("below/x", "");
        let error = Repo::open(&at(sandbox.root().join("below"))).unwrap_err();
        assert!(matches!(error, GitError::NotOwned { .. }), "{error}");
        let way_out = format!("safe.directory {}", sandbox.root().display());
        assert!(error.to_string().ends_with(&way_out), "{error}");
    }
}

#[test]
fn a_sha256_repository_works_behind_the_feature_and_says_so_without() {
    let sandbox = Sandbox::with(["init", "--quiet", "--object-format=sha256", "."]);
    let commit_id = sandbox.commit("one");
    let opened = Repo::open(&at(sandbox.root()));
    if cfg!(feature = "sha256") {
        let commit = opened.unwrap().commit(commit_id).unwrap();
        assert_eq!(commit.tree_id, sandbox.id(["rev-parse", "HEAD^{tree}"]));
    } else {
        let error = opened.unwrap_err();
        assert!(matches!(error, GitError::ObjectFormat { .. }), "{error}");
        assert!(error.to_string().contains("--features sha256"));
    }
}

#[test]
fn parents_are_those_of_the_object_whatever_grafts_and_replace_say() {
    let sandbox = Sandbox::new();
    let ids: Vec<_> = (0..4).map(|i| sandbox.commit(&i.to_string())).collect();
    let repo = sandbox.repo();
    assert_eq!(repo.history_gaps().unwrap(), HistoryGaps::default());
    let graft = format!("{} {}\n", ids[3], ids[0]);
    sandbox.write(".git/info/grafts", graft);
    sandbox.git(["replace", &ids[2].to_string(), &ids[0].to_string()]);
    let repo = sandbox.repo();
    for pair in ids.windows(2) {
        assert_eq!(repo.commit(pair[1]).unwrap().parent_ids, [pair[0]]);
    }
    let newest_first: Vec<_> = ids.iter().rev().copied().collect();
    assert_eq!(repo.range(&["HEAD"]).unwrap(), newest_first);
    assert!(repo.is_ancestor(ids[1], ids[3]).unwrap());
    assert!(!repo.is_ancestor(ids[3], ids[1]).unwrap());
    let gaps = repo.history_gaps().unwrap();
    assert!(gaps.grafts && gaps.replaced == [ids[2]] && !gaps.is_incomplete());
}

#[test]
fn what_a_shallow_clone_lacks_is_missing_and_said() {
    let sandbox = Sandbox::new();
    let first = sandbox.commit("one");
    let second = sandbox.commit("two");
    let clone = sandbox.beside("clone");
    let url = format!("file://{}", sandbox.root().display());
    sandbox.git([
        "clone",
        "--quiet",
        "--depth=1",
        &url,
        clone.to_str().unwrap(),
    ]);
    let repo = Repo::open(&at(&clone)).unwrap();
    assert!(repo.history_gaps().unwrap().is_incomplete());
    assert_eq!(repo.commit(second).unwrap().parent_ids, [first]);
    assert!(matches!(repo.commit(first), Err(GitError::MissingObject { id }) if id == first));
    assert!(!repo.has_object(first).unwrap());
}

#[test]
fn attack_g31_what_a_user_typed_is_never_an_option() {
    let sandbox = Sandbox::new();
    sandbox.commit("one");
    let second = sandbox.commit("two");
    let repo = sandbox.repo();
    for bad in [
        "--all",
        "--output=/tmp/x",
        "-h",
        "no-such",
        "",
        "a\0b",
        "HEAD\n",
        "--",
    ] {
        assert!(repo.resolve(bad).is_err(), "{bad:?}");
        assert!(repo.range(&[bad]).is_err(), "{bad:?}");
        assert!(repo.range(&["HEAD", bad]).is_err(), "{bad:?}");
    }
    let error = repo.range(&["no-such..HEAD"]).unwrap_err().to_string();
    assert!(error.contains("no-such"), "{error}");
    assert_eq!(repo.range(&["HEAD~1..HEAD"]).unwrap(), [second]);
    assert_eq!(repo.resolve("@").unwrap(), second);
    assert_eq!(repo.resolve(&second.to_string()).unwrap(), second);
    assert_eq!(
        repo.range_of_paths(&["HEAD"], &["--all"], None).unwrap(),
        []
    );
}

#[test]
fn a_ref_changes_only_from_the_value_that_was_seen() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.commit("one"), sandbox.commit("two"));
    let repo = sandbox.repo();
    let name = "refs/notes/x";
    let update = |new, expected| repo.update_ref(name, new, expected, "test").unwrap();
    assert_eq!(update(one, Some(two)), RefUpdate::Raced, "there is none");
    assert_eq!(update(one, None), RefUpdate::Done);
    assert_eq!(update(two, None), RefUpdate::Raced, "there is one");
    assert_eq!(update(two, Some(two)), RefUpdate::Raced);
    assert_eq!(repo.ref_target(name).unwrap(), Some(one));
    sandbox.git(["pack-refs", "--all"]);
    assert_eq!(update(two, None), RefUpdate::Raced, "packed refs count");
    assert_eq!(update(two, Some(one)), RefUpdate::Done);
    assert_eq!(sandbox.id(["rev-parse", name]), two);
    sandbox.write(".git/refs/notes/x.lock", "");
    assert_eq!(
        update(one, Some(two)),
        RefUpdate::Raced,
        "somebody holds it"
    );
    assert!(repo.update_ref("refs/notes/a..b", one, None, "").is_err());
    assert_eq!(repo.refs("refs/notes/").unwrap(), [(name.to_owned(), two)]);
}

#[test]
fn objects_are_read_within_their_cap() {
    let sandbox = Sandbox::new();
    sandbox.write("dir/file", "content");
    sandbox.commit("one");
    let repo = sandbox.repo();
    let blob_id = sandbox.id(["rev-parse", "HEAD:dir/file"]);
    assert_eq!(*repo.blob(blob_id, 7).unwrap(), *b"content");
    let error = repo.blob(blob_id, 6).unwrap_err();
    assert!(
        matches!(
            error,
            GitError::TooLarge {
                size: 7,
                cap: 6,
                ..
            }
        ),
        "{error}"
    );
    assert!(matches!(
        repo.commit(blob_id),
        Err(GitError::WrongKind { .. })
    ));
    assert_eq!(repo.object_header(blob_id).unwrap(), (ObjectKind::Blob, 7));
    let tree = repo.tree(sandbox.id(["rev-parse", "HEAD^{tree}"])).unwrap();
    assert!(tree.len() == 1 && tree[0].name == b"dir" && tree[0].is_tree());
    assert_eq!(
        repo.write_object(ObjectKind::Blob, b"content").unwrap(),
        blob_id
    );
}

#[test]
fn objects_that_are_written_are_those_that_git_would_write() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "content");
    sandbox.commit("one");
    for (key, value) in [
        ("core.looseCompression", "0"),
        ("core.compression", "9"),
        ("core.compression", "-1"),
    ] {
        sandbox.git(["config", key, value]);
        let content = format!("{key} {value}\n").repeat(5_000);
        let repo = sandbox.repo();
        let blob_id = repo
            .write_object(ObjectKind::Blob, content.as_bytes())
            .unwrap();
        sandbox.write("expected", &content);
        assert_eq!(sandbox.id(["hash-object", "expected"]), blob_id);
        assert_eq!(*repo.blob(blob_id, 1 << 20).unwrap(), *content.as_bytes());
        sandbox.git(["config", "--unset", key]);
    }
    sandbox.git(["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn attack_an_object_under_another_name_is_not_read() {
    let sandbox = Sandbox::new();
    let file = |id: ObjectId| {
        let hex = id.to_string();
        sandbox
            .root()
            .join(format!(".git/objects/{}/{}", &hex[..2], &hex[2..]))
    };
    let repo = sandbox.repo();
    let write = |text: &str| {
        repo.write_object(ObjectKind::Blob, text.as_bytes())
            .unwrap()
    };
    let (ours, theirs) = (write("as it was"), write("as I want it"));
    std::fs::remove_file(file(ours)).unwrap();
    std::fs::copy(file(theirs), file(ours)).unwrap();
    let read = sandbox.repo().blob(ours, 100);
    assert!(matches!(read, Err(GitError::Damaged { .. })), "{read:?}");
    // One that was cut off is no better, and is not taken for one that is missing. libgit2 1.9
    // never comes back from it.
    let whole = std::fs::read(file(theirs)).unwrap();
    std::fs::remove_file(file(ours)).unwrap();
    std::fs::write(file(ours), &whole[..whole.len() - 3]).unwrap();
    let read = sandbox.repo().blob(ours, 100);
    assert!(matches!(read, Err(GitError::Damaged { .. })), "{read:?}");
}
