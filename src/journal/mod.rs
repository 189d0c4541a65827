//! Numbers, times and records events.
