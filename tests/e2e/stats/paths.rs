//! `stats` of paths: whatever Git's pathspecs mean, and rows by directory.

use harness::Sandbox;
use serde_json::Value;

use super::stats;

fn tree() -> Sandbox {
    let alice = Sandbox::new();
    alice.write("README", "1\n");
    alice.write("src/a.rs", "1\n2\n");
    alice.write("src/deep/B.rs", "1\n2\n3\n");
    alice.write("src/a*.txt", "1\n2\n3\n4\n");
    alice.write("doc/a.md", "1\n2\n3\n4\n5\n");
    alice.write("caf\u{e9}/x", "1\n");
    alice.write(".gitattributes", "*.md documentation\n");
    alice.commit("tree");
    alice
}

#[test]
fn pathspecs_mean_what_they_mean_to_git() {
    let alice = tree();
    // On the disk no file is documentation.
    std::fs::write(alice.path().join(".gitattributes"), "").unwrap();
    for (folder, pathspecs, expected) in [
        ("", &["src"][..], 9),
        ("", &["src/"], 9),
        ("", &["*.rs"], 5),
        ("", &[":(glob)*.rs"], 0),
        ("", &[":(glob)src/*.rs"], 2),
        ("", &[":(glob)**/*.rs"], 5),
        ("", &[":(literal)src/a*.txt"], 4),
        ("", &[":(icase)SRC/DEEP/b.RS"], 3),
        ("", &["src", ":!*.rs"], 4),
        ("", &[":(exclude)src"], 8),
        ("", &["src", "doc", ":^src/deep"], 11),
        ("", &[":(attr:documentation)"], 5),
        ("", &["nothing-like-it"], 0),
        ("src", &["."], 9),
        ("src", &["deep"], 3),
        ("src", &[":/doc"], 5),
        ("src", &[":(top,glob)**/*.md"], 5),
        ("src", &["../README"], 1),
    ] {
        let place = alice.within(folder);
        let mut args = vec!["--"];
        args.extend(pathspecs);
        let counted = stats(&place, &args);
        assert_eq!(
            counted["lines"]["total"], expected,
            "{folder} {pathspecs:?}"
        );
        let mut args = vec!["HEAD", "--"];
        args.extend(pathspecs);
        let of_range = stats(&place, &args);
        assert_eq!(of_range["lines"]["total"], expected, "{pathspecs:?}");
        assert_eq!(of_range["added"]["total"], expected, "{pathspecs:?}");
    }
    let literal = alice.provenance(["stats", "--json", "--", ":(nonsense)x"]);
    let said = literal.exits(2);
    assert!(said.talk().contains("nonsense"), "{}", said.full());
}

#[test]
fn a_line_of_the_range_counts_under_the_name_that_its_file_has_now() {
    let alice = Sandbox::new();
    alice.write("old.txt", "0\n");
    alice.commit("before");
    alice.write("old.txt", "0\n1\n2\n3\n");
    alice.commit("lines");
    alice.git(["mv", "old.txt", "new.txt"]);
    alice.commit("rename");
    for args in [&["HEAD~2.."][..], &["HEAD~2..", "--", "new.txt"]] {
        assert_eq!(stats(&alice, args)["lines"]["total"], 3, "{args:?}");
    }
}

#[test]
fn rows_by_path_are_as_deep_as_asked() {
    let alice = tree();
    let rows = |args: &[&str]| -> Vec<(String, u64)> {
        let stats = stats(&alice, args);
        let row = |row: &Value| {
            let path = row["key"]["path"].as_str().unwrap().to_owned();
            (path, row["lines"]["total"].as_u64().unwrap())
        };
        stats["by"].as_array().unwrap().iter().map(row).collect()
    };
    let expect = |rows: Vec<(String, u64)>, expected: &[(&str, u64)]| {
        let rows: Vec<(&str, u64)> = rows.iter().map(|(path, n)| (path.as_str(), *n)).collect();
        assert_eq!(rows, expected);
    };
    expect(
        rows(&["--by", "path"]),
        &[
            ("src/", 9),
            ("doc/", 5),
            (".gitattributes", 1),
            ("README", 1),
            ("caf\u{e9}/", 1),
        ],
    );
    expect(
        rows(&["--by", "path", "--depth", "2", "--", "src"]),
        &[("src/a*.txt", 4), ("src/deep/", 3), ("src/a.rs", 2)],
    );
    expect(
        rows(&["--by", "path", "--depth", "0", "--", "src/deep"]),
        &[("src/deep/B.rs", 3)],
    );
}
