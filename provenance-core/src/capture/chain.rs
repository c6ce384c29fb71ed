//! `FileChain`: the chain of states of one file, from its first edit by an agent to a commit.
//!
//! Takes the steps that the journal knows of one path and the blob of a commit; gives a label for
//! each line of the blob ([`lines`](super::lines)), or the word that the file is an agent's as a
//! whole where its lines cannot be told.
//!
//! Invariants: the chain is not cut by a commit. What was labelled stays labelled, so lines that
//! come back after a reset, a stash or a split commit are still known. A checkpoint
//! (`files/<digest>.json` beside the journal) holds the labels at one position of the journal; it
//! is a cache of closed segments and replaced whole.
//!
//! Where a state is missing (pruned, damaged, larger than is kept) lines cannot be matched: the
//! claim is widened to the whole file, never narrowed.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::account::By;
use super::entry::Position;
use super::fold::{Step, Steps, Used};
use super::lines::{Chain, Label};
use super::shell::Tree;
use super::site::Site;
use super::states::State;
use super::{CaptureError, local};
use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::record::Mode;
use crate::repo_path::RepoPath;

/// The most that is read of a checkpoint: the largest file and what it held before, as JSON.
const MAX_CHECKPOINT_BYTES: u64 = 256 << 20;
/// The most calls that are remembered of one file until a commit uses them.
const MAX_CALLS: usize = 4096;

/// Whose a line is: a session, one of its models, and how surely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) session: String,
    pub(super) subagent: Option<String>,
    pub(super) model: Option<String>,
    pub(super) mode: Mode,
    /// The journal in which the session is known, where that is another worktree's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) home: Option<String>,
    /// The session or a person: a command was running when a person committed.
    #[serde(default)]
    pub(super) unsure: bool,
}

/// One call of a tool that changed the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) at: Position,
    pub(super) key: u32,
    pub(super) id: Option<String>,
    pub(super) name: String,
    pub(super) prompt: Option<Position>,
}

/// The chain of one file, at one position of the journal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct FileChain {
    upto: Position,
    path: Option<RepoPath>,
    pub(super) keys: Vec<Key>,
    /// Calls that no record has counted yet.
    pub(super) calls: Vec<Call>,
    /// The content at this position, and the chain of its labels.
    content: Option<State>,
    lines: Option<Chain<u32>>,
    /// Since when, and whose, the file is as a whole.
    whole: Option<(Position, u32)>,
    /// The state that the last agent's step left.
    pub(super) left: Option<State>,
}

/// What the lines of a blob are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Labels {
    /// One label for each line.
    Lines(Vec<Label<u32>>),
    /// The file is this key's.
    Whole(u32),
    /// No agent's.
    Nobody,
}

impl FileChain {
    /// Reads the checkpoint of a path, or begins a chain.
    pub(super) fn open(site: &Site<'_>, path: &RepoPath) -> Self {
        let known = local::read(&checkpoint(site, path), MAX_CHECKPOINT_BYTES)
            .ok()
            .flatten();
        let known = known.and_then(|json| serde_json::from_slice::<Self>(&json).ok());
        known
            .filter(|chain| chain.path.as_ref() == Some(path))
            .unwrap_or_else(|| Self {
                path: Some(path.clone()),
                ..Self::default()
            })
    }

    /// Answers whether no agent ever touched the file.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Writes the checkpoint, saying that everything up to `end` is in it.
    pub(super) fn keep(&mut self, site: &Site<'_>, end: Position) -> Result<(), CaptureError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        self.upto = end;
        let path = checkpoint(site, path);
        let failed = |source| CaptureError::Write {
            path: path.clone(),
            source,
        };
        let json = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        local::write(&path, &json).map_err(failed)
    }

    /// Goes through the steps that are not in the checkpoint; returns how many they were.
    pub(super) fn replay(&mut self, site: &Site<'_>, steps: &Steps) -> usize {
        self.replay_to(site, steps, None)
    }

