//! Belief: whether what a note says about a commit can be believed.
//!
//! Takes a commit, the lines of its note and the trust document, and gives a [`Judgement`]: a
//! [`Verdict`], the reasons, and, where it is believed, the evidence. The answer *no* is a value;
//! an error means that the question could not be answered.
//!
//! # Invariants
//!
//! - Evidence is made of [`crate::seal::Verified`] records only: hearsay has no way in.
//! - Bad, foreign and stray lines never lower a verdict; they are reasons.
//! - Taking away a line, a ref or an object never raises a verdict and never turns a line that an
//!   AI wrote into a human's.
//!
//! # What is not checked
//!
//! Whether a claim is true, whether it is allowed, and when it was made. Line ranges are not held
//! against the diff here: a claim reaches only lines that the commit adds, which `attribute`
//! sees to. Approvals are not counted.

mod closure;
mod judge;
mod line;
mod verdict;
mod verifier;

pub use verdict::{Evidence, Judgement, Reach, Reason, Verdict};
pub use verifier::{KnownPatches, Verifier, VerifyError};
