//! E31, the ladder of body sizes: only where it is asked for, by bisection, and what the verdict makes of it.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::event::{Code, Found, HttpOutcome, ProbePdu, Verdict, What};

/// The padded requests of a probe, with whether each was answered, and its verdict.
async fn ladder(world: &str, sizes: bool) -> (Vec<(u32, bool)>, Verdict) {
    let story = Beginning::world(world).open();
    let verdict = story
        .probe(Probe {
            sizes,
            ..Probe::default()
        })
        .await;
    let events = story.events();
    let rungs = events.iter().filter_map(|e| match &e.what {
        What::Fact(fact) => match &fact.found {
            Found::Http(http) => match http.pdu {
                ProbePdu::Padded(octets) => {
                    Some((octets, matches!(http.outcome, HttpOutcome::Answer { .. })))
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    (rungs.collect(), verdict)
}

#[tokio::test(start_paused = true)]
async fn large_packets_that_are_lost_show_at_the_size_of_a_packet() {
    let (rungs, verdict) = ladder("mtu", true).await;
    assert_eq!(verdict.verdict, Code::Mtu, "{}", verdict.headline);
    let answered = rungs
        .iter()
        .filter(|(_, a)| *a)
        .map(|(o, _)| *o)
        .max()
        .unwrap_or(0);
    let stalled = rungs
        .iter()
        .filter(|(_, a)| !*a)
        .map(|(o, _)| *o)
        .min()
        .unwrap();
    // The way takes 1400 octets of ours in a packet; head and empty message are a few hundred of them.
    assert!((700..1400).contains(&stalled), "{rungs:?}");
    assert!(answered < stalled && stalled - answered <= 128, "{rungs:?}");
    assert!(
        verdict.headline.contains(&stalled.to_string()),
        "{}",
        verdict.headline
    );
    assert!(rungs.len() <= 12, "by bisection: {rungs:?}");
}

#[tokio::test(start_paused = true)]
async fn where_the_largest_body_is_answered_one_step_is_enough() {
    let (rungs, verdict) = ladder("open", true).await;
    assert_eq!(rungs, [(300 << 10, true)]);
    assert_eq!(verdict.verdict, Code::Works);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_broken_off_is_no_lost_packet() {
    let (_, verdict) = ladder("mmsc-resets", true).await;
    assert_eq!(verdict.verdict, Code::MmscFault, "{}", verdict.headline);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_sent_large_bodies_unasked() {
    let (rungs, verdict) = ladder("mtu", false).await;
    assert_eq!(rungs, []);
    let row = verdict
        .not_run
        .iter()
        .find(|n| n.experiment == "E31")
        .unwrap();
    assert!(row.why.contains("--sizes"), "{row:?}");
}
