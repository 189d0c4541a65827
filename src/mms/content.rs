//! Content-Type and Content-Disposition with their parameters (WAP-230-WSP sections 8.4.2.24 and 8.4.2.21).

use super::charset::charset_mib;
use super::media::{media_code, media_name};
use super::text::{Integer, Text};
use std::ops::Range;

/// A media type as it stands: a number of the WSP table, or text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Media {
    /// Well-known number, without the high bit.
    Code(Integer),
    /// The name.
    Text(Text),
}

/// The name of a parameter: a number of the WSP table (WAP-230-WSP table 38), or text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ParameterName {
    /// Number 00..7F, without the high bit.
    Code(u8),
    /// An untyped parameter: its name, without the closing 00.
    Text(Vec<u8>),
}

/// The value of a parameter, by the form in which it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ParameterValue {
    /// Text, with its form.
    Text(Text),
    /// Integer-value.
    Integer(Integer),
    /// Another form: its octets, length included.
    Raw(Vec<u8>),
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parameter {
    /// Its name.
    pub name: ParameterName,
    /// Its value.
    pub value: ParameterValue,
}

impl Parameter {
    /// charset.
    pub const CHARSET: u8 = 0x01;
    /// name, in the code of WSP 1.1 that every reader knows.
    pub const NAME: u8 = 0x05;
    /// filename, old code.
    pub const FILENAME: u8 = 0x06;
    /// type of multipart.related.
    pub const TYPE: u8 = 0x09;
    /// start of multipart.related, old code.
    pub const START: u8 = 0x0A;

    /// A parameter with a text value.
    pub fn text(code: u8, value: &str) -> Parameter {
        Parameter {
            name: ParameterName::Code(code),
            value: ParameterValue::Text(Text::new(value)),
        }
    }

    /// A parameter with an integer value in its shortest form.
    pub fn integer(code: u8, value: u64) -> Parameter {
        Parameter {
            name: ParameterName::Code(code),
            value: ParameterValue::Integer(Integer::new(value)),
        }
    }
}

/// Whether a parameter's value is text by its definition, so that a first octet from 80 on can only be a text whose quote was forgotten.
pub(super) fn is_text_parameter(code: u8) -> bool {
    matches!(code, 0x05 | 0x06 | 0x0A..=0x0D | 0x0F | 0x17..=0x1D)
}

/// A Content-Type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContentType {
    /// The media type.
    pub media: Media,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
    /// Written with a Value-length. With parameters it always is; without them the short form does.
    pub general: bool,
    /// Where it stands in the PDU (the value; its header's octet 84 is in front of it).
    pub range: Range<usize>,
}

impl ContentType {
    /// A media type without parameters: as a number where every reader knows it, as text otherwise.
    pub fn new(media_type: &str) -> ContentType {
        let media = match media_code(media_type) {
            Some(code) => Media::Code(Integer::Short(code)),
            None => Media::Text(Text::new(media_type)),
        };
        ContentType {
            media,
            parameters: Vec::new(),
            general: false,
            range: 0..0,
        }
    }

    /// The same with one more parameter.
    pub fn with(mut self, parameter: Parameter) -> ContentType {
        self.parameters.push(parameter);
        self.general = true;
        self
    }

    /// The media type as text, in lower case where it was text, without parameters that were written into it. An unassigned number gives
    /// `application/x-wsp-NN` (hexadecimal).
    pub fn media_type(&self) -> String {
        match &self.media {
            Media::Code(code) => match media_name(code.value()) {
                Some(name) => name.to_owned(),
                None => format!("application/x-wsp-{:02x}", code.value()),
            },
            Media::Text(text) => {
                let text = text.to_text();
                text.split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase()
            }
        }
    }

    /// Whether the body is a multipart of WSP.
    pub fn is_multipart(&self) -> bool {
        let media = self.media_type();
        media.starts_with("application/vnd.wap.multipart.") || media.starts_with("multipart/")
    }

    /// The first parameter with one of the given codes, or with the given name as text.
    pub fn parameter(&self, codes: &[u8], name: &str) -> Option<&ParameterValue> {
        find_parameter(&self.parameters, codes, name)
    }

    /// MIBenum of the charset; a charset that was written as a name counts too. 0 ("any") is none.
    pub fn charset(&self) -> Option<u64> {
        let inline = || match &self.media {
            Media::Text(text) => text.to_text().split(';').find_map(|piece| {
                let (name, value) = piece.split_once('=')?;
                name.trim()
                    .eq_ignore_ascii_case("charset")
                    .then(|| charset_mib(value.trim().trim_matches('"')))?
            }),
            Media::Code(_) => None,
        };
        match self.parameter(&[Parameter::CHARSET], "charset") {
            Some(ParameterValue::Integer(mib)) => Some(mib.value()).filter(|&mib| mib != 0),
            Some(ParameterValue::Text(name)) => charset_mib(&name.to_text()),
            Some(ParameterValue::Raw(_)) => None,
            None => inline(),
        }
    }

    /// The name of a part: `name`, else `filename`.
    pub fn name(&self) -> Option<String> {
        self.text_parameter(&[0x05, 0x17], "name")
            .or_else(|| self.text_parameter(&[0x06, 0x18], "filename"))
    }

    /// The Content-ID of the part to begin with, as it stands (with angle brackets if it has them).
    pub fn start(&self) -> Option<String> {
        self.text_parameter(&[0x0A, 0x19], "start")
    }

    /// The media type of the part to begin with.
    pub fn start_type(&self) -> Option<String> {
        match self.parameter(&[0x09, 0x03], "type")? {
            ParameterValue::Text(text) => Some(text.to_text()),
            ParameterValue::Integer(code) => media_name(code.value()).map(str::to_owned),
            ParameterValue::Raw(_) => None,
        }
    }

    fn text_parameter(&self, codes: &[u8], name: &str) -> Option<String> {
        match self.parameter(codes, name)? {
            ParameterValue::Text(text) => Some(text.to_text()),
            _ => None,
        }
    }
}

fn find_parameter<'a>(
    parameters: &'a [Parameter],
    codes: &[u8],
    name: &str,
) -> Option<&'a ParameterValue> {
    let fits = |parameter: &&Parameter| match &parameter.name {
        ParameterName::Code(code) => codes.contains(code),
        ParameterName::Text(text) => text.eq_ignore_ascii_case(name.as_bytes()),
    };
    parameters
        .iter()
        .find(fits)
        .map(|parameter| &parameter.value)
}

/// A Content-Disposition of a part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Disposition {
    /// Number (0 form-data, 1 attachment, 2 inline) or name.
    pub kind: Media,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
}

impl Disposition {
    /// The file name that it gives the part.
    pub fn filename(&self) -> Option<String> {
        match find_parameter(&self.parameters, &[0x06, 0x18], "filename")? {
            ParameterValue::Text(text) => Some(text.to_text()),
            _ => None,
        }
    }
}
