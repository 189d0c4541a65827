//! How exchanges end: with their final code, with their late result, at a limit, with a reboot, with the line.
//!
//! Every ending is one event, made before the caller hears of it, so that the caller can name it as evidence.
use super::desk::{Desk, Flight, Overdue, Owing, Reply, Waiting, bounded};
use super::{Answer, EngineError, Gone, Urc};
use crate::at::{Final, Late};
use crate::event::{Ending, EventId, Exchange, Level, Notice, SerialState, Shape, What};
use bytes::{Buf, Bytes};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// How long a late result that was given up is still recognised as what it is.
const OVERDUE_LIMIT: Duration = Duration::from_secs(600);

impl Desk {
    /// The final code of the exchange in flight has come.
    pub fn finish(&mut self, result: Final, now: Instant) {
        let Some(mut flight) = self.flight.take() else {
            return;
        };
        self.framer.settle();
        self.echo.store(flight.echoed, Ordering::Relaxed);
        let final_ms = self.since_sent(&flight);
        if flight.cancelled {
            let ending = Ending::Final(result.to_string());
            let evidence = self.exchange(&flight, ending, final_ms, None, Shape::AtOnce);
            let command = flight.command.text().to_owned();
            answer(
                flight.reply,
                Err(EngineError::Prompted { command, evidence }),
            );
            return;
        }
        let late = flight.command.late().cloned();
        if let Some(late) = late.filter(|_| result.is_ok()) {
            if flight.early.is_some() && self.take_overdue(&late) {
                flight.early = None; // it was the result of an earlier command that had been given up
            }
            if flight.early.is_none() {
                self.owing.push(Owing {
                    deadline: now + self.pace.real(late.limit),
                    flight,
                    late,
                    final_ms,
                });
                return;
            }
        }
        let early = flight.early.take();
        self.deliver(flight, result, final_ms, early, Shape::AtOnce);
    }

    fn take_overdue(&mut self, late: &Late) -> bool {
        let found = self
            .overdue
            .iter()
            .position(|o| o.late.matches == late.matches);
        found.map(|i| self.overdue.remove(i)).is_some()
    }

    /// The late result of an exchange has come.
    pub fn finish_late(&mut self, index: usize, line: &str) {
        let owing = self.owing.remove(index);
        let late_ms = self.since_sent(&owing.flight);
        let late = Some((line.to_owned(), late_ms));
        self.deliver(owing.flight, Final::Ok, owing.final_ms, late, Shape::Late);
    }

    fn deliver(
        &mut self,
        mut flight: Flight,
        result: Final,
        final_ms: u64,
        late: Option<(String, u64)>,
        shape: Shape,
    ) {
        let ending = Ending::Final(result.to_string());
        let evidence = self.exchange(&flight, ending, final_ms, late.as_ref(), shape);
        let (late, late_ms) = late.unzip();
        let unasked = late.clone();
        let heard = answer(
            flight.reply.take(),
            Ok(Answer {
                lines: std::mem::take(&mut flight.lines),
                raw: flight.raw.take(),
                result,
                late,
                shape,
                final_ms,
                late_ms,
                evidence,
            }),
        );
        if let (false, Some(line)) = (heard, unasked) {
            self.announce(Urc::Line(line)); // its caller is gone; somebody may have to tidy up after it
        }
    }

    pub fn flight_limit(&mut self, now: Instant) {
        if self.out.has_remaining() {
            return self.line_lost("it takes no octets (flow control, or a hung device)");
        }
        if let Some(result) = self.flight.as_mut().and_then(|f| f.hollow.take()) {
            return self.finish(result, now); // no line came: this firmware's answer is empty
        }
        let Some(flight) = self.flight.take() else {
            return;
        };
        self.framer.settle();
        let limit = flight.command.limit();
        let waited = self.since_sent(&flight);
        let ending = Ending::Timeout(millis(limit));
        let evidence = self.exchange(&flight, ending, waited, None, Shape::Unknown);
        let Flight {
            number,
            command,
            reply,
            payload_due,
            ..
        } = flight;
        let error = EngineError::Timeout {
            command: command.text().to_owned(),
            limit,
            evidence,
        };
        let probe = reply.is_none();
        answer(reply, Err(error));
        if !probe {
            self.owes_no_more(number, command.late(), now);
            self.quarantine(command, payload_due, now);
        }
        self.sort_all(now);
    }

