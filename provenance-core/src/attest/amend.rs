//! What an amend did to the lines of the commit that it replaced.
//!
//! The older records come along whole, and their claims hold wherever a file is byte for byte the
//! same. In files that the amend changed, a second record says where the older lines stand now:
//! those that are still there, byte for byte, and no other. It is needed because the old commit is
//! in no other clone, and not here after `git gc`.
//!
//! # What is not checked
//!
//! Whether an older claim was true. Only what a reader would believe about the old commit is
//! carried; lines that were unattested there stay so.

use std::collections::BTreeMap;

use super::{AttestError, Attester};
use crate::attribute::{Claims, FileClaims, LineKind};
use crate::digest::Digest;
use crate::git::RawCommit;
use crate::git::added::AddedLines;
use crate::git::diff::{self, Hunk, Setting};
use crate::git::tree::{Change, Version};
use crate::object_id::ObjectId;
use crate::record::{
    Authoring, ClaimPath, Contribution, Derivation, Extent, FileClaim, LineRange, Onto, RecordId,
    Relation, UnknownLines,
};
use crate::repo_path::RepoPath;
use crate::store::Hearsay;
use crate::verify::{Evidence, Judgement, Verifier};

/// Which session a line belongs to: the record, and the contribution within it.
type Source = (RecordId, usize);

/// The lines of one file after the amend, by what was believed of them before it.
#[derive(Default)]
struct Remapped {
    ai: BTreeMap<Source, Vec<u64>>,
    mixed: BTreeMap<Source, Vec<u64>>,
    unknown: Vec<u64>,
}

/// Makes the record that says where the lines of `old_id` stand in `commit`; `None` where every
/// claim still holds as it is.
pub(super) fn remapped(
    attester: &mut Attester<'_>,
    old_id: ObjectId,
    commit: &RawCommit,
    fixed: &Authoring,
) -> Result<Option<Authoring>, AttestError> {
    let repo = attester.repo;
    let verifier = Verifier::open(repo)?;
    let judgement = verifier.judge(old_id)?;
    let claims = Claims::of(&judgement);
    if !claims.claims_ai() {
        return Ok(None);
    }
    let old = repo.commit(old_id)?;
    let changes = repo.changed_paths(Some(old.tree_id), Some(commit.tree_id))?;
    let mut files: BTreeMap<RepoPath, (Remapped, Digest)> = BTreeMap::new();
    for added in repo.commit_added_lines(&old)? {
        let AddedLines::Ranges(ranges) = &added.lines else {
            continue;
        };
        let Some(change) = changes.iter().find(|change| change.path == added.path) else {
            continue;
        };
        let Ok(path) = RepoPath::new(added.path.as_slice()) else {
            continue;
        };
        let Some((before, after)) = blobs(attester, change)? else {
            continue;
        };
        let of_file = claims.file(&added.path, Some(Digest::of(&before)));
        let Ok(hunks) = diff::hunks(&before, &after, Setting::Blame) else {
            continue;
        };
        let lines = ranges
            .iter()
            .flat_map(|(first, last)| *first..=*last)
            .map(u64::from);
        if let Some(remapped) = remap(&of_file, lines, &hunks) {
            files.insert(path, (remapped, Digest::of(&after)));
        }
    }
    if files.is_empty() {
        return Ok(None);
    }
    let derived_from = derivations(&verifier, &judgement, old_id)?;
    // The same amend has one record id whoever carries it.
    let first = judgement
        .evidence
        .iter()
        .min_by_key(|evidence| evidence.record_id);
    let mut record = fixed.clone();
    record.onto = Onto {
        commit: commit.parent_ids.first().copied(),
        records: Vec::new(),
    };
    record.skipped = None;
    if let Some(first) = first {
        record.nonce.clone_from(&first.authoring.get().nonce);
        record.recorded_at = first.authoring.get().recorded_at;
    }
    record.derived_from = derived_from;
    record.contributions = contributions(&judgement, &files);
    record.unknown = files
        .into_iter()
        .map(|(path, (remapped, _))| UnknownLines {
            path,
            lines: Extent::Lines(LineRange::from_lines(remapped.unknown)),
        })
        .collect();
    Ok(Some(record))
}

