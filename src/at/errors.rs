//! The error numbers of this family: five tables that must never be mixed (at-sim7600 sections 1.4, 1.5, 3 and 4.3).
//!
//! In: a number, or the words that stand for it. Out: the other. The number 4 is "operation not supported" as [`SocketError`],
//! "network is already opened" as [`IpError`] and "network not opened" as [`AppNetError`]: that is why each has its own type.
use std::fmt;

/// `<err>` of `+NETOPEN:`, `+NETCLOSE:`, `+CIPOPEN:`, `+CIPCLOSE:` and `+CIPERROR:` (SIM7600 manual section 11.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SocketError(pub u8);

impl SocketError {
    /// 0: succeeded.
    pub const NONE: Self = Self(0);
    /// 2: network not opened.
    pub const NOT_OPENED: Self = Self(2);
    /// 4: operation not supported. The modem's socket layer refused or failed without naming a cause; it never means
    /// "network unreachable".
    pub const NOT_SUPPORTED: Self = Self(4);
    /// 10: timeout.
    pub const TIMEOUT: Self = Self(10);
    /// 11: the name could not be resolved for CIPOPEN.
    pub const DNS: Self = Self(11);

    /// The manual's words.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        const NAMES: [&str; 13] = [
            "succeeded",
            "network failure",
            "network not opened",
            "wrong parameter",
            "operation not supported",
            "failed to create socket",
            "failed to bind socket",
            "TCP server already listening",
            "busy",
            "sockets opened",
            "timeout",
            "DNS parse failed for CIPOPEN",
            "unknown error",
        ];
        NAMES.get(usize::from(self.0)).copied()
    }
    /// Whether it says success.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} – {}",
            self.0,
            self.name().unwrap_or("not in the manual")
        )
    }
}

const IP_ERRORS: [&str; 23] = [
    "Connection time out",
    "Bind port failed",
    "Port overflow",
    "Create socket failed",
    "Network is already opened",
    "Network is already closed",
    "No clients connected",
    "No active client",
    "Network not opened",
    "Client index overflow",
    "Connection is already created",
    "Connection is not created",
    "Invalid parameter",
    "Operation not supported",
    "DNS query failed",
    "TCP busy",
    "Netclose failed for socket opened",
    "Sending time out",
    "Sending failure for network error",
    "Open failure for network error",
    "Server is already listening",
    "No data",
    "Port overflow",
];

/// `<err_info>` of `+IP ERROR:` (SIM7600 manual section 11.6): words, or a number where CIPCCFG's errMode is 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IpError {
    /// Number 0–22, given or found by its words.
    pub number: Option<u8>,
    /// The manual's words, or the modem's own where the table does not have them.
    pub text: String,
}

impl IpError {
    /// Number 4: the stack is open already.
    pub const ALREADY_OPENED: u8 = 4;
    /// Number 8: the stack is not open.
    pub const NOT_OPENED: u8 = 8;
    /// Number 11: no such connection.
    pub const NOT_CREATED: u8 = 11;
    /// Number 21: nothing to read.
    pub const NO_DATA: u8 = 21;

    /// Reads a line `+IP ERROR: …`.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let text = super::fields::after(line, "+IP ERROR:")?;
        let number = match text.parse::<u8>() {
            Ok(n) => Some(n),
            Err(_) if text.eq_ignore_ascii_case("Operation failed") => Some(Self::NO_DATA),
            Err(_) => IP_ERRORS
                .iter()
                .position(|name| name.eq_ignore_ascii_case(text))
                .and_then(|n| u8::try_from(n).ok()),
        };
        let known = number.and_then(|n| IP_ERRORS.get(usize::from(n)));
        Some(Self {
            number,
            text: known.map_or(text, |k| k).to_owned(),
        })
    }
}

impl fmt::Display for IpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Errors of `+CNETSTART` and `+CNETSTOP`, the switch of the modem's own applications (SIM7600 manual section 18.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AppNetError(pub u8);

impl AppNetError {
    /// The manual's words.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        const NAMES: [&str; 9] = [
            "succeeded",
            "unknown error",
            "network open failed",
            "network close failed",
            "network not opened",
            "not supported",
            "busy",
            "network already opened",
            "network in use",
        ];
        NAMES.get(usize::from(self.0)).copied()
    }
}

