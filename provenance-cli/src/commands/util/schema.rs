//! `util schema`: the schemas of everything that is stored, received or printed.

use std::io::Write as _;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;

macro_rules! schemas {
    ($($name:literal),+ $(,)?) => {
        /// Every schema, by name.
        const SCHEMAS: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../../../schema/", $name, ".v1.schema.json"))),)+
        ];
    };
}

schemas![
    "agent-event",
    "blame",
    "carry",
    "detect-rules",
    "doctor",
    "envelope",
    "import",
    "key-list",
    "key-show",
    "log",
    "opening",
    "reconcile",
    "record",
    "recorded",
    "show",
    "stats",
    "status",
    "survival",
    "sync",
    "trust",
    "trust-show",
    "verify",
];

/// Print a JSON Schema, or list them
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which one; without a name, all names
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let mut out = context.output();
    match &args.name {
        None => {
            for (name, _) in SCHEMAS {
                writeln!(out, "{name}")?;
            }
        }
        Some(typed) => {
            let typed = typed.strip_suffix(".v1").unwrap_or(typed);
            let found = SCHEMAS.iter().find(|(name, _)| *name == typed);
            let (_, schema) = found.ok_or_else(|| {
                CliError::said(format!("there is no schema `{typed}`"))
                    .hint("git provenance util schema lists them")
            })?;
            out.write_all(schema.as_bytes())?;
        }
    }
    out.flush()?;
    Ok(Outcome::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_of_the_project_can_be_printed() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema");
        let mut files: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| Some(name.strip_suffix(".v1.schema.json")?.to_owned()))
            .collect();
        files.sort();
        let names: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, files);
    }
}
