//! `Deadline`: until when something may take.

use std::time::{Duration, Instant};

/// The end of a time limit that began when this was made.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    until: Instant,
    limit: Duration,
}

impl Deadline {
    /// Begins a time limit.
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self {
            until: now() + limit,
            limit,
        }
    }

    /// Returns the whole limit.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.limit
    }

    /// Returns what is left; `None` when it is over.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let left = self.until.saturating_duration_since(now());
        (!left.is_zero()).then_some(left)
    }

    /// Returns an earlier end of the same limit.
    #[must_use]
    pub fn at_most(self, limit: Duration) -> Self {
        let sooner = Self::after(limit);
        if sooner.until < self.until {
            sooner
        } else {
            self
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long somebody is waited for is no fact about provenance"
)]
fn now() -> Instant {
    Instant::now()
}
