//! Carrier profiles.
