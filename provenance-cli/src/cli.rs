//! The root of the command line: the global options and the styles of the help pages.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::commands::Command;
use crate::switches::separated;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes:
  0  yes, or done
  1  no: a finding, a failed verification, something is broken
  2  could not answer: usage, repository, key, I/O, history not complete";

/// Who wrote which line, with proof
///
/// Keeps a signed, tamper-evident trail of which code was written by an AI, by which model and in
/// which session, and which human accepted it. Records are signed and kept as Git notes.
#[derive(Debug, clap::Parser)]
#[command(
    name = "git-provenance",
    bin_name = "git provenance",
    version,
    styles = STYLES,
    disable_help_subcommand = true,
    max_term_width = 80
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Returns the definition of the whole command line: every help page ends with the exit codes.
pub(crate) fn command() -> clap::Command {
    with_exit_codes(Cli::command())
}

fn with_exit_codes(command: clap::Command) -> clap::Command {
    command
        .after_help(EXIT_CODES)
        .mut_subcommands(with_exit_codes)
}

/// Reads a command line.
///
/// # Errors
///
/// clap's, which is also how a help page is asked for.
pub(crate) fn parse(args: Vec<OsString>) -> Result<Cli, clap::Error> {
    let args = separated(asked_by_name(args));
    Cli::from_arg_matches(&command().try_get_matches_from(args)?)
}

/// Takes `help COMMAND` for `COMMAND --help`, as Git does.
fn asked_by_name(mut args: Vec<OsString>) -> Vec<OsString> {
    if args.get(1).is_some_and(|word| word == "help") {
        args.remove(1);
        args.push("--help".into());
    }
    args
}

/// The options that every command has.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Run as if started in this directory; before the command, as with git
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) directory: Option<PathBuf>,

    /// When to color what people read
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, global = true)]
    pub(crate) color: When,

    /// Do not start a pager
    #[arg(long, global = true)]
    pub(crate) no_pager: bool,
}

/// The option of every command that answers programs, too.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct JsonArgs {
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// When to do something that only a terminal can show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn help_is_found_under_its_name_too() {
        for (line, page) in [
            ("git-provenance help", "Who wrote which line"),
            ("git-provenance help blame", "Who wrote each line of a file"),
            ("git-provenance help key list", "List your keys"),
            ("git-provenance help nothing", "unrecognized subcommand"),
        ] {
            let args = line.split(' ').map(OsString::from).collect();
            let told = parse(args).unwrap_err().to_string();
            assert!(told.contains(page), "{line}: {told}");
        }
    }

    #[test]
    fn every_help_page_ends_with_the_exit_codes() {
        fn check(command: &clap::Command) {
            let help = command.clone().render_long_help().to_string();
            let end = help.trim_end().lines().last().unwrap_or_default().trim();
            assert!(end.starts_with("2  could not answer"), "{help}");
            assert!(command.get_about().is_some(), "{}", command.get_name());
            command.get_subcommands().for_each(check);
        }
        let mut root = command().term_width(80);
        root.build();
        check(&root);
    }
}
