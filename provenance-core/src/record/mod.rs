//! The document: an in-toto Statement that says what happened in one commit.
//!
//! Takes the facts that capture gathered and gives canonical bytes to seal; takes canonical bytes
//! and gives the facts back. A [`Statement`] keeps the predicate as the bytes that were received,
//! so that unknown fields survive and a [`RecordId`] never depends on how this version would
//! have written it.
//!
//! # Invariants
//!
//! - The bytes of a [`Statement`] are canonical JSON (see [`crate::canonical`]).
//! - [`Statement::record_id`] is the SHA-256 of the predicate's bytes: it covers neither the
//!   commit nor the signatures, so it can be pinned in the message before the commit exists.
//!
//! # What is not checked
//!
//! Who says so ([`crate::seal`]), and whether the commit is as claimed (`verify`).

mod authoring;
mod check;
mod claim;
mod contribution;
mod derived;
mod predicate;
mod subject;

pub use authoring::{Authoring, CommittedBy, Onto, Origin, Recorder, Remainder, UnknownLines};
pub use check::Fault;
pub use claim::{ClaimPath, Extent, FileClaim, LineRange};
pub use contribution::{
    Concluded, Confidence, Contribution, Mode, Model, PromptContext, SessionLink, Tool, Usage,
    WholeCommit,
};
pub use derived::{Derivation, Relation};
pub use subject::{Annotations, Subject};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;

/// The id of a record: the SHA-256 of its predicate's canonical bytes.
pub type RecordId = Digest;

/// The `_type` of an in-toto Statement v1.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// What a statement is about, by its `predicateType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Who wrote what in one commit.
    Authoring,
    /// A human's decision about commits.
    Approval,
    /// Whom we believe.
    Trust,
    /// Records that were erased on purpose.
    Tombstone,
    /// Something that another tool keeps here; kept, shown, and granting nothing.
    Foreign,
}

impl Kind {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Authoring, "urn:git-provenance:authoring:v1"),
        (Self::Approval, "urn:git-provenance:approval:v1"),
        (Self::Trust, "urn:git-provenance:trust:v1"),
        (Self::Tombstone, "urn:git-provenance:tombstone:v1"),
    ];

    /// Returns the `predicateType`; `None` for foreign statements.
    #[must_use]
    pub fn predicate_type(self) -> Option<&'static str> {
        Self::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map(|(_, name)| *name)
    }

    /// Returns the kind that `predicate_type` names.
    #[must_use]
    pub fn of(predicate_type: &str) -> Self {
        Self::ALL
            .iter()
            .find(|(_, name)| *name == predicate_type)
            .map_or(Self::Foreign, |(kind, _)| *kind)
    }
}

/// An in-toto Statement v1 in canonical form.
// Invariant: `predicate` is canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: Box<str>,
}

/// The statement as it travels; fields in canonical order.
#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(borrow)]
    predicate: &'a RawValue,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    subject: Vec<Subject>,
}

impl Statement {
    /// Makes a statement of `kind` about `subject`.
    ///
    /// # Errors
    ///
    /// [`RecordError::Canonical`] when the predicate has no canonical bytes, and
    /// [`RecordError::Kind`] for [`Kind::Foreign`].
    pub fn new<P: Serialize>(
        kind: Kind,
        subject: Vec<Subject>,
        predicate: &P,
    ) -> Result<Self, RecordError> {
        let predicate_type = kind.predicate_type().ok_or_else(|| RecordError::Kind {
            predicate_type: "foreign".to_owned(),
        })?;
        let bytes = canonical::to_vec(predicate)?;
        let predicate = String::from_utf8(bytes).map_err(|_| RecordError::Encoding)?;
        Ok(Self {
            subject,
            predicate_type: predicate_type.to_owned(),
            predicate: predicate.into_boxed_str(),
        })
    }

    /// Reads a statement from the payload of an envelope.
    ///
    /// # Errors
    ///
    /// [`RecordError::Canonical`] when the bytes are not canonical or not a statement, and
    /// [`RecordError::StatementType`] when they are one of another version.
    pub fn parse(payload: &[u8]) -> Result<Self, RecordError> {
        canonical::check(payload)?;
        let wire: Wire<'_> = serde_json::from_slice(payload).map_err(CanonicalError::Shape)?;
        if wire.kind != STATEMENT_TYPE {
            return Err(RecordError::StatementType);
        }
        Ok(Self {
            subject: wire.subject,
            predicate_type: wire.predicate_type,
            predicate: Box::from(wire.predicate.get()),
        })
    }

    /// Returns the canonical bytes, ready to seal.
    ///
    /// # Errors
    ///
    /// [`RecordError::Canonical`] when a subject has no canonical bytes.
    pub fn to_payload(&self) -> Result<Vec<u8>, RecordError> {
        let predicate: &RawValue =
            serde_json::from_str(&self.predicate).map_err(CanonicalError::Shape)?;
        Ok(canonical::to_vec(&Wire {
            kind: STATEMENT_TYPE.to_owned(),
            predicate,
            predicate_type: self.predicate_type.clone(),
            subject: self.subject.clone(),
        })?)
    }

    /// Returns the record id.
    #[must_use]
    pub fn record_id(&self) -> RecordId {
        Digest::of(self.predicate.as_bytes())
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of(&self.predicate_type)
    }

    /// Returns the `predicateType` as received.
    #[must_use]
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// Returns what the statement is about.
    #[must_use]
    pub fn subject(&self) -> &[Subject] {
        &self.subject
    }

    /// Returns the predicate's canonical bytes as received.
    #[must_use]
    pub fn predicate(&self) -> &str {
        &self.predicate
    }

    /// Reads the predicate of an authoring statement.
    ///
    /// # Errors
    ///
    /// [`RecordError::Kind`] for another kind, [`RecordError::Canonical`] for other fields,
    /// [`RecordError::Fault`] when a value breaks a rule of the format.
    pub fn authoring(&self) -> Result<Authoring, RecordError> {
        if self.kind() != Kind::Authoring {
            return Err(RecordError::Kind {
                predicate_type: self.predicate_type.clone(),
            });
        }
        let authoring: Authoring =
            serde_json::from_str(&self.predicate).map_err(CanonicalError::Shape)?;
        authoring.check()?;
        Ok(authoring)
    }
}

/// Why bytes are not a record, or a record has no bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The JSON is not canonical or has other fields.
    #[error("not a well-formed record")]
    Canonical(#[from] CanonicalError),
    /// The predicate is not UTF-8.
    #[error("the predicate is not UTF-8")]
    Encoding,
    /// `_type` is not that of an in-toto Statement v1.
    #[error("not an in-toto statement: `_type` must be {STATEMENT_TYPE}")]
    StatementType,
    /// Another kind of statement than the one that was asked for.
    #[error(
        "a statement of another kind: `{}`",
        crate::text::escaped(predicate_type)
    )]
    Kind {
        /// The `predicateType`.
        predicate_type: String,
    },
    /// A value breaks a rule of the format.
    #[error("malformed record")]
    Fault(#[from] Fault),
}

#[cfg(test)]
mod tests;
