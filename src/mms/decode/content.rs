//! Content types with their parameters, and the entries of a multipart.

use super::Decoder;
use super::text::is_text;
use crate::mms::content::{
    ContentType, Disposition, Media, Parameter, ParameterName, ParameterValue, is_text_parameter,
};
use crate::mms::pdu::{Entry, PartField, PartHeader, PartValue};
use crate::mms::text::{Integer, Text};
use crate::mms::wsp::{LENGTH_QUOTE, Reader};
use bytes::Bytes;

impl Decoder {
    /// A content type; where the octets are none, an empty one is given.
    pub(super) fn content_type(&mut self, reader: &mut Reader<'_>) -> ContentType {
        let start = reader.at();
        let mut content_type = ContentType {
            media: Media::Text(Text::new("")),
            parameters: Vec::new(),
            general: false,
            range: start..start,
        };
        match reader.peek() {
            None => self
                .lints
                .error(start, "the PDU ends before the content type"),
            Some(0x80..) => {
                content_type.media =
                    Media::Code(Integer::Short(reader.byte().unwrap_or_default() & 0x7F))
            }
            Some(0x20..=0x7F) => content_type.media = Media::Text(self.text(reader)),
            Some(0..=LENGTH_QUOTE) => {
                content_type.general = true;
                if let Some(mut region) = self.region(reader) {
                    if let Some(media) = self.media(&mut region) {
                        content_type.media = media;
                        content_type.parameters = self.parameters(&mut region);
                    } else {
                        self.lints
                            .error(region.at(), "a content type without media type");
                    }
                } else {
                    reader.byte();
                }
            }
        }
        content_type.range = start..reader.at();
        if let Media::Text(text) = &content_type.media
            && text.octets.contains(&b';')
        {
            self.lints
                .note(start, "parameters written into the text of the media type");
        }
        content_type
    }

    pub(super) fn media(&mut self, region: &mut Reader<'_>) -> Option<Media> {
        match region.peek()? {
            0x20..=0x7F => Some(Media::Text(self.text(region))),
            _ => self.integer(region).map(Media::Code),
        }
    }

