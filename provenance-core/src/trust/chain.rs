//! `Chain`: versions, each vouched for by the one before.
//!
//! Takes the bytes of one file after the other and accepts it or says why not. Bounded: a key is
//! admitted once however often it stands in the chain, and at most [`MAX_KEYS`] are.

use std::collections::BTreeMap;

use super::document::Document;
use super::{KeyEntry, VersionFault};
use crate::canonical::CanonicalError;
use crate::key::{Keyring, PublicKey};
use crate::record::{Fault, Kind, RecordError, RecordId, Statement, Subject};
use crate::seal::{Envelope, Verified};

/// The most different keys of a whole chain.
pub(super) const MAX_KEYS: usize = 4096;

/// The name of the subject of every version.
pub(super) const SUBJECT: &str = "trust";

/// The good versions, oldest first.
#[derive(Debug, Default)]
pub(super) struct Chain {
    ids: Vec<RecordId>,
    latest: Option<Document>,
    /// Public key lines that were admitted before.
    admitted: BTreeMap<String, PublicKey>,
}

/// What is left of a chain when all was read.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) root_id: RecordId,
    pub(super) ids: Vec<RecordId>,
    pub(super) latest: Document,
    pub(super) keyring: Keyring,
}

impl Chain {
    /// Returns the number of the next version.
    pub(super) fn next(&self) -> u64 {
        self.ids.len() as u64 + 1
    }

    /// Gives up the newest version, the ids of all, and the keys of its principals.
    pub(super) fn into_parts(self) -> Option<Parts> {
        let latest = self.latest?;
        let entries = latest.principals.iter().flat_map(|p| &p.keys);
        let keyring = entries
            .filter_map(|entry| self.admitted.get(&entry.public).cloned())
            .collect();
        Some(Parts {
            root_id: *self.ids.first()?,
            keyring,
            latest,
            ids: self.ids,
        })
    }

    /// Accepts the content of a file as the next version, or says why not and stays as it is.
    pub(super) fn accept(&mut self, file: &[u8]) -> Result<(), VersionFault> {
        let line = file.strip_suffix(b"\n").ok_or(VersionFault::Line)?;
        if line.contains(&b'\n') {
            return Err(VersionFault::Line);
        }
        let envelope = Envelope::parse(line)?;
        // Whose signatures to look for stands inside, as with every self-signed root: read it
        // first, believe nothing, then open the envelope with the keys that must have signed.
        let claimed = document(&envelope.unverified_statement()?)?;
        claimed.check()?;
        if claimed.version != self.next() {
            return Err(VersionFault::Number {
                found: claimed.version,
            });
        }
        if claimed.previous != self.ids.last().copied() {
            let expected = self.ids.last().copied();
            return Err(match expected {
                Some(expected) => VersionFault::Previous { expected },
                None => VersionFault::Number {
                    found: claimed.version,
                },
            });
        }
        let keyring = self.signers(&claimed)?;
        let opened = envelope.open(&keyring)?;
        let id = opened.get().record_id();
        let opened = opened.try_map(|statement| document(&statement))?;
        if let Some(latest) = &self.latest {
            enough(latest, &opened)?;
        }
        enough(opened.get(), &opened)?;
        self.latest = Some(opened.get().clone());
        self.ids.push(id);
        Ok(())
    }

    /// Admits every key of a document, and returns the root keys of it and of the version before.
    fn signers(&mut self, document: &Document) -> Result<Keyring, VersionFault> {
        let mut keyring = Keyring::default();
        for entry in document.principals.iter().flat_map(|p| &p.keys) {
            let key = self.admit(entry)?;
            if document.root.keys.contains(&entry.id) {
                keyring.insert(key);
            }
        }
        if let Some(latest) = &self.latest {
            let entries = latest.principals.iter().flat_map(|p| &p.keys);
            for entry in entries.filter(|entry| latest.root.keys.contains(&entry.id)) {
                if let Some(key) = self.admitted.get(&entry.public) {
                    keyring.insert(key.clone());
                }
            }
        }
        Ok(keyring)
    }

    fn admit(&mut self, entry: &KeyEntry) -> Result<PublicKey, VersionFault> {
        let key = if let Some(key) = self.admitted.get(&entry.public) {
            key.clone()
        } else {
            if self.admitted.len() >= MAX_KEYS {
                return Err(VersionFault::Keys);
            }
            let key = admitted(entry)?;
            if key.to_openssh() != entry.public {
                return Err(VersionFault::Form(Fault {
                    field: "principals.keys.public",
                    rule: "must be the line of the public key and nothing more",
                }));
            }
            self.admitted.insert(entry.public.clone(), key.clone());
            key
        };
        if *key.id() != entry.id {
            return Err(VersionFault::Fingerprint {
                id: entry.id.clone(),
            });
        }
        Ok(key)
    }
}

/// Admits the key of an entry.
pub(super) fn admitted(entry: &KeyEntry) -> Result<PublicKey, VersionFault> {
    PublicKey::from_openssh(&entry.public).map_err(|source| VersionFault::Key {
        id: entry.id.clone(),
        source,
    })
}

/// Reads the document of a statement, whose subject must be that very document.
fn document(statement: &Statement) -> Result<Document, VersionFault> {
    if statement.kind() != Kind::Trust {
        return Err(VersionFault::Statement(RecordError::Kind {
            predicate_type: statement.predicate_type().to_owned(),
        }));
    }
    if statement.subject() != [Subject::document(SUBJECT, statement.record_id())] {
        return Err(VersionFault::Subject);
    }
    serde_json::from_str(statement.predicate())
        .map_err(|error| RecordError::from(CanonicalError::Shape(error)).into())
}

/// Counts the principals of `document`'s root among the signers.
fn enough(document: &Document, opened: &Verified<Document>) -> Result<(), VersionFault> {
    let found = document.root_principals(opened.signers()).len() as u64;
    if found >= document.root.threshold {
        Ok(())
    } else {
        Err(VersionFault::Threshold {
            version: document.version,
            needed: document.root.threshold,
            found,
        })
    }
}
