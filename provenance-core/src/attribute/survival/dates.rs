//! When commits were made: their committer's dates, as far as they can be true.

use crate::attribute::crew::read_over;
use crate::attribute::history::graph::Graph;
use crate::git::{GitError, Repo};

/// The dates of commits.
#[derive(Debug, Default)]
pub(super) struct Dates {
    /// By the place of the commit, in seconds since the Unix epoch.
    seconds: Vec<i64>,
    /// How many dates of commits that are followed could not be true.
    pub(super) clamped: u64,
}

impl Dates {
    /// Reads the dates of all commits, also of those before the range: when a commit of it was made
    /// does not depend on what is asked.
    pub(super) fn read(graph: &Graph, repos: &mut [Repo]) -> Result<Self, GitError> {
        let said = read_over(repos, &graph.nodes, |repo, node| {
            match repo.commit(node.commit_id) {
                Ok(commit) => Ok(Some(commit.committer.seconds)),
                Err(GitError::MalformedCommit { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })?;
        Ok(Self::of(graph, &said))
    }

    /// Takes the dates that commits say. None is before one of its parents', or behind that of the
    /// head: what says so counts as made with the youngest parent, or with the head.
    fn of(graph: &Graph, said: &[Option<i64>]) -> Self {
        let of_head = said.first().copied().flatten().unwrap_or_default().max(0);
        let mut dates = Self {
            seconds: vec![0; graph.nodes.len()],
            clamped: 0,
        };
        for (place, (node, said)) in graph.nodes.iter().zip(said).enumerate().rev() {
            let parents = node.parents.iter().map(|parent| dates.at(*parent));
            let earliest = parents.max().unwrap_or(0);
            let latest = of_head.max(earliest);
            let seconds = said.unwrap_or(earliest).clamp(earliest, latest);
            dates.clamped += u64::from(node.is_wanted && *said != Some(seconds));
            if let Some(date) = dates.seconds.get_mut(place) {
                *date = seconds;
            }
        }
        dates
    }

    /// Returns the date of the commit at a place, in seconds since the Unix epoch.
    pub(super) fn at(&self, place: usize) -> i64 {
        self.seconds.get(place).copied().unwrap_or_default()
    }

    /// Returns by how many seconds one commit is older than another.
    pub(super) fn between(&self, older: usize, younger: usize) -> u64 {
        u64::try_from(self.at(younger) - self.at(older)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::history::graph::Node;
    use crate::object_id::ObjectId;

    #[test]
    fn no_commit_is_older_than_its_parents_or_younger_than_the_head() {
        // The head, its two parents, and their parent.
        let id = ObjectId::from_bytes(&[1; 20]).unwrap();
        let node = |parents: &[usize]| Node {
            commit_id: id,
            tree_id: id,
            parents: parents.to_vec(),
            is_wanted: true,
            is_known: false,
        };
        let graph = Graph {
            nodes: vec![node(&[1, 2]), node(&[3]), node(&[3]), node(&[])],
            is_whole: true,
        };
        for (said, expected, clamped) in [
            (
                [Some(90), Some(30), Some(40), Some(20)],
                [90, 30, 40, 20],
                0,
            ),
            (
                [Some(90), Some(10), Some(99), Some(20)],
                [90, 20, 90, 20],
                2,
            ),
            ([Some(90), None, Some(40), Some(-5)], [90, 0, 40, 0], 2),
            ([Some(-1), Some(5), None, Some(7)], [0, 0, 0, 0], 4),
        ] {
            let dates = Dates::of(&graph, &said);
            let found: Vec<i64> = (0..4).map(|place| dates.at(place)).collect();
            assert_eq!(found, expected);
            assert_eq!(dates.clamped, clamped);
        }
    }
}
