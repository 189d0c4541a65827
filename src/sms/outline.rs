//! A TPDU field by field: which octets, what they are called, where the specification speaks of them, and what they say.
//!
//! In: octets as a modem shows them, without the service centre's address. Out: rows in the order of the octets. Never here: guessing what is no TPDU.
use super::address::Address;
use super::data::{Alphabet, UserData};
use super::tpdu::{Moment, TpduError};
use serde::Serialize;
use std::ops::Range;

/// A field of a TPDU (3GPP TS 23.040 unless its section names another specification).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its octets; flags of one octet share it.
    #[serde(skip)]
    pub range: Range<usize>,
    /// Its first octet, counted from 0.
    pub offset: usize,
    /// Its name, such as `TP-OA`.
    pub name: &'static str,
    /// The section that defines it.
    pub section: &'static str,
    /// What it says, in words.
    pub value: String,
}

/// What a TPDU holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// `SMS-DELIVER`, `SMS-SUBMIT` or `SMS-STATUS-REPORT`.
    pub kind: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
    /// TP-UD; none in a report.
    pub data: Option<UserData>,
    /// Octets that belong to it, from the first on; what is behind them is something else.
    pub length: usize,
}

/// The fields of a TPDU.
///
/// # Errors
/// It ends too early, is of another kind, or an address has no type (bit 7 of the type is always set, section 9.1.2.5).
pub fn outline(octets: &[u8]) -> Result<Outline, TpduError> {
    let mut walk = Walk {
        octets,
        at: 0,
        fields: Vec::new(),
    };
    let first = walk.octet("its first octet")?;
    let (kind, data) = match first & 3 {
        0 => ("SMS-DELIVER", Some(walk.deliver(first)?)),
        1 => ("SMS-SUBMIT", Some(walk.submit(first)?)),
        2 => {
            walk.report(first)?;
            ("SMS-STATUS-REPORT", None)
        }
        other => return Err(TpduError::Kind(other)),
    };
    Ok(Outline {
        kind,
        fields: walk.fields,
        data,
        length: walk.at,
    })
}

