//! What an amend did to the lines of the commit that it replaced.
//!
//! The older records come along whole. Where the tree is the same their claims hold as they are.
//! Else a second record says where the older lines stand now: those that are still there, byte for
//! byte, and no other, whichever commit they came from. It is needed because the old commit is in no other clone, and not here after
//! `git gc`. It stands on the first record too, so that neither says anything without the other.
//!
//! # What is not checked
//!
//! Whether an older claim was true. Only what a reader would believe about the old commit is
//! carried; lines that were unattested there stay so.

use std::collections::BTreeSet;

use super::carry::{Target, carried};
use super::{AttestError, Attester};
use crate::git::{LineSource, RawCommit};
use crate::object_id::ObjectId;
use crate::record::{Authoring, Derivation, RecordId, Relation, Remainder};

/// Says in a record that may be of an amend that it does not know whose some lines are: those that
/// stood before the commit that it replaces, and are no human's, but count as added now. The second
/// record does, and taking that away must not make them a human's.
pub(super) fn leave_open(
    attester: &Attester<'_>,
    authoring: &mut Authoring,
    old: &RawCommit,
) -> Result<(), AttestError> {
    if old.tree_id == authoring.tree || authoring.remainder == Remainder::Unknown {
        return Ok(());
    }
    let target = Target::ahead(attester.repo, &old.parent_ids, authoring.tree)?;
    let sources = [LineSource::AddedBy(old.id), LineSource::KeptFrom(old.id)];
    let carried = carried(attester.repo, attester.key.id(), &sources, &target)?;
    let lines = carried.not_human_before(old.id);
    authoring.unknown.extend(lines);
    authoring.unknown.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

/// The second record of an amend.
pub(super) struct Remapped {
    pub(super) record: Authoring,
    /// The lines of notes that it stands on.
    pub(super) older: BTreeSet<Vec<u8>>,
}

/// Makes the record that says where the lines of `old_id` stand in `commit`, whose own record is
/// `fixed`; `None` where nothing but a human's lines was there, or every claim holds as it is.
pub(super) fn remapped(
    attester: &Attester<'_>,
    old_id: ObjectId,
    commit: &RawCommit,
    fixed: (RecordId, &Authoring),
) -> Result<Option<Remapped>, AttestError> {
    let repo = attester.repo;
    if repo.commit(old_id)?.tree_id == commit.tree_id {
        return Ok(None);
    }
    let target = Target::of(repo, commit)?;
    // Lines that stood there before it may count as added now: what stands around them changed.
    let sources = [LineSource::AddedBy(old_id), LineSource::KeptFrom(old_id)];
    let carried = carried(repo, attester.key.id(), &sources, &target)?.amended(old_id);
    if carried.is_all_human() {
        return Ok(None);
    }
    let (record_id, fixed) = fixed;
    let Some(mut record) = carried.record(&target, Some(fixed.remainder)) else {
        return Ok(None);
    };
    let older = carried.lines(&attester.notes()?, &record.derived_from)?;
    record.approver.clone_from(&fixed.approver);
    record.committed_by = fixed.committed_by;
    record.derived_from.push(Derivation {
        commit: commit.id,
        record: record_id,
        relation: Relation::Amend,
    });
    record.derived_from.sort_unstable();
    Ok(Some(Remapped { record, older }))
}
