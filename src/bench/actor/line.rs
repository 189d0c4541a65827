//! The line below: what the modem says unasked, a line that is lost and found again, settings that are still owed to it.
//!
//! In: URCs, an opened line. Out: a modem on the new line, and its settings as they were found. Never here: the person's orders.
use super::{Actor, LAST_CHANCE};
use crate::at::urc::{self, Notice as Announced};
use crate::bench::regain::{self, Lost};
use crate::engine::{Engine, Urc};
use crate::event::{Level, SerialChange, SerialState, What};
use crate::modem::{Modem, Settings};
use crate::pipeline;
use crate::serial::{Opened, SerialError};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep_until};

impl Actor {
    /// What the modem says unasked.
    pub(super) fn hear(&mut self, urc: Result<Urc, broadcast::error::RecvError>) {
        match urc {
            Ok(Urc::LineLost(_)) | Err(broadcast::error::RecvError::Closed) => self.line_lost(),
            Ok(Urc::Rebooted) => {
                self.gear.learnt(|l| *l = pipeline::Learnt::default());
                self.gear.modem.tell_links_closed("the modem rebooted");
                self.say(Level::Alarm, "the modem rebooted: its sockets are gone; it needs about 30 s to register again");
            }
            Ok(Urc::Line(line))
                if matches!(
                    urc::parse(&line),
                    Announced::Packet(_) | Announced::NetworkClosed | Announced::Sim(_)
                ) =>
            {
                if urc::parse(&line) == Announced::NetworkClosed {
                    self.gear
                        .modem
                        .tell_links_closed("the network closed the data connection");
                }
                self.receiving.wanted |= self.receiving.listens && is_ready(&line);
                self.look_wide = true;
                self.next_look = self.next_look.map(|at| at.min(Instant::now() + SETTLE));
            }
            Ok(urc @ (Urc::Line(_) | Urc::Message { .. })) => {
                if !self.hear_message(&urc) {
                    self.hear_report(&urc);
                }
            }
            Err(broadcast::error::RecvError::Lagged(_)) => self.hear_gap(),
        }
    }

