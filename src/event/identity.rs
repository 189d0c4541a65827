//! Identities of persons and devices, as types that never print themselves.
//!
//! In: the digits that the modem or the person gave. Out: the masked form for everything that leaves the program, and the plain
//! form only where [`Identity::reveal`](Msisdn::reveal) is called by name, which is what the wire and the PDU need.
use super::redact;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Text in which an identity has been masked. It cannot be turned back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Masked(String);

impl Masked {
    /// The masked text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Text that holds no identity: a country code, a fixed label.
    #[must_use]
    pub fn harmless(text: &str) -> Self {
        Self(redact(text))
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many leading digits of an IMSI stay readable: MCC-MNC, not the subscriber.
const KEPT_DIGITS: usize = 6;

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident, $mask:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the digits as they came.
            #[must_use]
            pub fn new(digits: impl Into<String>) -> Self {
                Self(digits.into())
            }
            /// The plain digits. Call it only where they must go over the wire.
            #[must_use]
            pub fn reveal(&self) -> &str {
                &self.0
            }
            /// The form that may be shown and written.
            #[must_use]
            pub fn masked(&self) -> Masked {
                let mask: fn(&str) -> String = $mask;
                Masked(mask(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.masked())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.masked())
            }
        }
    };
}

identity!(
    /// A telephone number (MSISDN, E.164), short code or e-mail address of a person.
    Msisdn,
    mask_number
);
identity!(
    /// International Mobile Subscriber Identity, 14 or 15 digits (3GPP TS 23.003 section 2.2). Masked: MCC-MNC stays.
    Imsi,
    |s| keep(s, KEPT_DIGITS, 0)
);
identity!(
    /// International Mobile Equipment Identity, 15 digits (3GPP TS 23.003 section 6.2). Masked: the type allocation code (8) stays.
    Imei,
    |s| keep(s, 8, 0)
);
impl Imei {
    /// Four hexadecimal digits that tell two devices of one type apart. They are no way back to the IMEI: of the million devices that
    /// share a type allocation code some fifteen have the same mark.
    #[must_use]
    pub fn mark(&self) -> String {
        let digest = Sha256::digest(self.0.as_bytes());
        format!("{:02x}{:02x}", digest[0], digest[1])
    }
}

identity!(
    /// Number of the SIM card (ITU-T E.118), 19 or 20 digits. Masked: issuer and the last four stay.
    Iccid,
    |s| keep(s, 7, 4)
);

/// `+12025550123` becomes `+1 *** *** **23`: enough to tell two recipients apart, not to call them. An e-mail keeps its domain.
fn mask_number(number: &str) -> String {
    if let Some((_, domain)) = number.split_once('@') {
        return format!("***@{domain}");
    }
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 7 {
        return number.to_owned(); // a short code is a service, not a person
    }
    let tail: String = digits[digits.len() - 2..].iter().collect();
    match number.strip_prefix("+1") {
        Some(_) if digits.len() == 11 => format!("+1 *** *** **{tail}"),
        _ => format!(
            "{}{}{tail}",
            if number.starts_with('+') { "+" } else { "" },
            "*".repeat(digits.len() - 2)
        ),
    }
}

fn keep(text: &str, head: usize, tail: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= head + tail {
        return "*".repeat(chars.len());
    }
    let hidden = chars.len() - head - tail;
    let mut out: String = chars[..head].iter().collect();
    out.extend(std::iter::repeat_n('*', hidden));
    out.extend(&chars[chars.len() - tail..]);
    out
}

/// Whether two ways of writing a number mean the same line: a service centre may leave out the plus sign or the country code, so the
/// last eight digits decide where both have as many.
#[must_use]
pub fn same_line(a: &str, b: &str) -> bool {
    let digits = |n: &str| n.chars().filter(char::is_ascii_digit).collect::<String>();
    let (a, b) = (digits(a), digits(b));
    let least = a.len().min(b.len());
    if least < 8 {
        return a == b;
    }
    a.ends_with(&b[b.len() - least..]) || b.ends_with(&a[a.len() - least..])
}
