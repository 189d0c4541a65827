//! The message being written.
