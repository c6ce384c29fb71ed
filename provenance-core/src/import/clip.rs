//! `clip`: cuts claims to what the commit adds, which is all that a claim can reach.
//!
//! # What is not checked
//!
//! Whether two contributions claim the same line: a source that knows better says it once.

use std::collections::BTreeMap;

use crate::git::added::{Added, AddedLines};
use crate::record::{ClaimPath, Contribution, Extent, LineRange};

/// How many lines were claimed, and how many of them are not added by the commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) claimed: u64,
    pub(super) not_added: u64,
}

/// Cuts the claims of one commit; contributions that are left with none go.
pub(super) fn clip(contributions: &mut Vec<Contribution>, added: &[Added]) -> Cut {
    let files: BTreeMap<&[u8], &AddedLines> = added
        .iter()
        .map(|file| (file.path.as_slice(), &file.lines))
        .collect();
    let mut cut = Cut::default();
    for contribution in contributions.iter_mut() {
        if contribution.extent.is_some() {
            cut.claimed += added.iter().map(|file| count(&file.lines)).sum::<u64>();
            continue;
        }
        for claim in &mut contribution.files {
            let lines = match &claim.path {
                ClaimPath::File(path) => files.get(path.as_bytes()).copied(),
                ClaimPath::Directory(_) => None,
            };
            for extent in [&mut claim.ai, &mut claim.mixed] {
                *extent = within(extent, lines, &mut cut);
            }
        }
        contribution
            .files
            .retain(|claim| !(claim.ai.is_empty() && claim.mixed.is_empty()));
    }
    let is_any = |file: &Added| match &file.lines {
        AddedLines::Ranges(ranges) => !ranges.is_empty(),
        AddedLines::Whole => true,
    };
    let adds = added.iter().any(is_any);
    contributions.retain(|one| one.extent.is_some() && adds || !one.files.is_empty());
    cut
}

/// The part of a claim that the commit adds.
fn within(extent: &Extent, added: Option<&AddedLines>, cut: &mut Cut) -> Extent {
    let wanted = match extent {
        Extent::All => None,
        Extent::Lines(ranges) => Some(ranges.iter().map(|range| range.count()).sum::<u64>()),
    };
    let kept = match (extent, added) {
        (Extent::Lines(ranges), Some(AddedLines::Ranges(added))) => {
            Extent::Lines(common(ranges, added))
        }
        // Everything of a file without lines to speak of is claimed, or nothing.
        (_, Some(AddedLines::Whole)) if !extent.is_empty() => Extent::All,
        (Extent::All, Some(AddedLines::Ranges(added))) if !added.is_empty() => Extent::All,
        _ => Extent::default(),
    };
    let claimed = match (&kept, added) {
        (Extent::Lines(ranges), _) => ranges.iter().map(|range| range.count()).sum(),
        (Extent::All, Some(lines)) => count(lines),
        (Extent::All, None) => 0,
    };
    cut.claimed += claimed;
    if let (Some(wanted), Extent::Lines(_)) = (wanted, &kept) {
        cut.not_added += wanted.saturating_sub(claimed);
    }
    kept
}

fn count(lines: &AddedLines) -> u64 {
    match lines {
        AddedLines::Ranges(ranges) => ranges
            .iter()
            .map(|(start, end)| u64::from(end.saturating_sub(*start)) + 1)
            .sum(),
        AddedLines::Whole => 0,
    }
}

/// The lines that are in both lists of sorted ranges.
fn common(claimed: &[LineRange], added: &[(u32, u32)]) -> Vec<LineRange> {
    let mut common = Vec::new();
    let mut added = added.iter().map(|(s, e)| (u64::from(*s), u64::from(*e)));
    let mut claimed = claimed.iter().copied();
    let (mut a, mut c) = (added.next(), claimed.next());
    while let (Some((start, end)), Some(claim)) = (a, c) {
        let from = start.max(claim.start_line);
        let to = end.min(claim.end_line);
        if from <= to {
            common.push(LineRange {
                start_line: from,
                end_line: to,
            });
        }
        if end < claim.end_line {
            a = added.next();
        } else {
            c = claimed.next();
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_are_claimed_and_added_are_left() {
        let claim = |ranges: &[(u64, u64)]| ranges.iter().copied().map(LineRange::from).collect();
        for (claimed, added, left) in [
            (
                vec![(1, 4_294_967_295)],
                vec![(2, 3), (7, 7)],
                vec![(2, 3), (7, 7)],
            ),
            (vec![(1, 2), (4, 9)], vec![(2, 5)], vec![(2, 2), (4, 5)]),
            (vec![(5, 5)], vec![(1, 4), (6, 9)], vec![]),
            (vec![], vec![(1, 4)], vec![]),
        ] {
            let claimed: Vec<LineRange> = claim(&claimed);
            let expected: Vec<LineRange> = claim(&left);
            assert_eq!(common(&claimed, &added), expected);
        }
    }
}