    /// A late result is not waited for any more; should it come, it is this exchange's.
    fn owes_no_more(&mut self, number: u64, late: Option<&Late>, now: Instant) {
        let until = now + self.pace.real(OVERDUE_LIMIT);
        self.overdue.extend(late.cloned().map(|late| Overdue {
            number,
            late,
            until,
        }));
    }

    pub fn late_limits(&mut self, now: Instant) {
        self.overdue.retain(|o| o.until > now);
        while let Some(i) = self.owing.iter().position(|o| o.deadline <= now) {
            let Owing {
                flight,
                late,
                final_ms,
                ..
            } = self.owing.remove(i);
            let ending = Ending::LateTimeout(millis(late.limit));
            let evidence = self.exchange(&flight, ending, final_ms, None, Shape::Late);
            tracing::debug!(
                exchange = flight.number,
                "its late result is given up; should it come, it is nobody else's"
            );
            self.owes_no_more(flight.number, Some(&late), now);
            let command = flight.command.text().to_owned();
            let limit = late.limit;
            answer(
                flight.reply,
                Err(EngineError::LateTimeout {
                    command,
                    limit,
                    evidence,
                }),
            );
        }
    }

    /// The modem has started anew: whatever was under way is over.
    pub fn rebooted(&mut self, because: EventId) {
        let (under_way, late) = (self.flight.is_some(), self.owing.len());
        tracing::warn!(
            because,
            under_way,
            late,
            "the modem rebooted: every exchange ends"
        );
        self.boots
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.framer.settle();
        self.out.clear();
        self.recovery = None;
        self.overdue.clear();
        self.numeric = false;
        self.end_all(&Ending::Rebooted, |command, evidence| {
            EngineError::Rebooted { command, evidence }
        });
        self.sink.record(What::Notice(Notice {
            level: Level::Warning,
            text: "the modem rebooted: its sockets and settings are gone".to_owned(),
            because: Some(because),
        }));
        self.announce(Urc::Rebooted);
    }

    /// The line is gone for good.
    pub fn line_lost(&mut self, reason: &str) {
        tracing::warn!(
            reason,
            waiting = self.queue.len(),
            "the line is lost: every exchange ends"
        );
        let _ = self.gone.set(Gone::Lost(reason.to_owned()));
        let lost = |command, evidence| EngineError::LineLost {
            command,
            reason: reason.to_owned(),
            evidence,
        };
        self.end_all(&Ending::LineLost, |command, evidence| {
            lost(command, Some(evidence))
        });
        for waiting in self.queue.drain(..) {
            refuse(waiting, |command| lost(command, None));
        }
        self.serial(SerialState::Lost(reason.to_owned()));
        self.announce(Urc::LineLost(reason.to_owned()));
    }

    pub fn end_all(&mut self, ending: &Ending, error: impl Fn(String, EventId) -> EngineError) {
        let owing = std::mem::take(&mut self.owing);
        let late = owing.into_iter().map(|o| (o.flight, Some(o.final_ms)));
        let now = self.flight.take().map(|f| (f, None));
        for (flight, final_ms) in now.into_iter().chain(late) {
            let waited = final_ms.unwrap_or_else(|| self.since_sent(&flight));
            let evidence = self.exchange(&flight, ending.clone(), waited, None, Shape::Unknown);
            let command = flight.command.text().to_owned();
            answer(flight.reply, Err(error(command, evidence)));
        }
    }

    fn exchange(
        &self,
        flight: &Flight,
        ending: Ending,
        final_ms: u64,
        late: Option<&(String, u64)>,
        shape: Shape,
    ) -> EventId {
        let late_line = late.map(|(line, _)| line);
        let lines = flight.lines.iter().chain(late_line);
        self.sink.record(What::Exchange(Exchange {
            number: flight.number,
            command: bounded(flight.command.text()),
            lines: lines.map(|l| bounded(l)).collect(),
            raw: flight.raw.as_ref().map_or(0, Bytes::len),
            ending,
            shape,
            final_ms,
            late_ms: late.map(|(_, ms)| *ms),
            since: flight.since,
            purpose: flight.purpose.clone(),
        }))
    }
}

pub(super) fn refuse(waiting: Waiting, error: impl Fn(String) -> EngineError) {
    let command = waiting.command.text().to_owned();
    answer(Some(waiting.reply), Err(error(command)));
}

/// Whether the caller was still there.
fn answer(reply: Option<Reply>, result: Result<Answer, EngineError>) -> bool {
    reply.is_some_and(|r| r.send(result).is_ok())
}

fn millis(limit: Duration) -> u64 {
    u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)
}
