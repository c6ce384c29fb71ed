//! One progress line on standard error, on terminals, for work of more than half a second.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const SILENT: Duration = Duration::from_millis(500);
const BETWEEN: Duration = Duration::from_millis(100);

/// A line with count, rate and time left; gone when dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    what: &'static str,
    is_shown: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    started: Instant,
    drawn: Option<Instant>,
    last_done: usize,
}

impl Progress {
    /// Starts to measure; shows nothing yet.
    pub(crate) fn new(what: &'static str) -> Self {
        Self {
            what,
            is_shown: io::stderr().is_terminal(),
            state: Mutex::new(State {
                started: now(),
                drawn: None,
                last_done: 0,
            }),
        }
    }

    /// Tells how far the work is.
    pub(crate) fn tell(&self, done: usize, total: usize) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        let now = now();
        if done < state.last_done {
            // The next piece of work has begun.
            state.started = now;
        }
        state.last_done = done;
        let elapsed = now.duration_since(state.started);
        let recent = state
            .drawn
            .is_some_and(|drawn| now.duration_since(drawn) < BETWEEN);
        if !self.is_shown || recent || (state.drawn.is_none() && elapsed < SILENT) {
            return;
        }
        state.drawn = Some(now);
        let line = line(self.what, done, total, elapsed);
        drop(write!(io::stderr(), "\r\x1b[K{line}"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.state.lock().is_ok_and(|state| state.drawn.is_some()) {
            drop(write!(io::stderr(), "\r\x1b[K"));
        }
    }
}

fn line(what: &str, done: usize, total: usize, elapsed: Duration) -> String {
    let millis = elapsed.as_millis().max(1);
    let rate = done as u128 * 1000 / millis;
    let left = total.saturating_sub(done) as u128 / rate.max(1);
    format!("{what}: {done} of {total}, {rate}/s, {left} s left")
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a line has been shown is no fact about provenance"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_count_rate_and_time_left() {
        let line = line("files", 30, 90, Duration::from_secs(3));
        assert_eq!(line, "files: 30 of 90, 10/s, 6 s left");
    }
}
