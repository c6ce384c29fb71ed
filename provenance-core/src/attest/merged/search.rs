//! `MergeSearch`: which commits a forge made a commit of.
//!
//! Takes a commit that nobody here made. Gives, the surest first, what it may have been made of
//! ([`Made`]), each with a proof that needs nobody's word:
//!
//! 1. a commit that makes the very same change, with the record that says so in the notes: what a
//!    rebase merge makes, and a squash of one commit;
//! 2. a branch of which the commit is the merge that Git makes by itself: what a squash makes, and
//!    a merge button.
//!
//! The heads of pull and merge requests, the numbers and the pins of a message, and equal files
//! only say where to look first.
//!
//! # Bounds
//!
//! However many branches and heads there are, each is looked at in a few paths, and only the
//! [`MAX_TRIED`] that fit best are merged on trial.
//!
//! # What is not checked
//!
//! Whether the sources that the caller names are the right ones: what they add is still compared
//! byte for byte.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::made::Made;
use super::numbers::numbers;
use crate::attest::AttestError;
use crate::attest::fix::listed;
use crate::attest::index::Index;
use crate::git::tree::Change;
use crate::git::{RawCommit, Repo, trailer};
use crate::object_id::ObjectId;
use crate::record::RecordId;
use crate::store::Notes;

/// The most tips that are merged on trial for one commit.
const MAX_TRIED: usize = 24;
/// The most commits of one branch that lines are looked for in; of more, the newest.
const MAX_SOURCES: usize = 1000;
/// The most commits with the same change that are compared.
const MAX_SAME: usize = 8;
/// In how many paths a tip is compared before it is passed over, and at all.
const FIRST_PATHS: usize = 3;
const MAX_PATHS: usize = 8;

/// What would help to find what commits were made of, where it is not here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The numbers of pull and merge requests that messages name.
    pub numbers: BTreeSet<u64>,
    /// Commits that the notes know to make the same change, or that messages pin.
    pub commit_ids: BTreeSet<ObjectId>,
}

/// Where to look for what commits were made of.
#[derive(Debug)]
pub struct MergeSearch<'r> {
    repo: &'r Repo,
    notes: Notes<'r>,
    named: Vec<ObjectId>,
    heads: BTreeMap<u64, BTreeSet<ObjectId>>,
    index: OnceCell<Index>,
}

impl<'r> MergeSearch<'r> {
    /// Looks in what is here: branches, and heads that were fetched.
    ///
    /// # Errors
    ///
    /// [`AttestError::Shallow`] in a shallow clone, which cannot tell what a branch adds;
    /// [`AttestError::Git`].
    pub fn new(repo: &'r Repo) -> Result<Self, AttestError> {
        if repo.history_gaps()?.shallow {
            return Err(AttestError::Shallow);
        }
        let notes_ref = &repo.config()?.settings()?.notes_ref;
        Ok(Self {
            repo,
            notes: Notes::with_inboxes(repo, notes_ref)?,
            named: Vec::new(),
            heads: BTreeMap::new(),
            index: OnceCell::new(),
        })
    }

    /// Looks in the branches that end here, and nowhere else.
    #[must_use]
    pub fn only_in(mut self, tips: Vec<ObjectId>) -> Self {
        self.named = tips;
        self
    }

    /// Looks in the head of a pull or merge request too, if it is here.
    pub fn add_head(&mut self, number: u64, head_id: ObjectId) {
        self.heads.entry(number).or_default().insert(head_id);
    }

    /// Returns what would help to find what a commit was made of, and is not here.
    ///
    /// # Errors
    ///
    /// [`AttestError::Git`], [`AttestError::Store`].
    pub fn wanted(&self, commit_id: ObjectId) -> Result<Wanted, AttestError> {
        let commit = self.repo.commit(commit_id)?;
        let mut wanted = Wanted {
            numbers: numbers(&commit.message),
            commit_ids: self.pinned(&commit.message)?,
        };
        if let Some(patch) = self.repo.patch_digest(&commit)? {
            wanted.commit_ids.extend(self.index()?.with_patch(patch));
        }
        let mut absent = BTreeSet::new();
        for commit_id in wanted.commit_ids {
            if !self.repo.has_object(commit_id)? {
                absent.insert(commit_id);
            }
        }
        wanted.commit_ids = absent;
        Ok(wanted)
    }

