//! `finish`: fixed records whose commit was made, and that nobody sealed: post-commit was killed,
//! or had no key and kept them.
//!
//! A record belongs to the first commit that pins it and has its tree; one that no message pins, to
//! a commit that was made in this worktree, with its tree, on its HEAD, and without a record.
//!
//! # What is not checked
//!
//! Why nobody sealed it.

use super::{How, Mended};
use crate::attest::fix::listed;
use crate::attest::pending::{FixedRecord, Pending};
use crate::attest::{AttestError, Attester};
use crate::capture;
use crate::git::RawCommit;
use crate::object_id::ObjectId;
use crate::record::RecordId;

/// The code of a record that was fixed when its commit was made, and sealed when there was a key.
const SEALED_LATE: &str = "sealed-late";

/// What became of the fixed records of one worktree.
#[derive(Debug, Default)]
pub(in crate::attest) struct Finished {
    pub(in crate::attest) mended: Vec<Mended>,
    /// Records that belong to no commit as far as can be seen: it was given up.
    pub(in crate::attest) idle: Vec<RecordId>,
    /// What could not be sealed or attached; it stays.
    pub(in crate::attest) failed: Vec<AttestError>,
}

/// A commit that a fixed record may belong to.
struct Candidate {
    commit: RawCommit,
    /// Whether Git's log says that somebody made it here.
    is_made_here: bool,
}

