//! `Agent`: a coding agent that reports with the generic protocol.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// A session of an agent named `my-agent` that speaks `provenance-hook agent generic`.
///
/// Every report is checked against the rules of the agents' entrance: it exits with 0 and prints
/// nothing, or exactly `{}`.
#[derive(Debug)]
pub struct Agent<'s> {
    sandbox: &'s Sandbox,
    session: String,
    model: String,
}

impl<'s> Agent<'s> {
    pub(crate) fn new(sandbox: &'s Sandbox, model: &str) -> Self {
        Self::with_session(sandbox, model, &format!("s-{}", sandbox.tick()))
    }

    /// Starts a session with this id.
    pub fn with_session(sandbox: &'s Sandbox, model: &str, session: &str) -> Self {
        let agent = Self {
            sandbox,
            session: session.to_owned(),
            model: model.to_owned(),
        };
        agent.report(json!({
            "event": "session",
            "tool": {"name": "my-agent", "version": "1.2"},
            "model": agent.model,
        }));
        agent
    }

    /// Returns the session's id.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Reports one event; `session` and `cwd` are filled in where it has none.
    #[track_caller]
    pub fn report(&self, mut event: Value) -> &Self {
        let fields = event.as_object_mut().expect("an event is an object");
        fields
            .entry("session")
            .or_insert_with(|| json!(self.session));
        fields
            .entry("cwd")
            .or_insert_with(|| json!(self.sandbox.path().to_str().unwrap()));
        report(self.sandbox, "generic", &event);
        self
    }

    /// Reports what a person asked.
    #[track_caller]
    pub fn is_asked(&self, text: &str) -> &Self {
        self.report(json!({"event": "prompt", "text": text}))
    }

    /// Writes a whole file, reported before and after.
    #[track_caller]
    pub fn edits(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        self.changes(&[path], || {
            self.sandbox.write(path, content);
        })
    }

    /// Appends to a file, reported before and after.
    #[track_caller]
    pub fn appends(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        self.changes(&[path], || {
            self.sandbox.append(path, content);
        })
    }

    /// Lets `change` happen to `paths` between a `before-edit` and an `after-edit`.
    #[track_caller]
    pub fn changes(&self, paths: &[&str], change: impl FnOnce()) -> &Self {
        let call = self.call();
        self.report(json!({"event": "before-edit", "call": call, "paths": paths}));
        change();
        self.report(json!({"event": "after-edit", "call": call, "paths": paths}))
    }

    /// Runs a shell command in the working folder, reported before and after.
    #[track_caller]
    pub fn runs(&self, command: &str) -> &Self {
        let call = self.call();
        self.report(json!({"event": "before-shell", "call": call, "command": command}));
        let mut shell = self.sandbox.command("sh");
        self.sandbox.run(shell.args(["-c", command])).succeeds();
        self.report(json!({"event": "after-shell", "call": call}))
    }

    /// Reports the end of the session.
    #[track_caller]
    pub fn ends(&self) {
        self.report(json!({"event": "end"}));
    }

    fn call(&self) -> String {
        format!("c-{}", self.sandbox.tick())
    }
}

/// Pipes one event to `provenance-hook agent <name>` and checks the rules of that entrance.
#[track_caller]
pub(crate) fn report(sandbox: &Sandbox, name: &str, event: &Value) {
    let output = sandbox
        .hook(["agent", name], event.to_string().as_bytes())
        .exits(0);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        matches!(stdout.trim_end(), "" | "{}") && output.stderr.is_empty(),
        "the agents' entrance prints nothing, or exactly {{}}; the event was\n{event}\n{}",
        output.full()
    );
}
