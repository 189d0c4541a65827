//! The languages of MMS and SMS for values of any kind: what is written is read as the same, damage at any octet is survived, and nothing makes a reader
//! hold more than a small multiple of what it was given.
use mmscope::mms::*;
use mmscope::sms::{
    Address as Number, Content, Deliver, Element, Header as DataHeader, Joiner, Moment,
    StatusReport, Submit, Tpdu, UserData, Validity, split_centre, with_centre,
};
use proptest::prelude::*;

fn integer() -> impl Strategy<Value = Integer> {
    prop_oneof![
        (0u8..128).prop_map(Integer::Short),
        any::<u64>().prop_map(Integer::long),
        (any::<u64>(), 8u8..=30).prop_map(|(value, octets)| Integer::Long { value, octets }),
        (any::<u16>(), 2u8..8).prop_map(|(value, octets)| Integer::Long {
            value: value.into(),
            octets
        }),
    ]
}

/// Octets of a text in no charset that anybody knows, but for the 00 that would end it.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(1u8..=255, 0..24)
}

/// A Text-string as the value of a header: any octets, quoted where a reader would take the first one for something else.
fn text() -> impl Strategy<Value = Text> {
    (octets(), any::<bool>()).prop_map(|(octets, quoted)| {
        let told = octets
            .first()
            .is_none_or(|first| (0x20..0x7F).contains(first));
        let form = if told && !quoted {
            TextForm::Plain
        } else {
            TextForm::Quote
        };
        Text { form, octets }
    })
}

/// A text that may also be a Quoted-string.
fn quotable() -> impl Strategy<Value = Text> {
    (text(), any::<bool>()).prop_map(|(mut text, quoted_string)| {
        let ends = text.octets.last() == Some(&b'"');
        if quoted_string && !ends {
            text.form = TextForm::QuotedString;
        } else if text.octets.first() == Some(&b'"') {
            text.form = TextForm::Quote;
        }
        text
    })
}

fn encoded() -> impl Strategy<Value = EncodedText> {
    let narrow = prop_oneof![Just(None), Just(Some(3)), Just(Some(106)), Just(Some(4242))];
    prop_oneof![
        (narrow, text()).prop_map(|(mib, text)| EncodedText {
            charset: mib.map(Integer::new),
            text,
        }),
        // In UTF-16 a 00 ends nothing.
        (
            prop::sample::select(vec![1000, 1013, 1014, 1015]),
            prop::collection::vec(any::<u8>(), 0..24)
        )
            .prop_map(|(mib, octets)| EncodedText {
                charset: Some(Integer::new(mib)),
                text: Text {
                    form: match octets.first() {
                        Some(0x7F..) => TextForm::Quote,
                        _ => TextForm::Plain,
                    },
                    octets,
                },
            }),
    ]
}

fn number() -> impl Strategy<Value = u8> {
    0x80u8..=0xFF
}

/// A value of a field's kind.
fn value(field: &Field) -> BoxedStrategy<Value> {
    match field.kind() {
        Kind::Token => number().prop_map(Value::Token).boxed(),
        Kind::TokenOrText => prop_oneof![
            number().prop_map(Value::Token),
            text()
                .prop_filter("an empty text needs its quote here", |text| {
                    text.form == TextForm::Quote || !text.octets.is_empty()
                })
                .prop_map(Value::Text),
        ]
        .boxed(),
        Kind::Text => text().prop_map(Value::Text).boxed(),
        Kind::Encoded => encoded().prop_map(Value::Encoded).boxed(),
        Kind::Integer => integer().prop_map(Value::Integer).boxed(),
        Kind::Time => prop_oneof![
            integer().prop_map(|seconds| Value::Time(Time::Absolute(seconds))),
            integer().prop_map(|seconds| Value::Time(Time::Relative(seconds))),
        ]
        .boxed(),
        Kind::From => prop_oneof![
            Just(Value::From(From::InsertAddress)),
            encoded().prop_map(|text| Value::From(From::Address(text))),
        ]
        .boxed(),
        Kind::CountedText => (integer(), encoded())
            .prop_map(|(count, text)| Value::CountedText(count, text))
            .boxed(),
        Kind::CountedDate => (integer(), integer())
            .prop_map(|(count, date)| Value::CountedDate(count, date))
            .boxed(),
        Kind::Flag => (number(), encoded())
            .prop_map(|(flag, text)| Value::Flag(flag, text))
            .boxed(),
        Kind::Amount => (number(), integer())
            .prop_map(|(unit, amount)| Value::Amount(unit, amount))
            .boxed(),
        Kind::Any | Kind::ContentType => raw().prop_map(Value::Raw).boxed(),
    }
}

