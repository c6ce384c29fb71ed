//! `Account`: what is known of one session in one worktree.
//!
//! Takes the session's entries in their order. Counts what the session's next record says, and
//! begins anew when a record used it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::context::{MAX_PARTS, Part};
use super::entry::{Act, Entry, Position, Reading};
use super::journal::Journal;
use super::{CaptureError, local};
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::record::{Mode, Tool, Usage};

/// The most that is read of a checkpoint: 64 MiB.
const MAX_CHECKPOINT_BYTES: u64 = 64 << 20;

/// What is known of one session in one worktree.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) id: String,
    /// Entries up to here are in it.
    upto: Position,
    pub(super) tool: Option<Tool>,
    #[serde(default)]
    pub(super) mode: Mode,
    /// The model of the session, and those of its subagents, by the subagent's id.
    pub(super) models: BTreeMap<String, String>,
    pub(super) operator: Option<String>,
    /// How far each transcript was read, by its path.
    pub(super) transcripts: BTreeMap<String, Transcript>,
    /// What was spent since the session's previous record, by model (empty where not known).
    pub(super) spent: Vec<(Position, String, Usage)>,
    /// What the model was given since the session's previous record.
    pub(super) given: Vec<(Position, Given)>,
    /// The last human prompt.
    pub(super) prompt: Option<Position>,
    pub(super) task: Option<String>,
    pub(super) rationale: Option<String>,
    pub(super) approver: Option<String>,
    /// The models of tool calls that a transcript told.
    pub(super) calls: BTreeMap<String, String>,
    pub(super) began: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    pub(super) ended: bool,
    /// The journal in which the session's prompts stand, where that is another.
    pub(super) home: Option<String>,
}

/// One part of what a model was given, before it is salted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Given {
    /// A prompt, salted when it came.
    Prompt(Digest, Option<String>),
    /// Something with a name.
    Named(String, String, Option<Digest>),
}

impl Given {
    /// Makes a part of the commitment of it.
    pub(super) fn part(self, part_salt: Digest) -> Part {
        match self {
            Self::Prompt(digest, text) => Part::prompt(digest, text),
            Self::Named(kind, name, content) => Part::named(part_salt, kind, name, content),
        }
    }

    /// Answers whether it is a prompt.
    pub(super) fn is_prompt(&self) -> bool {
        matches!(self, Self::Prompt(..))
    }
}

/// How far a transcript was read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Transcript {
    pub(super) subagent: String,
    pub(super) to: u64,
    pub(super) open: Vec<(String, String, Usage)>,
}

/// Who did a step, with which call of which tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct By {
    pub(super) session: String,
    pub(super) subagent: Option<String>,
    pub(super) model: Option<String>,
    pub(super) mode: Mode,
    pub(super) call: Option<String>,
    /// The harness's name of its tool.
    pub(super) name: String,
    pub(super) prompt: Option<Position>,
}

impl Account {
    /// Reads the checkpoint of a session, or begins one.
    pub(super) fn from_checkpoint(dir: &Path, id: &str) -> Self {
        // A checkpoint that cannot be read is as good as none: counters begin anew.
        let known = local::read(&checkpoint(dir, id), MAX_CHECKPOINT_BYTES)
            .ok()
            .flatten();
        let known = known.and_then(|json| serde_json::from_slice::<Self>(&json).ok());
        known
            .filter(|session| session.id == id)
            .unwrap_or_else(|| Self {
                id: id.to_owned(),
                ..Self::default()
            })
    }

    /// Takes in an entry, unless the checkpoint has it.
    pub(super) fn apply(&mut self, position: Position, entry: &Entry) {
        if position <= self.upto {
            return;
        }
        self.upto = position;
        self.began.get_or_insert(entry.at);
        self.last = Some(entry.at);
        self.ended = matches!(entry.act, Act::End);
        if let Some(tool) = &entry.tool {
            let known = self.tool.take().filter(|known| known.name == tool.name);
            let version = tool
                .version
                .clone()
                .or(known.and_then(|known| known.version));
            self.tool = Some(Tool {
                version,
                name: tool.name.clone(),
            });
            self.mode = entry.mode;
        }
        if self.operator.is_none() {
            self.operator.clone_from(&entry.operator);
        }
        if entry.home.is_some() {
            self.home.clone_from(&entry.home);
        }
        let subagent = entry.subagent.clone().unwrap_or_default();
        if let Some(model) = &entry.model {
            self.models.insert(subagent.clone(), model.clone());
        }
        if let Some(path) = &entry.transcript {
            let skipped = match &entry.act {
                Act::Session { transcript_bytes } => transcript_bytes.unwrap_or_default(),
                _ => 0,
            };
            let known = self.transcripts.entry(path.clone());
            known.or_insert_with(|| Transcript {
                subagent,
                to: skipped,
                open: Vec::new(),
            });
        }
        match &entry.act {
            Act::Prompt {
                digest,
                human,
                text,
            } => {
                if *human && entry.subagent.is_none() {
                    self.prompt = Some(position);
                }
                self.give(position, Given::Prompt(*digest, text.clone()));
            }
            Act::Context { kind, name, digest } => {
                self.give(position, Given::Named(kind.clone(), name.clone(), *digest));
            }
            Act::Used(usage) => {
                let model = entry.model.clone().or_else(|| self.models.get("").cloned());
                self.spent
                    .push((position, model.unwrap_or_default(), *usage));
            }
            Act::Transcript(reading) => self.read(position, reading),
            Act::Task { task, rationale } => {
                self.task = task.clone().or(self.task.take());
                self.rationale = rationale.clone().or(self.rationale.take());
            }
            Act::Approve { approver } => self.approver = Some(approver.clone()),
            _ => {}
        }
    }

