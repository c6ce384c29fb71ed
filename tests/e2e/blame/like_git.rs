//! With whichever options: commit and line are those of `git blame`, line by line.

use std::collections::HashMap;

use harness::Sandbox;
use serde_json::Value;

use crate::schemas::validates;

/// One line of a file: commit, its number there, its number here.
type Origin = (String, u64, u64);

/// Reads any of Git's forms for programs: an independent little reader, which skips what it does
/// not know, as git-blame(1) asks of readers.
pub(super) fn read(form: &str, is_incremental: bool) -> (Vec<Origin>, HashMap<String, String>) {
    let (mut origins, mut summaries) = (Vec::new(), HashMap::new());
    let mut entry: Option<(String, u64, u64, u64)> = None;
    for row in form.split_terminator('\n') {
        let Some((commit, there, here, count)) = &entry else {
            let words: Vec<&str> = row.split(' ').collect();
            let number = |at: usize| words.get(at).map_or(1, |word| word.parse().unwrap());
            entry = Some((words[0].to_owned(), number(1), number(2), number(3)));
            continue;
        };
        if let Some(summary) = row.strip_prefix("summary ") {
            summaries.insert(commit.clone(), summary.to_owned());
        }
        if is_incremental && row.starts_with("filename ") {
            origins.extend((0..*count).map(|n| (commit.clone(), there + n, here + n)));
            entry = None;
        } else if !is_incremental && row.starts_with('\t') {
            origins.push((commit.clone(), *there, *here));
            entry = None;
        }
    }
    assert!(entry.is_none(), "the last entry does not end");
    origins.sort_by_key(|(_, _, here)| *here);
    (origins, summaries)
}

/// The same from `blame --json`.
pub(super) fn of_json(document: &Value) -> Vec<Origin> {
    let lines = document["lines"].as_array().unwrap().iter();
    let number = |line: &Value, key: &str| line[key].as_u64().unwrap();
    let commit = |line: &Value| line["commit"].as_str().unwrap().to_owned();
    lines
        .map(|line| {
            (
                commit(line),
                number(line, "originalLine"),
                number(line, "line"),
            )
        })
        .collect()
}

fn block(name: &str) -> String {
    let lines = (1..=8).map(|n| format!("    let {name}_{n} = compute_the_{name}({n});\n"));
    format!("fn {name}() {{\n{}}}\n\n", lines.collect::<String>())
}

/// A file that was renamed, changed by two, merged, re-indented, with blocks that moved within it
/// and came from another file; then a file of other line ends, and one with no LF at the end.
pub(crate) fn story() -> Sandbox {
    let repo = Sandbox::new();
    let by = |name: &str| repo.git(["config", "user.name", name]);
    let (alpha, beta, gamma, delta) = (
        block("alpha"),
        block("beta"),
        block("gamma"),
        block("delta"),
    );
    repo.write("old.rs", format!("{alpha}{beta}{gamma}"));
    repo.write("other.rs", &delta);
    repo.commit("begin");
    by("Renamer");
    repo.git(["mv", "old.rs", "main.rs"]);
    repo.commit("rename");
    repo.git(["switch", "--quiet", "--create", "side"]);
    let side = format!("{alpha}{beta}{gamma}").replace("alpha(3)", "alpha(33)");
    repo.write("main.rs", side);
    by("Side");
    repo.commit("on the side");
    repo.git(["switch", "--quiet", "main"]);
    let main = format!("{alpha}{beta}{gamma}").replace("gamma(5)", "gamma(55)");
    repo.write("main.rs", main);
    by("Main");
    repo.commit("on main");
    repo.git(["tag", "--annotate", "--message", "v1", "v1"]);
    repo.git(["merge", "--quiet", "--message", "merge", "side"]);
    let beta_indented = beta
        .replace("    let beta_7", "\t\tlet beta_7")
        .replace("    let beta_8", "\t\tlet beta_8");
    let moved = repo.read("main.rs").replace(&beta, "") + &beta_indented;
    repo.write("main.rs", moved);
    by("Mover");
    repo.commit("move and indent");
    repo.append("main.rs", &delta)
        .append("main.rs", "// no end");
    repo.write("other.rs", "fn delta() {}\n");
    by("Copier");
    repo.commit("copy");
    repo.write("crlf.txt", "one\r\ntwo\r\nthree\r\n");
    repo.write("copy.rs", repo.read("main.rs").replace("alpha_1", "first"));
    by("More");
    repo.commit("more");
    repo.write("crlf.txt", "one\r\n2\r\nthree\r\n");
    let renamed = repo
        .read("main.rs")
        .replace("compute_the_gamma", "reckon_gamma");
    repo.write("main.rs", renamed);
    by("Speller");
    repo.commit("respell");
    repo.write("empty", "");
    repo.append("main.rs", "\n// an end\n");
    by("Ender");
    repo.commit("end");
    repo
}

