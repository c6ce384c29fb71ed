//! `Event`: one thing that an agent reported, in the one form that every harness is turned into.
//!
//! Adapters in [`agent`](crate::capture::agent) make events out of payloads, and
//! [`Session`](crate::capture::Session) makes them out of calls; everything behind them knows
//! events only. An event is what was *said*; the journal holds what was then *seen* of it.

use std::path::PathBuf;

use serde::Deserialize;

use crate::digest::Digest;
use crate::record::{Mode, Tool, Usage};

/// One report of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The session's id, as the harness gives it.
    pub session: String,
    /// The subagent inside the session, where the harness tells them apart.
    pub subagent: Option<String>,
    /// The harness.
    pub tool: Tool,
    /// The model's raw name, where the event itself has it.
    pub model: Option<String>,
    /// The human in whose name the session runs, where the harness knows.
    pub operator: Option<String>,
    /// How the model works.
    pub mode: Mode,
    /// The directory against which relative paths are read.
    pub cwd: Option<PathBuf>,
    /// The id of the tool call, the same before and after it.
    pub call: Option<String>,
    /// The harness's transcript of the session (or of the subagent).
    pub transcript: Option<PathBuf>,
    /// What happened.
    pub kind: Kind,
}

impl Event {
    /// Makes an event with nothing but what every event has.
    #[must_use]
    pub fn new(session: impl Into<String>, tool: Tool, kind: Kind) -> Self {
        Self {
            session: session.into(),
            subagent: None,
            tool,
            model: None,
            operator: None,
            mode: Mode::Agent,
            cwd: None,
            call: None,
            transcript: None,
            kind,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A session began or was resumed.
    Session,
    /// The model was given a turn.
    Prompt {
        /// What it was told; hashed at once, kept only where that is asked for.
        text: String,
        /// Whether a person said it, not a timer or the harness itself.
        human: bool,
    },
    /// A tool is about to change these files.
    BeforeEdit {
        /// The files, absolute or relative to the event's directory.
        paths: Vec<PathBuf>,
    },
    /// A tool changed these files.
    AfterEdit {
        /// The harness's name of its tool.
        name: String,
        /// What it changed.
        files: Vec<Edit>,
    },
    /// A tool call that was announced changed nothing.
    Failed,
    /// A shell command is about to run.
    BeforeShell {
        /// The harness's name of its tool.
        name: String,
        /// The command, of which only is kept whether it may commit.
        command: Option<String>,
    },
    /// A shell command has ended, well or badly.
    AfterShell {
        /// The harness's name of its tool.
        name: String,
    },
    /// Something became part of what the model knows.
    Context {
        /// What it is: `file`, `url`, …
        kind: String,
        /// Which one.
        name: String,
        /// The digest of its content; a file's is taken here where it is absent.
        digest: Option<Digest>,
    },
    /// Tokens were spent, or money.
    Usage(Usage),
    /// What the session is for.
    Task {
        /// The task.
        task: Option<String>,
        /// Why it is done so.
        rationale: Option<String>,
    },
    /// A person accepted the change.
    Approve {
        /// Who.
        approver: String,
    },
    /// The session goes on with another model, the event's.
    ModelSwitch,
    /// The agent waits for a person: the time for slow things.
    Idle,
    /// The session ended.
    End,
}

/// One file that a tool changed, with what its response told about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edit {
    /// The file, absolute or relative to the event's directory.
    pub path: PathBuf,
    /// The content that the tool started from.
    pub before: Before,
    /// The content that the tool proposes and has not written to disk.
    pub staged: Option<String>,
    /// Whether a person changed the proposal before it was written.
    pub user_modified: bool,
}

/// What a response tells about the content before the edit, the surest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Before {
    /// There was no file.
    Absent,
    /// The whole content.
    Content(String),
    /// The hunks that led from it to what is on disk now.
    Patch(Vec<PatchHunk>),
    /// Nothing: see the journal, else the blob at HEAD.
    #[default]
    Untold,
}

/// One hunk of a patch, with context: lines with a prefix of blank, `-` or `+`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PatchHunk {
    /// The first line on the new side, 1-based.
    pub new_start: usize,
    /// The lines, without their ends.
    pub lines: Vec<String>,
}
