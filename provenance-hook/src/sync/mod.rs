//! `sync`: the union of our notes and our trust with a remote's, both ways.
//!
//! Takes a repository and a [`Remote`] and gives a [`Report`]. One round lists what the remote
//! has, fetches it, says what the remote lost, absorbs the rest, and sends what it lacks. When
//! another writer was faster, or the remote said no, the next round begins after a pause, until
//! the time limit. Who loses too often sends to an inbox of his own, which everybody absorbs.
//!
//! # Invariants
//!
//! - No line and no version of ours goes away, whatever the remote holds, and nothing is forced:
//!   every push is a fast-forward from a value that Git saw.
//! - What the remote did is a value, a [`Finding`]; that it could not be asked is one too,
//!   [`Unfinished`]. An error is a trouble of this repository.
//! - Our references move only by the rules of `store` and `trust`; what the remote had is
//!   remembered under `refs/provenance-remotes/`.
//!
//! # What is not checked
//!
//! What the records say: `verify` does that. A line that was added and taken away again between
//! two syncs of ours is seen in the newest thousand notes commits only, and not where the history
//! was replaced.

mod listing;
mod notes;
mod pause;
mod report;
mod trust;

pub use report::{Counts, Finding, Report, SentTo, SyncError, TrustState, Unfinished};

use std::time::Duration;

use provenance_core::git::{NotesRef, ObjectId, Repo};
use provenance_core::key::KeyId;
use provenance_core::store::{Inboxes, Notes};
use provenance_core::trust::TRUST_REF;

use crate::environment::Environment;
use crate::remote::{Deadline, Push, Pushed, Remote, Talk, TalkError};
use listing::Listing;
use notes::Outgoing;
use pause::Pause;

/// How often in a row a remote may give no answer.
const MAX_UNREACHED: u32 = 3;
/// How often a remote may say no while nobody else changes it.
const MAX_REFUSED: u32 = 4;
/// How often others may be faster before the inbox is used.
const MAX_OVERTAKEN: u32 = 4;

/// How to sync.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long it may take.
    pub limit: Duration,
    /// Whether to look and change nothing.
    pub dry_run: bool,
    /// Whether nobody watches, as in a hook: no first chain of trust is believed then, and no
    /// program asks for a password.
    pub unattended: bool,
    /// Whose inbox is used when others are faster; none without a key.
    pub writer: Option<KeyId>,
}

/// One sync with one remote.
struct Sync<'a> {
    repo: &'a Repo,
    notes: Notes<'a>,
    notes_ref: NotesRef,
    inboxes: Inboxes,
    remote: &'a Remote,
    talk: Talk<'a>,
    options: &'a Options,
    deadline: Deadline,
    report: Report,
    /// Where our notes are, after what was received.
    ours: Option<ObjectId>,
    /// What the remote had in the last round, and which references it refused then.
    last: Option<(Listing, Vec<String>)>,
    refused: u32,
    overtaken: u32,
    to_inbox: bool,
}

/// Why a round ended early.
enum Stop {
    /// A trouble of this repository.
    Local(SyncError),
    /// A trouble of the remote.
    Remote(TalkError),
}

impl<E: Into<SyncError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Local(error.into())
    }
}

/// Syncs with a remote.
///
/// # Errors
///
/// [`SyncError`] when this repository cannot be read or written.
pub fn sync(
    repo: &Repo,
    environment: &Environment,
    remote: &Remote,
    options: &Options,
) -> Result<Report, SyncError> {
    let config = repo.config()?;
    let notes_ref = config.settings()?.notes_ref;
    let sync = Sync {
        repo,
        notes: Notes::open(repo, &notes_ref),
        inboxes: Inboxes::of(&notes_ref),
        notes_ref,
        remote,
        talk: Talk::new(environment, config, !options.unattended),
        options,
        deadline: Deadline::after(options.limit),
        report: Report::new(&remote.shown, options.dry_run),
        ours: None,
        last: None,
        refused: 0,
        overtaken: 0,
        to_inbox: false,
    };
    sync.run()
}

