//! Syncing: records and trust between people and a remote that they share, honest or not.

mod both_ways;
mod hostile;
mod many;
mod odd;
mod on_push;
mod trust;
mod unwilling;

use std::collections::BTreeSet;
use std::path::PathBuf;

use harness::{Output, Sandbox};
use serde_json::Value;

const NOTES: &str = "refs/notes/provenance";
const TRUST: &str = "refs/provenance/trust";

/// A bare repository that several people share, and Alice, who made it.
struct Hub {
    alice: Sandbox,
    path: PathBuf,
}

impl Hub {
    /// Alice has one commit with a record; branch, records and trust are at the hub.
    fn new() -> Self {
        let hub = Self::empty();
        hub.alice.write("base.txt", "base\n");
        hub.alice.commit("base");
        hub.alice.git(["push", "--quiet", "origin", "main"]);
        hub.alice.provenance(["sync"]).succeeds();
        hub
    }

    /// Nothing is at the hub, and nothing is sent there by a push.
    fn empty() -> Self {
        let alice = Sandbox::new().with_provenance();
        alice.git(["config", "provenance.autoSync", "false"]);
        let path = alice.path().join("../hub.git");
        alice.git(["init", "--quiet", "--bare", "../hub.git"]);
        alice.git(["remote", "add", "origin", "../hub.git"]);
        Self { alice, path }
    }

    /// Gives another person a clone of the hub, with hooks, a key and the hub's trust.
    fn clone_for(&self, name: &str) -> Sandbox {
        let clone = self.alice.clone_for(name);
        let path = self.path.canonicalize().unwrap();
        clone.git(["remote", "set-url", "origin", path.to_str().unwrap()]);
        clone
            .provenance(["init", "--yes", "--agents", "none"])
            .succeeds();
        clone.git(["config", "provenance.autoSync", "false"]);
        clone
    }

    /// The hub as a place to run Git in.
    fn bare(&self) -> Sandbox {
        self.alice.within("../hub.git")
    }

    /// Installs a hook of the hub's.
    fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path.join("hooks").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Makes a commit that nobody else has, with a record.
fn commits(person: &Sandbox, name: &str) -> String {
    person.write(name, format!("{name}\n"));
    person.commit(name)
}

/// Every line of every note, with its commit: what a clone or a hub has.
fn records(place: &Sandbox) -> BTreeSet<(String, String)> {
    let listed = place.git(["notes", "--ref=provenance", "list"]);
    let mut found = BTreeSet::new();
    for line in listed.lines() {
        let (_, commit) = line.split_once(' ').unwrap();
        // `git notes merge -s union` leaves blank lines.
        for line in place
            .note(commit)
            .into_iter()
            .filter(|line| !line.is_empty())
        {
            found.insert((commit.to_owned(), line));
        }
    }
    found
}

fn tip(place: &Sandbox, name: &str) -> Option<String> {
    let output = place.try_git(["rev-parse", "--verify", "--quiet", name]);
    (output.status == 0).then(|| output.text().trim().to_owned())
}

/// Runs `sync --json`, checks the document against its schema, and returns the first remote of it.
fn sync(person: &Sandbox, status: i32, args: &[&str]) -> Value {
    let output = synced(person, args).exits(status);
    let document = output.json();
    crate::schemas::validates("sync.v1", &document);
    document["remotes"][0].clone()
}

fn synced(person: &Sandbox, args: &[&str]) -> Output {
    let all = ["sync", "--json"].iter().chain(args);
    person.provenance(all)
}

/// The codes of what was found.
fn codes(remote: &Value) -> Vec<&str> {
    let findings = remote["findings"].as_array().unwrap();
    let code = |finding: &'_ Value| finding["code"].as_str().map(str::len);
    assert!(findings.iter().all(|finding| code(finding).is_some()));
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}
