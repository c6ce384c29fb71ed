//! `Line`: what one line of a note turns out to be, before it is held against a commit.
//!
//! # What is not checked
//!
//! Whether the record is about the commit on whose note it was found.

use crate::digest::Digest;
use crate::key::{KeyId, Keyring};
use crate::object_id::ObjectId;
use crate::record::{Authoring, Kind, RecordError, RecordId, Statement};
use crate::seal::{Envelope, OpenError, Verified};

use super::verdict::Reason;

/// Whom the reader believes, as far as judging needs it.
pub(super) struct Belief<'a> {
    /// Every key of every principal.
    pub(super) keyring: &'a Keyring,
    /// The repository's id and its newest trust version; `None` where no trust exists.
    pub(super) trust: Option<(RecordId, u64)>,
    /// Whose key it is.
    pub(super) principal: &'a dyn Fn(&KeyId) -> Option<String>,
}

/// An authoring record that a note holds.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) record_id: RecordId,
    pub(super) signer: KeyId,
    pub(super) principal: Option<String>,
    /// The commit that it is about.
    pub(super) commit_id: Option<ObjectId>,
    pub(super) raw_digest: Option<Digest>,
    pub(super) parents: Vec<ObjectId>,
    pub(super) patch: Option<Digest>,
    /// What it claims; for judging only.
    pub(super) claimed: Authoring,
    /// The same as evidence; only where a trusted key signed it and nothing speaks against that.
    pub(super) trusted: Option<Verified<Authoring>>,
    /// Why it is not trusted.
    pub(super) doubts: Vec<Reason>,
}

/// What a line of a note is.
pub(super) enum Line {
    /// A well-formed authoring record, trusted or not.
    Record(Box<Member>),
    /// A good statement of another kind.
    Other(Reason),
    /// A line whose form or signature is bad.
    Bad(Reason),
}

pub(super) fn reason(code: &'static str, message: impl Into<String>) -> Reason {
    Reason {
        code,
        message: message.into(),
    }
}

/// Reads a line and checks its signature against the keyring.
pub(super) fn read(line: &[u8], belief: &Belief<'_>) -> Line {
    let envelope = match Envelope::parse(line) {
        Ok(envelope) => envelope,
        Err(error) => {
            return Line::Bad(reason(
                "malformed-line",
                format!("a line of the note is {error}"),
            ));
        }
    };
    match envelope.open(belief.keyring) {
        Ok(opened) => signed(opened, belief),
        Err(OpenError::UnknownSigner { hint }) => hearsay(&envelope, &hint),
        Err(OpenError::BadSignature) => Line::Bad(reason(
            "bad-signature",
            "a record was changed after it was signed: its signature does not fit",
        )),
        Err(error) => Line::Bad(malformed(&error)),
    }
}

fn malformed(error: &dyn std::error::Error) -> Reason {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    reason(
        "malformed-record",
        crate::text::escaped(&message).into_owned(),
    )
}

fn other_kind(statement: &Statement) -> Option<Line> {
    let code = match statement.kind() {
        Kind::Authoring => return None,
        Kind::Foreign => "foreign-statement",
        Kind::Approval | Kind::Trust | Kind::Tombstone => "other-statement",
    };
    let name = crate::text::escaped(statement.predicate_type()).into_owned();
    Some(Line::Other(reason(
        code,
        format!("the note also holds a statement of type `{name}`"),
    )))
}

fn signed(opened: Verified<Statement>, belief: &Belief<'_>) -> Line {
    if let Some(other) = other_kind(opened.get()) {
        return other;
    }
    let statement = opened.get().clone();
    let authoring = match opened.try_map(|statement| statement.authoring()) {
        Ok(authoring) => authoring,
        Err(error) => return Line::Bad(malformed(&error)),
    };
    let owner = authoring
        .signers()
        .iter()
        .find_map(|key| (belief.principal)(key).map(|principal| (key.clone(), principal)));
    let mut doubts = Vec::new();
    let (signer, principal) = if let Some((key, principal)) = owner {
        (key, Some(principal))
    } else {
        let key = authoring.signers().first().cloned();
        let key = key.unwrap_or_else(|| KeyId::from_hint(""));
        doubts.push(unknown_signer(&key));
        (key, None)
    };
    let claimed = authoring.get().clone();
    doubts.extend(doubts_about_trust(&claimed, belief));
    let trusted = doubts.is_empty().then_some(authoring);
    record(&statement, claimed, signer, principal, trusted, doubts)
}

/// A record that the reader cannot check: its signer is unknown.
fn hearsay(envelope: &Envelope, hint: &KeyId) -> Line {
    let read = || -> Result<_, RecordError> {
        let statement = envelope.unverified_statement()?;
        if let Some(other) = other_kind(&statement) {
            return Ok(other);
        }
        let claimed = statement.authoring()?;
        let doubts = vec![unknown_signer(hint)];
        Ok(record(
            &statement,
            claimed,
            hint.clone(),
            None,
            None,
            doubts,
        ))
    };
    read().unwrap_or_else(|error| Line::Bad(malformed(&error)))
}

fn unknown_signer(key: &KeyId) -> Reason {
    reason(
        "unknown-signer",
        format!(
            "signed by {key}, which no principal has; when you know whose it is: \
             git provenance trust add ID --key FILE --kind human"
        ),
    )
}

fn doubts_about_trust(claimed: &Authoring, belief: &Belief<'_>) -> Vec<Reason> {
    let mut doubts = Vec::new();
    let Some((root_id, version)) = belief.trust else {
        return doubts;
    };
    match claimed.repo {
        Some(repo) if repo == root_id => {}
        Some(_) => doubts.push(reason(
            "other-repository",
            "the record was made for another repository (its `repo` is not this trust root)",
        )),
        None => doubts.push(reason(
            "no-repository",
            "the record was made where no trust root was known (its `repo` is null)",
        )),
    }
    if claimed.trust.is_some_and(|named| named > version) {
        doubts.push(reason(
            "trust-rolled-back",
            "the record names a newer trust version than the one that is here; fetch \
             refs/provenance/trust",
        ));
    }
    doubts
}

fn record(
    statement: &Statement,
    claimed: Authoring,
    signer: KeyId,
    principal: Option<String>,
    trusted: Option<Verified<Authoring>>,
    doubts: Vec<Reason>,
) -> Line {
    let [subject] = statement.subject() else {
        return Line::Bad(reason(
            "malformed-record",
            "a record must be about exactly one commit",
        ));
    };
    let annotations = subject.annotations.clone().unwrap_or_default();
    Line::Record(Box::new(Member {
        record_id: statement.record_id(),
        signer,
        principal,
        commit_id: subject.commit_id(),
        raw_digest: subject.sha256(),
        parents: annotations
            .parents
            .unwrap_or_else(|| claimed.onto.next_parents()),
        patch: annotations.patch,
        claimed,
        trusted,
        doubts,
    }))
}
