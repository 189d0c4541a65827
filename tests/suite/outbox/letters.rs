//! Letters of the composer that are kept before they were sent: each field as it was typed, the way that was chosen, and nothing sent by halves.
use super::sms::bench;
use mmscope::bench::{Order, OutboxOrder, draft_again};
use mmscope::cli::drafts::{keep, read};
use mmscope::compose::Attachment;
use mmscope::console::Draft;
use mmscope::console::options::Asked;
use mmscope::event::Way;
use mmscope::mms::Priority;
use mmscope::outbox::{Memory, Outbox};
use std::sync::Arc;

const CHANCE: (u64, u64) = (1_763_800_000_000, 7);

fn outbox() -> Arc<Outbox> {
    Arc::new(Outbox::open(Memory::default(), CHANCE.0).unwrap())
}

fn letter() -> Draft {
    Draft {
        to: vec!["+12025550123".into()],
        subject: "Bench".into(),
        text: "Hello".into(),
        way: Some(Way::Mms),
        ..Draft::default()
    }
}

/// A blind recipient who is half typed must not become one whom everybody sees.
#[test]
fn an_unfinished_recipient_stays_in_its_field() {
    for (cc, bcc) in [
        (vec![], vec!["2025550142".to_owned()]),
        (vec!["someone@".to_owned()], vec!["+12025550145".to_owned()]),
        (
            vec!["half".to_owned()],
            vec!["done".to_owned(), "+1".to_owned()],
        ),
    ] {
        let typed = Draft {
            cc,
            bcc,
            ..letter()
        };
        let outbox = outbox();
        let id = keep(&outbox, &typed, None, CHANCE).unwrap();
        assert_eq!(read(&outbox, id).unwrap(), typed);
        let octets = outbox.octets(id).unwrap();
        let sent = draft_again(&outbox.get(id).unwrap(), octets.as_deref());
        assert!(sent.is_err(), "it must not go to the others alone");
    }
}

/// One option that cannot be read costs none of the others, and it is said which one it is.
#[test]
fn an_unreadable_option_alone_is_left_out_of_what_is_sent_and_told() {
    let typed = Draft {
        asked: Asked {
            from: "+12025550100".into(),
            class: "advertisement".into(),
            expiry: "tomorrow-ish".into(),
            priority: Some(Priority::High),
            delivery_report: Some(true),
            ..Asked::default()
        },
        attachments: vec![Attachment {
            name: "note.txt".into(),
            content_type: "text/x-vCard".into(),
            data: b"BEGIN:VCARD".to_vec().into(),
        }],
        ..letter()
    };
    let outbox = outbox();
    let id = keep(&outbox, &typed, None, CHANCE).unwrap();
    assert_eq!(read(&outbox, id).unwrap(), typed);
    let entry = outbox.get(id).unwrap();
    assert!(
        entry.says.ends_with("left out until it is mended: Expiry"),
        "{}",
        entry.says
    );
    let octets = outbox.octets(id).unwrap();
    let sent = draft_again(&entry, octets.as_deref()).unwrap();
    assert_eq!(sent.options.priority, Some(Priority::High));
    assert_eq!(sent.options.delivery_report, Some(true));
    assert!(sent.options.class.is_some() && sent.options.expiry.is_none());
    assert_eq!(
        (sent.from.as_deref(), sent.attachments.len()),
        (Some("+12025550100"), 1)
    );
    let fine = keep(&outbox, &letter(), None, CHANCE).unwrap();
    assert!(!outbox.get(fine).unwrap().says.contains("left out"));
}

/// Who switched a letter to SMS has it go as SMS, or not at all.
#[tokio::test(start_paused = true)]
async fn a_letter_goes_the_way_that_was_chosen() {
    let (story, outbox, _) = bench("open", "", "pace_seconds = 0");
    let whole = Draft {
        way: Some(Way::Sms),
        ..letter()
    };
    let id = keep(&outbox, &whole, None, CHANCE).unwrap();
    let picture = Draft {
        attachments: vec![Attachment {
            name: "beach.jpg".into(),
            content_type: "image/jpeg".into(),
            data: vec![0xFF, 0xD8, 0xFF].into(),
        }],
        ..whole.clone()
    };
    let cannot = keep(&outbox, &picture, None, CHANCE).unwrap();
    assert_eq!(read(&outbox, id).unwrap(), whole);
    assert_eq!(read(&outbox, cannot).unwrap(), picture);
    for (id, ok, sms) in [(id, true, 1), (cannot, false, 1)] {
        let before = story.journal.known().sends.len();
        let order = Order::Outbox(OutboxOrder::Send(id));
        story.bench.order(order).await;
        story
            .until(|k| k.sends.len() > before && k.sends.back().is_some_and(|s| s.result.is_some()))
            .await;
        let known = story.journal.known();
        let result = known.sends.back().and_then(|s| s.result.clone()).unwrap();
        assert_eq!(result.ok, ok, "{result:#?}");
        assert_eq!(story.modem.short_messages().len(), sms);
        assert!(story.modem.mmsc_requests().is_empty(), "none of it as MMS");
    }
}

fn file(name: &str, content_type: &str, data: &[u8]) -> Attachment {
    Attachment {
        name: name.into(),
        content_type: content_type.into(),
        data: data.to_vec().into(),
    }
}

/// Whoever has not come to a recipient yet has his pictures all the same; and it goes to nobody.
#[tokio::test(start_paused = true)]
async fn a_letter_to_nobody_yet_keeps_its_files() {
    let files = || {
        vec![
            file("beach.jpg", "image/jpeg", &[0xFF, 0xD8, 0xFF]),
            file("note.txt", "text/plain", b"not the text of the letter"),
        ]
    };
    for (to, text) in [
        (vec![], "Hello"),
        (vec!["half".to_owned()], "Hello"),
        (vec![], ""),
        (vec!["half".to_owned()], ""),
        // Nothing but files, and somebody to whom they go.
        (vec!["+12025550123".to_owned()], ""),
    ] {
        for way in [Way::Mms, Way::Sms] {
            let typed = Draft {
                to: to.clone(),
                text: text.into(),
                attachments: files(),
                way: Some(way),
                ..letter()
            };
            let (story, outbox, _) = bench("open", "", "pace_seconds = 0");
            let id = keep(&outbox, &typed, None, CHANCE).unwrap();
            let read = read(&outbox, id).unwrap();
            assert_eq!(read, typed, "{to:?} {text:?} {way}");
            // Kept once more it is still the same.
            let id = keep(&outbox, &read, Some(id), CHANCE).unwrap();
            assert_eq!(mmscope::cli::drafts::read(&outbox, id).unwrap(), typed);
            if to != ["+12025550123"] {
                let order = Order::Outbox(OutboxOrder::Send(id));
                story.bench.order(order).await;
                story
                    .until(|k| k.sends.back().is_some_and(|s| s.result.is_some()))
                    .await;
                assert!(story.modem.mmsc_requests().is_empty());
                assert!(story.modem.short_messages().is_empty());
            }
        }
    }
}