/// Octets that tell their own end.
fn raw() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        number().prop_map(|octet| vec![octet]),
        prop::collection::vec(any::<u8>(), 0..31).prop_map(|inner| {
            let mut out = vec![inner.len() as u8];
            out.extend(inner);
            out
        }),
        "[ -~]{1,9}".prop_map(|text| {
            let mut out = text.into_bytes();
            out.push(0);
            out
        }),
    ]
}

/// A header of any field that a PDU can have, those beside the three that go first.
fn any_header() -> impl Strategy<Value = Header> {
    let field = prop_oneof![
        8 => number()
            .prop_filter("they go first or last", |octet| {
                ![0x84, 0x8C, 0x8D, 0x98].contains(octet)
            })
            .prop_map(Field::from_octet),
        1 => "[!-~]{1,9}".prop_map(|name| Field::Application(name.into())),
    ];
    field.prop_flat_map(|field| {
        value(&field).prop_map(move |value| Header::new(field.clone(), value))
    })
}

/// A text that cannot be taken for a value without one (00).
fn said() -> impl Strategy<Value = Text> {
    quotable().prop_map(|mut text| {
        if text.form == TextForm::Plain && text.octets.is_empty() {
            text.form = TextForm::Quote;
        }
        text
    })
}

/// Parameters whose value is a text (WAP-230-WSP table 38): name, filename, start, start-info, comment, domain, path.
const TEXTS: [u8; 14] = [
    0x05, 0x06, 0x0A, 0x0B, 0x0C, 0x0D, 0x0F, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D,
];

fn parameter() -> impl Strategy<Value = Parameter> {
    let other = prop_oneof![
        (0u8..0x80)
            .prop_filter("its value is a text", |code| !TEXTS.contains(code))
            .prop_map(ParameterName::Code),
        "[!-~]{1,9}".prop_map(|name| ParameterName::Text(name.into())),
    ];
    let value = prop_oneof![
        integer().prop_map(ParameterValue::Integer),
        said().prop_map(ParameterValue::Text),
    ];
    prop_oneof![
        (prop::sample::select(TEXTS.to_vec()), quotable()).prop_map(|(code, text)| Parameter {
            name: ParameterName::Code(code),
            value: ParameterValue::Text(text),
        }),
        (other, value).prop_map(|(name, value)| Parameter { name, value }),
        // An octet where a text belongs.
        (prop::sample::select(TEXTS.to_vec()), number()).prop_map(|(code, octet)| Parameter {
            name: ParameterName::Code(code),
            value: ParameterValue::Raw(vec![octet]),
        }),
    ]
}

fn media() -> impl Strategy<Value = Media> {
    prop_oneof![
        integer().prop_map(Media::Code),
        "[a-z]{1,9}/[a-z0-9.+-]{1,20}".prop_map(|name| Media::Text(Text::new(&name))),
    ]
}

fn content_type() -> impl Strategy<Value = ContentType> {
    (media(), prop::collection::vec(parameter(), 0..4)).prop_map(|(media, parameters)| {
        ContentType {
            // A number of more than one octet cannot stand alone.
            general: !parameters.is_empty() || matches!(media, Media::Code(Integer::Long { .. })),
            media,
            parameters,
            range: 0..0,
        }
    })
}

