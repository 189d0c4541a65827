//! What a host does with the outputs of the serial line. The manual names `AT&D` and its factory value 1 and does not say what this module then does,
//! so it is noted and nothing follows from it: in command state, where this module always is, there is nothing to hang up.

/// An output of the host (ITU-T V.24).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// Data terminal ready, 108/2.
    Dtr,
    /// Request to send, 105.
    Rts,
    /// The data line held in the start condition.
    Break,
}

/// The outputs as the module sees them; a host that opens the line raises both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circuits {
    /// Data terminal ready.
    pub dtr: bool,
    /// Request to send.
    pub rts: bool,
    /// How many breaks have begun.
    pub breaks: u32,
    /// A break lasts now.
    pub breaking: bool,
}

impl Default for Circuits {
    fn default() -> Self {
        Self {
            dtr: true,
            rts: true,
            breaks: 0,
            breaking: false,
        }
    }
}

impl Circuits {
    /// A host opens the line. What was counted stays.
    pub(super) fn open(&mut self) {
        (self.dtr, self.rts, self.breaking) = (true, true, false);
    }

    pub(super) fn drive(&mut self, circuit: Circuit, on: bool) {
        match circuit {
            Circuit::Dtr => self.dtr = on,
            Circuit::Rts => self.rts = on,
            Circuit::Break => {
                self.breaks += u32::from(on && !self.breaking);
                self.breaking = on;
            }
        }
    }
}
