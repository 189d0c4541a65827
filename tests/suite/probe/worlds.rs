//! Every world that has a truth: right, wrong or inconclusive, after how long, with how many exchanges. The table is printed:
//! `cargo test --test suite probe::worlds -- --nocapture`.
use super::sent::{Again, line_is_open};
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::event::{Code, Confidence, Depth, Verdict, What, Witness};
use mmscope::simulator::World;
use mmscope::simulator::world::PhoneSaw;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Worlds in which no experiment of a probe can tell the truth from something else, and what stands beside it there.
const CANNOT_TELL: &[(&str, &str)] = &[
    (
        "reset-as-silence",
        "a firmware that shows a reset as silence, and a port that nobody names",
    ),
    (
        "opens-too-late",
        "what comes after the limit is not seen: too slow looks like dropped",
    ),
    (
        "firewalled",
        "one stack and no phone: the line, the family and the network's filter look the same",
    ),
    ("refused", "no port answers, so the right one is not seen"),
    (
        "mmsc-garbage",
        "what answers is no HTTP; whose it is, nobody says",
    ),
];

/// Worlds in which a person would look for the size from which on requests stall.
const BY_SIZE: [&str; 3] = ["mtu", "mtu-small", "mmsc-resets"];

/// Worlds in which only a whole message shows what is wrong: a probe after a send that broke can name it, one before cannot.
const BY_SENDING: [&str; 3] = ["mmsc-truncates", "reboots", "vanishes"];

/// All that a person can allow and tell in a world.
fn everything(name: &str, world: &World, story: &crate::story::Story) -> Probe {
    let seen = &world.witness;
    let phone = seen.phone.map(|saw| match saw {
        PhoneSaw::Sends => Witness::PhoneSends,
        PhoneSaw::Fails => Witness::PhoneFails,
    });
    let inbound = seen.inbound.map(|arrives| match arrives {
        true => Witness::InboundYes,
        false => Witness::InboundNo,
    });
    Probe {
        depth: Depth::Full,
        witnesses: phone.into_iter().chain(inbound).collect(),
        interface: story.modem.host().map(mmscope::cli::simulated_host),
        sizes: BY_SIZE.contains(&name),
        ..Probe::default()
    }
}

/// The verdict, and the facts that it rests on, without what hangs on the order in which answers came.
async fn examined(name: &str, world: World, with_all: bool) -> (Verdict, Vec<String>) {
    let mut beginning = Beginning::of(world.clone());
    let sends = with_all && BY_SENDING.contains(&name);
    if sends {
        // The line of `vanishes` comes back.
        beginning.source = Some(|modem| Arc::new(Again(modem)));
    }
    let story = beginning.open();
    if sends {
        let result = story.send(story.draft()).await;
        assert!(!result.ok, "{name}: {result:?}");
        story.until(line_is_open).await;
    }
    let probe = match with_all {
        true => everything(name, &world, &story),
        false => Probe::default(),
    };
    let verdict = story.probe(probe).await;
    let mut facts: Vec<String> = story
        .events()
        .iter()
        .filter_map(|e| match &e.what {
            What::Fact(fact) => Some(serde_json::to_value(fact).unwrap()),
            _ => None,
        })
        .map(|mut fact| {
            let fields = fact.as_object_mut().unwrap();
            for passing in [
                "rests_on",
                "took_ms",
                "calibration",
                "average_ms",
                "raw",
                "command",
            ] {
                fields.remove(passing);
            }
            fact.to_string()
        })
        .collect();
    facts.sort();
    story.bench.close().await;
    (verdict, facts)
}

#[tokio::test(start_paused = true)]
async fn the_table_over_all_worlds() {
    let (mut right, mut wrong_but_sure, mut can_tell) = (0, Vec::new(), 0);
    let (mut truths, mut verdicts) = (BTreeSet::new(), BTreeSet::new());
    let mut missed = Vec::new();
    println!(
        "| world | truth | run | verdict | confidence | simulated s | exchanges | |\n|---|---|---|---|---|---|---|---|"
    );
    for (name, _) in World::shipped() {
        let world = World::named(name).unwrap();
        if world.truth.is_empty() {
            continue;
        }
        let truth = world.truth.clone();
        truths.insert(truth.clone());
        for with_all in [false, true] {
            let (v, _) = examined(name, world.clone(), with_all).await;
            let is_right = v.verdict.name() == truth;
            let word = match (is_right, v.verdict) {
                (true, _) => "right",
                (false, Code::Inconclusive) => "cannot tell",
                (false, _) => "**wrong**",
            };
            println!(
                "| {name} | {truth} | {} | {} | {} | {} | {} | {word} |",
                if with_all { "all" } else { "quick" },
                v.verdict,
                v.confidence,
                v.duration_ms / 1000,
                v.exchanges,
            );
            verdicts.insert(v.verdict);
            if !is_right && v.verdict != Code::Inconclusive && v.confidence == Confidence::High {
                wrong_but_sure.push(format!("{name} ({with_all}): {} for {truth}", v.verdict));
            }
            if with_all && CANNOT_TELL.iter().all(|(n, _)| *n != name) {
                can_tell += 1;
                right += usize::from(is_right);
                if !is_right {
                    missed.push(format!("{name}: {} for {truth}: {}", v.verdict, v.headline));
                }
            }
        }
    }
    println!("{right} of {can_tell} right where the evidence can tell");
    assert_eq!(
        wrong_but_sure,
        Vec::<String>::new(),
        "wrong with high confidence"
    );
    assert!(
        right * 100 >= can_tell * 95,
        "{right} of {can_tell}: {missed:#?}"
    );
    for code in Code::ALL {
        assert!(verdicts.contains(code), "no world ends with {code}");
        assert!(
            *code == Code::Inconclusive || truths.contains(code.name()),
            "{code} is the truth of no world"
        );
    }
    assert!(truths.len() * 2 < World::shipped().len() && can_tell > 40);
}

