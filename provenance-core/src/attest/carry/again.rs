//! Lines that come again although Git does not say from where: moved, indented anew, or changed by
//! hand in a clone whose journal does not know them; brought by `git checkout <commit> -- <path>`,
//! `git apply`, or a pick whose traces are gone.
//!
//! Takes a record that is being made, and what no claim of it reaches. [`Whereabouts`] gives hints,
//! Git says which commit an old line came from, and that commit's record whose it is. Then the
//! rules of [`lines`](crate::capture::lines) hold, as if the journal had seen the line.
//!
//! # Invariants
//!
//! - Only an agent's lines, and those whose author is not known, are found. What nothing is found of
//!   stays what it was.
//! - A file of which no record names an agent's lines costs one look at a directory.
//!
//! # What is not checked
//!
//! Where the line really came from. Who types, in a path from which it is gone, a line that an
//! agent wrote there is taken for having brought it back. Lines that move between files are not
//! found, but for a file that moved as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::before::{Base, File, is_telling, paths_before, read_bases, text};
use super::{Carried, FileLines, Humans, Search, Target};
use crate::attest::AttestError;
use crate::attest::whereabouts::{Effort, Whereabouts, sum};
use crate::attribute::{self, AttributedLine, CommitCache, CommitFacts, LineAuthor, LineKind};
use crate::capture::lines::{Chain, Label};
use crate::digest::Digest;
use crate::git::Repo;
use crate::git::added::AddedLines;
use crate::git::blame::BlameOptions;
use crate::git::diff;
use crate::git::tree::MergeChange;
use crate::key::KeyId;
use crate::object_id::ObjectId;
use crate::record::{Authoring, ClaimPath, FileClaim, Relation};
use crate::repo_path::RepoPath;
use crate::store::Notes;
use crate::verify::Verifier;

/// The most commits that are asked about the lines of one file.
pub(super) const MAX_COMMITS: usize = 16;

/// Whose a line was, and the commit that says so.
pub(super) type Known = (LineAuthor, Arc<CommitFacts>);

/// What is known already of the lines that a commit adds, but for the claims of its record.
#[derive(Debug, Default)]
pub(in crate::attest) struct Settled {
    /// The paths in which every line is claimed.
    pub(in crate::attest) paths: Vec<RepoPath>,
    /// Lines whose source is known.
    pub(in crate::attest) humans: Humans,
}

impl Settled {
    fn is_human(&self, path: &RepoPath, line: u64) -> bool {
        let lines = self.humans.get(path);
        lines.is_some_and(|lines| lines.contains(&line))
    }
}

/// Finds the lines that come again; `None` where there are none.
pub(in crate::attest) fn again(
    repo: &Repo,
    key: &KeyId,
    target: &Target,
    record: &Authoring,
    settled: &Settled,
    notes: &Notes<'_>,
) -> Result<Option<Carried>, AttestError> {
    let hints = Whereabouts::of(repo);
    let changes = changes(repo, target)?;
    let is_settled = |change: &MergeChange| {
        change.new.is_none()
            || settled
                .paths
                .iter()
                .any(|path| path.as_bytes() == change.path)
    };
    if changes.iter().all(is_settled) {
        return Ok(None);
    }
    hints.catch_up(notes, Effort::Little)?;
    let mut search: Option<Search<'_>> = None;
    let mut files = BTreeMap::new();
    for change in &changes {
        let Some(version) = change.new.filter(|version| version.is_file()) else {
            continue;
        };
        let bases = paths_before(change, &changes);
        let is_hinted = bases.iter().any(|path| hints.knows(path));
        let Ok(path) = RepoPath::new(change.path.as_slice()) else {
            continue;
        };
        if !is_hinted || is_settled(change) || is_whole(record, &path) {
            continue;
        }
        let AddedLines::Ranges(ranges) = repo.added_to_file(&change.old, version)? else {
            continue;
        };
        let added = ranges.iter().flat_map(|(first, last)| *first..=*last);
        let added = added.map(u64::from);
        // What capture does not know of a merge, a side of it may.
        let is_merge = target.parent_ids.len() > 1;
        let is_said =
            |line| is_claimed(record, &path, line) || !is_merge && is_unknown(record, &path, line);
        let open: Vec<u64> = added
            .filter(|line| !is_said(*line) && !settled.is_human(&path, *line))
            .collect();
        if open.is_empty() {
            continue;
        }
        let file = File {
            path: &change.path,
            text: repo.blob(version.id, diff::MAX_BYTES)?,
            bases: read_bases(repo, target, &bases)?,
            open,
        };
        let wanted = file.wanted();
        let hinted: Vec<_> = bases
            .iter()
            .map(|path| hints.commits(path, &wanted))
            .collect();
        if hinted.iter().all(HashMap::is_empty) {
            continue;
        }
        let search = match &mut search {
            Some(search) => search,
            None => search.insert(Search {
                repo,
                verifier: Verifier::open(repo)?,
                cache: CommitCache::new(),
                key: Some(key),
                target,
                origins: Vec::new(),
            }),
        };
        let found = search.again(&file, &hinted)?;
        if !found.found.is_empty() || !found.twins.is_empty() {
            files.insert(path, found);
        }
    }
    Ok(search.filter(|_| !files.is_empty()).map(|search| Carried {
        origins: search.origins,
        files,
    }))
}

