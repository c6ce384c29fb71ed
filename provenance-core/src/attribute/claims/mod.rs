//! `Claims`: what the believed records of one commit say about the lines that it adds.
//!
//! Takes a [`Judgement`] and gives the [`LineAuthor`] of any added line. Pure: it reads neither the
//! repository nor the clock, and owns what it holds, so that it can be shared between threads.
//!
//! For one line, the first of these that applies:
//!
//! 1. the commit's verdict is not believed: `unattested`;
//! 2. a claim reaches it: `ai` before `mixed`; of equal claims the one whose origin is stronger,
//!    then the one that the judgement names first;
//! 3. a record says that its author is not known: `unattested`;
//! 4. an older record speaks of lines of this file, an AI's or nobody's, that cannot be found any
//!    more, or does not know whose the rest of its commit was, and no record that was carried over
//!    from it says where its lines went: `unattested`;
//! 5. a record that may speak for the rest of this commit says `human`: `human`;
//! 6. `unattested`.
//!
//! # What is not checked
//!
//! Whether the commit adds the line. A claim may name any line; whoever asks must ask only about
//! lines that the commit adds (as `git blame` does), so a claim of more gains nothing.
//! Whether a folded directory still has the tree that its claim names: the claim reaches every
//! added line below it, which can only widen `ai`.

mod standing;

use std::collections::HashMap;
use std::sync::Arc;

use self::standing::Standing;
use crate::attribute::kind::{Contributor, LineAuthor, LineKind};
use crate::digest::Digest;
use crate::record::{ClaimPath, Extent, Origin, Remainder};
use crate::repo_path::RepoPath;
use crate::verify::{Evidence, Judgement, Reach, Verdict};

/// What the believed records of one commit say about the lines that it adds.
#[derive(Debug, Clone)]
pub struct Claims {
    verdict: Verdict,
    files: HashMap<Vec<u8>, Vec<Claim>>,
    directories: HashMap<Vec<u8>, Vec<Claim>>,
    whole_commit: Vec<Claim>,
    unknown: HashMap<Vec<u8>, Vec<Unknown>>,
    /// The origin of the record that says `human` for the rest.
    remainder: Option<Origin>,
    /// Originals about an older commit that do not know whose the rest of it was.
    blind: Vec<usize>,
    standing: Standing,
}

#[derive(Debug, Clone)]
struct Claim {
    kind: LineKind,
    extent: Extent,
    reach: ClaimReach,
    /// The position of its record in the judgement's evidence.
    evidence: usize,
    contributor: Arc<Contributor>,
}

/// In which blob a claim's line numbers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClaimReach {
    /// The commit's, whatever it holds.
    AnyBlob,
    /// The one with this SHA-256.
    OnlyBlob(Digest),
    /// One that is not known any more.
    Lost,
}

impl ClaimReach {
    fn reaches(self, blob_digest: Option<Digest>) -> bool {
        match self {
            Self::AnyBlob => true,
            Self::OnlyBlob(digest) => blob_digest == Some(digest),
            Self::Lost => false,
        }
    }
}

#[derive(Debug, Clone)]
struct Unknown {
    extent: Extent,
    /// Whether its line numbers are those of this commit's blob.
    is_found: bool,
    evidence: usize,
}

impl Claims {
    /// Unites the claims of everything that the judgement believes.
    #[must_use]
    pub fn of(judgement: &Judgement) -> Self {
        let is_believed = judgement.verdict.is_believed();
        let evidence: &[Evidence] = if is_believed {
            &judgement.evidence
        } else {
            &[]
        };
        let mut claims = Self {
            verdict: judgement.verdict,
            files: HashMap::new(),
            directories: HashMap::new(),
            whole_commit: Vec::new(),
            unknown: HashMap::new(),
            remainder: None,
            blind: Vec::new(),
            standing: Standing::of(evidence),
        };
        for (index, one) in evidence.iter().enumerate() {
            claims.add_contributions(index, one);
            claims.add_rest(index, one, evidence);
        }
        claims
    }

    fn add_contributions(&mut self, index: usize, evidence: &Evidence) {
        let authoring = evidence.authoring.get();
        let is_about_this = evidence.reach != Reach::SameBlob;
        for (position, contribution) in authoring.contributions.iter().enumerate() {
            let contributor = Arc::new(Contributor::new(
                evidence.record_id,
                authoring.origin,
                position,
                contribution,
            ));
            let claim = |kind, extent: &Extent, reach| Claim {
                kind,
                extent: extent.clone(),
                reach: if is_about_this {
                    ClaimReach::AnyBlob
                } else {
                    reach
                },
                evidence: index,
                contributor: Arc::clone(&contributor),
            };
            if contribution.extent.is_some() {
                let claim = claim(LineKind::Ai, &Extent::All, ClaimReach::Lost);
                self.whole_commit.push(claim);
            }
            for file in &contribution.files {
                for (kind, extent) in [(LineKind::Ai, &file.ai), (LineKind::Mixed, &file.mixed)] {
                    if extent.is_empty() {
                        continue;
                    }
                    match &file.path {
                        ClaimPath::File(path) => {
                            let reach = file.sha256.map_or(ClaimReach::Lost, ClaimReach::OnlyBlob);
                            let claims = self.files.entry(path.as_bytes().to_vec());
                            claims.or_default().push(claim(kind, extent, reach));
                        }
                        ClaimPath::Directory(path) => {
                            let claim = claim(kind, &Extent::All, ClaimReach::Lost);
                            let claims = self.directories.entry(path.as_bytes().to_vec());
                            claims.or_default().push(claim);
                        }
                    }
                }
            }
        }
    }

