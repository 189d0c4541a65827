//! A line that is lost and comes back: by identity under another name, idle and in the middle of a send.
use super::devices::Fake;
use crate::story::{Beginning, Story};
use mmscope::event::{Level, SerialState, Stage, What};
use mmscope::serial::{Device, Opened, Opening, SerialError, Source, Usb, UsbId, Wanted};
use mmscope::simulator::{Modem, Options, World};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_serial::{SerialPort, SerialStream};

/// A modem whose line is away for so many attempts, and comes back under another name each time.
pub struct Comes {
    modem: Modem,
    away: AtomicUsize,
    back: AtomicUsize,
}

impl Comes {
    /// Away for so many attempts.
    pub fn after(modem: Modem, away: usize) -> Arc<dyn Source> {
        Arc::new(Self {
            modem,
            away: AtomicUsize::new(away),
            back: AtomicUsize::new(0),
        })
    }
}

impl Source for Comes {
    fn open(&self) -> Opening<'_> {
        Box::pin(async move {
            let left = self.away.load(Ordering::Relaxed);
            if left > 0 {
                self.away.store(left - 1, Ordering::Relaxed);
                return Err(SerialError::Absent {
                    name: "/dev/ttyUSB2".to_owned(),
                    remedy: String::new(),
                });
            }
            let turn = self.back.fetch_add(1, Ordering::Relaxed) + 1;
            Ok(Opened {
                line: Box::new(self.modem.open_line()),
                name: format!("/dev/ttyUSB{}", 2 + 5 * turn),
                control_lines: None,
                outputs: None,
                notes: Vec::new(),
            })
        })
    }
}

/// Pulls the plug: whoever has the line open has lost it.
fn unplug(story: &Story) {
    drop(story.modem.open_line());
}

fn names(story: &Story) -> Vec<(String, SerialState)> {
    let change = |what: &What| match what {
        What::Serial(s) => Some((s.name.clone(), s.state.clone())),
        _ => None,
    };
    story
        .events()
        .iter()
        .filter_map(|e| change(&e.what))
        .collect()
}

fn opened_under(story: &Story, name: &str) -> bool {
    names(story).contains(&(name.to_owned(), SerialState::Open))
}

