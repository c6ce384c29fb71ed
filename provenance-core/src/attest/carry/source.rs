//! Sources: the lines of one commit that may have come along, and whose they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{FileLines, Search, matching};
use crate::attest::AttestError;
use crate::attribute::{self, CommitFacts, LineAuthor};
use crate::digest::Digest;
use crate::git::added::{Added, AddedLines};
use crate::git::blame::BlameOptions;
use crate::git::diff;
use crate::git::{GitError, LineSource};
use crate::object_id::ObjectId;
use crate::record::Relation;
use crate::verify::VerifyError;

/// One source, read.
pub(super) enum View {
    /// What a commit added.
    Added {
        facts: Arc<CommitFacts>,
        number: usize,
        files: BTreeMap<Vec<u8>, Added>,
    },
    /// All lines of a commit's tree.
    Tree {
        commit_id: ObjectId,
        tree_id: ObjectId,
        is_reset: bool,
        /// Whether only lines count that did not move.
        is_kept: bool,
    },
}

impl View {
    pub(super) fn added(facts: Arc<CommitFacts>, number: usize, added: Vec<Added>) -> Self {
        let by_path = added.into_iter().map(|added| (added.path.clone(), added));
        Self::Added {
            facts,
            number,
            files: by_path.collect(),
        }
    }
}

impl Search<'_> {
    /// Reads a source; `None` where its commit, or what it adds, is not here.
    pub(super) fn view(&mut self, source: LineSource) -> Result<Option<View>, AttestError> {
        let (LineSource::AddedBy(commit_id)
        | LineSource::TreeOf(commit_id)
        | LineSource::ResetAway(commit_id)
        | LineSource::KeptFrom(commit_id)) = source;
        if !self.repo.has_object(commit_id)? {
            return Ok(None);
        }
        let commit = self.repo.commit(commit_id)?;
        if !matches!(source, LineSource::AddedBy(_)) {
            return Ok(Some(View::Tree {
                commit_id,
                tree_id: commit.tree_id,
                is_reset: matches!(source, LineSource::ResetAway(_)),
                is_kept: matches!(source, LineSource::KeptFrom(_)),
            }));
        }
        let mut is_whole = true;
        for parent_id in &commit.parent_ids {
            is_whole &= self.repo.has_object(*parent_id)?;
        }
        if !is_whole {
            return Ok(None);
        }
        let added = self.repo.commit_added_lines(&commit)?;
        let facts = self.facts(commit_id)?;
        let number = self.number(&facts)?;
        Ok(Some(View::added(facts, number, added)))
    }

    fn facts(&self, commit_id: ObjectId) -> Result<Arc<CommitFacts>, AttestError> {
        Ok(self.cache.get(self.repo, &self.verifier, commit_id)?)
    }

    /// The file of a path among those that a commit adds to; where it has none, those whose paths
    /// the new commit has no more: one of them may have moved here.
    fn same_file<'f>(
        &self,
        files: &'f BTreeMap<Vec<u8>, Added>,
        path: &[u8],
    ) -> Result<Vec<&'f Added>, AttestError> {
        if let Some(same) = files.get(path) {
            return Ok(vec![same]);
        }
        let mut gone = Vec::new();
        for (other, added) in files {
            if self.repo.version_at(self.target.tree_id, other)?.is_none() {
                gone.push(added);
            }
        }
        Ok(gone)
    }

    /// Finds open lines of a file in a source.
    pub(super) fn lines(
        &mut self,
        view: &View,
        path: &[u8],
        ours: &[u8],
        lines: &mut FileLines,
    ) -> Result<(), AttestError> {
        match view {
            View::Added {
                facts,
                number,
                files,
            } => {
                for added in self.same_file(files, path)? {
                    let AddedLines::Ranges(ranges) = &added.lines else {
                        continue;
                    };
                    let theirs = self.repo.blob(added.version.id, diff::MAX_BYTES)?;
                    let wanted = ranges.iter().flat_map(|(first, last)| *first..=*last);
                    let wanted: BTreeSet<u64> = wanted.map(u64::from).collect();
                    let digest = facts.claims.needs_blob_digest(&added.path);
                    let digest = digest.then(|| Digest::of(&theirs));
                    let claims = facts.claims.file(&added.path, digest);
                    let pairs = matching::pairs(&theirs, &wanted, ours, &mut lines.open);
                    let is_elsewhere = added.path != path && !pairs.is_empty();
                    for (their, our) in pairs {
                        lines.found.insert(our, (claims.author(their), *number));
                    }
                    if let Some(origin) = self.origins.get_mut(*number).filter(|_| is_elsewhere) {
                        origin.relation = Relation::Asserted;
                    }
                }
                Ok(())
            }
            View::Tree {
                commit_id,
                tree_id,
                is_reset,
                is_kept,
            } => {
                let Some(version) = self.repo.version_at(*tree_id, path)? else {
                    return Ok(());
                };
                let theirs = match self.repo.blob(version.id, diff::MAX_BYTES) {
                    Ok(theirs) if !diff::is_binary(&theirs) => theirs,
                    Ok(_) | Err(GitError::TooLarge { .. } | GitError::WrongKind { .. }) => {
                        return Ok(());
                    }
                    Err(error) => return Err(error.into()),
                };
                let mut wanted: BTreeSet<u64> = (1..=diff::count_lines(&theirs) as u64).collect();
                let pairs = if *is_kept {
                    matching::kept(&theirs, &mut wanted, ours, &mut lines.open)
                } else {
                    matching::pairs(&theirs, &wanted, ours, &mut lines.open)
                };
                if pairs.is_empty() {
                    return Ok(());
                }
                let options = BlameOptions::default();
                let blamed = attribute::blame(
                    self.repo,
                    &self.verifier,
                    &self.cache,
                    *commit_id,
                    path,
                    &options,
                )?;
                let mut authors: BTreeMap<u64, (LineAuthor, Arc<CommitFacts>)> = blamed
                    .into_iter()
                    .map(|line| (line.origin.line, (line.author, line.commit)))
                    .collect();
                for (their, our) in pairs {
                    if let Some((author, commit)) = authors.remove(&their) {
                        let number = self.number(&commit)?;
                        if let Some(origin) = self.origins.get_mut(number) {
                            origin.is_reset |= is_reset;
                        }
                        lines.found.insert(our, (author, number));
                    }
                }
                Ok(())
            }
        }
    }
}

/// Finds a file that has no lines in a source, as a whole. Which commit such a file of a tree came
/// from, nobody can blame.
pub(super) fn whole(view: &View, ours: &Added) -> Option<(LineAuthor, usize)> {
    let View::Added {
        facts,
        number,
        files,
    } = view
    else {
        return None;
    };
    let theirs = files.get(&ours.path)?;
    let is_same = theirs.version.id == ours.version.id;
    is_same.then(|| (facts.claims.file(&ours.path, None).author(1), *number))
}

impl From<attribute::AttributeError> for AttestError {
    fn from(error: attribute::AttributeError) -> Self {
        match error {
            attribute::AttributeError::Git(error) => Self::Git(error),
            attribute::AttributeError::Verify(error) => match error {
                VerifyError::Git(error) => Self::Git(error),
                error => Self::Verify(error),
            },
        }
    }
}
