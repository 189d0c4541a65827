//! The person's configuration, for console and command line alike.
//!
//! In: the text of a TOML file. Out: a checked [`Config`]; a key that is absent has its default. Which file it is, and reading it, is the
//! command line's business.
mod keys;
mod schema;

use crate::document;
pub use crate::document::Word;
pub use keys::{Bound, Keys};
pub use schema::schema;

use crate::compose::Recipient;
use crate::event::{Stage, Way};
use crate::profile::{Fault, ProfileId};
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The commented file that a person can start from; as it stands it changes nothing.
pub const TEMPLATE: &str = include_str!("../assets/config-template.toml");

/// Largest configuration that is read, in octets.
const LARGEST: usize = 256 * 1024;

/// Everything that a person can set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The serial line: a path or name (`/dev/ttyUSB2`, `COM24`), or `tcp:127.0.0.1:PORT` for a simulated modem; none to be asked.
    pub port: Option<String>,
    /// Its speed in bits per second, 300 to 4,000,000.
    pub baud: Baud,
    /// The profile to use; none for the best match to the SIM.
    pub profile: Option<ProfileId>,
    /// The line's own number in E.164, for `--to self` and for headers that carry it, where the SIM does not tell (`+CNUM`).
    pub own_number: Option<OwnNumber>,
    /// Characters from which a text is warned of; nothing is stopped by it.
    pub text_limit: usize,
    /// Seconds between two readings of signal and registration while nothing else happens, 2 to 3600.
    pub poll_seconds: PollSeconds,
    /// Seconds from one send to the next, 0 to 3600.
    pub pace_seconds: PaceSeconds,
    /// Which way messages go, and what happens where one fails.
    pub sending: Sending,
    /// What is done about messages that come in.
    pub receive: Receive,
    /// The screen and the text output.
    pub screen: Screen,
    /// The columns of the console's traffic.
    pub traffic: Traffic,
    /// The console's keys, as they were written.
    pub keys: Keys,
    /// How long a stage of a send may take.
    pub limits: Limits,
    /// Hosts that a probe may use as controls.
    pub reference: Reference,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: None,
            baud: Baud(115_200),
            profile: None,
            own_number: None,
            text_limit: 5000,
            poll_seconds: Bounded(10),
            pace_seconds: Bounded(10),
            sending: Sending::default(),
            receive: Receive::default(),
            screen: Screen::default(),
            traffic: Traffic::default(),
            keys: Keys::default(),
            limits: Limits::default(),
            reference: Reference::default(),
        }
    }
}

/// Hosts that a probe may use as controls; nothing of it is dialled unless it is written here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reference {
    /// Public hosts that answer, `host:port`, at most four; a name or an address.
    pub open: Vec<Place>,
    /// A host and port that is known to refuse connections.
    pub closed: Option<Place>,
    /// A public resolver, asked for the MMSC's name beside the bearer's own.
    pub resolver: Option<std::net::IpAddr>,
    /// An address at which nobody answers; RFC 5737's 192.0.2.1 where none is given.
    pub black_hole: Option<std::net::Ipv4Addr>,
}

/// What is done about messages that come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Receive {
    /// They are shown; an MMS is fetched when the person says so.
    #[default]
    Ask,
    /// An MMS is fetched as soon as its notification comes.
    Fetch,
    /// The modem's announcements are left alone, and nothing is read.
    Off,
}

/// Which way messages go, and what happens where one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sending {
    /// The way where nothing else is said.
    pub way: WayRule,
    /// With `way = "auto"`: texts that take so many SMS parts or more go as MMS, 1 to 255.
    pub mms_from_parts: Bounded<1, 255>,
    /// What happens where an MMS fails before its request went out, and a linked SMS could carry it.
    pub fallback: Fallback,
    /// Attempts at the most, 1 to 20, where trying again makes sense.
    pub attempts: Bounded<1, 20>,
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            way: WayRule::default(),
            mms_from_parts: Bounded(2),
            fallback: Fallback::default(),
            attempts: Bounded(5),
        }
    }
}

