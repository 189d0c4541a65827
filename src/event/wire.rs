//! The serial line: octets, lines, exchanges.
use super::{Drive, EventId, Octets};
use serde::{Deserialize, Serialize};

/// Which way octets went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From us to the modem.
    Tx,
    /// From the modem to us.
    Rx,
}

/// Octets as one write or one read carried them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wire {
    /// Which way.
    pub dir: Direction,
    /// What.
    pub octets: Octets,
}

/// What a line on the wire is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A command that we sent.
    Command,
    /// The modem's echo of it.
    Echo,
    /// Information text of the command in flight.
    Answer,
    /// The final result code of the command in flight.
    Final,
    /// The real result that came after `OK`.
    Late,
    /// Unsolicited result code.
    Urc,
    /// The prompt for a payload.
    Prompt,
    /// Raw payload, in either direction; the text says only how many octets.
    Payload,
    /// Octets that fit nothing: line noise, answers nobody waits for.
    Noise,
}

/// A line as the engine recognised it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Which way it went.
    pub dir: Direction,
    /// What it is.
    pub role: Role,
    /// The text without line ends, control characters escaped.
    pub text: String,
    /// The exchange that it belongs to, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u64>,
    /// Milliseconds since that exchange's command was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

/// Where a result stood in relation to `OK`: the two failure shapes of at-sim7600 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The result came before (or with) the final code: the modem decided by itself.
    AtOnce,
    /// `OK` first, the result later: the modem tried.
    Late,
    /// Not known, as in logs that somebody typed from memory.
    Unknown,
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The final code that ended it, as text: `OK`, `ERROR`, `+CME ERROR: SIM not inserted` …
    Final(String),
    /// No final code within the limit (milliseconds).
    Timeout(u64),
    /// `OK` came, the late result did not within its limit (milliseconds).
    LateTimeout(u64),
    /// The modem rebooted in the middle.
    Rebooted,
    /// The serial line was lost.
    LineLost,
}

/// A finished AT exchange: what was asked, what came back, in which shape, when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Its number within the session, from 1.
    pub number: u64,
    /// The command without CR.
    pub command: String,
    /// Information lines and the late result, in the order in which they came.
    pub lines: Vec<String>,
    /// How many octets of counted raw data came with it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub raw: usize,
    /// How it ended.
    pub ending: Ending,
    /// Where the result stood.
    pub shape: Shape,
    /// Milliseconds from the command's last octet to the final code (or to the end, where none came).
    pub final_ms: u64,
    /// Milliseconds from the command's last octet to the late result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_ms: Option<u64>,
    /// The event of the command's line.
    pub since: EventId,
    /// Why it was sent: a stage's name, `poll`, `person`, `restore`.
    pub purpose: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// What became of the serial line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SerialChange {
    /// Its name: a path, `COM24`, `tcp:127.0.0.1:5000`, `world mint`.
    pub name: String,
    /// What it is now.
    pub state: SerialState,
}

/// The control lines of a serial device (ITU-T V.24 circuits), as they were when it was opened or when an output was last driven; `None` where the
/// device does not tell, as a pseudo terminal. Outputs cannot be read back: they are as we asked for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlLines {
    /// The device's name.
    pub name: String,
    /// Data terminal ready (circuit 108/2), which we raise.
    pub dtr: Option<bool>,
    /// Request to send (105), where a person has driven it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rts: Option<bool>,
    /// Clear to send (106).
    pub cts: Option<bool>,
    /// Data set ready (107).
    pub dsr: Option<bool>,
    /// Carrier detected (109).
    pub dcd: Option<bool>,
    /// Ring indicator (125).
    pub ri: Option<bool>,
    /// What a person asked for just before they were read; none at the opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Drive>,
}

impl ControlLines {
    /// `DTR on, CTS on, DSR off, DCD off, RI unknown`.
    #[must_use]
    pub fn words(&self) -> String {
        let dtr = worded(("DTR", self.dtr));
        let rts = self.rts.map(|on| worded(("RTS", Some(on))));
        let outputs: Vec<String> = std::iter::once(dtr).chain(rts).collect();
        format!("{}, {}", outputs.join(", "), self.inputs())
    }

    /// Those that the modem drives: `CTS on, DSR off, DCD off, RI unknown`.
    #[must_use]
    pub fn inputs(&self) -> String {
        let inputs = [
            ("CTS", self.cts),
            ("DSR", self.dsr),
            ("DCD", self.dcd),
            ("RI", self.ri),
        ];
        inputs.map(worded).join(", ")
    }

    /// Whether the device tells any of those that the modem drives.
    #[must_use]
    pub fn are_told(&self) -> bool {
        [self.cts, self.dsr, self.dcd, self.ri]
            .iter()
            .any(Option::is_some)
    }
}

/// `CTS on`
fn worded((name, on): (&str, Option<bool>)) -> String {
    let on = on.map_or("unknown", |on| if on { "on" } else { "off" });
    format!("{name} {on}")
}

/// State of the serial line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SerialState {
    /// Open and read from.
    Open,
    /// Closed by us.
    Closed,
    /// Lost, and why.
    Lost(String),
}
