//! What the history pass keeps changes no answer, whatever it is asked before, and whatever becomes
//! of the file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use provenance_core::attribute::history::{FileOrigins, IndexFile, Question, known, origins};
use provenance_core::git::{Location, ObjectId, Repo};

use super::random::histories;
use super::{files, found};
use crate::damage::is_mended;
use crate::sandbox::{Sandbox, run};

/// What is found with an index, and how many commits it took.
fn asked(sandbox: &Sandbox, commit_id: ObjectId, file: &Path, depth: usize) -> Asked {
    let repo = Repo::open(&Location::at(sandbox.root())).unwrap();
    let files = files(&repo, commit_id);
    let most = AtomicUsize::new(0);
    let answers = origins(&Question {
        location: &Location::at(sandbox.root()),
        commit_id,
        files: &files,
        within: None,
        ignore_whitespace: false,
        index: Some(IndexFile { path: file, depth }),
        compared: None,
        is_whole_tree: true,
        threads: 2,
        progress: &|_, total| {
            most.fetch_max(total, Ordering::Relaxed);
        },
    });
    Asked {
        answers: answers.unwrap(),
        commits: most.into_inner(),
    }
}

struct Asked {
    answers: Vec<FileOrigins>,
    commits: usize,
}

fn cold(sandbox: &Sandbox, commit_id: ObjectId) -> Vec<FileOrigins> {
    let found = found(&Location::at(sandbox.root()), commit_id, 1, false);
    found.into_iter().map(|(_, origins)| origins).collect()
}

fn index(sandbox: &Sandbox) -> PathBuf {
    sandbox.beside("index/history")
}

/// So many commits, each of which adds a line to one of two files.
fn line(commits: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    let mut texts = [String::new(), String::new()];
    for number in 0..commits {
        let text = &mut texts[number % 2];
        writeln!(text, "line {number}").unwrap();
        sandbox.write(["a", "b"][number % 2], &*text);
        sandbox.commit("more");
    }
    sandbox
}

#[test]
fn whatever_was_asked_before_the_answers_are_the_same() {
    let (mut fewer, mut all, mut told) = (0, 0, 0);
    for (seed, sandbox) in histories() {
        let refs = sandbox.git(["for-each-ref", "--format=%(objectname)", "refs/heads"]);
        let refs = String::from_utf8(refs).unwrap();
        let commits: Vec<ObjectId> = refs.lines().map(|id| id.parse().unwrap()).collect();
        let repo = sandbox.repo();
        for depth in [1, 3, 200] {
            let file = sandbox.beside(&format!("index-{depth}"));
            // In an order that has nothing to do with the history's.
            for step in 0..commits.len() {
                let commit_id =
                    commits[(step * 17 + usize::try_from(seed).unwrap()) % commits.len()];
                let asked = asked(&sandbox, commit_id, &file, depth);
                assert_eq!(
                    asked.answers,
                    cold(&sandbox, commit_id),
                    "seed {seed}: {commit_id}"
                );
                // One file alone finds what was just kept.
                let location = Location::at(sandbox.root());
                for (asked, answer) in files(&repo, commit_id).iter().zip(&asked.answers) {
                    let index = IndexFile { path: &file, depth };
                    let known = known(&location, index, commit_id, &asked.path).unwrap();
                    let FileOrigins::Lines(runs) = answer else {
                        assert_eq!(known, None);
                        continue;
                    };
                    // Where lines went to commits that are not kept, it is none.
                    told += usize::from(known.is_some());
                    assert!(
                        known.is_none_or(|known| known == *runs),
                        "seed {seed}: {commit_id}"
                    );
                }
                all += repo.range(&[commit_id.to_string().as_str()]).unwrap().len();
                fewer += asked.commits;
            }
        }
    }
    assert!(told > 500, "only {told} files were told from what was kept");
    assert!(fewer < all, "nothing was ever looked up: {fewer} of {all}");
}

