//! A queue works its messages off on one context and one open stack, and the modem is as before once it is empty, stopped or broken.
use crate::story::{Beginning, MakeSource, Story, draft};
use mmscope::bench::{Message, Order, OutboxOrder};
use mmscope::event::{EntryState, SettingsAct, What};
use mmscope::outbox::Outbox;
use mmscope::simulator::Modem;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const PHONE: &str = "+12025550123";
const UNHURRIED: &str = "pace_seconds = 20";

fn bench(config: &'static str, source: Option<MakeSource>) -> (Story, Arc<Outbox>) {
    let outbox = Arc::new(Outbox::in_memory());
    let mut beginning = Beginning::world("open");
    beginning.outbox = Arc::clone(&outbox);
    beginning.config = config;
    beginning.source = source;
    (beginning.open(), outbox)
}

async fn queue(story: &Story, count: usize) {
    for n in 1..=count {
        let message = Message {
            draft: draft(&[PHONE], &format!("number {n}")),
            persistence: mmscope::outbox::Persistence::UntilItIsOut,
            ..Message::default()
        };
        story.bench.order(Order::Send(Box::new(message))).await;
    }
}

async fn results(story: &Story, count: usize) {
    let over = |k: &mmscope::known::Known| k.sends.iter().filter(|s| s.result.is_some()).count();
    story.until(|k| over(k) >= count).await;
}

fn count(story: &Story, command: &str) -> usize {
    story.commands().iter().filter(|c| *c == command).count()
}

/// How often settings were saved, and put back.
fn settings(story: &Story) -> (usize, usize) {
    let acts = |act| {
        let is =
            |e: &&Arc<mmscope::event::Event>| matches!(&e.what, What::Settings(s) if s.step == act);
        story.events().iter().filter(is).count()
    };
    (acts(SettingsAct::Saved), acts(SettingsAct::Restored))
}

fn texts(modem: &Modem) -> Vec<String> {
    let bubbles = modem.phones().bubbles(PHONE);
    bubbles.into_iter().map(|b| b.text).collect()
}

/// Settings that are not as before.
fn changed(before: &BTreeMap<String, String>, modem: &Modem) -> BTreeMap<String, String> {
    let after = modem.settings();
    let differs = |(k, v): &(String, String)| before.get(k) != Some(v);
    after.into_iter().filter(differs).collect()
}

#[tokio::test(start_paused = true)]
async fn a_queue_opens_the_stack_once_and_closes_it_after_its_last_message() {
    let (story, outbox) = bench("pace_seconds = 0", None);
    queue(&story, 4).await;
    results(&story, 4).await;
    assert_eq!(texts(&story.modem).len(), 4);
    let delivered = |e: &mmscope::outbox::Entry| e.state == EntryState::Delivered;
    assert!(outbox.all().iter().all(delivered), "{:?}", outbox.all());
    assert_eq!(
        (count(&story, "AT+NETOPEN"), count(&story, "AT+NETCLOSE")),
        (1, 1)
    );
    assert_eq!(settings(&story), (1, 1));
    assert_eq!(
        changed(&story.before, &story.modem),
        BTreeMap::new(),
        "at the last result"
    );
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_stopped_or_left_between_two_messages_leaves_the_modem_as_it_was() {
    for close in [false, true] {
        let (story, outbox) = bench(UNHURRIED, None);
        let (modem, before) = (story.modem.clone(), story.before.clone());
        queue(&story, 3).await;
        results(&story, 1).await;
        assert_ne!(
            changed(&before, &modem),
            BTreeMap::new(),
            "the stack stays up in the pause"
        );
        assert!(story.journal.known().settings_open(), "and that is known");
        if close {
            assert!(story.bench.close().await);
        } else {
            story.bench.order(Order::Cancel).await;
            story.until(|k| !k.settings_open()).await;
        }
        assert_eq!(changed(&before, &modem), BTreeMap::new(), "close: {close}");
        assert_eq!((texts(&modem).len(), outbox.queued().len()), (1, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_pause_between_messages_leaves_the_modem_as_it_was_in_between() {
    let (story, _) = bench("pace_seconds = 600", None);
    queue(&story, 2).await;
    results(&story, 1).await;
    assert_eq!(changed(&story.before, &story.modem), BTreeMap::new());
    results(&story, 2).await;
    assert_eq!(count(&story, "AT+NETOPEN"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_message_by_sms_goes_out_on_a_modem_that_was_put_back_first() {
    let (story, _) = bench("pace_seconds = 0", None);
    queue(&story, 1).await;
    let sms = Message {
        draft: draft(&[PHONE], "a short one"),
        way: Some(mmscope::event::Way::Sms),
        ..Message::default()
    };
    story.bench.order(Order::Send(Box::new(sms))).await;
    queue(&story, 1).await;
    results(&story, 3).await;
    assert_eq!(texts(&story.modem).len(), 3);
    assert_eq!(changed(&story.before, &story.modem), BTreeMap::new());
    assert_eq!(settings(&story), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_restart_of_the_modem_in_the_pause_costs_no_message_and_no_setting() {
    let (story, outbox) = bench(UNHURRIED, None);
    queue(&story, 3).await;
    results(&story, 1).await;
    story.modem.restart();
    story
        .bench
        .order(Order::Outbox(OutboxOrder::SendQueued))
        .await;
    let over = |e: &mmscope::outbox::Entry| e.state == EntryState::Delivered;
    let waiting = async {
        while !outbox.all().iter().all(over) {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(900), waiting).await;
    assert!(waited.is_ok(), "{:#?}", outbox.all());
    story.until(|k| !k.settings_open()).await;
    assert_eq!(texts(&story.modem), ["number 1", "number 2", "number 3"]);
    assert_eq!(changed(&story.before, &story.modem), BTreeMap::new());
}
