//! `Ballast`: lines that stand beside an excerpt, so that xdiff counts there as in the whole.
//!
//! Before xdiff compares, it sets lines aside by how often the other content has them: never, a few
//! times, or so often that they say nothing (`xdl_cleanup_records` in its `xprepare.c`). Often is
//! about the square root of the number of lines of the line's own content, rounded up to a power of
//! two (`xdl_bogosqrt`), at most 1024. An excerpt has fewer lines, and other lines more seldom. So
//! both excerpts get copies of some lines and a filler, until each line of the window is never,
//! a few times or often in the other excerpt, as it is in the other content.

use std::ops::RangeInclusive;

/// What is more often is not told apart.
const MOST: u32 = 1024;
/// The power of four from which on that is so.
const MOST_POWER: u32 = 9;

/// How often a distinct line of the window stands where.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    /// In the old window.
    pub(super) old: u32,
    /// In the new window.
    pub(super) new: u32,
    /// In what the excerpts have in common.
    pub(super) around: u32,
    /// In what the contents have in common besides.
    pub(super) outside: u32,
}

/// How many lines the two sides have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) old: u32,
    pub(super) new: u32,
}

impl Sizes {
    const fn smaller(self) -> u32 {
        if self.old < self.new {
            self.old
        } else {
            self.new
        }
    }

    const fn larger(self) -> u32 {
        if self.old < self.new {
            self.new
        } else {
            self.old
        }
    }
}

/// What both excerpts get besides.
#[derive(Debug, Default)]
pub(super) struct Ballast {
    /// Numbers of lines, and how many copies of each.
    pub(super) copies: Vec<(u32, u32)>,
    /// How many lines that are in neither content.
    pub(super) filler: u32,
}

impl Ballast {
    /// Returns what makes an excerpt of these sizes count as the whole; `None` where nothing that
    /// is smaller than the whole does. `times` are by the number of the line.
    pub(super) fn of(times: &[Times], whole: Sizes, excerpt: Sizes) -> Option<Self> {
        (1..=MOST_POWER + 1).find_map(|power| {
            let least = 4_u32.pow(power - 1);
            let most = if power > MOST_POWER {
                u32::MAX
            } else {
                4_u32.pow(power) - 1
            };
            let ballast = Self::at(times, whole, 1 << power)?;
            let copies = ballast.lines();
            let missing = least.saturating_sub(excerpt.smaller());
            let added = copies.max(missing);
            let size = excerpt.larger().checked_add(added)?;
            let is_smaller = size < whole.larger();
            (size <= most && is_smaller).then(|| Self {
                filler: added - copies,
                ..ballast
            })
        })
    }

    /// How many lines it has.
    pub(super) fn lines(&self) -> u32 {
        let copies = self.copies.iter().map(|(_, copies)| copies);
        copies.sum::<u32>() + self.filler
    }

    /// Returns the copies that are wanted where so many times are often.
    fn at(times: &[Times], whole: Sizes, often: u32) -> Option<Self> {
        let (old_often, new_often) = (often_in(whole.old), often_in(whole.new));
        let mut copies = Vec::new();
        for (number, times) in (0..).zip(times) {
            let Times {
                old,
                new,
                around,
                outside,
            } = *times;
            let (mut least, mut most) = (0, u32::MAX);
            let sides = [(old, new, old_often), (new, old, new_often)];
            for (own, other, often_there) in sides {
                if own > 0 {
                    let here = other + around;
                    let wanted = wanted((here, often), (here + outside, often_there))?;
                    least = least.max(*wanted.start());
                    most = most.min(*wanted.end());
                }
            }
            if least > most {
                return None;
            }
            if least > 0 {
                copies.push((number, least));
            }
        }
        Some(Self { copies, filler: 0 })
    }
}

/// Returns how many copies make a line stand here as it stands there: never, a few times, often.
/// Each is how many times it does, and how many are often.
fn wanted(
    (here, often): (u32, u32),
    (there, often_there): (u32, u32),
) -> Option<RangeInclusive<u32>> {
    if there == 0 {
        Some(0..=0)
    } else if there < often_there {
        let most = (often - 1).checked_sub(here)?;
        Some(1_u32.saturating_sub(here)..=most)
    } else {
        Some(often.saturating_sub(here)..=u32::MAX)
    }
}

/// How many times are often in a content of so many lines.
fn often_in(lines: u32) -> u32 {
    let digits = (u32::BITS - lines.leading_zeros()).div_ceil(2);
    1_u32
        .checked_shl(digits)
        .map_or(MOST, |root| root.min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn often_is_a_power_of_two_above_the_root() {
        for (lines, expected) in [
            (0, 1),
            (1, 2),
            (3, 2),
            (4, 4),
            (15, 4),
            (16, 8),
            (1000, 32),
            (1023, 32),
            (1024, 64),
            (262_143, 512),
            (262_144, 1024),
            (u32::MAX, 1024),
        ] {
            assert_eq!(often_in(lines), expected, "{lines}");
        }
    }

    #[test]
    fn a_line_is_in_the_excerpt_as_it_is_in_the_whole() {
        let whole = Sizes {
            old: 1000,
            new: 1002,
        };
        let excerpt = Sizes { old: 10, new: 12 };
        let times = |old, new, around, outside| Times {
            old,
            new,
            around,
            outside,
        };
        // Of 1000 lines 32 times are often, of 16 to 63 lines 8.
        let all = [
            times(1, 1, 0, 0),
            times(1, 0, 0, 0),
            times(1, 0, 0, 7),
            times(0, 2, 1, 90),
        ];
        let ballast = Ballast::of(&all, whole, excerpt).unwrap();
        assert_eq!((ballast.copies, ballast.filler), (vec![(2, 1), (3, 7)], 0));
        // One that stands nine times, and not often, needs more lines around it.
        let nine = [times(1, 0, 9, 0), times(0, 1, 0, 0)];
        let ballast = Ballast::of(&nine, whole, excerpt).unwrap();
        assert_eq!((ballast.copies, ballast.filler), (vec![], 64 - 10));
        let small = Sizes { old: 64, new: 66 };
        assert!(
            Ballast::of(&nine, small, excerpt).is_none(),
            "nothing is gained"
        );
    }
}
