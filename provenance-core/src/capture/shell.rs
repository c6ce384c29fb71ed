//! Shell edits: what a command changed, seen by comparing the worktree before and after it.
//!
//! Takes two moments of a worktree. Before the command, what differs from HEAD is listed with its
//! `stat` and its content; everything else is known to be as HEAD has it. After the command, files
//! whose `stat` is the same are passed over, and those whose content differs are the session's.
//! Files whose content is that of the *new* HEAD came from a commit (checkout, merge, pull, reset,
//! or the command's own commit, which its hook has taken down): they are nobody's work here.
//!
//! Bounded: at most [`MAX_FILES`] files are listed, at most [`MAX_BYTES`] of their contents kept;
//! what is beyond is only known to have changed, and an unfinished list is said.
//!
//! # What is not checked
//!
//! Who else wrote to the worktree while the command ran: a person's save at that time is taken for
//! the command's. Files outside the repository of the command's directory, submodules among them,
//! and files that Git ignores are not compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::CaptureError;
use super::entry::{Act, Change, Changes, Entry};
use super::event::Event;
use super::site::Site;
use super::states::{MAX_TEXT_BYTES, State};
use super::witness::session_id;
use crate::digest::Digest;
use crate::git::{GitError, Repo, Status};
use crate::object_id::ObjectId;
use crate::repo_path::RepoPath;
use crate::text;

/// The most files of a snapshot.
pub(super) const MAX_FILES: usize = 5_000;
/// The most bytes of contents that one snapshot keeps: 64 MiB.
const MAX_BYTES: u64 = 64 << 20;
/// How long Git may take to list what differs.
const PATIENCE: Duration = Duration::from_secs(5);
/// More changes than these are not written into the journal's line.
const MAX_CHANGES_HERE: usize = 32;
/// The most that is read of a kept snapshot or list of changes.
const MAX_KEPT_BYTES: usize = 16 << 20;

/// What differed from HEAD at one moment.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Snapshot {
    pub(super) complete: bool,
    pub(super) files: Vec<Dirty>,
}

/// A file that differed from HEAD.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Dirty {
    pub(super) path: RepoPath,
    stat: Option<Stat>,
    pub(super) state: State,
}

/// What changes whenever a file is written: length, and both times in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stat(u64, u128, i128);

/// Looks at the worktree before a command.
pub(super) fn before(
    site: &Site<'_>,
    name: String,
    command: Option<&str>,
) -> Result<Act, CaptureError> {
    let head = site.repo.head()?.commit_id;
    let snapshot = snapshot(site, &status(site)?)?;
    Ok(Act::BeforeShell {
        name,
        snapshot: keep(site, &snapshot)?,
        head,
        // A script may commit as well; `git` and its aliases always name what they do.
        commits: command
            .is_none_or(|command| command.contains("commit") || command.contains("git")),
    })
}

/// Compares the worktree after a command with what it was before.
pub(super) fn after(site: &Site<'_>, event: &Event, name: String) -> Result<Act, CaptureError> {
    let nothing = |note: &str| Act::AfterShell {
        name: name.clone(),
        files: Changes::Here(Vec::new()),
        note: Some(note.to_owned()),
    };
    let segment = site.journal.read()?;
    let entries = segment.entries.into_iter().map(|(_, entry)| entry);
    let entries: Vec<Entry> = entries.collect();
    let Some((number, snapshot, head)) = announced(&entries, event) else {
        return Ok(nothing("no-before-shell"));
    };
    let Some(before) = kept::<Snapshot>(site, snapshot) else {
        return Ok(nothing("snapshot-missing"));
    };
    let status = status(site)?;
    let note = (!before.complete || !status.complete).then(|| "shell-incomplete".to_owned());
    // What the command committed by itself is clean now, and still its work.
    let session = session_id(&event.session);
    let committed = entries
        .iter()
        .skip(number)
        .filter_map(|entry| match &entry.act {
            Act::Committed {
                sessions,
                paths: Some(paths),
                ..
            } if sessions.contains(&session) => Some(paths),
            _ => None,
        });
    let committed: Vec<RepoPath> = committed.flatten().cloned().collect();
    let changes = changes(site, &before, head, &status, &committed)?;
    let files = if changes.len() > MAX_CHANGES_HERE {
        Changes::Kept(keep(site, &changes)?)
    } else {
        Changes::Here(changes)
    };
    Ok(Act::AfterShell { name, files, note })
}

