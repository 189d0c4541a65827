//! XML as far as the lists need it: elements with attributes and text, each with its place.
use super::super::Fault;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Deepest nesting; the lists have six.
const DEEPEST: usize = 32;
/// Most elements of one list; the biggest has some 30,000.
const MOST_ELEMENTS: usize = 500_000;
/// Longest value, in octets.
const LONGEST: usize = 4096;

/// What a list's reader is told, in the order of the text.
pub(super) enum Piece {
    /// An element begins.
    Begin(Element),
    /// Text inside of it, with the references of XML resolved.
    Text(String),
    /// The innermost element ends; its name.
    End(String),
}

/// An element's name and attributes.
pub(super) struct Element {
    /// Where it begins, in octets.
    pub at: usize,
    /// Its name.
    pub name: String,
    /// Names and values.
    pub attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute without blanks around it; empty where it is not there.
    pub fn get(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value.trim())
    }
}

/// The name of the first element.
pub(super) fn root(text: &str) -> Result<String, Fault> {
    let mut name = None;
    read(text, |piece| match piece {
        Piece::Begin(element) => {
            name = Some(element.name);
            false
        }
        _ => true,
    })?;
    name.ok_or_else(|| {
        let remedy = "an APN list of Android, or mobile-broadband-provider-info";
        Fault::at(text, 0..0, "there is no XML in it", remedy)
    })
}

/// Reads a text from its beginning until `take` returns false.
pub(super) fn read(text: &str, mut take: impl FnMut(Piece) -> bool) -> Result<(), Fault> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<usize> = Vec::new();
    let mut elements = 0;
    loop {
        let at = place(reader.buffer_position());
        let broken = |why: String, at: usize| {
            let remedy = "correct the file there, or take it again from where it came";
            Fault::at(text, at..at, format!("the XML is broken: {why}"), remedy)
        };
        let event = reader
            .read_event()
            .map_err(|error| broken(error.to_string(), place(reader.error_position())))?;
        let go_on = match event {
            Event::Start(start) => {
                open.push(at);
                elements += 1;
                take(Piece::Begin(
                    element(&start, at).map_err(|why| broken(why, at))?,
                ))
            }
            Event::Empty(start) => {
                elements += 1;
                let element = element(&start, at).map_err(|why| broken(why, at))?;
                let name = element.name.clone();
                take(Piece::Begin(element)) && take(Piece::End(name))
            }
            Event::End(end) => {
                open.pop();
                take(Piece::End(end.name().as_ref().to_owned()))
            }
            Event::Text(text) => take(Piece::Text(text.xml10_content().into_owned())),
            Event::CData(text) => take(Piece::Text(text.xml10_content().into_owned())),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content().into_owned();
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character.to_string(),
                    Ok(None) => quick_xml::escape::resolve_predefined_entity(&name)
                        .map(str::to_owned)
                        .ok_or_else(|| {
                            broken(
                                format!("`&{};` stands for nothing", name.escape_debug()),
                                at,
                            )
                        })?,
                    Err(error) => return Err(broken(error.to_string(), at)),
                };
                take(Piece::Text(resolved))
            }
            Event::Eof => {
                return match open.last() {
                    None => Ok(()),
                    Some(at) => Err(broken(
                        "the element that begins here never ends".to_owned(),
                        *at,
                    )),
                };
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => true,
        };
        if !go_on {
            return Ok(());
        }
        if open.len() > DEEPEST || elements > MOST_ELEMENTS {
            let says = "there are more elements than any carrier list has";
            return Err(Fault::at(text, at..at, says, "is it the right file?"));
        }
    }
}

fn element(start: &BytesStart<'_>, at: usize) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|e| e.to_string())?;
        if value.len() > LONGEST {
            return Err(format!(
                "a value of {} octets is longer than any in a list",
                value.len()
            ));
        }
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element {
        at,
        name: start.name().as_ref().to_owned(),
        attributes,
    })
}

fn place(octets: u64) -> usize {
    usize::try_from(octets).unwrap_or(usize::MAX)
}
