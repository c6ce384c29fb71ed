//! Twins: new lines that say the same as an agent's that still stands.
//!
//! Takes the lines of a state and their labels; gives for a line that is new after it, and that
//! nobody was seen to write, the agent whose line it equals, white space left out. It was copied by
//! hand or came a second time with a stash, a patch or a pick: who brought it is not known.
//!
//! Invariants: a line that a person has in the file too is no twin, nor is one that people write all
//! day, such as `return false;`: it must have [`DISTINCT`] letters and digits.
//!
//! # What is not checked
//!
//! Whether the line was copied. A person who writes the very same long line is not believed to have.

use std::collections::HashMap;

use super::Label;
use super::text::Text;

/// So many letters and digits make a line that two people do not write by chance.
const DISTINCT: usize = 16;

/// Answers whether a line is so long that nobody writes it by chance once more.
pub(crate) fn is_distinct(line: &[u8]) -> bool {
    let letters = |byte: &&u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    line.iter().filter(letters).take(DISTINCT).count() == DISTINCT
}

/// The lines of a state that may have twins.
pub(super) struct Twins<K> {
    /// `None` where it is not an agent's alone.
    keys: HashMap<Vec<u8>, Option<K>>,
}

impl<K: Copy + Eq> Twins<K> {
    pub(super) fn of(text: &Text, labels: &[Label<K>]) -> Self {
        let mut keys: HashMap<Vec<u8>, Option<K>> = HashMap::new();
        for (number, label) in labels.iter().enumerate() {
            if is_distinct(text.line(number)) {
                let line = text.plain(number..number + 1);
                let known = keys.entry(line).or_insert(label.key());
                *known = known.and(label.key());
            }
        }
        Self { keys }
    }

    /// Returns the label of a new line, given without its white space, where it has a twin.
    pub(super) fn label(&self, plain: &[u8]) -> Option<Label<K>> {
        let key = self.keys.get(plain).copied().flatten();
        key.map(Label::Twin)
    }
}
