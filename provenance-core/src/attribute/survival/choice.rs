//! Which of its parents' versions of a file a merge chose: the later one, or an older one.
//!
//! Where a merge has the version of one parent, and the other's is one from which that came, it takes
//! over what has been done, and no line ends there. A branch that was far behind would else say once
//! more of every line that was taken out meanwhile that it is gone, merge after merge. Where the
//! other parent had changed the file, too, the merge takes that back, and is who made the file so.
//!
//! # What is not checked
//!
//! Whether a merge takes back that a file was removed, if the other side has changed it since.

use super::lines::Spans;
use super::tree::{Tree, is_same};
use super::walk::{Visit, Walk};

impl Walk<'_> {
    /// Answers whether a merge of two has none of the lines of the parent with this number because
    /// the other had already done without them. What took them out is taken down already.
    pub(super) fn takes_over(
        &self,
        visit: &Visit<'_>,
        number: usize,
        path: u32,
        tree: &Tree,
    ) -> bool {
        let [_, _] = visit.parents else {
            return false;
        };
        let spans = visit.trees.get(number).and_then(|own| own.get(path));
        spans.is_some_and(|spans| {
            others(visit, number).any(|(number, other)| {
                is_same(tree.get(path), other.get(path)) && self.came_after(visit, number, spans)
            })
        })
    }

    /// Answers whether a merge has the version of another parent although the parent with this
    /// number had changed the file, too.
    pub(super) fn takes_back(
        &self,
        visit: &Visit<'_>,
        number: usize,
        path: u32,
        tree: &Tree,
    ) -> bool {
        let Some(spans) = tree.get(path) else {
            return false;
        };
        let mut others = others(visit, number);
        others.any(|(_, other)| is_same(Some(spans), other.get(path)))
            && (self.came_after(visit, number, spans)
                || visit
                    .trees
                    .get(number)
                    .is_some_and(|own| own.get(path).is_some())
                    && !self.takes_over(visit, number, path, tree))
    }

    /// Answers whether a parent descends from the commit that made a version of a file.
    fn came_after(&self, visit: &Visit<'_>, number: usize, spans: &Spans) -> bool {
        let past = visit.pasts.get(number);
        past.is_some_and(|past| past.has(self.age(spans.made)))
    }
}

/// The lines of the other parents, each with its number.
fn others<'v>(visit: &'v Visit<'_>, number: usize) -> impl Iterator<Item = (usize, &'v Tree)> {
    let trees = visit.trees.iter().enumerate();
    trees.filter(move |(other, _)| *other != number)
}
