//! SMS through whole simulated benches: what the phones show, what the reports say, a failure in the middle, a crash.
use crate::story::{Beginning, Story, draft};
use mmscope::bench::{Edition, Message, Order, OutboxOrder};
use mmscope::event::{EntryState, SendResult, Stage, StageState, Way, What};
use mmscope::outbox::{Entry, Fate, Memory, Outbox, Store, StoreError};
use mmscope::simulator::World;
use mmscope::simulator::phone::Kind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const NOW: u64 = 1_763_800_000_000;
const PHONE: &str = "+12025550123";

/// The letter of 827 characters.
fn letter() -> String {
    World::named("mint").unwrap().start.draft.text.clone()
}

pub(super) fn bench(like: &str, more: &str, config: &'static str) -> (Story, Arc<Outbox>, Memory) {
    let world = format!("like = \"{like}\"\nschema = 1\n{more}");
    let memory = Memory::default();
    let outbox = Arc::new(Outbox::open(memory.clone(), NOW).unwrap());
    let mut beginning = Beginning::of(World::parse("test", &world).unwrap());
    beginning.outbox = Arc::clone(&outbox);
    beginning.config = config;
    (beginning.open(), outbox, memory)
}

const NO_PACE: &str = "pace_seconds = 0";

async fn result_of(story: &Story, order: Order) -> SendResult {
    let before = story.journal.known().sends.len();
    story.bench.order(order).await;
    story
        .until(|k| k.sends.len() > before && k.sends.back().is_some_and(|s| s.result.is_some()))
        .await;
    let known = story.journal.known();
    known.sends.back().and_then(|s| s.result.clone()).unwrap()
}

async fn send(story: &Story, way: Way, text: &str) -> SendResult {
    let message = Message {
        draft: draft(&[PHONE], text),
        way: Some(way),
        ..Message::default()
    };
    result_of(story, Order::Send(Box::new(message))).await
}

fn failure(story: &Story) -> Option<(Stage, String)> {
    let known = story.journal.known();
    let send = known.sends.back()?;
    send.failure()
        .map(|(stage, f)| (stage, format!("{} {} {}", f.what, f.means, f.advice)))
}

#[tokio::test(start_paused = true)]
async fn the_827_characters_as_linked_sms_are_one_bubble_and_reported_as_delivered() {
    let (story, outbox, _) = bench("open", "", NO_PACE);
    let result = send(&story, Way::Sms, &letter()).await;
    assert!(result.ok, "{result:#?}");
    let bubbles = story.modem.phones().bubbles(PHONE);
    assert_eq!(bubbles.len(), 1);
    assert_eq!(
        (bubbles[0].kind, bubbles[0].text.as_str()),
        (Kind::Sms, letter().as_str())
    );
    let entry = outbox.get(1).unwrap();
    assert_eq!(entry.state, EntryState::Delivered, "{entry:?}");
    let reported = |p: &mmscope::outbox::Part| matches!(p.fate, Fate::Delivered { .. });
    assert!(
        entry.parts.iter().all(reported),
        "each part by its own report"
    );
    let known = story.journal.known();
    assert_eq!(known.reports.len(), 6);
    assert!(
        known
            .reports
            .iter()
            .all(|r| r.entry == Some(1) && r.delivered == Some(true))
    );
    assert_eq!(story.modem.settings(), story.before);
}

#[tokio::test(start_paused = true)]
async fn unlinked_sms_are_as_many_bubbles_as_parts_and_nothing_of_the_text_is_lost() {
    let (story, _, _) = bench("open", "", NO_PACE);
    let result = send(&story, Way::SmsUnlinked, &letter()).await;
    assert!(result.ok, "{result:#?}");
    let bubbles = story.modem.phones().bubbles(PHONE);
    assert_eq!(bubbles.len(), 6, "160 characters each");
    let texts: String = bubbles.iter().map(|b| b.text.as_str()).collect();
    assert_eq!(texts, letter());
}

