//! `Excerpt`: of two contents no more than decides where they differ.
//!
//! Takes a [`Window`] and gives the hunks that xdiff finds between the whole contents, by asking it
//! about the window and some lines around it. Why the answer is the same:
//!
//! - xdiff takes off what both sides begin and end with (`xdl_trim_ends`), so it compares the
//!   window either way.
//! - It sets lines of the window aside by how often the other side has them. Where the windows
//!   share no line, all of their lines differ whatever is set aside; else [`Ballast`] makes the
//!   lines as frequent in the excerpt as they are in the whole.
//! - Then it slides what differs up and down (`xdl_change_compact`). Lines that slide by one leave a
//!   line behind and take in an equal one: of whatever stands outside the window they can only
//!   come to lines that are equal to some of the window. So a line that is equal to none of them
//!   is a barrier, and the excerpt goes up to one, and down to one.
//! - It weighs where to leave them by the lines nearby: upwards to the next that is not blank, which
//!   the barrier is at the latest, and downwards likewise, where a split right above the barrier
//!   looks beyond it: for a line that is not blank, at most twenty on.

use super::ballast::{Ballast, Sizes, Times};
use super::names::{self, Names};
use super::window::{Numbered, Window, last_line};
use super::{Hunk, MAX_LINES, Setting, count, count_lines, lines, xdiff};

/// xdiff looks no further over blank lines.
const MAX_BLANKS: usize = 20;

/// How many bytes most names have.
const USUAL_NAME: usize = 9;

/// What xdiff is asked about.
pub(super) struct Excerpt {
    old: Vec<u8>,
    new: Vec<u8>,
    /// How many lines stand before both excerpts in the contents.
    lines_before: u32,
    /// How many lines both excerpts begin with that are in neither content.
    ballast_before: u32,
}

impl Excerpt {
    /// Takes the excerpt of a window, of which all lines have numbers. `shares` says whether the
    /// two sides of it have a line in common. `None` where it is over [`MAX_LINES`].
    pub(super) fn of<'a>(
        window: &Window<'a>,
        names: &mut Names<'a>,
        old: &Numbered<'a>,
        new: &Numbered<'a>,
        shares: bool,
    ) -> Option<Self> {
        let mut around = Around::of(window, names);
        let mut ballast = Ballast::default();
        let is_cut = !(around.over.is_empty() && around.under.is_empty());
        if shares && is_cut {
            match around.ballast(names, old, new) {
                Some(enough) => ballast = enough,
                None => around = Around::all(window),
            }
        }
        let common = count_lines(around.above) + count_lines(around.below);
        let besides = common + ballast.lines() as usize;
        if old.lines.len() + new.lines.len() + 2 * besides > MAX_LINES {
            return None;
        }
        let above = Numbered::of(lines(around.above).collect(), names);
        let below = Numbered::of(lines(around.below).collect(), names);
        // Where nothing was cut off, the content begins or ends: nothing may stand there.
        let is_before = !around.over.is_empty();
        let ballast_before = if is_before { ballast.lines() } else { 0 };
        let ballast = written(&ballast, names);
        let side = |window: &Numbered<'_>| {
            let parts = [&above, window, &below];
            let lines: usize = parts.iter().map(|part| part.lines.len()).sum();
            let mut side = Vec::with_capacity(ballast.len() + lines * USUAL_NAME);
            if is_before {
                side.extend_from_slice(&ballast);
            }
            for part in parts {
                for (line, number) in part.with_numbers() {
                    names::write(&mut side, line, number);
                }
            }
            if !is_before {
                side.extend_from_slice(&ballast);
            }
            side
        };
        Some(Self {
            old: side(old),
            new: side(new),
            lines_before: count(count_lines(around.over)),
            ballast_before,
        })
    }

    /// Asks xdiff, and returns the hunks between the contents.
    pub(super) fn hunks(&self, setting: Setting) -> Result<Vec<Hunk>, git2::Error> {
        let mut hunks = xdiff::hunks(&self.old, &self.new, setting)?;
        for hunk in &mut hunks {
            let moved = |start: u32| start - self.ballast_before + self.lines_before;
            hunk.old_start = moved(hunk.old_start);
            hunk.new_start = moved(hunk.new_start);
        }
        Ok(hunks)
    }
}

/// Returns the names of what both excerpts get besides.
fn written(ballast: &Ballast, names: &Names<'_>) -> Vec<u8> {
    let mut written = Vec::new();
    for (number, times) in &ballast.copies {
        if let Some(line) = names.lines().get(*number as usize) {
            for _ in 0..*times {
                names::write(&mut written, line, *number);
            }
        }
    }
    let unused = count(names.lines().len());
    for _ in 0..ballast.filler {
        names::write(&mut written, b"-", unused);
    }
    written
}

/// What both sides have in common around a window: cut off, taken, taken, cut off.
struct Around<'a> {
    over: &'a [u8],
    above: &'a [u8],
    below: &'a [u8],
    under: &'a [u8],
}

impl<'a> Around<'a> {
    /// Takes as much as it needs. So far only lines of the window have numbers.
    fn of(window: &Window<'a>, names: &Names<'_>) -> Self {
        let is_barrier = |line: &[u8]| !names::is_blank(line) && names.find(line).is_none();
        let mut over = window.before;
        while let Some(line) = last_line(over) {
            over = over.get(..over.len() - line.len()).unwrap_or_default();
            if is_barrier(line) {
                break;
            }
        }
        let mut taken = 0;
        let mut below = lines(window.after);
        for line in below.by_ref() {
            taken += line.len();
            if is_barrier(line) {
                break;
            }
        }
        for line in below.take(MAX_BLANKS) {
            taken += line.len();
            if !names::is_blank(line) {
                break;
            }
        }
        let above = window.before.get(over.len()..).unwrap_or_default();
        let (below, under) = window.after.split_at(taken);
        Self {
            over,
            above,
            below,
            under,
        }
    }

    /// Takes all of it.
    const fn all(window: &Window<'a>) -> Self {
        Self {
            over: &[],
            above: window.before,
            below: window.after,
            under: &[],
        }
    }

    /// Returns what makes lines of the window as frequent as they are in the whole.
    fn ballast(
        &self,
        names: &Names<'_>,
        old: &Numbered<'_>,
        new: &Numbered<'_>,
    ) -> Option<Ballast> {
        let mut times = vec![Times::default(); names.lines().len()];
        let mut tell = |number: u32, add: fn(&mut Times)| {
            if let Some(times) = times.get_mut(number as usize) {
                add(times);
            }
        };
        for number in &old.numbers {
            tell(*number, |times| times.old += 1);
        }
        for number in &new.numbers {
            tell(*number, |times| times.new += 1);
        }
        let mut common = 0;
        for line in [self.above, self.below].into_iter().flat_map(lines) {
            common += 1;
            if let Some(number) = names.find(line) {
                tell(number, |times| times.around += 1);
            }
        }
        let mut cut = 0;
        for line in [self.over, self.under].into_iter().flat_map(lines) {
            cut += 1;
            if let Some(number) = names.find(line) {
                tell(number, |times| times.outside += 1);
            }
        }
        let sizes = |more: u32| Sizes {
            old: count(old.lines.len()) + more,
            new: count(new.lines.len()) + more,
        };
        Ballast::of(&times, sizes(common + cut), sizes(common))
    }
}
