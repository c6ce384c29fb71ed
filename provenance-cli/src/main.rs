//! `git provenance`: who wrote which line, with proof.
//!
//! Reads the command line and the environment, once; runs one command; says what went wrong, once;
//! and ends with 0 (yes), 1 (no) or 2 (could not answer). Started under the name of a hook, or as
//! `git provenance hook …`, it is `provenance-hook`.

mod cli;
mod commands;
mod context;
mod dates;
mod error;
mod exit;
mod inference;
mod kept;
mod names;
mod output;
mod pager;
mod progress;
mod selection;
mod switches;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use provenance_hook::Environment;

use crate::context::Context;

fn main() -> ExitCode {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    let environment = Environment::of_process();
    if let Some((argv0, rest)) = asked_of_the_hook(&args) {
        return provenance_hook::run(argv0, rest, &environment).into();
    }
    if let Some(argv0) = args.first_mut() {
        // Usage lines show the command as people type it, whatever file was started.
        *argv0 = OsString::from("git-provenance");
    }
    let cli = match cli::parse(args) {
        Ok(cli) => cli,
        Err(usage) => return exit::usage(&usage),
    };
    let context = Context::new(environment, cli.global);
    let result = cli.command.run(&context);
    exit::report(result, &context)
}

/// Returns what the hook's library is to be called with, if the command line is for it.
fn asked_of_the_hook(args: &[OsString]) -> Option<(&OsStr, &[OsString])> {
    let (argv0, rest) = args.split_first()?;
    if provenance_hook::is_hook_name(argv0) {
        return Some((argv0, rest));
    }
    let (first, rest) = rest.split_first()?;
    (first == "hook").then_some((OsStr::new("provenance-hook"), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_installed_binary_is_enough() {
        for (line, hook_args) in [
            (".git/hooks/commit-msg .git/COMMIT_EDITMSG", Some(1)),
            (".git/provenance/provenance-hook post-commit", Some(1)),
            ("git-provenance hook commit-msg FILE", Some(2)),
            ("git-provenance init", None),
            ("git-provenance", None),
            ("target/debug/git-provenance-0.1.0 verify", None),
        ] {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let found = asked_of_the_hook(&args).map(|(_, rest)| rest.len());
            assert_eq!(found, hook_args, "{line}");
        }
    }
}
