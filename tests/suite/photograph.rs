//! A photograph of four megabytes from the command line to two phones: what they show is what was composed, octet for octet. Processes, files, loopback.
use crate::process::{Home, Served, text};
use mmscope::mms::{Pdu, sha256};
use serde_json::Value;
use std::process::Output;

const PHONES: [&str; 2] = ["+12025550123", "+12025550145"];
const SUBJECT: &str = "Été à la plage 🌞";
const TEXT: &str = "Regarde ça ! 👩‍👩‍👧";

/// A picture that no encoder makes small.
fn photograph() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(4);
    let picture = image::RgbImage::from_fn(2300, 1700, |x, _| {
        image::Rgb([random.u8(..), (x / 10) as u8, random.u8(..)])
    });
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 97)
        .encode_image(&picture)
        .unwrap();
    out
}

/// The message of this file with `words` in front of its options.
fn words<'a>(words: &[&'a str], file: &'a str) -> Vec<&'a str> {
    let mut all = words.to_vec();
    for phone in PHONES {
        all.extend(["--to", phone]);
    }
    all.extend([
        "--subject",
        SUBJECT,
        "--attach",
        file,
        "--read-report",
        TEXT,
    ]);
    all
}

fn lines(octets: &[u8]) -> Vec<Value> {
    let line = |line: &str| serde_json::from_str(line).unwrap();
    text(octets).lines().map(line).collect()
}

fn succeeded(output: &Output) {
    let last = text(&output.stdout);
    let last = last.lines().last().unwrap_or_default();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{} {last}",
        text(&output.stderr)
    );
}

#[test]
fn two_phones_get_the_very_parts_that_were_composed() {
    let home = Home::new();
    let file = home.path("plage.jpg");
    let photograph = photograph();
    assert!(photograph.len() > 4_000_000, "{}", photograph.len());
    std::fs::write(&file, &photograph).unwrap();
    let file = file.to_str().unwrap();

    // What is composed, by a process that knows no network.
    let pdu = home.path("composed.mms");
    let encode = ["pdu", "encode", "--profile", "example/open", "-o"];
    let encode = [&encode[..], &[pdu.to_str().unwrap()]].concat();
    succeeded(&home.run(&words(&encode, file)));
    let pdu = std::fs::read(pdu).unwrap();
    let composed = Pdu::decode(&pdu).pdu;
    let picture = composed.parts().remove(2);
    assert_eq!(
        (composed.subject().as_deref(), &composed.texts()[..]),
        (Some(SUBJECT), &[TEXT.to_owned()][..])
    );
    assert_eq!(picture.content_type, "image/jpeg");
    assert!(
        picture.data.len() < photograph.len() / 3,
        "made fit for the carrier"
    );

    // Everything in one process: both phones show it.
    let sent = home.run(&words(&["send", "--world", "open", "--json"], file));
    succeeded(&sent);
    let bubbles: Vec<Value> = lines(&sent.stdout)
        .into_iter()
        .filter(|line| line["event"] == "bubble")
        .collect();
    assert_eq!(bubbles.len(), PHONES.len(), "{bubbles:?}");
    for bubble in &bubbles {
        assert_eq!(bubble["subject"], SUBJECT);
        assert_eq!(bubble["text"], TEXT);
        let size = picture.data.len();
        assert_eq!(bubble["others"][0], format!("image/jpeg {size} octets"));
    }

    // The modem in a process of its own, whose phones write down what they got.
    let phones = home.path("phones.jsonl");
    let serve = ["sim", "--world", "open", "--sim-speed", "20"];
    let place = ["--tcp", "127.0.0.1:0", "--phones", phones.to_str().unwrap()];
    let (_served, place) = Served::start(&home, &[&serve[..], &place[..]].concat());
    let port = place
        .split_whitespace()
        .find_map(|word| word.starts_with("tcp:").then(|| word.trim_matches(';')))
        .unwrap();
    let send = ["send", "--port", port, "--profile", "example/open"];
    succeeded(&home.run(&words(&[&send[..], &["--json"]].concat(), file)));
    let got = lines(&std::fs::read(phones).unwrap());
    assert_eq!(got.len(), PHONES.len(), "{got:?}");
    for (line, phone) in got.iter().zip(PHONES) {
        assert_eq!(line["phone"], phone);
        assert_eq!(line["subject"], SUBJECT);
        assert_eq!(line["text"], TEXT);
        let part = &line["attachments"][0];
        assert_eq!(part["sha256"], sha256(&picture.data), "octet for octet");
        assert_eq!(part["name"], "plage.jpg");
        assert_eq!(part["content_type"], "image/jpeg");
    }
}
