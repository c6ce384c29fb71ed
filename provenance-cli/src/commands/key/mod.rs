//! `key`: the keys that sign records on this machine.

mod export;
mod generate;
mod inventory;
mod list;
mod show;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// The keys that sign records on this machine
///
/// A key is an unencrypted Ed25519 private key in OpenSSH's file format, because a hook cannot ask
/// for a passphrase. One that you have already can sign too: git config provenance.signingKey FILE
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, clap::Subcommand)]
enum KeyCommand {
    Generate(generate::Args),
    List(list::Args),
    Show(show::Args),
    Export(export::Args),
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    match &args.command {
        KeyCommand::Generate(args) => generate::run(context, args),
        KeyCommand::List(args) => list::run(context, args),
        KeyCommand::Show(args) => show::run(context, args),
        KeyCommand::Export(args) => export::run(context, args),
    }
}
