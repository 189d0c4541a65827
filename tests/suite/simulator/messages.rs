//! Short messages at the AT level: what a host types, what the modem says, and what the phones show. The PDUs that matter are written out as
//! TS 23.040 builds them, so that an error of the codec shows.
use super::host::{Desk, Host, Modem};
use mmscope::simulator::World;
use mmscope::simulator::phone::Kind;
use mmscope::sms::{Address, Content, Submit, Tpdu, UserData, parts_of, with_centre};
use proptest::prelude::*;

/// "hellohello" to +1 202 555 0123, valid for four days: 23 octets behind the service centre's.
const HELLO: &str = "0011000B912120550521F30000AA0AE8329BFD4697D9EC37";
/// The same with a status report asked for.
const HELLO_REPORT: &str = "0031000B912120550521F30000AA0AE8329BFD4697D9EC37";
/// The same to the line's own number, +1 202 555 0199.
const HELLO_SELF: &str = "0011000B912120550591F90000AA0AE8329BFD4697D9EC37";
const PHONE: &str = "+12025550123";
const SELF: &str = "+12025550199";

fn world(name: &str, more: &str) -> World {
    World::parse("test", &format!("like = \"{name}\"\nschema = 1\n{more}")).unwrap()
}

async fn desk(name: &str, more: &str) -> Desk {
    let mut desk = Desk::at(world(name, more));
    desk.asks("ATE0").await;
    desk
}

