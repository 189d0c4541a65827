//! What a world says about the module, its card and the radio.
use serde::Deserialize;

use super::values::{Apn, Cid, PdpType};

/// The module and its firmware. The defaults are a SIM7600G-H.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FirmwareSpec {
    /// `AT+CGMI`.
    pub manufacturer: String,
    /// `AT+CGMM`.
    pub model: String,
    /// `AT+CGMR`.
    pub revision: String,
    /// `AT+CGSN`, 15 digits.
    pub imei: String,
    /// Commands that this firmware lacks, without the plus sign: `["CGCONTRDP", "CESQ"]`.
    pub missing: Vec<String>,
    /// `AT+CFUN` when the bench is switched on, and after a restart: 1, or 0 and 4 with the radio off.
    pub functionality: u8,
    /// How connection attempts end on this firmware.
    pub signature: Signatures,
    /// Ways in which firmware differs.
    pub quirks: Quirks,
    /// How long things take.
    pub timing: Timing,
    /// The clock of the module when the bench is switched on, `YYYY-MM-DDThh:mm:ss`.
    pub clock: jiff::civil::DateTime,
    /// Quarter hours east of UTC, as `+CCLK` prints them.
    pub zone_quarters: i8,
}

impl Default for FirmwareSpec {
    fn default() -> Self {
        FirmwareSpec {
            manufacturer: "SIMCOM INCORPORATED".into(),
            model: "SIMCOM_SIM7600G-H".into(),
            revision: "LE20B04SIM7600G22".into(),
            imei: "490154203237518".into(),
            missing: Vec::new(),
            functionality: 1,
            signature: Signatures::default(),
            quirks: Quirks::default(),
            timing: Timing::default(),
            clock: jiff::civil::date(2026, 11, 22).at(4, 15, 0, 0),
            zone_quarters: -20,
        }
    }
}

/// What this firmware answers to `AT+CIPOPEN` in each situation: shape, code and time. No two firmwares need agree.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signatures {
    /// The peer accepts; the time is added to the round trip.
    pub open: Signature,
    /// A reset comes back; the time is added to the round trip.
    pub refused: Signature,
    /// Nothing comes back.
    pub silent: Signature,
    /// The network says that it cannot; the time is added to the round trip.
    pub unreachable: Signature,
    /// The link number is in use.
    pub busy_link: Signature,
    /// Another open is pending on firmware that does one at a time.
    pub busy_stack: Signature,
    /// The name does not resolve; the time is added to that of the lookup.
    pub dns_fail: Signature,
    /// The socket stack is not open.
    pub no_stack: Signature,
}

impl Default for Signatures {
    fn default() -> Self {
        let late = |code, after| Signature {
            shape: Phase::Late,
            code,
            after_ms: after,
        };
        let at_once = |code| Signature {
            shape: Phase::AtOnce,
            code,
            after_ms: When::Ms(0),
        };
        Signatures {
            open: late(0, When::Ms(60)),
            refused: late(4, When::Ms(400)),
            silent: late(10, When::Timeout),
            unreachable: late(1, When::Ms(300)),
            busy_link: at_once(4),
            busy_stack: at_once(8),
            dns_fail: late(11, When::Ms(100)),
            no_stack: at_once(2),
        }
    }
}

/// One row of the signature table.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Before or after `OK`.
    pub shape: Phase,
    /// The `<err>` number; 0 is success.
    pub code: u8,
    /// After how long.
    #[serde(default)]
    pub after_ms: When,
}

/// Where the result stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// `OK` first, the result later.
    Late,
    /// The result first, then `ERROR` (or `OK` where it is a success).
    AtOnce,
}

/// When a result comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WhenText")]
pub enum When {
    /// After so many ms.
    Ms(u64),
    /// At the open limit of `AT+CIPTIMEOUT`.
    Timeout,
}

impl Default for When {
    fn default() -> Self {
        When::Ms(0)
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a number of milliseconds, or \"timeout\"")]
enum WhenText {
    Ms(u64),
    Word(String),
}

