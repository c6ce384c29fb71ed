//! `CliError`: what went wrong, in the user's terms, and one thing to type.
//!
//! Every error of the library and of the hook's crate becomes one with `?`. Their messages end, by
//! rule of the house, with the way out after a semicolon; shown, that part becomes the `hint:`,
//! unless the command knows a better one.

use std::error::Error;
use std::fmt;
use std::io;

use provenance_core::text;
use provenance_hook::failure::HookError;

/// Why a command could not answer.
#[derive(Debug)]
pub(crate) struct CliError {
    source: Box<dyn Error + Send + Sync>,
    hint: Option<String>,
}

impl<E> From<E> for CliError
where
    E: Error + Send + Sync + 'static,
{
    fn from(source: E) -> Self {
        Self {
            source: Box::new(source),
            hint: None,
        }
    }
}

impl CliError {
    /// Takes over an error of a hook: that would say what a missing key means for its commit.
    pub(crate) fn of_hook(error: HookError) -> Self {
        match error {
            HookError::SigningKey(error) => Self::from(error),
            error => Self::from(error),
        }
    }

    /// Makes an error of a message that no library has.
    pub(crate) fn said(message: impl fmt::Display) -> Self {
        Self {
            source: message.to_string().into(),
            hint: None,
        }
    }

    /// Adds one thing to type.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Answers whether the reader of our output has gone.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.chain().any(|error| {
            error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
        })
    }

    /// Returns the first error of a kind in the chain.
    pub(crate) fn find<E: Error + 'static>(&self) -> Option<&E> {
        self.chain().find_map(|error| error.downcast_ref())
    }

    fn chain(&self) -> impl Iterator<Item = &(dyn Error + 'static)> {
        let first: &(dyn Error + 'static) = self.source.as_ref();
        std::iter::successors(Some(first), |&error| error.source())
    }

    /// Returns the text for standard error: `error:`, the chain, a blank line, `hint:`.
    pub(crate) fn shown(&self, color: bool) -> String {
        let (red, cyan, reset) = if color {
            ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m")
        } else {
            ("", "", "")
        };
        let (causes, way_out) = match &self.hint {
            Some(hint) => (
                self.chain().map(ToString::to_string).collect(),
                Some(hint.clone()),
            ),
            None => with_way_out(self.source.as_ref()),
        };
        let mut shown = String::new();
        for (depth, cause) in causes.iter().enumerate() {
            let start = if depth == 0 {
                format!("{red}error:{reset}")
            } else {
                " ".to_owned()
            };
            let line = format!("{start} {}\n", text::escaped(cause));
            shown.push_str(&line);
        }
        if let Some(way_out) = way_out {
            let hint = format!("\n{cyan}hint:{reset} {}\n", text::escaped(&way_out));
            shown.push_str(&hint);
        }
        shown
    }
}

/// Returns the messages of an error and its causes, without the first way out that one of them
/// ends with, and that way out.
pub(crate) fn with_way_out(error: &(dyn Error + 'static)) -> (Vec<String>, Option<String>) {
    let mut way_out = None;
    let mut messages = Vec::new();
    for cause in std::iter::successors(Some(error), |&error| error.source()) {
        let message = cause.to_string();
        match message.rsplit_once("; ").filter(|_| way_out.is_none()) {
            Some((what, how)) => {
                way_out = Some(how.to_owned());
                messages.push(what.to_owned());
            }
            None => messages.push(message),
        }
    }
    (messages, way_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read the key at /k; check its mode")]
    struct Outer(#[source] io::Error);

    #[test]
    fn the_way_out_of_a_message_becomes_the_hint() {
        let error = CliError::from(Outer(io::Error::other("denied\u{1b}[2J")));
        assert_eq!(
            error.shown(false),
            "error: cannot read the key at /k\n  denied\\u{1b}[2J\n\nhint: check its mode\n"
        );
        let error = error.hint("git provenance doctor");
        assert_eq!(
            error.shown(false),
            "error: cannot read the key at /k; check its mode\n  denied\\u{1b}[2J\n\n\
             hint: git provenance doctor\n"
        );
    }

    #[test]
    fn a_reader_that_left_is_found_behind_other_errors() {
        let gone = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(CliError::from(Outer(gone)).is_broken_pipe());
        assert!(!CliError::said("no").is_broken_pipe());
    }
}
