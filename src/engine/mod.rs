//! One AT exchange at a time.
