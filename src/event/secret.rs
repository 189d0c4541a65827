//! Hides what nobody may read in a recording: passwords, PINs, numbers, the local parts of e-mail addresses.
//!
//! In: text, or octets of the wire in pieces that may be cut anywhere. Out: the same, with an asterisk for each character that is
//! hidden, so that places stay true. Never here: knowing which event a text stands in.

/// Digits of a long run that stay readable: MCC-MNC of an IMSI, a country and area code.
const KEPT_DIGITS: usize = 6;
/// Runs of digits from this length on are taken for identities; dates, ports and cell numbers are shorter.
const IDENTITY_DIGITS: usize = 9;
/// What stands after an at sign is a domain from this length on; pictures are full of at signs.
const DOMAIN: usize = 3;

/// Hides passwords, PINs, long runs of digits and the local parts of e-mail addresses in a text.
#[must_use]
pub fn redact(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let octets: Vec<u8> = text.chars().map(stand_in).collect();
    let hidden = Redaction::default().marks(&octets, false);
    let shown = |(c, hide)| if hide { '*' } else { c };
    text.chars().zip(hidden).map(shown).collect()
}

/// Whether [`redact`] would find nothing to look at more closely: no at sign, no long run of digits, no command whose values are secret. Nearly
/// every line of a modem is so.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let octets = text.as_bytes();
    let mut run = 0;
    for (at, octet) in octets.iter().enumerate() {
        run = if octet.is_ascii_digit() { run + 1 } else { 0 };
        if run == IDENTITY_DIGITS || *octet == b'@' {
            return false;
        }
        if ends_a_name(octet.to_ascii_uppercase()) {
            let ends = |g: &Guarded| {
                let begin = (at + 1).checked_sub(g.name.len());
                begin.is_some_and(|b| octets[b..=at].eq_ignore_ascii_case(g.name))
            };
            if GUARDED.iter().any(ends) {
                return false;
            }
        }
    }
    true
}

/// Whether a name of [`GUARDED`] ends in this letter.
fn ends_a_name(octet: u8) -> bool {
    matches!(octet, b'H' | b'N' | b'K' | b'D')
}

/// What stands before a Message-ID in our texts.
const MESSAGE_ID: &str = "Message-ID ";

/// The same, but a Message-ID behind these very words stays readable: it names a message and no person, though it is written like an
/// address, and it is what a carrier asks for.
#[must_use]
pub fn redact_but_ids(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(MESSAGE_ID) {
        let (before, id) = rest.split_at(at + MESSAGE_ID.len());
        let end = id.find(char::is_whitespace).unwrap_or(id.len());
        out += &redact(before);
        out += &id[..end];
        rest = &id[end..];
    }
    out + &redact(rest)
}

/// The octet that is judged in a character's place: letters of any script may stand in an address.
fn stand_in(c: char) -> u8 {
    match u8::try_from(c) {
        Ok(octet) if octet.is_ascii() => octet,
        _ if c.is_alphabetic() => b'a',
        _ => 0xff,
    }
}

/// What must be remembered between the pieces of one direction of the wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct Redaction {
    secret: Secret,
    /// Digits of the run that the last piece ended in.
    run: usize,
    /// The word that the last piece ended in.
    word: Option<Word>,
    /// Whether something stands before the next octet on its line.
    inside: bool,
}

impl Redaction {
    /// The next octets of the stream, as many as they were. What may be the beginning of an identity that goes on in the next piece is
    /// hidden at once.
    #[must_use]
    pub fn octets(&mut self, octets: &[u8]) -> Vec<u8> {
        let hidden = self.marks(octets, true);
        let shown = |(octet, hide): (&u8, bool)| if hide { b'*' } else { *octet };
        octets.iter().zip(hidden).map(shown).collect()
    }

    /// Which octets are hidden. `goes_on` says that more may follow.
    fn marks(&mut self, octets: &[u8], goes_on: bool) -> Vec<bool> {
        let mut hidden: Vec<bool> = octets.iter().map(|o| self.secret.hides(*o)).collect();
        self.mark_digits(octets, goes_on, &mut hidden);
        self.mark_addresses(octets, goes_on, &mut hidden);
        hidden
    }

    fn mark_digits(&mut self, octets: &[u8], goes_on: bool, hidden: &mut [bool]) {
        let mut at = 0;
        while at < octets.len() {
            if !octets[at].is_ascii_digit() {
                self.run = 0;
                at += 1;
                continue;
            }
            let end = end_of(octets, at, |o| o.is_ascii_digit());
            let total = self.run + (end - at);
            let open = goes_on && end == octets.len();
            if total >= IDENTITY_DIGITS || open {
                let kept = KEPT_DIGITS.saturating_sub(self.run);
                hidden[(at + kept).min(end)..end].fill(true);
            }
            self.run = total;
            at = end;
        }
    }

