//! A note of git-ai: which key claims which lines, a line `---`, and as JSON what the keys mean.
//!
//! Takes bytes that anybody may have pushed; gives what they say, or the first thing that is wrong
//! with them. Nothing of a conversation is kept, and most of it is not even built in memory.
//!
//! # What is not checked
//!
//! Whether the keys are those that the metadata would give.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Claim;
use super::first_form;
use crate::import::{Refusal, json, paths};
use crate::record::LineRange;
use crate::repo_path::RepoPath;
use crate::text;

/// The one version of the form with a divider.
const VERSION: &str = "authorship/3.0.0";
/// The longest line before the divider; the longest of 218,008 real ones has 5,342 bytes.
const MAX_LINE_BYTES: usize = 64 << 10;

/// The most lines with a key; of 10,685 real notes none has more than 822.
const MAX_CLAIMS: usize = 1 << 16;

/// What a note says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Note {
    /// In the order in which they stand.
    pub(super) claims: Vec<Claim>,
    /// Who stands behind a key.
    pub(super) agents: BTreeMap<String, Agent>,
}

/// Whose a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// An AI's: the key of its session.
    Ai(String),
    /// A human's.
    Human,
}

/// A session of a tool.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Agent {
    pub(super) tool: String,
    pub(super) id: String,
    pub(super) model: String,
    /// Who prompted.
    pub(super) human: Option<String>,
}

impl Note {
    /// Who stands behind a key, by this note.
    pub(super) fn agent(&self, key: &str) -> Option<&Agent> {
        self.agents.get(key)
    }

    /// Answers whether the note explains every key that it uses.
    pub(super) fn is_explained(&self) -> bool {
        let mut claims = self.claims.iter();
        claims.all(|claim| match &claim.holder {
            Holder::Ai(key) => self.agents.contains_key(key),
            Holder::Human => true,
        })
    }
}

#[derive(Deserialize)]
struct Metadata {
    schema_version: String,
    #[serde(default)]
    prompts: Option<BTreeMap<String, Session>>,
    #[serde(default)]
    sessions: Option<BTreeMap<String, Session>>,
}

#[derive(Deserialize)]
struct Session {
    agent_id: AgentId,
    #[serde(default)]
    human_author: Option<String>,
}

#[derive(Deserialize)]
struct AgentId {
    tool: String,
    id: String,
    #[serde(default)]
    model: Option<String>,
}

/// Reads a note, or a document of the first versions.
pub(super) fn parse(bytes: &[u8]) -> Result<Note, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?;
    if text.starts_with('{') {
        return first_form::parse(text);
    }
    let mut reader = Reader::default();
    let mut rest = text;
    let mut number = 0;
    loop {
        let Some((line, after)) = rest.split_once('\n') else {
            return Err(Refusal::malformed(
                "there is no line `---` between lines and metadata",
            ));
        };
        number += 1;
        rest = after;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line == "---" {
            break;
        }
        if line.len() > MAX_LINE_BYTES {
            return Err(Refusal::LineTooLong { line: number });
        }
        reader.line(line.trim_end(), number)?;
    }
    let metadata: Metadata = json::read(rest)?;
    if metadata.schema_version != VERSION {
        return Err(Refusal::unknown_version(&metadata.schema_version));
    }
    let known = metadata.prompts.into_iter().chain(metadata.sessions);
    let agents = known.flatten().map(|(key, session)| {
        let AgentId { tool, id, model } = session.agent_id;
        let agent = Agent {
            tool,
            id,
            model: model.unwrap_or_default(),
            human: session.human_author,
        };
        (key, agent)
    });
    Ok(Note {
        agents: agents.collect(),
        claims: reader.claims,
    })
}

/// Reads the lines before the divider.
#[derive(Default)]
struct Reader {
    path: Option<RepoPath>,
    claims: Vec<Claim>,
}

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Result<(), Refusal> {
        if line.is_empty() {
            return Ok(());
        }
        let Some(entry) = line.strip_prefix("  ") else {
            let quoted = line.strip_prefix('"').and_then(|l| l.strip_suffix('"'));
            self.path = Some(paths::path(quoted.unwrap_or(line))?);
            return Ok(());
        };
        if self.claims.len() == MAX_CLAIMS {
            return Err(Refusal::TooManyLines);
        }
        let at = |fault: &str| Refusal::malformed(&format!("line {number} {fault}"));
        let (key, ranges) = entry
            .split_once(' ')
            .ok_or_else(|| at("has no key and lines"))?;
        let path = self
            .path
            .clone()
            .ok_or_else(|| at("stands below no file"))?;
        let ranges = ranges.split(',').filter(|range| !range.is_empty());
        let ranges: Option<Vec<LineRange>> = ranges.map(range).collect();
        self.claims.push(Claim {
            path,
            holder: holder(key).ok_or_else(|| at("has no key"))?,
            ranges: ranges
                .ok_or_else(|| at("names no lines: they are 1,4-9 with the first first"))?,
        });
        Ok(())
    }
}

/// Who a key stands for: of `s_…::t_…` the session; `h_…` and `human` are humans.
fn holder(key: &str) -> Option<Holder> {
    if key.is_empty() || key.len() > text::MAX_ID_BYTES {
        return None;
    }
    if key == "human" || key.starts_with("h_") {
        return Some(Holder::Human);
    }
    let session = key.split_once("::").map_or(key, |(session, _)| session);
    Some(Holder::Ai(session.to_owned()))
}

fn range(word: &str) -> Option<LineRange> {
    let (start, end) = word.split_once('-').unwrap_or((word, word));
    paths::lines(number(start)?, number(end)?)
}

/// Digits and nothing else.
fn number(word: &str) -> Option<u64> {
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| word.parse().ok()).flatten()
}
