//! Long messages: cut into parts that a phone shows as one, and put together again in whatever order they come.
use super::data::{Content, MOST_OCTETS, UserData};
use super::gsm7::to_septets;
use super::header::{Element, Header};
use super::segments::{Encoding, cut, cut_to};
use std::collections::VecDeque;

/// So many messages are waited for at the same time; the oldest gives way.
const MOST_WAITING: usize = 64;

/// The messages that a text takes, in order: one without header where it fits, else parts with a concatenation header. A character, a surrogate pair, an
/// emoji of several code points and the two septets of an extension character stay together. `None` where it would take more than 255.
#[must_use]
pub fn parts_of(text: &str, reference: u8) -> Option<Vec<UserData>> {
    let content = Content::text(text);
    let (encoding, units) = match &content {
        Content::Ucs2(units) => (Encoding::Ucs2, units.len()),
        Content::Gsm7(septets) => (Encoding::Gsm7, septets.len()),
        Content::Octets(_) => return None,
    };
    if units <= encoding.alone() {
        return Some(vec![UserData::new(content)]);
    }
    let pieces = cut(text, encoding);
    let contents = pieces.into_iter().map(|piece| match encoding {
        Encoding::Gsm7 => Content::Gsm7(to_septets(piece).unwrap_or_default()),
        Encoding::Ucs2 => Content::Ucs2(piece.encode_utf16().collect()),
    });
    joined(contents.collect(), reference, None)
}

/// The messages that a text takes where nothing links them: each as full as it can be, in one alphabet for all.
#[must_use]
pub fn pieces_of(text: &str) -> Vec<UserData> {
    let content = Content::text(text);
    let encoding = match &content {
        Content::Ucs2(_) => Encoding::Ucs2,
        Content::Gsm7(_) | Content::Octets(_) => Encoding::Gsm7,
    };
    cut_to(text, encoding, encoding.alone())
        .into_iter()
        .map(|piece| {
            UserData::new(match encoding {
                Encoding::Gsm7 => Content::Gsm7(to_septets(piece).unwrap_or_default()),
                Encoding::Ucs2 => Content::Ucs2(piece.encode_utf16().collect()),
            })
        })
        .collect()
}

/// The messages that octets for an application take, such as a WAP push to port 2948. `None` where it would take more than 255.
#[must_use]
pub fn parts_to_port(
    octets: &[u8],
    destination: u16,
    source: u16,
    reference: u8,
) -> Option<Vec<UserData>> {
    let ports = Element::Ports {
        destination,
        source,
        wide: true,
    };
    // The header takes 7 octets alone and 12 with a concatenation.
    if octets.len() + 7 <= MOST_OCTETS {
        let mut alone = UserData::new(Content::Octets(octets.to_vec()));
        alone.header.elements.push(ports);
        return Some(vec![alone]);
    }
    let contents = octets.chunks(MOST_OCTETS - 12);
    let contents = contents.map(|chunk| Content::Octets(chunk.to_vec()));
    joined(contents.collect(), reference, Some(&ports))
}

fn joined(contents: Vec<Content>, reference: u8, ports: Option<&Element>) -> Option<Vec<UserData>> {
    let total = u8::try_from(contents.len()).ok()?;
    let part = |(number, content)| UserData {
        header: Header {
            elements: ports
                .cloned()
                .into_iter()
                .chain([Element::Concatenation {
                    reference: u16::from(reference),
                    wide: false,
                    total,
                    number,
                }])
                .collect(),
        },
        content,
    };
    Some((1..=total).zip(contents).map(part).collect())
}

/// A message whose parts have all come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The sender, as the parts said.
    pub from: String,
    /// Destination and source port, where the parts named any.
    pub ports: Option<(u16, u16)>,
    /// The text; empty for octets.
    pub text: String,
    /// The octets; empty for a text.
    pub octets: Vec<u8>,
}

/// Parts that wait for the others.
#[derive(Debug, Clone, Default)]
pub struct Joiner {
    waiting: VecDeque<Waiting>,
}

#[derive(Debug, Clone)]
struct Waiting {
    from: String,
    reference: u16,
    ports: Option<(u16, u16)>,
    parts: Vec<Option<Content>>,
}

impl Joiner {
    /// Takes one message; gives the whole one once all parts are there, in whatever order they came. A part that comes again is taken once; one that
    /// contradicts its header (number 0, or beyond the total) stands alone.
    pub fn take(&mut self, from: &str, data: UserData) -> Option<Joined> {
        let ports = data.header.ports();
        let (reference, total, number) = match data.header.concatenation() {
            Some((reference, total, number)) if (1..=total).contains(&number) && total > 1 => {
                (reference, usize::from(total), usize::from(number) - 1)
            }
            _ => return Some(whole(from.to_owned(), ports, vec![data.content])),
        };
        let same = |waiting: &Waiting| {
            waiting.from == from
                && waiting.reference == reference
                && waiting.ports == ports
                && waiting.parts.len() == total
        };
        let index = self.waiting.iter().position(same).unwrap_or_else(|| {
            if self.waiting.len() == MOST_WAITING {
                self.waiting.pop_front();
            }
            self.waiting.push_back(Waiting {
                from: from.to_owned(),
                reference,
                ports,
                parts: vec![None; total],
            });
            self.waiting.len() - 1
        });
        let waiting = &mut self.waiting[index];
        waiting.parts[number].get_or_insert(data.content);
        if waiting.parts.iter().any(Option::is_none) {
            return None;
        }
        let done = self.waiting.remove(index)?;
        let contents = done.parts.into_iter().flatten().collect();
        Some(whole(done.from, done.ports, contents))
    }

    /// Waits no longer for the rest of a message: its sender, its reference and number of parts, its ports.
    pub fn give_up(&mut self, from: &str, linked: (u16, u8), ports: Option<(u16, u16)>) {
        let (reference, total) = linked;
        self.waiting.retain(|waiting| {
            waiting.from != from
                || waiting.reference != reference
                || waiting.ports != ports
                || waiting.parts.len() != usize::from(total)
        });
    }

    /// Of each message that waits: sender, parts that are there, parts in all.
    pub fn waiting(&self) -> impl Iterator<Item = (&str, usize, usize)> {
        self.waiting.iter().map(|waiting| {
            let there = waiting.parts.iter().flatten().count();
            (waiting.from.as_str(), there, waiting.parts.len())
        })
    }
}

/// Puts contents together: code units before they become text, since some senders cut surrogate pairs, and septets too, since some cut escapes.
fn whole(from: String, ports: Option<(u16, u16)>, contents: Vec<Content>) -> Joined {
    let mut joined = Joined {
        from,
        ports,
        text: String::new(),
        octets: Vec::new(),
    };
    let mut run: Option<Content> = None;
    for content in contents {
        match (&mut run, content) {
            (Some(Content::Gsm7(before)), Content::Gsm7(more)) => before.extend(more),
            (Some(Content::Ucs2(before)), Content::Ucs2(more)) => before.extend(more),
            (_, Content::Octets(more)) => joined.octets.extend(more),
            (_, other) => {
                if let Some(text) = run.replace(other).and_then(|done| done.to_text()) {
                    joined.text.push_str(&text);
                }
            }
        }
    }
    if let Some(text) = run.and_then(|done| done.to_text()) {
        joined.text.push_str(&text);
    }
    joined
}
