//! `declare`: what somebody says of a commit that exists, after the fact.
//!
//! For a harness that commits by itself, and for a person who knows. The record's origin is
//! `declared`, for ever. It claims no more than lines that the commit adds, and says of the rest
//! that it is not known: whoever declares did not watch.
//!
//! # What is not checked
//!
//! Whether it is true.

use std::collections::BTreeMap;

use super::{AttestError, Attester};
use crate::digest::Digest;
use crate::git::RawCommit;
use crate::git::added::{Added, AddedLines};
use crate::object_id::ObjectId;
use crate::record::{
    Authoring, ClaimPath, CommittedBy, Contribution, Extent, FileClaim, LineRange, Onto, Origin,
    RecordId,
};
use crate::text;

/// What somebody says of a commit.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// Who gave what. Without files a contribution claims everything that the commit adds.
    pub contributions: Vec<Contribution>,
    /// The human who accepted the change.
    pub approver: Option<String>,
    /// Who ran `git commit`.
    pub committed_by: CommittedBy,
}

/// What became of a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The record.
    pub record_id: RecordId,
    /// Whether it was attached just now; the same declaration is one record, however often it is
    /// made.
    pub is_new: bool,
    /// How many lines of text it claims.
    pub claimed: u64,
    /// How many lines were declared that the commit does not add: they are not claimed.
    pub left_out: u64,
}

impl Attester<'_> {
    /// Signs a declaration about a commit and attaches it.
    ///
    /// # Errors
    ///
    /// [`AttestError::NothingAdded`] when it names a file that the commit does not add to;
    /// [`AttestError::Record`] when a value breaks a rule of the format; and what reading the
    /// commit and writing the note give.
    pub fn declare(
        &mut self,
        commit_id: ObjectId,
        declaration: Declaration,
    ) -> Result<Declared, AttestError> {
        let commit = self.repo.commit(commit_id)?;
        let onto = Onto {
            commit: commit.parent_ids.first().copied(),
            records: Vec::new(),
        };
        let added = self.repo.commit_added_lines(&commit)?;
        let mut clip = Clip {
            commit_id,
            added: added
                .iter()
                .map(|file| (file.path.as_slice(), file))
                .collect(),
            claimed: 0,
            left_out: 0,
        };
        let mut contributions = declaration.contributions;
        for contribution in &mut contributions {
            clip.contribution(contribution)?;
        }
        let (claimed, left_out) = (clip.claimed, clip.left_out);
        let mut authoring = self.blank(commit.tree_id, onto)?;
        authoring.origin = Origin::Declared;
        authoring.contributions = contributions;
        authoring.approver = declaration.approver;
        authoring.committed_by = declaration.committed_by;
        // Commits with the hooks switched off are the hooks' to tell.
        authoring.skipped = None;
        let predicate = authoring.settle()?;
        let before = self.declared_before(&commit, &authoring)?;
        let record_id = before.unwrap_or_else(|| Digest::of(predicate.as_bytes()));
        if before.is_none() {
            self.seal_and_attach(&commit, record_id, &authoring, None)?;
        }
        Ok(Declared {
            record_id,
            is_new: before.is_none(),
            claimed,
            left_out,
        })
    }

    /// The record in which this signer said the same before: whoever died before he was told says
    /// it again.
    fn declared_before(
        &self,
        commit: &RawCommit,
        authoring: &Authoring,
    ) -> Result<Option<RecordId>, AttestError> {
        for said in self.notes()?.hearsay(commit.id)? {
            let Ok(other) = said.statement.authoring() else {
                continue;
            };
            let mut twin = authoring.clone();
            (twin.nonce, twin.recorded_at) = (other.nonce, other.recorded_at);
            (twin.repo, twin.trust) = (other.repo, other.trust);
            // A signature is a function of the key and what is signed.
            if other.origin == Origin::Declared
                && self.sealed(commit, &twin)?.to_line() == said.line
            {
                return Ok(Some(said.record_id));
            }
        }
        Ok(None)
    }
}

/// Cuts claims to what the commit adds.
struct Clip<'c> {
    commit_id: ObjectId,
    added: BTreeMap<&'c [u8], &'c Added>,
    claimed: u64,
    left_out: u64,
}

impl Clip<'_> {
    fn contribution(&mut self, contribution: &mut Contribution) -> Result<(), AttestError> {
        if contribution.files.is_empty() && contribution.extent.is_none() {
            contribution.files = self
                .added
                .values()
                .filter_map(|file| everything(file))
                .collect();
        }
        for claim in &mut contribution.files {
            self.file(claim)?;
        }
        contribution
            .files
            .retain(|claim| !(claim.ai.is_empty() && claim.mixed.is_empty()));
        contribution.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }

    fn file(&mut self, claim: &mut FileClaim) -> Result<(), AttestError> {
        let ClaimPath::File(path) = &claim.path else {
            return Ok(());
        };
        let Some(file) = self.added.get(path.as_bytes()) else {
            return Err(AttestError::NothingAdded {
                commit_id: self.commit_id,
                path: text::escaped(&path.to_string()).into_owned(),
            });
        };
        let AddedLines::Ranges(ranges) = &file.lines else {
            // It has no lines: it is claimed as a whole or not at all.
            for extent in [&mut claim.ai, &mut claim.mixed] {
                if !extent.is_empty() {
                    *extent = Extent::All;
                }
            }
            return Ok(());
        };
        let ranges = ranges.clone();
        let ai = std::mem::take(&mut claim.ai);
        claim.ai = self.extent(&ai, &ranges, &Extent::default());
        let mixed = std::mem::take(&mut claim.mixed);
        claim.mixed = self.extent(&mixed, &ranges, &ai);
        Ok(())
    }

    /// The added lines that are declared, and not declared otherwise already.
    fn extent(&mut self, declared: &Extent, added: &[(u32, u32)], taken: &Extent) -> Extent {
        let lines = added.iter().flat_map(|(start, end)| *start..=*end);
        let lines: Vec<u64> = lines
            .map(u64::from)
            .filter(|line| declared.contains(*line) && !taken.contains(*line))
            .collect();
        let claimed = lines.len() as u64;
        self.claimed += claimed;
        if let Extent::Lines(ranges) = declared {
            let declared: u64 = ranges.iter().map(|range| range.count()).sum();
            self.left_out += declared.saturating_sub(claimed);
        }
        Extent::Lines(LineRange::from_lines(lines))
    }
}

/// A claim of everything that a commit adds to a file.
fn everything(file: &Added) -> Option<FileClaim> {
    let path = crate::repo_path::RepoPath::new(file.path.clone()).ok()?;
    Some(FileClaim {
        path: ClaimPath::File(path),
        sha256: None,
        tree: None,
        ai: Extent::All,
        mixed: Extent::default(),
    })
}
