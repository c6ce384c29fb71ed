//! Import: what other tools and conventions recorded, as signed records of our own that say so.
//!
//! ```text
//! a source ─► Found: where it stands, and what it says or why it is refused
//!          ─► Importer: cut to the lines that the commit adds, signed, attached in one notes commit
//! ```
//!
//! A source reads what another tool left (notes, files, trailers) and gives one [`Found`] for each
//! thing that it met. The [`Importer`] makes records of them. Their origin is `imported` or
//! `inferred`, for ever, and they say nothing of the lines that nobody claimed.
//!
//! # Invariants
//!
//! - Whatever was found ends in exactly one of imported, unchanged and refused, and is named where
//!   it is refused.
//! - The same thing gives the same record, whoever imports it and when: importing again changes
//!   nothing.
//! - A human's line is never taken over from others, and neither is the text of a prompt.
//!
//! # What is not checked
//!
//! Whether what the other tool recorded is true. Nobody signed it.

pub mod agent_trace;
pub mod entire;
pub mod git_ai;
pub mod trailers;

mod clip;
mod importer;
mod json;
mod maker;
mod names;
mod painting;
mod paths;
mod refusal;
mod spread;

pub use importer::{Importer, Refused, Summary};
pub use refusal::Refusal;
pub use spread::Spread;

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::git::GitError;
use crate::object_id::ObjectId;
use crate::record::{Contribution, Mode, Model, Origin, RecordError, SessionLink, Tool};
use crate::seal::SealError;
use crate::store::StoreError;
use crate::trust::TrustError;
use crate::verify::VerifyError;

/// What stands for the name of a tool or a session that a source does not say.
pub const NOT_SAID: &str = "unknown";

/// One thing that a source has.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it stands: a reference and a commit, a file and a line. Escaped.
    pub place: String,
    /// What it says of a commit, or why it cannot be taken over.
    pub said: Result<Said, Refusal>,
}

/// What a source says of one commit.
#[derive(Debug, Clone)]
pub struct Said {
    /// The commit.
    pub commit_id: ObjectId,
    /// The digest of what stands there, with the name of its format. The record's nonce is made of
    /// it, so that whoever imports it makes the same record.
    pub source: Digest,
    /// `imported` or `inferred`.
    pub origin: Origin,
    /// Who gave what. A contribution without files must claim the whole commit by its `extent`.
    pub contributions: Vec<Contribution>,
    /// How many lines a human wrote by its word. They are counted, and not taken over.
    pub human_lines: u64,
}

/// A contribution that claims nothing yet.
fn contribution(
    tool: String,
    model: Option<Model>,
    operator: Option<String>,
    session: String,
) -> Contribution {
    Contribution {
        tool: Tool {
            name: tool,
            version: None,
        },
        model,
        operator,
        session: SessionLink {
            id: session,
            seq: 1,
            previous: None,
        },
        mode: Mode::Agent,
        iterations: None,
        edits: None,
        tools: BTreeMap::new(),
        prompt_context: None,
        usage: None,
        task: None,
        rationale: None,
        files: Vec::new(),
        extent: None,
        inferred: None,
    }
}

/// Why nothing could be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The repository could not be read.
    #[error("cannot read the repository")]
    Git(#[from] GitError),
    /// The notes could not be read or written.
    #[error("cannot attach the records")]
    Store(#[from] StoreError),
    /// A record could not be sealed.
    #[error("cannot seal a record")]
    Seal(#[from] SealError),
    /// A record breaks a rule of the format: a defect of its source.
    #[error("a record cannot be written")]
    Record(#[from] RecordError),
    /// The trust document could not be read.
    #[error("cannot read whom to believe")]
    Trust(#[from] TrustError),
    /// A record that is here could not be judged.
    #[error("cannot judge a record that is here")]
    Verify(#[from] VerifyError),
}