/// Reads the changes of an entry.
pub(super) fn read_changes(site: &Site<'_>, changes: Changes) -> Option<Vec<Change>> {
    match changes {
        Changes::Here(changes) => Some(changes),
        Changes::Kept(digest) => kept(site, digest),
    }
}

/// Reads a kept snapshot.
pub(super) fn read_snapshot(site: &Site<'_>, digest: Digest) -> Option<Snapshot> {
    kept(site, digest)
}

/// The announcement of a command: of the same call, else the session's last that has no end yet.
fn announced(entries: &[Entry], event: &Event) -> Option<(usize, Digest, Option<ObjectId>)> {
    let session = session_id(&event.session);
    let call = event.call.as_deref().and_then(text::cleaned_id);
    let mut ended = 0_usize;
    for (number, entry) in entries.iter().enumerate().rev() {
        match &entry.act {
            _ if entry.session != session => {}
            Act::BeforeShell { snapshot, head, .. } => {
                let found = Some((number, *snapshot, *head));
                match &call {
                    Some(_) if entry.call == call => return found,
                    Some(_) => {}
                    None if ended == 0 => return found,
                    None => ended -= 1,
                }
            }
            Act::AfterShell { .. } => ended += 1,
            _ => {}
        }
    }
    None
}

fn status(site: &Site<'_>) -> Result<Status, CaptureError> {
    Ok(site.repo.status(MAX_FILES, PATIENCE)?)
}

/// Lists what differs from HEAD, with its content.
pub(super) fn snapshot(site: &Site<'_>, status: &Status) -> Result<Snapshot, CaptureError> {
    let mut left = MAX_BYTES;
    let mut files = Vec::with_capacity(status.files.len());
    for file in status.files.iter().filter(|file| !file.submodule) {
        let disk = site.on_disk(&file.path);
        // The time is taken first: a write in between then shows as a difference.
        let stat = stat(&disk);
        files.push(Dirty {
            path: file.path.clone(),
            stat,
            state: keep_within(site, &disk, stat, &mut left)?,
        });
    }
    Ok(Snapshot {
        complete: status.complete,
        files,
    })
}

fn keep_within(
    site: &Site<'_>,
    disk: &Path,
    stat: Option<Stat>,
    left: &mut u64,
) -> Result<State, CaptureError> {
    let Some(Stat(length, modified, _)) = stat else {
        return site.states.keep_file(disk);
    };
    match left.checked_sub(length.min(MAX_TEXT_BYTES as u64)) {
        Some(rest) => {
            *left = rest;
            site.states.keep_file(disk)
        }
        None => Ok(State::Opaque(format!("{length} bytes at {modified}"))),
    }
}

fn changes(
    site: &Site<'_>,
    before: &Snapshot,
    head: Option<ObjectId>,
    status: &Status,
    committed: &[RepoPath],
) -> Result<Vec<Change>, CaptureError> {
    let known: BTreeMap<&RepoPath, &Dirty> = before
        .files
        .iter()
        .map(|dirty| (&dirty.path, dirty))
        .collect();
    let listed = status.files.iter().filter(|file| !file.submodule);
    let mut paths: Vec<&RepoPath> = listed.map(|file| &file.path).collect();
    paths.extend(known.keys().copied());
    paths.extend(committed);
    paths.sort();
    paths.dedup();

    let head_now = site.repo.head()?.commit_id;
    let old = Tree::of(&site.repo, head)?;
    let new = Tree::of(&site.repo, head_now)?;
    let mut left = MAX_BYTES;
    let mut changes = Vec::new();
    for path in paths {
        let disk = site.on_disk(path);
        let now = stat(&disk);
        let was = known.get(path);
        if was.is_some_and(|was| was.stat == now && now.is_some()) {
            continue;
        }
        let before = match was {
            Some(was) => was.state.clone(),
            // What was not listed was as HEAD had it.
            None => old.state(site, path)?,
        };
        let after = keep_within(site, &disk, now, &mut left)?;
        if before == after {
            continue;
        }
        changes.push(Change {
            path: path.clone(),
            before: Some(before),
            foreign: new.has(site, path, &after)?,
            after,
            from: None,
            mixed: false,
            head: None,
        });
    }
    find_moves(&mut changes);
    Ok(changes)
}

