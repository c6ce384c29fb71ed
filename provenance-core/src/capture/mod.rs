//! What happened: agents' events become a chain of file states, and that becomes claims.
//!
//! Takes what harnesses report ([`agent`] for their payloads, [`Session`] for a harness written in
//! Rust), and gives the commit hook an [`Observation`]: which lines of a new commit which session
//! wrote, with what model, from which context, after how many iterations.
//!
//! ```text
//! payload ─► Event ─► Witness ─► journal + states ─► Watched ─► FileChain ─► Claims ─► Observation
//!            said     looks      one line an event   folded     labelled     per model   pending()
//! ```
//!
//! Everything stands below `$GIT_COMMON_DIR/provenance/` and is private to this clone:
//! `watching` (that it began), `journal/<worktree>/` (events and their checkpoints, and in `gap`
//! what nobody watched), `states/` (contents, 90 days), `secret` and `openings/` (the salts of
//! prompt context), `sessions/` (each session's last record).
//!
//! Invariants: nothing is claimed that was not seen, not for a person either; where something was
//! seen and its lines cannot be told, the claim is widened to the file. An event costs one look at
//! the files that it names; a commit reads one short segment of the journal.
//!
//! # What is not checked
//!
//! Whether agents report truly, and whether they report all that they do. What a record says of an
//! agent is what this machine saw; the signature says only whose machine that was.

mod account;
pub mod agent;
mod announced;
mod before;
mod chain;
mod claims;
mod compact;
mod context;
mod converted;
mod entry;
pub mod event;
mod fold;
mod gap;
mod hint;
mod journal;
pub mod lines;
mod links;
pub(crate) mod local;
mod model;
mod observe;
mod relatives;
mod running;
mod session;
mod shell;
mod site;
mod states;
mod status;
mod touched;
mod transcript;
mod under_way;
mod usage;
mod witness;

pub use context::{Opened, Opening, Part, prompt_digest};
pub use entry::Position;
pub use event::Event;
pub use hint::AgentHint;
pub use model::model;
pub use observe::{Observation, Receipt, Scene, committed, pending};
pub use session::Session;
pub use site::{is_watched, unwatch, watch};
pub use states::{KEPT, MAX_TEXT_BYTES, State, States};
pub use status::{FileStatus, SessionStatus, Status, prune, status};
pub use witness::Witness;

use std::io;
use std::path::PathBuf;

use crate::entropy::EntropyError;
use crate::git::GitError;

/// Why capture could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// A private file could not be written: a full disk, a read-only Git directory.
    #[error("cannot write {path}; check the disk's space and the directory's owner", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A private file could not be read.
    #[error("cannot read {path}; check its owner and mode", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The secret behind the salts is damaged.
    #[error("{path} does not hold 32 bytes; move it away and a new one is made", path = .path.display())]
    Secret {
        /// The file.
        path: PathBuf,
    },
    /// The system gave no random bytes for a new secret.
    #[error("no salt for the prompt context could be made")]
    Entropy(#[from] EntropyError),
    /// The repository could not be read.
    #[error("the repository could not be read for capture")]
    Git(#[from] GitError),
}
