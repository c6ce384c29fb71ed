//! `Observation`: what capture knows of a commit that is about to be made, or was just made.
//!
//! Takes the trees of the parents and of the commit, and gives contributions, the lines whose
//! author is not known, who commits, and a [`Receipt`] that says what was used up once the commit
//! exists.
//!
//! An agent that commits inside its own shell is seen by its environment, else by a command that
//! began and has not ended and may commit. What that command changed since it began is the
//! session's. Where a command of another kind runs while a person commits, lines that are new since
//! it began may be either's: they are unknown.
//!
//! # What is not checked
//!
//! Whether a session that reports edits reports all of them. Where an agent's environment is there
//! and its session, or its shell, was never seen here, the remainder is unknown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::CaptureError;
use super::account::{Account, Transcript};
use super::chain::Key;
use super::claims::{Claims, Contributor, Draft, spent};
use super::context::{Opening, Secret};
use super::entry::{Act, Entry, Position};
use super::fold::Watched;
use super::gap::Gap;
use super::hint::AgentHint;
use super::running::committer;
use super::site::{Site, is_watched, journals};
use super::touched::{self, gather};
use super::{links, local, transcript};
use crate::clock::Timestamp;
use crate::git::Repo;
use crate::object_id::ObjectId;
use crate::record::{CommittedBy, Contribution, Extent, RecordId, Remainder, UnknownLines};
use crate::repo_path::RepoPath;
use crate::text;

/// The most parts of transcripts that a commit reads.
const MAX_READINGS: usize = 8;

/// A commit that is about to be made.
#[derive(Debug, Clone)]
pub struct Scene<'s> {
    /// The trees of its parents; none for a root commit.
    pub parent_tree_ids: &'s [ObjectId],
    /// Its own tree.
    pub tree_id: ObjectId,
    /// What the environment says about who commits.
    pub agent: AgentHint,
    /// Now.
    pub now: Timestamp,
}

/// What capture knows of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// One for each session and model.
    pub contributions: Vec<Contribution>,
    /// Added lines that are an agent's or a person's.
    pub unknown: Vec<UnknownLines>,
    /// Whose the other added lines are.
    pub remainder: Remainder,
    /// Who commits.
    pub committed_by: CommittedBy,
    /// The person who accepted the change, where a harness said so.
    pub approver: Option<String>,
    /// What was out of the ordinary, as codes.
    pub codes: Vec<String>,
    /// What opens the contributions' commitments; to be kept with [`Opening::keep`] when the record
    /// is fixed.
    pub openings: Vec<Opening>,
    /// The paths in which every added line was seen to be written.
    pub settled: Vec<RepoPath>,
    /// What to hand to [`committed`](super::committed) when the commit exists.
    pub receipt: Receipt,
}

/// What a commit used up of the journal, to be said once it exists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Receipt {
    pub(super) seen: Position,
    /// The sessions, with the number of their record.
    pub(super) sessions: Vec<(String, u64)>,
    pub(super) paths: Vec<RepoPath>,
    /// Whether the record says that not everything was watched.
    #[serde(default)]
    pub(super) gap: bool,
}

impl Observation {
    /// A commit that nothing but a person had a hand in.
    fn human() -> Self {
        Self {
            contributions: Vec::new(),
            unknown: Vec::new(),
            remainder: Remainder::Human,
            committed_by: CommittedBy::Human,
            approver: None,
            codes: Vec::new(),
            openings: Vec::new(),
            settled: Vec::new(),
            receipt: Receipt::default(),
        }
    }
}

