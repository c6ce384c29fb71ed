//! Histories of the kinds that blame goes wrong on, made by real Git.

use super::{agrees, titles};
use crate::sandbox::Sandbox;

/// So many different lines.
fn body(name: &str, count: usize) -> String {
    let line = |n| format!("    {name} line {n} of {count};\n");
    (0..count).map(line).collect()
}

fn append(sandbox: &Sandbox, path: &str, text: &str) {
    let mut content = std::fs::read(sandbox.root().join(path)).unwrap_or_default();
    content.extend_from_slice(text.as_bytes());
    sandbox.write(path, content);
}

#[test]
fn renames_are_followed_by_content_then_by_name_then_by_similarity() {
    let sandbox = Sandbox::new();
    sandbox.write("exact", body("exact", 10));
    sandbox.write("a/twin", body("twin", 10));
    sandbox.write("b/twin", body("twin", 10));
    sandbox.write("src/lib.rs", body("lib", 40));
    sandbox.write("src/closer.rs", body("lib", 39));
    sandbox.write("vague", body("vague", 20));
    sandbox.write("tiny", "x\n");
    sandbox.commit("root");
    sandbox.git(["mv", "exact", "moved"]);
    // Two with the same content: the one with the same name is taken.
    sandbox.git(["rm", "-q", "a/twin", "b/twin"]);
    sandbox.write("c/twin", body("twin", 10));
    // One with the same name is taken before a more similar one.
    sandbox.git(["rm", "-q", "src/lib.rs", "src/closer.rs"]);
    sandbox.write(
        "core/lib.rs",
        body("lib", 40).replace("line 3 of", "LINE 3 of"),
    );
    // Similar by about half, with a new name.
    sandbox.git(["rm", "-q", "vague", "tiny"]);
    sandbox.write(
        "clear",
        body("vague", 20).replace("vague line 5", "other text 5"),
    );
    sandbox.write("big", "y\n");
    sandbox.commit("moves");
    let lines = agrees(&sandbox);
    assert_eq!(titles(&sandbox, &lines["moved"][..1]), ["root"]);
    assert_eq!(lines["core/lib.rs"][0].2, "src/lib.rs");
    assert_eq!(lines["core/lib.rs"][3].2, "core/lib.rs");
    assert_eq!(lines["clear"][0].2, "vague");
    assert_eq!(titles(&sandbox, &lines["big"]), ["moves"]);
}

#[test]
fn the_most_similar_is_taken_and_of_equals_the_one_that_git_takes() {
    let sandbox = Sandbox::new();
    for (name, count) in [
        ("s1", 21),
        ("s2", 30),
        ("s3", 24),
        ("s4", 25),
        ("s5", 29),
        ("s6", 30),
    ] {
        sandbox.write(&format!("{name}/{name}"), body("common", count));
    }
    sandbox.write("crlf", body("crlf", 12).replace('\n', "\r\n"));
    sandbox.write("long", "0123456789".repeat(40));
    sandbox.commit("root");
    sandbox.git(["rm", "-rq", "."]);
    sandbox.write("new", body("common", 30).replace("line 29", "LINE 29"));
    sandbox.write("lf", body("crlf", 12));
    sandbox.write("longer", "0123456789".repeat(42));
    sandbox.commit("moves");
    let lines = agrees(&sandbox);
    assert_ne!(lines["new"][0].2, "new");
    // CR before LF is nothing to similarity, and all to a diff.
    assert_eq!(titles(&sandbox, &lines["lf"]), ["moves"; 12]);
}

