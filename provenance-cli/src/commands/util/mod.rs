//! `util`: plumbing for packagers, shells and other tools.

mod completion;
mod man;
mod markdown;
mod schema;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// Plumbing: completions, man pages, schemas
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: UtilCommand,
}

#[derive(Debug, clap::Subcommand)]
enum UtilCommand {
    Completion(completion::Args),
    Man(man::Args),
    MarkdownHelp(markdown::Args),
    Schema(schema::Args),
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    match &args.command {
        UtilCommand::Completion(args) => completion::run(context, args),
        UtilCommand::Man(args) => man::run(context, args),
        UtilCommand::MarkdownHelp(args) => markdown::run(context, args),
        UtilCommand::Schema(args) => schema::run(context, args),
    }
}
