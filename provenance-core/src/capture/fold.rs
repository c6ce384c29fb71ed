//! `Watched`: what the entries of a journal say about each session, and the steps of each file.
//!
//! Takes entries in their order and folds them. Nothing is kept twice: a checkpoint
//! (`sessions/<digest>.json` beside the journal) holds what closed segments said about a session,
//! and entries up to its position are passed over.
//!
//! A harness may report the same event twice, because several programs read one settings file:
//! the second report of a session's tool call is dropped.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use super::account::{Account, By};
use super::announced::Announcements;
use super::entry::{Act, Change, Entry, Position, Reading};
use super::gap::Gap;
use super::journal::Segment;
use super::site::Site;
use super::states::State;
use super::{CaptureError, shell};
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::repo_path::RepoPath;

/// A command that began longer ago has ended, whatever was reported: 12 hours, in seconds.
const SHELL_SECONDS: i64 = 12 * 3600;

/// A shell command that began and was not seen to end.
#[derive(Debug, Clone)]
pub(super) struct OpenShell {
    pub(super) position: Position,
    pub(super) entry: Entry,
    pub(super) by: By,
    pub(super) snapshot: Digest,
    pub(super) head: Option<ObjectId>,
    pub(super) commits: bool,
    /// Files that the command committed already, as its own.
    pub(super) committed: Vec<RepoPath>,
    /// The session went on to something else since: it has most likely ended.
    pub(super) doubtful: bool,
}

/// One step in the chain of states of a file.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) position: Position,
    pub(super) by: By,
    /// The states before, the surest last: at the announcement, and as it was told.
    pub(super) before: Vec<State>,
    pub(super) after: State,
    pub(super) from: Option<RepoPath>,
    pub(super) mixed: bool,
    pub(super) foreign: bool,
    pub(super) head: Option<ObjectId>,
}

/// A commit that used what was journaled.
#[derive(Debug, Clone)]
pub(super) struct Used {
    pub(super) seen: Position,
    pub(super) sessions: Vec<String>,
    pub(super) paths: Option<Vec<RepoPath>>,
}

/// The steps of every file, in their order.
pub(super) type Steps = BTreeMap<RepoPath, Vec<Step>>;

/// Everything that the current segment and the checkpoints behind it say.
#[derive(Debug, Default)]
pub(super) struct Watched {
    dir: PathBuf,
    pub(super) sessions: HashMap<String, Account>,
    pub(super) steps: Steps,
    pub(super) shells: Vec<OpenShell>,
    pub(super) announced: Announcements,
    pub(super) used: Vec<Used>,
    /// What was not understood, by name.
    pub(super) ignored: BTreeMap<String, u64>,
    /// What was out of the ordinary while watching, as codes.
    pub(super) notes: Vec<(Position, String)>,
    pub(super) end: Position,
    /// Lines of the journal that could not be read, and that no record has accounted for.
    pub(super) damaged: u64,
    seen: HashSet<(String, String, u8)>,
}

impl Watched {
    /// Folds the current segment of a worktree's journal.
    pub(super) fn of(site: &Site<'_>, now: Timestamp) -> Result<Self, CaptureError> {
        let segment = site.journal.read()?;
        Ok(Self::fold(site, segment, now))
    }

    /// Folds a segment.
    pub(super) fn fold(site: &Site<'_>, segment: Segment, now: Timestamp) -> Self {
        let mut watched = Self {
            dir: site.journal.dir().join("sessions"),
            end: segment.end,
            damaged: Gap::unaccounted(&site.journal, &segment.damaged),
            ..Self::default()
        };
        for (position, entry) in segment.entries {
            watched.apply(site, position, entry);
        }
        watched
            .shells
            .retain(|shell| now.unix_seconds() - shell.entry.at.unix_seconds() < SHELL_SECONDS);
        watched
            .announced
            .doubt_older(now.unix_seconds() - SHELL_SECONDS);
        watched
    }

    /// Returns a session, from its checkpoint where this segment does not speak of it.
    pub(super) fn session(&mut self, id: &str) -> &mut Account {
        let dir = &self.dir;
        self.sessions
            .entry(id.to_owned())
            .or_insert_with(|| Account::from_checkpoint(dir, id))
    }

    /// Writes a checkpoint of every session.
    pub(super) fn keep_sessions(&mut self) -> Result<(), CaptureError> {
        for session in self.sessions.values_mut() {
            session.keep(&self.dir, self.end)?;
        }
        Ok(())
    }

