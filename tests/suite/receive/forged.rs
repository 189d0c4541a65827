//! Notifications that anybody can send by SMS: what they name is never written into a request.
use super::bench::{has, in_world};
use mmscope::bench::{InboxOrder, Order};
use mmscope::event::{Direction, HttpPart, InboxState, What};

#[tokio::test(start_paused = true)]
async fn a_location_with_a_header_in_it_is_never_asked() {
    let story = in_world(
        "[[mmsc.incoming]]\nafter_ms = 4000\nfrom = \"+12025550123\"\ntext = \"come here\"\n[mmsc]\npush = true\ncontent_location = \"http://mmsc.example/in\\r\\nX-Forged: yes\"",
    )
    .open();
    story.until(has(InboxState::Waiting)).await;
    let known = story.journal.known();
    let came = |octets: &[u8]| octets.windows(8).any(|w| w == b"X-Forged");
    assert!(
        known.pdus.iter().any(|pdu| came(&pdu.seen.octets.0)),
        "the forged notification has come: {:?}",
        known.inbox[&1]
    );
    story.bench.order(Order::Inbox(InboxOrder::Fetch(1))).await;
    story.until(has(InboxState::Failed)).await;
    let says = story.journal.known().inbox[&1].says.clone();
    assert!(says.contains("no place that can be asked"), "{says}");
    for event in story.events() {
        match &event.what {
            What::Http(step) => assert!(!matches!(step.step, HttpPart::Request { .. }), "{step:?}"),
            What::Wire(wire) if wire.dir == Direction::Tx => {
                assert!(!came(&wire.octets.0), "it went to the modem");
            }
            _ => {}
        }
    }
}