#[test]
fn new_commits_are_all_that_is_visited() {
    let sandbox = line(30);
    let ask = |commit_id| asked(&sandbox, commit_id, &index(&sandbox), 8);
    let old = sandbox.id(["rev-parse", "HEAD~2"]);
    let head = sandbox.id(["rev-parse", "HEAD"]);
    assert_eq!(ask(old).commits, 28);
    let asked = ask(head);
    assert_eq!((asked.commits, asked.answers), (3, cold(&sandbox, head)));
    assert_eq!(ask(head).commits, 1);
    // One file alone is not looked for far from what is kept.
    let far = Location::at(sandbox.root());
    let depth = IndexFile {
        path: &index(&sandbox),
        depth: 8,
    };
    let old = sandbox.id(["rev-parse", "HEAD~20"]);
    assert_eq!(known(&far, depth, old, b"a").unwrap(), None);
    assert_eq!(known(&far, depth, head, b"nowhere").unwrap(), None);
    assert!(known(&far, depth, head, b"a").unwrap().is_some());
    // A branch that was written anew finds what it shares.
    sandbox.git(["checkout", "-q", "-b", "other", "HEAD~4"]);
    sandbox.write("a", "another\nline 0\n");
    let other = sandbox.commit("another");
    let asked = ask(other);
    assert_eq!((asked.commits, asked.answers), (2, cold(&sandbox, other)));
    // One that starts below what is kept is walked.
    sandbox.git(["checkout", "-q", "-b", "older", "HEAD~14"]);
    sandbox.write("b", "b\n");
    let older = sandbox.commit("older");
    let asked = ask(older);
    assert_eq!((asked.commits, asked.answers), (14, cold(&sandbox, older)));
}

#[test]
fn an_index_that_grows_for_ever_is_made_small() {
    let sandbox = line(60);
    let file = index(&sandbox);
    let mut sizes = Vec::new();
    for back in (0..60).rev() {
        let commit_id = sandbox.id(["rev-parse", &format!("HEAD~{back}")]);
        let asked = asked(&sandbox, commit_id, &file, 1);
        assert!(asked.commits <= 2, "{back}: {}", asked.commits);
        assert_eq!(asked.answers, cold(&sandbox, commit_id));
        sizes.push(std::fs::metadata(&file).unwrap().len());
    }
    assert!(
        sizes.windows(2).any(|sizes| sizes[1] < sizes[0]),
        "{sizes:?}"
    );
}

#[test]
fn a_damaged_index_is_none_and_made_anew() {
    let sandbox = line(12);
    let (head, file) = (sandbox.id(["rev-parse", "HEAD"]), index(&sandbox));
    let answers = asked(&sandbox, head, &file, 4).answers;
    assert_eq!(asked(&sandbox, head, &file, 4).commits, 1);
    // Every tenth is enough to meet each part of the file.
    is_mended(&file, 10, || {
        let asked = asked(&sandbox, head, &file, 4);
        assert_eq!((asked.commits, &asked.answers), (12, &answers));
    });
}

#[test]
fn a_place_that_cannot_be_written_costs_the_index_and_nothing_else() {
    let sandbox = line(5);
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let file = sandbox.beside("taken");
    std::fs::write(&file, "a file, not a directory").unwrap();
    let asked = asked(&sandbox, head, &file.join("history"), 4);
    assert_eq!(asked.answers, cold(&sandbox, head));
}

#[test]
fn what_a_shallow_clone_kept_is_not_believed_when_it_has_become_deep() {
    let origin = line(10);
    let url = format!("file://{}", origin.root().display());
    let sandbox = Sandbox::new();
    let fetch = |options: &[&str]| {
        let mut git = sandbox.command(&sandbox.root());
        let (_, ok) = run(
            git.args(["fetch", "-q"]).args(options).args([&url, "main"]),
            b"",
        );
        assert!(ok);
    };
    fetch(&["--depth=3"]);
    let (head, file) = (sandbox.id(["rev-parse", "FETCH_HEAD"]), index(&sandbox));
    let shallow = asked(&sandbox, head, &file, 4);
    assert_eq!(shallow.answers, cold(&sandbox, head));
    fetch(&["--unshallow"]);
    let deep = asked(&sandbox, head, &file, 4);
    assert_ne!(deep.answers, shallow.answers);
    assert_eq!((deep.commits, deep.answers), (10, cold(&origin, head)));
}
