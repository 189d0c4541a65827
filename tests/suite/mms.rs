//! The MMS language against literal octets made by other encoders, against the mistakes of real ones, and against chance.

use bytes::Bytes;
use mmscope::mms::*;
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn severe(decoded: &Decoded) -> Vec<&Lint> {
    decoded
        .lint
        .iter()
        .filter(|lint| lint.severity != Severity::Note)
        .collect()
}

/// AOSP composer, 132 octets.
const E1: &str = "8C80 98543565656430303030 00 8D92 890181
    9718EA 2B31353535313233303030312F545950453D504C4D4E00
    8417B3 8A3C746578745F303E00 89746578742F706C61696E00
    01 2715 0F83 85746578745F302E74787400 81EA C0223C746578745F303E00 8E746578745F302E74787400
    48656C6C6F2066726F6D207468652062656E63682E";
/// AOSP composer with flags, up to its content type.
const E2: &str = "8C80 98543565656430303036 00 8D93 850465 53F100
    891A80 18EA2B31353535393939303030302F545950453D504C4D4E00
    9718EA 2B31353535313233303030312F545950453D504C4D4E00
    9607EA466C61677300 8A82 8805810301 5180 8F82 8680 9080";
/// Mbuni's answer, 44 octets.
const E4: &str =
    "8C81 98543565656430303035 00 8D92 9280 8B7A2D35322D71663130372E352E783937392E3930406D6D736300";

fn header(field: Field, value: Value) -> Header {
    Header::new(field, value)
}

#[test]
fn e1_is_written_octet_for_octet_from_an_explicit_model() {
    let id = "<text_0>";
    let model = Pdu {
        headers: vec![
            header(Field::MessageType, Value::Token(0x80)),
            header(Field::TransactionId, Value::Text(Text::new("T5eed0000"))),
            header(Field::MmsVersion, Value::Token(Version::V1_2.octet())),
            header(Field::From, Value::From(From::InsertAddress)),
            header(
                Field::To,
                Value::Encoded(EncodedText::utf8("+15551230001/TYPE=PLMN")),
            ),
        ],
        content_type: Some(
            ContentType::new("application/vnd.wap.multipart.related")
                .with(Parameter::text(Parameter::START, id))
                .with(Parameter::text(Parameter::TYPE, "text/plain")),
        ),
        body: Body::Multipart(vec![Entry {
            content_type: ContentType::new("text/plain")
                .with(Parameter::text(Parameter::NAME, "text_0.txt"))
                .with(Parameter::integer(Parameter::CHARSET, 106)),
            headers: vec![
                PartHeader::new(PartField::ContentId, PartValue::Text(Text::quoted(id))),
                PartHeader::new(
                    PartField::ContentLocation,
                    PartValue::Text(Text::new("text_0.txt")),
                ),
            ],
            data: Bytes::from_static(b"Hello from the bench."),
            range: 0..0,
            data_range: 0..0,
        }]),
    };
    let written = model.encode().unwrap();
    assert_eq!(written.len(), 132);
    assert_eq!(written, hex(E1));
    assert_eq!(model.encoded_size(), 132);

    let read = Pdu::decode(&written);
    assert_eq!(read.lint, []);
    let (first, to) = (&read.pdu.headers[0], &read.pdu.headers[4]);
    assert_eq!((first.range.clone(), to.range.clone()), (0..2, 18..44));
    let Body::Multipart(entries) = &read.pdu.body else {
        panic!("no multipart")
    };
    assert_eq!(
        (entries[0].range.clone(), entries[0].data_range.clone()),
        (70..132, 111..132)
    );
    assert_eq!(read.pdu.unplaced(), model);
}

#[test]
fn e1_says_who_gets_what() {
    let pdu = Pdu::decode(&hex(E1)).pdu;
    assert_eq!(pdu.message_type().unwrap().name(), Some("M-Send.req"));
    assert_eq!(pdu.transaction_id().unwrap(), "T5eed0000");
    assert_eq!(pdu.version(), Some(Version::V1_2));
    assert_eq!(pdu.from(), Some(&From::InsertAddress));
    let to = &pdu.recipients()[0];
    assert_eq!(
        (to.text.as_str(), &to.kind, to.raw.as_str()),
        ("+15551230001", &AddressKind::Plmn, "+15551230001/TYPE=PLMN")
    );
    let content_type = pdu.content_type.as_ref().unwrap();
    assert_eq!(content_type.start().unwrap(), "<text_0>");
    assert_eq!(content_type.start_type().unwrap(), "text/plain");
    assert_eq!(
        pdu.parts(),
        [Part {
            content_type: "text/plain".into(),
            charset: Some(106),
            name: Some("text_0.txt".into()),
            content_id: Some("text_0".into()),
            content_location: Some("text_0.txt".into()),
            data: Bytes::from_static(b"Hello from the bench."),
        }]
    );
    assert_eq!(pdu.texts(), ["Hello from the bench."]);
}

