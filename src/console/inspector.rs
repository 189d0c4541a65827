//! The PDU inspector: which PDU is looked at, and where in it: one place, seen as a field of the tree and as an octet.
//!
//! In: the PDUs that are known, movements. Out: rows of fields with their octets, remarks with theirs, the place. Pure; reading a PDU is
//! `mms`', and never fails. What stands in the octets is untrusted: rows are bounded, and whoever draws them cleans their words.
use crate::event::{Direction, EventId, Octets};
use crate::known::Known;
use crate::mms::{self, Lint, MessageType, Node};
use std::ops::Range;

/// So many fields of one PDU are listed; a real one has fewer than two hundred.
pub const MOST_FIELDS: usize = 10_000;

/// Stands where a PDU of the session has its event's number: the draft in the composer, which has none yet.
pub const DRAFT: EventId = 0;

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRow {
    /// How deep it stands.
    pub depth: usize,
    /// Its octets.
    pub range: Range<usize>,
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// A PDU taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected {
    /// Its event.
    pub id: EventId,
    /// Which way it went.
    pub dir: Direction,
    /// All of it.
    pub octets: Octets,
    /// The tree, each field before what it is made of.
    pub fields: Vec<FieldRow>,
    /// Fields that the tree has beyond [`MOST_FIELDS`].
    pub unlisted: usize,
    /// What is wrong or doubtful, by place.
    pub remarks: Vec<Lint>,
}

/// What the screen looks at.
#[derive(Clone, Debug, Default)]
pub struct Inspector {
    /// The draft as it would be sent now, but for its Transaction-Id, which is made then; as of when the screen was opened.
    pub draft: Option<Octets>,
    /// The PDU that the person chose; the newest message that was sent, where none was.
    pub chosen: Option<EventId>,
    /// It, taken apart; `None` while there is no PDU.
    pub shown: Option<Inspected>,
    /// The chosen field.
    pub field: usize,
    /// The chosen octet.
    pub octet: usize,
    /// The chosen remark, once one was chosen.
    pub remark: Option<usize>,
}

impl Inspected {
    /// Takes a PDU apart. Linear in its size.
    #[must_use]
    pub fn new(id: EventId, dir: Direction, octets: Octets) -> Self {
        let mut fields = Vec::new();
        let mut unlisted = 0;
        for node in mms::outline(&octets.0) {
            flatten(node, 0, &mut fields, &mut unlisted);
        }
        let remarks = mms::Pdu::decode(&octets.0).examine(octets.0.len());
        Self {
            id,
            dir,
            octets,
            fields,
            unlisted,
            remarks,
        }
    }

    /// The innermost field that holds an octet.
    #[must_use]
    pub fn field_at(&self, octet: usize) -> Option<usize> {
        self.fields.iter().rposition(|f| f.range.contains(&octet))
    }

    /// Whether it is an M-Send.req of this session, which can be edited and sent again.
    #[must_use]
    pub fn is_send_req(&self) -> bool {
        self.id != DRAFT && message_type(&self.octets.0) == Some(MessageType::SEND_REQ)
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        name(&self.octets.0)
    }
}

/// Octets that are looked for: what was typed as hexadecimal where it is that, and as text in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    hex: Option<Vec<u8>>,
    text: Option<Vec<u8>>,
}

