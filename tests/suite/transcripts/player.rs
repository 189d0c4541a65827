//! Plays the modem's side of a transcript. Comes in: a parsed transcript and what the driver writes. Goes out: what the transcript's
//! modem said to the same command, with the numbers that the driver has chosen itself (link, context, count of octets) put in. What
//! the transcript does not say, a plain modem says ([`super::plain`]).
use super::plain::Plain;
use super::script::{Exchange, Transcript, Write};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::sleep;

/// What the driver wrote, and which commands the transcript did not know.
#[derive(Default)]
pub struct Heard {
    pub commands: Vec<String>,
    pub unknown: Vec<String>,
    /// Commands whose last line has been said.
    pub finished: usize,
}

pub struct Player {
    line: DuplexStream,
    exchanges: Vec<(Exchange, bool)>,
    cursor: usize,
    prologue: Vec<Write>,
    plain: Plain,
    /// Link numbers and contexts of the transcript, and what the driver uses in their place.
    links: BTreeMap<String, String>,
    cids: BTreeMap<String, String>,
    request: Vec<u8>,
    heard: Arc<Mutex<Heard>>,
}

impl Player {
    pub fn new(line: DuplexStream, transcript: &Transcript, heard: Arc<Mutex<Heard>>) -> Self {
        Self {
            line,
            exchanges: transcript
                .exchanges
                .iter()
                .map(|e| (e.clone(), false))
                .collect(),
            cursor: 0,
            prologue: transcript.prologue.clone(),
            plain: Plain::new(transcript),
            links: BTreeMap::new(),
            cids: BTreeMap::new(),
            request: Vec::new(),
            heard,
        }
    }

    pub async fn play(mut self) {
        for write in std::mem::take(&mut self.prologue) {
            self.say(&write).await;
        }
        while let Some(command) = self.command().await {
            self.heard.lock().unwrap().commands.push(command.clone());
            self.answer(&command).await;
            self.heard.lock().unwrap().finished += 1;
        }
    }

    /// The next line of the host; `None` once it has gone.
    async fn command(&mut self) -> Option<String> {
        let mut line = Vec::new();
        loop {
            match self.line.read_u8().await.ok()? {
                b'\r' => return Some(String::from_utf8_lossy(&line).into_owned()),
                b'\n' | 0x1b => {}
                octet => line.push(octet),
            }
        }
    }

    async fn say(&mut self, write: &Write) {
        sleep(Duration::from_millis(write.after_ms)).await;
        let octets = renumber(
            &renumber(&write.octets, LINK_LINES, &self.links),
            CID_LINES,
            &self.cids,
        );
        // A driver that has gone hears no more.
        let _ = self.line.write_all(&octets).await;
    }

    async fn answer(&mut self, command: &str) {
        self.plain.saw(command);
        let Some(index) = self.find(command) else {
            self.heard.lock().unwrap().unknown.push(command.to_owned());
            return self.plainly(command).await;
        };
        let exchange = self.exchanges[index].0.clone();
        self.learn_numbers(command, &exchange.command);
        self.exchanges[index].1 = true;
        self.cursor = index + 1;
        if let Some(text) = self.plain.list(command, &exchange) {
            return self.say(&Write::now(text)).await;
        }
        for write in &exchange.writes {
            self.say(write).await;
        }
        self.plain.answered(command, &exchange);
        if let Some(writes) = &exchange.payload {
            let size = counted(command);
            let payload = self.payload(size).await;
            self.request.extend_from_slice(&payload);
            self.after_payload(index, writes, payload.len()).await;
        }
    }

    async fn plainly(&mut self, command: &str) {
        for write in self.plain.answer(command) {
            self.say(&write).await;
        }
        if command.starts_with("AT+CIPSEND=") {
            let payload = self.payload(counted(command)).await;
            self.request.extend_from_slice(&payload);
            let count = format!(
                "+CIPSEND: {},{},{}",
                first_number(command),
                payload.len(),
                payload.len()
            );
            self.say(&Write::now(format!("\r\nOK\r\n\r\n{count}\r\n")))
                .await;
        }
    }

    /// Octets behind a prompt: as many as were named, or until Ctrl-Z or ESC.
    async fn payload(&mut self, size: Option<usize>) -> Vec<u8> {
        let mut payload = Vec::new();
        while size.is_none_or(|size| payload.len() < size) {
            match self.line.read_u8().await {
                Ok(0x1a | 0x1b) if size.is_none() => break,
                Ok(octet) => payload.push(octet),
                Err(_) => break,
            }
        }
        payload
    }

