//! A transcript as text: `>> ` the host's octets, `<< ` the modem's, escaped; `# @t` seconds since the start; other comments,
//! among them what the file plays and what must come out.
use mmscope::event::unescape;

#[derive(Clone, Debug)]
pub struct Write {
    /// Milliseconds after the write before it.
    pub after_ms: u64,
    pub octets: Vec<u8>,
}

impl Write {
    pub fn now(text: impl Into<Vec<u8>>) -> Self {
        Self {
            after_ms: 5,
            octets: text.into(),
        }
    }
}

/// A command of the host and what the modem wrote until the next one.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    pub command: String,
    pub writes: Vec<Write>,
    /// What the modem wrote after the payload, where it asked for one.
    pub payload: Option<Vec<Write>>,
    /// The payload as the transcript has it.
    pub octets: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
pub struct Transcript {
    pub plays: String,
    pub apn: Option<String>,
    pub host: Option<String>,
    pub expects: Vec<String>,
    pub prologue: Vec<Write>,
    pub exchanges: Vec<Exchange>,
}

/// # Errors
/// The line and what is wrong there.
pub fn parse(text: &str) -> Result<Transcript, String> {
    let mut t = Transcript {
        plays: "commands".to_owned(),
        ..Transcript::default()
    };
    let (mut mark, mut wait) = (0.0_f64, 0_u64);
    for (index, line) in text.lines().enumerate() {
        let wrong = |why: String| format!("line {}: {why}", index + 1);
        if let Some(rest) = line.strip_prefix('#') {
            let rest = rest.trim();
            if let Some(at) = rest.strip_prefix('@') {
                let at: f64 = at
                    .trim()
                    .parse()
                    .map_err(|_| wrong(format!("`{at}` is no time")))?;
                wait += ((at - mark).max(0.0) * 1000.0) as u64;
                mark = at;
            } else if let Some((key, value)) = rest.split_once(':') {
                let value = value.trim().to_owned();
                match key.trim() {
                    "plays" => t.plays = value,
                    "apn" => t.apn = Some(value),
                    "host" => t.host = Some(value),
                    "expects" => t.expects.push(value),
                    _ => {}
                }
            }
        } else if let Some(octets) = line.strip_prefix(">> ") {
            let octets = unescape(octets).map_err(wrong)?;
            wait = 0; // how long the host took to think is the host's affair
            let prompted = t
                .exchanges
                .last()
                .is_some_and(|e| e.payload.is_none() && asks(e));
            match t.exchanges.last_mut().filter(|_| prompted) {
                Some(asking) => {
                    asking.payload = Some(Vec::new());
                    asking.octets = octets;
                }
                None => t.exchanges.push(Exchange {
                    command: String::from_utf8_lossy(&octets).trim().to_owned(),
                    ..Exchange::default()
                }),
            }
        } else if let Some(octets) = line.strip_prefix("<< ") {
            let write = Write {
                after_ms: std::mem::take(&mut wait).max(5),
                octets: unescape(octets).map_err(wrong)?,
            };
            match t.exchanges.last_mut() {
                None => t.prologue.push(write),
                Some(
                    Exchange {
                        payload: Some(writes),
                        ..
                    }
                    | Exchange { writes, .. },
                ) => writes.push(write),
            }
        } else if !line.trim().is_empty() {
            return Err(wrong("a line begins with `>> `, `<< ` or `#`".to_owned()));
        }
    }
    Ok(t)
}

/// Whether the modem asks for a payload at the end.
fn asks(exchange: &Exchange) -> bool {
    exchange.writes.last().is_some_and(|w| {
        let end = w.octets.trim_ascii_end();
        end.ends_with(b"\n>") || end == b">"
    })
}
