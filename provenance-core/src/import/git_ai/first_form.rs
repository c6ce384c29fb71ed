//! The first form of git-ai's documents: JSON with authors by name, before there were keys.
//!
//! An author is a person or a tool, and nothing but the name tells which: a name that is an
//! agent's or a model's is an AI's, and every other a human's. A line that both are said to have
//! written is the AI's, as wherever claims are united.
//!
//! # What is not checked
//!
//! Whether somebody bears the name of a tool.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Claim;
use super::note::{Agent, Holder, Note};
use crate::capture;
use crate::import::{NOT_SAID, Refusal, json, paths};
use crate::record::LineRange;

/// Authors that are tools, in lower case.
const TOOLS: &[&str] = &[
    "aider",
    "amp",
    "claude",
    "claude code",
    "codex",
    "copilot",
    "cursor",
    "devin",
    "droid",
    "gemini",
    "gemini cli",
    "github copilot",
    "opencode",
    "windsurf",
];
/// How this form calls itself, where it does.
const VERSION: &str = "authorship/0.0.1";

#[derive(Deserialize)]
struct Document {
    files: BTreeMap<String, File>,
    #[serde(default)]
    schema_version: Option<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    authors: Vec<Author>,
}

#[derive(Deserialize)]
struct Author {
    author: String,
    lines: Vec<Lines>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    One(u64),
    Range((u64, u64)),
}

/// Reads a document of the first form.
pub(super) fn parse(text: &str) -> Result<Note, Refusal> {
    let document: Document = json::read(text)?;
    if let Some(version) = document.schema_version.filter(|version| version != VERSION) {
        return Err(Refusal::unknown_version(&version));
    }
    let mut note = Note::default();
    let mut humans = Vec::new();
    for (name, file) in document.files {
        let path = paths::path(&name)?;
        for author in file.authors {
            let ranges: Option<Vec<LineRange>> = author.lines.iter().map(range).collect();
            let claim = |holder, ranges| Claim {
                path: path.clone(),
                holder,
                ranges,
            };
            let ranges = ranges.ok_or_else(|| Refusal::malformed("a range of lines is none"))?;
            match agent(&author.author) {
                Some(agent) => {
                    note.claims
                        .push(claim(Holder::Ai(author.author.clone()), ranges));
                    note.agents.insert(author.author, agent);
                }
                None => humans.push(claim(Holder::Human, ranges)),
            }
        }
    }
    // What is said last has the line.
    humans.append(&mut note.claims);
    note.claims = humans;
    Ok(note)
}

fn range(lines: &Lines) -> Option<LineRange> {
    match *lines {
        Lines::One(line) => paths::lines(line, line),
        Lines::Range((start, end)) => paths::lines(start, end),
    }
}

/// The tool or the model of this name.
fn agent(author: &str) -> Option<Agent> {
    let is_tool = TOOLS.contains(&author.trim().to_lowercase().as_str());
    // Where capture is certain of the provider, it is a model and nobody's name.
    let is_model = capture::model(author).is_some_and(|model| {
        let provider = model.id.strip_suffix(&model.raw);
        provider.is_some_and(|provider| provider.ends_with('/'))
    });
    let named = |is_it: bool| if is_it { author } else { "" }.to_owned();
    (is_tool || is_model).then(|| Agent {
        tool: named(is_tool),
        id: NOT_SAID.to_owned(),
        model: named(is_model && !is_tool),
        human: None,
    })
}
