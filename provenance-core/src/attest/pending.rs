//! Records that `commit-msg` fixed and `post-commit` has not sealed yet, and the count of commits
//! that were made with the hooks switched off.
//!
//! Lives in `$GIT_DIR/provenance/pending/`, per worktree. A file holds the predicate's canonical
//! bytes on its first line, capture's receipt on its second, and then, each where it was known, the
//! commit, and what the commit would change as `patch <digest>`. It is named by the record id of the first, so that a damaged one is recognized
//! and a record is never sealed under another id. `bypassed` beside it has the last commits that
//! were made with the hooks switched off, `squashed` those that the last `merge --squash` brought,
//! after the commit on top of which it did.
//!
//! # What is not checked
//!
//! Whether the commit happened. An aborted commit leaves its record here; the next one that
//! succeeds clears it away, once it is known to belong to no commit.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::AttestError;
use crate::canonical::CanonicalError;
use crate::capture::{Receipt, local};
use crate::digest::Digest;
use crate::git::{RawCommit, Repo};
use crate::object_id::ObjectId;
use crate::record::{Authoring, RecordId};

/// The most bytes of a pending file: a predicate that fits a line, and its receipt.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// What stands before the digest of a patch.
const PATCH: &str = "patch ";

/// How many commits that were made with the hooks switched off are remembered.
const MAX_BYPASSED: usize = 1024;

/// A record that was fixed, and what it used up of what was captured.
#[derive(Debug, Clone)]
pub(super) struct FixedRecord {
    pub(super) record_id: RecordId,
    pub(super) authoring: Authoring,
    pub(super) receipt: Receipt,
    /// The commit, where the record was fixed after it was made.
    pub(super) commit_id: Option<ObjectId>,
    /// The patch digest of a commit with this tree on top of this HEAD.
    pub(super) patch: Option<Digest>,
}

impl FixedRecord {
    /// Returns the patch digest of a commit, where it was known when the record was fixed.
    pub(super) fn patch_of(&self, commit: &RawCommit) -> Option<Digest> {
        let is_its = commit.tree_id == self.authoring.tree
            && commit.parent_ids.as_slice() == self.authoring.onto.commit.as_slice();
        self.patch.filter(|_| is_its)
    }
}

/// The directory of one worktree's pending records.
pub(super) struct Pending {
    dir: PathBuf,
    skipped_file: PathBuf,
    bypassed_file: PathBuf,
    squashed_file: PathBuf,
}

impl Pending {
    pub(super) fn of(repo: &Repo) -> Self {
        let state = repo.git_dir().join("provenance");
        Self {
            dir: state.join("pending"),
            skipped_file: state.join("skipped"),
            bypassed_file: state.join("bypassed"),
            squashed_file: state.join("squashed"),
        }
    }

    /// Keeps a predicate's canonical bytes, and the receipt, until a commit has them.
    pub(super) fn keep(
        &self,
        predicate: &str,
        receipt: &Receipt,
        commit_id: Option<ObjectId>,
        patch: Option<Digest>,
    ) -> Result<RecordId, AttestError> {
        let record_id = Digest::of(predicate.as_bytes());
        let path = self.path(record_id);
        let receipt = serde_json::to_string(receipt).map_err(CanonicalError::Shape)?;
        let commit = commit_id.map_or_else(String::new, |id| format!("{id}\n"));
        let patch = patch.map_or_else(String::new, |patch| format!("{PATCH}{patch}\n"));
        let text = format!("{predicate}\n{receipt}\n{commit}{patch}");
        local::write(&path, text.as_bytes())
            .map_err(|source| AttestError::State { path, source })?;
        Ok(record_id)
    }

    /// Returns a fixed record; `None` where there is none or the file was damaged.
    pub(super) fn get(&self, record_id: RecordId) -> Option<FixedRecord> {
        let bytes = local::read(&self.path(record_id), MAX_FILE_BYTES).ok()??;
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let predicate = lines.next()?;
        (Digest::of(predicate) == record_id).then_some(())?;
        let receipt = lines.next()?;
        let rest = lines.filter_map(|line| std::str::from_utf8(line).ok());
        let (mut commit_id, mut patch) = (None, None);
        for line in rest {
            match line.strip_prefix(PATCH) {
                Some(digest) => patch = digest.parse().ok(),
                None => commit_id = commit_id.or(line.parse().ok()),
            }
        }
        Some(FixedRecord {
            record_id,
            authoring: serde_json::from_slice(predicate).ok()?,
            receipt: serde_json::from_slice(receipt).ok()?,
            commit_id,
            patch,
        })
    }

