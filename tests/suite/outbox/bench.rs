//! The outbox in a whole simulated bench: what a crash at any moment leaves, resends, retries, the ways, the fallback.
use crate::story::{Beginning, Story, draft};
use mmscope::bench::{Edition, Message, Order, OutboxOrder};
use mmscope::compose::{Draft, Recipient};
use mmscope::event::{EntryState, SendResult, Stage, StageState, Way, What};
use mmscope::mms::{Pdu, ResponseStatus};
use mmscope::outbox::{Entry, Memory, Outbox, Persistence, Store, StoreError};
use mmscope::simulator::World;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const NOW: u64 = 1_763_800_000_000;
const PHONE: &str = "+12025550123";

fn kept(world: &str, memory: &Memory, config: &'static str) -> (Story, Arc<Outbox>) {
    on(World::named(world).unwrap(), memory, config)
}

fn on(world: World, memory: &Memory, config: &'static str) -> (Story, Arc<Outbox>) {
    let outbox = Arc::new(Outbox::open(memory.clone(), NOW).unwrap());
    let mut beginning = Beginning::of(world);
    beginning.outbox = Arc::clone(&outbox);
    beginning.config = config;
    (beginning.open(), outbox)
}

const NO_PACE: &str = "pace_seconds = 0";

async fn order(story: &Story, message: Message) -> SendResult {
    let before = story.journal.known().sends.len();
    story.bench.order(Order::Send(Box::new(message))).await;
    story
        .until(|k| k.sends.len() > before && k.sends.back().is_some_and(|s| s.result.is_some()))
        .await;
    let known = story.journal.known();
    known.sends.back().and_then(|s| s.result.clone()).unwrap()
}

