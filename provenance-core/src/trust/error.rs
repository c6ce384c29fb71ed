//! `TrustError`, why trust could not be read or changed; `Problem`, what is wrong with a chain
//! that was read, which is an answer.

use std::path::PathBuf;

use crate::entropy::EntropyError;
use crate::git::GitError;
use crate::key::{KeyError, KeyId};
use crate::record::{Fault, RecordError, RecordId};
use crate::seal::{EnvelopeError, OpenError, SealError};
use crate::text::escaped;

use super::storage::{MAX_CHAIN_BYTES, MAX_VERSION_BYTES, MAX_VERSIONS, TRUST_REF};

/// Why a file of the chain is not the version that it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VersionFault {
    /// The entry of the tree is no regular file.
    #[error("it is not a regular file")]
    NotAFile,
    /// The file is larger than a version may be.
    #[error("it has more than {MAX_VERSION_BYTES} bytes")]
    Oversize,
    /// All files together are larger than a chain may be.
    #[error("the chain has more than {MAX_CHAIN_BYTES} bytes")]
    OversizeChain,
    /// The file is something else than one line.
    #[error("it is not one line with a line feed at its end")]
    Line,
    /// The line is no envelope.
    #[error("it is not an envelope")]
    Envelope(#[from] EnvelopeError),
    /// The payload is no statement about trust.
    #[error("it is not a statement about trust")]
    Statement(#[from] RecordError),
    /// The subject is not the document itself.
    #[error("its subject is not its own document")]
    Subject,
    /// A value breaks a rule of the format.
    #[error("malformed")]
    Form(#[source] Fault),
    /// A key is not what its entry says, or is not sound.
    #[error("the key {id} is not admitted")]
    Key {
        /// The key's id as the entry has it.
        id: KeyId,
        /// What is wrong with it.
        source: KeyError,
    },
    /// A key is there under the fingerprint of another.
    #[error("{id} is not the fingerprint of the key that stands beside it")]
    Fingerprint {
        /// The key's id as the entry has it.
        id: KeyId,
    },
    /// The chain names more keys than are admitted.
    #[error("the chain names more than {} keys", super::chain::MAX_KEYS)]
    Keys,
    /// The version is not the next one.
    #[error("it says that it is version {found}")]
    Number {
        /// What it says.
        found: u64,
    },
    /// The version names another one as its predecessor.
    #[error("it does not follow the version before it, whose id is {expected}")]
    Previous {
        /// The id that it would have to name.
        expected: RecordId,
    },
    /// No signature is by a root key.
    #[error("no root key signed it")]
    Signature(#[from] OpenError),
    /// Too few root principals signed.
    #[error("{found} of the {needed} root principals of version {version} that are needed signed")]
    Threshold {
        /// The version whose root it is.
        version: u64,
        /// How many must sign.
        needed: u64,
        /// How many did.
        found: u64,
    },
}

/// What is wrong with a chain whose last good version stands.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A version is not accepted, nor anything after it.
    #[error(
        "version {version} is not accepted, nor what follows; back to the last good one: git update-ref {TRUST_REF} {TRUST_REF}~1"
    )]
    Version {
        /// The number that it would have.
        version: u64,
        /// Why.
        #[source]
        fault: VersionFault,
    },
    /// A version is not there, and a later one is.
    #[error("version {version} is not there, and version {later} is")]
    Gap {
        /// The number that is missing.
        version: u64,
        /// The next number that is there.
        later: u64,
    },
    /// An entry of the tree is no version; it is kept and means nothing.
    #[error("`{}` is no version of the chain", escaped(name))]
    Stray {
        /// The entry's name.
        name: String,
    },
    /// There are more versions than are read.
    #[error("there are more than {MAX_VERSIONS} versions")]
    TooMany,
}

impl Problem {
    /// Answers whether the chain itself is broken: what follows the last good version is not
    /// accepted. An entry that is merely in the way breaks nothing.
    #[must_use]
    pub const fn is_break(&self) -> bool {
        !matches!(self, Self::Stray { .. })
    }
}

/// Why trust could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The repository could not be read or written.
    #[error("cannot read or write {TRUST_REF}")]
    Git(#[from] GitError),
    /// The first version is not good, so nothing is.
    #[error(
        "`{}` holds no version 1 that its own root signed; whoever has a good copy can push it again",
        escaped(ref_name)
    )]
    NoRoot {
        /// The reference that was read.
        ref_name: String,
        /// What is wrong with it; `None` where there is no such file.
        #[source]
        fault: Option<VersionFault>,
    },
    /// There is a chain already.
    #[error("this repository has a root already; see it with: git provenance trust show")]
    Exists,
    /// There is no chain to change.
    #[error("this repository has no root; make one: git provenance init")]
    Absent,
    /// The signer is none of the root's.
    #[error(
        "the key {key} is no root key of this repository; a holder of {roots} must run the same command"
    )]
    NotRoot {
        /// The key that would have signed.
        key: KeyId,
        /// The root keys, with their owners.
        roots: String,
    },
    /// One signature is not enough.
    #[error(
        "a new version needs the signatures of {needed} root principals, and only one signs here; lower the threshold with them first"
    )]
    Threshold {
        /// How many must sign.
        needed: u64,
    },
    /// The chain has a broken tail, and is not changed over it.
    #[error(
        "the chain is broken after version {version}, so it is not changed; see it with: git provenance trust show"
    )]
    Broken {
        /// The last good version.
        version: u64,
    },
    /// The principal is there with another kind.
    #[error("`{id}` is there as {kind}; choose another id", kind = .kind.as_str())]
    OtherKind {
        /// The principal.
        id: String,
        /// What it is.
        kind: super::PrincipalKind,
    },
    /// The key belongs to somebody else.
    #[error(
        "the key {key} belongs to `{owner}`; a key has one owner, make another: git provenance key generate"
    )]
    OtherOwner {
        /// The key.
        key: KeyId,
        /// Its owner.
        owner: String,
    },
    /// The new version would not be accepted by a reader.
    #[error("no reader would accept the new version")]
    Refused(#[from] VersionFault),
    /// The new version cannot be sealed.
    #[error("cannot seal the new version")]
    Seal(#[from] SealError),
    /// No randomness for the nonce.
    #[error("cannot make a root")]
    Entropy(#[from] EntropyError),
    /// Other writers were faster, again and again, or one of them died with the lock.
    #[error("{TRUST_REF} is held by another writer; try again, and if none is running remove {lock}", lock = .lock.display())]
    Raced {
        /// The lock that Git takes for a change.
        lock: PathBuf,
    },
    /// Two chains with different roots.
    #[error(
        "two roots: {ours} here and {theirs} at `{}`; only one can be this repository's, ask whoever made the other",
        escaped(ref_name)
    )]
    OtherRoot {
        /// The id of our version 1.
        ours: RecordId,
        /// The id of their version 1.
        theirs: RecordId,
        /// Where theirs was found.
        ref_name: String,
    },
    /// Two chains of one root went different ways.
    #[error(
        "`{ref_name}` has another version {version} of the same root; take theirs with: git update-ref {TRUST_REF} {ref_name}, and then add again what ours added",
        ref_name = escaped(ref_name)
    )]
    Forked {
        /// The first version that differs.
        version: u64,
        /// Where theirs was found.
        ref_name: String,
    },
}
