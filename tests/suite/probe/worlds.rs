//! Every world that has a truth: right, wrong or inconclusive, after how long, with how many exchanges.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::event::{Code, Confidence, Depth, Verdict};
use mmscope::simulator::World;

/// Worlds in which no experiment of a probe can tell the truth from something else, and what stands beside it there.
const CANNOT_TELL: &[(&str, &str)] = &[
    (
        "firewalled",
        "one stack and no phone: the line, the family and the network's filter look the same",
    ),
    (
        "needs-proxy",
        "no other profile for this SIM names the proxy",
    ),
    ("refused", "no port answers, so the right one is not seen"),
    (
        "mmsc-resets",
        "only a whole message is long enough to be dropped",
    ),
    (
        "mmsc-truncates",
        "only the answer to a whole message is long enough to be cut",
    ),
    (
        "mmsc-garbage",
        "what answers is no HTTP; whose it is, nobody says",
    ),
    ("reboots", "only a whole message makes this modem restart"),
    (
        "vanishes",
        "only a whole message makes this serial line vanish",
    ),
];

async fn verdict(world: World, depth: Depth) -> Verdict {
    let story = Beginning::of(world).open();
    let verdict = story
        .probe(Probe {
            depth,
            ..Probe::default()
        })
        .await;
    story.bench.close().await;
    verdict
}

#[tokio::test(start_paused = true)]
async fn the_table_over_all_worlds() {
    let (mut right, mut wrong_but_sure, mut can_tell) = (0, Vec::new(), 0);
    println!(
        "{:28}{:22}{:22}{:10}{:>8}{:>6}",
        "world", "truth", "verdict", "", "s", "AT"
    );
    for (name, _) in World::shipped() {
        let world = World::named(name).unwrap();
        if world.truth.is_empty() {
            continue;
        }
        let truth = world.truth.clone();
        for depth in [Depth::Quick, Depth::Full] {
            let v = verdict(world.clone(), depth).await;
            let is_right = v.verdict.name() == truth;
            println!(
                "{name:28}{truth:22}{:22}{:10}{:>8}{:>6} {}{}",
                v.verdict,
                v.confidence.to_string(),
                v.duration_ms / 1000,
                v.exchanges,
                if is_right { "" } else { "<- " },
                if is_right {
                    String::new()
                } else {
                    v.headline.clone()
                },
            );
            if !is_right && v.verdict != Code::Inconclusive && v.confidence == Confidence::High {
                wrong_but_sure.push(format!("{name} ({depth:?}): {} for {truth}", v.verdict));
            }
            if depth == Depth::Full && CANNOT_TELL.iter().all(|(n, _)| *n != name) {
                can_tell += 1;
                right += usize::from(is_right);
            }
        }
    }
    println!("{right} of {can_tell} right where the evidence can tell");
    assert_eq!(
        wrong_but_sure,
        Vec::<String>::new(),
        "wrong with high confidence"
    );
    assert!(right * 100 >= can_tell * 95, "{right} of {can_tell}");
}