    fn replay_to(&mut self, site: &Site<'_>, steps: &Steps, before: Option<Position>) -> usize {
        let upto = self.upto;
        let own = self.path.as_ref().and_then(|path| steps.get(path));
        let own = own.into_iter().flatten().filter(|step| {
            step.position > upto && before.is_none_or(|before| step.position < before)
        });
        let mut count = 0;
        for step in own {
            count += 1;
            match &step.from {
                Some(from) if self.lines.is_none() => self.arrive(site, steps, step, from),
                _ => self.step(site, step),
            }
        }
        count
    }

    /// Writes the checkpoint in the middle of a segment, so that the next commit need not go
    /// through the same steps again.
    pub(super) fn keep_early(
        &mut self,
        site: &Site<'_>,
        end: Position,
    ) -> Result<(), CaptureError> {
        let locked = site.journal.lock()?;
        // Whoever closed the segment meanwhile has kept more than this.
        if site.journal.is_current(&locked, end.generation) {
            self.keep(site, end)?;
        }
        Ok(())
    }

    /// Begins with the lines that the file had at the path from which a command moved it.
    fn arrive(&mut self, site: &Site<'_>, steps: &Steps, step: &Step, from: &RepoPath) {
        let mut source = Self::open(site, from);
        // Positions only go back, so a file that is moved to and fro comes to an end.
        source.replay_to(site, steps, Some(step.position));
        source.count(step);
        let start = || content(site, &step.after).map(|text| Chain::start(&text));
        self.lines = source.lines.or_else(start);
        self.keys = source.keys;
        self.calls = source.calls;
        self.content = Some(step.after.clone());
        self.left = Some(step.after.clone());
    }

    /// Counts the call of a step.
    fn count(&mut self, step: &Step) -> u32 {
        let key = self.key(&step.by, false);
        if self.calls.len() < MAX_CALLS {
            self.calls.push(Call {
                at: step.position,
                key,
                id: step.by.call.clone(),
                name: step.by.name.clone(),
                prompt: step.by.prompt,
            });
        }
        key
    }

    /// Forgets the calls that records have counted.
    pub(super) fn count_out(&mut self, used: &[Used]) {
        let Some(path) = self.path.clone() else {
            return;
        };
        for used in used {
            if used
                .paths
                .as_ref()
                .is_some_and(|paths| !paths.contains(&path))
            {
                continue;
            }
            let keys = &self.keys;
            self.calls.retain(|call| {
                let session = keys.get(call.key as usize).map(|key| &key.session);
                call.at > used.seen || !session.is_some_and(|id| used.sessions.contains(id))
            });
            self.whole = self.whole.filter(|(at, _)| *at > used.seen);
        }
    }

    /// Labels the lines of a committed blob; `None` for a blob that has no lines.
    pub(super) fn settle(&self, blob: Option<&[u8]>) -> Labels {
        if let Some((_, key)) = self.whole {
            return Labels::Whole(key);
        }
        let last = || match self.calls.last() {
            Some(call) => Labels::Whole(call.key),
            None => Labels::Nobody,
        };
        match (&self.lines, blob) {
            (Some(lines), Some(blob)) => match lines.settle(blob) {
                Ok(labels) => Labels::Lines(labels),
                // Too large to compare: the last agent's as a whole.
                Err(_) => last(),
            },
            (_, None) => last(),
            (None, Some(_)) => Labels::Nobody,
        }
    }

    /// Answers whether a blob is the last content that was seen.
    pub(super) fn is_now(&self, blob: &[u8]) -> bool {
        matches!(&self.content, Some(State::Text(digest)) if *digest == Digest::of(blob))
    }

    /// Says that this chain is another worktree's.
    pub(super) fn came_from(&mut self, journal: &Path) {
        for key in &mut self.keys {
            key.home = journal.to_str().map(str::to_owned);
        }
    }

    /// Answers whether a blob (or its absence) is what the last agent's step left.
    pub(super) fn is_left(&self, blob: Option<&[u8]>) -> bool {
        !self.calls.is_empty()
            && match (&self.left, blob) {
                (Some(State::Absent), None) => true,
                (Some(State::Text(digest)), Some(blob)) => *digest == Digest::of(blob),
                _ => false,
            }
    }

