//! PDUs as others write them, and what people have in hand instead of one: what a person would lose, be told wrongly, or wait for.
use mmscope::mms::*;
use serde_json::{Value as Json, json};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

/// +12025550123/TYPE=PLMN with its 00.
const NUMBER: &str = "2B31323032353535303132332F545950453D504C4D4E00";
/// One part: text/plain, "hi".
const BODY: &str = "84A3 01 0102 83 6869";

/// An M-Send.req that is as it should be, with something more among its headers.
fn request(more: &str) -> Vec<u8> {
    hex(&format!("8C80 983100 8D92 890181 97{NUMBER} {more} {BODY}"))
}

fn uintvar(value: usize) -> Vec<u8> {
    match value {
        0..=127 => vec![value as u8],
        _ => vec![0x80 | (value >> 7) as u8, (value & 0x7F) as u8],
    }
}

/// The octets of a multipart: headers of each part, and its data.
fn multipart(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = uintvar(parts.len());
    for (headers, data) in parts {
        let headers = hex(headers);
        out.extend(uintvar(headers.len()));
        out.extend(uintvar(data.len()));
        out.extend(headers);
        out.extend(*data);
    }
    out
}

/// An M-Send.req with these parts in a multipart.mixed.
fn mixed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = hex(&format!("8C80 983100 8D92 890181 97{NUMBER} 84A3"));
    out.extend(multipart(parts));
    out
}

fn lints(octets: &[u8]) -> Vec<Lint> {
    Pdu::decode(octets).examine(octets.len())
}

#[track_caller]
fn says(octets: &[u8], severity: Severity, what: &str) {
    let lints = lints(octets);
    assert!(
        lints
            .iter()
            .any(|l| l.severity == severity && l.what.contains(what)),
        "{what}: {lints:#?}"
    );
}

#[test]
fn beginnings_of_encoded_words_without_end_take_no_time() {
    for piece in ["=?a", "=?utf-8?Q?a", "=?utf-8?B?AA", "=?", "=?utf-8?Q?a b?"] {
        let mut octets = hex("8C80 983100 8D92 890181");
        for field in [0x96u8, 0x97] {
            octets.push(field);
            octets.extend(piece.repeat(300_000 / piece.len()).bytes());
            octets.push(0);
        }
        let began = Instant::now();
        let json = describe(&octets);
        let _ = outline(&octets);
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{piece}: {:?}",
            began.elapsed()
        );
        assert_eq!(
            json["headers"]["subject"]
                .as_str()
                .map(|s| s.len() > 290_000),
            Some(true)
        );
    }
    // Longer than the 75 characters of RFC 2047, and read all the same.
    let mut octets = hex("8C80 983100 8D92 890181 96");
    octets.extend(format!("=?utf-8?Q?{}?= é\0", "=C3=A9".repeat(120)).bytes());
    let subject = Pdu::decode(&octets).pdu.subject().unwrap();
    assert_eq!(subject, format!("{} é", "é".repeat(120)));
}

