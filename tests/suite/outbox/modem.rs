//! SMS on the wire: conversations with a modem as the manual and the logs have it.
use crate::engine::script::Bench;
use mmscope::engine::Pace;
use mmscope::event::Sink;
use mmscope::modem::{Modem, Settings, Submitted, Urc, status_report, stored_report};
use std::sync::Arc;

fn modem(bench: &Bench) -> Modem {
    Modem::new(
        bench.engine.clone(),
        Pace::from_speed(1.0),
        Arc::clone(&bench.log) as Sink,
    )
}

/// What became of a TPDU of two octets.
async fn submitted(script: &'static str) -> Submitted {
    let bench = Bench::new(script);
    modem(&bench).submit(&[0x01, 0x00]).await
}

#[tokio::test(start_paused = true)]
async fn a_part_is_handed_over_in_pdu_mode_and_its_reference_is_kept() {
    let sent = submitted(
        r">> AT+CMGS=2\r
          << \r\n> 
          >> 000100\x1a
          .. 2300
          << \r\n+CMGS: 187\r\n\r\nOK\r\n",
    )
    .await;
    assert!(
        matches!(sent, Submitted::Taken { reference: 187, .. }),
        "{sent:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_became_of_a_part_is_never_guessed() {
    for (says, script, certain) in [
        (
            "no network service",
            r">> AT+CMGS=2\r
              << \r\n> 
              >> 000100\x1a
              << \r\n+CMS ERROR: 331\r\n",
            true,
        ),
        (
            "did not acknowledge",
            r">> AT+CMGS=2\r
              << \r\n> 
              >> 000100\x1a
              << \r\n+CMS ERROR: 332\r\n",
            false,
        ),
        (
            "SIM PIN required",
            r">> AT+CMGS=2\r
              << \r\n+CMS ERROR: SIM PIN required\r\n",
            true,
        ),
        (
            "no reference",
            r">> AT+CMGS=2\r
              << \r\n> 
              >> 000100\x1a
              << \r\nOK\r\n",
            false,
        ),
        (
            "rebooted",
            r">> AT+CMGS=2\r
              << \r\n> 
              >> 000100\x1a
              << \r\nRDY\r\n\r\n+CPIN: READY\r\n",
            false,
        ),
        (
            "no result",
            r">> AT+CMGS=2\r
              << \r\n> 
              >> 000100\x1a",
            false,
        ),
    ] {
        let trouble = match (submitted(script).await, certain) {
            (Submitted::Refused(trouble), true) | (Submitted::Silent(trouble), false) => trouble,
            (other, _) => panic!("{says}: {other:?}"),
        };
        let text = trouble.to_string();
        assert!(text.contains(says), "{says}: {text}");
        assert!(!trouble.failure.advice.is_empty(), "{says}");
    }
}

fn settings(csms: &str, cnmi: &str) -> Settings {
    let mut settings = Settings::default();
    settings.take("AT+CMGF?", &["+CMGF: 1".to_owned()]);
    settings.take("AT+CSMS?", &[format!("+CSMS: {csms}")]);
    settings.take("AT+CNMI?", &[format!("+CNMI: {cnmi}")]);
    settings
}

#[tokio::test(start_paused = true)]
async fn reports_are_asked_for_in_mode_1_with_everything_else_as_it_was() {
    let mut bench = Bench::new(
        r">> AT+CMGF=0\r
          << \r\nOK\r\n
          >> AT+CSMS=0\r
          << \r\n+CSMS: 1,1,1\r\n\r\nOK\r\n
          >> AT+CNMI=1,1,0,1,0\r
          << \r\nOK\r\n",
    );
    let found = settings("1,1,1,1", "2,1,0,0,0");
    let will_come = modem(&bench).speak_pdus(&found, true).await.unwrap();
    assert!(will_come);
    bench.played().await;
    // And what puts it back.
    let mut now = settings("0,1,1,1", "1,1,0,1,0");
    now.take("AT+CMGF?", &["+CMGF: 0".to_owned()]);
    assert_eq!(
        found.from_here(&now),
        ["AT+CSMS=1", "AT+CMGF=1", "AT+CNMI=2,1,0,0,0"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_modem_that_refuses_reports_still_sends() {
    let mut bench = Bench::new(
        r">> AT+CMGF=0\r
          << \r\nOK\r\n
          >> AT+CNMI=1,1,0,1,0\r
          << \r\n+CMS ERROR: 303\r\n",
    );
    let will_come = modem(&bench)
        .speak_pdus(&settings("0,1,1,1", "2,1,0,0,0"), true)
        .await;
    assert_eq!(will_come, Ok(false));
    bench.played().await;
}

#[test]
fn status_reports_are_read_with_and_without_the_service_centre_in_front() {
    // Reference 187, to +12025550123, both times 2026-11-22 12:00:00 UTC, delivered.
    let tpdu = "06BB0B912120550521F362112221000000621122210000000 0".replace(' ', "");
    let announced = |body: &str| Urc::Message {
        head: "+CDS: 25".to_owned(),
        body: body.to_owned(),
    };
    for body in [tpdu.clone(), format!("07912120550510F0{tpdu}")] {
        let report = status_report(&announced(&body)).unwrap_or_else(|| panic!("{body}"));
        assert_eq!(report.reference, 187);
        assert_eq!(report.to.shown(), "+12025550123");
        assert_eq!(report.delivered(), Some(true));
    }
    for rubbish in ["", "0", "zz", "00", "07911326040000F0"] {
        assert_eq!(status_report(&announced(rubbish)), None, "{rubbish}");
    }
    let stored = |line: &str| stored_report(&Urc::Line(line.to_owned()));
    assert_eq!(stored("+CDSI: \"SM\",3"), Some(3));
    assert_eq!(stored("+CMTI: \"SM\",3"), None);
    assert_eq!(stored("+CDSI: \"SM\",x"), None);
}
