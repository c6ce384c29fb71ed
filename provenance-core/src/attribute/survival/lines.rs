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
pub(super) type Spans = Arc<[Span]>;

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

/// Appends the lines from `start` on, `count` of them; what there are no spans for is unfollowed.
pub(super) fn copy(all: &mut Vec<Span>, from: Option<&[Span]>, start: u32, count: u32) {
    let end = start + count;
    let mut at = start;
    let mut position = 0;
    for span in from.unwrap_or_default() {
        let span_end = position + span.count;
        if at < span_end && position < end {
            let until = end.min(span_end);
            let first = if span.is_followed() {
                span.first + (at - position)
            } else {
                UNFOLLOWED
            };
            push(
                all,
                Span {
                    first,
                    count: until - at,
                },
            );
            at = until;
        }
        position = span_end;
        if position >= end {
            break;
        }
    }
    push(
        all,
        Span {
            first: UNFOLLOWED,
            count: end - at,
        },
    );
}

/// The number of the line at a position, if it is followed.
pub(super) fn at(spans: Option<&[Span]>, position: u32) -> u32 {
    let mut start = 0;
    for span in spans.unwrap_or_default() {
        if position < start + span.count {
            return if span.is_followed() {
                span.first + (position - start)
            } else {
                UNFOLLOWED
            };
        }
        start += span.count;
    }
    UNFOLLOWED
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
            copy(&mut copied, Some(&file), start, count);
            assert_eq!(copied, expected, "{start} {count}");
        }
        let mut none = Vec::new();
        copy(&mut none, None, 3, 4);
        assert_eq!(none, [span(UNFOLLOWED, 4)]);
        assert_eq!(at(Some(&file), 6), 21);
        assert_eq!(at(Some(&file), 3), UNFOLLOWED);
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
    }
}
