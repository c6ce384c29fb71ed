//! The canonical bytes of a predicate, over which its id is computed, and their length.
//!
//! An envelope spells the payload in base64: three bytes become four characters, so equal text
//! looks equal only where it starts at the same place modulo three. Git's deltas live on text that
//! looks equal. So the nonce has as many digits as make the length a multiple of three, and all
//! that follows the predicate, and mostly what stands before its end, looks alike in each record.
//! With one file a record, 8 % fewer bytes are left after `git repack`.
//!
//! # What is not checked
//!
//! Whether a record that is read was evened. It says the same either way.

use super::{Authoring, RecordError};
use crate::canonical;

/// The hex digits of the shortest nonce.
const MIN_NONCE_DIGITS: usize = 32;

impl Authoring {
    /// Returns the canonical bytes, if every rule is kept.
    ///
    /// # Errors
    ///
    /// [`RecordError::Fault`] and [`RecordError::Canonical`].
    pub fn to_canonical(&self) -> Result<String, RecordError> {
        self.check()?;
        let bytes = canonical::to_vec(self)?;
        String::from_utf8(bytes).map_err(|_| RecordError::Encoding)
    }

    /// Shortens the nonce of a new record, which has 36 digits, to the length that it is to have,
    /// and returns the canonical bytes. The record's id is their SHA-256.
    ///
    /// # Errors
    ///
    /// As for [`Authoring::to_canonical`].
    pub fn settle(&mut self) -> Result<String, RecordError> {
        let predicate = self.to_canonical()?;
        // Each pair of digits less moves the end by two.
        let surplus = [0, 4, 2].get(predicate.len() % 3).copied().unwrap_or(0);
        let kept = self.nonce.len().saturating_sub(surplus);
        if surplus == 0 || kept < MIN_NONCE_DIGITS {
            return Ok(predicate);
        }
        self.nonce.truncate(kept);
        self.to_canonical()
    }
}
