//! Whether one line was made of another.
//!
//! The measure is Dice's coefficient over pairs of neighboring bytes, white space left out: twice
//! the pairs that both lines have, by all the pairs of both. A line was made of another from one
//! half on. Renaming a variable, adding an argument or commenting a line out stays above; another
//! statement of the same shape mostly falls below.

/// Longer lines are judged by their beginning.
const MAX_PAIRS: usize = 2000;

/// The pairs of neighboring bytes of a line, sorted.
#[derive(Debug)]
pub(super) struct Shape(Vec<[u8; 2]>);

impl Shape {
    /// Takes the shape of a line.
    pub(super) fn of(line: &[u8]) -> Self {
        let bytes: Vec<u8> = line
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .take(MAX_PAIRS + 1)
            .collect();
        let mut pairs: Vec<[u8; 2]> = bytes.array_windows().copied().collect();
        pairs.sort_unstable();
        Self(pairs)
    }

    /// Returns how similar two lines are, in thousandths; `None` below one half, and for lines of
    /// one byte, which are alike without meaning anything.
    pub(super) fn likeness(&self, other: &Self) -> Option<usize> {
        let both = self.0.len() + other.0.len();
        // Even if the shorter were wholly in the longer.
        if both == 0 || self.0.len().min(other.0.len()) * 4 < both {
            return None;
        }
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0;
        while let (Some(one), Some(two)) = (a.peek(), b.peek()) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    a.next();
                    b.next();
                }
            }
        }
        (shared * 4 >= both).then(|| shared * 2000 / both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, other: &str) -> Option<usize> {
        Shape::of(one.as_bytes()).likeness(&Shape::of(other.as_bytes()))
    }

    #[test]
    fn a_line_that_was_changed_is_like_what_it_was() {
        for (old, new) in [
            (
                "    let total = sum(items);",
                "    let total: u64 = sum(items);",
            ),
            ("retry(policy, call)", "retry(policy, call, clock)"),
            ("    foo(bar);", "    // foo(bar);"),
            ("if count > 3 {", "if count > 5 {"),
            (
                "return Err(Error::NotFound);",
                "return Err(Error::NotFound { path });",
            ),
        ] {
            assert!(likeness(old, new).is_some(), "{old} to {new}");
        }
        assert_eq!(likeness("a b c", "abc"), Some(1000));
    }

    #[test]
    fn another_line_is_not() {
        for (old, new) in [
            ("let total = sum(items);", "print!(\"done\")"),
            ("}", "}"),
            ("", ""),
            ("a", "let very_long = \"a\";"),
            ("for x in list:", "while queue.pop():"),
        ] {
            assert_eq!(likeness(old, new), None, "{old} to {new}");
        }
    }
}
