//! `pinned`: commits that are believed for a record about another commit, which their message pins
//! and whose change they make.
//!
//! Such a record stands on the other commit's note, and goes when `git notes prune` finds that commit
//! gone. So it comes along, line for line as it was signed.
//!
//! # What is not checked
//!
//! Where the lines stand: a reader finds them by the record itself.

use super::{How, Mended};
use crate::attest::carry::derived_lines;
use crate::attest::fix::listed;
use crate::attest::{AttestError, Attester};
use crate::object_id::ObjectId;
use crate::record::{Derivation, Relation};
use crate::verify::Verifier;

impl Attester<'_> {
    /// Copies to the notes of such commits the records that they are believed for, and takes these
    /// commits out of the list.
    pub(super) fn keep_pinned(
        &mut self,
        left: &mut Vec<ObjectId>,
    ) -> Result<Vec<Mended>, AttestError> {
        if left.is_empty() {
            return Ok(Vec::new());
        }
        let verifier = Verifier::open(self.repo)?;
        let mut mended = Vec::new();
        let mut others = Vec::new();
        for commit_id in left.drain(..) {
            let commit = self.repo.commit(commit_id)?;
            if listed(&commit.message).is_empty() {
                others.push(commit_id);
                continue;
            }
            let judgement = verifier.judge_commit(&commit)?;
            if !judgement.verdict.is_believed() {
                others.push(commit_id);
                continue;
            }
            let evidence = judgement.evidence.iter();
            let derived: Vec<Derivation> = evidence
                .map(|one| Derivation {
                    commit: one.about.unwrap_or(commit_id),
                    record: one.record_id,
                    relation: Relation::IdenticalPatch,
                })
                .collect();
            let notes = self.notes()?;
            let has = notes.lines(commit_id)?.lines;
            let lines = derived_lines(&notes, &[], &derived)?;
            let new: Vec<Vec<u8>> = lines.into_iter().filter(|l| !has.contains(l)).collect();
            if !new.is_empty() {
                self.append(&commit, &new)?;
                mended.push(Mended {
                    commit_id,
                    record_id: judgement.record_id,
                    how: How::Pinned,
                });
            }
        }
        *left = others;
        Ok(mended)
    }
}