/// Sends a PDU; the answer to it.
async fn sends(desk: &mut Desk, pdu: &str) -> String {
    desk.types(format!("AT+CMGS={}\r", pdu.len() / 2 - 1)).await;
    desk.hears("\r\n> ").await;
    desk.asks(&format!("{pdu}\x1a")).await
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

fn pdu(to: &str, data: UserData, report: bool) -> String {
    let submit = Submit {
        report,
        ..Submit::new(Address::number(to).unwrap(), data)
    };
    hex(&with_centre(None, &Tpdu::Submit(submit).octets().unwrap()))
}

fn long_text() -> String {
    "A letter in several parts. ".repeat(15)
}

#[tokio::test(start_paused = true)]
async fn a_pdu_becomes_a_bubble_on_the_phone_that_it_names() {
    let mut desk = desk("open", "").await;
    desk.plays(&[
        Host("AT+CMGS=23\r"),
        Modem("\r\n> "),
        Host("0011000B912120550521F30000AA0AE8329BFD4697D9EC37\x1a"),
        Modem("\r\n+CMGS: 46\r\n\r\nOK\r\n"),
    ])
    .await;
    assert!(desk.bench.phones.all().is_empty(), "it takes its time");
    desk.listens(3).await;
    let bubbles = desk.bench.phones.bubbles(PHONE);
    assert_eq!(bubbles.len(), 1);
    assert_eq!(bubbles[0].text, "hellohello");
    assert_eq!(
        (bubbles[0].kind, bubbles[0].from.as_str()),
        (Kind::Sms, SELF)
    );
    assert!(sends(&mut desk, HELLO).await.contains("+CMGS: 47"));
}

#[tokio::test(start_paused = true)]
async fn text_mode_sends_the_same() {
    let mut desk = desk("open", "").await;
    desk.asks("AT+CMGF=1").await;
    desk.plays(&[
        Host("AT+CMGS=\"+12025550123\"\r"),
        Modem("\r\n> "),
        Host("hellohello\x1a"),
        Modem("\r\n+CMGS: 46\r\n\r\nOK\r\n"),
        Host("AT+CMGS=\"+12025550123\"\r"),
        Modem("\r\n> "),
        Host("never\x1b"),
        Modem("\r\nOK\r\n"),
        Host("AT+CSCS=\"UCS2\"\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CSMP=17,167,0,8\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CMGS=\"002B00310032003000320035003500350030003100320033\"\r"),
        Modem("\r\n> "),
        Host("00E9D83DDE00\x1a"),
        Modem("\r\n+CMGS: 47\r\n\r\nOK\r\n"),
    ])
    .await;
    desk.listens(3).await;
    let texts: Vec<String> = desk
        .bench
        .phones
        .bubbles(PHONE)
        .into_iter()
        .map(|b| b.text)
        .collect();
    assert_eq!(texts, ["hellohello", "é😀"]);
}

#[tokio::test(start_paused = true)]
async fn linked_parts_are_one_bubble_in_any_order_and_unlinked_ones_are_one_each() {
    for order in [[0, 1, 2], [2, 0, 1], [2, 1, 0]] {
        let mut desk = desk("open", "").await;
        let parts = parts_of(&long_text(), 7).unwrap();
        assert_eq!(parts.len(), 3);
        for index in order {
            let sent = sends(&mut desk, &pdu(PHONE, parts[index].clone(), false)).await;
            assert!(sent.contains("+CMGS: "), "{sent}");
        }
        desk.listens(3).await;
        let bubbles = desk.bench.phones.bubbles(PHONE);
        assert_eq!(bubbles.len(), 1, "{order:?}");
        assert_eq!(bubbles[0].text, long_text(), "{order:?}");
        assert_eq!(bubbles[0].missing_parts, 0);
    }
    let mut desk = desk("open", "").await;
    for text in ["one", "two", "three"] {
        sends(
            &mut desk,
            &pdu(PHONE, UserData::new(Content::text(text)), false),
        )
        .await;
    }
    desk.listens(3).await;
    let texts: Vec<String> = desk
        .bench
        .phones
        .bubbles(PHONE)
        .into_iter()
        .map(|b| b.text)
        .collect();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn a_phone_waits_for_a_missing_part_and_then_shows_what_there_is() {
    let mut desk = desk("open", "[sms]\nlost = [2]\njoin_wait_ms = 60000").await;
    for part in parts_of(&long_text(), 7).unwrap() {
        let sent = sends(&mut desk, &pdu(PHONE, part, false)).await;
        assert!(sent.contains("+CMGS: "), "a lost part was accepted: {sent}");
    }
    desk.listens(40).await;
    assert!(desk.bench.phones.all().is_empty(), "it still waits");
    desk.listens(30).await;
    let bubbles = desk.bench.phones.bubbles(PHONE);
    assert_eq!(bubbles.len(), 1);
    assert_eq!(bubbles[0].missing_parts, 1);
    let text = long_text();
    assert_eq!(bubbles[0].text, format!("{}{}", &text[..153], &text[306..]));
}

#[tokio::test(start_paused = true)]
async fn a_status_report_comes_as_cnmi_says() {
    // 06: a report, no more wait. 2E: reference 46. Recipient as it was dialled, two moments, 00: delivered.
    let begins = "07912120550501F0062E0B912120550521F3621122405";
    // Routed to the line.
    let mut direct = desk("open", "").await;
    direct.asks("AT+CNMI=1,1,0,1,0").await;
    assert!(sends(&mut direct, HELLO_REPORT).await.contains("+CMGS: 46"));
    let heard = String::from_utf8(direct.listens(5).await).unwrap();
    let lines: Vec<&str> = heard.trim().split("\r\n").collect();
    let [head, pdu] = lines[..] else {
        panic!("{heard}")
    };
    assert_eq!(head, "+CDS: 25");
    assert!(pdu.starts_with(begins) && pdu.ends_with("0A00"), "{pdu}");
    assert_eq!(pdu.len(), 2 * (8 + 25));

    // Stored, announced, read in text mode.
    let mut stored = desk("open", "").await;
    stored.asks("AT+CNMI=2,1,0,2,0").await;
    sends(&mut stored, HELLO_REPORT).await;
    stored.hears("\r\n+CDSI: \"SM\",0\r\n").await;
    let read = stored.asks("AT+CMGF=1;+CMGR=0").await;
    assert!(
        read.contains("+CMGR: \"REC UNREAD\",6,46,\"+12025550123\",145,\"26/11/22,04:15:")
            && read.contains("-20\",0\r\n"),
        "{read}"
    );

    // Not wanted, not asked for, and none in this world.
    for (more, cnmi, pdu) in [
        ("", "AT+CNMI=2,1,0,0,0", HELLO_REPORT),
        ("", "AT+CNMI=1,1,0,1,0", HELLO),
        ("[sms]\nreports = []", "AT+CNMI=1,1,0,1,0", HELLO_REPORT),
    ] {
        let mut none = desk("open", more).await;
        none.asks(cnmi).await;
        sends(&mut none, pdu).await;
        assert_eq!(none.listens(60).await, b"", "{more} {cnmi}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_never_arrives_is_reported_so() {
    let mut off = desk("sms-reports-fail", "").await;
    off.asks("AT+CNMI=1,1,0,1,0").await;
    sends(&mut off, HELLO_REPORT).await;
    let heard = String::from_utf8(off.listens(10).await).unwrap();
    let reports: Vec<&str> = heard.lines().filter(|line| line.len() > 20).collect();
    assert!(
        reports[0].ends_with("20") && reports[1].ends_with("46"),
        "{heard}"
    );
    assert!(off.bench.phones.all().is_empty());

    // One hour away: five minutes of validity are too few, four days are enough.
    let away = |validity: &str| format!("0031000B912120550521F50000{validity}0AE8329BFD4697D9EC37");
    sends(&mut off, &away("00")).await;
    let heard = String::from_utf8(off.listens(400).await).unwrap();
    assert!(heard.trim_end().ends_with("46"), "{heard}");
    sends(&mut off, &away("AA")).await;
    assert_eq!(
        off.listens(3500).await,
        b"",
        "nothing before the phone is there"
    );
    let heard = String::from_utf8(off.listens(200).await).unwrap();
    assert!(heard.trim_end().ends_with("00"), "{heard}");
    assert_eq!(off.bench.phones.count("+12025550125"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_network_refuses() {
    let mut midway = desk("sms-fails-midway", "").await;
    for (turn, says) in [
        (1, "+CMGS: 46"),
        (2, "+CMGS: 47"),
        (3, "+CMS ERROR: 41"),
        (4, "+CMGS: 49"),
    ] {
        let answer = sends(&mut midway, HELLO).await;
        assert!(answer.contains(says), "submission {turn}: {answer}");
    }
    midway.listens(5).await;
    assert_eq!(midway.bench.phones.count(PHONE), 3);

    let mut refused = desk("sms-reports-fail", "").await;
    refused.asks("AT+CMEE=2").await;
    let answer = sends(&mut refused, &HELLO.replace("21F3", "21F4")).await;
    assert!(
        answer.contains("+CMS ERROR: unassigned (unallocated) number"),
        "{answer}"
    );

    let mut silent = desk("open", "[sms]\nsilent = [1]").await;
    let before = silent.seconds();
    let answer = sends(&mut silent, HELLO).await;
    assert!(answer.contains("+CMS ERROR: 332"), "{answer}");
    assert!(silent.seconds() - before > 60.0);
    assert!(sends(&mut silent, HELLO).await.contains("+CMGS"));

    // No service centre on the card; one in the PDU itself is as good.
    let mut without = desk("open", "[sim]\nsmsc = \"\"").await;
    assert!(without.asks("AT+CSCA?").await.contains("+CSCA: \"\",129"));
    assert!(sends(&mut without, HELLO).await.contains("+CMS ERROR: 330"));
    without.types("AT+CMGS=23\r").await;
    without.hears("\r\n> ").await;
    let named = format!("07912120550501F0{}\x1a", &HELLO[2..]);
    assert!(without.asks(&named).await.contains("+CMGS: "));
    without.asks("AT+CSCA=\"+12025550100\"").await;
    assert!(sends(&mut without, HELLO).await.contains("+CMGS: "));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_message_is_refused() {
    let mut desk = desk("open", "").await;
    for (why, length, body) in [
        ("shorter than announced", 24, HELLO),
        ("longer than announced", 22, HELLO),
        ("half an octet", 23, &HELLO[..47]),
        (
            "no hexadecimal digits",
            23,
            "zz11000B912120550521F30000AA0AE8329BFD4697D9EC37",
        ),
        (
            "a delivery",
            23,
            "0004000B912120550521F30000AA0AE8329BFD4697D9EC37",
        ),
        (
            "less text than it says",
            22,
            "0011000B912120550521F30000AA0AE8329BFD4697D9EC",
        ),
        ("nothing", 1, ""),
    ] {
        desk.types(format!("AT+CMGS={length}\r")).await;
        desk.hears("\r\n> ").await;
        let answer = desk.asks(&format!("{body}\x1a")).await;
        assert!(answer.contains("+CMS ERROR: 304"), "{why}: {answer}");
    }
    for command in ["AT+CMGS=0", "AT+CMGS=165", "AT+CMGS=\"+12025550123\""] {
        assert!(
            desk.asks(command).await.contains("+CMS ERROR: 304"),
            "{command}"
        );
    }
    desk.asks("AT+CMGF=1").await;
    desk.types("AT+CMGS=\"+12025550123\"\r").await;
    desk.hears("\r\n> ").await;
    let answer = desk.asks(&format!("{}\x1a", "x".repeat(161))).await;
    assert!(
        answer.contains("+CMS ERROR: 305"),
        "too long for one message: {answer}"
    );
    desk.listens(200).await;
    assert!(desk.bench.phones.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_message_to_the_own_number_comes_back_and_lies_on_the_card() {
    let mut desk = desk("open", "").await;
    assert!(sends(&mut desk, HELLO_SELF).await.contains("+CMGS: 46"));
    desk.hears("\r\n+CMTI: \"SM\",0\r\n").await;
    assert!(
        desk.bench.phones.all().is_empty(),
        "no other phone has that number"
    );
    let counted = desk.asks("AT+CPMS?").await;
    assert!(
        counted.contains("+CPMS: \"SM\",1,30,\"SM\",1,30,\"SM\",1,30"),
        "{counted}"
    );
    // 04: a delivery, no more wait. From +1 202 555 0199.
    let begins = "07912120550501F0040B912120550591F90000621122405";
    let listed = desk.asks("AT+CMGL=0,1").await;
    assert!(
        listed.contains(&format!("+CMGL: 0,0,\"\",28\r\n{begins}")),
        "{listed}"
    );
    let read = desk.asks("AT+CMGR=0").await;
    assert!(
        read.contains(&format!("+CMGR: 0,\"\",28\r\n{begins}")),
        "{read}"
    );
    assert!(read.contains("0A0AE8329BFD4697D9EC37\r\n\r\nOK"), "{read}");
    let again = desk.asks("AT+CMGR=0").await;
    assert!(again.contains("+CMGR: 1,"), "now it has been read: {again}");
    desk.plays(&[
        Host("AT+CMGL=0\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CMGR=1\r"),
        Modem("\r\n+CMS ERROR: 321\r\n"),
        Host("AT+CMGD=?\r"),
        Modem("\r\n+CMGD: (0),(0-4)\r\n\r\nOK\r\n"),
        Host("AT+CMGD=30\r"),
        Modem("\r\n+CMS ERROR: 321\r\n"),
        Host("AT+CMGD=0\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CMGL=4\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CPMS=\"SM\",\"SM\",\"ME\"\r"),
        Modem("\r\n+CPMS: 0,30,0,30,0,30\r\n\r\nOK\r\n"),
    ])
    .await;
    sends(&mut desk, HELLO_SELF).await;
    desk.hears("\r\n+CMTI: \"ME\",0\r\n").await;
}

#[tokio::test(start_paused = true)]
async fn routed_to_the_line_in_both_modes() {
    let mut desk = desk("open", "").await;
    desk.asks("AT+CNMI=2,2,0,0,0").await;
    desk.bench.modem.text_from(PHONE, "hellohello");
    desk.hears("\r\n+CMT: \"\",28\r\n07912120550501F0040B912120550521F30000621122405")
        .await;
    let rest = String::from_utf8(desk.listens(1).await).unwrap();
    assert!(rest.ends_with("0A0AE8329BFD4697D9EC37\r\n"), "{rest}");
    desk.asks("AT+CMGF=1").await;
    desk.bench.modem.text_from(PHONE, "hellohello");
    desk.hears("\r\n+CMT: \"+12025550123\",\"\",\"26/11/22,04:15:")
        .await;
    let rest = String::from_utf8(desk.listens(1).await).unwrap();
    assert!(rest.ends_with("-20\"\r\nhellohello\r\n"), "{rest}");
    desk.asks("AT+CSDH=1").await;
    desk.bench.modem.text_from(PHONE, "é — ü");
    let heard = String::from_utf8(desk.listens(2).await).unwrap();
    assert!(
        heard.contains(",145,4,0,8,\"+12025550100\",145,10\r\n00E900202014002000FC\r\n"),
        "{heard}"
    );
    assert!(
        desk.asks("AT+CPMS?").await.contains("\"SM\",0,30"),
        "nothing is stored"
    );
}

#[tokio::test(start_paused = true)]
async fn the_forms_of_cnmi() {
    let mut desk = desk("open", "").await;
    for (command, answer) in [
        ("AT+CNMI=2,1,0,0,0", "\r\nOK\r\n"),
        ("AT+CNMI=1,3,0,1,0", "\r\nOK\r\n"),
        ("AT+CNMI=2,1,0,1,0", "\r\n+CMS ERROR: 303\r\n"),
        ("AT+CNMI=2,3", "\r\n+CMS ERROR: 303\r\n"),
        ("AT+CNMI=0,2,0,0,0", "\r\n+CMS ERROR: 303\r\n"),
        ("AT+CNMI=3,1", "\r\nERROR\r\n"),
        ("AT+CNMI?", "\r\n+CNMI: 1,3,0,1,0\r\n\r\nOK\r\n"),
    ] {
        assert_eq!(desk.asks(command).await, answer, "{command}");
    }
    // Stored without a word.
    desk.asks("AT+CNMI=2,0,0,0,0").await;
    desk.bench.modem.text_from(PHONE, "quiet");
    assert_eq!(desk.listens(5).await, b"");
    // Kept until the host wants it.
    desk.asks("AT+CNMI=0,1,0,0,0").await;
    desk.bench.modem.text_from(PHONE, "later");
    assert_eq!(desk.listens(5).await, b"");
    desk.plays(&[
        Host("AT+CNMI=2\r"),
        Modem("\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n"),
        Host("AT+CNMI=0\r"),
        Modem("\r\nOK\r\n"),
    ])
    .await;
    desk.bench.modem.text_from(PHONE, "never said");
    desk.listens(5).await;
    desk.plays(&[Host("AT+CNMI=2,1,0,0,1\r"), Modem("\r\nOK\r\n")])
        .await;
    assert_eq!(desk.listens(5).await, b"");
    let listed = desk.asks("AT+CMGF=1;+CMGL=\"ALL\"").await;
    assert_eq!(listed.matches("+CMGL: ").count(), 3, "{listed}");
}

#[tokio::test(start_paused = true)]
async fn an_indication_waits_while_a_prompt_is_open() {
    let mut desk = desk("open", "").await;
    desk.bench.modem.text_from(PHONE, "in between");
    desk.plays(&[Host("AT+CMGS=23\r"), Modem("\r\n> ")]).await;
    assert_eq!(desk.listens(5).await, b"");
    desk.types(format!("{HELLO}\x1a")).await;
    desk.hears("\r\n+CMGS: 46\r\n\r\nOK\r\n\r\n+CMTI: \"SM\",0\r\n")
        .await;
}

#[tokio::test(start_paused = true)]
async fn with_csms_1_a_routed_message_wants_an_answer() {
    let mut desk = desk("open", "").await;
    assert!(desk.asks("AT+CNMA").await.contains("+CMS ERROR: 340"));
    assert_eq!(
        desk.asks("AT+CSMS=1").await,
        "\r\n+CSMS: 1,1,1\r\n\r\nOK\r\n"
    );
    desk.asks("AT+CNMI=2,2,0,0,0").await;
    // Refused by the host: the network comes again.
    desk.bench.modem.text_from(PHONE, "zero");
    for answer in ["AT+CNMA=2", "AT+CNMA=1"] {
        let heard = String::from_utf8(desk.listens(11).await).unwrap();
        assert_eq!(heard.matches("+CMT: ").count(), 1, "{heard}");
        assert_eq!(desk.asks(answer).await, "\r\nOK\r\n");
    }
    desk.bench.modem.text_from(PHONE, "one");
    desk.bench.modem.text_from(PHONE, "two");
    let first = String::from_utf8(desk.listens(5).await).unwrap();
    assert_eq!(
        first.matches("+CMT: ").count(),
        1,
        "the second waits: {first}"
    );
    assert_eq!(desk.asks("AT+CNMA").await, "\r\nOK\r\n");
    let second = String::from_utf8(desk.listens(5).await).unwrap();
    assert_eq!(second.matches("+CMT: ").count(), 1, "{second}");
    // Nobody answers: nothing is routed any more, and the network brings it again.
    let rest = desk.listens(40).await;
    assert_eq!(rest, b"", "mt is 0 now: {}", rest.escape_ascii());
    assert!(desk.asks("AT+CNMI?").await.contains("+CNMI: 2,0,0,0,0"));
    let listed = desk.asks("AT+CMGF=1;+CMGL=\"ALL\"").await;
    assert!(
        listed.contains("two") && !listed.contains("one"),
        "{listed}"
    );
    assert!(desk.asks("AT+CNMA").await.contains("+CMS ERROR: 340"));
}

#[tokio::test(start_paused = true)]
async fn a_full_card_takes_nothing_until_there_is_room() {
    let mut desk = desk("sms-storage-full", "").await;
    assert!(desk.asks("AT+CPMS?").await.contains("\"SM\",5,5"));
    assert_eq!(desk.listens(30).await, b"");
    let listed = desk.asks("AT+CMGF=1;+CMGL=\"ALL\"").await;
    assert!(
        listed.contains("+CMGL: 4,\"REC READ\"") && !listed.contains("Are you there"),
        "{listed}"
    );
    desk.plays(&[
        Host("AT+CMGD=2\r"),
        Modem("\r\nOK\r\n\r\n+CMTI: \"SM\",2\r\n"),
    ])
    .await;
    assert!(desk.asks("AT+CMGR=2").await.contains("Are you there?"));
    // What is routed needs no room.
    desk.asks("AT+CNMI=2,2").await;
    desk.bench.modem.text_from(PHONE, "straight to you");
    let heard = String::from_utf8(desk.listens(3).await).unwrap();
    assert!(heard.contains("straight to you"), "{heard}");
    assert_eq!(desk.asks("AT+CMGD=0,4").await, "\r\nOK\r\n");
    assert!(desk.asks("AT+CPMS?").await.contains("\"SM\",0,5"));
}

#[tokio::test(start_paused = true)]
async fn long_texts_come_in_parts_in_the_order_of_the_world_and_as_often() {
    for (more, expected) in [
        ("", vec![1, 2, 3]),
        ("[sms]\norder = \"reversed\"", vec![3, 2, 1]),
        ("[sms]\nduplicates = true", vec![1, 1, 2, 2, 3, 3]),
    ] {
        let mut desk = desk("open", more).await;
        desk.asks("AT+CNMI=2,2").await;
        desk.bench.modem.text_from(PHONE, &long_text());
        let heard = String::from_utf8(desk.listens(5).await).unwrap();
        let mut numbers = Vec::new();
        for line in heard.lines().filter(|line| line.len() > 40) {
            let octets: Vec<u8> = (0..line.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&line[at..at + 2], 16).unwrap())
                .collect();
            // Service centre 8, first octet, sender 8, PID, DCS, time 7, length: then the header 05 00 03 reference total number.
            let header = &octets[8 + 19..8 + 25];
            assert_eq!((&header[..3], header[4]), (&[5, 0, 3][..], 3), "{line}");
            numbers.push(header[5]);
        }
        assert_eq!(numbers, expected, "{more}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_survives_a_restart_and_waits_for_the_network() {
    let mut desk = desk("open", "").await;
    sends(&mut desk, HELLO_SELF).await;
    desk.hears("\r\n+CMTI: \"SM\",0\r\n").await;
    desk.asks("AT+CFUN=4").await;
    desk.bench.modem.text_from(PHONE, "while the radio was off");
    desk.listens(30).await;
    assert!(desk.asks("AT+CPMS?").await.contains("\"SM\",1,30"));
    desk.bench.modem.restart();
    desk.listens(60).await;
    let listed = desk.asks("ATE0;+CMGF=1;+CMGL=\"ALL\"").await;
    assert!(
        listed.contains("hellohello") && listed.contains("while the radio was off"),
        "{listed}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is typed behind the prompt comes to an end, and the next command is heard.
    #[test]
    fn any_pdu_is_answered(octets in prop::collection::vec(any::<u8>(), 1..170), text in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut desk = desk("open", "").await;
            let body = if text { String::from_utf8_lossy(&octets).replace(['\x1a', '\x1b'], "") } else { hex(&octets) };
            desk.types(format!("AT+CMGS={}\r", octets.len().clamp(2, 165) - 1)).await;
            desk.hears("\r\n> ").await;
            let answer = desk.asks(&format!("{body}\x1a")).await;
            assert!(answer.contains("+CMGS: ") || answer.contains("+CMS ERROR: "), "{answer}");
            assert_eq!(desk.asks("AT").await, "\r\nOK\r\n");
        });
    }
}
