//! The SMS language: alphabets, and how many messages a text takes.
//!
//! Comes in: text. Goes out: its encoding, its parts, and which characters make it dear. Never happens here: I/O, clocks, AT commands.
//!
//! Sources: 3GPP TS 23.038 section 6.2 (GSM 7 bit default alphabet and its extension table), TS 23.040 sections 9.2.3.24.1 and 3.10.1 (concatenation).

mod alphabet;
mod segments;

pub use alphabet::{ascii_replacement, replace_for_gsm7, septets};
pub use segments::{Encoding, Segments};