#[test]
fn e2_flags_are_what_they_say() {
    let octets = hex(E2);
    assert_eq!(octets.len(), 99, "the hundredth octet is 84, Content-Type");
    let decoded = Pdu::decode(&octets);
    let pdu = &decoded.pdu;
    assert_eq!(pdu.version(), Some(Version::V1_3));
    assert_eq!(pdu.date(), Some(1_700_000_000));
    let Some(From::Address(from)) = pdu.from() else {
        panic!("no address")
    };
    assert_eq!(from.to_text(), "+15559990000/TYPE=PLMN");
    assert_eq!(pdu.subject().unwrap(), "Flags");
    let name = |field: Field| token_name(&field, pdu.token(&field).unwrap()).unwrap();
    assert_eq!(name(Field::MessageClass), "Informational");
    assert_eq!(name(Field::Priority), "High");
    assert_eq!(name(Field::DeliveryReport), "Yes");
    assert_eq!(name(Field::ReadReport), "Yes");
    let Some(Value::Time(Time::Relative(seconds))) = pdu.get(&Field::Expiry) else {
        panic!("no relative expiry")
    };
    assert_eq!(seconds.value(), 86400);
    // The sample stops before its content type, and that is all there is to say about it.
    assert_eq!(decoded.lint.len(), 1);
    assert!(decoded.lint[0].what.contains("Content-Type is missing"));
    assert_eq!(pdu.encode().unwrap(), octets);
}

#[test]
fn e3_a_subject_with_accents_and_emoji_is_whole_in_both_correct_forms() {
    let text = "Été 🌞 über";
    for (form, octets) in [
        (
            "charset and quote",
            "8C80 983100 8D92 9613EA7FC38974C3A920F09F8C9E20C3BC62657200",
        ),
        (
            "quote alone",
            "8C80 983100 8D92 967FC38974C3A920F09F8C9E20C3BC62657200",
        ),
    ] {
        let octets = hex(octets);
        let decoded = Pdu::decode(&octets);
        assert_eq!(decoded.pdu.subject().unwrap(), text, "{form}");
        assert!(
            decoded
                .lint
                .iter()
                .all(|lint| lint.what.contains("missing")),
            "{form}: {:?}",
            decoded.lint
        );
        assert_eq!(decoded.pdu.encode().unwrap(), octets, "{form}");
    }
}

#[test]
fn e3_a_subject_without_quote_is_read_as_meant_and_the_headers_behind_it_survive() {
    let decoded = Pdu::decode(&hex(
        "8C80 983100 8D92 96C38974C3A920F09F8C9E20C3BC62657200 8F82",
    ));
    assert_eq!(decoded.pdu.subject().unwrap(), "Été 🌞 über");
    assert_eq!(decoded.pdu.token(&Field::Priority), Some(0x82));
    let lint = decoded
        .lint
        .iter()
        .find(|lint| lint.severity == Severity::Warning)
        .unwrap();
    assert_eq!(lint.offset, 8);
    assert!(lint.what.contains("lacks the quote 7F"));
}

#[test]
fn e4_the_answer_of_a_real_mmsc_is_read_and_written_back() {
    let octets = hex(E4);
    assert_eq!(octets.len(), 44);
    let decoded = Pdu::decode(&octets);
    assert_eq!(decoded.lint, []);
    assert_eq!(decoded.pdu.encode().unwrap(), octets);
    let conf = SendConf::read(&decoded.pdu).unwrap();
    assert_eq!(
        conf,
        SendConf {
            transaction_id: Some("T5eed0005".into()),
            version: Some(Version::V1_2),
            response_status: ResponseStatus::OK,
            response_text: None,
            message_id: Some("z-52-qf107.5.x979.90@mmsc".into()),
        }
    );
    assert_eq!(conf.pdu().encode().unwrap(), octets);
}