    /// Adds the step from what a running command started from to the blob that it commits (or that
    /// a person commits beside it, where `unsure`). For a copy of the chain: the journal sees the
    /// same change when the command ends.
    pub(super) fn observe_commit(&mut self, by: &By, unsure: bool, before: &[u8], blob: &[u8]) {
        let key = self.key(by, unsure);
        let lines = self.lines.get_or_insert_with(|| Chain::start(before));
        let observed = lines.observe_agent(before, blob, key);
        if observed.is_err() {
            self.whole = Some((Position::default(), key));
        }
    }

    fn step(&mut self, site: &Site<'_>, step: &Step) {
        if step.foreign {
            for state in step.before.iter().chain([&step.after]) {
                self.observe_elsewhere(site, state);
            }
            return;
        }
        let key = self.count(step);
        self.left = Some(step.after.clone());
        if self.observe(site, step, key).is_none() {
            self.whole = Some((step.position, key));
            self.lines = None;
            self.content = None;
        }
    }

    /// Takes in a state that is nobody's work here.
    fn observe_elsewhere(&mut self, site: &Site<'_>, state: &State) {
        if let Some(content) = content(site, state)
            && let Some(lines) = &mut self.lines
            // What is too large leaves the labels as they were, for the next state.
            && lines.observe_elsewhere(&content).is_ok()
        {
            self.content = Some(state.clone());
        }
    }

    /// Adds a step to the labels; `None` where its states are not there or cannot be compared.
    fn observe(&mut self, site: &Site<'_>, step: &Step, key: u32) -> Option<()> {
        let mut befores = Vec::new();
        for state in &step.before {
            befores.push((state.clone(), content(site, state)?));
        }
        if befores.is_empty() {
            // Nothing told: what the journal knows last, else what HEAD had.
            befores.push(match &self.content {
                Some(state) => (state.clone(), content(site, state)?),
                None => (State::Absent, self.at_head(site, step.head)),
            });
        }
        let after = content(site, &step.after)?;
        let mut last = Vec::new();
        for (state, before) in befores {
            match &mut self.lines {
                None => self.lines = Some(Chain::start(&before)),
                Some(lines) if self.content.as_ref() != Some(&state) => {
                    lines.observe_elsewhere(&before).ok()?;
                }
                Some(_) => {}
            }
            self.content = Some(state);
            last = before;
        }
        let lines = self.lines.as_mut()?;
        let observed = if step.mixed {
            lines.observe_modified_agent(&last, &after, key)
        } else {
            lines.observe_agent(&last, &after, key)
        };
        observed.ok()?;
        self.content = Some(step.after.clone());
        Some(())
    }

    fn at_head(&self, site: &Site<'_>, head: Option<ObjectId>) -> Vec<u8> {
        let path = self.path.as_ref();
        path.and_then(|path| Tree::of(&site.repo, head).ok()?.text(path).ok()?)
            .unwrap_or_default()
    }

    /// Returns the number of a key.
    fn key(&mut self, by: &By, unsure: bool) -> u32 {
        let key = Key {
            session: by.session.clone(),
            subagent: by.subagent.clone(),
            model: by.model.clone(),
            mode: by.mode,
            home: None,
            unsure,
        };
        let number = self
            .keys
            .iter()
            .position(|known| *known == key)
            .unwrap_or_else(|| {
                self.keys.push(key);
                self.keys.len() - 1
            });
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}

/// What a state holds.
pub(super) fn content(site: &Site<'_>, state: &State) -> Option<Vec<u8>> {
    match state {
        State::Absent => Some(Vec::new()),
        State::Text(digest) => site.states.read(*digest),
        State::Opaque(_) => None,
    }
}

fn checkpoint(site: &Site<'_>, path: &RepoPath) -> PathBuf {
    let name = Digest::of(path.as_bytes()).to_hex();
    let shard = Path::new("files").join(name.get(..2).unwrap_or_default());
    site.journal.dir().join(shard).join(format!("{name}.json"))
}
