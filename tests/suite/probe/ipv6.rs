//! The way over IPv6: found where the MMSC is only there, not taken for anything else, and the fix that is offered works.
use crate::story::Beginning;
use mmscope::bench::{Order, Probe};
use mmscope::event::{Code, Confidence, Depth, Fix, Found, Verdict, What};
use mmscope::simulator::World;

#[tokio::test(start_paused = true)]
async fn the_fix_that_is_offered_delivers() {
    for (world, depth) in [
        ("ipv6-path", Depth::Quick),
        ("ipv6-after-change", Depth::Full),
    ] {
        let story = Beginning::world(world).open();
        assert!(!story.send(story.draft()).await.ok, "{world}");
        let verdict = story
            .probe(Probe {
                depth,
                ..Probe::default()
            })
            .await;
        assert_eq!(
            (verdict.verdict, verdict.confidence),
            (Code::IpFamily, Confidence::High),
            "{world}: {}",
            verdict.headline
        );
        let fix = verdict.next.iter().find_map(|n| n.fix.clone()).unwrap();
        let Fix::PdpType { .. } = fix else {
            panic!("{world}: {fix:?}");
        };
        let library = mmscope::profile::Library::shipped();
        let profile = library.get(&verdict.profile).unwrap();
        let mended = profile.mended(&fix).unwrap();
        story.bench.order(Order::UseCopy(Box::new(mended))).await;
        let result = story.send(story.draft()).await;
        assert!(result.ok, "{world}: {result:#?}");
    }
}

async fn quick(like: &str, change: impl Fn(&mut World)) -> (Vec<String>, Verdict) {
    let mut world = World::named(like).unwrap();
    change(&mut world);
    let story = Beginning::of(world).open();
    let verdict = story.probe(Probe::default()).await;
    let events = story.events();
    let six = events.iter().filter_map(|e| match &e.what {
        What::Fact(fact) => match &fact.found {
            Found::Attempt(a) if a.target.host.contains(':') => Some(a.target.to_string()),
            _ => None,
        },
        _ => None,
    });
    (six.collect(), verdict)
}

#[tokio::test(start_paused = true)]
async fn firmware_that_takes_no_literal_gives_no_evidence_against_ipv6() {
    let (six, verdict) = quick("ipv6-path", |w| w.modem.quirks.ipv6_literals = false).await;
    assert_eq!(six, ["[2001:db8:64::aaf:5590]:80"]);
    assert_ne!(verdict.confidence, Confidence::High, "{}", verdict.headline);
    let void = verdict
        .cells
        .iter()
        .find(|c| c.target.host.contains(':'))
        .unwrap();
    assert!(
        void.void
            .as_ref()
            .is_some_and(|v| v.contains("not documented")),
        "{void:?}"
    );
    // A literal that is refused says nothing on how many connects may be under way.
    assert!(verdict.duration_ms < 40_000, "{}", verdict.duration_ms);
}

#[tokio::test(start_paused = true)]
async fn a_context_without_ipv6_dials_no_such_address() {
    let (six, _) = quick("ipv6-after-change", |_| ()).await;
    assert_eq!(six, Vec::<String>::new());
}
