//! `trust show`: the newest good version of the chain, and what is wrong with the chain.

use std::io::{self, Write as _};

use provenance_core::git::ObjectId;
use provenance_core::key::KeyId;
use provenance_core::record::RecordId;
use provenance_core::trust::{KeyEntry, PrincipalKind, Problem, Trust};
use provenance_hook::log;
use provenance_hook::signing_key;
use serde::Serialize;

use crate::cli::JsonArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::names::counted;
use crate::output::{Output, Style, safe};

/// Show whom this repository believes
///
/// Exits with 1 where there is no chain, or where what follows its last good version is broken.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    answer: JsonArgs,
}

/// The document of `--json`: `schema/trust-show.v1.schema.json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    root: Option<RecordId>,
    version: Option<u64>,
    versions: &'a [RecordId],
    threshold: Option<u64>,
    principals: Vec<PrincipalRow<'a>>,
    adopted_at: &'a [ObjectId],
    problems: Vec<String>,
}

#[derive(Serialize)]
struct PrincipalRow<'a> {
    id: &'a str,
    kind: PrincipalKind,
    keys: Vec<KeyRow<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyRow<'a> {
    id: &'a KeyId,
    public: &'a str,
    is_root: bool,
    signs_here: bool,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Outcome, CliError> {
    let repo = context.repo()?;
    let trust = Trust::load(repo)?;
    // Which key signs here only marks a line: a key that cannot be used is `key show`'s to tell.
    let own = signing_key::load(repo, context.environment()).ok();
    let own = own.as_ref().map(provenance_core::key::SigningKey::id);
    if args.answer.json {
        context.output().json(&document(trust.as_ref(), own))?;
    } else if let Some(trust) = &trust {
        let mut output = context.paged();
        show(&mut output, trust, own)?;
        output.flush()?;
    } else {
        let hint = "this repository has no root of trust; make or fetch one: git provenance init\n";
        io::stderr().write_all(hint.as_bytes())?;
    }
    let is_sound = |trust: &Trust| !trust.problems().iter().any(Problem::is_break);
    Ok(trust.as_ref().is_some_and(is_sound).into())
}

fn document<'a>(trust: Option<&'a Trust>, own: Option<&KeyId>) -> Document<'a> {
    let Some(trust) = trust else {
        return Document {
            schema_version: 1,
            root: None,
            version: None,
            versions: &[],
            threshold: None,
            principals: Vec::new(),
            adopted_at: &[],
            problems: Vec::new(),
        };
    };
    let root = &trust.document().root;
    let key = |entry: &'a KeyEntry| KeyRow {
        id: &entry.id,
        public: &entry.public,
        is_root: root.keys.contains(&entry.id),
        signs_here: own == Some(&entry.id),
    };
    let principals = trust.document().principals.iter();
    Document {
        schema_version: 1,
        root: Some(trust.root_id()),
        version: Some(trust.version()),
        versions: trust.version_ids(),
        threshold: Some(root.threshold),
        principals: principals
            .map(|principal| PrincipalRow {
                id: &principal.id,
                kind: principal.kind,
                keys: principal.keys.iter().map(key).collect(),
            })
            .collect(),
        adopted_at: trust.adopted_at(),
        problems: trust
            .problems()
            .iter()
            .map(|problem| safe(&log::chain(problem)).into_owned())
            .collect(),
    }
}

fn show(output: &mut Output, trust: &Trust, own: Option<&KeyId>) -> io::Result<()> {
    let root = &trust.document().root;
    let heading =
        |output: &Output, word: &str| output.paint(Style::Heading, word.to_owned()).to_string();
    let label = heading(output, "root      ");
    writeln!(output, "{label} {}", trust.root_id())?;
    let label = heading(output, "version   ");
    writeln!(
        output,
        "{label} {}, and {} {} to sign the next",
        trust.version(),
        counted(root.threshold, "root principal"),
        if root.threshold == 1 { "has" } else { "have" }
    )?;
    let label = heading(output, "adopted at");
    match trust.adopted_at() {
        [] => writeln!(output, "{label} the first commit")?,
        [one] => writeln!(output, "{label} {}", one.short())?,
        [first, rest @ ..] => {
            writeln!(output, "{label} {} and {} more", first.short(), rest.len())?;
        }
    }
    writeln!(output)?;
    let principals = &trust.document().principals;
    let width = principals.iter().map(|p| p.id.chars().count()).max();
    let width = width.unwrap_or_default();
    for principal in principals {
        for key in &principal.keys {
            let mut marks = String::new();
            if root.keys.contains(&key.id) {
                marks.push_str("  root");
            }
            if own == Some(&key.id) {
                marks.push_str("  signs here");
            }
            writeln!(
                output,
                "{:width$}  {:7}  {}{marks}",
                safe(&principal.id),
                principal.kind.as_str(),
                key.id
            )?;
        }
    }
    for problem in trust.problems() {
        let style = if problem.is_break() {
            Style::Bad
        } else {
            Style::Warning
        };
        let line = output.paint(style, safe(&log::chain(problem))).to_string();
        writeln!(output, "\n{line}")?;
    }
    Ok(())
}
