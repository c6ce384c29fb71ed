//! What a failure of ours does to whoever started us: the one table.
//!
//! A hook that fails is not a reason to lose a commit, and an agent reads exit code 2 as *block*.
//! So every job ends with 0, but for `commit-msg` where `provenance.failClosed` asks for more.
//!
//! | job | on failure |
//! |---|---|
//! | `commit-msg` | 0, or 1 where `provenance.failClosed` is set |
//! | `post-commit` | 0 |
//! | `pre-push` | 0 |
//! | `agent NAME` | 0 |
//! | anything else, by a person at a prompt | 2 |

use std::path::PathBuf;

use provenance_core::attest::AttestError;
use provenance_core::capture::CaptureError;
use provenance_core::git::GitError;
use provenance_core::git::hooks::HookName;

use crate::signing_key::SigningKeyError;
use crate::sync::SyncError;

/// What was asked of this process, as far as its exit code is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Git runs a hook.
    Hook(HookName),
    /// An agent reports an event.
    Agent,
    /// A link with the name of a hook that this version does not have.
    UnknownHook,
    /// Somebody typed the command.
    Command,
}

/// What a failure of a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// It ends with 0: the commit and the agent go on.
    Open,
    /// It ends with 0, or with 1 where `provenance.failClosed` is set.
    Asked,
    /// It ends with 2: could not answer.
    Told,
}

impl Job {
    /// Returns what a failure of this job does.
    #[must_use]
    pub const fn on_failure(self) -> OnFailure {
        match self {
            Self::Hook(HookName::CommitMsg) => OnFailure::Asked,
            // A hook that the list gains stays out of everybody's way until it is named here.
            Self::Hook(_) | Self::Agent | Self::UnknownHook => OnFailure::Open,
            Self::Command => OnFailure::Told,
        }
    }

    /// Returns the exit code of this job after a failure; `fail_closed` is asked only where it
    /// matters.
    pub fn exit_code(self, fail_closed: impl FnOnce() -> bool) -> u8 {
        match self.on_failure() {
            OnFailure::Open => 0,
            OnFailure::Asked => u8::from(fail_closed()),
            OnFailure::Told => 2,
        }
    }
}

/// Why a hook could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HookError {
    /// Git did not say which file holds the message, or somebody else called us.
    #[error("commit-msg needs the file that holds the message: provenance-hook commit-msg FILE")]
    NoMessageFile,
    /// `agent` was called without a name.
    #[error("which agent? usage: provenance-hook agent claude-code|generic < event.json")]
    NoAgentName,
    /// The first argument is no job of ours.
    #[error(
        "unknown job `{name}`; usage: provenance-hook commit-msg FILE | post-commit | post-merge | \
         post-applypatch | post-rewrite | pre-push | agent NAME | --version"
    )]
    UnknownJob {
        /// What was asked for.
        name: String,
    },
    /// The user's own hook, set aside by `init`, could not be started.
    #[error("cannot run your own hook {path}; is its interpreter installed?", path = .path.display())]
    SavedHook {
        /// Where it was kept.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The repository could not be read.
    #[error("cannot read the repository")]
    Git(#[from] GitError),
    /// There is no key to sign with.
    #[error("this commit has no record")]
    SigningKey(#[from] SigningKeyError),
    /// There is no key to sign with, and what is to be signed was kept.
    #[error(
        "the record of this commit waits for a key, and is sealed by the first commit with one"
    )]
    Unsealed(#[source] SigningKeyError),
    /// The record could not be fixed, sealed or attached.
    #[error("this commit has no record")]
    Attest(#[source] Box<AttestError>),
    /// The message could not be read or written.
    #[error("cannot edit the commit message {path}", path = .path.display())]
    Message {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// An agent's report could not be read.
    #[error("the event could not be read from standard input")]
    Input {
        /// What the system said.
        source: std::io::Error,
    },
    /// An agent's report does not end.
    #[error("an event has more than 64 MiB; it was not taken down")]
    InputTooLong,
    /// An event could not be taken down.
    #[error("an event could not be taken down")]
    Capture(#[source] Box<CaptureError>),
    /// The remote of a push did not get the records, or is not as it was left.
    #[error(
        "about the records at {remote}: {why}; the push goes on; see more with: git provenance sync"
    )]
    NotSent {
        /// What people call the remote.
        remote: String,
        /// What kept it, or what was found.
        why: String,
    },
    /// The records could not be made ready for a push.
    #[error("the records were not sent")]
    Sync(#[source] Box<SyncError>),
    /// A defect of ours.
    #[error("a defect in provenance-hook {version}: {message}; please report it", version = env!("CARGO_PKG_VERSION"))]
    Panicked {
        /// What the panic said.
        message: String,
    },
}

// Boxed: what comes with every `Result` of a hook is a few words long.
impl From<AttestError> for HookError {
    fn from(error: AttestError) -> Self {
        Self::Attest(Box::new(error))
    }
}

impl From<CaptureError> for HookError {
    fn from(error: CaptureError) -> Self {
        Self::Capture(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_never_stops_a_commit_or_an_agent_unless_asked() {
        for hook in HookName::ALL.iter().copied() {
            assert_eq!(Job::Hook(hook).exit_code(|| false), 0, "{hook}");
        }
        assert_eq!(Job::Hook(HookName::CommitMsg).exit_code(|| true), 1);
        assert_eq!(Job::Hook(HookName::PostCommit).exit_code(|| true), 0);
        assert_eq!(Job::Agent.exit_code(|| true), 0);
        assert_eq!(Job::UnknownHook.exit_code(|| true), 0);
        assert_eq!(Job::Command.exit_code(|| false), 2);
    }
}
