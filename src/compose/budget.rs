//! How big the message is against its limit, and what the same text would be as SMS.
//!
//! A bubble is what the recipient sees, a part is what the network carries: parts that are linked by a concatenation header
//! (3GPP TS 23.040 section 9.2.3.24.1) are one bubble on most phones.
use super::Severity;
use crate::profile::Prices;
pub use crate::sms::Encoding as SmsEncoding;
use crate::sms::{Segments, replace_for_gsm7};
use unicode_width::UnicodeWidthChar;

/// What the text would be as SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsCount {
    /// The alphabet that the whole text needs (3GPP TS 23.038).
    pub encoding: SmsEncoding,
    /// Parts in that alphabet; 0 for an empty text.
    pub parts: usize,
    /// Septets or code units that still fit into the last part.
    pub left: usize,
    /// The characters that GSM-7 does not have, each once, in order of appearance; empty when the encoding is GSM-7.
    pub beyond_gsm7: Vec<char>,
    /// Parts if those characters were replaced by plain ones, where each of them has a plain one.
    pub parts_if_plain: Option<usize>,
    /// Parts if one such character came in.
    pub parts_as_ucs2: usize,
}

impl SmsCount {
    /// Counts a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let counted = Segments::of(text);
        let plain = || Segments::of(&replace_for_gsm7(text));
        let parts = |segments: &Segments| if text.is_empty() { 0 } else { segments.parts };
        let parts_if_plain = match counted.encoding {
            SmsEncoding::Gsm7 => None,
            SmsEncoding::Ucs2 => Some(plain())
                .filter(|p| p.encoding == SmsEncoding::Gsm7)
                .map(|p| p.parts),
        };
        Self {
            encoding: counted.encoding,
            parts: parts(&counted),
            left: counted.units_left,
            parts_if_plain,
            parts_as_ucs2: parts(&Segments::as_ucs2(text)),
            beyond_gsm7: counted.forcing,
        }
    }
}

/// The text with the characters that GSM-7 lacks written as plain ones, where each has one.
#[must_use]
pub fn plain_text(text: &str) -> String {
    replace_for_gsm7(text)
}

/// Parts that a text takes where nothing links them; 0 for an empty text.
#[must_use]
pub fn unlinked_parts(text: &str) -> usize {
    if text.is_empty() {
        return 0;
    }
    crate::sms::pieces_of(text).len()
}

/// The figures that stand beside the text while it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The encoded M-Send.req in octets.
    pub pdu_size: u64,
    /// The profile's limit in octets.
    pub max_bytes: u64,
    /// Characters of the text (Unicode scalar values).
    pub characters: usize,
    /// The person's own limit in characters.
    pub text_limit: usize,
    /// The same text as SMS.
    pub sms: SmsCount,
}

impl Budget {
    /// Used part of the limit in per cent, rounded up; over 100 when it does not fit.
    #[must_use]
    pub fn percent(&self) -> u64 {
        self.pdu_size
            .saturating_mul(100)
            .div_ceil(self.max_bytes.max(1))
    }

    /// How the figures should be shown: an error when the message does not fit, a warning when it is close or longer than the person wants.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        if self.pdu_size > self.max_bytes {
            Some(Severity::Error)
        } else if self.percent() > 90 || self.characters > self.text_limit {
            Some(Severity::Warning)
        } else {
            None
        }
    }

    /// `1 bubble, 1004 B of 1.0 MiB`.
    #[must_use]
    pub fn mms_line(&self) -> String {
        let (size, most) = (size_text(self.pdu_size), size_text(self.max_bytes));
        if self.pdu_size > self.max_bytes {
            let over = size_text(self.pdu_size - self.max_bytes);
            format!("does not fit: {size} of {most}, {over} too much")
        } else {
            format!("1 bubble, {size} of {most}")
        }
    }

    /// `6 parts, linked: 1 bubble on most phones`.
    #[must_use]
    pub fn sms_line(&self) -> String {
        match self.sms.parts {
            0 => "no text yet".to_owned(),
            1 => "1 part: 1 bubble".to_owned(),
            parts => format!("{parts} parts, linked: 1 bubble on most phones"),
        }
    }

    /// What an unlinked send would look like; nothing for a text of one part.
    #[must_use]
    pub fn unlinked_line(&self) -> Option<String> {
        (self.sms.parts > 1).then(|| {
            format!(
                "{0} parts, unlinked: {0} bubbles, in any order",
                self.sms.parts
            )
        })
    }

    /// `GSM-7, 91 left; “ would make it UCS-2: 13 parts`, or which characters already did.
    #[must_use]
    pub fn sms_detail(&self) -> String {
        let SmsCount {
            encoding,
            parts,
            left,
            ..
        } = &self.sms;
        let head = format!("{}, {left} left", encoding.name());
        match encoding {
            _ if *parts == 0 => String::new(),
            SmsEncoding::Gsm7 if self.sms.parts_as_ucs2 > *parts => {
                format!(
                    "{head}; one “ or emoji would make it UCS-2: {}",
                    parts_text(self.sms.parts_as_ucs2)
                )
            }
            SmsEncoding::Gsm7 => head,
            SmsEncoding::Ucs2 => {
                let named: Vec<String> = self
                    .sms
                    .beyond_gsm7
                    .iter()
                    .take(4)
                    .map(|c| visible(*c))
                    .collect();
                let more = if self.sms.beyond_gsm7.len() > named.len() {
                    " …"
                } else {
                    ""
                };
                let plain = match self.sms.parts_if_plain {
                    Some(parts) => format!("; with plain ones: {}", parts_text(parts)),
                    None => String::new(),
                };
                format!("{head}, because of {}{more}{plain}", named.join(" "))
            }
        }
    }

    /// What it costs as MMS and as SMS to so many recipients, in the currency of `prices`.
    #[must_use]
    pub fn costs(&self, prices: &Prices, recipients: usize) -> (f64, f64) {
        let times = recipients as f64;
        (
            prices.mms * times,
            prices.sms_part * self.sms.parts as f64 * times,
        )
    }
}

/// A character that a person can see, or its code point.
fn visible(character: char) -> String {
    match character.width() {
        None | Some(0) => format!("U+{:04X}", u32::from(character)),
        Some(_) => character.to_string(),
    }
}

fn parts_text(parts: usize) -> String {
    match parts {
        1 => "1 part".to_owned(),
        more => format!("{more} parts"),
    }
}

/// A number of octets for the eye, the same everywhere: `1 004 B`, `300 KiB`, `12.5 KiB`, `1.0 MiB`. Rounded to tenths, never up across a unit.
#[must_use]
pub fn size_text(octets: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    let tenths = |unit: u64| octets / unit * 10 + octets % unit * 10 / unit;
    match octets {
        0..1000 => format!("{octets} B"),
        1000..10_240 => format!("{} {:03} B", octets / 1000, octets % 1000),
        10_240..MIB if octets.is_multiple_of(KIB) => format!("{} KiB", octets / KIB),
        10_240..MIB => format!("{}.{} KiB", tenths(KIB) / 10, tenths(KIB) % 10),
        _ => format!("{}.{} MiB", tenths(MIB) / 10, tenths(MIB) % 10),
    }
}