impl Attester<'_> {
    /// Seals and attaches fixed records to the commits that they belong to, among those that HEAD
    /// of this worktree was at, and `others`.
    pub(in crate::attest) fn finish(
        &mut self,
        mut waiting: Vec<FixedRecord>,
        others: &[ObjectId],
    ) -> Finished {
        let mut finished = Finished::default();
        if waiting.is_empty() {
            return finished;
        }
        let made = waiting.iter().filter_map(|record| record.commit_id);
        let others: Vec<ObjectId> = others.iter().copied().chain(made).collect();
        let candidates = self.candidates(&others);
        // The oldest first: an amend stands on what it replaced.
        waiting.reverse();
        for record in &waiting {
            let outcome = match self.owner(record, &candidates) {
                Ok(Some(commit)) => self.seal_waiting(record, commit),
                Ok(None) => {
                    finished.idle.push(record.record_id);
                    continue;
                }
                Err(error) => Err(error),
            };
            match outcome {
                Ok(mended) => finished.mended.push(mended),
                Err(error) => {
                    let stands = error.is_lock();
                    finished.failed.push(error);
                    // The next one would wait for the same.
                    if stands {
                        break;
                    }
                }
            }
        }
        finished
    }

    /// Where HEAD was and what else is named, the oldest first.
    fn candidates(&self, others: &[ObjectId]) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        let mut add = |id: ObjectId, is_made_here: bool| {
            let known = found.iter_mut().find(|known| known.commit.id == id);
            if let Some(known) = known {
                known.is_made_here |= is_made_here;
            } else if let Ok(commit) = self.repo.commit(id) {
                // What is not here any more owns nothing.
                found.push(Candidate {
                    commit,
                    is_made_here,
                });
            }
        };
        let moves = if others.is_empty() {
            self.repo.last_moves(usize::MAX)
        } else {
            self.repo.all_moves()
        };
        for moved in moves.iter().rev() {
            add(moved.new, moved.is_commit());
        }
        for id in others {
            add(*id, false);
        }
        if let Ok(Some(id)) = self.repo.head().map(|head| head.commit_id) {
            // Without a log there is nothing else to go by.
            add(id, moves.is_empty());
        }
        found
    }

    /// The commit that a fixed record belongs to.
    fn owner<'c>(
        &self,
        record: &FixedRecord,
        candidates: &'c [Candidate],
    ) -> Result<Option<&'c RawCommit>, AttestError> {
        let authoring = &record.authoring;
        if let Some(commit_id) = record.commit_id {
            let known = candidates.iter().find(|one| one.commit.id == commit_id);
            let is_it = |one: &&Candidate| one.commit.tree_id == authoring.tree;
            return Ok(known.filter(is_it).map(|one| &one.commit));
        }
        let same_tree = |candidate: &&Candidate| candidate.commit.tree_id == authoring.tree;
        let pins = |commit: &RawCommit| listed(&commit.message).contains(&record.record_id);
        // A HEAD that is not here any more fits nothing.
        let fits = |commit: &RawCommit| self.onto_fits(&authoring.onto, commit).unwrap_or(false);
        let mut pinning = candidates.iter().filter(same_tree);
        let mut pinning = pinning.by_ref().filter(|one| pins(&one.commit)).peekable();
        if pinning.peek().is_some() {
            let mut pinning: Vec<&Candidate> = pinning.collect();
            pinning.sort_by_key(|one| !fits(&one.commit));
            return Ok(pinning.first().map(|one| &one.commit));
        }
        let notes = self.notes()?;
        for candidate in candidates.iter().filter(same_tree) {
            let commit = &candidate.commit;
            let is_free = candidate.is_made_here && listed(&commit.message).is_empty();
            if !(is_free && fits(commit)) {
                continue;
            }
            let said = notes.hearsay(commit.id)?;
            // It may have been attached, and nothing more.
            if said.is_empty() || said.iter().any(|said| said.record_id == record.record_id) {
                return Ok(Some(commit));
            }
        }
        Ok(None)
    }

    /// Does what post-commit would have done. What it had done already is not done again.
    fn seal_waiting(
        &mut self,
        record: &FixedRecord,
        commit: &RawCommit,
    ) -> Result<Mended, AttestError> {
        let FixedRecord {
            record_id,
            authoring,
            receipt,
            ..
        } = record;
        let said = self.notes()?.hearsay(commit.id)?;
        if !said.iter().any(|said| said.record_id == *record_id) {
            self.seal_and_attach(commit, *record_id, authoring, record.patch_of(commit))?;
        }
        capture::committed(self.repo, *record_id, receipt, self.clock.now())?;
        let pending = Pending::of(self.repo);
        if authoring.skipped.is_some() {
            pending.forget_skipped()?;
        }
        pending.remove(*record_id);
        Ok(Mended {
            commit_id: commit.id,
            record_id: Some(*record_id),
            how: if authoring.capture.iter().any(|code| code == SEALED_LATE) {
                How::Late
            } else {
                How::Finished
            },
        })
    }

    /// Keeps the record of a commit that has just been made, to be sealed when there is a key:
    /// whoever signs here signs nothing now. Answers whether it waits.
    ///
    /// What Git made of other commits is not kept: it is carried over when there is a key.
    ///
    /// # Errors
    ///
    /// [`AttestError`]; nothing waits then.
    pub fn keep_unsealed(&mut self, commit_id: ObjectId) -> Result<bool, AttestError> {
        let commit = self.repo.commit(commit_id)?;
        let pins = listed(&commit.message);
        let mut waiting = Pending::of(self.repo).all();
        if self.take_fitting(&mut waiting, &commit, &pins)?.is_some() {
            return Ok(true);
        }
        let last = self.repo.last_move();
        let is_made = last.is_none_or(|moved| moved.new == commit_id && moved.is_commit());
        if !is_made || self.repetition(&commit, &pins)?.is_some() {
            return Ok(false);
        }
        let Some(kept) = self.late(&commit, SEALED_LATE)? else {
            return Ok(false);
        };
        capture::committed(self.repo, kept.record_id, &kept.receipt, self.clock.now())?;
        Ok(true)
    }

    /// The records that wait to be sealed about a commit.
    pub(in crate::attest) fn waiting_for(&self, commit_id: ObjectId) -> Vec<RecordId> {
        let waiting = Pending::of(self.repo).all().into_iter();
        let its = waiting.filter(|record| record.commit_id == Some(commit_id));
        its.map(|record| record.record_id).collect()
    }

    /// Finishes what the hooks of this worktree and of all others left half done.
    pub(super) fn finish_everywhere(&mut self, others: &[ObjectId]) -> Finished {
        let mut all = self.finish(Pending::of(self.repo).all(), others);
        for location in self.repo.other_worktrees() {
            let mut there = match crate::git::Repo::open(&location) {
                Ok(repo) => {
                    let waiting = Pending::of(&repo).all();
                    let mut attester = Attester {
                        repo: &repo,
                        key: self.key,
                        clock: self.clock,
                        entropy: &mut *self.entropy,
                        hint: self.hint.clone(),
                        recorder: self.recorder.clone(),
                    };
                    attester.finish(waiting, others)
                }
                Err(error) => Finished {
                    failed: vec![error.into()],
                    ..Finished::default()
                },
            };
            all.mended.append(&mut there.mended);
            all.idle.append(&mut there.idle);
            all.failed.append(&mut there.failed);
        }
        all
    }
}
