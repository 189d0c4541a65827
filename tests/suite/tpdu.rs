//! A short message as a modem shows it, field by field: what the specification calls each octet, and what it says.
use mmscope::mms::{NotificationInd, Pdu, Push};
use mmscope::sms::{
    Address, Content, Deliver, Field, Moment, StatusReport, Submit, Tpdu, UserData, Validity,
    outline, parts_of, parts_to_port, with_centre,
};
use proptest::prelude::*;
use serde_json::Value;
use std::process::{Command, Output};

fn decode(text: &str, more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copied.txt");
    std::fs::write(&file, text).unwrap();
    Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(["pdu", "decode"])
        .arg(&file)
        .args(more)
        .env("HOME", folder.path())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|o| format!("{o:02X}")).collect()
}

/// +12025550100 has handed on what +12025550123 wrote on 2026-11-22 at noon.
const DELIVER: &str = "07912120550501F0040B912120550521F3000062112221000000 05E8329BFD06";
/// The same number, a linked part with a report asked for and a validity of four days.
const SUBMIT: &str = "0071 2A 0B912120550521F3 00 08 AA 0A 050003420301 0068 0069";

#[test]
fn each_octet_has_its_name_and_its_section() {
    let table: &[(&str, &[&str])] = &[
        (
            DELIVER,
            &[
                "SMS-DELIVER of 24 octets",
                "service centre: +12025550100",
                "0008  04                                    TP-MTI (9.2.3.1): SMS-DELIVER",
                "TP-MMS (9.2.3.2): no more messages wait",
                "0009  0B 91 21 20 55 05 21 F3               TP-OA (9.2.3.7): +12025550123 (international, type 91)",
                "0011  00                                    TP-PID (9.2.3.9): plain SMS",
                "TP-DCS (9.2.3.10, TS 23.038 section 4): 00: GSM 7 bit",
                "TP-SCTS (9.2.3.11): 2026-11-22T12:00:00+00:00",
                "001A  05                                    TP-UDL (9.2.3.16): 5 septets",
                "001B  E8 32 9B FD 06                        TP-UD (9.2.3.24): hello",
            ],
        ),
        (
            SUBMIT,
            &[
                "SMS-SUBMIT of 24 octets",
                "TP-VPF (9.2.3.3): relative",
                "TP-SRR (9.2.3.5): a report is wanted",
                "TP-UDHI (9.2.3.23): the user data begins with a header",
                "TP-MR (9.2.3.6): 42",
                "TP-DA (9.2.3.8): +12025550123",
                "08: UCS-2",
                "TP-VP (9.2.3.12.1): 4 days",
                "TP-UDH concatenation (9.2.3.24.1): part 1 of 3, reference 66",
                "TP-UD (9.2.3.24): hi",
            ],
        ),
        (
            "+CDS: 26\r\n00060C0B912120550521F3621122210000006211222150000046\r\n",
            &[
                "+CDS: 26",
                "SMS-STATUS-REPORT of 25 octets",
                "TP-MR (9.2.3.6): 12",
                "TP-RA (9.2.3.14): +12025550123",
                "TP-DT (9.2.3.13): 2026-11-22T12:05:00+00:00",
                "TP-ST (9.2.3.15): 46: not delivered; the service centre does not try again",
            ],
        ),
    ];
    for (there, rows) in table {
        let out = said(&decode(there, &[]));
        for row in *rows {
            assert!(out.contains(row), "{row}:\n{out}");
        }
    }
    // What is no short message is left to the reader of MMS, as before.
    let out = said(&decode("8C 80 98 31 00 8D 92", &[]));
    assert!(
        out.contains("m-send-req") || out.contains("M-Send.req"),
        "{out}"
    );
    let half = decode(&DELIVER[..DELIVER.len() - 2], &[]);
    assert!(!String::from_utf8_lossy(&half.stdout).contains("TP-OA"));
}

