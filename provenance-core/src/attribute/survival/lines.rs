//! `Spans`: the lines of a file by where they were born.

use std::sync::Arc;

/// Stands for lines that are not followed.
pub(super) const UNFOLLOWED: u32 = u32::MAX;

/// Lines that stand together and were born together, by the number of the first; or such that are
/// not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// The number of the first line, or [`UNFOLLOWED`].
    pub(super) first: u32,
    /// How many lines.
    pub(super) count: u32,
}

impl Span {
    pub(super) const fn is_followed(self) -> bool {
        self.first != UNFOLLOWED
    }

    /// The numbers of its lines, the last excluded.
    pub(super) const fn numbers(self) -> (u32, u32) {
        (self.first, self.first + self.count)
    }
}

/// The lines of one file at one commit, in their order.
pub(super) type Spans = Arc<FileSpans>;

/// The lines of one version of a file.
#[derive(Debug)]
pub(super) struct FileSpans {
    /// The place of the commit that made it: each of its lines was born there or before.
    pub(super) made: usize,
    pub(super) all: Vec<Span>,
}

/// The lines of a file; none where nothing in it is followed.
pub(super) fn spans_of(file: Option<&Spans>) -> &[Span] {
    file.map(|file| file.all.as_slice()).unwrap_or_default()
}

/// The numbers of the lines that are followed.
pub(super) fn followed(spans: &[Span]) -> impl Iterator<Item = (u32, u32)> {
    let spans = spans.iter().filter(|span| span.is_followed());
    spans.map(|span| span.numbers())
}

/// Appends; what continues the last one becomes one with it.
pub(super) fn push(all: &mut Vec<Span>, next: Span) {
    if next.count == 0 {
        return;
    }
    if let Some(last) = all.last_mut()
        && last.is_followed() == next.is_followed()
        && (!next.is_followed() || last.first + last.count == next.first)
    {
        last.count += next.count;
    } else {
        all.push(next);
    }
}

/// A way through the lines of a file; what is asked for in order is found at once.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'s> {
    spans: &'s [Span],
    /// The first of the spans that are left, and where it starts.
    index: usize,
    start: u32,
}

impl<'s> Cursor<'s> {
    pub(super) const fn new(spans: &'s [Span]) -> Self {
        Self {
            spans,
            index: 0,
            start: 0,
        }
    }

    /// The lines that stand together from a position on; `None` behind the last span.
    fn from(&mut self, position: u32) -> Option<Span> {
        if position < self.start {
            *self = Self::new(self.spans);
        }
        loop {
            let span = self.spans.get(self.index)?;
            let into = position - self.start;
            if into < span.count {
                let first = if span.is_followed() {
                    span.first + into
                } else {
                    UNFOLLOWED
                };
                return Some(Span {
                    first,
                    count: span.count - into,
                });
            }
            self.start += span.count;
            self.index += 1;
        }
    }

    /// Appends the lines from `start` on, `count` of them; what there are no spans for is unfollowed.
    pub(super) fn copy(&mut self, all: &mut Vec<Span>, start: u32, count: u32) {
        let end = start + count;
        let mut at = start;
        while at < end {
            let Some(mut span) = self.from(at) else {
                let (first, count) = (UNFOLLOWED, end - at);
                push(all, Span { first, count });
                break;
            };
            span.count = span.count.min(end - at);
            at += span.count;
            push(all, span);
        }
    }

    /// The number of the line at a position, if it is followed.
    pub(super) fn at(&mut self, position: u32) -> u32 {
        self.from(position).map_or(UNFOLLOWED, |span| span.first)
    }
}

/// Sorts ranges of numbers, and makes one of those that touch.
pub(super) fn united(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut united: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match united.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => united.push((start, end)),
        }
    }
    united
}

/// Calls `found` for each range of numbers of `start..end` that is in one of the sorted ranges.
pub(super) fn inside(
    (start, end): (u32, u32),
    ranges: &[(u32, u32)],
    mut found: impl FnMut(u32, u32),
) {
    let first = ranges.partition_point(|range| range.1 <= start);
    let meeting = ranges.iter().skip(first);
    for range in meeting.take_while(|range| range.0 < end) {
        found(start.max(range.0), end.min(range.1));
    }
}

/// Calls `found` for each range of numbers of `start..end` that is in none of the sorted ranges.
pub(super) fn outside(
    (start, end): (u32, u32),
    ranges: &[(u32, u32)],
    mut found: impl FnMut(u32, u32),
) {
    let mut at = start;
    let first = ranges.partition_point(|range| range.1 <= start);
    for range in ranges.iter().skip(first) {
        if range.0 >= end {
            break;
        }
        if at < range.0 {
            found(at, range.0);
        }
        at = at.max(range.1);
    }
    if at < end {
        found(at, end);
    }
}

/// Calls `found` for the lines of a file that are in one of the sorted ranges: with the first, the
/// one behind the last, and where the first stands.
pub(super) fn meeting(spans: &[Span], ranges: &[(u32, u32)], mut found: impl FnMut(u32, u32, u32)) {
    let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else {
        return;
    };
    let mut position = 0;
    for span in spans {
        if span.is_followed() && span.first < last.1 && first.0 < span.numbers().1 {
            inside(span.numbers(), ranges, |start, end| {
                found(start, end, position + (start - span.first));
            });
        }
        position += span.count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn span(first: u32, count: u32) -> Span {
        Span { first, count }
    }

    #[test]
    fn a_part_of_a_file_is_copied_with_its_numbers() {
        let file = [span(10, 3), span(UNFOLLOWED, 2), span(20, 4)];
        for (start, count, expected) in [
            (0, 9, file.to_vec()),
            (1, 3, vec![span(11, 2), span(UNFOLLOWED, 1)]),
            (4, 2, vec![span(UNFOLLOWED, 1), span(20, 1)]),
            (8, 3, vec![span(23, 1), span(UNFOLLOWED, 2)]),
            (2, 0, vec![]),
        ] {
            let mut copied = Vec::new();
            Cursor::new(&file).copy(&mut copied, start, count);
            assert_eq!(copied, expected, "{start} {count}");
        }
        let mut none = Vec::new();
        Cursor::new(&[]).copy(&mut none, 3, 4);
        assert_eq!(none, [span(UNFOLLOWED, 4)]);
        // In whatever order lines are asked for.
        let mut cursor = Cursor::new(&file);
        for (position, expected) in [(6, 21), (3, UNFOLLOWED), (0, 10), (8, 23), (9, UNFOLLOWED)] {
            assert_eq!(cursor.at(position), expected);
        }
    }

    #[test]
    fn what_is_outside_of_ranges_is_found() {
        let ranges = united(vec![(5, 7), (0, 2), (6, 9), (9, 10), (20, 30)]);
        assert_eq!(ranges, [(0, 2), (5, 10), (20, 30)]);
        let outside = |range| {
            let mut all = Vec::new();
            outside(range, &ranges, |start, end| all.push((start, end)));
            all
        };
        assert_eq!(outside((0, 40)), [(2, 5), (10, 20), (30, 40)]);
        assert_eq!(outside((6, 8)), []);
        assert_eq!(outside((1, 6)), [(2, 5)]);
        assert_eq!(outside((12, 13)), [(12, 13)]);
        let inside = |range| {
            let mut all = Vec::new();
            inside(range, &ranges, |start, end| all.push((start, end)));
            all
        };
        assert_eq!(inside((1, 25)), [(1, 2), (5, 10), (20, 25)]);
        assert_eq!(inside((6, 8)), [(6, 8)]);
        assert_eq!(inside((10, 20)), []);
    }
}
