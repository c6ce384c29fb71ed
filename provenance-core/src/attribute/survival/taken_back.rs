//! `TakenBack`: the commits that have lines again which had been taken out.
//!
//! A merge has them from another side, and a file that was a binary for a while has them from before.
//! A removal from which every way to the head leads through such a commit was not the end.

use fixedbitset::FixedBitSet;

use super::lines::{Span, followed, meeting, outside, spans_of, united};
use super::tree::Tree;
use super::walk::{Visit, Walk};

/// Lines that were taken out, and the commits that have them nevertheless.
#[derive(Debug, Default)]
pub(super) struct TakenBack {
    /// The lines that a commit took out so far.
    out: FixedBitSet,
    /// A line, and the place of a commit that has it although a parent has it no more.
    again: Vec<(u32, u32)>,
}

impl TakenBack {
    /// Takes down that a commit took lines out.
    pub(super) fn out(&mut self, (start, end): (u32, u32)) {
        self.out.grow(end as usize);
        self.out.insert_range(start as usize..end as usize);
    }

    /// Calls `found` for the lines among some that a commit took out, where they stand together.
    fn of(&self, (start, end): (u32, u32), mut found: impl FnMut(u32, u32)) {
        let len = self.out.len();
        let range = (start as usize).min(len)..(end as usize).min(len);
        if !self.out.contains_any_in_range(range) {
            return;
        }
        let is_out = |line: &u32| self.out.contains(*line as usize);
        let mut at = start;
        while let Some(first) = (at..end).find(is_out) {
            at = (first..end).find(|line| !is_out(line)).unwrap_or(end);
            found(first, at);
        }
    }

    /// Returns the lines with the places of the commits that have them again, in their order.
    pub(super) fn sorted(mut self) -> Vec<(u32, u32)> {
        self.again.sort_unstable();
        self.again.dedup();
        self.again
    }
}

impl Walk<'_> {
    /// Takes down which lines a commit has that were taken out, and that a parent has no more.
    pub(super) fn take_back(&mut self, visit: &Visit<'_>, tree: &Tree, differing: &[Vec<u32>]) {
        let mut again = Vec::new();
        let parents = visit.trees.iter().zip(&visit.pasts).zip(differing);
        for ((old, past), differing) in parents {
            for path in differing {
                let (old, new) = (spans_of(old.get(*path)), spans_of(tree.get(*path)));
                self.again(past, old, new, &mut again);
            }
        }
        let place = u32::try_from(visit.place).unwrap_or(u32::MAX);
        let again = again.into_iter().map(|line| (line, place));
        self.taken_back.again.extend(again);
    }

    /// The lines of a file that were taken out, and that a parent has no more though it comes after
    /// their birth.
    fn again(&self, past: &FixedBitSet, old: &[Span], new: &[Span], again: &mut Vec<u32>) {
        let mut out = Vec::new();
        for lines in followed(new) {
            self.taken_back
                .of(lines, |start, end| out.push((start, end)));
        }
        let out = united(out);
        let mut before = Vec::new();
        meeting(old, &out, |start, end, _| before.push((start, end)));
        let before = united(before);
        for lines in out {
            outside(lines, &before, |start, end| {
                self.by_birth((start, end), |place, (start, end)| {
                    if past.contains(self.age(place)) {
                        again.extend(start..end);
                    }
                });
            });
        }
    }
}