/// Follows the added lines of one file through the amend; `None` where no AI had a part in it.
fn remap(
    claims: &FileClaims<'_>,
    lines: impl Iterator<Item = u64>,
    hunks: &[Hunk],
) -> Option<Remapped> {
    let mut remapped = Remapped::default();
    let mut is_claimed = false;
    for line in lines {
        let author = claims.author(line);
        is_claimed |= author.kind.is_by_ai();
        let Some(line) = diff::followed(hunks, line) else {
            continue;
        };
        let source = author.contributor.as_ref().map(|c| (c.record_id, c.index));
        match (author.kind, source) {
            (LineKind::Ai, Some(source)) => remapped.ai.entry(source).or_default().push(line),
            (LineKind::Mixed, Some(source)) => {
                remapped.mixed.entry(source).or_default().push(line);
            }
            (LineKind::Human, _) => {}
            _ => remapped.unknown.push(line),
        }
    }
    is_claimed.then_some(remapped)
}

/// A file's text before and after.
type Texts = (Vec<u8>, Vec<u8>);

/// The texts before and after, where both are texts.
fn blobs(attester: &Attester<'_>, change: &Change) -> Result<Option<Texts>, AttestError> {
    let read = |version: Option<Version>| -> Result<Option<Vec<u8>>, AttestError> {
        let Some(version) = version.filter(|version| version.is_file()) else {
            return Ok(None);
        };
        let bytes = attester.repo.blob(version.id, diff::MAX_BYTES)?;
        Ok((!diff::is_binary(&bytes)).then_some(bytes))
    };
    Ok(read(change.old)?.zip(read(change.new)?))
}

/// Names the older records with the commits that they are about.
fn derivations(
    verifier: &Verifier<'_>,
    judgement: &Judgement,
    old_id: ObjectId,
) -> Result<Vec<Derivation>, AttestError> {
    let mut derived = Vec::new();
    for line in verifier.notes().lines(old_id)?.lines {
        let Some(said) = Hearsay::of(&line) else {
            continue;
        };
        let is_believed = |evidence: &Evidence| evidence.record_id == said.record_id;
        if judgement.evidence.iter().any(is_believed) {
            derived.push(Derivation {
                commit: said.about,
                record: said.record_id,
                relation: Relation::Amend,
            });
        }
    }
    derived.sort_unstable();
    derived.dedup();
    Ok(derived)
}

/// The older contributions with their lines where they stand now. What they cost and how often
/// they were tried stays with the older records, so that nothing is counted twice.
fn contributions(
    judgement: &Judgement,
    files: &BTreeMap<RepoPath, (Remapped, Digest)>,
) -> Vec<Contribution> {
    let mut contributions = Vec::new();
    for evidence in &judgement.evidence {
        for (index, original) in evidence.authoring.get().contributions.iter().enumerate() {
            let source = (evidence.record_id, index);
            let extent = |lines: Option<&Vec<u64>>| {
                Extent::Lines(LineRange::from_lines(lines.into_iter().flatten().copied()))
            };
            let claims: Vec<FileClaim> = files
                .iter()
                .map(|(path, (remapped, digest))| FileClaim {
                    path: ClaimPath::File(path.clone()),
                    sha256: Some(*digest),
                    tree: None,
                    ai: extent(remapped.ai.get(&source)),
                    mixed: extent(remapped.mixed.get(&source)),
                })
                .filter(|claim| !claim.ai.is_empty() || !claim.mixed.is_empty())
                .collect();
            if claims.is_empty() {
                continue;
            }
            contributions.push(Contribution {
                files: claims,
                extent: None,
                iterations: None,
                edits: None,
                tools: BTreeMap::new(),
                prompt_context: None,
                usage: None,
                ..original.clone()
            });
        }
    }
    contributions
}