    /// The count goes to the driver with its own number; what the transcript says behind the last chunk of the request waits until
    /// the driver's request is whole.
    async fn after_payload(&mut self, index: usize, writes: &[Write], size: usize) {
        let mut last = index;
        let same = |e: &Exchange| e.payload.is_some() && e.command.starts_with("AT+CIPSEND");
        while self.exchanges.get(last + 1).is_some_and(|(e, _)| same(e)) {
            last += 1;
        }
        let is_send = self.exchanges[index].0.command.starts_with("AT+CIPSEND");
        let (head, tail): (Vec<Write>, Vec<Write>) = if is_send {
            split(writes)
        } else {
            (writes.to_vec(), Vec::new())
        };
        let mut whole = true;
        for write in &head {
            let (write, all) = recount(write, size);
            whole &= all;
            self.say(&write).await;
        }
        let done = !whole || complete(&self.request);
        if last == index && !done {
            // The driver takes more chunks than the transcript has: this one is used again.
            self.exchanges[index].1 = false;
            self.cursor = index;
            return;
        }
        if done {
            for (exchange, used) in &mut self.exchanges[index..=last] {
                *used |= exchange.payload.is_some();
            }
            self.cursor = last + 1;
            let tail = if last == index || !whole {
                tail
            } else {
                split(
                    self.exchanges[last]
                        .0
                        .payload
                        .as_deref()
                        .unwrap_or_default(),
                )
                .1
            };
            self.request.clear();
            for write in &tail {
                self.say(write).await;
            }
        }
    }

    /// The same command from here on, or the same kind; else the same command before; else nothing.
    fn find(&self, command: &str) -> Option<usize> {
        let same = |e: &Exchange| e.command.eq_ignore_ascii_case(command);
        let alike = |e: &Exchange| {
            kind(&e.command) == kind(command) && self.same_context(&e.command, command)
        };
        let from = |wanted: &dyn Fn(&Exchange) -> bool, unused: bool| {
            let rows = self.exchanges.iter().enumerate();
            rows.filter(|(_, (_, used))| !(unused && *used))
                .filter(|(_, (e, _))| wanted(e))
                .map(|(index, _)| index)
                .collect::<Vec<_>>()
        };
        let next = |rows: Vec<usize>| {
            rows.iter()
                .copied()
                .find(|i| *i >= self.cursor)
                .or(rows.first().copied())
        };
        let reads = command.ends_with('?') || !command.contains('=');
        next(from(&same, true))
            .or_else(|| next(from(&alike, true)))
            .or_else(|| {
                from(&same, false)
                    .last()
                    .copied()
                    .filter(|_| reads && command != "AT+NETOPEN" && command != "AT+NETCLOSE")
            })
    }

    /// Commands about one context mean the same one: the same number, or the one that was defined in its place.
    fn same_context(&self, theirs: &str, ours: &str) -> bool {
        let cid = |text: &str| {
            let (name, values) = text.split_once('=')?;
            let place = match name {
                "AT+CGPADDR" | "AT+CGCONTRDP" => 0,
                "AT+CGACT" => 1,
                _ => return None,
            };
            values.split(',').nth(place).map(str::to_owned)
        };
        match (cid(theirs), cid(ours)) {
            (Some(theirs), Some(ours)) => self.cids.get(&theirs).unwrap_or(&theirs) == &ours,
            _ => true,
        }
    }

    fn learn_numbers(&mut self, ours: &str, theirs: &str) {
        let (key, map) = match kind(ours).0.as_str() {
            "AT+CIPOPEN" => (0, &mut self.links),
            "AT+CGDCONT" | "AT+CGPADDR" | "AT+CGCONTRDP" if ours.contains('=') => {
                (0, &mut self.cids)
            }
            "AT+CGACT" if ours.contains('=') => (1, &mut self.cids),
            _ => return,
        };
        let field = |text: &str| {
            let (_, values) = text.split_once('=')?;
            values.split(',').nth(key).map(str::to_owned)
        };
        if let (Some(theirs), Some(ours)) = (field(theirs), field(ours)) {
            map.insert(theirs, ours);
        }
    }
}