/// `+CME ERROR` (3GPP TS 27.007 section 9.2, as SIM7600 manual section 3.3 has it; 170–191 from the older 3G family).
const CME: &[(u16, &str)] = &[
    (0, "phone failure"),
    (1, "no connection to phone"),
    (2, "phone adaptor link reserved"),
    (3, "operation not allowed"),
    (4, "operation not supported"),
    (5, "PH-SIM PIN required"),
    (6, "PH-FSIM PIN required"),
    (7, "PH-FSIM PUK required"),
    (10, "SIM not inserted"),
    (11, "SIM PIN required"),
    (12, "SIM PUK required"),
    (13, "SIM failure"),
    (14, "SIM busy"),
    (15, "SIM wrong"),
    (16, "incorrect password"),
    (17, "SIM PIN2 required"),
    (18, "SIM PUK2 required"),
    (20, "memory full"),
    (21, "invalid index"),
    (22, "not found"),
    (23, "memory failure"),
    (24, "text string too long"),
    (25, "invalid characters in text string"),
    (26, "dial string too long"),
    (27, "invalid characters in dial string"),
    (30, "no network service"),
    (31, "network timeout"),
    (32, "network not allowed - emergency calls only"),
    (40, "network personalization PIN required"),
    (41, "network personalization PUK required"),
    (42, "network subset personalization PIN required"),
    (43, "network subset personalization PUK required"),
    (44, "service provider personalization PIN required"),
    (45, "service provider personalization PUK required"),
    (46, "corporate personalization PIN required"),
    (47, "corporate personalization PUK required"),
    (100, "unknown"),
    (103, "illegal message"),
    (106, "illegal ME"),
    (107, "GPRS services not allowed"),
    (111, "PLMN not allowed"),
    (112, "location area not allowed"),
    (113, "roaming not allowed in this location area"),
    (132, "service option not supported"),
    (133, "requested service option not subscribed"),
    (134, "service option temporarily out of order"),
    (148, "unspecified GPRS error"),
    (149, "PDP authentication failure"),
    (150, "invalid mobile class"),
    (170, "unknown MMS error"),
    (171, "MMS busy"),
    (172, "MMS data over size"),
    (173, "MMS overtime"),
    (174, "MMS without receiver"),
    (175, "MMS address store full"),
    (176, "MMS address not found"),
    (177, "invalid MMS parameter"),
    (178, "MMS failed to read"),
    (179, "MMS without push message"),
    (180, "MMS memory"),
    (181, "MMS file format"),
    (182, "MMS storage full"),
    (183, "MMS box empty"),
    (184, "MMS failed to save"),
    (185, "MMS busy editing"),
    (186, "MMS not allowed to edit now"),
    (187, "MMS without content"),
    (188, "MMS failed to receive"),
    (189, "invalid MMS PDU"),
    (190, "MMS network error"),
    (191, "MMS failed to read file"),
];

/// `+CMS ERROR` (3GPP TS 27.005 section 3.2.5, as SIM7600 manual section 3.4 has it).
const CMS: &[(u16, &str)] = &[
    (300, "ME failure"),
    (301, "SMS service of ME reserved"),
    (302, "operation not allowed"),
    (303, "operation not supported"),
    (304, "invalid PDU mode parameter"),
    (305, "invalid text mode parameter"),
    (310, "SIM not inserted"),
    (311, "SIM PIN required"),
    (312, "PH-SIM PIN required"),
    (313, "SIM failure"),
    (314, "SIM busy"),
    (315, "SIM wrong"),
    (316, "SIM PUK required"),
    (317, "SIM PIN2 required"),
    (318, "SIM PUK2 required"),
    (320, "memory failure"),
    (321, "invalid memory index"),
    (322, "memory full"),
    (330, "SMSC address unknown"),
    (331, "no network service"),
    (332, "network timeout"),
    (340, "no +CNMA acknowledgement expected"),
    (341, "buffer overflow"),
    (342, "SMS size more than expected"),
    (500, "unknown error"),
];

