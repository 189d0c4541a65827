//! What the program says of itself: for who mends it, without identities, bounded, and in a file where it is wanted.
use mmscope::at::Command;
use mmscope::engine::{Engine, Pace};
use mmscope::journal::{Clock, Journal};
use mmscope::log::{LINES, Log, SessionClock};
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing::Level;

fn texts(log: &Log) -> Vec<String> {
    log.since(0)
        .iter()
        .map(|l| format!("{} {}", l.room, l.text))
        .collect()
}

#[test]
fn a_line_says_who_says_it_and_hides_who_it_is_about() {
    let log = Log::new(None);
    tracing::subscriber::with_default(log.clone(), || {
        tracing::info!(target: "mmscope::bench::actor", imsi = "310240000000123", tries = 2, "chosen");
        tracing::warn!(target: "mmscope::engine", "AT+CPIN=1234 was refused\u{1b}[2J");
        tracing::warn!(target: "hyper::proto", "odd");
        tracing::info!(target: "hyper::proto", "of no interest");
        tracing::trace!(target: "mmscope::engine", "every octet");
    });
    assert_eq!(
        texts(&log),
        [
            "bench chosen imsi=310240********* tries=2",
            "engine AT+CPIN=**** was refused\\x1b[2J",
            "hyper odd",
        ]
    );
    let lines = log.since(1);
    assert_eq!((lines[0].number, lines[0].level), (2, Level::WARN));
    assert!(
        lines[0].to_string().contains("WARN  engine: AT+CPIN"),
        "{}",
        lines[0]
    );
}

#[test]
fn it_keeps_the_newest_lines_only_and_tells_of_them() {
    let log = Log::new(None);
    let mut changes = log.changes();
    assert!(!changes.has_changed().unwrap());
    tracing::subscriber::with_default(log.clone(), || {
        for n in 0..LINES + 7 {
            tracing::info!(target: "mmscope::bench", "{n}");
        }
        tracing::info!(target: "mmscope::bench", "{}", "x".repeat(100_000));
    });
    assert_eq!(*changes.borrow_and_update(), LINES as u64 + 8);
    let lines = log.since(0);
    assert_eq!((lines.len(), lines[0].text.as_str()), (LINES, "8"));
    assert!(lines.last().unwrap().text.len() <= 2_000);
}

/// A file that is full after some octets.
struct Full(Arc<Mutex<Vec<u8>>>);

impl Write for Full {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        let mut kept = self.0.lock().unwrap();
        if kept.len() > 60 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        kept.extend_from_slice(octets);
        Ok(octets.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_ends_the_file_and_nothing_else() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let log = Log::new(Some(Box::new(Full(kept.clone()))));
    tracing::subscriber::with_default(log.clone(), || {
        for n in 0..50 {
            tracing::info!(target: "mmscope::bench", "line {n}");
        }
    });
    assert_eq!(log.since(0).len(), 50);
    let kept = String::from_utf8(kept.lock().unwrap().clone()).unwrap();
    assert!(kept.contains("INFO  bench: line 0\n"), "{kept}");
}

#[tokio::test(start_paused = true)]
async fn a_quarantine_says_why_it_began_and_how_it_ended() {
    let log = Log::new(None);
    let _listens = tracing::subscriber::set_default(log.clone());
    let (ours, _silent) = tokio::io::duplex(4_096);
    let clock = Clock::start(jiff::Timestamp::UNIX_EPOCH, 1.0);
    let journal = Journal::begin(clock, None, Vec::new());
    let engine = Engine::start(ours, "silent", Pace::default(), journal.sink());
    let asked = engine.run(Command::typed("AT+CSQ").unwrap(), "test").await;
    assert!(asked.is_err());
    let refused = engine
        .run(Command::typed("AT+CREG?").unwrap(), "test")
        .await;
    assert!(refused.is_err());
    let said = texts(&log).join("\n");
    for part in [
        "quarantine: nothing is believed until a probe is answered after=AT+CSQ",
        "quarantine: asking whether it listens again probe=",
        "quarantine: no probe was answered, the modem is silent after=AT+CSQ refused=1",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

#[test]
fn the_file_is_written_by_every_command_and_refused_at_once() {
    let home = tempfile::TempDir::new().unwrap();
    let run = |log: &std::path::Path| {
        std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(["send", "--sim", "--to", "+12025550123", "hello", "--log"])
            .arg(log)
            .env("HOME", home.path())
            .env("LC_ALL", "C.UTF-8")
            .env("XDG_STATE_HOME", home.path().join("state"))
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .output()
            .unwrap()
    };
    let log = home.path().join("said.log");
    run(&log);
    let said = std::fs::read_to_string(&log).unwrap();
    assert!(
        said.contains("modem: settings: what is needed to put them back"),
        "{said}"
    );
    let refused = run(&home.path().join("no/such/folder/said.log"));
    assert_eq!(refused.status.code(), Some(2));
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(
        why.contains("--log") && why.contains("cannot be written"),
        "{why}"
    );
}

/// On the console's log screen lines of the program stand among those of the session: they must have one clock, however fast the bench runs.
#[test]
fn a_moment_of_the_wall_clock_is_told_by_the_sessions() {
    let began = "2026-11-22T12:00:00.000Z";
    let table = [
        (
            1.0,
            "2026-11-22T12:00:07.250Z",
            Some("2026-11-22T12:00:07.250Z"),
        ),
        (
            20.0,
            "2026-11-22T12:00:01.500Z",
            Some("2026-11-22T12:00:30.000Z"),
        ),
        (
            0.5,
            "2026-11-22T12:01:00.000Z",
            Some("2026-11-22T12:00:30.000Z"),
        ),
        (20.0, "2026-11-22T11:59:59.000Z", None),
        (1e300, "2026-11-22T12:00:01.000Z", None),
        (1.0, "yesterday", None),
    ];
    for (speed, wall, told) in table {
        let clock = SessionClock::of(began, speed).unwrap();
        assert_eq!(clock.at(wall).as_deref(), told, "{speed} {wall}");
    }
    assert_eq!(SessionClock::of("", 1.0), None);
}
