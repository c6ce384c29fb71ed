//! Carrying: what became of the lines of some commits in another one.
//!
//! Takes a commit (or the tree that one is about to have) and where its lines may come from
//! ([`LineSource`]); gives for each line that it adds whose it was there ([`Carried`]), and from
//! that what a record says of it.
//!
//! ```text
//! sources ─► whose lines, byte for byte (matching) ─► Carried ─► claims, unknown lines, derivedFrom
//! ```
//!
//! # Invariants
//!
//! - A line is carried only where it stands byte for byte among the lines that the new commit adds.
//! - What was nobody's stays nobody's. What was a human's stays so only where the new commit makes
//!   the very same change, or where the same person says so again.
//! - Original records are named and copied along with all that they stand on; earlier carries are
//!   not carried themselves.
//!
//! # What is not checked
//!
//! Whether the sources are the right ones, and whether an older claim was true. Only what a reader
//! would believe about an older commit is carried.

mod again;
mod before;
mod copying;
mod document;
mod gone;
mod matching;
mod source;
mod twin;
mod undone;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use again::{Settled, again};
pub(super) use copying::derived_lines;
pub(super) use gone::carried_from_gone;

use super::AttestError;
use crate::attribute::{CommitCache, CommitFacts, LineAuthor, LineKind};
use crate::digest::Digest;
use crate::git::added::{Added, AddedLines};
use crate::git::diff;
use crate::git::{LineSource, RawCommit, Repo};
use crate::key::KeyId;
use crate::object_id::ObjectId;
use crate::record::{Authoring, Relation};
use crate::repo_path::RepoPath;
use crate::verify::Verifier;

/// The commit that lines are carried to, as far as it exists.
#[derive(Debug, Clone)]
pub(super) struct Target {
    parent_ids: Vec<ObjectId>,
    parent_tree_ids: Vec<ObjectId>,
    tree_id: ObjectId,
    patch: Option<Digest>,
}

impl Target {
    /// A commit that exists.
    pub(super) fn of(repo: &Repo, commit: &RawCommit) -> Result<Self, AttestError> {
        Ok(Self {
            patch: repo.patch_digest(commit)?,
            ..Self::ahead(repo, &commit.parent_ids, commit.tree_id)?
        })
    }

    /// A commit that is about to be made.
    pub(super) fn ahead(
        repo: &Repo,
        parent_ids: &[ObjectId],
        tree_id: ObjectId,
    ) -> Result<Self, AttestError> {
        let trees = parent_ids.iter().map(|id| Ok(repo.commit(*id)?.tree_id));
        Ok(Self {
            parent_ids: parent_ids.to_vec(),
            parent_tree_ids: trees.collect::<Result<_, AttestError>>()?,
            tree_id,
            patch: None,
        })
    }
}

/// A commit that lines come from.
struct Origin {
    facts: Arc<CommitFacts>,
    relation: Relation,
    /// Whether the new commit makes the very same change, so that what is left over is the same.
    is_same_change: bool,
    /// Whether what is a human's there may be said again.
    speaks_for_humans: bool,
    /// Whether a reset took it off HEAD.
    is_reset: bool,
}

/// What is known of one file that the new commit adds to.
#[derive(Default)]
struct FileLines {
    /// Lines that were found: whose they are, and the number of the commit that says so.
    found: BTreeMap<u64, (LineAuthor, usize)>,
    /// The file has no lines, and was found as a whole.
    whole: Option<(LineAuthor, usize)>,
    is_opaque: bool,
    /// Lines that no source has.
    open: BTreeSet<u64>,
    /// Lines that say the same as an agent's that still stands.
    twins: BTreeSet<u64>,
}

/// What became of the lines of some commits in another one: the commits that were looked in, and
/// the files.
pub(super) struct Carried {
    origins: Vec<Origin>,
    files: BTreeMap<RepoPath, FileLines>,
}

/// Looks for the lines that `target` adds in the sources, the first source first. Whoever signs with
/// `key` may say again of a line what was said with it.
pub(super) fn carried(
    repo: &Repo,
    key: &KeyId,
    sources: &[LineSource],
    target: &Target,
) -> Result<Carried, AttestError> {
    search(repo, Some(key), sources, target)
}

/// Does the same for somebody who saw no line being written, such as a service.
pub(super) fn carried_unseen(
    repo: &Repo,
    sources: &[LineSource],
    target: &Target,
) -> Result<Carried, AttestError> {
    search(repo, None, sources, target)
}

fn search(
    repo: &Repo,
    key: Option<&KeyId>,
    sources: &[LineSource],
    target: &Target,
) -> Result<Carried, AttestError> {
    let mut search = Search::new(repo, key, target)?;
    let mut views = Vec::new();
    for source in sources {
        views.extend(search.view(*source)?);
    }
    search.in_views(&views)
}

/// Lines that were found to be a human's, by path.
pub(super) type Humans = BTreeMap<RepoPath, BTreeSet<u64>>;

