//! `Announcements`: edits that an agent said it would make, and that were not seen to end.
//!
//! Takes announcements and what happens after them; gives the states of the files at the
//! announcement, for the edit's end, and the edits that may have been made without their end being
//! seen: the agent was stopped, or is in the middle of it. What is new in their files since is the
//! agent's or a person's.
//!
//! # What is not checked
//!
//! Whether a person denied an edit, where the harness does not say so. That is taken for granted
//! when its actor was prompted or came to rest since, or began something new after others of the
//! same time had ended.

use super::account::By;
use super::entry::{Act, Entry, Position};
use super::states::State;
use crate::repo_path::RepoPath;

/// The most announced edits that are waited for.
const MAX_ANNOUNCED: usize = 256;

/// The announced edits of one journal, in their order.
#[derive(Debug, Default)]
pub(super) struct Announcements {
    open: Vec<Announced>,
}

#[derive(Debug)]
struct Announced {
    position: Position,
    entry: Entry,
    by: By,
    /// Something else of its actor ended since.
    overtaken: bool,
    /// It will not be done any more, most likely.
    doubtful: bool,
}

impl Announced {
    fn files(&self) -> &[(RepoPath, State)] {
        match &self.entry.act {
            Act::BeforeEdit { files } => files,
            _ => &[],
        }
    }
}

impl Announcements {
    /// Adds an announcement.
    pub(super) fn add(&mut self, position: Position, entry: Entry, by: By) {
        // Of many that a person denied, the oldest will not be done any more.
        if self.open.len() >= MAX_ANNOUNCED {
            self.open.remove(0);
        }
        self.open.push(Announced {
            position,
            entry,
            by,
            overtaken: false,
            doubtful: false,
        });
    }

    /// Takes the states at the announcement of the same call; where calls have no id, of the
    /// session's last announcement.
    pub(super) fn take(&mut self, by: &By) -> Vec<(RepoPath, State)> {
        let same = |open: &Announced| open.by.session == by.session && open.by.call == by.call;
        match self.open.iter().rposition(same) {
            Some(number) => self.open.remove(number).files().to_vec(),
            None => Vec::new(),
        }
    }

    /// Finds out what an act of an actor says about the edits that it announced before.
    pub(super) fn doubt(&mut self, by: &By, act: &Act) {
        let is_actors = |open: &&mut Announced| {
            open.by.session == by.session && open.by.subagent == by.subagent
        };
        for open in self.open.iter_mut().filter(is_actors) {
            match act {
                Act::Edited { .. } | Act::AfterShell { .. } | Act::Failed => open.overtaken = true,
                Act::BeforeEdit { .. } | Act::BeforeShell { .. } => open.doubtful |= open.overtaken,
                Act::Prompt { human: true, .. } | Act::Idle => open.doubtful = true,
                _ => {}
            }
        }
    }

    /// Doubts what was announced before a second.
    pub(super) fn doubt_older(&mut self, second: i64) {
        for open in &mut self.open {
            open.doubtful |= open.entry.at.unix_seconds() <= second;
        }
    }

    /// Doubts what a commit accounted for: its record says that the lines are open.
    pub(super) fn committed(&mut self, seen: Position, paths: &[RepoPath]) {
        for open in &mut self.open {
            let is_there = open.files().iter().any(|(path, _)| paths.contains(path));
            open.doubtful |= open.position <= seen && is_there;
        }
    }

    /// Forgets what a session announced.
    pub(super) fn end(&mut self, session: &str) {
        self.open.retain(|open| open.by.session != session);
    }

    /// Answers whether an edit may be under way.
    pub(super) fn any(&self) -> bool {
        self.open.iter().any(|open| !open.doubtful)
    }

    /// Returns the edits of a file that may have been made, each with the state of the file at the
    /// announcement.
    pub(super) fn of_file(&self, path: &RepoPath) -> Vec<(&By, &State)> {
        let open = self.open.iter().filter(|open| !open.doubtful);
        open.filter_map(|open| {
            let (_, state) = open.files().iter().find(|(file, _)| file == path)?;
            Some((&open.by, state))
        })
        .collect()
    }

    /// Returns the entries, for the next segment of the journal.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (Position, Entry)> {
        self.open
            .into_iter()
            .map(|open| (open.position, open.entry))
    }
}