#[test]
fn a_list_of_messages_is_decoded_one_by_one_for_programs_too() {
    let list =
        format!("+CMGL: 1,1,,23\r\n{DELIVER}\r\n\r\n+CMGL: 4,2,,24\r\n{SUBMIT}\r\n\r\nOK\r\n");
    let out = said(&decode(&list, &["--json"]));
    let all: Vec<Value> = out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let kinds: Vec<&str> = all.iter().map(|m| m["tpdu"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["sms-deliver", "sms-submit"]);
    let fields = all[0]["fields"].as_array().unwrap();
    let sender = fields.iter().find(|f| f["name"] == "TP-OA").unwrap();
    assert_eq!(sender["section"], "9.2.3.7");
    assert_eq!(sender["offset"], 9);
    assert_eq!(sender["octets"], "0b912120550521f3");
    assert_eq!(all[0]["centre"], "+12025550100");
    assert_eq!(all[1]["centre"], Value::Null);
}

/// One bad entry takes no good one with it, and each says what is wrong with it.
#[test]
fn what_is_wrong_with_one_entry_is_said_of_that_one() {
    let cut = &DELIVER.replace(' ', "")[..46];
    let text_mode = "+CMGL: 3,\"REC READ\",\"+12025550123\",,\"26/11/22,12:00:00+00\"\r\nhello";
    let list = format!(
        "+CMGL: 1,1,,24\r\n{DELIVER}\r\n+CMGL: 2,0,,24\r\n{cut}\r\n{text_mode}\r\n+CMGL: 4,1,,99\r\n{DELIVER}\r\n+CMGL: 5,1,,24\r\n+CMT: \"\",24\r\nhello\r\nOK\r\n"
    );
    let output = decode(&list, &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        out.matches("TP-OA (9.2.3.7): +12025550123").count(),
        2,
        "{out}"
    );
    for says in [
        "entry 2: 15 of 24 octets",
        "entry 3: text mode: AT+CMGF=0 gives PDUs",
        "entry 4: 99 octets declared, 24 there",
        "entry 5: no PDU stands behind it",
        "entry 6: what stands behind it is not whole octets",
    ] {
        assert!(out.contains(says), "{says}:\n{out}");
    }
    let output = decode(&list, &["--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let all: Vec<Value> = std::str::from_utf8(&output.stdout)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let said = |n: usize, key: &str| all[n][key].clone();
    assert_eq!(said(0, "index"), 1);
    assert_eq!(said(0, "status"), "1");
    assert_eq!(said(1, "error"), "15 of 24 octets");
    assert_eq!(said(2, "status"), "REC READ");
    assert_eq!(
        (said(3, "declared"), said(3, "size")),
        (99.into(), 24.into())
    );
    let alone = decode(text_mode, &[]);
    assert_eq!(alone.status.code(), Some(1), "{alone:?}");
    assert!(String::from_utf8_lossy(&alone.stdout).contains("AT+CMGF=0"));
    let long = decode(
        &format!("+CMGL: 1,1,,24\r\n{DELIVER}\r\n").repeat(20_000),
        &[],
    );
    assert_eq!(long.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&long.stderr).contains("at most 1048576"),
        "{long:?}"
    );
}

/// The push in it is a notification, which is what one wants to see.
#[test]
fn a_notification_in_a_short_message_is_shown_as_the_pdu_that_it_is() {
    let octets = {
        let text = "8C8298310 08D92".replace(' ', "");
        let pdu: Vec<u8> = (0..text.len() / 2)
            .map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
            .collect();
        let notification = NotificationInd::read(&Pdu::decode(&pdu).pdu).unwrap();
        notification.pdu().encode().unwrap()
    };
    let push = [&[0x01, 0x06, 0x01, 0xBE][..], &octets].concat();
    assert!(Push::read(&push).unwrap().is_mms());
    let data = parts_to_port(&push, 2948, 9200, 1).unwrap().remove(0);
    let tpdu = Tpdu::Deliver(deliver(data)).octets().unwrap();
    let out = said(&decode(&hex(&with_centre(None, &tpdu)), &[]));
    assert!(out.contains("to port 2948, from port 9200"), "{out}");
    assert!(out.contains("a WAP push with a PDU of MMS"), "{out}");
    assert!(out.to_lowercase().contains("m-notification"), "{out}");
}

/// A push whose transaction identifier and type read like an empty centre and the first octet of a report stays a push.
#[test]
fn a_push_is_no_report_whatever_its_transaction_is() {
    let notification = "8C82983100 8D92 83687474703A2F2F3139322E302E322E382F6D00".replace(' ', "");
    for (push, _) in [
        ("0006 03 BEAF84", "short headers"),
        ("0006 01 BE", "the content type alone"),
        ("0006 06 03BE81EA AF84", "a content type with a charset"),
        ("0106 03 BEAF84", "any other transaction"),
    ] {
        // Long enough to be taken for a report with its address and both its moments.
        let whole = format!("{push}{notification}{}", "00".repeat(200));
        let out = said(&decode(&whole, &[]));
        assert!(!out.contains("SMS-STATUS-REPORT"), "{push}:\n{out}");
        assert!(
            out.to_lowercase().contains("m-notification"),
            "{push}:\n{out}"
        );
    }
}

fn deliver(data: UserData) -> Deliver {
    Deliver {
        from: Address::number("+12025550123").unwrap(),
        protocol: 0,
        coding: data.content.alphabet().dcs(),
        at: moment(),
        last: true,
        report: false,
        reply_path: false,
        data,
        whole: true,
    }
}

fn moment() -> Moment {
    Moment {
        parts: [26, 11, 22, 12, 0, 0],
        quarters: 0,
    }
}

/// Every octet is part of a field, and in order.
fn covers(fields: &[Field], length: usize) -> bool {
    let mut end = 0;
    for field in fields {
        if field.range.start > end {
            return false;
        }
        end = end.max(field.range.end);
    }
    end == length
}

proptest! {
    #[test]
    fn whatever_is_written_is_outlined_to_its_last_octet(
        text in "(\\PC|[ a-z€\n]){0,300}", octets in prop::collection::vec(any::<u8>(), 0..140), turn in any::<u8>(), validity in prop::option::of(any::<u8>())
    ) {
        let mut all = parts_of(&text, turn).unwrap();
        all.push(UserData::new(Content::Octets(octets)));
        for data in all {
            let mut submit = Submit::new(Address::number("12345").unwrap(), data.clone());
            submit.validity = validity.map(Validity::Relative);
            let report = StatusReport {
                reference: turn,
                to: Address::number("+12025550123").unwrap(),
                at: moment(),
                done: moment(),
                status: turn,
                last: true,
            };
            for tpdu in [Tpdu::Submit(submit), Tpdu::Deliver(deliver(data)), Tpdu::StatusReport(report)] {
                let octets = tpdu.octets().unwrap();
                let outline = outline(&octets).unwrap();
                prop_assert_eq!(outline.length, octets.len());
                prop_assert!(covers(&outline.fields, octets.len()), "{:?}", outline.fields);
                let data = match Tpdu::read(&octets).unwrap() {
                    Tpdu::Deliver(read) => Some(read.data),
                    Tpdu::Submit(read) => Some(read.data),
                    Tpdu::StatusReport(_) => None,
                };
                prop_assert_eq!(outline.data, data);
            }
        }
    }

    #[test]
    fn any_octets_are_outlined_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(outline) = outline(&octets) {
            prop_assert!(outline.length <= octets.len());
            prop_assert!(covers(&outline.fields, outline.length));
            prop_assert!(Tpdu::read(&octets).is_ok());
        }
    }
}
