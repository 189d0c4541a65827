//! What a text costs as SMS: the table of lengths, and the characters that make it dear.

use mmscope::sms::*;
use proptest::prelude::*;

#[test]
fn the_table_of_lengths() {
    for (length, gsm7, ucs2) in [
        (0, 1, 1),
        (70, 1, 1),
        (71, 1, 2),
        (160, 1, 3),
        (161, 2, 3),
        (306, 2, 5),
        (307, 3, 5),
        (827, 6, 13),
    ] {
        let text = "a".repeat(length);
        let segments = Segments::of(&text);
        assert_eq!(
            (segments.encoding, segments.parts),
            (Encoding::Gsm7, gsm7),
            "{length}"
        );
        assert_eq!(Segments::as_ucs2(&text).parts, ucs2, "{length} as UCS-2");
    }
    let long = Segments::of(&"a".repeat(827));
    assert_eq!((long.units, long.units_left), (827, 918 - 827));
    assert_eq!(Segments::of("a").units_left, 159);
}

#[test]
fn one_curly_quote_doubles_the_price_and_is_named() {
    let text = format!("{}\u{2019}\u{2019}\u{2014}", "a".repeat(824));
    let segments = Segments::of(&text);
    assert_eq!(
        (segments.encoding, segments.parts, segments.units),
        (Encoding::Ucs2, 13, 827)
    );
    assert_eq!(segments.forcing, ['\u{2019}', '\u{2014}']);
    assert_eq!(ascii_replacement('\u{2019}'), Some("'"));
    let plain = replace_for_gsm7(&text);
    assert!(plain.ends_with("''-"));
    assert_eq!(
        (Segments::of(&plain).encoding, Segments::of(&plain).parts),
        (Encoding::Gsm7, 6)
    );
    assert_eq!(
        replace_for_gsm7("\u{201C}a\u{2026}\u{A0}b\u{201D} 漢"),
        "\"a... b\" 漢"
    );
}

#[test]
fn two_units_are_never_cut_in_half() {
    // 152 septets and a euro sign: it does not fit into the last septet of the first message.
    let euro = Segments::of(&format!("{}€{}", "a".repeat(152), "b".repeat(152)));
    assert_eq!((euro.units, euro.parts), (306, 3));
    // The same with the euro sign one earlier fits twice 153.
    assert_eq!(
        Segments::of(&format!("{}€{}", "a".repeat(151), "b".repeat(153))).parts,
        2
    );
    // A surrogate pair at the end of the first message.
    let emoji = Segments::of(&format!("{}🌞{}", "a".repeat(66), "b".repeat(66)));
    assert_eq!(
        (emoji.units, emoji.parts, emoji.encoding),
        (134, 3, Encoding::Ucs2)
    );
    assert_eq!(
        Segments::of(&format!("{}🌞{}", "a".repeat(65), "b".repeat(67))).parts,
        2
    );
}

#[test]
fn the_alphabet() {
    let one = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    assert_eq!(one.chars().count(), 127, "all of the table but the escape");
    assert!(one.chars().all(|character| septets(character) == Some(1)));
    assert!(
        "^{}\\[~]|€\u{0C}"
            .chars()
            .all(|character| septets(character) == Some(2))
    );
    for character in ['`', 'ç', 'á', '\t', '\u{7F}', '’', '漢', '🌞', '\0'] {
        assert_eq!(septets(character), None, "{character:?}");
    }
    assert_eq!(Segments::of("\r\n").units, 2);
}