fn part_header() -> impl Strategy<Value = PartHeader> {
    let text = || quotable().prop_map(PartValue::Text);
    let disposition = (media(), prop::collection::vec(parameter(), 0..3))
        .prop_map(|(kind, parameters)| PartValue::Disposition(Disposition { kind, parameters }));
    let at = |octet: u8, value: PartValue| PartHeader::new(PartField::from_octet(octet), value);
    prop_oneof![
        (prop::sample::select(vec![0xC0u8, 0x8E]), text())
            .prop_map(move |(octet, value)| at(octet, value)),
        (prop::sample::select(vec![0xC0u8, 0x8E]), number())
            .prop_map(move |(octet, raw)| at(octet, PartValue::Raw(vec![raw]))),
        (prop::sample::select(vec![0xAEu8, 0xC5]), disposition)
            .prop_map(move |(octet, value)| at(octet, value)),
        (prop::sample::select(vec![0xC8u8, 0x81, 0xFF]), raw())
            .prop_filter("text there is text", |(_, raw)| !(0x20..0x80)
                .contains(&raw[0]))
            .prop_map(move |(octet, raw)| at(octet, PartValue::Raw(raw))),
        ("[!-~]{1,9}", said().prop_map(PartValue::Text))
            .prop_map(|(name, value)| PartHeader::new(PartField::Named(name.into()), value)),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    (
        content_type(),
        prop::collection::vec(part_header(), 0..4),
        prop::collection::vec(any::<u8>(), 0..300),
    )
        .prop_map(|(content_type, headers, data)| Entry {
            content_type,
            headers,
            data: data.into(),
            range: 0..0,
            data_range: 0..0,
        })
}

/// Content type and body.
fn body() -> impl Strategy<Value = (Option<ContentType>, Body)> {
    let multipart = prop::sample::select(vec![
        "application/vnd.wap.multipart.related",
        "application/vnd.wap.multipart.mixed",
        "application/vnd.wap.multipart.alternative",
    ]);
    prop_oneof![
        Just((None, Body::None)),
        (
            multipart,
            prop::collection::vec(parameter(), 0..3),
            prop::collection::vec(entry(), 0..4)
        )
            .prop_map(|(media, parameters, entries)| {
                let content_type = parameters
                    .into_iter()
                    .fold(ContentType::new(media), ContentType::with);
                (Some(content_type), Body::Multipart(entries))
            }),
        (content_type(), prop::collection::vec(any::<u8>(), 0..300))
            .prop_filter("parts would be wanted", |(content_type, _)| {
                !content_type.is_multipart()
            })
            .prop_map(|(content_type, data)| (Some(content_type), Body::Single(data.into()))),
    ]
}

/// A PDU of any type, assigned or not, with headers of any field and a body of any kind.
fn any_pdu() -> impl Strategy<Value = Pdu> {
    (
        number(),
        prop::option::of(text()),
        prop::option::of(number()),
        prop::collection::vec(any_header(), 0..10),
        body(),
    )
        .prop_map(|(kind, id, version, others, (content_type, body))| {
            let mut headers = vec![Header::new(Field::MessageType, Value::Token(kind))];
            headers.extend(id.map(|id| Header::new(Field::TransactionId, Value::Text(id))));
            headers.extend(version.map(|v| Header::new(Field::MmsVersion, Value::Token(v))));
            headers.extend(others);
            Pdu {
                headers,
                content_type,
                body,
            }
        })
}

/// Octets that a reading holds: the model, its texts, the remarks.
fn held(decoded: &Decoded) -> usize {
    fn parameters(all: &[Parameter]) -> usize {
        let inner = |p: &Parameter| {
            let name = match &p.name {
                ParameterName::Text(name) => name.capacity(),
                ParameterName::Code(_) => 0,
            };
            name + match &p.value {
                ParameterValue::Text(text) => text.octets.capacity(),
                ParameterValue::Raw(octets) => octets.capacity(),
                ParameterValue::Integer(_) => 0,
            }
        };
        size_of_val(all) * 2 + all.iter().map(inner).sum::<usize>()
    }
    let text = |text: &EncodedText| text.text.octets.capacity();
    let header = |header: &Header| match &header.value {
        Value::Text(text) => text.octets.capacity(),
        Value::Encoded(said)
        | Value::CountedText(_, said)
        | Value::Flag(_, said)
        | Value::From(From::Address(said)) => text(said),
        Value::Raw(octets) => octets.capacity(),
        _ => 0,
    };
    let pdu = &decoded.pdu;
    let mut sum = size_of_val(&pdu.headers[..]) * 2 + pdu.headers.iter().map(header).sum::<usize>();
    sum += pdu
        .content_type
        .as_ref()
        .map_or(0, |c| parameters(&c.parameters));
    sum += match &pdu.body {
        Body::None => 0,
        Body::Single(data) => data.len(),
        Body::Multipart(entries) => entries
            .iter()
            .map(|entry| {
                2 * size_of::<Entry>()
                    + 2 * size_of_val(&entry.headers[..])
                    + parameters(&entry.content_type.parameters)
                    + entry.range.len()
            })
            .sum(),
    };
    sum + decoded
        .lint
        .iter()
        .map(|lint| 2 * size_of::<Lint>() + lint.what.capacity())
        .sum::<usize>()
}

/// A reading may hold so many times its input, and a constant for what is counted: headers, parts, parameters, remarks.
const TIMES: usize = 4;
const CONSTANT: usize = 6 << 20;

/// Everything that is done with octets of strangers.
fn survives(octets: &[u8]) -> Decoded {
    let decoded = Pdu::decode(octets);
    assert!(
        held(&decoded) <= TIMES * octets.len() + CONSTANT,
        "{} octets make {}",
        octets.len(),
        held(&decoded)
    );
    for lint in decoded.examine(octets.len()) {
        assert!(lint.offset <= octets.len());
    }
    let mut at = 0;
    for node in outline(octets) {
        assert_eq!(node.range.start, at, "every octet has its place");
        at = node.range.end;
    }
    assert_eq!(at, octets.len());
    assert_eq!(describe(octets)["size"], octets.len());
    if let Ok(written) = decoded.pdu.encode() {
        assert_eq!(written.len(), decoded.pdu.encoded_size());
        let again = Pdu::decode(&written).pdu.unplaced();
        assert_eq!(again, decoded.pdu.clone().unplaced());
        if decoded.lint.is_empty() {
            assert_eq!(written, octets);
        }
    }
    decoded
}

fn plmn() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\+1202555[0-9]{4}/TYPE=PLMN",
        "[a-z.]{1,9}@example\\.org",
        "[1-9][0-9]{3,5}/TYPE=PLMN",
    ]
}

