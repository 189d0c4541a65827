//! Octets and meaning in step: a tree in which every octet of a PDU belongs to a node with a name and a value.
//!
//! Comes in: octets, broken ones too. Goes out: [`Node`]s whose ranges, at the top, follow one another without a gap from the first octet to the last.
//! It is what an inspector shows beside the hexadecimal, and what `mmscope pdu decode` prints.

mod body;
mod words;

use super::charset::charset_name;
use super::field::{Field, Kind};
use super::pdu::{From, Header, Pdu, Value};
use super::wsp::{LENGTH_QUOTE, QUOTE, QUOTED_STRING, form_length};
use std::ops::Range;
use words::{short, shown};

/// One thing in a PDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it stands, in octets of the PDU.
    pub range: Range<usize>,
    /// What it is: a header's name, `length`, `charset`, `part 2`.
    pub label: String,
    /// What it says, in words; empty where the children say it.
    pub value: String,
    /// What it is made of, in order. Empty for a leaf.
    pub children: Vec<Node>,
}

impl Node {
    fn new(range: Range<usize>, label: impl Into<String>, value: impl Into<String>) -> Node {
        Node {
            range,
            label: label.into(),
            value: value.into(),
            children: Vec::new(),
        }
    }

    fn with(mut self, children: Vec<Node>) -> Node {
        self.children = children;
        self
    }

    /// The innermost node that holds an octet, itself or one below; `None` where it does not hold it.
    pub fn at(&self, octet: usize) -> Option<&Node> {
        if !self.range.contains(&octet) {
            return None;
        }
        Some(
            self.children
                .iter()
                .find_map(|child| child.at(octet))
                .unwrap_or(self),
        )
    }
}

/// The outline of a PDU. Never fails; what could not be read stands in nodes labelled `octets left out`.
pub fn outline(octets: &[u8]) -> Vec<Node> {
    let pdu = Pdu::decode(octets).pdu;
    let draw = Draw { octets };
    let mut nodes: Vec<Node> = pdu
        .headers
        .iter()
        .map(|header| draw.header(header))
        .collect();
    if let Some(content_type) = &pdu.content_type {
        // The field octet stands in front of the value.
        let start = content_type.range.start.saturating_sub(1);
        nodes.push(
            Node::new(
                start..content_type.range.end,
                "Content-Type",
                content_type.media_type(),
            )
            .with(
                std::iter::once(Node::new(start..start + 1, "field", "84 Content-Type"))
                    .chain(draw.content_type(content_type))
                    .collect(),
            ),
        );
        draw.body(&pdu.body, content_type, content_type.range.end, &mut nodes);
    }
    without_gaps(nodes, 0..octets.len())
}

/// Fills what lies between the nodes.
fn without_gaps(nodes: Vec<Node>, whole: Range<usize>) -> Vec<Node> {
    let mut out = Vec::with_capacity(nodes.len());
    let mut at = whole.start;
    for node in nodes {
        if node.range.start > at {
            out.push(left_out(at..node.range.start));
        }
        at = at.max(node.range.end);
        out.push(node);
    }
    if at < whole.end {
        out.push(left_out(at..whole.end));
    }
    out
}

fn left_out(range: Range<usize>) -> Node {
    let value = format!("{} octet(s)", range.len());
    Node::new(range, "octets left out", value)
}

struct Draw<'a> {
    octets: &'a [u8],
}

