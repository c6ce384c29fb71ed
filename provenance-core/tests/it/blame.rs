//! Our blame is that of `git blame`, whatever the configuration says.

use std::path::Path;

use provenance_core::git::blame::{BlameOptions, BlamedLine};
use provenance_core::git::{GitError, Location, Repo};

use crate::sandbox::{Sandbox, run};

/// Each line as `git blame -l -s -f -n` has it, with nothing that has to be unquoted.
fn told(lines: &[BlamedLine]) -> Vec<String> {
    let path = |line: &BlamedLine| String::from_utf8_lossy(&line.original_path).into_owned();
    lines
        .iter()
        .map(|line| {
            let content = String::from_utf8_lossy(&line.content);
            let (commit, original) = (line.commit_id, line.original_line);
            format!("{commit} {} {original} {} {content}", path(line), line.line)
        })
        .collect()
}

/// The same from `git blame --line-porcelain`, for paths that need no quotes.
fn git_told(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let output = sandbox.git([&["blame", "--line-porcelain"], arguments].concat());
    let mut lines = Vec::new();
    let (mut header, mut path) = (Vec::new(), String::new());
    for row in output.split(|byte| *byte == b'\n') {
        let row = String::from_utf8_lossy(row).into_owned();
        if let Some(content) = row.strip_prefix('\t') {
            let words: Vec<String> = std::mem::take(&mut header);
            let (commit, original, number) = (&words[0], &words[1], &words[2]);
            lines.push(format!("{commit} {path} {original} {number} {content}"));
        } else if let Some(name) = row.strip_prefix("filename ") {
            name.clone_into(&mut path);
        } else if header.is_empty() {
            header = row.split(' ').map(str::to_owned).collect();
        }
    }
    lines
}

fn blame(repo: &Repo, sandbox: &Sandbox, path: &[u8], options: &BlameOptions) -> Vec<BlamedLine> {
    let head = sandbox.id(["rev-parse", "HEAD"]);
    repo.blame(head, path, options).unwrap()
}

/// A file that was renamed, changed by several, merged, re-indented and copied from.
fn story() -> Sandbox {
    let sandbox = Sandbox::new();
    let body: String = (0..30)
        .flat_map(|n| ["fn line_".to_owned(), n.to_string(), "() {}\n".to_owned()])
        .collect();
    sandbox.write("old", &body);
    sandbox.write(
        "other",
        "fn copied_from_here_and_long_enough() {}\nfn and_another_line() {}\n",
    );
    sandbox.commit("root");
    sandbox.git(["mv", "old", "dir"]);
    sandbox.commit("rename");
    sandbox.git(["switch", "-qc", "side"]);
    sandbox.write("dir", body.replace("line_3()", "side_3()"));
    sandbox.commit("side");
    sandbox.git(["switch", "-q", "main"]);
    sandbox.write(
        "dir",
        body.replace("line_20() {}\n", "main_20() {}\r\n    indented()\n\n"),
    );
    sandbox.commit("main");
    sandbox.git(["merge", "-q", "-m", "merge", "side"]);
    let merged = std::fs::read_to_string(sandbox.root().join("dir")).unwrap();
    let moved = merged.replace("    indented()\n", "\tindented()\n")
        + "fn copied_from_here_and_long_enough() {}\nfn and_another_line() {}\nno newline";
    sandbox.write("dir", moved);
    sandbox.write("other", "fn and_another_line() {}\n");
    sandbox.commit("last");
    sandbox
}

#[test]
fn each_line_comes_from_where_git_blame_says() {
    let sandbox = story();
    let repo = sandbox.repo();
    let ranges = vec!["2,+3".to_owned(), "/main_20/,+4".to_owned()];
    for (options, arguments) in [
        (BlameOptions::default(), &[][..]),
        (
            BlameOptions {
                ignore_whitespace: true,
                ..BlameOptions::default()
            },
            &["-w"],
        ),
        (
            BlameOptions {
                follow_moves: true,
                follow_copies: 2,
                ..BlameOptions::default()
            },
            &["-M", "-C", "-C"],
        ),
        (
            BlameOptions {
                ranges,
                ..BlameOptions::default()
            },
            &["-L2,+3", "-L/main_20/,+4"],
        ),
    ] {
        let ours = told(&blame(&repo, &sandbox, b"dir", &options));
        let git = git_told(&sandbox, &[arguments, &["HEAD", "--", "dir"]].concat());
        assert_eq!(ours, git, "{arguments:?}");
    }
}

#[test]
fn the_configuration_and_attributes_change_nothing() {
    let sandbox = story();
    let repo = sandbox.repo();
    let plain = blame(&repo, &sandbox, b"dir", &BlameOptions::default());
    let head = sandbox.id(["rev-parse", "HEAD"]).to_string();
    sandbox.write("ignored", head);
    sandbox.write(".gitattributes", "* diff=upper\n");
    for (key, value) in [
        (
            "blame.ignoreRevsFile",
            sandbox.root().join("ignored").to_str().unwrap(),
        ),
        ("diff.upper.textconv", "tr a-z A-Z <"),
        ("diff.algorithm", "patience"),
        ("diff.indentHeuristic", "false"),
        ("blame.showRoot", "true"),
        ("blame.date", "relative"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("core.quotePath", "true"),
    ] {
        sandbox.git(["config", key, value]);
    }
    assert_eq!(
        blame(&sandbox.repo(), &sandbox, b"dir", &BlameOptions::default()),
        plain
    );
}

#[test]
fn the_lines_of_a_commit_are_those_of_the_pinned_diff_whatever_heuristic_is_configured() {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "diff.indentHeuristic", "false"]);
    sandbox.write("f", "# one\nfn a\n\n# two\nfn b\n");
    sandbox.commit("old");
    sandbox.write("f", "# one\nfn a\n\n# two\nfn n\n\n# two\nfn b\n");
    let new = sandbox.commit("new");
    let lines = blame(&sandbox.repo(), &sandbox, b"f", &BlameOptions::default());
    let of_new: Vec<u64> = lines
        .iter()
        .filter(|l| l.commit_id == new)
        .map(|l| l.line)
        .collect();
    assert_eq!(of_new, [4, 5, 6]);
}