/// What is asked, as both take it.
const TABLE: &[&str] = &[
    "main.rs",
    "HEAD main.rs",
    "HEAD -- main.rs",
    "HEAD~2 -- main.rs",
    "v1~2 -- old.rs",
    "v1 -- main.rs",
    "side -- main.rs",
    "-- crlf.txt",
    "-- empty",
    "-- other.rs",
    "-- copy.rs",
    "-w main.rs",
    "-M main.rs",
    "-M200 main.rs",
    "-C main.rs",
    "-C -C main.rs",
    "-C -C -C copy.rs",
    "-C500 main.rs",
    "-C -C500 main.rs",
    "-w -M10 -C -C -C20 main.rs",
    "-L 3,7 main.rs",
    "-L3,+4 main.rs",
    "-L 9,-3 main.rs",
    "-L,4 main.rs",
    "-L 30, main.rs",
    "-L /gamma/,/delta/ main.rs",
    "-L /gamma_2/,+3 main.rs",
    "-L ^/alpha/,+2 main.rs",
    "-L :gamma main.rs",
    "-L :alpha -L :delta main.rs",
    "-L 1,2 -L 5,6 -L 2,3 main.rs",
    "-wL 3,4 main.rs",
    "-e -s -l -t -n -f -b main.rs",
    "--show-email --show-name --show-number --abbrev=12 --date=iso main.rs",
    "--root main.rs",
    "--no-progress main.rs",
    "v1..HEAD -- main.rs",
    "v1.. -- main.rs",
    "^v1 HEAD main.rs",
    "^v1 main.rs",
    "HEAD^! main.rs",
    "--since=2026-05-04T09:00:20Z main.rs",
    "--since 2026-05-04T09:00:20Z -C HEAD main.rs",
    "--first-parent main.rs",
    "--ignore-rev HEAD~1 main.rs",
    "--ignore-rev=HEAD~1 --ignore-rev v1 -w main.rs",
    "--ignore-revs-file ignored main.rs",
    "--ignore-revs-file ignored --ignore-revs-file= main.rs",
    "--contents other.rs main.rs",
    "--contents other.rs HEAD~1 main.rs",
    "--encoding=latin1 main.rs",
];

#[test]
fn commit_and_line_are_those_of_git_blame_with_every_option() {
    let repo = story();
    let ignored = repo.git(["rev-parse", "HEAD~1", "HEAD~4"]);
    repo.write("ignored", format!("# respelled\n{ignored}\n"));
    let mut told = HashMap::new();
    for asked in TABLE {
        let words: Vec<&str> = asked.split(' ').collect();
        let git = repo.git([&["blame", "--porcelain"], &words[..]].concat());
        let (git, _) = read(&git, false);
        let ours = repo.provenance([&["blame", "--json"], &words[..]].concat());
        let ours = ours.succeeds().json();
        validates("blame.v1", &ours);
        assert_eq!(of_json(&ours), git, "{asked}");
        assert_eq!(git.is_empty(), asked.ends_with("empty"), "{asked}");
        told.insert(*asked, git);
    }
    // The story is one in which the options matter.
    let plain = &told["main.rs"];
    for option in [
        "-w",
        "-M",
        "-C",
        "--first-parent",
        "--ignore-rev HEAD~1",
        "^v1",
    ] {
        assert_ne!(
            &told[format!("{option} main.rs").as_str()],
            plain,
            "{option}"
        );
    }
    assert_ne!(told["-C main.rs"], told["-C500 main.rs"]);
    assert_ne!(told["-M main.rs"], told["-M200 main.rs"]);
}

#[test]
fn it_is_the_same_from_a_folder_below_and_in_a_bare_clone() {
    let repo = story();
    repo.write("sub/deep.rs", block("deep"));
    repo.commit("below");
    let below = repo.within("sub");
    for words in [&["deep.rs"][..], &["-w", "HEAD", "--", "../main.rs"]] {
        let git = below.git([&["blame", "--porcelain"], words].concat());
        let ours = below.provenance([&["blame", "--json"], words].concat());
        assert_eq!(of_json(&ours.succeeds().json()), read(&git, false).0);
    }
    repo.git(["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let bare = repo.within("../bare.git");
    let git = bare.git(["blame", "--porcelain", "HEAD", "--", "main.rs"]);
    // Git wants a revision here; there is only one that can be meant.
    for words in [&["main.rs"][..], &["HEAD", "main.rs"]] {
        let ours = bare.provenance([&["blame", "--json"], words].concat());
        assert_eq!(of_json(&ours.succeeds().json()), read(&git, false).0);
    }
}
