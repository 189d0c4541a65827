//! Opening and closing links: ten numbers, each free, opening or open.
//!
//! A `+CIPOPEN` whose caller went away keeps its number until its late result or limit; a late success is closed then.
use super::{Link, Modem, Trouble};
use crate::at::errors::SocketError;
use crate::at::{Command, reply};
use crate::engine::{Answer, EngineError};
use crate::event::{EventId, Link as LinkEvent, LinkState, Shape, What};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// Which numbers are taken.
#[derive(Default)]
pub(super) struct Links {
    slots: Mutex<[Slot; 10]>,
    /// The rows of links that are open, as they were told last.
    rows: Mutex<[Option<LinkEvent>; 10]>,
    settled: Notify,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Slot {
    #[default]
    Free,
    Opening,
    Open,
    /// Open before we came: somebody else's.
    Foreign,
}

/// How a dial that did not open a link ended: what the verdict and the screen need to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialled {
    /// `<err>` of `+CIPOPEN` (at-sim7600 section 4.3), where the modem gave one.
    pub code: Option<u8>,
    /// Where the result stood.
    pub shape: Shape,
    /// The command, as it went out.
    pub command: String,
    /// Milliseconds from the command to the result.
    pub ms: u64,
    /// What came back.
    pub raw: String,
    /// The exchange.
    pub evidence: Vec<EventId>,
    /// What the engine says, where there was no result at all.
    pub trouble: Option<Trouble>,
}

impl Links {
    fn with<T>(&self, change: impl FnOnce(&mut [Slot; 10]) -> T) -> T {
        change(&mut self.slots.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn row(&self, number: u8, row: Option<LinkEvent>) -> Option<LinkEvent> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut rows[usize::from(number) % 10], row)
    }

    pub(super) fn set(&self, number: u8, slot: Slot) {
        self.with(|slots| slots[usize::from(number) % 10] = slot);
        self.settled.notify_waiters();
    }

    pub(super) fn reserve(&self) -> Option<u8> {
        self.with(|slots| {
            let free = slots.iter().position(|s| *s == Slot::Free)?;
            slots[free] = Slot::Opening;
            u8::try_from(free).ok()
        })
    }

    fn all(&self, slot: Slot) -> Vec<u8> {
        self.with(|slots| {
            (0u8..10)
                .filter(|n| slots[usize::from(*n)] == slot)
                .collect()
        })
    }
}

impl Modem {
    /// Records a link as it is now.
    pub(super) fn tell_link(&self, row: &LinkEvent) {
        let open = row.state == LinkState::Open;
        self.links.row(row.number, open.then(|| row.clone()));
        self.record(What::Link(row.clone()));
    }

    /// Records that a link is closed, where it was told to be open.
    fn tell_link_closed(&self, number: u8, why: &str) {
        if let Some(mut row) = self.links.row(number, None) {
            row.state = LinkState::Closed(why.to_owned());
            self.record(What::Link(row));
        }
    }

    /// Records that all links are closed: a restart and the end of the socket stack take every one with them.
    pub fn tell_links_closed(&self, why: &str) {
        for number in 0..10 {
            self.tell_link_closed(number, why);
        }
    }

    /// Learns which links are in use already (`+CIPOPEN?`), so that a dial does not meet error 4 for a busy number. The stack
    /// must be open.
    ///
    /// # Errors
    /// Where the modem falls silent.
    pub async fn look_at_links(&self) -> Result<Vec<u8>, Trouble> {
        let answer = self.ask(Command::cipopen_read()).await?;
        let used: Vec<u8> = answer
            .lines
            .iter()
            .filter_map(|l| reply::link_row(l))
            .filter(|r| r.peer.is_some())
            .map(|r| r.link)
            .collect();
        self.links.with(|slots| {
            for (number, slot) in (0u8..).zip(slots.iter_mut()) {
                *slot = if used.contains(&number) {
                    Slot::Foreign
                } else {
                    Slot::Free
                };
            }
        });
        Ok(used)
    }

