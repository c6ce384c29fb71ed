//! Repositories that are not the plain kind: in odd places, of odd formats and histories, with odd
//! messages and commits, and with files that are not on disk as Git keeps them.

mod commits;
mod conversions;
mod formats;
mod histories;
mod messages;
mod newcomers;
mod places;

use harness::Sandbox;

use crate::lines::kinds;

const MODEL: &str = "anthropic/claude-opus-4-5";

/// An agent's commit, whose line must be the agent's.
#[track_caller]
fn an_agents_commit_works(repo: &Sandbox) {
    repo.agent(MODEL).edits("odd.txt", "a\n");
    repo.commit("odd");
    assert_eq!(kinds(repo, "odd.txt"), "a");
    assert_eq!(repo.note("HEAD").len(), 1);
}

/// An agent writes two lines, and a person a third.
fn write(repo: &Sandbox, path: &str) {
    repo.agent(MODEL)
        .edits(path, format!("ai one of {path}\nai two\n"));
    repo.append(path, "by hand\n");
}

/// The same, committed.
#[track_caller]
fn work(repo: &Sandbox, path: &str) {
    write(repo, path);
    repo.commit(path);
}

/// Every question is answered as if the repository were plain.
#[track_caller]
fn is_told(repo: &Sandbox, path: &str) {
    assert_eq!(kinds(repo, path), "aah");
    let verify = repo.provenance(["verify", "--json", "HEAD"]).json();
    for verdict in ["untrusted", "invalid", "missing"] {
        assert_eq!(verify["counts"][verdict], 0, "{verify:#}");
    }
    assert!(
        verify["counts"]["verified"].as_u64().unwrap() > 0,
        "{verify:#}"
    );
    let log = repo.provenance(["log", "--json"]).succeeds().json();
    assert!(!log["records"].as_array().unwrap().is_empty(), "{log:#}");
    let stats = repo.provenance(["stats", "--json"]).succeeds().json();
    assert!(stats["lines"]["ai"].as_u64().unwrap() >= 2, "{stats:#}");
    assert!(stats["lines"]["human"].as_u64().unwrap() >= 1, "{stats:#}");
    repo.provenance(["status"]).succeeds();
}
