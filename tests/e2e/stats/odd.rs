//! `stats` of odd histories and trees: each counts what `git blame` counts.

use harness::Sandbox;

use super::survival::survival;
use super::{lines_by_blame, stats, survival as over_time};

/// Counts, and holds it against `git blame`; also in a range.
#[track_caller]
fn agrees(sandbox: &Sandbox, range: &str) -> serde_json::Value {
    let all = stats(sandbox, &["--by", "path", "--depth", "0"]);
    assert_eq!(
        all["lines"]["total"],
        lines_by_blame(sandbox, None),
        "{all:#}"
    );
    let of_range = stats(sandbox, &[range]);
    let expected = lines_by_blame(sandbox, Some(range));
    assert_eq!(of_range["lines"]["total"], expected, "{of_range:#}");
    all
}

#[test]
fn several_roots() {
    let alice = Sandbox::new();
    alice.write("a.txt", "1\n2\n");
    alice.commit("one root");
    alice.git(["checkout", "-q", "--orphan", "other"]);
    alice.git(["rm", "-rfq", "."]);
    alice.write("b.txt", "1\n2\n3\n");
    alice.commit("another root");
    alice.git([
        "merge",
        "-q",
        "--allow-unrelated-histories",
        "--no-edit",
        "main",
    ]);
    alice.append("a.txt", "3\n");
    alice.commit("both");
    let all = agrees(&alice, "main..HEAD");
    assert_eq!(all["lines"]["total"], 6);
    assert_eq!(all["commits"]["total"], 4);
}

#[test]
fn criss_cross_merges() {
    let alice = Sandbox::new();
    alice.write("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n");
    alice.commit("base");
    alice.git(["checkout", "-q", "-b", "side"]);
    alice.write("a.txt", "one\n2\n3\n4\n5\n6\n7\n8\n");
    alice.commit("first line");
    alice.git(["checkout", "-q", "main"]);
    alice.write("a.txt", "1\n2\n3\n4\n5\n6\n7\neight\n");
    alice.commit("last line");
    alice.git(["branch", "main-before"]);
    alice.git(["merge", "-q", "--no-edit", "side"]);
    alice.git(["checkout", "-q", "side"]);
    alice.git(["merge", "-q", "--no-edit", "main-before"]);
    alice.append("a.txt", "9\n");
    alice.commit("more");
    alice.git(["merge", "-q", "--no-edit", "main"]);
    let all = agrees(&alice, "main..HEAD");
    assert_eq!(all["lines"]["total"], 9);
}

#[test]
fn a_tree_with_nothing_in_it() {
    let alice = Sandbox::new();
    alice.commit_with(["--allow-empty", "-m", "nothing"]);
    let nothing = agrees(&alice, "HEAD");
    assert_eq!(nothing["lines"]["total"], 0);
    assert_eq!(nothing["commits"]["total"], 1);
    alice.write("a.txt", "1\n");
    alice.commit("something");
    alice.git(["rm", "-q", "a.txt"]);
    alice.commit_with(["-m", "nothing again"]);
    let nothing = agrees(&alice, "HEAD~1..");
    assert_eq!(nothing["lines"]["total"], 0);
    alice.provenance(["stats"]).says("0 lines of 0 files");
}

#[test]
fn files_that_become_symlinks_submodules_and_binaries_and_files_again() {
    let alice = Sandbox::new();
    let lines = "1\n2\n3\n";
    for path in ["link", "module", "binary", "back"] {
        alice.write(path, lines);
    }
    alice.commit("files");
    let head = alice.head();
    alice.write("binary", b"1\n2\n3\n\0");
    alice.write("back", b"1\n2\n3\n\0");
    for path in ["link", "module"] {
        std::fs::remove_file(alice.path().join(path)).unwrap();
    }
    std::os::unix::fs::symlink("binary", alice.path().join("link")).unwrap();
    alice.git(["add", "--all"]);
    let entry = format!("160000,{head},module");
    alice.git(["update-index", "--add", "--cacheinfo", &entry]);
    alice.commit_with(["-m", "something else"]);
    alice.write("back", "1\n2\n3\n4\n");
    alice.git(["add", "back"]);
    alice.commit_with(["-m", "text again"]);
    let all = agrees(&alice, "HEAD~2..");
    assert_eq!(all["lines"]["total"], 4, "{all:#}");
    for kind in ["binary", "symlinks", "submodules", "text"] {
        assert_eq!(all["files"][kind], 1, "{kind}: {all:#}");
    }
    std::fs::remove_file(alice.path().join("link")).unwrap();
    alice.write("link", "1\n2\n3\n4\n");
    alice.git(["rm", "-q", "--cached", "module"]);
    alice.write("module", "1\n");
    alice.commit("files again");
    let all = agrees(&alice, "HEAD~1..");
    assert_eq!(all["lines"]["total"], 9, "{all:#}");
}

