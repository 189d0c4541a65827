//! Texts and integers, in every form in which they are met.

use super::Decoder;
use crate::mms::charset::is_wide;
use crate::mms::text::{EncodedText, Integer, Text, TextForm};
use crate::mms::wsp::{LENGTH_QUOTE, QUOTE, QUOTED_STRING, Reader, unquoted_length};

impl Decoder {
    /// A Text-string; the caller has seen that one begins here (00 is an empty one).
    pub(super) fn text(&mut self, reader: &mut Reader<'_>) -> Text {
        let form = if reader.peek() == Some(QUOTE) {
            reader.byte();
            TextForm::Quote
        } else {
            TextForm::Plain
        };
        let octets = self.until_nul(reader);
        Text { form, octets }
    }

    /// A text that may be a Quoted-string, as values of parameters and Content-ID are.
    pub(super) fn quotable(&mut self, reader: &mut Reader<'_>) -> Text {
        if reader.peek() != Some(QUOTED_STRING) {
            return self.text(reader);
        }
        reader.byte();
        let mut octets = self.until_nul(reader);
        if octets.last() == Some(&QUOTED_STRING) {
            self.lints.note(
                reader.at(),
                "a Quoted-string has no closing quotation mark; it was left out",
            );
            octets.pop();
        }
        Text {
            form: TextForm::QuotedString,
            octets,
        }
    }

    pub(super) fn until_nul(&mut self, reader: &mut Reader<'_>) -> Vec<u8> {
        let (octets, ended) = reader.until_nul();
        if !ended {
            self.lints.error(reader.at(), "the text has no closing 00");
        }
        octets.to_vec()
    }

    /// A text whose first octet is 80 or above and that lacks the Quote: not legal, but written by several encoders.
    pub(super) fn unquoted(&mut self, reader: &mut Reader<'_>) -> Option<Text> {
        let length = unquoted_length(reader.rest())?;
        let octets = &reader.rest()[..length];
        let first = *octets.first()?;
        self.lints.warning(
            reader.at(),
            format!("the text begins with {first:02X} and lacks the quote 7F: many readers take this octet for the whole value"),
        );
        reader.take(length + 1);
        Some(Text {
            form: TextForm::Quote,
            octets: octets.to_vec(),
        })
    }

    /// An Encoded-string-value.
    pub(super) fn encoded(&mut self, reader: &mut Reader<'_>) -> Option<EncodedText> {
        match reader.peek()? {
            0 | 0x20..=0x7F => {
                let start = reader.at();
                let text = self.text(reader);
                self.check_utf8(start, &text);
                Some(EncodedText {
                    charset: None,
                    text,
                })
            }
            0x80..=0xFF => self.unquoted(reader).map(|text| EncodedText {
                charset: None,
                text,
            }),
            1..=LENGTH_QUOTE => self.encoded_with_charset(reader),
        }
    }

    pub(super) fn check_utf8(&mut self, at: usize, text: &Text) {
        if std::str::from_utf8(&text.octets).is_err() {
            self.lints.warning(
                at,
                "a text without charset that is not UTF-8; read as Latin-1",
            );
        }
    }

    pub(super) fn encoded_with_charset(&mut self, reader: &mut Reader<'_>) -> Option<EncodedText> {
        let start = reader.at();
        let mut outer = *reader;
        let length = usize::try_from(outer.value_length(&mut self.lints)?).unwrap_or(usize::MAX);
        let there = outer.rest().len();
        let overlong = length > there;
        if overlong {
            self.lints.slip(start, format!("the length says {length} octets, but only {there} are left: read up to the end of the text"));
        }
        let mut region = outer;
        let mut region = region.region(length);
        let charset = match region.peek()? {
            0x20..=0x7F => {
                self.lints.warning(region.at(), "a length, but no charset");
                None
            }
            _ => Some(self.integer(&mut region)?),
        };
        let wide = charset.is_some_and(|mib| is_wide(mib.value()));
        let text = if wide && !overlong {
            self.wide_text(&mut region)
        } else {
            self.inner_text(&mut region)?
        };
        if overlong {
            *reader = region;
            return Some(EncodedText { charset, text });
        }
        outer.region(length);
        self.left_over(&region);
        *reader = outer;
        Some(EncodedText { charset, text })
    }

    /// The text behind a charset: it ends with its 00, or with the region. A length stands around it, so that a missing quote misleads nobody.
    pub(super) fn inner_text(&mut self, region: &mut Reader<'_>) -> Option<Text> {
        if region.peek().is_some_and(|octet| octet >= 0x80) {
            self.lints.note(
                region.at(),
                "the text lacks the quote 7F, but its length says where it ends",
            );
            return Some(Text {
                form: TextForm::Quote,
                octets: self.until_nul(region),
            });
        }
        Some(self.text(region))
    }

    /// A text in UTF-16: 00 octets stand inside it, so that only the region ends it.
    pub(super) fn wide_text(&mut self, region: &mut Reader<'_>) -> Text {
        let form = match region.peek() {
            Some(QUOTE) => {
                region.byte();
                TextForm::Quote
            }
            Some(0x80..=0xFF) => {
                self.lints.note(region.at(), "the text lacks the quote 7F");
                TextForm::Quote
            }
            _ => TextForm::Plain,
        };
        let octets = region.take(usize::MAX);
        match octets.split_last() {
            Some((0, text)) => Text {
                form,
                octets: text.to_vec(),
            },
            _ => {
                self.lints.error(region.at(), "the text has no closing 00");
                Text {
                    form,
                    octets: octets.to_vec(),
                }
            }
        }
    }

    /// An Integer-value; `None` where the octets are none.
    pub(super) fn integer(&mut self, reader: &mut Reader<'_>) -> Option<Integer> {
        let start = *reader;
        let found = match reader.byte()? {
            short @ 0x80..=0xFF => Some(Integer::Short(short & 0x7F)),
            length @ 1..=30 => {
                let octets = reader.take(usize::from(length));
                let (leading, low) = octets.split_at(octets.len().saturating_sub(8));
                let fits =
                    octets.len() == usize::from(length) && leading.iter().all(|&octet| octet == 0);
                fits.then(|| Integer::Long {
                    value: low
                        .iter()
                        .fold(0, |value, &octet| value << 8 | u64::from(octet)),
                    octets: length,
                })
            }
            _ => None,
        };
        if found.is_none() {
            *reader = start;
        }
        found
    }
}

/// Whether a Text-string begins with this octet.
pub(super) fn is_text(first: u8) -> bool {
    (0x20..=QUOTE).contains(&first)
}