proptest! {
    /// The parts hold the text: never fewer units of room than the text has, never a whole part too many.
    #[test]
    fn room_and_units_agree(text in "[a-z€🌞é]{0,500}") {
        for segments in [Segments::of(&text), Segments::as_ucs2(&text)] {
            let each = if segments.parts == 1 { segments.encoding.alone() } else { segments.encoding.joined() };
            prop_assert!(segments.parts * each >= segments.units + segments.units_left);
            // Each part but the last may lose one unit.
            prop_assert!((segments.parts - 1) * (each - 1) < segments.units.max(1));
        }
    }

    /// What has a replacement for everything ends in GSM-7, and a text of GSM-7 is left alone.
    #[test]
    fn replacement_keeps_what_is_good(text in "\\PC{0,80}") {
        let replaced = replace_for_gsm7(&text);
        for character in Segments::of(&replaced).forcing {
            prop_assert_eq!(ascii_replacement(character), None);
        }
        if Segments::of(&text).encoding == Encoding::Gsm7 {
            prop_assert_eq!(replaced, text);
        }
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

/// +12025550123 as an address of a TPDU; it stands here for the numbers of the originals.
const NUMBER: &str = "0B912120550521F3";

/// TPDUs that ModemManager's own tests take apart: what they say, and the same octets again.
#[test]
fn messages_that_came_in_octet_for_octet() {
    let first = "A9E8F41C949E83C2207B599E07B1DFEE33885E9ED341E4F23C7D7697C920FA1B54C697E5E3F4BC0C6AD7D9F434
        081E96D341E3303C2C4EB3D3F4BC0B94A483E6E8779D4D06CDD1EF3BA80E0785E7A0B7BB0C6A97E7F3F0B9CC02B9DF7450780EA2DFDF2C50780EA2A3CBA0BA9B5C96
        B3F369F71954768FDFE4B4FB0C9297E1F2F2BCECA6CF41";
    let french = "49B7F90D9A1AA5A01668F8769BD3E4B29B9E2EB359A03FC85D06A9C3ED707A0EA2CBC3EE79BB4CA7CBCBA05643617DA7C76990FD4D979741EE77DD5E0ED741ED371D442E83
        E0E1F9BC0CD281E677D9B84C06C1DF7539E85C9097E520FB9B2E2F83C6EF369C5E064D8D52D0BC2E07DDEF77D7DC2C7799E5A0771D040FCB41F402BB0047BFDD6550B80ECAD966";
    for (octets, from, at, text, concatenation) in [
        (
            format!("04 {NUMBER} 00 00 11101021436500 0A E8329BFD4697D9EC37"),
            "+12025550123",
            "2011-01-01T12:34:56+00:00",
            "hellohello",
            None,
        ),
        (
            "04 14D04937BD2C7797E9D3E614 00 08 11309291024061 08 0442043504410442".to_owned(),
            "InternetSMS",
            "2011-03-29T19:20:04+04:00",
            "тест",
            None,
        ),
        (
            format!("04 04858100 00 F1 11604231805180 A0 {french}"),
            "1800",
            "2011-06-24T13:08:15+02:00",
            "Info SFR - Confidentiel, à ne jamais transmettre -\r\nVoici votre nouveau mot de passe : sw2ced pour gérer votre compte SFR sur www.sfr.fr ou par téléphone au 963",
            None,
        ),
        (
            format!("44 {NUMBER} 00 00 21405291650569 A0 0500034C0201 {first}"),
            "+12025550123",
            "2012-04-25T19:56:50-04:00",
            "This is a very long test designed to exercise multi part capability. It should show up as one message, not as two, as the underlying encoding represents ",
            Some((0x4C, 2, 1)),
        ),
        (
            format!(
                "44 {NUMBER} 00 00 21405291651569 32 0500034C0202 E9E8301D44479741F0B09C3E0785E56590BCCC0ED3CB6410FD0D7ABBCBA0B0FB4D4797E52E10"
            ),
            "+12025550123",
            "2012-04-25T19:56:51-04:00",
            "that the parts are related to one another. ",
            Some((0x4C, 2, 2)),
        ),
    ] {
        let octets = hex(&octets);
        let read = Tpdu::read(&octets).unwrap();
        let Tpdu::Deliver(deliver) = &read else {
            panic!("{read:?}")
        };
        assert_eq!(
            (
                deliver.from.shown().as_str(),
                deliver.at.to_string().as_str()
            ),
            (from, at)
        );
        assert_eq!(deliver.data.content.to_text().as_deref(), Some(text));
        assert_eq!(deliver.data.header.concatenation(), concatenation);
        assert!(deliver.whole && deliver.last);
        // The bit that fills up behind a header means nothing; this sender set it, we leave it 0.
        let mut octets = octets;
        if concatenation.is_some() {
            octets[25] &= !1;
        }
        assert_eq!(read.octets().unwrap(), octets, "{text}");
    }
    let binary = hex(&format!(
        "04 {NUMBER} 00 F4 11101021436500 0A E8329BFD4697D9EC37DE"
    ));
    let Tpdu::Deliver(deliver) = Tpdu::read(&binary).unwrap() else {
        panic!()
    };
    assert_eq!(
        deliver.data.content,
        Content::Octets(hex("E8329BFD4697D9EC37DE"))
    );
    // One septet more is announced than there is.
    let short = hex(&format!(
        "04 {NUMBER} 00 00 11101021436500 0B E8329BFD4697D9EC37"
    ));
    let Tpdu::Deliver(deliver) = Tpdu::read(&short).unwrap() else {
        panic!()
    };
    assert_eq!(
        (deliver.data.content.to_text().as_deref(), deliver.whole),
        (Some("hellohello"), false)
    );
}

#[test]
fn messages_on_their_way_octet_for_octet() {
    let to = || Address::number("+12025550123").unwrap();
    let cyrillic = "0414043000200437043404400430043204410442043204430435044200200 43A043E0440043E043B044C002C0020043404350442043A04300021";
    for (text, validity, octets) in [
        (
            "Да здравствует король, детка!",
            Some(Validity::Relative(0)),
            format!("1100 {NUMBER} 0008 00 3A {cyrillic}"),
        ),
        (
            "Hi there...Tue 17th Jan 2012 05:30.18 pm (GMT+1) ΔΔΔΔΔ",
            Some(Validity::Relative(0)),
            format!(
                "1100 {NUMBER} 0000 00 36 C834888E2ECBCB2E978B5A2F8362373A1AA40CBB4132584C0682D57433982B8603C1DB20D4B1495DC5522008040281 00"
            ),
        ),
        (
            "This is really cool ΔΔΔΔΔ",
            None,
            format!("0100 {NUMBER} 0000 19 54747A0E4ACF41F27298CDCE83C6EF371B0481402010"),
        ),
        (
            "hellohello",
            Some(Validity::Relative(0xAA)),
            format!("1100 {NUMBER} 0000 AA 0A E8329BFD4697D9EC37"),
        ),
    ] {
        let submit = Tpdu::Submit(Submit {
            validity,
            ..Submit::new(to(), UserData::new(Content::text(text)))
        });
        assert_eq!(submit.octets().unwrap(), hex(&octets), "{text}");
        assert_eq!(Tpdu::read(&hex(&octets)).unwrap(), submit);
    }
    let stored = hex("00 2100 0A810252551032 0008 08 4F60597D4F60597D");
    let (centre, tpdu) = split_centre(&stored).unwrap();
    let Tpdu::Submit(submit) = Tpdu::read(tpdu).unwrap() else {
        panic!()
    };
    assert_eq!(
        (centre, submit.to.shown().as_str(), submit.report),
        (None, "2025550123", true)
    );
    assert_eq!(submit.data.content.to_text().as_deref(), Some("你好你好"));
    let centre = Address::number("+12025550199").unwrap();
    let whole = with_centre(Some(&centre), tpdu);
    assert_eq!(whole[..8], hex("0791 2120550591F9")[..]);
    assert_eq!(split_centre(&whole).unwrap(), (Some(centre), tpdu));
    let long = UserData::new(Content::Gsm7(vec![0x41; 161]));
    assert_eq!(
        Tpdu::Submit(Submit::new(to(), long)).octets(),
        Err(TpduError::Long)
    );
}

#[test]
fn what_became_of_a_message() {
    let octets = hex("065A 0A810252551032 21901170046380 21901170046380 30");
    let Tpdu::StatusReport(report) = Tpdu::read(&octets).unwrap() else {
        panic!()
    };
    assert_eq!(
        (report.reference, report.to.shown().as_str(), report.status),
        (0x5A, "2025550123", 0x30)
    );
    assert_eq!(
        (report.done.to_string().as_str(), report.delivered()),
        ("2012-09-11T07:40:36+02:00", None)
    );
    assert_eq!(Tpdu::StatusReport(report.clone()).octets().unwrap(), octets);
    for (status, delivered) in [
        (0x00, Some(true)),
        (0x20, None),
        (0x41, Some(false)),
        (0x46, Some(false)),
    ] {
        assert_eq!(
            StatusReport {
                status,
                ..report.clone()
            }
            .delivered(),
            delivered
        );
    }
}

#[test]
fn every_septet_has_its_character() {
    let all: Vec<u8> = (0..128).filter(|&septet| septet != 0x1B).collect();
    assert_eq!(to_septets(&from_septets(&all)).unwrap(), all);
    assert_eq!(
        to_septets("€[]").unwrap(),
        [0x1B, 0x65, 0x1B, 0x3C, 0x1B, 0x3E]
    );
    // An escape before a septet that the extension table does not have shows the character of the main table.
    assert_eq!(from_septets(&[0x1B, 0x41, 0x1B, 0x1B, 0x1B]), "A  ");
    assert_eq!(to_septets("`"), None);
    for character in (0..=0xFFFF).filter_map(char::from_u32) {
        let counted = septets(character);
        assert_eq!(
            to_septets(&character.to_string()).map(|s| s.len()),
            counted,
            "{character:?}"
        );
    }
}

#[test]
fn joined_emoji_and_pairs_stay_in_one_part() {
    let family = "👩‍👩‍👧‍👦";
    let text = format!("{}{family}{}", "漢".repeat(60), "字".repeat(70));
    let parts = parts_of(&text, 7).unwrap();
    let texts: Vec<String> = parts.iter().map(|p| p.content.to_text().unwrap()).collect();
    assert_eq!(texts[0], "漢".repeat(60));
    assert!(texts[1].starts_with(family));
    assert_eq!(texts.concat(), text);
    assert_eq!(Segments::of(&text).parts, parts.len());
    for part in &parts {
        assert!(part.octets().unwrap().len() <= 141);
    }
}

/// A notification as Mbuni pushes it, and whatever comes in pieces.
#[test]
fn a_push_in_any_order() {
    use mmscope::mms::{Pdu, Push};
    let notification =
        hex("8C82 986D6D7363 00 8D90 8A80 8E02071B 880481020E0E 83687474703A2F2F6D6D73632F3100");
    let literal = [hex("030603BEAF84"), notification.clone()].concat();
    assert_eq!(Push::of_mms(3, &notification), literal);
    let single = &Push::parts(3, &notification, 1).unwrap()[0];
    assert_eq!(single.octets().unwrap()[1..8], hex("0605040B8423F0")[..]);

    let mut long = notification.clone();
    long.truncate(long.len() - 1);
    long.extend(b"x".repeat(300));
    long.push(0);
    let parts = Push::parts(3, &long, 0x21).unwrap();
    assert_eq!(parts.len(), 3);
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let mut joiner = Joiner::default();
        assert_eq!(joiner.take("mmsc", parts[order[0]].clone()), None);
        // Another sender with the same reference, and a part that comes twice, change nothing.
        assert_eq!(joiner.take("other", parts[order[1]].clone()), None);
        assert_eq!(joiner.take("mmsc", parts[order[0]].clone()), None);
        assert_eq!(joiner.take("mmsc", parts[order[1]].clone()), None);
        assert_eq!(
            joiner.waiting().collect::<Vec<_>>(),
            [("mmsc", 2, 3), ("other", 1, 3)]
        );
        let whole = joiner.take("mmsc", parts[order[2]].clone()).unwrap();
        assert_eq!(whole.ports, Some((2948, 9200)));
        let push = Push::read(&whole.octets).unwrap();
        assert!(push.is_mms());
        assert_eq!(
            (push.transaction_id, push.headers.as_slice(), &push.body),
            (3, &[0xAF, 0x84][..], &long)
        );
        assert_eq!(Pdu::decode(&push.body).lint, []);
    }
    // The content type as text, and with headers whose length takes two octets.
    let textual = [
        hex("0706 24"),
        b"application/vnd.wap.mms-message\0".to_vec(),
        hex("AF84 8D90"),
        notification.clone(),
    ]
    .concat();
    let push = Push::read(&textual).unwrap();
    assert!(push.is_mms());
    assert_eq!(push.body, notification);
    for broken in [
        "",
        "03",
        "0306",
        "030605BE",
        "0307 03BEAF84",
        "0306FFFFFFFFFF01",
    ] {
        assert!(Push::read(&hex(broken)).is_err(), "{broken}");
    }
}

#[test]
fn the_waiting_room_is_bounded() {
    let part = &parts_of(&"a".repeat(200), 1).unwrap()[0];
    let mut joiner = Joiner::default();
    for number in 0..1000 {
        assert_eq!(joiner.take(&number.to_string(), part.clone()), None);
    }
    assert_eq!(joiner.waiting().count(), 64);
}

#[test]
fn a_message_that_is_given_up_takes_no_part_of_the_next_one_with_its_reference() {
    let text = "a".repeat(200);
    let parts = parts_of(&text, 7).unwrap();
    let mut joiner = Joiner::default();
    assert_eq!(joiner.take("1", parts[0].clone()), None);
    assert_eq!(joiner.take("2", parts[0].clone()), None);
    joiner.give_up("1", (7, 2), None);
    assert_eq!(joiner.take("1", parts[1].clone()), None);
    let other = joiner.take("2", parts[1].clone());
    assert_eq!(
        other.map(|whole| whole.text),
        Some(text),
        "another sender's"
    );
}

fn user_data() -> impl Strategy<Value = UserData> {
    let content = prop_oneof![
        prop::collection::vec(0u8..0x80, 0..140).prop_map(Content::Gsm7),
        prop::collection::vec(any::<u8>(), 0..120).prop_map(Content::Octets),
        prop::collection::vec(any::<u16>(), 0..60).prop_map(Content::Ucs2),
    ];
    let element = prop_oneof![
        (any::<u8>(), 1u8..9, 1u8..9).prop_map(|(r, total, number)| Element::Concatenation {
            reference: r.into(),
            wide: false,
            total,
            number
        }),
        (any::<u16>(), any::<u16>()).prop_map(|(destination, source)| Element::Ports {
            destination,
            source,
            wide: true
        }),
        (0x20u8..0x40, prop::collection::vec(any::<u8>(), 0..3))
            .prop_map(|(id, data)| Element::Other { id, data }),
    ];
    (content, prop::collection::vec(element, 0..3)).prop_map(|(content, elements)| UserData {
        header: Header { elements },
        content,
    })
}

proptest! {
    #[test]
    fn septets_survive_packing(septets in prop::collection::vec(0u8..0x80, 0..200), fill in 0u8..7) {
        let packed = pack(&septets, fill);
        prop_assert_eq!(unpack(&packed, septets.len(), fill), septets);
    }

    #[test]
    fn what_is_written_is_read(data in user_data(), report: bool, validity in prop::option::of(any::<u8>()), alphabetic in prop::option::of("[A-Za-z]{1,11}")) {
        let to = match alphabetic {
            Some(name) => Address { kind: 0xD0, text: name },
            None => Address::number("+12025550123").unwrap(),
        };
        let submit = Tpdu::Submit(Submit { report, validity: validity.map(Validity::Relative), ..Submit::new(to, data) });
        if let Ok(octets) = submit.octets() {
            prop_assert_eq!(Tpdu::read(&octets).unwrap(), submit);
        }
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = split_centre(&octets);
        if let Ok(tpdu) = Tpdu::read(&octets) {
            let _ = tpdu.octets();
        }
        let _ = mmscope::mms::Push::read(&octets);
    }

    #[test]
    fn any_text_arrives_whole_in_any_order(text in "(\\PC|[ a-z€\n]|👩‍👩‍👧|e\u{301}){0,400}", turn in any::<prop::sample::Index>(), reference: u8) {
        let mut parts = parts_of(&text, reference).unwrap();
        prop_assert_eq!(Segments::of(&text).parts, parts.len());
        let turn = turn.index(parts.len());
        parts.rotate_left(turn);
        let mut joiner = Joiner::default();
        let mut whole = None;
        for part in parts {
            let octets = part.octets().unwrap();
            let header = !part.header.elements.is_empty();
            let (read, complete) = UserData::read(&octets[1..], octets[0], part.content.alphabet(), header);
            prop_assert!(complete);
            prop_assert_eq!(&read, &part);
            prop_assert!(whole.is_none());
            whole = joiner.take("+12025550123", read);
        }
        prop_assert_eq!(whole.unwrap().text, text);
    }
}
