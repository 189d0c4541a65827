//! The bench screen.
