//! The session's clock: a wall time for the start, and a monotonic count since.
//!
//! In: the moment of the start and the world's speed. Out: milliseconds and RFC 3339 text. tokio's clock is used, so that
//! tests can pause it.
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// A session's clock. Clones agree.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Timestamp,
    origin: Instant,
    speed: f64,
}

impl Clock {
    /// Starts at a wall time that the edge gives. `speed` is how many world seconds pass in a real one; 1 on a real modem.
    #[must_use]
    pub fn start(start: Timestamp, speed: f64) -> Self {
        Self {
            start,
            origin: Instant::now(),
            speed,
        }
    }

    /// The world's speed.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Milliseconds of the world since the start.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a session lasts less than 2^53 ms and never less than 0"
    )]
    pub fn ms(&self) -> u64 {
        (self.origin.elapsed().as_secs_f64() * self.speed * 1e3) as u64
    }

    /// A number of milliseconds since the start as RFC 3339 with milliseconds in UTC.
    #[must_use]
    pub fn at(&self, ms: u64) -> String {
        let since = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
        let at = self.start.saturating_add(since).unwrap_or(self.start);
        format!("{at:.3}")
    }

    /// Milliseconds since the start, and the same as RFC 3339 with milliseconds in UTC.
    #[must_use]
    pub fn now(&self) -> (u64, String) {
        let ms = self.ms();
        (ms, self.at(ms))
    }
}
