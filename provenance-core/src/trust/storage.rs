//! The reference that holds the chain: a commit a version, a file a version.
//!
//! Takes a reference's name and gives the [`Chain`] of its files with what is wrong with it; takes
//! a new version and writes it with compare-and-swap. Sizes are read from object headers before
//! anything is inflated.

use std::path::PathBuf;
use std::sync::Arc;

use super::chain::Chain;
use super::{Problem, TrustError, VersionFault};
use crate::clock::Timestamp;
use crate::git::publish::{Step, commit_bytes};
use crate::git::{
    FsyncPolicy, GitError, Identity, ObjectId, ObjectKind, Person, RefUpdate, Repo, TreeEntry,
};

/// Where the chain is kept.
pub const TRUST_REF: &str = "refs/provenance/trust";
/// The most bytes of one version.
pub const MAX_VERSION_BYTES: usize = 512 << 10;
/// The most bytes of all versions together.
pub const MAX_CHAIN_BYTES: usize = 64 << 20;
/// The most versions that are read.
pub const MAX_VERSIONS: u64 = 1024;
/// The most entries that are reported as no version.
const MAX_STRAYS: usize = 16;
/// The mode of a version's file.
const FILE_MODE: u32 = 0o100_644;

/// Returns the name of a version's file in the tree: `0001.intoto.jsonl`.
#[must_use]
pub fn file_name(version: u64) -> String {
    format!("{version:04}{SUFFIX}")
}

const SUFFIX: &str = ".intoto.jsonl";

/// A chain as a reference holds it.
#[derive(Debug)]
pub(super) struct Stored {
    /// What the reference pointed at.
    pub(super) commit_id: ObjectId,
    /// Every entry of the tree.
    pub(super) entries: Vec<TreeEntry>,
    /// The good versions.
    pub(super) chain: Chain,
    /// What is wrong after them, or beside them.
    pub(super) problems: Vec<Problem>,
}

/// Returns the file with which Git holds the reference during a change.
pub(super) fn lock(repo: &Repo) -> PathBuf {
    repo.common_dir().join(format!("{TRUST_REF}.lock"))
}

/// The version that an entry's name names.
fn version_of(name: &[u8]) -> Option<u64> {
    let name = std::str::from_utf8(name).ok()?;
    let version = name.strip_suffix(SUFFIX)?.parse().ok()?;
    (version >= 1 && file_name(version) == name).then_some(version)
}

/// Reads the chain at a reference; `None` where there is no such reference.
pub(super) fn read(repo: &Repo, ref_name: &str) -> Result<Option<Stored>, GitError> {
    let commit_id = repo.ref_target(ref_name)?;
    commit_id.map(|id| read_at(repo, id)).transpose()
}

/// Reads the chain that ends at a commit.
pub(super) fn read_at(repo: &Repo, commit_id: ObjectId) -> Result<Stored, GitError> {
    let entries = repo.tree(repo.commit(commit_id)?.tree_id)?;
    let mut stored = Stored {
        commit_id,
        entries,
        chain: Chain::default(),
        problems: Vec::new(),
    };
    let mut versions: Vec<(u64, TreeEntry)> = Vec::new();
    for entry in &stored.entries {
        match version_of(&entry.name) {
            Some(version) => versions.push((version, entry.clone())),
            None if stored.problems.len() < MAX_STRAYS => stored.problems.push(Problem::Stray {
                name: String::from_utf8_lossy(&entry.name).into_owned(),
            }),
            None => {}
        }
    }
    // Names of five digits sort before others in a tree: go by number.
    versions.sort_by_key(|(version, _)| *version);
    if let Some(problem) = accept_all(repo, &versions, &mut stored.chain)? {
        stored.problems.insert(0, problem);
    }
    Ok(stored)
}

