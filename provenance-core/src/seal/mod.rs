//! Sealing: from a [`Statement`] to a signed [`Envelope`], and back to a [`Verified`] one.
//!
//! The envelope is DSSE v1: the signature covers the exact payload bytes and the payload type, so
//! nothing has to be re-serialized to be checked, and a signature made for one type of payload
//! cannot be replayed as another. One envelope is one line of canonical JSON.
//!
//! # Invariants
//!
//! - A [`Verified`] value exists only if [`Envelope::open`] found a signature by a key of the
//!   keyring over exactly these bytes. The payload is parsed after that, from the same bytes.
//! - Keys come from the keyring, never from the envelope. A `keyid` is a hint.
//!
//! # What is not checked
//!
//! Whether the record is about the commit that it hangs on, and whether its signer may say what
//! it says: that needs the repository and the trust document; see `verify`.

pub mod pae;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::key::{KeyId, Keyring, PublicKey, SIGNATURE_BYTES, SigningKey};
use crate::record::{RecordError, Statement};

/// The `payloadType` of in-toto statements.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// The most bytes of an envelope's line.
pub const MAX_LINE_BYTES: usize = 1 << 20;
/// The most signatures of an envelope.
pub const MAX_SIGNATURES: usize = 16;
/// How many keys are tried, over all signatures of one envelope, where a hint names none that is
/// known.
const MAX_TRIALS: usize = 64;

/// A signed payload, as one line of a note.
// Invariant: `signatures` has 1 to MAX_SIGNATURES entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<Signature>,
}

#[derive(Clone, PartialEq, Eq)]
struct Signature {
    hint: KeyId,
    bytes: [u8; SIGNATURE_BYTES],
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", self.hint)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    payload: String,
    payload_type: String,
    signatures: Vec<WireSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSignature {
    keyid: String,
    sig: String,
}

impl Envelope {
    /// Signs a statement.
    ///
    /// # Errors
    ///
    /// [`SealError::Record`] when the statement has no canonical bytes, and [`SealError::Size`]
    /// when its line would exceed [`MAX_LINE_BYTES`].
    pub fn seal(statement: &Statement, key: &SigningKey) -> Result<Self, SealError> {
        let payload = statement.to_payload()?;
        let bytes = key.sign(&pae::encode(PAYLOAD_TYPE, &payload));
        let signature = Signature {
            hint: key.id().clone(),
            bytes,
        };
        let envelope = Self {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload,
            signatures: vec![signature],
        };
        envelope.bounded()
    }

    /// Adds the signature of another key over the same payload.
    ///
    /// # Errors
    ///
    /// [`SealError::Size`] when the envelope would have too many signatures or bytes.
    pub fn countersign(mut self, key: &SigningKey) -> Result<Self, SealError> {
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(SealError::Size);
        }
        let bytes = key.sign(&self.signed_bytes());
        self.signatures.push(Signature {
            hint: key.id().clone(),
            bytes,
        });
        self.bounded()
    }

    fn bounded(self) -> Result<Self, SealError> {
        if self.to_line().len() > MAX_LINE_BYTES {
            Err(SealError::Size)
        } else {
            Ok(self)
        }
    }

    /// Reads the line of a note, without its line feed.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`] names what is wrong with the form. Nothing is said about signatures.
    pub fn parse(line: &[u8]) -> Result<Self, EnvelopeError> {
        if line.len() > MAX_LINE_BYTES {
            return Err(EnvelopeError::Oversize);
        }
        let wire: Wire = canonical::from_slice(line)?;
        if wire.signatures.is_empty() || wire.signatures.len() > MAX_SIGNATURES {
            return Err(EnvelopeError::Signatures);
        }
        let signatures = wire
            .signatures
            .into_iter()
            .map(|signature| {
                let bytes = BASE64
                    .decode(&signature.sig)
                    .map_err(|_| EnvelopeError::Base64)?;
                let bytes = bytes.try_into().map_err(|_| EnvelopeError::Signatures)?;
                Ok(Signature {
                    hint: KeyId::from_hint(&signature.keyid),
                    bytes,
                })
            })
            .collect::<Result<_, EnvelopeError>>()?;
        let payload = BASE64
            .decode(&wire.payload)
            .map_err(|_| EnvelopeError::Base64)?;
        Ok(Self {
            payload_type: wire.payload_type,
            payload,
            signatures,
        })
    }