struct Walk<'a> {
    octets: &'a [u8],
    at: usize,
    fields: Vec<Field>,
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: usize, part: &'static str) -> Result<&'a [u8], TpduError> {
        let end = self.at.saturating_add(count);
        let taken = self.octets.get(self.at..end);
        let taken = taken.ok_or(TpduError::Short { part })?;
        self.at = end;
        Ok(taken)
    }

    fn octet(&mut self, part: &'static str) -> Result<u8, TpduError> {
        let octet = self.take(1, part)?.first().copied();
        octet.ok_or(TpduError::Short { part })
    }

    fn put(&mut self, name: &'static str, section: &'static str, from: usize, value: String) {
        self.fields.push(Field {
            range: from..self.at,
            offset: from,
            name,
            section,
            value,
        });
    }

    fn flag(&mut self, name: &'static str, section: &'static str, set: bool, says: [&str; 2]) {
        let says = says[usize::from(set)].to_owned();
        self.put(name, section, 0, says);
    }

    fn kind(&mut self, says: &str) {
        self.put("TP-MTI", "9.2.3.1", 0, says.to_owned());
    }

    fn deliver(&mut self, first: u8) -> Result<UserData, TpduError> {
        self.kind("SMS-DELIVER: it came from the service centre");
        self.more(first);
        self.paths(first);
        let asked = ["the sender gets no report", "the sender gets a report"];
        self.flag("TP-SRI", "9.2.3.4", first & 0x20 != 0, asked);
        self.address("TP-OA", "9.2.3.7")?;
        self.protocol()?;
        let coding = self.coding()?;
        self.moment("TP-SCTS", "9.2.3.11")?;
        self.data(coding, first)
    }

    fn submit(&mut self, first: u8) -> Result<UserData, TpduError> {
        self.kind("SMS-SUBMIT: it goes to the service centre");
        let second = [
            "a second one with this reference is taken",
            "a second one with this reference is refused",
        ];
        self.flag("TP-RD", "9.2.3.25", first & 4 != 0, second);
        let form = first >> 3 & 3;
        let forms = ["none", "enhanced", "relative", "absolute"];
        let says = forms[usize::from(form)].to_owned();
        self.put("TP-VPF", "9.2.3.3", 0, says);
        self.paths(first);
        let asked = ["no report is wanted", "a report is wanted"];
        self.flag("TP-SRR", "9.2.3.5", first & 0x20 != 0, asked);
        self.reference()?;
        self.address("TP-DA", "9.2.3.8")?;
        self.protocol()?;
        let coding = self.coding()?;
        self.validity(form)?;
        self.data(coding, first)
    }

    fn report(&mut self, first: u8) -> Result<(), TpduError> {
        self.kind("SMS-STATUS-REPORT: what became of a message");
        self.more(first);
        let of = ["of an SMS-SUBMIT", "of an SMS-COMMAND"];
        self.flag("TP-SRQ", "9.2.3.26", first & 0x20 != 0, of);
        self.reference()?;
        self.address("TP-RA", "9.2.3.14")?;
        self.moment("TP-SCTS", "9.2.3.11")?;
        self.moment("TP-DT", "9.2.3.13")?;
        let from = self.at;
        let status = self.octet("TP-ST")?;
        let says = match status {
            0x00..=0x02 => "delivered, or with the other network",
            0x20..=0x3F => "not yet; the service centre still tries",
            0x40..=0x5F => "not delivered; the service centre does not try again",
            0x60..=0x7F => "not delivered for now; the service centre does not try again",
            _ => "reserved",
        };
        self.put("TP-ST", "9.2.3.15", from, format!("{status:02X}: {says}"));
        Ok(())
    }

    fn more(&mut self, first: u8) {
        let says = ["more messages wait", "no more messages wait"];
        self.flag("TP-MMS", "9.2.3.2", first & 4 != 0, says);
    }

    fn paths(&mut self, first: u8) {
        let says = ["no reply path", "a reply path is set"];
        self.flag("TP-RP", "9.2.3.17", first & 0x80 != 0, says);
        let says = [
            "the user data has no header",
            "the user data begins with a header",
        ];
        self.flag("TP-UDHI", "9.2.3.23", first & 0x40 != 0, says);
    }

    fn reference(&mut self) -> Result<(), TpduError> {
        let from = self.at;
        let reference = self.octet("TP-MR")?;
        self.put("TP-MR", "9.2.3.6", from, reference.to_string());
        Ok(())
    }

    fn address(&mut self, name: &'static str, section: &'static str) -> Result<(), TpduError> {
        let short = TpduError::Short { part: "an address" };
        let from = self.at;
        let length = usize::from(self.octet("an address")?);
        let rest = self.octets.get(self.at..).unwrap_or_default();
        let read = Address::read(rest, length).filter(|(address, _)| address.kind & 0x80 != 0);
        let (address, taken) = read.ok_or(short)?;
        self.at += taken;
        let kind = match address.kind & 0x70 {
            0x10 => "international",
            0x20 => "national",
            0x50 => "a name",
            _ => "of unknown type",
        };
        let says = format!("{} ({kind}, type {:02X})", address.shown(), address.kind);
        self.put(name, section, from, says);
        Ok(())
    }

    fn protocol(&mut self) -> Result<(), TpduError> {
        let from = self.at;
        let protocol = self.octet("TP-PID")?;
        let says = match protocol {
            0x00 => "plain SMS".to_owned(),
            0x40 => "type 0: acknowledged and not shown".to_owned(),
            0x41..=0x47 => format!("takes the place of one of type {}", protocol - 0x40),
            other => format!("{other:02X}"),
        };
        self.put("TP-PID", "9.2.3.9", from, says);
        Ok(())
    }

    fn coding(&mut self) -> Result<u8, TpduError> {
        let from = self.at;
        let coding = self.octet("TP-DCS")?;
        let alphabet = match Alphabet::of(coding) {
            Alphabet::Gsm7 => "GSM 7 bit",
            Alphabet::Octets => "octets",
            Alphabet::Ucs2 => "UCS-2",
        };
        let classed = coding & 0x90 == 0x10 || coding & 0xF0 == 0xF0;
        let class = match classed {
            true => format!(", class {}", coding & 3),
            false => String::new(),
        };
        let says = format!("{coding:02X}: {alphabet}{class}");
        self.put("TP-DCS", "9.2.3.10, TS 23.038 section 4", from, says);
        Ok(coding)
    }

    fn seven(&mut self, part: &'static str) -> Result<[u8; 7], TpduError> {
        let octets = self.take(7, part)?;
        octets.try_into().map_err(|_| TpduError::Short { part })
    }

    fn moment(&mut self, name: &'static str, section: &'static str) -> Result<(), TpduError> {
        let from = self.at;
        let moment = Moment::read(&self.seven(name)?);
        self.put(name, section, from, moment.to_string());
        Ok(())
    }

    fn validity(&mut self, form: u8) -> Result<(), TpduError> {
        let from = self.at;
        let (section, says) = match form {
            0 => return Ok(()),
            1 => {
                self.seven("TP-VP")?;
                ("9.2.3.12.3", "the enhanced form".to_owned())
            }
            2 => ("9.2.3.12.1", relative(self.octet("TP-VP")?)),
            _ => (
                "9.2.3.12.2",
                Moment::read(&self.seven("TP-VP")?).to_string(),
            ),
        };
        self.put("TP-VP", section, from, says);
        Ok(())
    }

    fn data(&mut self, coding: u8, first: u8) -> Result<UserData, TpduError> {
        let alphabet = Alphabet::of(coding);
        let from = self.at;
        let length = self.octet("TP-UDL")?;
        let units = match alphabet {
            Alphabet::Gsm7 => "septets",
            _ => "octets",
        };
        self.put("TP-UDL", "9.2.3.16", from, format!("{length} {units}"));
        let octets = match alphabet {
            Alphabet::Gsm7 => (usize::from(length) * 7).div_ceil(8),
            _ => usize::from(length),
        };
        let from = self.at;
        let there = self.take(octets, "the user data")?;
        let (data, _) = UserData::read(there, length, alphabet, first & 0x40 != 0);
        if let Some((reference, total, number)) = data.header.concatenation() {
            let says = format!("part {number} of {total}, reference {reference}");
            self.put("TP-UDH concatenation", "9.2.3.24.1", from, says);
        }
        if let Some((to, source)) = data.header.ports() {
            let says = format!("to port {to}, from port {source}");
            self.put("TP-UDH ports", "9.2.3.24.3, 9.2.3.24.4", from, says);
        }
        let says = match data.content.to_text() {
            Some(text) => text,
            None => format!("{octets} octets that are no text"),
        };
        self.put("TP-UD", "9.2.3.24", from, says);
        Ok(data)
    }
}

/// A relative validity period (section 9.2.3.12.1).
fn relative(octet: u8) -> String {
    let octet = u32::from(octet);
    match octet {
        0..=143 => format!("{} minutes", (octet + 1) * 5),
        144..=167 => format!("{} minutes", 12 * 60 + (octet - 143) * 30),
        168..=196 => format!("{} days", octet - 166),
        _ => format!("{} weeks", octet - 192),
    }
}
