//! The framer is linear in its input: twice the octets take twice the time, whatever they are.
use mmscope::at::Framer;

fn main() {
    divan::main();
}

fn drain(octets: &[u8]) -> usize {
    let mut framer = Framer::new();
    let mut tokens = 0;
    for chunk in octets.chunks(4096) {
        framer.push(chunk);
        while framer.next_token().is_some() {
            tokens += 1;
        }
    }
    tokens
}

/// Ordinary traffic of so many kilobytes.
#[divan::bench(args = [64, 128, 1024])]
fn answers(bencher: divan::Bencher, kilobytes: usize) {
    let one = b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n";
    let octets: Vec<u8> = one.iter().copied().cycle().take(kilobytes * 1024).collect();
    bencher
        .counter(divan::counter::BytesCount::new(octets.len()))
        .bench(|| drain(&octets));
}

/// One line without end, of so many megabytes.
#[divan::bench(args = [5, 10])]
fn endless_line(bencher: divan::Bencher, megabytes: usize) {
    let octets = vec![b'a'; megabytes * 1_000_000];
    bencher
        .counter(divan::counter::BytesCount::new(octets.len()))
        .bench(|| drain(&octets));
}

/// Line ends only, of so many megabytes.
#[divan::bench(args = [5, 10])]
fn line_ends(bencher: divan::Bencher, megabytes: usize) {
    let octets = b"\r\n".repeat(megabytes * 500_000);
    bencher
        .counter(divan::counter::BytesCount::new(octets.len()))
        .bench(|| drain(&octets));
}