impl Carried {
    /// Returns the lines that are a human's where they come from.
    pub(super) fn humans(&self) -> Humans {
        let of_file = |file: &FileLines| {
            let found = file.found.iter();
            let human = found.filter(|(_, (author, _))| author.kind == LineKind::Human);
            human.map(|(line, _)| *line).collect()
        };
        let files = self.files.iter();
        files
            .map(|(path, file)| (path.clone(), of_file(file)))
            .collect()
    }
}

struct Search<'a> {
    repo: &'a Repo,
    verifier: Verifier<'a>,
    cache: CommitCache,
    key: Option<&'a KeyId>,
    target: &'a Target,
    origins: Vec<Origin>,
}

impl<'a> Search<'a> {
    fn new(
        repo: &'a Repo,
        key: Option<&'a KeyId>,
        target: &'a Target,
    ) -> Result<Self, AttestError> {
        Ok(Self {
            repo,
            verifier: Verifier::open(repo)?,
            cache: CommitCache::new(),
            key,
            target,
            origins: Vec::new(),
        })
    }

    /// Looks for every line that the target adds, in the first view first.
    fn in_views(mut self, views: &[source::View]) -> Result<Carried, AttestError> {
        let (parents, tree_id) = (&self.target.parent_tree_ids, self.target.tree_id);
        let mut files = BTreeMap::new();
        for added in self.repo.added_lines(parents, tree_id)? {
            // Names that no record can hold are not claimed.
            if let Ok(path) = RepoPath::new(added.path.as_slice()) {
                files.insert(path, self.file(views, &added)?);
            }
        }
        Ok(Carried {
            origins: self.origins,
            files,
        })
    }

    fn file(&mut self, views: &[source::View], added: &Added) -> Result<FileLines, AttestError> {
        let mut lines = FileLines::default();
        let AddedLines::Ranges(ranges) = &added.lines else {
            lines.is_opaque = true;
            let mut found = views.iter().filter_map(|view| source::whole(view, added));
            lines.whole = found.next();
            return Ok(lines);
        };
        let all = ranges.iter().flat_map(|(first, last)| *first..=*last);
        lines.open = all.map(u64::from).collect();
        if lines.open.is_empty() {
            return Ok(lines);
        }
        let ours = self.repo.blob(added.version.id, diff::MAX_BYTES)?;
        for view in views {
            if !lines.open.is_empty() {
                self.lines(view, &added.path, &ours, &mut lines)?;
            }
        }
        Ok(lines)
    }

    /// Returns the number of a commit among those that lines come from.
    fn number(&mut self, facts: &Arc<CommitFacts>) -> Result<usize, AttestError> {
        let known = |origin: &Origin| origin.facts.commit_id == facts.commit_id;
        if let Some(known) = self.origins.iter().position(known) {
            return Ok(known);
        }
        let commit = self.repo.commit(facts.commit_id)?;
        let patch = self.repo.patch_digest(&commit)?;
        let same_patch = patch.is_some() && patch == self.target.patch;
        let same_tree = commit.tree_id == self.target.tree_id;
        let relation = if same_tree {
            Relation::IdenticalTree
        } else if same_patch {
            Relation::IdenticalPatch
        } else {
            Relation::Subset
        };
        let is_same_change = same_patch || same_tree && self.has_same_base(&commit);
        self.origins.push(Origin {
            relation,
            is_same_change,
            speaks_for_humans: is_same_change || self.is_own(facts),
            is_reset: false,
            facts: Arc::clone(facts),
        });
        Ok(self.origins.len() - 1)
    }

    /// Answers whether a commit stands on the same parents, or on others with the same trees.
    fn has_same_base(&self, commit: &RawCommit) -> bool {
        let tree = |id: &ObjectId| self.repo.commit(*id).ok().map(|parent| parent.tree_id);
        let trees: Option<Vec<ObjectId>> = commit.parent_ids.iter().map(tree).collect();
        commit.parent_ids == self.target.parent_ids
            || trees.is_some_and(|trees| trees == self.target.parent_tree_ids)
    }

    /// Answers whether whoever carries is who said `human` there.
    fn is_own(&self, facts: &CommitFacts) -> bool {
        let Some(own_key) = self.key else {
            return false;
        };
        let principal = |key: &KeyId| {
            let trust = self.verifier.trust()?;
            trust.principal_of(key).map(|principal| &principal.id)
        };
        let own = principal(own_key);
        facts.judgement.evidence.iter().any(|evidence| {
            let signers = evidence.authoring.signers();
            let is_own = |key: &KeyId| key == own_key || own.is_some() && principal(key) == own;
            evidence.remainder && signers.iter().any(is_own)
        })
    }
}

/// A record's fields that say how it came to be carried are those of the bytewise first original,
/// so that the same rewrite has one record whoever carries it.
pub(super) fn blank_carry(first: &Authoring, target: &Target) -> Authoring {
    let mut record = first.clone();
    record.tree = target.tree_id;
    record.onto = crate::record::Onto {
        commit: target.parent_ids.first().copied(),
        records: Vec::new(),
    };
    record.contributions = Vec::new();
    record.unknown = Vec::new();
    record.derived_from = Vec::new();
    record.capture = Vec::new();
    record.skipped = None;
    record
}