#[test]
fn e5_a_notification_is_read_and_written_back() {
    let mut octets = hex("8C82 98");
    octets.extend(b"mmsc-qf108.6.x979.59\0");
    octets.extend(hex("8D90 891580 2B31353535303030312F545950453D504C4D4E00 9650686F746F00 8A80 8E02071B 88048102 0E0E 83"));
    octets.extend(b"http://mmsc/qf108.6.x979.59@2/wx79\0");
    let decoded = Pdu::decode(&octets);
    assert_eq!(decoded.lint, []);
    let pdu = decoded.pdu;
    assert_eq!(pdu.message_type(), Some(MessageType::NOTIFICATION_IND));
    assert_eq!(
        pdu.text(&Field::TransactionId).unwrap(),
        "mmsc-qf108.6.x979.59"
    );
    assert_eq!(pdu.version().unwrap().to_string(), "1.0");
    let Some(From::Address(from)) = pdu.from() else {
        panic!("no address")
    };
    assert_eq!(from.to_text(), "+15550001/TYPE=PLMN");
    assert_eq!(pdu.subject().unwrap(), "Photo");
    assert_eq!(
        pdu.get(&Field::MessageSize),
        Some(&Value::Integer(Integer::Long {
            value: 1819,
            octets: 2
        }))
    );
    assert_eq!(
        pdu.get(&Field::Expiry),
        Some(&Value::Time(Time::Relative(Integer::Long {
            value: 3598,
            octets: 2
        })))
    );
    assert_eq!(
        pdu.text(&Field::ContentLocation).unwrap(),
        "http://mmsc/qf108.6.x979.59@2/wx79"
    );
    assert_eq!(pdu.encode().unwrap(), octets);
}

#[test]
fn e6_a_delivery_report_with_a_sender_that_does_not_belong_there() {
    let mut octets = hex("8C86 8D90 8B");
    octets.extend(
        b"0-qf9542.9.x990.28@mmsc\0\x97+15550001/TYPE=PLMN\0\x89\x18\x80+15551230001/TYPE=PLMN\0",
    );
    octets.extend(hex("85046B026727 9581"));
    let decoded = Pdu::decode(&octets);
    let pdu = &decoded.pdu;
    assert_eq!(
        token_name(&Field::Status, pdu.token(&Field::Status).unwrap()),
        Some("Retrieved")
    );
    assert_eq!(pdu.date(), Some(0x6B02_6727));
    assert_eq!(pdu.addresses(&Field::To)[0].text, "+15550001");
    assert_eq!(severe(&decoded), Vec::<&Lint>::new());
    assert!(
        decoded.lint[0]
            .what
            .contains("From is not a header of M-Delivery.ind")
    );
    assert_eq!(pdu.encode().unwrap(), octets);
}

/// What the writers of section 9 meant: octets between a good beginning and the end, what has to be read, and what has to be said.
#[test]
fn mistakes_of_real_encoders_are_read_as_they_were_meant() {
    let read = |middle: &str| Pdu::decode(&hex(&format!("8C80 983100 8D92 {middle}")));
    let subject = |middle: &str| read(middle).pdu.subject();
    let says = |middle: &str, what: &str| {
        let lint = read(middle).lint;
        assert!(
            lint.iter().any(|lint| lint.what.contains(what)),
            "{middle}: {lint:?}"
        );
    };
    // Charset, but no quote.
    assert_eq!(subject("9605EAC3A97400").as_deref(), Some("ét"));
    says("9605EAC3A97400", "lacks the quote 7F");
    // Latin-1 as it is (python-messaging).
    assert_eq!(subject("96E974E900").as_deref(), Some("été"));
    // Latin-1 behind an ASCII letter: nothing says which charset.
    assert_eq!(subject("9674E974E900").as_deref(), Some("tété"));
    says("9674E974E900", "not UTF-8");
    // Encoded words of an e-mail, as Mbuni hands them on.
    let mut words = hex("8C80 983100 8D92 96");
    words.extend(b"=?utf-8?Q?=C3=A9t=C3=A9_?= =?UTF-8?B?8J+Mng==?= ok\0");
    assert_eq!(
        Pdu::decode(&words).pdu.subject().as_deref(),
        Some("été 🌞 ok")
    );
    let literal = SendReq {
        subject: Some("=?utf-8?Q?=41?=".into()),
        ..message()
    };
    assert_eq!(
        Pdu::decode(&literal.encode().unwrap())
            .pdu
            .subject()
            .as_deref(),
        Some("=?utf-8?Q?=41?="),
        "what a person typed stays"
    );
    // A charset above 127 takes a Long-integer; UTF-16 has 00 octets inside.
    assert_eq!(subject("9608 0203F5 00480069 00").as_deref(), Some("Hi"));
    // A length that is short by one leaves the closing 00 outside.
    assert_eq!(subject("9607 0203F5 00480069 00").as_deref(), Some("Hi"));
    says(
        "9607 0203F5 00480069 00",
        "a length in front of them may be wrong",
    );
    // The insert-address token without its length.
    assert_eq!(read("8981 8F80").pdu.from(), Some(&From::InsertAddress));
    // Several recipients, a charset in one of them.
    let to: Vec<String> = read("9731323300 9705EA34353600 9737383900")
        .pdu
        .recipients()
        .into_iter()
        .map(|to| to.text)
        .collect();
    assert_eq!(to, ["123", "456", "789"]);
    // A length that goes beyond the end of the PDU: the text's own end counts, and what follows is not lost.
    let overlong = "961EEA7465787400 8F82";
    assert_eq!(subject(overlong).as_deref(), Some("text"));
    assert_eq!(read(overlong).pdu.token(&Field::Priority), Some(0x82));
    says(overlong, "the length says 30 octets");
    // start and type as Quoted-string (Mbuni).
    let quoted = read("890181 9731323300 840D B3 8A223C613E00 89 22612F6200 00");
    let content_type = quoted.pdu.content_type.unwrap();
    assert_eq!(
        (
            content_type.start().as_deref(),
            content_type.start_type().as_deref()
        ),
        (Some("<a>"), Some("a/b"))
    );
    // A charset in the text of the media type.
    let mut inline = hex("8C80 983100 8D92 890181 9731323300 84");
    inline.extend(b"text/plain; charset=iso-8859-1\0\xE9t\xE9");
    assert_eq!(Pdu::decode(&inline).pdu.texts(), ["été"]);
}

