//! How short messages look on the line, in PDU mode and in text mode. Comes in: a TPDU and the settings that matter. Goes out:
//! lines. Never here: which of them is said when.
//!
//! Source: 3GPP TS 27.005 sections 3.4 (text mode), 4.1 and 4.2 (PDU mode); manual V3.00, chapter 9.
use super::mailbox::Stored;
use crate::sms::{Address, Alphabet, Content, Moment, StatusReport, Tpdu, UserData, with_centre};

/// The settings that shape what is shown.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// `AT+CMGF=1`.
    pub text_mode: bool,
    /// `AT+CSDH=1`: text mode shows the fields of the header.
    pub header: bool,
    /// `AT+CSCS="UCS2"`.
    pub ucs2: bool,
    /// The service centre that stands in front of a PDU.
    pub centre: Option<Address>,
}

impl View {
    /// `+CMT` or `+CDS` with the line that belongs to it.
    pub fn routed(&self, tpdu: &Tpdu) -> String {
        match (tpdu, self.text_mode) {
            (Tpdu::StatusReport(report), true) => format!("+CDS: {}", fields(report)),
            (Tpdu::StatusReport(_), false) => {
                let (length, pdu) = self.pdu(tpdu);
                format!("+CDS: {length}\r\n{pdu}")
            }
            (_, true) => format!(
                "+CMT: {}{}\r\n{}",
                self.sender(tpdu),
                self.details(tpdu),
                self.body(tpdu)
            ),
            (_, false) => {
                let (length, pdu) = self.pdu(tpdu);
                format!("+CMT: \"\",{length}\r\n{pdu}")
            }
        }
    }

    /// What `AT+CMGR` answers.
    pub fn read(&self, stored: &Stored) -> String {
        let mark = stored.mark;
        if !self.text_mode {
            let (length, pdu) = self.pdu(&stored.tpdu);
            return format!("+CMGR: {},\"\",{length}\r\n{pdu}", mark as u8);
        }
        match &stored.tpdu {
            Tpdu::StatusReport(report) => {
                format!("+CMGR: \"{}\",{}", mark.word(), fields(report))
            }
            tpdu => format!(
                "+CMGR: \"{}\",{}{}\r\n{}",
                mark.word(),
                self.sender(tpdu),
                self.details(tpdu),
                self.body(tpdu)
            ),
        }
    }

    /// One message of what `AT+CMGL` answers.
    pub fn listed(&self, place: u16, stored: &Stored) -> String {
        let mark = stored.mark;
        if !self.text_mode {
            let (length, pdu) = self.pdu(&stored.tpdu);
            return format!("+CMGL: {place},{},\"\",{length}\r\n{pdu}", mark as u8);
        }
        match &stored.tpdu {
            Tpdu::StatusReport(report) => {
                format!("+CMGL: {place},\"{}\",{}", mark.word(), fields(report))
            }
            tpdu => format!(
                "+CMGL: {place},\"{}\",{}{}\r\n{}",
                mark.word(),
                self.sender(tpdu),
                self.listed_details(tpdu),
                self.body(tpdu)
            ),
        }
    }

    fn pdu(&self, tpdu: &Tpdu) -> (usize, String) {
        // Only what fits into a message is ever sent to the module.
        let octets = tpdu.octets().unwrap_or_default();
        (
            octets.len(),
            hex(&with_centre(self.centre.as_ref(), &octets)),
        )
    }

    fn sender(&self, tpdu: &Tpdu) -> String {
        match tpdu {
            Tpdu::Deliver(deliver) => format!(
                "\"{}\",\"\",\"{}\"",
                self.word(&deliver.from.shown()),
                stamp(deliver.at)
            ),
            _ => String::new(),
        }
    }

