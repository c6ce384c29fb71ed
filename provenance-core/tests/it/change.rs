//! What a commit adds, compared with `git blame`; and the `patch` digest through rewrites.

use provenance_core::digest::Digest;
use provenance_core::git::added::AddedLines;

use crate::sandbox::Sandbox;

fn patch(sandbox: &Sandbox, revision: &str) -> Option<Digest> {
    let repo = sandbox.repo();
    let commit = repo.commit(sandbox.id(["rev-parse", revision])).unwrap();
    repo.patch_digest(&commit).unwrap()
}

fn patch_id(sandbox: &Sandbox, revision: &str) -> String {
    let diff = sandbox.git(["show", revision]);
    let output = sandbox.git_with_input(["patch-id", "--stable"], &diff);
    String::from_utf8_lossy(&output)[..40].to_owned()
}

/// For each commit and path: our added lines are those that blame gives to the commit.
fn assert_added_lines_are_blamed(sandbox: &Sandbox) {
    let repo = sandbox.repo();
    let commits = sandbox.git(["rev-list", "--all"]);
    for commit_id in String::from_utf8_lossy(&commits).lines() {
        let commit = repo.commit(commit_id.parse().unwrap()).unwrap();
        for added in repo.commit_added_lines(&commit).unwrap() {
            let AddedLines::Ranges(ranges) = added.lines else {
                continue;
            };
            let path = String::from_utf8(added.path).unwrap();
            let blame = sandbox.git(["blame", "-s", "-l", "--root", commit_id, "--", &path]);
            let blamed: Vec<u32> = (1..)
                .zip(blame.split(|byte| *byte == b'\n'))
                .filter(|(_, line)| line.starts_with(commit_id.as_bytes()))
                .map(|(number, _)| number)
                .collect();
            let ours: Vec<u32> = ranges
                .iter()
                .flat_map(|(first, last)| *first..=*last)
                .collect();
            assert_eq!(ours, blamed, "{path} in {commit_id}");
        }
    }
}

#[test]
fn added_lines_are_those_that_git_blame_gives_to_the_commit() {
    let sandbox = Sandbox::new();
    let numbered = |range: std::ops::Range<u32>| -> String {
        range
            .flat_map(|n| ["line ".to_owned(), n.to_string(), "\n".to_owned()])
            .collect()
    };
    sandbox.write("file", numbered(0..20));
    sandbox.write("empty", "");
    sandbox.commit("root");
    sandbox.git(["switch", "-qc", "side"]);
    sandbox.write("file", numbered(0..5) + "side\n" + &numbered(5..20));
    sandbox.write("new", "no newline");
    sandbox.commit("side");
    sandbox.git(["switch", "-q", "main"]);
    sandbox.write("file", numbered(0..15) + "main\r\n" + &numbered(17..20));
    sandbox.commit("main");
    sandbox.git(["merge", "-q", "--no-commit", "side"]);
    let merged = std::fs::read_to_string(sandbox.root().join("file")).unwrap();
    sandbox.write("file", merged.replace("line 10\n", "evil\n"));
    sandbox.commit("merge");
    assert_added_lines_are_blamed(&sandbox);

    let repo = sandbox.repo();
    let commit = repo.commit(sandbox.id(["rev-parse", "HEAD"])).unwrap();
    let added = repo.commit_added_lines(&commit).unwrap();
    assert_eq!(added.len(), 1, "what a parent has is not added");
    assert_eq!(added[0].lines, AddedLines::Ranges(vec![(12, 12)]));
}

#[test]
fn files_without_lines_are_added_whole() {
    let sandbox = Sandbox::new();
    sandbox.write("binary", b"a\0b");
    sandbox.write(
        "lfs",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    );
    sandbox.write("text", "a\nb");
    sandbox.write("empty", "");
    std::os::unix::fs::symlink("text", sandbox.root().join("link")).unwrap();
    let submodule = format!("160000,{},sub", "1".repeat(40));
    sandbox.git(["update-index", "--add", "--cacheinfo", &submodule]);
    sandbox.git(["add", "binary", "lfs", "text", "empty", "link"]);
    sandbox.git(["commit", "-qm", "x"]);
    let repo = sandbox.repo();
    let commit = repo.commit(sandbox.id(["rev-parse", "HEAD"])).unwrap();
    let added: Vec<_> = repo
        .commit_added_lines(&commit)
        .unwrap()
        .into_iter()
        .map(|added| (String::from_utf8(added.path).unwrap(), added.lines))
        .collect();
    let ranges = |ranges: &[(u32, u32)]| AddedLines::Ranges(ranges.to_vec());
    assert_eq!(
        added,
        [
            ("binary".to_owned(), AddedLines::Whole),
            ("empty".to_owned(), ranges(&[])),
            ("lfs".to_owned(), AddedLines::Whole),
            ("link".to_owned(), ranges(&[(1, 1)])),
            ("sub".to_owned(), AddedLines::Whole),
            ("text".to_owned(), ranges(&[(1, 2)])),
        ]
    );
}

