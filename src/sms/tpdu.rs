//! SMS-SUBMIT, SMS-DELIVER and SMS-STATUS-REPORT, both ways (3GPP TS 23.040 section 9.2.2).
//!
//! Comes in: octets as `AT+CMGL`, `AT+CMGR` and `+CMT` give them, or a message. Goes out: the other. Reading never panics and says what is wrong; user
//! data that is shorter than announced is read as far as it goes.
use super::address::Address;
use super::data::{Alphabet, UserData};
use thiserror::Error;

/// Why octets are no TPDU that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TpduError {
    /// They end too early.
    #[error("the TPDU ends inside {part}")]
    Short {
        /// Inside what.
        part: &'static str,
    },
    /// Another kind of TPDU than one of the three.
    #[error("a TPDU of type {0}, which is none of SMS-DELIVER, SMS-SUBMIT and SMS-STATUS-REPORT")]
    Kind(u8),
    /// It does not fit into one message.
    #[error("the user data does not fit into one message (140 octets with its header)")]
    Long,
}

/// A moment as an SMS says it: local time of the service centre and its distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Year, month, day, hour, minute, second, in two digits each as they stand; the year counts from 2000.
    pub parts: [u8; 6],
    /// Quarters of an hour ahead of UTC, -79..=79: more than its half octets can say is cut to that.
    pub quarters: i8,
}

impl Moment {
    pub(super) fn read(octets: &[u8; 7]) -> Moment {
        let two = |octet: u8| (octet & 15) * 10 + (octet >> 4);
        let [year, month, day, hour, minute, second, zone] = *octets;
        // Bit 3 of the first half octet is the sign.
        let quarters = i8::try_from(two(zone & !8).min(79)).unwrap_or(0);
        Moment {
            parts: [year, month, day, hour, minute, second].map(two),
            quarters: if zone & 8 == 0 { quarters } else { -quarters },
        }
    }

    fn octets(self) -> [u8; 7] {
        let two = |value: u8| ((value % 10) << 4) | (value / 10 % 16);
        let [year, month, day, hour, minute, second] = self.parts.map(two);
        let zone =
            two(self.quarters.unsigned_abs().min(79)) | if self.quarters < 0 { 8 } else { 0 };
        [year, month, day, hour, minute, second, zone]
    }
}

/// Shows `2011-03-29T19:20:04+04:00`.
impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [year, month, day, hour, minute, second] = self.parts;
        let minutes = u32::from(self.quarters.unsigned_abs()) * 15;
        let sign = if self.quarters < 0 { '-' } else { '+' };
        write!(
            f,
            "20{year:02}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
            minutes / 60,
            minutes % 60
        )
    }
}

/// TP-Validity-Period of an SMS-SUBMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validity {
    /// One octet, relative (TS 23.040 section 9.2.3.12.1): `AA` is four days.
    Relative(u8),
    /// Seven octets of the enhanced form, as they stand.
    Enhanced([u8; 7]),
    /// Until a moment.
    Absolute(Moment),
}

/// SMS-SUBMIT: a message on its way to the service centre.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Submit {
    /// TP-MR; the modem puts its own number in.
    pub reference: u8,
    /// TP-DA.
    pub to: Address,
    /// TP-PID.
    pub protocol: u8,
    /// TP-DCS.
    pub coding: u8,
    /// TP-VP.
    pub validity: Option<Validity>,
    /// TP-RD: refuse a second message with the same reference.
    pub reject_duplicates: bool,
    /// TP-SRR: an SMS-STATUS-REPORT is wanted.
    pub report: bool,
    /// TP-RP.
    pub reply_path: bool,
    /// TP-UD.
    pub data: UserData,
}

impl Submit {
    /// A message with nothing asked for.
    #[must_use]
    pub fn new(to: Address, data: UserData) -> Submit {
        Submit {
            reference: 0,
            to,
            protocol: 0,
            coding: data.content.alphabet().dcs(),
            validity: None,
            reject_duplicates: false,
            report: false,
            reply_path: false,
            data,
        }
    }
}