#[test]
fn dates_that_cannot_be() {
    let alice = Sandbox::new();
    for (line, date) in [
        (1, "@0 +0000"),
        (2, "@4102444800 +1400"),
        (3, "@253402300800 +0000"),
    ] {
        alice.append("a.txt", format!("{line}\n"));
        alice.git(["add", "--all"]);
        let mut git = alice.command("git");
        let git = git
            .env("GIT_COMMITTER_DATE", date)
            .env("GIT_AUTHOR_DATE", date);
        let committed = alice.run(git.args(["commit", "-q", "-m", "odd"]));
        if committed.status != 0 {
            // Some versions of Git refuse a year of five digits.
            alice.commit("plain");
        }
    }
    let all = agrees(&alice, "HEAD~2..");
    assert_eq!(all["lines"]["total"], 3);
    let by = stats(&alice, &["--by", "month"]);
    let months: Vec<_> = by["by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["key"]["month"])
        .collect();
    assert!(
        months.iter().any(|month| **month == "1970-01"),
        "{months:?}"
    );
    assert!(
        months
            .iter()
            .any(|month| **month == "2099-12" || **month == "2100-01"),
        "{months:?}"
    );
}

#[test]
fn a_million_lines_and_a_line_of_a_megabyte() {
    let alice = Sandbox::new();
    alice.write("long.txt", "x\n".repeat(1_000_000));
    alice.write("wide.txt", "x".repeat(1 << 20));
    alice.commit("large");
    let first = stats(&alice, &[]);
    assert_eq!(first["lines"]["total"], 1_000_001);
    alice.append("wide.txt", "y\nlast\n");
    alice.write("long.txt", format!("{}last\n", "x\n".repeat(1_000_000)));
    alice.commit("one line more");
    let range = stats(&alice, &["HEAD~1.."]);
    assert_eq!(range["lines"]["total"], 3, "{range:#}");
    assert_eq!(stats(&alice, &[])["lines"]["total"], 1_000_003);
    // Both sides together have more lines than are ever compared, but hardly any differ.
    let change = format!("{0}new\n{0}last\n", "x\n".repeat(499_999));
    alice.write("long.txt", change);
    alice.commit("two in the middle are one");
    let changed = stats(&alice, &["HEAD~1.."]);
    assert_eq!(changed["added"]["total"], 1, "{changed:#}");
    let all = survival(&alice, &["HEAD"]);
    assert_eq!(all["lines"]["total"]["unknown"], 0, "{all:#}");
    assert_eq!(all["lines"]["total"]["gone"]["lines"], 3, "{all:#}");
    over_time::agrees(&alice, &["HEAD"], &all);
}

#[test]
fn fifty_thousand_files() {
    let alice = Sandbox::new();
    let mut stream = String::from("commit refs/heads/main\ncommitter C <c@x> 0 +0000\ndata 0\n");
    stream.push_str("M 100644 inline .gitattributes\ndata 25\nd1/** linguist-generated\n\n");
    for file in 0..50_000 {
        let entry = format!(
            "M 100644 inline d{}/f{file}\ndata 4\n{:03}\n\n",
            file % 100,
            file % 997
        );
        stream.push_str(&entry);
    }
    let import = |stream: &str| {
        let mut import = alice.command("git");
        let import = import.args(["fast-import", "--quiet"]);
        alice.run_with_input(import, stream.as_bytes()).succeeds();
    };
    import(&stream);
    let all = stats(&alice, &["--by", "path"]);
    assert_eq!(all["lines"]["total"], 50_001);
    assert_eq!(all["parts"]["generated"]["files"], 500);
    assert_eq!(all["by"].as_array().unwrap().len(), 101);

    // All of them move; each is to be found among all that are gone.
    let mut stream = String::from("commit refs/heads/main\ncommitter C <c@x> 60 +0000\ndata 0\n");
    stream.push_str("from refs/heads/main^0\n");
    for directory in 0..100 {
        let entry = format!("R d{directory} moved/d{directory}\n");
        stream.push_str(&entry);
    }
    import(&stream);
    assert_eq!(stats(&alice, &["main~1..main"])["lines"]["total"], 0);
    let all = survival(&alice, &["main"]);
    assert_eq!(all["lines"]["total"]["alive"], 50_001, "{all:#}");
    over_time::agrees(&alice, &["main"], &all);
}
