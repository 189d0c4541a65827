//! Before which sends the console asks.
use serde::Deserialize;

/// Before which sends the console asks. What goes out once more, or several times, is asked for whatever stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `again`, `modem`, `always`"
)]
pub enum Confirm {
    /// Only before something goes out once more, or several times.
    #[default]
    Again,
    /// Before each send through a real modem.
    Modem,
    /// Before each send, on a simulated bench, too.
    Always,
}

impl Confirm {
    /// Whether a send is asked for that goes out for the first time.
    #[must_use]
    pub fn asks(self, simulated: bool) -> bool {
        match self {
            Self::Again => false,
            Self::Modem => !simulated,
            Self::Always => true,
        }
    }
}
