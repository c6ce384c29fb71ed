//! From carried lines to what a record says of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Carried, FileLines, Target, blank_carry};
use crate::attribute::LineKind;
use crate::object_id::ObjectId;
use crate::record::{
    Authoring, ClaimPath, CommittedBy, Contribution, Derivation, Extent, FileClaim, LineRange,
    RecordId, Relation, Remainder, UnknownLines,
};
use crate::repo_path::RepoPath;
use crate::verify::Evidence;

/// What a record says that was made for a forge's commit.
const MERGED_BY_FORGE: &str = "merged-by-forge";

/// A contribution of a commit's record: the commit's number, the record, the place within it.
type Source = (usize, RecordId, usize);

impl Carried {
    /// Answers whether the records of the commits know of nothing but a human's lines.
    pub(in crate::attest) fn is_all_human(&self) -> bool {
        let mut origins = self.origins.iter();
        origins.all(|origin| origin.facts.claims.is_all_human())
    }

    /// Answers whether every line was found.
    pub(in crate::attest) fn is_complete(&self) -> bool {
        let is_found = |file: &FileLines| {
            if file.is_opaque {
                file.whole.is_some()
            } else {
                file.open.is_empty()
            }
        };
        self.files.values().all(is_found)
    }

    /// Answers whether anything connects the commit with the others: the same change, or a line.
    pub(in crate::attest) fn is_connected(&self) -> bool {
        let mut origins = self.origins.iter().enumerate();
        origins.any(|(number, origin)| origin.is_same_change || self.is_found_in(number))
    }

    /// Leaves out what a record says already: lines that capture saw the same session write. Of
    /// commits that a reset took away, also a human's lines that are the remainder's: committing
    /// them again is no rewrite of a record.
    pub(in crate::attest) fn leave_out_what_was_seen(&mut self, record: &Authoring) {
        let is_seen = |path: &RepoPath, line: u64, session: &str| {
            let of_session = |c: &&Contribution| c.session.id == session;
            let mut files = record.contributions.iter().filter(of_session);
            files.any(|contribution| {
                contribution.files.iter().any(|file| {
                    let is_it = matches!(&file.path, ClaimPath::File(file) if file == path);
                    is_it && (file.ai.contains(line) || file.mixed.contains(line))
                })
            })
        };
        for (path, file) in &mut self.files {
            file.found.retain(|line, (author, number)| {
                let origin = self.origins.get(*number);
                let is_remainder = author.kind == LineKind::Human
                    && origin.is_some_and(|origin| origin.is_reset && origin.speaks_for_humans);
                let session = author.contributor.as_ref().map(|c| &c.session);
                !is_remainder && !session.is_some_and(|id| is_seen(path, *line, id))
            });
        }
    }

    /// Makes the record of a commit that Git made by itself out of the others; `None` where no
    /// believed record speaks of any of them. Where the commit has a record beside it, `beside` is
    /// whose the rest is by that.
    pub(in crate::attest) fn record(
        &self,
        target: &Target,
        beside: Option<Remainder>,
    ) -> Option<Authoring> {
        let originals = self.originals();
        let first = originals.iter().min_by_key(|evidence| evidence.record_id)?;
        let mut record = blank_carry(first.authoring.get(), target);
        // What was imported does not become witnessed by being carried.
        let weakest = originals.iter().map(|e| e.authoring.get().origin).max();
        record.origin = weakest.unwrap_or(record.origin);
        record.remainder = beside.unwrap_or_else(|| self.remainder());
        self.add_claims(&mut record, beside.is_none());
        record.derived_from = self.derivations(|_| true);
        record.derived_from.sort_unstable();
        record
            .derived_from
            .dedup_by_key(|derivation| derivation.record);
        Some(record)
    }

    /// Makes the record of a commit that a forge made. Nobody accepted a line anew there: that is
    /// said by the older records alone.
    pub(in crate::attest) fn record_of_merge(&self, target: &Target) -> Option<Authoring> {
        let mut record = self.record(target, None)?;
        let originals = self.originals();
        let mut committers = originals.iter().map(|one| one.authoring.get().committed_by);
        if committers.any(|by| by == CommittedBy::Agent) {
            record.committed_by = CommittedBy::Agent;
        }
        record.approver = None;
        record.capture = vec![MERGED_BY_FORGE.to_owned()];
        Some(record)
    }

    /// Leaves out the commits of which no line was found.
    pub(in crate::attest) fn only_found(self) -> Self {
        self.only_found_and(|_| false)
    }

    /// The lines that were found elsewhere than among those that a commit added, and are no human's.
    pub(in crate::attest) fn not_human_before(
        &self,
        old_id: ObjectId,
    ) -> impl Iterator<Item = UnknownLines> {
        let is_before = move |number: usize| {
            let origin = self.origins.get(number);
            origin.is_some_and(|origin| origin.facts.commit_id != old_id)
        };
        self.files.iter().filter_map(move |(path, file)| {
            let found = file.found.iter().filter(|(_, (author, number))| {
                author.kind != LineKind::Human && is_before(*number)
            });
            let lines: Vec<u64> = found.map(|(line, _)| *line).collect();
            (!lines.is_empty()).then(|| UnknownLines {
                path: path.clone(),
                lines: Extent::Lines(LineRange::from_lines(lines)),
            })
        })
    }