impl Draw<'_> {
    fn header(&self, header: &Header) -> Node {
        let Range { start, end } = header.range.clone();
        let name = header.field.name().into_owned();
        let value_at = match &header.field {
            Field::Application(name) => (start + name.len() + 1).min(end),
            _ => (start + 1).min(end),
        };
        let field = match header.field.octet() {
            Some(octet) => format!("{octet:02X} {name}"),
            None => name.clone(),
        };
        let mut children = vec![Node::new(start..value_at, "field", field)];
        children.extend(self.value(&header.value, header.field.kind(), value_at..end));
        Node::new(start..end, name, shown(&header.field, &header.value)).with(children)
    }

    /// What a value is made of, by its own form.
    fn value(&self, value: &Value, kind: Kind, range: Range<usize>) -> Vec<Node> {
        match value {
            Value::Text(_) => self.text(range),
            Value::Encoded(_) => self.encoded(range),
            Value::Integer(_) => self.integer(range, "number"),
            Value::Time(_) | Value::Amount(..) | Value::CountedDate(..) => {
                self.enclosed(range, kind, |draw, inner| draw.integer(inner, "number"))
            }
            Value::From(From::Address(_)) | Value::CountedText(..) | Value::Flag(..) => {
                self.enclosed(range, kind, |draw, inner| draw.encoded(inner))
            }
            Value::From(From::InsertAddress) => self.enclosed(range, kind, |_, _| Vec::new()),
            Value::Token(octet) => vec![Node::new(range, "value", format!("{octet:02X}"))],
            Value::Raw(_) => vec![Node::new(range, "octets", "")],
        }
        .into_iter()
        .filter(|node| !node.range.is_empty())
        .collect()
    }

    /// The octet at a place.
    fn octet(&self, at: usize) -> Option<u8> {
        self.octets.get(at).copied()
    }

    /// A Value-length, if one stands there.
    fn length(&self, range: &Range<usize>) -> Option<(Node, usize)> {
        let first = self.octet(range.start).filter(|_| !range.is_empty())?;
        let end = match first {
            0..LENGTH_QUOTE => range.start + 1,
            LENGTH_QUOTE => {
                let more = (range.start + 1..range.end)
                    .take_while(|&at| self.octet(at).is_some_and(|octet| octet & 0x80 != 0))
                    .count();
                (range.start + 2 + more).min(range.end)
            }
            _ => return None,
        };
        let value = self.octets[range.start..end]
            .iter()
            .skip(usize::from(first == LENGTH_QUOTE))
            .take(5)
            .fold(0u64, |value, octet| value << 7 | u64::from(octet & 0x7F));
        Some((
            Node::new(range.start..end, "length", value.to_string()),
            end,
        ))
    }

    /// A length, a token or count, and what follows it.
    fn enclosed(
        &self,
        range: Range<usize>,
        kind: Kind,
        rest: impl Fn(&Self, Range<usize>) -> Vec<Node>,
    ) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut at = range.start;
        if let Some((length, end)) = self.length(&range) {
            nodes.push(length);
            at = end;
        }
        if at < range.end {
            let token = self.octet(at).unwrap_or_default();
            let counted = matches!(kind, Kind::CountedText | Kind::CountedDate);
            let width = match form_length(&self.octets[at..range.end]) {
                Some(width) if counted => width,
                _ => usize::from(token >= 0x80),
            };
            if width > 0 {
                let says = match (kind, token) {
                    (Kind::Time, 0x80) => "80 absolute".to_owned(),
                    (Kind::Time, 0x81) => "81 relative".to_owned(),
                    (Kind::From, 0x80) => "80 address present".to_owned(),
                    (Kind::From, 0x81) => "81 insert address".to_owned(),
                    _ => format!("{token:02X}"),
                };
                let label = if counted { "count" } else { "token" };
                nodes.push(Node::new(at..at + width, label, says));
                at += width;
            }
        }
        nodes.extend(rest(self, at..range.end));
        nodes
    }

    fn integer(&self, range: Range<usize>, label: &str) -> Vec<Node> {
        let value = match self.octet(range.start) {
            Some(short @ 0x80..) if range.len() == 1 => u64::from(short & 0x7F).to_string(),
            Some(_) if range.len() > 1 => self.octets[range.start + 1..range.end]
                .iter()
                .fold(0u64, |value, octet| value << 8 | u64::from(*octet))
                .to_string(),
            _ => String::new(),
        };
        vec![Node::new(range, label, value)]
    }

    /// A text: its quote, its characters, its end.
    fn text(&self, range: Range<usize>) -> Vec<Node> {
        let mut nodes = Vec::new();
        let Range { mut start, mut end } = range;
        match self.octet(start) {
            Some(QUOTE) if start < end => {
                nodes.push(Node::new(start..start + 1, "quote", "7F"));
                start += 1;
            }
            Some(QUOTED_STRING) if start < end => {
                nodes.push(Node::new(start..start + 1, "opening mark", "22"));
                start += 1;
            }
            _ => {}
        }
        let ended = end > start && self.octet(end - 1) == Some(0);
        end -= usize::from(ended);
        if end > start {
            let text = super::decode_charset(&self.octets[start..end], None);
            nodes.push(Node::new(start..end, "text", short(&text)));
        }
        if ended {
            nodes.push(Node::new(end..end + 1, "end", "00"));
        }
        nodes
    }

    fn encoded(&self, range: Range<usize>) -> Vec<Node> {
        // A length of 0 is at the same time the end of an empty text.
        let Some((length, at)) = self.length(&range).filter(|_| range.len() > 1) else {
            return self.text(range);
        };
        let mut nodes = vec![length];
        let rest = &self.octets[at..range.end];
        let width = match rest.first() {
            Some(0x20..=0x7F) | None => 0,
            Some(_) => form_length(rest).unwrap_or(0),
        };
        if width > 0 {
            let mut charset = self.integer(at..at + width, "charset");
            for node in &mut charset {
                let name = node.value.parse().ok().and_then(charset_name);
                node.value = format!("{} (MIBenum {})", name.unwrap_or("not known"), node.value);
            }
            nodes.extend(charset);
        }
        nodes.extend(self.text(at + width..range.end));
        nodes
    }
}