    /// Opens a TCP connection. Where the modem refuses before it sends anything, because the link number is in use or another
    /// connect is under way (`+CIPOPEN: n,4` or `n,8` with ERROR; at-sim7600 section 4.4), another number is taken, or the same
    /// thing tried again after a pause, as long as `limit` lasts. Each attempt is a link row of its own. `told` hears why again.
    ///
    /// # Errors
    /// How the last attempt ended.
    pub async fn dial(
        &self,
        cid: Option<u8>,
        host: &str,
        port: u16,
        limit: Duration,
        told: impl Fn(String),
    ) -> Result<Link, Box<Dialled>> {
        let until = tokio::time::Instant::now() + self.pace.real(limit);
        let mut taken = Vec::new();
        loop {
            let (number, outcome) = self.dial_once(cid, host, port, limit).await;
            let again = match &outcome {
                Err(dialled) if dialled.shape == Shape::AtOnce => dialled.code,
                _ => None,
            };
            let (Some(number), true) = (number, tokio::time::Instant::now() < until) else {
                self.let_go(&taken);
                return outcome;
            };
            match again {
                // The refusal has a number of its own on each firmware: whatever is refused at once may be the link number.
                Some(code)
                    if code != BUSY
                        && code != NOT_OPEN
                        && !is_undocumented(code, host)
                        && taken.len() < OTHER_NUMBERS =>
                {
                    self.links.set(number, Slot::Foreign);
                    taken.push(number);
                    told(format!(
                        "link {number} was refused at once ({}); trying another number",
                        SocketError(code)
                    ));
                }
                Some(BUSY) => {
                    told(
                        "the module is at another connect (8 = busy); trying again in 1 s"
                            .to_owned(),
                    );
                    tokio::time::sleep(self.pace.real(Duration::from_secs(1))).await;
                }
                _ => {
                    self.let_go(&taken);
                    return outcome;
                }
            }
        }
    }

    /// Numbers that were only thought to be in use are free for the next dial.
    pub(super) fn let_go(&self, taken: &[u8]) {
        for number in taken {
            self.links.set(*number, Slot::Free);
        }
    }

    /// One attempt on the next free link number. `limit` is the modem's own (`+CIPTIMEOUT`); a little more is waited for its
    /// result.
    ///
    /// # Errors
    /// How it ended.
    pub async fn dial_once(
        &self,
        cid: Option<u8>,
        host: &str,
        port: u16,
        limit: Duration,
    ) -> (Option<u8>, Result<Link, Box<Dialled>>) {
        let Some(number) = self.links.reserve() else {
            return (
                None,
                Err(Box::new(Dialled::without_result(Trouble::new(
                    "all ten links are in use",
                    "",
                    "the module has no link number left for another connection",
                    "Close links that other programs left open (AT+CIPCLOSE=n), or AT+NETCLOSE",
                )))),
            );
        };
        (
            Some(number),
            self.dial_on(number, cid, host, port, limit).await,
        )
    }

    async fn dial_on(
        &self,
        number: u8,
        cid: Option<u8>,
        host: &str,
        port: u16,
        limit: Duration,
    ) -> Result<Link, Box<Dialled>> {
        let command = match Command::cipopen_tcp(number, host, port) {
            Ok(command) => command.with_late_limit(limit + GRACE),
            Err(e) => {
                self.links.set(number, Slot::Free);
                let advice = "Correct the host in the profile";
                return Err(Box::new(Dialled::without_result(Trouble::new(
                    "the connect command cannot be made",
                    "",
                    e.to_string(),
                    advice,
                ))));
            }
        };
        let row = LinkEvent {
            number,
            host: host.to_owned(),
            port,
            cid,
            state: LinkState::Opening,
            sent: 0,
            received: 0,
            ms: 0,
        };
        self.record(What::Link(row.clone()));
        // Subscribed before the connect, so that data or a close right after it cannot be missed.
        let urcs = self.engine.urcs();
        let (tell, told) = oneshot::channel();
        let (modem, opening) = (self.clone(), row.clone());
        tokio::spawn(async move {
            let outcome = modem.open(command, opening).await;
            let opened = outcome.is_ok();
            // Whoever asked may have gone away; the link must not stay open for nobody.
            if tell.send(outcome).is_err() && opened {
                modem.close_link(number).await;
            }
        });
        match told.await {
            Ok(Ok((row, dialled))) => Ok(Link::new(self.clone(), row, dialled, urcs)),
            Ok(Err(dialled)) => Err(dialled),
            Err(_) => Err(Box::new(Dialled::without_result(Trouble::new(
                "the connect was given up",
                "",
                "the program is ending",
                "",
            )))),
        }
    }

    async fn open(
        &self,
        command: Command,
        mut row: LinkEvent,
    ) -> Result<(LinkEvent, Dialled), Box<Dialled>> {
        let text = command.text().to_owned();
        let began = self.sink.now_ms();
        let outcome = self.engine.run(command, self.purpose).await;
        let mut open = false;
        let mut dialled = match outcome {
            Ok(answer) => match Dialled::read(row.number, &answer) {
                Ok(()) => {
                    row.ms = answer.late_ms.unwrap_or(answer.final_ms);
                    row.state = LinkState::Open;
                    self.links.set(row.number, Slot::Open);
                    self.tell_link(&row);
                    let dialled = Dialled {
                        code: Some(0),
                        shape: answer.shape,
                        command: text,
                        ms: row.ms,
                        raw: super::trouble::raw(&answer),
                        evidence: vec![answer.evidence],
                        trouble: None,
                    };
                    return Ok((row, dialled));
                }
                Err(dialled) => dialled,
            },
            Err(error) => {
                let mut dialled = Box::new(Dialled::without_result(Trouble::engine(&text, &error)));
                // Its result may only have been lost on the line: then the link is open, for nobody.
                open = !self.close_link(row.number).await;
                if let EngineError::LateTimeout { .. } = error {
                    dialled.shape = Shape::Late;
                }
                dialled.ms = self.sink.now_ms().saturating_sub(began);
                dialled
            }
        };
        dialled.command = text;
        if !open {
            self.links.set(row.number, Slot::Free);
        }
        row.ms = dialled.ms;
        row.state = LinkState::Failed {
            code: dialled.code,
            shape: dialled.shape,
            what: dialled.words(),
        };
        self.record(What::Link(row));
        Err(dialled)
    }

