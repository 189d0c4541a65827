//! Octets of a modem, cut into lines, prompts, counted raw data, echo and noise.
//!
//! In: octets in any cut, and what the command in flight lets us expect ([`Expect`]). Out: [`Token`]s that do not depend on the
//! cut. Memory is bounded whatever comes, time is linear in the input, and no octets make it panic. It never decides what a
//! line means.
use super::{Command, Payload};
use crate::event::escape;
use bytes::Bytes;
use std::collections::VecDeque;

/// Octets of a line that are kept; what is longer is cut there, and [`Token::Line`] says how much is missing.
pub const LINE_BOUND: usize = 4096;
/// Counted raw data are believed up to this many octets; a larger count is taken for a garbled line.
pub const RAW_BOUND: usize = 65_536;

const CTRL_Z: u8 = 0x1a;

/// What was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A line that is not empty, without its end. All but printable ASCII is escaped as [`crate::event::escape`] does.
    Line {
        /// The text.
        text: String,
        /// Octets that were cut off its end.
        lost: usize,
    },
    /// The prompt for a payload.
    Prompt,
    /// Counted raw data, whole.
    Raw(Bytes),
    /// The modem's echo of the command or of its payload.
    Echo(Bytes),
    /// Control characters and broken octets before a line.
    Noise(Bytes),
}

/// What the command in flight lets the framer expect.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    echo: Option<Bytes>,
    payload: Option<Bytes>,
    prompt: bool,
    counted: Option<fn(&str) -> Option<usize>>,
}

impl Expect {
    /// Of this command: its echo, its prompt, its payload's echo if the command itself was echoed, its counted data.
    #[must_use]
    pub fn of(command: &Command) -> Self {
        let payload = command.payload().map(|p| match p {
            Payload::Exact(octets) => octets.clone(),
            Payload::CtrlZ(octets) => [octets, &[CTRL_Z][..]].concat().into(),
        });
        Self {
            echo: Some(Bytes::copy_from_slice(command.text().as_bytes())),
            payload,
            prompt: command.may_prompt,
            counted: command.counted,
        }
    }

    /// And a prompt, too: one may be overdue from an exchange that was given up.
    #[must_use]
    pub fn or_prompt(mut self) -> Self {
        self.prompt = true;
        self
    }
}

/// The framer. It keeps at most the octets of one push, one bounded line and one piece of raw data.
#[derive(Debug, Default)]
pub struct Framer {
    input: Vec<u8>,
    at: usize,
    line: Vec<u8>,
    lost: usize,
    ready: VecDeque<Token>,
    raw: Option<(usize, Vec<u8>)>,
    swallow: Option<u8>,
    expect: Expect,
    echoing: bool,
    payload_due: bool,
}

impl Framer {
    /// With nothing expected.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A command goes out: from now on its echo, prompt and raw data may come.
    pub fn expect(&mut self, expect: Expect) {
        self.expect = expect;
        self.echoing = false;
        self.payload_due = false;
    }

    /// The exchange is over: only lines may come. Raw data that never came whole are read as lines again, so that a modem that
    /// rebooted in the middle of them is understood.
    pub fn settle(&mut self) {
        self.expect(Expect::default());
        if let Some((_, had)) = self.raw.take() {
            let rest = self.input.split_off(self.at);
            self.input = had;
            self.input.extend(rest);
            self.at = 0;
        }
    }

    /// Takes octets as they came.
    pub fn push(&mut self, octets: &[u8]) {
        if self.at > 0 {
            self.input.drain(..self.at);
            self.at = 0;
        }
        self.input.extend_from_slice(octets);
    }

    /// The next token, if the octets so far have one.
    pub fn next_token(&mut self) -> Option<Token> {
        loop {
            if let Some(token) = self.ready.pop_front() {
                return Some(token);
            }
            self.skip_one();
            if self.raw.is_some() {
                return self.counted();
            }
            let first = *self.input.get(self.at)?;
            if self.line.is_empty() && self.lost == 0 {
                match self.payload_echo() {
                    Match::Whole(token) => return Some(token),
                    Match::Partly => return None,
                    Match::No => {}
                }
                if first == 0 {
                    self.at += 1; // idle lines and level shifters produce NULs
                    continue;
                }
                if first == b'>' && self.expect.prompt {
                    self.at += 1;
                    self.swallow = Some(b' ');
                    self.expect.prompt = false;
                    self.payload_due = self.echoing && self.expect.payload.is_some();
                    return Some(Token::Prompt);
                }
            }
            if let Some(end) = self.gather() {
                self.close_line(end);
            }
        }
    }

