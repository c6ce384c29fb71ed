//! Meaning: which lines are whose.
//!
//! Takes what [`crate::verify`] believes about commits, and what Git says about lines, and gives
//! each line its author: of a file ([`blame`]), of a commit ([`added`]), of a tree and of a range
//! ([`summary`]), and tells what became of lines ([`survival`]).
//!
//! # Invariants
//!
//! - A line is `ai`, `mixed` or `human` only through a record that is believed; every other line is
//!   `unattested`, never `human`.
//! - The four kinds always add up to all lines that were counted.
//!
//! # What is not checked
//!
//! Whether a claim is true; and nothing is judged here that `verify` did not judge before.

mod added;
mod blame;
mod catalog;
mod claims;
mod commit;
mod crew;
mod file;
pub mod history;
mod inferred;
mod kept;
mod kind;
mod strays;
pub mod summary;
pub mod survival;
mod tally;

pub use added::{AddedFile, added, kind_of_commit};
pub use blame::{AttributedLine, blame, blame_known, blame_running, blamed_lines};
pub use catalog::Catalog;
pub use claims::{Claims, FileClaims};
pub use commit::{CommitCache, CommitFacts, Moment};
pub use inferred::{Inferred, InferredGroup, InferredTally};
pub use kind::{Contributor, LineAuthor, LineKind};
pub use tally::{Origins, Tally};

use crate::git::GitError;
use crate::verify::VerifyError;

/// Why lines could not be attributed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttributeError {
    /// The repository could not be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A commit could not be judged.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}
