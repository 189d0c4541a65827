//! What a verdict advises must be true and possible where it is said: words of whole probes in whole worlds.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::event::{Code, Depth, Verdict};

async fn probed(world: &str, depth: Depth) -> Verdict {
    let story = Beginning::world(world).open();
    let probe = Probe {
        depth,
        ..Probe::default()
    };
    let verdict = story.probe(probe).await;
    story.bench.close().await;
    verdict
}

fn first(verdict: &Verdict) -> String {
    let first = verdict.next.first();
    first.map(|n| n.says.clone()).unwrap_or_default()
}

/// Nobody need fetch a phone before the program has tried what it can.
#[tokio::test(start_paused = true)]
async fn inconclusive_names_the_probe_that_goes_further_first_and_its_cost() {
    let quick = probed("other-apn", Depth::Quick).await;
    assert_eq!(quick.verdict, Code::Inconclusive);
    let says = first(&quick);
    for words in [
        "Probe further (--full)",
        "E22",
        "a minute or two",
        "puts all of it back",
    ] {
        assert!(says.contains(words), "{words}: {says}");
    }
    // What is missing is named in words, and what only a person can do with the option that tells it.
    let codes = quick
        .not_run
        .iter()
        .filter(|n| quick.headline.contains(&n.experiment));
    assert_eq!(codes.count(), 0, "{}", quick.headline);
    for words in [
        "IPv6",
        "other PDP types and APNs",
        "the same SIM in a phone",
    ] {
        assert!(
            quick.headline.contains(words),
            "{words}: {}",
            quick.headline
        );
    }
    for (step, option, code) in [
        (1, "--witness phone=", "(E34)"),
        (2, "--witness inbound=", "(E35)"),
    ] {
        let says = &quick.next[step].says;
        assert!(says.contains(option) && says.contains(code), "{says}");
    }
    // It keeps what it says, and then has nothing further to offer.
    let full = probed("other-apn", Depth::Full).await;
    assert_eq!(full.verdict, Code::ApnNotApplied);
    assert!(full.next.iter().all(|n| !n.says.contains("--full")));
    assert!(full.duration_ms < 150_000, "{} ms", full.duration_ms);
}

/// The code says "not applied": where the network gave what was asked for, the words must not say otherwise.
#[tokio::test(start_paused = true)]
async fn another_apn_that_was_granted_as_asked_is_called_so() {
    let full = probed("other-apn", Depth::Full).await;
    assert!(
        full.headline
            .starts_with("The APN that MMS needs is not in effect: ")
            && full.headline.contains("another APN than the profile's")
            && full.headline.contains("granted as asked"),
        "{}",
        full.headline
    );
}

/// The same address is silent over one APN and open over another: each line says over which, in the order in which it was seen.
#[tokio::test(start_paused = true)]
async fn evidence_of_two_apns_names_them_and_stands_in_the_order_of_time() {
    let full = probed("other-apn", Depth::Full).await;
    let of = |words: &str| -> Vec<&str> {
        let all = full.evidence.iter().map(|e| e.says.as_str());
        all.filter(|says| says.contains(words)).collect()
    };
    let (silent, opened) = (of("did not open"), of("opened after"));
    assert!(
        !silent.is_empty() && !opened.is_empty(),
        "{:?}",
        full.evidence
    );
    for says in &silent {
        assert!(says.contains("over APN internet"), "{says}");
    }
    assert!(
        opened.iter().any(|says| says.contains("over APN mms.test")),
        "{opened:?}"
    );
    assert!(
        full.evidence.is_sorted_by_key(|e| e.ms),
        "{:?}",
        full.evidence
    );
    // Where all of it was seen at one place, no line is made longer by that.
    let port = probed("mint", Depth::Quick).await;
    assert_eq!(port.verdict, Code::WrongPort);
    assert!(
        port.evidence.iter().all(|e| !e.says.contains(", over ")),
        "{:?}",
        port.evidence
    );
    assert!(
        port.evidence.is_sorted_by_key(|e| e.ms),
        "{:?}",
        port.evidence
    );
}

#[tokio::test(start_paused = true)]
async fn a_radio_that_is_off_is_the_first_thing_said() {
    let v = probed("radio-off", Depth::Quick).await;
    assert_eq!(v.verdict, Code::NoCoverage);
    assert!(
        v.headline
            .starts_with("The modem's radio is switched off (+CFUN: 4)"),
        "{}",
        v.headline
    );
    assert!(first(&v).contains("AT+CFUN=1"), "{}", first(&v));
}

/// Who follows the advice must not send a message a second time.
#[tokio::test(start_paused = true)]
async fn a_message_that_was_accepted_is_not_advised_to_be_sent() {
    let unsent = probed("open", Depth::Quick).await;
    assert_eq!(
        (unsent.verdict, first(&unsent).as_str()),
        (Code::Works, "Send the message")
    );
    let story = Beginning::world("open").open();
    assert!(story.send(story.draft()).await.ok);
    let sent = story.probe(Probe::default()).await;
    assert_eq!(sent.verdict, Code::Works);
    assert!(
        sent.next.iter().all(|n| !n.says.contains("Send ")) && first(&sent).contains("phone"),
        "{:?}",
        sent.next
    );
}
