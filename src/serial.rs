//! The serial line.
