//! Datagrams: a UDP link of the module's stack, and questions over it.
//!
//! The link number is reserved like that of a connection, so that both come out of the same ten; it belongs to the stack's
//! context. Whoever goes away in between leaves a link that [`Modem::close_links`] closes.
use super::links::Slot;
use super::{Modem, Trouble};
use crate::at::urc::{self, Notice};
use crate::at::{Command, reply};
use crate::engine::Urc;
use crate::event::EventId;
use bytes::Bytes;
use std::net::IpAddr;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

/// Local ports begin here, one a link number.
const LOCAL_PORTS: u16 = 40_000;
/// So many link numbers are tried: some may be in use without the module saying so.
const NUMBERS: usize = 5;

/// A UDP link.
pub struct Datagrams {
    modem: Modem,
    number: u8,
    urcs: broadcast::Receiver<Urc>,
}

impl Modem {
    /// Opens a link for datagrams on the stack's context.
    ///
    /// # Errors
    /// No link number is free, or this firmware refuses all that were tried.
    pub async fn open_datagrams(&self) -> Result<Datagrams, Trouble> {
        let mut refused = Vec::new();
        let mut last = None;
        for _ in 0..NUMBERS {
            let Some(number) = self.links.reserve() else {
                break;
            };
            match self.open_datagrams_on(number).await {
                Ok(datagrams) => {
                    self.let_go(&refused);
                    return Ok(datagrams);
                }
                Err(trouble) => {
                    self.links.set(number, Slot::Foreign);
                    refused.push(number);
                    last = Some(trouble);
                }
            }
        }
        self.let_go(&refused);
        Err(last.unwrap_or_else(|| {
            Trouble::new(
                "all ten links are in use",
                "",
                "the module has no link number left for datagrams",
                "Close links that other programs left open (AT+CIPCLOSE=n), or AT+NETCLOSE",
            )
        }))
    }

    async fn open_datagrams_on(&self, number: u8) -> Result<Datagrams, Trouble> {
        let local = LOCAL_PORTS + u16::from(number);
        let command = Command::cipopen_udp(number, local).map_err(fault)?;
        let urcs = self.engine.urcs();
        let (tell, told) = oneshot::channel();
        let modem = self.clone();
        // The number must be given back whether or not anybody still waits for it.
        tokio::spawn(async move {
            let text = command.text().to_owned();
            let outcome = modem.ask(command).await.and_then(|answer| {
                let result = answer
                    .late
                    .iter()
                    .chain(&answer.lines)
                    .find_map(|l| reply::link_result(l).filter(|r| r.link == number));
                match result.map(|r| r.err.0) {
                    Some(0) => Ok(()),
                    _ => Err(Trouble::refused(&text, &answer)),
                }
            });
            let slot = if outcome.is_ok() {
                Slot::Open
            } else {
                Slot::Free
            };
            modem.links.set(number, slot);
            let opened = outcome.is_ok();
            if tell.send(outcome).is_err() && opened {
                modem.close_link(number).await;
            }
        });
        match told.await {
            Ok(Ok(())) => Ok(Datagrams {
                modem: self.clone(),
                number,
                urcs,
            }),
            Ok(Err(trouble)) => Err(trouble),
            Err(_) => Err(Trouble::new("the program is ending", "", "", "")),
        }
    }
}

fn fault(e: crate::at::CommandError) -> Trouble {
    Trouble::new(
        "the datagram cannot be sent",
        "",
        e.to_string(),
        "Correct the address of the resolver",
    )
}

impl Datagrams {
    /// Sends one datagram and waits for one that `accept` takes; others are dropped. `limit` is the world's time. `None` where
    /// nothing came; the events are those that carried it.
    ///
    /// # Errors
    /// The module refuses to send, or falls silent.
    pub async fn ask<T>(
        &mut self,
        to: (IpAddr, u16),
        octets: Bytes,
        limit: Duration,
        accept: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<(Option<T>, Vec<EventId>), Trouble> {
        let command = Command::cipsend_to(self.number, octets, to.0, to.1).map_err(fault)?;
        let sent = self.modem.must(command).await?;
        let mut evidence = vec![sent.evidence];
        let until = Instant::now() + self.modem.pace.real(limit);
        while timeout_at(until, self.arrived()).await.unwrap_or(false) {
            // Announced once until all of it is fetched.
            loop {
                let take =
                    Command::ciprxget_take(self.number, super::link::CHUNK).map_err(fault)?;
                let answer = self.modem.ask(take).await?;
                let Some(octets) = answer.raw.filter(|o| !o.is_empty()) else {
                    break;
                };
                evidence.push(answer.evidence);
                if let Some(taken) = accept(&octets) {
                    return Ok((Some(taken), evidence));
                }
            }
        }
        Ok((None, evidence))
    }

    /// Waits until data wait on this link; false once nothing can come any more.
    async fn arrived(&mut self) -> bool {
        loop {
            match self.urcs.recv().await {
                Ok(Urc::Line(line)) => match urc::parse(&line) {
                    Notice::Data { link } if link == self.number => return true,
                    Notice::NetworkClosed => return false,
                    _ => {}
                },
                Ok(Urc::Message { .. }) => {}
                // Some were missed; the buffer tells.
                Err(RecvError::Lagged(_)) => return true,
                Ok(Urc::Rebooted | Urc::LineLost(_)) | Err(RecvError::Closed) => return false,
            }
        }
    }

    /// Closes the link.
    pub async fn close(self) {
        self.modem.close_link(self.number).await;
    }
}
