//! Whether a modem answers on an open line: `AT`, then `ATI`, with short limits.
//!
//! In: a line that nobody else uses. Out: what it says about itself, or what came instead. It changes no setting. The limits are real
//! time: a device that is only looked at is no world of the simulator.
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

/// How long `AT` may take: 9 ms are usual, a modem that wakes up takes longer.
const HELLO: Duration = Duration::from_millis(700);
/// `AT` is asked twice: the first may complete a line that another program left half written.
const HELLOS: usize = 2;
/// How long `ATI` may take.
const WHO: Duration = Duration::from_millis(1500);
/// Octets that an answer may have: NMEA and diagnostics talk without end.
const MOST: usize = 8192;

/// A modem that answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answering {
    /// `Manufacturer:` of `ATI`, empty where it does not say.
    pub manufacturer: String,
    /// `Model:` of `ATI`, or its first line.
    pub model: String,
    /// `Revision:` of `ATI`.
    pub revision: String,
}

/// Asks who is there.
///
/// # Errors
/// In words: nothing came, something that is no answer came, or the line broke.
pub async fn probe<T>(line: &mut T) -> Result<Answering, String>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut octets = 0;
    for _ in 0..HELLOS {
        let heard = ask(line, "AT", HELLO).await?;
        octets += heard.len();
        if ended(&heard) {
            let said = ask(line, "ATI", WHO).await?;
            return Ok(read(&said));
        }
    }
    Err(match octets {
        0 => "silent: nothing answers AT".to_owned(),
        n => format!("no modem: {n} octets came, but no answer to AT"),
    })
}

async fn ask<T>(line: &mut T, command: &str, limit: Duration) -> Result<Vec<u8>, String>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let deadline = Instant::now() + limit;
    let mut heard = Vec::new();
    let talk = async {
        line.write_all(format!("{command}\r").as_bytes()).await?;
        let mut chunk = [0; 512];
        while heard.len() < MOST && !ended(&heard) {
            match line.read(&mut chunk).await? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                n => heard.extend_from_slice(&chunk[..n]),
            }
        }
        Ok::<(), std::io::Error>(())
    };
    match timeout_at(deadline, talk).await {
        Ok(Err(e)) => Err(format!("the line broke: {e}")),
        Ok(Ok(())) | Err(_) => Ok(heard),
    }
}

fn lines(heard: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(heard)
        .split(['\r', '\n'])
        .map(|l| l.trim().to_owned())
        .filter(|l| !l.is_empty())
        .collect()
}

/// Whether a final code stands at the end of a line: `OK`, or `0` after `ATV0`.
fn ended(heard: &[u8]) -> bool {
    let whole = heard.iter().rposition(|&o| o == b'\r' || o == b'\n');
    let lines = lines(&heard[..whole.map_or(0, |at| at + 1)]);
    lines
        .iter()
        .any(|l| l == "OK" || l == "0" || l == "ERROR" || l.starts_with("+CME ERROR"))
}

fn read(heard: &[u8]) -> Answering {
    let lines = lines(heard);
    let field = |name: &str| {
        let found = lines.iter().find_map(|l| l.strip_prefix(name));
        printable(found.unwrap_or_default())
    };
    let first = lines
        .iter()
        .find(|l| !l.eq_ignore_ascii_case("ATI") && *l != "OK" && *l != "ERROR" && *l != "0");
    let model = field("Model:");
    Answering {
        manufacturer: field("Manufacturer:"),
        revision: field("Revision:"),
        model: if model.is_empty() {
            printable(first.map_or("", String::as_str))
        } else {
            model
        },
    }
}

fn printable(text: &str) -> String {
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    clean.chars().take(80).collect()
}
