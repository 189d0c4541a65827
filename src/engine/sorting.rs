//! What a token means: echo, answer, final code, late result, announcement or noise (at-sim7600 section 0).
//!
//! The order of the questions is the whole matter: a reboot first; then what the command in flight claims by shape; then what an
//! accepted command still owes; then known announcements; and only then, for a command nobody knows, anything at all.
use super::Urc;
use super::desk::{Desk, LINES_BOUND};
use crate::at::{Final, LateFit, Token, urc};
use crate::event::{Direction, EventId, Octets, Role, What, Wire, escape};
use bytes::Bytes;
use std::time::Duration;
use tokio::time::Instant;

/// How long a question whose `OK` came without a line waits for that line.
const HOLLOW: Duration = Duration::from_millis(500);

impl Desk {
    /// Octets came from the modem.
    pub fn received(&mut self, octets: &[u8], now: Instant) {
        self.sink.record(What::Wire(Wire {
            dir: Direction::Rx,
            octets: Octets::copy(octets),
        }));
        self.heard(now);
        self.framer.push(octets);
        self.sort_all(now);
    }

    /// Sorts what the framer has; after an exchange that was given up these may be octets that it had held back.
    pub fn sort_all(&mut self, now: Instant) {
        while let Some(token) = self.framer.next_token() {
            self.token(token, now);
        }
    }

    fn token(&mut self, token: Token, now: Instant) {
        match token {
            Token::Line { text, .. } => self.sort(&text, now),
            Token::Prompt => self.prompt(now),
            Token::Raw(octets) => self.raw(octets),
            Token::Echo(octets) => {
                self.rx_line(Role::Echo, &escape(&octets));
                if let Some(flight) = &mut self.flight {
                    flight.echoed = true;
                }
            }
            Token::Noise(octets) => {
                self.line(Direction::Rx, Role::Noise, &escape(&octets), None, None);
            }
        }
    }

    fn raw(&mut self, octets: Bytes) {
        self.rx_line(Role::Payload, &format!("{} octets", octets.len()));
        if let Some(flight) = &mut self.flight {
            flight.raw = Some(octets);
        }
    }

    fn sort(&mut self, text: &str, now: Instant) {
        // A modem that starts anew owes nothing any more: the line that an announcement still owns never comes.
        if text == "RDY" {
            self.head = None;
            self.boot(text);
            return;
        }
        if let Some(head) = self.head.take() {
            self.unasked(text);
            return self.announce(Urc::Message {
                head,
                body: text.to_owned(),
            });
        }
        if self.owned(text) || self.boot(text) || self.ours(text, now) || self.owed(text) {
            return;
        }
        if self.too_late(text) {
            self.line(Direction::Rx, Role::Noise, text, None, None);
            return;
        }
        let lax = self.flight.as_ref().is_some_and(|f| f.command.is_lax());
        if urc::is_known(text) {
            self.unasked(text);
            match urc::owned_lines(text) {
                0 => self.announce(Urc::Line(text.to_owned())),
                _ => self.head = Some(text.to_owned()),
            }
        } else if lax {
            self.information(text, 0);
        } else if urc::looks_like(text) && self.recovery.is_none() {
            self.unasked(text);
            self.announce(Urc::Line(text.to_owned()));
        } else {
            self.line(Direction::Rx, Role::Noise, text, None, None);
        }
    }

    fn unasked(&self, text: &str) -> EventId {
        self.line(Direction::Rx, Role::Urc, text, None, None)
    }

    /// A line that the one before it owns, whatever it says.
    fn owned(&mut self, text: &str) -> bool {
        let owns = self.flight.as_ref().map_or(0, |f| f.owned);
        if owns > 0 {
            self.information(text, owns - 1);
        }
        owns > 0
    }

    /// `RDY`, or `SMS DONE` for the second time: the modem has started anew.
    fn boot(&mut self, text: &str) -> bool {
        let again = match text {
            "RDY" => true,
            "SMS DONE" => std::mem::replace(&mut self.sms_done, true),
            _ => return false,
        };
        let line = self.unasked(text);
        if again {
            self.sms_done = text != "RDY";
            self.rebooted(line);
        }
        self.announce(Urc::Line(text.to_owned()));
        true
    }

