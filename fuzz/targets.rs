//! What must hold for any octets, one function a language. The fuzzers call them with what they come up with, `cargo test` with the corpus.

use mmscope::at::{Framer, Token};
use mmscope::mms::{Pdu, Push, Severity, describe, outline};
use mmscope::sms::{Joiner, Tpdu, split_centre};

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// The AT framer: the same tokens wherever the octets are cut.
pub fn framer(octets: &[u8]) {
    let Some((&size, octets)) = octets.split_first() else {
        return;
    };
    let tokens = |chunk: usize| -> Vec<Token> {
        let mut framer = Framer::new();
        let mut tokens = Vec::new();
        for piece in octets.chunks(chunk) {
            framer.push(piece);
            while let Some(token) = framer.next_token() {
                tokens.push(token);
            }
        }
        tokens
    };
    assert_eq!(tokens(usize::from(size) + 1), tokens(1));
}

/// MMS PDUs: what was read without a remark is written back octet for octet; what can be written is read as the same; the tree covers every octet.
pub fn pdu(octets: &[u8]) {
    let decoded = Pdu::decode(octets);
    let lints = decoded.examine(octets.len());
    assert!(lints.iter().all(|lint| lint.offset <= octets.len()));
    if let Ok(written) = decoded.pdu.encode() {
        assert_eq!(written.len(), decoded.pdu.encoded_size());
        assert_eq!(
            Pdu::decode(&written).pdu.unplaced(),
            decoded.pdu.clone().unplaced()
        );
        if decoded
            .lint
            .iter()
            .all(|lint| lint.severity == Severity::Note)
            && decoded.lint.is_empty()
        {
            assert_eq!(written, octets);
        }
    }
    let mut at = 0;
    for node in outline(octets) {
        assert_eq!(node.range.start, at);
        at = node.range.end;
    }
    assert_eq!(at, octets.len());
    assert_eq!(describe(octets)["size"], octets.len());
}

/// SMS TPDUs, with and without the service centre in front: what was read whole is written and read as the same.
pub fn sms(octets: &[u8]) {
    let tpdu = split_centre(octets).map_or(octets, |(_, tpdu)| tpdu);
    for octets in [octets, tpdu] {
        let Ok(read) = Tpdu::read(octets) else {
            continue;
        };
        if let Tpdu::Deliver(deliver) = &read {
            let mut joiner = Joiner::default();
            let _ = joiner.take(&deliver.from.shown(), deliver.data.clone());
            let _ = deliver.data.content.to_text();
        }
        let Ok(written) = read.octets() else {
            continue;
        };
        let again = Tpdu::read(&written).expect("what we write can be read");
        assert_eq!(
            again.octets().expect("what we read can be written"),
            written
        );
    }
}

/// WAP pushes, and what is in them.
pub fn push(octets: &[u8]) {
    if let Ok(push) = Push::read(octets) {
        assert!(push.body.len() + push.headers.len() < octets.len());
        if push.is_mms() {
            pdu(&push.body);
        }
    }
}

/// Carrier profiles: an error, or a profile that can be linted.
pub fn profile(octets: &[u8]) {
    if let Ok(profile) = mmscope::profile::Profile::parse("fuzz.toml", &text(octets)) {
        let _ = profile.lints();
        let _ = profile.endpoint();
    }
}

/// Worlds of the simulator.
pub fn world(octets: &[u8]) {
    let _ = mmscope::simulator::world::World::parse("fuzz.toml", &text(octets));
}

/// Recordings: events until the first error, and a fold that takes them all.
pub fn recording(octets: &[u8]) {
    let mut known = mmscope::known::Known::default();
    for event in mmscope::journal::read_events(octets) {
        let Ok(event) = event else {
            return;
        };
        known.apply(&event);
    }
}
