//! Sending through whole simulated benches: where each world ends, what the person is told, and that the modem is left as it was.
use crate::story::{Beginning, draft};
use mmscope::event::{SendResult, Stage, StageState};

/// Sends the world's own draft and returns its result, having checked that the modem's settings are as before.
async fn send_in(world: &str, profile: Option<&'static str>) -> SendResult {
    let mut beginning = Beginning::world(world);
    beginning.profile = profile;
    let story = beginning.open();
    let result = story.send(story.draft()).await;
    assert_eq!(
        story.modem.settings(),
        story.before,
        "settings of the modem in world {world}"
    );
    result
}

/// Where a world ends.
struct Row {
    world: &'static str,
    profile: Option<&'static str>,
    /// The stage that fails; none where the message is sent.
    fails_at: Option<Stage>,
    exit: u8,
    /// What the person must be able to read in the error.
    says: &'static str,
}

const fn row(
    world: &'static str,
    profile: Option<&'static str>,
    fails_at: Option<Stage>,
    exit: u8,
    says: &'static str,
) -> Row {
    Row {
        world,
        profile,
        fails_at,
        exit,
        says,
    }
}

const WORLDS: &[Row] = &[
    row("open", None, None, 0, ""),
    row(
        "mint",
        None,
        Some(Stage::Connect),
        18,
        "operation not supported",
    ),
    row("mint", Some("us/mint"), None, 0, ""),
    row("firewalled", None, Some(Stage::Connect), 18, "timeout"),
    row("no-sim", None, Some(Stage::Sim), 12, "no SIM"),
    row(
        "no-coverage",
        None,
        Some(Stage::Register),
        13,
        "no coverage",
    ),
    row(
        "radio-off",
        None,
        Some(Stage::Register),
        13,
        "radio is switched off (+CFUN: 4)",
    ),
    row(
        "pdp-refused",
        None,
        Some(Stage::Bearer),
        15,
        "not subscribed",
    ),
    row(
        "dns-dead",
        None,
        Some(Stage::Resolve),
        17,
        "did not resolve",
    ),
    row(
        "mmsc-refuses",
        None,
        Some(Stage::Confirm),
        20,
        "service denied",
    ),
    row("mmsc-500", None, Some(Stage::Post), 19, "500"),
];

#[tokio::test(start_paused = true)]
async fn every_world_ends_where_it_must() {
    for Row {
        world,
        profile,
        fails_at,
        exit,
        says,
    } in WORLDS
    {
        let result = send_in(world, *profile).await;
        assert_eq!(result.exit_code(), *exit, "{world}: {result:#?}");
        let Some(stage) = fails_at else {
            assert!(result.ok, "{world}");
            continue;
        };
        assert_eq!(result.stage, Some(*stage), "{world}");
        let error = result.error.unwrap();
        let all = format!(
            "{} {} {} {}",
            error.what, error.raw, error.means, error.advice
        )
        .to_lowercase();
        assert!(
            all.contains(&says.to_lowercase()),
            "{world}: `{says}` is not in: {all}"
        );
        assert!(!error.advice.is_empty(), "{world}: no advice");
    }
}

#[tokio::test(start_paused = true)]
async fn the_827_characters_arrive_as_one_bubble() {
    let story = Beginning::world("mint").profile("us/mint").open();
    let text = story.start.draft.text.clone();
    assert_eq!(text.chars().count(), 827);
    let result = story.send(story.draft()).await;
    assert!(result.ok, "{result:#?}");
    let bubbles = story.modem.phones().bubbles("+12025550123");
    assert_eq!(bubbles.len(), 1);
    assert_eq!(bubbles[0].text, text);
}

#[tokio::test(start_paused = true)]
async fn the_first_attempt_is_repeated_as_it_was_and_not_called_a_block() {
    let story = Beginning::world("mint").open();
    let result = story.send(story.draft()).await;
    let error = result.error.unwrap();
    assert!(error.what.contains("10.175.85.144:8080"), "{error:#?}");
    assert!(
        error.raw.contains("OK") && error.raw.contains("+CIPOPEN: 0,4"),
        "late 4: {}",
        error.raw
    );
    assert!(
        error.means.contains("does not report the cause"),
        "{}",
        error.means
    );
    assert!(
        !format!("{error:?}").contains("unreachable"),
        "no row of either table says so"
    );
    let lints: Vec<String> = story
        .journal
        .known()
        .profile
        .clone()
        .unwrap()
        .lints
        .iter()
        .map(|l| l.id.clone())
        .collect();
    assert_eq!(lints, ["P01", "P02"]);
}