fn some_text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{1,40}", "[éß漢🌞a]{1,12}", "\\PC{1,20}"]
        .prop_filter("RFC 2047 words are resolved", |text| !text.contains("=?"))
}

fn id() -> impl Strategy<Value = String> {
    "[!-~]{1,40}".prop_filter("RFC 2047", |text| !text.contains("=?"))
}

fn version() -> impl Strategy<Value = Version> {
    prop::sample::select(vec![
        Version::V1_0,
        Version::V1_1,
        Version::V1_2,
        Version::V1_3,
    ])
}

fn sender() -> impl Strategy<Value = Sender> {
    prop_oneof![
        Just(Sender::InsertAddress),
        plmn().prop_map(Sender::Address)
    ]
}

fn time() -> impl Strategy<Value = Time> {
    prop_oneof![
        any::<u64>().prop_map(Time::at),
        any::<u64>().prop_map(Time::after)
    ]
}

fn options() -> impl Strategy<Value = Options> {
    let class = prop_oneof![
        Just(MessageClass::Personal),
        Just(MessageClass::Auto),
        Just(MessageClass::Advertisement),
        Just(MessageClass::Informational),
        "x[a-z0-9.+_-]{0,12}".prop_map(MessageClass::Other),
    ];
    (
        prop::option::of(class),
        prop::option::of(time()),
        prop::option::of(time()),
        prop::option::of(prop::sample::select(vec![
            Priority::Low,
            Priority::Normal,
            Priority::High,
        ])),
        prop::option::of(prop::sample::select(vec![
            Visibility::Hide,
            Visibility::Show,
        ])),
        any::<Option<bool>>(),
        any::<Option<bool>>(),
    )
        .prop_map(
            |(class, expiry, delivery_time, priority, visibility, delivery_report, read_report)| {
                Options {
                    class,
                    expiry,
                    delivery_time,
                    priority,
                    visibility,
                    delivery_report,
                    read_report,
                }
            },
        )
}

/// There and back over the wire.
fn wire(pdu: &Pdu) -> Pdu {
    let octets = pdu.encode().unwrap();
    let read = Pdu::decode(&octets);
    assert_eq!(read.lint, []);
    assert_eq!(read.pdu.encode().unwrap(), octets);
    read.pdu
}

fn addresses() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(plmn(), 1..4)
}

