//! `SigningKey`: an unencrypted Ed25519 private key in OpenSSH's file format.
//!
//! The secret leaves memory when the value is dropped, and neither `Debug` nor any error shows it.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ed25519_dalek::Signer as _;
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use ssh_key::{LineEnding, PrivateKey};
use zeroize::Zeroizing;

use super::{KeyError, KeyId, PublicKey, SIGNATURE_BYTES};
use crate::entropy::Entropy;
use crate::whole_file;

/// The most bytes of a private key file; OpenSSH's own Ed25519 files have about 400.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// A private key that signs records.
pub struct SigningKey {
    secret: ed25519_dalek::SigningKey,
    public: PublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.id())
    }
}

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// [`KeyError::Entropy`] when there is no randomness.
    pub fn generate(entropy: &mut dyn Entropy) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        entropy.fill(seed.as_mut_slice())?;
        Ok(Self::from_seed(&seed))
    }

    /// Makes the key that belongs to a seed (the "private key" of RFC 8032, 5.1.5).
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self::new(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    fn new(secret: ed25519_dalek::SigningKey) -> Self {
        let public = PublicKey::admitted(secret.verifying_key());
        Self { secret, public }
    }

    /// Reads a private key file of OpenSSH.
    ///
    /// # Errors
    ///
    /// [`KeyError::Missing`], [`KeyError::Unreadable`], [`KeyError::Exposed`] (mode other than
    /// owner-only), [`KeyError::Encrypted`], [`KeyError::OtherPrivateKey`],
    /// [`KeyError::NotAPrivateKey`].
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let unreadable = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => KeyError::Missing {
                path: path.to_owned(),
            },
            _ => KeyError::Unreadable {
                path: path.to_owned(),
                source,
            },
        };
        let metadata = fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() || metadata.len() > MAX_FILE_BYTES {
            return Err(KeyError::NotAPrivateKey {
                path: path.to_owned(),
            });
        }
        if path.extension().is_some_and(|extension| extension == "pub") {
            return Err(KeyError::PublicHalf {
                path: path.to_owned(),
            });
        }
        refuse_exposed(path, &metadata)?;
        let pem = Zeroizing::new(fs::read(path).map_err(unreadable)?);
        let key =
            PrivateKey::from_openssh(pem.as_slice()).map_err(|_| KeyError::NotAPrivateKey {
                path: path.to_owned(),
            })?;
        if key.is_encrypted() {
            return Err(KeyError::Encrypted {
                path: path.to_owned(),
            });
        }
        let KeypairData::Ed25519(pair) = key.key_data() else {
            let algorithm = key.algorithm().to_string();
            return Err(KeyError::OtherPrivateKey {
                path: path.to_owned(),
                algorithm,
            });
        };
        let key = Self::from_seed(&Zeroizing::new(pair.private.to_bytes()));
        // RFC 8032, 5.1.5: the public half follows from the private one.
        if key.secret.verifying_key().as_bytes() != &pair.public.0 {
            return Err(KeyError::NotAPrivateKey {
                path: path.to_owned(),
            });
        }
        Ok(key)
    }

    /// Writes the private key to a new file with mode 0600, and the public line beside it with
    /// the ending `.pub`, as `ssh-keygen` does. Directories that are missing get mode 0700.
    ///
    /// # Errors
    ///
    /// [`KeyError::Exists`] when either file is there, [`KeyError::Unwritable`].
    pub fn save(&self, path: &Path, comment: &str) -> Result<(), KeyError> {
        let unwritable = |source: std::io::Error| match source.kind() {
            ErrorKind::AlreadyExists => KeyError::Exists {
                path: path.to_owned(),
            },
            _ => KeyError::Unwritable {
                path: path.to_owned(),
                source,
            },
        };
        let mut public_path = path.as_os_str().to_owned();
        public_path.push(".pub");
        let public_path = PathBuf::from(public_path);
        for path in [path, &public_path] {
            if path.symlink_metadata().is_ok() {
                return Err(KeyError::Exists {
                    path: path.to_owned(),
                });
            }
        }
        if let Some(parent) = path.parent() {
            create_private_dir(parent).map_err(unwritable)?;
        }
        let pair = Ed25519Keypair {
            public: Ed25519PublicKey(self.secret.verifying_key().to_bytes()),
            private: Ed25519PrivateKey::from_bytes(self.secret.as_bytes()),
        };
        let pem = PrivateKey::new(KeypairData::Ed25519(pair), comment)
            .and_then(|key| key.to_openssh(LineEnding::LF))
            .map_err(|_| unwritable(std::io::Error::other("the comment cannot be encoded")))?;
        let line = format!("{} {comment}\n", self.public.to_openssh());
        whole_file::write_new(path, pem.as_bytes(), 0o600).map_err(unwritable)?;
        whole_file::write_new(&public_path, line.as_bytes(), 0o644).map_err(|source| {
            // Half a key is worse than none; the first error is the one to tell.
            crate::fail_point!("key: take back the private half");
            drop(fs::remove_file(path));
            unwritable(source)
        })
    }

    /// Writes the public line beside a private key that lost it; one that is there stays.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unwritable`].
    pub fn save_public(&self, path: &Path, comment: &str) -> Result<(), KeyError> {
        let mut public_path = path.as_os_str().to_owned();
        public_path.push(".pub");
        let public_path = PathBuf::from(public_path);
        let line = format!("{} {comment}\n", self.public.to_openssh());
        match whole_file::write_new(&public_path, line.as_bytes(), 0o644) {
            Err(source) if source.kind() != ErrorKind::AlreadyExists => Err(KeyError::Unwritable {
                path: public_path,
                source,
            }),
            _ => Ok(()),
        }
    }

    /// Returns the public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Returns the fingerprint.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        self.public.id()
    }

    /// Signs `message` (RFC 8032, 5.1.6; pure Ed25519, deterministic).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.secret.sign(message).to_bytes()
    }
}

fn create_private_dir(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    crate::fail_point!("key: make its folder");
    builder.create(path)
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, metadata: &fs::Metadata) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(KeyError::Exposed {
            path: path.to_owned(),
            mode,
        })
    }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path, _: &fs::Metadata) -> Result<(), KeyError> {
    Ok(())
}