fn changes(repo: &Repo, target: &Target) -> Result<Vec<MergeChange>, AttestError> {
    if let [_, _, ..] = target.parent_tree_ids.as_slice() {
        return Ok(repo.changed_paths_of_merge(&target.parent_tree_ids, target.tree_id)?);
    }
    let parent = target.parent_tree_ids.first().copied();
    let changes = repo.changed_paths(parent, Some(target.tree_id))?;
    let changes = changes.into_iter().map(|change| MergeChange {
        path: change.path,
        old: vec![change.old],
        new: change.new,
    });
    Ok(changes.collect())
}

fn claims_of<'a>(record: &'a Authoring, path: &'a RepoPath) -> impl Iterator<Item = &'a FileClaim> {
    let files = record.contributions.iter().flat_map(|one| &one.files);
    files.filter(move |file| match &file.path {
        ClaimPath::File(file) => file == path,
        ClaimPath::Directory(_) => false,
    })
}

/// Answers whether a record speaks of a file, or of everything, as a whole.
fn is_whole(record: &Authoring, path: &RepoPath) -> bool {
    record.contributions.iter().any(|one| one.extent.is_some())
        || is_claimed(record, path, u64::MAX)
        || is_unknown(record, path, u64::MAX)
}

/// Answers whether a record says whose an added line is.
fn is_claimed(record: &Authoring, path: &RepoPath, line: u64) -> bool {
    claims_of(record, path).any(|file| file.ai.contains(line) || file.mixed.contains(line))
}

/// Answers whether a record says of an added line that nobody knows whose it is.
fn is_unknown(record: &Authoring, path: &RepoPath, line: u64) -> bool {
    let mut unknown = record.unknown.iter();
    unknown.any(|unknown| unknown.path == *path && unknown.lines.contains(line))
}

