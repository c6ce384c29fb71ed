//! `repeat`: who says so, about a commit that Git made out of others (a rebase, a cherry-pick, a
//! revert, a squash; githooks(5), post-commit, post-applypatch, post-rewrite).
//!
//! # What is not checked
//!
//! Whether the commit is what Git's state says that it is. What it is not shows in its lines: they
//! are found nowhere.

use super::bind::{Attested, locate};
use super::carry::{Carried, Humans, Settled, Target, again, carried};
use super::fix::listed;
use super::pending::Pending;
use super::whereabouts::Whereabouts;
use super::{AttestError, Attester};
use crate::capture;
use crate::digest::Digest;
use crate::git::{LineSource, RawCommit, Repetition, Repo};
use crate::object_id::ObjectId;
use crate::record::{Authoring, RecordId, Remainder};

impl Attester<'_> {
    /// What a commit repeats; `None` for one that somebody made by hand and without pins.
    pub(super) fn repetition(
        &self,
        commit: &RawCommit,
        pins: &[RecordId],
    ) -> Result<Option<Repetition>, AttestError> {
        let known = self.repo.repetition_of(commit)?;
        let is_new = || pins.is_empty() || self.repo.amended_by(commit).is_some();
        if known.is_none() && self.repo.is_by_hand() && is_new() {
            return Ok(None);
        }
        let mut repetition = known.unwrap_or(Repetition {
            is_clean: true,
            ..Repetition::default()
        });
        if repetition.sources.is_empty() && !repetition.is_revert {
            repetition.sources = self.pinned(pins)?;
        }
        Ok(Some(repetition))
    }

    /// The commits that pinned records are about.
    pub(super) fn pinned(&self, pins: &[RecordId]) -> Result<Vec<LineSource>, AttestError> {
        if pins.is_empty() {
            return Ok(Vec::new());
        }
        let located = locate(&self.notes()?, pins)?;
        let mut sources: Vec<LineSource> = located
            .iter()
            .map(|said| LineSource::AddedBy(said.about))
            .collect();
        sources.sort_unstable();
        sources.dedup();
        Ok(sources)
    }

    /// Signs and attaches what is carried over to a commit from those that it repeats.
    pub(super) fn repeat(
        &mut self,
        commit: &RawCommit,
        repetition: &Repetition,
        pins: &[RecordId],
    ) -> Result<Attested, AttestError> {
        let target = Target::of(self.repo, commit)?;
        let mut carried = carried(self.repo, self.key.id(), &repetition.sources, &target)?;
        let is_made_by_git = repetition.is_clean || carried.is_complete();
        // A patch that came by mail is a new change here.
        let is_new = repetition.is_revert || repetition.sources.is_empty() && pins.is_empty();
        if is_made_by_git && !is_new {
            let record = carried.record(&target, None);
            return self.carry(commit, &carried, record, pins);
        }
        let (mut authoring, receipt) = self.observed(commit)?;
        let settled = Settled {
            humans: carried.humans(),
            ..Settled::default()
        };
        carried.leave_out_what_was_seen(&authoring);
        // What the message pins is stood on, also where no line of it is left.
        let mut foreign = pins.to_vec();
        foreign.retain(|pin| !authoring.onto.records.contains(pin));
        authoring.derived_from = self.derived(&foreign)?;
        carried.add_to(&mut authoring, repetition.is_clean);
        self.add_again(&mut authoring, &commit.parent_ids, &settled)?;
        let record_human = self.repo.config()?.settings()?.record_human;
        if !record_human && !authoring.claims_ai() && authoring.derived_from.is_empty() {
            return Ok(Attested::Nothing);
        }
        let attested = self.carry(commit, &carried, Some(authoring), pins)?;
        if let Attested::Recorded(record_id) = attested {
            capture::committed(self.repo, record_id, &receipt, self.clock.now())?;
        }
        Ok(attested)
    }

    /// Signs and attaches a record with the older ones; without one, copies those.
    pub(super) fn carry(
        &mut self,
        commit: &RawCommit,
        carried: &Carried,
        record: Option<Authoring>,
        pins: &[RecordId],
    ) -> Result<Attested, AttestError> {
        let notes = self.notes()?;
        let Some(record) = record else {
            let lines = carried.lines(&notes, &[])?;
            if lines.is_empty() {
                return Ok(Attested::Nothing);
            }
            self.append(commit, &Vec::from_iter(lines))?;
            return Ok(Attested::Copied(pins.to_vec()));
        };
        let record_id = Digest::of(record.to_canonical()?.as_bytes());
        let mut lines = carried.lines(&notes, &record.derived_from)?;
        lines.insert(self.sealed(commit, &record)?.to_line());
        Whereabouts::of(self.repo).expect(commit.id, &record);
        self.append(commit, &Vec::from_iter(lines))?;
        Ok(Attested::Recorded(record_id))
    }

    /// Signs and attaches the record of a merge that has just been made, which runs no post-commit.
    /// A fast-forward makes none.
    ///
    /// # Errors
    ///
    /// [`AttestError`]; nothing was attached then.
    pub fn merged(&mut self, commit_id: ObjectId) -> Result<Attested, AttestError> {
        let made = self.repo.last_move().filter(|moved| moved.new == commit_id);
        let is_recorded = !self.notes()?.hearsay(commit_id)?.is_empty();
        if is_recorded || !made.is_some_and(|moved| moved.is_merge()) {
            return Ok(Attested::Nothing);
        }
        self.attest(commit_id)
    }

    /// Takes down what `git merge --squash` has just brought into the index, for a commit that
    /// commit-msg does not see.
    ///
    /// # Errors
    ///
    /// [`AttestError`].
    pub fn squashed(repo: &Repo) -> Result<(), AttestError> {
        match repo.head()?.commit_id {
            Some(head) => Pending::of(repo).keep_squashed(head, &repo.squashed()),
            None => Ok(()),
        }
    }

    /// Carries records over to a commit that took the place of others, as post-rewrite says. Where
    /// its record covers theirs already, nothing is done.
    ///
    /// # Errors
    ///
    /// [`AttestError`]; nothing was attached then.
    pub fn rewritten(
        &mut self,
        old_ids: &[ObjectId],
        commit_id: ObjectId,
    ) -> Result<Attested, AttestError> {
        // What post-commit left half done says more than what can be carried.
        let waiting = Pending::of(self.repo).all();
        self.finish(waiting, &[commit_id]);
        let commit = self.repo.commit(commit_id)?;
        let notes = self.notes()?;
        if !notes.hearsay(commit_id)?.is_empty() {
            return Ok(Attested::Nothing);
        }
        // `notes.rewriteRef` has Git copy notes between post-commit and this hook, and
        // `notes.rewriteMode=overwrite` over what post-commit attached.
        let overwritten = notes.just_taken_away(commit_id)?;
        if !overwritten.is_empty() {
            self.append(&commit, &overwritten)?;
            return Ok(Attested::Restored);
        }
        let sources = old_ids.iter().rev().map(|id| LineSource::AddedBy(*id));
        let repetition = Repetition {
            sources: sources.collect(),
            is_clean: true,
            is_revert: false,
        };
        self.repeat(&commit, &repetition, &listed(&commit.message))
    }

    /// Adds to a record that is being fixed what its lines were in the commits that it repeats; gives
    /// those that were a human's.
    pub(super) fn add_repeated(
        &self,
        authoring: &mut Authoring,
        parent_ids: &[ObjectId],
        pins: &[RecordId],
    ) -> Result<Humans, AttestError> {
        let repetition = self.repo.repetition_ahead()?.unwrap_or_default();
        let mut pins = pins.to_vec();
        if repetition.is_clean {
            pins.extend(listed(&self.repo.brought_message()));
        }
        self.add_sources(authoring, parent_ids, repetition, &pins)
    }

    /// Adds to the record of a commit that commit-msg did not see what its lines were in the
    /// commits that it repeats.
    pub(super) fn add_repeated_late(
        &self,
        authoring: &mut Authoring,
        commit: &RawCommit,
        pins: &[RecordId],
    ) -> Result<Humans, AttestError> {
        let mut repetition = self.repo.repetition_behind(commit)?;
        if let Some(head) = commit.parent_ids.first() {
            let squashed = Pending::of(self.repo).squashed_on(*head);
            let newest = squashed.first().copied().map(LineSource::TreeOf);
            let squashed = squashed.into_iter().map(LineSource::AddedBy);
            repetition.sources.extend(squashed.chain(newest));
        }
        self.add_sources(authoring, &commit.parent_ids, repetition, pins)
    }

    /// Adds to a record what its lines were in commits that Git does not name.
    pub(super) fn add_again(
        &self,
        authoring: &mut Authoring,
        parent_ids: &[ObjectId],
        settled: &Settled,
    ) -> Result<(), AttestError> {
        if authoring.remainder == Remainder::Unknown
            || parent_ids.is_empty()
            || Whereabouts::of(self.repo).is_empty()
        {
            return Ok(());
        }
        let notes = self.notes()?;
        if notes.tip()?.is_none() {
            return Ok(());
        }
        let target = Target::ahead(self.repo, parent_ids, authoring.tree)?;
        let key = self.key.id();
        if let Some(found) = again(self.repo, key, &target, authoring, settled, &notes)? {
            found.add_to(authoring, false);
        }
        Ok(())
    }

    fn add_sources(
        &self,
        authoring: &mut Authoring,
        parent_ids: &[ObjectId],
        repetition: Repetition,
        pins: &[RecordId],
    ) -> Result<Humans, AttestError> {
        let Repetition {
            mut sources,
            is_clean,
            ..
        } = repetition;
        for source in self.pinned(pins)? {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        if sources.is_empty() && !is_clean {
            return Ok(Humans::new());
        }
        let target = Target::ahead(self.repo, parent_ids, authoring.tree)?;
        let mut carried = carried(self.repo, self.key.id(), &sources, &target)?;
        let humans = carried.humans();
        carried.leave_out_what_was_seen(authoring);
        carried.add_to(authoring, is_clean);
        Ok(humans)
    }
}