impl TryFrom<WhenText> for When {
    type Error = String;

    fn try_from(text: WhenText) -> Result<Self, String> {
        match text {
            WhenText::Ms(ms) => Ok(When::Ms(ms)),
            WhenText::Word(word) if word == "timeout" => Ok(When::Timeout),
            WhenText::Word(word) => Err(format!(
                "{word:?} is no time: give milliseconds or \"timeout\""
            )),
        }
    }
}

/// Ways in which firmware differs. The defaults are the common case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quirks {
    /// Echo when the bench is switched on; factory setting is on.
    pub echo: bool,
    /// With echo on, what is typed behind a prompt comes back as well.
    pub echo_payload: bool,
    /// A blank follows the prompt's `>`.
    pub prompt_blank: bool,
    /// Errors are bare `ERROR` whatever `AT+CMEE` says.
    pub bare_errors: bool,
    /// The 3GPP cause follows the words of a `+CME ERROR`, as in `(#33)`.
    pub cause_in_error: bool,
    /// `AT+NETOPEN` answers bare `ERROR`.
    pub netopen_error: bool,
    /// `AT+NETOPEN` stays on this context whatever `AT+CSOCKSETPN` says.
    pub stack_cid: Option<Cid>,
    /// The socket stack is open already when the bench is switched on.
    pub stack_open: bool,
    /// Links that another program has left open when the bench is switched on.
    pub busy_links: Vec<u8>,
    /// Links that are in use although neither `AT+CIPOPEN?` nor `AT+CIPCLOSE?` shows them; as many numbers as there are here answer
    /// as a busy link does.
    pub hidden_links: Vec<u8>,
    /// Another program's connect on link 9 begins with the first connect of the host and takes so many ms to fail.
    pub foreign_open_ms: Option<u64>,
    /// Which uses of `AT+CIPSEND`, counted from 1 since switching on, never leave: their count is 0 at the send limit.
    pub lost_chunks: Vec<u64>,
    /// `+CME ERROR` and `+IP ERROR` come as numbers whatever the settings say.
    pub numeric_errors: bool,
    /// `AT+NETOPEN?` answers with a second number, as early firmware does.
    pub old_netopen: bool,
    /// Several `AT+CIPOPEN` may be pending.
    pub parallel_opens: bool,
    /// `AT+CDNSGIP` fails for every name, whatever the resolvers say.
    pub lookup_fails: bool,
    /// Connections of the module's own sockets to these ports end as silence does, whatever the network says.
    pub deaf_ports: Vec<u16>,
    /// Every `AT+CIPOPEN` is refused by the module itself, in the shape of `busy_link`.
    pub refuses_opens: bool,
    /// The module answers nothing at all.
    pub mute: bool,
    /// A literal IPv6 address is accepted by `AT+CIPOPEN`.
    pub ipv6_literals: bool,
    /// What a link still holds stays readable after the peer has closed it.
    pub keeps_data: bool,
    /// Deactivating context 1 detaches the module.
    pub cid1_detaches: bool,
    /// How `AT+CPSI?` prints RSRQ, RSRP and RSSI.
    pub signal_units: SignalUnits,
    /// Every write to the line carries at most so many octets; 0: no limit.
    pub fragment_octets: usize,
    /// Pause between two such writes, ms.
    pub fragment_gap_ms: u64,
    /// Lines that come by themselves, in turn.
    pub noise: Vec<String>,
    /// Every so many ms; 0: never.
    pub noise_ms: u64,
    /// A line of the noise stands before and after each block of an answer.
    pub noise_in_answers: bool,
    /// So many octets of nonsense reach the first host before anything else.
    pub garbage_octets: usize,
    /// The serial line is lost once so many octets have gone through `AT+CIPSEND`; the module goes on.
    pub vanish_after_octets: Option<u64>,
    /// The module restarts by itself so many ms after the bench is switched on.
    pub reboot_after_ms: Option<u64>,
    /// The module restarts by itself once so many octets have gone through `AT+CIPSEND`.
    pub reboot_after_octets: Option<u64>,
}

