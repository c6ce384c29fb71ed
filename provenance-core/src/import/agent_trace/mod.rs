//! Agent Trace: files of traces that tools write beside a repository.
//!
//! Takes the bytes of a file, which is one document, a list of them or a document a line, and
//! gives one [`Found`] for each. It is lenient in what it reads: what the published schema refuses
//! and its own example writes is read too. A trace speaks of lines of the revision that it names;
//! where two conversations claim a line, the later one has it.
//!
//! # What is not checked
//!
//! The hashes of contents: the revision says what stood there, and the
//! [`Importer`](super::Importer) cuts claims to what it adds.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::painting::{Paint, Painting};
use super::{Found, NOT_SAID, Refusal, Said, contribution, json, names, paths};
use crate::digest::Digest;
use crate::git::Repo;
use crate::object_id::ObjectId;
use crate::record::Contribution;
use crate::store::MAX_NOTE_BYTES;
use crate::text;

/// The most bytes of one file.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// The name of the format, in the digest of a source.
const FORMAT: &[u8] = b"agent-trace";
/// The fewest digits by which a revision is looked up.
const MIN_DIGITS: usize = 7;

#[derive(Deserialize)]
struct Trace {
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    vcs: Option<Vcs>,
    #[serde(default)]
    tool: Option<Tool>,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Vcs {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    revision: String,
}

#[derive(Deserialize)]
struct Tool {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    version: Option<String>,
}

#[derive(Deserialize)]
struct File {
    path: String,
    #[serde(default)]
    conversations: Vec<Conversation>,
}

#[derive(Deserialize)]
struct Conversation {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    contributor: Option<Contributor>,
    #[serde(default)]
    ranges: Vec<Range>,
    #[serde(default)]
    related: Vec<Related>,
}

#[derive(Deserialize)]
struct Contributor {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default, alias = "modelId")]
    model_id: Option<String>,
}

#[derive(Deserialize)]
struct Range {
    #[serde(alias = "startLine")]
    start_line: u64,
    #[serde(alias = "endLine")]
    end_line: u64,
    #[serde(default)]
    contributor: Option<Contributor>,
}

