//! `trust`: whom this repository believes.

mod add;
mod establish;
mod init;
mod remotes;
mod show;

pub(crate) use establish::{Established, establish};

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// Whom this repository believes
///
/// Trust is a chain of signed documents on refs/provenance/trust. Each names people, agents and
/// services with their public keys, and who may sign the next one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: TrustCommand,
}

#[derive(Debug, clap::Subcommand)]
enum TrustCommand {
    Show(show::Args),
    Init(init::Args),
    Add(add::Args),
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    match &args.command {
        TrustCommand::Show(args) => show::run(context, args),
        TrustCommand::Init(args) => init::run(context, args),
        TrustCommand::Add(args) => add::run(context, args),
    }
}
