//! `Why`: what is known of how a commit came to be without a record.
//!
//! Takes the logs of the references and what the hooks took down, and gives a reason for each
//! commit. Where nothing tells, the reason is that it is not known.
//!
//! # What is not checked
//!
//! The logs: whoever can write the Git directory writes them. No verdict depends on a reason.

use std::collections::{HashMap, HashSet};

use crate::attest::fix::listed;
use crate::attest::pending::Pending;
use crate::attest::{AttestError, Attester};
use crate::git::{Making, Move, RawCommit, Repo};
use crate::object_id::ObjectId;
use crate::trust::Trust;

/// How many moves of references by other means are followed to the commits below them.
const MAX_SET: usize = 64;

/// A commit without a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrecorded {
    /// The commit.
    pub commit_id: ObjectId,
    /// Why it has none.
    pub why: Why,
}

/// Why a commit has no record, as far as this clone knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Why {
    /// It is from before records began here.
    BeforeAdoption,
    /// It was made with `PROVENANCE=0`.
    Bypassed,
    /// A command of Git that runs hooks made it here, and no hook of ours left anything.
    NoHook,
    /// A forge made it.
    MergeByTheForge,
    /// Something other than Git's own commands set a branch to it here.
    AnotherClient,
    /// Its message pins a record that is nowhere.
    RecordMissing,
    /// Its message pins a record about another commit, and nothing believed connects the two.
    Unconnected,
    /// Nothing here tells.
    Unknown,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::BeforeAdoption,
        Self::Bypassed,
        Self::NoHook,
        Self::MergeByTheForge,
        Self::AnotherClient,
        Self::RecordMissing,
        Self::Unconnected,
        Self::Unknown,
    ];

    /// Returns the word that stands in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeAdoption => "before-adoption",
            Self::Bypassed => "bypassed",
            Self::NoHook => "no-hook",
            Self::MergeByTheForge => "merge-by-the-forge",
            Self::AnotherClient => "another-client",
            Self::RecordMissing => "record-missing",
            Self::Unconnected => "unconnected",
            Self::Unknown => "unknown",
        }
    }

    /// Returns one sentence, and the way out.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::BeforeAdoption => "it is from before records began here",
            Self::Bypassed => {
                "it was made with PROVENANCE=0; say whose it is with: git provenance record"
            }
            Self::NoHook => {
                "git made it here, and no hook of ours left anything: they were off, or failed; see: git provenance doctor"
            }
            Self::MergeByTheForge => {
                "a forge made it; have its CI carry the records over, with: git provenance carry"
            }
            Self::AnotherClient => {
                "something other than git's own commands set a branch to it; commit with a client that runs git's hooks"
            }
            Self::RecordMissing => {
                "its message pins a record that is nowhere: removed, or never fetched; fetch it with: git provenance sync"
            }
            Self::Unconnected => {
                "its message pins a record of another commit, and nothing that is believed connects the two; see: git provenance verify"
            }
            Self::Unknown => {
                "nothing here tells how it was made; if it came from another clone: git provenance sync"
            }
        }
    }

    /// Answers whether somebody should do something about it.
    #[must_use]
    pub fn counts(self) -> bool {
        self != Self::BeforeAdoption
    }
}

/// What this clone knows of how commits were made.
#[derive(Debug)]
pub(super) struct Known {
    before: HashSet<ObjectId>,
    bypassed: HashSet<ObjectId>,
    making: HashMap<ObjectId, Making>,
    records_humans: bool,
}

impl Known {
    /// Reads the logs of all worktrees and branches, and what the hooks took down.
    pub(super) fn read(repo: &Repo) -> Result<Self, AttestError> {
        let mut known = Self {
            before: HashSet::new(),
            bypassed: Pending::of(repo).bypassed().into_iter().collect(),
            making: HashMap::new(),
            records_humans: repo.config()?.settings()?.record_human,
        };
        let mut adopted = Vec::new();
        for commit_id in Trust::load(repo)?.iter().flat_map(Trust::adopted_at) {
            if repo.has_object(*commit_id)? {
                adopted.push(commit_id.to_string());
            }
        }
        if !adopted.is_empty() {
            known.before.extend(repo.range(&adopted)?);
        }
        let mut moves = repo.branch_moves()?;
        moves.extend(repo.all_moves());
        for location in repo.other_worktrees() {
            // A worktree that cannot be opened tells nothing.
            if let Ok(there) = Repo::open(&location) {
                moves.extend(there.all_moves());
                known.bypassed.extend(Pending::of(&there).bypassed());
            }
        }
        known.learn(repo, &moves);
        Ok(known)
    }