fn message(draft: Draft, way: Option<Way>) -> Message {
    Message {
        draft,
        way,
        ..Message::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_is_kept_from_its_order_to_its_phone() {
    let memory = Memory::default();
    let (story, outbox) = kept("open", &memory, NO_PACE);
    let result = story.send(story.draft()).await;
    assert!(result.ok, "{result:#?}");
    let entry = outbox.get(1).unwrap();
    assert_eq!(
        entry.state,
        EntryState::Delivered,
        "the simulated phone shows it"
    );
    assert_eq!(entry.message_id, result.message_id);
    // What went out is what was fixed when it was queued.
    let octets = outbox.octets(1).unwrap().unwrap();
    assert_eq!(result.size, Some(octets.len()));
    let sent = story.modem.mmsc_requests();
    assert_eq!(sent.len(), 1);
    let states: Vec<EntryState> = steps(&story);
    use EntryState::{Accepted, Delivered, Queued, Sending};
    assert_eq!(states, [Queued, Sending, Accepted, Delivered]);
    assert_eq!(story.journal.known().outbox[&1].state, Delivered);
}

fn steps(story: &Story) -> Vec<EntryState> {
    let state = |e: &Arc<mmscope::event::Event>| match &e.what {
        What::Outbox(step) => Some(step.state),
        _ => None,
    };
    story.events().iter().filter_map(state).collect()
}

/// What a crash would have left at every moment of a send, against what the phone had by then.
#[tokio::test(start_paused = true)]
async fn a_crash_at_any_moment_leaves_no_message_to_be_sent_twice_in_silence() {
    let memory = Memory::default();
    let (story, _) = kept("open", &memory, NO_PACE);
    let sending = story.send(story.draft());
    let mut seen = std::collections::BTreeSet::new();
    let watching = async {
        let mut moments = 0;
        loop {
            tokio::time::sleep(Duration::from_millis(3)).await;
            moments += 1;
            for mut entry in memory.load().unwrap() {
                entry.recover(NOW);
                let arrived = story.modem.mmsc_requests().len();
                let quiet = matches!(entry.state, EntryState::Queued | EntryState::Draft);
                assert!(
                    arrived == 0 || !quiet,
                    "the MMSC has it, and it would be sent again: {entry:?}"
                );
                seen.insert(entry.state.words());
            }
            if moments > 100_000 {
                return;
            }
        }
    };
    let result = tokio::select! {
        result = sending => result,
        () = watching => panic!("the send does not end"),
    };
    assert!(result.ok);
    assert!(seen.contains("queued"), "before the last octets: {seen:?}");
    assert!(
        seen.iter().any(|s| s.starts_with("unknown")),
        "after them: {seen:?}"
    );
}

/// A store that notes what stands in it after each write.
#[derive(Clone, Default)]
struct Watched {
    memory: Memory,
    seen: Arc<std::sync::Mutex<Vec<Vec<EntryState>>>>,
}

impl Store for Watched {
    fn load(&self) -> Result<Vec<Entry>, StoreError> {
        self.memory.load()
    }
    fn put(&self, entries: &[(&Entry, Option<&[u8]>)], gone: &[u64]) -> Result<(), StoreError> {
        self.memory.put(entries, gone)?;
        let states = self.memory.load()?.into_iter().map(|e| e.state);
        self.seen.lock().unwrap().push(states.collect());
        Ok(())
    }
    fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.octets(id)
    }
    fn is_slow(&self) -> bool {
        false
    }
}

/// The draft as a console that ended has left it, and the letter that was made of it since.
fn taken_up(outbox: &Outbox, way: Option<Way>) -> Message {
    let id = "T-of-the-draft".to_owned();
    let old = Entry::new(Way::Mms, vec![PHONE.into()], "old words".into(), id, NOW);
    outbox.add(vec![(old, Some(vec![0x8C, 0x80]))]).unwrap();
    Message {
        entry: Some(1),
        ..message(draft(&[PHONE], "new words"), way)
    }
}

/// Whenever the program is killed, the letter is in the outbox once: as the draft that it was, or as the message that goes out.
#[tokio::test(start_paused = true)]
async fn a_draft_that_is_sent_is_one_message_at_every_moment() {
    for way in [Some(Way::Mms), Some(Way::Sms)] {
        let watched = Watched::default();
        let outbox = Arc::new(Outbox::open(watched.clone(), NOW).unwrap());
        let mut beginning = Beginning::of(World::named("open").unwrap());
        beginning.outbox = Arc::clone(&outbox);
        beginning.config = NO_PACE;
        let story = beginning.open();
        let letter = taken_up(&outbox, way);
        let result = order(&story, letter.clone()).await;
        assert!(result.ok, "{result:#?}");
        let seen = watched.seen.lock().unwrap().clone();
        assert!(seen.iter().all(|states| states.len() == 1), "{seen:?}");
        assert_eq!(
            seen[..2],
            [[EntryState::Draft], [EntryState::Queued]],
            "one change"
        );
        let entry = outbox.get(1).unwrap();
        assert_eq!((entry.text.as_str(), Some(entry.way)), ("new words", way));
        let octets = outbox.octets(1).unwrap();
        match way {
            Some(Way::Mms) => assert_eq!(octets.map(|o| o.len()), result.size),
            // What the draft would have been as MMS is not left behind.
            _ => assert_eq!(octets, None),
        }
        // It has gone out: the next letter from the same composer is another message, and this one stays as it is.
        let again = order(&story, letter).await;
        assert!(again.ok, "{again:#?}");
        let ids: Vec<u64> = outbox.all().iter().map(|e| e.id).collect();
        assert_eq!(ids, [1, 2]);
        let first = outbox.get(1).unwrap();
        assert_eq!(first.transaction_id, entry.transaction_id);
    }
}

/// A disk that is full while the draft is sent: nothing goes out, and the draft is as it was.
#[tokio::test(start_paused = true)]
async fn a_draft_that_cannot_become_a_message_stays_a_draft() {
    let store = Full {
        memory: Memory::default(),
        writes: Arc::default(),
        from: 1,
    };
    let memory = store.memory.clone();
    let outbox = Arc::new(Outbox::open(store, NOW).unwrap());
    let mut beginning = Beginning::of(World::named("open").unwrap());
    beginning.outbox = Arc::clone(&outbox);
    let story = beginning.open();
    let letter = taken_up(&outbox, None);
    let result = order(&story, letter).await;
    assert!(
        !result.ok && result.stage == Some(Stage::Encode),
        "{result:#?}"
    );
    assert!(story.modem.mmsc_requests().is_empty());
    let left = memory.load().unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].state, left[0].text.as_str()),
        (EntryState::Draft, "old words")
    );
    assert_eq!(memory.octets(1).unwrap(), Some(vec![0x8C, 0x80]));
}

