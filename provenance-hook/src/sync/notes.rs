//! Notes: what the remote lost, what we take from it, and what it is to be given.

use std::time::Duration;

use provenance_core::attest::{self, Effort};
use provenance_core::git::{FsyncPolicy, NotesTree, ObjectId};
use provenance_core::store::{Absorbed, Offer, cut, gaps, lost};

use super::listing::Listing;
use super::{Counts, Finding, SentTo, Stop, Sync, SyncError};
use crate::remote::Push;

/// How many new notes commits are looked at one by one.
const MAX_LOOK_BACK: usize = 1000;
/// For how long.
const LOOK_BACK: Duration = Duration::from_millis(250);

/// What the remote lacks of our notes.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    /// The push that gives it; `None` when it waits in an inbox already.
    pub(super) push: Option<Push>,
    pub(super) counts: Counts,
}

impl Sync<'_> {
    /// Puts back what our own notes were set back from, before a remote is told what we have.
    pub(super) fn put_back(&mut self) -> Result<(), SyncError> {
        let tips = self.notes.set_back_from()?;
        if tips.is_empty() {
            return Ok(());
        }
        let before = self.repo.notes_at(self.notes.tip()?)?;
        let after = self.repo.notes_at(self.absorb(&tips)?.tip)?;
        let gone = lost(self.repo, &after, &before)?;
        let dry_run = self.options.dry_run;
        let finding = Finding::set_back(self.notes_ref.as_str(), gone, dry_run);
        self.report.find(finding);
        Ok(())
    }

    /// Says what the remote lost, and unites the rest with ours; `false` when the remote's shared
    /// notes cannot be read.
    pub(super) fn receive_notes(&mut self, listing: &Listing) -> Result<bool, Stop> {
        let shared_is_readable = self.examine(listing)?;
        let mut tips: Vec<ObjectId> = Vec::new();
        if let Some(id) = listing.notes.filter(|_| shared_is_readable) {
            tips.push(id);
            tips.extend(self.cut_off(id)?);
        }
        let shared = tips.len();
        let before = self.notes.tip()?;
        for (inbox, id) in &listing.inboxes {
            let tracking = self.remote.inbox_tracking_ref(inbox);
            let is_known = self.repo.ref_target(&tracking)? == Some(*id);
            if let Some(ours) = before.filter(|_| is_known)
                && self.repo.is_ancestor(*id, ours)?
            {
                // It was absorbed when it was seen first.
                continue;
            }
            match self.readable(*id)? {
                Ok(()) => tips.push(*id),
                Err(why) => {
                    let name = format!("{}{inbox}", self.inboxes.prefix());
                    let finding = Finding::unreadable(&self.report.remote, &name, &why);
                    self.report.find(finding);
                }
            }
        }
        let absorbed = self.absorb(&tips)?;
        self.ours = absorbed.tip;
        if !absorbed.surplus.is_empty() {
            self.report
                .find(Finding::surplus("here", &absorbed.surplus));
        }
        if absorbed.tip != before {
            let (before, after) = (
                self.repo.notes_at(before)?,
                self.repo.notes_at(absorbed.tip)?,
            );
            let gained = gaps(self.repo, &before, &after)?.0;
            self.report.received.add(gained.into());
        }
        if !self.options.dry_run {
            // Hints only: without them nothing is wrong with what was received.
            drop(attest::catch_up(self.repo, &self.notes, Effort::Whole));
        }
        self.report.inboxes += (tips.len() - shared) as u64;
        if let Some(id) = listing.notes.filter(|_| shared_is_readable) {
            self.remember(&self.remote.notes_tracking_ref(), id)?;
        }
        for (inbox, id) in listing.inboxes.iter().filter(|(_, id)| tips.contains(id)) {
            self.remember(&self.remote.inbox_tracking_ref(inbox), *id)?;
        }
        Ok(shared_is_readable)
    }

    fn absorb(&self, tips: &[ObjectId]) -> Result<Absorbed, SyncError> {
        let fsync = FsyncPolicy::ALWAYS;
        Ok(if self.options.dry_run {
            self.notes.united_with(tips)?
        } else {
            self.notes.absorb(tips, fsync)?
        })
    }

    /// Compares the remote's shared notes with what it had; `false` when they cannot be read.
    fn examine(&mut self, listing: &Listing) -> Result<bool, Stop> {
        let remembered = self.repo.ref_target(&self.remote.notes_tracking_ref())?;
        let name = self.notes_ref.as_str().to_owned();
        let remote = self.report.remote.clone();
        let Some(now) = listing.notes else {
            if remembered.is_some() {
                self.report.find(Finding::deleted(&remote, &name));
            }
            return Ok(true);
        };
        if remembered == Some(now) {
            return Ok(true);
        }
        if let Err(why) = self.readable(now)? {
            let finding = Finding::unreadable(&remote, &name, &why);
            self.report.find(finding);
            return Ok(false);
        }
        // Without a memory of our own: whatever descends from ours must have all of ours.
        let ours = self.notes.tip()?;
        let (before, is_set_back) = match (remembered, ours) {
            (Some(before), _) => (before, !self.repo.is_ancestor(before, now)?),
            (None, Some(ours)) if self.repo.is_ancestor(ours, now)? => (ours, false),
            _ => return Ok(true),
        };
        let (then, now) = (
            self.repo.notes_at(Some(before))?,
            self.repo.notes_at(Some(now))?,
        );
        let gone = lost(self.repo, &then, &now)?;
        if is_set_back {
            self.report.find(Finding::rewound(&remote, &name, gone));
        } else if !gone.is_empty() {
            self.report.find(Finding::truncated(&remote, &name, gone));
        }
        Ok(true)
    }

    /// Returns states of the remote's history that had lines which its newest one has not: they
    /// were taken out before we saw them, and are united with as if they had not been.
    fn cut_off(&mut self, tip: ObjectId) -> Result<Vec<ObjectId>, SyncError> {
        let remembered = self.repo.ref_target(&self.remote.notes_tracking_ref())?;
        let ours = self.notes.tip()?;
        if remembered == Some(tip) || ours == Some(tip) {
            return Ok(Vec::new());
        }
        let known: Vec<ObjectId> = remembered.into_iter().chain(ours).collect();
        let deadline = self.deadline.at_most(LOOK_BACK);
        let go_on = || deadline.left().is_some();
        // A history that cannot be read tells nothing; its newest state was read.
        let mut found = cut(self.repo, tip, &known, MAX_LOOK_BACK, go_on).unwrap_or_default();
        // What we have is not missed, whatever happened to it there.
        let have = self.repo.notes_at(ours)?;
        let mut lacks = |state: &ObjectId| {
            let state = self.repo.notes_at(Some(*state));
            state.is_ok_and(|state| lost(self.repo, &state, &have).is_ok_and(|gap| !gap.is_empty()))
        };
        found.retain(&mut lacks);
        if !found.is_empty() {
            let name = self.notes_ref.as_str().to_owned();
            let finding = Finding::cut_off(&self.report.remote, &name);
            self.report.find(finding);
        }
        Ok(found)
    }

    /// Answers whether a tip of the remote is a history of notes that can be read, or says why
    /// not. An error is a trouble of our own.
    fn readable(&self, tip: ObjectId) -> Result<Result<(), String>, SyncError> {
        let ours = self.repo.notes_at(self.notes.tip()?)?;
        let why = match self.compared(&ours, tip) {
            Ok(()) => return Ok(Ok(())),
            Err(SyncError::Store(error)) => crate::log::chain(&error),
            Err(SyncError::Git(error)) => crate::log::chain(&error),
            Err(error) => return Err(error),
        };
        // It takes two to compare: ours must be readable by itself.
        ours.list()?;
        Ok(Err(why))
    }

    fn compared(&self, ours: &NotesTree<'_>, tip: ObjectId) -> Result<(), SyncError> {
        self.repo.commit(tip)?;
        let theirs = self.repo.notes_at(Some(tip))?;
        ours.differences(&theirs)?;
        Ok(())
    }

    /// Returns what the remote lacks of our notes.
    pub(super) fn outgoing_notes(&mut self, listing: &Listing) -> Result<Option<Outgoing>, Stop> {
        let fsync = FsyncPolicy::ALWAYS;
        let offer = self.notes.offer(self.ours, listing.notes, fsync)?;
        if !offer.surplus().is_empty() {
            let place = format!("of {}", self.report.remote);
            self.report.find(Finding::surplus(&place, offer.surplus()));
        }
        let Offer::Commit { commit_id, gap, .. } = offer else {
            return Ok(None);
        };
        Ok(Some(Outgoing {
            push: Some(Push {
                commit_id,
                ref_name: self.notes_ref.as_str().to_owned(),
            }),
            counts: gap.into(),
        }))
    }

    /// Returns the name of our own inbox.
    pub(super) fn own_inbox(&self) -> Option<String> {
        let key = self.options.writer.as_ref()?;
        let inbox = self.inboxes.of_key(key).ok()?;
        Some(inbox.as_str().to_owned())
    }

    /// Addresses what goes out to our inbox, where that is what is left.
    pub(super) fn addressed(
        &mut self,
        mut outgoing: Outgoing,
        listing: &Listing,
    ) -> Result<Outgoing, Stop> {
        let Some(inbox) = self.own_inbox().filter(|_| self.to_inbox) else {
            return Ok(outgoing);
        };
        if self.report.was_refused {
            let finding = Finding::refused(&self.report.remote, self.notes_ref.as_str());
            self.report.find(finding);
        }
        let name = inbox
            .strip_prefix(self.inboxes.prefix())
            .unwrap_or_default();
        let fsync = FsyncPolicy::ALWAYS;
        let offer = self.notes.offer(self.ours, listing.inbox(name), fsync)?;
        outgoing.push = match offer {
            Offer::Nothing { .. } => {
                self.report.sent_to = Some(SentTo::Inbox(inbox));
                None
            }
            Offer::Commit { commit_id, .. } => Some(Push {
                commit_id,
                ref_name: inbox,
            }),
        };
        Ok(outgoing)
    }
}
