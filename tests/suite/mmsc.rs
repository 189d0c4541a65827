//! Conversations with the simulated MMSC: what it answers, and what a phone shows afterwards.

use mmscope::mms::*;
use mmscope::simulator::mmsc::{Mmsc, MmscSpec, serve_on};
use mmscope::simulator::phone::{Delivered, Phones, canonical};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

const LINE: &str = "+12025550100";

/// What came back over HTTP.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn conf(&self) -> SendConf {
        assert!(
            self.head
                .contains("content-type: application/vnd.wap.mms-message"),
            "{}",
            self.head
        );
        SendConf::read(&Pdu::decode(&self.body).pdu).unwrap()
    }
}

fn request(line: &str, extra: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{line} HTTP/1.1\r\nHost: mmsc.example\r\nContent-Type: application/vnd.wap.mms-message\r\nContent-Length: {}\r\nConnection: close\r\n{extra}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Writes a request in small pieces and reads to the end.
async fn exchange(mut io: impl AsyncRead + AsyncWrite + Unpin, request: &[u8]) -> Answer {
    let (mut reader, mut writer) = tokio::io::split(&mut io);
    let send = async {
        for piece in request.chunks(100) {
            // The server may answer and close before it has read everything.
            if writer.write_all(piece).await.is_err() {
                break;
            }
        }
    };
    let mut answer = Vec::new();
    let receive = async {
        reader.read_to_end(&mut answer).await.unwrap();
    };
    tokio::join!(send, receive);
    let split = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(answer[..split].to_vec()).unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body: answer[split + 4..].to_vec(),
    }
}

async fn post(mmsc: &std::sync::Arc<Mmsc>, octets: &[u8]) -> Answer {
    let (client, server) = tokio::io::duplex(64);
    tokio::spawn(mmsc.clone().serve(server, Some(LINE.to_owned())));
    exchange(client, octets).await
}

fn long_text() -> String {
    let text: String = "The whole of a long text arrives in one bubble. "
        .chars()
        .cycle()
        .take(826)
        .collect();
    text + "é"
}

fn message() -> SendReq {
    SendReq {
        to: vec!["+1 202 555 0123".into(), "2025550124".into()],
        subject: Some("Été".into()),
        parts: vec![Part::plain_text(long_text())],
        ..SendReq::new("T-bench-1")
    }
}

fn mmsc(spec: MmscSpec) -> std::sync::Arc<Mmsc> {
    Mmsc::new(spec, Phones::new(), 1.0)
}

#[tokio::test(start_paused = true)]
async fn a_good_message_becomes_one_bubble_with_the_whole_text_on_each_phone() {
    let mmsc = mmsc(MmscSpec::default());
    let mut changes = mmsc.phones().changes();
    let octets = message().encode().unwrap();
    let sent = request("POST /mms/wapenc", "", &octets);
    let answer = post(&mmsc, &sent).await;
    assert_eq!(answer.status, 200);
    let conf = answer.conf();
    assert_eq!(conf.response_status, ResponseStatus::OK);
    assert_eq!(conf.transaction_id.as_deref(), Some("T-bench-1"));
    assert!(conf.message_id.unwrap().ends_with("@mmsc.example"));
    assert!(changes.has_changed().unwrap());
    assert_eq!(*changes.borrow_and_update(), 2);

    for number in ["+12025550123", "+12025550124"] {
        let bubbles = mmsc.phones().bubbles(number);
        assert_eq!(bubbles.len(), 1, "{number}");
        assert_eq!(bubbles[0].text, long_text());
        assert_eq!(
            (bubbles[0].from.as_str(), bubbles[0].subject.as_deref()),
            (LINE, Some("Été"))
        );
        assert_eq!(
            bubbles[0].attachments,
            [],
            "the presentation is nothing that a person sees"
        );
    }
    let seen = &mmsc.requests()[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str(), &seen.body[..]),
        ("POST", "/mms/wapenc", &octets[..])
    );
    assert_eq!(seen.header("Host"), Some("mmsc.example"));
    assert_eq!(mmsc.raw()[0].octets, sent, "the octets as they were sent");
}