impl Needle {
    /// Reads `8c 80`, `0x8c80`, `subject` or `"beef"`: quotes say that it is text alone, `0x` that it is hexadecimal alone. `None` where
    /// there is nothing to look for.
    ///
    /// # Errors
    /// After `0x`, what is no whole octets in hexadecimal.
    pub fn read(typed: &str) -> Result<Option<Self>, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        if let Some(quoted) = typed.strip_prefix('"') {
            let inner = quoted.strip_suffix('"').unwrap_or(quoted);
            let text = Some(inner.as_bytes().to_vec()).filter(|t| !t.is_empty());
            return Ok(text.map(|text| Self {
                hex: None,
                text: Some(text),
            }));
        }
        if let Some(digits) = typed.strip_prefix("0x") {
            let hex = hex(digits).ok_or("whole octets in hexadecimal are wanted after 0x")?;
            return Ok(Some(Self {
                hex: Some(hex),
                text: None,
            }));
        }
        Ok(Some(Self {
            hex: hex(typed),
            text: Some(typed.as_bytes().to_vec()),
        }))
    }

    /// Where it begins in these octets, in order.
    #[must_use]
    pub fn find(&self, octets: &[u8]) -> Vec<usize> {
        self.places(octets).map(|place| place.start).collect()
    }

    /// The same with where it ends; of two spellings that begin together the longer one.
    pub fn places(&self, octets: &[u8]) -> impl Iterator<Item = Range<usize>> {
        (0..octets.len()).filter_map(|at| Some(at..at + self.begins(&octets[at..])?))
    }

    /// How many octets of these it is, where they begin with it.
    fn begins(&self, rest: &[u8]) -> Option<usize> {
        let hex = self.hex.as_ref().filter(|h| rest.starts_with(h));
        let alike = |t: &&Vec<u8>| {
            let head = rest.get(..t.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(t))
        };
        let text = self.text.as_ref().filter(alike);
        hex.into_iter().chain(text).map(Vec::len).max()
    }

    /// Octets of its longer spelling.
    #[must_use]
    pub fn longest(&self) -> usize {
        let spellings = self.hex.iter().chain(&self.text);
        spellings.map(Vec::len).max().unwrap_or(0)
    }
}