/// Lines whose first number after the prefix is a link, or a context.
const LINK_LINES: &[&str] = &[
    "+CIPOPEN: ",
    "+CIPCLOSE: ",
    "+CIPSEND: ",
    "+CIPRXGET: 1,",
    "+CIPRXGET: 2,",
    "+CIPRXGET: 4,",
    "+IPCLOSE: ",
];
const CID_LINES: &[&str] = &[
    "+CGPADDR: ",
    "+CGCONTRDP: ",
    "+CGEV: ME PDN ACT ",
    "+CGEV: ME PDN DEACT ",
];

fn renumber(octets: &[u8], lines: &[&str], map: &BTreeMap<String, String>) -> Vec<u8> {
    let mut out = octets.to_vec();
    for prefix in lines {
        let Some(at) = out
            .windows(prefix.len())
            .position(|w| w == prefix.as_bytes())
        else {
            continue;
        };
        let from = at + prefix.len();
        let digits = out[from..]
            .iter()
            .take_while(|o| o.is_ascii_digit())
            .count();
        // Lists over all links have a comma-separated form of their own; only a line about one link is changed.
        let theirs = String::from_utf8_lossy(&out[from..from + digits]).into_owned();
        let rows = out
            .windows(prefix.len())
            .filter(|w| *w == prefix.as_bytes())
            .count();
        let states = out.iter().filter(|o| **o == b',').count() > 5;
        if let (Some(ours), 1, false) = (
            map.get(&theirs),
            rows,
            states && prefix.contains("CIPCLOSE"),
        ) {
            out.splice(from..from + digits, ours.bytes());
        }
    }
    out
}

/// Name, and what tells one use of it from another: the form, the mode of CIPRXGET, on or off of CGACT.
fn kind(command: &str) -> (String, String) {
    let upper = command.trim().to_ascii_uppercase();
    match upper.split_once('=') {
        Some((name, "?")) => (name.to_owned(), "=?".to_owned()),
        Some((name, values)) => {
            let mode = matches!(name, "AT+CIPRXGET" | "AT+CGACT" | "AT+CGATT" | "AT+CMGF");
            let mode = if mode {
                values.split(',').next().unwrap_or_default()
            } else {
                ""
            };
            (name.to_owned(), format!("={mode}"))
        }
        None => (upper, String::new()),
    }
}

fn counted(command: &str) -> Option<usize> {
    let (name, values) = command.split_once('=')?;
    let size = values.split(',').nth(1)?.parse().ok()?;
    (name == "AT+CIPSEND").then_some(size)
}

fn first_number(command: &str) -> &str {
    command
        .split_once('=')
        .and_then(|(_, values)| values.split(',').next())
        .unwrap_or("0")
}

/// What stands up to the count, and what comes after it.
fn split(writes: &[Write]) -> (Vec<Write>, Vec<Write>) {
    let counts = |w: &Write| w.octets.windows(10).any(|o| o == b"+CIPSEND: ");
    match writes.iter().position(counts) {
        Some(at) => (writes[..=at].to_vec(), writes[at + 1..].to_vec()),
        None => (writes.to_vec(), Vec::new()),
    }
}

/// `+CIPSEND: n,asked,confirmed` with the driver's own size; a count that fell short falls short here, too.
fn recount(write: &Write, size: usize) -> (Write, bool) {
    let text = String::from_utf8_lossy(&write.octets).into_owned();
    let Some((before, rest)) = text.split_once("+CIPSEND: ") else {
        return (write.clone(), true);
    };
    let (numbers, after) = rest.split_once("\r\n").unwrap_or((rest, ""));
    let fields: Vec<&str> = numbers.split(',').collect();
    let [link, asked, confirmed] = fields[..] else {
        return (write.clone(), true);
    };
    let whole = asked == confirmed;
    let confirmed = if whole {
        size.to_string()
    } else {
        confirmed.to_owned()
    };
    let octets = format!("{before}+CIPSEND: {link},{size},{confirmed}\r\n{after}").into_bytes();
    (
        Write {
            after_ms: write.after_ms,
            octets,
        },
        whole,
    )
}

/// Whether head and body of an HTTP request are there.
fn complete(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|w| w == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length:"))
        .and_then(|v| v.trim().parse::<usize>().ok());
    request.len() >= end + 4 + length.unwrap_or(0)
}
