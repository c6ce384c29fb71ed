//! What the hooks and the agents' entrance do, and how they get where Git looks for them.
//!
//! Both binaries call [`run`]: `provenance-hook`, and `git-provenance` where it is the only one
//! installed. It picks its job from `argv[0]` (a link named `commit-msg`) or from the arguments
//! (`commit-msg FILE`, `agent claude-code`), does it, and turns whatever happened into the exit
//! code that [`failure`] allows. [`install`] is for the command line alone.
//!
//! # Invariants
//!
//! - No panic leaves [`run`], and no failure of ours stops a commit or an agent unless
//!   `provenance.failClosed` asks for it.
//! - The user's own hook runs first, and its exit code is respected.
//! - Nothing is printed when all went well; one line on standard error when not.

mod dispatch;
pub mod environment;
pub mod failure;
pub mod git_program;
pub mod hooks;
pub mod install;
pub mod log;
pub mod proposals;
pub mod remote;
pub mod saved_hook;
#[cfg(test)]
mod scratch;
pub mod signing_key;
pub mod sync;

pub mod agent;

pub use dispatch::{is_hook_name, run};
pub use environment::Environment;

/// The version that `init` compares before it links to a program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
