//! Receiving in whole simulated benches: what comes in, what is fetched, what comes back of what was sent.
use crate::story::{Beginning, Story, draft};
use mmscope::bench::{InboxOrder, LENGTHS, Message, Order, test_text};
use mmscope::event::{
    EntryState, InboxKind, InboxState, Level, SendResult, Stage, StageState, Way, What,
};
use mmscope::inbox::Item;
use mmscope::known::Known;
use mmscope::simulator::World;
use mmscope::simulator::mmsc::WaitingState;
use std::time::Duration;

const OWN: &str = "+12025550199";
const PHONE: &str = "+12025550123";

fn listening(world: &str) -> Beginning {
    let mut beginning = Beginning::world(world);
    beginning.listens = true;
    beginning
}

fn in_world(more: &str) -> Beginning {
    let text = format!("like = \"self-test\"\nschema = 1\n{more}");
    let mut beginning = Beginning::of(World::parse("test", &text).unwrap());
    beginning.listens = true;
    beginning
}

async fn order(story: &Story, message: Message) -> SendResult {
    let before = story.journal.known().sends.len();
    story.bench.order(Order::Send(Box::new(message))).await;
    story
        .until(|k| k.sends.len() > before && k.sends.back().is_some_and(|s| s.result.is_some()))
        .await;
    let known = story.journal.known();
    known.sends.back().and_then(|s| s.result.clone()).unwrap()
}

fn verified(text: &str, way: Option<Way>) -> Message {
    Message {
        draft: draft(&[OWN], text),
        way,
        verify: true,
        ..Message::default()
    }
}

fn has(state: InboxState) -> impl Fn(&Known) -> bool {
    move |k| k.inbox.values().any(|i| i.state == state)
}

#[tokio::test(start_paused = true)]
async fn a_message_to_oneself_comes_back_whole_at_all_lengths_of_the_first_test_plan() {
    let mut beginning = Beginning::world("self-test");
    beginning.config = "pace_seconds = 10";
    let story = beginning.open();
    for length in LENGTHS {
        let text = test_text(length, 5);
        assert_eq!(text.chars().count(), length);
        let result = order(&story, verified(&text, None)).await;
        let verify = result.verify.clone().unwrap();
        assert!(result.ok && verify.passed(1), "{length}: {result:#?}");
        let seconds = verify.seconds.unwrap();
        assert!((1.0..30.0).contains(&seconds), "{length}: {seconds}");
        assert_eq!(result.exit_code(), 0);
    }
    assert_eq!(story.modem.settings(), story.before);
    let waiting = story.modem.waiting_messages();
    assert_eq!(waiting.len(), LENGTHS.len());
    assert!(
        waiting
            .iter()
            .all(|w| w.state == WaitingState::Acknowledged),
        "the MMSC knows that each has come: {waiting:?}"
    );
}
