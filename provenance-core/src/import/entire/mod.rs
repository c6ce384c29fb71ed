//! Entire's checkpoints: a trailer in the commit, and what it stands for on a branch of its own.
//!
//! A commit names checkpoints in trailers `Entire-Checkpoint: <id>`. A checkpoint is a directory
//! `<first two>/<rest>/` of the branch `entire/checkpoints/v1`, or a reference below
//! `refs/entire/checkpoints/`; its sessions are the directories `0`, `1`, … in it. A session knows
//! its agent, its model, which files it touched, and how many lines of the commit were the
//! agent's; it does not know which. So a file that it touched is claimed as a whole: as the AI's
//! where no line was a human's, else as mixed.
//!
//! # What is not checked
//!
//! Transcripts and prompts: they are not opened.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Contribution, Found, ImportError, Refusal, Said, contribution, json, names, paths};
use crate::canonical;
use crate::digest::Digest;
use crate::git::{GitError, Repo};
use crate::object_id::ObjectId;
use crate::record::{ClaimPath, Extent, FileClaim, Origin};
use crate::repo_path::RepoPath;
use crate::store::MAX_NOTE_BYTES;

/// The branches that hold checkpoints, newest name first.
const BRANCHES: &[&str] = &["entire/checkpoints/v1", "entire/sessions"];
/// What the references start with that hold one checkpoint each.
const REFS: &str = "refs/entire/checkpoints/";
/// The trailer, in lower case.
const TRAILER: &[u8] = b"entire-checkpoint:";
/// The name of the format, in the digest of a source.
const FORMAT: &[u8] = b"entire";
/// The most sessions of a checkpoint.
const MAX_SESSIONS: usize = 256;

/// The metadata of a session, as far as it is taken over.
#[derive(Deserialize)]
struct Session {
    #[serde(default, rename = "session_id")]
    id: Option<String>,
    #[serde(default)]
    agent: Option<String>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    files_touched: Option<Vec<String>>,
    #[serde(default)]
    initial_attribution: Option<Attribution>,
}

/// How many lines of the commit were whose.
#[derive(Deserialize)]
struct Attribution {
    #[serde(default)]
    agent_lines: i64,
    #[serde(default)]
    human_added: i64,
    #[serde(default)]
    human_modified: i64,
}

/// Where the checkpoints of a repository are.
struct Checkpoints<'r> {
    repo: &'r Repo,
    trees: BTreeMap<String, ObjectId>,
}

