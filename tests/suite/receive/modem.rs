//! How a modem is made to announce messages, and reading what it says of them.
use mmscope::at::reply;
use mmscope::engine::Urc;
use mmscope::modem::{Hearing, Inbound, Settings, inbound, listening, octets_of, tpdu_of};
use proptest::prelude::*;

fn settings(cnmi: &str, cmgf: &str, csms: &str) -> Settings {
    let mut settings = Settings::default();
    for (name, value) in [("CNMI", cnmi), ("CMGF", cmgf), ("CSMS", csms)] {
        settings.take(&format!("AT+{name}?"), &[format!("+{name}: {value}")]);
    }
    settings
}

#[test]
fn a_modem_is_changed_only_as_far_as_messages_do_not_reach_us() {
    use Hearing::{Anyhow, Directly};
    for (cnmi, cmgf, csms, hearing, changes) in [
        ("2,1,0,0,0", "0", "0,1,1,1", Anyhow, ""),
        ("2,2,0,0,0", "0", "0,1,1,1", Anyhow, ""),
        ("1,3,0,1,0", "0", "0,1,1,1", Anyhow, ""),
        ("2,0,0,0,0", "0", "0,1,1,1", Anyhow, "CNMI=2,1,0,0,0"),
        // Reports are handed on in mode 1 only.
        ("0,0,0,1,0", "0", "0,1,1,1", Anyhow, "CNMI=1,1,0,1,0"),
        ("0,1,0,0,0", "0", "0,1,1,1", Anyhow, "CNMI=2,1,0,0,0"),
        ("2,1,0,0,0", "1", "0,1,1,1", Anyhow, "CMGF=0"),
        ("2,2,0,0,0", "1", "1,1,1,1", Anyhow, "CMGF=0 CSMS=0"),
        ("2,1,0,0,0", "0", "0,1,1,1", Directly, "CNMI=2,2,0,0,0"),
        ("3,1,0,0,0", "0", "0,1,1,1", Directly, "CNMI=2,2,0,0,0"),
        (
            "1,1,0,1,0",
            "0",
            "1,1,1,1",
            Directly,
            "CSMS=0 CNMI=1,2,0,1,0",
        ),
        ("2,2,0,0,1", "0", "0,1,1,1", Directly, ""),
        ("0,0,0,0,0", "1", "0,1,1,1", Hearing::Not, ""),
    ] {
        let found = settings(cnmi, cmgf, csms);
        let wanted = listening(&found, hearing).unwrap();
        let wanted: Vec<String> = wanted.iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(
            wanted.join(" "),
            changes,
            "{cnmi} {cmgf} {csms} {hearing:?}"
        );
    }
    assert_eq!(
        listening(&Settings::default(), Hearing::Anyhow),
        None,
        "a modem that does not tell"
    );
}

#[test]
fn what_carries_messages_is_lost_only_where_somebody_else_changed_it() {
    let before = settings("2,1,0,0,0", "0", "0,1,1,1");
    let now = settings("0,0,0,0,0", "1", "0,1,1,1");
    assert_eq!(
        before.lost_inbound(&now),
        ["CNMI 0,0,0,0,0, was 2,1,0,0,0"],
        "text mode carries them, too"
    );
    let mut ours = before.clone();
    ours.touched.insert("CNMI".to_owned());
    assert_eq!(ours.lost_inbound(&now), [] as [String; 0]);
    assert!(
        before
            .from_here(&now)
            .contains(&"AT+CNMI=2,1,0,0,0".to_owned()),
        "put right"
    );
}

#[test]
fn announcements_of_messages() {
    let line = |text: &str| Urc::Line(text.to_owned());
    let stored = |store: &str, index| {
        Some(Inbound::Stored {
            store: store.to_owned(),
            index,
        })
    };
    for (urc, is) in [
        (line("+CMTI: \"SM\",3"), stored("SM", 3)),
        (line("+CMTI: \"ME\",0"), stored("ME", 0)),
        (line("+CMTI: \"SM\",-1"), None),
        (line("+CDSI: \"SM\",3"), None),
        (line("+CMTI:"), None),
        (
            Urc::Message {
                head: "+CMT: ,23".to_owned(),
                body: "00".to_owned(),
            },
            Some(Inbound::Direct("00".to_owned())),
        ),
        (
            Urc::Message {
                head: "+CDS: 25".to_owned(),
                body: "00".to_owned(),
            },
            None,
        ),
    ] {
        assert_eq!(inbound(&urc), is, "{urc:?}");
    }
}

#[test]
fn stores_and_their_room() {
    let line = "+CPMS: \"SM\",3,30,\"ME\",0,23,\"SM\",30,30";
    let stores = reply::cpms(line).unwrap();
    assert_eq!(stores, ["SM", "ME", "SM"]);
    assert_eq!(reply::cpms_room(line), Some(("SM".to_owned(), 30, 30)));
    // The answer to a change has no names.
    assert_eq!(reply::cpms("+CPMS: 3,30,0,23,30,30"), None);
}

/// "hellohello" from +1 202 555 0123 by way of +1 202 555 0100, as TS 23.040 builds it.
const DELIVER: &str = "07912120550501F0040B912120550521F30000621122210151800AE8329BFD4697D9EC37";

#[test]
fn a_tpdu_with_its_service_centre_or_without() {
    let whole = tpdu_of(DELIVER).unwrap();
    assert_eq!(whole[0], 4);
    assert_eq!(
        tpdu_of(&DELIVER[16..]).unwrap(),
        whole,
        "some firmware leaves it out"
    );
    assert_eq!(tpdu_of(&format!(" {DELIVER}\r")).unwrap(), whole);
    for no in ["", "hello", "0", "07912", "é0", &"00".repeat(600)] {
        assert_eq!(tpdu_of(no), None, "{no:?}");
    }
}

proptest! {
    #[test]
    fn no_line_of_a_modem_makes_a_reader_panic(text in ".{0,300}|[0-9A-F]{0,400}|\\+C[A-Z]{2,3}: [\"0-9A-Z,-]{0,60}") {
        let _ = tpdu_of(&text);
        let _ = reply::cpms(&text);
        let _ = reply::cpms_room(&text);
        let _ = inbound(&Urc::Line(text.clone()));
        let mut settings = Settings::default();
        settings.take("AT+CNMI?", &[format!("+CNMI: {text}")]);
        settings.take("AT+CPMS?", std::slice::from_ref(&text));
        let _ = listening(&settings, Hearing::Directly);
        if let Some(octets) = octets_of(&text) {
            prop_assert_eq!(octets.len() * 2, text.trim().len());
        }
    }
}
