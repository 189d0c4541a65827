//! What a send costs the program itself: every stage from encode to deliver on a simulated modem, with a clock that never waits. What remains is
//! our own work and the simulator's: about seventy AT exchanges, HTTP over the module's link, the fold and the recording.
#![allow(clippy::unwrap_used)]
#[path = "../tests/suite/story.rs"]
#[allow(dead_code, reason = "the bench tells only some of the stories")]
mod story;

use divan::Bencher;
use story::Beginning;

fn main() {
    divan::main();
}

/// One message from a closed socket stack to its bubble: by text length.
#[divan::bench(args = [160, 827, 5000])]
fn cold_send(bencher: Bencher, characters: usize) {
    let text = "A long text that arrives as one bubble. ".repeat(1 + characters / 40);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    bencher.bench_local(|| {
        runtime.block_on(async {
            let story = Beginning::world("open").open();
            let draft = story::draft(&["+12025550123"], &text[..characters]);
            let result = story.send(draft).await;
            assert!(result.ok, "{:?}", result.error);
            story.bench.close().await;
            result.exchanges
        })
    });
}