/// Octets as digits, with blanks between them or none; `None` where it is nothing of that.
fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits.bytes().filter(|b| *b != b' ').collect();
    let whole = !digits.is_empty() && digits.len().is_multiple_of(2);
    let value = |b: &u8| {
        char::from(*b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let pair = |pair: &[u8]| Some(value(&pair[0])? << 4 | value(&pair[1])?);
    digits
        .chunks(2)
        .filter(|_| whole)
        .map(pair)
        .collect::<Option<Vec<u8>>>()
        .filter(|h| !h.is_empty())
}

fn flatten(node: Node, depth: usize, rows: &mut Vec<FieldRow>, unlisted: &mut usize) {
    if rows.len() < MOST_FIELDS {
        rows.push(FieldRow {
            depth,
            range: node.range,
            label: node.label,
            value: node.value,
        });
    } else {
        *unlisted += 1;
    }
    for child in node.children {
        flatten(child, depth + 1, rows, unlisted);
    }
}

/// X-Mms-Message-Type, where it stands first, as it must.
fn message_type(octets: &[u8]) -> Option<MessageType> {
    match octets {
        [0x8C, kind, ..] => Some(MessageType(*kind)),
        _ => None,
    }
}

/// What a PDU is called, told from its first octets.
#[must_use]
pub fn name(octets: &[u8]) -> String {
    match message_type(octets) {
        Some(kind) => match kind.name() {
            Some(name) => name.to_owned(),
            None => format!("PDU of type {:02X}", kind.0),
        },
        None => "no MMS PDU".to_owned(),
    }
}

impl Inspector {
    /// All that can be looked at, newest first: the draft, then the PDUs of the session.
    pub fn all<'k>(
        &'k self,
        known: &'k Known,
    ) -> impl Iterator<Item = (EventId, Direction, &'k Octets)> + Clone {
        let draft = self.draft.iter().map(|o| (DRAFT, Direction::Tx, o));
        let known = known.pdus.iter().rev();
        draft.chain(known.map(|p| (p.id, p.seen.dir, &p.seen.octets)))
    }

    /// Follows what is known: the chosen PDU while it is held, else the newest message that was sent, else the newest PDU, else the draft.
    pub fn follow(&mut self, known: &Known) {
        let wanted = self.wanted(known);
        if wanted.as_ref().map(|w| w.0) != self.chosen {
            self.chosen = None;
        }
        let Some((id, dir, octets)) = wanted else {
            self.shown = None;
            return;
        };
        let same = |s: &Inspected| s.id == id && s.octets == octets;
        if !self.shown.as_ref().is_some_and(same) {
            self.shown = Some(Inspected::new(id, dir, octets));
            (self.field, self.octet, self.remark) = (0, 0, None);
        }
    }

    fn wanted(&self, known: &Known) -> Option<(EventId, Direction, Octets)> {
        let mut all = self.all(known);
        let held = self.chosen;
        let held = held.and_then(|id| all.clone().find(|(other, ..)| *other == id));
        let mut session = all.clone().filter(|(id, ..)| *id != DRAFT);
        // Not the word to the MMSC that a received message is here.
        let is_message = |octets: &Octets| message_type(&octets.0) == Some(MessageType::SEND_REQ);
        let sent = session
            .clone()
            .find(|(_, dir, octets)| *dir == Direction::Tx && is_message(octets));
        let found = held.or(sent).or(session.next()).or(all.next());
        found.map(|(id, dir, octets)| (id, dir, octets.clone()))
    }

    /// The place of the shown PDU among all, newest first.
    #[must_use]
    pub fn position(&self, known: &Known) -> usize {
        let shown = self.shown.as_ref().map(|s| s.id);
        let found = self.all(known).position(|(id, ..)| Some(id) == shown);
        found.unwrap_or(0)
    }

    /// Looks at the PDU of this place, newest first.
    pub fn choose(&mut self, known: &Known, place: usize) {
        let found = self.all(known).nth(place).map(|(id, ..)| id);
        if found.is_some() {
            self.chosen = found;
            self.follow(known);
        }
    }

    /// Goes to a field: the octet goes to its first one.
    pub fn to_field(&mut self, field: usize) {
        let Some(row) = self.shown.as_ref().and_then(|s| s.fields.get(field)) else {
            return;
        };
        self.octet = row.range.start;
        self.field = field;
        self.remark = None;
    }

    /// Goes to an octet: the field goes with it.
    pub fn to_octet(&mut self, octet: usize) {
        let Some(shown) = &self.shown else { return };
        self.octet = octet.min(shown.octets.0.len().saturating_sub(1));
        self.field = shown.field_at(self.octet).unwrap_or(self.field);
        self.remark = None;
    }

    /// Goes to a remark, and with it to its octet.
    pub fn to_remark(&mut self, remark: usize) {
        let found = self.shown.as_ref().and_then(|s| s.remarks.get(remark));
        let Some(offset) = found.map(|lint| lint.offset) else {
            return;
        };
        self.to_octet(offset);
        self.remark = Some(remark);
    }

    /// The chosen field's octets and what it says, or those of the whole PDU with all its fields.
    #[must_use]
    pub fn to_copy(&self, whole: bool) -> Option<(&[u8], String)> {
        let shown = self.shown.as_ref()?;
        let line = |row: &FieldRow| match row.value.is_empty() {
            true => row.label.clone(),
            false => format!("{}: {}", row.label, row.value),
        };
        if whole {
            let rows = shown.fields.iter();
            let rows = rows.map(|row| format!("{}{}\n", "  ".repeat(row.depth), line(row)));
            return Some((&shown.octets.0, rows.collect()));
        }
        let marked = self.marked();
        let octets = shown.octets.0.get(marked)?;
        let says = shown.fields.get(self.field).map(line).unwrap_or_default();
        Some((octets, says))
    }

    /// The octets that are marked: those of the chosen field; the chosen one alone where no listed field holds it.
    #[must_use]
    pub fn marked(&self) -> Range<usize> {
        let row = self
            .shown
            .as_ref()
            .and_then(|s| s.fields.get(self.field))
            .filter(|row| row.range.contains(&self.octet));
        row.map_or(self.octet..self.octet + 1, |row| row.range.clone())
    }
}
