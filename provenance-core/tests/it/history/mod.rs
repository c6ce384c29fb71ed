//! The history pass gives each line to the commit, path and line that `git blame` gives it to.

mod kept;
pub(crate) mod random;
mod stories;
mod unwhole;

use std::collections::HashMap;

use provenance_core::attribute::history::{FileOrigins, Question, origins};
use provenance_core::git::tree::File;
use provenance_core::git::{GitError, Location, ObjectId, Repo};

use crate::sandbox::Sandbox;

/// One line: its number, and the commit, path and line that it came from.
type Line = (u64, String, String, u64);

/// The regular files of a commit.
pub(crate) fn files(repo: &Repo, commit_id: ObjectId) -> Vec<File> {
    let tree_id = repo.commit(commit_id).unwrap().tree_id;
    let files = repo.files(tree_id).unwrap().into_iter();
    files.filter(|file| file.version.is_file()).collect()
}

/// What the history pass finds for every file of a commit.
pub(crate) fn found(
    location: &Location,
    commit_id: ObjectId,
    threads: usize,
    ignore_whitespace: bool,
) -> Vec<(File, FileOrigins)> {
    let repo = Repo::open(location).unwrap();
    let files = files(&repo, commit_id);
    let origins = origins(&Question {
        location,
        commit_id,
        files: &files,
        within: None,
        ignore_whitespace,
        index: None,
        compared: None,
        is_whole_tree: true,
        threads,
        progress: &|_, _| {},
    });
    files.into_iter().zip(origins.unwrap()).collect()
}

fn lines(origins: &FileOrigins) -> Vec<Line> {
    let FileOrigins::Lines(runs) = origins else {
        panic!("no lines: {origins:?}");
    };
    let of_run = runs.iter().flat_map(|run| {
        let path = String::from_utf8_lossy(&run.original_path).into_owned();
        (0..run.count).map(move |n| {
            let commit = run.commit_id.to_string();
            (run.line + n, commit, path.clone(), run.original_line + n)
        })
    });
    of_run.collect()
}

/// What `git blame` says of one file, whose name needs no quotes.
fn git_lines(sandbox: &Sandbox, commit_id: ObjectId, path: &str, options: &[&str]) -> Vec<Line> {
    let commit = commit_id.to_string();
    let asked = ["blame", "--line-porcelain", &commit];
    let output = sandbox.git([&asked[..], options, &["--", path]].concat());
    let mut lines = Vec::new();
    let (mut header, mut original) = (Vec::new(), String::new());
    for row in output.split(|byte| *byte == b'\n') {
        let row = String::from_utf8_lossy(row).into_owned();
        if row.starts_with('\t') {
            let words: Vec<String> = std::mem::take(&mut header);
            let (line, old) = (words[2].parse().unwrap(), words[1].parse().unwrap());
            lines.push((line, words[0].clone(), original.clone(), old));
        } else if let Some(name) = row.strip_prefix("filename ") {
            name.clone_into(&mut original);
        } else if header.is_empty() {
            header = row.split(' ').map(str::to_owned).collect();
        }
    }
    lines
}

/// Holds every line of every file of HEAD against `git blame`, with white space and without, and
/// returns them by path, with it.
#[track_caller]
fn agrees(sandbox: &Sandbox) -> HashMap<String, Vec<Line>> {
    agrees_on(sandbox, true);
    agrees_on(sandbox, false)
}

#[track_caller]
fn agrees_on(sandbox: &Sandbox, ignore_whitespace: bool) -> HashMap<String, Vec<Line>> {
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let location = Location::at(sandbox.root());
    let all = found(&location, head, 1, ignore_whitespace);
    let by_threads = found(&location, head, 3, ignore_whitespace);
    assert_eq!(all, by_threads, "threads decide something");
    let options: &[&str] = if ignore_whitespace { &["-w"] } else { &[] };
    let mut by_path = HashMap::new();
    for (file, origins) in all {
        let path = String::from_utf8(file.path).unwrap();
        if matches!(origins, FileOrigins::Binary) {
            continue;
        }
        let ours = lines(&origins);
        let gits = git_lines(sandbox, head, &path, options);
        assert_eq!(ours, gits, "{path} {options:?}");
        by_path.insert(path, ours);
    }
    assert!(!by_path.is_empty(), "nothing was compared");
    by_path
}

/// The titles of the commits that the lines of a file came from, one a line.
fn titles(sandbox: &Sandbox, lines: &[Line]) -> Vec<String> {
    let title = |line: &Line| {
        let title = sandbox.git(["log", "-1", "--format=%s", &line.1]);
        String::from_utf8(title).unwrap().trim().to_owned()
    };
    lines.iter().map(title).collect()
}

#[test]
fn a_commit_that_is_not_here_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "x\n");
    let commit = sandbox.commit("x");
    let nowhere: ObjectId = "1".repeat(40).parse().unwrap();
    let asked = origins(&Question {
        location: &Location::at(sandbox.root()),
        commit_id: nowhere,
        files: &files(&sandbox.repo(), commit),
        within: None,
        ignore_whitespace: false,
        index: None,
        compared: None,
        is_whole_tree: true,
        threads: 1,
        progress: &|_, _| {},
    });
    assert!(matches!(asked, Err(GitError::MissingObject { id }) if id == nowhere));
}
