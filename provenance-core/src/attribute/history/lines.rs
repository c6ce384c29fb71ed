//! `Lines`: lines of the files that were asked about, by where they stand in an older file.

use crate::git::diff::Hunk;

/// Lines that stand together in a file that was asked about, and in an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::attribute) struct Lines {
    /// Which file was asked about.
    pub(in crate::attribute) file: u32,
    /// The first line there, 0-based.
    pub(in crate::attribute) line: u32,
    /// The first line in the older file, 0-based.
    pub(in crate::attribute) old_line: u32,
    /// How many.
    pub(in crate::attribute) count: u32,
}

impl Lines {
    /// The part from `start` to `end` in the older file, moved to `to`.
    pub(in crate::attribute) const fn part(self, start: u32, end: u32, to: u32) -> Self {
        Self {
            file: self.file,
            line: self.line + (start - self.old_line),
            old_line: to,
            count: end - start,
        }
    }

    /// Appends; what continues the last one becomes one with it.
    pub(in crate::attribute) fn push(all: &mut Vec<Self>, next: Self) {
        if let Some(last) = all.last_mut()
            && last.file == next.file
            && last.line + last.count == next.line
            && last.old_line + last.count == next.old_line
        {
            last.count += next.count;
        } else {
            all.push(next);
        }
    }
}

/// Splits lines of a file by the hunks that made it of an older one: those that the older file
/// has, as they stand there, and those that the hunks added.
pub(in crate::attribute) fn split(all: &[Lines], hunks: &[Hunk]) -> (Vec<Lines>, Vec<Lines>) {
    let (mut older, mut added) = (Vec::with_capacity(all.len()), Vec::new());
    for lines in all {
        let end = lines.old_line + lines.count;
        let mut at = lines.old_line;
        let passed = hunks.partition_point(|hunk| hunk.new_start + hunk.new_len <= at);
        let (before, after) = hunks.split_at(passed);
        // What stands behind a hunk stands as far behind its end in the older file.
        let (mut old_end, mut new_end) = before.last().map_or((0, 0), ends);
        for hunk in after {
            if at >= end {
                break;
            }
            if at < hunk.new_start {
                let until = end.min(hunk.new_start);
                Lines::push(&mut older, lines.part(at, until, at - new_end + old_end));
                at = until;
            }
            (old_end, new_end) = ends(hunk);
            if at < end.min(new_end) {
                Lines::push(&mut added, lines.part(at, end.min(new_end), at));
                at = end.min(new_end);
            }
        }
        if at < end {
            Lines::push(&mut older, lines.part(at, end, at - new_end + old_end));
        }
    }
    (older, added)
}

const fn ends(hunk: &Hunk) -> (u32, u32) {
    (hunk.old_start + hunk.old_len, hunk.new_start + hunk.new_len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::diff::{Setting, hunks};

    fn lines(line: u32, old_line: u32, count: u32) -> Lines {
        Lines {
            file: 0,
            line,
            old_line,
            count,
        }
    }

    #[test]
    fn each_line_goes_where_the_diff_says() {
        let (old, new) = (b"a\nb\nc\nd\ne\n", b"x\na\nc\ny\nz\nd\ne\nw\n");
        let hunks = hunks(old, new, Setting::Blame).unwrap();
        let (older, added) = split(&[lines(0, 0, 8)], &hunks);
        assert_eq!(older, [lines(1, 0, 1), lines(2, 2, 1), lines(5, 3, 2)]);
        assert_eq!(added, [lines(0, 0, 1), lines(3, 3, 2), lines(7, 7, 1)]);
        // The same lines in pieces, of which some are asked for twice.
        let (older, added) = split(&[lines(9, 4, 2), lines(20, 5, 1)], &hunks);
        assert_eq!(older, [lines(10, 3, 1), lines(20, 3, 1)]);
        assert_eq!(added, [lines(9, 4, 1)]);
    }

    #[test]
    fn without_hunks_every_line_stays_where_it_is() {
        let all = [lines(3, 7, 2), lines(5, 9, 4)];
        assert_eq!(split(&all, &[]), (vec![lines(3, 7, 6)], vec![]));
    }
}