/// Says of each new file that holds what another held that is gone from where it was moved.
fn find_moves(changes: &mut [Change]) {
    let gone = changes
        .iter()
        .filter(|change| change.after == State::Absent);
    let gone: Vec<(RepoPath, State)> = gone
        .filter_map(|change| Some((change.path.clone(), change.before.clone()?)))
        .filter(|(_, state)| matches!(state, State::Text(_)))
        .collect();
    for change in changes {
        if change.before == Some(State::Absent) {
            let source = gone.iter().find(|(_, state)| *state == change.after);
            change.from = source.map(|(path, _)| path.clone());
        }
    }
}

/// The tree of a commit, for looking up blobs.
pub(super) struct Tree<'r> {
    repo: &'r Repo,
    tree_id: Option<ObjectId>,
}

impl<'r> Tree<'r> {
    /// The tree of a commit; without one the empty tree.
    pub(super) fn of(repo: &'r Repo, commit_id: Option<ObjectId>) -> Result<Self, CaptureError> {
        let tree_id = match commit_id {
            Some(commit_id) => Some(repo.commit(commit_id)?.tree_id),
            None => None,
        };
        Ok(Self { repo, tree_id })
    }

    /// Returns the text that the tree has at a path; `None` where it has none.
    pub(super) fn text(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, CaptureError> {
        Ok(match self.blob(path)? {
            Some(Blob::Content(content)) => Some(content.to_vec()),
            Some(Blob::Large(_)) | None => None,
        })
    }

    /// Keeps what the tree has at a path.
    fn state(&self, site: &Site<'_>, path: &RepoPath) -> Result<State, CaptureError> {
        match self.blob(path)? {
            None => Ok(State::Absent),
            Some(Blob::Large(id)) => Ok(State::Opaque(id.to_string())),
            Some(Blob::Content(content)) => site.states.keep(&content),
        }
    }

    /// Answers whether the tree has this state at a path, line ends aside.
    fn has(&self, site: &Site<'_>, path: &RepoPath, state: &State) -> Result<bool, CaptureError> {
        let blob = self.blob(path)?;
        Ok(match (state, blob) {
            (State::Absent, None) => true,
            (State::Text(digest), Some(Blob::Content(blob))) => {
                Digest::of(&blob) == *digest
                    || site
                        .states
                        .read(*digest)
                        .is_some_and(|text| without_cr(&text) == without_cr(&blob))
            }
            (State::Opaque(mark), Some(Blob::Content(blob))) => {
                *mark == Digest::of(&blob).to_string()
            }
            _ => false,
        })
    }

    fn blob(&self, path: &RepoPath) -> Result<Option<Blob>, CaptureError> {
        let Some(tree_id) = self.tree_id else {
            return Ok(None);
        };
        let Some(version) = self.repo.version_at(tree_id, path.as_bytes())? else {
            return Ok(None);
        };
        if !version.is_file() {
            return Ok(Some(Blob::Large(version.id)));
        }
        match self.repo.blob(version.id, MAX_TEXT_BYTES) {
            Ok(content) => Ok(Some(Blob::Content(content))),
            Err(GitError::TooLarge { .. }) => Ok(Some(Blob::Large(version.id))),
            Err(error) => Err(error.into()),
        }
    }
}

enum Blob {
    Content(Arc<[u8]>),
    /// Too large, a link or a submodule.
    Large(ObjectId),
}

/// Returns a text with LF for every CR LF: what `core.autocrlf` does.
pub(super) fn without_cr(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.iter().peekable();
    while let Some(byte) = rest.next() {
        if *byte != b'\r' || rest.peek() != Some(&&b'\n') {
            plain.push(*byte);
        }
    }
    plain
}

fn stat(path: &Path) -> Option<Stat> {
    let data = fs::symlink_metadata(path).ok()?;
    let modified = data
        .modified()
        .ok()?
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt as _;
        i128::from(data.ctime()) * 1_000_000_000 + i128::from(data.ctime_nsec())
    };
    #[cfg(not(unix))]
    let changed = 0;
    Some(Stat(data.len(), modified.as_nanos(), changed))
}

fn keep<T: Serialize>(site: &Site<'_>, value: &T) -> Result<Digest, CaptureError> {
    let json = serde_json::to_vec(value).unwrap_or_default();
    let digest = Digest::of(&json);
    site.states.put(digest, &json)?;
    Ok(digest)
}

fn kept<T: for<'de> Deserialize<'de>>(site: &Site<'_>, digest: Digest) -> Option<T> {
    let json = site.states.get(digest, MAX_KEPT_BYTES)?;
    serde_json::from_slice(&json).ok()
}
