//! The MMS codec: small and large messages both ways, the size that is shown at every key, and input of nothing but faults.

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher, black_box};
use mmscope::mms::{Decoded, Part, Pdu, SendReq, describe, encoded_size, outline};
use mmscope::sms::{Segments, parts_of};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn text() -> String {
    "The whole of a long text arrives in one bubble. "
        .chars()
        .cycle()
        .take(827)
        .collect()
}

/// A message of 827 characters, with a picture of so many octets where it is not 0.
fn message(picture: usize) -> SendReq {
    let mut message = SendReq::new("T19a0000000100000000000000ff");
    message.to = vec!["+12025550123".into()];
    message.subject = Some("Été".into());
    message.parts = vec![Part::plain_text(text())];
    if picture > 0 {
        message.parts.push(Part::new(
            "image/jpeg",
            Some("cat.jpg".into()),
            vec![0xD8; picture],
        ));
    }
    message
}

const PICTURES: [usize; 4] = [0, 3_000, 30_000, 300_000];

#[divan::bench(args = PICTURES)]
fn encode(bencher: Bencher, picture: usize) {
    let message = message(picture);
    bencher
        .counter(BytesCount::new(encoded_size(&message)))
        .bench(|| black_box(&message).encode());
}

#[divan::bench(args = PICTURES)]
fn decode(bencher: Bencher, picture: usize) {
    let octets = message(picture).encode().unwrap_or_default();
    bencher
        .counter(BytesCount::new(octets.len()))
        .bench(|| Pdu::decode(black_box(&octets)));
}

#[divan::bench(args = PICTURES)]
fn live_size(bencher: Bencher, picture: usize) {
    let message = message(picture);
    bencher.bench(|| encoded_size(black_box(&message)));
}

/// Octets that are all wrong: the worst that a stranger can send. `96` begins a Subject with a forgotten quote, again and again.
#[divan::bench(args = [0x00u8, 0x7F, 0x96, 0xC1])]
fn decode_faults(bencher: Bencher, octet: u8) {
    let octets = vec![octet; 300_000];
    bencher
        .counter(BytesCount::new(octets.len()))
        .bench(|| Pdu::decode(black_box(&octets)));
}

/// Nothing but parts with as many parameters as they can have: what takes most memory for an octet.
#[divan::bench(args = [3_000, 30_000, 300_000])]
fn decode_parameters(bencher: Bencher, size: usize) {
    let part = [
        &[0x81, 0x00, 0x00, 0x1F, 0x7F, 0x83][..],
        &[0x81, 0x80].repeat(63),
    ]
    .concat();
    let mut octets = b"\x8C\x84\x8D\x92\x84\xA3\x8F\x7F".to_vec();
    octets.extend(part.repeat(size / part.len()));
    bencher
        .counter(BytesCount::new(octets.len()))
        .bench(|| Pdu::decode(black_box(&octets)));
}

/// What `pdu decode --json` does beside reading the file.
#[divan::bench(args = PICTURES)]
fn json(bencher: Bencher, picture: usize) {
    let octets = message(picture).encode().unwrap_or_default();
    bencher
        .counter(BytesCount::new(octets.len()))
        .bench(|| describe(black_box(&octets)));
}

/// The tree that an inspector shows.
#[divan::bench(args = PICTURES)]
fn tree(bencher: Bencher, picture: usize) {
    let octets = message(picture).encode().unwrap_or_default();
    bencher
        .counter(BytesCount::new(octets.len()))
        .bench(|| outline(black_box(&octets)));
}

/// The answer that every send waits for: 44 octets.
const CONF: &[u8] = b"\x8C\x81\x98T5eed0005\0\x8D\x92\x92\x80\x8Bz-52-qf107.5.x979.90@mmsc\0";

#[divan::bench]
fn small_decode() -> Decoded {
    Pdu::decode(black_box(CONF))
}

#[divan::bench]
fn small_encode(bencher: Bencher) {
    let pdu = Pdu::decode(CONF).pdu;
    bencher.bench(|| black_box(&pdu).encode());
}

/// An M-Send.req of 132 octets with one short text, as a phone makes it.
const REQ: &[u8] = b"\x8C\x80\x98T5eed0000\0\x8D\x92\x89\x01\x81\x97\x18\xEA+15551230001/TYPE=PLMN\0\x84\x17\xB3\x8A<text_0>\0\x89text/plain\0\
    \x01\x27\x15\x0F\x83\x85text_0.txt\0\x81\xEA\xC0\x22<text_0>\0\x8Etext_0.txt\0Hello from the bench.";

#[divan::bench]
fn small_message_decode() -> Decoded {
    Pdu::decode(black_box(REQ))
}

#[divan::bench]
fn small_message_encode(bencher: Bencher) {
    let pdu = Pdu::decode(REQ).pdu;
    bencher.bench(|| black_box(&pdu).encode());
}

/// A text of 827 characters as the messages of an SMS, and back.
#[divan::bench]
fn sms_parts(bencher: Bencher) {
    let text = text();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| parts_of(black_box(&text), 7));
}

#[divan::bench]
fn sms_segments(bencher: Bencher) {
    let text = text();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| Segments::of(black_box(&text)));
}
