//! `Keyring`: the public keys that a reader knows, by fingerprint.

use std::collections::BTreeMap;

use super::{KeyId, PublicKey};

/// The public keys that a reader knows.
#[derive(Debug, Clone, Default)]
pub struct Keyring {
    keys: BTreeMap<KeyId, PublicKey>,
}

impl Keyring {
    /// Adds a key.
    pub fn insert(&mut self, key: PublicKey) {
        self.keys.insert(key.id().clone(), key);
    }

    /// Returns the key with this fingerprint.
    #[must_use]
    pub fn get(&self, id: &KeyId) -> Option<&PublicKey> {
        self.keys.get(id)
    }

    /// Returns all keys, by fingerprint.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.values()
    }
}

impl FromIterator<PublicKey> for Keyring {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self {
            keys: keys
                .into_iter()
                .map(|key| (key.id().clone(), key))
                .collect(),
        }
    }
}