/// A rule for the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayRule {
    /// Always MMS.
    #[default]
    Mms,
    /// Always linked SMS.
    Sms,
    /// Always unlinked SMS.
    SmsUnlinked,
    /// MMS for long texts and for what SMS cannot carry, else linked SMS.
    Auto,
}

impl WayRule {
    /// The way that it names; none where the message decides.
    #[must_use]
    pub fn fixed(self) -> Option<Way> {
        match self {
            Self::Mms => Some(Way::Mms),
            Self::Sms => Some(Way::Sms),
            Self::SmsUnlinked => Some(Way::SmsUnlinked),
            Self::Auto => None,
        }
    }
}

/// What happens where an MMS fails before its request went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fallback {
    /// Linked SMS is offered.
    #[default]
    Offer,
    /// Nothing.
    Never,
    /// Linked SMS is sent at once.
    Send,
}

/// A host and a TCP port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Place {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl TryFrom<String> for Place {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{}` is no host with a port: write host:port, such as \"example.com:80\"",
                text.escape_debug()
            )
        };
        let read = crate::profile::ProxyAddress::new(&text).map_err(|_| wrong())?;
        let port = read.port.ok_or_else(wrong)?;
        Ok(Self {
            host: read.host,
            port,
        })
    }
}

impl Config {
    /// Reads a configuration. `file` is only the name that an error shows.
    ///
    /// # Errors
    /// With file, line, column, reason and remedy: no TOML, an unknown key, a value out of its range.
    pub fn parse(file: impl Into<PathBuf>, text: &str) -> Result<Self, ConfigError> {
        let read = if text.len() > LARGEST {
            let says = format!(
                "the file has {} octets, more than any configuration",
                text.len()
            );
            Err(Fault::at(text, 0..0, says, "is it the right file?"))
        } else {
            document::read(text).map_err(|wrong| Fault::of_document(text, &wrong))
        };
        read.map_err(|fault| ConfigError {
            file: file.into(),
            fault,
        })
    }

    /// The time between two polls of the idle modem.
    #[must_use]
    pub fn poll(&self) -> Duration {
        self.poll_seconds.duration()
    }

    /// The time from one send to the next.
    #[must_use]
    pub fn pace(&self) -> Duration {
        self.pace_seconds.duration()
    }
}

/// A file that is no configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, as the person knows it.
    pub file: PathBuf,
    /// What is wrong, where, and the remedy.
    pub fault: Fault,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.fault)
    }
}

impl std::error::Error for ConfigError {}

/// How the screen and the text output look.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Screen {
    /// Whether colours are used.
    pub color: Color,
    /// Whether lines, marks and graphs are drawn in ASCII only.
    pub ascii: Ascii,
    /// The console's theme: the name of a built-in one, of one in the folder `themes` beside the configuration, or a file.
    pub theme: Option<Word>,
    /// The bench's panes: the name of a layout.
    pub layout: Option<Word>,
    /// The bench's panes, row by row; wins over `layout`.
    #[serde(deserialize_with = "keys::rows")]
    pub panes: Vec<Vec<Word>>,
}

/// The columns of the console's traffic, as they were written; none for the usual ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Traffic {
    /// Of the lines, from left to right.
    #[serde(deserialize_with = "keys::words")]
    pub columns: Vec<Word>,
    /// Of the exchanges, where they are folded into one line each.
    #[serde(deserialize_with = "keys::words")]
    pub exchange_columns: Vec<Word>,
}

/// Whether only ASCII is drawn: `"auto"`, `true` or `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ascii {
    /// Where the locale has no UTF-8.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never, whatever the locale says.
    Never,
}