#[test]
fn part_names_and_ids_in_every_way_in_which_they_are_written() {
    let part = |headers: &str| {
        let headers = hex(headers);
        let mut octets = hex("8C80 983100 8D92 890181 9731323300 84A3 01");
        octets.push(headers.len() as u8);
        octets.push(2);
        octets.extend(headers);
        octets.extend(b"ok");
        Pdu::decode(&octets)
    };
    for (writer, headers, name, id) in [
        (
            "old codes",
            "06 83 85612E7400 C0223C613E00",
            Some("a.t"),
            Some("a"),
        ),
        (
            "code of WSP 1.4",
            "06 83 97612E7400 C0223C613E00",
            Some("a.t"),
            Some("a"),
        ),
        (
            "Mbuni: Quoted-string",
            "07 83 8522612E7400 C0223C613E00",
            Some("a.t"),
            Some("a"),
        ),
        (
            "filename",
            "06 83 86612E7400 C0223C613E00",
            Some("a.t"),
            Some("a"),
        ),
        (
            "name as text",
            "0A 83 6E616D6500 612E7400",
            Some("a.t"),
            None,
        ),
        ("nuntium: no angle brackets", "83 C0226100", None, Some("a")),
        (
            "python-messaging: the header's name as text",
            "83 436F6E74656E742D494400 3C613E00",
            None,
            Some("a"),
        ),
        (
            "Content-Disposition, both octets",
            "83 AE0681 86612E7400",
            Some("a.t"),
            None,
        ),
        (
            "Content-Disposition of WSP 1.4",
            "83 C50681 86612E7400",
            Some("a.t"),
            None,
        ),
    ] {
        let decoded = part(headers);
        let parts = decoded.pdu.parts();
        assert_eq!(parts.len(), 1, "{writer}");
        assert_eq!(
            (parts[0].name.as_deref(), parts[0].content_id.as_deref()),
            (name, id),
            "{writer}: {:?}",
            decoded.lint
        );
        assert_eq!(parts[0].text().as_deref(), Some("ok"), "{writer}");
        assert_eq!(severe(&decoded), Vec::<&Lint>::new(), "{writer}");
    }
}

#[test]
fn every_status_of_the_answer_has_a_name_a_cause_a_remedy_and_says_whether_to_retry() {
    for (octet, name, retry) in [
        (0x80, "Ok", Retry::No),
        (0x81, "Error-unspecified", Retry::Unsaid),
        (0x82, "Error-service-denied", Retry::Unsaid),
        (0x88, "Error-unsupported-message", Retry::Unsaid),
        (0xA0, "Error-unspecified", Retry::Unsaid),
        (0xC0, "Error-transient-failure", Retry::Yes),
        (0xC3, "Error-transient-network-problem", Retry::Yes),
        (0xC4, "Error-transient-partial-success", Retry::Yes),
        (0xC5, "Error-transient-failure", Retry::Yes),
        (0xDF, "Error-transient-failure", Retry::Yes),
        (0xE0, "Error-permanent-failure", Retry::No),
        (0xE1, "Error-permanent-service-denied", Retry::No),
        (
            0xE6,
            "Error-permanent-reply-charging-limitations-not-met",
            Retry::No,
        ),
        (
            0xE7,
            "Error-permanent-reply-charging-request-not-accepted",
            Retry::No,
        ),
        (0xEB, "Error-permanent-lack-of-prepaid", Retry::No),
        (0xEC, "Error-permanent-failure", Retry::No),
        (0xFF, "Error-permanent-failure", Retry::No),
    ] {
        let conf =
            SendConf::read(&Pdu::decode(&[0x8C, 0x81, 0x98, b'1', 0, 0x8D, 0x90, 0x92, octet]).pdu)
                .unwrap();
        assert_eq!(
            (conf.response_status.name(), conf.retry()),
            (name, retry),
            "{octet:02X}"
        );
        assert!(
            !conf.response_status.cause().is_empty() && !conf.response_status.remedy().is_empty()
        );
        assert_eq!(conf.response_status.octet(), octet, "the raw octet is kept");
    }
    assert_eq!(ResponseStatus::all().count(), 9 + 5 + 12);
    for status in ResponseStatus::all() {
        assert_eq!(ResponseStatus::from_name(status.name()), Some(status));
    }
    assert_eq!(
        ResponseStatus(0xE1).to_string(),
        "Error-permanent-service-denied (E1)"
    );
}