    /// Passes over the blank after a prompt and the LF before raw data.
    fn skip_one(&mut self) {
        if let (Some(skipped), Some(first)) = (self.swallow, self.input.get(self.at)) {
            if *first == skipped {
                self.at += 1;
            }
            self.swallow = None;
        }
    }

    fn counted(&mut self) -> Option<Token> {
        let (want, had) = self.raw.as_mut()?;
        let here = self.input.get(self.at..).unwrap_or_default();
        let take = here.len().min(*want - had.len());
        had.extend_from_slice(&here[..take]);
        self.at += take;
        if had.len() < *want {
            return None;
        }
        let (_, had) = self.raw.take()?;
        Some(Token::Raw(had.into()))
    }

    fn payload_echo(&mut self) -> Match {
        let Some(payload) = self.expect.payload.as_ref().filter(|_| self.payload_due) else {
            return Match::No;
        };
        let here = self.input.get(self.at..).unwrap_or_default();
        if here.len() < payload.len() {
            return if payload.starts_with(here) {
                Match::Partly
            } else {
                Match::No
            };
        }
        if !here.starts_with(payload) {
            return Match::No;
        }
        self.at += payload.len();
        self.payload_due = false;
        Match::Whole(Token::Echo(payload.clone()))
    }

    /// Moves octets up to the next line end into the line; returns the line end.
    fn gather(&mut self) -> Option<u8> {
        let here = self.input.get(self.at..).unwrap_or_default();
        let end = here.iter().position(|o| matches!(o, b'\r' | b'\n'));
        let part = &here[..end.unwrap_or(here.len())];
        let room = LINE_BOUND.saturating_sub(self.line.len()).min(part.len());
        self.line.extend_from_slice(&part[..room]);
        self.lost = self.lost.saturating_add(part.len() - room);
        let found = end.and_then(|e| here.get(e)).copied();
        self.at += part.len() + usize::from(found.is_some());
        found
    }

    fn close_line(&mut self, end: u8) {
        let (octets, lost) = (
            std::mem::take(&mut self.line),
            std::mem::take(&mut self.lost),
        );
        let noise = noise_before(&octets);
        let clean = &octets[noise..];
        if octets[..noise].iter().any(|o| *o != 0) {
            let noise = Bytes::copy_from_slice(&octets[..noise]);
            self.ready.push_back(Token::Noise(noise));
        }
        if self.expect.echo.as_deref() == Some(clean) && lost == 0 {
            self.expect.echo = None;
            self.echoing = true;
            let echo = Bytes::copy_from_slice(clean);
            self.ready.push_back(Token::Echo(echo));
        } else if !clean.is_empty() || lost > 0 {
            let text = escape(clean);
            self.begin_raw(&text, end);
            self.ready.push_back(Token::Line { text, lost });
        }
    }

    fn begin_raw(&mut self, line: &str, end: u8) {
        let count = self.expect.counted.and_then(|count| count(line));
        if let Some(n) = count.filter(|n| *n <= RAW_BOUND) {
            self.raw = Some((n, Vec::with_capacity(n)));
            self.swallow = (end == b'\r').then_some(b'\n');
        }
    }
}

enum Match {
    Whole(Token),
    Partly,
    No,
}

/// How many octets at the beginning belong to no text: control characters, and octets that are no UTF-8.
fn noise_before(octets: &[u8]) -> usize {
    let mut at = 0;
    for chunk in octets.utf8_chunks() {
        let clean = chunk.valid().find(|c: char| !c.is_control());
        match clean {
            Some(begin) => return at + begin,
            None => at += chunk.valid().len() + chunk.invalid().len(),
        }
    }
    at
}
