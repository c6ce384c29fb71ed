//! `Entry`: one line of the journal, what was seen of one event.
//!
//! An entry names contents by digest and never holds prompt text (unless that was asked for). It is
//! local and private: nobody else's tool reads it, so its form may change with the version of this
//! program; lines of a form that is not known are counted and passed over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::agent::Why;
use super::states::State;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::record::{Mode, RecordId, Tool, Usage};
use crate::repo_path::RepoPath;

/// Where a line of the journal stands. Later lines are greater.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(from = "(u64, u64)", into = "(u64, u64)")]
pub struct Position {
    /// The number of the segment.
    pub generation: u64,
    /// The offset of the byte after the line.
    pub end: u64,
}

impl From<(u64, u64)> for Position {
    fn from((generation, end): (u64, u64)) -> Self {
        Self { generation, end }
    }
}

impl From<Position> for (u64, u64) {
    fn from(position: Position) -> Self {
        (position.generation, position.end)
    }
}

/// What was seen of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// When; for people and for timeouts, never for the order, which is that of the lines.
    pub(super) at: Timestamp,
    pub(super) session: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subagent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tool: Option<Tool>,
    #[serde(default)]
    pub(super) mode: Mode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) operator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) call: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) transcript: Option<String>,
    /// The journal of the worktree in which the session runs, where that is another one: the
    /// session's prompts and models stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) home: Option<String>,
    pub(super) act: Act,
}

impl Entry {
    /// Makes an entry of our own about a session.
    pub(super) fn of_session(session: &str, at: Timestamp, act: Act) -> Self {
        Self {
            at,
            session: session.to_owned(),
            subagent: None,
            tool: None,
            mode: Mode::default(),
            model: None,
            operator: None,
            call: None,
            transcript: None,
            home: None,
            act,
        }
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Act {
    Session {
        /// How long the transcript is already: what stands in it was spent before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript_bytes: Option<u64>,
    },
    Prompt {
        /// The salted digest of the text.
        digest: Digest,
        human: bool,
        /// The text, where `provenance.keepPrompts` asks for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// The states before an announced edit.
    BeforeEdit {
        files: Vec<(RepoPath, State)>,
    },
    /// A tool changed files.
    Edited {
        name: String,
        files: Vec<Change>,
    },
    /// The announced edit did not happen.
    Failed,
    BeforeShell {
        name: String,
        /// The worktree before, a kept [`Snapshot`](super::shell::Snapshot).
        snapshot: Digest,
        head: Option<ObjectId>,
        /// Whether the command may make a commit.
        commits: bool,
    },
    /// A shell command ended, and these files differ.
    AfterShell {
        name: String,
        files: Changes,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    Context {
        kind: String,
        name: String,
        digest: Option<Digest>,
    },
    Used(Usage),
    /// A part of a transcript was read. Counts only where `from` is where the last reading ended.
    Transcript(Box<Reading>),
    Task {
        task: Option<String>,
        rationale: Option<String>,
    },
    Approve {
        approver: String,
    },
    ModelSwitch,
    Idle,
    End,
    /// A part of a payload was not understood.
    Ignored {
        why: Why,
        name: String,
    },
    /// A commit used what the journal held up to `seen`.
    Committed {
        record: RecordId,
        seen: Position,
        sessions: Vec<String>,
        /// The files whose edits were counted; all where absent.
        paths: Option<Vec<RepoPath>>,
    },
}

/// A change of one file by a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) path: RepoPath,
    /// What was there before, where that is known without the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<State>,
    pub(super) after: State,
    /// The path from which the file was moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<RepoPath>,
    /// A person changed the proposal before it was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) mixed: bool,
    /// HEAD, where nothing told what was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) head: Option<ObjectId>,
    /// Not the session's: the content is that of a commit, checked out or merged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) foreign: bool,
}

/// Changes in the line itself, or, where there are many, in a kept state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Changes {
    Here(Vec<Change>),
    Kept(Digest),
}

/// What a part of a transcript says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Reading {
    pub(super) path: String,
    pub(super) from: u64,
    pub(super) to: u64,
    /// Where in the journal its usage counts, where that is not where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) as_of: Option<Position>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    /// The model of the last message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    /// What each model used in this part.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) usage: BTreeMap<String, Usage>,
    /// The last messages, whose rows may go on in the next part: id, model, counted so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) open: Vec<(String, String, Usage)>,
    /// The models of tool calls, where this part has several models.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) calls: BTreeMap<String, String>,
}
