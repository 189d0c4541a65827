//! Conversations that go well, in all the shapes that the reference and the transcripts have.
use super::script::Bench;
use bytes::Bytes;
use mmscope::at::{Command, Final, reply};
use mmscope::engine::{Answer, Urc};
use mmscope::event::{Direction, Ending, Role, Shape, What};
use std::time::Duration;

fn at(text: &str) -> Command {
    Command::typed(text).unwrap()
}
async fn run(bench: &Bench, command: Command) -> Answer {
    bench.engine.run(command, "test").await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_its_lines_and_its_final_code_with_times_and_evidence() {
    let mut bench = Bench::new(
        r"
        >> AT+CSQ\r
        .. 30
        << \r\n+CSQ: 21,99\r\n
        .. 10
        << \r\nOK\r\n",
    );
    let answer = run(&bench, Command::csq()).await;
    assert_eq!(answer.lines, ["+CSQ: 21,99"]);
    assert_eq!(
        (answer.result, answer.shape, answer.final_ms),
        (Final::Ok, Shape::AtOnce, 40)
    );
    bench.played().await;
    let all = bench.log.all();
    let What::Exchange(exchange) = &all[answer.evidence as usize - 1] else {
        panic!("the evidence is no exchange")
    };
    assert_eq!((exchange.number, exchange.purpose.as_str()), (1, "test"));
    assert_eq!(exchange.ending, Ending::Final("OK".into()));
    assert!(
        matches!(&all[exchange.since as usize - 1], What::Line(l) if l.role == Role::Command && l.text == "AT+CSQ")
    );
    assert_eq!(bench.engine.exchanges(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_code_is_an_answer_with_the_lines_before_it() {
    let bench = Bench::new(
        r"
        >> AT+CPIN?\r
        << \r\n+CME ERROR: SIM not inserted\r\n
        >> AT+CPIN?\r
        << \r\n+CME ERROR: 10\r\n
        >> AT+IPADDR\r
        << \r\n+IP ERROR: Network not opened\r\n\r\nERROR\r\n",
    );
    for _ in 0..2 {
        let answer = run(&bench, Command::cpin_read()).await;
        assert_eq!(answer.result.cme(), Some(10));
        assert_eq!(answer.result.words(), "SIM not inserted");
    }
    let answer = run(&bench, Command::ipaddr()).await;
    assert_eq!(
        (answer.lines, answer.result),
        (
            vec!["+IP ERROR: Network not opened".to_owned()],
            Final::Error
        )
    );
}

#[tokio::test(start_paused = true)]
async fn announcements_inside_an_answer_are_told_apart_by_name_and_by_shape() {
    let bench = Bench::new(
        r"
        >> AT+CREG?\r
        << \r\n+CREG: 5\r\n\r\n+CGEV: ME PDN ACT 3\r\n\r\n+CREG: 2,1,5303,31FA2C0\r\n
        << \r\n+CREG: 1,5303,31FA2C0\r\n\r\nOK\r\n
        >> AT+CEREG?\r
        << \r\n+CEREG: 1,5303,31FA2C0,7\r\n\r\n+CEREG: 2,5,5303,31FA2C0,7\r\n\r\nOK\r\n
        >> AT+CIPRXGET=4,0\r
        << \r\n+CIPRXGET: 1,0\r\n\r\n+CIPRXGET: 4,0,153\r\n\r\nOK\r\n",
    );
    let mut urcs = bench.engine.urcs();
    let answer = run(&bench, Command::creg_read()).await;
    assert_eq!(answer.lines, ["+CREG: 2,1,5303,31FA2C0"]);
    let answer = run(&bench, Command::cereg_read()).await;
    assert_eq!(answer.lines, ["+CEREG: 2,5,5303,31FA2C0,7"]);
    let answer = run(&bench, Command::ciprxget_waiting(0).unwrap()).await;
    assert_eq!(answer.lines, ["+CIPRXGET: 4,0,153"]);
    for wanted in [
        "+CREG: 5",
        "+CGEV: ME PDN ACT 3",
        "+CREG: 1,5303,31FA2C0",
        "+CEREG: 1,5303,31FA2C0,7",
        "+CIPRXGET: 1,0",
    ] {
        assert_eq!(urcs.recv().await.unwrap(), Urc::Line(wanted.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_result_is_waited_for_and_other_commands_run_meanwhile() {
    let mut bench = Bench::new(
        r#"
        >> AT+CIPOPEN=0,"TCP","192.0.2.80",80\r
        << \r\nOK\r\n
        >> AT+CSQ\r
        << \r\n+CSQ: 21,99\r\n
        .. 400
        << \r\n+CIPOPEN: 0,0\r\n
        << \r\nOK\r\n"#,
    );
    let open = Command::cipopen_tcp(0, "192.0.2.80", 80).unwrap();
    let (opened, signal) = tokio::join!(run(&bench, open), run(&bench, Command::csq()));
    assert_eq!(signal.lines, ["+CSQ: 21,99"]);
    assert_eq!(
        (opened.late.as_deref(), opened.shape),
        (Some("+CIPOPEN: 0,0"), Shape::Late)
    );
    assert_eq!((opened.final_ms, opened.late_ms), (0, Some(400)));
    assert!(opened.first(reply::link_result).unwrap().err.is_none());
    bench.played().await;
    assert!(bench.log.lines().contains(&"#1 late +CIPOPEN: 0,0".into()));
}

#[tokio::test(start_paused = true)]
async fn two_opens_at_once_each_get_their_own_result() {
    let bench = Bench::new(
        r#"
        >> AT+CIPOPEN=1,"TCP","192.0.2.81",8080\r
        << \r\nOK\r\n
        >> AT+CIPOPEN=2,"TCP","192.0.2.80",80\r
        .. 5
        << \r\n+CIPOPEN: 1,4\r\n\r\nOK\r\n
        .. 100
        << \r\n+CIPOPEN: 2,0\r\n"#,
    );
    let one = Command::cipopen_tcp(1, "192.0.2.81", 8080).unwrap();
    let two = Command::cipopen_tcp(2, "192.0.2.80", 80).unwrap();
    let (one, two) = tokio::join!(run(&bench, one), run(&bench, two));
    assert_eq!(
        (one.late.as_deref(), one.shape),
        (Some("+CIPOPEN: 1,4"), Shape::Late)
    );
    assert_eq!(
        (two.late.as_deref(), two.shape),
        (Some("+CIPOPEN: 2,0"), Shape::Late)
    );
}

#[tokio::test(start_paused = true)]
async fn on_failure_the_order_flips_and_the_shape_says_so() {
    let bench = Bench::new(
        r#"
        >> AT+CIPOPEN=0,"TCP","192.0.2.80",80\r
        << \r\n+CIPOPEN: 0,4\r\n\r\nERROR\r\n
        >> AT+CIPSEND=0,4\r
        << \r\n+CIPERROR: 4\r\n\r\nERROR\r\n
        >> AT+CIPCLOSE=0\r
        << \r\n+CIPCLOSE: 0,4\r\n\r\nERROR\r\n
        >> AT+NETCLOSE\r
        << \r\n+NETCLOSE: 2\r\n\r\nERROR\r\n
        >> AT+NETOPEN\r
        << \r\n+IP ERROR: Network is already opened\r\n\r\nERROR\r\n
        >> AT+CIPOPEN=1,"UDP",,,5000\r
        << \r\n+CIPOPEN: 1,0\r\n\r\nOK\r\n"#,
    );
    let rows = [
        (
            Command::cipopen_tcp(0, "192.0.2.80", 80).unwrap(),
            Some("+CIPOPEN: 0,4"),
            false,
        ),
        (
            Command::cipsend(0, Bytes::from_static(b"ping")).unwrap(),
            Some("+CIPERROR: 4"),
            false,
        ),
        (Command::cipclose(0).unwrap(), Some("+CIPCLOSE: 0,4"), false),
        (Command::netclose(), Some("+NETCLOSE: 2"), false),
        (Command::netopen(), None, false),
        (
            at("AT+CIPOPEN=1,\"UDP\",,,5000"),
            Some("+CIPOPEN: 1,0"),
            true,
        ),
    ];
    for (command, late, ok) in rows {
        let text = command.text().to_owned();
        let answer = run(&bench, command).await;
        assert_eq!(
            (answer.late.as_deref(), answer.result.is_ok(), answer.shape),
            (late, ok, Shape::AtOnce),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn netopen_read_waits_for_the_late_result_that_looks_like_its_answer() {
    let bench = Bench::new(
        r"
        >> AT+NETOPEN\r
        << \r\nOK\r\n
        >> AT+CSQ\r
        << \r\n+CSQ: 21,99\r\n\r\nOK\r\n
        -- 7000
        << \r\n+NETOPEN: 1\r\n
        >> AT+NETOPEN?\r
        << \r\n+NETOPEN: 0\r\n\r\nOK\r\n",
    );
    let (opened, read, _) = tokio::join!(
        run(&bench, Command::netopen()),
        run(&bench, Command::netopen_read()),
        run(&bench, Command::csq()),
    );
    assert_eq!(
        opened
            .late
            .as_deref()
            .and_then(reply::net_result)
            .unwrap()
            .name(),
        Some("network failure")
    );
    assert_eq!(read.first(reply::netopen_read), Some(false));
}

#[tokio::test(start_paused = true)]
async fn an_exclusive_command_is_alone_until_its_late_result() {
    let bench = Bench::new(
        r"
        >> AT+NETCLOSE\r
        << \r\nOK\r\n
        -- 1300
        << \r\n+NETCLOSE: 0\r\n
        >> AT+CSQ\r
        << \r\n+CSQ: 21,99\r\n\r\nOK\r\n",
    );
    let (closed, signal) = tokio::join!(
        run(&bench, Command::netclose().late_exclusive()),
        run(&bench, Command::csq()),
    );
    assert_eq!(closed.late.as_deref(), Some("+NETCLOSE: 0"));
    assert_eq!(signal.lines, ["+CSQ: 21,99"]);
}

#[tokio::test(start_paused = true)]
async fn every_octet_of_both_ways_is_reported() {
    let mut bench = Bench::new(
        r"
        >> AT+CIPSEND=0,3\r
        << \r\n>
        >> a\x00b
        <. \r\nOK\r\n\r\n+CIPSEND: 0,3,3\r\n\xff\r\n",
    );
    let sent = Command::cipsend(0, Bytes::from_static(b"a\x00b")).unwrap();
    run(&bench, sent).await;
    bench.played().await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    let (mut tx, mut rx) = (Vec::new(), Vec::new());
    for what in bench.log.all() {
        if let What::Wire(wire) = what {
            let way = match wire.dir {
                Direction::Tx => &mut tx,
                Direction::Rx => &mut rx,
            };
            way.extend_from_slice(&wire.octets.0);
        }
    }
    assert_eq!(tx, b"AT+CIPSEND=0,3\ra\x00b");
    assert_eq!(rx, b"\r\n>\r\nOK\r\n\r\n+CIPSEND: 0,3,3\r\n\xff\r\n");
    assert_eq!(bench.log.texts(Role::Noise), [r"\xff"]);
}

#[tokio::test(start_paused = true)]
async fn payload_goes_out_after_the_prompt_and_not_before() {
    let bench = Bench::new(
        r#"
        >> AT+CIPSEND=0,13\r
        -- 50
        << \r\n>
        >> \r\nOK\r\nERROR\r\n
        << \r\nOK\r\n\r\n+CIPSEND: 0,13,13\r\n
        >> AT+CMGS=17\r
        << \r\n> 
        >> 0011\x1a
        .. 3000
        << \r\n+CMGS: 46\r\n\r\nOK\r\n"#,
    );
    let payload = Bytes::from_static(b"\r\nOK\r\nERROR\r\n");
    let sent = run(&bench, Command::cipsend(0, payload).unwrap()).await;
    assert_eq!(sent.first(reply::cipsend).unwrap().confirmed, 13);
    let message = run(&bench, Command::cmgs(17, "0011").unwrap()).await;
    assert_eq!(message.lines, ["+CMGS: 46"]);
}

#[tokio::test(start_paused = true)]
async fn counted_raw_data_may_look_like_a_result() {
    let bench = Bench::new(
        r"
        >> AT+CIPRXGET=2,0,1500\r
        << \r\n+CIPRXGET: 2,0,13,5\r\nab\r\nOK\r\n\x00\xff\x8c>
        << \r\r\n\r\nOK\r\n
        >> AT+CIPRXGET=2,0,1500\r
        << \r\n+IP ERROR: No data\r\n\r\nERROR\r\n",
    );
    let take = || Command::ciprxget_take(0, 1500).unwrap();
    let answer = run(&bench, take()).await;
    assert_eq!(
        answer.raw.as_deref(),
        Some(&b"ab\r\nOK\r\n\x00\xff\x8c>\r"[..])
    );
    assert!(answer.result.is_ok());
    let answer = run(&bench, take()).await;
    assert_eq!((answer.raw, answer.result), (None, Final::Error));
}

#[tokio::test(start_paused = true)]
async fn echo_left_on_disturbs_nothing() {
    let mut bench = Bench::new(
        r"
        >> AT+CSQ\r
        << AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n
        >> AT+CIPSEND=0,8\r
        << AT+CIPSEND=0,8\r\r\n>
        >> \r\nOK\r\nab
        << \r\nOK\r\nab
        .. 200
        << \r\nERROR\r\n
        >> ATE0\r
        << ATE0\r\r\nOK\r\n
        >> AT\r
        << \r\nOK\r\n",
    );
    assert_eq!(run(&bench, Command::csq()).await.lines, ["+CSQ: 21,99"]);
    let sent = run(
        &bench,
        Command::cipsend(0, Bytes::from_static(b"\r\nOK\r\nab")).unwrap(),
    )
    .await;
    assert_eq!(
        sent.result,
        Final::Error,
        "the OK inside the echoed payload is no result"
    );
    assert!(run(&bench, Command::ate0()).await.result.is_ok());
    assert!(run(&bench, Command::at()).await.lines.is_empty());
    bench.played().await;
    assert_eq!(bench.log.texts(Role::Noise), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn octet_by_octet_and_with_storms_in_between() {
    let bench = Bench::new(
        r"
        >> AT+CGMM\r
        <. \r\n+CGEV: NW PDN DEACT 1\r\n\r\nSIMCOM_SIM7600G-H\r\n\r\n+CPSI: NO SERVICE,Online\r\n\r\nOK\r\n
        >> AT+CIMI\r
        <. \r\nRING\r\n\r\n310240000000123\r\n\r\nNO CARRIER\r\n\r\nOK\r\n",
    );
    assert_eq!(
        run(&bench, Command::cgmm()).await.lines,
        ["SIMCOM_SIM7600G-H"]
    );
    assert_eq!(
        run(&bench, Command::cimi()).await.lines,
        ["310240000000123"]
    );
}

#[tokio::test(start_paused = true)]
async fn ping_ends_with_its_summary() {
    let bench = Bench::new(
        r#"
        >> AT+CPING="198.51.100.9",1,2,64,1000,10000,255\r
        << \r\nOK\r\n
        .. 11000
        << \r\n+CPING: 2\r\n
        .. 11000
        << \r\n+CPING: 2\r\n\r\n+CPING: 3,2,0,2,0,0,0\r\n"#,
    );
    let ping = Command::cping("198.51.100.9", 2, Duration::from_secs(10)).unwrap();
    let answer = run(&bench, ping).await;
    assert_eq!(answer.all(reply::cping).len(), 3);
    assert_eq!(answer.late.as_deref(), Some("+CPING: 3,2,0,2,0,0,0"));
}

#[tokio::test(start_paused = true)]
async fn messages_own_the_next_line_whatever_it_says() {
    let bench = Bench::new(
        r#"
        << \r\n+CMT: "+12025550123",,"26/11/22,10:00:00-20"\r\nERROR\r\n
        >> AT+CMGR=1\r
        << \r\n+CMGR: "REC READ","+12025550123",,"26/11/22,10:00:00-20"\r\nOK\r\n\r\nOK\r\n"#,
    );
    let mut urcs = bench.engine.urcs();
    let wanted = Urc::Message {
        head: "+CMT: \"+12025550123\",,\"26/11/22,10:00:00-20\"".into(),
        body: "ERROR".into(),
    };
    assert_eq!(urcs.recv().await.unwrap(), wanted);
    let answer = run(&bench, Command::cmgr(1)).await;
    assert_eq!(answer.lines[1], "OK");
    assert_eq!(answer.lines.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_restart_behind_the_head_of_a_message_is_a_restart() {
    let bench = Bench::new(
        r#"
        << \r\n+CMT: "+12025550123",,"26/11/22,10:00:00-20"\r\nRDY\r\n
        >> AT\r
        << \r\nOK\r\n"#,
    );
    let mut urcs = bench.engine.urcs();
    assert_eq!(urcs.recv().await.unwrap(), Urc::Rebooted);
    assert_eq!(bench.engine.boots(), 1);
    assert!(run(&bench, Command::at()).await.result.is_ok());
}

#[tokio::test(start_paused = true)]
async fn numeric_results_are_understood_until_words_are_on() {
    let bench = Bench::new(
        r"
        >> AT\r
        << 0\r
        >> AT+CSQ\r
        << +CSQ: 21,99\r\n0\r
        >> ATV1\r
        << \r\nOK\r\n
        >> AT+CGMM\r
        << \r\n4\r\n\r\nOK\r\n",
    );
    assert!(run(&bench, Command::at()).await.result.is_ok());
    assert_eq!(run(&bench, Command::csq()).await.lines, ["+CSQ: 21,99"]);
    assert!(run(&bench, Command::atv1()).await.result.is_ok());
    assert_eq!(run(&bench, Command::cgmm()).await.lines, ["4"]);
}

#[tokio::test(start_paused = true)]
async fn a_typed_command_that_nobody_knows_gets_its_lines() {
    let bench = Bench::new(
        r"
        >> ATI\r
        << \r\nManufacturer: SIMCOM INCORPORATED\r\nModel: SIMCOM_SIM7600G-H\r\n+GCAP: +CGSM\r\n\r\n+CREG: 1\r\n\r\nOK\r\n
        >> at+cnsmod=?\r
        << \r\n+CNSMOD: (0-1)\r\n\r\nOK\r\n
        >> AT+CSQ;+CREG?\r
        << \r\n+CSQ: 21,99\r\n\r\n+CREG: 0,1\r\n\r\nOK\r\n",
    );
    let lines = run(&bench, at("ATI")).await.lines;
    assert_eq!(
        lines,
        [
            "Manufacturer: SIMCOM INCORPORATED",
            "Model: SIMCOM_SIM7600G-H",
            "+GCAP: +CGSM"
        ]
    );
    assert_eq!(
        run(&bench, at("at+cnsmod=?")).await.lines,
        ["+CNSMOD: (0-1)"]
    );
    assert_eq!(
        run(&bench, at("AT+CSQ;+CREG?")).await.lines,
        ["+CSQ: 21,99", "+CREG: 0,1"]
    );
}

#[tokio::test(start_paused = true)]
async fn at_twenty_times_the_speed_limits_are_a_twentieth() {
    let bench = Bench::at_speed(
        r"
        >> AT+CSQ\r
        -- 240",
        20.0,
    );
    let start = tokio::time::Instant::now();
    let error = bench.engine.run(Command::csq(), "test").await.unwrap_err();
    assert_eq!(start.elapsed().as_millis(), 250);
    assert!(error.to_string().contains("within 5 s"), "{error}");
}