/// Returns what is known of a commit.
///
/// Reads the current segment of the journal, the checkpoints of the files that the commit changes,
/// and the sessions' transcripts from where they were last read (which it takes down).
///
/// # Errors
///
/// [`CaptureError::Read`] when the journal cannot be read, [`CaptureError::Write`] when what was
/// read of transcripts cannot be taken down, [`CaptureError::Git`] when a tree or a blob cannot be
/// read.
pub fn pending(repo: &Repo, scene: &Scene<'_>) -> Result<Observation, CaptureError> {
    let mut observation = Observation::human();
    let Some(site) = Site::of(repo) else {
        return Ok(observation);
    };
    if !is_watched(repo) {
        return Ok(unwatched(observation, &scene.agent));
    }
    if !scene.agent.is_agent() && local::entries(&journals(repo.common_dir())).is_empty() {
        // No agent ever reported.
        return Ok(observation);
    }
    let mut watched = Watched::of(&site, scene.now)?;
    // The models first: lines are told apart by them.
    for (id, subagents) in watched.without_model() {
        catch_up(&site, &mut watched, &id, &subagents, scene.now)?;
    }
    let running = committer(&mut watched, &scene.agent, &mut observation);
    let gathered = gather(&site, scene, &watched, &running)?;

    let mut sessions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in gathered.iter().flat_map(|file| &file.chain.keys) {
        let session = watched.session(&key.session);
        session.home = session.home.take().or_else(|| key.home.clone());
        let subagents = sessions.entry(key.session.clone()).or_default();
        subagents.extend(key.subagent.clone().filter(|id| !subagents.contains(id)));
    }
    for (id, subagents) in &sessions {
        catch_up(&site, &mut watched, id, subagents, scene.now)?;
    }
    let mut claims = Claims::default();
    for file in &gathered {
        claims.add(
            &file.path,
            &file.chain,
            &file.labels,
            &file.added,
            file.blob.as_deref(),
            |key, call| resolved(&watched, key, call),
        );
    }
    observation.unknown = claims.unknown;
    let doubtful = gathered.iter().filter_map(touched::Touched::doubtful);
    observation.unknown.extend(doubtful);
    let settled = gathered.iter().filter(|file| file.is_settled());
    observation.settled = settled.map(|file| file.path.clone()).collect();
    observation.receipt = Receipt {
        seen: watched.end,
        sessions: Vec::new(),
        paths: claims.paths,
        gap: false,
    };
    contribute(&site, &watched, claims.drafts, &mut observation)?;
    note(&watched, &mut observation);
    doubt(&site, scene, &watched, &mut observation)?;
    observation.codes.sort();
    observation.codes.dedup();
    Ok(observation)
}

/// A clone in which nobody watches: `init` did not begin, or what it made was taken away.
fn unwatched(mut observation: Observation, agent: &AgentHint) -> Observation {
    if agent.is_agent() {
        observation.committed_by = CommittedBy::Agent;
    }
    observation.remainder = Remainder::Unknown;
    observation.codes.push("unwatched".to_owned());
    observation
}

/// Says of what nobody watched that its author is unknown.
fn doubt(
    site: &Site<'_>,
    scene: &Scene<'_>,
    watched: &Watched,
    observation: &mut Observation,
) -> Result<(), CaptureError> {
    super::under_way::UnderWay::miss(&site.journal);
    let gap = Gap::of(&site.journal);
    if gap.is_none() && watched.damaged == 0 {
        return Ok(());
    }
    observation.receipt.gap = true;
    if gap.everywhere {
        observation.codes.push("events-lost".to_owned());
    }
    if gap.everywhere || watched.damaged > 0 {
        observation.remainder = Remainder::Unknown;
        return Ok(());
    }
    for change in touched::changes(&site.repo, scene)? {
        if let Ok(path) = RepoPath::new(change.path)
            && gap.files.contains(&path)
        {
            let lines = Extent::All;
            observation.unknown.push(UnknownLines { path, lines });
            observation.codes.push("unwatched".to_owned());
        }
    }
    Ok(())
}

/// Reads on in a session's transcripts, and takes down what they say.
fn catch_up(
    site: &Site<'_>,
    watched: &mut Watched,
    id: &str,
    subagents: &[String],
    now: Timestamp,
) -> Result<(), CaptureError> {
    let end = watched.end;
    let session = watched.session(id);
    session.adopt_from_home();
    for (path, subagent) in session.subagent_transcripts(subagents) {
        session
            .transcripts
            .entry(path)
            .or_insert_with(|| Transcript {
                subagent,
                ..Transcript::default()
            });
    }
    let entries = read_transcripts(session, Some(end), now);
    for entry in &entries {
        if let Act::Transcript(reading) = &entry.act {
            watched.tell_models(id, reading);
        }
    }
    if entries.is_empty() {
        Ok(())
    } else {
        site.journal.append(&entries)
    }
}

/// Reads on in a session's transcripts; returns what is to be taken down.
pub(super) fn read_transcripts(
    session: &mut Account,
    as_of: Option<Position>,
    now: Timestamp,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let paths: Vec<String> = session.transcripts.keys().cloned().collect();
    for path in paths {
        while entries.len() < MAX_READINGS {
            let Some(known) = session.transcripts.get(&path) else {
                break;
            };
            let Some(mut reading) = transcript::read(&path, known) else {
                break;
            };
            reading.as_of = as_of;
            session.read(as_of.unwrap_or_default(), &reading);
            entries.push(Entry::of_session(
                &session.id,
                now,
                Act::Transcript(Box::new(reading)),
            ));
        }
    }
    entries
}

