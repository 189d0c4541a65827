//! Messages of a row in which one thing is changed: each known by its Transaction-Id, stopped by its own stop, through a profile of its own.
use crate::story::{Beginning, Story, draft};
use mmscope::bench::{Message, Order, OutboxOrder, RowEnd, send_one};
use mmscope::event::{EntryState, What};
use mmscope::outbox::{Outbox, Persistence};
use mmscope::profile::{Library, Profile};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const PHONE: &str = "+12025550123";

fn bench(config: &'static str) -> (Story, Arc<Outbox>) {
    let outbox = Arc::new(Outbox::in_memory());
    let mut beginning = Beginning::world("open");
    beginning.outbox = Arc::clone(&outbox);
    beginning.config = config;
    (beginning.open(), outbox)
}

fn message(id: &str) -> Message {
    Message {
        draft: draft(&[PHONE], &format!("the text of {id}")),
        transaction_id: Some(id.to_owned()),
        ..Message::default()
    }
}

/// The shipped profile of the world with another User-Agent, under another id.
fn changed(nth: usize) -> Profile {
    let library = Library::shipped();
    let own = library.get("example/open").unwrap();
    let vary: mmscope::compose::Vary = "user-agent=Nokia".parse().unwrap();
    let (profile, ..) = vary
        .apply("Nokia", own, &draft(&[PHONE], "x"), nth)
        .unwrap();
    profile
}

fn texts(story: &Story) -> Vec<String> {
    let bubbles = story.modem.phones().bubbles(PHONE);
    bubbles.into_iter().map(|b| b.text).collect()
}

fn state(outbox: &Outbox, id: &str) -> Option<EntryState> {
    let all = outbox.all();
    let found = all.iter().find(|e| e.transaction_id == id);
    found.map(|e| e.state)
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_behind_the_pace_does_not_go_out_after_the_stop() {
    let (story, outbox) = bench("pace_seconds = 60");
    let (stop, mut stopped) = watch::channel(false);
    let first = send_one(&story.bench, &story.journal, message("A1"), &mut stopped).await;
    assert!(matches!(first, RowEnd::Result(r) if r.ok));
    let second = send_one(&story.bench, &story.journal, message("A2"), &mut stopped);
    let stopping = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        stop.send_replace(true);
    };
    let (second, ()) = tokio::join!(second, stopping);
    assert_eq!(second, RowEnd::Withdrawn);
    assert_eq!(state(&outbox, "A2"), Some(EntryState::Draft));
    story
        .bench
        .order(Order::Outbox(OutboxOrder::SendQueued))
        .await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(texts(&story), ["the text of A1"], "and nothing later");
}

/// On the screen of messages one takes back, or forgets, what waits for its turn in the row: the row does not wait for it for ever.
#[tokio::test(start_paused = true)]
async fn a_message_of_the_row_that_is_cancelled_or_forgotten_by_itself_ends_the_row() {
    for forget in [false, true] {
        let (story, outbox) = bench("pace_seconds = 60");
        let (_stop, mut stopped) = watch::channel(false);
        send_one(&story.bench, &story.journal, message("A1"), &mut stopped).await;
        let second = send_one(&story.bench, &story.journal, message("A2"), &mut stopped);
        let taking_out = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let all = outbox.all();
            let id = all.iter().find(|e| e.transaction_id == "A2").unwrap().id;
            // Another one that is forgotten ends nothing.
            let orders = match forget {
                true => [OutboxOrder::Forget(1), OutboxOrder::Forget(id)],
                false => [OutboxOrder::Forget(1), OutboxOrder::Cancel(id)],
            };
            for order in orders {
                tokio::time::sleep(Duration::from_secs(1)).await;
                story.bench.order(Order::Outbox(order)).await;
            }
        };
        let both = async { tokio::join!(second, taking_out).0 };
        let ended = tokio::time::timeout(Duration::from_secs(600), both).await;
        assert_eq!(ended.ok(), Some(RowEnd::Withdrawn), "forgotten: {forget}");
        let left = (!forget).then_some(EntryState::Draft);
        assert_eq!(state(&outbox, "A2"), left);
        assert_eq!(texts(&story), ["the text of A1"]);
    }
}

/// The console stops all that runs, and the row in the same moment: whichever order comes first, the message stays in.
#[tokio::test(start_paused = true)]
async fn a_stop_of_everything_and_of_the_row_leaves_a_draft_in_either_order() {
    for row_first in [true, false] {
        let (story, outbox) = bench("pace_seconds = 60");
        let (stop, mut stopped) = watch::channel(false);
        send_one(&story.bench, &story.journal, message("A1"), &mut stopped).await;
        let second = send_one(&story.bench, &story.journal, message("A2"), &mut stopped);
        let stopping = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            if row_first {
                stop.send_replace(true);
                tokio::task::yield_now().await;
            }
            story.bench.order(Order::Cancel).await;
            stop.send_replace(true);
        };
        let (second, ()) = tokio::join!(second, stopping);
        assert_eq!(second, RowEnd::Withdrawn, "{row_first}");
        assert_eq!(state(&outbox, "A2"), Some(EntryState::Draft), "{row_first}");
    }
}