    /// Adds what a record says of the lines that nobody claims.
    fn add_rest(&mut self, index: usize, evidence: &Evidence, all: &[Evidence]) {
        let authoring = evidence.authoring.get();
        for unknown in &authoring.unknown {
            let extents = self.unknown.entry(unknown.path.as_bytes().to_vec());
            extents.or_default().push(Unknown {
                extent: unknown.lines.clone(),
                is_found: evidence.reach != Reach::SameBlob,
                evidence: index,
            });
        }
        match authoring.remainder {
            Remainder::Human if evidence.remainder => {
                let known = self.remainder.unwrap_or(authoring.origin);
                self.remainder = Some(known.min(authoring.origin));
            }
            Remainder::Unknown if evidence.reach != Reach::Commit => {
                // Another record may have watched the same commit.
                let knows = |other: &Evidence| {
                    other.about == evidence.about
                        && other.authoring.get().remainder == Remainder::Human
                };
                if !all.iter().any(knows) {
                    self.blind.push(index);
                }
            }
            Remainder::Human | Remainder::Unknown => {}
        }
    }

    /// Returns the same claims without what a record says of the lines that nobody claims: for a
    /// commit of which it is not known what it adds.
    #[must_use]
    pub fn without_remainder(self) -> Self {
        Self {
            remainder: None,
            ..self
        }
    }

    /// Returns the commit's verdict.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Answers whether every line is a human's: a record says so for what nobody claims, and
    /// nothing is claimed otherwise or not known.
    #[must_use]
    pub fn is_all_human(&self) -> bool {
        self.claims_remainder()
            && !self.claims_ai()
            && self.unknown.is_empty()
            && self.blind.is_empty()
    }

    /// Answers whether any line of any file is claimed for an AI.
    #[must_use]
    pub fn claims_ai(&self) -> bool {
        !(self.files.is_empty() && self.directories.is_empty() && self.whole_commit.is_empty())
    }

    /// Answers whether a record says `human` for what nobody claims.
    #[must_use]
    pub const fn claims_remainder(&self) -> bool {
        self.remainder.is_some()
    }

    /// Answers whether [`Self::file`] needs the SHA-256 of the blob at `path`.
    #[must_use]
    pub fn needs_blob_digest(&self, path: &[u8]) -> bool {
        let mut claims = self.files.get(path).into_iter().flatten();
        claims.any(|claim| matches!(claim.reach, ClaimReach::OnlyBlob(_)))
    }

    /// Returns the claims about one file.
    ///
    /// What an agent wrote below a name that no record can hold, no record claims: there the rest is
    /// nobody's.
    ///
    /// `blob_digest` is the SHA-256 of the commit's blob at `path`; without it, claims that reach
    /// only an unchanged blob reach nothing.
    #[must_use]
    pub fn file(&self, path: &[u8], blob_digest: Option<Digest>) -> FileClaims<'_> {
        let above = ancestors(path).filter_map(|directory| self.directories.get(directory));
        let (mut claims, lost): (Vec<&Claim>, Vec<&Claim>) = self
            .files
            .get(path)
            .into_iter()
            .chain(above)
            .flatten()
            .chain(&self.whole_commit)
            .partition(|claim| claim.reach.reaches(blob_digest));
        claims.sort_by_key(|claim| (claim.kind, claim.contributor.origin));
        let unknown = self.unknown.get(path).map_or(&[][..], Vec::as_slice);
        let (unknown, lost_unknown): (Vec<&Unknown>, Vec<&Unknown>) =
            unknown.iter().partition(|unknown| {
                // A blob that a claim of the same record finds is the blob that it speaks of.
                let found = |claim: &&Claim| {
                    claim.evidence == unknown.evidence
                        && matches!(claim.reach, ClaimReach::OnlyBlob(_))
                };
                unknown.is_found || claims.iter().any(found)
            });
        let mut lost = lost
            .iter()
            .map(|claim| claim.evidence)
            .chain(lost_unknown.iter().map(|unknown| unknown.evidence))
            .chain(self.blind.iter().copied());
        let speaks_of_it = |older: usize| {
            let mut speaking = claims
                .iter()
                .map(|claim| claim.evidence)
                .chain(unknown.iter().map(|unknown| unknown.evidence));
            speaking.any(|later| self.standing.is_on(later, older))
        };
        FileClaims {
            remainder: self
                .remainder
                .filter(|_| lost.all(speaks_of_it) && RepoPath::is_valid(path)),
            claims,
            unknown,
        }
    }
}

/// The directories that hold `path`, without a trailing slash.
fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes.filter_map(|(at, _)| path.get(..at))
}

/// The claims about the lines that a commit adds to one file.
#[derive(Debug, Clone)]
pub struct FileClaims<'a> {
    claims: Vec<&'a Claim>,
    unknown: Vec<&'a Unknown>,
    remainder: Option<Origin>,
}

impl FileClaims<'_> {
    /// Returns the author of the added line `line`, 1-based, of the commit's blob.
    #[must_use]
    pub fn author(&self, line: u64) -> LineAuthor {
        if let Some(claim) = self.claims.iter().find(|claim| claim.extent.contains(line)) {
            return LineAuthor {
                kind: claim.kind,
                origin: Some(claim.contributor.origin),
                contributor: Some(Arc::clone(&claim.contributor)),
            };
        }
        let mut unknown = self.unknown.iter();
        if unknown.any(|unknown| unknown.extent.contains(line)) {
            return LineAuthor::UNATTESTED;
        }
        self.remainder
            .map_or(LineAuthor::UNATTESTED, |origin| LineAuthor {
                kind: LineKind::Human,
                origin: Some(origin),
                contributor: None,
            })
    }
}

#[cfg(test)]
mod tests;