#[tokio::test(start_paused = true)]
async fn pictures_stand_in_the_same_bubble() {
    let mmsc = mmsc(MmscSpec::default());
    let mut message = message();
    message.from = Sender::Address("+12025550199".into());
    message.parts.push(Part::new(
        "image/jpeg",
        Some("cat.jpg".into()),
        vec![0xFF; 5000],
    ));
    post(&mmsc, &request("POST /", "", &message.encode().unwrap())).await;
    let bubble = &mmsc.phones().bubbles("+12025550123")[0];
    assert_eq!(bubble.from, "+12025550199");
    assert_eq!(bubble.attachments.len(), 1);
    let seen = &bubble.attachments[0];
    assert_eq!(
        (seen.content_type.as_str(), seen.name.as_deref(), seen.size),
        ("image/jpeg", Some("cat.jpg"), 5000)
    );
    assert_eq!(bubble.parts[2].data, vec![0xFF; 5000]);
}

#[tokio::test(start_paused = true)]
async fn an_mmsc_that_refuses_says_so_and_nothing_arrives() {
    let spec = |text: &str| toml::from_str::<MmscSpec>(text).unwrap();
    let octets = message().encode().unwrap();
    for (world, octet, text) in [
        (
            "response_status = \"service-denied\"\nresponse_text = \"Keine Buchung für MMS\"",
            0xE1,
            Some("Keine Buchung für MMS"),
        ),
        (
            "response_status = \"Error-transient-network-problem\"",
            0xC3,
            None,
        ),
        ("response_status = 0xEB", 0xEB, None),
        ("response_status = 0xF7", 0xF7, None),
        (
            "max_bytes = 100",
            0xE5,
            Some("octets, but at most 100 are accepted"),
        ),
    ] {
        let mmsc = mmsc(spec(world));
        let answer = post(&mmsc, &request("POST /mms/wapenc", "", &octets)).await;
        assert_eq!(answer.status, 200, "{world}: HTTP went well, MMS did not");
        let conf = answer.conf();
        assert_eq!(conf.response_status.octet(), octet, "{world}");
        assert!(
            conf.response_text
                .unwrap_or_default()
                .contains(text.unwrap_or_default()),
            "{world}"
        );
        assert_eq!(
            (conf.message_id, conf.transaction_id.as_deref()),
            (None, Some("T-bench-1"))
        );
        assert_eq!(mmsc.phones().all(), [], "{world}");
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_no_m_send_conf() {
    let octets = message().encode().unwrap();
    let good = request("POST /mms/wapenc", "", &octets);
    let html = "<html>Please log in</html>";
    let portal = MmscSpec {
        body: Some(html.into()),
        content_type: "text/html".into(),
        ..MmscSpec::default()
    };
    let with_status = |http_status| MmscSpec {
        http_status,
        ..MmscSpec::default()
    };
    let picky = MmscSpec {
        required_headers: [("X-Wap-Profile".to_owned(), String::new())].into(),
        ..MmscSpec::default()
    };
    for (case, spec, sent, status, says) in [
        (
            "500",
            with_status(500),
            good.clone(),
            500,
            "Internal Server Error",
        ),
        (
            "503",
            with_status(503),
            good.clone(),
            503,
            "Service Unavailable",
        ),
        ("portal", portal, good.clone(), 200, html),
        (
            "another path",
            MmscSpec::default(),
            request("POST /mms/wapenc:8080", "", &octets),
            404,
            "Not found",
        ),
        (
            "garbage",
            MmscSpec::default(),
            request("POST /mms/wapenc", "", b"\x00\x01garbage"),
            400,
            "Malformed MMS message",
        ),
        (
            "nothing",
            MmscSpec::default(),
            request("POST /mms/wapenc", "", b""),
            400,
            "Malformed MMS message",
        ),
        (
            "the answer sent as a request",
            MmscSpec::default(),
            request("POST /", "", b"\x8C\x81\x98\x31\x00\x8D\x92\x92\x80"),
            403,
            "M-Send.conf",
        ),
        (
            "GET",
            MmscSpec::default(),
            request("GET /mms/wapenc", "", b""),
            405,
            "Only POST",
        ),
        (
            "a header is missing",
            picky.clone(),
            good.clone(),
            403,
            "X-Wap-Profile",
        ),
    ] {
        let mmsc = mmsc(spec);
        let answer = post(&mmsc, &sent).await;
        assert_eq!(answer.status, status, "{case}");
        assert!(
            String::from_utf8_lossy(&answer.body).contains(says),
            "{case}"
        );
        assert_eq!(mmsc.phones().all(), [], "{case}");
        assert_eq!(mmsc.requests().len(), 1, "{case}");
    }
    let with_profile = request(
        "POST /mms/wapenc",
        "X-WAP-Profile: http://ua.example/x\r\n",
        &octets,
    );
    assert!(
        post(&mmsc(picky), &with_profile)
            .await
            .conf()
            .response_status
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_damaged_message_is_refused_with_the_place_of_the_damage() {
    let mmsc = mmsc(MmscSpec::default());
    let mut octets = message().encode().unwrap();
    octets.truncate(octets.len() - 10);
    let conf = post(&mmsc, &request("POST /mms/wapenc", "", &octets))
        .await
        .conf();
    assert_eq!(conf.response_status, ResponseStatus::FORMAT_CORRUPT);
    assert!(conf.response_text.unwrap().contains("only 818 are left"));
    assert_eq!(mmsc.phones().all(), []);
}

#[tokio::test(start_paused = true)]
async fn a_slow_mmsc_takes_its_time_divided_by_the_speed() {
    let spec = MmscSpec {
        delay_ms: 8_000,
        deliver_after_ms: 20_000,
        ..MmscSpec::default()
    };
    let mmsc = Mmsc::new(spec, Phones::new(), 4.0);
    let mut changes = mmsc.phones().changes();
    let began = Instant::now();
    post(
        &mmsc,
        &request("POST /mms/wapenc", "", &message().encode().unwrap()),
    )
    .await;
    assert_eq!(began.elapsed().as_secs(), 2);
    assert_eq!(mmsc.phones().all(), []);
    changes.changed().await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 7);
    assert_eq!(mmsc.phones().bubbles("12025550123")[0].at_ms / 1000, 7);
}

#[tokio::test(start_paused = true)]
async fn an_mmsc_that_loses_messages_says_ok_and_nothing_arrives() {
    let mmsc = mmsc(MmscSpec {
        deliver: false,
        ..MmscSpec::default()
    });
    let answer = post(
        &mmsc,
        &request("POST /mms/wapenc", "", &message().encode().unwrap()),
    )
    .await;
    assert!(answer.conf().response_status.is_ok());
    assert_eq!(mmsc.phones().all(), []);
}

#[tokio::test(start_paused = true)]
async fn two_messages_over_one_connection_and_through_a_proxys_request_line() {
    let mmsc = mmsc(MmscSpec::default());
    let (client, server) = tokio::io::duplex(4096);
    tokio::spawn(mmsc.clone().serve(server, None));
    let body = message().encode().unwrap();
    let first = format!(
        "POST http://mmsc.example/mms/wapenc HTTP/1.1\r\nHost: mmsc.example\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let both = [
        first.as_bytes(),
        &body,
        &request("POST /mms/wapenc", "", &body),
    ]
    .concat();
    exchange(client, &both).await;
    assert_eq!(
        mmsc.requests()
            .iter()
            .map(|seen| seen.path.as_str())
            .collect::<Vec<_>>(),
        ["/mms/wapenc", "/mms/wapenc"]
    );
    assert_eq!(mmsc.phones().bubbles("+12025550123").len(), 2);
    assert_eq!(
        mmsc.phones().bubbles("+12025550123")[0].from,
        "unknown sender"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_no_http_ends_the_connection_only() {
    let mmsc = mmsc(MmscSpec::default());
    let (mut client, server) = tokio::io::duplex(64);
    let serving = tokio::spawn(mmsc.clone().serve(server, None));
    client
        .write_all(b"\x16\x03\x01\x02\x00 this is TLS\r\n\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.unwrap();
    serving.await.unwrap();
    assert!(rest.starts_with(b"HTTP/1.1 400"));
    assert_eq!(mmsc.requests(), []);
    assert!(
        post(&mmsc, &request("POST /", "", &message().encode().unwrap()))
            .await
            .conf()
            .response_status
            .is_ok()
    );
}

#[test]
fn a_world_with_a_wrong_word_is_refused_with_the_word() {
    for (world, says) in [
        ("htp_status = 200", "htp_status"),
        (
            "response_status = \"denyed\"",
            "\"denyed\" is no X-Mms-Response-Status",
        ),
        ("response_status = 3", "3 is no X-Mms-Response-Status"),
    ] {
        let error = toml::from_str::<MmscSpec>(world).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(toml::from_str::<MmscSpec>("").unwrap(), MmscSpec::default());
    let spec = MmscSpec {
        response_status: ResponseStatus(0xF7),
        ..MmscSpec::default()
    };
    assert_eq!(
        toml::from_str::<MmscSpec>(&toml::to_string(&spec).unwrap()).unwrap(),
        spec
    );
    let denied = MmscSpec {
        response_status: ResponseStatus::SERVICE_DENIED,
        ..MmscSpec::default()
    };
    assert!(
        toml::to_string(&denied)
            .unwrap()
            .contains("Error-permanent-service-denied")
    );
}

#[test]
fn a_phone_is_the_same_in_every_way_of_writing_its_number() {
    for number in [
        "2025550123",
        "12025550123",
        "+12025550123",
        "+1 (202) 555-0123",
    ] {
        assert_eq!(canonical(number), "+12025550123");
    }
    assert_eq!(canonical("12345"), "12345");
    assert_eq!(canonical("user@example.org"), "user@example.org");
    let phones = Phones::new();
    for text in 0..300 {
        phones.deliver(Delivered {
            to: "2025550123".into(),
            text: text.to_string(),
            ..Delivered::default()
        });
    }
    let bubbles = phones.bubbles("+12025550123");
    assert_eq!(
        (bubbles.len(), bubbles[199].text.as_str()),
        (200, "299"),
        "the newest stay"
    );
    assert_eq!(phones.all().len(), 1);
}

/// Real sockets, so real time.
#[tokio::test]
async fn over_loopback_so_many_connections_are_served_at_once_and_others_wait() {
    let mmsc = mmsc(MmscSpec::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(serve_on(listener, mmsc.clone(), Some(LINE.into()), 1));
    let limit = Duration::from_secs(10);
    let sent = request("POST /mms/wapenc", "", &message().encode().unwrap());

    let idle = tokio::net::TcpStream::connect(address).await.unwrap();
    let waiting = exchange(
        tokio::net::TcpStream::connect(address).await.unwrap(),
        &sent,
    );
    tokio::pin!(waiting);
    assert!(
        timeout(Duration::from_millis(200), &mut waiting)
            .await
            .is_err(),
        "the only place is taken"
    );
    drop(idle);
    let answer = timeout(limit, waiting).await.unwrap();
    assert!(answer.conf().response_status.is_ok());
    assert_eq!(mmsc.phones().bubbles("+12025550123")[0].from, LINE);
    server.abort();
}
