//! `Removal`: which lines a commit took out, and what stands in their place.
//!
//! A commit takes a line out where each parent that comes after the line's birth has it, and the
//! commit has not. A merge of which one such parent has the line no more takes that over: what took
//! it out is on that side, and is taken down there. So every line that the head has not is taken out
//! somewhere, a branch that was far behind says nothing again of all that went meanwhile, and which
//! other lines are followed decides nothing.

use super::lines::{
    Cursor, Spans, UNFOLLOWED, followed, inside, meeting, outside, spans_of, united,
};
use super::tree::Tree;
use super::walk::{Visit, Walk};
use crate::git::diff::Hunk;

/// Stands where a successor would: it is not known what became of the line.
pub(super) const LOST: u32 = u32::MAX - 1;

/// A line that a commit took out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Removal {
    pub(super) line: u32,
    /// The place of the commit.
    pub(super) place: u32,
    /// The line that stands in its place, [`UNFOLLOWED`] where none does, or [`LOST`].
    pub(super) successor: u32,
}

/// Lines that stand together in a file of a parent.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// The numbers of the lines, the last excluded.
    numbers: (u32, u32),
    path: u32,
    /// Where the first stands.
    stood: u32,
}

impl Piece {
    const fn part(self, start: u32, end: u32) -> Self {
        Self {
            numbers: (start, end),
            path: self.path,
            stood: self.stood + (start - self.numbers.0),
        }
    }
}

type Ranges = Vec<(u32, u32)>;

impl Walk<'_> {
    /// Takes down which lines a commit took out.
    pub(super) fn take_out(&mut self, visit: &Visit<'_>, tree: &Tree, differing: &[Vec<u32>]) {
        let missing = self.missing(visit, tree, differing);
        let taken = self.taken_out(visit, &missing);
        if taken.is_empty() {
            return;
        }
        // Those that stand under another path now, or did so all the time.
        let numbers = united(taken.iter().map(|(_, piece)| piece.numbers).collect());
        let renamed = taken.iter().map(|(_, piece)| piece.path);
        let renamed = self.paths.renamed(renamed.collect());
        let mut here = Vec::new();
        for path in differing.iter().flatten().chain(&renamed) {
            meeting(spans_of(tree.get(*path)), &numbers, |start, end, _| {
                here.push((start, end));
            });
        }
        let here = united(here);
        let place = u32::try_from(visit.place).unwrap_or(u32::MAX);
        let of_file = |a: &(usize, Piece), b: &(usize, Piece)| (a.0, a.1.path) == (b.0, b.1.path);
        for taken in taken.chunk_by(of_file) {
            let Some((number, Piece { path, .. })) = taken.first() else {
                continue;
            };
            let became = visit.became.get(&(*number, *path));
            let is_lost = visit.is_unread || visit.lost.contains(&(*number, *path));
            let new = became.and_then(|became| tree.get(became.path));
            let mut new = Cursor::new(spans_of(new));
            for (_, piece) in taken {
                outside(piece.numbers, &here, |start, end| {
                    self.taken_back.out((start, end));
                    let stood = piece.part(start, end).stood;
                    let lines = (start..end).zip(stood..);
                    self.removals.extend(lines.map(|(line, stood)| Removal {
                        line,
                        place,
                        successor: match became {
                            _ if is_lost => LOST,
                            Some(became) => successor(&became.hunks, &mut new, stood),
                            None => UNFOLLOWED,
                        },
                    }));
                });
            }
        }
    }

    /// For each parent, the lines that the commit has not under the path that they have there.
    ///
    /// A branch that was far behind differs in nearly everything. Its files that are older than
    /// another parent are not compared: the commit can have taken a line out of them only if another
    /// parent misses it, too.
    fn missing(&self, visit: &Visit<'_>, tree: &Tree, differing: &[Vec<u32>]) -> Vec<Vec<Piece>> {
        let is_merge = visit.trees.len() > 1;
        let most = (0..differing.len()).max_by_key(|number| differing.get(*number).map(Vec::len));
        let most = most.filter(|_| is_merge);
        let mut left: Vec<u32> = Vec::new();
        let mut missing: Vec<Vec<Piece>> = Vec::new();
        for (number, (old, differing)) in visit.trees.iter().zip(differing).enumerate() {
            let mut pieces = Vec::new();
            for path in differing {
                let Some(spans) = old.get(*path) else {
                    continue;
                };
                if most == Some(number) && self.is_older_than_another(visit, number, spans) {
                    left.push(*path);
                } else {
                    missing_of((*path, spans), tree.get(*path), &mut pieces);
                }
            }
            missing.push(pieces);
        }
        let Some(number) = most.filter(|_| !left.is_empty()) else {
            return missing;
        };
        let others = missing.iter().enumerate();
        let others = others.filter(|(other, _)| *other != number);
        let others = others
            .flat_map(|(_, pieces)| pieces)
            .map(|piece| piece.numbers);
        let others = united(others.collect());
        if let (Some(old), Some(pieces)) = (visit.trees.get(number), missing.get_mut(number)) {
            for path in left {
                meeting(spans_of(old.get(path)), &others, |start, end, stood| {
                    pieces.push(Piece {
                        numbers: (start, end),
                        path,
                        stood,
                    });
                });
            }
        }
        missing
    }

    /// Answers whether all lines of a file of one parent were born before another.
    fn is_older_than_another(&self, visit: &Visit<'_>, number: usize, spans: &Spans) -> bool {
        let age = self.age(spans.made);
        let mut others = visit.pasts.iter().enumerate();
        others.any(|(other, past)| other != number && past.contains(age))
    }

    /// Of the lines that are missing, those that each parent has that comes after their birth; with
    /// the number of the first that has them.
    fn taken_out(&self, visit: &Visit<'_>, missing: &[Vec<Piece>]) -> Vec<(usize, Piece)> {
        let numbers = |pieces: &Vec<Piece>| united(pieces.iter().map(|p| p.numbers).collect());
        let ranges: Vec<Ranges> = match missing {
            [_] => Vec::new(),
            many => many.iter().map(numbers).collect(),
        };
        let mut taken = Vec::new();
        for (number, pieces) in missing.iter().enumerate() {
            for piece in pieces {
                let mut parts = vec![piece.numbers];
                for (other, (past, ranges)) in visit.pasts.iter().zip(&ranges).enumerate() {
                    if other == number || parts.is_empty() {
                        continue;
                    }
                    let mut left = Vec::new();
                    for part in parts {
                        self.by_birth(part, |place, part| {
                            if !past.contains(self.age(place)) {
                                left.push(part);
                            } else if other > number {
                                inside(part, ranges, |start, end| left.push((start, end)));
                            }
                        });
                    }
                    parts = left;
                }
                let parts = parts.into_iter();
                taken.extend(parts.map(|(start, end)| (number, piece.part(start, end))));
            }
        }
        taken
    }
}