impl Default for Quirks {
    fn default() -> Self {
        Quirks {
            echo: true,
            echo_payload: true,
            prompt_blank: false,
            bare_errors: false,
            cause_in_error: false,
            netopen_error: false,
            stack_cid: None,
            stack_open: false,
            busy_links: Vec::new(),
            hidden_links: Vec::new(),
            foreign_open_ms: None,
            lost_chunks: Vec::new(),
            numeric_errors: false,
            old_netopen: false,
            parallel_opens: true,
            lookup_fails: false,
            deaf_ports: Vec::new(),
            refuses_opens: false,
            mute: false,
            ipv6_literals: false,
            keeps_data: true,
            cid1_detaches: false,
            signal_units: SignalUnits::Tenths,
            fragment_octets: 0,
            fragment_gap_ms: 1,
            noise: Vec::new(),
            noise_ms: 0,
            noise_in_answers: false,
            garbage_octets: 0,
            vanish_after_octets: None,
            reboot_after_ms: None,
            reboot_after_octets: None,
        }
    }
}

/// Units of `AT+CPSI?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignalUnits {
    /// Tenths of dB and dBm: SIM7600.
    Tenths,
    /// Whole dB and dBm: SIM7670G.
    Whole,
    /// Indexes of TS 27.007: A7670.
    Index,
}

/// How long things take, ms.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// An ordinary answer.
    pub answer_ms: u64,
    /// `AT+NETOPEN`, from `OK` to the result, beyond the activation of a context.
    pub netopen_ms: u64,
    /// `AT+NETOPEN`, from `OK` to a failure.
    pub netopen_fail_ms: u64,
    /// `AT+NETCLOSE`.
    pub netclose_ms: u64,
    /// `AT+CIPCLOSE`.
    pub cipclose_ms: u64,
    /// From the last octet of a `AT+CIPSEND` to its result.
    pub send_ms: u64,
    /// A restart, until `RDY`.
    pub boot_ms: u64,
    /// From `RDY` to `SMS DONE`.
    pub sms_done_ms: u64,
    /// From `SMS DONE` to `PB DONE`.
    pub pb_done_ms: u64,
    /// From radio on to registered.
    pub register_ms: u64,
    /// `AT+COPS=?`.
    pub scan_ms: u64,
    /// `AT+CMGS`, from Ctrl-Z to its result.
    pub sms_ms: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            answer_ms: 15,
            netopen_ms: 900,
            netopen_fail_ms: 5000,
            netclose_ms: 700,
            cipclose_ms: 150,
            send_ms: 20,
            boot_ms: 23_000,
            sms_done_ms: 4800,
            pb_done_ms: 4400,
            register_ms: 5000,
            scan_ms: 45_000,
            sms_ms: 2600,
        }
    }
}

/// The card.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SimSpec {
    /// Whether there is one.
    pub present: bool,
    /// A PIN that is asked for.
    pub pin: Option<String>,
    /// Tries that the PIN has left, 0 to 3; with none the PUK is asked for.
    pub pin_tries: u8,
    /// The key that unblocks the PIN.
    pub puk: String,
    /// Tries that the PUK has left, 0 to 10; with none the card is dead.
    pub puk_tries: u8,
    /// International mobile subscriber identity.
    pub imsi: String,
    /// Digits of the mobile network code in the IMSI, 2 or 3.
    pub mnc_digits: u8,
    /// Number of the card.
    pub iccid: String,
    /// The line's number as the network knows it, E.164; the MMSC takes it as the sender.
    pub number: Option<String>,
    /// Whether `AT+CNUM` tells it.
    pub number_on_card: bool,
    /// Group identifier level 1, hexadecimal.
    pub gid1: Option<String>,
    /// Service provider name.
    pub spn: Option<String>,
    /// The short message service centre.
    pub smsc: String,
    /// Places for short messages on the card, and how many hold one.
    pub mailbox: MailboxSpec,
}

