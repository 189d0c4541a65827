//! What a person asks of the outputs of a serial line.
use serde::{Deserialize, Serialize};

/// Something that is done with an output of a serial line (ITU-T V.24). The outputs cannot be read back: what was asked for is all that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drive {
    /// Data terminal ready (circuit 108/2) on or off.
    Dtr(bool),
    /// Request to send (circuit 105) on or off.
    Rts(bool),
    /// A break: the line is held in the start condition for [`Drive::BREAK_MS`].
    Break,
}

impl Drive {
    /// Length of a break in milliseconds, as `tcsendbreak` of POSIX has it: a quarter of a second or a little more.
    pub const BREAK_MS: u64 = 300;

    /// `DTR off`, `a break`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Dtr(true) => "DTR on",
            Self::Dtr(false) => "DTR off",
            Self::Rts(true) => "RTS on",
            Self::Rts(false) => "RTS off",
            Self::Break => "a break",
        }
    }
}