#[tokio::test(start_paused = true)]
async fn an_emoji_and_an_accent_arrive_as_they_were_written_in_either_way() {
    let text = "Gr\u{fc}\u{df}e \u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467} ".repeat(20);
    for way in [Way::Sms, Way::SmsUnlinked] {
        let (story, _, _) = bench("open", "", NO_PACE);
        let result = send(&story, way, &text).await;
        assert!(result.ok, "{result:#?}");
        let bubbles = story.modem.phones().bubbles(PHONE);
        let texts: String = bubbles.iter().map(|b| b.text.as_str()).collect();
        assert_eq!(texts, text, "{way}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_in_the_middle_says_which_parts_went_and_the_rest_completes_the_bubble() {
    let (story, outbox, _) = bench(
        "open",
        "[sms]\nfail = [{ submission = 3, cms = 41 }]",
        NO_PACE,
    );
    let result = send(&story, Way::Sms, &letter()).await;
    assert_eq!((result.ok, result.exit_code()), (false, 19));
    assert_eq!(result.parts, Some((2, 6)));
    let (stage, says) = failure(&story).unwrap();
    assert_eq!(stage, Stage::Post);
    assert!(says.contains("parts 1, 2 went out"), "{says}");
    assert!(says.contains("part 3 and those after it did not"), "{says}");
    assert_eq!(outbox.get(1).unwrap().state, EntryState::Failed);
    assert_eq!(story.modem.settings(), story.before);

    let again = OutboxOrder::Resend {
        entry: 1,
        edition: Edition::Same,
        way: None,
    };
    let result = result_of(&story, Order::Outbox(again)).await;
    assert!(result.ok, "{result:#?}");
    assert_eq!(
        story.modem.short_messages().len(),
        6,
        "the first two were not sent twice"
    );
    let bubbles = story.modem.phones().bubbles(PHONE);
    assert_eq!(bubbles.len(), 1);
    assert_eq!(bubbles[0].text, letter());
}

/// What is with the service centre is not denied, wherever the send is stopped.
#[tokio::test(start_paused = true)]
async fn a_stopped_send_tells_the_parts_that_went_out() {
    let stopped_when = async |story: &Story, now: &dyn Fn(&mmscope::known::Send) -> bool| {
        let before = story.journal.known().sends.len();
        let order = if before == 0 {
            Order::Send(Box::new(Message {
                draft: draft(&[PHONE], &letter()),
                way: Some(Way::Sms),
                ..Message::default()
            }))
        } else {
            Order::Outbox(OutboxOrder::Resend {
                entry: 1,
                edition: Edition::Same,
                way: None,
            })
        };
        story.bench.order(order).await;
        story
            .until(|k| k.sends.len() > before && k.sends.back().is_some_and(now))
            .await;
        story.bench.order(Order::Cancel).await;
        story
            .until(|k| k.sends.back().is_some_and(|s| s.result.is_some()))
            .await;
        let known = story.journal.known();
        known.sends.back().and_then(|s| s.result.clone()).unwrap()
    };
    let at = |stage| {
        move |s: &mmscope::known::Send| {
            s.rungs
                .iter()
                .any(|r| r.stage == stage && r.state.is_some())
        }
    };
    // In the middle of it.
    let (story, outbox, _) = bench("open", "", NO_PACE);
    let two = |s: &mmscope::known::Send| s.parts.len() >= 2;
    let result = stopped_when(&story, &two).await;
    let taken = outbox.get(1).unwrap().taken_parts();
    assert!(result.cancelled && (2..6).contains(&taken), "{result:#?}");
    assert_eq!((result.parts, result.way), (Some((taken, 6)), Way::Sms));
    // Sent again, and stopped before this attempt has handed over anything.
    let (story, outbox, _) = bench(
        "open",
        "[sms]\nfail = [{ submission = 3, cms = 41 }]",
        NO_PACE,
    );
    let failed = send(&story, Way::Sms, &letter()).await;
    assert_eq!(failed.parts, Some((2, 6)));
    let result = stopped_when(&story, &at(Stage::Port)).await;
    assert!(result.cancelled && !result.unknown, "{result:#?}");
    assert!(result.stage < Some(Stage::Post), "{result:#?}");
    assert_eq!(result.parts, Some((2, 6)));
    assert_eq!(outbox.get(1).unwrap().taken_parts(), 2);
    // Before the first.
    let (story, _, _) = bench("open", "", NO_PACE);
    let result = stopped_when(&story, &at(Stage::Port)).await;
    assert_eq!((result.cancelled, result.parts), (true, Some((0, 6))));
}

#[tokio::test(start_paused = true)]
async fn a_part_without_an_answer_is_unknown_and_never_sent_again_by_itself() {
    let config = "pace_seconds = 0\n[sending]\nattempts = 5";
    let (story, outbox, _) = bench("open", "[sms]\nsilent = [2]", config);
    let result = send(&story, Way::Sms, &letter()).await;
    assert_eq!(
        (result.unknown, result.exit_code()),
        (true, 22),
        "{result:#?}"
    );
    let (_, says) = failure(&story).unwrap();
    assert!(
        says.contains("part 1 went out; part 2 may have gone out"),
        "{says}"
    );
    let entry = outbox.get(1).unwrap();
    assert_eq!(entry.state, EntryState::Unknown);
    let sent = story.modem.short_messages().len();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(story.modem.short_messages().len(), sent);
}

#[tokio::test(start_paused = true)]
async fn a_report_of_failure_ends_the_ladder_and_is_tied_to_the_message() {
    let (story, outbox, _) = bench("open", "[sms]\nreports = [0x46]", NO_PACE);
    let result = send(&story, Way::Sms, "hello").await;
    assert!(result.ok, "the service centre took it");
    let (stage, says) = failure(&story).unwrap();
    assert_eq!(stage, Stage::Deliver);
    assert!(says.contains("validity period"), "{says}");
    let entry = outbox.get(1).unwrap();
    assert_eq!(entry.state, EntryState::Accepted);
    assert!(
        matches!(entry.parts[0].fate, Fate::Lost { status: 0x46, .. }),
        "{:?}",
        entry.parts[0].fate
    );
}

#[tokio::test(start_paused = true)]
async fn where_no_report_is_wanted_none_is_asked_for_or_waited_for() {
    let (story, _, _) = bench("open", "", NO_PACE);
    let mut wanted = draft(&[PHONE], "hello");
    wanted.options.delivery_report = Some(false);
    let message = Message {
        draft: wanted,
        way: Some(Way::Sms),
        ..Message::default()
    };
    let result = result_of(&story, Order::Send(Box::new(message))).await;
    assert!(result.ok);
    let known = story.journal.known();
    let deliver = known
        .sends
        .back()
        .unwrap()
        .rungs
        .iter()
        .find(|r| r.stage == Stage::Deliver);
    assert!(matches!(
        deliver.unwrap().state,
        Some(StageState::Skipped { .. })
    ));
    assert!(!story.commands().iter().any(|c| c.starts_with("AT+CNMI=")));
    assert!(known.reports.is_empty());
}

#[tokio::test(start_paused = true)]
async fn where_the_mmsc_is_out_of_reach_the_offer_taken_is_one_bubble_with_the_whole_text() {
    let (story, _, _) = bench("firewalled", "", NO_PACE);
    let failed = story.send(draft(&[PHONE], &letter())).await;
    let (entry, way) = (failed.entry.unwrap(), failed.offers.unwrap());
    assert_eq!(way, Way::Sms);
    let taken = OutboxOrder::Resend {
        entry,
        edition: Edition::New,
        way: Some(way),
    };
    let result = result_of(&story, Order::Outbox(taken)).await;
    assert!(result.ok, "{result:#?}");
    let bubbles = story.modem.phones().bubbles(PHONE);
    assert_eq!(bubbles.len(), 1);
    assert_eq!(bubbles[0].text, letter());
}

/// What a crash would have left at every moment, against what the service centre had by then.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_moment_never_forgets_a_part_that_went_out() {
    let (story, _, memory) = bench("open", "", NO_PACE);
    let text = letter();
    let sending = send(&story, Way::Sms, &text);
    let mut states = std::collections::BTreeSet::new();
    let watching = async {
        for _ in 0..200_000 {
            tokio::time::sleep(Duration::from_millis(7)).await;
            for mut entry in memory.load().unwrap() {
                entry.recover(NOW);
                let submitted = story.modem.short_messages().len();
                let known = entry
                    .parts
                    .iter()
                    .filter(|p| p.fate != Fate::Waiting)
                    .count();
                assert!(
                    submitted <= known,
                    "{submitted} went out, {known} are known: {entry:?}"
                );
                let doubtful = entry.parts.iter().any(|p| p.fate == Fate::Handed);
                assert!(!doubtful || entry.state == EntryState::Unknown, "{entry:?}");
                states.insert(entry.state.words());
            }
        }
    };
    let result = tokio::select! {
        result = sending => result,
        () = watching => panic!("the send does not end"),
    };
    assert!(result.ok);
    assert!(
        states.iter().any(|s| s.starts_with("unknown")),
        "{states:?}"
    );
    assert!(states.contains("queued"), "between two parts: {states:?}");
}

/// A store that is full from a given write on, until there is room.
#[derive(Clone)]
struct Filling {
    memory: Memory,
    left: Arc<AtomicUsize>,
}

impl Store for Filling {
    fn load(&self) -> Result<Vec<Entry>, StoreError> {
        self.memory.load()
    }
    fn put(&self, entries: &[(&Entry, Option<&[u8]>)], gone: &[u64]) -> Result<(), StoreError> {
        let spend = |left: usize| left.checked_sub(1);
        let room = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend);
        room.map_err(|_| StoreError::Unwritable {
            file: "outbox.redb".into(),
            why: "no space left on device".to_owned(),
        })?;
        self.memory.put(entries, gone)
    }
    fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.octets(id)
    }
    fn is_slow(&self) -> bool {
        false
    }
}