impl<'de> Deserialize<'de> for Ascii {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Ascii;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or \"auto\"")
            }
            fn visit_bool<E>(self, always: bool) -> Result<Ascii, E> {
                Ok(if always { Ascii::Always } else { Ascii::Never })
            }
            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Ascii, E> {
                match word {
                    "auto" => Ok(Ascii::Auto),
                    other => Err(E::invalid_value(Unexpected::Str(other), &self)),
                }
            }
        }
        from.deserialize_any(Written)
    }
}

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Color {
    /// On a terminal that has them, and unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How long each stage may take, in seconds from 1 to 3600, where the person wants another limit than the built-in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// A modem that answers.
    pub port: Option<StageSeconds>,
    /// A SIM that is ready.
    pub sim: Option<StageSeconds>,
    /// Registration.
    pub register: Option<StageSeconds>,
    /// Attach to the packet domain.
    pub attach: Option<StageSeconds>,
    /// An active PDP context with an address.
    pub bearer: Option<StageSeconds>,
    /// The module's socket stack.
    pub stack: Option<StageSeconds>,
    /// Name resolution.
    pub resolve: Option<StageSeconds>,
    /// The TCP connection.
    pub connect: Option<StageSeconds>,
    /// Request and HTTP answer.
    pub post: Option<StageSeconds>,
    /// The message at the phone, with `--verify`.
    pub deliver: Option<StageSeconds>,
}

impl Limits {
    /// The person's limit for a stage; none where the built-in one holds. Encoding and reading an answer wait for nothing.
    #[must_use]
    pub fn of(&self, stage: Stage) -> Option<Duration> {
        let seconds = match stage {
            Stage::Encode | Stage::Confirm => None,
            Stage::Port => self.port,
            Stage::Sim => self.sim,
            Stage::Register => self.register,
            Stage::Attach => self.attach,
            Stage::Bearer => self.bearer,
            Stage::Stack => self.stack,
            Stage::Resolve => self.resolve,
            Stage::Connect => self.connect,
            Stage::Post => self.post,
            Stage::Deliver => self.deliver,
        };
        seconds.map(Bounded::duration)
    }
}

/// Seconds of a stage's limit.
pub type StageSeconds = Bounded<1, 3600>;
/// Seconds between polls.
pub type PollSeconds = Bounded<2, 3600>;
/// Seconds between sends.
pub type PaceSeconds = Bounded<0, 3600>;

/// A whole number, of seconds or of attempts, within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Bounded<const LEAST: u32, const MOST: u32>(u32);

impl<const LEAST: u32, const MOST: u32> Bounded<LEAST, MOST> {
    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// The time.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

impl<const LEAST: u32, const MOST: u32> TryFrom<i64> for Bounded<LEAST, MOST> {
    type Error = String;
    fn try_from(number: i64) -> Result<Self, String> {
        match u32::try_from(number) {
            Ok(fit) if (LEAST..=MOST).contains(&fit) => Ok(Self(fit)),
            _ => Err(format!(
                "{number} is out of range: {LEAST} to {MOST} are possible"
            )),
        }
    }
}

/// Speed of a serial line in bits per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Baud(u32);

impl Baud {
    /// Bits per second.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for Baud {
    type Error = String;
    fn try_from(speed: i64) -> Result<Self, String> {
        match u32::try_from(speed) {
            Ok(fit) if (300..=4_000_000).contains(&fit) => Ok(Self(fit)),
            _ => Err(format!(
                "{speed} is no speed of a serial line: 300 to 4000000 bits per second are possible, most modems speak 115200"
            )),
        }
    }
}

/// The line's own number; shown in masked form only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct OwnNumber(Recipient);

impl OwnNumber {
    /// The number as a recipient.
    #[must_use]
    pub fn recipient(&self) -> &Recipient {
        &self.0
    }
}

impl TryFrom<String> for OwnNumber {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match Recipient::parse(&text) {
            Ok(number @ Recipient::Number(_)) => Ok(Self(number)),
            Ok(_) => Err("this is no telephone number: write your own with its country code, such as +12025550123".to_owned()),
            Err(error) => Err(format!("{}: {}", error.lint().says, error.lint().fix)),
        }
    }
}
