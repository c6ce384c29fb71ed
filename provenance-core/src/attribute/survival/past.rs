//! `Past`: the commits that one descends from, a bit for each.

/// A commit and all that it descends from. The oldest commit of a graph has the first bit, so that
/// it grows with the walk; where lines go from one commit to its only child, so does it.
#[derive(Debug, Clone, Default)]
pub(super) struct Past(Vec<u64>);

impl Past {
    /// Unites the pasts of the parents of a commit.
    pub(super) fn united(pasts: impl IntoIterator<Item = Self>) -> Self {
        let mut pasts = pasts.into_iter();
        let mut united = pasts.next().unwrap_or_default();
        for past in pasts {
            if united.0.len() < past.0.len() {
                united.0.resize(past.0.len(), 0);
            }
            for (own, other) in united.0.iter_mut().zip(&past.0) {
                *own |= other;
            }
        }
        united
    }

    /// Adds the commit itself; `age` is how many commits of the graph are older.
    pub(super) fn add(&mut self, age: usize) {
        let word = age / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (age % 64);
        }
    }

    /// Answers whether a commit is among them.
    pub(super) fn has(&self, age: usize) -> bool {
        let word = self.0.get(age / 64).copied().unwrap_or_default();
        word & (1 << (age % 64)) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_has_the_pasts_of_all_its_parents() {
        let past = |ages: &[usize]| {
            let mut past = Past::default();
            for age in ages {
                past.add(*age);
            }
            past
        };
        let (short, long) = (past(&[0, 3, 63]), past(&[0, 64, 200]));
        for united in [
            Past::united([short.clone(), long.clone()]),
            Past::united([long.clone(), short.clone()]),
        ] {
            let ages: Vec<usize> = (0..300).filter(|age| united.has(*age)).collect();
            assert_eq!(ages, [0, 3, 63, 64, 200]);
        }
        assert!(!Past::united([]).has(0), "a root descends from none");
    }
}
