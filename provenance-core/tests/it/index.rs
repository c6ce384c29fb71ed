//! The tree that `commit-msg` sees in the index is the tree of the commit that follows.
//!
//! Git runs this test binary's stand-in for our hook: a script that keeps a copy of the index that
//! it was given. The copies are read after the commit.

use std::path::{Path, PathBuf};

use provenance_core::git::{Location, ObjectId, Repo};

use crate::sandbox::{Sandbox, run};

/// Installs a `commit-msg` that copies its index away, with its name and its working directory.
fn with_hook() -> Sandbox {
    let sandbox = Sandbox::new();
    let hook = sandbox.root().join(".git/hooks/commit-msg");
    let kept = sandbox.beside("kept");
    std::fs::create_dir_all(&kept).unwrap();
    let script = format!(
        "#!/bin/sh\nk='{}'\nprintf %s \"$GIT_INDEX_FILE\" >$k/name\npwd >$k/start\n\
         printf %s \"$GIT_DIR\" >$k/dir\ncp \"$GIT_INDEX_FILE\" $k/index 2>/dev/null || :\n",
        kept.display()
    );
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, script).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&hook, mode).unwrap();
    sandbox
}

fn kept(sandbox: &Sandbox, name: &str) -> String {
    std::fs::read_to_string(sandbox.beside("kept").join(name)).unwrap()
}

/// Commits with these arguments in `directory`, and compares what the hook saw with what came.
/// Returns the name of the index.
fn assert_tree_is_foreseen(sandbox: &Sandbox, directory: &Path, arguments: &[&str]) -> String {
    let mut command = sandbox.command(directory);
    command.args(["commit", "-q", "-m", "x"]).args(arguments);
    let (output, ok) = run(&mut command, b"");
    assert!(ok, "{arguments:?}: {}", String::from_utf8_lossy(&output));
    let name = kept(sandbox, "name");
    // The name that Git gave is relative to the directory in which the hook ran. The file itself
    // is gone or changed, so the copy takes its place.
    let start = PathBuf::from(kept(sandbox, "start").trim_end());
    let git_dir = Some(kept(sandbox, "dir")).filter(|dir| !dir.is_empty());
    let location = |index_file: PathBuf| Location {
        index_file: Some(index_file),
        git_dir: git_dir.clone().map(PathBuf::from),
        ..Location::at(&start)
    };
    let named = Repo::open(&location(PathBuf::from(&name))).unwrap();
    assert_eq!(named.index_path(), start.join(&name));
    let repo = Repo::open(&location(sandbox.beside("kept/index"))).unwrap();
    let mut tree = sandbox.command(directory);
    tree.args(["rev-parse", "HEAD^{tree}"]);
    let (tree, _) = run(&mut tree, b"");
    let tree_id: ObjectId = String::from_utf8_lossy(&tree).trim().parse().unwrap();
    assert_eq!(repo.index_tree().unwrap(), tree_id, "{arguments:?}");
    name
}

#[test]
fn every_kind_of_commit_has_the_tree_of_its_index() {
    let sandbox = with_hook();
    let root = sandbox.root();
    let check = |arguments: &[&str]| assert_tree_is_foreseen(&sandbox, &root, arguments);
    check(&["--allow-empty"]);
    sandbox.write("a", "1\n2\n3\n");
    sandbox.write("dir/b", "b\n");
    sandbox.write("dir/deep/c", "c\n");
    sandbox.git(["add", "-A"]);
    assert_eq!(check(&[]), ".git/index");
    sandbox.write("a", "1\ntwo\n3\n");
    assert!(check(&["-a"]).ends_with("index.lock"));
    sandbox.write("a", "1\n2\n3\n");
    sandbox.write("dir/b", "bb\n");
    sandbox.git(["add", "a"]);
    assert!(check(&["--", "dir/b"]).contains("next-index-"));
    check(&["--amend"]);
    check(&["--allow-empty"]);
    // Half of an edit, as `add -p` stages it.
    sandbox.write("a", "one\n2\nthree\n");
    let half = sandbox.git_with_input(["hash-object", "-w", "--stdin"], b"one\n2\n3\n");
    let half = format!("100644,{},a", String::from_utf8_lossy(&half).trim());
    sandbox.git(["update-index", "--cacheinfo", &half]);
    check(&[]);
    // Intent to add is not added.
    sandbox.write("later", "x\n");
    sandbox.git(["add", "-N", "later"]);
    sandbox.write("dir/deep/c", "cc\n");
    sandbox.git(["add", "dir/deep/c"]);
    check(&[]);
    check(&["--", "dir/b", "a"]);
    sandbox.git(["rm", "-rqf", "."]);
    check(&[]);
}