/// A store that counts what is written, and is full from a given write on.
#[derive(Clone)]
struct Full {
    memory: Memory,
    writes: Arc<AtomicUsize>,
    from: usize,
}

impl Store for Full {
    fn load(&self) -> Result<Vec<Entry>, StoreError> {
        self.memory.load()
    }
    fn put(&self, entries: &[(&Entry, Option<&[u8]>)], gone: &[u64]) -> Result<(), StoreError> {
        if self.writes.fetch_add(1, Ordering::Relaxed) >= self.from {
            return Err(StoreError::Unwritable {
                file: "outbox.redb".into(),
                why: "no space left on device".to_owned(),
            });
        }
        self.memory.put(entries, gone)
    }
    fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.octets(id)
    }
    fn is_slow(&self) -> bool {
        true
    }
}

/// Write 0 takes it in, 1 says that the attempt begins, 2 that the last octets go out, 3 what the MMSC said, 4 that a phone shows it.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_down_is_not_sent() {
    for (from, arrives, after) in [
        (0, 0, None),
        (1, 0, Some(EntryState::Queued)),
        (2, 0, Some(EntryState::Queued)),
        (3, 1, Some(EntryState::Unknown)),
        (4, 1, Some(EntryState::Accepted)),
        (5, 1, Some(EntryState::Delivered)),
    ] {
        let memory = Memory::default();
        let full = Full {
            memory: memory.clone(),
            writes: Arc::default(),
            from,
        };
        let mut beginning = Beginning::world("open");
        beginning.outbox = Arc::new(Outbox::open(full, NOW).unwrap());
        let story = beginning.open();
        let result = story.send(story.draft()).await;
        let requests = story.modem.mmsc_requests().len();
        assert_eq!(requests, arrives, "full from write {from}: {result:#?}");
        assert_eq!(result.ok, arrives == 1, "full from write {from}");
        assert_eq!(
            story.modem.settings(),
            story.before,
            "full from write {from}"
        );
        if let Some(error) = &result.error {
            let says = format!("{} {} {}", error.what, error.raw, error.means);
            assert!(says.contains("no space left on device"), "{says}");
        }
        // What the next session finds.
        let left = Outbox::open(memory, NOW).unwrap();
        let state = left.get(1).ok().map(|e| e.state);
        assert_eq!(state, after, "full from write {from}");
    }
}

fn world_with_status(status: u8) -> World {
    let mut world = World::named("open").unwrap();
    world.mmsc.response_status = ResponseStatus(status);
    world
}

#[tokio::test(start_paused = true)]
async fn a_transient_status_is_tried_again_and_a_permanent_one_is_not() {
    for (status, attempts) in [(0xC3, 3), (0xE3, 1)] {
        let memory = Memory::default();
        let config = "pace_seconds = 0\n[sending]\nattempts = 3";
        let (story, outbox) = on(world_with_status(status), &memory, config);
        let message = Message {
            draft: story.draft(),
            persistence: Persistence::AsTheStatusSays,
            ..Message::default()
        };
        let began = tokio::time::Instant::now();
        story.bench.order(Order::Send(Box::new(message))).await;
        story
            .until(|k| {
                k.outbox
                    .get(&1)
                    .is_some_and(|e| e.state == EntryState::Failed)
            })
            .await;
        let entry = outbox.get(1).unwrap();
        assert_eq!(entry.attempts, attempts, "{status:02X}");
        let requests = story.modem.mmsc_requests();
        assert_eq!(requests.len(), attempts as usize, "{status:02X}");
        if attempts > 1 {
            let took = began.elapsed();
            assert!(
                took >= Duration::from_secs(90),
                "30 s and 60 s between: {took:?}"
            );
            let shown = steps_with_next_try(&story);
            assert_eq!(shown, attempts as usize - 1, "each pause is shown");
        }
    }
}