#[tokio::test(start_paused = true)]
async fn what_went_through_cipsend_is_the_request_that_the_mmsc_got() {
    let story = Beginning::world("open").open();
    let result = story
        .send(draft(
            &["+12025550123", "+12025550145"],
            &"long ".repeat(2000),
        ))
        .await;
    assert!(result.ok, "{result:#?}");
    let sent = story.modem.sent_octets(0).unwrap();
    let requests = story.modem.mmsc_requests();
    assert_eq!(requests.len(), 1);
    assert!(sent.ends_with(&requests[0].body));
    let head = String::from_utf8_lossy(&sent[..sent.len() - requests[0].body.len()]).into_owned();
    assert!(head.starts_with("POST /mms/wapenc HTTP/1.1\r\n"), "{head}");
    assert!(
        head.contains("\r\nContent-Type: application/vnd.wap.mms-message\r\n"),
        "{head}"
    );
    assert!(
        head.contains(&format!(
            "\r\nContent-Length: {}\r\n",
            requests[0].body.len()
        )),
        "{head}"
    );
    for phone in ["+12025550123", "+12025550145"] {
        assert_eq!(story.modem.phones().bubbles(phone).len(), 1, "{phone}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_warm_send_needs_fewer_exchanges_than_a_cold_one() {
    let story = Beginning::world("open").open();
    let cold = story.send(story.draft()).await;
    let warm = story.send(story.draft()).await;
    assert!(warm.ok && cold.ok);
    assert!(
        warm.exchanges < cold.exchanges,
        "cold {} warm {}",
        cold.exchanges,
        warm.exchanges
    );
    assert_ne!(warm.transaction_id, None);
}

#[tokio::test(start_paused = true)]
async fn an_empty_message_is_stopped_before_the_modem_is_touched() {
    let story = Beginning::world("open").open();
    let result = story.send(draft(&["+12025550123"], "")).await;
    assert_eq!(result.exit_code(), 10);
    assert_eq!(result.exchanges, 0);
    assert_eq!(story.commands(), Vec::<String>::new());
}

/// Cancels at the n-th change of the ladder, for every n: whatever was under way, the modem is tidy afterwards.
#[tokio::test(start_paused = true)]
async fn a_cancel_at_any_moment_leaves_the_modem_tidy() {
    use mmscope::bench::{Message, Order};
    use mmscope::event::What;
    for world in ["open", "firewalled"] {
        for moment in (1..60).step_by(3) {
            let story = Beginning::world(world).open();
            let mut changes = story.journal.changes();
            story
                .bench
                .order(Order::Send(Box::new(Message {
                    draft: story.draft(),
                    ..Message::default()
                })))
                .await;
            let exchanges = || {
                story
                    .events()
                    .iter()
                    .filter(|e| matches!(e.what, What::Exchange(_)))
                    .count()
            };
            while exchanges() < moment
                && story
                    .journal
                    .known()
                    .sends
                    .iter()
                    .all(|s| s.result.is_none())
            {
                changes.changed().await.unwrap();
            }
            story.bench.order(Order::Cancel).await;
            story
                .until(|k| k.sends.back().is_some_and(|s| s.result.is_some()))
                .await;
            assert_eq!(
                story.modem.settings(),
                story.before,
                "{world}, cancelled after exchange {moment}"
            );
            let send = story.journal.known().sends.back().cloned().unwrap();
            let result = send.result.clone().unwrap();
            if result.cancelled {
                let taken = !story.modem.mmsc_requests().is_empty();
                assert!(
                    result.unknown || !taken,
                    "the MMSC has it, after {moment}: {result:#?}"
                );
                assert!(
                    result.stage.is_some() && result.exchanges > 0,
                    "{result:#?}"
                );
                let exit = if result.unknown { 22 } else { 130 };
                assert_eq!(result.exit_code(), exit);
            }
            let running = |r: &mmscope::known::Rung| {
                matches!(
                    r.state,
                    Some(StageState::Started { .. } | StageState::Progress { .. })
                )
            };
            assert!(
                result.cancelled || result.ok || !send.rungs.iter().any(running),
                "{world} {moment}: {result:#?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn read_only_sends_nothing_and_says_so() {
    use mmscope::bench::{Message, Order};
    let mut beginning = Beginning::world("open");
    beginning.read_only = true;
    let story = beginning.open();
    story
        .bench
        .order(Order::Send(Box::new(Message {
            draft: story.draft(),
            ..Message::default()
        })))
        .await;
    story
        .until(|k| k.notices.iter().any(|(_, n)| n.text.contains("read-only")))
        .await;
    assert_eq!(story.commands(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_replayed_recording_gives_the_same_known() {
    use mmscope::journal::read_events;
    use mmscope::known::Known;
    let story = Beginning::world("mint").open();
    story.send(story.draft()).await;
    let mut carry = Default::default();
    let text: String = story
        .events()
        .iter()
        .map(|e| serde_json::to_string(&*mmscope::journal::masked(e, &mut carry)).unwrap() + "\n")
        .collect();
    let mut replayed = Known::default();
    for event in read_events(text.as_bytes()) {
        replayed.apply(&event.unwrap());
    }
    let mut live = (*story.journal.known()).clone();
    // The octets of a PDU are masked, each in its place.
    for (told, live) in replayed.pdus.iter().zip(&mut live.pdus) {
        let (told, live) = (&told.seen.octets, &mut live.seen.octets);
        let differ = told.0.iter().zip(&live.0).filter(|(a, b)| a != b);
        assert!(told.0.len() == live.0.len() && differ.map(|d| d.0).all(|o| *o == b'*'));
        live.clone_from(told);
    }
    assert_eq!(replayed, live);
    for secret in ["310240000000123", "8901240000000000123", "+12025550199"] {
        assert!(!text.contains(secret), "{secret} stands in the recording");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_rests_on_events_and_its_link_is_told_closed() {
    use mmscope::event::{LinkState, What};
    let story = Beginning::world("open").open();
    assert!(story.send(story.draft()).await.ok);
    let (mut stages, mut links, mut purposes) = (Vec::new(), Vec::new(), Vec::new());
    for event in story.events() {
        match &event.what {
            What::Stage(s)
                if matches!(s.state, StageState::Done { .. })
                    && [Stage::Connect, Stage::Post, Stage::Confirm].contains(&s.stage) =>
            {
                assert!(!s.evidence.is_empty(), "{} rests on nothing", s.stage);
                stages.push(s.stage);
            }
            What::Link(link) => links.push(link.state.clone()),
            What::Exchange(e) if e.command.starts_with("AT+CIPSEND=") => {
                purposes.push(e.purpose.clone());
            }
            _ => {}
        }
    }
    assert_eq!(stages, [Stage::Connect, Stage::Post, Stage::Confirm]);
    assert!(
        matches!(links.last(), Some(LinkState::Closed(_))),
        "{links:?}"
    );
    assert!(
        !purposes.is_empty() && purposes.iter().all(|p| p == "post"),
        "{purposes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_phone_can_be_stopped_and_the_message_is_still_sent() {
    use mmscope::bench::{Message, Order};
    let mut beginning = Beginning::world("open");
    beginning.world.mmsc.deliver = false;
    let story = beginning.open();
    let message = Message {
        draft: story.draft(),
        ..Message::default()
    };
    story.bench.order(Order::Send(Box::new(message))).await;
    let deliver = |k: &mmscope::known::Known| {
        let rung = |r: &mmscope::known::Rung| r.stage == Stage::Deliver && r.state.is_some();
        k.sends.back().is_some_and(|s| s.rungs.iter().any(rung))
    };
    story.until(deliver).await;
    story.bench.order(Order::Cancel).await;
    story
        .until(|k| k.sends.back().is_some_and(|s| s.result.is_some()))
        .await;
    let send = story.journal.known().sends.back().cloned().unwrap();
    assert_eq!(send.result.unwrap().exit_code(), 0);
    let skipped = |r: &mmscope::known::Rung| {
        r.stage == Stage::Deliver && matches!(r.state, Some(StageState::Skipped { .. }))
    };
    assert!(send.rungs.iter().any(skipped));
    assert_eq!(story.modem.settings(), story.before);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_says_nothing_about_the_message() {
    for status in [502, 504] {
        let mut beginning = Beginning::world("open");
        beginning.world.mmsc.http_status = status;
        let story = beginning.open();
        let error = story.send(story.draft()).await.error.unwrap();
        assert!(!error.means.contains("was not accepted"), "{error:?}");
        assert!(error.advice.contains("recipient's phone"), "{error:?}");
    }
}

/// Without a profile the SIM chooses one: what stands in the way has its own stage.
#[tokio::test(start_paused = true)]
async fn no_profile_and_no_sim_or_no_modem_is_told_as_that() {
    let story = Beginning::world("no-sim")
        .profile(crate::story::BY_THE_SIM)
        .open();
    let result = story.send(draft(&["+12025550123"], "hello")).await;
    assert_eq!((result.stage, result.exit_code()), (Some(Stage::Sim), 12));

    let beginning = Beginning::world("open").profile(crate::story::BY_THE_SIM);
    let sim = mmscope::simulator::start(beginning.world.clone(), Default::default());
    let (mute, _far) = tokio::io::duplex(1 << 12);
    let story = beginning.on(sim.modem, Box::new(mute), None);
    let result = story.send(draft(&["+12025550123"], "hello")).await;
    assert_eq!((result.stage, result.exit_code()), (Some(Stage::Port), 11));

    let story = Beginning::world("open")
        .profile(crate::story::BY_THE_SIM)
        .open();
    let result = story.send(draft(&["+12025550123"], "hello")).await;
    let known = story.journal.known();
    assert!(known.profile.is_some(), "{result:#?}");
    assert_eq!(known.sends.len(), 1, "told once");
}

/// Moving the stack would cut the connections of another program.
#[tokio::test(start_paused = true)]
async fn a_stack_with_links_of_others_is_left_alone() {
    let mut beginning = Beginning::world("stack-open-already");
    beginning.world.modem.quirks.busy_links = vec![0];
    let story = beginning.open();
    let result = story.send(story.draft()).await;
    assert_eq!(result.exit_code(), 16, "{result:#?}");
    assert!(result.error.unwrap().what.contains("others use it"));
    assert!(!story.commands().contains(&"AT+NETCLOSE".to_owned()));
    assert_eq!(story.modem.settings(), story.before);
}

/// The open world with other text in one place.
fn changed(from: &str, to: &str) -> Beginning {
    let world = include_str!("../../assets/worlds/open.toml");
    assert!(world.contains(from), "{from}");
    let world = world.replacen(from, to, 1);
    Beginning::of(mmscope::simulator::World::parse("changed", &world).unwrap())
}

/// The open world, in which the MMSC's name has these addresses, and each answer begins with the next of them.
fn with_addresses(all: &str) -> Beginning {
    changed(
        "a = [\"192.0.2.80\"]",
        &format!("a = [{all}]\nrotate = true"),
    )
}

#[tokio::test(start_paused = true)]
async fn where_the_first_address_is_dead_the_next_one_of_the_lookup_is_tried() {
    use mmscope::event::{LinkState, What};
    let story = with_addresses("\"192.0.2.81\", \"192.0.2.80\"").open();
    let result = story.send(story.draft()).await;
    assert!(result.ok, "{result:#?}");
    assert_eq!(story.modem.settings(), story.before);
    let known = story.journal.known();
    let connect = known.sends[0]
        .rungs
        .iter()
        .find(|r| r.stage == Stage::Connect)
        .unwrap();
    let [(says, ms)] = &connect.attempts[..] else {
        panic!("one attempt failed: {:?}", connect.attempts);
    };
    assert!(says.starts_with("192.0.2.81:80 did not connect: +CIPOPEN error 4"));
    assert!(
        (800..5_000).contains(ms),
        "a refusal is late by 800 ms: {ms}"
    );
    assert!(
        matches!(&connect.state, Some(StageState::Done { says }) if says.contains("192.0.2.80:80")),
        "{:?}",
        connect.state
    );
    // Each attempt is a row of its own: its link, and its stage line with the exchange that it rests on.
    let events = story.journal.since(0);
    let links: Vec<(String, bool)> = events
        .iter()
        .filter_map(|e| match &e.what {
            What::Link(l) => match l.state {
                LinkState::Open => Some((l.host.clone(), true)),
                LinkState::Failed { .. } => Some((l.host.clone(), false)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(links[0], ("192.0.2.81".to_owned(), false));
    assert_eq!(links[1], ("192.0.2.80".to_owned(), true));
    let attempts: Vec<_> = events
        .iter()
        .filter_map(|e| match &e.what {
            What::Stage(s) if matches!(s.state, StageState::Attempt { .. }) => Some(s),
            _ => None,
        })
        .collect();
    assert!(matches!(&attempts[..], [one] if !one.evidence.is_empty()));
    assert!(story.bench.close().await);
}

/// How many connects a send tried before it failed, and its result.
async fn attempts_in(beginning: Beginning) -> (usize, SendResult) {
    let story = beginning.open();
    let result = story.send(story.draft()).await;
    assert_eq!(result.stage, Some(Stage::Connect), "{result:#?}");
    assert_eq!(result.exit_code(), 18);
    assert_eq!(story.modem.settings(), story.before);
    let commands = story.commands();
    let connects = commands
        .iter()
        .filter(|c| c.starts_with("AT+CIPOPEN=") && !c.ends_with('?'));
    let count = connects.count();
    assert!(story.bench.close().await);
    (count, result)
}

#[tokio::test(start_paused = true)]
async fn four_addresses_are_tried_and_no_fifth() {
    let refused = "to = \"192.0.2.81\"\noutcome = \"refused\"";
    let all = (81..=85).map(|n| format!("\"192.0.2.{n}\""));
    let dead = all.collect::<Vec<_>>().join(", ");
    let world = |outcome: &str| {
        let world = include_str!("../../assets/worlds/open.toml");
        let world = world
            .replacen(
                "a = [\"192.0.2.80\"]",
                &format!("a = [{dead}]\nrotate = true"),
                1,
            )
            .replacen(
                refused,
                &format!("to = \"192.0.2.0/24\"\noutcome = {outcome:?}"),
                1,
            );
        Beginning::of(mmscope::simulator::World::parse("changed", &world).unwrap())
    };
    let (connects, result) = attempts_in(world("refused")).await;
    assert_eq!(connects, 4);
    let error = result.error.unwrap();
    assert!(
        error
            .what
            .starts_with("none of 4 addresses connected; the last: 192.0.2.84:80"),
        "{error:?}"
    );
    // Where nothing comes back each takes the module's whole limit of 30 s: the stage's own covers two of them.
    let (connects, result) = attempts_in(world("silent")).await;
    assert_eq!(connects, 2);
    assert!(
        (60_000..80_000).contains(&result.duration_ms),
        "{}",
        result.duration_ms
    );
    // A name that has one address is asked once more, and dialled once.
    let one = changed("a = [\"192.0.2.80\"]", "a = [\"192.0.2.81\"]");
    let (connects, result) = attempts_in(one).await;
    assert_eq!(connects, 1);
    let error = result.error.unwrap();
    assert!(
        error.what.starts_with("192.0.2.81:80 did not connect"),
        "{error:?}"
    );
}

/// The contract's 19 is trouble with HTTP, its 22 a request that went out whole and whose answer nobody could read. An MMSC that answers
/// 200 with octets that are no M-Send.conf has had the message: only the phone knows whether it was taken.
#[tokio::test(start_paused = true)]
async fn a_200_that_nobody_can_read_is_unknown_where_an_mmsc_said_it_and_19_where_somebody_else_did()
 {
    let mms = "application/vnd.wap.mms-message";
    for (kind, body, code, says) in [
        (mms, "what is this", 22, "may have accepted"),
        (mms, "", 22, "nobody knows whether it took the message"),
        (
            "text/plain",
            "",
            22,
            "nobody knows whether it took the message",
        ),
        ("text/plain", "welcome", 19, "does not speak as an MMSC"),
        ("text/html", "<html>pay first</html>", 19, "a portal"),
        (mms, "<html>pay first</html>", 19, "a portal"),
    ] {
        let mmsc = format!("[mmsc]\ncontent_type = {kind:?}\nbody = {body:?}\n");
        let story = changed("[mmsc]\n", &mmsc).open();
        let result = story.send(story.draft()).await;
        let case = format!("{kind} {body:?}: {result:#?}");
        assert_eq!(result.stage, Some(Stage::Post), "{case}");
        assert_eq!(
            (result.exit_code(), result.unknown),
            (code, code == 22),
            "{case}"
        );
        let error = result.error.unwrap();
        assert!(error.means.contains(says), "{error:#?}");
        let looks_first = error.advice.contains("recipient's phone");
        assert_eq!(looks_first, code == 22, "{error:#?}");
        assert!(story.bench.close().await);
    }
}

/// What the simulated MMSC got, in order.
fn bodies(story: &crate::story::Story) -> Vec<Vec<u8>> {
    let requests = story.modem.mmsc_requests();
    requests.into_iter().map(|r| r.body.to_vec()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_stream_holds_the_pdus_and_a_resend_is_the_same_octet_for_octet() {
    use mmscope::bench::{Message, Order};
    use mmscope::event::Direction;

    let story = Beginning::world("open").open();
    let mut draft = draft(&["+12025550123"], "Été 🌞");
    draft.subject = "once".into();
    assert!(story.send(draft).await.ok);
    let pdus = story.journal.known().pdus.clone();
    let kinds: Vec<_> = pdus.iter().map(|p| (p.seen.dir, p.seen.send)).collect();
    assert_eq!(kinds, [(Direction::Tx, Some(1)), (Direction::Rx, Some(1))]);
    let (sent, answer) = (&pdus[0].seen.octets.0, &pdus[1].seen.octets.0);
    assert_eq!(bodies(&story), [sent.to_vec()]);
    assert_eq!(answer[..2], [0x8C, 0x81], "an M-Send.conf");

    let message = Message {
        draft: mmscope::compose::draft_of(&mmscope::mms::Pdu::decode(sent).pdu).unwrap(),
        octets: Some(sent.clone()),
        transaction_id: Some("T-another-one-on-the-ladder".into()),
        ..Message::default()
    };
    story.bench.order(Order::Send(Box::new(message))).await;
    story
        .until(|known| known.sends.iter().filter(|s| s.result.is_some()).count() > 1)
        .await;
    assert_eq!(bodies(&story), [sent.to_vec(), sent.to_vec()]);
}

#[tokio::test(start_paused = true)]
async fn octets_that_the_profile_does_not_take_are_not_sent_again() {
    use mmscope::bench::{Message, Order};

    let story = Beginning::world("open").open();
    let message = Message {
        octets: Some(vec![0x8C; 4 << 20].into()),
        ..Message::default()
    };
    story.bench.order(Order::Send(Box::new(message))).await;
    story
        .until(|known| known.sends.iter().any(|s| s.result.is_some()))
        .await;
    let result = story.journal.known().sends[0].result.clone().unwrap();
    assert_eq!(result.stage, Some(Stage::Encode));
    assert!(result.error.unwrap().what.contains("P15"));
    assert!(bodies(&story).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_speaks_against_a_message_and_does_not_stop_it_stands_on_the_ladder() {
    use mmscope::event::What;

    let story = Beginning::world("open").open();
    let twice = draft(&["+12025550123", "+12025550123"], "hello");
    assert!(story.send(twice).await.ok);
    let says = story.events().iter().find_map(|e| match &e.what {
        What::Stage(s) if s.stage == Stage::Encode => match &s.state {
            StageState::Done { says } => Some(says.clone()),
            _ => None,
        },
        _ => None,
    });
    assert!(
        says.as_deref().is_some_and(|s| s.contains("C04")),
        "{says:?}"
    );
}
