//! The outline of a content type, and of what follows the headers.

use super::words::{disposition_text, parameter_value, short};
use super::{Draw, Node, left_out};
use crate::mms::content::{ContentType, ParameterValue};
use crate::mms::nested::{Branch, Tree};
use crate::mms::pdu::{Body, Part, PartValue};
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

    pub(super) fn body(
        &self,
        body: &Body,
        content_type: &ContentType,
        at: usize,
        nodes: &mut Vec<Node>,
    ) {
        match body {
            Body::None => {}
            Body::Single(data) => {
                if !data.is_empty() {
                    let part = Part {
                        content_type: content_type.media_type(),
                        charset: content_type.charset(),
                        data: data.clone(),
                        ..Part::default()
                    };
                    nodes.push(Node::new(
                        at..at + data.len(),
                        "body",
                        said(data.len(), &part),
                    ));
                }
            }
            Body::Multipart(entries) => {
                let tree = Tree::of(entries);
                self.branches(&tree.branches, at..self.octets.len(), nodes);
            }
        }
    }

    /// The number of entries and the entries, within the octets of their multipart.
    fn branches(&self, branches: &[Branch<'_>], within: Range<usize>, nodes: &mut Vec<Node>) {
        let first = branches
            .first()
            .map_or(within.end, |branch| branch.entry.range.start);
        if first > within.start {
            nodes.push(if branches.is_empty() {
                left_out(within.start..first)
            } else {
                let count = branches.len().to_string();
                Node::new(within.start..first, "number of parts", count)
            });
        }
        for (index, branch) in branches.iter().enumerate() {
            nodes.push(self.entry(index + 1, branch));
        }
    }

    fn entry(&self, number: usize, branch: &Branch<'_>) -> Node {
        let entry = branch.entry.as_ref();
        let part = entry.part();
        let name = part
            .content_location
            .as_ref()
            .or(part.name.as_ref())
            .map(|name| format!(" {}", short(name)))
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
            let mut inner = Vec::new();
            if !branch.inner.is_empty() {
                self.branches(&branch.inner, entry.data_range.clone(), &mut inner);
                let end = inner.last().map_or(0, |last| last.range.end);
                if end < entry.data_range.end {
                    inner.push(left_out(end..entry.data_range.end));
                }
            }
            let value = match entry.transfer_encoding() {
                Some(encoding) => format!("{encoding}, {}", said(entry.data.len(), &part)),
                None => said(entry.data.len(), &part),
            };
            children.push(Node::new(entry.data_range.clone(), "data", value).with(inner));
        }
        Node::new(entry.range.clone(), format!("part {number}"), value).with(children)
    }
}

/// How much it is, and the text of a text.
fn said(length: usize, part: &Part) -> String {
    match part.text() {
        Some(text) if !text.is_empty() => format!("{length} octets: {}", short(&text)),
        _ => format!("{length} octets"),
    }
}
