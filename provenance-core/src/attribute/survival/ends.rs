//! `End`: what became of each line, of all that parents and children say about it.
//!
//! A line that stands at the head lives. Of another, each removal that is not taken back counts: one
//! is taken back where a commit that descends from it still had the line from another parent. Of
//! those that count, the first is the end of the line; that a merge takes over what one side had
//! done before is no removal of its own.

use std::collections::{HashMap, HashSet};

use super::dates::Dates;
use super::lines::UNFOLLOWED;
use super::tree::Tree;
use super::walk::{LOST, Removal};
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
        lines: u32,
    ) -> Self {
        let mut standing = vec![0_u32; lines as usize];
        for spans in head.all() {
            for span in spans.iter().filter(|span| span.is_followed()) {
                let (start, end) = span.numbers();
                let here = standing.get_mut(start as usize..end as usize);
                here.into_iter().flatten().for_each(|count| *count += 1);
            }
        }
        removals.retain(|removal| standing.get(removal.line as usize) == Some(&0));
        removals.sort_unstable();
        let mut reach = Reach {
            graph,
            known: HashMap::new(),
        };
        let mut ends = HashMap::with_capacity(removals.len());
        for of_line in removals.chunk_by(|a, b| a.line == b.line) {
            let is_taken_back = |reach: &mut Reach<'_>, removal: &Removal| {
                of_line.iter().any(|other| {
                    other.place != removal.place && reach.descends(other.parent, removal.place)
                })
            };
            let counts = of_line
                .iter()
                .filter(|removal| of_line.len() == 1 || !is_taken_back(&mut reach, removal));
            // What descends from another has the smaller place.
            let first = counts.min_by_key(|removal| {
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

/// Which commits descend from which.
struct Reach<'a> {
    graph: &'a Graph,
    known: HashMap<(u32, u32), bool>,
}

impl Reach<'_> {
    /// Answers whether `commit` is `ancestor`, or descends from it.
    fn descends(&mut self, commit: u32, ancestor: u32) -> bool {
        if commit >= ancestor {
            // Ancestors have greater places.
            return commit == ancestor;
        }
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
