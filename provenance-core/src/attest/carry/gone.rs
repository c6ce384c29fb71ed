//! `carried_from_gone`: lines of commits that are here no more, whose records are.
//!
//! `git filter-repo` writes history anew and prunes what was there. A record of the commit that went
//! away names its tree and its change; where a new commit has that very tree and makes that very
//! change, each of its lines stands where the record says.
//!
//! # What is not checked
//!
//! Who wrote the new commit, and when: a rewrite may have changed that, and the old one cannot be
//! asked.

use std::sync::Arc;

use super::source::View;
use super::{Carried, Origin, Search, Target};
use crate::attest::AttestError;
use crate::attribute::CommitFacts;
use crate::git::{RawCommit, Repo};
use crate::key::KeyId;
use crate::record::{RecordId, Relation};

/// Takes over what records about other commits say, of which `commit` has the tree and the change.
pub(in crate::attest) fn carried_from_gone(
    repo: &Repo,
    key: &KeyId,
    records: &[RecordId],
    commit: &RawCommit,
    target: &Target,
) -> Result<Carried, AttestError> {
    let mut search = Search::new(repo, Some(key), target)?;
    let added = repo.commit_added_lines(commit)?;
    let mut views = Vec::new();
    for record_id in records {
        let facts = CommitFacts::as_if_pinned(&search.verifier, commit, *record_id)?;
        if !facts.judgement.verdict.is_believed() {
            continue;
        }
        let facts = Arc::new(facts);
        let number = search.origins.len();
        search.origins.push(Origin {
            facts: Arc::clone(&facts),
            relation: Relation::IdenticalTree,
            is_same_change: true,
            speaks_for_humans: true,
            is_reset: false,
        });
        views.push(View::added(facts, number, added.clone()));
    }
    search.in_views(&views)
}
