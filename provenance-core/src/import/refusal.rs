//! `Refusal`: why one thing that a source has was not taken over, with a stable code.

use super::paths::quoted;
use crate::seal::MAX_LINE_BYTES;
use crate::store::MAX_NOTE_BYTES;

/// Why one thing was not taken over. What is quoted in it is escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The commit is not here, so nothing can be said about it.
    #[error("its commit is not in this repository; fetch it and import again")]
    CommitNotHere,
    /// It speaks of an object that is no commit.
    #[error("it speaks of an object that is no commit")]
    NotACommit,
    /// The commit object can be read in more ways than one.
    #[error("its commit can be read in more ways than one: {fault}")]
    MalformedCommit {
        /// What is wrong with it.
        fault: String,
    },
    /// Objects of the commit or of its parents are missing.
    #[error(
        "what its commit changes is not all here; fetch it (git fetch --unshallow, in a partial clone --refetch --no-filter) and import again"
    )]
    Incomplete,
    /// It names no line of an AI.
    #[error("it names no line of an AI")]
    ClaimsNothing,
    /// It names only lines that a human wrote.
    #[error("it names only lines of a human, which is not taken over from others")]
    OnlyHuman,
    /// Its commit adds none of the lines that it names.
    #[error("its commit adds none of the lines that it names")]
    NotAdded,
    /// The commit has a record of another origin, or its message pins one.
    #[error("its commit has a record, or names one, that knows which lines are whose")]
    AlreadyRecorded,
    /// Only a rule speaks for it that is known to fit where no AI worked.
    #[error("only a hint speaks for it, and hints are not signed; see stats --infer")]
    LowConfidence,
    /// The record would be longer than readers read.
    #[error("its record would have more than {MAX_LINE_BYTES} bytes, which readers do not read")]
    RecordTooLong,
    /// The commit's note would be larger than readers read.
    #[error("the note of its commit has no room left")]
    NoteFull,
    /// The checkpoint that its commit names is not here.
    #[error(
        "the checkpoint is not in this repository; fetch the branch entire/checkpoints/v1 or refs/entire/checkpoints/* and import again"
    )]
    CheckpointNotHere,
    /// No commit that is here names it.
    #[error("no commit that was looked at names it")]
    NoCommit,
    /// An entry of a notes tree that is no note.
    #[error("an entry of the notes tree that {fault}")]
    NotANote {
        /// What is wrong with it.
        fault: String,
    },
    /// It is larger than what is read.
    #[error("it has {size} bytes; at most {MAX_NOTE_BYTES} are read")]
    TooLarge {
        /// Its size.
        size: usize,
    },
    /// It is not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// One of its lines is longer than what is read.
    #[error("line {line} is longer than what is read")]
    LineTooLong {
        /// Which.
        line: usize,
    },
    /// It has more lines than are read.
    #[error("it has more lines than are read")]
    TooManyLines,
    /// It has another form than its format.
    #[error("{fault}")]
    Malformed {
        /// What is wrong, and where.
        fault: String,
    },
    /// Its JSON cannot be read.
    #[error("its JSON cannot be read: {fault}")]
    Json {
        /// What is wrong, and where.
        fault: String,
    },
    /// Its JSON is nested deeper than what is read.
    #[error("its JSON is nested deeper than what is read")]
    TooDeep,
    /// A version of its format that is not known here.
    #[error("its format is `{version}`, which is not known here")]
    UnknownVersion {
        /// What it calls itself.
        version: String,
    },
    /// It names a file outside the repository.
    #[error("it names `{path}`, which is no path inside a repository")]
    BadPath {
        /// The path.
        path: String,
    },
    /// A name with characters that hide or disguise.
    #[error("the name of its {what} holds characters that hide or disguise: `{text}`")]
    Disguised {
        /// Of what.
        what: &'static str,
        /// The name.
        text: String,
    },
}

impl Refusal {
    /// It has another form than its format; what is wrong with it.
    pub(super) fn malformed(fault: &str) -> Self {
        Self::Malformed {
            fault: fault.to_owned(),
        }
    }

    /// A version of its format that is not known here.
    pub(super) fn unknown_version(version: &str) -> Self {
        Self::UnknownVersion {
            version: quoted(version),
        }
    }

    /// Returns the stable code, for scripts.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CommitNotHere => "commit-not-here",
            Self::NotACommit => "not-a-commit",
            Self::MalformedCommit { .. } => "malformed-commit",
            Self::Incomplete => "incomplete",
            Self::ClaimsNothing => "claims-nothing",
            Self::OnlyHuman => "only-human",
            Self::NotAdded => "not-added",
            Self::AlreadyRecorded => "already-recorded",
            Self::LowConfidence => "low-confidence",
            Self::RecordTooLong => "record-too-long",
            Self::NoteFull => "note-full",
            Self::CheckpointNotHere => "checkpoint-not-here",
            Self::NoCommit => "no-commit",
            Self::NotANote { .. } => "not-a-note",
            Self::TooLarge { .. } => "too-large",
            Self::NotUtf8 => "not-utf8",
            Self::LineTooLong { .. } => "line-too-long",
            Self::TooManyLines => "too-many-lines",
            Self::Malformed { .. } => "malformed",
            Self::Json { .. } => "malformed-json",
            Self::TooDeep => "json-too-deep",
            Self::UnknownVersion { .. } => "unknown-version",
            Self::BadPath { .. } => "bad-path",
            Self::Disguised { .. } => "disguised-name",
        }
    }
}