    /// Returns the commits that make the very same change, those first that its history does not
    /// have already.
    pub(super) fn same_changes(&self, commit: &RawCommit) -> Result<Vec<Made>, AttestError> {
        let Some(patch) = self.repo.patch_digest(commit)? else {
            return Ok(Vec::new());
        };
        let before = self.tree_before(commit)?;
        if self.changes(before, commit)?.is_empty() {
            return Ok(Vec::new());
        }
        let candidates: Vec<ObjectId> = if self.named.is_empty() {
            self.index()?.with_patch(patch).collect()
        } else {
            self.named_commits(commit)?
        };
        let mut found = Vec::new();
        for candidate in candidates {
            if found.len() == MAX_SAME || candidate == commit.id || !self.is_whole(candidate)? {
                continue;
            }
            let Ok(other) = self.repo.commit(candidate) else {
                continue;
            };
            if self.repo.patch_digest(&other)? == Some(patch) {
                let is_old = match commit.parent_ids.first() {
                    Some(parent) => self.repo.is_ancestor(candidate, *parent)?,
                    None => false,
                };
                found.push((is_old, -other.committer.seconds, candidate));
            }
        }
        found.sort_unstable();
        let commits = found.into_iter().map(|(_, _, id)| Made::SameChange(id));
        Ok(commits.collect())
    }

    /// Returns the branches of which the commit is the merge that Git makes by itself; and what the
    /// caller named, whatever it is.
    pub(super) fn merges(&self, commit: &RawCommit) -> Result<Vec<Made>, AttestError> {
        let parent = match commit.parent_ids.as_slice() {
            // A merge's own sources are in its history, and have their records there.
            [parent, merged] => {
                let is_by_git = self.repo.merged_tree(*parent, *merged)? == Some(commit.tree_id);
                let made = is_by_git.then(|| Made::Merge(vec![*merged]));
                return Ok(made.into_iter().collect());
            }
            [parent] => *parent,
            _ => return Ok(Vec::new()),
        };
        if !self.named.is_empty() {
            let mut found = self.proven(commit, parent, self.named.clone())?;
            found.push(Made::Named(self.named_commits(commit)?));
            return Ok(found);
        }
        let changes = self.changes(self.tree_before(commit)?, commit)?;
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.proven(commit, parent, self.hinted(commit, parent)?)?;
        if !found.is_empty() {
            return Ok(found);
        }
        let mut tips = self.repo.tips_beside(commit.id, Some(parent), &[])?;
        tips.extend(self.heads.values().flatten().copied());
        self.proven(commit, parent, self.fitting(tips, &changes)?)
    }

    /// Those tips of which the commit is the very merge into its parent.
    fn proven(
        &self,
        commit: &RawCommit,
        parent: ObjectId,
        tips: Vec<ObjectId>,
    ) -> Result<Vec<Made>, AttestError> {
        let mut found = Vec::new();
        let mut tried = BTreeSet::new();
        for tip in tips {
            if tried.len() == MAX_TRIED {
                break;
            }
            if !self.is_whole(tip)? || !tried.insert(tip) {
                continue;
            }
            let commits = self.commits_of(tip, parent)?;
            if !commits.is_empty()
                && !commits.contains(&commit.id)
                && self.repo.merged_tree(parent, tip)? == Some(commit.tree_id)
            {
                found.push(Made::Merge(commits));
            }
        }
        Ok(found)
    }