    /// Returns the line, without a line feed.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        let wire = Wire {
            payload: BASE64.encode(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: self
                .signatures
                .iter()
                .map(|signature| WireSignature {
                    keyid: signature.hint.as_str().to_owned(),
                    sig: BASE64.encode(signature.bytes),
                })
                .collect(),
        };
        // The fields stand in canonical order and are strings: this is the canonical form.
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// Returns the bytes that the signatures cover.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        pae::encode(&self.payload_type, &self.payload)
    }

    /// Returns the raw signatures with the keys that they hint at.
    pub fn signatures(&self) -> impl Iterator<Item = (&KeyId, &[u8; SIGNATURE_BYTES])> {
        self.signatures
            .iter()
            .map(|signature| (&signature.hint, &signature.bytes))
    }

    /// Returns the statement without having checked any signature: for showing what is claimed,
    /// never for believing it.
    ///
    /// # Errors
    ///
    /// [`RecordError`] when the payload is no statement.
    pub fn unverified_statement(&self) -> Result<Statement, RecordError> {
        Statement::parse(&self.payload)
    }

    /// Checks the signatures and gives the statement that they cover.
    ///
    /// # Errors
    ///
    /// [`OpenError::UnknownSigner`] when no signature is by a key of the keyring and none hints
    /// at one, [`OpenError::BadSignature`] when one hints at a key of the keyring and does not
    /// verify, [`OpenError::PayloadType`] and [`OpenError::Record`] when the signature is good
    /// and the inside is not.
    pub fn open(&self, keyring: &Keyring) -> Result<Verified<Statement>, OpenError> {
        let message = self.signed_bytes();
        let mut signers = Vec::new();
        let mut hinted_at_known = false;
        let mut trials = MAX_TRIALS;
        for signature in &self.signatures {
            let signer = if let Some(key) = keyring.get(&signature.hint) {
                hinted_at_known = true;
                key.verifies(&message, &signature.bytes).then_some(key)
            } else {
                let within = keyring.iter().take(trials);
                trials = trials.saturating_sub(keyring.iter().count());
                within
                    .into_iter()
                    .find(|key| key.verifies(&message, &signature.bytes))
            };
            if let Some(id) = signer.map(PublicKey::id)
                && !signers.contains(id)
            {
                signers.push(id.clone());
            }
        }
        if signers.is_empty() {
            return Err(if hinted_at_known {
                OpenError::BadSignature
            } else {
                let hint = self.signatures.first().map(|s| s.hint.clone());
                OpenError::UnknownSigner {
                    hint: hint.unwrap_or_else(|| KeyId::from_hint("")),
                }
            });
        }
        if self.payload_type != PAYLOAD_TYPE {
            return Err(OpenError::PayloadType);
        }
        let value = Statement::parse(&self.payload)?;
        Ok(Verified { value, signers })
    }
}

/// A value that a known key signed. There is no other way to make one than [`Envelope::open`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
    signers: Vec<KeyId>,
}

impl<T> Verified<T> {
    /// Returns the value.
    pub const fn get(&self) -> &T {
        &self.value
    }

    /// Returns the keys whose signatures were good, each once, at least one.
    #[must_use]
    pub fn signers(&self) -> &[KeyId] {
        &self.signers
    }

    /// Reads a part out of the value; what a signed value says is signed too.
    ///
    /// # Errors
    ///
    /// What `read` returns.
    pub fn try_map<U, E>(self, read: impl FnOnce(T) -> Result<U, E>) -> Result<Verified<U>, E> {
        Ok(Verified {
            value: read(self.value)?,
            signers: self.signers,
        })
    }
}

/// Why a statement cannot be sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The statement has no canonical bytes.
    #[error("cannot seal the record")]
    Record(#[from] RecordError),
    /// Too many bytes or signatures.
    #[error("the sealed record would exceed {MAX_LINE_BYTES} bytes or {MAX_SIGNATURES} signatures")]
    Size,
}

/// Why a line is not an envelope.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Longer than any record may be.
    #[error("longer than {MAX_LINE_BYTES} bytes")]
    Oversize,
    /// Not canonical JSON, or other fields than DSSE's.
    #[error("not a DSSE envelope in canonical JSON")]
    Canonical(#[from] CanonicalError),
    /// No signatures, too many, or not 64 bytes each.
    #[error("must have 1 to {MAX_SIGNATURES} signatures of {SIGNATURE_BYTES} bytes")]
    Signatures,
    /// Not padded standard base64.
    #[error("not padded standard base64 (RFC 4648, section 4)")]
    Base64,
}

/// Why an envelope does not open. Each is an answer about the envelope, not a failure to look.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Signed by nobody that the reader knows.
    #[error("signed by {hint}, which no principal has")]
    UnknownSigner {
        /// The key that the first signature hints at.
        hint: KeyId,
    },
    /// A known key is named and did not make this signature.
    #[error("the signature does not fit: the record was changed after it was signed")]
    BadSignature,
    /// Something else than an in-toto statement was signed.
    #[error("the payload type is not {PAYLOAD_TYPE}")]
    PayloadType,
    /// The signature is good and the inside is malformed.
    #[error("signed, but malformed inside")]
    Record(#[from] RecordError),
}

#[cfg(test)]
mod tests;
