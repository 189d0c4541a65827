//! The AT language, pure.