    fn mark_addresses(&mut self, octets: &[u8], goes_on: bool, hidden: &mut [bool]) {
        let mut at = 0;
        while at < octets.len() {
            if !is_local(octets[at]) {
                self.word = None;
                self.inside = !matches!(octets[at], b'\r' | b'\n');
                at += 1;
                continue;
            }
            let end = end_of(octets, at, is_local);
            let carried = self.word.take().filter(|_| at == 0);
            let word = carried.unwrap_or(Word::new(!self.inside));
            let word = word.with(&octets[at..end]);
            let open = goes_on && end == octets.len();
            let address = octets.get(end) == Some(&b'@') && is_domain(&octets[end + 1..], goes_on);
            if address || (open && !word.is_harmless()) {
                hidden[at..end].fill(true);
            }
            self.word = open.then_some(word);
            self.inside = true;
            at = end;
        }
    }
}

fn end_of(octets: &[u8], at: usize, within: impl Fn(u8) -> bool) -> usize {
    let length = octets[at..].iter().position(|o| !within(*o));
    length.map_or(octets.len(), |n| at + n)
}

/// What a local part is made of (RFC 5322 section 3.2.3), but for what our texts and AT commands set around one.
fn is_local(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-./?^_{|}~".contains(&octet)
}

fn is_domain(octets: &[u8], goes_on: bool) -> bool {
    let length = end_of(octets, 0, |o| {
        o.is_ascii_alphanumeric() || matches!(o, b'.' | b'-')
    });
    length >= DOMAIN || (goes_on && length == octets.len())
}

/// A word that is cut by the end of a piece.
#[derive(Clone, Copy, Debug)]
struct Word {
    /// It begins a line and looks like the name of a command or a result: `+CIPRXGET`, `HTTP/1.1`.
    name: bool,
    /// Nothing but digits and dots: the runs of digits are looked after anyway.
    number: bool,
}

impl Word {
    fn new(begins_line: bool) -> Self {
        Self {
            name: begins_line,
            number: true,
        }
    }

    fn with(self, octets: &[u8]) -> Self {
        let name = |o: &u8| o.is_ascii_uppercase() || o.is_ascii_digit() || b"+./".contains(o);
        let number = |o: &u8| o.is_ascii_digit() || *o == b'.';
        Self {
            name: self.name && octets.iter().all(name),
            number: self.number && octets.iter().all(number),
        }
    }

    fn is_harmless(self) -> bool {
        self.name || self.number
    }
}

/// A command whose values are secret.
#[derive(Clone, Copy, Debug)]
struct Guarded {
    name: &'static [u8],
    /// Quoted values are always hidden; unquoted ones from this place on.
    plain_from: u8,
    /// Whether unquoted values of its answer are secret, too: `+CPIN: READY` must be read, a password must not.
    answers: bool,
}

/// Authentication of a PDP context (3GPP TS 27.007 section 10.1.31), PIN and PUK (8.3), facility lock (7.4), change of password (7.5).
const GUARDED: [Guarded; 4] = [
    Guarded {
        name: b"CGAUTH",
        plain_from: 2,
        answers: true,
    },
    Guarded {
        name: b"CPIN",
        plain_from: 0,
        answers: false,
    },
    Guarded {
        name: b"CLCK",
        plain_from: 2,
        answers: false,
    },
    Guarded {
        name: b"CPWD",
        plain_from: 0,
        answers: false,
    },
];

/// Follows a line through a command whose values are secret, one octet after the other.
#[derive(Clone, Copy, Debug, Default)]
struct Secret {
    recent: [u8; 6],
    guarded: Option<Guarded>,
    /// `=` or `:` after the name.
    sign: Option<u8>,
    field: u8,
    quoted: bool,
    /// A quoted value has just ended; only a comma leads on to another value.
    closed: bool,
    /// The unquoted values have ended; what follows is text about the command.
    past: bool,
}

impl Secret {
    fn hides(&mut self, octet: u8) -> bool {
        if matches!(octet, b'\r' | b'\n') {
            *self = Self::default();
            return false;
        }
        if self.guarded.is_some() && octet == b'"' {
            self.quoted = !self.quoted;
            self.closed = !self.quoted;
            return false;
        }
        if self.quoted {
            return true;
        }
        self.recent.rotate_left(1);
        let last = octet.to_ascii_uppercase();
        self.recent[5] = last;
        let mut guarded = GUARDED.iter().filter(|_| ends_a_name(last));
        if let Some(begun) = guarded.find(|g| self.recent.ends_with(g.name)) {
            let recent = self.recent;
            *self = Self {
                recent,
                guarded: Some(*begun),
                ..Self::default()
            };
            return false;
        }
        self.guarded
            .is_some_and(|guarded| self.hides_plain(guarded, octet))
    }

    fn hides_plain(&mut self, guarded: Guarded, octet: u8) -> bool {
        self.past |= std::mem::take(&mut self.closed) && octet != b',';
        match octet {
            b'=' | b':' if self.sign.is_none() => self.sign = Some(octet),
            b',' => self.field = self.field.saturating_add(1),
            b';' | b'`' => self.past = true,
            o if o.is_ascii_whitespace() => self.past |= self.sign != Some(b':'),
            b'?' => {}
            _ => {
                let secret =
                    self.sign == Some(b'=') || (self.sign == Some(b':') && guarded.answers);
                return secret && !self.past && self.field >= guarded.plain_from;
            }
        }
        false
    }
}
