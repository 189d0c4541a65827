//! Receiving in whole simulated benches: what comes in, what is fetched, what comes back of what was sent.
use crate::story::{Beginning, Story, draft};
use mmscope::bench::{InboxOrder, LENGTHS, Message, Order, test_text};
use mmscope::event::{
    EntryState, InboxKind, InboxState, Level, SendResult, Stage, StageState, Way, What,
};
use mmscope::known::Known;
use mmscope::simulator::World;
use mmscope::simulator::mmsc::WaitingState;
use std::time::Duration;

const OWN: &str = "+12025550199";
pub(super) const PHONE: &str = "+12025550123";

pub(super) fn listening(world: &str) -> Beginning {
    let mut beginning = Beginning::world(world);
    beginning.listens = true;
    beginning
}

pub(super) fn in_world(more: &str) -> Beginning {
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

pub(super) fn has(state: InboxState) -> impl Fn(&Known) -> bool {
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

#[tokio::test(start_paused = true)]
async fn an_sms_to_oneself_is_compared_as_well() {
    let story = Beginning::world("self-test").open();
    for (text, way, bubbles) in [
        ("a short one".to_owned(), Way::Sms, 1),
        (test_text(400, 9), Way::Sms, 1),
        (test_text(400, 8), Way::SmsUnlinked, 3),
    ] {
        let result = order(&story, verified(&text, Some(way))).await;
        let verify = result.verify.clone().unwrap();
        assert!(result.ok, "{way}: {result:#?}");
        assert_eq!((verify.bubbles, verify.same_text), (bubbles, true), "{way}");
    }
    assert_eq!(story.modem.settings(), story.before);
}

/// What stands in the way of coming back is told, the exit code is 21, and the message is accepted all the same.
#[tokio::test(start_paused = true)]
async fn a_message_that_does_not_come_back_whole_fails_the_verification_only() {
    for (world, says) in [
        ("notification-late", "nothing came back within 30 s"),
        ("retrieve-fails", "could not be fetched"),
        ("open", "nothing came back within 30 s"),
    ] {
        let mut beginning = Beginning::world(world);
        beginning.world.mmsc.push &= world != "open";
        let story = beginning.open();
        let result = order(&story, verified("there and back", None)).await;
        assert_eq!(result.exit_code(), 21, "{world}: {result:#?}");
        assert_eq!(result.stage, Some(Stage::Deliver));
        assert!(!result.verify.unwrap().delivered, "{world}");
        let error = result.error.unwrap();
        assert!(error.what.contains(says), "{world}: {}", error.what);
        assert_eq!(
            result.response_status,
            Some(0x80),
            "{world}: it was accepted"
        );
        let known = story.journal.known();
        assert_eq!(known.outbox[&1].state, EntryState::Accepted, "{world}");
        assert_eq!(story.modem.settings(), story.before, "{world}");
    }
}

#[tokio::test(start_paused = true)]
async fn parts_in_any_order_and_twice_are_one_notification_fetched_once_when_the_person_says_so() {
    let story = listening("push-out-of-order").open();
    story.until(has(InboxState::Waiting)).await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    let known = story.journal.known();
    assert_eq!(known.inbox.len(), 1, "{:?}", known.inbox);
    let waits = &known.inbox[&1];
    assert_eq!(waits.kind, InboxKind::Mms);
    assert_eq!(waits.content_host.as_deref(), Some("mmsc.example:80"));
    assert!(waits.in_modem > 1, "its parts lie in the modem: {waits:?}");
    assert!(
        story.modem.waiting_messages()[0].state == WaitingState::Waiting,
        "nothing is fetched unasked"
    );

    story.bench.order(Order::Inbox(InboxOrder::Fetch(1))).await;
    story
        .until(|k| k.inbox[&1].says == "fetched, and the MMSC knows")
        .await;
    assert_eq!(
        story.inbox.get(1).unwrap().text,
        "One bubble, whatever way it took."
    );
    let gets = |story: &Story| {
        let get = |e: &std::sync::Arc<mmscope::event::Event>| matches!(&e.what, What::Http(h) if format!("{h:?}").contains("GET "));
        story.events().iter().filter(|e| get(e)).count()
    };
    assert_eq!(gets(&story), 1);
    assert_eq!(
        story.modem.waiting_messages()[0].state,
        WaitingState::Acknowledged
    );
    // Once more, and it says that it is here.
    story.bench.order(Order::Inbox(InboxOrder::Fetch(1))).await;
    story
        .until(|k| {
            k.notices
                .iter()
                .any(|(_, n)| n.text.contains("cannot be fetched: it is here"))
        })
        .await;
    assert_eq!(gets(&story), 1, "nothing is fetched twice");
    story.until(|k| !k.settings_open()).await;
    assert_eq!(story.modem.settings(), story.before);
}

#[tokio::test(start_paused = true)]
async fn what_came_is_deleted_from_the_modem_only_where_the_person_says_so() {
    let story = listening("push-out-of-order").open();
    story.until(has(InboxState::Waiting)).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let deletes = |story: &Story| {
        story
            .commands()
            .iter()
            .filter(|c| c.starts_with("AT+CMGD"))
            .count()
    };
    assert_eq!(deletes(&story), 0);
    let places = story.inbox.get(1).unwrap().places.len();
    assert!(places > 1);
    story
        .bench
        .order(Order::Inbox(InboxOrder::DeleteStored(1)))
        .await;
    story.until(|k| k.inbox[&1].in_modem == 0).await;
    assert_eq!(deletes(&story), places);
    assert_eq!(
        story.inbox.get(1).unwrap().state,
        InboxState::Waiting,
        "it stays in the inbox"
    );
}

#[tokio::test(start_paused = true)]
async fn where_it_is_configured_so_an_mms_is_fetched_as_it_comes() {
    let mut beginning = listening("push-out-of-order");
    beginning.config = "receive = \"fetch\"";
    let story = beginning.open();
    story
        .until(|k| {
            k.inbox
                .values()
                .any(|i| i.says == "fetched, and the MMSC knows")
        })
        .await;
    story.until(|k| !k.settings_open()).await;
    assert_eq!(story.modem.settings(), story.before);
}

#[tokio::test(start_paused = true)]
async fn a_deferred_message_is_acknowledged_when_it_is_fetched() {
    let story = listening("push-out-of-order").open();
    story.until(has(InboxState::Waiting)).await;
    story.bench.order(Order::Inbox(InboxOrder::Defer(1))).await;
    story.until(has(InboxState::Deferred)).await;
    assert_eq!(
        story.modem.waiting_messages()[0].state,
        WaitingState::Deferred
    );
    story.bench.order(Order::Inbox(InboxOrder::Fetch(1))).await;
    story
        .until(|k| k.inbox[&1].says == "fetched, and the MMSC knows")
        .await;
    assert_eq!(
        story.modem.waiting_messages()[0].state,
        WaitingState::Acknowledged
    );
}

#[tokio::test(start_paused = true)]
async fn expired_and_refused_retrievals_say_so() {
    let incoming =
        "[[mmsc.incoming]]\nafter_ms = 4000\nfrom = \"+12025550123\"\ntext = \"too late\"\n";
    for (more, state, says) in [
        (
            format!("{incoming}[mmsc]\npush = true\nexpires_after_ms = 9000"),
            InboxState::Expired,
            "message-not-found",
        ),
        (
            format!("{incoming}[mmsc.retrieve]\nhttp_status = 404"),
            InboxState::Expired,
            "HTTP 404",
        ),
        (
            format!("{incoming}[mmsc.retrieve]\nhttp_status = 503"),
            InboxState::Failed,
            "HTTP 503",
        ),
        (
            format!("{incoming}[mmsc.retrieve]\nbody = \"<html>portal</html>\""),
            InboxState::Failed,
            "no M-Retrieve.conf",
        ),
        (
            format!("{incoming}[mmsc.retrieve]\nstatus = \"Error-transient-network-problem\""),
            InboxState::Failed,
            "Error-transient-network-problem",
        ),
    ] {
        let story = in_world(&more).open();
        story.until(has(InboxState::Waiting)).await;
        tokio::time::sleep(Duration::from_secs(20)).await;
        story.bench.order(Order::Inbox(InboxOrder::Fetch(1))).await;
        story.until(has(state)).await;
        let known = story.journal.known();
        assert!(
            known.inbox[&1].says.contains(says),
            "{more}: {}",
            known.inbox[&1].says
        );
        story.until(|k| !k.settings_open()).await;
        assert_eq!(story.modem.settings(), story.before, "{more}");
    }
}

#[tokio::test(start_paused = true)]
async fn plain_sms_come_in_however_the_modem_announces_them() {
    let long = "A letter in several parts. ".repeat(15);
    for (cnmi, cmgf) in [
        ("2,1,0,0,0", "0"),
        ("2,2,0,0,0", "0"),
        ("1,3,0,0,0", "0"),
        ("2,0,0,0,0", "0"),
        ("0,0,0,0,0", "0"),
        ("2,2,0,0,0", "1"),
    ] {
        let beginning = listening("self-test");
        let sim = mmscope::simulator::start(
            beginning.world.clone(),
            mmscope::simulator::Options::default(),
        );
        let modem = sim.modem;
        set_up(
            sim.line,
            &[&format!("AT+CNMI={cnmi}"), &format!("AT+CMGF={cmgf}")],
        )
        .await;
        let line = Box::new(modem.open_line());
        let story = beginning.on(modem.clone(), line, None);
        tokio::time::sleep(Duration::from_secs(30)).await;
        modem.text_from(PHONE, &long);
        story.until(|k| !k.inbox.is_empty()).await;
        let item = story.inbox.get(1).unwrap();
        assert_eq!(
            (item.text.as_str(), item.from.as_str()),
            (long.as_str(), PHONE),
            "{cnmi} {cmgf}"
        );
        let before = story.before.clone();
        assert!(story.bench.close().await);
        assert_eq!(
            modem.settings(),
            before,
            "{cnmi} {cmgf}: put back at the end"
        );
    }
}

/// A host that came before us and has set the modem.
pub(super) async fn set_up(mut line: tokio::io::DuplexStream, commands: &[&str]) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    for command in commands {
        line.write_all(format!("{command}\r").as_bytes())
            .await
            .unwrap();
        let mut heard = Vec::new();
        let answered = async {
            while !heard.ends_with(b"OK\r\n") {
                let mut some = [0; 256];
                let count = line.read(&mut some).await.unwrap();
                heard.extend_from_slice(&some[..count]);
            }
        };
        let answered = tokio::time::timeout(Duration::from_secs(10), answered).await;
        assert!(
            answered.is_ok(),
            "{command}: {}",
            String::from_utf8_lossy(&heard)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_lay_in_the_store_is_shown_once_and_left_there() {
    let story = listening("mint").open();
    story.until(|k| k.inbox.len() >= 3).await;
    let known = story.journal.known();
    assert!(
        known
            .inbox
            .values()
            .all(|i| i.was_stored && i.in_modem == 1)
    );
    // They are as old as the service centre's stamp says, whenever they were read here.
    for item in known.inbox.values().filter(|i| i.kind == InboxKind::Sms) {
        // 2026-11-22T04:15:00-05:00
        assert_eq!(item.sent_unix_ms, Some(1_795_338_900_000), "{item:?}");
    }
    assert!(!story.commands().iter().any(|c| c.starts_with("AT+CMGD")));
    let inbox = story.inbox.clone();
    assert!(story.bench.close().await);
    // The next session finds the same messages, not three more.
    let mut again = listening("mint");
    again.inbox = inbox;
    let line = Box::new(story.modem.open_line());
    let story = again.on(story.modem.clone(), line, None);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(story.inbox.all().len(), 3);
    assert!(story.commands().iter().any(|c| c == "AT+CMGL=4"));
}

#[tokio::test(start_paused = true)]
async fn read_only_sees_what_is_handed_to_it_and_touches_nothing() {
    let mut beginning = listening("push-out-of-order");
    beginning.read_only = true;
    let story = beginning.open();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let touched =
        |c: &&String| ["AT+CMGR", "AT+CMGL"].iter().any(|r| c.starts_with(r)) || c.contains('=');
    assert_eq!(story.commands().iter().find(touched), None);
    let known = story.journal.known();
    assert!(
        known
            .notices
            .iter()
            .any(|(_, n)| n.text.contains("read-only: it is not read"))
    );
}

#[tokio::test(start_paused = true)]
async fn delivery_and_read_reports_end_the_ladder_and_the_entry() {
    for (phone, state, rung) in [
        (
            "status = \"retrieved\"\nreads = \"read\"\nreads_after_ms = 3000",
            EntryState::Delivered,
            "read by 1",
        ),
        ("status = \"rejected\"", EntryState::Failed, "rejected"),
        ("status = \"expired\"", EntryState::Failed, "expired"),
    ] {
        // Nobody sees the phones here: only a report can tell.
        let mut beginning = in_world(&format!(
            "[[mmsc.phone]]\nnumber = \"{PHONE}\"\n{phone}\nafter_ms = 45000"
        ));
        beginning.blind = true;
        let story = beginning.open();
        let mut wanted = draft(&[PHONE], "tell me");
        wanted.options.delivery_report = Some(true);
        wanted.options.read_report = Some(true);
        let result = story.send(wanted).await;
        assert!(result.ok, "{result:#?}");
        assert_eq!(
            story.journal.known().outbox[&1].state,
            EntryState::Accepted,
            "{phone}"
        );
        story.until(|k| k.outbox[&1].state == state).await;
        story.until(|k| k.outbox[&1].says.contains(rung)).await;
        let known = story.journal.known();
        let deliver = known
            .sends
            .back()
            .unwrap()
            .rungs
            .iter()
            .find(|r| r.stage == Stage::Deliver)
            .unwrap();
        let ended = match state {
            EntryState::Delivered => matches!(deliver.state, Some(StageState::Done { .. })),
            _ => matches!(deliver.state, Some(StageState::Failed(_))),
        };
        assert!(ended, "{phone}: {deliver:?}");
        assert!(!deliver.evidence.is_empty());
        assert!(known.mms_reports.iter().all(|r| r.entry == Some(1)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_report_that_comes_in_time_is_waited_for() {
    let mut beginning = in_world(&format!(
        "[[mmsc.phone]]\nnumber = \"{PHONE}\"\nstatus = \"retrieved\""
    ));
    beginning.blind = true;
    let story = beginning.open();
    let mut wanted = draft(&[PHONE], "tell me");
    wanted.options.delivery_report = Some(true);
    let result = story.send(wanted).await;
    assert!(result.ok);
    let known = story.journal.known();
    assert_eq!(known.outbox[&1].state, EntryState::Delivered);
    assert_eq!(known.outbox[&1].says, "1 of 1 reported as delivered");
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_carries_sms_and_is_lost_meanwhile_is_an_alarm_and_put_right() {
    let story = Beginning::world("open").open();
    let sending = story.send(story.draft());
    let meddling = async {
        story
            .until(|k| {
                k.sends.back().is_some_and(|s| {
                    s.rungs
                        .iter()
                        .any(|r| r.stage == Stage::Connect && r.state.is_some())
                })
            })
            .await;
        story
            .bench
            .order(Order::RunAt("AT+CNMI=0,0,0,0,0".to_owned()))
            .await;
    };
    let (result, ()) = tokio::join!(sending, meddling);
    assert!(result.ok);
    let known = story.journal.known();
    let alarm = known.notices.iter().find(|(_, n)| n.level == Level::Alarm);
    let text = &alarm.expect("an alarm").1.text;
    assert!(text.contains("CNMI 0,0,0,0,0, was 2,1,0,0,0"), "{text}");
    assert_eq!(story.modem.settings(), story.before);
}

#[tokio::test(start_paused = true)]
async fn an_announced_mms_is_evidence_for_the_diagnosis() {
    let more = "[[mmsc.incoming]]\nafter_ms = 4000\nfrom = \"+12025550123\"\ntext = \"hello\"\n[mmsc]\npush = true\ncontent_location = \"http://mmsc.example:8002\"";
    let story = in_world(more).open();
    story.until(has(InboxState::Waiting)).await;
    let event = story
        .events()
        .iter()
        .find(|e| matches!(e.what, What::Inbox(_)))
        .unwrap()
        .id;
    let verdict = story.probe(mmscope::bench::Probe::default()).await;
    let known = story.journal.known();
    let facts = &known.probes.back().unwrap().facts;
    let row = facts
        .iter()
        .find(|r| r.fact.experiment == "E35")
        .expect("E35 by itself");
    assert!(row.fact.rests_on.contains(&event), "{row:?}");
    let says = format!("{:?}", row.fact.found);
    assert!(
        says.contains("mmsc.example:8002")
            && says.contains("while the profile dials mmsc.example:80"),
        "{says}"
    );
    assert!(
        !verdict
            .not_run
            .iter()
            .any(|n| format!("{n:?}").contains("E35")),
        "nobody has to be asked"
    );
}

#[tokio::test(start_paused = true)]
async fn a_self_test_counts_every_length() {
    let mut beginning = Beginning::world("self-test");
    beginning.config = "pace_seconds = 0";
    let story = beginning.open();
    story
        .bench
        .order(Order::SelfTest {
            lengths: LENGTHS.to_vec(),
            times: 10,
        })
        .await;
    story.until(|k| k.self_test.is_some()).await;
    let test = story.journal.known().self_test.clone().unwrap();
    assert_eq!((test.passed, test.of), (40, 40), "{test:?}");
    assert!(
        test.rows
            .iter()
            .all(|r| r.seconds.len() == 10 && r.seconds.iter().all(|s| *s < 30.0))
    );
}

/// A card without room keeps everything out that is stored; what a self-test sends is handed on and takes no place there.
#[tokio::test(start_paused = true)]
async fn a_full_card_is_an_alarm_and_does_not_keep_a_self_test_from_passing() {
    let story = listening("sms-storage-full").open();
    story
        .until(|k| {
            k.notices
                .iter()
                .any(|(_, n)| n.level == Level::Alarm && n.text.contains("SM is full (5 messages)"))
        })
        .await;
    let result = order(&story, verified("past the full card", None)).await;
    assert!(result.ok && result.verify.unwrap().passed(1));
    assert!(
        !story.commands().iter().any(|c| c.starts_with("AT+CMGD")),
        "nothing is deleted unasked"
    );
    // One is deleted by the person's word: the message that waited outside comes in.
    story
        .bench
        .order(Order::Inbox(InboxOrder::DeleteStored(1)))
        .await;
    story
        .until(|k| {
            k.inbox
                .values()
                .any(|i| i.characters == 14 && !i.was_stored)
        })
        .await;
    let came = story
        .inbox
        .all()
        .into_iter()
        .find(|i| i.text == "Are you there?");
    assert_eq!(came.unwrap().from, PHONE);
}

/// What somebody else sends to this line meanwhile is no part of what is verified, and is not fetched for it.
#[tokio::test(start_paused = true)]
async fn a_message_of_somebody_else_is_left_alone_by_a_self_test() {
    let more = "[[mmsc.incoming]]\nafter_ms = 6000\nfrom = \"+12025550123\"\ntext = \"in between\"";
    let story = in_world(more).open();
    let result = order(&story, verified("mine", None)).await;
    assert!(result.verify.as_ref().unwrap().passed(1), "{result:#?}");
    tokio::time::sleep(Duration::from_secs(30)).await;
    let theirs = story
        .inbox
        .all()
        .into_iter()
        .find(|i| i.from == PHONE)
        .unwrap();
    assert_eq!(theirs.state, InboxState::Waiting);
}

#[tokio::test(start_paused = true)]
async fn an_unwanted_message_is_rejected_and_gone_at_the_mmsc() {
    let story = listening("push-out-of-order").open();
    story.until(has(InboxState::Waiting)).await;
    story.bench.order(Order::Inbox(InboxOrder::Reject(1))).await;
    story.until(has(InboxState::Rejected)).await;
    let known = story.journal.known();
    assert_eq!(known.inbox[&1].says, "rejected, and the MMSC knows");
    assert_eq!(
        story.modem.waiting_messages()[0].state,
        WaitingState::Rejected
    );
    // What is rejected can be neither fetched nor rejected once more.
    for order in [InboxOrder::Fetch(1), InboxOrder::Reject(1)] {
        story.bench.order(Order::Inbox(order)).await;
    }
    for says in [
        "cannot be fetched: it is rejected",
        "cannot be rejected: it is rejected",
    ] {
        story
            .until(|k| k.notices.iter().any(|(_, n)| n.text.contains(says)))
            .await;
    }
    story.until(|k| !k.settings_open()).await;
    assert_eq!(story.modem.settings(), story.before);
}

#[tokio::test(start_paused = true)]
async fn a_rejection_that_the_mmsc_does_not_take_leaves_the_message_waiting() {
    let more = "[[mmsc.incoming]]\nafter_ms = 4000\nfrom = \"+12025550123\"\ntext = \"hello\"\n[mmsc]\npush = true\nhttp_status = 503";
    let story = in_world(more).open();
    story.until(has(InboxState::Waiting)).await;
    story.bench.order(Order::Inbox(InboxOrder::Reject(1))).await;
    story
        .until(|k| k.inbox[&1].says.starts_with("not rejected: at post"))
        .await;
    assert_eq!(story.inbox.get(1).unwrap().state, InboxState::Waiting);
}

/// Parts that the modem hands on lie nowhere else: the program is gone between the first and the others, and nothing is missing.
#[tokio::test(start_paused = true)]
async fn parts_that_were_handed_on_wait_for_the_others_across_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let kept = || std::fs::read_dir(place.join("waiting")).map_or(0, Iterator::count);
    let beginning = || {
        let mut beginning = in_world("[sms]\npart_gap_ms = 60000");
        beginning.inbox = std::sync::Arc::new(mmscope::inbox::Inbox::in_folder(&place).unwrap());
        beginning
    };
    let first = beginning();
    let sim = mmscope::simulator::start(first.world.clone(), Default::default());
    let modem = sim.modem;
    set_up(sim.line, &["AT+CMGF=0", "AT+CNMI=2,2,0,0,0"]).await;
    let story = first.on(modem.clone(), Box::new(modem.open_line()), None);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let long = "A letter in several parts. ".repeat(15);
    modem.text_from(PHONE, &long);
    tokio::time::sleep(Duration::from_secs(80)).await;
    assert_eq!(kept(), 1, "on disk while the others are on their way");
    assert!(story.inbox.all().is_empty());
    ended(story).await;

    let line = Box::new(modem.open_line());
    let story = beginning().on(modem.clone(), line, None);
    story.until(|k| !k.inbox.is_empty()).await;
    let item = story.inbox.get(1).unwrap();
    assert_eq!(
        (item.text.as_str(), item.from.as_str()),
        (long.as_str(), PHONE)
    );
    assert_eq!(kept(), 0, "the message has its parts now");
    ended(story).await;
    // Nothing of it comes up again.
    let line = Box::new(modem.open_line());
    let story = beginning().on(modem.clone(), line, None);
    tokio::time::sleep(Duration::from_secs(200)).await;
    assert_eq!(story.inbox.all().len(), 1);
}

/// Closes a session and lets its inbox go.
async fn ended(story: Story) {
    let Story { inbox, bench, .. } = story;
    assert!(bench.close().await);
    assert_eq!(std::sync::Arc::strong_count(&inbox), 1, "still held");
}

/// A board without a battery has no idea of the time at its start: an age that cannot be is none, and the part gets its whole day from now on.
#[tokio::test(start_paused = true)]
async fn a_part_that_has_waited_for_more_than_a_day_is_given_up_and_told() {
    let now = 1_763_800_000_000;
    let hours = |n: u64| n * 3_600_000;
    let beginning = listening("self-test");
    let table = [
        ("ab", now - hours(25)),
        ("cd", now - hours(23)),
        ("ef", now - hours(24 * 180)),
        ("01", now + hours(24 * 60)),
        ("02", 0),
    ];
    for (digest, came) in table {
        // One of them says what it is: the first of two parts from a phone.
        let tpdu =
            mmscope::modem::octets_of("440B912120550521F3000062118121000000080500031102014142");
        let part = mmscope::inbox::WaitingPart {
            digest: digest.to_owned(),
            tpdu: tpdu.unwrap(),
            came,
        };
        beginning.inbox.keep_part(part).unwrap();
    }
    let story = beginning.open();
    let told = |k: &Known| {
        let text = "1 part(s) of long messages are given up";
        k.notices.iter().any(|(_, n)| n.text.contains(text))
    };
    story.until(told).await;
    let left = story.inbox.waiting_parts();
    let digests: Vec<&str> = left.iter().map(|p| p.digest.as_str()).collect();
    assert_eq!(digests, ["cd", "ef", "01", "02"]);
    // From now on their ages are ages: the next session does not begin anew once more.
    let ages: Vec<u64> = left.iter().map(|p| now - p.came).collect();
    assert_eq!(ages, [hours(23), 0, 0, 0]);
}

/// A sender has only 256 references: the part of forty days ago, whose age no clock is trusted with, does not become part of today's message.
#[tokio::test(start_paused = true)]
async fn a_part_of_long_ago_does_not_join_a_new_message_of_the_same_reference() {
    let now = 1_763_800_000_000;
    let hour = 3_600_000;
    // By the stamps of the service centre: 2025-10-13, and twice 2025-11-22.
    let part = |digest: &str, came: u64, stamp: &str, rest: &str| mmscope::inbox::WaitingPart {
        digest: digest.to_owned(),
        tpdu: mmscope::modem::octets_of(&format!("440B912120550521F30000{stamp}0805000311{rest}"))
            .unwrap(),
        came,
    };
    let old = part("ab", now - 40 * 24 * hour, "52013121000000", "02019E");
    let new = [
        part("cd", now - hour, "52112221000000", "020284"),
        part("ef", now - hour + 9, "52112221000000", "020182"),
    ];
    let [second, first] = new;
    let orders = [
        [old.clone(), second.clone(), first.clone()],
        [second, old, first],
    ];
    for parts in orders {
        let beginning = listening("self-test");
        for part in parts {
            beginning.inbox.keep_part(part).unwrap();
        }
        let story = beginning.open();
        story.until(|k| !k.inbox.is_empty()).await;
        let texts: Vec<String> = story.inbox.all().into_iter().map(|i| i.text).collect();
        assert_eq!(texts, ["AB"], "and no O of the old one");
        let known = story.journal.known();
        let told = |n: &mmscope::event::Notice| n.text.contains("1 part(s) of long messages are");
        assert!(known.notices.iter().any(|(_, n)| told(n)));
        assert_eq!(story.inbox.waiting_parts(), []);
    }
}

static WALL: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1_763_800_000_000);

/// The clock on the wall is put right by months while the first part waits for the second; a minute later they are one message.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_put_forward_costs_no_part_that_came_a_minute_ago() {
    use std::sync::atomic::Ordering::Relaxed;
    let mut first = in_world("[sms]\npart_gap_ms = 60000");
    first.chance = || (WALL.load(Relaxed), 7);
    let sim = mmscope::simulator::start(first.world.clone(), Default::default());
    set_up(sim.line, &["AT+CMGF=0", "AT+CNMI=2,2,0,0,0"]).await;
    let story = first.on(sim.modem.clone(), Box::new(sim.modem.open_line()), None);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let long = "A letter in several parts. ".repeat(15);
    story.modem.text_from(PHONE, &long);
    tokio::time::sleep(Duration::from_secs(80)).await;
    assert_eq!(story.inbox.waiting_parts().len(), 1);
    WALL.fetch_add(150 * 24 * 3_600_000, Relaxed);
    tokio::time::sleep(Duration::from_secs(200)).await;
    let texts: Vec<String> = story.inbox.all().into_iter().map(|i| i.text).collect();
    assert_eq!(texts, [long]);
}

/// A day is a day, by a clock that nobody can put.
#[tokio::test(start_paused = true)]
async fn within_a_session_a_part_is_given_up_after_a_day_whatever_the_wall_clock_says() {
    let first = in_world("");
    let sim = mmscope::simulator::start(first.world.clone(), Default::default());
    set_up(sim.line, &["AT+CMGF=0", "AT+CNMI=2,2,0,0,0"]).await;
    let part = mmscope::inbox::WaitingPart {
        digest: "ab".to_owned(),
        tpdu: mmscope::modem::octets_of("440B912120550521F3000062118121000000080500031102014142")
            .unwrap(),
        came: 1_763_800_000_000 - 3_600_000,
    };
    first.inbox.keep_part(part).unwrap();
    let story = first.on(sim.modem.clone(), Box::new(sim.modem.open_line()), None);
    let told = |story: &Story| {
        let known = story.journal.known();
        known
            .notices
            .iter()
            .any(|(_, n)| n.text.contains("are given up"))
    };
    // The wall clock of this bench stands still; what comes makes it look.
    for (hours, given_up) in [(22, false), (2, true)] {
        tokio::time::sleep(Duration::from_secs(hours * 3600)).await;
        story
            .modem
            .text_from(PHONE, &format!("after {hours} hours"));
        tokio::time::sleep(Duration::from_secs(60)).await;
        let came = story.inbox.all().len();
        assert_eq!(
            (came, told(&story)),
            (1 + usize::from(given_up), given_up),
            "{hours}"
        );
    }
    assert_eq!(story.inbox.waiting_parts(), []);
}

/// No disk took it when it came; the disk is back, and with the next thing that comes it is there, whole.
#[tokio::test(start_paused = true)]
async fn what_no_disk_took_is_kept_as_soon_as_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let away = folder.path().join("away");
    let mut first = in_world("");
    first.inbox = std::sync::Arc::new(mmscope::inbox::Inbox::in_folder(&place).unwrap());
    let sim = mmscope::simulator::start(first.world.clone(), Default::default());
    set_up(sim.line, &["AT+CMGF=0", "AT+CNMI=2,2,0,0,0"]).await;
    let story = first.on(sim.modem.clone(), Box::new(sim.modem.open_line()), None);
    tokio::time::sleep(Duration::from_secs(30)).await;
    std::fs::rename(&place, &away).unwrap();
    // Where the folder was there is something that is none, so that nothing makes it anew.
    std::fs::write(&place, "").unwrap();
    let long = "A letter in several parts. ".repeat(15);
    for text in [long.as_str(), "and a word"] {
        story.modem.text_from(PHONE, text);
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(story.inbox.all(), []);
    let alarms = |k: &Known| {
        let lost = |n: &mmscope::event::Notice| {
            n.level == Level::Alarm && n.text.contains("cannot be kept")
        };
        k.notices.iter().filter(|(_, n)| lost(n)).count()
    };
    assert!(alarms(&story.journal.known()) >= 2, "each is told");
    std::fs::remove_file(&place).unwrap();
    std::fs::rename(&away, &place).unwrap();
    story.modem.text_from(PHONE, "once there is room");
    tokio::time::sleep(Duration::from_secs(60)).await;
    let mut texts: Vec<String> = story.inbox.all().into_iter().map(|i| i.text).collect();
    texts.sort();
    assert_eq!(texts, [long.as_str(), "and a word", "once there is room"]);
    ended(story).await;
    let next = mmscope::inbox::Inbox::in_folder(&place).unwrap();
    assert_eq!(next.all().len(), 3, "on the disk, too");
    assert_eq!(next.waiting_parts(), []);
}

/// Another mmscope keeps the inbox: this one still sends. It takes nothing from modem or MMSC that it could not keep.
#[tokio::test(start_paused = true)]
async fn beside_another_keeper_nothing_is_taken_that_could_not_be_kept() {
    let more = "[[mmsc.incoming]]\nafter_ms = 4000\nfrom = \"+12025550123\"\ntext = \"hello\"\n[mmsc]\npush = true";
    let why = "another mmscope keeps this inbox";
    let mut beginning = in_world(more);
    beginning.config = "pace_seconds = 0\nreceive = \"fetch\"";
    beginning.inbox = std::sync::Arc::new(mmscope::inbox::Inbox::unkept(why.to_owned()));
    let story = beginning.open();
    let result = order(
        &story,
        Message {
            draft: draft(&[PHONE], "it still sends"),
            ..Message::default()
        },
    )
    .await;
    assert!(result.ok, "{result:#?}");
    let result = order(&story, verified("would come back", None)).await;
    assert!(!result.ok && result.error.unwrap().means.contains(why));
    story
        .bench
        .order(Order::SelfTest {
            lengths: vec![40],
            times: 1,
        })
        .await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    let says = |text: &str| {
        let known = story.journal.known();
        known.notices.iter().any(|(_, n)| n.text.contains(text))
    };
    assert!(says("the self-test needs an inbox"));
    assert_eq!(story.inbox.all(), [], "left in the modem's store");
    let touched = ["AT+CNMI=", "AT+CMGL", "AT+CMGR", "AT+CMGD"];
    let commands = story.commands();
    let taken = commands
        .iter()
        .find(|c| touched.iter().any(|t| c.starts_with(t)));
    assert_eq!(taken, None);
    let waiting = story.modem.waiting_messages();
    let states: Vec<WaitingState> = waiting.into_iter().map(|w| w.state).collect();
    assert_eq!(states, [WaitingState::Waiting]);
    assert_eq!(story.modem.settings(), story.before);
}

/// A modem that was set to hand messages on does so, whoever is there: it is shown, and said to be nowhere else.
#[tokio::test(start_paused = true)]
async fn beside_another_keeper_what_is_handed_on_is_shown_as_kept_nowhere() {
    let mut first = in_world("");
    first.inbox = std::sync::Arc::new(mmscope::inbox::Inbox::unkept("in use".to_owned()));
    let sim = mmscope::simulator::start(first.world.clone(), Default::default());
    set_up(sim.line, &["AT+CMGF=0", "AT+CNMI=2,2,0,0,0"]).await;
    let story = first.on(sim.modem.clone(), Box::new(sim.modem.open_line()), None);
    tokio::time::sleep(Duration::from_secs(30)).await;
    story.modem.text_from(PHONE, "a word");
    story
        .until(|k| {
            let says = "is only in memory, gone when mmscope ends: in use";
            let is = |n: &mmscope::event::Notice| n.level == Level::Alarm && n.text.contains(says);
            k.notices.iter().any(|(_, n)| is(n))
        })
        .await;
    story
        .bench
        .order(Order::Inbox(InboxOrder::DeleteStored(1)))
        .await;
    story
        .until(|k| {
            let says = "nothing is fetched, told or deleted in this session";
            k.notices.iter().any(|(_, n)| n.text.contains(says))
        })
        .await;
}

/// The others may come after the program's end, and then all of the message is lost: the first part says so, and only the first.
#[tokio::test(start_paused = true)]
async fn beside_another_keeper_a_part_that_is_handed_on_is_an_alarm_at_once() {
    let mut first = in_world("[sms]\npart_gap_ms = 60000");
    first.inbox = std::sync::Arc::new(mmscope::inbox::Inbox::unkept("in use".to_owned()));
    let sim = mmscope::simulator::start(first.world.clone(), Default::default());
    set_up(sim.line, &["AT+CMGF=0", "AT+CNMI=2,2,0,0,0"]).await;
    let story = first.on(sim.modem.clone(), Box::new(sim.modem.open_line()), None);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let long = "A letter in several parts. ".repeat(15);
    story.modem.text_from(PHONE, &long);
    let alarms = || {
        let known = story.journal.known();
        let says = "part of a long message that came was handed on by the modem";
        let is = |n: &mmscope::event::Notice| n.level == Level::Alarm && n.text.contains(says);
        known.notices.iter().filter(|(_, n)| is(n)).count()
    };
    tokio::time::sleep(Duration::from_secs(80)).await;
    assert!(story.inbox.all().is_empty());
    assert_eq!(alarms(), 1);
    tokio::time::sleep(Duration::from_secs(200)).await;
    assert_eq!(story.inbox.all().len(), 1);
    assert_eq!(alarms(), 1, "once for a message");
}

/// The folder of the inbox is gone, as with a disk that was unplugged: nothing is asked of the MMSC that could not be kept, and everybody is told.
#[tokio::test(start_paused = true)]
async fn where_the_inbox_cannot_be_written_nothing_is_fetched_and_the_reason_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("inbox");
    let mut beginning = listening("push-out-of-order");
    beginning.inbox = std::sync::Arc::new(mmscope::inbox::Inbox::in_folder(&place).unwrap());
    let story = beginning.open();
    story.until(has(InboxState::Waiting)).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    std::fs::rename(&place, folder.path().join("away")).unwrap();
    for order in [InboxOrder::Fetch(1), InboxOrder::Defer(1)] {
        let before = story.journal.known().last;
        story.bench.order(Order::Inbox(order)).await;
        let told = |k: &Known| {
            let says = &k.inbox[&1].says;
            k.last > before && says.contains("inbox/1") && says.contains("Make room on the disk")
        };
        story.until(told).await;
        story.until(|k| !k.settings_open()).await;
    }
    let gets = |e: &std::sync::Arc<mmscope::event::Event>| matches!(&e.what, What::Http(h) if format!("{h:?}").contains("GET "));
    assert!(!story.events().iter().any(gets));
    // What comes now is told as well.
    story.modem.text_from(PHONE, "lost?");
    story
        .until(|k| {
            let lost = "a message that came in cannot be kept";
            k.notices
                .iter()
                .any(|(_, n)| n.level == Level::Alarm && n.text.contains(lost))
        })
        .await;
    // The disk is back: the message that waits is fetched.
    std::fs::rename(folder.path().join("away"), &place).unwrap();
    story.bench.order(Order::Inbox(InboxOrder::Fetch(1))).await;
    story.until(has(InboxState::Here)).await;
}
