//! Commits of every kind that Git makes, and those that it makes without asking us.

use harness::Sandbox;

use super::{MODEL, is_told, work, write};
use crate::lines::kinds;

/// HEAD has the verdict that its kind of commit is due.
#[track_caller]
fn head_is(repo: &Sandbox, verdict: &str, what: &str) {
    let verify = repo.provenance(["verify", "--json", "HEAD"]).json();
    let commits = verify["commits"].as_array().unwrap();
    let head = repo.head();
    let found = commits.iter().find(|commit| commit["commit"] == *head);
    assert_eq!(found.unwrap()["verdict"], verdict, "{what}: {verify:#}");
}

#[test]
fn attack_g38_every_kind_of_commit_has_the_verdict_that_it_is_due() {
    let repo = Sandbox::new().with_provenance();
    work(&repo, "root.txt");
    head_is(&repo, "verified", "a root commit");
    write(&repo, "all.txt");
    repo.git(["add", "--intent-to-add", "all.txt"]);
    repo.git(["commit", "--quiet", "--all", "-m", "all"]);
    head_is(&repo, "verified", "commit -a");
    write(&repo, "path.txt");
    repo.write("other.txt", "not yet\n");
    repo.git(["add", "path.txt", "other.txt"]);
    repo.git(["commit", "--quiet", "-m", "path", "--", "path.txt"]);
    head_is(&repo, "verified", "commit -- path");
    repo.git(["commit", "--quiet", "-m", "the rest"]);
    repo.git(["commit", "--quiet", "--allow-empty", "-m", "empty"]);
    head_is(&repo, "verified", "commit --allow-empty");
    let amend = ["commit", "--quiet", "--amend", "--allow-empty", "--no-edit"];
    repo.git(amend.iter().chain(&["--reset-author"]));
    head_is(&repo, "carried", "commit --amend --reset-author");
    for branch in ["one", "two", "three"] {
        repo.git(["checkout", "--quiet", "-b", branch, "main"]);
        work(&repo, &format!("{branch}.txt"));
    }
    repo.git(["checkout", "--quiet", "--detach", "main"]);
    repo.git([
        "merge",
        "--quiet",
        "--no-ff",
        "--no-edit",
        "one",
        "two",
        "three",
    ]);
    head_is(&repo, "verified", "an octopus");
    work(&repo, "detached.txt");
    head_is(&repo, "verified", "a detached HEAD");
    let mut rebase = repo.command("git");
    rebase
        .env("GIT_SEQUENCE_EDITOR", "sed -i 1s/^pick/reword/")
        .env("GIT_EDITOR", "sed -i 1s/^/reworded:/")
        .args(["rebase", "--quiet", "-i", "HEAD~1"]);
    repo.run(&mut rebase).succeeds();
    head_is(&repo, "carried", "a reword");
    for file in ["root", "all", "path", "one", "two", "three", "detached"] {
        is_told(&repo, &format!("{file}.txt"));
    }
    assert_eq!(kinds(&repo, "other.txt"), "h");
}

#[test]
fn attack_g40_a_commit_that_no_hook_of_ours_saw_is_nobodys() {
    let repo = Sandbox::new().with_provenance();
    work(&repo, "a.txt");
    // Another client, with an agent at work: it runs no hooks, and pins nothing.
    write(&repo, "b.txt");
    repo.git(["add", "-A"]);
    let hooks = "core.hooksPath=/nowhere";
    repo.git(["-c", hooks, "commit", "--quiet", "-m", "without hooks"]);
    // The forge merges, and squashes.
    let tree = repo.git(["write-tree"]);
    let merge = [
        "commit-tree",
        &tree,
        "-p",
        "HEAD",
        "-p",
        "HEAD~1",
        "-m",
        "Merge",
    ];
    let merge = repo.git(merge);
    repo.git(["update-ref", "refs/heads/main", &merge]);
    repo.agent(MODEL).edits("c.txt", "ai one\n");
    repo.git(["add", "-A"]);
    let tree = repo.git(["write-tree"]);
    let squash = repo.git(["commit-tree", &tree, "-p", "HEAD", "-m", "Squash"]);
    repo.git(["update-ref", "refs/heads/main", &squash]);
    let verify = repo.provenance(["verify", "--json", "HEAD"]).exits(1);
    let counts = &verify.json()["counts"];
    assert_eq!(
        (&counts["verified"], &counts["unattested"]),
        (&1.into(), &3.into())
    );
    assert_eq!(kinds(&repo, "b.txt"), "uuu");
    assert_eq!(kinds(&repo, "c.txt"), "u");
    is_told(&repo, "a.txt");
}
