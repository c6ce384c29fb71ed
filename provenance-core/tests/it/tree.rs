//! Trees compared by our walk, by `git diff-tree` and by `git ls-tree`.

use std::fmt::Write as _;

use provenance_core::git::tree::{Change, Version};
use provenance_core::git::{GitError, ObjectId};

use crate::sandbox::Sandbox;

fn side(version: Option<Version>) -> (String, String) {
    let mode = version.map_or(0, |version| version.mode);
    let id = version.map_or_else(|| "0".repeat(40), |version| version.id.to_string());
    (format!("{mode:06o}"), id)
}

/// The lines of `git diff-tree --raw -r -z --no-renames --no-abbrev`.
fn raw(changes: &[Change]) -> Vec<u8> {
    let mut out = Vec::new();
    for change in changes {
        let ((old_mode, old_id), (new_mode, new_id)) = (side(change.old), side(change.new));
        let status = match (change.old, change.new) {
            (None, _) => 'A',
            (_, None) => 'D',
            (Some(old), Some(new)) if old.mode >> 12 != new.mode >> 12 => 'T',
            _ => 'M',
        };
        let line = format!(":{old_mode} {new_mode} {old_id} {new_id} {status}\0");
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(&change.path);
        out.push(0);
    }
    out
}

fn tree_of(sandbox: &Sandbox, revision: &str) -> ObjectId {
    sandbox.id(["rev-parse", &format!("{revision}^{{tree}}")])
}

/// Three commits and a merge with everything that a tree can hold.
fn story() -> (Sandbox, Vec<ObjectId>) {
    let sandbox = Sandbox::new();
    let mut trees = Vec::new();
    let mut keep = |sandbox: &Sandbox| {
        let tree_id: ObjectId = sandbox.id(["write-tree"]);
        sandbox.git(["commit", "-q", "--allow-empty", "-m", "x"]);
        trees.push(tree_id);
    };
    for path in ["a", "b/c", "b/d/e", "b.x", "b0", "z"] {
        sandbox.write(path, path);
    }
    sandbox.write("caf\u{e9}/\u{65e5}\u{672c} \"q\"", "x");
    std::os::unix::fs::symlink("a", sandbox.root().join("link")).unwrap();
    sandbox.git(["add", "-A"]);
    keep(&sandbox);
    // A file becomes a directory, a directory a file; modes and types change.
    std::fs::remove_file(sandbox.root().join("a")).unwrap();
    std::fs::remove_dir_all(sandbox.root().join("b")).unwrap();
    sandbox.write("a/b", "x");
    sandbox.write("b", "x");
    std::fs::remove_file(sandbox.root().join("link")).unwrap();
    sandbox.write("link", "a");
    sandbox.git(["add", "-A"]);
    sandbox.git(["update-index", "--chmod=+x", "z"]);
    let head = sandbox.id(["rev-parse", "HEAD"]).to_string();
    let submodule = format!("160000,{head},sub/module");
    sandbox.git(["update-index", "--add", "--cacheinfo", &submodule]);
    keep(&sandbox);
    sandbox.git(["rm", "-rq", "--cached", "."]);
    keep(&sandbox);
    (sandbox, trees)
}

#[test]
fn changed_paths_are_those_of_git_diff_tree() {
    let (sandbox, trees) = story();
    let repo = sandbox.repo();
    for old in &trees {
        for new in &trees {
            let (old_id, new_id) = (old.to_string(), new.to_string());
            let arguments = ["-r", "-z", "--raw", "--no-renames", "--no-abbrev"];
            let git = [&["diff-tree"][..], &arguments, &[&old_id, &new_id]].concat();
            let changes = repo.changed_paths(Some(*old), Some(*new)).unwrap();
            assert_eq!(
                String::from_utf8_lossy(&raw(&changes)),
                String::from_utf8_lossy(&sandbox.git(git)),
            );
            assert!(changes.is_sorted_by(|a, b| a.path < b.path));
        }
    }
    let all = repo.changed_paths(None, Some(trees[0])).unwrap();
    assert!(all.iter().all(|change| change.old.is_none()));
    assert_eq!(all.len(), 8);
}