    /// The tips that the message names by number or by pin.
    fn hinted(&self, commit: &RawCommit, parent: ObjectId) -> Result<Vec<ObjectId>, AttestError> {
        let mut tips = Vec::new();
        for number in numbers(&commit.message) {
            tips.extend(self.heads.get(&number).into_iter().flatten().copied());
        }
        let mut pinned = Vec::new();
        for commit_id in self.pinned(&commit.message)? {
            if self.is_whole(commit_id)? {
                pinned.push(commit_id);
            }
        }
        if !pinned.is_empty() {
            tips.extend(self.repo.tips_beside(commit.id, Some(parent), &pinned)?);
            tips.extend(pinned);
        }
        Ok(tips)
    }

    /// Those tips that have a changed file as the commit has it, the best first.
    fn fitting(
        &self,
        tips: Vec<ObjectId>,
        changes: &[Change],
    ) -> Result<Vec<ObjectId>, AttestError> {
        let mut ranked = Vec::new();
        for tip in tips.into_iter().collect::<BTreeSet<_>>() {
            if !self.repo.has_object(tip)? {
                continue;
            }
            // Whatever else a reference points at is no branch.
            let Ok(commit) = self.repo.commit(tip) else {
                continue;
            };
            let mut equal = 0_usize;
            for (number, change) in changes.iter().take(MAX_PATHS).enumerate() {
                if equal == 0 && number >= FIRST_PATHS {
                    break;
                }
                let Ok(version) = self.repo.version_at(commit.tree_id, &change.path) else {
                    break;
                };
                equal += usize::from(version == change.new);
            }
            if equal > 0 {
                ranked.push((usize::MAX - equal, -commit.committer.seconds, tip));
            }
        }
        ranked.sort_unstable();
        let best = ranked.into_iter().take(MAX_TRIED);
        Ok(best.map(|(_, _, tip)| tip).collect())
    }

    /// The commits of a branch that `parent` does not have, newest first.
    fn commits_of(&self, tip: ObjectId, parent: ObjectId) -> Result<Vec<ObjectId>, AttestError> {
        let mut commits = self.repo.range(&[tip.to_string(), format!("^{parent}")])?;
        commits.truncate(MAX_SOURCES);
        Ok(commits)
    }

    fn named_commits(&self, commit: &RawCommit) -> Result<Vec<ObjectId>, AttestError> {
        let mut revisions: Vec<String> = self.named.iter().map(ToString::to_string).collect();
        revisions.extend(commit.parent_ids.iter().map(|id| format!("^{id}")));
        let mut commits = self.repo.range(&revisions)?;
        commits.retain(|id| *id != commit.id);
        commits.truncate(MAX_SOURCES);
        Ok(commits)
    }

    fn tree_before(&self, commit: &RawCommit) -> Result<Option<ObjectId>, AttestError> {
        let parent = commit.parent_ids.first();
        Ok(parent
            .map(|id| self.repo.commit(*id))
            .transpose()?
            .map(|parent| parent.tree_id))
    }

    fn changes(
        &self,
        before: Option<ObjectId>,
        commit: &RawCommit,
    ) -> Result<Vec<Change>, AttestError> {
        Ok(self.repo.changed_paths(before, Some(commit.tree_id))?)
    }

    /// The commits whose records a message pins, or pinned before a forge indented it.
    fn pinned(&self, message: &[u8]) -> Result<BTreeSet<ObjectId>, AttestError> {
        let pins: Vec<RecordId> = listed(message)
            .into_iter()
            .chain(trailer::hints(message))
            .collect();
        if pins.is_empty() {
            return Ok(BTreeSet::new());
        }
        let index = self.index()?;
        Ok(pins
            .into_iter()
            .flat_map(|pin| index.of_record(pin))
            .collect())
    }

    /// Answers whether a commit and its parents are here.
    fn is_whole(&self, commit_id: ObjectId) -> Result<bool, AttestError> {
        if !self.repo.has_object(commit_id)? {
            return Ok(false);
        }
        let Ok(commit) = self.repo.commit(commit_id) else {
            return Ok(false);
        };
        for parent_id in commit.parent_ids {
            if !self.repo.has_object(parent_id)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn index(&self) -> Result<&Index, AttestError> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let index = Index::of(&self.notes)?;
        Ok(self.index.get_or_init(|| index))
    }
}
