//! `uninstall`: takes out exactly what `init` put in.

use std::io::Write as _;

use provenance_core::git::hooks::HookName;
use provenance_hook::install::{self, Removal, Removed, Site, our_link};

use super::init::shown;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::output::{Style, safe};

/// Take out exactly what init put in
///
/// Your own hook files and settings come back byte for byte. Where you changed a file since, only
/// our part of it is taken out. Records, keys and what was captured stay: they are yours.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(context: &Context, _args: &Args) -> Result<Outcome, CliError> {
    let site = Site::find(context.repo()?, context.environment())?;
    let removals = install::uninstall(&site)?;
    let mut out = context.output();
    if removals.is_empty() {
        let left: Vec<String> = HookName::ALL
            .iter()
            .map(|hook| site.hooks_dir().join(hook.as_str()))
            .filter(|path| our_link(path).is_some())
            .map(|path| shown(&path, &site, context.environment()))
            .collect();
        if !left.is_empty() {
            let hooks = left.join(" ");
            return Err(CliError::said(format!(
                "nobody knows any more what init put in, and these lead here: {hooks}"
            ))
            .hint(format!("rm {hooks}")));
        }
        writeln!(
            out,
            "Nothing to take out: init put nothing into this repository."
        )?;
        out.flush()?;
        return Ok(Outcome::Yes);
    }
    for Removal { path, how } in &removals {
        let (word, style, rest) = match how {
            Removed::Gone => ("removed", Style::Plain, ""),
            Removed::Restored => ("restored", Style::Plain, " as it was"),
            Removed::OnlyOurs => (
                "cleaned",
                Style::Plain,
                " (you changed it since; only our part is out)",
            ),
            Removed::WasGone => ("clean", Style::Plain, " (nothing of ours was left in it)"),
            Removed::Left(_) => ("left", Style::Warning, ""),
        };
        let path = shown(path, &site, context.environment());
        let word = out.paint(style, format!("{word:<10}")).to_string();
        write!(out, "{word} {}{rest}", safe(&path))?;
        if let Removed::Left(why) = how {
            write!(out, ": {}", safe(why))?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "Commits are no longer recorded here. Records, keys and refs stay."
    )?;
    out.flush()?;
    let is_clean = !removals
        .iter()
        .any(|removal| matches!(removal.how, Removed::Left(_)));
    Ok(Outcome::from(is_clean))
}
