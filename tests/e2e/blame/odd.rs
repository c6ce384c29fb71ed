//! Files, paths and repositories that are not what one expects.

use harness::Sandbox;

use super::like_git::{of_json, read, story};

/// What both say of a file at HEAD.
#[track_caller]
fn agrees(repo: &Sandbox, words: &[&str]) -> usize {
    let git = repo
        .try_git([&["blame", "--porcelain"], words].concat())
        .succeeds();
    let git = String::from_utf8_lossy(&git.stdout).into_owned();
    let ours = repo
        .provenance([&["blame", "--json"], words].concat())
        .succeeds();
    let (ours, git) = (of_json(&ours.json()), read(&git, false).0);
    assert_eq!(ours, git, "{words:?}");
    ours.len()
}

#[test]
fn files_of_every_kind_have_the_lines_that_git_gives_them() {
    let repo = Sandbox::new();
    repo.write("binary", b"\0\x01\n\xff\0\n\n");
    repo.write("unfinished", "one\ntwo");
    repo.write("crlf", "one\r\ntwo\r\n");
    repo.write("cr", "one\rtwo\rthree");
    repo.write("nothing", "");
    repo.write("only an end", "\n");
    std::os::unix::fs::symlink("unfinished", repo.path().join("link")).unwrap();
    std::os::unix::fs::symlink("/etc/nowhere", repo.path().join("dangling")).unwrap();
    repo.commit("all");
    for (path, count) in [
        ("binary", 3),
        ("unfinished", 2),
        ("crlf", 2),
        ("cr", 1),
        ("nothing", 0),
        ("only an end", 1),
        ("link", 1),
        ("dangling", 1),
    ] {
        assert_eq!(agrees(&repo, &["HEAD", "--", path]), count, "{path}");
        assert_eq!(agrees(&repo, &["--", path]), count, "{path}");
        let text = repo.provenance(["blame", "--", path]).succeeds();
        assert_eq!(text.text().lines().count(), count, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_of_any_bytes_is_a_path() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let repo = Sandbox::new();
    for path in [
        &b"caf\xe9"[..],
        b"new\nline",
        b"-w",
        b"tab\t\"quote\"",
        b"caf\xc3\xa9",
        b":(top)x",
    ] {
        repo.write(OsStr::from_bytes(path), "one\ntwo\n");
    }
    repo.commit("odd");
    for path in [
        &b"caf\xe9"[..],
        b"new\nline",
        b"-w",
        b"tab\t\"quote\"",
        b"caf\xc3\xa9",
        b":(top)x",
    ] {
        let path = OsStr::from_bytes(path);
        for form in ["--json", "--porcelain", "--incremental", "-f"] {
            let words = ["blame", form, "--"].map(OsStr::new);
            let told = repo.provenance(words.iter().chain([&path])).succeeds();
            assert!(!told.stdout.is_empty(), "{path:?}");
        }
    }
}

#[test]
fn a_line_of_a_megabyte_comes_whole_through_a_pipe() {
    let repo = Sandbox::new();
    let long = "0123456789abcdef".repeat(1 << 16);
    repo.write("long", format!("{long}\nshort\n"));
    repo.commit("long");
    let text = repo.provenance(["blame", "long"]).succeeds();
    assert!(text.text().contains(&long));
    assert_eq!(text.text().lines().count(), 2);
    assert_eq!(agrees(&repo, &["long"]), 2);
}

#[test]
fn many_lines_are_only_more_lines() {
    let repo = Sandbox::new();
    let numbers: Vec<String> = (0..=100_000).map(|n| n.to_string()).collect();
    let lines = numbers.join("\n");
    repo.write("many", &lines);
    repo.commit("many");
    repo.write("many", lines.replace("77\n", "seventy-seven\n"));
    repo.commit("some");
    assert_eq!(agrees(&repo, &["many"]), 100_001);
}

#[test]
fn the_edge_of_a_shallow_clone_is_marked_and_nobodys() {
    let whole = super::mixed();
    whole.write("a.rs", whole.read("a.rs") + "fn last() {}\n");
    whole.commit("last");
    let url = format!("file://{}", whole.path().display());
    whole.git(["clone", "--quiet", "--depth=2", &url, "../shallow"]);
    let shallow = whole.within("../shallow");
    assert_eq!(agrees(&shallow, &["a.rs"]), 5);
    let text = shallow.provenance(["blame", "a.rs"]).succeeds();
    let marks: String = text.text().lines().map(|row| &row[..1]).collect();
    assert_eq!(marks, "^^^^ ", "{}", text.full());
    let json = shallow
        .provenance(["blame", "--json", "a.rs"])
        .succeeds()
        .json();
    let kinds = json["lines"].as_array().unwrap().iter();
    let kinds = kinds.filter(|line| line["kind"] == "human").count();
    assert_eq!(kinds, 0, "{json:#}");
}

#[test]
fn what_a_partial_clone_lacks_is_named_and_not_fetched() {
    let whole = story();
    whole.git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", whole.path().display());
    whole.git(["clone", "--quiet", "--filter=blob:none", &url, "../partial"]);
    let partial = whole.within("../partial");
    let missing = || partial.git(["rev-list", "--all", "--objects", "--missing=print"]);
    let before = missing();
    assert!(before.contains("\n?"), "{before}");
    for words in [
        &["main.rs"][..],
        &["HEAD~2", "main.rs"],
        &["--porcelain", "-C", "main.rs"],
    ] {
        let refused = partial.provenance([&["blame"], words].concat()).exits(2);
        refused.says("is missing").says("git fetch --refetch");
    }
    assert_eq!(missing(), before);
}

#[test]
fn in_a_repository_that_never_saw_init_nothing_is_written() {
    let repo = story();
    let files = || {
        let mut found: Vec<_> = Vec::new();
        let mut folders = vec![repo.path().join(".git")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                found.push((path.clone(), std::fs::read(&path).ok()));
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        found.sort();
        found
    };
    let before = files();
    for words in [
        &["main.rs"][..],
        &["--json", "HEAD", "main.rs"],
        &["--incremental", "main.rs"],
    ] {
        repo.provenance([&["blame"], words].concat()).succeeds();
    }
    assert_eq!(files(), before);
}

#[test]
fn a_sha_256_repository_is_refused_or_read_but_never_misread() {
    let repo = Sandbox::without_repository();
    repo.git(["init", "--quiet", "--object-format=sha256"]);
    repo.write("a", "one\n");
    repo.commit("one");
    let told = repo.provenance(["blame", "--json", "a"]);
    if told.status == 0 {
        agrees(&repo, &["a"]);
    } else {
        told.exits(2).says("sha256");
    }
}
