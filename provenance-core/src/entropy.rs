//! `Entropy`: where salts, nonces and new keys come from.
//!
//! Randomness enters the library as an argument, so that a test can repeat what it saw. Nothing
//! here reads a variable: a release binary can only be given [`System`].

use std::fmt;

/// A source of random bytes.
pub trait Entropy: fmt::Debug {
    /// Fills `buffer` with random bytes.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] when the source has none to give.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Entropy for System {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(buffer).map_err(|_| EntropyError)
    }
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes; is /dev/urandom there?")]
pub struct EntropyError;
