//! Texts and integers as they stand in a PDU: what they say, and the form in which it was written.

use super::charset::decode_charset;
use super::rfc2047;

/// The form of a Text-string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextForm {
    /// The octets and a 00.
    Plain,
    /// A Quote 7F in front, which is no content; needed where the first octet is 80 or above.
    Quote,
    /// An opening quotation mark 22 in front, which is no content; there is no closing one.
    QuotedString,
}

/// A Text-string (WSP section 8.4.2.1): octets without the closing 00, and the form around them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    /// How it stood, or is to be written.
    pub form: TextForm,
    /// The content, without quote and without 00.
    pub octets: Vec<u8>,
}

impl Text {
    /// A text in the form that its first octet asks for: [`TextForm::Quote`] from 7F on, [`TextForm::Plain`] otherwise.
    pub fn new(text: &str) -> Text {
        let form = if text.as_bytes().first().is_some_and(|&first| first >= 0x7F) {
            TextForm::Quote
        } else {
            TextForm::Plain
        };
        Text {
            form,
            octets: text.as_bytes().to_vec(),
        }
    }

    /// A text with an opening quotation mark, as Content-ID wants it.
    pub fn quoted(text: &str) -> Text {
        Text {
            form: TextForm::QuotedString,
            octets: text.as_bytes().to_vec(),
        }
    }

    /// What it says: UTF-8 where it is that, windows-1252 otherwise.
    pub fn to_text(&self) -> String {
        decode_charset(&self.octets, None)
    }
}

/// An Encoded-string-value (OMA-TS-MMS_ENC section 7.3.11): a text, with or without the charset in front.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EncodedText {
    /// MIBenum as it was written; `None` is the plain form without Value-length.
    pub charset: Option<Integer>,
    /// The text itself.
    pub text: Text,
}

impl EncodedText {
    /// The plain form, without charset.
    pub fn plain(text: &str) -> EncodedText {
        EncodedText {
            charset: None,
            text: Text::new(text),
        }
    }

    /// The form with charset UTF-8; a first octet from 7F on gets the Quote as well.
    pub fn utf8(text: &str) -> EncodedText {
        EncodedText {
            charset: Some(Integer::Short(super::MIB_UTF_8 as u8)),
            text: Text::new(text),
        }
    }

    /// Plain for printable ASCII, the form with charset UTF-8 for anything else, and for what a reader might take for an encoded word of RFC 2047.
    pub fn utf8_if_needed(text: &str) -> EncodedText {
        let ascii = text.is_ascii()
            && text
                .bytes()
                .next()
                .is_none_or(|first| (0x20..0x7F).contains(&first));
        if ascii && !text.contains("=?") {
            EncodedText::plain(text)
        } else {
            EncodedText::utf8(text)
        }
    }

    /// What stands there, by its charset; encoded words (RFC 2047) stay as they are.
    pub fn as_it_stands(&self) -> String {
        decode_charset(&self.text.octets, self.charset.map(Integer::value))
    }

    /// Whether there are encoded words (RFC 2047) in it, resolved or not.
    pub(super) fn has_words(&self) -> bool {
        rfc2047::decode_words(&self.as_it_stands()).is_some()
    }

    /// What it says. Without charset it is taken as UTF-8, else windows-1252, and encoded words (RFC 2047) inside it are resolved, as Mbuni does.
    pub fn to_text(&self) -> String {
        match self.charset {
            Some(mib) => decode_charset(&self.text.octets, Some(mib.value())),
            None => {
                let text = self.text.to_text();
                rfc2047::decode_words(&text).unwrap_or(text)
            }
        }
    }
}

/// An Integer-value (WSP section 8.4.2.3) in the form in which it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Integer {
    /// Short-integer: 0..127, one octet with the high bit set.
    Short(u8),
    /// Long-integer: a length octet and so many octets, big endian.
    Long {
        /// The number.
        value: u64,
        /// How many octets it took, 1..30; more than needed are leading zeros.
        octets: u8,
    },
}

impl Integer {
    /// A number in the shortest form of an Integer-value: one octet up to 127, a Long-integer above.
    pub fn new(value: u64) -> Integer {
        match u8::try_from(value) {
            Ok(short @ 0..=127) => Integer::Short(short),
            _ => Integer::long(value),
        }
    }

    /// A number as Long-integer in as few octets as it needs (at least one), as Date and Message-Size want it.
    pub fn long(value: u64) -> Integer {
        let octets = (8 - value.leading_zeros() / 8).max(1) as u8;
        Integer::Long { value, octets }
    }

    /// The number.
    pub fn value(self) -> u64 {
        match self {
            Integer::Short(value) => u64::from(value),
            Integer::Long { value, .. } => value,
        }
    }
}
