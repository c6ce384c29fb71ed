//! `Records` and closures: what a record stands on, through amends and rewrites.
//!
//! # What is not checked
//!
//! Whether the older commits were what the records say: they are not in other clones, and not
//! here after `git gc`. Only that each member is here.

use std::collections::{BTreeMap, BTreeSet};

use super::line::Member;
use crate::record::RecordId;

/// Authoring records by id. A record id does not cover the commit or the signer, so that one id
/// may stand for several members; a trusted one is preferred.
#[derive(Default)]
pub(super) struct Records {
    by_id: BTreeMap<RecordId, Vec<Member>>,
}

impl Records {
    pub(super) fn insert(&mut self, member: Member) {
        let members = self.by_id.entry(member.record_id).or_default();
        members.push(member);
        members.sort_by_key(|member| (member.trusted.is_none(), member.signer.clone()));
    }

    pub(super) fn get(&self, record_id: RecordId) -> &[Member] {
        self.by_id
            .get(&record_id)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.by_id.values().flatten()
    }
}

/// The most records that one record may stand on.
const MAX_CLOSURE: usize = 4096;

/// The records that `head` stands on, without itself.
pub(super) struct Closure<'a> {
    pub(super) members: Vec<&'a Member>,
    /// Records that it names and that are not here.
    pub(super) absent: Vec<RecordId>,
}

/// Collects what `head` stands on from `near` (its own note).
pub(super) fn of<'a>(head: &Member, near: &'a Records) -> Closure<'a> {
    let mut closure = Closure {
        members: Vec::new(),
        absent: Vec::new(),
    };
    let mut seen = BTreeSet::from([head.record_id]);
    let mut wanted = stands_on(head);
    while let Some(record_id) = wanted.pop() {
        if !seen.insert(record_id) {
            continue;
        }
        match near.get(record_id).first() {
            Some(member) if closure.members.len() < MAX_CLOSURE => {
                wanted.extend(stands_on(member));
                closure.members.push(member);
            }
            _ => closure.absent.push(record_id),
        }
    }
    closure
}

/// What a record stands on by itself: what it was carried over from, and, where its commit
/// replaced HEAD instead of following it, the records of that HEAD.
fn stands_on(member: &Member) -> Vec<RecordId> {
    let mut records: Vec<RecordId> = member
        .claimed
        .derived_from
        .iter()
        .map(|derivation| derivation.record)
        .collect();
    if replaced_head(member) {
        records.extend(&member.claimed.onto.records);
    }
    records
}

/// Answers whether the record's commit replaced the HEAD that it was made on (an amend).
pub(super) fn replaced_head(member: &Member) -> bool {
    member
        .claimed
        .onto
        .commit
        .is_some_and(|head| !member.parents.contains(&head))
}
