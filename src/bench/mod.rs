//! The one who acts.