    /// Type of the address, first octet, protocol, coding, service centre and its type, length.
    fn details(&self, tpdu: &Tpdu) -> String {
        let (Tpdu::Deliver(deliver), true) = (tpdu, self.header) else {
            return String::new();
        };
        let first = tpdu.octets().map_or(0, |octets| octets[0]);
        let (centre, kind) = match &self.centre {
            Some(centre) => (centre.shown(), centre.kind),
            None => (String::new(), 129),
        };
        format!(
            ",{},{first},{},{},\"{centre}\",{kind},{}",
            deliver.from.kind,
            deliver.protocol,
            deliver.coding,
            length(&deliver.data)
        )
    }

    fn listed_details(&self, tpdu: &Tpdu) -> String {
        match (tpdu, self.header) {
            (Tpdu::Deliver(deliver), true) => {
                format!(",{},{}", deliver.from.kind, length(&deliver.data))
            }
            _ => String::new(),
        }
    }

    /// The text in the character set of the line; hexadecimal where it is none that the line can show: octets, UCS-2, or behind a header.
    fn body(&self, tpdu: &Tpdu) -> String {
        let Tpdu::Deliver(deliver) = tpdu else {
            return String::new();
        };
        let data = &deliver.data;
        match (&data.content, data.header.elements.is_empty()) {
            (Content::Gsm7(_), true) => self.word(&data.content.to_text().unwrap_or_default()),
            _ => hex(data
                .octets()
                .unwrap_or_default()
                .get(1..)
                .unwrap_or_default()),
        }
    }

    fn word(&self, text: &str) -> String {
        if self.ucs2 {
            let octets: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            return hex(&octets);
        }
        text.chars()
            .map(|character| if character.is_ascii() { character } else { '?' })
            .collect()
    }
}

/// First octet, reference, recipient and its type, both times, status.
fn fields(report: &StatusReport) -> String {
    let first = if report.last { 6 } else { 2 };
    format!(
        "{first},{},\"{}\",{},\"{}\",\"{}\",{}",
        report.reference,
        report.to.shown(),
        report.to.kind,
        stamp(report.at),
        stamp(report.done),
        report.status
    )
}

/// TP-UDL.
fn length(data: &UserData) -> u8 {
    data.octets().map_or(0, |octets| octets[0])
}

fn stamp(moment: Moment) -> String {
    let [year, month, day, hour, minute, second] = moment.parts;
    format!(
        "{year:02}/{month:02}/{day:02},{hour:02}:{minute:02}:{second:02}{:+03}",
        moment.quarters
    )
}

pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// The message class that a coding scheme names (TS 23.038 section 4); `None` for one without.
pub(super) fn class(coding: u8) -> Option<u8> {
    match coding {
        0x00..=0x7F if coding & 0x10 != 0 => Some(coding & 3),
        0xF0..=0xFF => Some(coding & 3),
        _ => None,
    }
}

/// A text as typed in text mode, in the alphabet that `AT+CSMP` asks for; `None` where it cannot be said in it.
pub(super) fn typed(text: &[u8], ucs2: bool, coding: u8) -> Option<Content> {
    let text = if ucs2 {
        let octets = unhex(std::str::from_utf8(text).ok()?)?;
        let units = octets.chunks_exact(2);
        let units: Vec<u16> = units
            .map(|two| u16::from_be_bytes([two[0], two[1]]))
            .collect();
        String::from_utf16(&units).ok()?
    } else {
        let plain = |&octet: &u8| if octet < 0x80 { char::from(octet) } else { '?' };
        text.iter().map(plain).collect()
    };
    Some(match Alphabet::of(coding) {
        Alphabet::Gsm7 => Content::Gsm7(crate::sms::to_septets(&text)?),
        Alphabet::Ucs2 => Content::Ucs2(text.encode_utf16().collect()),
        Alphabet::Octets => Content::Octets(text.into_bytes()),
    })
}

/// The octets of an even number of hexadecimal digits.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| {
            let digit = |place: usize| char::from(pair[place]).to_digit(16);
            u8::try_from(digit(0)? * 16 + digit(1)?).ok()
        })
        .collect()
}