#[test]
fn the_files_of_a_tree_are_those_of_git_ls_tree() {
    let (sandbox, trees) = story();
    let repo = sandbox.repo();
    for tree_id in &trees {
        let mut ours = String::new();
        for file in repo.files(*tree_id).unwrap() {
            let (mode, id) = side(Some(file.version));
            let path = String::from_utf8_lossy(&file.path).into_owned();
            let kind = if file.version.is_submodule() {
                "commit"
            } else {
                "blob"
            };
            write!(ours, "{mode} {kind} {id}\t{path}\0").unwrap();
            let found = repo.version_at(*tree_id, &file.path).unwrap();
            assert_eq!(found, Some(file.version));
        }
        let git = sandbox.git(["ls-tree", "-r", "-z", &tree_id.to_string()]);
        assert_eq!(ours, String::from_utf8_lossy(&git));
    }
    let at = |path: &str| repo.version_at(trees[1], path.as_bytes()).unwrap();
    assert!(at("a").unwrap().is_tree());
    assert!(at("sub/module").unwrap().is_submodule());
    for nothing in ["", "nothing", "b/c", "a/", "/a", "a/b/c"] {
        assert_eq!(at(nothing), None, "{nothing}");
    }
}

#[test]
fn a_merge_changes_what_no_parent_has() {
    let sandbox = Sandbox::new();
    for path in ["both", "ours", "theirs", "dir/both", "gone"] {
        sandbox.write(path, "base\n");
    }
    sandbox.commit("base");
    sandbox.git(["switch", "-qc", "side"]);
    for path in ["both", "theirs", "dir/both"] {
        sandbox.write(path, "side\n");
    }
    sandbox.commit("side");
    sandbox.git(["switch", "-q", "main"]);
    for path in ["both", "ours", "dir/both"] {
        sandbox.write(path, "main\n");
    }
    sandbox.commit("main");
    let mut merge = sandbox.command(&sandbox.root());
    merge.args(["merge", "-q", "--no-commit", "side"]);
    assert!(!crate::sandbox::run(&mut merge, b"").1, "it conflicts");
    for path in ["both", "dir/both", "new"] {
        sandbox.write(path, "merged\n");
    }
    std::fs::remove_file(sandbox.root().join("gone")).unwrap();
    sandbox.commit("merge");
    let parents = ["HEAD^1", "HEAD^2"].map(|parent| tree_of(&sandbox, parent));
    let merged = tree_of(&sandbox, "HEAD");
    let changes = sandbox
        .repo()
        .changed_paths_of_merge(&parents, merged)
        .unwrap();
    let paths: Vec<_> = changes
        .iter()
        .map(|c| String::from_utf8_lossy(&c.path))
        .collect();
    assert_eq!(paths, ["both", "dir/both", "gone", "new"]);
    let git = sandbox.git([
        "diff-tree",
        "-r",
        "-c",
        "--name-only",
        "--no-commit-id",
        "HEAD",
    ]);
    assert_eq!(paths.join("\n") + "\n", String::from_utf8_lossy(&git));
}

#[test]
fn attack_trees_that_name_each_other_do_not_hang_the_walk() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo();
    // A thousand times a thousand times a thousand names, in four objects.
    let blob_id = sandbox.id(["hash-object", "-w", "--stdin"]);
    let mut entry = format!("100644 blob {blob_id}");
    for _ in 0..3 {
        let listing: String = (0..1000)
            .flat_map(|n| [entry.clone(), format!("\t{n}\n")])
            .collect();
        let output = sandbox.git_with_input(["mktree"], listing.as_bytes());
        entry = format!("040000 tree {}", String::from_utf8_lossy(&output).trim());
    }
    let tree_id: ObjectId = entry[12..].parse().unwrap();
    let error = repo.files(tree_id).unwrap_err();
    assert!(matches!(error, GitError::TooManyPaths { .. }), "{error}");
    assert_eq!(
        repo.changed_paths(Some(tree_id), Some(tree_id)).unwrap(),
        []
    );
}