#[test]
fn an_answer_that_is_none_is_told_apart() {
    let read = |octets: &[u8]| SendConf::read(&Pdu::decode(octets).pdu);
    assert_eq!(
        read(b"<html>no</html>"),
        Err(SendConfError::NotSendConf {
            what: "no MMS PDU".into()
        })
    );
    assert_eq!(
        read(b""),
        Err(SendConfError::NotSendConf {
            what: "no MMS PDU".into()
        })
    );
    assert_eq!(
        read(&hex(E1)),
        Err(SendConfError::NotSendConf {
            what: "M-Send.req".into()
        })
    );
    assert_eq!(read(&hex("8C81 983100 8D92")), Err(SendConfError::NoStatus));
    assert_eq!(
        read(&hex("8CFF 983100 8D92")),
        Err(SendConfError::NotSendConf {
            what: "a PDU of unknown type FF".into()
        })
    );
}

fn message() -> SendReq {
    SendReq {
        to: vec!["+1 (202) 555-0123".into()],
        parts: vec![Part::plain_text("héllo")],
        ..SendReq::new("T1")
    }
}

#[test]
fn what_we_send_has_the_form_that_every_reader_takes() {
    let message = SendReq {
        cc: vec!["someone@example.org".into()],
        bcc: vec!["12345".into()],
        subject: Some("Été\r\n🌞".into()),
        date: Some(1_700_000_000),
        version: Version::V1_3,
        ..message()
    };
    let octets = message.encode().unwrap();
    let decoded = Pdu::decode(&octets);
    assert_eq!(decoded.lint, []);
    let start = hex("8C80 98543100 8D93 85046553F100 890181");
    assert_eq!(octets[..start.len()], start[..]);
    let contains = |wanted: &[u8]| octets.windows(wanted.len()).any(|window| window == wanted);
    assert!(
        contains(b"\x97+12025550123/TYPE=PLMN\0"),
        "addresses as plain text"
    );
    assert!(contains(b"\x82someone@example.org\0\x8112345/TYPE=PLMN\0"));
    assert!(
        contains("\u{7f}Été 🌞\0".as_bytes()),
        "the quote in front of É"
    );
    assert!(contains(&hex("960DEA7F")), "length, charset, quote");
    assert!(
        contains(b"\x8A<smil>\0\x89application/smil\0"),
        "old codes of start and type"
    );
    assert_eq!(decoded.pdu.subject().unwrap(), "Été 🌞");
    assert_eq!(decoded.pdu.texts(), ["héllo"]);
    assert_eq!(octets.len(), encoded_size(&message));
}

