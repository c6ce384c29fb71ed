//! `attest`: who says so, about the commit that exists (githooks(5), post-commit).
//!
//! # What is not checked
//!
//! Whether another commit-msg hook changed the message after ours. The record binds to the commit
//! as it is; a pin that was lost shows in `capture`.

use super::carry::Settled;
use super::fix::listed;
use super::pending::{FixedRecord, Pending};
use super::whereabouts::Whereabouts;
use super::{AttestError, Attester, amend, carry, records_of};
use crate::capture::{self, Receipt};
use crate::digest::Digest;
use crate::git::RawCommit;
use crate::object_id::ObjectId;
use crate::record::{Annotations, Authoring, Kind, Onto, RecordId, Statement, Subject};
use crate::seal::Envelope;
use crate::store::{Hearsay, Notes};

/// The code of a record whose commit commit-msg did not see.
const BYPASSED: &str = "commit-msg-bypassed";

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attested {
    /// A record was signed and attached.
    Recorded(RecordId),
    /// The commit repeats others of which no record is believed: their lines were copied to its
    /// note, and nothing new is claimed.
    Copied(Vec<RecordId>),
    /// It had records, and something had taken them away.
    Restored,
    /// Nothing was to be said.
    Nothing,
}

/// Finds records by id, in any note.
pub(super) fn locate(notes: &Notes<'_>, wanted: &[RecordId]) -> Result<Vec<Hearsay>, AttestError> {
    let found = notes.find(|record_id| wanted.contains(&record_id))?;
    let is_found = |id: &RecordId| found.records.iter().any(|said| said.record_id == *id);
    if !wanted.iter().all(is_found) {
        // What was not found may stand there: then it is not known what to carry over.
        for commit_id in &found.unreadable {
            notes.lines(*commit_id)?;
        }
    }
    Ok(found.records)
}

