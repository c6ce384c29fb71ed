//! `key export`: the public half, for other people and other tools.

use std::io::Write as _;

use super::inventory::{self, Here};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

/// Print the public half of a key; the secret never leaves its file
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its fingerprint, the beginning of it, or its file [default: the key that signs here]
    id: Option<String>,

    /// As PEM, which openssl reads
    #[arg(long, conflicts_with = "ssh")]
    pem: bool,

    /// As OpenSSH's line, which `trust add --key` reads; the default
    #[arg(long)]
    ssh: bool,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let here = Here::of(context)?;
    let (_, public) = inventory::find(context, &here, args.id.as_deref())?;
    let mut output = context.output();
    if args.pem {
        output.write_all(public.to_pem().as_bytes())?;
    } else {
        writeln!(output, "{}", public.to_openssh())?;
    }
    output.flush()?;
    Ok(Outcome::Yes)
}
