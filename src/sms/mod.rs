//! The SMS language, pure.