/// Accepts versions until one is not good, and says what is wrong with that one.
fn accept_all(
    repo: &Repo,
    versions: &[(u64, TreeEntry)],
    chain: &mut Chain,
) -> Result<Option<Problem>, GitError> {
    let mut total = 0;
    for (version, entry) in versions {
        let next = chain.next();
        if next > MAX_VERSIONS {
            return Ok(Some(Problem::TooMany));
        }
        // Equal when a name stands twice in a malformed tree; then its content says so.
        if *version > next {
            return Ok(Some(Problem::Gap {
                version: next,
                later: *version,
            }));
        }
        let accepted = file(repo, entry, &mut total)?.and_then(|file| chain.accept(&file));
        if let Err(fault) = accepted {
            return Ok(Some(Problem::Version {
                version: *version,
                fault,
            }));
        }
    }
    Ok(None)
}

/// Reads the file of a version, within the caps.
fn file(
    repo: &Repo,
    entry: &TreeEntry,
    total: &mut usize,
) -> Result<Result<Arc<[u8]>, VersionFault>, GitError> {
    if entry.mode != FILE_MODE {
        return Ok(Err(VersionFault::NotAFile));
    }
    let bytes = match repo.blob(entry.id, MAX_VERSION_BYTES) {
        Ok(bytes) => bytes,
        Err(GitError::TooLarge { .. }) => return Ok(Err(VersionFault::Oversize)),
        Err(GitError::WrongKind { .. }) => return Ok(Err(VersionFault::NotAFile)),
        Err(error) => return Err(error),
    };
    *total += bytes.len();
    if *total > MAX_CHAIN_BYTES {
        return Ok(Err(VersionFault::OversizeChain));
    }
    Ok(Ok(bytes))
}

/// Who makes the commit, and what it says.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) person: Person,
    pub(super) message: String,
}

impl Commit {
    /// Makes the description of a commit.
    pub(super) fn new(identity: &Identity, at: Timestamp, message: String) -> Self {
        Self {
            person: Person {
                name: identity.name.clone().into_bytes(),
                email: identity.email.clone().into_bytes(),
                seconds: at.unix_seconds(),
                offset_minutes: 0,
            },
            message,
        }
    }
}

/// Adds a version's file to what the reference holds, if it still holds it. Whoever adds somebody
/// waits for the disk: this is no commit hook.
pub(super) fn write(
    repo: &Repo,
    before: Option<&Stored>,
    version: u64,
    line: &[u8],
    commit: &Commit,
) -> Result<RefUpdate, TrustError> {
    let mut file = line.to_vec();
    file.push(b'\n');
    let blob_id = repo.write_object(ObjectKind::Blob, &file)?;
    let mut entries = before.map_or_else(Vec::new, |stored| stored.entries.clone());
    entries.push(TreeEntry {
        mode: FILE_MODE,
        name: file_name(version).into_bytes(),
        id: blob_id,
    });
    let tree_id = repo.write_object(ObjectKind::Tree, &tree_bytes(entries))?;
    let expected = before.map(|stored| stored.commit_id);
    let bytes = commit_bytes(
        tree_id,
        expected.as_slice(),
        &commit.person,
        &commit.message,
    );
    let commit_id = repo.write_object(ObjectKind::Commit, &bytes)?;
    let step = Step {
        name: TRUST_REF,
        commit_id,
        expected,
        written: &[blob_id, tree_id, commit_id],
        message: &commit.message,
        who: Some(&commit.person),
    };
    Ok(repo.publish(&step, FsyncPolicy::ALWAYS)?)
}

/// The bytes of a tree; directories sort as if their name ended with a slash (git-mktree(1)).
fn tree_bytes(mut entries: Vec<TreeEntry>) -> Vec<u8> {
    let slash = |entry: &TreeEntry| if entry.is_tree() { &b"/"[..] } else { b"" };
    entries.sort_by(|a, b| {
        [&a.name, slash(a)]
            .concat()
            .cmp(&[&b.name, slash(b)].concat())
    });
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(format!("{:o} ", entry.mode).as_bytes());
        bytes.extend_from_slice(&entry.name);
        bytes.push(0);
        bytes.extend_from_slice(entry.id.as_bytes());
    }
    bytes
}
