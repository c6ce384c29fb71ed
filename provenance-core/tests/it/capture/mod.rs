//! Capture in repositories made by Git: events in, claims out.

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use provenance_core::capture::{self, AgentHint, Observation, Scene, Witness, agent};
use provenance_core::clock::{self, Timestamp};
use provenance_core::digest::Digest;
use provenance_core::entropy;
use provenance_core::git::{ObjectId, Repo};
use provenance_core::record::{CommittedBy, Extent, Remainder};
use serde_json::{Value, json};

use crate::sandbox::Sandbox;

mod claude_code;
mod commits;
mod journal;
mod odd_files;
mod shell;

/// A repository that `init` has set up, with agents in it.
struct Watched {
    sandbox: Sandbox,
    calls: Cell<u32>,
}

impl Watched {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        capture::watch(&sandbox.repo()).unwrap();
        sandbox.git(["config", "user.name", "Carol"]);
        sandbox.git(["config", "user.email", "carol@example.com"]);
        Self {
            sandbox,
            calls: Cell::new(0),
        }
    }

    fn root(&self) -> PathBuf {
        self.sandbox.root()
    }

    fn repo(&self) -> Repo {
        self.sandbox.repo()
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        self.sandbox.write(path, content);
    }

    fn call(&self) -> String {
        self.calls.set(self.calls.get() + 1);
        format!("c-{}", self.calls.get())
    }

    /// Reports events of the generic protocol in session `s-1`.
    fn report(&self, event: &Value) {
        let cwd = self.root();
        let mut event = event.clone();
        let fields = event.as_object_mut().unwrap();
        fields.entry("session").or_insert(json!("s-1"));
        fields.entry("cwd").or_insert(json!(cwd.to_str().unwrap()));
        fields
            .entry("tool")
            .or_insert(json!({"name": "my-agent", "version": "1.2"}));
        fields.entry("model").or_insert(json!("openai/gpt-5.1"));
        take("generic", &event);
    }

    /// Lets an agent write a file, reported before and after.
    fn agent_writes(&self, path: &str, content: impl AsRef<[u8]>) {
        self.agent_does(&[path], || self.write(path, content));
    }

    fn agent_does(&self, paths: &[&str], act: impl FnOnce()) {
        let call = self.call();
        self.report(&json!({"event": "before-edit", "call": call, "paths": paths}));
        act();
        self.report(&json!({"event": "after-edit", "call": call, "paths": paths}));
    }

    /// Stages everything and asks what a commit of it would claim.
    fn pending(&self) -> Observation {
        self.sandbox.git(["add", "--all"]);
        self.pending_as_staged(AgentHint::default())
    }

    fn pending_as_staged(&self, agent: AgentHint) -> Observation {
        let tree_id = self.sandbox.id(["write-tree"]);
        let parents = self.head_trees();
        observe(&self.repo(), &parents, tree_id, agent)
    }

    fn head_trees(&self) -> Vec<ObjectId> {
        let head = self.repo().head().unwrap().commit_id;
        head.map(|id| self.repo().commit(id).unwrap().tree_id)
            .into_iter()
            .collect()
    }

    /// Commits everything, with a record whose id is the digest of its message.
    fn commit(&self, message: &str) -> Observation {
        let observation = self.pending();
        self.commit_staged(message, &observation);
        observation
    }

    fn commit_staged(&self, message: &str, observation: &Observation) {
        self.sandbox
            .git(["commit", "--quiet", "--allow-empty", "-m", message]);
        let record = Digest::of(message.as_bytes());
        capture::committed(&self.repo(), record, &observation.receipt, now()).unwrap();
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_767_225_600).unwrap()
}

fn observe(repo: &Repo, parents: &[ObjectId], tree_id: ObjectId, agent: AgentHint) -> Observation {
    let scene = Scene {
        parent_tree_ids: parents,
        tree_id,
        agent,
        now: now(),
    };
    capture::pending(repo, &scene).unwrap()
}

/// What the hook does with an event.
fn take(name: &str, event: &Value) {
    let clock = clock::Fixed(now());
    let mut entropy = entropy::System;
    let mut witness = Witness::new(&clock, &mut entropy);
    let parsed = agent::parse(name, event.to_string().as_bytes(), &|_| None);
    for event in &parsed.events {
        witness.take(event).unwrap();
    }
    for ignored in &parsed.ignored {
        witness.ignore(ignored).unwrap();
    }
}

/// The claims as text, one file a line: `a.rs ai 1-3 mixed 4-4`.
fn claims(observation: &Observation) -> Vec<String> {
    let mut lines = Vec::new();
    for contribution in &observation.contributions {
        for file in &contribution.files {
            let mut line = file.path.to_string();
            for (name, extent) in [("ai", &file.ai), ("mixed", &file.mixed)] {
                match extent {
                    Extent::All => write!(line, " {name} all").unwrap(),
                    Extent::Lines(ranges) => {
                        for range in ranges {
                            write!(line, " {name} {}-{}", range.start_line, range.end_line)
                                .unwrap();
                        }
                    }
                }
            }
            lines.push(line);
        }
    }
    lines.sort();
    lines
}