/// What a `+CMS ERROR` of a message that was to be sent means, and what to do: number, meaning, remedy (3GPP TS 27.005 section 3.2.5;
/// below 128 the network's own cause, TS 24.011 annex E-2).
const CMS_WHY: &[(u16, &str, &str)] = &[
    (
        1,
        "the network knows no such number",
        "Check the recipient's number, with + and country code",
    ),
    (
        8,
        "the carrier bars SMS from this line",
        "Ask the carrier whether SMS is booked for this line",
    ),
    (
        10,
        "the carrier bars this line",
        "Ask the carrier whether the line is active and paid for",
    ),
    (
        21,
        "the service centre refused the message",
        "Check the recipient's number and the service centre (AT+CSCA?)",
    ),
    (
        27,
        "the recipient cannot be reached now",
        "Send again later",
    ),
    (
        28,
        "the service centre does not know this line or this recipient",
        "Check the recipient's number and AT+CSCA?",
    ),
    (
        30,
        "the service centre does not know this line",
        "Ask the carrier whether SMS is booked for this line",
    ),
    (
        38,
        "the network is out of order",
        "Send again in a few minutes",
    ),
    (
        41,
        "the network had a temporary failure",
        "Send again in a few minutes",
    ),
    (
        42,
        "the network is congested",
        "Send again in a few minutes",
    ),
    (
        50,
        "SMS is not subscribed for this line",
        "Ask the carrier to book SMS for this line",
    ),
    (
        69,
        "the network does not offer this SMS service here",
        "Ask the carrier; a data-only plan often has no SMS",
    ),
    (
        300,
        "the modem itself failed",
        "Restart the modem, then send again",
    ),
    (
        301,
        "another program uses SMS on this modem",
        "End the other program, then send again",
    ),
    (
        302,
        "the modem does not allow it in its present state",
        "Wait until SMS DONE has come after a start, then send again",
    ),
    (
        304,
        "the modem could not read the PDU",
        "This is a fault in mmscope, or the modem is in text mode: see AT+CMGF?",
    ),
    (310, "there is no SIM", "Put a SIM in, then send again"),
    (
        311,
        "the SIM wants its PIN",
        "Type AT+CPIN=\"your PIN\" in the AT line, then send again",
    ),
    (
        313,
        "the SIM failed",
        "Clean its contacts; try it in a phone",
    ),
    (314, "the SIM is busy", "Wait some seconds, then send again"),
    (
        316,
        "the SIM is locked and wants its PUK",
        "Get the PUK from the carrier",
    ),
    (
        330,
        "the modem knows no service centre",
        "Ask the carrier for its number and set it with AT+CSCA=\"+number\"",
    ),
    (
        331,
        "the modem has no network",
        "Check coverage and registration (AT+CREG?), then send again",
    ),
    (
        332,
        "the network did not acknowledge in time: the service centre may have the message all the same",
        "Look at the recipient's phone before sending it again",
    ),
    (
        500,
        "the modem gives no reason; on SIM7600 often SMS over IMS that this line does not have",
        "Send again once; see whether AT+CEREG? and AT+CREG? both say registered",
    ),
];

/// Meaning and remedy of a `+CMS ERROR` with which sending ended.
#[must_use]
pub fn cms_explained(number: u16) -> Option<(&'static str, &'static str)> {
    let row = CMS_WHY.iter().find(|(n, ..)| *n == number)?;
    Some((row.1, row.2))
}

/// The words for a `+CME ERROR` number.
#[must_use]
pub fn cme_name(number: u16) -> Option<&'static str> {
    name(CME, number)
}
/// The number for a `+CME ERROR` in words; a 3GPP cause in parentheses after them is passed over.
#[must_use]
pub fn cme_number(text: &str) -> Option<u16> {
    number(CME, text)
}
/// The words for a `+CMS ERROR` number.
#[must_use]
pub fn cms_name(number: u16) -> Option<&'static str> {
    name(CMS, number)
}
/// The number for a `+CMS ERROR` in words.
#[must_use]
pub fn cms_number(text: &str) -> Option<u16> {
    number(CMS, text)
}

fn name(table: &[(u16, &'static str)], number: u16) -> Option<&'static str> {
    table.iter().find(|(n, _)| *n == number).map(|(_, t)| *t)
}

fn number(table: &[(u16, &'static str)], text: &str) -> Option<u16> {
    let words = plain(text.split('(').next().unwrap_or_default());
    table
        .iter()
        .find(|(_, t)| plain(t) == words)
        .map(|(n, _)| *n)
}

/// Letters and digits only, so that `PUK required` with one blank more or a dash for a hyphen is still found.
fn plain(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
