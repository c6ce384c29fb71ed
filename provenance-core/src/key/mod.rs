//! Keys: who can say something, and by which fingerprint they are known.
//!
//! Takes key material in OpenSSH's formats and gives a [`SigningKey`] for the one who signs and
//! admitted [`PublicKey`]s, collected in a [`Keyring`], for those who check. This is the only
//! place that names `ed25519_dalek`; signatures are checked with `verify_strict` alone.
//!
//! # Invariants
//!
//! A [`PublicKey`] is canonically encoded, not weak, and free of torsion. With that, and strict
//! verification, a message has one signature per key and no signature fits two keys (see the
//! vectors of CCTV and ed25519-speccheck in the tests).
//!
//! # What is not checked
//!
//! Whose key it is, and what it may sign. That is the trust document's to say.

mod keyring;
mod signing_key;

pub use keyring::Keyring;
pub use signing_key::SigningKey;

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use ssh_key::HashAlg;

/// Bytes of an Ed25519 signature (RFC 8032, 5.1.6).
pub const SIGNATURE_BYTES: usize = 64;

/// The OpenSSH fingerprint of a key, as `ssh-keygen -lf` prints it: `SHA256:` and 43 digits of
/// unpadded base64.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// Takes a fingerprint from outside. It names a key; whether that key exists is another
    /// question.
    #[must_use]
    pub fn from_hint(hint: &str) -> Self {
        Self(hint.to_owned())
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::text::escaped(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An Ed25519 public key that was admitted.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    verifying: VerifyingKey,
    id: KeyId,
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id)
    }
}

impl PublicKey {
    /// Admits the 32 bytes of an Ed25519 public key.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotAdmitted`] when the encoding is not canonical, or the point is of small
    /// order or has a torsion component: such keys accept signatures that nobody made.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let refused = |why| KeyError::NotAdmitted { why };
        let verifying =
            VerifyingKey::from_bytes(bytes).map_err(|_| refused("it is no point of the curve"))?;
        let point = verifying.to_edwards();
        if point.compress().as_bytes() != bytes {
            return Err(refused("its encoding is not canonical"));
        }
        if verifying.is_weak() {
            return Err(refused("it is a point of small order"));
        }
        if !point.is_torsion_free() {
            return Err(refused("it has a torsion component"));
        }
        Ok(Self::admitted(verifying))
    }

    /// Wraps a key that this process made from a secret, which needs no admission.
    fn admitted(verifying: VerifyingKey) -> Self {
        let id = fingerprint(&verifying);
        Self { verifying, id }
    }

    /// Admits a public key line as in `id_ed25519.pub`: `ssh-ed25519 AAAA… comment`.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotAPublicKey`], [`KeyError::OtherAlgorithm`], [`KeyError::NotAdmitted`].
    pub fn from_openssh(line: &str) -> Result<Self, KeyError> {
        let key = ssh_key::PublicKey::from_openssh(line.trim())
            .map_err(|source| KeyError::NotAPublicKey { source })?;
        let Some(ed25519) = key.key_data().ed25519() else {
            return Err(KeyError::OtherAlgorithm {
                algorithm: key.algorithm().to_string(),
            });
        };
        Self::from_bytes(&ed25519.0)
    }

    /// Returns the fingerprint.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// Returns the 32 bytes (RFC 8032, 5.1.5).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.verifying.as_bytes()
    }

    /// Returns the line for `authorized_keys` or `allowed_signers`, without a comment.
    #[must_use]
    pub fn to_openssh(&self) -> String {
        openssh(&self.verifying).to_openssh().unwrap_or_default()
    }

    /// Returns the SPKI PEM document that `openssl` reads (RFC 8410, section 4).
    #[must_use]
    pub fn to_pem(&self) -> String {
        /// SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING of 32 bytes }, up to those bytes.
        const SPKI_PREFIX: [u8; 12] = [
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ];
        let der = [SPKI_PREFIX.as_slice(), self.as_bytes()].concat();
        // 44 bytes make 60 digits: one line of PEM.
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            BASE64.encode(der)
        )
    }

    /// Answers whether `signature` is this key's over `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.verifying.verify_strict(message, &signature).is_ok())
    }
}

fn openssh(verifying: &VerifyingKey) -> ssh_key::PublicKey {
    let bytes = ssh_key::public::Ed25519PublicKey(*verifying.as_bytes());
    ssh_key::PublicKey::from(bytes)
}

fn fingerprint(verifying: &VerifyingKey) -> KeyId {
    KeyId(openssh(verifying).fingerprint(HashAlg::Sha256).to_string())
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The public key is unsound.
    #[error("the public key is refused: {why}")]
    NotAdmitted {
        /// The check that it failed.
        why: &'static str,
    },
    /// Not the line of a public key.
    #[error("not an OpenSSH public key; expected a line such as `ssh-ed25519 AAAA…`")]
    NotAPublicKey {
        /// What the parser said.
        source: ssh_key::Error,
    },
    /// A key of another algorithm.
    #[error(
        "a key of type `{algorithm}`; only ssh-ed25519 can sign records: git provenance key generate"
    )]
    OtherAlgorithm {
        /// OpenSSH's name of the algorithm.
        algorithm: String,
    },
    /// A private key behind a passphrase.
    #[error(
        "`{}` is encrypted, and a hook cannot ask for a passphrase; make a key of its own: \
         git provenance key generate --output FILE, then: git config provenance.signingKey FILE",
        path.display()
    )]
    Encrypted {
        /// The file.
        path: PathBuf,
    },
    /// Not a private key file.
    #[error(
        "`{}` is not an OpenSSH private key; move it away, then make one: \
         git provenance key generate", path.display()
    )]
    NotAPrivateKey {
        /// The file.
        path: PathBuf,
    },
    /// The key of a hardware token or of another algorithm.
    #[error(
        "`{}` is a key of type `{algorithm}`; only ssh-ed25519 can sign records: \
         git provenance key generate --output FILE, then: git config provenance.signingKey FILE",
        path.display()
    )]
    OtherPrivateKey {
        /// The file.
        path: PathBuf,
        /// OpenSSH's name of the algorithm.
        algorithm: String,
    },
    /// The public half of a key, where the private one is needed.
    #[error("`{}` is the public half of a key; name the private one, which has no .pub", path.display())]
    PublicHalf {
        /// The file.
        path: PathBuf,
    },
    /// Others can read the private key.
    #[error("`{}` can be read by others (mode {mode:04o}); chmod 600 it, and replace it if it leaked", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// The permission bits.
        mode: u32,
    },
    /// The file is not there.
    #[error("there is no key at `{}`; make one: git provenance key generate", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read the key `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write the key `{}`", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file is there already.
    #[error("`{}` is there already and is not replaced; move it away, or name another file with --output", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// No randomness for a new key.
    #[error("cannot make a key")]
    Entropy(#[from] crate::entropy::EntropyError),
}

#[cfg(test)]
mod tests;