#[test]
fn copies_are_new_and_one_file_can_become_two() {
    let sandbox = Sandbox::new();
    sandbox.write("one", body("one", 20));
    sandbox.commit("root");
    sandbox.write("copy", body("one", 20));
    sandbox.commit("copy");
    sandbox.git(["rm", "-q", "one"]);
    sandbox.write("left", body("one", 20).replace("line 1 ", "left 1 "));
    sandbox.write("right", body("one", 20).replace("line 2 ", "right 2 "));
    sandbox.commit("split");
    let lines = agrees(&sandbox);
    assert_eq!(titles(&sandbox, &lines["copy"][..1]), ["copy"]);
    assert_eq!(titles(&sandbox, &lines["left"][..2]), ["root", "split"]);
    assert_eq!(
        titles(&sandbox, &lines["right"][..3]),
        ["root", "root", "split"]
    );
}

#[test]
fn a_file_that_was_gone_is_born_again() {
    let sandbox = Sandbox::new();
    sandbox.write("f", body("f", 5));
    sandbox.write("keep", "x\n");
    sandbox.commit("first");
    sandbox.git(["rm", "-q", "f"]);
    sandbox.commit("gone");
    sandbox.write("f", body("f", 5));
    sandbox.commit("again");
    sandbox.write("f", "");
    sandbox.commit("emptied");
    sandbox.write("f", body("f", 3));
    sandbox.write("empty", "");
    sandbox.commit("filled");
    let lines = agrees(&sandbox);
    assert_eq!(titles(&sandbox, &lines["f"]), ["filled"; 3]);
    assert_eq!(lines["empty"], []);
}

#[test]
fn modes_and_types_change() {
    let sandbox = Sandbox::new();
    sandbox.write("script", body("script", 4));
    sandbox.write("dir/file", body("file", 4));
    std::os::unix::fs::symlink("script", sandbox.root().join("link")).unwrap();
    sandbox.write("plain", "script");
    sandbox.commit("root");
    sandbox.git(["update-index", "--chmod=+x", "script"]);
    sandbox.git(["commit", "-qm", "executable"]);
    sandbox.git(["checkout", "-q", "-f", "HEAD"]);
    for path in ["link", "plain"] {
        std::fs::remove_file(sandbox.root().join(path)).unwrap();
    }
    // The content of the link, now a file; and a directory that becomes a file.
    sandbox.write("link", "script");
    std::os::unix::fs::symlink("script", sandbox.root().join("plain")).unwrap();
    std::fs::remove_dir_all(sandbox.root().join("dir")).unwrap();
    sandbox.write("dir", body("file", 4));
    sandbox.commit("types");
    append(&sandbox, "script", "last\n");
    sandbox.commit("edit");
    let lines = agrees(&sandbox);
    assert_eq!(titles(&sandbox, &lines["script"][3..]), ["root", "edit"]);
    assert_eq!(lines["dir"][0].2, "dir/file");
    assert_eq!(titles(&sandbox, &lines["link"]), ["types"]);
}

#[test]
fn what_lines_are_like_does_not_matter() {
    let sandbox = Sandbox::new();
    sandbox.write("crlf", "one\r\ntwo\r\nthree\r\n");
    sandbox.write("no-end", "one\ntwo");
    sandbox.write("nul", b"a\0b\n");
    sandbox.write("was-nul", b"a\0b\nsame\n");
    sandbox.write("latin1", b"caf\xe9\nth\xe9\n");
    sandbox.write("wide", "x".repeat(1 << 20) + "\nshort\n");
    sandbox.write("same", "}\n\n}\n\n}\n\n}\n");
    sandbox.write("many", body("many", 30_000));
    sandbox.commit("root");
    sandbox.write("crlf", "one\r\ntwo\nthree\r\nfour\r\n");
    sandbox.write("no-end", "one\ntwo\nthree");
    sandbox.write("was-nul", "ab\nsame\n");
    sandbox.write("latin1", b"caf\xe9\nt\xc3\xa9\n");
    sandbox.write(
        "wide",
        "x".repeat(1 << 20) + "\nshort\n" + &"y".repeat(1 << 20),
    );
    sandbox.write("same", "}\n\n}\n\n}\n\n}\n\n}\n\n}\n");
    sandbox.write("many", body("many", 30_000).replace("line 777", "LINE 777"));
    sandbox.commit("change");
    sandbox.write("no-end", "zero\none\ntwo\nthree\n");
    sandbox.commit("more");
    let lines = agrees(&sandbox);
    assert_eq!(lines.len(), 7, "all but the binary");
    assert_eq!(
        titles(&sandbox, &lines["no-end"]),
        ["more", "root", "change", "more"]
    );
    assert_eq!(titles(&sandbox, &lines["was-nul"]), ["change", "root"]);
}