#[test]
fn a_patch_digest_survives_a_clean_rebase_and_a_cherry_pick() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    sandbox.commit("base");
    sandbox.git(["switch", "-qc", "side"]);
    sandbox.write("a", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
    sandbox.write("b/c", "new");
    sandbox.write("binary", b"a\0b");
    sandbox.commit("side");
    let digest = patch(&sandbox, "side").unwrap();
    sandbox.git(["switch", "-q", "main"]);
    sandbox.write("a", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    sandbox.write("other", "x\n");
    sandbox.commit("main");
    sandbox.git(["cherry-pick", "side"]);
    assert_eq!(patch(&sandbox, "HEAD"), Some(digest));
    sandbox.git(["reset", "-q", "--hard", "HEAD^"]);
    sandbox.git(["switch", "-q", "side"]);
    sandbox.git(["rebase", "-q", "main"]);
    assert_eq!(patch(&sandbox, "HEAD"), Some(digest));
    assert_ne!(patch(&sandbox, "HEAD^"), Some(digest));
    sandbox.git(["switch", "-q", "main"]);
    sandbox.git(["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    assert_eq!(patch(&sandbox, "HEAD"), None, "a merge has none");
}

#[test]
fn attack_a_python_line_that_moves_into_another_block_has_another_patch_digest() {
    let python = |indent: &str| format!("def f(a):\n    if a:\n        log()\n{indent}drop()\n");
    let digests = ["    ", "        "].map(|indent| {
        let sandbox = Sandbox::new();
        sandbox.write("f.py", "def f(a):\n    if a:\n        log()\n");
        sandbox.commit("base");
        sandbox.write("f.py", python(indent));
        sandbox.commit("drop");
        (patch_id(&sandbox, "HEAD"), patch(&sandbox, "HEAD"))
    });
    assert_eq!(digests[0].0, digests[1].0, "git patch-id does not see it");
    assert_ne!(digests[0].1, digests[1].1);
}

#[test]
fn each_thing_that_a_change_says_changes_its_digest() {
    let digest = |before: &dyn Fn(&Sandbox), after: &dyn Fn(&Sandbox)| {
        let sandbox = Sandbox::new();
        before(&sandbox);
        sandbox.commit("before");
        after(&sandbox);
        sandbox.commit("after");
        patch(&sandbox, "HEAD").unwrap()
    };
    let write = |path: &'static str, content: &'static str| {
        move |sandbox: &Sandbox| sandbox.write(path, content)
    };
    let nothing = |_: &Sandbox| {};
    let executable = |sandbox: &Sandbox| {
        sandbox.write("a", "1\n");
        sandbox.git(["add", "a"]);
        sandbox.git(["config", "core.fileMode", "false"]);
        sandbox.git(["update-index", "--chmod=+x", "a"]);
    };
    let link =
        |sandbox: &Sandbox| std::os::unix::fs::symlink("1\n", sandbox.root().join("a")).unwrap();
    let digests = [
        digest(&nothing, &nothing),
        digest(&nothing, &write("a", "1\n")),
        digest(&nothing, &write("b", "1\n")),
        digest(&nothing, &write("a", "1")),
        digest(&nothing, &write("a", "1\r\n")),
        digest(&nothing, &write("a", "1\0")),
        digest(&nothing, &write("a", "2\0")),
        digest(&nothing, &executable),
        digest(&nothing, &link),
        digest(&write("a", "0\n"), &write("a", "1\n")),
        digest(&write("a", "0\n"), &write("a", "0\n1\n")),
    ];
    for (index, one) in digests.iter().enumerate() {
        for other in &digests[index + 1..] {
            assert_ne!(one, other, "case {index}");
        }
    }
}

/// The layout that the documentation of `git/patch.rs` gives, followed by hand.
#[test]
fn the_documented_bytes_make_the_digest() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "1\n2\n");
    sandbox.write("m", "m");
    sandbox.commit("before");
    sandbox.write("a", "one\n2\nthree");
    sandbox.write("z", b"\0");
    sandbox.git(["update-index", "--chmod=+x", "m"]);
    sandbox.git(["config", "core.fileMode", "false"]);
    sandbox.commit("after");
    let blob = sandbox.id(["rev-parse", "HEAD:z"]);
    let d = |parts: &[&[u8]]| Digest::of_parts(parts.iter().copied());
    let a = d(&[b"lines", b"1\n", b"one\n", b"", b"three"]);
    let m = d(&[b"lines"]);
    let z = d(&[b"objects", b"", blob.as_bytes()]);
    let expected = d(&[
        b"git-provenance patch v1",
        b"a",
        b"100644",
        b"100644",
        a.as_bytes(),
        b"m",
        b"100644",
        b"100755",
        m.as_bytes(),
        b"z",
        b"000000",
        b"100644",
        z.as_bytes(),
    ]);
    assert_eq!(patch(&sandbox, "HEAD"), Some(expected));
}
