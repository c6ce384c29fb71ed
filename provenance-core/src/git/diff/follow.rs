//! Where an unchanged line stands after a change.

use super::Hunk;

/// Returns where the old line `line` (1-based) stands among the new ones; `None` where a hunk
/// removed it. `hunks` are in order, as [`super::hunks`] gives them.
#[must_use]
pub fn followed(hunks: &[Hunk], line: u64) -> Option<u64> {
    let index = line.checked_sub(1)?;
    let mut shift = 0_i64;
    for hunk in hunks {
        let start = u64::from(hunk.old_start);
        if index < start {
            break;
        }
        if index < start + u64::from(hunk.old_len) {
            return None;
        }
        shift += i64::from(hunk.new_len) - i64::from(hunk.old_len);
    }
    line.checked_add_signed(shift)
}

#[cfg(test)]
mod tests {
    use super::followed;
    use crate::git::diff::{Setting, hunks};

    #[test]
    fn unchanged_lines_are_found_again_and_removed_ones_are_not() {
        let old = b"a\nb\nc\nd\n";
        let new = b"x\na\nc\ny\nz\nd\n";
        let hunks = hunks(old, new, Setting::Blame).unwrap();
        let found: Vec<_> = (1..=4).map(|line| followed(&hunks, line)).collect();
        assert_eq!(found, [Some(2), None, Some(3), Some(6)]);
        assert_eq!(followed(&hunks, 0), None);
    }
}