/// The lines of a file that it has no more. Most of its spans are the same at both ends.
fn missing_of((path, old): (u32, &Spans), new: Option<&Spans>, pieces: &mut Vec<Piece>) {
    let (old, new) = (&old.all[..], new.map_or(&[][..], |new| &new.all));
    let at_starts = old.iter().zip(new);
    let same = at_starts.take_while(|(old, new)| old == new).count();
    let mut stood = old.iter().take(same).map(|span| span.count).sum();
    let (old, new) = (
        old.get(same..).unwrap_or_default(),
        new.get(same..).unwrap_or_default(),
    );
    let at_ends = old.iter().rev().zip(new.iter().rev());
    let same = at_ends.take_while(|(old, new)| old == new).count();
    let here = followed(new.get(..new.len() - same).unwrap_or_default());
    let here = united(here.collect());
    for span in old.iter().take(old.len() - same) {
        if span.is_followed() {
            let numbers = span.numbers();
            let piece = Piece {
                numbers,
                path,
                stood,
            };
            outside(numbers, &here, |start, end| {
                pieces.push(piece.part(start, end));
            });
        }
        stood += span.count;
    }
}

/// The line that stands in the place of the one that stood at `stood`: as far into the new lines of
/// its hunk as that was into the old ones.
fn successor(hunks: &[Hunk], new: &mut Cursor<'_>, stood: u32) -> u32 {
    let behind = hunks.partition_point(|hunk| hunk.old_start + hunk.old_len <= stood);
    let hunk = hunks
        .get(behind)
        .filter(|hunk| hunk.old_start <= stood && hunk.new_len > 0);
    hunk.map_or(UNFOLLOWED, |hunk| {
        let into = u64::from(stood - hunk.old_start) * u64::from(hunk.new_len);
        let into = into / u64::from(hunk.old_len.max(1));
        new.at(hunk.new_start + u32::try_from(into).unwrap_or_default())
    })
}
