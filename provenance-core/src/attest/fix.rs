//! `fix`: what is said, before the commit exists (githooks(5), commit-msg).
//!
//! # What is not checked
//!
//! Whether the commit will happen, and whether it is an amend. Both are seen afterwards.

use super::carry::Settled;
use super::pending::Pending;
use super::{AttestError, Attester, amend, records_of};
use crate::capture::{self, Observation, Receipt, Scene};
use crate::git::trailer::{self, Pins};
use crate::git::{RawCommit, TrailerPolicy};
use crate::object_id::ObjectId;
use crate::record::{Authoring, CommittedBy, Derivation, Onto, RecordId, Relation};
use crate::text;

/// A record that was fixed, and what the message is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// Its id.
    pub record_id: RecordId,
    /// Whether the message is to pin it.
    pub pin: bool,
    /// `agent:model` for each `Assisted-by` line.
    pub assisted_by: Vec<String>,
}

impl Attester<'_> {
    /// Fixes the record of the commit that the index will become.
    ///
    /// Gives `None` where nothing is to be said: a commit without AI lines where
    /// `provenance.recordHuman` is off and no older record is touched.
    ///
    /// # Errors
    ///
    /// [`AttestError`]; nothing was fixed then.
    pub fn fix(&mut self, message: &[u8]) -> Result<Option<Fixed>, AttestError> {
        // What HEAD's records are depends on it.
        let waiting = Pending::of(self.repo).all();
        self.finish(waiting, &[]);
        let settings = self.repo.config()?.settings()?;
        let head = match self.repo.head()?.commit_id {
            Some(commit_id) => Some(self.repo.commit(commit_id)?),
            None => None,
        };
        let tree = self.repo.index_tree()?;
        let pins = listed(message);
        let onto = self.onto(head.as_ref())?;
        let merged = self.repo.merge_heads()?;
        let parent_trees = self.parent_trees(head.as_ref(), &merged)?;
        let mut observation = self.observe(&parent_trees, tree)?;
        let paths = std::mem::take(&mut observation.settled);
        let foreign: Vec<RecordId> = pins
            .iter()
            .filter(|pin| !onto.records.contains(pin))
            .copied()
            .collect();

        let mut authoring = self.blank(tree, onto)?;
        authoring.derived_from = self.derived(&foreign)?;
        let receipt = self.add_observation(&mut authoring, observation)?;
        let mut parent_ids: Vec<ObjectId> = head.iter().map(|head| head.id).collect();
        parent_ids.extend(merged);
        let humans = self.add_repeated(&mut authoring, &parent_ids, &foreign)?;
        self.add_again(&mut authoring, &parent_ids, &Settled { paths, humans })?;
        let amended = head.as_ref().filter(|head| self.is_likely_amend(head));
        if let Some(head) = amended {
            amend::leave_open(self, &mut authoring, head)?;
        }
        let claims_ai = authoring.claims_ai();
        let replaces = !pins.is_empty() || amended.is_some();
        if !settings.record_human && !claims_ai && !replaces {
            return Ok(None);
        }
        let predicate = authoring.settle()?;
        let patch = match (parent_ids.as_slice(), parent_trees.as_slice()) {
            // Here its trees and texts are at hand. What cannot be read is said afterwards.
            ([] | [_], trees) => (self.repo).patch_between(trees.first().copied(), tree).ok(),
            _ => None,
        };
        let record_id = Pending::of(self.repo).keep(&predicate, &receipt, None, patch)?;
        let (pins_ai, assists, pins_all) = match settings.trailer {
            TrailerPolicy::PinAndAssisted => (true, true, false),
            TrailerPolicy::Pin => (true, false, false),
            TrailerPolicy::Assisted => (false, true, false),
            TrailerPolicy::All => (true, true, true),
            _ => (false, false, false),
        };
        Ok(Some(Fixed {
            record_id,
            pin: pins_all || (pins_ai && (claims_ai || replaces)),
            assisted_by: if assists {
                assisted_by(&authoring)
            } else {
                Vec::new()
            },
        }))
    }

    /// Forgets a fixed record: Git will abort the commit.
    pub fn discard(&self, fixed: &Fixed) {
        Pending::of(self.repo).remove(fixed.record_id);
    }

    /// Names HEAD and its records, those that its message pins included.
    fn onto(&self, head: Option<&RawCommit>) -> Result<Onto, AttestError> {
        let Some(head) = head else {
            return Ok(Onto::default());
        };
        let records = records_of(&self.notes()?, head.id, &listed(&head.message))?;
        Ok(Onto {
            commit: Some(head.id),
            records,
        })
    }

    /// The trees of HEAD and of what is being merged into it.
    fn parent_trees(
        &self,
        head: Option<&RawCommit>,
        merged: &[ObjectId],
    ) -> Result<Vec<ObjectId>, AttestError> {
        let mut trees: Vec<ObjectId> = head.map(|head| head.tree_id).into_iter().collect();
        for merged in merged {
            trees.push(self.repo.commit(*merged)?.tree_id);
        }
        Ok(trees)
    }

    /// What capture saw of the change from the parents' trees to `tree`.
    pub(super) fn observe(
        &self,
        parent_tree_ids: &[ObjectId],
        tree_id: ObjectId,
    ) -> Result<Observation, AttestError> {
        let agent = self.hint.clone();
        let scene = Scene {
            parent_tree_ids,
            tree_id,
            agent,
            now: self.clock.now(),
        };
        Ok(capture::pending(self.repo, &scene)?)
    }

    /// Records that the message pins and that are not HEAD's: a commit that was picked or squashed.
    pub(super) fn derived(&self, foreign: &[RecordId]) -> Result<Vec<Derivation>, AttestError> {
        if foreign.is_empty() {
            return Ok(Vec::new());
        }
        let known = super::bind::locate(&self.notes()?, foreign)?;
        let mut derived: Vec<Derivation> = known
            .into_iter()
            .map(|found| Derivation {
                commit: found.about,
                record: found.record_id,
                relation: Relation::Asserted,
            })
            .collect();
        derived.sort_unstable();
        derived.dedup();
        Ok(derived)
    }

    /// Says in a predicate what was observed, and keeps what opens its commitments.
    pub(super) fn add_observation(
        &self,
        authoring: &mut Authoring,
        observation: Observation,
    ) -> Result<Receipt, AttestError> {
        for opening in &observation.openings {
            opening.keep(self.repo.common_dir())?;
        }
        authoring.approver = match observation.committed_by {
            CommittedBy::Agent => None,
            // A name that is none says nothing; then it is whoever commits.
            CommittedBy::Human => {
                match observation.approver.as_deref().and_then(text::cleaned_id) {
                    Some(approver) => Some(approver),
                    None => self.committer()?,
                }
            }
        };
        authoring.contributions = observation.contributions;
        authoring.remainder = observation.remainder;
        authoring.unknown = observation.unknown;
        authoring.committed_by = observation.committed_by;
        authoring.capture.extend(observation.codes);
        Ok(observation.receipt)
    }

    /// `--amend` keeps HEAD's author date, and Git hands it to the hook. A hint only: so does
    /// `commit -C HEAD`, and `--amend --reset-author` does not.
    fn is_likely_amend(&self, head: &RawCommit) -> bool {
        let Some(date) = self.repo.location().author.date.as_deref() else {
            return false;
        };
        let (sign, offset) = if head.author.offset_minutes < 0 {
            ('-', head.author.offset_minutes.unsigned_abs())
        } else {
            ('+', head.author.offset_minutes.unsigned_abs())
        };
        let written = format!(
            "{} {sign}{:02}{:02}",
            head.author.seconds,
            offset / 60,
            offset % 60
        );
        date.trim_start_matches('@') == written
    }
}

/// The pins of a message; none where there are more than a message may have.
pub(super) fn listed(message: &[u8]) -> Vec<RecordId> {
    match trailer::pins(message) {
        Pins::Listed(pins) => pins,
        Pins::TooMany => Vec::new(),
    }
}

/// The Linux kernel's form: the agent's name, a colon, the model.
fn assisted_by(authoring: &Authoring) -> Vec<String> {
    let mut lines: Vec<String> = authoring
        .contributions
        .iter()
        .filter(|c| c.extent.is_some() || !c.files.is_empty())
        .filter_map(|contribution| {
            let name = &contribution.tool.name;
            match &contribution.model {
                Some(model) => text::cleaned_id(&format!("{name}:{}", model.raw)),
                None => Some(name.clone()),
            }
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}