impl Attester<'_> {
    /// Signs and attaches the record of a commit that has just been made.
    ///
    /// # Errors
    ///
    /// [`AttestError`]; a fixed record is kept then, and nothing was attached.
    pub fn attest(&mut self, commit_id: ObjectId) -> Result<Attested, AttestError> {
        let commit = self.repo.commit(commit_id)?;
        let pins = listed(&commit.message);
        let pending = Pending::of(self.repo);
        let mut waiting = pending.all();
        let fixed = self.take_fitting(&mut waiting, &commit, &pins)?;
        // Fixed on top of this commit by now: the next one's.
        waiting.retain(|record| record.authoring.onto.commit != Some(commit_id));
        // Normally there are none.
        let idle = self.finish(waiting, &[]).idle;
        if fixed.is_none()
            && let Some(repetition) = self.repetition(&commit, &pins)?
        {
            return self.repeat(&commit, &repetition, &pins);
        }
        let record = match fixed {
            Some(record) => record,
            None => match self.late(&commit, BYPASSED)? {
                Some(late) => late,
                None => return Ok(Attested::Nothing),
            },
        };
        let patch = record.patch_of(&commit);
        let FixedRecord {
            record_id,
            authoring,
            receipt,
            ..
        } = record;
        self.seal_and_attach(&commit, record_id, &authoring, patch)?;
        capture::committed(self.repo, record_id, &receipt, self.clock.now())?;
        if authoring.skipped.is_some() {
            pending.forget_skipped()?;
        }
        for done in idle.into_iter().chain([record_id]) {
            pending.remove(done);
        }
        Ok(Attested::Recorded(record_id))
    }

    /// Counts a commit that was made with the hooks switched off, so that the next record says so.
    ///
    /// # Errors
    ///
    /// [`AttestError::State`].
    pub fn skip(repo: &crate::git::Repo) -> Result<(), AttestError> {
        Pending::of(repo).count_skipped(repo.head()?.commit_id)
    }

    /// Takes out the fixed record that belongs to the commit: the pinned one, or one whose tree and
    /// HEAD fit.
    pub(super) fn take_fitting(
        &self,
        waiting: &mut Vec<FixedRecord>,
        commit: &RawCommit,
        pins: &[RecordId],
    ) -> Result<Option<FixedRecord>, AttestError> {
        let same_tree = |record: &FixedRecord| {
            let is_its = record.commit_id.is_none_or(|id| id == commit.id);
            is_its && record.authoring.tree == commit.tree_id
        };
        let is_pinned = |record: &FixedRecord| pins.contains(&record.record_id);
        let mut found = waiting.iter().position(|r| same_tree(r) && is_pinned(r));
        if found.is_none() {
            for (n, record) in waiting.iter().enumerate() {
                if same_tree(record) && self.onto_fits(&record.authoring.onto, commit)? {
                    found = Some(n);
                    break;
                }
            }
        }
        Ok(found.map(|n| waiting.remove(n)))
    }

    /// Whether the commit stands on that HEAD, or replaced it.
    pub(super) fn onto_fits(&self, onto: &Onto, commit: &RawCommit) -> Result<bool, AttestError> {
        Ok(match onto.commit {
            None => commit.parent_ids.is_empty(),
            Some(head) if commit.parent_ids.contains(&head) => true,
            Some(head) => self.repo.commit(head)?.parent_ids == commit.parent_ids,
        })
    }

    /// A record for a commit that commit-msg did not see (`--no-verify`, another hook manager), or
    /// could not fix one for; `code` says which.
    pub(super) fn late(
        &mut self,
        commit: &RawCommit,
        code: &str,
    ) -> Result<Option<FixedRecord>, AttestError> {
        let (mut authoring, receipt) = self.observed(commit)?;
        authoring.capture.push(code.to_owned());
        let replaced = self.repo.amended_by(commit);
        let mut settled = Settled::default();
        if replaced.is_none() {
            settled.humans = self.add_repeated_late(&mut authoring, commit, &[])?;
        }
        self.add_again(&mut authoring, &commit.parent_ids, &settled)?;
        if let Some(replaced) = replaced {
            amend::leave_open(self, &mut authoring, &self.repo.commit(replaced)?)?;
        }
        let record_human = self.repo.config()?.settings()?.record_human;
        if !record_human && !authoring.claims_ai() && replaced.is_none() {
            return Ok(None);
        }
        let predicate = authoring.settle()?;
        let record_id = Pending::of(self.repo).keep(&predicate, &receipt, Some(commit.id), None)?;
        Ok(Some(FixedRecord {
            record_id,
            authoring,
            receipt,
            commit_id: Some(commit.id),
            patch: None,
        }))
    }

    /// What was seen of a commit that exists.
    pub(super) fn observed(
        &mut self,
        commit: &RawCommit,
    ) -> Result<(Authoring, Receipt), AttestError> {
        let replaced = self.repo.amended_by(commit);
        let onto_id = replaced.or_else(|| commit.parent_ids.first().copied());
        let onto = match onto_id {
            None => Onto::default(),
            Some(head) => {
                let pins = listed(&self.repo.commit(head)?.message);
                let mut records = records_of(&self.notes()?, head, &pins)?;
                records.extend(self.waiting_for(head));
                Onto {
                    commit: Some(head),
                    records,
                }
            }
        };
        let mut bases = Vec::new();
        for parent in onto.commit.iter().chain(commit.parent_ids.iter().skip(1)) {
            bases.push(self.repo.commit(*parent)?.tree_id);
        }
        let observation = self.observe(&bases, commit.tree_id)?;
        let mut authoring = self.blank(commit.tree_id, onto)?;
        let receipt = self.add_observation(&mut authoring, observation)?;
        Ok((authoring, receipt))
    }

    /// Signs and attaches a record. What the commit changes is worked out, unless it is known.
    pub(super) fn seal_and_attach(
        &mut self,
        commit: &RawCommit,
        record_id: RecordId,
        authoring: &Authoring,
        patch: Option<Digest>,
    ) -> Result<(), AttestError> {
        let patch = match patch {
            Some(known) => Some(known),
            None => self.repo.patch_digest(commit)?,
        };
        let mut lines = vec![self.sealed_as(commit, authoring, patch)?.to_line()];
        let notes = self.notes()?;
        let replaced = authoring
            .onto
            .commit
            .filter(|head| !commit.parent_ids.contains(head) && !authoring.onto.records.is_empty());
        if let Some(head) = replaced {
            // What this record stands on comes along: HEAD's note goes when HEAD goes.
            lines.extend(notes.lines(head)?.lines);
        }
        if !authoring.derived_from.is_empty() {
            lines.extend(carry::derived_lines(&notes, &[], &authoring.derived_from)?);
        }
        if let Some(head) = replaced
            && let Some(remapped) = amend::remapped(self, head, commit, (record_id, authoring))?
        {
            lines.extend(remapped.older);
            lines.push(self.sealed_as(commit, &remapped.record, patch)?.to_line());
        }
        Whereabouts::of(self.repo).expect(commit.id, authoring);
        self.append(commit, &lines)
    }

    pub(super) fn sealed(
        &self,
        commit: &RawCommit,
        authoring: &Authoring,
    ) -> Result<Envelope, AttestError> {
        self.sealed_as(commit, authoring, self.repo.patch_digest(commit)?)
    }

    fn sealed_as(
        &self,
        commit: &RawCommit,
        authoring: &Authoring,
        patch: Option<Digest>,
    ) -> Result<Envelope, AttestError> {
        let is_told = commit.parent_ids != authoring.onto.next_parents();
        let annotations = Annotations {
            parents: is_told.then(|| commit.parent_ids.clone()),
            patch,
        };
        let subject = Subject::commit(commit.id, commit.digest, annotations);
        let statement = Statement::new(Kind::Authoring, vec![subject], authoring)?;
        Ok(Envelope::seal(&statement, self.key)?)
    }

    pub(super) fn append(&self, commit: &RawCommit, lines: &[Vec<u8>]) -> Result<(), AttestError> {
        let fsync = self.repo.config()?.fsync_policy()?;
        self.notes()?
            .append(commit.id, lines, &commit.committer, fsync)?;
        Ok(())
    }
}
