//! PDUs for programs and people: the promised JSON, the tree of octets, lint of whole messages, typed reports, and the command that shows them.
use mmscope::mms::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn run(folder: &TempDir, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(words)
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .env("LC_ALL", "C.UTF-8")
        .env("XDG_STATE_HOME", folder.path().join("state"))
        .env("XDG_CONFIG_HOME", folder.path().join("config"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

#[test]
fn every_option_of_a_message_stands_in_the_json_as_promised() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("cat.gif"), b"GIF89a not really").unwrap();
    let words = [
        "pdu",
        "encode",
        "--to",
        "+1 202-555-0123",
        "--to",
        "12345",
        "--cc",
        "friend@example.org",
        "--bcc",
        "+12025550145",
        "--subject",
        "Été 🌞",
        "--attach",
        "cat.gif",
        "--from",
        "+12025550199",
        "--date",
        "1700000000",
        "--delivery-report",
        "--read-report=no",
        "--priority",
        "high",
        "--class",
        "informational",
        "--expiry",
        "86400",
        "--delivery-time",
        "2026-11-23T00:00:00Z",
        "--sender-visibility",
        "hide",
        "--transaction-id",
        "T5eed0006",
        "--mms-version",
        "1.3",
        "héllo",
        "-o",
        "made.mms",
    ];
    let made = run(&folder, &words);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let shown = run(&folder, &["pdu", "decode", "made.mms", "--json"]);
    assert_eq!(
        text(&shown.stdout).lines().count(),
        1,
        "one object, no event line"
    );
    let pdu: Json = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(
        pdu["headers"],
        json!({
            "message_type": "m-send-req",
            "transaction_id": "T5eed0006",
            "mms_version": "1.3",
            "date": 1_700_000_000,
            "from": "+12025550199/TYPE=PLMN",
            "to": ["+12025550123/TYPE=PLMN", "12345/TYPE=PLMN"],
            "cc": ["friend@example.org"],
            "bcc": ["+12025550145/TYPE=PLMN"],
            "subject": "Été 🌞",
            "message_class": "informational",
            "expiry": {"relative_seconds": 86400},
            "delivery_time": {"absolute": 1_795_392_000},
            "priority": "high",
            "sender_visibility": "hide",
            "delivery_report": true,
            "read_report": false,
        })
    );
    assert_eq!(
        pdu["content_type"],
        json!({"media_type": "application/vnd.wap.multipart.related", "start": "<smil>", "type": "application/smil"})
    );
    assert_eq!(pdu["lint"], json!([]));
    let parts = pdu["parts"].as_array().unwrap();
    let kinds: Vec<&str> = parts
        .iter()
        .map(|p| p["content_type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["application/smil", "text/plain", "image/gif"]);
    assert_eq!(
        parts[1],
        json!({
            "content_type": "text/plain", "charset_mib": 106, "name": "text_0.txt", "content_id": "<text_0>",
            "content_location": "text_0.txt", "length": 6, "text": "héllo",
            "sha256": "3c48591d8d098a4538f5e013dfcf406e948eac4d3277b10bf614e295d6068179",
        })
    );
    assert_eq!(
        (&parts[2]["name"], &parts[2]["length"], parts[2].get("text")),
        (&json!("cat.gif"), &json!(17), None)
    );
    let octets = std::fs::read(folder.path().join("made.mms")).unwrap();
    assert_eq!(
        (&pdu["size"], &pdu["sha256"]),
        (&json!(octets.len()), &json!(sha256(&octets)))
    );
}

#[test]
fn words_that_mean_nothing_are_refused_with_the_words_that_would() {
    let folder = TempDir::new().unwrap();
    for (words, says) in [
        (
            &["--to", "+12025550123", "--priority", "urgent", "x"][..],
            "normal",
        ),
        (
            &["--to", "+12025550123", "--expiry", "tomorrow", "x"],
            "seconds",
        ),
        (
            &["--to", "+12025550123", "--class", "two words", "x"],
            "informational",
        ),
        (
            &["--to", "+12025550123", "--attach", "nowhere.jpg", "x"],
            "nowhere.jpg",
        ),
        (&["--to", "2025550123", "x"], "+12025550123"),
        (&["--cc", "nobody@", "x"], "--cc"),
        (&["x"], "--to"),
    ] {
        let all: Vec<&str> = ["pdu", "encode", "-o", "x.mms"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let output = run(&folder, &all);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(
            text(&output.stderr).contains(says),
            "{words:?}: {}",
            text(&output.stderr)
        );
    }
}

/// What the JSON says of PDUs made by others.
#[test]
fn pdus_of_other_encoders_in_json() {
    for (octets, headers) in [
        (
            // M-Send.conf of a real MMSC.
            "8C81 98543565656430303035 00 8D92 9280 8B7A2D35322D71663130372E352E783937392E3930406D6D736300",
            json!({
                "message_type": "m-send-conf", "transaction_id": "T5eed0005", "mms_version": "1.2",
                "response_status": 128, "response_status_name": "Ok", "message_id": "z-52-qf107.5.x979.90@mmsc",
            }),
        ),
        (
            // A status that no specification assigns keeps its octet and gets the name of its group.
            "8C81 983100 8D92 92DE",
            json!({
                "message_type": "m-send-conf", "transaction_id": "1", "mms_version": "1.2",
                "response_status": 222, "response_status_name": "Error-transient-failure",
            }),
        ),
        (
            // Mbuni's delivery report, with a sender that does not belong there.
            "8C86 8D90 8B302D71664000 972B31353535353030303100 85046B022767 9581",
            json!({
                "message_type": "m-delivery-ind", "mms_version": "1.0", "message_id": "0-qf@", "to": ["+155550001"],
                "date": 1_795_303_271, "status": 129, "status_name": "Retrieved",
            }),
        ),
        (
            "8C82 983100 8D90 8A80 8E02071B 880481020E0E 83687474703A2F2F6D6D73632F3100",
            json!({
                "message_type": "m-notification-ind", "transaction_id": "1", "mms_version": "1.0", "message_class": "personal",
                "message_size": 1819, "expiry": {"relative_seconds": 3598}, "content_location": "http://mmsc/1",
            }),
        ),
        (
            // An unknown field and an application header are kept and shown.
            "8C85 983100 8D92 C1 02ABCD 582D4100 666F6F00",
            json!({
                "message_type": "m-acknowledge-ind", "transaction_id": "1", "mms_version": "1.2",
                "other": [{"field": "c1", "value": {"octets": "02abcd"}}, {"name": "X-A", "value": "foo"}],
            }),
        ),
    ] {
        let pdu = describe(&hex(octets));
        assert_eq!(pdu["headers"], headers);
        assert_eq!(
            (&pdu["content_type"], &pdu["parts"]),
            (&Json::Null, &json!([]))
        );
    }
}

#[test]
fn a_broken_pdu_shows_what_could_be_read_and_says_where_it_breaks() {
    let folder = TempDir::new().unwrap();
    let whole = hex(
        "8C80 983100 8D92 890181 972B3132303235353530313233 2F545950453D504C4D4E00 84A3 01 0106 83 68656C6C6F21",
    );
    assert_eq!(describe(&whole)["lint"], json!([]));
    // Two octets short: the part is shorter than it says.
    std::fs::write(folder.path().join("cut"), &whole[..whole.len() - 2]).unwrap();
    let pdu: Json =
        serde_json::from_slice(&run(&folder, &["pdu", "decode", "cut", "--json"]).stdout).unwrap();
    assert_eq!(pdu["headers"]["to"], json!(["+12025550123/TYPE=PLMN"]));
    assert_eq!(pdu["parts"][0]["text"], "hell");
    let lint = &pdu["lint"][0];
    assert_eq!(
        (&lint["offset"], &lint["severity"]),
        (&json!(whole.len() - 6), &json!("error"))
    );
    assert!(
        lint["what"].as_str().unwrap().contains("only 4 are left"),
        "{lint}"
    );

    let said = run(&folder, &["pdu", "lint", "cut"]);
    assert_eq!(said.status.code(), Some(1));
    assert!(
        text(&said.stdout).starts_with(&format!("octet {} ", whole.len() - 6)),
        "{}",
        text(&said.stdout)
    );
    // The same as hexadecimal text, whole.
    std::fs::write(
        folder.path().join("whole.hex"),
        whole
            .iter()
            .map(|o| format!("{o:02x}\n"))
            .collect::<String>(),
    )
    .unwrap();
    let good = run(&folder, &["pdu", "lint", "whole.hex"]);
    assert_eq!(
        (good.status.code(), text(&good.stdout)),
        (Some(0), "good\n".to_owned())
    );
    std::fs::write(folder.path().join("none"), [0xFF; 300]).unwrap();
    let output = run(&folder, &["pdu", "decode", "none", "--json"]);
    let pdu: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_ne!(pdu["lint"], json!([]));
    assert_eq!(output.status.code(), Some(1), "no PDU at all");
}

fn message() -> SendReq {
    let mut message = SendReq::new("T1");
    message.to = vec!["+12025550123".into()];
    message.parts = vec![Part::plain_text("hello")];
    message
}

/// What is wrong with a message as a whole, though every header can be read.
#[test]
fn what_a_recipient_would_not_see_is_said_before_sending() {
    let smil = |source: &str| Part {
        content_id: Some("smil".into()),
        ..Part::new(
            "application/smil",
            Some("s.smil".into()),
            format!(
                "<smil><body><par><!-- <img src='no'/> --><text region=\"a>b\" src=\"{source}\"/></par></body></smil>"
            ),
        )
    };
    let with = |change: &dyn Fn(&mut SendReq)| {
        let mut message = message();
        change(&mut message);
        message.encode().unwrap()
    };
    let text_part = |data: &'static [u8], charset| Part {
        charset,
        ..Part::new("text/plain", Some("t.txt".into()), data)
    };
    let good = [
        with(&|_| ()),
        with(&|m| m.parts = vec![smil("t.txt"), text_part(b"x", Some(3))]),
        with(&|m| m.parts = vec![smil("cid:text_1"), text_part(b"x", Some(3))]),
        with(&|m| m.parts = vec![text_part("é".as_bytes(), Some(106))]),
        with(&|m| {
            m.parts = vec![Part {
                content_location: Some("a&b.txt".into()),
                ..text_part(b"x", None)
            }]
        }),
    ];
    for octets in good {
        assert_eq!(Pdu::decode(&octets).examine(octets.len()), []);
    }
    for (octets, says) in [
        (
            with(&|m| m.parts = vec![smil("gone.jpg"), text_part(b"x", Some(3))]),
            "\"gone.jpg\"",
        ),
        (
            with(&|m| m.parts = vec![text_part("é".as_bytes(), None)]),
            "no charset",
        ),
        (
            with(&|m| m.parts = vec![text_part("é".as_bytes(), Some(3))]),
            "says us-ascii",
        ),
        (
            with(&|m| m.parts = vec![text_part(b"\xE9", Some(106))]),
            "says UTF-8",
        ),
        (
            with(&|m| m.to = vec!["+12025550123/TYPE=PLMN/TYPE=PLMN".into()]),
            "more than once",
        ),
        (
            hex("8C80 983100 8D92 890181 972F545950453D504C4D4E00 84A3 00"),
            "is empty",
        ),
        (
            hex("8C80 983100 8D92 890181 974100 8F85 84A3 00"),
            "85 is no value",
        ),
        (
            hex("8C80 983100 8D92 890181 974100 84 05 B3 8A3C6100 00"),
            "start names",
        ),
    ] {
        let lints = Pdu::decode(&octets).examine(octets.len());
        assert!(
            lints.iter().any(|l| l.what.contains(says)),
            "{says}: {lints:#?}"
        );
        assert!(lints.iter().all(|l| l.offset <= octets.len()));
        assert!(lints.is_sorted_by_key(|l| l.offset));
    }
}

#[test]
fn reports_and_notifications_octet_for_octet() {
    let when = 1_700_000_000;
    let notification = NotificationInd {
        transaction_id: "n1".into(),
        version: Version::V1_0,
        from: Some("+12025550123".into()),
        subject: Some("Photo".into()),
        class: MessageClass::Personal,
        size: 1819,
        expiry: Some(Time::after(3598)),
        content_location: "http://mmsc/1".into(),
    };
    let read = ReadReport {
        version: Version::V1_2,
        message_id: "m@1".into(),
        to: "+12025550123".into(),
        from: Sender::InsertAddress,
        date: Some(when),
        read: true,
    };
    let plmn = "2B31323032353535303132332F545950453D504C4D4E00";
    let rows: Vec<(Pdu, String)> = vec![
        (
            notification.pdu(),
            format!(
                "8C82 986E3100 8D90 8918 80 {plmn} 9650686F746F00 8A80 8E02071B 880481020E0E 83687474703A2F2F6D6D73632F3100"
            ),
        ),
        (
            NotifyRespInd {
                transaction_id: "n1".into(),
                version: Version::V1_2,
                status: Status::RETRIEVED,
                report_allowed: Some(false),
            }
            .pdu(),
            "8C83 986E3100 8D92 9581 9181".into(),
        ),
        (
            AcknowledgeInd {
                transaction_id: "n1".into(),
                version: Version::V1_2,
                report_allowed: Some(true),
            }
            .pdu(),
            "8C85 986E3100 8D92 9180".into(),
        ),
        (
            DeliveryInd {
                version: Version::V1_2,
                message_id: "m@1".into(),
                to: "+12025550123".into(),
                date: when,
                status: Status::EXPIRED,
                status_text: None,
            }
            .pdu(),
            format!("8C86 8D92 8B6D403100 97{plmn} 85046553F100 9580"),
        ),
        (
            read.rec(),
            format!("8C87 8D92 8B6D403100 97{plmn} 890181 85046553F100 9B80"),
        ),
        (
            read.orig(),
            format!("8C88 8D92 8B6D403100 97{plmn} 890181 85046553F100 9B80"),
        ),
        (
            ForwardReq {
                transaction_id: "f1".into(),
                version: Version::V1_2,
                date: None,
                from: Sender::InsertAddress,
                to: vec!["+12025550123".into()],
                cc: vec![],
                bcc: vec![],
                options: Options {
                    delivery_report: Some(true),
                    priority: Some(Priority::High),
                    ..Options::default()
                },
                content_location: "http://mmsc/1".into(),
            }
            .pdu(),
            format!("8C89 98663100 8D92 890181 97{plmn} 8680 83687474703A2F2F6D6D73632F3100"),
        ),
        (
            ForwardConf {
                transaction_id: "f1".into(),
                version: Version::V1_2,
                response_status: ResponseStatus::OK,
                response_text: None,
                message_id: Some("m@2".into()),
            }
            .pdu(),
            "8C8A 98663100 8D92 9280 8B6D403200".into(),
        ),
    ];
    for (pdu, octets) in rows {
        let octets = hex(&octets);
        assert_eq!(pdu.encode().unwrap(), octets);
        let read = Pdu::decode(&octets);
        assert_eq!((read.lint, read.pdu.unplaced()), (vec![], pdu));
    }
    let mut back =
        NotificationInd::read(&Pdu::decode(&notification.pdu().encode().unwrap()).pdu).unwrap();
    assert_eq!(back.from.take().as_deref(), Some("+12025550123/TYPE=PLMN"));
    assert_eq!(
        back,
        NotificationInd {
            from: None,
            ..notification
        }
    );
    let orig = ReadReport::read_orig(&read.orig()).unwrap();
    assert_eq!(
        (orig.read, orig.date, orig.message_id.as_str()),
        (true, Some(when), "m@1")
    );
    let error = DeliveryInd::read(&read.orig()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this is no M-Delivery.ind but M-Read-Orig.ind"
    );
}

#[test]
fn a_message_that_was_fetched_has_all_its_parts() {
    let parts = SendReq {
        parts: vec![
            Part::plain_text("hi"),
            Part::new("image/png", None, vec![1, 2, 3]),
        ],
        ..message()
    }
    .pdu()
    .parts();
    let retrieved = RetrieveConf {
        transaction_id: Some("r1".into()),
        version: Version::V1_2,
        message_id: Some("m@1".into()),
        date: Some(1_700_000_000),
        from: Some("+12025550123/TYPE=PLMN".into()),
        to: vec!["+12025550145/TYPE=PLMN".into(), "a@example.org".into()],
        cc: vec![],
        subject: Some("naïve".into()),
        options: Options {
            class: Some(MessageClass::Other("urgent".into())),
            priority: Some(Priority::Low),
            delivery_report: Some(true),
            ..Options::default()
        },
        retrieve_status: Some(0x80),
        retrieve_text: None,
        parts,
    };
    let octets = retrieved.pdu().encode().unwrap();
    let decoded = Pdu::decode(&octets);
    assert_eq!(decoded.examine(octets.len()), []);
    assert_eq!(RetrieveConf::read(&decoded.pdu).unwrap(), retrieved);
}

#[test]
fn the_tree_names_every_octet_of_a_subject() {
    let octets = hex("8C80 983100 9613EA7FC38974C3A920F09F8C9E20C3BC62657200");
    let nodes = outline(&octets);
    let subject = nodes.iter().find(|n| n.label == "Subject").unwrap();
    assert_eq!(
        (subject.range.clone(), subject.value.as_str()),
        (5..26, "Été 🌞 über")
    );
    let told: Vec<(usize, usize, &str, &str)> = subject
        .children
        .iter()
        .map(|n| {
            (
                n.range.start,
                n.range.end,
                n.label.as_str(),
                n.value.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (5, 6, "field", "96 Subject"),
            (6, 7, "length", "19"),
            (7, 8, "charset", "utf-8 (MIBenum 106)"),
            (8, 9, "quote", "7F"),
            (9, 25, "text", "Été 🌞 über"),
            (25, 26, "end", "00"),
        ]
    );
    assert_eq!(subject.at(8).unwrap().label, "quote");
    assert_eq!(subject.at(4), None);
}

/// Ranges within their parent, in order, without overlap; at the top without gap.
fn well_placed(nodes: &[Node], within: std::ops::Range<usize>, tight: bool) {
    let mut at = within.start;
    for node in nodes {
        assert!(
            node.range.start >= at && node.range.end <= within.end,
            "{node:?} in {within:?} at {at}"
        );
        assert!(node.range.start <= node.range.end);
        assert!(!tight || node.range.start == at, "gap in front of {node:?}");
        well_placed(&node.children, node.range.clone(), false);
        at = node.range.end;
    }
    assert!(!tight || at == within.end);
}

#[test]
fn a_sent_pdu_becomes_a_draft_again() {
    use mmscope::compose::{Attachment, Draft, Recipient, draft_of, send_req};
    let profile = mmscope::profile::Library::shipped()
        .get("us/mint")
        .unwrap()
        .clone();
    let draft = Draft {
        to: vec![
            Recipient::parse("+12025550123").unwrap(),
            Recipient::parse("12345").unwrap(),
        ],
        cc: vec![Recipient::parse("a@example.org").unwrap()],
        subject: "Été".into(),
        text: "hello".into(),
        attachments: vec![
            Attachment::new("a.png", &b"\x89PNG\r\n\x1A\n"[..]),
            Attachment::new("second.txt", &b"more words"[..]),
        ],
        options: Options {
            priority: Some(Priority::High),
            ..Options::default()
        },
        from: Some("+12025550199".into()),
        ..Draft::default()
    };
    let octets = send_req(&draft, &profile, "T1", None, Version::V1_2)
        .encode()
        .unwrap();
    let again = draft_of(&Pdu::decode(&octets).pdu).unwrap();
    assert_eq!(again, draft);
    let lints = draft.check(&profile, octets.len(), 5000);
    assert_eq!(
        lints.iter().map(|l| l.id.as_str()).collect::<Vec<_>>(),
        ["P14"]
    );
    assert_eq!(
        send_req(&again, &profile, "T1", None, Version::V1_2)
            .encode()
            .unwrap(),
        octets
    );
}

proptest! {
    #[test]
    fn the_tree_of_any_octets_covers_them(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        well_placed(&outline(&octets), 0..octets.len(), true);
    }

    #[test]
    fn the_tree_of_a_damaged_message_covers_it(at in any::<prop::sample::Index>(), octet in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut octets = SendReq { subject: Some("é".into()), options: Options { expiry: Some(Time::after(9)), ..Options::default() }, ..message() }.encode().unwrap();
        let place = at.index(octets.len());
        octets[place] = octet;
        octets.truncate(cut.index(octets.len()) + 1);
        well_placed(&outline(&octets), 0..octets.len(), true);
        let json = describe(&octets);
        prop_assert_eq!(&json["size"], &json!(octets.len()));
    }

    #[test]
    fn any_octets_have_a_json(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(describe(&octets)["lint"].is_array());
    }
}
