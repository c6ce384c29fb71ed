//! 0 yes, 1 no, 2 could not answer: the one place where an exit code is chosen.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::context::Context;
use crate::error::CliError;

/// What a command found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Yes, or done.
    Yes,
    /// No: a finding, a failed verification, something is broken.
    No,
}

impl Outcome {
    /// Returns yes if both are yes.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == Self::Yes { other } else { self }
    }
}

impl From<bool> for Outcome {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

const COULD_NOT_ANSWER: u8 = 2;

/// Shows an error, if there is one, and returns the exit code.
pub(crate) fn report(result: Result<Outcome, CliError>, context: &Context) -> ExitCode {
    match result {
        Ok(Outcome::Yes) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        // Whoever read our output has gone: nothing to say, and nothing was answered.
        Err(error) if error.is_broken_pipe() => ExitCode::from(COULD_NOT_ANSWER),
        Err(error) => {
            let shown = error.shown(context.color_of_stderr());
            drop(io::stderr().write_all(shown.as_bytes()));
            ExitCode::from(COULD_NOT_ANSWER)
        }
    }
}

/// Shows a usage error, or the help page that was asked for, and returns the exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    drop(error.print());
    if error.use_stderr() {
        ExitCode::from(COULD_NOT_ANSWER)
    } else {
        ExitCode::SUCCESS
    }
}