    pub(super) fn parameters(&mut self, region: &mut Reader<'_>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        while let Some(octet) = region.peek() {
            if !self.one_more(parameters.len(), region.at(), "parameters") {
                break;
            }
            let name = match octet {
                0x80..=0xFF => {
                    region.byte();
                    ParameterName::Code(octet & 0x7F)
                }
                0x20..=0x7E => ParameterName::Text(self.until_nul(region)),
                _ => {
                    self.lints.error(
                        region.at(),
                        format!(
                            "{} octet(s) with which no parameter can begin were left out",
                            region.rest().len()
                        ),
                    );
                    break;
                }
            };
            let value = self.parameter_value(&name, region);
            parameters.push(Parameter { name, value });
        }
        parameters
    }

    /// The value of a parameter, by its own form: known parameters need no other rule, and unknown ones can be stepped over.
    pub(super) fn parameter_value(
        &mut self,
        name: &ParameterName,
        region: &mut Reader<'_>,
    ) -> ParameterValue {
        let text = match name {
            ParameterName::Code(code) => is_text_parameter(*code),
            ParameterName::Text(_) => false,
        };
        match region.peek() {
            None => {
                self.lints.error(region.at(), "a parameter without value");
                ParameterValue::Raw(Vec::new())
            }
            Some(0) if text => ParameterValue::Text(self.text(region)),
            Some(0x20..=0x7F) => ParameterValue::Text(self.quotable(region)),
            Some(0x80..) if text => match self.unquoted(region) {
                Some(text) => ParameterValue::Text(text),
                None => ParameterValue::Raw(self.raw(region)),
            },
            Some(_) => match self.integer(region) {
                Some(integer) => ParameterValue::Integer(integer),
                None => ParameterValue::Raw(self.raw(region)),
            },
        }
    }

    /// The entries of a multipart, at most `most`.
    pub(super) fn entries(
        &mut self,
        reader: &mut Reader<'_>,
        body: &Bytes,
        most: usize,
    ) -> Vec<Entry> {
        let base = reader.at();
        let mut entries = Vec::new();
        let Some(count) = reader.uintvar(&mut self.lints) else {
            return entries;
        };
        while (entries.len() as u64) < count {
            if reader.is_empty() {
                self.lints.error(
                    reader.at(),
                    format!("{count} part(s) announced, {} there", entries.len()),
                );
                return entries;
            }
            if entries.len() == most {
                self.lints.error(
                    reader.at(),
                    format!("more than {most} parts; the rest was not read"),
                );
                return entries;
            }
            match self.entry(reader, body, base) {
                Some(entry) => entries.push(entry),
                None => return entries,
            }
        }
        self.behind_the_parts(reader, count);
        entries
    }

    /// What stands behind the last part that was announced: padding, or something that is lost.
    fn behind_the_parts(&mut self, reader: &Reader<'_>, count: u64) {
        let rest = reader.rest();
        let (at, left) = (reader.at(), rest.len());
        if rest.is_empty() {
            return;
        }
        if rest
            .iter()
            .all(|octet| matches!(octet, 0 | b'\r' | b'\n' | b' ' | 0xFF))
        {
            self.lints.warning(
                at,
                format!("{left} octet(s) of padding after the last part"),
            );
        } else if reads_as_an_entry(*reader) {
            self.lints.error(at, format!("{count} part(s) announced, and what follows reads as another one: {left} octet(s) after the last part were left out"));
        } else {
            self.lints.error(at, format!("{left} octet(s) after the last part were left out: the length of its data may be wrong"));
        }
    }

    pub(super) fn entry(
        &mut self,
        reader: &mut Reader<'_>,
        body: &Bytes,
        base: usize,
    ) -> Option<Entry> {
        let start = reader.at();
        let headers_length = reader.uintvar(&mut self.lints)?;
        let data_length = reader.uintvar(&mut self.lints)?;
        let mut region = self.counted(reader, headers_length, "headers");
        if region.is_empty() {
            self.lints.error(region.at(), "a part without content type");
        }
        let content_type = self.content_type(&mut region);
        let headers = self.part_headers(&mut region);
        let data = self.counted(reader, data_length, "data");
        let data_range = data.at()..data.end();
        Some(Entry {
            content_type,
            headers,
            data: body.slice(data_range.start - base..data_range.end - base),
            range: start..reader.at(),
            data_range,
        })
    }

    /// The next `length` octets, or what is left of them.
    pub(super) fn counted<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        length: u64,
        of: &str,
    ) -> Reader<'a> {
        let there = reader.rest().len();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > there {
            self.lints.slip(
                reader.at(),
                format!("the part's {of} should be {length} octets, but only {there} are left"),
            );
        }
        reader.region(length)
    }

    pub(super) fn part_headers(&mut self, region: &mut Reader<'_>) -> Vec<PartHeader> {
        let mut headers = Vec::new();
        while let Some(octet) = region.peek() {
            let start = region.at();
            if !self.one_more(headers.len(), start, "headers of a part") {
                break;
            }
            let field = match octet {
                0x80..=0xFF => {
                    region.byte();
                    PartField::from_octet(octet)
                }
                0x20..=0x7E => {
                    let name = self.until_nul(region);
                    if name.eq_ignore_ascii_case(b"Content-ID")
                        || name.eq_ignore_ascii_case(b"Content-Location")
                    {
                        self.lints.note(start, "a header of a part written with its name as text; some readers do not know it then");
                    }
                    PartField::Named(name)
                }
                _ => {
                    self.lints.error(
                        start,
                        format!(
                            "{} octet(s) with which no header of a part can begin were left out",
                            region.rest().len()
                        ),
                    );
                    break;
                }
            };
            let value = self.part_value(&field, region);
            headers.push(PartHeader {
                field,
                value,
                range: start..region.at(),
            });
        }
        headers
    }

    pub(super) fn part_value(&mut self, field: &PartField, region: &mut Reader<'_>) -> PartValue {
        let start = *region;
        let Some(first) = region.peek() else {
            self.lints
                .error(region.at(), "a header of a part without value");
            return PartValue::Raw(Vec::new());
        };
        let value = match field {
            PartField::ContentDisposition | PartField::ContentDisposition14 => {
                self.in_region(region, |this, region| {
                    let kind = this.media(region)?;
                    Some(PartValue::Disposition(Disposition {
                        kind,
                        parameters: this.parameters(region),
                    }))
                })
            }
            PartField::ContentId | PartField::ContentLocation => match first {
                0 | 0x20..=0x7F => Some(PartValue::Text(self.quotable(region))),
                _ => self.unquoted(region).map(PartValue::Text),
            },
            _ if is_text(first) => Some(PartValue::Text(self.quotable(region))),
            _ => None,
        };
        if let (PartField::ContentId, Some(PartValue::Text(id))) = (field, &value)
            && !id.octets.starts_with(b"<")
        {
            self.lints
                .note(start.at(), "a Content-ID without angle brackets");
        }
        value.unwrap_or_else(|| {
            *region = start;
            PartValue::Raw(self.raw(region))
        })
    }
}

/// Whether a whole entry begins here: lengths that fit, and a content type in its headers.
fn reads_as_an_entry(mut reader: Reader<'_>) -> bool {
    let mut decoder = Decoder::default();
    let lengths = (
        reader.uintvar(&mut decoder.lints),
        reader.uintvar(&mut decoder.lints),
    );
    let (Some(headers @ 1..), Some(data)) = lengths else {
        return false;
    };
    if headers.saturating_add(data) > reader.rest().len() as u64 {
        return false;
    }
    let mut region = decoder.counted(&mut reader, headers, "headers");
    decoder.content_type(&mut region);
    decoder.lints.into_list().is_empty()
}
