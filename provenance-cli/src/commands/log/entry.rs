//! `Entry`: one record, as `log` lists it.

use provenance_core::attribute::{AddedFile, CommitFacts, LineKind, Moment};
use provenance_core::git::ObjectId;
use provenance_core::record::{Authoring, Origin, RecordId};
use provenance_core::verify::{Evidence, Reach, Verdict};
use serde::Serialize;

use crate::dates::rfc3339;
use crate::output::safe;

/// One record; a commit without a believed one has nulls.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) commit: ObjectId,
    pub(super) record: Option<RecordId>,
    pub(super) verdict: Verdict,
    pub(super) origin: Option<Origin>,
    pub(super) contributions: Vec<Contributed>,
    pub(super) approver: Option<String>,
    /// Signed approvals; none are made yet.
    approvals: [(); 0],
    pub(super) recorded_at: Option<String>,
    pub(super) author: String,
    pub(super) author_time: String,
    pub(super) title: String,
    #[serde(skip)]
    pub(super) author_moment: Moment,
    #[serde(skip)]
    pub(super) author_name: String,
    /// Lines of the commit that no session gave; on the first entry of a commit.
    #[serde(skip)]
    pub(super) human: u64,
    #[serde(skip)]
    pub(super) unattested: u64,
}

/// What a session gave, as far as it reaches lines that the commit adds.
#[derive(Debug, Serialize)]
pub(super) struct Contributed {
    pub(super) tool: String,
    pub(super) model: Option<String>,
    pub(super) session: String,
    pub(super) iterations: Option<u64>,
    pub(super) lines: Lines,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Lines {
    pub(super) ai: u64,
    pub(super) mixed: u64,
}

/// Returns the entries of one commit: one for each believed record that is about it or that gave
/// it lines, and one where there is no such record. Of a record and the one that it was carried
/// over from, which name the same lines, only that is listed which gave them, or on which the
/// verdict rests where neither did.
pub(super) fn entries(facts: &CommitFacts, files: &[AddedFile]) -> Vec<Entry> {
    let believed = facts.judgement.evidence.iter();
    let all: Vec<(&Evidence, Entry)> = believed
        .map(|evidence| (evidence, entry_of(facts, files, evidence)))
        .collect();
    let is_listed = |(evidence, entry): &(&Evidence, Entry)| {
        let is_about = evidence.reach == Reach::Commit
            || facts.judgement.record_id == Some(evidence.record_id);
        let mut others = all.iter();
        entry.gave_lines()
            || is_about
                && !others.any(|(other, entry)| {
                    let is_said =
                        entry.gave_lines() || facts.judgement.record_id == Some(other.record_id);
                    is_said && (stands_on(evidence, other) || stands_on(other, evidence))
                })
    };
    let listed: Vec<bool> = all.iter().map(is_listed).collect();
    let mut entries: Vec<Entry> = all
        .into_iter()
        .zip(listed)
        .filter_map(|((_, entry), is_listed)| is_listed.then_some(entry))
        .collect();
    if entries.is_empty() {
        let mut alone = bare(facts);
        alone.record = facts.judgement.record_id;
        entries.push(alone);
    }
    if let Some(first) = entries.first_mut() {
        for file in files {
            let tally = file.tally();
            first.human += tally.of(LineKind::Human);
            first.unattested += tally.of(LineKind::Unattested);
        }
    }
    entries
}

/// Answers whether a record was carried over from another.
fn stands_on(evidence: &Evidence, other: &Evidence) -> bool {
    let mut derivations = evidence.authoring.get().derived_from.iter();
    derivations.any(|derivation| derivation.record == other.record_id)
}

impl Entry {
    fn gave_lines(&self) -> bool {
        let mut given = self.contributions.iter();
        given.any(|given| given.lines.ai + given.lines.mixed > 0)
    }
}

fn bare(facts: &CommitFacts) -> Entry {
    Entry {
        commit: facts.commit_id,
        record: None,
        verdict: facts.judgement.verdict,
        origin: None,
        contributions: Vec::new(),
        approver: None,
        approvals: [],
        recorded_at: None,
        author: safe(&facts.author).into_owned(),
        author_time: rfc3339(facts.author_moment.seconds),
        title: safe(&facts.title).into_owned(),
        author_moment: facts.author_moment,
        author_name: safe(&facts.author_name).into_owned(),
        human: 0,
        unattested: 0,
    }
}

fn entry_of(facts: &CommitFacts, files: &[AddedFile], evidence: &Evidence) -> Entry {
    let authoring: &Authoring = evidence.authoring.get();
    let contributions = authoring.contributions.iter().enumerate();
    let contributions = contributions.map(|(index, contribution)| Contributed {
        tool: safe(&contribution.tool.name).into_owned(),
        model: contribution
            .model
            .as_ref()
            .map(|model| safe(&model.id).into_owned()),
        session: safe(&contribution.session.id).into_owned(),
        iterations: contribution.iterations,
        lines: given(files, evidence.record_id, index),
    });
    Entry {
        record: Some(evidence.record_id),
        origin: Some(authoring.origin),
        contributions: contributions.collect(),
        approver: authoring
            .approver
            .as_deref()
            .map(|approver| safe(approver).into_owned()),
        recorded_at: Some(authoring.recorded_at.to_string()),
        ..bare(facts)
    }
}

/// The lines that a contribution of a record gave.
pub(in crate::commands) fn given(files: &[AddedFile], record_id: RecordId, index: usize) -> Lines {
    let mut lines = Lines::default();
    for (author, count) in files.iter().flat_map(|file| &file.lines) {
        let is_its = author.contributor.as_ref().is_some_and(|contributor| {
            contributor.record_id == record_id && contributor.index == index
        });
        match author.kind {
            LineKind::Ai if is_its => lines.ai += count,
            LineKind::Mixed if is_its => lines.mixed += count,
            _ => {}
        }
    }
    lines
}
