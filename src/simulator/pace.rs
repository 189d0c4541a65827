//! Time in a simulated world: every delay of the modem, the network and the services goes through here and is divided by the
//! speed of the world. Comes in: milliseconds of the world. Goes out: a wait on tokio's clock (so a paused clock drives it).
//! Never here: reading the wall clock.
use std::time::Duration;

use tokio::time::Instant;

/// How fast a world runs: 1 is the pace of a real bench, 20 is twenty times as fast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    speed: f64,
    origin: Instant,
}

impl Pace {
    /// Speeds that are no positive number count as 1; the fastest world is 1,000,000 times as fast.
    pub fn new(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 {
            speed.clamp(0.01, 1e6)
        } else {
            1.0
        };
        Pace {
            speed,
            origin: Instant::now(),
        }
    }

    /// The factor itself, for the parts of the bench that keep their own waits.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// A span of the world, in milliseconds, as a span of the clock that runs here.
    pub fn span(&self, ms: u64) -> Duration {
        Duration::from_secs_f64(ms as f64 / 1000.0 / self.speed)
    }

    /// Waits for `ms` milliseconds of the world. Spans that the timer cannot tell from nothing only let others run.
    pub async fn wait(&self, ms: u64) {
        let span = self.span(ms);
        if span < Duration::from_micros(500) {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(span).await;
        }
    }

    /// Milliseconds of the clock that runs here since the bench was switched on.
    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Seconds of the world since the bench was switched on.
    pub fn world_seconds(&self) -> f64 {
        self.origin.elapsed().as_secs_f64() * self.speed
    }
}
