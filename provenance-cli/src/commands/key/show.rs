//! `key show`: one key, its public half, and what this repository makes of it.

use std::io::Write as _;

use serde::Serialize;

use super::inventory::{self, Here, Key};
use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::{Style, safe};

/// Show a key: fingerprint, public half, where it is and who uses it
///
/// Read the fingerprint to whoever adds your key to a repository, by another way than the key goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its fingerprint, the beginning of it, or its file [default: the key that signs here]
    id: Option<String>,

    #[command(flatten)]
    answer: JsonArgs,
}

/// The document of `--json`: `schema/key-show.v1.schema.json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    key: &'a Key,
    repository: Option<String>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let here = Here::of(context)?;
    let (path, public) = inventory::find(context, &here, args.id.as_deref())?;
    let key = here.describe(&path, &public);
    let repository = here.repository.as_deref().map(inventory::shown);
    let mut output = context.output();
    if args.answer.json {
        output.json(&Document {
            schema_version: 1,
            key: &key,
            repository,
        })?;
        return Ok(Outcome::Yes);
    }
    let used_by = match &repository {
        None => "no repository here".to_owned(),
        Some(repository) if key.signs_here => format!("{repository}, where it signs"),
        Some(repository) => format!("{repository} signs with another key"),
    };
    let principal = match &key.principal {
        Some(owner) => {
            let root = if owner.is_root { ", root" } else { "" };
            format!("{}, {}{root}", owner.id, owner.kind.as_str())
        }
        None if here.has_trust() => {
            "none: a holder of a root key runs git provenance trust add".to_owned()
        }
        None => "none: this repository has no root of trust".to_owned(),
    };
    let mut lines = vec![
        ("id", public.id().to_string()),
        ("public", public.to_openssh()),
        ("file", key.path),
        ("used by", used_by),
    ];
    if repository.is_some() {
        lines.push(("principal", principal));
    }
    for (word, text) in lines {
        let word = output
            .paint(Style::Heading, format!("{word:<10}"))
            .to_string();
        writeln!(output, "{word} {}", safe(&text))?;
    }
    output.flush()?;
    Ok(Outcome::Yes)
}
