//! Relatives: chains that know lines of a file although they are not its own.
//!
//! Takes the paths that a commit changes; gives for each the chains of the same path in the
//! journals of other worktrees (a stash that was made there, a branch that is squashed here, a
//! worktree that was removed), and for a new path those of the paths that the same commit takes
//! away (a file that a person moved).
//!
//! Invariants: a worktree's own chain goes first; a relative only names lines that are nobody's
//! there. In a clone with one worktree and a commit without removals nothing is read.
//!
//! # What is not checked
//!
//! How the lines came. A person who types, in the same path of another worktree, lines that an
//! agent wrote there, is taken for having brought them over.

use std::fs;

use super::chain::{FileChain, Labels};
use super::fold::Watched;
use super::journal::Journal;
use super::lines::Label;
use super::local;
use super::site::{Held, Site};
use crate::clock::Timestamp;
use crate::git::diff;
use crate::git::tree::MergeChange;
use crate::repo_path::RepoPath;

/// The most other worktrees whose journals are looked at.
const MAX_WORKTREES: usize = 16;
/// The most removed paths that a new file is compared with.
const MAX_REMOVED: usize = 16;

/// Where relatives are found.
pub(super) struct Relatives<'s> {
    removed: Vec<RepoPath>,
    site: &'s Site<'s>,
    others: Vec<Other<'s>>,
    now: Timestamp,
}

/// The journal of another worktree, read when it is needed.
struct Other<'s> {
    site: Site<'s>,
    bytes: Vec<u8>,
    watched: Option<Watched>,
}

impl<'s> Relatives<'s> {
    /// Looks which other journals there are, and which paths a commit takes away.
    pub(super) fn new(site: &'s Site<'s>, now: Timestamp, changes: &[MergeChange]) -> Self {
        let removed = changes.iter().filter(|change| change.new.is_none());
        let removed = removed.filter_map(|change| RepoPath::new(change.path.clone()).ok());
        let own = site.journal.dir();
        let journals = own.parent().map(local::entries).unwrap_or_default();
        let others = journals
            .into_iter()
            .filter(|dir| dir != own)
            .take(MAX_WORKTREES);
        Self {
            removed: removed.take(MAX_REMOVED).collect(),
            others: others
                .map(|dir| Other {
                    bytes: fs::read(dir.join("current.jsonl")).unwrap_or_default(),
                    site: Site {
                        repo: Held::Lent(&site.repo),
                        root: site.root.clone(),
                        states: site.states.clone(),
                        journal: Journal::at(dir),
                    },
                    watched: None,
                })
                .collect(),
            site,
            now,
        }
    }

    /// Returns the relatives of one path.
    pub(super) fn of(
        &mut self,
        watched: &Watched,
        path: &RepoPath,
        is_new: bool,
    ) -> Vec<FileChain> {
        let mut found = Vec::new();
        let removed = self.removed.iter().filter(|_| is_new);
        for removed in removed {
            let mut chain = FileChain::open(self.site, removed);
            chain.replay(self.site, &watched.steps);
            found.push(chain);
        }
        for other in &mut self.others {
            found.extend(other.chain(path, self.now));
        }
        found.retain(|chain| !chain.is_empty());
        found
    }
}

impl Other<'_> {
    fn chain(&mut self, path: &RepoPath, now: Timestamp) -> Option<FileChain> {
        let chain = FileChain::open(&self.site, path);
        // Only a journal that may name the path is worth parsing.
        if chain.is_empty() && !self.may_name(path) {
            return None;
        }
        if self.watched.is_none() {
            self.watched = Watched::of(&self.site, now).ok();
        }
        let mut chain = chain;
        chain.replay(&self.site, &self.watched.as_ref()?.steps);
        chain.came_from(self.site.journal.dir());
        Some(chain)
    }

    fn may_name(&self, path: &RepoPath) -> bool {
        let Ok(name) = serde_json::to_vec(path) else {
            return false;
        };
        // A list that is kept beside the journal names files that its line does not.
        [name.as_slice(), b"\"kept\""].iter().any(|needle| {
            self.bytes
                .windows(needle.len())
                .any(|window| window == *needle)
        })
    }
}

impl FileChain {
    /// Takes over, for runs of lines that are nobody's here, what a relative knows of them: the file
    /// at a path that is gone, or in another worktree. A run must have a line that says something;
    /// any two people write the same closing brace. A line that is only like an agent's is taken over
    /// beside one that is equal, and not by itself. What is a twin there is one here.
    pub(super) fn borrow(&mut self, labels: &mut Labels, relative: &Self, text: &[u8]) {
        let Labels::Lines(theirs) = relative.settle(Some(text)) else {
            return;
        };
        let is_equal = |label: &Label<u32>| matches!(label, Label::Ai(_) | Label::Twin(_));
        if !theirs.iter().any(is_equal) {
            return;
        }
        if *labels == Labels::Nobody {
            *labels = Labels::Lines(vec![Label::None; theirs.len()]);
        }
        let Labels::Lines(ours) = labels else {
            return;
        };
        let first = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.keys.extend(relative.keys.iter().cloned());
        let mut run: Vec<usize> = Vec::new();
        let mut is_telling = false;
        let lines = diff::lines(text).map(Some).chain([None]);
        for (number, line) in lines.enumerate() {
            let nobodys = matches!(ours.get(number), Some(Label::None | Label::Human));
            let label = theirs.get(number);
            let theirs_is_agents = label.is_some_and(|label| label.key().is_some());
            if let (Some(line), true, true) = (line, nobodys, theirs_is_agents) {
                run.push(number);
                is_telling |= label.is_some_and(is_equal) && is_telling_line(line);
                continue;
            }
            for number in run.drain(..).filter(|_| is_telling) {
                let here = |key: u32| first.saturating_add(key);
                match (ours.get_mut(number), theirs.get(number)) {
                    (Some(our), Some(Label::Ai(key))) => *our = Label::Ai(here(*key)),
                    (Some(our), Some(Label::Mixed(key))) => *our = Label::Mixed(here(*key)),
                    (Some(our), Some(Label::Twin(key))) => *our = Label::Twin(here(*key)),
                    _ => {}
                }
            }
            is_telling = false;
        }
    }
}

/// Answers whether a line says enough to be known again elsewhere: `}` does not.
fn is_telling_line(line: &[u8]) -> bool {
    line.iter()
        .filter(|byte| byte.is_ascii_alphanumeric() || **byte >= 0x80)
        .count()
        >= 8
}
