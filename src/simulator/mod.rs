//! A simulated bench.
