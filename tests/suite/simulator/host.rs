//! The host's side in the tests: types octets, listens for octets, knows nothing of AT.
use std::time::Duration;

use mmscope::simulator::{Bench, Options, World, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, timeout};

/// One turn of a conversation.
pub enum Turn {
    /// The host types.
    Host(&'static str),
    /// The modem says exactly this.
    Modem(&'static str),
}
pub use Turn::{Host, Modem};

pub struct Desk {
    pub bench: Bench,
    origin: Instant,
}

impl Desk {
    pub fn at(world: World) -> Desk {
        Desk {
            bench: start(world, Options::default()),
            origin: Instant::now(),
        }
    }

    pub fn named(name: &str) -> Desk {
        Desk::at(World::named(name).unwrap())
    }

    /// A shipped world's text with something changed, and something behind it.
    pub fn changed(name: &str, from: &str, to: &str) -> Desk {
        let path = format!("{}/assets/worlds/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{name}.toml has no {from:?}");
        Desk::at(World::parse("changed", &text.replacen(from, to, 1)).unwrap())
    }

    pub fn line(&mut self) -> &mut DuplexStream {
        &mut self.bench.line
    }

    pub async fn types(&mut self, octets: impl AsRef<[u8]>) {
        self.line().write_all(octets.as_ref()).await.unwrap();
    }

    /// The next octets are exactly these, however long that takes (up to three minutes).
    pub async fn hears(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut heard = vec![0; expected.len()];
        let mut filled = 0;
        while filled < heard.len() {
            let read = timeout(
                Duration::from_secs(180),
                self.bench.line.read(&mut heard[filled..]),
            )
            .await;
            match read {
                Ok(Ok(count @ 1..)) => filled += count,
                other => panic!(
                    "wanted {}\nheard  {}\nthen {other:?}",
                    expected.escape_ascii(),
                    heard[..filled].escape_ascii()
                ),
            }
            assert!(
                expected.starts_with(&heard[..filled]),
                "wanted {}\nheard  {}",
                expected.escape_ascii(),
                heard[..filled].escape_ascii()
            );
        }
    }

    /// Everything said in so many seconds.
    pub async fn listens(&mut self, seconds: u64) -> Vec<u8> {
        let mut all = Vec::new();
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let mut octets = [0; 4096];
        while let Ok(Ok(count @ 1..)) =
            tokio::time::timeout_at(deadline, self.bench.line.read(&mut octets)).await
        {
            all.extend_from_slice(&octets[..count]);
        }
        all
    }

    /// Types a command and hears the answer up to OK or an error.
    pub async fn asks(&mut self, command: &str) -> String {
        self.types(format!("{command}\r")).await;
        let mut all = Vec::new();
        let mut octet = [0];
        loop {
            let read = timeout(Duration::from_secs(180), self.bench.line.read(&mut octet)).await;
            assert!(
                matches!(read, Ok(Ok(1))),
                "{command}: no final result after {}",
                all.escape_ascii()
            );
            all.push(octet[0]);
            let text = String::from_utf8_lossy(&all);
            let last = text
                .trim_end_matches("\r\n")
                .rsplit("\r\n")
                .next()
                .unwrap_or("");
            let done = last == "OK"
                || last == "ERROR"
                || last.starts_with("+CME ERROR")
                || last.starts_with("+CMS ERROR");
            if done && text.ends_with("\r\n") {
                return text.into_owned();
            }
        }
    }

    pub async fn plays(&mut self, turns: &[Turn]) {
        for turn in turns {
            match turn {
                Host(octets) => self.types(octets).await,
                Modem(octets) => self.hears(octets).await,
            }
        }
    }

    /// As `plays`, but every octet is written by itself.
    pub async fn plays_by_octets(&mut self, turns: &[Turn]) {
        for turn in turns {
            match turn {
                Host(octets) => {
                    for octet in octets.as_bytes() {
                        self.types([*octet]).await;
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                }
                Modem(octets) => self.hears(octets).await,
            }
        }
    }

    /// Brings the stack up without echo, buffered, with limits of 15 s.
    pub async fn opens_stack(&mut self) {
        self.asks("ATE0").await;
        self.asks("AT+CIPRXGET=1;+CIPTIMEOUT=75000,15000,15000")
            .await;
        self.plays(&[Host("AT+NETOPEN\r"), Modem("\r\nOK\r\n\r\n+NETOPEN: 0\r\n")])
            .await;
    }

    pub fn seconds(&self) -> f64 {
        self.origin.elapsed().as_secs_f64()
    }
}
