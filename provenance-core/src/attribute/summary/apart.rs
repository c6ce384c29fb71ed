//! Counts beside the lines: of files by what is in them, of what is told apart, and of what is not
//! here.

use super::part::Part;
use crate::attribute::tally::Tally;

/// Files by what is in them. Only those of text have lines to count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Files {
    /// Text.
    pub text: u64,
    /// NUL in the first 8000 bytes.
    pub binary: u64,
    /// Symbolic links.
    pub symlinks: u64,
    /// Submodules.
    pub submodules: u64,
    /// Longer than is compared by lines.
    pub too_large: u64,
    /// The content, or an object that the history of its lines needs, is not here.
    pub missing: u64,
}

impl Files {
    pub(super) const fn merge(&mut self, other: Self) {
        self.text += other.text;
        self.binary += other.binary;
        self.symlinks += other.symlinks;
        self.submodules += other.submodules;
        self.too_large += other.too_large;
        self.missing += other.missing;
    }
}

/// What is generated and what is vendored. Both are parts of what is counted, unless left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Apart {
    /// What programs wrote from something else.
    pub generated: PartTally,
    /// Other people's code.
    pub vendored: PartTally,
    /// Whether the attributes of the tree could be read; else names alone decided.
    pub attributes_read: bool,
}

impl Apart {
    /// Returns the tally of a part that is told apart.
    #[must_use]
    pub const fn of(&self, part: Part) -> Option<&PartTally> {
        match part {
            Part::Own => None,
            Part::Generated => Some(&self.generated),
            Part::Vendored => Some(&self.vendored),
        }
    }

    pub(super) const fn of_mut(&mut self, part: Part) -> Option<&mut PartTally> {
        match part {
            Part::Own => None,
            Part::Generated => Some(&mut self.generated),
            Part::Vendored => Some(&mut self.vendored),
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.generated.merge(other.generated);
        self.vendored.merge(other.vendored);
    }
}

/// What is told apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PartTally {
    /// Files of text.
    pub files: u64,
    /// The lines that are there.
    pub lines: Tally,
    /// The lines as they were added; none without a range.
    pub added: Tally,
}

impl PartTally {
    fn merge(&mut self, other: Self) {
        self.files += other.files;
        self.lines.merge(other.lines);
        self.added.merge(other.added);
    }
}

/// What could not be counted in a shallow or partial clone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Files whose lines are not counted: [`Files::missing`].
    pub files: u64,
    /// Commits of which it cannot be said what they added: that is not counted as added.
    pub commits: u64,
    /// Lines that are counted for a commit whose parents are not here; they may be older.
    pub boundary_lines: u64,
}

impl Gaps {
    /// Answers whether something could not be counted.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.files > 0 || self.commits > 0 || self.boundary_lines > 0
    }
}
