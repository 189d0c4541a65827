//! The presentation (SMIL 2.0, MMS conformance profile): which parts a phone shows together, written so that phones show it well.

use super::pdu::Part;
use std::fmt::Write;

/// The SMIL of a message: parts that follow one another share a slide as long as it holds no second text, picture, film or sound; the text stands
/// below the picture. Parts are named by Content-Location; what is no medium (a vCard) is left to the phone. Ends in no line break.
pub fn presentation(parts: &[Part]) -> String {
    let mut smil = String::from(
        "<smil><head><layout><root-layout/>\
         <region id=\"Image\" top=\"0\" left=\"0\" height=\"80%\" width=\"100%\" fit=\"meet\"/>\
         <region id=\"Text\" top=\"80%\" left=\"0\" height=\"20%\" width=\"100%\" fit=\"scroll\"/>\
         </layout></head><body>",
    );
    let mut slide = Slide::default();
    for part in parts {
        let Some(medium) = Medium::of(&part.content_type) else {
            continue;
        };
        if slide.is_full_for(medium) {
            slide.close(&mut smil);
        }
        slide.open(&mut smil);
        let source = part.content_location.as_deref().unwrap_or_default();
        let (tag, region) = medium.tag();
        let _ = write!(smil, "<{tag} src=\"{}\"{region}/>", escape(source));
        slide.holds.push(medium);
    }
    slide.close(&mut smil);
    smil.push_str("</body></smil>");
    smil
}

/// What the media of a SMIL are to show: the values of `src` of `text`, `img`, `audio`, `video`, `ref`, … in order, entities resolved. Reads what
/// encoders write, not XML in full: comments are skipped, a broken tag ends the reading of that tag only.
pub(super) fn sources(smil: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = smil;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let end = tag_end(rest);
        if let Some(source) = attribute(&rest[..end], "src") {
            found.push(unescape(source));
        }
        rest = &rest[end..];
    }
    found
}

/// Where a tag ends: at the next `>` outside quotation marks.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    for (at, octet) in rest.bytes().enumerate() {
        match (quote, octet) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(octet),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    rest.len()
}

/// The value of an attribute within a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag.find(char::is_whitespace).map(|at| &tag[at..])?;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, next) = after[1..].split_once(quote)?;
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = next;
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[derive(Clone, Copy, PartialEq)]
enum Medium {
    Text,
    Image,
    Video,
    Audio,
}

impl Medium {
    fn of(content_type: &str) -> Option<Medium> {
        match content_type.split('/').next()? {
            "text"
                if !content_type.eq_ignore_ascii_case("text/x-vCard")
                    && !content_type.eq_ignore_ascii_case("text/x-vCalendar") =>
            {
                Some(Medium::Text)
            }
            "image" => Some(Medium::Image),
            "video" => Some(Medium::Video),
            "audio" => Some(Medium::Audio),
            _ => None,
        }
    }

    fn tag(self) -> (&'static str, &'static str) {
        match self {
            Medium::Text => ("text", " region=\"Text\""),
            Medium::Image => ("img", " region=\"Image\""),
            Medium::Video => ("video", " region=\"Image\""),
            Medium::Audio => ("audio", ""),
        }
    }
}

#[derive(Default)]
struct Slide {
    holds: Vec<Medium>,
}

impl Slide {
    /// Whether the slide has no place for one more of this medium: it holds one text, and one picture with sound or one film.
    fn is_full_for(&self, medium: Medium) -> bool {
        self.holds.iter().any(|&held| match medium {
            Medium::Text => held == Medium::Text,
            Medium::Video => held != Medium::Text,
            Medium::Image | Medium::Audio => held == medium || held == Medium::Video,
        })
    }

    fn open(&mut self, smil: &mut String) {
        if self.holds.is_empty() {
            smil.push_str("<par dur=\"5000ms\">");
        }
    }

    fn close(&mut self, smil: &mut String) {
        if !self.holds.is_empty() {
            smil.push_str("</par>");
            self.holds.clear();
        }
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
