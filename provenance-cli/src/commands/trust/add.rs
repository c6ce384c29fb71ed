//! `trust add`: name somebody, with a public key, in a new version that a root key signs.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use provenance_core::git::IdentityRole;
use provenance_core::key::PublicKey;
use provenance_core::trust::{NewPrincipal, PrincipalKind, Trust};
use provenance_hook::signing_key;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::safe;

/// The most bytes of a public key file.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Believe somebody: add a principal, or one more key of theirs
///
/// Needs your key to be a root key. Check whose key it is before you add it: ask for its
/// fingerprint (`git provenance key show`) by another way than the key came.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name by which records call them, often an email address
    id: String,

    /// Their public key: a file such as `id_ed25519.pub`, or its line in quotes
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// What they are
    #[arg(long, value_enum)]
    kind: Kind,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// A person
    Human,
    /// A program that writes code with a model
    Agent,
    /// A program that does not: CI, a forge
    Service,
}

impl From<Kind> for PrincipalKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Human => Self::Human,
            Kind::Agent => Self::Agent,
            Kind::Service => Self::Service,
        }
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let key = public_key(context, &args.key)?;
    let repo = context.repo()?;
    let before = Trust::load(repo)?.map(|trust| trust.version());
    let identity = repo
        .config()?
        .identity(IdentityRole::Committer, repo.location())?;
    let signing_key = signing_key::load(repo, context.environment())?;
    let new = NewPrincipal {
        id: &args.id,
        kind: args.kind.into(),
        key: &key,
    };
    let trust = Trust::add(repo, &signing_key, new, context.clock(), &identity)?;
    let how = if before == Some(trust.version()) {
        "is there already, in version"
    } else {
        "added, in version"
    };
    let mut output = context.output();
    writeln!(
        output,
        "{}  {}  {}  {how} {}",
        safe(&args.id),
        new.kind.as_str(),
        key.id(),
        trust.version()
    )?;
    output.flush()?;
    Ok(Outcome::Yes)
}

/// Reads a public key from a file, or from the argument itself where that is a key's line.
fn public_key(context: &Context, given: &Path) -> Result<PublicKey, CliError> {
    if let Some(line) = given
        .to_str()
        .filter(|text| text.starts_with("ssh-ed25519 "))
    {
        return Ok(PublicKey::from_openssh(line)?);
    }
    let shown = given.display();
    let failed = |error: std::io::Error| {
        CliError::said(format_args!(
            "cannot read the public key `{shown}`: {error}"
        ))
    };
    let path = context.environment().current_dir().join(given);
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes))
        .map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    if text.contains("PRIVATE KEY") {
        return Err(CliError::said(format_args!(
            "`{shown}` is a private key, which never leaves its owner's machine"
        ))
        .hint(format_args!("give its public half: --key {shown}.pub")));
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.next()) {
        (Some(line), None) => Ok(PublicKey::from_openssh(line)?),
        _ => Err(CliError::said(format_args!(
            "`{shown}` is not one public key; expected one line such as `ssh-ed25519 AAAA…`"
        ))),
    }
}