    /// What the modem handed on while the session wound up lies nowhere else: it is kept before the end.
    pub(super) fn hear_the_rest(&mut self) {
        while let Some(heard) = self.urcs.as_mut().map(broadcast::Receiver::try_recv) {
            match heard {
                Ok(urc) if !self.hear_message(&urc) => self.hear_report(&urc),
                Ok(_) | Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
        self.keep_unkept();
    }

    /// A send that runs ends by itself with that reason; then the line is looked for.
    fn line_lost(&mut self) {
        tracing::warn!(
            serial = self.gear.serial,
            known_source = self.source.is_some(),
            "the line is lost"
        );
        self.next_look = None;
        self.urcs = None;
        if self.source.is_none() {
            return self.say(
                Level::Alarm,
                "the serial line is gone: plug the modem in again, then start mmscope again",
            );
        }
        self.lost = Some(Lost::now(&self.gear));
        self.say(
            Level::Alarm,
            "the serial line is gone: looking for the modem until it is back",
        );
    }

    pub(super) fn regained(&mut self, opened: Result<Opened, SerialError>) {
        self.regaining = None;
        match opened {
            Ok(opened) => {
                self.take_line(opened);
                self.looking = Some(Box::pin(regain::settle(self.gear.clone())));
                self.next_look = self.watchful.then(Instant::now);
            }
            Err(e) => {
                if let Some(lost) = &mut self.lost {
                    lost.failed(&self.gear, &e);
                }
            }
        }
    }

    /// Goes on with a new line, on which the modem may be another one than before.
    fn take_line(&mut self, opened: Opened) {
        tracing::info!(
            before = self.gear.serial,
            now = opened.name,
            "the line is found again"
        );
        let sink = self.gear.sink.clone();
        sink.record(What::Serial(SerialChange {
            name: opened.name.clone(),
            state: SerialState::Open,
        }));
        if let Some(lines) = opened.control_lines {
            sink.record(What::ControlLines(lines));
        }
        for (level, note) in opened.notes {
            self.say(level, note);
        }
        let pace = self.gear.modem.pace();
        let (line, outputs) = (opened.line, opened.outputs);
        let engine = Engine::start_with(line, outputs, &opened.name, pace, sink.clone());
        self.urcs = Some(engine.urcs());
        self.gear.modem = Modem::new(engine, pace, sink);
        self.gear.serial = opened.name;
        // A device that has come back has most likely restarted.
        self.gear.boots = Arc::new(AtomicU64::new(u64::MAX));
        self.gear.learnt(|l| *l = pipeline::Learnt::default());
        self.reading = None;
        self.receiving.wanted = self.receiving.listens;
        self.lost = None;
    }

    /// The program ends while the line is lost: where settings are still changed, the modem gets some time to come back.
    pub(super) async fn last_chance(&mut self) {
        let Some(source) = self.source.clone() else {
            return;
        };
        if !self.owes_settings() {
            return;
        }
        self.say(
            Level::Warning,
            format!(
                "settings of the modem are still changed; waiting up to {} s for it to come back",
                LAST_CHANCE.as_secs()
            ),
        );
        self.regaining = None;
        let limit = self.gear.modem.pace().real(LAST_CHANCE);
        let waited = tokio::time::timeout(limit, async {
            let mut lost = Lost::now(&self.gear);
            loop {
                sleep_until(lost.next).await;
                match regain::attempt(source.clone()).await {
                    Ok(opened) => {
                        self.take_line(opened);
                        let settled = regain::settle(self.gear.clone()).await.is_ok();
                        if settled || !self.gear.modem.engine().is_gone() {
                            return settled;
                        }
                        lost = Lost::now(&self.gear);
                    }
                    Err(e) => lost.failed(&self.gear, &e),
                }
            }
        });
        if !waited.await.unwrap_or(false) {
            self.say(
                Level::Alarm,
                "the modem did not come back; `mmscope restore` puts its settings back once it is there",
            );
        }
    }

    pub(super) fn owes_settings(&self) -> bool {
        let saved = self.gear.saved.lock();
        !self.read_only && saved.unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Of the copies that earlier sessions left takes the one of the modem that is here. Devices of one type often look the same on USB.
    pub(super) async fn take_own_copy(&mut self) {
        let left = std::mem::take(&mut self.left_behind);
        let chosen = match &left[..] {
            [] => return,
            // It belongs to the line; whether also to the modem is looked at before anything is put back.
            [one] if one.unit.is_none() => Some(0),
            several => own_among(&self.gear.modem.serving("restore"), several).await,
        };
        let others = left.len() - usize::from(chosen.is_some());
        if others > 0 {
            self.say(
                Level::Info,
                format!("settings of {others} other modem(s) that look the same on this line are kept; they wait until that modem is plugged in"),
            );
        }
        let own = chosen.and_then(|n| left.into_iter().nth(n));
        self.gear.saved(|saved| *saved = own);
    }

    /// Puts back what an earlier session left changed.
    pub(super) async fn put_back_what_was_left(&mut self) {
        if self.read_only {
            // It only says what would be put back.
            pipeline::tidy(&self.gear).await;
            return;
        }
        if !self.owes_settings() {
            return;
        }
        self.say(
            Level::Warning,
            "an earlier session left settings of this modem changed; putting them back",
        );
        if let Err(trouble) = self.gear.modem.serving("restore").hello().await {
            return self.say(Level::Alarm, trouble.to_string());
        }
        pipeline::tidy(&self.gear).await;
    }
}

/// The SIM has come: what it was asked before it could not answer.
fn is_ready(line: &str) -> bool {
    urc::parse(line) == Announced::Sim(crate::event::SimState::Ready)
}

/// The place of this modem's own copy; that of the newest one where it does not tell who it is.
async fn own_among(modem: &Modem, copies: &[Settings]) -> Option<usize> {
    let known = async {
        modem.hello().await?;
        modem.identify().await
    };
    let Ok(identity) = known.await else {
        return Some(0);
    };
    let unit = modem.unit();
    let may_be = |s: &Settings| !s.is_of_another(unit.as_deref());
    let place = |of: &dyn Fn(&Settings) -> bool| copies.iter().position(of);
    place(&|s| s.unit.is_some() && s.unit == unit)
        .or_else(|| place(&|s| may_be(s) && s.belong_to(&identity)))
        .or_else(|| place(&may_be))
}

/// How long to wait after an announcement before looking: they come in groups.
const SETTLE: Duration = Duration::from_millis(300);