/// The disk fills up at any write of a long SMS. What the service centre took is known all the same: once there is room, the same again sends the rest
/// and no part twice; and had the program ended instead, what may have gone out would be unknown.
#[tokio::test(start_paused = true)]
async fn a_part_that_was_taken_while_the_disk_was_full_is_not_sent_again() {
    let text = "A letter in several parts. ".repeat(15);
    for left in 2..9 {
        let filling = Filling {
            memory: Memory::default(),
            left: Arc::new(AtomicUsize::new(left)),
        };
        let outbox = Arc::new(Outbox::open(filling.clone(), NOW).unwrap());
        let mut beginning = Beginning::world("open");
        beginning.outbox = Arc::clone(&outbox);
        let story = beginning.open();
        let result = send(&story, Way::Sms, &text).await;
        let out = story.modem.short_messages().len();
        for mut entry in filling.memory.load().unwrap() {
            entry.recover(NOW);
            let known = entry
                .parts
                .iter()
                .filter(|p| p.fate != Fate::Waiting)
                .count();
            assert!(out <= known, "full after {left}: {entry:?}");
            let doubtful = entry.parts.iter().any(|p| p.fate == Fate::Handed);
            assert!(!doubtful || entry.state == EntryState::Unknown, "{entry:?}");
        }
        let taken = outbox.get(1).unwrap().taken_parts();
        assert_eq!(taken, out, "full after {left}");
        filling.left.store(1000, Ordering::Relaxed);
        if !result.ok {
            let again = OutboxOrder::Resend {
                entry: 1,
                edition: Edition::Same,
                way: None,
            };
            let result = result_of(&story, Order::Outbox(again)).await;
            assert!(result.ok, "full after {left}: {result:#?}");
        }
        let parts = outbox.get(1).unwrap().parts.len();
        assert_eq!(
            story.modem.short_messages().len(),
            parts,
            "full after {left}"
        );
    }
}

