//! The fuzzers' corpus, replayed: what they found once stays found.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::path::Path;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        target(&std::fs::read(&path).unwrap());
        count += 1;
    }
    assert!(count >= 2, "{name}: the corpus is gone");
}

macro_rules! replays {
    ($($name:ident)*) => { $(#[test] fn $name() { replay(stringify!($name), targets::$name); })* };
}

replays! { framer pdu sms push profile world recording }