impl Search<'_> {
    fn again(
        &mut self,
        file: &File<'_>,
        hinted: &[HashMap<u32, Vec<ObjectId>>],
    ) -> Result<FileLines, AttestError> {
        let mut lines = FileLines::default();
        let is_hinted = |sum: &u32| hinted.iter().any(|hints| hints.contains_key(sum));
        for base in &file.bases {
            self.follow(file, base, hinted, &mut lines)?;
        }
        let there = file.bases.iter().flat_map(|base| diff::lines(&base.text));
        let there: HashSet<&[u8]> = there.collect();
        for (number, line) in file.open_lines() {
            let Some(sum) = sum(line) else { continue };
            if lines.found.contains_key(&number) || there.contains(line) || !is_telling(line) {
                continue;
            }
            let commits = hinted.first().and_then(|hints| hints.get(&sum));
            for commit_id in commits.into_iter().flatten().take(MAX_COMMITS) {
                if let Some((author, facts)) = self.author_in(*commit_id, file.path, sum)? {
                    self.find(&mut lines, number, author, &facts)?;
                    break;
                }
            }
        }
        self.twins(file, is_hinted, &mut lines)?;
        Ok(lines)
    }

    /// Follows lines of a parent that the commit takes away: they may stand elsewhere, or have been
    /// indented anew, or changed by hand.
    fn follow(
        &mut self,
        file: &File<'_>,
        base: &Base,
        hinted: &[HashMap<u32, Vec<ObjectId>>],
        lines: &mut FileLines,
    ) -> Result<(), AttestError> {
        let hints = |line: &[u8]| {
            let sum = sum(line);
            let hints = hinted.iter().filter_map(move |hints| hints.get(&sum?));
            hints.flatten().copied()
        };
        let removed = file.removed(base);
        let numbered = diff::lines(&base.text).enumerate();
        let asked = numbered
            .filter(|(number, line)| removed.contains(number) && hints(line).next().is_some());
        let asked: Vec<usize> = asked.map(|(number, _)| number).collect();
        let blamed = self.blamed(base, &asked)?;
        if blamed.is_empty() {
            return Ok(());
        }
        let known: HashMap<u64, Known> = blamed
            .into_iter()
            .filter(|line| line.author.kind != LineKind::Human)
            .map(|line| (line.origin.line, (line.author, line.commit)))
            .collect();
        let chain = Chain::labelled(&base.text, |number| {
            let number = number as u64 + 1;
            known
                .contains_key(&number)
                .then_some(number)
                .map_or(Label::None, Label::Ai)
        });
        // What cannot be compared is not found.
        let labels = chain.settle(&file.text).unwrap_or_default();
        for number in &file.open {
            let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
            let label = labels.get(index).copied().unwrap_or(Label::None);
            let (Label::Ai(key) | Label::Mixed(key)) = label else {
                continue;
            };
            let Some((author, facts)) = known.get(&key) else {
                continue;
            };
            let mut found = (author.clone(), Arc::clone(facts));
            if let Label::Mixed(_) = label {
                let line = diff::lines(&file.text).nth(index).unwrap_or_default();
                let changed = usize::try_from(key.saturating_sub(1)).unwrap_or(usize::MAX);
                let changed = diff::lines(&base.text).nth(changed).unwrap_or_default();
                let adding = std::iter::once(facts.commit_id).chain(hints(changed));
                match self.undone(&base.path, line, adding)? {
                    Some((before, _)) if before.kind == LineKind::Human => continue,
                    Some(before) => found = before,
                    None if author.kind == LineKind::Ai => found.0.kind = LineKind::Mixed,
                    None => {}
                }
            }
            self.find(lines, *number, found.0, &found.1)?;
        }
        Ok(())
    }

    /// Whose some lines (0-based) of a base are.
    pub(super) fn blamed(
        &self,
        base: &Base,
        lines: &[usize],
    ) -> Result<Vec<AttributedLine>, AttestError> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let options = BlameOptions {
            ranges: ranges(lines),
            ..BlameOptions::default()
        };
        let (repo, verifier, cache) = (self.repo, &self.verifier, &self.cache);
        Ok(attribute::blame(
            repo,
            verifier,
            cache,
            base.commit_id,
            &base.path,
            &options,
        )?)
    }

    /// Whose a line of this sum is among those that a commit added, where it is not a human's.
    fn author_in(
        &self,
        commit_id: ObjectId,
        path: &[u8],
        wanted: u32,
    ) -> Result<Option<Known>, AttestError> {
        if !self.repo.has_object(commit_id)? {
            return Ok(None);
        }
        let commit = self.repo.commit(commit_id)?;
        let version = self.repo.version_at(commit.tree_id, path)?;
        let Some(text) = text(self.repo, version)? else {
            return Ok(None);
        };
        let facts = self.cache.get(self.repo, &self.verifier, commit_id)?;
        let digest = facts
            .claims
            .needs_blob_digest(path)
            .then(|| Digest::of(&text));
        let claims = facts.claims.file(path, digest);
        let lines = (1..).zip(diff::lines(&text));
        let mut lines = lines.filter(|(_, line)| sum(line) == Some(wanted));
        let author = lines.find_map(|(number, _)| {
            Some(claims.author(number)).filter(|author| author.kind != LineKind::Human)
        });
        Ok(author.map(|author| (author, facts)))
    }

    pub(super) fn find(
        &mut self,
        lines: &mut FileLines,
        line: u64,
        author: LineAuthor,
        facts: &Arc<CommitFacts>,
    ) -> Result<(), AttestError> {
        let number = self.number(facts)?;
        if let Some(origin) = self.origins.get_mut(number) {
            // The lines need not be equal: it is the signer's word.
            origin.relation = Relation::Asserted;
        }
        lines.found.entry(line).or_insert((author, number));
        Ok(())
    }
}

/// Lines (0-based) as `git blame -L` wants them.
fn ranges(lines: &[usize]) -> Vec<String> {
    let runs = lines.chunk_by(|one, next| one + 1 == *next);
    let runs = runs.filter_map(|run| Some((run.first()? + 1, run.last()? + 1)));
    runs.map(|(first, last)| format!("{first},{last}"))
        .collect()
}