    fn only_found_and(mut self, is_kept: impl Fn(&super::Origin) -> bool) -> Self {
        let origins = self.origins.iter().enumerate();
        let is_found: Vec<bool> = origins
            .map(|(number, origin)| is_kept(origin) || self.is_found_in(number))
            .collect();
        let numbers: Vec<usize> = is_found
            .iter()
            .scan(0, |next, is_found| {
                let number = *next;
                *next += usize::from(*is_found);
                Some(number)
            })
            .collect();
        for file in self.files.values_mut() {
            for (_, number) in file.found.values_mut().chain(&mut file.whole) {
                *number = numbers.get(*number).copied().unwrap_or_default();
            }
        }
        let mut is_found = is_found.into_iter();
        self.origins.retain(|_| is_found.next().unwrap_or_default());
        self
    }

    /// Whose the lines are that the record does not name.
    fn remainder(&self) -> Remainder {
        let kept = |origin: &super::Origin| {
            origin.is_same_change && origin.facts.claims.claims_remainder()
        };
        let mut lines = self.files.values().flat_map(|file| file.found.values());
        let is_human = self.origins.iter().any(kept)
            || lines.any(|(author, number)| {
                author.kind == LineKind::Human && self.speaks_for_humans(*number)
            });
        if is_human {
            Remainder::Human
        } else {
            Remainder::Unknown
        }
    }

    fn speaks_for_humans(&self, number: usize) -> bool {
        let origin = self.origins.get(number);
        origin.is_some_and(|origin| origin.speaks_for_humans)
    }

    /// Adds to a record what was carried: claims, lines that are nobody's, and what it stands on.
    /// Where `is_clean`, lines that no source has are nobody's too.
    ///
    /// A commit in which no line was found does not count.
    pub(in crate::attest) fn add_to(&self, record: &mut Authoring, is_clean: bool) {
        self.add_claims(record, is_clean);
        let mut derived = self.derivations(|number| self.is_found_in(number));
        derived.append(&mut record.derived_from);
        derived.sort_unstable();
        derived.dedup_by_key(|derivation| derivation.record);
        record.derived_from = derived;
    }

    fn add_claims(&self, record: &mut Authoring, is_clean: bool) {
        record.contributions.extend(self.contributions());
        if record.remainder == Remainder::Unknown {
            return;
        }
        for (path, file) in &self.files {
            let lines = self.unknown(file, is_clean);
            if !lines.is_empty() || self.must_speak_of(path, record) {
                let path = path.clone();
                record.unknown.push(UnknownLines { path, lines });
            }
        }
        record.unknown.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// The lines of a file whose author is not known, or may not be said.
    fn unknown(&self, file: &FileLines, is_clean: bool) -> Extent {
        let is_known = |kind: LineKind, number: usize| match kind {
            LineKind::Ai | LineKind::Mixed => true,
            LineKind::Human => self.speaks_for_humans(number),
            LineKind::Unattested => false,
        };
        if file.is_opaque {
            let known = match &file.whole {
                Some((author, number)) => is_known(author.kind, *number),
                None => !is_clean,
            };
            return if known {
                Extent::default()
            } else {
                Extent::All
            };
        }
        let found = file.found.iter();
        let unknown = found
            .filter(|(_, (author, number))| !is_known(author.kind, *number))
            .map(|(line, _)| *line);
        let open = file.open.iter().copied().filter(|_| is_clean);
        let twins = file.twins.iter().copied();
        let lines: BTreeSet<u64> = unknown.chain(open).chain(twins).collect();
        Extent::Lines(LineRange::from_lines(lines))
    }

    /// Answers whether an older record speaks of a file, so that a reader who cannot find its lines
    /// must be told that this record did.
    fn must_speak_of(&self, path: &RepoPath, record: &Authoring) -> bool {
        let is_it = |claim: &FileClaim| match &claim.path {
            ClaimPath::File(file) => file == path,
            ClaimPath::Directory(directory) => path
                .as_bytes()
                .strip_prefix(directory.as_bytes())
                .is_some_and(|rest| rest.starts_with(b"/")),
        };
        let claims = |authoring: &Authoring| {
            let mut contributions = authoring.contributions.iter();
            contributions.any(|c| c.extent.is_some() || c.files.iter().any(is_it))
        };
        let unknown = |authoring: &Authoring| authoring.unknown.iter().any(|u| u.path == *path);
        !claims(record)
            && self.evidence().any(|evidence| {
                let authoring = evidence.authoring.get();
                authoring.remainder == Remainder::Unknown || claims(authoring) || unknown(authoring)
            })
    }

    /// The contributions that lines were carried from, with their lines where they stand now. What
    /// they cost and how often they were tried stays with the older records, so that nothing is
    /// counted twice.
    fn contributions(&self) -> Vec<Contribution> {
        let mut claims: BTreeMap<Source, BTreeMap<&RepoPath, FileClaim>> = BTreeMap::new();
        for (path, file) in &self.files {
            let mut lines: BTreeMap<Source, (Vec<u64>, Vec<u64>)> = BTreeMap::new();
            for (line, (author, number)) in &file.found {
                let Some(contributor) = &author.contributor else {
                    continue;
                };
                let source = (*number, contributor.record_id, contributor.index);
                let (ai, mixed) = lines.entry(source).or_default();
                if author.kind == LineKind::Mixed {
                    mixed.push(*line);
                } else {
                    ai.push(*line);
                }
            }
            let mut claim = |source, ai, mixed| {
                let claim = FileClaim {
                    path: ClaimPath::File(path.clone()),
                    sha256: None,
                    tree: None,
                    ai,
                    mixed,
                };
                claims.entry(source).or_default().insert(path, claim);
            };
            for (source, (ai, mixed)) in lines {
                let extent = |lines| Extent::Lines(LineRange::from_lines(lines));
                claim(source, extent(ai), extent(mixed));
            }
            if let Some((author, number)) = &file.whole
                && let Some(contributor) = &author.contributor
            {
                let source = (*number, contributor.record_id, contributor.index);
                if author.kind == LineKind::Mixed {
                    claim(source, Extent::default(), Extent::All);
                } else {
                    claim(source, Extent::All, Extent::default());
                }
            }
        }
        let carried = claims
            .into_iter()
            .filter_map(|((number, record_id, index), files)| {
                let evidence = &self.origins.get(number)?.facts.judgement.evidence;
                let record = evidence.iter().find(|e| e.record_id == record_id)?;
                let original = record.authoring.get().contributions.get(index)?;
                Some(Contribution {
                    files: files.into_values().collect(),
                    extent: None,
                    iterations: None,
                    edits: None,
                    tools: BTreeMap::new(),
                    prompt_context: None,
                    usage: None,
                    ..original.clone()
                })
            });
        carried.collect()
    }

    fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        let origins = self.origins.iter();
        origins.flat_map(|origin| &origin.facts.judgement.evidence)
    }