/// Two branches that both changed what `base` has; the second is checked out.
fn forked(sandbox: &Sandbox) {
    sandbox.write("f", body("f", 12));
    sandbox.write("g", body("g", 12));
    sandbox.commit("base");
    sandbox.git(["switch", "-qc", "side"]);
    sandbox.write(
        "f",
        body("f", 12)
            .replace("line 2 ", "side 2 ")
            .replace("line 6 ", "side 6 "),
    );
    sandbox.commit("side");
    sandbox.git(["switch", "-q", "main"]);
    sandbox.write(
        "f",
        body("f", 12)
            .replace("line 9 ", "main 9 ")
            .replace("line 6 ", "main 6 "),
    );
    sandbox.commit("main");
}

#[test]
fn a_merge_gives_each_line_to_the_side_that_has_it() {
    let sandbox = Sandbox::new();
    forked(&sandbox);
    sandbox.git(["merge", "-q", "-s", "ours", "--no-commit", "side"]);
    // Resolved by hand: one line of each, one of both, one of nobody.
    let text = body("f", 12)
        .replace("line 2 ", "side 2 ")
        .replace("line 9 ", "main 9 ");
    sandbox.write("f", text.replace("line 6 ", "both 6 "));
    append(&sandbox, "g", "slipped in\n");
    sandbox.commit("merge");
    let lines = agrees(&sandbox);
    let from = titles(&sandbox, &lines["f"]);
    assert_eq!(
        [&from[2], &from[6], &from[9], &from[11]],
        ["side", "merge", "main", "base"]
    );
    assert_eq!(titles(&sandbox, &lines["g"])[12], "merge");
}

#[test]
fn a_merge_that_renames_and_edits_is_followed_to_both_sides() {
    let sandbox = Sandbox::new();
    forked(&sandbox);
    sandbox.git(["switch", "-q", "side"]);
    sandbox.git(["mv", "g", "renamed"]);
    append(&sandbox, "renamed", "by side\n");
    sandbox.commit("rename");
    sandbox.git(["switch", "-q", "main"]);
    sandbox.write("g", body("g", 12).replace("line 0 ", "main 0 "));
    sandbox.commit("edit");
    sandbox.git(["merge", "-q", "-s", "ours", "--no-commit", "side"]);
    sandbox.git(["rm", "-qf", "f", "g"]);
    sandbox.write(
        "renamed",
        body("g", 12).replace("line 0 ", "main 0 ") + "by side\n",
    );
    sandbox.write("h", body("f", 12).replace("line 2 ", "side 2 "));
    sandbox.commit("merge");
    let lines = agrees(&sandbox);
    assert_eq!(titles(&sandbox, &lines["renamed"])[12], "rename");
    assert_eq!(titles(&sandbox, &lines["renamed"])[0], "edit");
    assert_eq!(lines["h"][2].2, "f");
}