/// A store that, before each write, looks at what a kill in this very moment would leave: nothing can happen between two of them that it does not see.
#[derive(Clone, Default)]
struct Watched {
    memory: Memory,
    modem: Arc<OnceLock<mmscope::simulator::Modem>>,
    /// Moments in which the service centre had a part of which no answer was written down.
    narrow: Arc<AtomicUsize>,
}

impl Watched {
    fn look(&self) {
        let out = self.modem.get().map_or(0, |m| m.short_messages().len());
        // The next session, on what is written by now.
        let next = Memory::default();
        for entry in self.memory.load().unwrap() {
            next.put(&[(&entry, None)], &[]).unwrap();
        }
        let next = Outbox::open(next, NOW).unwrap();
        let Ok(entry) = next.get(1) else { return };
        let taken = entry.taken_parts();
        let handed = entry.parts.iter().filter(|p| p.fate == Fate::Handed);
        assert!(out <= taken + handed.count(), "{out} are out: {entry:?}");
        if out > taken {
            self.narrow.fetch_add(1, Ordering::Relaxed);
            assert_eq!(entry.state, EntryState::Unknown);
            assert!(next.queued().is_empty(), "send --all leaves it alone");
            let sent = next.change(1, |e| e.queue(NOW));
            assert!(
                sent.unwrap_err().to_string().contains("--same"),
                "a person's word"
            );
        }
    }
}

impl Store for Watched {
    fn load(&self) -> Result<Vec<Entry>, StoreError> {
        self.memory.load()
    }
    fn put(&self, entries: &[(&Entry, Option<&[u8]>)], gone: &[u64]) -> Result<(), StoreError> {
        self.look();
        self.memory.put(entries, gone)?;
        self.look();
        Ok(())
    }
    fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.octets(id)
    }
    fn is_slow(&self) -> bool {
        false
    }
}

#[tokio::test(start_paused = true)]
async fn killed_between_the_acceptance_of_a_part_and_its_note_the_message_is_unknown() {
    let store = Watched::default();
    let mut beginning = Beginning::world("open");
    beginning.outbox = Arc::new(Outbox::open(store.clone(), NOW).unwrap());
    let story = beginning.open();
    store.modem.get_or_init(|| story.modem.clone());
    let result = send(&story, Way::Sms, &letter()).await;
    assert!(result.ok, "{result:#?}");
    let parts = story.modem.short_messages().len();
    let seen = store.narrow.load(Ordering::Relaxed);
    assert!(seen >= parts, "the window of each part: {seen} of {parts}");
}

#[tokio::test(start_paused = true)]
async fn no_event_carries_a_number_or_the_text() {
    let (story, _, _) = bench("open", "", NO_PACE);
    send(&story, Way::Sms, "a very private word").await;
    for event in story.events() {
        if matches!(
            event.what,
            What::Wire(_) | What::Line(_) | What::Exchange(_) | What::Bubble(_)
        ) {
            continue;
        }
        let json = serde_json::to_string(&*event).unwrap();
        assert!(!json.contains("2025550123"), "{json}");
        assert!(!json.contains("private word"), "{json}");
    }
}
