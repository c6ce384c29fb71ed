//! `unseen`: rewrites that ran no hook of ours (`git replay`, `git filter-branch`,
//! `git update-ref`, a rebase without hooks, another client).
//!
//! A commit without a record may be the new form of one that has one ([`Recorded`]). What says so,
//! the strongest first:
//!
//! 1. its message pins the other's record;
//! 2. it has the other's tree and parents: only the message is new;
//! 3. it makes the same change, and has the other's author date and its author or message;
//! 4. it has the other's author, author date and message;
//! 5. it has the other's tree: a squash, or a way back.
//!
//! Whatever it was, lines are carried only where they stand byte for byte. Of a commit that was
//! pruned meanwhile the record alone is asked: it must be about this very tree and this very change.
//!
//! # What is not checked
//!
//! Whether somebody has written the same lines once more, in the same place.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::{How, Mended};
use crate::attest::bind::Attested;
use crate::attest::carry::{Carried, Target, carried, carried_from_gone};
use crate::attest::fix::listed;
use crate::attest::index::{Groups, Index};
use crate::attest::{AttestError, Attester};
use crate::digest::Digest;
use crate::git::{LineSource, RawCommit, Repo};
use crate::object_id::ObjectId;
use crate::record::RecordId;
use crate::store::Notes;

/// The most commits that one commit is compared with.
const MAX_SOURCES: usize = 16;

/// The commits that have records here, unverified: whatever is found by it is compared and judged.
#[derive(Debug)]
pub(super) struct Recorded {
    index: Index,
    /// By author, author date and message; read only where nothing else is found.
    likenesses: OnceCell<Groups<Digest>>,
}

impl Recorded {
    /// Reads what the notes say. A note that cannot be read is nobody's source.
    pub(super) fn read(notes: &Notes<'_>) -> Result<Self, AttestError> {
        Ok(Self {
            index: Index::of(notes)?,
            likenesses: OnceCell::new(),
        })
    }

    /// Answers whether a record that a commit pins is anywhere.
    pub(super) fn has_pinned(&self, commit: &RawCommit) -> bool {
        let pins = listed(&commit.message);
        let mut pinned = pins.iter().flat_map(|pin| self.index.of_record(*pin));
        pinned.next().is_some()
    }

    fn alike(&self, repo: &Repo, commit: &RawCommit) -> impl Iterator<Item = ObjectId> {
        let likenesses = self.likenesses.get_or_init(|| {
            let mut found = Groups::default();
            for id in self.index.commits() {
                if let Ok(commit) = repo.commit(id) {
                    found.add(likeness(&commit), id);
                }
            }
            found
        });
        likenesses.with(&likeness(commit))
    }

    /// Where the lines of a commit may have come from, the likeliest first.
    fn sources(&self, repo: &Repo, commit: &RawCommit) -> Result<Vec<LineSource>, AttestError> {
        let mut sources: Vec<LineSource> = Vec::new();
        let mut add = |source: LineSource| {
            if !sources.contains(&source) && sources.len() < MAX_SOURCES {
                sources.push(source);
            }
        };
        // What is not here cannot be compared.
        let here = |id: ObjectId| (id != commit.id).then(|| repo.commit(id).ok()).flatten();
        for pin in listed(&commit.message) {
            for other in self.index.of_record(pin).filter_map(here) {
                add(LineSource::AddedBy(other.id));
            }
        }
        let same_tree = self.index.with_tree(commit.tree_id).filter_map(here);
        let same_tree: Vec<RawCommit> = same_tree.collect();
        for other in &same_tree {
            if other.parent_ids == commit.parent_ids {
                add(LineSource::AddedBy(other.id));
            }
        }
        if let Some(patch) = repo.patch_digest(commit)? {
            for other in self.index.with_patch(patch).filter_map(here) {
                if is_same_moment(&other, commit) && is_by_or_called_the_same(&other, commit) {
                    add(LineSource::AddedBy(other.id));
                }
            }
        }
        for id in self.alike(repo, commit).filter(|id| *id != commit.id) {
            add(LineSource::AddedBy(id));
        }
        for other in &same_tree {
            add(LineSource::TreeOf(other.id));
        }
        Ok(sources)
    }

    /// The records of commits that are gone, and that had the tree and made the change of this one.
    fn of_gone(
        &self,
        repo: &Repo,
        notes: &Notes<'_>,
        commit: &RawCommit,
    ) -> Result<Vec<RecordId>, AttestError> {
        let Some(patch) = repo.patch_digest(commit)? else {
            return Ok(Vec::new());
        };
        let same_tree: BTreeSet<ObjectId> = self.index.with_tree(commit.tree_id).collect();
        let mut records = Vec::new();
        for id in self.index.with_patch(patch) {
            if same_tree.contains(&id) && !repo.has_object(id)? {
                let said = notes.hearsay(id)?;
                records.extend(said.iter().map(|said| said.record_id));
            }
        }
        records.truncate(MAX_SOURCES);
        Ok(records)
    }
}

fn is_same_moment(a: &RawCommit, b: &RawCommit) -> bool {
    (a.author.seconds, a.author.offset_minutes) == (b.author.seconds, b.author.offset_minutes)
}

fn is_by_or_called_the_same(a: &RawCommit, b: &RawCommit) -> bool {
    a.author == b.author || text_of(&a.message) == text_of(&b.message)
}

/// What every rewrite keeps unless it is told otherwise.
fn likeness(commit: &RawCommit) -> Digest {
    Digest::of_parts([&commit.author.line()[..], &text_of(&commit.message)[..]])
}

/// A message without its trailers of ours and without blanks at its end.
fn text_of(message: &[u8]) -> Vec<u8> {
    let lines = message.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.starts_with(b"Provenance: sha256:"));
    let mut text = Vec::with_capacity(message.len());
    for line in lines {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.trim_ascii_end().to_vec()
}

impl Attester<'_> {
    /// Carries over what is recorded of the commit that this one was made of; `None` where none is
    /// found, or nothing new can be said.
    pub(super) fn carry_unseen(
        &mut self,
        commit: &RawCommit,
        recorded: &Recorded,
    ) -> Result<Option<Mended>, AttestError> {
        let target = Target::of(self.repo, commit)?;
        let Some(carried) = self.found(commit, recorded, &target)? else {
            return Ok(None);
        };
        let before = self.notes()?.lines(commit.id)?.lines.len();
        let record = carried.record(&target, None);
        let pins = listed(&commit.message);
        let (how, record_id) = match self.carry(commit, &carried, record, &pins)? {
            Attested::Recorded(record_id) => (How::Carried, Some(record_id)),
            _ => (How::Copied, None),
        };
        let is_new = self.notes()?.lines(commit.id)?.lines.len() > before;
        Ok(is_new.then_some(Mended {
            commit_id: commit.id,
            record_id,
            how,
        }))
    }
    /// What is connected to the commit: of commits that are here, else of gone ones.
    fn found(
        &self,
        commit: &RawCommit,
        recorded: &Recorded,
        target: &Target,
    ) -> Result<Option<Carried>, AttestError> {
        let (repo, key) = (self.repo, self.key.id());
        let sources = recorded.sources(repo, commit)?;
        if !sources.is_empty() {
            let carried = carried(repo, key, &sources, target)?;
            if carried.is_connected() {
                return Ok(Some(carried));
            }
        }
        let records = recorded.of_gone(repo, &self.notes()?, commit)?;
        if records.is_empty() {
            return Ok(None);
        }
        let carried = carried_from_gone(repo, key, &records, commit, target)?;
        Ok(carried.is_connected().then_some(carried))
    }
}