    fn give(&mut self, position: Position, given: Given) {
        if self.given.len() < MAX_PARTS {
            self.given.push((position, given));
        }
    }

    /// Takes what a part of a transcript says; only once, whoever else read the same part.
    pub(super) fn read(&mut self, position: Position, reading: &Reading) {
        let known = self.transcripts.entry(reading.path.clone()).or_default();
        if known.to != reading.from {
            return;
        }
        known.to = reading.to;
        known.open.clone_from(&reading.open);
        let subagent = known.subagent.clone();
        if let Some(version) = &reading.version
            && let Some(tool) = &mut self.tool
        {
            tool.version = Some(version.clone());
        }
        if let Some(model) = &reading.model {
            self.models.insert(subagent, model.clone());
        }
        let calls = reading
            .calls
            .iter()
            .map(|(call, model)| (call.clone(), model.clone()));
        self.calls.extend(calls);
        let position = reading.as_of.unwrap_or(position);
        for (model, usage) in &reading.usage {
            self.spent.push((position, model.clone(), *usage));
        }
    }

    /// Writes the checkpoint, saying that everything up to `end` is in it.
    pub(super) fn keep(&mut self, dir: &Path, end: Position) -> Result<(), CaptureError> {
        self.upto = end;
        let path = checkpoint(dir, &self.id);
        let failed = |source| CaptureError::Write {
            path: path.clone(),
            source,
        };
        let json = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        local::write(&path, &json).map_err(failed)
    }

    /// Who does what an entry says: with the entry's own model, else the session's at this time.
    pub(super) fn by(&self, entry: &Entry) -> By {
        let subagent = entry.subagent.clone();
        let model = entry.model.clone();
        By {
            model: model.or_else(|| {
                self.models
                    .get(subagent.as_deref().unwrap_or_default())
                    .cloned()
            }),
            session: entry.session.clone(),
            subagent,
            mode: entry.mode,
            call: entry.call.clone(),
            name: String::new(),
            prompt: self.prompt,
        }
    }

    /// A record used what was journaled up to `seen`: counting begins anew after it.
    pub(super) fn used(&mut self, position: Position, seen: Position) {
        if position > self.upto {
            self.upto = position;
            self.spent.retain(|(at, ..)| *at > seen);
            self.given.retain(|(at, _)| *at > seen);
            self.approver = None;
        }
    }

    /// Takes over what the journal of the worktree in which the session runs knows of it: harness,
    /// models, operator and task. Prompts and tokens are counted there.
    pub(super) fn adopt_from_home(&mut self) {
        let Some(home) = &self.home else {
            return;
        };
        let journal = Journal::at(PathBuf::from(home));
        let mut there = Self::from_checkpoint(&journal.dir().join("sessions"), &self.id);
        for (position, entry) in journal.read().unwrap_or_default().entries {
            if entry.session == self.id {
                there.apply(position, &entry);
            }
        }
        self.tool = there.tool.or(self.tool.take());
        self.operator = there.operator.or(self.operator.take());
        self.task = self.task.take().or(there.task);
        for (subagent, model) in there.models {
            self.models.entry(subagent).or_insert(model);
        }
    }

    /// Returns where the transcripts of subagents should be that no event has named: beside the
    /// session's own, in `<session>/subagents/agent-<id>.jsonl`.
    pub(super) fn subagent_transcripts(&self, subagents: &[String]) -> Vec<(String, String)> {
        let mains = self
            .transcripts
            .iter()
            .filter(|(_, known)| known.subagent.is_empty());
        let folders: Vec<&str> = mains
            .filter_map(|(path, _)| path.strip_suffix(".jsonl"))
            .collect();
        let known = |id: &str| self.transcripts.values().any(|known| known.subagent == id);
        subagents
            .iter()
            .filter(|id| !known(id))
            .flat_map(|id| {
                folders
                    .iter()
                    .map(move |folder| (format!("{folder}/subagents/agent-{id}.jsonl"), id.clone()))
            })
            .collect()
    }

    /// Returns the name of the harness.
    pub(super) fn tool(&self) -> Tool {
        self.tool.clone().unwrap_or(Tool {
            name: "unknown".to_owned(),
            version: None,
        })
    }
}

pub(super) fn checkpoint(dir: &Path, id: &str) -> PathBuf {
    dir.join(format!("{}.json", Digest::of(id.as_bytes()).to_hex()))
}
