//! Nothing downstream slows the line: a storm of announcements at 1 MB/s, with a screen that looks once a second, a listener that never
//! listens, a disk that is full and one that hangs. What is lost is counted and shown; the line is not.
use mmscope::at::Command;
use mmscope::engine::{Engine, Pace};
use mmscope::event::{Direction, EventId, Level, Notice, Recorder, What};
use mmscope::journal::{Clock, Journal, Writer};
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep};

/// A disk with so much room and no more.
#[derive(Clone)]
struct Disk {
    text: Arc<Mutex<Vec<u8>>>,
    room: usize,
}

impl Write for Disk {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let mut text = self.text.lock().unwrap();
        let count = octets.len().min(self.room - text.len());
        if count == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        text.extend_from_slice(&octets[..count]);
        Ok(count)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A disk that hangs until it is let go.
#[derive(Clone, Default)]
struct Hung(Arc<(Mutex<bool>, Condvar)>);

impl Hung {
    fn let_go(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
}

impl Write for Hung {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let mut free = self.0.0.lock().unwrap();
        while !*free {
            free = self.0.1.wait(free).unwrap();
        }
        Ok(octets.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A journal that also counts what passes.
struct Counting {
    journal: Journal,
    octets: AtomicU64,
    events: AtomicU64,
}

impl Recorder for Counting {
    fn record(&self, what: What) -> EventId {
        if let What::Wire(w) = &what
            && w.dir == Direction::Rx
        {
            self.octets
                .fetch_add(w.octets.0.len() as u64, Ordering::Relaxed);
        }
        self.events.fetch_add(1, Ordering::Relaxed);
        self.journal.record(what)
    }
    fn now_ms(&self) -> u64 {
        self.journal.now_ms()
    }
}

fn journal(writers: Vec<Writer>) -> Journal {
    let clock = Clock::start("2026-11-22T12:00:00Z".parse().unwrap(), 1.0);
    Journal::begin(clock, None, writers)
}

const SECONDS: u64 = 2;
/// A loss is told when it begins, each time it has doubled, and at the end.
const MOST_ALARMS: usize = 24;

#[tokio::test(start_paused = true)]
async fn a_storm_at_a_megabyte_a_second_does_not_slow_the_line() {
    let hung = Hung::default();
    let full = Disk {
        text: Arc::default(),
        room: 4000,
    };
    let journal = journal(vec![
        Writer::start(Box::new(full.clone()), true),
        Writer::start(Box::new(hung.clone()), true),
    ]);
    let sink = Arc::new(Counting {
        journal: journal.clone(),
        octets: AtomicU64::new(0),
        events: AtomicU64::new(0),
    });
    let (line, modem) = tokio::io::duplex(4096);
    let engine = Engine::start(line, "flood", Pace::from_speed(1.0), sink.clone());
    let _never_listens = engine.urcs();
    let screen = journal.clone();
    tokio::spawn(async move {
        let mut seen = 0;
        loop {
            sleep(Duration::from_secs(1)).await;
            seen = screen.since(seen).last().map_or(seen, |e| e.id);
        }
    });
    let (mut from_host, mut to_host) = tokio::io::split(modem);
    let asked = Arc::new(AtomicU64::new(0));
    let questions = asked.clone();
    tokio::spawn(async move {
        let mut octets = [0; 64];
        while let Ok(count @ 1..) = from_host.read(&mut octets).await {
            let ends = octets[..count].iter().filter(|o| **o == b'\r').count();
            questions.fetch_add(ends as u64, Ordering::Relaxed);
        }
    });
    let began = Instant::now();
    let really = std::time::Instant::now();
    let feeding = tokio::spawn(async move {
        let storm =
            "\r\n+CSQ: 17,99\r\n\r\n+CMTI: \"SM\",3\r\n\r\n+CGEV: NW MODIFY 1,0\r\n".repeat(18);
        let (mut fed, mut answered) = (0_u64, 0);
        for _ in 0..SECONDS * 1000 {
            sleep(Duration::from_millis(1)).await;
            to_host.write_all(storm.as_bytes()).await.unwrap();
            fed += storm.len() as u64;
            if asked.load(Ordering::Relaxed) > answered {
                answered += 1;
                let answer = b"\r\n+CGATT: 1\r\n\r\nOK\r\n";
                to_host.write_all(answer).await.unwrap();
                fed += answer.len() as u64;
            }
        }
        (fed, began.elapsed())
    });
    let mut slowest = 0;
    while !feeding.is_finished() {
        let command = Command::cgatt_read().with_limit(Duration::from_secs(1));
        match engine.run(command, "flood").await {
            Ok(answer) => {
                assert_eq!(answer.lines, ["+CGATT: 1"]);
                slowest = slowest.max(answer.final_ms);
            }
            Err(e) => assert!(feeding.is_finished(), "{e}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
    let (fed, took) = feeding.await.unwrap();
    assert!(fed >= SECONDS * 1_000_000, "{fed} octets");
    assert_eq!(
        took,
        Duration::from_secs(SECONDS),
        "the modem had to wait for us"
    );
    assert!(slowest <= 5, "an answer took {slowest} ms in the storm");
    assert_eq!(
        sink.octets.load(Ordering::Relaxed),
        fed,
        "octets went missing"
    );
    println!(
        "{fed} octets, {} events, {:.1} MB/s of processor time here",
        sink.events.load(Ordering::Relaxed),
        fed as f64 / 1e6 / really.elapsed().as_secs_f64()
    );
    hung.let_go();
    let told = tokio::task::spawn_blocking({
        let journal = journal.clone();
        move || journal.close_writers()
    });
    told.await.unwrap();
    let losses: Vec<u64> = journal
        .since(0)
        .iter()
        .filter_map(|e| match &e.what {
            What::Lost(l) => Some(l.events),
            _ => None,
        })
        .collect();
    assert!(losses.last().is_some_and(|lost| *lost > 1000), "{losses:?}");
    assert!(
        losses.len() <= MOST_ALARMS,
        "alarms bury the screen: {losses:?}"
    );
    let alarms = journal
        .known()
        .notices
        .iter()
        .filter(|(_, n)| n.level == Level::Alarm)
        .count();
    assert!((1..=MOST_ALARMS).contains(&alarms), "{alarms} alarms");
}

/// What is on the disk is whole lines (but for one that broke off where the room ended), and what is not there is counted.
#[tokio::test(start_paused = true)]
async fn a_full_disk_keeps_whole_lines_and_the_rest_is_counted() {
    for room in [0, 1, 700, 20_000, 60_000] {
        let disk = Disk {
            text: Arc::default(),
            room,
        };
        let journal = journal(vec![Writer::start(Box::new(disk.clone()), true)]);
        for n in 0..1000 {
            journal.record(What::Notice(Notice {
                level: Level::Info,
                text: format!("note {n}"),
                because: None,
            }));
        }
        journal.close_writers();
        let text = String::from_utf8(disk.text.lock().unwrap().clone()).unwrap();
        let whole = text.split_inclusive('\n').filter(|l| l.ends_with('\n'));
        let mut kept = 0;
        for line in whole {
            serde_json::from_str::<serde_json::Value>(line)
                .unwrap_or_else(|e| panic!("room {room}: {e}: {line}"));
            kept += 1;
        }
        let events = journal.since(0);
        let lost = events.iter().rev().find_map(|e| match &e.what {
            What::Lost(l) => Some((e.id, l.events)),
            _ => None,
        });
        let (at, lost) = lost.unwrap();
        assert_eq!(kept + lost, at - 1, "room {room}: {kept} kept, {lost} lost");
    }
}

#[tokio::test(start_paused = true)]
async fn the_ring_is_bounded_and_holds_the_newest() {
    let journal = journal(Vec::new());
    for n in 0..50_000 {
        journal.record(What::Notice(Notice {
            level: Level::Info,
            text: format!("note {n}"),
            because: None,
        }));
    }
    let events = journal.since(0);
    assert!(events.len() <= 20_000, "{}", events.len());
    assert_eq!(events.last().unwrap().id, 50_001);
    assert!(journal.known().notices.len() < 10_000);
}