    /// What belongs to the exchange in flight.
    fn ours(&mut self, text: &str, now: Instant) -> bool {
        let Some(flight) = &mut self.flight else {
            return false;
        };
        if flight.sent_ms.is_none() {
            return false; // it cannot answer what it has not read to the end
        }
        if let Some(result) = flight.command.final_of(text, self.numeric) {
            let probe = flight.reply.is_none() && self.recovery.is_some();
            if probe && (flight.lines.is_empty() || !result.is_ok()) {
                self.line(Direction::Rx, Role::Noise, text, None, None);
                return true;
            }
            self.numeric = text.len() == 1;
            if self.is_hollow(&result, now) {
                self.rx_line(Role::Final, text);
                return true;
            }
            self.rx_line(Role::Final, text);
            if self.recovery.is_some() {
                self.recovered();
            }
            self.finish(result, now);
            return true;
        }
        let late = flight.command.late().map(|l| l.matches.fit(text));
        if late == Some(LateFit::End) {
            let after = self.after_ms().unwrap_or(0);
            if let Some(flight) = &mut self.flight {
                flight.early = Some((text.to_owned(), after));
            }
            self.rx_line(Role::Answer, text);
            return true;
        }
        if late == Some(LateFit::Part) {
            self.information(text, 0);
            return true;
        }
        let claim = flight.command.claims(text).map(|c| c.owns);
        let named = flight.command.is_lax() && flight.command.names(text);
        if let Some(owns) = claim.or(named.then_some(0)) {
            self.information(text, owns);
            return true;
        }
        false
    }

    /// Whether this `OK` may belong to an earlier command: a question that always has a line for an answer got none. Then its line
    /// is waited for a little while; if it comes, the real `OK` comes behind it.
    fn is_hollow(&mut self, result: &Final, now: Instant) -> bool {
        let until = now + self.pace.real(HOLLOW);
        let Some(flight) = &mut self.flight else {
            return false;
        };
        let hollow = result.is_ok()
            && flight.hollow.is_none()
            && flight.reply.is_some()
            && flight.lines.is_empty()
            && flight.command.always_has_a_line();
        if hollow {
            flight.hollow = Some(result.clone());
            flight.deadline = until;
        }
        hollow
    }

    fn information(&mut self, text: &str, owns: usize) {
        self.rx_line(Role::Answer, text);
        if let Some(flight) = &mut self.flight {
            flight.owned = owns;
            if flight.lines.len() < LINES_BOUND {
                flight.lines.push(text.to_owned());
            }
        }
    }

    /// What accepted commands still owe, and what they were not waited for any longer.
    fn owed(&mut self, text: &str) -> bool {
        let fit = |i: usize| self.owing[i].late.matches.fit(text);
        if let Some(i) = (0..self.owing.len()).find(|i| fit(*i) != LateFit::No) {
            let end = fit(i) == LateFit::End;
            let owing = &mut self.owing[i];
            let number = owing.flight.number;
            let sent = owing.flight.sent_ms.unwrap_or(0);
            let after = self.sink.now_ms().saturating_sub(sent);
            self.line(Direction::Rx, Role::Late, text, Some(number), Some(after));
            if end {
                self.finish_late(i, text);
            } else if owing_room(&self.owing[i].flight.lines) {
                self.owing[i].flight.lines.push(text.to_owned());
            }
            return true;
        }
        let fits = |o: &super::desk::Overdue| o.late.matches.fit(text) == LateFit::End;
        if let Some(i) = self.overdue.iter().position(fits) {
            let number = self.overdue.remove(i).number;
            self.line(Direction::Rx, Role::Late, text, Some(number), None);
            self.announce(Urc::Line(text.to_owned()));
            return true;
        }
        false
    }
}

fn owing_room(lines: &[String]) -> bool {
    lines.len() < LINES_BOUND
}
