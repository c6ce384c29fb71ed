//! `ObjectId`: the name of a Git object, 20 bytes (SHA-1) or 32 (SHA-256), as lower-case hex.
//!
//! # What is not checked
//!
//! Whether the object exists, or of which type it is. Variables say what they name: `commit_id`,
//! `tree_id`, `blob_id`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of a Git object.
// Invariant: `length` is 20 or 32, and the bytes after it are zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId {
    bytes: [u8; 32],
    length: u8,
}

impl Hash for ObjectId {
    /// A name is a digest itself: half of it is enough to tell apart what nobody can make collide.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let half = self.bytes.first_chunk::<16>();
        state.write_u128(half.map_or(0, |half| u128::from_ne_bytes(*half)));
    }
}

impl ObjectId {
    /// Wraps 20 or 32 bytes; `None` for any other length.
    #[must_use]
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        let length = u8::try_from(raw.len())
            .ok()
            .filter(|n| matches!(n, 20 | 32))?;
        let mut bytes = [0; 32];
        bytes.get_mut(..raw.len())?.copy_from_slice(raw);
        Some(Self { bytes, length })
    }

    /// Returns the 20 or 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }

    /// Returns how many bytes it has: 20 or 32.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub const fn len(&self) -> usize {
        self.length as usize
    }

    /// Answers whether it is all zeros, which names nothing: what no commit has yet.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.bytes == [0; 32]
    }

    /// Returns the first seven hex digits, as people quote them.
    #[must_use]
    pub fn short(&self) -> String {
        self.abbreviated(7)
    }

    /// Returns the first hex digits, as many as `digits` at most.
    #[must_use]
    pub fn abbreviated(&self, digits: usize) -> String {
        let mut hex = self.to_string();
        hex.truncate(digits);
        hex
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.as_bytes()))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ObjectId {
    type Err = ObjectIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(ObjectIdError);
        }
        let mut bytes = [0; 32];
        let raw = bytes.get_mut(..text.len() / 2).ok_or(ObjectIdError)?;
        hex::decode_to_slice(text, raw).map_err(|_| ObjectIdError)?;
        Self::from_bytes(raw).ok_or(ObjectIdError)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// The text is not the name of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an object id: expected 40 or 64 lower-case hex digits")]
pub struct ObjectIdError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_id_has_one_spelling_and_one_of_two_lengths() {
        for good in [
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904".to_owned(),
            "0".repeat(64),
        ] {
            assert_eq!(good.parse::<ObjectId>().unwrap().to_string(), good);
        }
        for bad in ["", "4B825DC642CB6EB9A060E54BF8D69288FBEE4904", "00", "zz"] {
            assert!(bad.parse::<ObjectId>().is_err(), "{bad}");
        }
    }
}
