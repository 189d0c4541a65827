//! Who a message goes to: numbers as people type and paste them, checked before anything touches the modem.
use super::{Lint, Severity};
use crate::event::{Masked, Msisdn};
use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Range;

/// Most digits of an international number (ITU-T E.164 section 6.2.1).
const MOST_DIGITS: usize = 15;
/// Fewest digits, country code included, that any country's subscriber has.
const FEWEST_DIGITS: usize = 7;
/// Digits of a short code: three (service numbers) to six (North America).
const SHORT_CODE: std::ops::RangeInclusive<usize> = 3..=6;
/// Longest e-mail address (RFC 5321 section 4.5.3.1.3, without the angle brackets).
const LONGEST_MAIL: usize = 254;

/// One recipient. Shown, serialised and debug-printed only in masked form; [`Recipient::plain`] is for the PDU and the person's own screen.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// An international number, `+` and 7 to 15 digits (E.164).
    Number(Msisdn),
    /// A service's short code, 3 to 6 digits, valid with one carrier only.
    ShortCode(Msisdn),
    /// An e-mail address, which an MMSC may or may not serve.
    Email(Msisdn),
}

impl Recipient {
    /// Reads one recipient as typed or pasted: spaces, dashes, dots, parentheses, a `tel:` in front and invisible marks from an address
    /// book are dropped.
    ///
    /// # Errors
    /// Rule P13: which character or which length is wrong, why, and what to write instead.
    pub fn parse(typed: &str) -> Result<Self, RecipientError> {
        Reading { typed }.recipient()
    }

    /// Reads several, parted by commas, semicolons or line ends; empty ones are skipped.
    ///
    /// # Errors
    /// All wrong ones, each with its place in the whole text.
    pub fn parse_list(typed: &str) -> Result<Vec<Self>, Vec<RecipientError>> {
        let (mut good, mut wrong) = (Vec::new(), Vec::new());
        let mut start = 0;
        for piece in typed.split([',', ';', '\n']) {
            if !piece.trim().is_empty() {
                match Self::parse(piece) {
                    Ok(recipient) => good.push(recipient),
                    Err(error) => wrong.push(error.moved_by(start)),
                }
            }
            start += piece.len() + 1;
        }
        if wrong.is_empty() {
            Ok(good)
        } else {
            Err(wrong)
        }
    }

    /// The address as it goes into a PDU: `+12025550123`, `12345`, `someone@example.com`.
    #[must_use]
    pub fn plain(&self) -> &str {
        self.address().reveal()
    }

    /// The form that may be recorded and reported.
    #[must_use]
    pub fn masked(&self) -> Masked {
        self.address().masked()
    }

    fn address(&self) -> &Msisdn {
        match self {
            Self::Number(address) | Self::ShortCode(address) | Self::Email(address) => address,
        }
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.masked())
    }
}

impl Serialize for Recipient {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.masked().serialize(serializer)
    }
}

/// Why something is no recipient; the finding of rule P13. Its text is for the person who typed it and may hold the number.
#[derive(Clone, PartialEq, Eq)]
pub struct RecipientError(Box<Lint>);

impl RecipientError {
    /// The finding, with the offending characters and where they stand in what was typed.
    #[must_use]
    pub fn lint(&self) -> &Lint {
        &self.0
    }

    fn moved_by(mut self, octets: usize) -> Self {
        self.0.range.start += octets;
        self.0.range.end += octets;
        self
    }
}

/// Shows `"x": what is wrong; what to write`.
impl fmt::Display for RecipientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lint {
            offending,
            says,
            fix,
            ..
        } = &*self.0;
        write!(f, "\"{}\": {says}; {fix}", offending.escape_debug())
    }
}

/// A debug print never shows what was typed.
impl fmt::Debug for RecipientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecipientError(P13 at {:?})", self.0.range)
    }
}

impl std::error::Error for RecipientError {}

impl From<RecipientError> for Lint {
    fn from(error: RecipientError) -> Self {
        *error.0
    }
}

/// One reading of one text.
struct Reading<'a> {
    typed: &'a str,
}

type Read = Result<Recipient, RecipientError>;

