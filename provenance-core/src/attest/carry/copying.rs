//! Copying: the lines of older records that a carried one stands on.
//!
//! The notes of commits that went away go with them. What a new record stands on therefore comes
//! along into its own note, line for line as it was signed.
//!
//! # What is not checked
//!
//! What the lines say. A reader judges them where they stand now.

use std::collections::BTreeSet;

use super::Carried;
use crate::attest::{AttestError, bind};
use crate::attribute::CommitFacts;
use crate::object_id::ObjectId;
use crate::record::{Derivation, RecordId};
use crate::store::{Hearsay, Notes};

impl Carried {
    /// Returns the lines of the records that one is derived from, with all that they stand on; and
    /// of commits whose records are not believed every line, for whoever comes to believe them.
    pub(in crate::attest) fn lines(
        &self,
        notes: &Notes<'_>,
        derived: &[Derivation],
    ) -> Result<BTreeSet<Vec<u8>>, AttestError> {
        let mut commits = Vec::new();
        let mut lines = BTreeSet::new();
        for origin in &self.origins {
            let facts: &CommitFacts = &origin.facts;
            if facts.judgement.verdict.is_believed() {
                commits.push(facts.commit_id);
            } else {
                lines.extend(notes.lines(facts.commit_id)?.lines);
            }
        }
        lines.append(&mut derived_lines(notes, &commits, derived)?);
        Ok(lines)
    }
}

/// Returns the lines of the records that are derived from, with all that they stand on: from the
/// notes of `commits`, of the commits that the records are about, and else from any note.
pub(in crate::attest) fn derived_lines(
    notes: &Notes<'_>,
    commits: &[ObjectId],
    derived: &[Derivation],
) -> Result<BTreeSet<Vec<u8>>, AttestError> {
    let wanted: Vec<RecordId> = derived.iter().map(|one| one.record).collect();
    let mut lines = BTreeSet::new();
    let about = derived.iter().map(|one| one.commit);
    let commits: BTreeSet<ObjectId> = commits.iter().copied().chain(about).collect();
    for commit_id in commits {
        lines.append(&mut standing(notes, commit_id, &wanted)?);
    }
    let is_there = |id: &RecordId| lines.iter().any(|line| is_record(line, *id));
    let missing: Vec<RecordId> = wanted.into_iter().filter(|id| !is_there(id)).collect();
    if !missing.is_empty() {
        let elsewhere = bind::locate(notes, &missing)?;
        lines.extend(elsewhere.into_iter().map(|said| said.line));
    }
    Ok(lines)
}

fn is_record(line: &[u8], record_id: RecordId) -> bool {
    Hearsay::of(line).is_some_and(|said| said.record_id == record_id)
}

/// The lines of a commit's note that hold some records, and those that they stand on.
fn standing(
    notes: &Notes<'_>,
    commit_id: ObjectId,
    wanted: &[RecordId],
) -> Result<BTreeSet<Vec<u8>>, AttestError> {
    let lines = notes.lines(commit_id)?.lines;
    let said: Vec<Hearsay> = lines.iter().filter_map(|line| Hearsay::of(line)).collect();
    let mut wanted: Vec<RecordId> = wanted.to_vec();
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(record_id) = wanted.pop() {
        if !seen.insert(record_id) {
            continue;
        }
        for said in said.iter().filter(|said| said.record_id == record_id) {
            found.insert(said.line.clone());
            if let Ok(authoring) = said.statement.authoring() {
                wanted.extend(authoring.derived_from.iter().map(|d| d.record));
                wanted.extend(authoring.onto.records);
            }
        }
    }
    Ok(found)
}
