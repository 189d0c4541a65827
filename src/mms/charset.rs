//! Charsets by MIBenum (IANA character set registry), as WSP names them.
//!
//! Comes in: octets and a number. Goes out: text, always; what cannot be read becomes U+FFFD.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// MIBenum of US-ASCII.
pub const MIB_US_ASCII: u64 = 3;
/// MIBenum of UTF-8.
pub const MIB_UTF_8: u64 = 106;

/// MIBenum and name of every charset that we can read; the name is a label of the WHATWG encoding standard too.
const CHARSETS: &[(u64, &str)] = &[
    (3, "us-ascii"),
    (4, "iso-8859-1"),
    (5, "iso-8859-2"),
    (6, "iso-8859-3"),
    (7, "iso-8859-4"),
    (8, "iso-8859-5"),
    (9, "iso-8859-6"),
    (10, "iso-8859-7"),
    (11, "iso-8859-8"),
    (12, "iso-8859-9"),
    (13, "iso-8859-10"),
    (17, "shift_jis"),
    (18, "euc-jp"),
    (38, "euc-kr"),
    (39, "iso-2022-jp"),
    (106, "utf-8"),
    (109, "iso-8859-13"),
    (110, "iso-8859-14"),
    (111, "iso-8859-15"),
    (112, "iso-8859-16"),
    (113, "gbk"),
    (114, "gb18030"),
    (1000, "iso-10646-ucs-2"),
    (1013, "utf-16be"),
    (1014, "utf-16le"),
    (1015, "utf-16"),
    (2025, "gb2312"),
    (2026, "big5"),
    (2027, "macintosh"),
    (2084, "koi8-r"),
    (2086, "ibm866"),
    (2088, "koi8-u"),
    (2109, "windows-874"),
    (2250, "windows-1250"),
    (2251, "windows-1251"),
    (2252, "windows-1252"),
    (2253, "windows-1253"),
    (2254, "windows-1254"),
    (2255, "windows-1255"),
    (2256, "windows-1256"),
    (2257, "windows-1257"),
    (2258, "windows-1258"),
];

/// The name of a charset that [`decode_charset`] knows; `None` for any other MIBenum.
pub fn charset_name(mib: u64) -> Option<&'static str> {
    let index = CHARSETS
        .binary_search_by_key(&mib, |(number, _)| *number)
        .ok()?;
    Some(CHARSETS[index].1)
}

/// MIBenum of a charset by its name, in any case.
pub(super) fn charset_mib(name: &str) -> Option<u64> {
    CHARSETS
        .iter()
        .find(|(_, label)| label.eq_ignore_ascii_case(name))
        .map(|(mib, _)| *mib)
}

/// Whether a 00 octet may stand inside a text of this charset.
pub(super) fn is_wide(mib: u64) -> bool {
    matches!(mib, 1000 | 1013..=1015)
}

/// What is lost or guessed when a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// The charset of this MIBenum is not known, and the octets are not ASCII: guessed.
    Unknown(u64),
    /// It says us-ascii and is not: read as windows-1252.
    NotAscii,
    /// Some octets are no text in this charset: U+FFFD stands for them.
    Malformed(&'static str),
    /// An odd number of octets in UTF-16: the last one is left out.
    Odd,
}

/// What [`decode_charset`] loses of these octets; `None` where they are what they say.
pub(super) fn loss(octets: &[u8], mib: Option<u64>) -> Option<Loss> {
    let mib = mib.filter(|&mib| mib != 0)?;
    let Some(name) = charset_name(mib) else {
        return (!octets.is_ascii()).then_some(Loss::Unknown(mib));
    };
    if mib == MIB_US_ASCII {
        return (!octets.is_ascii()).then_some(Loss::NotAscii);
    }
    let odd = octets.len() % 2 == 1 && octets.last() != Some(&0);
    if is_wide(mib) && odd {
        return Some(Loss::Odd);
    }
    let (_, _, malformed) = decoded(octets, Some(mib));
    malformed.then_some(Loss::Malformed(name))
}

/// The text that octets of the given charset mean. Without a charset (and for 0, "any", or an unknown one) UTF-8 is taken where the octets are valid
/// UTF-8, and windows-1252 (a superset of Latin-1) otherwise. A byte order mark is honoured and not part of the text.
pub fn decode_charset(octets: &[u8], mib: Option<u64>) -> String {
    decoded(octets, mib).0.into_owned()
}

fn decoded(octets: &[u8], mib: Option<u64>) -> (Cow<'_, str>, &'static Encoding, bool) {
    let encoding = match mib {
        Some(1013) => UTF_16BE,
        Some(1014) => UTF_16LE,
        Some(1000 | 1015) => UTF_16BE,
        Some(mib) => {
            match charset_name(mib).and_then(|name| Encoding::for_label(name.as_bytes())) {
                Some(encoding) => encoding,
                None => guess(octets),
            }
        }
        None => guess(octets),
    };
    // Texts in UTF-16 end in one or two zero octets, depending on the writer.
    let octets = if encoding == UTF_16BE || encoding == UTF_16LE {
        &octets[..octets.len() & !1]
    } else {
        octets
    };
    encoding.decode(octets)
}

fn guess(octets: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(octets).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    }
}
