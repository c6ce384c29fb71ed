//! `carry_merged`: who says so, about a commit that a forge made: a squash, a rebase, a merge.
//!
//! No hook ran, and whoever signs now (CI, most likely) saw no line being written. So the new record
//! only repeats: each line that has a source keeps what its source's record says, a line without one
//! stays unattested, and no human is said to have accepted anything anew. Whose the lines of a human
//! are is said again only where the change is the very same, or by the human who said it first.
//!
//! # Invariants
//!
//! - What is no proven source gives nothing, however it is named: a number, a pin and a head only
//!   say where to look. What the caller names by himself gives only lines that stand in both.
//! - The same merge has the same record, whoever carries it and however often.
//!
//! # What is not checked
//!
//! Whether anybody trusts the key: a reader says that, and judges the older records too.

mod made;
mod numbers;
mod search;

pub use search::{MergeSearch, Wanted};

use std::collections::BTreeSet;

use self::made::Made;
use super::carry::{Carried, Target, carried, carried_unseen};
use super::{AttestError, Attester};
use crate::digest::Digest;
use crate::git::RawCommit;
use crate::object_id::ObjectId;
use crate::record::RecordId;
use crate::trust::PrincipalKind;
use crate::verify::Verifier;

/// How it is known what a commit was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Another commit makes the very same change.
    SameChange,
    /// Git makes the same merge by itself.
    SameMerge,
    /// The caller said so.
    Named,
}

/// What became of a commit that a forge made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// Records about it are believed already: nothing was done.
    Known,
    /// A record says where its lines come from.
    Carried {
        /// The record.
        record_id: RecordId,
        /// How its sources are known.
        how: Proof,
        /// The commits that it was made of, newest first.
        sources: Vec<ObjectId>,
    },
    /// What it was made of is known, and no record of that is believed: those lines were copied to
    /// its note, for whoever comes to believe them.
    Copied {
        /// How its sources are known.
        how: Proof,
        /// The commits that it was made of, newest first.
        sources: Vec<ObjectId>,
    },
    /// It was made of nothing that is here and has a record.
    NoSource,
}

impl Attester<'_> {
    /// Signs and attaches the record of a commit that a forge made of others.
    ///
    /// # Errors
    ///
    /// [`AttestError`]; nothing was attached then.
    pub fn carry_merged(
        &mut self,
        commit_id: ObjectId,
        search: &MergeSearch<'_>,
    ) -> Result<Merged, AttestError> {
        let verifier = Verifier::open(self.repo)?;
        let evidence = verifier.judge(commit_id)?.evidence;
        if evidence.iter().any(|one| one.about == Some(commit_id)) {
            return Ok(Merged::Known);
        }
        // By its pin alone it is believed only as long as the older commit keeps its note.
        let commit = self.repo.commit(commit_id)?;
        let target = Target::of(self.repo, &commit)?;
        let trust = verifier.trust();
        let principal = trust.and_then(|trust| trust.principal_of(self.key.id()));
        let is_human = principal.is_some_and(|one| one.kind == PrincipalKind::Human);
        let mut unbelieved = None;
        for merges in [false, true] {
            let all = if merges {
                search.merges(&commit)?
            } else {
                search.same_changes(&commit)?
            };
            for made in all {
                let sources = made.sources();
                let carried = if is_human {
                    carried(self.repo, self.key.id(), &sources, &target)?
                } else {
                    carried_unseen(self.repo, &sources, &target)?
                };
                let (how, carried) = match made {
                    Made::SameChange(_) => (Proof::SameChange, carried),
                    Made::Merge(_) => (Proof::SameMerge, carried),
                    // Not proven: only a line that stands in both speaks for a commit.
                    Made::Named(_) => (Proof::Named, carried.only_found()),
                };
                if let Some(record_id) = self.attach_merged(&commit, &target, &carried)? {
                    return Ok(Merged::Carried {
                        record_id,
                        how,
                        sources: made.commits().to_vec(),
                    });
                }
                unbelieved.get_or_insert((how, made, carried));
            }
        }
        let Some((how, made, carried)) = unbelieved else {
            return Ok(Merged::NoSource);
        };
        let lines = carried.lines(&self.notes()?, &[])?;
        if lines.is_empty() {
            return Ok(Merged::NoSource);
        }
        self.append(&commit, &Vec::from_iter(lines))?;
        Ok(Merged::Copied {
            how,
            sources: made.commits().to_vec(),
        })
    }

    /// `None` where no believed record speaks of any source.
    fn attach_merged(
        &self,
        commit: &RawCommit,
        target: &Target,
        carried: &Carried,
    ) -> Result<Option<RecordId>, AttestError> {
        let Some(record) = carried.record_of_merge(target) else {
            return Ok(None);
        };
        let record_id = Digest::of(record.to_canonical()?.as_bytes());
        let mut lines: BTreeSet<Vec<u8>> = carried.lines(&self.notes()?, &record.derived_from)?;
        lines.insert(self.sealed(commit, &record)?.to_line());
        self.append(commit, &Vec::from_iter(lines))?;
        Ok(Some(record_id))
    }
}
