//! `Record`: one line of the note that is a record, and how far it is believed.

use provenance_core::attribute::CommitFacts;
use provenance_core::git::ObjectId;
use provenance_core::key::KeyId;
use provenance_core::record::{Authoring, Kind, RecordId, Statement, Subject};
use provenance_core::seal::{Envelope, OpenError};
use provenance_core::trust::Trust;
use provenance_core::verify::{Reach, Reason, Verdict};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::output::safe;

/// One record of the note, believed or not.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: RecordId,
    /// The commit that it says it is about.
    pub(super) about: Option<ObjectId>,
    pub(super) verdict: Verdict,
    pub(super) signer: Option<KeyId>,
    pub(super) principal: Option<String>,
    pub(super) statement: Statement,
    pub(super) envelope: Envelope,
    reasons: Vec<Reason>,
}

/// One record of the note, whole.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordDocument<'a> {
    record: RecordId,
    verdict: Verdict,
    signer: Option<String>,
    principal: Option<String>,
    predicate_type: String,
    predicate: Option<&'a RawValue>,
    reasons: &'a [Reason],
}

impl Record {
    /// Reads a line of the note; `None` where it is no statement at all.
    pub(super) fn read(line: &[u8], facts: &CommitFacts, trust: Option<&Trust>) -> Option<Self> {
        let envelope = Envelope::parse(line).ok()?;
        let statement = envelope.unverified_statement().ok()?;
        let id = statement.record_id();
        let about = statement.subject().first().and_then(Subject::commit_id);
        let judgement = &facts.judgement;
        let evidence = judgement.evidence.iter().find(|e| e.record_id == id);
        let keyring = trust.map(Trust::keyring).cloned().unwrap_or_default();
        let opened = envelope.open(&keyring);
        let signer = match &opened {
            Ok(verified) => verified.signers().first().cloned(),
            Err(_) => envelope.signatures().next().map(|(hint, _)| hint.clone()),
        };
        let known = |key: &KeyId| trust.and_then(|trust| trust.principal_of(key));
        let principal = match &opened {
            Ok(_) => signer.as_ref().and_then(known).map(|p| p.id.clone()),
            Err(_) => None,
        };
        let verdict = match &opened {
            Ok(_) if judgement.record_id == Some(id) => judgement.verdict,
            Ok(_) if evidence.is_some_and(|e| e.reach == Reach::Commit) => judgement.verdict,
            Ok(_) if evidence.is_some() => Verdict::Carried,
            // Another kind of document, whose key is known.
            Ok(_) if statement.kind() != Kind::Authoring && statement.kind() != Kind::Foreign => {
                Verdict::Verified
            }
            Ok(_) | Err(OpenError::UnknownSigner { .. }) => Verdict::Untrusted,
            Err(_) => Verdict::Invalid,
        };
        let reasons = match &opened {
            Err(error) => vec![Reason {
                code: "not-opened",
                message: safe(&error.to_string()).into_owned(),
            }],
            Ok(_) => Vec::new(),
        };
        Some(Self {
            id,
            about,
            verdict,
            signer,
            principal,
            statement,
            envelope,
            reasons,
        })
    }

    /// Returns what it says about who wrote what, whoever says so.
    pub(super) fn authoring(&self) -> Option<Authoring> {
        self.statement.authoring().ok()
    }

    pub(super) fn document(&self) -> RecordDocument<'_> {
        RecordDocument {
            record: self.id,
            verdict: self.verdict,
            signer: self
                .signer
                .as_ref()
                .map(|key| safe(key.as_str()).into_owned()),
            principal: self.principal.as_deref().map(|id| safe(id).into_owned()),
            predicate_type: safe(self.statement.predicate_type()).into_owned(),
            predicate: serde_json::from_str(self.statement.predicate()).ok(),
            reasons: &self.reasons,
        }
    }
}
