//! The MMS language, pure.
