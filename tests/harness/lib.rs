//! A sandbox to tell stories in: a temporary home, a repository, real Git, the two shipped
//! binaries, and agents that behave as agents do.
//!
//! A story begins with [`Sandbox::new`], lets somebody act ([`Sandbox::write`],
//! [`Sandbox::agent`], [`Sandbox::claude_code`], [`Sandbox::commit`]) and looks at what the
//! commands say ([`Sandbox::provenance`]).
//!
//! # Invariants
//!
//! - Hermetic: an empty environment, a home of its own, no system configuration, fixed identities,
//!   a clock that ticks one second a command. Sandboxes share nothing and may run in parallel.
//! - What fails says what was run, where, and everything that it printed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "a harness for tests: it ends the test where it meets what it does not expect"
)]

pub mod agent;
pub mod binaries;
pub mod claude_code;
pub mod output;
pub mod sandbox;

pub use agent::Agent;
pub use claude_code::ClaudeCode;
pub use output::Output;
pub use sandbox::Sandbox;