#[test]
fn odd_paths_and_contents_come_out_as_they_are() {
    let sandbox = Sandbox::new();
    let content: &[u8] = b"caf\xe9\n\tauthor x\n\0nul\r\n\nlast";
    let paths = ["-L1", ":(top)x", "a \"b\"\t\\c", "caf\u{e9}/x", "new\nline"];
    for path in paths {
        sandbox.write(path, content);
    }
    sandbox.commit("odd");
    let repo = sandbox.repo();
    for path in paths {
        let lines = blame(&repo, &sandbox, path.as_bytes(), &BlameOptions::default());
        let contents: Vec<&[u8]> = lines.iter().map(|line| line.content.as_slice()).collect();
        assert_eq!(
            contents,
            [&b"caf\xe9"[..], b"\tauthor x", b"\0nul\r", b"", b"last"],
            "{path:?}"
        );
        assert!(
            lines
                .iter()
                .all(|line| *line.original_path == *path.as_bytes()),
            "{path:?}"
        );
    }
    sandbox.write("empty", "");
    sandbox.commit("empty");
    assert_eq!(
        blame(
            &sandbox.repo(),
            &sandbox,
            b"empty",
            &BlameOptions::default()
        ),
        []
    );
}

#[test]
fn a_path_is_relative_to_the_root_wherever_the_command_started() {
    let sandbox = Sandbox::new();
    sandbox.write("a/b/file", "x\n");
    let commit = sandbox.commit("x");
    let options = BlameOptions::default();
    for start in ["a/b", "a", "."] {
        let repo = Repo::open(&Location::at(sandbox.root().join(start))).unwrap();
        assert_eq!(
            repo.blame(commit, b"a/b/file", &options).unwrap().len(),
            1,
            "{start}"
        );
    }
    let bare = sandbox.beside("bare");
    sandbox.git([
        Path::new("clone"),
        Path::new("-q"),
        Path::new("--bare"),
        Path::new("."),
        &bare,
    ]);
    let repo = Repo::open(&Location::at(&bare)).unwrap();
    assert_eq!(repo.blame(commit, b"a/b/file", &options).unwrap().len(), 1);
}

#[test]
fn what_cannot_be_blamed_says_why() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "x\n");
    sandbox.write("dir/file", "x\n");
    let commit = sandbox.commit("x");
    let repo = sandbox.repo();
    let error = |path: &[u8], ranges: &[&str]| {
        let ranges = ranges.iter().map(|range| (*range).to_owned()).collect();
        let options = BlameOptions {
            ranges,
            ..BlameOptions::default()
        };
        repo.blame(commit, path, &options).unwrap_err()
    };
    for path in [&b"nothing"[..], b"dir/nothing", b""] {
        assert!(
            matches!(error(path, &[]), GitError::NoSuchPath { .. }),
            "{path:?}"
        );
    }
    for (ranges, words) in [
        (["9,10"], "has only 1 line"),
        (["nonsense"], "not given as -L takes them"),
    ] {
        let message = error(b"file", &ranges).to_string();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn attack_a_range_is_never_an_option() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "x\n");
    let commit = sandbox.commit("x");
    let ranges = vec!["1,1 --output=stolen".to_owned()];
    let options = BlameOptions {
        ranges,
        ..BlameOptions::default()
    };
    assert!(sandbox.repo().blame(commit, b"file", &options).is_err());
    assert!(!sandbox.root().join("stolen").exists());
}

#[test]
fn what_a_partial_clone_lacks_is_named_and_not_fetched() {
    let sandbox = Sandbox::new();
    sandbox.git(["config", "uploadpack.allowFilter", "true"]);
    sandbox.write("file", "1\n");
    sandbox.commit("one");
    sandbox.write("file", "1\n2\n");
    let commit = sandbox.commit("two");
    let partial = sandbox.beside("partial");
    let mut clone = sandbox.command(&sandbox.root());
    let url = format!("file://{}", sandbox.root().display());
    clone
        .args(["clone", "-q", "--filter=blob:none", "--no-checkout", &url])
        .arg(&partial);
    let (output, ok) = run(&mut clone, b"");
    assert!(ok, "{}", String::from_utf8_lossy(&output));
    let repo = Repo::open(&Location::at(&partial)).unwrap();
    for lacks in ["HEAD:file", "HEAD^:file"] {
        let lacks = sandbox.id(["rev-parse", lacks]);
        let options = BlameOptions::default();
        let error = repo.blame(commit, b"file", &options).unwrap_err();
        assert!(
            matches!(error, GitError::MissingObject { id } if id == lacks),
            "{error}"
        );
        // Git fetches what it is asked for by name; then the next one is missing.
        let mut fetch = sandbox.command(&partial);
        assert!(run(fetch.args(["cat-file", "-e", &lacks.to_string()]), b"").1);
    }
    let repo = Repo::open(&Location::at(&partial)).unwrap();
    assert_eq!(
        repo.blame(commit, b"file", &BlameOptions::default())
            .unwrap()
            .len(),
        2
    );
}