/// SMS-DELIVER: a message that came in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Deliver {
    /// TP-OA.
    pub from: Address,
    /// TP-PID.
    pub protocol: u8,
    /// TP-DCS.
    pub coding: u8,
    /// TP-SCTS: when the service centre got it.
    pub at: Moment,
    /// No more messages wait (TP-MMS, which says it the other way round).
    pub last: bool,
    /// TP-SRI: a report goes back to the sender.
    pub report: bool,
    /// TP-RP.
    pub reply_path: bool,
    /// TP-UD.
    pub data: UserData,
    /// The user data was as long as announced.
    pub whole: bool,
}

/// SMS-STATUS-REPORT: what became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StatusReport {
    /// TP-MR of the message.
    pub reference: u8,
    /// TP-RA: whom it was for.
    pub to: Address,
    /// TP-SCTS: when the service centre got it.
    pub at: Moment,
    /// TP-DT: when it was delivered, or last tried.
    pub done: Moment,
    /// TP-ST: `00` delivered, `20..3F` still trying, `40..` failed (TS 23.040 section 9.2.3.15).
    pub status: u8,
    /// No more messages wait.
    pub last: bool,
}

impl StatusReport {
    /// Whether it was delivered, will yet be (`None`), or not.
    #[must_use]
    pub fn delivered(&self) -> Option<bool> {
        match self.status {
            0x00..=0x02 => Some(true),
            0x20..=0x3F => None,
            _ => Some(false),
        }
    }
}

/// One of the three.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Tpdu {
    /// A message that came in.
    Deliver(Deliver),
    /// A message on its way.
    Submit(Submit),
    /// What became of one.
    StatusReport(StatusReport),
}

/// Takes the service centre's address off the front of what a modem shows in PDU mode (3GPP TS 27.005): the address, and the TPDU.
///
/// # Errors
/// It ends inside the address.
pub fn split_centre(octets: &[u8]) -> Result<(Option<Address>, &[u8]), TpduError> {
    let short = TpduError::Short {
        part: "the service centre's address",
    };
    let (&length, rest) = octets.split_first().ok_or(short.clone())?;
    let length = usize::from(length);
    let tpdu = rest.get(length..).ok_or(short)?;
    let address = Address::read(&rest[..length], length.saturating_sub(1) * 2);
    Ok((address.map(|(address, _)| address), tpdu))
}

/// The TPDU with the service centre's address in front, as `AT+CMGS` wants it; `00` lets the SIM say which.
#[must_use]
pub fn with_centre(centre: Option<&Address>, tpdu: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(tpdu.len() + 12);
    match centre {
        Some(centre) => centre.write_centre(&mut out),
        None => out.push(0),
    }
    out.extend_from_slice(tpdu);
    out
}

/// A place in a TPDU.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn octet(&mut self, part: &'static str) -> Result<u8, TpduError> {
        let (&octet, rest) = self.0.split_first().ok_or(TpduError::Short { part })?;
        self.0 = rest;
        Ok(octet)
    }

    fn seven(&mut self, part: &'static str) -> Result<[u8; 7], TpduError> {
        let (seven, rest) = self
            .0
            .split_first_chunk()
            .ok_or(TpduError::Short { part })?;
        self.0 = rest;
        Ok(*seven)
    }

    fn address(&mut self, part: &'static str) -> Result<Address, TpduError> {
        let length = usize::from(self.octet(part)?);
        let (address, taken) = Address::read(self.0, length).ok_or(TpduError::Short { part })?;
        self.0 = &self.0[taken..];
        Ok(address)
    }

    fn data(&mut self, coding: u8, header: bool) -> Result<(UserData, bool), TpduError> {
        let length = self.octet("the length of the user data")?;
        Ok(UserData::read(self.0, length, Alphabet::of(coding), header))
    }
}