#[test]
fn the_smil_names_every_part_by_its_content_location() {
    let message = SendReq {
        parts: vec![
            Part::plain_text("one"),
            Part::new(
                "image/jpeg",
                Some("C:\\pictures\\cat \"1\".jpg".into()),
                &b"\xFF\xD8"[..],
            ),
            Part::plain_text("two"),
            Part::new("image/jpeg", Some("cat 1.jpg".into()), &b"\xFF\xD8\xFF"[..]),
            Part::new("text/x-vCard", Some("me.vcf".into()), &b"BEGIN:VCARD"[..]),
        ],
        ..message()
    };
    let parts = Pdu::decode(&message.encode().unwrap()).pdu.parts();
    assert!(parts[0].is_smil());
    let smil = parts[0].text().unwrap();
    let sources: Vec<&str> = smil
        .split("src=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let locations: Vec<&str> = parts[1..5]
        .iter()
        .map(|part| part.content_location.as_deref().unwrap())
        .collect();
    assert_eq!(sources, locations);
    assert_eq!(
        locations,
        ["text_0.txt", "cat 1.jpg", "text_2.txt", "3_cat 1.jpg"]
    );
    assert_eq!(
        smil.matches("<par").count(),
        2,
        "a text and a picture share a slide: {smil}"
    );
    assert_eq!(parts[5].name.as_deref(), Some("me.vcf"));
}

#[test]
fn a_plain_text_goes_without_smil_as_e1_does() {
    let mut message = SendReq {
        layout: Layout::Related,
        ..message()
    };
    message.to = vec!["+15551230001/TYPE=PLMN".into()];
    message.parts = vec![Part::plain_text("Hello from the bench.")];
    message.transaction_id = "T5eed0000".into();
    // The same octets as E1, but for the address, which goes as plain text.
    let e1 = hex(E1);
    let address = b"\x97+15551230001/TYPE=PLMN\0";
    let expected: Vec<u8> = [&e1[..18], address, &e1[44..]].concat();
    assert_eq!(message.encode().unwrap(), expected);
    message.layout = Layout::Mixed;
    assert_eq!(
        Pdu::decode(&message.encode().unwrap())
            .pdu
            .content_type
            .unwrap()
            .media_type(),
        "application/vnd.wap.multipart.mixed"
    );
}

#[test]
fn what_cannot_be_sent_is_refused_with_a_reason() {
    let with = |change: fn(&mut SendReq)| {
        let mut message = message();
        change(&mut message);
        message.encode().unwrap_err()
    };
    assert_eq!(with(|message| message.to.clear()), EncodeError::NoRecipient);
    assert_eq!(with(|message| message.parts.clear()), EncodeError::NoParts);
    assert_eq!(
        with(|message| message.to.push(" ".into())),
        EncodeError::Address {
            address: " ".into()
        }
    );
    assert_eq!(
        with(|message| message.bcc.push("1\n2".into())),
        EncodeError::Address {
            address: "1\n2".into()
        }
    );
    assert_eq!(
        with(|message| message.from = Sender::Address(String::new())),
        EncodeError::Address {
            address: String::new()
        }
    );
    assert!(matches!(
        with(|message| message.transaction_id = "a\0b".into()),
        EncodeError::Text { .. }
    ));
}

#[test]
fn headers_in_another_order_or_unquoted_texts_are_not_written() {
    let good = [
        header(Field::MessageType, Value::Token(0x81)),
        header(Field::TransactionId, Value::Text(Text::new("1"))),
        header(Field::MmsVersion, Value::Token(0x92)),
    ];
    let pdu = |order: [usize; 3]| Pdu {
        headers: order.iter().map(|&index| good[index].clone()).collect(),
        ..Pdu::default()
    };
    assert!(pdu([0, 1, 2]).encode().is_ok());
    assert_eq!(pdu([1, 0, 2]).encode(), Err(EncodeError::NoMessageType));
    assert_eq!(
        pdu([0, 2, 1]).encode(),
        Err(EncodeError::Order {
            place: "X-Mms-Transaction-Id".into()
        })
    );
    let mut unquoted = pdu([0, 1, 2]);
    let text = Text {
        form: TextForm::Plain,
        octets: "é".into(),
    };
    unquoted.headers.push(header(
        Field::Subject,
        Value::Encoded(EncodedText {
            charset: None,
            text,
        }),
    ));
    assert!(matches!(unquoted.encode(), Err(EncodeError::Text { .. })));
}

#[test]
fn addresses_get_their_type_once() {
    for (typed, written) in [
        ("+1 (202) 555-0123", "+12025550123/TYPE=PLMN"),
        ("2025550123", "2025550123/TYPE=PLMN"),
        ("+12025550123/TYPE=PLMN", "+12025550123/TYPE=PLMN"),
        ("+12025550123/type=plmn", "+12025550123/type=plmn"),
        ("12345", "12345/TYPE=PLMN"),
        ("user@example.org", "user@example.org"),
        ("192.0.2.1", "192.0.2.1/TYPE=IPv4"),
        ("2001:db8::1", "2001:db8::1/TYPE=IPv6"),
        ("Bench", "Bench"),
    ] {
        assert_eq!(Address::write(typed), written);
    }
    let doubled = Address::read("+12025550123/TYPE=PLMN/TYPE=PLMN");
    assert_eq!(
        (doubled.text.as_str(), doubled.kind),
        ("+12025550123", AddressKind::Plmn)
    );
    assert_eq!(
        Address::read("x/TYPE=WORLD").kind,
        AddressKind::Other("WORLD".into())
    );
    assert_eq!(Address::read("é/TYP").text, "é/TYP");
}

#[test]
fn transaction_ids_of_two_runs_differ() {
    assert_eq!(
        TransactionId::new(0x19a_0000_0001, 0xff),
        "T19a0000000100000000000000ff"
    );
    assert_ne!(TransactionId::new(1, 2), TransactionId::new(2, 1));
}

#[test]
fn damage_is_said_with_its_place_and_the_rest_is_read() {
    // One of two parts is there, and only half of it.
    let mut octets = hex(E1);
    octets[70 - 1] = 2;
    octets.truncate(120);
    let decoded = Pdu::decode(&octets);
    assert_eq!(decoded.pdu.texts(), ["Hello fro"]);
    let said: Vec<(usize, &str)> = decoded
        .lint
        .iter()
        .map(|lint| (lint.offset, lint.what.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (
                111,
                "the part's data should be 21 octets, but only 9 are left"
            ),
            (
                120,
                "2 part(s) announced, 1 there (may follow from octet 111)"
            )
        ]
    );
    // Junk between headers.
    let decoded = Pdu::decode(&hex("8C81 983100 00000000 8D92 92E1"));
    assert_eq!(
        SendConf::read(&decoded.pdu).unwrap().response_status,
        ResponseStatus::SERVICE_DENIED
    );
    assert_eq!(
        (decoded.lint[0].offset, decoded.lint[0].severity),
        (5, Severity::Error)
    );
    // Missing type, doubled header, wrong first header.
    let what = |octets: &str| {
        Pdu::decode(&hex(octets))
            .lint
            .into_iter()
            .map(|lint| lint.what)
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert!(what("983100 8D92").contains("X-Mms-Message-Type is missing"));
    assert!(what("8C81 983100 983200 8D92 9280").contains("stands here again"));
    assert!(what("8C80").contains("no recipient"));
    assert_eq!(
        what("8C81 983100 8D92 9280 C185 782D6100 6200"),
        "unknown field C1, kept as it came"
    );
}

#[test]
fn an_endless_stream_of_faults_is_bounded() {
    for octet in 0..=255u8 {
        let decoded = Pdu::decode(&vec![octet; 20_000]);
        assert!(
            decoded.lint.len() <= 201 && decoded.pdu.headers.len() <= 2048,
            "{octet:02X}"
        );
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,40}", "\\PC{0,20}", "[éß漢🌞a]{1,12}"]
        .prop_map(|text| text.replace('\0', ""))
}

fn integer() -> impl Strategy<Value = Integer> {
    prop_oneof![
        (0u8..128).prop_map(Integer::Short),
        any::<u64>().prop_map(Integer::long),
        (any::<u32>(), 4u8..30).prop_map(|(value, octets)| Integer::Long {
            value: value.into(),
            octets
        }),
    ]
}

fn encoded() -> impl Strategy<Value = EncodedText> {
    prop_oneof![
        text().prop_map(|text| EncodedText::utf8_if_needed(&text)),
        text().prop_map(|text| EncodedText::utf8(&text))
    ]
}

fn any_header() -> impl Strategy<Value = Header> {
    let number = || 0x80u8..=0xFF;
    prop_oneof![
        (
            prop::sample::select(vec![Field::To, Field::Cc, Field::Bcc]),
            encoded()
        )
            .prop_map(|(field, text)| header(field, Value::Encoded(text))),
        text().prop_map(|value| header(Field::MessageId, Value::Text(Text::new(&value)))),
        number().prop_map(|value| header(Field::Priority, Value::Token(value))),
        integer().prop_map(|value| header(Field::Date, Value::Integer(value))),
        integer().prop_map(|value| header(Field::Expiry, Value::Time(Time::Relative(value)))),
        integer().prop_map(|value| header(Field::DeliveryTime, Value::Time(Time::Absolute(value)))),
        encoded().prop_map(|value| header(Field::From, Value::From(From::Address(value)))),
        (integer(), encoded()).prop_map(|(count, value)| header(
            Field::PreviouslySentBy,
            Value::CountedText(count, value)
        )),
        (integer(), integer()).prop_map(|(count, value)| header(
            Field::PreviouslySentDate,
            Value::CountedDate(count, value)
        )),
        (number(), encoded())
            .prop_map(|(flag, value)| header(Field::MmFlags, Value::Flag(flag, value))),
        (number(), integer())
            .prop_map(|(unit, value)| header(Field::MboxQuotas, Value::Amount(unit, value))),
        number().prop_map(|value| header(Field::Unknown(0xC1), Value::Raw(vec![value]))),
        ("[!-~]{1,9}", "[ -~]{1,9}").prop_map(|(name, value)| header(
            Field::Application(name.into()),
            Value::Text(Text::new(&value))
        )),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let media = prop::sample::select(vec![
        "text/plain",
        "image/jpeg",
        "application/smil",
        "video/3gpp",
        "audio/amr",
    ]);
    let name = "[a-zé]{0,12}";
    (
        media,
        prop::option::of(name),
        prop::option::of(integer()),
        prop::option::of("[a-z0-9@.]{1,9}"),
        prop::collection::vec(any::<u8>(), 0..200),
    )
        .prop_map(|(media, name, charset, id, data)| {
            let mut content_type = ContentType::new(media);
            if let Some(name) = name {
                content_type = content_type.with(Parameter::text(Parameter::NAME, &name));
            }
            if let Some(value) = charset {
                content_type = content_type.with(Parameter {
                    name: ParameterName::Code(Parameter::CHARSET),
                    value: ParameterValue::Integer(value),
                });
            }
            let headers = id.map(|id| {
                PartHeader::new(
                    PartField::ContentId,
                    PartValue::Text(Text::quoted(&format!("<{id}>"))),
                )
            });
            Entry {
                content_type,
                headers: headers.into_iter().collect(),
                data: data.into(),
                range: 0..0,
                data_range: 0..0,
            }
        })
}

fn any_pdu() -> impl Strategy<Value = Pdu> {
    (
        0x80u8..=0x97,
        any::<bool>(),
        prop::collection::vec(any_header(), 0..12),
        prop::collection::vec(entry(), 0..4),
        any::<bool>(),
    )
        .prop_map(|(kind, with_id, headers, entries, with_body)| {
            let mut all = vec![header(Field::MessageType, Value::Token(kind))];
            if with_id {
                all.push(header(Field::TransactionId, Value::Text(Text::new("T1"))));
            }
            all.push(header(Field::MmsVersion, Value::Token(0x92)));
            all.extend(headers);
            let related = ContentType::new("application/vnd.wap.multipart.related")
                .with(Parameter::text(Parameter::START, "<a>"));
            Pdu {
                headers: all,
                content_type: with_body.then_some(related),
                body: if with_body {
                    Body::Multipart(entries)
                } else {
                    Body::None
                },
            }
        })
}

proptest! {
    /// Whatever we write is read as it was meant, and the same octets come out again.
    #[test]
    fn decode_after_encode_is_the_identity(model in any_pdu()) {
        let octets = model.encode().unwrap();
        prop_assert_eq!(model.encoded_size(), octets.len());
        let read = Pdu::decode(&octets);
        prop_assert_eq!(read.pdu.encode().unwrap(), octets);
        prop_assert_eq!(read.pdu.unplaced(), model);
    }

    /// What was read without a remark is written back octet for octet, also after an accident to some octets.
    #[test]
    fn encode_after_decode_is_the_identity_where_nothing_was_wrong(
        model in any_pdu(),
        accidents in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut octets = model.encode().unwrap();
        for (place, octet) in accidents {
            let at = place.index(octets.len());
            octets[at] = octet;
        }
        let read = Pdu::decode(&octets);
        let harmless = |lint: &Lint| ["unknown field", "missing", "no recipient", "not the first", "stands here again", "From is not", "angle brackets"]
            .iter().any(|what| lint.what.contains(what)) || lint.what.contains("that is not UTF-8") || lint.what.contains("kept as octets");
        if read.lint.iter().all(harmless) && let Ok(written) = read.pdu.encode() {
            prop_assert_eq!(written, octets);
        }
    }

    /// Any cut of a good PDU is read without panic, and the ranges stay inside it.
    #[test]
    fn any_cut_is_read(model in any_pdu(), place in any::<prop::sample::Index>()) {
        let octets = model.encode().unwrap();
        let cut = &octets[..place.index(octets.len() + 1)];
        let read = Pdu::decode(cut);
        for header in &read.pdu.headers {
            prop_assert!(header.range.start < header.range.end && header.range.end <= cut.len());
        }
        for lint in &read.lint {
            prop_assert!(lint.offset <= cut.len());
        }
        let _ = (read.pdu.recipients(), read.pdu.parts(), read.pdu.texts(), read.pdu.encode());
    }

    /// Any octets are read without panic.
    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let read = Pdu::decode(&octets);
        let _ = (read.pdu.recipients(), read.pdu.parts(), read.pdu.texts(), read.pdu.encode(), SendConf::read(&read.pdu));
    }

    /// Whatever a person types, the size shown is the size sent, and the text arrives.
    #[test]
    fn what_is_typed_arrives(typed in "\\PC{0,60}", subject in "\\PC{0,30}") {
        let message = SendReq { subject: Some(subject.clone()), parts: vec![Part::plain_text(typed.clone())], ..message() };
        let octets = message.encode().unwrap();
        prop_assert_eq!(encoded_size(&message), octets.len());
        let read = Pdu::decode(&octets);
        prop_assert_eq!(&read.lint, &[]);
        prop_assert_eq!(read.pdu.texts(), [typed]);
        prop_assert_eq!(read.pdu.subject().unwrap_or_default(), subject);
    }
}
