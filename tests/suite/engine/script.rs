//! A modem that says what a script tells it, and a recorder that keeps everything.
//!
//! A script has one line a step, escaped as `\r \n \\ \xNN`: `>> ` the engine must write exactly this, `<< ` the modem writes it,
//! `<. ` it writes it octet by octet with 1 ms between, `.. n` it is silent for n ms, `-- n` the engine must write nothing for n ms.
use mmscope::engine::{Engine, Pace};
use mmscope::event::{EventId, Exchange, Recorder, Role, Sink, What, unescape};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// Everything that was reported.
pub struct Log {
    start: Instant,
    all: Mutex<Vec<What>>,
}

impl Recorder for Log {
    fn record(&self, what: What) -> EventId {
        let mut all = self.all.lock().unwrap();
        all.push(what);
        all.len() as EventId
    }
    fn now_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }
}

impl Log {
    pub fn all(&self) -> Vec<What> {
        self.all.lock().unwrap().clone()
    }
    /// Lines as `role text`, with `#n` where they belong to an exchange.
    pub fn lines(&self) -> Vec<String> {
        let told = |w: What| match w {
            What::Line(l) => {
                let number = l.exchange.map_or(String::new(), |n| format!("#{n} "));
                Some(format!(
                    "{number}{} {}",
                    format!("{:?}", l.role).to_lowercase(),
                    l.text
                ))
            }
            _ => None,
        };
        self.all().into_iter().filter_map(told).collect()
    }
    pub fn texts(&self, role: Role) -> Vec<String> {
        let told = |w: What| match w {
            What::Line(l) if l.role == role => Some(l.text),
            _ => None,
        };
        self.all().into_iter().filter_map(told).collect()
    }
    pub fn exchanges(&self) -> Vec<Exchange> {
        let told = |w: What| match w {
            What::Exchange(e) => Some(e),
            _ => None,
        };
        self.all().into_iter().filter_map(told).collect()
    }
}

/// The host's end of a line to the script's modem, which stays connected as long as its handle is held.
pub fn scripted(script: &'static str) -> (DuplexStream, Arc<Log>, JoinHandle<DuplexStream>) {
    let (line, modem) = tokio::io::duplex(256);
    let log = Arc::new(Log {
        start: Instant::now(),
        all: Mutex::default(),
    });
    (line, log, tokio::spawn(play(modem, script)))
}

/// An engine and the script's modem at the other end of a pipe.
pub struct Bench {
    pub engine: Engine,
    pub log: Arc<Log>,
    pub modem: JoinHandle<DuplexStream>,
}

impl Bench {
    pub fn new(script: &'static str) -> Self {
        Self::at_speed(script, 1.0)
    }
    pub fn at_speed(script: &'static str, speed: f64) -> Self {
        let (line, log, modem) = scripted(script);
        let engine = Engine::start(
            line,
            "script",
            Pace::from_speed(speed),
            Arc::clone(&log) as Sink,
        );
        Self { engine, log, modem }
    }
    /// The whole script has been played; the modem stays connected and silent.
    pub async fn played(&mut self) -> DuplexStream {
        (&mut self.modem).await.unwrap()
    }
}

async fn play(mut modem: DuplexStream, script: &str) -> DuplexStream {
    for step in script
        .lines()
        .map(str::trim_start)
        .filter(|s| !s.is_empty())
    {
        let (kind, text) = step.split_at(3);
        match kind.trim_end() {
            ">>" => {
                let wanted = unescape(text).unwrap();
                let mut got = vec![0; wanted.len()];
                let read = timeout(Duration::from_secs(300), modem.read_exact(&mut got)).await;
                assert!(
                    read.is_ok(),
                    "nothing more was written; the script waits for {text}"
                );
                read.unwrap().unwrap();
                assert_eq!(
                    mmscope::event::escape(&got),
                    mmscope::event::escape(&wanted)
                );
            }
            "<<" => modem.write_all(&unescape(text).unwrap()).await.unwrap(),
            "<." => {
                for octet in unescape(text).unwrap() {
                    modem.write_all(&[octet]).await.unwrap();
                    sleep(Duration::from_millis(1)).await;
                }
            }
            ".." => sleep(Duration::from_millis(text.trim().parse().unwrap())).await,
            "--" => {
                let quiet = Duration::from_millis(text.trim().parse().unwrap());
                let mut one = [0];
                assert!(
                    timeout(quiet, modem.read(&mut one)).await.is_err(),
                    "wrote {one:?} where it should wait"
                );
            }
            other => panic!("no such step: {other}"),
        }
    }
    modem
}