#[derive(Deserialize)]
struct Related {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

/// Reads a file of traces; `name` is how people call it. Where `by_line`, each line is a document.
#[must_use]
pub fn find(repo: &Repo, name: &str, bytes: &[u8], by_line: bool) -> Vec<Found> {
    find_in(&|short| repo.resolve(short).ok(), name, bytes, by_line)
}

/// Finds the commit of a shortened id.
type LookUp<'l> = &'l dyn Fn(&str) -> Option<ObjectId>;

fn find_in(look_up: LookUp<'_>, name: &str, bytes: &[u8], by_line: bool) -> Vec<Found> {
    let name = text::escaped(name);
    let Ok(content) = std::str::from_utf8(bytes) else {
        return vec![Found {
            place: name.into_owned(),
            said: Err(Refusal::NotUtf8),
        }];
    };
    let found = |(place, trace): (String, Result<&str, Refusal>)| Found {
        place,
        said: trace.and_then(|trace| read(trace, look_up)),
    };
    if by_line {
        let lines = content.lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        return lines
            .map(|(number, line)| found((format!("{name}:{}", number + 1), Ok(line))))
            .collect();
    }
    if !content.trim_start().starts_with('[') {
        return vec![found((name.into_owned(), Ok(content)))];
    }
    match json::read_list(content) {
        Ok(traces) => {
            let traces = traces.into_iter().map(RawValue::get).enumerate();
            traces
                .map(|(number, trace)| found((format!("{name}#{}", number + 1), Ok(trace))))
                .collect()
        }
        Err(refusal) => vec![found((name.into_owned(), Err(refusal)))],
    }
}

/// What one trace says of its commit.
fn read(document: &str, look_up: LookUp<'_>) -> Result<Said, Refusal> {
    if document.len() > MAX_NOTE_BYTES {
        let size = document.len();
        return Err(Refusal::TooLarge { size });
    }
    let trace: Trace = json::read(document)?;
    if let Some(version) = &trace.version
        && !matches!(version.split('.').next(), Some("0" | "1"))
    {
        return Err(Refusal::unknown_version(version));
    }
    let commit_id = revision(trace.vcs.as_ref(), look_up)?;
    let (name, version) = match &trace.tool {
        Some(tool) => (tool.name.as_deref(), tool.version.as_deref()),
        None => (None, None),
    };
    let tool = names::tool(name.unwrap_or_default())?;
    let version = version.filter(|version| text::is_id(version));
    let mut painting = Painting::default();
    let mut claimants: Vec<Contribution> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for file in trace.files.iter().rev() {
        let path = paths::path(&file.path)?;
        for conversation in file.conversations.iter().rev() {
            let session = session(conversation)?;
            for range in conversation.ranges.iter().rev() {
                let who = range.contributor.as_ref();
                let who = who.or(conversation.contributor.as_ref());
                let lines = paths::lines(range.start_line, range.end_line)
                    .ok_or_else(|| Refusal::malformed("a range of lines is none"))?;
                let Some(paint) = paint(who)? else {
                    continue;
                };
                let raw = who.and_then(|who| who.model_id.clone()).unwrap_or_default();
                let place = match paint {
                    Holder::Human => None,
                    Holder::Ai(paint) => {
                        let next = places.len();
                        let key = (session.clone(), raw.clone());
                        let place = *places.entry(key).or_insert(next);
                        if place == claimants.len() {
                            let model = names::model(&raw)?;
                            let mut one = contribution(tool.clone(), model, None, session.clone());
                            one.tool.version = version.map(str::to_owned);
                            claimants.push(one);
                        }
                        Some((place, paint))
                    }
                };
                painting.claim(&path, place, lines);
            }
        }
    }
    painting.said(
        commit_id,
        Digest::of_parts([FORMAT, document.as_bytes()]),
        claimants,
    )
}

/// Whose lines are.
enum Holder {
    Human,
    Ai(Paint),
}

/// What a trace says of who wrote lines; `None` where it says that it does not know.
fn paint(who: Option<&Contributor>) -> Result<Option<Holder>, Refusal> {
    let Some(who) = who else { return Ok(None) };
    let kind = who.kind.as_deref().map(str::to_ascii_lowercase);
    Ok(match kind.as_deref() {
        Some("ai") => Some(Holder::Ai(Paint::Ai)),
        Some("mixed") => Some(Holder::Ai(Paint::Mixed)),
        Some("human") => Some(Holder::Human),
        // A model writes for nobody else.
        None if who.model_id.is_some() => Some(Holder::Ai(Paint::Ai)),
        None | Some("unknown") => None,
        Some(_) => return Err(Refusal::malformed("a contributor is of no known type")),
    })
}

/// The commit that a trace names.
fn revision(vcs: Option<&Vcs>, look_up: LookUp<'_>) -> Result<ObjectId, Refusal> {
    let vcs = vcs.ok_or_else(|| Refusal::malformed("it names no revision"))?;
    if !matches!(vcs.kind.as_deref(), None | Some("git")) {
        return Err(Refusal::malformed("its revision is not one of Git"));
    }
    let named = vcs.revision.trim().to_ascii_lowercase();
    if let Ok(id) = named.parse() {
        return Ok(id);
    }
    let is_short = named.len() >= MIN_DIGITS && named.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_short {
        return Err(Refusal::malformed("its revision is no commit id"));
    }
    look_up(&named).ok_or(Refusal::CommitNotHere)
}

/// The session of a conversation: what it is related to, else the end of its address.
fn session(conversation: &Conversation) -> Result<String, Refusal> {
    let mut related = conversation.related.iter();
    let session = related.find(|one| one.kind.as_deref() == Some("session"));
    let url = session.and_then(|one| one.url.as_deref());
    let url = url.or(conversation.url.as_deref()).unwrap_or_default();
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let name = url.trim_end_matches('/').rsplit(['/', ':']).next();
    names::session(name.unwrap_or_default(), NOT_SAID)
}

#[cfg(test)]
mod tests;
