//! Conversations that go wrong: what a user would lose is a wrong answer believed, or a program that hangs.
use super::script::Bench;
use bytes::Bytes;
use mmscope::at::Command;
use mmscope::engine::{EngineError, Urc};
use mmscope::event::{Ending, Role, SerialState, What};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

fn at(text: &str) -> Command {
    Command::typed(text).unwrap()
}
fn send(octets: &'static [u8]) -> Command {
    Command::cipsend(0, Bytes::from_static(octets)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_limit_is_not_the_next_commands() {
    let mut bench = Bench::new(
        r"
        >> AT+CSQ\r
        -- 5299
        >> AT+CMEE?\r
        << \r\n+CSQ: 1,99\r\n\r\nOK\r\n
        .. 100
        << \r\n+CMEE: 2\r\n\r\nOK\r\n
        >> AT+CSQ\r
        << \r\n+CSQ: 21,99\r\n\r\nOK\r\n",
    );
    let (first, second) = tokio::join!(
        bench.engine.run(Command::csq(), "a"),
        bench.engine.run(Command::csq(), "b")
    );
    assert!(
        matches!(first, Err(EngineError::Timeout { .. })),
        "{first:?}"
    );
    assert_eq!(second.unwrap().lines, ["+CSQ: 21,99"]);
    bench.played().await;
    assert_eq!(bench.log.texts(Role::Noise), ["+CSQ: 1,99", "OK"]);
    assert_eq!(
        bench.log.texts(Role::Urc),
        Vec::<String>::new(),
        "a stale answer is no announcement"
    );
    let endings: Vec<_> = bench
        .log
        .exchanges()
        .into_iter()
        .map(|e| (e.number, e.ending))
        .collect();
    assert_eq!(
        endings,
        [
            (1, Ending::Timeout(5000)),
            (2, Ending::Final("OK".into())),
            (3, Ending::Final("OK".into()))
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_late_answer_of_one_probe_is_not_the_answer_of_the_next() {
    let bench = Bench::new(
        r"
        >> AT+CSQ\r
        >> AT+CMEE?\r
        .. 2100
        << \r\n+CSQ: 1,99\r\n\r\nOK\r\n\r\n+CMEE: 2\r\n\r\nOK\r\n
        >> AT+CFUN?\r
        << \r\n+CFUN: 1\r\n\r\nOK\r\n
        >> AT\r
        << \r\nOK\r\n",
    );
    assert!(bench.engine.run(Command::csq(), "a").await.is_err());
    assert!(
        bench
            .engine
            .run(Command::at(), "b")
            .await
            .unwrap()
            .lines
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_announcements_does_not_keep_the_quarantine_open() {
    let bench = Bench::new(
        r"
        >> AT+CSQ\r
        -- 5000",
    );
    let engine = bench.engine.clone();
    let log = bench.log.clone();
    let storm = tokio::spawn(async move {
        let mut modem = bench.modem.await.unwrap();
        let mut got = Vec::new();
        loop {
            let mut chunk = [0; 64];
            if let Ok(read) = timeout(Duration::from_millis(20), modem.read(&mut chunk)).await {
                got.extend_from_slice(&chunk[..read.unwrap()]);
            }
            if got.ends_with(b"AT+CMEE?\r") {
                got.clear();
                modem
                    .write_all(b"\r\n+CMEE: 2\r\n\r\nOK\r\n")
                    .await
                    .unwrap();
            }
            if got.ends_with(b"AT\r") {
                got.clear();
                modem.write_all(b"\r\nOK\r\n").await.unwrap();
            }
            modem.write_all(b"\r\n+CREG: 2\r\n").await.unwrap();
        }
    });
    assert!(engine.run(Command::csq(), "a").await.is_err());
    assert!(engine.run(Command::at(), "b").await.unwrap().result.is_ok());
    assert!(mmscope::event::Recorder::now_ms(&*log) < 8000);
    storm.abort();
}

#[tokio::test(start_paused = true)]
async fn a_modem_that_stays_silent_is_named_and_tried_again_with_the_next_command() {
    let bench = Bench::new(
        r"
        >> AT+CSQ\r
        >> AT+CMEE?\rAT+CFUN?\rAT+CGATT?\r
        .. 20000
        << \r\nnoise\r\n
        >> AT+IPR?\r
        << \r\n+IPR: 115200\r\n\r\nOK\r\n
        >> AT\r
        << \r\nOK\r\n",
    );
    let (first, second) = tokio::join!(
        bench.engine.run(Command::csq(), "a"),
        bench.engine.run(Command::at(), "b")
    );
    assert!(matches!(first, Err(EngineError::Timeout { .. })));
    let second = second.unwrap_err();
    assert!(
        matches!(&second, EngineError::Quarantined { after, .. } if after == "AT+CSQ"),
        "{second}"
    );
    sleep(Duration::from_secs(30)).await;
    assert!(
        bench
            .engine
            .run(Command::at(), "c")
            .await
            .unwrap()
            .result
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_result_that_never_comes_is_said_and_is_recognised_when_it_comes_after_all() {
    let mut bench = Bench::new(
        r#"
        >> AT+CIPOPEN=0,"TCP","192.0.2.80",80\r
        << \r\nOK\r\n
        >> AT+CSQ\r
        << \r\n+CSQ: 21,99\r\n
        .. 31000
        << \r\n+CIPOPEN: 0,0\r\n
        << \r\nOK\r\n"#,
    );
    let mut urcs = bench.engine.urcs();
    let open = Command::cipopen_tcp(0, "192.0.2.80", 80)
        .unwrap()
        .with_late_limit(Duration::from_secs(30));
    let slow = Command::csq().with_limit(Duration::from_secs(60));
    let (open, csq) = tokio::join!(bench.engine.run(open, "a"), bench.engine.run(slow, "b"));
    assert!(
        matches!(open, Err(EngineError::LateTimeout { limit, .. }) if limit == Duration::from_secs(30))
    );
    assert_eq!(csq.unwrap().lines, ["+CSQ: 21,99"]);
    assert_eq!(
        urcs.recv().await.unwrap(),
        Urc::Line("+CIPOPEN: 0,0".into())
    );
    bench.played().await;
    assert!(bench.log.lines().contains(&"#1 late +CIPOPEN: 0,0".into()));
}

#[tokio::test(start_paused = true)]
async fn the_overdue_result_of_one_open_is_not_the_result_of_the_next() {
    let bench = Bench::new(
        r#"
        >> AT+CIPOPEN=0,"TCP","192.0.2.80",80\r
        << \r\nOK\r\n
        >> AT+CIPOPEN=0,"TCP","192.0.2.80",80\r
        << \r\n+CIPOPEN: 0,10\r\n\r\nOK\r\n
        .. 300
        << \r\n+CIPOPEN: 0,0\r\n"#,
    );
    let open = || {
        Command::cipopen_tcp(0, "192.0.2.80", 80)
            .unwrap()
            .with_late_limit(Duration::from_secs(3))
    };
    assert!(bench.engine.run(open(), "a").await.is_err());
    assert_eq!(
        bench.engine.run(open(), "b").await.unwrap().late.as_deref(),
        Some("+CIPOPEN: 0,0")
    );
}

#[tokio::test(start_paused = true)]
async fn a_dropped_caller_leaves_no_half_exchange_behind() {
    let mut bench = Bench::new(
        r"
        >> AT+CIPSEND=0,4\r
        .. 1000
        << \r\n>
        >> ping
        << \r\nOK\r\n
        >> AT+CSQ\r
        << \r\n+CIPSEND: 0,4,4\r\n\r\n+CSQ: 21,99\r\n\r\nOK\r\n",
    );
    let mut urcs = bench.engine.urcs();
    let gone = timeout(
        Duration::from_millis(500),
        bench.engine.run(send(b"ping"), "a"),
    )
    .await;
    assert!(gone.is_err());
    let never = timeout(
        Duration::from_millis(1),
        bench.engine.run(at("AT+CGMM"), "never begun"),
    )
    .await;
    assert!(never.is_err());
    assert_eq!(
        bench.engine.run(Command::csq(), "b").await.unwrap().lines,
        ["+CSQ: 21,99"]
    );
    assert_eq!(
        urcs.recv().await.unwrap(),
        Urc::Line("+CIPSEND: 0,4,4".into())
    );
    bench.played().await;
    assert_eq!(
        bench.log.exchanges().len(),
        2,
        "what had not begun is not sent for nobody"
    );
}

#[tokio::test(start_paused = true)]
async fn a_prompt_after_the_limit_is_still_filled() {
    let bench = Bench::new(
        r"
        >> AT+CIPSEND=0,4\r
        .. 20100
        << \r\n>
        >> ping
        << \r\nOK\r\n\r\n+CIPSEND: 0,4,4\r\n
        >> AT+CMEE?\r
        << \r\n+CMEE: 2\r\n\r\nOK\r\n
        >> AT\r
        << \r\nOK\r\n",
    );
    assert!(matches!(
        bench.engine.run(send(b"ping"), "a").await,
        Err(EngineError::Timeout { .. })
    ));
    assert!(
        bench
            .engine
            .run(Command::at(), "b")
            .await
            .unwrap()
            .result
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_prompt_that_was_garbled_is_filled_before_the_second_probe() {
    let bench = Bench::new(
        r"
        >> AT+CIPSEND=0,20\r
        << \r\n\x01\x02
        >> AT+CMEE?\r
        >> 01234567890123456789AT+CFUN?\r
        << \r\nOK\r\n\r\n+CFUN: 1\r\n\r\nOK\r\n
        >> AT\r
        << \r\nOK\r\n",
    );
    assert!(
        bench
            .engine
            .run(send(b"01234567890123456789"), "a")
            .await
            .is_err()
    );
    assert!(
        bench
            .engine
            .run(Command::at(), "b")
            .await
            .unwrap()
            .result
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_prompt_without_payload_is_cancelled_and_said() {
    let bench = Bench::new(
        r#"
        >> AT+CMGS="+12025550123"\r
        << \r\n> 
        >> \x1b
        << \r\nOK\r\n
        >> AT\r
        << \r\nOK\r\n"#,
    );
    let error = bench
        .engine
        .run(at("AT+CMGS=\"+12025550123\""), "person")
        .await
        .unwrap_err();
    assert!(matches!(error, EngineError::Prompted { .. }), "{error}");
    assert!(bench.engine.run(Command::at(), "b").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_reboot_ends_every_exchange_and_is_announced() {
    let mut bench = Bench::new(
        r#"
        << \r\nSMS DONE\r\n
        >> AT+CIPOPEN=0,"TCP","192.0.2.80",80\r
        << \r\nOK\r\n
        >> AT+CIPSEND=1,4\r
        << \r\n>
        >> ping
        .. 3000
        << \x00\xfc\xe0
        .. 5000
        << \r\nRDY\r\n\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n\r\nPB DONE\r\n
        >> AT\r
        << AT\r\r\nOK\r\n"#,
    );
    let mut urcs = bench.engine.urcs();
    let open = Command::cipopen_tcp(0, "192.0.2.80", 80).unwrap();
    let ping = Command::cipsend(1, Bytes::from_static(b"ping")).unwrap();
    let (open, ping) = tokio::join!(bench.engine.run(open, "a"), bench.engine.run(ping, "b"));
    for error in [open.unwrap_err(), ping.unwrap_err()] {
        assert!(matches!(error, EngineError::Rebooted { .. }), "{error}");
    }
    assert!(
        bench
            .engine
            .run(Command::at(), "c")
            .await
            .unwrap()
            .result
            .is_ok()
    );
    assert_eq!(urcs.recv().await.unwrap(), Urc::Line("SMS DONE".into()));
    assert_eq!(urcs.recv().await.unwrap(), Urc::Rebooted);
    let mut rest = vec![];
    while let Ok(urc) = urcs.try_recv() {
        rest.push(urc);
    }
    let line = |t: &str| Urc::Line(t.into());
    assert_eq!(
        rest,
        [
            line("RDY"),
            line("+CPIN: READY"),
            line("SMS DONE"),
            line("PB DONE")
        ],
        "one reboot, not two"
    );
    bench.played().await;
    let endings: Vec<_> = bench
        .log
        .exchanges()
        .into_iter()
        .map(|e| e.ending)
        .collect();
    assert_eq!(endings[..2], [Ending::Rebooted, Ending::Rebooted]);
}

#[tokio::test(start_paused = true)]
async fn a_second_sms_done_is_a_reboot_but_not_after_a_pin() {
    let bench = Bench::new(
        r"
        << \r\nSMS DONE\r\n
        >> AT+CPIN=1234\r
        << \r\nOK\r\n\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n
        >> AT+CSQ\r
        << \r\nSMS DONE\r\n",
    );
    sleep(Duration::from_millis(5)).await;
    assert!(bench.engine.run(at("AT+CPIN=1234"), "a").await.is_ok());
    let error = bench.engine.run(Command::csq(), "b").await.unwrap_err();
    assert!(matches!(error, EngineError::Rebooted { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_reboot_in_the_middle_of_raw_data_is_found_at_the_limit() {
    let bench = Bench::new(
        r"
        >> AT+CIPRXGET=2,0,1500\r
        << \r\n+CIPRXGET: 2,0,1400,0\r\nHTTP/1.1 200 OK\r\n
        .. 4000
        << \r\nRDY\r\n",
    );
    let mut urcs = bench.engine.urcs();
    let take = Command::ciprxget_take(0, 1500).unwrap();
    assert!(bench.engine.run(take, "a").await.is_err());
    assert!(
        timeout(Duration::from_secs(5), async {
            while urcs.recv().await.unwrap() != Urc::Rebooted {}
        })
        .await
        .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_line_ends_everything_with_its_reason() {
    let mut bench = Bench::new(
        r#"
        >> AT+CIPOPEN=0,"TCP","192.0.2.80",80\r
        << \r\nOK\r\n
        >> AT+CSQ\r"#,
    );
    let mut urcs = bench.engine.urcs();
    let open = Command::cipopen_tcp(0, "192.0.2.80", 80).unwrap();
    let engine = bench.engine.clone();
    let (open, csq, waiting, _) = tokio::join!(
        engine.run(open, "a"),
        engine.run(Command::csq(), "b"),
        engine.run(Command::at(), "c"),
        async { drop(bench.played().await) },
    );
    let lost = |e: &EngineError| matches!(e, EngineError::LineLost { .. });
    assert!(lost(&open.unwrap_err()) && lost(&csq.unwrap_err()));
    assert_eq!(waiting.unwrap_err().evidence(), None);
    let after = engine.run(Command::at(), "d").await.unwrap_err();
    assert!(
        lost(&after) && after.to_string().contains("the device is gone"),
        "{after}"
    );
    assert!(matches!(urcs.recv().await.unwrap(), Urc::LineLost(_)));
    let lost = |w: &What| matches!(w, What::Serial(s) if s.name == "script" && matches!(s.state, SerialState::Lost(_)));
    assert_eq!(bench.log.all().iter().filter(|w| lost(w)).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_takes_no_octets_is_lost_and_does_not_hang() {
    let (line, _modem) = tokio::io::duplex(4);
    let bench = Bench::new("");
    let log: mmscope::event::Sink = bench.log.clone();
    let engine =
        mmscope::engine::Engine::start(line, "stuck", mmscope::engine::Pace::default(), log);
    let error = engine.run(Command::csq(), "a").await.unwrap_err();
    assert!(error.to_string().contains("takes no octets"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn closing_lets_the_exchange_in_flight_end_and_refuses_the_rest() {
    let mut bench = Bench::new(
        r"
        >> AT+CIPSEND=0,4\r
        .. 100
        << \r\n>
        >> ping
        << \r\nERROR\r\n",
    );
    let engine = bench.engine.clone();
    let (flying, waiting, ()) = tokio::join!(
        engine.run(send(b"ping"), "a"),
        engine.run(Command::csq(), "b"),
        async {
            sleep(Duration::from_millis(10)).await;
            bench.engine.clone().close().await;
        }
    );
    assert!(flying.is_ok());
    assert!(matches!(waiting, Err(EngineError::Closed { .. })));
    assert!(matches!(
        engine.run(Command::at(), "c").await,
        Err(EngineError::Closed { .. })
    ));
    let mut modem = bench.played().await;
    assert_eq!(modem.read(&mut [0]).await.unwrap(), 0, "the line is let go");
}

#[tokio::test(start_paused = true)]
async fn closing_does_not_wait_for_a_modem_that_takes_its_time() {
    let bench = Bench::new(r">> AT+CGACT=1,3\r");
    let start = tokio::time::Instant::now();
    let (activation, ()) = tokio::join!(
        bench.engine.run(Command::cgact(true, 3).unwrap(), "a"),
        async {
            sleep(Duration::from_millis(10)).await;
            bench.engine.clone().close().await;
        }
    );
    assert!(matches!(activation, Err(EngineError::Closed { .. })));
    assert_eq!(start.elapsed().as_millis(), 10_010);
}

#[tokio::test(start_paused = true)]
async fn dropping_every_handle_lets_the_line_go() {
    let mut bench = Bench::new("");
    let mut modem = bench.played().await;
    drop(bench.engine);
    assert_eq!(modem.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_ends_stays_bounded() {
    let bench = Bench::new(r">> AT+CNUM\r");
    let engine = bench.engine.clone();
    let flood = tokio::spawn(async move {
        let mut modem = bench.modem.await.unwrap();
        while modem
            .write_all(
                b"\r\n+CNUM: \"a\",\"5550123\",129\r\n"
                    .repeat(20)
                    .as_slice(),
            )
            .await
            .is_ok()
        {
            sleep(Duration::from_millis(20)).await;
        }
    });
    let error = engine.run(Command::cnum(), "a").await.unwrap_err();
    assert!(matches!(error, EngineError::Timeout { .. }));
    let kept = bench.log.exchanges()[0].lines.len();
    assert!((1000..=2048).contains(&kept), "{kept}");
    flood.abort();
}