#[tokio::test(start_paused = true)]
async fn an_idle_bench_finds_the_line_again_and_looks_at_the_modem() {
    let mut beginning = Beginning::world("open");
    beginning.watchful = true;
    beginning.source = Some(|modem| Comes::after(modem, 6));
    let story = beginning.open();
    story.until(|k| k.commands.is_some()).await;
    unplug(&story);
    story
        .until(|k| k.serial.as_ref().is_some_and(|s| s.name == "/dev/ttyUSB7"))
        .await;
    let seen = story.journal.known().last;
    // It asks the modem anew who it is: it may be another one.
    let anew = |_: &mmscope::known::Known| {
        let later = story.journal.since(seen);
        later.iter().any(|e| matches!(e.what, What::Modem(_)))
    };
    story.until(anew).await;
    assert!(
        matches!(names(&story)[1].1, SerialState::Lost(_)),
        "{:?}",
        names(&story)
    );
    // And it still sends.
    let sent = story.send(story.draft()).await;
    assert!(sent.ok, "{sent:?}");
    story.bench.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_line_lost_in_mid_send_ends_it_in_its_stage_and_the_settings_come_back() {
    for stage in [Stage::Bearer, Stage::Connect, Stage::Post] {
        let mut beginning = Beginning::world(if stage == Stage::Connect {
            "firewalled"
        } else {
            "open"
        });
        beginning.source = Some(|modem| Comes::after(modem, 4));
        let story = beginning.open();
        let pull = async {
            let at = |k: &mmscope::known::Known| {
                let rungs = k.sends.back().map(|s| s.rungs.clone()).unwrap_or_default();
                rungs.iter().any(|r| r.stage == stage && r.state.is_some())
            };
            story.until(at).await;
            if stage == Stage::Post {
                story.modem.restart(); // it lost its power with the line; else it would wait for the rest of the payload
            }
            unplug(&story);
        };
        let (result, ()) = tokio::join!(story.send(story.draft()), pull);
        assert!(!result.ok);
        assert_eq!(result.stage, Some(stage), "{result:?}");
        let error = result.error.unwrap();
        let words = format!("{} {} {}", error.what, error.raw, error.means);
        assert!(words.contains("lost") || words.contains("gone"), "{words}");
        let waited = tokio::time::timeout(
            Duration::from_secs(180),
            story.until(|k| !k.settings_open()),
        );
        let back = waited.await.is_ok();
        let known = story.journal.known();
        assert!(back, "{stage:?}: {:#?} {:?}", known.notices, known.settings);
        assert!(opened_under(&story, "/dev/ttyUSB7"));
        assert_eq!(
            story.modem.settings(),
            story.before,
            "after a loss at {stage:?}"
        );
        story.bench.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_a_modem_that_still_has_our_settings() {
    let mut beginning = Beginning::world("firewalled");
    beginning.source = Some(|modem| Comes::after(modem, 5));
    let story = beginning.open();
    let pull = async {
        story.until(|k| k.links.values().next().is_some()).await;
        unplug(&story);
    };
    let (result, ()) = tokio::join!(story.send(story.draft()), pull);
    assert_eq!(result.stage, Some(Stage::Connect));
    assert_ne!(
        story.modem.settings(),
        story.before,
        "there is something to put back"
    );
    assert!(story.bench.close().await);
    assert_eq!(story.modem.settings(), story.before);
}

#[tokio::test(start_paused = true)]
async fn a_modem_that_stays_away_does_not_hold_the_program() {
    let mut beginning = Beginning::world("firewalled");
    beginning.source = Some(|modem| Comes::after(modem, usize::MAX));
    let story = beginning.open();
    let pull = async {
        story.until(|k| k.links.values().next().is_some()).await;
        unplug(&story);
    };
    tokio::join!(story.send(story.draft()), pull);
    let began = tokio::time::Instant::now();
    assert!(story.bench.close().await, "it ends by itself");
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
    let last = story.journal.known().notices.back().unwrap().1.clone();
    assert_eq!(last.level, Level::Alarm);
    assert!(last.text.contains("mmscope restore"), "{}", last.text);
}

fn sim7600(name: &Path) -> Device {
    Device {
        name: name.display().to_string(),
        usb: Some(Usb {
            id: UsbId {
                vendor: 0x1e0e,
                product: 0x9001,
                serial: Some("0123456789ABCDEF".to_owned()),
                interface: Some(2),
            },
            manufacturer: None,
            product: None,
            place: None,
        }),
        since: None,
        bare: false,
    }
}

#[tokio::test]
async fn with_the_real_serial_code_a_link_that_goes_and_another_that_comes() {
    let folder = tempfile::tempdir().unwrap();
    let modem = Modem::start(World::named("open").unwrap(), Options::default());
    let plug = |name: &str| {
        let (far, near) = SerialStream::pair().unwrap();
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(near.name().unwrap(), &link).unwrap();
        let serving = modem.clone();
        let task = tokio::spawn(async move {
            let _open = near;
            serving.serve(far).await;
        });
        (link, task)
    };
    let (link, task) = plug("ttyUSB2");
    let finder = Fake::of(vec![sim7600(&link)]);
    let wanted = Wanted::of(link.to_str().unwrap(), 115_200, finder.clone());
    let mut first = wanted.open().await.unwrap();
    assert!(mmscope::serial::probe(&mut first.line).await.is_ok());

    task.abort();
    let _ = task.await;
    std::fs::remove_file(&link).unwrap();
    finder.now(Vec::new());
    let broken = mmscope::serial::probe(&mut first.line).await.unwrap_err();
    assert!(broken.contains("broke"), "{broken}");
    assert!(matches!(
        wanted.open().await,
        Err(SerialError::Absent { .. })
    ));

    let (link, _task) = plug("ttyUSB9");
    finder.now(vec![sim7600(&link)]);
    let mut again = wanted.open().await.unwrap();
    assert_eq!(again.name, link.display().to_string());
    assert!(mmscope::serial::probe(&mut again.line).await.is_ok());
}