/// Worlds that differ in one thing, and what that makes of the verdict.
#[tokio::test(start_paused = true)]
async fn twins_are_told_apart() {
    const TWINS: &[(&str, Code, &str, Code)] = &[
        ("mint", Code::WrongPort, "wrong-path", Code::HttpReject),
        ("open", Code::Works, "port-8080", Code::WrongPort),
        ("mint", Code::WrongPort, "exchanged", Code::WrongPort),
        ("busy-link", Code::Works, "refuses-opens", Code::ModuleStack),
        (
            "refuses-opens",
            Code::ModuleStack,
            "reset-as-4",
            Code::WrongPort,
        ),
        (
            "silent-by-context",
            Code::ModuleStack,
            "no-mms",
            Code::Subscription,
        ),
        (
            "no-mms",
            Code::Subscription,
            "firewalled-phone-sends",
            Code::NetworkBlock,
        ),
        (
            "transparent-proxy",
            Code::WrongPort,
            "transparent-portal",
            Code::Portal,
        ),
        (
            "host-route",
            Code::HostRoute,
            "host-stack-error",
            Code::ModuleStack,
        ),
        (
            "stale-name",
            Code::StaleName,
            "name-denied",
            Code::NameWrong,
        ),
        (
            "lookup-broken",
            Code::ModuleStack,
            "name-denied",
            Code::NameWrong,
        ),
        (
            "ipv6-after-change",
            Code::IpFamily,
            "other-apn",
            Code::ApnNotApplied,
        ),
        ("opens-too-late", Code::Inconclusive, "open", Code::Works),
        (
            "stack-busy-a-while",
            Code::Works,
            "port-8080",
            Code::WrongPort,
        ),
        (
            "host-on-other-apn",
            Code::ApnNotApplied,
            "host-reaches",
            Code::ModuleStack,
        ),
        (
            "name-of-other-apn",
            Code::ApnNotApplied,
            "name-denied",
            Code::NameWrong,
        ),
        (
            "name-blocked",
            Code::NameWrong,
            "lookup-broken",
            Code::ModuleStack,
        ),
        (
            "data-denied",
            Code::RegistrationDenied,
            "heard-not-taken",
            Code::NoCoverage,
        ),
        (
            "redirect-port",
            Code::WrongPort,
            "mmsc-redirect",
            Code::Portal,
        ),
        (
            "redirect-path",
            Code::HttpReject,
            "mmsc-redirect",
            Code::Portal,
        ),
        (
            "reset-as-silence",
            Code::Inconclusive,
            "firewalled-phone-sends",
            Code::NetworkBlock,
        ),
        ("mmsc-empty", Code::MmscFault, "portal-as-mms", Code::Portal),
        (
            "every-type-refused",
            Code::PdpRefused,
            "ipv6-only",
            Code::IpFamily,
        ),
        ("mtu-small", Code::Mtu, "mmsc-slow", Code::Works),
        (
            "proxy-refuses",
            Code::WrongPort,
            "needs-proxy",
            Code::ProxyRequired,
        ),
        (
            "port-80-not-found",
            Code::WrongPort,
            "wrong-path",
            Code::HttpReject,
        ),
    ];
    for &(one, of_one, other, of_other) in TWINS {
        for (name, code) in [(one, of_one), (other, of_other)] {
            let (v, _) = examined(name, World::named(name).unwrap(), true).await;
            assert_eq!(
                v.verdict, code,
                "{name}, beside {one} and {other}: {}",
                v.headline
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn blanking_the_truth_changes_nothing() {
    for (name, _) in World::shipped().iter().step_by(3) {
        let world = World::named(name).unwrap();
        let mut blank = world.clone();
        blank.truth.clear();
        let (verdict, told) = examined(name, world, true).await;
        let (blind, untold) = examined(name, blank, true).await;
        let words = |v: &Verdict| (v.verdict, v.confidence, v.headline.clone());
        assert_eq!(words(&verdict), words(&blind), "{name}");
        assert_eq!(told, untold, "{name}");
    }
}
