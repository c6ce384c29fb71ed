//! `spread`: the same work on many pieces, over threads that each have a worker of their own.
//!
//! Takes workers, such as open repositories, and pieces; gives what came of each piece, in the order
//! of the pieces, or what each worker made of its share. A worker can move to another thread and need
//! not be shared, and may make what it wants for itself before it takes its first piece.
//!
//! # What is not checked
//!
//! In which order pieces are worked on, and by whom.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The pieces, of which each worker takes some, until none is left.
pub(crate) struct Pieces<'a, T> {
    all: &'a [T],
    /// How many that stand together a worker takes at once.
    at_once: usize,
    next: AtomicUsize,
    done: AtomicUsize,
    progress: &'a (dyn Fn(usize, usize) + Sync),
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

/// What came of pieces, each with its place.
pub(crate) type Made<R> = Vec<(usize, R)>;

impl<T> Pieces<'_, T> {
    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.all.len()
    }

    /// Works on one piece after the other.
    ///
    /// # Errors
    ///
    /// The first that `work` gives.
    pub(crate) fn each<E>(&self, mut work: impl FnMut(&T) -> Result<(), E>) -> Result<(), E> {
        self.take(|_, piece| work(piece))
    }

    /// Works on one piece after the other, and returns what came of them.
    ///
    /// # Errors
    ///
    /// The first that `work` gives.
    pub(crate) fn map<R, E>(&self, mut work: impl FnMut(&T) -> Result<R, E>) -> Result<Made<R>, E> {
        let mut made = Vec::new();
        self.take(|place, piece| {
            made.push((place, work(piece)?));
            Ok(())
        })?;
        Ok(made)
    }

    fn take<E>(&self, mut work: impl FnMut(usize, &T) -> Result<(), E>) -> Result<(), E> {
        loop {
            let start = self.next.fetch_add(self.at_once, Ordering::Relaxed);
            let Some(rest) = self.all.get(start..).filter(|rest| !rest.is_empty()) else {
                return Ok(());
            };
            let here = rest.len().min(self.at_once);
            for (piece, place) in rest.iter().take(here).zip(start..) {
                work(place, piece)?;
            }
            let done = self.done.fetch_add(here, Ordering::Relaxed) + here;
            (self.progress)(done, self.all.len());
        }
    }
}

/// Lets every worker work on its share of `pieces`, and returns what each made of it.
///
/// # Errors
///
/// The first that a worker gave; the others stop at their next pieces.
pub(crate) fn share<W: Send, T: Sync, S: Send, E: Send>(
    workers: impl IntoIterator<Item = W>,
    pieces: &[T],
    pace: Pace<'_>,
    run: impl Fn(W, &Pieces<'_, T>) -> Result<S, E> + Sync,
) -> Result<Vec<S>, E> {
    let workers: Vec<W> = workers.into_iter().take(pieces.len()).collect();
    // At the end no worker waits for another that took many.
    let fair = pieces.len() / (4 * workers.len()).max(1);
    let pieces = Pieces {
        all: pieces,
        at_once: fair.clamp(1, pace.at_once.max(1)),
        next: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
        progress: pace.progress,
    };
    let made: Mutex<Result<Vec<S>, E>> = Mutex::new(Ok(Vec::with_capacity(workers.len())));
    std::thread::scope(|scope| {
        for worker in workers {
            scope.spawn(|| {
                let share = run(worker, &pieces);
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                match (share, &mut *made) {
                    (Ok(share), Ok(all)) => all.push(share),
                    (Err(error), Ok(_)) => {
                        pieces.next.store(pieces.len(), Ordering::Relaxed);
                        *made = Err(error);
                    }
                    (_, Err(_)) => {}
                }
            });
        }
    });
    made.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Lets every worker work on `pieces`, and returns what came of each, in their order.
///
/// # Errors
///
/// The first that a worker gave; the others stop at their next pieces.
pub(crate) fn spread<W: Send, T: Sync, R: Send, E: Send>(
    workers: impl IntoIterator<Item = W>,
    pieces: &[T],
    pace: Pace<'_>,
    run: impl Fn(W, &Pieces<'_, T>) -> Result<Made<R>, E> + Sync,
) -> Result<Vec<R>, E> {
    let shares = share(workers, pieces, pace, run)?;
    let mut made: Made<R> = shares.into_iter().flatten().collect();
    made.sort_unstable_by_key(|(place, _)| *place);
    Ok(made.into_iter().map(|(_, result)| result).collect())
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
                pieces.map(|number| Ok::<_, ()>(number * 2))
            });
            let expected: Vec<u32> = numbers.iter().map(|number| number * 2).collect();
            assert_eq!(doubled, Ok(expected));
        }
        let none = spread(0..4, &[(); 0], Pace::SILENT, |_, pieces| {
            pieces.map(|()| Err::<(), _>("nobody works on nothing"))
        });
        assert_eq!(none, Ok(Vec::new()));
    }

    #[test]
    fn the_shares_are_all_of_the_work() {
        let numbers: Vec<u64> = (0..1000).collect();
        let sums: Result<Vec<u64>, ()> = share(0..3, &numbers, Pace::SILENT, |_, pieces| {
            let mut sum = 0;
            pieces.each(|number| {
                sum += number;
                Ok::<_, ()>(())
            })?;
            Ok(sum)
        });
        let sums = sums.unwrap();
        assert_eq!((sums.len(), sums.iter().sum::<u64>()), (3, 999 * 500));
    }

    #[test]
    fn the_first_error_ends_the_work() {
        let numbers: Vec<usize> = (0..100_000).collect();
        let found = spread(0..2, &numbers, Pace::SILENT, |_, pieces| {
            pieces.map(|number| if *number == 10 { Err("ten") } else { Ok(()) })
        });
        assert_eq!(found, Err("ten"));
    }
}
