//! The outputs of the line: each in its turn, never in the midst of an exchange, and told as an event.
use super::script::{Log, scripted};
use mmscope::at::Command;
use mmscope::engine::{DriveError, Engine, Pace};
use mmscope::event::{ControlLines, Drive, What};
use mmscope::serial::{Output, Outputs};
use std::io;
use std::sync::{Arc, Mutex};
use tokio::time::Instant;

/// Notes what is asked of it, and when; refuses RTS, as a device may that has none.
#[derive(Clone)]
struct Pins {
    start: Instant,
    asked: Arc<Mutex<Vec<(u64, Output, bool)>>>,
    told: ControlLines,
}

impl Outputs for Pins {
    fn set(&mut self, output: Output, on: bool) -> io::Result<()> {
        if output == Output::Rts {
            return Err(io::Error::other("no such pin"));
        }
        if output == Output::Dtr {
            self.told.dtr = Some(on);
        }
        let at = self.start.elapsed().as_millis() as u64;
        self.asked.lock().unwrap().push((at, output, on));
        Ok(())
    }
    fn control_lines(&mut self) -> ControlLines {
        ControlLines {
            cts: Some(true),
            ..self.told.clone()
        }
    }
}

struct Line {
    engine: Engine,
    log: Arc<Log>,
    pins: Pins,
    /// The modem stays connected.
    _modem: tokio::task::JoinHandle<tokio::io::DuplexStream>,
}

fn line(script: &'static str) -> Line {
    let pins = Pins {
        start: Instant::now(),
        asked: Arc::default(),
        told: ControlLines::default(),
    };
    let (line, log, modem) = scripted(script);
    let outputs: Box<dyn Outputs> = Box::new(pins.clone());
    let pace = Pace::from_speed(1.0);
    let engine = Engine::start_with(line, Some(outputs), "ttyUSB2", pace, log.clone());
    Line {
        engine,
        log,
        pins,
        _modem: modem,
    }
}

impl Line {
    fn asked(&self) -> Vec<(u64, Output, bool)> {
        self.pins.asked.lock().unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_is_done_and_told() {
    let line = line("");
    let lines = line.engine.drive(Drive::Dtr(false)).await.unwrap();
    assert_eq!(line.asked(), [(0, Output::Dtr, false)]);
    assert_eq!(
        lines.words(),
        "DTR off, CTS on, DSR unknown, DCD unknown, RI unknown"
    );
    let recorded = line.log.all();
    let Some(What::ControlLines(told)) = recorded.last() else {
        panic!("{recorded:?}");
    };
    assert_eq!(told.asked, Some(Drive::Dtr(false)));
    assert_eq!(told.name, "ttyUSB2");
    let json = serde_json::to_string(told).unwrap();
    assert!(json.contains(r#""asked":{"dtr":false}"#), "{json}");
}

#[tokio::test(start_paused = true)]
async fn an_exchange_is_not_torn_and_none_begins_within_a_break() {
    let line = line(
        r"
        >> AT+CSQ\r
        .. 700
        << \r\n+CSQ: 21,99\r\n\r\nOK\r\n
        >> AT+CGATT?\r
        << \r\n+CGATT: 1\r\n\r\nOK\r\n",
    );
    let (engine, other) = (line.engine.clone(), line.engine.clone());
    let first = tokio::spawn(async move { engine.run(Command::csq(), "test").await });
    tokio::task::yield_now().await;
    let broken = tokio::spawn(async move { other.drive(Drive::Break).await });
    tokio::task::yield_now().await;
    let begun = Instant::now();
    let attached = Command::typed("AT+CGATT?").unwrap();
    line.engine.run(attached, "test").await.unwrap();
    assert_eq!(
        line.asked(),
        [(700, Output::Break, true), (1_000, Output::Break, false)]
    );
    assert_eq!(begun.elapsed().as_millis(), 1_000);
    first.await.unwrap().unwrap();
    broken.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_line_without_outputs_and_a_device_that_refuses_say_so() {
    let line = line("");
    let refused = line.engine.drive(Drive::Rts(false)).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "ttyUSB2: RTS off was refused by the device: no such pin"
    );
    assert!(
        line.log
            .all()
            .iter()
            .all(|w| !matches!(w, What::ControlLines(_)))
    );

    let (plain, log, _modem) = scripted("");
    let engine = Engine::start(plain, "tcp:127.0.0.1:5000", Pace::default(), log);
    let none = engine.drive(Drive::Break).await.unwrap_err();
    assert!(matches!(none, DriveError::NoOutputs { .. }));
    assert!(
        none.to_string()
            .contains("tcp:127.0.0.1:5000 has no control lines")
    );
    engine.clone().close().await;
    assert_eq!(engine.drive(Drive::Break).await, Err(DriveError::Gone));
}

/// A line that is let go in the midst of a break must not stay in it.
#[tokio::test(start_paused = true)]
async fn a_break_does_not_outlast_the_line() {
    let line = line("");
    let engine = line.engine.clone();
    let broken = tokio::spawn(async move { engine.drive(Drive::Break).await });
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    line.engine.clone().close().await;
    assert_eq!(broken.await.unwrap(), Err(DriveError::Gone));
    let asked = line.asked();
    assert_eq!(
        asked.last().map(|(_, output, on)| (*output, *on)),
        Some((Output::Break, false))
    );
}

/// The bench itself keeps the rule, whoever asks: what is only looked at is not driven.
#[tokio::test(start_paused = true)]
async fn a_bench_that_is_read_only_drives_nothing() {
    use crate::story::Beginning;
    use mmscope::bench::Order;
    let mut beginning = Beginning::world("open");
    beginning.read_only = true;
    let story = beginning.open();
    story.bench.order(Order::Drive(Drive::Break)).await;
    let says = |words: &str| {
        let events = story.events();
        let mut texts = events.iter().filter_map(|e| match &e.what {
            What::Notice(notice) => Some(notice.text.clone()),
            _ => None,
        });
        texts.any(|text| text.contains(words))
    };
    for _ in 0..100 {
        if says("read-only: a break is not asked for") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing was said: {:?}", story.events());
}
