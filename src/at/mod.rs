//! The AT language, pure.
//!
//! In: octets from a modem ([`Framer`]), lines of its answers ([`reply`], [`urc`]), what a person typed ([`Command::typed`]).
//! Out: tokens, typed values, commands ready to be written, plain words for any line ([`meaning`]), and a [`catalogue`] of what
//! each command is for. Never here: I/O, clocks, tokio, and no panic on any octets. The dialect is that of the SIMCom
//! SIM7500/SIM7600 AT command manual V3.00, with V.250 and 3GPP TS 27.007 and 27.005 underneath.
pub mod catalogue;
mod command;
pub mod errors;
pub mod fields;
mod framer;
pub mod meaning;
pub mod payload;
pub mod reply;
mod result;
pub mod urc;

pub use command::{
    Auth, Claim, Command, CommandError, Late, LateFit, LateMatch, MAX_CHUNK, MAX_LINE, Payload,
};
pub use errors::cms_explained;
pub use framer::{Expect, Framer, LINE_BOUND, RAW_BOUND, Token};
pub use result::{Final, Reason};
