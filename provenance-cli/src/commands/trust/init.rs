//! `trust init`: make a root, without asking the remotes.

use std::io::Write as _;

use provenance_core::trust::{Trust, TrustError};
use provenance_hook::signing_key;

use super::establish;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// Make the root of trust, with your key, without asking the remotes
///
/// `git provenance init` does this by itself where it can ask every remote and none has a chain.
/// This is for when you know that: two roots cannot be one repository.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(context: &Context, _args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    if let Some(copy) = Trust::copies(repo)?.first() {
        return Err(
            CliError::said(format_args!("`{copy}` holds a chain already"))
                .hint("git provenance init"),
        );
    }
    if Trust::load(repo)?.is_some() {
        return Err(TrustError::Exists.into());
    }
    let key = signing_key::load(repo, context.environment())?;
    let trust = establish::make(context, repo, &key)?;
    let mut output = context.output();
    writeln!(output, "root       {}", trust.root_id())?;
    writeln!(output, "signed by  {}", key.id())?;
    output.flush()?;
    Ok(Outcome::Yes)
}
