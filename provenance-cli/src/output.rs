//! Standard output: colors that never carry meaning alone, a pager, and text made safe.
//!
//! stdout is data, stderr is talk. Whatever others wrote goes through [`safe`] before people see
//! it; programs get JSON, which escapes by itself.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, IsTerminal as _, Write};

use provenance_core::text;
use provenance_hook::Environment;

use crate::cli::When;
use crate::pager::Pager;

/// Returns text that others wrote, as a terminal may show it.
pub(crate) fn safe(foreign: &str) -> Cow<'_, str> {
    text::escaped(foreign)
}

/// Whether each stream is colored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColorChoice {
    pub(crate) on_stdout: bool,
    pub(crate) on_stderr: bool,
}

impl ColorChoice {
    /// Decides: `--color`, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the terminal.
    pub(crate) fn new(when: When, environment: &Environment) -> Self {
        let decide = |is_terminal: bool| decided(when, environment, is_terminal);
        Self {
            on_stdout: decide(io::stdout().is_terminal()),
            on_stderr: decide(io::stderr().is_terminal()),
        }
    }
}

fn decided(when: When, environment: &Environment, is_terminal: bool) -> bool {
    let set = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto
            if set("CLICOLOR_FORCE") && environment.get("CLICOLOR_FORCE") != Some("0".as_ref()) =>
        {
            true
        }
        When::Auto => is_terminal && environment.get("TERM") != Some("dumb".as_ref()),
    }
}

/// What a piece of text is; colors follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Written by an AI.
    Ai,
    /// Written by an AI, changed by a human.
    Mixed,
    /// Nobody says who wrote it.
    Unattested,
    /// Something is wrong.
    Bad,
    /// Something wants attention.
    Warning,
    /// Something is as it should be.
    Good,
    /// A word at the start of a line or a table.
    Heading,
    /// Something to type.
    Hint,
    /// Everything else.
    Plain,
}

impl Style {
    const fn escape(self) -> &'static str {
        match self {
            Self::Ai => "\x1b[35m",
            Self::Mixed => "\x1b[33m",
            Self::Unattested => "\x1b[2m",
            Self::Bad => "\x1b[31m",
            Self::Warning => "\x1b[1;33m",
            Self::Good => "\x1b[32m",
            Self::Heading => "\x1b[1m",
            Self::Hint => "\x1b[36m",
            Self::Plain => "",
        }
    }
}

/// Text in a style; shows itself with or without color, padded as the format asks.
#[derive(Debug)]
pub(crate) struct Painted<T> {
    style: Style,
    color: bool,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escape = if self.color { self.style.escape() } else { "" };
        if escape.is_empty() {
            return self.text.fmt(f);
        }
        f.write_str(escape)?;
        self.text.fmt(f)?;
        f.write_str("\x1b[0m")
    }
}

/// Standard output, perhaps through a pager; flushed, and the pager waited for, when dropped.
#[derive(Debug)]
pub(crate) struct Output {
    color: bool,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Stdout(io::BufWriter<io::Stdout>),
    Pager(Pager),
}

impl Output {
    /// Writes to standard output itself.
    pub(crate) fn plain(color: ColorChoice) -> Self {
        Self {
            color: color.on_stdout,
            sink: Sink::Stdout(io::BufWriter::new(io::stdout())),
        }
    }

    /// Writes through the user's pager if standard output is a terminal and one is wanted.
    pub(crate) fn paged(color: ColorChoice, environment: &Environment, no_pager: bool) -> Self {
        if no_pager || !io::stdout().is_terminal() {
            return Self::plain(color);
        }
        match Pager::start(environment) {
            Some(pager) => Self {
                color: color.on_stdout,
                sink: Sink::Pager(pager),
            },
            None => Self::plain(color),
        }
    }

    /// Returns `text` in a style.
    pub(crate) fn paint<T: fmt::Display>(&self, style: Style, text: T) -> Painted<T> {
        Painted {
            style,
            color: self.color,
            text,
        }
    }

    /// Writes one JSON document and a line's end.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub(crate) fn json<T: serde::Serialize>(&mut self, document: &T) -> io::Result<()> {
        serde_json::to_writer(&mut *self, document).map_err(io::Error::from)?;
        self.write_all(b"\n")?;
        self.flush()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stdout(stdout) => stdout.write(bytes),
            Sink::Pager(pager) => pager.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stdout(stdout) => stdout.flush(),
            Sink::Pager(pager) => pager.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_decides_about_color() {
        for (when, variables, terminal, expected) in [
            (When::Auto, &[][..], true, true),
            (When::Auto, &[], false, false),
            (When::Auto, &[("NO_COLOR", "1")], true, false),
            (When::Auto, &[("NO_COLOR", "")], true, true),
            (When::Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (When::Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (
                When::Auto,
                &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
                true,
                false,
            ),
            (When::Auto, &[("TERM", "dumb")], true, false),
            (When::Always, &[("NO_COLOR", "1")], false, true),
            (When::Never, &[("CLICOLOR_FORCE", "1")], true, false),
        ] {
            let environment = Environment::new("/", variables.iter().copied());
            let found = decided(when, &environment, terminal);
            assert_eq!(found, expected, "{when:?} {variables:?} {terminal}");
        }
    }

    #[test]
    fn padding_counts_what_is_seen() {
        let painted = |color| Painted {
            style: Style::Bad,
            color,
            text: "no",
        };
        assert_eq!(format!("{:<4}|", painted(false)), "no  |");
        assert_eq!(format!("{:<4}|", painted(true)), "\x1b[31mno  \x1b[0m|");
    }
}
