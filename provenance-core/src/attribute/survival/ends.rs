//! `End`: what became of each line, of all that the commits of its history say about it.
//!
//! A line that stands at the head lives. Of another, each removal that was not taken back counts. One
//! was taken back where every way from it to the head leads through a commit that has the line again,
//! and where another descends from it: between them a merge had the line from another side. Of those
//! that count, the first is the end of the line.

use std::collections::{HashMap, HashSet};

use fixedbitset::FixedBitSet;

use super::dates::Dates;
use super::lines::{UNFOLLOWED, followed};
use super::removals::{LOST, Removal};
use super::tree::Tree;
use crate::attribute::history::graph::Graph;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum End {
    /// It stands at the head, once or more often.
    Alive,
    /// A commit took it out.
    Gone {
        place: usize,
        /// The line that stands there instead.
        successor: Option<u32>,
    },
    /// It cannot be followed.
    Unknown,
}

/// What became of every line.
#[derive(Debug)]
pub(super) struct Ends {
    standing: Vec<u32>,
    ends: HashMap<u32, End>,
}

impl Ends {
    /// Works it out.
    pub(super) fn new(
        graph: &Graph,
        dates: &Dates,
        head: &Tree,
        mut removals: Vec<Removal>,
        taken_back: &[(u32, u32)],
        lines: u32,
    ) -> Self {
        let mut standing = vec![0_u32; lines as usize];
        for spans in head.all() {
            for (start, end) in followed(&spans.all) {
                let here = standing.get_mut(start as usize..end as usize);
                here.into_iter().flatten().for_each(|count| *count += 1);
            }
        }
        removals.retain(|removal| standing.get(removal.line as usize) == Some(&0));
        removals.sort_unstable();
        let mut reach = Reach {
            graph,
            known: HashMap::new(),
            around: Vec::new(),
            reached: FixedBitSet::new(),
        };
        let mut ends = HashMap::with_capacity(removals.len());
        for of_line in removals.chunk_by(|a, b| a.line == b.line) {
            let counts = reach.counting(of_line, again(taken_back, of_line));
            // What descends from another has the smaller place.
            let first = counts.into_iter().min_by_key(|removal| {
                let place = removal.place as usize;
                (dates.at(place), std::cmp::Reverse(place), removal.successor)
            });
            let Some(first) = first else {
                continue;
            };
            let end = match first.successor {
                LOST => End::Unknown,
                successor => End::Gone {
                    place: first.place as usize,
                    successor: (successor != UNFOLLOWED).then_some(successor),
                },
            };
            ends.insert(first.line, end);
        }
        Self { standing, ends }
    }

    /// Returns what became of a line, and how often it stands at the head.
    pub(super) fn of(&self, line: u32) -> (End, u64) {
        let standing = self
            .standing
            .get(line as usize)
            .copied()
            .unwrap_or_default();
        if standing > 0 {
            return (End::Alive, u64::from(standing));
        }
        let end = self.ends.get(&line).copied().unwrap_or(End::Unknown);
        (end, 0)
    }

    /// Returns the places of the commits that took lines out, each once, in their order.
    pub(super) fn places(&self) -> Vec<usize> {
        let places = self.ends.values().filter_map(|end| match end {
            End::Gone { place, .. } => Some(*place),
            End::Alive | End::Unknown => None,
        });
        let mut places: Vec<usize> = places.collect::<HashSet<_>>().into_iter().collect();
        places.sort_unstable();
        places
    }
}

/// Where commits have a line again that was taken out.
fn again<'t>(taken_back: &'t [(u32, u32)], of_line: &[Removal]) -> &'t [(u32, u32)] {
    let line = of_line.first().map_or(u32::MAX, |removal| removal.line);
    let start = taken_back.partition_point(|(other, _)| *other < line);
    let end = taken_back.partition_point(|(other, _)| *other <= line);
    taken_back.get(start..end).unwrap_or_default()
}

/// Which commits descend from which.
struct Reach<'a> {
    graph: &'a Graph,
    known: HashMap<(u32, u32), bool>,
    /// Commits that were gone around last, and the places that the head reaches so.
    around: Vec<u32>,
    reached: FixedBitSet,
}

impl Reach<'_> {
    /// Of the removals of a line, those that count.
    fn counting<'r>(&mut self, of_line: &'r [Removal], again: &[(u32, u32)]) -> Vec<&'r Removal> {
        let mut counting: Vec<&Removal> = of_line.iter().collect();
        if counting.len() < 2 {
            return counting;
        }
        if !again.is_empty() {
            self.go_around(again.iter().map(|(_, place)| *place).collect());
            counting.retain(|removal| self.reached.contains(removal.place as usize));
        }
        // What comes after it took the line out again.
        let all = counting.clone();
        counting.retain(|removal| {
            let mut others = all.iter().filter(|other| other.place < removal.place);
            !others.any(|other| self.descends(other.place, removal.place))
        });
        counting
    }

    /// Finds what the head reaches without the commits at some places.
    fn go_around(&mut self, around: Vec<u32>) {
        if self.around == around {
            return;
        }
        self.reached = FixedBitSet::with_capacity(self.graph.nodes.len());
        let mut open = vec![0];
        while let Some(place) = open.pop() {
            let is_around =
                u32::try_from(place).is_ok_and(|place| around.binary_search(&place).is_ok());
            if is_around || self.reached.put(place) {
                continue;
            }
            let node = self.graph.nodes.get(place);
            open.extend(node.into_iter().flat_map(|node| &node.parents));
        }
        self.around = around;
    }

    /// Answers whether `commit` descends from `ancestor`; ancestors have greater places.
    fn descends(&mut self, commit: u32, ancestor: u32) -> bool {
        if let Some(known) = self.known.get(&(commit, ancestor)) {
            return *known;
        }
        let sought = ancestor as usize;
        let mut seen = HashSet::new();
        let mut open = vec![commit as usize];
        let mut found = false;
        while let Some(place) = open.pop() {
            if place == sought {
                found = true;
                break;
            }
            if place < sought && seen.insert(place) {
                let node = self.graph.nodes.get(place);
                open.extend(node.into_iter().flat_map(|node| &node.parents));
            }
        }
        self.known.insert((commit, ancestor), found);
        found
    }
}