#[test]
fn a_linked_worktree_has_an_index_of_its_own() {
    let sandbox = with_hook();
    sandbox.write("a", "1\n");
    sandbox.commit("base");
    let linked = sandbox.beside("linked");
    sandbox.git(["worktree", "add", "-q", linked.to_str().unwrap()]);
    std::fs::write(linked.join("b"), "b\n").unwrap();
    let mut add = sandbox.command(&linked);
    assert!(run(add.args(["add", "b"]), b"").1);
    let name = assert_tree_is_foreseen(&sandbox, &linked, &[]);
    assert!(name.contains("worktrees"), "{name}");
    std::fs::write(linked.join("b"), "bb\n").unwrap();
    assert_tree_is_foreseen(&sandbox, &linked, &["-a"]);
}

#[test]
fn sparse_split_and_compressed_indexes_are_read_too() {
    for (name, set_up) in [
        ("split", &["update-index", "--split-index"][..]),
        ("version 4", &["update-index", "--index-version", "4"]),
        (
            "sparse",
            &["sparse-checkout", "set", "--cone", "--sparse-index", "in"],
        ),
        ("skip hash", &["config", "index.skipHash", "true"]),
        ("end of entries", &["config", "index.threads", "2"]),
    ] {
        let sandbox = with_hook();
        for directory in ["in", "out/a", "out/b"] {
            sandbox.write(&format!("{directory}/file"), directory);
        }
        sandbox.commit("base");
        sandbox.git(set_up);
        let root = sandbox.root();
        let check = |arguments: &[&str]| assert_tree_is_foreseen(&sandbox, &root, arguments);
        sandbox.write("in/file", format!("new, {name}"));
        sandbox.git(["add", "in"]);
        if name != "split" {
            // A copy of a split index does not find its shared part.
            check(&[]);
            sandbox.write("in/more", "more");
            sandbox.write("in/file", "again");
            sandbox.git(["add", "in/more"]);
            check(&["-a"]);
            sandbox.write("in/file", "and again");
            check(&["--", "in/file"]);
        }
        let expected = sandbox.id(["write-tree"]);
        assert_eq!(sandbox.repo().index_tree().unwrap(), expected, "{name}");
        sandbox.write("in/new", "staged, never committed");
        sandbox.git(["add", "in/new"]);
        let expected = sandbox.id(["write-tree"]);
        assert_eq!(sandbox.repo().index_tree().unwrap(), expected, "{name}");
    }
}

#[test]
fn an_index_that_makes_no_tree_says_why() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "base\n");
    sandbox.commit("base");
    for (branch, content) in [("one", "1\n"), ("two", "2\n")] {
        sandbox.git(["switch", "-qc", branch, "main"]);
        sandbox.write("a", content);
        sandbox.commit(branch);
    }
    let mut merge = sandbox.command(&sandbox.root());
    assert!(!run(merge.args(["merge", "-q", "one"]), b"").1);
    let error = sandbox.repo().index_tree().unwrap_err().to_string();
    assert!(
        error.starts_with("cannot make a tree of the index"),
        "{error}"
    );
    std::fs::write(sandbox.root().join(".git/index"), b"DIRC nonsense").unwrap();
    assert!(sandbox.repo().index_tree().is_err());
}
