//! `spread`: the same work on many pieces, over threads that each have a worker of their own.
//!
//! Takes workers, such as open repositories, and pieces; gives what came of each piece, in the order
//! of the pieces. A worker can move to another thread and need not be shared, and may make what it
//! wants for itself before it takes its first piece.
//!
//! # What is not checked
//!
//! In which order pieces are worked on, and by whom.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The pieces, and what came of those that are done.
pub(crate) struct Pieces<'a, T, R> {
    all: &'a [T],
    /// How many that stand together a worker takes at once.
    at_once: usize,
    next: AtomicUsize,
    done: Mutex<Done<R>>,
    progress: &'a (dyn Fn(usize, usize) + Sync),
}

struct Done<R> {
    count: usize,
    /// What came of pieces that stand together, by where the first stands.
    results: Vec<(usize, Vec<R>)>,
}

/// How pieces are taken, and who is told how many are done.
#[derive(Clone, Copy)]
pub(crate) struct Pace<'a> {
    /// How many pieces that stand together are taken at once, at most.
    pub(crate) at_once: usize,
    /// Is told now and then: pieces done, pieces in all.
    pub(crate) progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl Pace<'_> {
    /// One piece after the other; nobody is told.
    pub(crate) const SILENT: Self = Self {
        at_once: 1,
        progress: &|_, _| {},
    };
}

impl<T, R> Pieces<'_, T, R> {
    /// Works on one piece after the other, until none is left.
    ///
    /// # Errors
    ///
    /// The first that `work` gives.
    pub(crate) fn each<E>(&self, mut work: impl FnMut(&T) -> Result<R, E>) -> Result<(), E> {
        loop {
            let start = self.next.fetch_add(self.at_once, Ordering::Relaxed);
            let Some(rest) = self.all.get(start..).filter(|rest| !rest.is_empty()) else {
                return Ok(());
            };
            let here = rest.iter().take(self.at_once);
            let results = here.map(&mut work).collect::<Result<Vec<R>, E>>()?;
            let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            done.count += results.len();
            done.results.push((start, results));
            (self.progress)(done.count, self.all.len());
        }
    }
}

/// Lets every worker work on `pieces`, and returns what came of each, in their order.
///
/// # Errors
///
/// The first that a worker gave; the others stop at their next piece.
pub(crate) fn spread<W, T, R, E>(
    workers: impl IntoIterator<Item = W>,
    pieces: &[T],
    pace: Pace<'_>,
    run: impl Fn(W, &Pieces<'_, T, R>) -> Result<(), E> + Sync,
) -> Result<Vec<R>, E>
where
    W: Send,
    T: Sync,
    R: Send,
    E: Send,
{
    let workers: Vec<W> = workers.into_iter().take(pieces.len()).collect();
    // At the end no worker waits for another that took many.
    let fair = pieces.len() / (4 * workers.len()).max(1);
    let pieces = Pieces {
        all: pieces,
        at_once: fair.clamp(1, pace.at_once.max(1)),
        next: AtomicUsize::new(0),
        done: Mutex::new(Done {
            count: 0,
            results: Vec::new(),
        }),
        progress: pace.progress,
    };
    let failure: Mutex<Option<E>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for worker in workers {
            scope.spawn(|| {
                if let Err(error) = run(worker, &pieces) {
                    pieces.next.store(pieces.all.len(), Ordering::Relaxed);
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    failure.get_or_insert(error);
                }
            });
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let done = pieces
        .done
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let mut results = done.results;
    results.sort_unstable_by_key(|(start, _)| *start);
    Ok(results
        .into_iter()
        .flat_map(|(_, results)| results)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_the_pieces_has_their_order() {
        let numbers: Vec<u32> = (0..1000).collect();
        for at_once in [1, 7, 5000] {
            let pace = Pace {
                at_once,
                ..Pace::SILENT
            };
            let doubled = spread(0..4, &numbers, pace, |_, pieces| {
                pieces.each(|number| Ok::<_, ()>(number * 2))
            });
            let expected: Vec<u32> = numbers.iter().map(|number| number * 2).collect();
            assert_eq!(doubled, Ok(expected));
        }
        let none = spread(0..4, &[(); 0], Pace::SILENT, |_, pieces| {
            pieces.each(|()| Err::<(), _>("nobody works on nothing"))
        });
        assert_eq!(none, Ok(Vec::new()));
    }

    #[test]
    fn the_first_error_ends_the_work() {
        let numbers: Vec<usize> = (0..100_000).collect();
        let found = spread(0..2, &numbers, Pace::SILENT, |_, pieces| {
            pieces.each(|number| if *number == 10 { Err("ten") } else { Ok(()) })
        });
        assert_eq!(found, Err("ten"));
    }
}
