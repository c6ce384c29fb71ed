//! `Session`: the way in for a harness that is written in Rust.
//!
//! Takes calls where other harnesses write JSON lines; the events are the same, and so is what is
//! seen of them. Ten lines are enough:
//!
//! ```no_run
//! use provenance_core::{capture::Session, clock, entropy, record::Tool};
//!
//! # fn write_the_file() {}
//! # fn main() -> Result<(), provenance_core::capture::CaptureError> {
//! let (clock, mut entropy) = (clock::System, entropy::System);
//! let tool = Tool { name: "my-agent".into(), version: Some("1.2".into()) };
//! let mut session = Session::start("/repo", "s-1", tool, "openai/gpt-5.1", &clock, &mut entropy)?;
//! session.prompt("retry on 429")?;
//! session.before_edit("c-1", ["src/retry.rs"])?;
//! write_the_file();
//! session.after_edit("c-1", "write", ["src/retry.rs"])?;
//! session.end()?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is not checked
//!
//! That `before_edit` comes before the edit. Called after it, the content before is found as for a
//! harness that announces nothing: the last state that is known, else the blob at HEAD.

use std::path::{Path, PathBuf};

use super::CaptureError;
use super::event::{Edit, Event, Kind};
use super::witness::Witness;
use crate::clock::Clock;
use crate::digest::Digest;
use crate::entropy::Entropy;
use crate::record::{Mode, Tool, Usage};

/// One session of an agent in one directory.
#[derive(Debug)]
pub struct Session<'e> {
    witness: Witness<'e>,
    /// What all events of the session have.
    event: Event,
}

impl<'e> Session<'e> {
    /// Starts a session, or resumes the one with this id.
    ///
    /// `model` is the name as the harness knows it, with its provider where that is known
    /// (`openai/gpt-5.1`). `dir` is where the agent works; outside a repository nothing is recorded,
    /// and nothing fails.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Write`] when the journal cannot be written.
    pub fn start(
        dir: impl Into<PathBuf>,
        id: impl Into<String>,
        tool: Tool,
        model: impl Into<String>,
        clock: &'e dyn Clock,
        entropy: &'e mut dyn Entropy,
    ) -> Result<Self, CaptureError> {
        let mut event = Event::new(id, tool, Kind::Session);
        event.cwd = Some(dir.into());
        event.model = Some(model.into());
        let mut session = Self {
            witness: Witness::new(clock, entropy),
            event,
        };
        session.say(None, Kind::Session)?;
        Ok(session)
    }

    /// Names the human in whose name the session runs, for the events that follow; without it, it
    /// is the Git identity.
    #[must_use]
    pub fn on_behalf_of(mut self, operator: impl Into<String>) -> Self {
        self.event.operator = Some(operator.into());
        self
    }

    /// Says how the model works, for the events that follow; without it, as an agent.
    #[must_use]
    pub fn in_mode(mut self, mode: Mode) -> Self {
        self.event.mode = mode;
        self
    }

    /// Takes down that a person prompted. The text is hashed and not kept.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn prompt(&mut self, text: &str) -> Result<(), CaptureError> {
        let text = text.to_owned();
        self.say(None, Kind::Prompt { text, human: true })
    }

    /// Takes down that the call `call` is about to change files.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn before_edit<P: AsRef<Path>>(
        &mut self,
        call: &str,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<(), CaptureError> {
        let paths = paths.into_iter().map(|path| path.as_ref().to_owned());
        let paths = paths.collect();
        self.say(Some(call), Kind::BeforeEdit { paths })
    }

    /// Takes down that the call `call` of the tool `name` changed files.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn after_edit<P: AsRef<Path>>(
        &mut self,
        call: &str,
        name: &str,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<(), CaptureError> {
        let files = paths.into_iter().map(|path| Edit {
            path: path.as_ref().to_owned(),
            ..Edit::default()
        });
        let files = files.collect();
        let name = name.to_owned();
        self.say(Some(call), Kind::AfterEdit { name, files })
    }

    /// Takes down what the worktree is before a shell command runs.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn before_shell(&mut self, call: &str, command: &str) -> Result<(), CaptureError> {
        let kind = Kind::BeforeShell {
            name: "shell".to_owned(),
            command: Some(command.to_owned()),
        };
        self.say(Some(call), kind)
    }

    /// Takes down what a shell command changed, whether it succeeded or not.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn after_shell(&mut self, call: &str) -> Result<(), CaptureError> {
        let name = "shell".to_owned();
        self.say(Some(call), Kind::AfterShell { name })
    }

    /// Takes down that something became part of what the model knows: `file`, `url`, ….
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn context(
        &mut self,
        kind: &str,
        name: &str,
        digest: Option<Digest>,
    ) -> Result<(), CaptureError> {
        let kind = Kind::Context {
            kind: kind.to_owned(),
            name: name.to_owned(),
            digest,
        };
        self.say(None, kind)
    }

    /// Takes down what was spent since the last such call.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn usage(&mut self, usage: Usage) -> Result<(), CaptureError> {
        self.say(None, Kind::Usage(usage))
    }

    /// Takes down what the session is for.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn task(&mut self, task: &str, rationale: Option<&str>) -> Result<(), CaptureError> {
        let kind = Kind::Task {
            task: Some(task.to_owned()),
            rationale: rationale.map(str::to_owned),
        };
        self.say(None, kind)
    }

    /// Takes down that a person accepted the change.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn approve(&mut self, approver: &str) -> Result<(), CaptureError> {
        let approver = approver.to_owned();
        self.say(None, Kind::Approve { approver })
    }

    /// Goes on with another model.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn switch_model(&mut self, model: &str) -> Result<(), CaptureError> {
        self.event.model = Some(model.to_owned());
        self.say(None, Kind::ModelSwitch)
    }

    /// Ends the session.
    ///
    /// # Errors
    ///
    /// [`CaptureError`] when it cannot be taken down.
    pub fn end(mut self) -> Result<(), CaptureError> {
        self.say(None, Kind::End)
    }

    fn say(&mut self, call: Option<&str>, kind: Kind) -> Result<(), CaptureError> {
        self.event.call = call.map(str::to_owned);
        self.event.kind = kind;
        self.witness.take(&self.event)
    }
}
