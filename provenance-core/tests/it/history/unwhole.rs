//! Histories that are not whole: clones that end somewhere, and objects that are gone.

use provenance_core::attribute::history::{FileOrigins, Question, origins};
use provenance_core::git::{Location, ObjectId, Repo};

use super::{files, found, git_lines, lines};
use crate::sandbox::{Sandbox, run};

/// Three commits that each add a line to `file`, and one that brings `other`.
fn story() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, text) in [("one", "1\n"), ("two", "1\n2\n"), ("three", "1\n2\n3\n")] {
        sandbox.write("file", text);
        sandbox.commit(name);
    }
    sandbox.write("other", "x\n");
    sandbox.commit("other");
    sandbox
}

fn clone(sandbox: &Sandbox, name: &str, options: &[&str]) -> Location {
    let clone = sandbox.beside(name);
    let mut command = sandbox.command(&sandbox.root());
    let url = format!("file://{}", sandbox.root().display());
    let command = command
        .args(["clone", "-q"])
        .args(options)
        .arg(&url)
        .arg(&clone);
    let (output, ok) = run(command, b"");
    assert!(ok, "{}", String::from_utf8_lossy(&output));
    Location::at(clone)
}

#[test]
fn a_shallow_clone_gives_its_oldest_commits_what_cannot_be_followed() {
    let sandbox = story();
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let shallow = clone(&sandbox, "shallow", &["--depth=3"]);
    let told = |location: &Location| lines(&found(location, head, 1, false)[0].1);
    let git = |directory| {
        let mut blame = sandbox.command(directory);
        let (output, ok) = run(blame.args(["blame", "-s", "-l", "--root", "file"]), b"");
        assert!(ok);
        let text = String::from_utf8(output).unwrap();
        let id = |row: &str| row.trim_start_matches('^')[..39].to_owned();
        text.lines().map(id).collect::<Vec<_>>()
    };
    let ours = told(&shallow);
    let ids: Vec<_> = ours.iter().map(|line| line.1[..39].to_owned()).collect();
    assert_eq!(ids, git(&sandbox.beside("shallow")));
    // A parent that is here all the same is behind the boundary.
    let boundary = sandbox.root().join(".git/shallow");
    let second = sandbox.id(["rev-parse", "HEAD~2"]).to_string();
    std::fs::write(&boundary, format!("{second}\n")).unwrap();
    let here = Location::at(sandbox.root());
    assert_eq!(told(&here), git_lines(&sandbox, head, "file", &[]));
    assert_eq!(told(&here)[0].1, second);
}

#[test]
fn grafts_and_replaced_commits_change_nothing() {
    let sandbox = story();
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let here = Location::at(sandbox.root());
    let before = found(&here, head, 1, false);
    let second = sandbox.id(["rev-parse", "HEAD~1"]).to_string();
    std::fs::create_dir_all(sandbox.root().join(".git/info")).unwrap();
    std::fs::write(sandbox.root().join(".git/info/grafts"), format!("{head}\n")).unwrap();
    sandbox.git(["replace", "--graft", &second]);
    assert_eq!(found(&here, head, 1, false), before);
}

#[test]
fn what_is_missing_is_named_file_by_file_and_not_fetched() {
    let sandbox = story();
    sandbox.git(["config", "uploadpack.allowFilter", "true"]);
    sandbox.git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let partial = clone(
        &sandbox,
        "partial",
        &["--filter=blob:none", "--no-checkout"],
    );
    let bring = |name: &str| -> ObjectId {
        let id = sandbox.id(["rev-parse", name]);
        // Git fetches what it is asked for by name.
        let mut fetch = sandbox.command(&sandbox.beside("partial"));
        assert!(run(fetch.args(["cat-file", "-e", &id.to_string()]), b"").1);
        id
    };
    let origins_of = || {
        let all = found(&partial, head, 2, false).into_iter();
        all.map(|(_, origins)| origins).collect::<Vec<_>>()
    };
    let (newest, other) = (sandbox.id(["rev-parse", "HEAD:file"]), "HEAD:other");
    assert_eq!(origins_of()[0], FileOrigins::Missing(newest));
    bring("HEAD:file");
    bring(other);
    let older = sandbox.id(["rev-parse", "HEAD~2:file"]);
    let both = origins_of();
    assert_eq!(both[0], FileOrigins::Missing(older));
    // What is missing elsewhere is nothing to this file.
    assert_eq!(lines(&both[1]).len(), 1);
    bring("HEAD~2:file");
    bring("HEAD~3:file");
    assert_eq!(
        lines(&origins_of()[0]),
        git_lines(&sandbox, head, "file", &[])
    );
}

#[test]
fn attack_a_version_too_large_to_compare_is_left_to_git() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "x\n".repeat(1 << 20));
    sandbox.write("small", "x\n");
    sandbox.commit("large");
    sandbox.write("file", "y\n");
    sandbox.commit("small");
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let all = found(&Location::at(sandbox.root()), head, 1, false);
    assert_eq!(all[0].1, FileOrigins::Incomparable);
    assert_eq!(lines(&all[1].1), git_lines(&sandbox, head, "small", &[]));
}

#[test]
fn a_range_is_answered_without_what_came_before_it() {
    let sandbox = story();
    let head = sandbox.id(["rev-parse", "HEAD"]);
    let location = Location::at(sandbox.root());
    let repo = Repo::open(&location).unwrap();
    let range = repo.range(&["HEAD~3..HEAD"]).unwrap().into_iter().collect();
    let files = files(&repo, head);
    let asked = origins(&Question {
        location: &location,
        commit_id: head,
        files: &files,
        within: Some(&range),
        ignore_whitespace: false,
        index: None,
        compared: None,
        is_whole_tree: true,
        threads: 1,
        progress: &|_, _| {},
    });
    let asked = asked.unwrap();
    let all = git_lines(&sandbox, head, "file", &[]);
    assert_eq!(lines(&asked[0]), all[1..]);
    assert_eq!(lines(&asked[1]).len(), 1);
}