/// The model of a key: as it was when the edit came, else as the transcript tells.
fn resolved(watched: &Watched, key: &Key, call: Option<&str>) -> Option<String> {
    if key.model.is_some() {
        return key.model.clone();
    }
    let session = watched.sessions.get(&key.session)?;
    let of_call = call.and_then(|call| session.calls.get(call));
    let of_actor = session
        .models
        .get(key.subagent.as_deref().unwrap_or_default());
    of_call.or(of_actor).cloned()
}

fn contribute(
    site: &Site<'_>,
    watched: &Watched,
    drafts: BTreeMap<Contributor, Draft>,
    observation: &mut Observation,
) -> Result<(), CaptureError> {
    let common_dir = site.repo.common_dir();
    let all: Vec<Contributor> = drafts.keys().cloned().collect();
    let secret = Secret::known(common_dir)?;
    let seen = observation.receipt.seen;
    for (contributor, draft) in drafts {
        let Some(session) = watched.sessions.get(&contributor.session) else {
            continue;
        };
        let mut session = session.clone();
        if session.operator.is_none() {
            session.operator = site.git_identity();
        }
        let link = links::next(common_dir, &session.id);
        let opening = secret.as_ref().and_then(|secret| {
            let salt = secret.part_salt(&session.id);
            let given = session.given.iter().filter(|(at, _)| *at <= seen);
            let parts = given.map(|(_, given)| given.clone().part(salt)).collect();
            Opening::commit(secret, &session.id, link.seq, parts)
        });
        let usage = spent(&session, seen, &contributor, &all);
        let context = opening.as_ref().map(Opening::prompt_context);
        let place = (session.id.clone(), link.seq);
        if !observation.receipt.sessions.contains(&place) {
            observation.receipt.sessions.push(place);
            observation.openings.extend(opening);
        }
        let approver = session.approver.as_deref().and_then(text::cleaned_id);
        observation.approver = approver.or(observation.approver.take());
        if !site.records_rationale() {
            session.rationale = None;
        }
        let contribution = draft.contribution(&contributor, &session, link, usage, context);
        observation.contributions.push(contribution);
    }
    Ok(())
}

/// Says what was out of the ordinary since the last record.
fn note(watched: &Watched, observation: &mut Observation) {
    let last = watched
        .used
        .iter()
        .map(|used| used.seen)
        .max()
        .unwrap_or_default();
    let notes = watched.notes.iter().filter(|(at, _)| *at > last);
    observation
        .codes
        .extend(notes.map(|(_, note)| note.clone()));
    if watched.damaged > 0 {
        observation.codes.push("journal-damaged".to_owned());
    }
    if !observation.unknown.is_empty() {
        let open = [
            (watched.has_open_shell(), "open-shell"),
            (watched.announced.any(), "open-edit"),
        ];
        let open = open.into_iter().filter(|(is_open, _)| *is_open);
        observation
            .codes
            .extend(open.map(|(_, code)| code.to_owned()));
    }
}

/// Says that the commit of an observation exists, and under which record.
///
/// Counting begins anew for the sessions of the receipt; what was labelled stays labelled, so the
/// lines of an edit that was only half staged are still pending.
///
/// # Errors
///
/// [`CaptureError::Write`], [`CaptureError::Read`] when the journal or what stands beside it cannot
/// be written or read.
pub fn committed(
    repo: &Repo,
    record: RecordId,
    receipt: &Receipt,
    now: Timestamp,
) -> Result<(), CaptureError> {
    let Some(site) = Site::of(repo) else {
        return Ok(());
    };
    if receipt.gap {
        Gap::shrink(repo, &site.journal, receipt.seen)?;
    }
    if !receipt.sessions.is_empty() || !receipt.paths.is_empty() {
        for (session, seq) in &receipt.sessions {
            links::advance(repo.common_dir(), session, *seq, record)?;
        }
        let act = Act::Committed {
            record,
            seen: receipt.seen,
            sessions: receipt.sessions.iter().map(|(id, _)| id.clone()).collect(),
            paths: Some(receipt.paths.clone()),
        };
        site.journal.append(&[Entry::of_session("", now, act)])?;
    }
    super::compact::if_long(&site, now)
}