    /// Returns all fixed records, newest first.
    pub(super) fn all(&self) -> Vec<FixedRecord> {
        let mut records: Vec<_> = fs::read_dir(&self.dir)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|file| {
                let name = file.file_name();
                let hex = Path::new(&name).file_stem()?.to_str()?;
                let record = self.get(Digest::from_hex(hex).ok()?)?;
                let modified = file.metadata().and_then(|data| data.modified()).ok()?;
                Some((modified, record))
            })
            .collect();
        records.sort_by_key(|(modified, record)| (*modified, record.record_id));
        records
            .into_iter()
            .rev()
            .map(|(_, record)| record)
            .collect()
    }

    /// Removes one fixed record.
    pub(super) fn remove(&self, record_id: RecordId) {
        // What cannot be removed is passed over by the next commit: its tree does not fit.
        crate::fail_point!("pending: remove");
        drop(fs::remove_file(self.path(record_id)));
    }

    /// Counts one more commit that was made with the hooks switched off, and takes it down.
    pub(super) fn count_skipped(&self, commit_id: Option<ObjectId>) -> Result<(), AttestError> {
        let write = |path: &Path, text: &str| {
            local::write(path, text.as_bytes()).map_err(|source| AttestError::State {
                path: path.to_owned(),
                source,
            })
        };
        let count = self.skipped() + 1;
        write(&self.skipped_file, &count.to_string())?;
        let mut commits = self.bypassed();
        commits.extend(commit_id);
        let too_many = commits.len().saturating_sub(MAX_BYPASSED);
        let lines = commits.iter().skip(too_many).map(ToString::to_string);
        let lines: Vec<String> = lines.collect();
        write(&self.bypassed_file, &lines.join("\n"))
    }

    /// Takes down the commits that were squashed into the index on top of a commit: Git forgets them
    /// before post-commit.
    pub(super) fn keep_squashed(
        &self,
        head: ObjectId,
        squashed: &[ObjectId],
    ) -> Result<(), AttestError> {
        let ids = std::iter::once(&head).chain(squashed);
        let lines: Vec<String> = ids.map(ToString::to_string).collect();
        let text = lines.join("\n");
        local::write(&self.squashed_file, text.as_bytes()).map_err(|source| AttestError::State {
            path: self.squashed_file.clone(),
            source,
        })
    }

    /// Returns the commits that were last squashed into the index, where it was on top of this one.
    pub(super) fn squashed_on(&self, head: ObjectId) -> Vec<ObjectId> {
        let ids = ids(&self.squashed_file);
        match ids.split_first() {
            Some((onto, squashed)) if *onto == head => squashed.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Returns the last commits that were made so.
    pub(super) fn bypassed(&self) -> Vec<ObjectId> {
        ids(&self.bypassed_file)
    }

    /// Returns how many commits were made so since the last record.
    pub(super) fn skipped(&self) -> u64 {
        let bytes = local::read(&self.skipped_file, 32)
            .ok()
            .flatten()
            .unwrap_or_default();
        String::from_utf8(bytes)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    }

    /// Forgets them: a record has said it.
    pub(super) fn forget_skipped(&self) -> Result<(), AttestError> {
        crate::fail_point!("pending: forget what was skipped");
        match fs::remove_file(&self.skipped_file) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(AttestError::State {
                path: self.skipped_file.clone(),
                source,
            }),
            _ => Ok(()),
        }
    }

    fn path(&self, record_id: RecordId) -> PathBuf {
        self.dir.join(format!("{}.json", record_id.to_hex()))
    }
}

/// Reads commit ids, one a line.
fn ids(path: &Path) -> Vec<ObjectId> {
    let bytes = local::read(path, MAX_FILE_BYTES).ok().flatten();
    let text = String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}
