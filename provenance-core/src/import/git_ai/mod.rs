//! What git-ai recorded: its notes, and the references it had before.
//!
//! Takes a repository and gives one [`Found`] for each note of `refs/notes/ai` and each reference
//! below `refs/ai/authorship/`. A note names lines by keys, and what stands behind a key: a
//! session of a tool (`s_…::t_…`, and the bare digests and session ids of earlier versions), or a
//! human (`h_…`, `human`). Where two keys of a note claim a line, the later one has it, as that
//! tool reads it.
//!
//! A note may leave out what stands behind a key. Then another note's word for it is taken if the
//! key is the digest of what it says; else the lines are an AI's of which no more is known.
//!
//! # What is not checked
//!
//! Whether the lines are there: the [`Importer`](super::Importer) cuts claims to what the commit
//! adds.

mod first_form;
mod note;
mod sessions;

use std::collections::{BTreeMap, HashSet};

use self::note::{Agent, Holder, Note};
use self::sessions::Sessions;
use super::painting::{Paint, Painting};
use super::{Found, ImportError, Refusal, Said, Spread, contribution, names};
use crate::digest::Digest;
use crate::git::{GitError, NotesRef, Repo};
use crate::object_id::ObjectId;
use crate::record::{Contribution, LineRange, Mode};
use crate::store::MAX_NOTE_BYTES;
use crate::text;

/// Where git-ai keeps its notes.
pub const NOTES_REF: &str = "refs/notes/ai";
/// What the references start with in which its first versions kept one document a commit.
pub const FIRST_REFS: &str = "refs/ai/authorship/";

/// What it calls the model where an editor completed a line.
const TAB: &str = "tab";
/// The name of the format, in the digest of a source.
const FORMAT: &[u8] = b"git-ai";

/// Where to look, and for what.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// The notes.
    pub notes_ref: &'a NotesRef,
    /// Whether to look at the first versions' references, too.
    pub first_refs: bool,
    /// Only what is about these commits; `None` means everything.
    pub wanted: Option<&'a HashSet<ObjectId>>,
}

/// A thing that was read, before its keys are looked up.
struct Read {
    commit_id: ObjectId,
    source: Digest,
    note: Note,
}

/// What a look at a place gives.
enum Look {
    Refused(Refusal),
    /// The note explains all its keys: what it says, and who stands behind them.
    Explained(Result<Said, Refusal>, BTreeMap<String, Agent>),
    Open(Read),
}

/// Where a note stands, and about which commit.
struct Place {
    name: String,
    commit_id: ObjectId,
    blob_id: ObjectId,
}

impl Place {
    fn look(&self, repo: &Repo) -> Result<Look, ImportError> {
        if !repo.has_object(self.commit_id)? {
            return Ok(Look::Refused(Refusal::CommitNotHere));
        }
        Ok(match read(repo, self.blob_id)? {
            Err(refusal) => Look::Refused(refusal),
            Ok((source, note)) => {
                let is_explained = note.is_explained();
                let read = Read {
                    commit_id: self.commit_id,
                    source,
                    note,
                };
                if is_explained {
                    let said = said(&read, &Sessions::default());
                    Look::Explained(said, read.note.agents)
                } else {
                    Look::Open(read)
                }
            }
        })
    }
}

