//! What the modem hands on to a session that did not ask for it lies nowhere else: it is kept, whoever happens to hold the line, and what cannot be kept is
//! told. A session that wants nothing leaves the inbox to whoever does.
use super::bench::{PHONE, in_world, set_up};
use crate::story::{Beginning, Story};
use mmscope::bench::{Message, Order};
use mmscope::event::{InboxState, Level, Stage, StageState};
use mmscope::inbox::Inbox;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A session that is about something else, on a modem that somebody has set to hand messages on.
async fn passing(place: &Path, mode: u8, more: &str) -> Story {
    let mut beginning = in_world(more);
    beginning.listens = false;
    beginning.inbox = Arc::new(Inbox::lazily(place).unwrap());
    begun(beginning, mode).await
}

async fn begun(beginning: Beginning, mode: u8) -> Story {
    let sim = mmscope::simulator::start(beginning.world.clone(), Default::default());
    let text_mode = format!("AT+CMGF={mode}");
    set_up(sim.line, &[&text_mode, "AT+CNMI=2,2,0,0,0"]).await;
    let story = beginning.on(sim.modem.clone(), Box::new(sim.modem.open_line()), None);
    tokio::time::sleep(Duration::from_secs(30)).await;
    story
}

async fn told(story: &Story, level: Level, says: &str) {
    let is = |n: &mmscope::event::Notice| n.level == level && n.text.contains(says);
    let has = |k: &mmscope::known::Known| k.notices.iter().any(|(_, n)| is(n));
    let waited = tokio::time::timeout(Duration::from_secs(300), story.until(has)).await;
    assert!(
        waited.is_ok(),
        "{says}: {:#?}",
        story.journal.known().notices
    );
}

async fn closed(story: Story) {
    let Story { inbox, bench, .. } = story;
    assert!(bench.close().await);
    assert_eq!(Arc::strong_count(&inbox), 1, "still held");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_may_begin_beside_a_session_that_wants_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let story = passing(&place, 0, "").await;
    // A receiver comes and goes on another modem meanwhile.
    drop(Inbox::in_folder(&place).expect("nobody keeps it"));
    story.modem.text_from(PHONE, "handed on");
    story.until(|k| !k.inbox.is_empty()).await;
    assert!(
        Inbox::in_folder(&place).is_err(),
        "from here on two would take in the same"
    );
    closed(story).await;
    let next = Inbox::in_folder(&place).unwrap();
    let texts: Vec<String> = next.all().into_iter().map(|i| i.text).collect();
    assert_eq!(texts, ["handed on"]);
}

/// Parts that a receiver has left are joined by whoever is handed the last one, and by nobody who is handed nothing.
#[tokio::test(start_paused = true)]
async fn parts_of_before_are_taken_up_with_the_first_that_comes_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let kept = || std::fs::read_dir(place.join("waiting")).map_or(0, Iterator::count);
    let story = passing(&place, 0, "[sms]\npart_gap_ms = 60000").await;
    let modem = story.modem.clone();
    let long = "A letter in several parts. ".repeat(15);
    modem.text_from(PHONE, &long);
    tokio::time::sleep(Duration::from_secs(80)).await;
    closed(story).await;
    assert_eq!(kept(), 1);
    // The first part has waited for a day and more by this clock: a session that is handed nothing throws nothing away.
    let again = |chance| {
        let mut beginning = in_world("");
        beginning.listens = false;
        beginning.inbox = Arc::new(Inbox::lazily(&place).unwrap());
        beginning.chance = chance;
        beginning.on(modem.clone(), Box::new(modem.open_line()), None)
    };
    let keeper = Inbox::in_folder(&place).unwrap();
    let idle = again(|| (1_763_800_000_000 + 25 * 3_600_000, 7));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(kept(), 1);
    assert_eq!(keeper.waiting_parts().len(), 1);
    drop(keeper);
    closed(idle).await;
    assert_eq!(kept(), 1, "it is not this session's");

    let story = again(|| (1_763_800_000_000, 7));
    tokio::time::sleep(Duration::from_secs(200)).await;
    let texts: Vec<String> = story.inbox.all().into_iter().map(|i| i.text).collect();
    assert_eq!(texts, [long]);
    assert_eq!(kept(), 0);
    closed(story).await;
}

/// The receiver beside it keeps the folder: what this session was handed is told, and is in the folder once the receiver has ended.
#[tokio::test(start_paused = true)]
async fn what_is_handed_on_beside_a_receiver_is_kept_at_the_end_at_the_latest() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let story = passing(&place, 0, "").await;
    let keeper = Inbox::in_folder(&place).unwrap();
    story.modem.text_from(PHONE, "at a bad moment");
    told(&story, Level::Alarm, "another mmscope keeps this inbox").await;
    assert_eq!(keeper.all(), []);
    drop(keeper);
    closed(story).await;
    let next = Inbox::in_folder(&place).unwrap();
    let texts: Vec<String> = next.all().into_iter().map(|i| i.text).collect();
    assert_eq!(texts, ["at a bad moment"]);
    assert_eq!(next.waiting_parts(), []);
}

/// The program ends, which takes its time: a text that is handed on meanwhile is in no store of the modem's.
#[tokio::test(start_paused = true)]
async fn what_is_handed_on_while_the_session_ends_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let story = passing(&place, 0, "").await;
    let message = Message {
        draft: story.draft(),
        ..Message::default()
    };
    story.bench.order(Order::Send(Box::new(message))).await;
    let connecting = |k: &mmscope::known::Known| {
        k.sends.back().is_some_and(|s| {
            s.rungs.iter().any(|r| {
                r.stage == Stage::Connect && matches!(r.state, Some(StageState::Started { .. }))
            })
        })
    };
    story.until(connecting).await;
    let Story { bench, modem, .. } = story;
    let closing = bench.close();
    let writing = async { modem.text_from(PHONE, "one last word") };
    let (whole, ()) = tokio::join!(closing, writing);
    assert!(whole);
    let next = Inbox::look(&place).unwrap();
    let texts: Vec<String> = next.all().into_iter().map(|i| i.text).collect();
    assert_eq!(texts, ["one last word"]);
}

/// What is no text is no less somebody's message.
#[tokio::test(start_paused = true)]
async fn an_sms_of_octets_is_kept_with_its_octets() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let story = passing(&place, 0, "").await;
    let octets = [0x00, 0xFF, 0x10, 0x80, 0x41];
    story.modem.octets_from(PHONE, &octets, None);
    story.until(super::bench::has(InboxState::Here)).await;
    closed(story).await;
    let inbox = Inbox::look(&place).unwrap();
    assert_eq!(inbox.get(1).unwrap().says, "5 octets of data, no text");
    assert_eq!(inbox.part(1, 0).unwrap(), octets);
    let out = inbox.export(1, &folder.path().join("out")).unwrap();
    assert_eq!(std::fs::read(&out[0]).unwrap(), octets);
}

/// Somebody has left the modem in text mode: what it hands on cannot be taken in, and a session that did not ask for it says so, too.
#[tokio::test(start_paused = true)]
async fn a_message_in_text_mode_is_told_by_whoever_holds_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let story = passing(&folder.path().join("inbox"), 1, "").await;
    story.modem.text_from(PHONE, "plain words");
    told(&story, Level::Warning, "kept nowhere but in the recording").await;
}