impl Default for SimSpec {
    fn default() -> Self {
        SimSpec {
            present: true,
            pin: None,
            pin_tries: 3,
            puk: "12345678".into(),
            puk_tries: 10,
            imsi: "001010123456789".into(),
            mnc_digits: 2,
            iccid: "8901240000000000123".into(),
            number: Some("+12025550199".into()),
            number_on_card: true,
            gid1: None,
            spn: None,
            smsc: "+12025550100".into(),
            mailbox: MailboxSpec::default(),
        }
    }
}

/// Room for short messages on the card.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailboxSpec {
    /// Places.
    pub places: u16,
    /// How many of them are taken.
    pub used: u16,
}

impl Default for MailboxSpec {
    fn default() -> Self {
        MailboxSpec {
            places: 30,
            used: 0,
        }
    }
}

/// Registration and signal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RadioSpec {
    /// What registration comes to once the radio is on and the card is ready.
    pub registration: Registration,
    /// `AT+CREG` where it differs, as on networks with LTE only.
    pub circuit_switched: Option<Registration>,
    /// Cause of a reject, told by `AT+CEER`.
    pub reject_cause: Option<String>,
    /// Long name of the operator.
    pub operator: String,
    /// Short name of the operator.
    pub operator_short: String,
    /// Mobile country and network code of the cell, `001-01`.
    pub mcc_mnc: String,
    /// Tracking area code.
    pub tac: u16,
    /// Cell identity.
    pub cell: u32,
    /// Physical cell identity.
    pub physical_cell: u16,
    /// Band, as in `EUTRAN-BAND4`.
    pub band: u8,
    /// Channel number.
    pub earfcn: u32,
    /// Bandwidth downlink and uplink, 0..5 for 1.4 to 20 MHz.
    pub bandwidth: u8,
    /// `AT+CSQ`, 0..31 or 99.
    pub csq: u8,
    /// `AT+CSQ` while there is no service, 0 to 31 or 99: cells that are heard and do not take this modem.
    pub heard: u8,
    /// Reference signal received quality, dB.
    pub rsrq: f64,
    /// Reference signal received power, dBm.
    pub rsrp: f64,
    /// Received signal strength, dBm.
    pub rssi: f64,
    /// Signal to noise, dB.
    pub snr: i16,
}

impl Default for RadioSpec {
    fn default() -> Self {
        RadioSpec {
            registration: Registration::Home,
            circuit_switched: None,
            reject_cause: None,
            operator: "Test Mobile".into(),
            operator_short: "Test".into(),
            mcc_mnc: "001-01".into(),
            tac: 0x2A1B,
            cell: 27_447_297,
            physical_cell: 211,
            band: 4,
            earfcn: 2175,
            bandwidth: 5,
            csq: 21,
            heard: 99,
            rsrq: -9.4,
            rsrp: -98.7,
            rssi: -67.1,
            snr: 13,
        }
    }
}

/// State of registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Not searching.
    Off,
    /// Home network.
    Home,
    /// Searching.
    Searching,
    /// Denied.
    Denied,
    /// Roaming.
    Roaming,
}

impl Registration {
    /// The `<stat>` of TS 27.007.
    pub fn stat(self) -> u8 {
        match self {
            Registration::Off => 0,
            Registration::Home => 1,
            Registration::Searching => 2,
            Registration::Denied => 3,
            Registration::Roaming => 5,
        }
    }

    /// Whether there is service.
    pub fn has_service(self) -> bool {
        matches!(self, Registration::Home | Registration::Roaming)
    }
}

/// A PDP context in the module's memory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its number.
    pub cid: Cid,
    /// The type asked for.
    #[serde(rename = "type")]
    pub kind: PdpType,
    /// The access point asked for.
    pub apn: Apn,
    /// Whether it is active when the bench is switched on (context 1 is, wherever there is service and its APN is granted).
    #[serde(default)]
    pub active: bool,
}