impl Sync<'_> {
    fn run(mut self) -> Result<Report, SyncError> {
        self.put_back()?;
        let mut pause = Pause::default();
        let mut unreached = 0;
        loop {
            match self.round() {
                Ok(true) => return Ok(self.report),
                Ok(false) => unreached = 0,
                Err(Stop::Local(error)) => return Err(error),
                Err(Stop::Remote(trouble)) => {
                    unreached += 1;
                    if trouble.is_time_limit() || unreached == MAX_UNREACHED {
                        self.report.unfinished = Some(Unfinished::of(&trouble, self.options));
                        return Ok(self.report);
                    }
                }
            }
            if !pause.take(self.deadline) {
                self.report.unfinished = Some(Unfinished::TimeLimit(self.options.limit));
                return Ok(self.report);
            }
        }
    }

    /// Receives, then sends; `true` when nothing is left to do.
    fn round(&mut self) -> Result<bool, Stop> {
        let listing = self.list()?;
        self.count_refusals(&listing);
        self.fetch(&listing)?;
        if !listing.is_here(self.repo)? {
            // It changed while we looked.
            return Ok(false);
        }
        let trust = self.exchange_trust(&listing)?;
        let readable = self.receive_notes(&listing)?;
        let mut pushes = Vec::new();
        let outgoing = if readable {
            self.outgoing_notes(&listing)?
        } else {
            None
        };
        let outgoing = match outgoing {
            Some(outgoing) => Some(self.addressed(outgoing, &listing)?),
            None => None,
        };
        pushes.extend(outgoing.as_ref().and_then(|outgoing| outgoing.push.clone()));
        pushes.extend(trust);
        if self.options.dry_run {
            self.report.sent = outgoing.map(|outgoing| outgoing.counts).unwrap_or_default();
            return Ok(true);
        }
        if pushes.is_empty() {
            return Ok(true);
        }
        if self.refused >= MAX_REFUSED {
            self.give_up(&pushes);
            return Ok(true);
        }
        let outcomes = self
            .talk
            .push(&self.remote.address, &pushes, self.deadline)
            .map_err(Stop::Remote)?;
        let mut refused = Vec::new();
        for (push, outcome) in pushes.iter().zip(outcomes) {
            match outcome {
                Pushed::Done => self.remember_push(push, outgoing.as_ref())?,
                Pushed::Refused => refused.push(push.ref_name.clone()),
            }
        }
        let done = refused.is_empty();
        self.last = Some((listing, refused));
        Ok(done)
    }

    /// Asks the remote what it has.
    fn list(&self) -> Result<Listing, Stop> {
        let notes = self.notes_ref.as_str();
        let inboxes = format!("{}*", self.inboxes.prefix());
        let patterns = [notes, &inboxes, TRUST_REF];
        let listed = self
            .talk
            .list(&self.remote.address, &patterns, self.deadline)
            .map_err(Stop::Remote)?;
        Ok(Listing::of(listed, notes, &self.inboxes))
    }

    /// Counts whether what was refused was refused because others were faster.
    fn count_refusals(&mut self, listing: &Listing) {
        let Some((before, refused)) = &self.last else {
            return;
        };
        if refused.is_empty() {
            return;
        }
        if before == listing {
            self.refused += 1;
        } else {
            self.overtaken += 1;
            self.refused = 0;
        }
        // A remote that never lets us write the shared reference may let us write our own.
        let turns = self.overtaken >= MAX_OVERTAKEN || self.refused >= MAX_REFUSED;
        if turns && !self.to_inbox && self.own_inbox().is_some() {
            self.to_inbox = true;
            self.report.was_refused = self.refused >= MAX_REFUSED;
            self.refused = 0;
        }
    }

    /// Fetches what is not known here yet.
    fn fetch(&self, listing: &Listing) -> Result<(), Stop> {
        let mut wanted: Vec<String> = Vec::new();
        let ours = self.notes.tip()?;
        let mut want = |id: Option<ObjectId>, name: String, tracking: &str| {
            if id.is_some() && id != self.repo.ref_target(tracking)? && id != ours {
                wanted.push(name);
            }
            Ok::<_, SyncError>(())
        };
        let remote = self.remote;
        let notes = self.notes_ref.as_str().to_owned();
        want(listing.notes, notes, &remote.notes_tracking_ref())?;
        for (inbox, id) in &listing.inboxes {
            let name = format!("{}{inbox}", self.inboxes.prefix());
            want(Some(*id), name, &remote.inbox_tracking_ref(inbox))?;
        }
        if listing.trust != self.repo.ref_target(TRUST_REF)? {
            let trust = TRUST_REF.to_owned();
            want(listing.trust, trust, &remote.trust_tracking_ref())?;
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = wanted.iter().map(String::as_str).collect();
        self.talk
            .fetch(&self.remote.address, &names, self.deadline)
            .map_err(Stop::Remote)
    }

    /// Remembers what a reference of the remote points at. That another sync remembers it at the
    /// same moment is as good.
    fn remember(&self, tracking: &str, id: ObjectId) -> Result<(), SyncError> {
        let before = self.repo.ref_target(tracking)?;
        if before != Some(id) && !self.options.dry_run {
            let _ = self
                .repo
                .update_ref(tracking, id, before, "provenance sync")?;
        }
        Ok(())
    }

    fn remember_push(&mut self, push: &Push, notes: Option<&Outgoing>) -> Result<(), SyncError> {
        if push.ref_name == TRUST_REF {
            self.report.trust_sent = true;
            return self.remember(&self.remote.trust_tracking_ref(), push.commit_id);
        }
        if let Some(outgoing) = notes {
            self.report.sent.add(outgoing.counts);
        }
        let (sent_to, tracking) = match push.ref_name.strip_prefix(self.inboxes.prefix()) {
            Some(inbox) => (
                SentTo::Inbox(push.ref_name.clone()),
                self.remote.inbox_tracking_ref(inbox),
            ),
            None => (SentTo::Shared, self.remote.notes_tracking_ref()),
        };
        self.report.sent_to = Some(sent_to);
        self.remember(&tracking, push.commit_id)
    }

    /// Says what the remote would not take.
    fn give_up(&mut self, pushes: &[Push]) {
        for push in pushes {
            let finding = Finding::refused(&self.report.remote, &push.ref_name);
            self.report.find(finding);
        }
    }
}