    fn apply(&mut self, site: &Site<'_>, position: Position, entry: Entry) {
        if self.is_doubled(&entry) {
            return;
        }
        if let Act::Ignored { why, name } = &entry.act {
            let why = serde_json::to_string(why).unwrap_or_default();
            let what = format!("{} {name}", why.trim_matches('"'));
            *self.ignored.entry(what.trim_end().to_owned()).or_default() += 1;
            return;
        }
        if let Act::Committed {
            seen,
            sessions,
            paths,
            ..
        } = entry.act
        {
            self.committed(
                position,
                Used {
                    seen,
                    sessions,
                    paths,
                },
            );
            return;
        }
        let session = self.session(&entry.session);
        session.apply(position, &entry);
        let by = session.by(&entry);
        self.announced.doubt(&by, &entry.act);
        if let Act::Transcript(reading) = &entry.act {
            self.tell_models(&entry.session, reading);
            return;
        }
        match entry.act {
            Act::BeforeEdit { .. } => self.announced.add(position, entry, by),
            Act::Edited { name, files } => {
                let before = self.announced.take(&by);
                self.step(position, &By { name, ..by }, files, &before);
            }
            Act::Failed => drop(self.announced.take(&by)),
            Act::BeforeShell {
                ref name,
                snapshot,
                head,
                commits,
            } => self.shells.push(OpenShell {
                position,
                by: By {
                    name: name.clone(),
                    ..by
                },
                snapshot,
                head,
                commits,
                committed: Vec::new(),
                doubtful: false,
                entry,
            }),
            Act::AfterShell { name, files, note } => {
                let committed = self.end_shell(&by);
                self.notes.extend(note.map(|note| (position, note)));
                match shell::read_changes(site, files) {
                    Some(mut files) => {
                        // What the command committed by itself is in HEAD, and still its own.
                        for change in &mut files {
                            change.foreign &= !committed.contains(&change.path);
                        }
                        self.step(position, &By { name, ..by }, files, &[]);
                    }
                    None => self.notes.push((position, "state-missing".to_owned())),
                }
            }
            Act::Prompt { human: true, .. } | Act::Idle => {
                let actor = (&by.session, &by.subagent);
                for open in &mut self.shells {
                    open.doubtful |= (&open.by.session, &open.by.subagent) == actor;
                }
            }
            Act::Session { .. } | Act::End => {
                self.shells.retain(|open| open.entry.session != by.session);
                self.announced.end(&by.session);
            }
            _ => {}
        }
    }

    /// Counts what a commit used.
    fn committed(&mut self, position: Position, used: Used) {
        for id in &used.sessions {
            self.session(id).used(position, used.seen);
        }
        let paths = used.paths.as_deref().unwrap_or_default();
        for open in &mut self.shells {
            if used.sessions.contains(&open.entry.session) {
                open.committed.extend_from_slice(paths);
            }
        }
        self.announced.committed(used.seen, paths);
        self.used.push(used);
    }

    /// Gives the steps of a session whose model no event told the model that the transcript tells:
    /// that of the call, else the one that spoke last when it was read.
    pub(super) fn tell_models(&mut self, session: &str, reading: &Reading) {
        let known = self.sessions.get(session);
        let Some(known) = known.and_then(|known| known.transcripts.get(&reading.path)) else {
            return;
        };
        let subagent = known.subagent.clone();
        for step in self.steps.values_mut().flatten() {
            let by = &mut step.by;
            let actor = by.subagent.as_deref().unwrap_or_default();
            if by.model.is_none() && by.session == session && actor == subagent {
                let of_call = by.call.as_ref().and_then(|call| reading.calls.get(call));
                by.model = of_call.or(reading.model.as_ref()).cloned();
            }
        }
    }

    /// Returns the sessions that did steps without a model, with their subagents.
    pub(super) fn without_model(&self) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for step in self.steps.values().flatten() {
            if step.by.model.is_none() {
                let subagents = found.entry(step.by.session.clone()).or_default();
                subagents.extend(
                    step.by
                        .subagent
                        .clone()
                        .filter(|id| !subagents.contains(id)),
                );
            }
        }
        found
    }

    /// Answers whether this report of a tool call was made before.
    fn is_doubled(&mut self, entry: &Entry) -> bool {
        let kind = match &entry.act {
            Act::BeforeEdit { .. } => 0,
            Act::Edited { .. } => 1,
            Act::BeforeShell { .. } => 2,
            Act::AfterShell { .. } => 3,
            _ => return false,
        };
        let Some(call) = &entry.call else {
            return false;
        };
        !self
            .seen
            .insert((entry.session.clone(), call.clone(), kind))
    }

    fn step(
        &mut self,
        position: Position,
        by: &By,
        files: Vec<Change>,
        announced: &[(RepoPath, State)],
    ) {
        for change in files {
            let at_announcement = announced.iter().find(|(path, _)| *path == change.path);
            let mut before: Vec<State> = at_announcement
                .map(|(_, state)| state.clone())
                .into_iter()
                .collect();
            before.extend(change.before);
            self.steps.entry(change.path).or_default().push(Step {
                position,
                by: by.clone(),
                before,
                after: change.after,
                from: change.from,
                mixed: change.mixed,
                foreign: change.foreign,
                head: change.head,
            });
        }
    }

    /// Answers whether a command of an agent may be running.
    pub(super) fn has_open_shell(&self) -> bool {
        self.shells.iter().any(|open| !open.doubtful)
    }

    /// Ends an open command; returns the files that it committed.
    fn end_shell(&mut self, by: &By) -> Vec<RepoPath> {
        let same = |open: &OpenShell| open.by.session == by.session && open.by.call == by.call;
        match self.shells.iter().rposition(same) {
            Some(number) => self.shells.remove(number).committed,
            None => Vec::new(),
        }
    }
}