    /// Opens a link number that is open already, to learn how this firmware refuses by itself (diagnosis experiment E08). The
    /// link that is open stays so. `None` where the modem said nothing that can be read, or opened it after all.
    pub async fn dial_busy(
        &self,
        number: u8,
        host: &str,
        port: u16,
        limit: Duration,
    ) -> Option<Dialled> {
        let command = Command::cipopen_tcp(number, host, port)
            .ok()?
            .with_late_limit(limit + GRACE);
        let text = command.text().to_owned();
        let answer = self.engine.run(command, self.purpose).await.ok()?;
        let mut dialled = *Dialled::read(number, &answer).err()?;
        dialled.command = text;
        Some(dialled)
    }

    /// Closes one link of ours. Returns false where the modem did not answer: then the link still counts as open.
    pub async fn close_link(&self, number: u8) -> bool {
        let Ok(command) = Command::cipclose(number) else {
            return true; // no such number, so no such link
        };
        // Already closed by the peer is as good: `+CIPCLOSE: n,4`.
        let answered = self.ask(command).await.is_ok() || self.engine.is_gone();
        let slot = if answered { Slot::Free } else { Slot::Open };
        self.links.set(number, slot);
        if answered {
            self.tell_link_closed(number, "closed by us");
        }
        answered
    }

    /// Waits for connects that nobody waits for any more (bounded by their limits), then closes every link of ours.
    /// Returns whether the modem has answered for each.
    pub async fn close_links(&self) -> bool {
        loop {
            let mut settled = std::pin::pin!(self.links.settled.notified());
            // Registered before looking, so that a change in between is not missed.
            settled.as_mut().enable();
            if self.links.all(Slot::Opening).is_empty() {
                break;
            }
            settled.await;
        }
        let mut all = true;
        for number in self.links.all(Slot::Open) {
            all &= self.close_link(number).await;
        }
        all
    }

    /// Link numbers whose connect is still under way.
    #[must_use]
    pub fn opening(&self) -> Vec<u8> {
        self.links.all(Slot::Opening)
    }
}

/// `<err>` of a module that is still at another connect, and of one whose stack has closed (at-sim7600 section 4.3).
const BUSY: u8 = 8;
const NOT_OPEN: u8 = 2;
/// A literal IPv6 address that the command does not take (3 = wrong parameter): another link number changes nothing.
fn is_undocumented(code: u8, host: &str) -> bool {
    code == 3 && host.contains(':')
}
/// How many other link numbers a dial tries.
const OTHER_NUMBERS: usize = 4;
/// How much longer than its own limit the modem is waited for.
const GRACE: Duration = Duration::from_secs(5);

impl Dialled {
    fn without_result(trouble: Trouble) -> Self {
        let evidence = trouble.evidence.clone();
        Self {
            code: None,
            shape: Shape::Unknown,
            command: String::new(),
            ms: 0,
            raw: String::new(),
            evidence,
            trouble: Some(trouble),
        }
    }

    /// `Ok` where the answer says that the link is open.
    fn read(number: u8, answer: &Answer) -> Result<(), Box<Self>> {
        let result = answer
            .late
            .iter()
            .chain(&answer.lines)
            .rev()
            .find_map(|l| reply::link_result(l).filter(|r| r.link == number));
        let code = result.map(|r| r.err.0);
        if code == Some(0) {
            return Ok(());
        }
        Err(Box::new(Self {
            code,
            shape: answer.shape,
            command: String::new(),
            ms: answer.late_ms.unwrap_or(answer.final_ms),
            raw: super::trouble::raw(answer),
            evidence: vec![answer.evidence],
            trouble: None,
        }))
    }

    /// In a few words, for a row.
    #[must_use]
    pub fn words(&self) -> String {
        match (self.code, &self.trouble) {
            (Some(code), _) => SocketError(code).to_string(),
            (None, Some(trouble)) => trouble.failure.what.clone(),
            (None, None) => "refused".to_owned(),
        }
    }
}