#[test]
fn what_is_inside_of_a_part_is_shown_as_a_phone_shows_it() {
    let inner = multipart(&[("83", b"hello"), ("82", b"<b>hello</b>")]);
    let octets = mixed(&[("A6", &inner), ("A0", b"\x89PNG")]);
    assert_eq!(lints(&octets), []);
    let parts = describe(&octets)["parts"].clone();
    assert_eq!(
        parts[0]["content_type"],
        "application/vnd.wap.multipart.alternative"
    );
    assert_eq!(parts[0]["length"], inner.len());
    let kinds: Vec<(&Json, &Json)> = parts[0]["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (&p["content_type"], &p["text"]))
        .collect();
    assert_eq!(
        kinds,
        [
            (&json!("text/plain"), &json!("hello")),
            (&json!("text/html"), &json!("<b>hello</b>")),
        ]
    );
    assert_eq!(parts[1].get("parts"), None);

    let pdu = Pdu::decode(&octets).pdu;
    let shown: Vec<String> = pdu.parts().into_iter().map(|p| p.content_type).collect();
    assert_eq!(
        shown,
        ["text/plain", "image/png"],
        "one of the alternatives"
    );
    assert_eq!(pdu.texts(), ["hello"]);

    // The place of every inner octet, in the octets of the whole PDU.
    let at = octets.windows(5).position(|w| w == b"hello").unwrap();
    let nodes = outline(&octets);
    let node = nodes.iter().find_map(|n| n.at(at)).unwrap();
    assert_eq!(
        (node.range.clone(), node.label.as_str(), node.value.as_str()),
        (at..at + 5, "data", "5 octets: hello")
    );
    // HTML alone has no better form.
    let html = multipart(&[("82", b"<b>x</b>"), ("82", b"<i>x</i>")]);
    let pdu = Pdu::decode(&mixed(&[("A6", &html)])).pdu;
    assert_eq!(pdu.texts(), ["<b>x</b>"]);
    assert_eq!(pdu.encode().unwrap(), mixed(&[("A6", &html)]));
}

#[test]
fn damage_inside_of_a_part_and_depths_that_are_not_read_are_said() {
    // The inner text should be 5 octets, and 2 are there.
    let octets = mixed(&[("A6", &hex("01 0105 83 6869"))]);
    let lint = lints(&octets).remove(0);
    assert_eq!(
        (lint.offset, lint.severity),
        (octets.len() - 2, Severity::Error)
    );
    assert!(lint.what.contains("only 2 are left"), "{lint:?}");

    let nested = |depth: usize| {
        let mut data = b"deep".to_vec();
        let mut headers = "83";
        for _ in 0..depth {
            data = multipart(&[(headers, &data)]);
            headers = "A3";
        }
        mixed(&[(headers, &data)])
    };
    assert_eq!(lints(&nested(4)), []);
    assert_eq!(Pdu::decode(&nested(4)).pdu.texts(), ["deep"]);
    says(
        &nested(5),
        Severity::Warning,
        "was not read: it stands 5 deep",
    );
    let mime = mixed(&[(
        "6D756C7469706172742F6D6978656400",
        b"--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b--",
    )]);
    says(&mime, Severity::Warning, "text with boundaries");
}

#[test]
fn thousands_of_parts_inside_of_parts_are_bounded() {
    let many = |count: usize| {
        let mut out = uintvar(count);
        out.extend(std::iter::repeat_n([1, 0, 0x83], count).flatten());
        out
    };
    let inner = many(1500);
    let octets = mixed(&[("A3", &inner), ("A3", &inner), ("A3", &inner)]);
    says(&octets, Severity::Error, "parts; the rest was not read");
    assert!(Pdu::decode(&octets).pdu.parts().len() <= 2050);
}

#[test]
fn encodings_of_email_are_taken_off_and_said() {
    // Content-Transfer-Encoding as text, and as C8.
    let named = "436F6E74656E742D5472616E736665722D456E636F64696E6700";
    let base64 = "62617365363400";
    let quoted = "71756F7465642D7072696E7461626C6500";
    for (headers, data, text) in [
        (
            format!("83 {named} {base64}"),
            &b"aMOp\r\nbGxv\r\n"[..],
            "héllo",
        ),
        (format!("83 C8 {base64}"), b"aGk=", "hi"),
        (
            format!("03 83 81EA {named} {quoted}"),
            b"h=C3=A9l=\r\nlo =3D =zz",
            "héllo = =zz",
        ),
    ] {
        let octets = mixed(&[(headers.as_str(), data)]);
        says(&octets, Severity::Warning, "Content-Transfer-Encoding");
        let part = &describe(&octets)["parts"][0];
        assert_eq!(part["text"], text, "{headers}");
        assert!(part["transfer_encoding"].is_string(), "{part}");
        assert_eq!(part["length"], data.len(), "as it stands in the PDU");
        assert_eq!(part["decoded"]["length"], text.len());
        assert_eq!(Pdu::decode(&octets).pdu.texts(), [text]);
    }
    let broken = mixed(&[(format!("83 C8 {base64}").as_str(), b"a!b")]);
    says(&broken, Severity::Error, "could not be taken off");
    assert_eq!(Pdu::decode(&broken).pdu.texts(), ["a!b"]);
    let binary = mixed(&[("83 C8 62696E61727900", b"hi")]);
    assert_eq!(lints(&binary), [], "binary says that nothing is encoded");
    let zipped = mixed(&[("83 8B80", b"\x1F\x8B\x08")]);
    says(&zipped, Severity::Error, "Content-Encoding gzip");
    let part = &describe(&zipped)["parts"][0];
    assert_eq!(
        (&part["content_encoding"], part.get("text")),
        (&json!("gzip"), None)
    );
}

#[test]
fn text_that_is_lost_or_guessed_is_said() {
    use Severity::{Error, Warning};
    for (subject, severity, what) in [
        (
            "9607 EA 6162C328FF00",
            Error,
            "Subject says utf-8 and is not",
        ),
        ("9604 EA 61C300", Error, "Subject says utf-8 and is not"),
        ("9606 02270F 61E900", Error, "MIBenum 9999, is not known"),
        ("9609 0203F5 004100424300", Error, "odd number of octets"),
        ("9607 0203E8 00414200", Error, "odd number of octets"),
        ("9604 83 61E900", Warning, "says us-ascii and is not"),
    ] {
        says(&request(subject), severity, what);
    }
    for fine in [
        "9604 EA C3A900",
        "9605 EA 7FC3A900",
        "9604 84 E96100",
        "9608 0203F5 0048006900",
        "9605 02270F 6100",
    ] {
        let severe: Vec<Lint> = lints(&request(fine))
            .into_iter()
            .filter(|l| l.severity == Error)
            .collect();
        assert_eq!(severe, [], "{fine}");
    }
    for (headers, data, what) in [
        ("03 83 81EA", &b"ab\xC3"[..], "says UTF-8 and is not"),
        ("05 83 8102270F", b"ab\xC3", "MIBenum 9999"),
        ("05 83 810203F7", b"\0ab", "odd number of octets"),
        ("03 83 8191", b"ab\x81", "says shift_jis and is not"),
    ] {
        says(&mixed(&[(headers, data)]), Error, what);
    }
    assert_eq!(lints(&mixed(&[("05 83 810203F7", b"\0a\0b")])), []);
}

#[test]
fn parts_that_vanish_are_an_error_and_padding_is_none() {
    use Severity::{Error, Warning};
    let two = hex("8C80 983100 8D92 890181");
    let two = [two, hex(&format!("97{NUMBER} 84A3"))].concat();
    for (body, severity, what) in [
        (
            "01 0102 83 6869 0105 83 6865 6C6C6F",
            Error,
            "reads as another one",
        ),
        (
            "01 0103 83 6865 6C6C6F",
            Error,
            "2 octet(s) after the last part were left out",
        ),
        ("01 0102 83 6869 0000", Warning, "padding"),
        ("01 0102 83 6869 0D0A", Warning, "padding"),
    ] {
        says(&[two.clone(), hex(body)].concat(), severity, what);
    }
    let padded = [two, hex("01 0102 83 6869 0D0A")].concat();
    assert!(lints(&padded).iter().all(|l| l.severity < Error));
}

#[test]
fn addresses_stay_as_they_stand_and_a_readable_form_is_beside_them() {
    let mut octets = hex("8C80 983100 8D92 8A4D792D436C61737300");
    octets.extend(hex(&format!("890181 97{NUMBER} 97")));
    octets.extend(b"=?utf-8?B?w4k=?= <a@b.example>\0\x96=?utf-8?Q?=C3=A9t?=\0");
    let headers = &describe(&octets)["headers"];
    assert_eq!(
        headers["to"],
        json!(["+12025550123/TYPE=PLMN", "=?utf-8?B?w4k=?= <a@b.example>"])
    );
    assert_eq!(
        headers["readable"]["to"],
        json!(["+12025550123/TYPE=PLMN", "É <a@b.example>"])
    );
    assert_eq!(
        (&headers["subject"], &headers["raw"]["subject"]),
        (&json!("ét"), &json!("=?utf-8?Q?=C3=A9t?="))
    );
    assert_eq!(headers["message_class"], "My-Class");
    says(&octets, Severity::Note, "To has encoded words");
    says(&octets, Severity::Note, "Subject has encoded words");
    // Behind a charset they stay, and that is said.
    let mut behind = hex("9614 EA");
    behind.extend(b"=?utf-8?Q?=C3=A9?=\0");
    let digits: String = behind.iter().map(|o| format!("{o:02X}")).collect();
    let octets = request(&digits);
    assert_eq!(
        describe(&octets)["headers"]["subject"],
        "=?utf-8?Q?=C3=A9?="
    );
    says(&octets, Severity::Note, "they stay as they stand");
    let plain = describe(&request("96616200"))["headers"].clone();
    assert_eq!((plain.get("readable"), plain.get("raw")), (None, None));
}

#[test]
fn a_forgotten_token_does_not_put_the_charset_into_the_number() {
    let octets = hex(&format!(
        "8C80 983100 8D92 8918 EA {NUMBER} 97{NUMBER} {BODY}"
    ));
    let headers = &describe(&octets)["headers"];
    assert_eq!(headers["from"], "+12025550123/TYPE=PLMN");
    says(&octets, Severity::Warning, "without Address-present token");
}

/// A PDU as people have it, in every form in which they have it.
#[test]
fn the_pdu_is_found_in_what_a_person_has_in_hand() {
    let pdu = hex("8C81 98543565656430303035 00 8D92 9280 8B7A2D3532406D6D736300");
    let spelled = |before: &str, between: &str| -> Vec<u8> {
        let octets: Vec<String> = pdu.iter().map(|o| format!("{before}{o:02x}")).collect();
        octets.join(between).into_bytes()
    };
    let dump = |line: &dyn Fn(usize, &[u8]) -> String| -> Vec<u8> {
        let lines = pdu.chunks(16).enumerate();
        lines
            .map(|(n, octets)| line(n * 16, octets))
            .collect::<String>()
            .into_bytes()
    };
    let seen = |octets: &[u8]| -> String {
        let shown = |o: &u8| {
            if o.is_ascii_graphic() {
                char::from(*o)
            } else {
                '.'
            }
        };
        octets.iter().map(shown).collect()
    };
    let joined = |octets: &[u8], every: usize| -> String {
        octets
            .chunks(every)
            .map(|c| c.iter().map(|o| format!("{o:02x}")).collect::<String>())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut utf16 = vec![0xFF, 0xFE];
    utf16.extend(spelled("", " ").iter().flat_map(|o| [*o, 0]));
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("digits", spelled("", "")),
        ("blanks and lines", spelled("", "\r\n")),
        ("tshark", spelled("", ":")),
        ("C", spelled("0x", ", ")),
        ("one 0x", [b"0x".to_vec(), spelled("", "")].concat()),
        ("escapes", spelled("\\x", "")),
        ("dashes", spelled("", "-")),
        ("bars", spelled("", " | ")),
        (
            "byte order mark",
            [b"\xEF\xBB\xBF".to_vec(), spelled("", " ")].concat(),
        ),
        ("of another shell", utf16),
        (
            "xxd -i",
            [
                &b"unsigned char x[] = {\n  "[..],
                &spelled("0x", ", "),
                b"\n};\nunsigned int x_len = 35;\n",
            ]
            .concat(),
        ),
        (
            "xxd",
            dump(&|at, o| format!("{at:08x}: {:<39}  {}\n", joined(o, 2), seen(o))),
        ),
        (
            "hexdump -C",
            [
                dump(&|at, o| {
                    let (one, two) = o.split_at(o.len().min(8));
                    format!(
                        "{at:08x}  {:<23}  {:<23}  |{}|\n",
                        joined(one, 1),
                        joined(two, 1),
                        seen(o)
                    )
                }),
                format!("{:08x}\n", pdu.len()).into_bytes(),
            ]
            .concat(),
        ),
        (
            "Wireshark",
            dump(&|at, o| format!("{at:04x}   {:<47}   {}\n", joined(o, 1), seen(o))),
        ),
    ];
    for (form, text) in forms {
        let found = unwrap(&text).unwrap();
        assert_eq!(found.octets.as_ref(), pdu, "{form}");
        assert_eq!(found.layers[0].form, Form::Hexadecimal, "{form}");
    }
    // Characters at the end of a dump that look like octets are none.
    let looks = unwrap(b"00000000: 8c81 9831 0041 4243 4445 4647 4849 4a4b  ..1.ABCDEFGHIJK\n00000010: 6162                                     ab\n").unwrap();
    assert_eq!(looks.octets.len(), 18);

    let around = |before: &[u8]| [before, &pdu].concat();
    let push = Push::of_mms(1, &pdu);
    let mut sms = hex("0B 05040B8423F0 0003010101");
    sms.extend(&push);
    let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in pdu.chunks(20) {
        chunked.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunked.extend(chunk);
        chunked.extend(b"\r\n");
    }
    chunked.extend(b"0\r\n\r\n");
    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.wap.mms-message\r\n\r\n";
    let first = |octets: &[u8]| {
        let found = unwrap(octets).unwrap();
        assert_eq!(found.octets.as_ref(), pdu);
        let layers: Vec<(Form, Option<usize>)> =
            found.layers.iter().map(|l| (l.form, l.offset)).collect();
        layers
    };
    assert_eq!(first(&pdu), []);
    let at = push.len() - pdu.len();
    assert_eq!(first(&push), [(Form::WspPush, Some(at))]);
    assert_eq!(
        first(&sms),
        [(Form::SmsUserData, Some(12)), (Form::WspPush, Some(at))]
    );
    assert_eq!(first(&around(answer)), [(Form::Http, Some(answer.len()))]);
    assert_eq!(first(&chunked), [(Form::Http, None)]);
    let post = format!(
        "POST /mms HTTP/1.1\r\nHost: mmsc\r\nContent-Length: {}\r\n\r\n",
        pdu.len()
    );
    let request = [around(post.as_bytes()), b"HTTP/1.1 200 OK\r\n\r\n".to_vec()].concat();
    assert_eq!(first(&request), [(Form::Http, Some(post.len()))]);
    let digits: String = push.iter().map(|o| format!("{o:02X}")).collect();
    assert_eq!(
        first(digits.as_bytes()),
        [(Form::Hexadecimal, None), (Form::WspPush, Some(at))]
    );

    for (nothing, why) in [
        (&b""[..], NoPdu::Empty),
        (b"\r\n <!DOCTYPE html><html>", NoPdu::Page),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>portal</html>", NoPdu::Page),
        (b"8c809", NoPdu::OddDigits(5)),
        (
            b"HTTP/1.1 404 Not Found\r\n\r\n",
            NoPdu::NoBody("HTTP/1.1 404 Not Found".into()),
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx",
            NoPdu::Compressed("gzip".into()),
        ),
    ] {
        assert_eq!(unwrap(nothing).unwrap_err(), why);
    }
}

fn run(words: &[&str], octets: &[u8]) -> (i32, String, String) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("it"), octets).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(["pdu"])
        .args(words)
        .arg("it")
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env("LC_ALL", "C.UTF-8")
        .env("XDG_STATE_HOME", folder.path().join("state"))
        .env("XDG_CONFIG_HOME", folder.path().join("config"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn the_command_says_what_was_around_the_pdu_and_shows_the_text() {
    let push = Push::of_mms(1, &request(""));
    let digits: String = push.iter().map(|o| format!("{o:02x}:")).collect();
    let (code, said, _) = run(&["decode"], digits.as_bytes());
    assert_eq!(code, 0);
    for what in [
        "hexadecimal text of",
        "a WSP push; the PDU begins at octet 6",
        "2 octets: hi",
    ] {
        assert!(said.contains(what), "{what} in\n{said}");
    }
    let (code, said, _) = run(&["decode", "--json"], &push);
    let object: Json = serde_json::from_str(&said).unwrap();
    assert_eq!(code, 0);
    assert_eq!(object["wrapping"][0]["form"], "wsp-push");
    assert_eq!(object["wrapping"][0]["offset"], 6);
    assert_eq!(object["headers"]["message_type"], "m-send-req");
    let (code, said, told) = run(&["lint"], &push);
    assert_eq!((code, said.as_str()), (0, "good\n"));
    assert!(told.contains("a WSP push"), "{told}");
    let (_, said, _) = run(&["decode", "--json"], &request(""));
    assert!(!said.contains("wrapping"));

    for words in [&["decode"][..], &["decode", "--json"], &["lint"]] {
        for (nothing, why) in [
            (&b""[..], "it is empty"),
            (b"<html>", "a portal or an error page"),
            (b"8c8", "odd number of digits"),
        ] {
            let (code, said, told) = run(words, nothing);
            assert_eq!((code, said.as_str()), (2, ""), "{words:?} {why}");
            assert!(told.contains(why), "{told}");
        }
    }
    // Octets that are no PDU at all: what could be read is shown, and the exit code says that it is none.
    let (code, said, _) = run(&["decode"], b"just some words\0 of a letter");
    assert_eq!(code, 1, "{said}");
    assert_eq!(run(&["decode"], &hex("8C98 983100 8D92")).0, 0);
    assert_eq!(run(&["lint"], &hex("8C98 983100 8D92")).0, 1);
    let (_, said, _) = run(&["decode", "--json"], &hex("8C98 983100 8D92"));
    let object: Json = serde_json::from_str(&said).unwrap();
    assert_eq!(object["headers"]["message_type"], "unknown-98");
}

/// Each rule of the lint with a PDU that breaks it and one that nearly does.
#[test]
fn each_rule_fires_where_it_should_and_only_there() {
    let to = |text: &str| -> String { text.bytes().map(|o| format!("{o:02X}")).collect() };
    let sent_to = |text: &str| hex(&format!("8C80 983100 8D92 890181 97{}00 {BODY}", to(text)));
    let located = |text: &str| {
        hex(&format!(
            "8C82 983100 8D90 8A80 8E02071B 880481020E0E 83{}00",
            to(text)
        ))
    };
    let headed = |headers: &str| hex(&format!("{headers} {BODY}"));
    let plain = || headed(&format!("8C80 983100 8D92 890181 97{NUMBER}"));
    let rules: Vec<(&str, Vec<u8>, Vec<u8>)> = vec![
        (
            "X-Mms-MMS-Version stands where X-Mms-Transaction-Id belongs",
            headed(&format!("8C80 8D92 983100 890181 97{NUMBER}")),
            plain(),
        ),
        (
            "From stands where X-Mms-Transaction-Id belongs",
            headed(&format!("8C80 890181 97{NUMBER} 983100 8D92")),
            hex("8C86 8D90 8B3000 97313200 85046B022767 9581"),
        ),
        (
            "Transaction-Id is empty",
            headed(&format!("8C80 9800 8D92 890181 97{NUMBER}")),
            plain(),
        ),
        (
            "Date is a Short-integer",
            request("8581"),
            request("85046553F100"),
        ),
        (
            "moment of X-Mms-Expiry is a Short-integer",
            request("88028085"),
            request("88028185"),
        ),
        (
            "text of Subject is empty",
            request("9600"),
            request("962000"),
        ),
        (
            "MMS version 2.0",
            hex("8C81 983100 8DA0 9280"),
            hex("8C81 983100 8D93 9280"),
        ),
        (
            "MMS version 7",
            hex("8C81 983100 8DFF 9280"),
            hex("8C81 983100 8D9F 9280"),
        ),
        (
            "has the type PLNM: is PLMN meant?",
            sent_to("+12025550123/TYPE=PLNM"),
            sent_to("+12025550123/type=plmn"),
        ),
        (
            "has the type ESCAPED, which no MMSC",
            sent_to("x/TYPE=ESCAPED"),
            sent_to("+12025550123/TYPE=PLNM"),
        ),
        (
            "no type behind it",
            sent_to("+1202/TYPE="),
            sent_to("10.1.1.1/TYPE=IPv4"),
        ),
        (
            "a blank at its beginning or end",
            sent_to("+12025550123/TYPE=PLMN "),
            sent_to("A B <a@b.example>"),
        ),
        (
            "marks between its digits",
            sent_to("+1 202-555-0123/TYPE=PLMN"),
            sent_to("a-1@b.example"),
        ),
        (
            "two parts have the Content-ID <a>",
            mixed(&[("83 C0223C613E00", b"x"), ("83 C0223C613E00", b"y")]),
            mixed(&[("83 C0223C613E00", b"x"), ("83 C0223C623E00", b"y")]),
        ),
        (
            "a second Content-ID",
            mixed(&[("83 C0223C613E00 C0223C623E00", b"x")]),
            mixed(&[("83 C0223C613E00 8E6200", b"x")]),
        ),
        (
            "X-Mms-Response-Status is no header of M-Send.req",
            request("9280"),
            hex("8C81 983100 8D92 9280"),
        ),
        (
            "X-Mms-Status is no header of M-Send.conf",
            hex("8C81 983100 8D92 9280 9581"),
            hex("8C83 983100 8D92 9581"),
        ),
        (
            "Content-Location without scheme",
            located("mmsc/1"),
            located("http://mmsc/1"),
        ),
        (
            "Content-Location without scheme",
            located("mmsc:80/1"),
            located("HTTPS://mmsc/1"),
        ),
        (
            "has control characters",
            located("http://mmsc/1\r\nX-Forged: 1"),
            located("http://mmsc/%0D%0A"),
        ),
        (
            "98 is no PDU that MMS 1.0 to 1.3 has",
            hex("8C98 983100 8D92"),
            hex("8C97 983100 8D92 BF80"),
        ),
        (
            "7F is no media type",
            mixed(&[("FF", b"x")]),
            mixed(&[("83", b"x")]),
        ),
        (
            "the parameter charset stands here again",
            mixed(&[("05 83 81EA 8183", b"x")]),
            mixed(&[("06 83 81EA 856100", b"x")]),
        ),
    ];
    for (what, fires, near) in rules {
        let said = |octets: &[u8]| lints(octets).iter().any(|l| l.what.contains(what));
        assert!(said(&fires), "{what}: {:#?}", lints(&fires));
        assert!(!said(&near), "{what}, nearly: {:#?}", lints(&near));
    }
}

#[test]
fn the_pdus_of_a_mailbox_say_what_is_missing() {
    let place = "83687474703A2F2F6D2F3100";
    for (kind, field, value) in [
        ("8C8B", "X-Mms-Content-Location", place),
        ("8C8C", "X-Mms-Store-Status", "A580"),
        ("8C8E", "X-Mms-Response-Status", "9280"),
        ("8C8F", "Content-Type", BODY),
        ("8C90", "X-Mms-Store-Status", "A580"),
        ("8C91", "X-Mms-Content-Location", place),
        ("8C92", "X-Mms-Response-Status", "9280"),
        ("8C94", "X-Mms-Content-Location", place),
        ("8C95", "X-Mms-Response-Status", "9280"),
        ("8C96", "X-Mms-Cancel-ID", "BE6100"),
        ("8C97", "X-Mms-Cancel-Status", "BF80"),
    ] {
        let without = hex(&format!("{kind} 983100 8D92"));
        says(&without, Severity::Error, &format!("{field} is missing"));
        let with = hex(&format!("{kind} 983100 8D92 {value}"));
        assert_eq!(lints(&with), [], "{kind}");
        let nameless = hex(&format!("{kind} 8D92 {value}"));
        says(
            &nameless,
            Severity::Error,
            "X-Mms-Transaction-Id is missing",
        );
    }
}

#[test]
fn what_is_not_listed_is_as_bad_as_the_worst_of_it() {
    let notes = request(&"C180".repeat(260));
    assert!(lints(&notes).iter().all(|l| l.severity == Severity::Note));
    says(&notes, Severity::Note, "further remarks are not listed");
    let worse = hex(&format!(
        "8C80 983100 8D92 890181 97{NUMBER} {} 0000 8F80 {BODY}",
        "C180".repeat(260)
    ));
    says(&worse, Severity::Error, "further remarks are not listed");
}

#[test]
fn alarms_that_were_false() {
    // A length around the text says where it ends: a missing quote misleads nobody.
    let octets = request("9605 EA E8A9A9 00");
    assert!(lints(&octets).iter().all(|l| l.severity == Severity::Note));
    assert_eq!(Pdu::decode(&octets).pdu.subject().as_deref(), Some("詩"));
    // Without the length it does.
    says(
        &request("96E8A9A900"),
        Severity::Warning,
        "lacks the quote 7F",
    );
    // What the MMSC has written needs no MMSC to find it.
    let bare = "2B3132303235353530313233 00";
    let from = |kind: &str, more: &str| hex(&format!("{kind} 983100 8D90 890E80{bare} {more}"));
    let said = |octets: &[u8]| {
        lints(octets)
            .iter()
            .any(|l| l.what.contains("no /TYPE=PLMN"))
    };
    assert!(!said(&from("8C84", "85046553F100 84A300")));
    assert!(said(&from("8C80", &format!("97{NUMBER} {BODY}"))));
    // Where the reading stops nobody knows which names follow.
    let smil = b"<smil><body><par><img src=\"cid:last\"/></par></body></smil>";
    let with = |count: usize| {
        let mut octets = mixed(&[]);
        octets.pop();
        octets.extend(uintvar(count + 1));
        octets.extend(uintvar(17));
        octets.extend(uintvar(smil.len()));
        octets.extend(b"application/smil\0");
        octets.extend(smil);
        octets.extend(std::iter::repeat_n([1, 0, 0x83], count).flatten());
        octets
    };
    let missing = |octets: &[u8]| {
        lints(octets)
            .iter()
            .any(|l| l.what.contains("no part has this name"))
    };
    assert!(missing(&with(20)));
    assert!(!missing(&with(2100)));
}

#[test]
fn what_follows_from_a_wrong_length_is_marked() {
    // The length of From is one too many: it takes the octet of To.
    let octets = hex(&format!(
        "8C80 983100 8D92 8919 80 {NUMBER} 97{NUMBER} {BODY}"
    ));
    let all = lints(&octets);
    let errors: Vec<&Lint> = all
        .iter()
        .filter(|l| l.severity == Severity::Error)
        .collect();
    assert!(errors.len() >= 2, "{all:#?}");
    assert!(!errors[0].what.contains("may follow"), "{all:#?}");
    for more in &errors[1..] {
        let mark = format!("(may follow from octet {})", errors[0].offset);
        assert!(more.what.contains(&mark), "{more:?}");
    }
}

#[test]
fn a_location_that_smuggles_reaches_no_request() {
    use mmscope::pipeline::place_of;
    let library = mmscope::profile::Library::shipped();
    let direct = library.get("us/mint").unwrap().clone();
    let mut through = direct.clone();
    through.mms.proxy = Some("10.1.1.1:8080".to_owned().try_into().unwrap());
    for profile in [&direct, &through] {
        for bad in [
            "http://mmsc.example/1\r\nX-Forged: 1",
            "http://mmsc.example/1\nX-Forged: 1",
            "http://mmsc.example/1 HTTP/1.1",
            "http://mmsc.example\t/1",
            "http://mmsc.example/\u{7F}",
            "http://mmsc.example/\u{85}x",
            "http://mmsc.example/\u{2028}x",
            "",
        ] {
            let trouble = place_of(profile, bad).unwrap_err();
            assert!(!trouble.failure.raw.contains(['\r', '\n']), "{trouble:?}");
        }
        let good = place_of(profile, "http://mmsc.example/1?a=%0D%0A").unwrap();
        assert!(good.request_target().ends_with("/1?a=%0D%0A"));
    }
}