fn steps_with_next_try(story: &Story) -> usize {
    let next = |e: &&Arc<mmscope::event::Event>| matches!(&e.what, What::Outbox(step) if step.next_try_ms.is_some());
    story.events().iter().filter(next).count()
}

#[tokio::test(start_paused = true)]
async fn the_same_again_is_the_very_same_octets_and_a_new_one_is_new() {
    let memory = Memory::default();
    let (story, outbox) = kept("open", &memory, NO_PACE);
    story.send(story.draft()).await;
    let results = |story: &Story| {
        let known = story.journal.known();
        known.sends.iter().filter(|s| s.result.is_some()).count()
    };
    for (edition, count) in [(Edition::Same, 2), (Edition::New, 3)] {
        let again = OutboxOrder::Resend {
            entry: 1,
            edition,
            way: None,
        };
        story.bench.order(Order::Outbox(again)).await;
        story.until(|_| results(&story) == count).await;
    }
    let bodies: Vec<Vec<u8>> = (0..3)
        .map(|n| {
            let octets = story.modem.sent_octets(n).unwrap();
            let head = octets.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
            octets[head + 4..].to_vec()
        })
        .collect();
    assert_eq!(bodies[0], outbox.octets(1).unwrap().unwrap());
    assert_eq!(bodies[0], bodies[1], "octet for octet");
    assert_eq!(bodies[2], outbox.octets(2).unwrap().unwrap());
    assert_eq!(outbox.get(2).unwrap().again_of, Some(1));
    let text = |octets: &[u8]| Pdu::decode(octets).pdu.parts().last().unwrap().text();
    assert_eq!(text(&bodies[0]), text(&bodies[2]), "the same content");
}

