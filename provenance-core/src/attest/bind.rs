//! `attest`: who says so, about the commit that exists (githooks(5), post-commit).
//!
//! # What is not checked
//!
//! Whether another commit-msg hook changed the message after ours. The record binds to the commit
//! as it is; a pin that was lost shows in `capture`.

use std::collections::BTreeSet;

use super::fix::{canonical_predicate, listed};
use super::pending::{FixedRecord, Pending};
use super::{AttestError, Attester, amend, records_of};
use crate::capture;
use crate::git::RawCommit;
use crate::object_id::ObjectId;
use crate::record::{Annotations, Authoring, Kind, Onto, RecordId, Statement, Subject};
use crate::seal::Envelope;
use crate::store::{Hearsay, Notes};

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attested {
    /// A record was signed and attached.
    Recorded(RecordId),
    /// The commit took over another one's pin (a rebase, a cherry-pick): the pinned records were
    /// copied to its note, and nothing new is claimed.
    Copied(Vec<RecordId>),
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
        let fixed = self.fitting(&pending, &commit, &pins)?;
        if fixed.is_none() && (self.repo.is_rewriting() || !pins.is_empty()) {
            return self.copy(&commit, &pins);
        }
        let record = match fixed {
            Some(record) => record,
            None => match self.late(&commit)? {
                Some(late) => late,
                None => return Ok(Attested::Nothing),
            },
        };
        let FixedRecord {
            record_id,
            authoring,
            receipt,
        } = record;
        self.seal_and_attach(&commit, &authoring)?;
        capture::committed(self.repo, record_id, &receipt, self.clock.now())?;
        if authoring.skipped.is_some() {
            pending.forget_skipped()?;
        }
        pending.clear();
        Ok(Attested::Recorded(record_id))
    }

    /// Counts a commit that was made with the hooks switched off, so that the next record says so.
    ///
    /// # Errors
    ///
    /// [`AttestError::State`].
    pub fn skip(repo: &crate::git::Repo) -> Result<(), AttestError> {
        Pending::of(repo).count_skipped()
    }

    /// The fixed record that belongs to the commit: the pinned one, or one whose tree and HEAD fit.
    fn fitting(
        &self,
        pending: &Pending,
        commit: &RawCommit,
        pins: &[RecordId],
    ) -> Result<Option<FixedRecord>, AttestError> {
        let same_tree = |record: &FixedRecord| record.authoring.tree == commit.tree_id;
        for pin in pins {
            if let Some(record) = pending.get(*pin).filter(same_tree) {
                return Ok(Some(record));
            }
        }
        for record in pending.all().into_iter().filter(same_tree) {
            if self.onto_fits(&record.authoring.onto, commit)? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Whether the commit stands on that HEAD, or replaced it.
    fn onto_fits(&self, onto: &Onto, commit: &RawCommit) -> Result<bool, AttestError> {
        Ok(match onto.commit {
            None => commit.parent_ids.is_empty(),
            Some(head) if commit.parent_ids.contains(&head) => true,
            Some(head) => self.repo.commit(head)?.parent_ids == commit.parent_ids,
        })
    }

    /// A record for a commit that commit-msg did not see (`--no-verify`, another hook manager).
    fn late(&mut self, commit: &RawCommit) -> Result<Option<FixedRecord>, AttestError> {
        let replaced = self.repo.amended_by(commit);
        let onto_id = replaced.or_else(|| commit.parent_ids.first().copied());
        let onto = match onto_id {
            None => Onto::default(),
            Some(head) => {
                let pins = listed(&self.repo.commit(head)?.message);
                let records = records_of(&self.notes()?, head, &pins)?;
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
        authoring.capture.push("commit-msg-bypassed".to_owned());
        let receipt = self.add_observation(&mut authoring, observation)?;
        let record_human = self.repo.config()?.settings()?.record_human;
        if !record_human && !authoring.claims_ai() && replaced.is_none() {
            return Ok(None);
        }
        let predicate = canonical_predicate(&authoring)?;
        let record_id = Pending::of(self.repo).keep(&predicate, &receipt)?;
        Ok(Some(FixedRecord {
            record_id,
            authoring,
            receipt,
        }))
    }

    pub(super) fn seal_and_attach(
        &mut self,
        commit: &RawCommit,
        authoring: &Authoring,
    ) -> Result<(), AttestError> {
        let mut lines = vec![self.sealed(commit, authoring)?.to_line()];
        let notes = self.notes()?;
        let replaced = authoring
            .onto
            .commit
            .filter(|head| !commit.parent_ids.contains(head) && !authoring.onto.records.is_empty());
        if let Some(head) = replaced {
            // What this record stands on comes along: HEAD's note goes when HEAD goes.
            lines.extend(notes.lines(head)?.lines);
        }
        let foreign: Vec<RecordId> = authoring.derived_from.iter().map(|d| d.record).collect();
        if !foreign.is_empty() {
            lines.extend(
                locate(&notes, &foreign)?
                    .into_iter()
                    .map(|found| found.line),
            );
        }
        if let Some(head) = replaced
            && let Some(remapped) = amend::remapped(self, head, commit, authoring)?
        {
            lines.push(self.sealed(commit, &remapped)?.to_line());
        }
        self.append(commit, &lines)
    }

    fn sealed(&self, commit: &RawCommit, authoring: &Authoring) -> Result<Envelope, AttestError> {
        let annotations = Annotations {
            parents: commit.parent_ids.clone(),
            patch: self.repo.patch_digest(commit)?,
        };
        let subject = Subject::commit(commit.id, commit.digest, annotations);
        let statement = Statement::new(Kind::Authoring, vec![subject], authoring)?;
        Ok(Envelope::seal(&statement, self.key)?)
    }

    /// Copies the pinned records, and what they stand on, to the note of a commit that took over
    /// their pin. Claims nothing.
    fn copy(&mut self, commit: &RawCommit, pins: &[RecordId]) -> Result<Attested, AttestError> {
        let notes = self.notes()?;
        let sources: BTreeSet<ObjectId> = locate(&notes, pins)?
            .into_iter()
            .map(|found| found.about)
            .collect();
        let mut lines = Vec::new();
        for source in sources {
            lines.extend(notes.lines(source)?.lines);
        }
        if lines.is_empty() {
            return Ok(Attested::Nothing);
        }
        self.append(commit, &lines)?;
        Ok(Attested::Copied(pins.to_vec()))
    }

    fn append(&self, commit: &RawCommit, lines: &[Vec<u8>]) -> Result<(), AttestError> {
        let fsync = self.repo.config()?.fsync_policy()?;
        self.notes()?
            .append(commit.id, lines, &commit.committer, fsync)?;
        Ok(())
    }
}
