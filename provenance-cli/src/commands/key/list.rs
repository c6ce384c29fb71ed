//! `key list`: the keys on this machine, and which of them signs here.

use std::io::Write as _;

use serde::Serialize;

use super::inventory::{self, Here, Key};
use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::{Style, safe};

/// List your keys, the one that signs here first
///
/// Exits with 1 where the key that would sign here is not there or cannot be used.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    answer: JsonArgs,
}

/// The document of `--json`: `schema/key-list.v1.schema.json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    keys: &'a [Key],
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let here = Here::of(context)?;
    let keys = inventory::all(context, &here)?;
    let mut output = context.output();
    if args.answer.json {
        output.json(&Document {
            schema_version: 1,
            keys: &keys,
        })?;
    } else {
        for key in &keys {
            let path = safe(&key.path).into_owned();
            if let Some(problem) = &key.problem {
                let problem = safe(problem).into_owned();
                writeln!(output, "{}", output.paint(Style::Bad, problem))?;
                continue;
            }
            let id = key.id.as_ref().map(ToString::to_string);
            let marks = match &key.principal {
                _ if !key.signs_here => String::new(),
                Some(owner) => format!("  signs here, as {}", owner.id),
                None => "  signs here".to_owned(),
            };
            writeln!(output, "{}  {path}{marks}", id.unwrap_or_default())?;
        }
    }
    output.flush()?;
    let signs = keys
        .iter()
        .any(|key| key.signs_here && key.problem.is_none());
    Ok(signs.into())
}