/// Every field by its kind, every type, every body: what is written is read as the same, and the same octets come out of that.
#[test]
fn decode_after_encode_is_the_identity_for_every_field() {
    proptest!(ProptestConfig::with_cases(600), |(model in any_pdu())| {
        match model.encode() {
            Ok(octets) => {
                let read = survives(&octets);
                prop_assert_eq!(read.pdu.encode().unwrap(), octets);
                prop_assert_eq!(read.pdu.unplaced(), model);
            }
            // An octet before a text is one text to some readers: that, and only that, is refused.
            Err(EncodeError::Raw { .. }) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
    });
}

proptest! {
    /// Wherever a PDU is cut, and whatever one of its octets becomes.
    #[test]
    fn damage_at_any_octet_is_survived(model in any_pdu(), place in any::<prop::sample::Index>(), octet: u8, more in prop::collection::vec(any::<u8>(), 0..6)) {
        let Ok(mut octets) = model.encode() else { return Ok(()) };
        survives(&octets[..place.index(octets.len())]);
        let at = place.index(octets.len());
        octets[at] = octet;
        survives(&octets);
        octets.splice(at..at, more);
        survives(&octets);
    }

    #[test]
    fn notifications_and_answers_come_back(
        (transaction_id, location, version) in (id(), "https?://[a-z./:0-9]{1,30}", version()),
        from in prop::option::of(plmn()), subject in prop::option::of(some_text()),
        size: u64, expiry in prop::option::of(time()), options in options(), status in number(), allowed: Option<bool>,
    ) {
        let notification = NotificationInd {
            transaction_id: transaction_id.clone(), version, from, subject, size, expiry,
            class: options.class.unwrap_or(MessageClass::Personal),
            content_location: location,
        };
        prop_assert_eq!(NotificationInd::read(&wire_unless_incomplete(&notification.pdu())).unwrap(), notification);
        let answer = NotifyRespInd { transaction_id: transaction_id.clone(), version, status: Status(status), report_allowed: allowed };
        prop_assert_eq!(NotifyRespInd::read(&wire(&answer.pdu())).unwrap(), answer);
        let acknowledge = AcknowledgeInd { transaction_id, version, report_allowed: allowed };
        prop_assert_eq!(AcknowledgeInd::read(&wire(&acknowledge.pdu())).unwrap(), acknowledge);
    }

    #[test]
    fn reports_and_forwards_come_back(
        (message_id, version, to, date) in (id(), version(), plmn(), any::<u64>()),
        (from, status, text, read) in (sender(), number(), prop::option::of(some_text()), any::<bool>()),
        (transaction_id, tos, ccs, bccs) in (id(), addresses(), addresses(), addresses()),
        options in options(),
    ) {
        let delivery = DeliveryInd { version, message_id: message_id.clone(), to: to.clone(), date, status: Status(status), status_text: text.clone() };
        prop_assert_eq!(DeliveryInd::read(&wire(&delivery.pdu())).unwrap(), delivery);
        let report = ReadReport { version, message_id: message_id.clone(), to, from: from.clone(), date: Some(date), read };
        prop_assert_eq!(ReadReport::read_rec(&wire(&report.rec())).unwrap(), report.clone());
        prop_assert_eq!(ReadReport::read_orig(&wire(&report.orig())).unwrap(), report);
        let forward = ForwardReq {
            transaction_id: transaction_id.clone(), version, date: Some(date), from, to: tos, cc: ccs, bcc: bccs,
            options: Options { class: None, priority: None, visibility: None, ..options },
            content_location: "http://mmsc.example/1".into(),
        };
        prop_assert_eq!(ForwardReq::read(&wire(&forward.pdu())).unwrap(), forward);
        let conf = ForwardConf { transaction_id, version, response_status: ResponseStatus(status), response_text: text, message_id: Some(message_id) };
        prop_assert_eq!(ForwardConf::read(&wire(&conf.pdu())).unwrap(), conf);
    }

    #[test]
    fn retrieved_messages_come_back(
        (transaction_id, message_id, version, date) in (prop::option::of(id()), prop::option::of(id()), version(), any::<u64>()),
        (from, to, cc, subject) in (prop::option::of(plmn()), addresses(), addresses(), prop::option::of(some_text())),
        (options, status, text) in (options(), prop::option::of(number()), prop::option::of(some_text())),
        words in prop::collection::vec(some_text(), 0..3), data in prop::collection::vec(any::<u8>(), 0..99),
    ) {
        let mut parts: Vec<Part> = words.iter().enumerate().map(|(n, text)| Part {
            name: Some(format!("{n}.txt")), content_location: Some(format!("{n}.txt")), content_id: Some(format!("{n}")),
            ..Part::plain_text(text.clone())
        }).collect();
        parts.push(Part { content_location: Some("a.jpg".into()), content_id: Some("a".into()), ..Part::new("image/jpeg", Some("a.jpg".into()), data) });
        let conf = RetrieveConf { transaction_id, version, message_id, date: Some(date), from, to, cc, subject, options, retrieve_status: status, retrieve_text: text, parts };
        let read = wire_unless_incomplete(&conf.pdu());
        prop_assert_eq!(RetrieveConf::read(&read).unwrap(), conf);
    }
}

/// The same as [`wire`], where a header that some PDUs need may be missing.
fn wire_unless_incomplete(pdu: &Pdu) -> Pdu {
    let octets = pdu.encode().unwrap();
    let read = Pdu::decode(&octets);
    let incomplete = |lint: &Lint| lint.what.ends_with("is missing");
    assert!(read.lint.iter().all(incomplete), "{:?}", read.lint);
    assert_eq!(read.pdu.encode().unwrap(), octets);
    read.pdu
}

/// An M-Retrieve.conf with a bit of everything, its push, and the messages that bring it.
fn specimen() -> Vec<u8> {
    RetrieveConf {
        transaction_id: Some("T1".into()),
        version: Version::V1_2,
        message_id: Some("m@1".into()),
        date: Some(1_700_000_000),
        from: Some("+12025550123/TYPE=PLMN".into()),
        to: vec!["+12025550199/TYPE=PLMN".into()],
        cc: vec!["a@example.org".into()],
        subject: Some("Été".into()),
        options: Options {
            expiry: Some(Time::after(86_400)),
            class: Some(MessageClass::Other("own".into())),
            ..Options::default()
        },
        retrieve_status: Some(0x80),
        retrieve_text: Some("ça va".into()),
        parts: vec![
            Part {
                content_id: Some("a".into()),
                content_location: Some("a.txt".into()),
                ..Part::plain_text("héllo")
            },
            Part::new("image/jpeg", Some("b.jpg".into()), vec![0xFF, 0xD8, 0, 1]),
        ],
    }
    .pdu()
    .encode()
    .unwrap()
}

/// Each cut and each flipped bit of octets, none left out.
fn every_damage(octets: &[u8], look: impl Fn(&[u8])) {
    for cut in 0..=octets.len() {
        look(&octets[..cut]);
    }
    let mut octets = octets.to_vec();
    for at in 0..octets.len() {
        for bit in 0..8 {
            octets[at] ^= 1 << bit;
            look(&octets);
            octets[at] ^= 1 << bit;
        }
    }
}

#[test]
fn every_cut_and_every_flipped_bit_of_a_message_is_survived() {
    every_damage(&specimen(), |octets| drop(survives(octets)));
}

#[test]
fn what_takes_most_memory_for_an_octet_is_bounded() {
    let head = b"\x8C\x84\x8D\x92";
    let many = |unit: &[u8], count: usize| [&head[..], &unit.repeat(count)].concat();
    let part = |header: &[u8]| {
        let length = header.len() as u8;
        assert!(length < 0x80);
        [&[length, 0][..], header].concat()
    };
    let parts = |part: &[u8], count: usize| {
        let announced = [&head[..], b"\x84\xA3\x8F\xFF\x7F"].concat();
        [announced, part.repeat(count)].concat()
    };
    let short = [&[0x1E, 0x83][..], &[0x81, 0x80].repeat(14), &[0x80]].concat();
    for octets in [
        many(&[0x97, 0x00], 150_000),
        many(&[0xC1, 0x80], 150_000),
        many(b"a\0b\0", 75_000),
        many(&[0x01, 0x01], 150_000),
        parts(&[1, 0, 0x83], 100_000),
        parts(&part(&short), 9_000),
        parts(
            &part(&[&[0x83][..], &[0xFF, 0x80].repeat(60)].concat()),
            2_400,
        ),
        parts(&part(&[&[0x83][..], &b"a\0b\0".repeat(30)].concat()), 2_400),
        many(&[0x84, 0x1F, 0xFF, 0xFF, 0x7F], 60_000),
    ] {
        assert!(octets.len() > 250_000);
        survives(&octets);
    }
}

fn moment() -> impl Strategy<Value = Moment> {
    (prop::array::uniform6(0u8..100), -79i8..=79)
        .prop_map(|(parts, quarters)| Moment { parts, quarters })
}

fn address() -> impl Strategy<Value = Number> {
    prop_oneof![
        (0x80u8..=0xFF, "[0-9*#abc]{0,20}")
            .prop_filter("a name has letters", |(kind, _)| kind & 0x70 != 0x50)
            .prop_map(|(kind, text)| Number { kind, text }),
        (0u8..16, "[A-Za-z0-9 ]{0,10}[A-Za-z0-9]").prop_map(|(plan, text)| Number {
            kind: 0xD0 | plan,
            text
        }),
    ]
}

fn element() -> impl Strategy<Value = Element> {
    prop_oneof![
        (any::<u16>(), any::<bool>(), any::<u8>(), any::<u8>()).prop_map(
            |(reference, wide, total, number)| Element::Concatenation {
                reference: if wide { reference } else { reference & 0xFF },
                wide,
                total,
                number
            }
        ),
        (any::<u16>(), any::<u16>(), any::<bool>()).prop_map(|(d, s, wide)| {
            let mask = if wide { 0xFFFF } else { 0xFF };
            Element::Ports {
                destination: d & mask,
                source: s & mask,
                wide,
            }
        }),
        (9u8..=255, prop::collection::vec(any::<u8>(), 0..6))
            .prop_map(|(id, data)| Element::Other { id, data }),
    ]
}

/// User data of any alphabet, and a TP-DCS that names it.
fn data() -> impl Strategy<Value = (u8, UserData)> {
    let content = prop_oneof![
        prop::collection::vec(0u8..0x80, 0..140).prop_map(Content::Gsm7),
        prop::collection::vec(any::<u8>(), 0..120).prop_map(Content::Octets),
        prop::collection::vec(any::<u16>(), 0..60).prop_map(Content::Ucs2),
    ];
    (
        content,
        prop::collection::vec(element(), 0..3),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(content, elements, which)| {
            let alphabet = content.alphabet();
            let named: Vec<u8> = (0..=255u8)
                .filter(|&dcs| mmscope::sms::Alphabet::of(dcs) == alphabet)
                .collect();
            let data = UserData {
                header: DataHeader { elements },
                content,
            };
            (named[which.index(named.len())], data)
        })
}

fn tpdu() -> impl Strategy<Value = Tpdu> {
    let validity = prop_oneof![
        any::<u8>().prop_map(Validity::Relative),
        any::<[u8; 7]>().prop_map(Validity::Enhanced),
        moment().prop_map(Validity::Absolute),
    ];
    let flags = any::<[bool; 3]>();
    prop_oneof![
        (address(), any::<u8>(), moment(), flags, data()).prop_map(
            |(from, protocol, at, [last, report, reply_path], (coding, data))| {
                Tpdu::Deliver(Deliver {
                    from,
                    protocol,
                    coding,
                    at,
                    last,
                    report,
                    reply_path,
                    data,
                    whole: true,
                })
            }
        ),
        (
            any::<[u8; 2]>(),
            address(),
            prop::option::of(validity),
            flags,
            data()
        )
            .prop_map(
                |(
                    [reference, protocol],
                    to,
                    validity,
                    [reject_duplicates, report, reply_path],
                    (coding, data),
                )| {
                    Tpdu::Submit(Submit {
                        reference,
                        to,
                        protocol,
                        coding,
                        validity,
                        reject_duplicates,
                        report,
                        reply_path,
                        data,
                    })
                }
            ),
        (
            any::<[u8; 2]>(),
            address(),
            moment(),
            moment(),
            any::<bool>()
        )
            .prop_map(
                |([reference, status], to, at, done, last)| Tpdu::StatusReport(StatusReport {
                    reference,
                    to,
                    at,
                    done,
                    status,
                    last
                })
            ),
    ]
}

/// Whatever is done with octets from a modem.
fn hears(octets: &[u8]) {
    let _ = split_centre(octets);
    if let Ok(read) = Tpdu::read(octets) {
        if let Tpdu::Deliver(deliver) = &read {
            let _ = Joiner::default().take(&deliver.from.shown(), deliver.data.clone());
        }
        if let Ok(written) = read.octets() {
            let again = Tpdu::read(&written).unwrap();
            assert_eq!(again.octets().unwrap(), written);
        }
    }
}

#[test]
fn every_cut_and_every_flipped_bit_of_a_short_message_is_survived() {
    let octets = specimen();
    for data in Push::parts(7, &octets, 1).unwrap() {
        let deliver = Tpdu::Deliver(Deliver {
            from: Number::number("+12025550123").unwrap(),
            protocol: 0,
            coding: 4,
            at: Moment {
                parts: [26, 11, 22, 12, 0, 0],
                quarters: -20,
            },
            last: true,
            report: false,
            reply_path: false,
            data,
            whole: true,
        });
        every_damage(&deliver.octets().unwrap(), hears);
    }
    every_damage(&Push::of_mms(7, &octets), |octets| {
        if let Ok(push) = Push::read(octets) {
            assert!(push.headers.len() + push.body.len() < octets.len());
        }
    });
}

proptest! {
    #[test]
    fn tpdus_of_any_values_come_back(tpdu in tpdu(), centre in prop::option::of("[0-9]{1,20}")) {
        // What does not fit into 140 octets is refused, and nothing else.
        let Ok(octets) = tpdu.octets() else {
            let (Tpdu::Deliver(Deliver { data, .. }) | Tpdu::Submit(Submit { data, .. })) = &tpdu else { panic!() };
            prop_assert!(data.octets().is_none());
            return Ok(());
        };
        prop_assert_eq!(&Tpdu::read(&octets).unwrap(), &tpdu);
        let centre = centre.map(|digits| Number::number(&format!("+{digits}")).unwrap());
        let stored = with_centre(centre.as_ref(), &octets);
        prop_assert_eq!(split_centre(&stored).unwrap(), (centre, &octets[..]));
        hears(&octets[..octets.len() / 2]);
    }

    #[test]
    fn a_push_of_any_pdu_comes_back_through_its_messages(
        pdu in prop::collection::vec(any::<u8>(), 0..1200), id: u8, reference: u8, turn in any::<prop::sample::Index>(), backwards: bool,
    ) {
        let mut parts = Push::parts(id, &pdu, reference).unwrap();
        let turn = turn.index(parts.len());
        parts.rotate_left(turn);
        if backwards {
            parts.reverse();
        }
        let mut joiner = Joiner::default();
        let mut whole = None;
        for data in parts {
            let sent = Tpdu::Deliver(Deliver {
                from: Number { kind: 0xD0, text: "MMSC".into() }, protocol: 0, coding: 4, at: Moment { parts: [26, 11, 22, 12, 0, 0], quarters: 0 },
                last: true, report: false, reply_path: false, data, whole: true,
            });
            let Tpdu::Deliver(came) = Tpdu::read(&sent.octets().unwrap()).unwrap() else { panic!() };
            prop_assert!(whole.is_none());
            whole = joiner.take("MMSC", came.data);
        }
        let whole = whole.unwrap();
        prop_assert_eq!(whole.ports, Some((PORT, SOURCE_PORT)));
        let push = Push::read(&whole.octets).unwrap();
        prop_assert!(push.is_mms());
        prop_assert_eq!((push.transaction_id, push.body), (id, pdu));
    }

    #[test]
    fn a_push_of_any_envelope_is_taken_off(
        (id, content_type, others) in (any::<u8>(), content_type(), prop::collection::vec(any::<u8>(), 0..40)), body in prop::collection::vec(any::<u8>(), 0..99),
    ) {
        // The content type as a PDU of nothing else would write it.
        let pdu = Pdu {
            headers: vec![Header::new(Field::MessageType, Value::Token(0x80))],
            body: if content_type.is_multipart() { Body::Multipart(Vec::new()) } else { Body::Single(Default::default()) },
            content_type: Some(content_type.clone()),
        };
        // An octet before a text that would be one text is refused.
        let Ok(written) = pdu.encode() else { return Ok(()) };
        let written = &written[3..written.len() - usize::from(content_type.is_multipart())];
        let headers = [written, &others].concat();
        let length = [0x80 | (headers.len() >> 7) as u8, (headers.len() & 0x7F) as u8];
        let octets = [&[id, 6][..], &length, &headers, &body].concat();
        let push = Push::read(&octets).unwrap();
        prop_assert_eq!(push.content_type.media_type(), content_type.media_type());
        prop_assert_eq!(&push.content_type.parameters, &content_type.parameters);
        prop_assert_eq!((push.headers, push.body), (others, body));
    }
}
