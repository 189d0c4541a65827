//! The class of an attempt, by the signatures that were learned on this firmware.
use crate::event::{Attempt, Calibration, Class, EventId, Shape, StackKind};

/// From this share of its limit on, an attempt ended because the limit passed.
const AT_LIMIT_PERCENT: u64 = 90;
/// Two times are alike where one is at most so many times the other …
const ALIKE: u64 = 3;
/// … or where they differ by no more than this, in milliseconds: a round trip is in both.
const CLOSE_MS: u64 = 400;

/// The class, and the calibrations that it rests on. Code 0 is success by the manual and code 2 a stack that is not open
/// (at-sim7600 section 4.3); every other meaning has to be learned on the module's stack; on the
/// host's the system names it. What fits no signature, or signatures of two classes, is
/// [`Class::Unknown`]; so is what a source tells without shape or time, and what ended before its limit as a black hole does
/// while no refusal was learned.
#[must_use]
pub fn classify(attempt: &Attempt, learned: &[(EventId, &Calibration)]) -> (Class, Vec<EventId>) {
    if attempt.on.stack == StackKind::Host && attempt.class != Class::Unknown {
        return (attempt.class, Vec::new()); // the system says it in so many words
    }
    match attempt.code {
        Some(0) => return (Class::Open, Vec::new()),
        Some(2) if attempt.shape == Shape::AtOnce => return (Class::Nostack, Vec::new()),
        _ => {}
    }
    let (Some(ms), Some(limit_ms)) = (attempt.ms, attempt.limit_ms) else {
        return (Class::Unknown, Vec::new());
    };
    if attempt.shape == Shape::Unknown || attempt.code.is_none() {
        return (Class::Unknown, Vec::new());
    }
    let alike: Vec<&(EventId, &Calibration)> = learned
        .iter()
        .filter(|(_, c)| c.shape == attempt.shape && c.code == attempt.code)
        .filter(|(_, c)| same_time(ms, limit_ms, c))
        .collect();
    let Some((_, first)) = alike.first() else {
        return (Class::Unknown, Vec::new());
    };
    if alike.iter().any(|(_, c)| c.class != first.class) {
        return (Class::Unknown, alike.iter().map(|(id, _)| *id).collect());
    }
    let ids: Vec<EventId> = alike.iter().map(|(id, _)| *id).collect();
    // Something that came before the limit may as well be a reset, unless it is known how this firmware shows one.
    let answered = ms.saturating_mul(100) < limit_ms.saturating_mul(AT_LIMIT_PERCENT);
    let known = learned.iter().any(|(_, c)| c.class == Class::Refused);
    if first.class == Class::Silent && answered && !known {
        return (Class::Unknown, ids);
    }
    (first.class, ids)
}

fn same_time(ms: u64, limit_ms: u64, learned: &Calibration) -> bool {
    let passed = |ms: u64, limit: u64| ms.saturating_mul(100) >= limit * AT_LIMIT_PERCENT;
    match (passed(ms, limit_ms), passed(learned.ms, learned.limit_ms)) {
        (true, true) => true,
        (false, false) => {
            ms.abs_diff(learned.ms) <= CLOSE_MS
                || (ms <= learned.ms * ALIKE && learned.ms <= ms * ALIKE)
        }
        _ => false,
    }
}
