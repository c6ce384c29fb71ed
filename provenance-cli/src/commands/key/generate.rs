//! `key generate`: make a key; its secret goes to one file, and nowhere else.

use std::io::Write as _;
use std::path::PathBuf;

use provenance_core::git::IdentityRole;
use provenance_core::key::SigningKey;
use provenance_core::text;
use provenance_hook::signing_key;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::safe;

/// Make a key
///
/// Without --output it becomes your own key, which signs wherever provenance.signingKey names no
/// other. A file that is there is never replaced.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to write the private key; the public half goes beside it, with .pub at its end
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// What stands after the public key [default: your email address]
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let environment = context.environment();
    let path = match &args.output {
        // Without `./` in it: the path goes into the configuration.
        Some(output) => environment
            .current_dir()
            .join(output)
            .components()
            .collect(),
        None => signing_key::own(environment)?.path,
    };
    let comment = match &args.comment {
        Some(comment) if text::is_plain(comment) => comment.clone(),
        Some(_) => {
            return Err(CliError::said(
                "the comment has control characters or is too long; give up to 1 KiB of plain text",
            ));
        }
        None => own_address(context),
    };
    let key = SigningKey::generate(&mut context.entropy())?;
    key.save(&path, &comment)?;
    let mut output = context.output();
    let shown = path.display().to_string();
    writeln!(output, "id       {}", key.id())?;
    writeln!(output, "private  {}", safe(&shown))?;
    writeln!(output, "public   {}.pub", safe(&shown))?;
    if args.output.is_some() {
        writeln!(
            output,
            "sign with it here: git config provenance.signingKey {}",
            safe(&shown)
        )?;
    }
    output.flush()?;
    Ok(Outcome::Yes)
}

/// The email address of the person at the keyboard, where there is a repository and one is set.
fn own_address(context: &Context) -> String {
    let address = || {
        let repo = context.repo().ok()?;
        let identity = repo
            .config()
            .ok()?
            .identity(IdentityRole::Committer, repo.location());
        Some(text::cleaned(&identity.ok()?.email).into_owned())
    };
    address().unwrap_or_else(|| "git-provenance".to_owned())
}