    /// The records that are no carries themselves, each once.
    fn originals(&self) -> Vec<&Evidence> {
        let mut originals: Vec<&Evidence> = Vec::new();
        for origin in &self.origins {
            let evidence = &origin.facts.judgement.evidence;
            let found = evidence.iter().filter(|one| !is_carry(one, evidence));
            originals.extend(found);
        }
        originals.sort_by_key(|evidence| evidence.record_id);
        originals.dedup_by_key(|evidence| evidence.record_id);
        originals
    }

    /// Answers whether a line, or a file without lines, was found in the commit of this number.
    fn is_found_in(&self, number: usize) -> bool {
        self.files.values().any(|file| {
            let whole = file.whole.iter();
            let mut found = file.found.values().chain(whole);
            found.any(|(_, from)| *from == number)
        })
    }

    /// Names the originals, with the commits that they are about.
    fn derivations(&self, is_used: impl Fn(usize) -> bool) -> Vec<Derivation> {
        let mut derived = Vec::new();
        for (number, origin) in self.origins.iter().enumerate() {
            let evidence = &origin.facts.judgement.evidence;
            let originals = evidence.iter().filter(|one| !is_carry(one, evidence));
            derived.extend(originals.filter(|_| is_used(number)).map(|one| Derivation {
                commit: one.about.unwrap_or(origin.facts.commit_id),
                record: one.record_id,
                relation: origin.relation,
            }));
        }
        derived
    }

    /// Says that the lines of a commit were the same person's work in progress: an amend. Then a
    /// human's lines stay so by the word of whoever amends, and others' beside them are the rest.
    pub(in crate::attest) fn amended(mut self, old_id: ObjectId) -> Self {
        let is_old = |origin: &super::Origin| origin.facts.commit_id == old_id;
        for origin in self.origins.iter_mut().filter(|origin| is_old(origin)) {
            origin.relation = Relation::Amend;
            origin.speaks_for_humans = true;
        }
        let origins = &self.origins;
        for file in self.files.values_mut() {
            file.found.retain(|_, (author, number)| {
                author.kind != LineKind::Human || origins.get(*number).is_some_and(is_old)
            });
        }
        self.only_found_and(is_old)
    }
}

/// A record that only says where the lines of another stand has the nonce of that other.
fn is_carry(one: &Evidence, evidence: &[Evidence]) -> bool {
    let authoring = one.authoring.get();
    evidence.iter().any(|other| {
        other.authoring.get().nonce == authoring.nonce
            && authoring
                .derived_from
                .iter()
                .any(|d| d.record == other.record_id)
    })
}