impl Tpdu {
    /// Reads a TPDU that a modem received or stored: 00 is SMS-DELIVER, 01 SMS-SUBMIT, 10 SMS-STATUS-REPORT.
    ///
    /// # Errors
    /// It ends too early, or is of another kind.
    pub fn read(octets: &[u8]) -> Result<Tpdu, TpduError> {
        let mut reader = Reader(octets);
        let first = reader.octet("its first octet")?;
        let flag = |bit: u8| first & bit != 0;
        match first & 3 {
            0 => {
                let from = reader.address("the sender's address")?;
                let protocol = reader.octet("TP-PID")?;
                let coding = reader.octet("TP-DCS")?;
                let at = Moment::read(&reader.seven("TP-SCTS")?);
                let (data, whole) = reader.data(coding, flag(0x40))?;
                Ok(Tpdu::Deliver(Deliver {
                    from,
                    protocol,
                    coding,
                    at,
                    last: flag(4),
                    report: flag(0x20),
                    reply_path: flag(0x80),
                    data,
                    whole,
                }))
            }
            1 => {
                let reference = reader.octet("TP-MR")?;
                let to = reader.address("the recipient's address")?;
                let protocol = reader.octet("TP-PID")?;
                let coding = reader.octet("TP-DCS")?;
                let validity = match first >> 3 & 3 {
                    0 => None,
                    1 => Some(Validity::Enhanced(reader.seven("TP-VP")?)),
                    2 => Some(Validity::Relative(reader.octet("TP-VP")?)),
                    _ => Some(Validity::Absolute(Moment::read(&reader.seven("TP-VP")?))),
                };
                let (data, _) = reader.data(coding, flag(0x40))?;
                Ok(Tpdu::Submit(Submit {
                    reference,
                    to,
                    protocol,
                    coding,
                    validity,
                    reject_duplicates: flag(4),
                    report: flag(0x20),
                    reply_path: flag(0x80),
                    data,
                }))
            }
            2 => Ok(Tpdu::StatusReport(StatusReport {
                reference: reader.octet("TP-MR")?,
                to: reader.address("the recipient's address")?,
                at: Moment::read(&reader.seven("TP-SCTS")?),
                done: Moment::read(&reader.seven("TP-DT")?),
                status: reader.octet("TP-ST")?,
                last: flag(4),
            })),
            kind => Err(TpduError::Kind(kind)),
        }
    }

    /// The octets, without the service centre's address.
    ///
    /// # Errors
    /// The user data does not fit.
    pub fn octets(&self) -> Result<Vec<u8>, TpduError> {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        let header = |data: &UserData| bit(!data.header.elements.is_empty(), 0x40);
        let mut out = Vec::with_capacity(175);
        match self {
            Tpdu::Deliver(deliver) => {
                out.push(
                    bit(deliver.last, 4)
                        | bit(deliver.report, 0x20)
                        | header(&deliver.data)
                        | bit(deliver.reply_path, 0x80),
                );
                deliver.from.write(&mut out);
                out.extend([deliver.protocol, deliver.coding]);
                out.extend(deliver.at.octets());
                out.extend(deliver.data.octets().ok_or(TpduError::Long)?);
            }
            Tpdu::Submit(submit) => {
                let form = match submit.validity {
                    None => 0,
                    Some(Validity::Enhanced(_)) => 0x08,
                    Some(Validity::Relative(_)) => 0x10,
                    Some(Validity::Absolute(_)) => 0x18,
                };
                out.push(
                    1 | bit(submit.reject_duplicates, 4)
                        | form
                        | bit(submit.report, 0x20)
                        | header(&submit.data)
                        | bit(submit.reply_path, 0x80),
                );
                out.push(submit.reference);
                submit.to.write(&mut out);
                out.extend([submit.protocol, submit.coding]);
                match submit.validity {
                    None => {}
                    Some(Validity::Relative(octet)) => out.push(octet),
                    Some(Validity::Enhanced(octets)) => out.extend(octets),
                    Some(Validity::Absolute(moment)) => out.extend(moment.octets()),
                }
                out.extend(submit.data.octets().ok_or(TpduError::Long)?);
            }
            Tpdu::StatusReport(report) => {
                out.extend([2 | bit(report.last, 4), report.reference]);
                report.to.write(&mut out);
                out.extend(report.at.octets());
                out.extend(report.done.octets());
                out.push(report.status);
            }
        }
        Ok(out)
    }
}