/// A stop of one row stops nothing of another, and one that comes before the message is ordered orders nothing.
#[tokio::test(start_paused = true)]
async fn a_stop_stops_its_own_row_only() {
    let (story, outbox) = bench("pace_seconds = 60");
    let (stop_a, mut stopped_a) = watch::channel(false);
    let (_stop_b, mut stopped_b) = watch::channel(false);
    let a = send_one(&story.bench, &story.journal, message("A1"), &mut stopped_a);
    let b = send_one(&story.bench, &story.journal, message("B1"), &mut stopped_b);
    let stopping = async {
        // Whichever of the two is being sent now, the other one waits.
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop_a.send_replace(true);
    };
    let (_, b, ()) = tokio::join!(a, b, stopping);
    assert!(matches!(b, RowEnd::Result(r) if r.ok && r.transaction_id.as_deref() == Some("B1")));
    assert_ne!(state(&outbox, "A1"), Some(EntryState::Queued));
    assert_eq!(texts(&story), ["the text of B1"]);
    let late = send_one(&story.bench, &story.journal, message("A2"), &mut stopped_a).await;
    assert_eq!(late, RowEnd::Withdrawn);
    assert_eq!(state(&outbox, "A2"), None);
}

/// What is sent beside the row goes through the profile in use, and is not taken for one of the row.
#[tokio::test(start_paused = true)]
async fn other_messages_beside_a_row_keep_their_profile_and_their_results() {
    let (story, outbox) = bench("pace_seconds = 5");
    let used = story.journal.known().profile.clone().unwrap().id;
    let own = changed(1);
    assert_ne!(own.id.to_string(), used);
    let (_stop, mut stopped) = watch::channel(false);
    let row = Message {
        profile: Some(Box::new(own.clone())),
        ..message("A1")
    };
    // One that was there before, ordered in the same moment.
    story
        .bench
        .order(Order::Send(Box::new(message("before"))))
        .await;
    let row = send_one(&story.bench, &story.journal, row, &mut stopped);
    let other = async {
        tokio::task::yield_now().await;
        let other = Message {
            persistence: Persistence::AsTheStatusSays,
            ..message("other")
        };
        story.bench.order(Order::Send(Box::new(other))).await;
        story
            .bench
            .order(Order::Outbox(OutboxOrder::SendQueued))
            .await;
    };
    let (row, ()) = tokio::join!(row, other);
    let RowEnd::Result(result) = row else {
        panic!("{row:?}");
    };
    assert_eq!(result.transaction_id.as_deref(), Some("A1"));
    story
        .until(|k| k.sends.iter().filter(|s| s.result.is_some()).count() == 3)
        .await;
    let known = story.journal.known();
    let through = |id: &str| {
        let send = known.sends.iter().find(|s| s.message.transaction_id == id);
        send.map(|s| s.message.profile.clone()).unwrap()
    };
    assert_eq!(through("A1"), own.id.to_string());
    assert_eq!(
        (through("before"), through("other")),
        (used.clone(), used.clone())
    );
    assert_eq!(known.profile.as_ref().unwrap().id, used, "in use as before");
    let switches = |e: &&Arc<mmscope::event::Event>| matches!(e.what, What::Profile(_));
    assert_eq!(story.events().iter().filter(switches).count(), 1);
    // Sent again, it goes through its own profile once more.
    let entry = outbox
        .all()
        .into_iter()
        .find(|e| e.transaction_id == "A1")
        .unwrap();
    assert_eq!(entry.profile.as_deref(), Some(own.id.as_str()));
    let again = OutboxOrder::Resend {
        entry: entry.id,
        edition: mmscope::bench::Edition::Same,
        way: None,
    };
    story.bench.order(Order::Outbox(again)).await;
    story
        .until(|k| k.sends.len() == 4 && k.sends.iter().all(|s| s.result.is_some()))
        .await;
    let last = story.journal.known().sends.back().cloned().unwrap();
    assert_eq!(last.message.profile, own.id.to_string());
    assert!(last.result.unwrap().ok);
}

#[tokio::test(start_paused = true)]
async fn a_bench_that_does_not_send_says_so_instead_of_waiting() {
    let mut beginning = Beginning::world("open");
    beginning.read_only = true;
    let story = beginning.open();
    let (_stop, mut stopped) = watch::channel(false);
    let ended = send_one(&story.bench, &story.journal, message("A1"), &mut stopped).await;
    assert!(matches!(ended, RowEnd::Refused(why) if why.contains("read-only")));
}
