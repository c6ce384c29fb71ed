//! `Status`: what is pending in a worktree, for `git provenance status` and `doctor`.
//!
//! Takes the journal, its checkpoints and what Git says differs from HEAD; gives the sessions and
//! the lines that the next commit would claim if everything were staged. Changes nothing.
//!
//! # What is not checked
//!
//! What is staged. Transcripts are not read either: tokens are those that were counted so far.

use std::collections::BTreeMap;
use std::time::Duration;

use super::CaptureError;
use super::chain::{FileChain, Labels};
use super::fold::Watched;
use super::lines::Label;
use super::shell::Tree;
use super::site::Site;
use super::states::{Seen, look};
use crate::clock::Timestamp;
use crate::git::Repo;
use crate::git::diff::{self, Setting};
use crate::record::{Model, Tool};
use crate::repo_path::RepoPath;

/// The most files that are looked at.
const MAX_FILES: usize = 20_000;
/// How long Git may take to list what differs.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is pending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The sessions that were seen in this worktree lately, the latest last.
    pub sessions: Vec<SessionStatus>,
    /// The files that agents changed and no commit has yet.
    pub files: Vec<FileStatus>,
    /// Commands that began and were not seen to end.
    pub open_shells: u64,
    /// Lines of the journal that cannot be read.
    pub damaged_lines: u64,
    /// What harnesses sent and nobody understood, with how often.
    pub ignored: BTreeMap<String, u64>,
    /// What was out of the ordinary, as codes.
    pub notes: Vec<String>,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionStatus {
    /// Its id.
    pub id: String,
    /// The harness.
    pub tool: Tool,
    /// The model, where it is known.
    pub model: Option<Model>,
    /// The human in whose name it runs.
    pub operator: Option<String>,
    /// When it was first and last seen.
    pub seen: Option<(Timestamp, Timestamp)>,
    /// Prompts since its last record.
    pub prompts: u64,
    /// Whether it said that it ended.
    pub ended: bool,
}

/// Lines of one file that a session wrote and that HEAD does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStatus {
    /// Where.
    pub path: RepoPath,
    /// Whose.
    pub session: String,
    /// Lines that the AI wrote; `None` where they cannot be counted: the whole file.
    pub ai: Option<u64>,
    /// Lines that a person changed since.
    pub mixed: u64,
}

/// Returns what is pending in a worktree.
///
/// # Errors
///
/// [`CaptureError::Read`] when the journal cannot be read, [`CaptureError::Git`] when Git cannot
/// say what differs.
pub fn status(repo: &Repo, now: Timestamp) -> Result<Status, CaptureError> {
    let mut status = Status::default();
    let Some(site) = Site::of(repo) else {
        return Ok(status);
    };
    if !site.journal.dir().is_dir() {
        return Ok(status);
    }
    let watched = Watched::of(&site, now)?;
    let mut sessions: Vec<_> = watched
        .sessions
        .values()
        .filter(|s| s.began.is_some())
        .collect();
    sessions.sort_by_key(|session| (session.last, session.id.clone()));
    status.sessions = sessions
        .into_iter()
        .map(|session| SessionStatus {
            id: session.id.clone(),
            tool: session.tool(),
            model: session.models.get("").and_then(|raw| super::model(raw)),
            operator: session.operator.clone(),
            seen: session.began.zip(session.last),
            prompts: session
                .given
                .iter()
                .filter(|(_, given)| given.is_prompt())
                .count() as u64,
            ended: session.ended,
        })
        .collect();
    status.open_shells = watched.shells.len() as u64;
    status.damaged_lines = watched.damaged;
    status.notes = watched.notes.iter().map(|(_, note)| note.clone()).collect();
    status.notes.sort();
    status.notes.dedup();
    files(&site, &watched, &mut status)?;
    status.ignored = watched.ignored;
    Ok(status)
}

fn files(site: &Site<'_>, watched: &Watched, status: &mut Status) -> Result<(), CaptureError> {
    let head = Tree::of(&site.repo, site.repo.head()?.commit_id)?;
    for file in site.repo.status(MAX_FILES, PATIENCE)?.files {
        let mut chain = FileChain::open(site, &file.path);
        chain.replay(site, &watched.steps);
        chain.count_out(&watched.used);
        if chain.is_empty() {
            continue;
        }
        let text = match look(&site.on_disk(&file.path)) {
            Seen::Text(text) => Some(text),
            Seen::Absent => continue,
            Seen::Opaque(_) => None,
        };
        let labels = match chain.settle(text.as_deref()) {
            Labels::Nobody => continue,
            Labels::Whole(key) => {
                if let Some(key) = chain.keys.get(key as usize) {
                    status.files.push(FileStatus {
                        path: file.path,
                        session: key.session.clone(),
                        ai: None,
                        mixed: 0,
                    });
                }
                continue;
            }
            Labels::Lines(labels) => labels,
        };
        let old = head.text(&file.path)?.unwrap_or_default();
        let hunks = diff::hunks(&old, &text.unwrap_or_default(), Setting::Blame);
        let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for hunk in hunks.unwrap_or_default() {
            for label in labels.get(hunk.new_range()).unwrap_or_default() {
                let (key, ai, mixed) = match label {
                    Label::Ai(key) => (key, 1, 0),
                    Label::Mixed(key) => (key, 0, 1),
                    Label::None | Label::Human | Label::Twin(_) => continue,
                };
                if let Some(key) = chain.keys.get(*key as usize) {
                    let count = counts.entry(&key.session).or_default();
                    count.0 += ai;
                    count.1 += mixed;
                }
            }
        }
        status
            .files
            .extend(counts.into_iter().map(|(session, (ai, mixed))| FileStatus {
                path: file.path.clone(),
                session: session.to_owned(),
                ai: Some(ai),
                mixed,
            }));
    }
    Ok(())
}

/// Removes what is older than 90 days: states, closed segments of the journal, and checkpoints of
/// files and sessions; and what a process that died left half written. Returns how many files that
/// were.
///
/// For housekeeping by the command line, never for a hook.
#[must_use]
pub fn prune(repo: &Repo, now: Timestamp) -> u64 {
    let provenance = repo.common_dir().join("provenance");
    let mut removed = super::States::at(repo.common_dir()).prune(now);
    removed += super::local::sweep(&provenance, now);
    removed += super::local::sweep(&repo.git_dir().join("provenance"), now);
    for worktree in super::local::entries(&provenance.join("journal")) {
        removed += super::local::prune(&worktree.join("closed"), now, super::KEPT);
        removed += super::local::prune(&worktree.join("sessions"), now, super::KEPT);
        for shard in super::local::entries(&worktree.join("files")) {
            removed += super::local::prune(&shard, now, super::KEPT);
        }
    }
    removed
}
