//! The outline of a content type, and of what follows the headers.

use super::words::{disposition_text, parameter_value, short};
use super::{Draw, Node, left_out};
use crate::mms::content::{ContentType, ParameterValue};
use crate::mms::pdu::{Body, Entry, PartValue};
use crate::mms::wsp::{QUOTE, QUOTED_STRING, form_length};
use std::ops::Range;

impl Draw<'_> {
    pub(super) fn content_type(&self, content_type: &ContentType) -> Vec<Node> {
        let Range { start, end } = content_type.range.clone();
        let mut nodes = Vec::new();
        let mut at = start;
        if content_type.general
            && let Some((length, after)) = self.length(&(start..end))
        {
            nodes.push(length);
            at = after;
        }
        at = self.step(at, end, "media type", content_type.media_type(), &mut nodes);
        for parameter in &content_type.parameters {
            let name = parameter.label();
            let from = at;
            let after_name = match self.octet(at) {
                Some(0x80..) => at + 1,
                _ => (at + name.len() + 1).min(end),
            };
            let width = match &parameter.value {
                ParameterValue::Raw(octets) => octets.len(),
                ParameterValue::Text(text) => {
                    // An unquoted text has its Quote only in the model.
                    let mark = matches!(self.octet(after_name), Some(QUOTE | QUOTED_STRING));
                    let closing = self
                        .octet(after_name + usize::from(mark) + text.octets.len())
                        .is_some_and(|octet| octet == QUOTED_STRING);
                    usize::from(mark) + text.octets.len() + usize::from(closing) + 1
                }
                ParameterValue::Integer(_) => {
                    form_length(&self.octets[after_name.min(end)..end]).unwrap_or(0)
                }
            };
            at = (after_name + width).min(end);
            let value = parameter_value(&name, &parameter.value);
            nodes.push(Node::new(from.min(end)..at, name, value));
        }
        if at < end {
            nodes.push(left_out(at..end));
        }
        nodes
    }

    /// One value told from its form.
    fn step(
        &self,
        at: usize,
        end: usize,
        label: &str,
        value: String,
        nodes: &mut Vec<Node>,
    ) -> usize {
        let width = form_length(&self.octets[at.min(end)..end]).unwrap_or(end.saturating_sub(at));
        if width > 0 {
            nodes.push(Node::new(at..at + width, label, value));
        }
        at + width
    }

    pub(super) fn body(&self, body: &Body, at: usize, nodes: &mut Vec<Node>) {
        match body {
            Body::None => {}
            Body::Single(data) => {
                if !data.is_empty() {
                    let value = format!("{} octets", data.len());
                    nodes.push(Node::new(at..at + data.len(), "body", value));
                }
            }
            Body::Multipart(entries) => {
                let first = entries.first().map_or(self.octets.len(), |e| e.range.start);
                if first > at {
                    let count = Node::new(at..first, "number of parts", entries.len().to_string());
                    nodes.push(if entries.is_empty() {
                        left_out(at..first)
                    } else {
                        count
                    });
                }
                for (index, entry) in entries.iter().enumerate() {
                    nodes.push(self.entry(index + 1, entry));
                }
            }
        }
    }

    fn entry(&self, number: usize, entry: &Entry) -> Node {
        let part = entry.part();
        let name = part
            .content_location
            .or(part.name)
            .map(|name| format!(" {}", short(&name)))
            .unwrap_or_default();
        let value = format!("{}{name}, {} octets", part.content_type, entry.data.len());
        let headers_end = entry
            .headers
            .last()
            .map_or(entry.content_type.range.end, |header| header.range.end);
        let mut children = Vec::new();
        let lengths = entry.range.start..entry.content_type.range.start;
        if !lengths.is_empty() {
            children.push(Node::new(lengths, "lengths", "of headers and of data"));
        }
        children.push(
            Node::new(
                entry.content_type.range.clone(),
                "Content-Type",
                entry.content_type.media_type(),
            )
            .with(self.content_type(&entry.content_type)),
        );
        for header in &entry.headers {
            let value = match &header.value {
                PartValue::Text(text) => short(&text.to_text()),
                PartValue::Disposition(disposition) => disposition_text(disposition),
                PartValue::Raw(octets) => format!("{} octets", octets.len()),
            };
            children.push(Node::new(header.range.clone(), header.field.name(), value));
        }
        if headers_end < entry.data_range.start {
            children.push(left_out(headers_end..entry.data_range.start));
        }
        if !entry.data_range.is_empty() {
            children.push(Node::new(
                entry.data_range.clone(),
                "data",
                format!("{} octets", entry.data.len()),
            ));
        }
        Node::new(entry.range.clone(), format!("part {number}"), value).with(children)
    }
}