    fn learn(&mut self, repo: &Repo, moves: &[Move]) {
        // Made by Git, whatever else was set to it later.
        for moved in moves.iter().filter(|moved| moved.making() == Making::Made) {
            self.making.insert(moved.new, Making::Made);
        }
        let set = moves.iter().filter(|moved| moved.making() == Making::Set);
        for moved in set.take(MAX_SET) {
            // What came along below it: a replay sets a branch once. A branch that is new, or whose
            // old commit is gone, tells of its tip alone.
            let is_here = repo.has_object(moved.old).unwrap_or(false);
            let below = [moved.new.to_string(), format!("^{}", moved.old)];
            let below = if is_here {
                repo.range(&below).ok()
            } else {
                None
            };
            for commit_id in below.unwrap_or_default().into_iter().chain([moved.new]) {
                self.making.entry(commit_id).or_insert(Making::Set);
            }
        }
    }

    fn why(&self, commit: &RawCommit) -> Why {
        let making = self.making.get(&commit.id);
        if self.before.contains(&commit.id) {
            Why::BeforeAdoption
        } else if self.bypassed.contains(&commit.id) {
            Why::Bypassed
        } else if making == Some(&Making::Made) {
            // Where humans are not recorded, a hook may have had nothing to say.
            if self.records_humans {
                Why::NoHook
            } else {
                Why::Unknown
            }
        } else if is_by_a_forge(commit) {
            Why::MergeByTheForge
        } else if making == Some(&Making::Set) {
            Why::AnotherClient
        } else {
            Why::Unknown
        }
    }
}

/// Answers whether a commit looks like one that a forge makes when somebody presses its button.
fn is_by_a_forge(commit: &RawCommit) -> bool {
    const COMMITTERS: [&[u8]; 2] = [b"noreply@github.com", b"noreply@gitlab.com"];
    let message = String::from_utf8_lossy(&commit.message);
    let subject = message.lines().next().unwrap_or_default();
    let is_called_so = subject.starts_with("Merge pull request ")
        || subject.starts_with("Merged in ") && subject.contains("(pull request #")
        || message.contains("\nSee merge request ");
    COMMITTERS.contains(&commit.committer.email.as_slice())
        || commit.parent_ids.len() > 1 && is_called_so
}

impl Attester<'_> {
    /// Says of commits that have no record why, as far as can be known.
    pub(super) fn unrecorded(
        &self,
        without: &[ObjectId],
        is_pinned_somewhere: impl Fn(&RawCommit) -> bool,
    ) -> Result<Vec<Unrecorded>, AttestError> {
        if without.is_empty() {
            return Ok(Vec::new());
        }
        let known = Known::read(self.repo)?;
        let mut unrecorded = Vec::new();
        for commit_id in without {
            let why = match self.repo.commit(*commit_id) {
                Ok(commit) if listed(&commit.message).is_empty() => known.why(&commit),
                Ok(commit) if is_pinned_somewhere(&commit) => Why::Unconnected,
                Ok(_) => Why::RecordMissing,
                // Two readers would see two commits.
                Err(_) => Why::Unknown,
            };
            let commit_id = *commit_id;
            unrecorded.push(Unrecorded { commit_id, why });
        }
        Ok(unrecorded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_word_and_a_sentence_of_its_own() {
        let words: HashSet<_> = Why::ALL.iter().map(|why| why.as_str()).collect();
        let sentences: HashSet<_> = Why::ALL.iter().map(|why| why.message()).collect();
        assert_eq!(
            (words.len(), sentences.len()),
            (Why::ALL.len(), Why::ALL.len())
        );
    }

    #[test]
    fn what_a_forge_writes_is_known_and_what_people_write_is_not() {
        let commit = |email: &str, parents: usize, message: &str| {
            let parents = format!("parent {}\n", "1".repeat(40)).repeat(parents);
            let text = format!(
                "tree {}\n{parents}author A <a@x> 1 +0000\ncommitter C <{email}> 1 +0000\n\n{message}",
                "2".repeat(40)
            );
            RawCommit::parse("7".repeat(40).parse().unwrap(), text.as_bytes()).unwrap()
        };
        for (email, parents, message, expected) in [
            ("noreply@github.com", 1, "retry (#12)", true),
            ("c@x", 2, "Merge pull request #12 from a/b\n", true),
            (
                "c@x",
                2,
                "Merge branch 'b'\n\nSee merge request a/b!12\n",
                true,
            ),
            ("c@x", 2, "Merged in b (pull request #12)\n", true),
            ("c@x", 1, "Merge pull request #12 from a/b\n", false),
            ("c@x", 2, "Merge branch 'b'\n", false),
        ] {
            assert_eq!(
                is_by_a_forge(&commit(email, parents, message)),
                expected,
                "{message}"
            );
        }
    }
}
