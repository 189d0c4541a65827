//! What comes is seen octet for octet: every PDU from the network is an event, and the PDU screen lists it beside what was sent.
use super::bench::{PHONE, has, in_world, listening};
use crate::console::story::{console, rows, screen};
use crate::story::{Story, draft};
use mmscope::bench::{InboxOrder, Order};
use mmscope::console::theme::{Colours, Theme};
use mmscope::console::{Message, Screen, update};
use mmscope::event::{Direction, InboxState};
use mmscope::known::Known;
use mmscope::mms::{MessageType, Pdu};

/// The PDUs that are known, oldest first: which way, and what.
fn seen(known: &Known) -> Vec<(Direction, &'static str)> {
    let row = |pdu: &mmscope::known::Pdu| {
        let kind = Pdu::decode(&pdu.seen.octets.0).pdu.message_type();
        let name = kind.and_then(MessageType::name).unwrap_or("no PDU");
        (pdu.seen.dir, name)
    };
    known.pdus.iter().map(row).collect()
}

/// The list on the PDU screen, newest first.
fn listed(story: &Story) -> String {
    let nothing = crate::console::story::draft();
    let mut state = console(&nothing, Theme::new(Colours::Sixteen, false));
    update(&mut state, Message::Known(story.journal.known()));
    state.screen = Screen::Pdu;
    rows(&screen(&mut state, 120, 36))
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_and_what_is_said_about_it_are_listed() {
    use Direction::{Rx, Tx};
    let story = listening("push-out-of-order").open();
    story.until(has(InboxState::Waiting)).await;
    let known = story.journal.known();
    assert_eq!(seen(&known), [(Rx, "M-Notification.ind")]);
    assert!(listed(&story).contains("M-Notification.ind"));
    story.bench.order(Order::Inbox(InboxOrder::Defer(1))).await;
    story.until(has(InboxState::Deferred)).await;
    story.bench.order(Order::Inbox(InboxOrder::Fetch(1))).await;
    story
        .until(|k| k.inbox[&1].says == "fetched, and the MMSC knows")
        .await;
    let known = story.journal.known();
    assert_eq!(
        seen(&known),
        [
            (Rx, "M-Notification.ind"),
            (Tx, "M-NotifyResp.ind"),
            (Rx, "M-Retrieve.conf"),
            (Tx, "M-Acknowledge.ind"),
        ]
    );
    let retrieved = Pdu::decode(&known.pdus[2].seen.octets.0);
    assert_eq!(retrieved.lint, []);
    assert_eq!(
        retrieved.pdu.texts(),
        ["One bubble, whatever way it took."],
        "all of its octets"
    );
    let frame = listed(&story);
    for (_, name) in seen(&known) {
        assert!(frame.contains(name), "{name} in\n{frame}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_and_the_reports_on_a_message_are_listed_and_the_message_is_what_is_looked_at() {
    use Direction::{Rx, Tx};
    let mut beginning = in_world(&format!(
        "[[mmsc.phone]]\nnumber = \"{PHONE}\"\nstatus = \"retrieved\"\nreads = \"read\"\nreads_after_ms = 3000\nafter_ms = 45000"
    ));
    beginning.blind = true;
    let story = beginning.open();
    let mut wanted = draft(&[PHONE], "tell me");
    wanted.options.delivery_report = Some(true);
    wanted.options.read_report = Some(true);
    assert!(story.send(wanted).await.ok);
    story
        .until(|k| k.outbox[&1].says.contains("read by 1"))
        .await;
    assert_eq!(
        seen(&story.journal.known()),
        [
            (Tx, "M-Send.req"),
            (Rx, "M-Send.conf"),
            (Rx, "M-Delivery.ind"),
            (Rx, "M-Read-Orig.ind"),
        ]
    );
    let frame = listed(&story);
    assert!(frame.contains("X-Mms-Transaction-Id"), "{frame}");
    for name in ["M-Send.conf", "M-Delivery.ind", "M-Read-Orig.ind"] {
        assert!(frame.contains(name), "{name} in\n{frame}");
    }
}
