//! `Pause`: waiting before the next round, longer each time and for each process another time.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use crate::remote::Deadline;

/// The longest pause before the second round.
const FIRST: Duration = Duration::from_millis(100);
/// The longest pause of all.
const LONGEST: Duration = Duration::from_secs(3);

/// How often it was waited.
#[derive(Debug, Default)]
pub(super) struct Pause {
    rounds: u32,
}

impl Pause {
    /// Waits; `false` when that would take longer than there is time.
    pub(super) fn take(&mut self, deadline: Deadline) -> bool {
        let pause = self.next(std::process::id());
        if deadline.left().is_none_or(|left| left <= pause) {
            return false;
        }
        std::thread::sleep(pause);
        true
    }

    /// The next pause of a process: between a quarter of the longest and the longest of its round.
    fn next(&mut self, process: u32) -> Duration {
        let longest = FIRST.saturating_mul(1 << self.rounds.min(16)).min(LONGEST);
        self.rounds += 1;
        let mut hasher = DefaultHasher::new();
        (process, self.rounds).hash(&mut hasher);
        let share = u32::try_from(hasher.finish() % 1000).unwrap_or(0);
        longest / 4 + longest * share * 3 / 4000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_differ_between_processes() {
        let pauses = |process| {
            let mut pause = Pause::default();
            (0..20).map(|_| pause.next(process)).collect::<Vec<_>>()
        };
        let (one, other) = (pauses(1), pauses(2));
        assert!(one.iter().zip(&other).all(|(a, b)| a != b));
        assert!(one[0] >= FIRST / 4 && one[0] <= FIRST);
        assert!(one.iter().all(|pause| *pause <= LONGEST));
        assert!(one[10..].iter().all(|pause| *pause >= LONGEST / 4));
        assert!(!Pause::default().take(Deadline::after(Duration::ZERO)));
    }
}
