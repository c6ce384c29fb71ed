//! `util man`: the man pages. `git provenance --help` runs `man git-provenance`.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use clap_mangen::Man;

use crate::cli;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::Style;

/// Print the man page, or install all of them
///
/// `git provenance --help` runs `man git-provenance`; with --install it finds the page.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command; without one, the page of git-provenance itself
    #[arg(value_name = "COMMAND")]
    command: Option<String>,

    /// Write every page where man looks for this user's: ~/.local/share/man/man1
    #[arg(long, conflicts_with = "command")]
    install: bool,

    /// Write every page into this directory instead
    #[arg(long, value_name = "DIR", requires = "install")]
    directory: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let mut root = cli::command()
        .name("git-provenance")
        .bin_name("git provenance");
    root.build();
    if args.install {
        return install(context, args, &root);
    }
    let command = match &args.command {
        None => root,
        Some(name) => {
            let found = root
                .get_subcommands()
                .find(|command| command.get_name() == name);
            found.map(named).ok_or_else(|| {
                CliError::said(format!("there is no command `{name}`"))
                    .hint("git provenance -h lists them")
            })?
        }
    };
    let mut out = context.output();
    Man::new(command).render(&mut out)?;
    out.flush()?;
    Ok(Outcome::Yes)
}

fn named(command: &clap::Command) -> clap::Command {
    let name = format!("git-provenance-{}", command.get_name());
    command.clone().name(name)
}

fn install(context: &Context, args: &Args, root: &clap::Command) -> Result<Outcome, CliError> {
    let environment = context.environment();
    let directory = if let Some(directory) = &args.directory {
        environment.current_dir().join(directory)
    } else {
        let data = environment
            .path("XDG_DATA_HOME")
            .or_else(|| Some(environment.home()?.join(".local/share")));
        let data = data.ok_or_else(|| {
            CliError::said("cannot tell where your man pages are: HOME is not set")
                .hint("git provenance util man --install --directory DIR")
        })?;
        data.join("man/man1")
    };
    fs::create_dir_all(&directory)?;
    let mut written = 0;
    let subcommands = root.get_subcommands().map(named);
    for command in std::iter::once(root.clone()).chain(subcommands) {
        let mut page = Vec::new();
        let name = command.get_name().to_owned();
        Man::new(command).render(&mut page)?;
        fs::write(directory.join(format!("{name}.1")), page)?;
        written += 1;
    }
    let mut out = context.output();
    writeln!(out, "{written} pages in {}", directory.display())?;
    let hint = out.paint(Style::Hint, "git provenance --help").to_string();
    writeln!(out, "Read them with: {hint}")?;
    out.flush()?;
    Ok(Outcome::Yes)
}
