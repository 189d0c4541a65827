//! The person's configuration.