/// Finds the checkpoints that commits name. Where `orphans`, those that no commit names are found
/// too, and refused.
///
/// # Errors
///
/// [`ImportError::Git`] when the references, a commit or a tree cannot be read.
pub fn find(
    repo: &Repo,
    commits: &[ObjectId],
    orphans: bool,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<Found>, ImportError> {
    let checkpoints = Checkpoints::of(repo)?;
    let mut named = BTreeSet::new();
    let mut found = Vec::new();
    for (number, commit_id) in commits.iter().enumerate() {
        progress(number, commits.len());
        let commit = match repo.commit(*commit_id) {
            Ok(commit) => commit,
            // It is found again, and said, wherever commits are judged.
            Err(GitError::MalformedCommit { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        for id in trailers(&commit.message) {
            let place = format!("commit {commit_id}, checkpoint {}", paths::quoted(&id));
            let said = match checkpoints.sessions(&id)? {
                Ok(sessions) => said(*commit_id, &id, &sessions),
                Err(refusal) => Err(refusal),
            };
            found.push(Found { place, said });
            named.insert(id);
        }
    }
    if orphans {
        let orphans = checkpoints.trees.keys().filter(|id| !named.contains(*id));
        found.extend(orphans.map(|id| Found {
            place: format!("checkpoint {}", paths::quoted(id)),
            said: Err(Refusal::NoCommit),
        }));
    }
    Ok(found)
}

/// The checkpoints that a message names, each once.
fn trailers(message: &[u8]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for line in message.split(|byte| *byte == b'\n') {
        let key = line.get(..TRAILER.len()).unwrap_or_default();
        if !key.eq_ignore_ascii_case(TRAILER) {
            continue;
        }
        let id = line.get(TRAILER.len()..).unwrap_or_default();
        let id = String::from_utf8_lossy(id.trim_ascii()).into_owned();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Answers whether text is an id: 12 hex digits, or a ULID.
fn is_id(id: &str) -> bool {
    let is_hex = id.len() == 12 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_ulid = id.len() == 26
        && id
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    is_hex || is_ulid
}

impl<'r> Checkpoints<'r> {
    /// Lists them: references of their own first, then our branch, then those of remotes.
    fn of(repo: &'r Repo) -> Result<Self, ImportError> {
        let mut checkpoints = Self {
            repo,
            trees: BTreeMap::new(),
        };
        for (name, tip) in repo.refs(REFS)? {
            let id = name.rsplit('/').next().unwrap_or_default();
            if is_id(id) {
                let tree_id = repo.commit(tip)?.tree_id;
                checkpoints.trees.insert(id.to_owned(), tree_id);
            }
        }
        let remotes = repo.refs("refs/remotes/")?;
        for branch in BRANCHES {
            let ours = repo.ref_target(&format!("refs/heads/{branch}"))?;
            let suffix = format!("/{branch}");
            let theirs = remotes.iter().filter(|(name, _)| name.ends_with(&suffix));
            for tip in ours.into_iter().chain(theirs.map(|(_, tip)| *tip)) {
                checkpoints.add_branch(repo.commit(tip)?.tree_id)?;
            }
        }
        Ok(checkpoints)
    }

    fn add_branch(&mut self, tree_id: ObjectId) -> Result<(), ImportError> {
        for shard in self.repo.tree(tree_id)? {
            let start = String::from_utf8_lossy(&shard.name).into_owned();
            if !shard.is_tree() || start.len() != 2 {
                continue;
            }
            for entry in self.repo.tree(shard.id)? {
                let id = format!("{start}{}", String::from_utf8_lossy(&entry.name));
                if entry.is_tree() && is_id(&id) {
                    self.trees.entry(id).or_insert(entry.id);
                }
            }
        }
        Ok(())
    }

    /// The sessions of a checkpoint.
    fn sessions(&self, id: &str) -> Result<Result<Vec<Session>, Refusal>, ImportError> {
        if !is_id(id) {
            return Ok(Err(Refusal::malformed("its name is none of a checkpoint")));
        }
        let Some(tree_id) = self.trees.get(id).copied() else {
            return Ok(Err(Refusal::CheckpointNotHere));
        };
        let mut sessions = Vec::new();
        for number in 0..MAX_SESSIONS {
            match self.metadata(tree_id, &format!("{number}/metadata.json"))? {
                Some(Ok(session)) => sessions.push(session),
                Some(Err(refusal)) => return Ok(Err(refusal)),
                None => break,
            }
        }
        if sessions.is_empty() {
            // The first versions had one session, and no directories.
            match self.metadata(tree_id, "metadata.json")? {
                Some(Ok(session)) => sessions.push(session),
                Some(Err(refusal)) => return Ok(Err(refusal)),
                None => return Ok(Err(Refusal::malformed("it has no metadata.json"))),
            }
        }
        Ok(Ok(sessions))
    }

    fn metadata(
        &self,
        tree_id: ObjectId,
        path: &str,
    ) -> Result<Option<Result<Session, Refusal>>, ImportError> {
        let Some(version) = self.repo.version_at(tree_id, path.as_bytes())? else {
            return Ok(None);
        };
        let bytes = match self.repo.blob(version.id, MAX_NOTE_BYTES) {
            Ok(bytes) => bytes,
            Err(GitError::TooLarge { size, .. }) => {
                return Ok(Some(Err(Refusal::TooLarge { size })));
            }
            Err(GitError::MissingObject { .. }) => return Ok(Some(Err(Refusal::Incomplete))),
            Err(GitError::WrongKind { .. }) => {
                let refusal = Refusal::malformed("its metadata.json is no file");
                return Ok(Some(Err(refusal)));
            }
            Err(error) => return Err(error.into()),
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::NotUtf8);
        Ok(Some(text.and_then(json::read)))
    }
}

/// What a checkpoint says of a commit. Only what is taken over is in the digest: a summary or a
/// transcript that is written later changes nothing.
fn said(commit_id: ObjectId, id: &str, sessions: &[Session]) -> Result<Said, Refusal> {
    let mut contributions = Vec::new();
    let mut parts: Vec<Vec<u8>> = vec![FORMAT.to_vec(), id.as_bytes().to_vec()];
    let mut taken: BTreeSet<RepoPath> = BTreeSet::new();
    for session in sessions {
        if let Some(one) = contribution_of(session, id, &mut taken)? {
            let bytes = canonical::to_vec(&one);
            parts.push(bytes.map_err(|_| Refusal::malformed("its metadata cannot be written"))?);
            contributions.push(one);
        }
    }
    if contributions.is_empty() {
        return Err(Refusal::ClaimsNothing);
    }
    Ok(Said {
        commit_id,
        source: Digest::of_parts(parts.iter().map(Vec::as_slice)),
        origin: Origin::Imported,
        contributions,
        human_lines: 0,
    })
}

/// What one session gave; a file that two sessions touched is the first one's.
fn contribution_of(
    session: &Session,
    id: &str,
    taken: &mut BTreeSet<RepoPath>,
) -> Result<Option<Contribution>, Refusal> {
    let lines = session.initial_attribution.as_ref();
    if lines.is_some_and(|lines| lines.agent_lines <= 0) {
        return Ok(None);
    }
    let is_pure = lines.is_some_and(|lines| lines.human_added <= 0 && lines.human_modified <= 0);
    let mut files = Vec::new();
    for touched in session.files_touched.iter().flatten() {
        let path = paths::path(touched)?;
        if taken.insert(path.clone()) {
            let (ai, mixed) = if is_pure {
                (Extent::All, Extent::default())
            } else {
                (Extent::default(), Extent::All)
            };
            files.push(FileClaim {
                path: ClaimPath::File(path),
                sha256: None,
                tree: None,
                ai,
                mixed,
            });
        }
    }
    if files.is_empty() {
        return Ok(None);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut one = contribution(
        names::tool(session.agent.as_deref().unwrap_or_default())?,
        names::model(session.model.as_deref().unwrap_or_default())?,
        None,
        names::session(session.id.as_deref().unwrap_or_default(), id)?,
    );
    one.files = files;
    Ok(Some(one))
}

#[cfg(test)]
mod tests;