/// Finds everything that git-ai recorded.
///
/// # Errors
///
/// [`ImportError::Git`] when the references or the notes tree cannot be read.
pub fn find(
    repo: &Repo,
    search: &Search<'_>,
    spread: &Spread<'_>,
) -> Result<Vec<Found>, ImportError> {
    let list = repo.notes(search.notes_ref)?.list()?;
    let is_wanted = |id: &ObjectId| search.wanted.is_none_or(|wanted| wanted.contains(id));
    let name = text::escaped(search.notes_ref.as_str());
    let mut places: Vec<Place> = Vec::new();
    for (commit_id, blob_ids) in list.notes.iter().filter(|(id, _)| is_wanted(id)) {
        for blob_id in blob_ids {
            places.push(Place {
                name: format!("{name}:{commit_id}"),
                commit_id: *commit_id,
                blob_id: *blob_id,
            });
        }
    }
    let mut found = Vec::new();
    for problem in &list.problems {
        if search.wanted.is_none() && !is_counted(problem.fault) {
            found.push(refused(
                format!("{name}:{}", problem.path),
                Refusal::NotANote {
                    fault: problem.fault.to_string(),
                },
            ));
        }
    }
    if search.first_refs {
        for (name, blob_id) in repo.refs(FIRST_REFS)? {
            let commit_id = name.strip_prefix(FIRST_REFS).map(str::parse::<ObjectId>);
            match commit_id {
                Some(Ok(commit_id)) if is_wanted(&commit_id) => places.push(Place {
                    name,
                    commit_id,
                    blob_id,
                }),
                Some(Ok(_)) => {}
                _ if search.wanted.is_some() => {}
                _ => found.push(refused(
                    text::escaped(&name).into_owned(),
                    Refusal::malformed("the reference names no commit"),
                )),
            }
        }
    }
    let mut explained = Vec::new();
    let mut open = Vec::new();
    let mut here = HashSet::new();
    let looks = spread.over(repo, &places, |desk, place| place.look(desk.repo))?;
    for (place, look) in places.into_iter().zip(looks) {
        here.insert(place.blob_id);
        match look {
            Look::Refused(refusal) => found.push(refused(place.name, refusal)),
            Look::Explained(said, agents) => {
                explained.push(agents);
                found.push(Found {
                    place: place.name,
                    said,
                });
            }
            Look::Open(read) => open.push((place.name, read)),
        }
    }
    let mut sessions = Sessions::unknown_in(open.iter().map(|(_, read)| &read.note));
    if sessions.is_asked() {
        let told = open.iter().map(|(_, read)| &read.note.agents);
        let told = explained.iter().chain(told);
        told.for_each(|agents| sessions.learn(agents));
        let blob_ids = list.notes.values().flatten().copied();
        let elsewhere: Vec<ObjectId> = blob_ids.filter(|id| !here.contains(id)).collect();
        let asked = &sessions;
        let told = spread.over(repo, &elsewhere, |desk, blob_id| {
            // What cannot be read says nothing; it is refused by name where it is asked for.
            let mut agents = match read(desk.repo, *blob_id)? {
                Ok((_, note)) => note.agents,
                Err(_) => BTreeMap::new(),
            };
            agents.retain(|key, _| asked.asks(key));
            Ok(agents)
        })?;
        for agents in &told {
            sessions.learn(agents);
        }
    }
    found.extend(open.into_iter().map(|(place, read)| Found {
        said: said(&read, &sessions),
        place,
    }));
    found.sort_by(|a, b| a.place.cmp(&b.place));
    Ok(found)
}

/// Answers whether what is odd about an entry is counted as a note of its commit anyway.
fn is_counted(fault: crate::git::NoteFault) -> bool {
    matches!(fault, crate::git::NoteFault::Several)
}

fn refused(place: String, refusal: Refusal) -> Found {
    Found {
        place,
        said: Err(refusal),
    }
}

/// Reads a note; could not is an error, what is wrong with it a refusal.
fn read(repo: &Repo, blob_id: ObjectId) -> Result<Result<(Digest, Note), Refusal>, ImportError> {
    let bytes = match repo.blob(blob_id, MAX_NOTE_BYTES) {
        Ok(bytes) => bytes,
        Err(GitError::TooLarge { size, .. }) => return Ok(Err(Refusal::TooLarge { size })),
        Err(GitError::WrongKind { .. }) => {
            return Ok(Err(Refusal::NotANote {
                fault: "is no file".to_owned(),
            }));
        }
        Err(error) => return Err(error.into()),
    };
    let source = Digest::of_parts([FORMAT, &bytes]);
    Ok(note::parse(&bytes).map(|note| (source, note)))
}

/// What a note says of its commit.
fn said(read: &Read, sessions: &Sessions) -> Result<Said, Refusal> {
    let note = &read.note;
    let mut painting = Painting::default();
    let mut claimants: Vec<Contribution> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    // What has a name comes before what has none, and what was said last first.
    for is_named in [true, false] {
        for claim in note.claims.iter().rev() {
            let by = match (&claim.holder, is_named) {
                (Holder::Human, true) => None,
                (Holder::Human, false) => continue,
                (Holder::Ai(key), _) => {
                    let agent = note.agent(key).or_else(|| sessions.agent(key));
                    if agent.is_some() != is_named {
                        continue;
                    }
                    let next = places.len();
                    let place = *places.entry(key.clone()).or_insert(next);
                    if place == claimants.len() {
                        claimants.push(claimant(key, agent)?);
                    }
                    Some((place, Paint::Ai))
                }
            };
            for range in &claim.ranges {
                painting.claim(&claim.path, by, *range);
            }
        }
    }
    painting.said(read.commit_id, read.source, claimants)
}

/// Who stands behind a key.
fn claimant(key: &str, agent: Option<&Agent>) -> Result<Contribution, Refusal> {
    let Some(agent) = agent else {
        let session = text::cleaned_id(key).unwrap_or_else(|| super::NOT_SAID.to_owned());
        return Ok(contribution(
            super::NOT_SAID.to_owned(),
            None,
            None,
            session,
        ));
    };
    let is_tab = agent.model == TAB;
    let mut one = contribution(
        names::tool(&agent.tool)?,
        names::model(if is_tab { "" } else { &agent.model })?,
        agent.human.as_deref().and_then(names::person),
        names::session(&agent.id, key)?,
    );
    if is_tab {
        one.mode = Mode::Completion;
    }
    Ok(one)
}

/// One line of a note: whose which lines of a file are.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Claim {
    path: crate::repo_path::RepoPath,
    holder: Holder,
    ranges: Vec<LineRange>,
}

#[cfg(test)]
mod tests;
