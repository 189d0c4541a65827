//! The world's time of day: what the module's clock shows, what a service centre stamps on a message, the seconds of an MMS date.
//! Comes in: the moment at which the world begins, and how fast it runs. Goes out: the moment that it is there now.
//! Never here: waiting.
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::pace::Pace;
use crate::sms::Moment;

/// The clock of a world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: DateTime,
    quarters: i8,
    pace: Pace,
}

impl Clock {
    /// A clock that showed `start` when the pace began; `quarters` of an hour east of UTC.
    pub fn new(start: DateTime, quarters: i8, pace: Pace) -> Self {
        Clock {
            start,
            quarters,
            pace,
        }
    }

    /// Local time.
    pub fn now(&self) -> DateTime {
        let span = jiff::SignedDuration::from_secs(self.pace.world_seconds() as i64);
        self.start.checked_add(span).unwrap_or(self.start)
    }

    /// Local time as a short message says it.
    pub fn moment(&self) -> Moment {
        let now = self.now();
        let two = |value: i8| u8::try_from(value).unwrap_or(0);
        Moment {
            parts: [
                u8::try_from(now.year().rem_euclid(100)).unwrap_or(0),
                two(now.month()),
                two(now.day()),
                two(now.hour()),
                two(now.minute()),
                two(now.second()),
            ],
            quarters: self.quarters,
        }
    }

    /// Seconds since 1970 UTC.
    pub fn unix_seconds(&self) -> u64 {
        let offset = Offset::from_seconds(i32::from(self.quarters) * 900).unwrap_or(Offset::UTC);
        let zoned = self.now().to_zoned(TimeZone::fixed(offset));
        zoned.map_or(0, |zoned| {
            u64::try_from(zoned.timestamp().as_second()).unwrap_or(0)
        })
    }
}
