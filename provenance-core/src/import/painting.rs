//! `Painting`: whose each line of each file is, where what was said later covers what was said
//! before.
//!
//! Takes claims of line ranges, the one that covers the others first, and gives for each claimant
//! and path sorted ranges that do not overlap, neither with each other nor with another
//! claimant's. It costs what the ranges cost, not the lines: a claim of four thousand million
//! lines is one range.
//!
//! # What is not checked
//!
//! Whether the files have that many lines.

use std::collections::BTreeMap;

use super::{Contribution, Refusal, Said};
use crate::digest::Digest;
use crate::object_id::ObjectId;
use crate::record::{ClaimPath, Extent, FileClaim, LineRange, Origin};
use crate::repo_path::RepoPath;

/// What a claimant says of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Paint {
    /// An AI wrote them.
    Ai,
    /// An AI wrote them, then a human changed them.
    Mixed,
}

/// Whose each line is. A claimant is known by his place in a list of the source's.
#[derive(Debug, Default)]
pub(super) struct Painting {
    /// By path: the ranges that are taken, by their first line.
    taken: BTreeMap<RepoPath, BTreeMap<u64, u64>>,
    claims: BTreeMap<(usize, RepoPath, Paint), Vec<LineRange>>,
    human_lines: u64,
}

impl Painting {
    /// Gives a claimant those lines of a range that nobody has yet; `None` is a human.
    pub(super) fn claim(&mut self, path: &RepoPath, by: Option<(usize, Paint)>, range: LineRange) {
        let free = take(self.taken.entry(path.clone()).or_default(), range);
        match by {
            None => self.human_lines += free.iter().map(|range| range.count()).sum::<u64>(),
            Some((claimant, paint)) if !free.is_empty() => {
                let key = (claimant, path.clone(), paint);
                self.claims.entry(key).or_default().extend(free);
            }
            Some(_) => {}
        }
    }

    /// Gives each claimant his lines, leaves out those who have none, and makes of it what was said
    /// of a commit.
    pub(super) fn said(
        self,
        commit_id: ObjectId,
        source: Digest,
        mut claimants: Vec<Contribution>,
    ) -> Result<Said, Refusal> {
        if self.claims.is_empty() {
            return Err(if self.human_lines > 0 {
                Refusal::OnlyHuman
            } else {
                Refusal::ClaimsNothing
            });
        }
        for ((claimant, path, paint), mut ranges) in self.claims {
            let Some(contribution) = claimants.get_mut(claimant) else {
                continue;
            };
            ranges.sort_unstable();
            let extent = Extent::Lines(joined(&ranges));
            let path = ClaimPath::File(path);
            let files = &mut contribution.files;
            // The claims come sorted: that of the same path is the last one.
            if files.last().is_none_or(|file| file.path != path) {
                files.push(FileClaim {
                    path,
                    sha256: None,
                    tree: None,
                    ai: Extent::default(),
                    mixed: Extent::default(),
                });
            }
            if let Some(file) = files.last_mut() {
                match paint {
                    Paint::Ai => file.ai = extent,
                    Paint::Mixed => file.mixed = extent,
                }
            }
        }
        claimants.retain(|contribution| !contribution.files.is_empty());
        Ok(Said {
            commit_id,
            source,
            origin: Origin::Imported,
            contributions: claimants,
            human_lines: self.human_lines,
        })
    }
}

/// Takes a range and returns those parts of it that were free.
fn take(taken: &mut BTreeMap<u64, u64>, range: LineRange) -> Vec<LineRange> {
    let (mut start, mut end) = (range.start_line, range.end_line);
    let mut free = Vec::new();
    let mut next = start;
    // What reaches into the range, and what touches it, becomes one with it.
    let before = taken.range(..=start).next_back().map(|(s, e)| (*s, *e));
    let first = match before {
        Some((first, last)) if last.saturating_add(1) >= start => first,
        _ => start,
    };
    let covered: Vec<(u64, u64)> = taken
        .range(first..=end.saturating_add(1))
        .map(|(s, e)| (*s, *e))
        .collect();
    for (taken_start, taken_end) in covered {
        if next < taken_start.min(end.saturating_add(1)) {
            free.push(LineRange {
                start_line: next,
                end_line: taken_start.saturating_sub(1),
            });
        }
        next = next.max(taken_end.saturating_add(1));
        (start, end) = (start.min(taken_start), end.max(taken_end));
        taken.remove(&taken_start);
    }
    if next <= range.end_line {
        free.push(LineRange {
            start_line: next,
            end_line: range.end_line,
        });
    }
    taken.insert(start, end);
    free
}

/// Joins sorted ranges that touch.
fn joined(ranges: &[LineRange]) -> Vec<LineRange> {
    let mut joined: Vec<LineRange> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start_line <= last.end_line.saturating_add(1) => {
                last.end_line = last.end_line.max(range.end_line);
            }
            _ => joined.push(*range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: u64, end: u64) -> LineRange {
        LineRange::from((start, end))
    }

    #[test]
    fn each_line_is_given_once_to_whoever_comes_first() {
        // The same as counting line by line, for many random claims.
        let mut seed: u64 = 7;
        let mut random = |most: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % most
        };
        for _ in 0..300 {
            let mut taken = BTreeMap::new();
            let mut lines = [0_u32; 64];
            for claim in 1..=12_u32 {
                let start = 1 + random(40);
                let end = start + random(20);
                let free = take(&mut taken, range(start, end));
                let mut expected = Vec::new();
                for line in start..=end {
                    let line_index = usize::try_from(line).unwrap();
                    if lines[line_index] == 0 {
                        lines[line_index] = claim;
                        expected.push(line);
                    }
                }
                assert_eq!(free, LineRange::from_lines(expected));
            }
        }
    }

    #[test]
    fn a_claim_of_all_lines_that_there_could_be_is_one_range() {
        let mut taken = BTreeMap::new();
        assert_eq!(take(&mut taken, range(5, 6)), [range(5, 6)]);
        assert_eq!(
            take(&mut taken, range(1, u64::from(u32::MAX))),
            [range(1, 4), range(7, u64::from(u32::MAX))]
        );
        assert_eq!(taken.len(), 1);
        assert_eq!(take(&mut taken, range(2, 9)), []);
    }
}
