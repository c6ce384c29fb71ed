//! Trust: the chain moves forward by its own rules only, here and there.

use provenance_core::git::ObjectId;
use provenance_core::trust::{Followed, Problem, TRUST_REF, Trust, TrustError};

use super::listing::Listing;
use super::{Finding, Stop, Sync, SyncError, TrustState};
use crate::log;
use crate::remote::Push;

impl Sync<'_> {
    /// Says what the remote did to its chain, follows it where it continues ours, and returns what
    /// the remote lacks of ours.
    pub(super) fn exchange_trust(&mut self, listing: &Listing) -> Result<Option<Push>, Stop> {
        let tracking = self.remote.trust_tracking_ref();
        let remembered = self.repo.ref_target(&tracking)?;
        let Some(now) = listing.trust else {
            if remembered.is_some() {
                let finding = Finding::deleted(&self.report.remote, TRUST_REF);
                self.report.find(finding);
            }
            let ours = Trust::load(self.repo)?;
            return Ok(self.push_of(ours.as_ref())?);
        };
        let shown = format!("{TRUST_REF} of {}", self.report.remote);
        let theirs = match self.chain(now, &shown)? {
            Ok(theirs) => theirs,
            Err(why) => {
                self.report.find(Finding::trust("trust-unreadable", why));
                return Ok(None);
            }
        };
        if let Some(before) = remembered.filter(|id| *id != now)
            // A chain that was no good then tells nothing about what came after it.
            && let Ok(before) = self.chain(before, &tracking)?
            && !theirs.version_ids().starts_with(before.version_ids())
        {
            let what = format!("{shown} was set back or replaced since the last sync");
            let message = format!("{what}; ours stays: git provenance trust show");
            self.report
                .find(Finding::trust("trust-rolled-back", message));
        }
        self.remember(&tracking, now)?;
        if let Some(broken) = theirs.problems().iter().find(|p| p.is_break()) {
            let why = format!("{shown}: {}", log::chain(broken));
            self.report.find(Finding::trust("trust-broken", why));
            return Ok(None);
        }
        self.follow(&theirs, &tracking)
    }

    /// Follows the remote's chain, and returns what it lacks of ours.
    fn follow(&mut self, theirs: &Trust, tracking: &str) -> Result<Option<Push>, Stop> {
        let ours = Trust::load(self.repo)?;
        let Some(ours) = ours else {
            if !self.options.unattended {
                self.report.trust = TrustState::Taken;
                if !self.options.dry_run {
                    Trust::follow(self.repo, tracking)?;
                }
            }
            return Ok(None);
        };
        let (our_ids, their_ids) = (ours.version_ids(), theirs.version_ids());
        if our_ids.starts_with(their_ids) {
            self.unchanged();
            let is_ahead = our_ids.len() > their_ids.len();
            return Ok(self.push_of(Some(&ours).filter(|_| is_ahead))?);
        }
        if self.options.dry_run && their_ids.starts_with(our_ids) {
            self.report.trust = TrustState::Forwarded;
            return Ok(None);
        }
        match Trust::follow(self.repo, tracking) {
            Ok(Some(Followed::Forwarded(_))) => self.report.trust = TrustState::Forwarded,
            Ok(_) => self.unchanged(),
            Err(error @ TrustError::OtherRoot { .. }) => {
                let finding = Finding::trust("trust-two-roots", error.to_string());
                self.report.find(finding);
            }
            Err(error @ TrustError::Forked { .. }) => {
                let finding = Finding::trust("trust-forked", error.to_string());
                self.report.find(finding);
            }
            Err(error) => return Err(error.into()),
        }
        Ok(None)
    }

    fn unchanged(&mut self) {
        if self.report.trust == TrustState::None {
            self.report.trust = TrustState::Unchanged;
        }
    }

    /// The push of our own chain, unless it has a broken tail that nobody should get.
    fn push_of(&self, ours: Option<&Trust>) -> Result<Option<Push>, SyncError> {
        let is_broken = |trust: &Trust| trust.problems().iter().any(Problem::is_break);
        if ours.is_none_or(is_broken) {
            return Ok(None);
        }
        let tip = self.repo.ref_target(TRUST_REF)?;
        Ok(tip.map(|commit_id| Push {
            commit_id,
            ref_name: TRUST_REF.to_owned(),
        }))
    }

    /// Reads a chain of the remote, or says why it is none. An error is a trouble of our own.
    fn chain(&self, tip: ObjectId, shown: &str) -> Result<Result<Trust, String>, SyncError> {
        match Trust::load_at(self.repo, tip, shown) {
            Ok(trust) => Ok(Ok(trust)),
            Err(error @ (TrustError::NoRoot { .. } | TrustError::Git(_))) => {
                Ok(Err(log::chain(&error)))
            }
            Err(error) => Err(error.into()),
        }
    }
}