#[tokio::test(start_paused = true)]
async fn what_waits_from_before_goes_out_in_its_order_only_when_it_is_asked_for() {
    let memory = Memory::default();
    {
        let (story, _) = kept("open", &memory, "pace_seconds = 3600");
        // The first goes at once, the others wait for the pace; then the program ends.
        for n in 0..4 {
            let draft = draft(&[PHONE], &format!("number {n}"));
            let message = message(draft, None);
            story.bench.order(Order::Send(Box::new(message))).await;
        }
        story
            .until(|k| {
                k.outbox
                    .get(&1)
                    .is_some_and(|e| e.state == EntryState::Delivered)
            })
            .await;
        assert!(story.bench.close().await);
    }
    let (story, outbox) = kept("open", &memory, NO_PACE);
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(outbox.queued(), [2, 3, 4], "nothing goes by itself");
    assert!(story.modem.mmsc_requests().is_empty());
    story
        .bench
        .order(Order::Outbox(OutboxOrder::Cancel(3)))
        .await;
    story
        .bench
        .order(Order::Outbox(OutboxOrder::SendQueued))
        .await;
    story
        .until(|k| {
            [2, 4].iter().all(|n| {
                k.outbox
                    .get(n)
                    .is_some_and(|e| e.state == EntryState::Delivered)
            })
        })
        .await;
    let bubbles = story.modem.phones().bubbles(PHONE);
    let texts: Vec<&str> = bubbles.iter().map(|b| b.text.as_str()).collect();
    assert_eq!(texts, ["number 1", "number 3"]);
    assert_eq!(outbox.get(3).unwrap().state, EntryState::Draft, "cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_message_without_a_profile_is_fixed_once_the_sim_has_chosen_one() {
    let memory = Memory::default();
    let outbox = Arc::new(Outbox::open(memory.clone(), NOW).unwrap());
    let mut beginning = Beginning::world("open").profile(crate::story::BY_THE_SIM);
    beginning.outbox = Arc::clone(&outbox);
    let story = beginning.open();
    let result = story.send(story.draft()).await;
    let entry = outbox.get(1).unwrap();
    assert!(result.ok, "{result:#?}");
    assert!(entry.sealed && entry.profile.is_some(), "{entry:?}");
    let octets = story.modem.sent_octets(0).unwrap();
    assert!(octets.ends_with(&outbox.octets(1).unwrap().unwrap()));
}

#[tokio::test(start_paused = true)]
async fn linked_sms_goes_out_part_by_part_and_leaves_the_modem_as_it_was() {
    let memory = Memory::default();
    let (story, outbox) = kept("open", &memory, NO_PACE);
    let text = World::named("mint").unwrap().start.draft.text.clone();
    let long = draft(&[PHONE], &text);
    let result = order(&story, message(long, Some(Way::Sms))).await;
    assert!(result.ok, "{result:#?}");
    assert_eq!((result.way, result.parts), (Way::Sms, Some((6, 6))));
    assert_eq!(
        story.modem.short_messages().len(),
        6,
        "827 characters of GSM-7"
    );
    assert_eq!(story.modem.settings(), story.before);
    assert!(story.modem.mmsc_requests().is_empty());
    let entry = outbox.get(1).unwrap();
    assert!(
        matches!(entry.state, EntryState::Accepted | EntryState::Delivered),
        "{entry:?}"
    );
    assert_eq!(entry.taken_parts(), 6);
    assert_eq!(entry.text, text);
    let known = story.journal.known();
    let send = known.sends.back().unwrap();
    assert_eq!(send.parts.len(), 6);
    let skipped = |stage: Stage| {
        let rung = send.rungs.iter().find(|r| r.stage == stage).unwrap();
        matches!(rung.state, Some(StageState::Skipped { .. }))
    };
    assert!(
        skipped(Stage::Bearer) && skipped(Stage::Connect),
        "no data connection is made"
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_go_as_sms_says_why_before_the_modem_is_touched() {
    let story = Beginning::world("open").open();
    let mut mail = draft(&[PHONE], "hello");
    mail.to
        .push(Recipient::parse("someone@example.com").unwrap());
    let result = order(&story, message(mail, Some(Way::Sms))).await;
    assert_eq!(result.exit_code(), 10);
    assert!(result.error.unwrap().means.contains("e-mail"));
    assert!(story.commands().is_empty(), "{:?}", story.commands());
}

#[tokio::test(start_paused = true)]
async fn where_the_way_of_an_mms_is_barred_linked_sms_is_offered_or_sent_as_the_person_wants() {
    for (config, ok, offers) in [
        ("pace_seconds = 0", false, Some(Way::Sms)),
        (
            "pace_seconds = 0\n[sending]\nfallback = \"never\"",
            false,
            None,
        ),
        (
            "pace_seconds = 0\n[sending]\nfallback = \"send\"",
            true,
            None,
        ),
    ] {
        let memory = Memory::default();
        let (story, outbox) = kept("firewalled", &memory, config);
        let result = story.send(story.draft()).await;
        assert_eq!(
            (result.ok, result.offers),
            (ok, offers),
            "{config}: {result:#?}"
        );
        assert_eq!(story.modem.settings(), story.before, "{config}");
        let sms = story.modem.short_messages().len();
        assert_eq!(sms > 0, ok, "{config}");
        if ok {
            assert_eq!(result.way, Way::Sms);
            let first = result.fell_back.unwrap();
            assert!(!first.what.is_empty(), "how the MMS failed stays known");
            assert_eq!(outbox.get(1).unwrap().way, Way::Sms);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_rule_can_choose_the_way_by_length() {
    let config = "pace_seconds = 0\n[sending]\nway = \"auto\"\nmms_from_parts = 2";
    let memory = Memory::default();
    let (story, outbox) = kept("open", &memory, config);
    for (text, way) in [
        ("short", Way::Sms),
        (&"x".repeat(160), Way::Sms),
        (&"x".repeat(161), Way::Mms),
    ] {
        let result = order(&story, message(draft(&[PHONE], text), None)).await;
        assert!(result.ok, "{result:#?}");
        assert_eq!(result.way, way, "{} characters", text.len());
    }
    assert_eq!(outbox.all().len(), 3);
}

/// Many, restarted half-way. Two thousand of them are sent by the program itself in `.ci/outbox`.
#[tokio::test(start_paused = true)]
async fn a_long_queue_restarted_half_way_arrives_whole_and_once() {
    const ALL: usize = 60;
    let memory = Memory::default();
    let sim = World::named("open").unwrap();
    let modem = {
        let (story, outbox) = on(sim.clone(), &memory, "pace_seconds = 3600");
        for n in 0..ALL {
            let message = message(draft(&[PHONE], &format!("number {n}")), None);
            story.bench.order(Order::Send(Box::new(message))).await;
        }
        story.until(|k| k.outbox.len() == ALL).await;
        story
            .until(|k| {
                k.outbox
                    .get(&1)
                    .is_some_and(|e| e.state == EntryState::Delivered)
            })
            .await;
        assert!(story.bench.close().await);
        assert_eq!(outbox.queued().len(), ALL - 1);
        story.modem.clone()
    };
    for half in [ALL / 2, ALL] {
        let outbox = Arc::new(Outbox::open(memory.clone(), NOW).unwrap());
        let mut beginning = Beginning::of(sim.clone());
        beginning.outbox = Arc::clone(&outbox);
        let line = Box::new(modem.open_line());
        let story = beginning.on(modem.clone(), line, None);
        story
            .bench
            .order(Order::Outbox(OutboxOrder::SendQueued))
            .await;
        let there = |k: &mmscope::known::Known| {
            let over = |e: &&mmscope::event::OutboxStep| {
                matches!(e.state, EntryState::Delivered | EntryState::Unknown)
            };
            k.outbox.values().filter(over).count() >= half
        };
        story.until(there).await;
        assert!(story.bench.close().await);
    }
    let mut texts: Vec<String> = modem
        .phones()
        .bubbles(PHONE)
        .into_iter()
        .map(|b| b.text)
        .collect();
    let left = Outbox::open(memory, NOW).unwrap();
    let doubtful = left
        .all()
        .iter()
        .filter(|e| e.state == EntryState::Unknown)
        .count();
    texts.sort();
    let before = texts.len();
    texts.dedup();
    assert_eq!(texts.len(), before, "none arrived twice");
    assert!(before + doubtful >= ALL, "{before} + {doubtful} of {ALL}");
    assert!(
        doubtful <= 1,
        "at most the one that the restart interrupted"
    );
}

/// A person opens a message that waits: it is a draft then, and does not go out beside what becomes of it. One whose turn has come goes on.
#[tokio::test(start_paused = true)]
async fn a_message_that_is_taken_out_of_the_queue_goes_out_once_and_as_it_was_changed() {
    let memory = Memory::default();
    let (story, outbox) = kept("open", &memory, "pace_seconds = 30");
    for text in ["first", "second"] {
        let order = Order::Send(Box::new(message(draft(&[PHONE], text), Some(Way::Mms))));
        story.bench.order(order).await;
    }
    story
        .until(|k| {
            let state = |id| k.outbox.get(&id).map(|e| e.state);
            state(1) == Some(EntryState::Sending) && state(2) == Some(EntryState::Queued)
        })
        .await;
    for id in [1, 2] {
        let order = Order::Outbox(OutboxOrder::TakeOut(id));
        story.bench.order(order).await;
    }
    story
        .until(|k| k.outbox[&2].state == EntryState::Draft)
        .await;
    let says = outbox.get(2).unwrap().says;
    assert_eq!(says, "taken out of the queue, to be changed");
    story
        .until(|k| k.outbox[&1].state == EntryState::Delivered)
        .await;
    let known = story.journal.known();
    let told = |says: &str| known.notices.iter().any(|(_, n)| n.text.contains(says));
    assert!(told("message 1 is being sent"), "{:#?}", known.notices);
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(story.modem.mmsc_requests().len(), 1, "it waits no more");
    let changed = Message {
        entry: Some(2),
        ..message(draft(&[PHONE], "second, changed"), Some(Way::Mms))
    };
    assert!(order(&story, changed).await.ok);
    assert_eq!(story.modem.mmsc_requests().len(), 2);
    let all: Vec<(u64, String)> = outbox.all().into_iter().map(|e| (e.id, e.text)).collect();
    assert_eq!(
        all,
        [(1, "first".to_owned()), (2, "second, changed".to_owned())]
    );
}