#[test]
fn octopus_merges_and_several_roots_are_walked() {
    let sandbox = Sandbox::new();
    forked(&sandbox);
    for name in ["one", "two"] {
        sandbox.git(["switch", "-qc", name, "main~1"]);
        append(&sandbox, "g", &format!("{name}\n"));
        sandbox.write(name, body(name, 3));
        sandbox.commit(name);
    }
    sandbox.git(["switch", "-q", "--orphan", "other"]);
    sandbox.write("other", body("other", 3));
    sandbox.write("f", body("f", 12));
    sandbox.commit("root 2");
    sandbox.git(["switch", "-q", "main"]);
    let tree = |content: &str| {
        sandbox.write("g", content);
        sandbox.git(["add", "--all"]);
        sandbox.id(["write-tree"]).to_string()
    };
    sandbox.write("other", body("other", 3));
    sandbox.write("one", body("one", 3) + "octopus\n");
    let tree = tree(&(body("g", 12) + "two\none\nnobody\n"));
    let args = [
        "commit-tree",
        &tree,
        "-p",
        "main",
        "-p",
        "one",
        "-p",
        "two",
        "-p",
        "other",
    ];
    let octopus = sandbox
        .id([&args[..], &["-m", "octopus"]].concat())
        .to_string();
    sandbox.git(["reset", "-q", "--hard", &octopus]);
    let lines = agrees(&sandbox);
    let from = titles(&sandbox, &lines["g"]);
    assert_eq!(from[12..], ["two", "one", "octopus"]);
    assert_eq!(titles(&sandbox, &lines["other"]), ["root 2"; 3]);
}

#[test]
fn criss_cross_merges_meet_again() {
    let sandbox = Sandbox::new();
    forked(&sandbox);
    let resolve = |name: &str, other: &str, text: &str| {
        sandbox.git(["merge", "-q", "-s", "ours", "--no-commit", other]);
        sandbox.write("f", text);
        sandbox.commit(name);
    };
    let (main, side) = (
        sandbox.id(["rev-parse", "main"]),
        sandbox.id(["rev-parse", "side"]),
    );
    let both = body("f", 12)
        .replace("line 2 ", "side 2 ")
        .replace("line 9 ", "main 9 ");
    resolve(
        "main takes side",
        &side.to_string(),
        &both.replace("line 6 ", "main 6 "),
    );
    sandbox.git(["switch", "-q", "side"]);
    resolve(
        "side takes main",
        &main.to_string(),
        &both.replace("line 6 ", "side 6 "),
    );
    append(&sandbox, "g", "side goes on\n");
    sandbox.commit("side goes on");
    sandbox.git(["switch", "-q", "main"]);
    resolve("again", "side", &both);
    let lines = agrees(&sandbox);
    let from = titles(&sandbox, &lines["f"]);
    assert_eq!([&from[2], &from[9]], ["side", "main"]);
}

#[test]
fn wrong_dates_change_nothing() {
    let sandbox = Sandbox::new();
    for (n, date) in [50_000, 10, 40_000, 5, 90_000, 1].into_iter().enumerate() {
        let text = body("f", 8).replace(&format!("line {n} "), &format!("new {n} "));
        sandbox.write("f", text);
        sandbox.git(["add", "--all"]);
        let mut commit = sandbox.command(&sandbox.root());
        commit.env("GIT_COMMITTER_DATE", format!("@{date} +0000"));
        commit.args(["commit", "-qm", "x"]);
        assert!(crate::sandbox::run(&mut commit, b"").1);
        if n == 2 {
            sandbox.git(["switch", "-qc", "side"]);
            append(&sandbox, "g", "side\n");
            sandbox.commit("side");
            sandbox.git(["switch", "-q", "main"]);
        }
    }
    sandbox.git(["merge", "-q", "-m", "merge", "side"]);
    agrees(&sandbox);
}

#[test]
fn odd_paths_are_followed() {
    let sandbox = Sandbox::new();
    for path in ["-L1", ":(top)x", "with space", "caf\u{e9}/x"] {
        sandbox.write(path, body("x", 6));
    }
    sandbox.git(["config", "core.quotePath", "false"]);
    sandbox.commit("root");
    sandbox.git(["mv", "with space", "*?[x]"]);
    sandbox.commit("move");
    let lines = agrees(&sandbox);
    assert_eq!(lines["*?[x]"][0].2, "with space");
}