impl Reading<'_> {
    fn recipient(&self) -> Read {
        let text = self
            .typed
            .trim_matches(|c: char| c.is_whitespace() || is_mark(c));
        if text.is_empty() {
            return Err(self.whole(
                "there is no recipient",
                "write a number with its country code, such as +12025550123",
            ));
        }
        let number = match text.get(..4) {
            Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
            _ => text,
        };
        if number.parse::<std::net::IpAddr>().is_ok() {
            Err(self.whole(
                "this is an address of the internet, and no carrier delivers to one",
                "write a number with its country code, such as +12025550123; a short code without dots",
            ))
        } else if text.contains('@') {
            self.email(text)
        } else {
            self.number(number)
        }
    }

    fn email(&self, text: &str) -> Read {
        let misfit = |c: &char| !c.is_ascii_graphic() || "()<>[]:;,\\\"/".contains(*c);
        if let Some(wrong) = text.chars().find(misfit) {
            return Err(self.at_character(
                wrong,
                "cannot stand in an e-mail address here",
                "write only someone@example.com, without a name or brackets",
            ));
        }
        let label =
            |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let whole = match text.split_once('@') {
            Some((local, domain)) => {
                !local.is_empty()
                    && domain.contains('.')
                    && domain.split('.').all(label)
                    && text.len() <= LONGEST_MAIL
            }
            None => false,
        };
        if whole {
            Ok(Recipient::Email(Msisdn::new(text)))
        } else {
            Err(self.whole(
                "this is no e-mail address",
                "write it as someone@example.com",
            ))
        }
    }

    fn number(&self, text: &str) -> Read {
        let (plus, body) = match text.trim_start().strip_prefix('+') {
            Some(body) => (true, body),
            None => (false, text),
        };
        let mut digits = String::new();
        for c in body.chars() {
            match c {
                '0'..='9' => digits.push(c),
                _ if is_separator(c) => {}
                '+' => {
                    return Err(self.at_last(
                        c,
                        "a plus belongs in front of the whole number only",
                        "one recipient at a time; part several with commas",
                    ));
                }
                _ if c.is_numeric() => {
                    return Err(self.at_character(
                        c,
                        "is a digit of another script, which no modem reads",
                        "write the number with 0 to 9",
                    ));
                }
                _ => {
                    return Err(self.at_character(
                        c,
                        "does not belong in a telephone number",
                        "write digits with the country code in front, such as +12025550123",
                    ));
                }
            }
        }
        if plus {
            self.international(digits)
        } else {
            self.national(&digits)
        }
    }

    fn international(&self, digits: String) -> Read {
        let count = digits.len();
        if digits.starts_with('0') {
            return Err(self.whole(
                "no country code begins with 0",
                "after the plus write the country code, without the 00 or 0 for dialling abroad",
            ));
        }
        if digits.starts_with('1') {
            if count != 11 {
                let says = format!(
                    "a number of the country code 1 has ten digits after it, this one has {}",
                    count - 1
                );
                return Err(self.whole(
                    &says,
                    "write it as +1 with area code and number, such as +12025550123",
                ));
            }
            let digit = |at: usize| digits.as_bytes()[at];
            if digit(1) < b'2' || digit(4) < b'2' {
                return Err(self.whole("in the numbering plan of the country code 1 neither area code nor exchange begins with 0 or 1", "check the number"));
            }
        }
        if !(FEWEST_DIGITS..=MOST_DIGITS).contains(&count) {
            let says = format!(
                "an international number has {FEWEST_DIGITS} to {MOST_DIGITS} digits, this one has {count}"
            );
            return Err(self.whole(
                &says,
                "write + with country code and number, such as +12025550123",
            ));
        }
        Ok(Recipient::Number(Msisdn::new(format!("+{digits}"))))
    }

    /// Without a plus: a short code, or a number whose country nobody may guess.
    fn national(&self, digits: &str) -> Read {
        let count = digits.len();
        if SHORT_CODE.contains(&count) {
            return Ok(Recipient::ShortCode(Msisdn::new(digits)));
        }
        let american =
            |d: &str| d.len() == 10 && d.as_bytes()[0] >= b'2' && d.as_bytes()[3] >= b'2';
        let fix = match digits {
            d if d.starts_with("00") && count > FEWEST_DIGITS => format!(
                "write +{} if 00 is your prefix for dialling abroad",
                &d[2..]
            ),
            d if d.starts_with('1') && american(&d[1..]) => {
                format!("write +{d} if it is a number of the USA or Canada")
            }
            d if american(d) => format!(
                "write +1{d} if it is a number of the USA or Canada, else + and its country code"
            ),
            _ => "write + and the country code in front, such as +12025550123".to_owned(),
        };
        let says = match count {
            0 => "there is no digit in it".to_owned(),
            1..=2 => format!("{count} digits are too few even for a short code"),
            _ => "the country code is missing, and an MMSC does not guess it".to_owned(),
        };
        Err(self.whole(&says, &fix))
    }

    fn whole(&self, says: &str, fix: &str) -> RecipientError {
        let start = self.typed.len() - self.typed.trim_start().len();
        self.error(start..start + self.typed.trim().len(), says, fix)
    }

    fn at_character(&self, wrong: char, says: &str, fix: &str) -> RecipientError {
        let start = self.typed.find(wrong).unwrap_or(0);
        self.at(start, wrong, says, fix)
    }

    fn at_last(&self, wrong: char, says: &str, fix: &str) -> RecipientError {
        let start = self.typed.rfind(wrong).unwrap_or(0);
        self.at(start, wrong, says, fix)
    }

    fn at(&self, start: usize, wrong: char, says: &str, fix: &str) -> RecipientError {
        let place = self.typed[..start].chars().count() + 1;
        let says = format!("character {place} {says}");
        self.error(start..start + wrong.len_utf8(), &says, fix)
    }

    fn error(&self, range: Range<usize>, says: &str, fix: &str) -> RecipientError {
        let whole = Lint::whole("P13", Severity::Error, "to", self.typed, says, fix);
        RecipientError(Box::new(whole.part(self.typed, range)))
    }
}

/// What people put between digits.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || is_mark(c)
        || matches!(
            c,
            '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}'
        )
}

/// Invisible marks that come along when a number is copied from an address book.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
