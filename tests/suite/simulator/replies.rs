//! The way back of MMS: notifications by WAP push, retrieval, acknowledgement, reports; once over the modem's own commands, and each case at the MMSC.
use super::host::Desk;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use mmscope::mms::*;
use mmscope::simulator::World;
use mmscope::simulator::mmsc::{Line, Mmsc, MmscSpec, WaitingState};
use mmscope::simulator::phone::Phones;
use mmscope::sms::{Joiner, Tpdu, split_centre};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SELF: &str = "+12025550199";
const PHONE: &str = "+12025550123";

fn message(to: &[&str]) -> SendReq {
    SendReq {
        to: to.iter().map(|to| (*to).to_owned()).collect(),
        subject: Some("Été".into()),
        parts: vec![
            Part::plain_text("One bubble. ".repeat(70)),
            Part::new("image/jpeg", Some("cat.jpg".into()), vec![0xA5; 300]),
        ],
        ..SendReq::new("T-back")
    }
}

fn octets_of(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

/// The PDU lines in what the modem said, in their order.
fn pdus(said: &str) -> Vec<&str> {
    said.lines()
        .filter(|line| line.len() > 40 && line.bytes().all(|b| b.is_ascii_hexdigit()))
        .collect()
}

/// The MMS PDUs that the WAP pushes in what the modem said bring.
fn pushed(said: &str) -> Vec<Pdu> {
    let mut joiner = Joiner::default();
    let mut found = Vec::new();
    for line in pdus(said) {
        let octets = octets_of(line);
        let (_, tpdu) = split_centre(&octets).unwrap();
        let Ok(Tpdu::Deliver(deliver)) = Tpdu::read(tpdu) else {
            continue;
        };
        if let Some(whole) = joiner.take(&deliver.from.shown(), deliver.data) {
            assert_eq!(whole.ports, Some((2948, 9200)));
            let push = Push::read(&whole.octets).unwrap();
            assert!(push.is_mms());
            found.push(Pdu::decode(&push.body).pdu);
        }
    }
    found
}

/// A request over the modem's own stack; status and body.
async fn over_the_air(desk: &mut Desk, request: &[u8]) -> (u16, Vec<u8>) {
    desk.types("AT+CIPOPEN=0,\"TCP\",\"mmsc.example\",80\r")
        .await;
    desk.hears("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n").await;
    for piece in request.chunks(1000) {
        desk.types(format!("AT+CIPSEND=0,{}\r", piece.len())).await;
        desk.hears("\r\n>").await;
        desk.types(piece).await;
        desk.hears(format!(
            "\r\nOK\r\n\r\n+CIPSEND: 0,{0},{0}\r\n",
            piece.len()
        ))
        .await;
    }
    desk.hears("\r\n+CIPRXGET: 1,0\r\n").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut all = Vec::new();
    loop {
        let said = desk.asks("AT+CIPRXGET=3,0,700").await;
        let Some((_, rest)) = said.split_once("+CIPRXGET: 3,0,") else {
            break;
        };
        let line = rest.lines().nth(1).unwrap();
        all.extend(octets_of(line));
    }
    let split = all.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&all[..split]).into_owned();
    desk.asks("AT+CIPCLOSE=0").await;
    (
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        all[split + 4..].to_vec(),
    )
}

fn post(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /mms/wapenc HTTP/1.1\r\nHost: mmsc.example\r\nContent-Type: application/vnd.wap.mms-message\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: mmsc.example\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn bench(world: &str) -> Desk {
    let mut desk = Desk::named(world);
    desk.opens_stack().await;
    // Stored without a word, so that a conversation about links is not interrupted.
    desk.asks("AT+CNMI=2,0,0,0,0").await;
    desk
}

/// What lies on the card, which is empty afterwards.
async fn collects(desk: &mut Desk) -> String {
    let said = desk.asks("AT+CMGL=4").await;
    desk.asks("AT+CMGD=0,4").await;
    said
}

#[tokio::test(start_paused = true)]
async fn a_message_to_the_own_number_goes_all_the_way_and_back() {
    let mut desk = bench("self-test").await;
    let mut sent = message(&[SELF, PHONE]);
    sent.cc = vec!["+12025550124".into()];
    sent.bcc = vec!["+12025550125".into(), "2025550123".into()];
    sent.options.delivery_report = Some(true);
    let octets = sent.encode().unwrap();
    let (status, body) = over_the_air(&mut desk, &post(&octets)).await;
    let conf = SendConf::read(&Pdu::decode(&body).pdu).unwrap();
    assert_eq!((status, conf.response_status), (200, ResponseStatus::OK));
    desk.listens(5).await;

    let said = collects(&mut desk).await;
    // The header: ports 0B84 and 23F0. Then the push of an MMS PDU, and in it M-Notification.ind.
    assert!(said.contains("0605040B8423F0010603BEAF848C8298"), "{said}");
    let mut found = pushed(&said);
    let reports: Vec<DeliveryInd> = found
        .iter()
        .filter_map(|pdu| DeliveryInd::read(pdu).ok())
        .collect();
    assert_eq!(
        reports.len(),
        3,
        "one for each other phone, however often it is named"
    );
    found.retain(|pdu| pdu.message_type() == Some(MessageType::NOTIFICATION_IND));
    assert_eq!(found.len(), 1);
    let notification = NotificationInd::read(&found[0]).unwrap();
    assert_eq!(notification.from.as_deref(), Some("+12025550199/TYPE=PLMN"));
    assert_eq!(notification.subject.as_deref(), Some("Été"));
    assert_eq!(notification.size, octets.len() as u64);
    let path = notification
        .content_location
        .strip_prefix("http://mmsc.example")
        .unwrap();

    let (status, body) = over_the_air(&mut desk, &get(path)).await;
    assert_eq!(status, 200);
    let got = Pdu::decode(&body).pdu;
    assert!(
        got.addresses(&Field::Bcc).is_empty(),
        "nobody learns of a blind copy"
    );
    let got = RetrieveConf::read(&got).unwrap();
    assert_eq!(got.retrieve_status, Some(0x80));
    assert_eq!(got.parts, Pdu::decode(&octets).pdu.parts());
    assert_eq!(got.to, ["+12025550199/TYPE=PLMN", "+12025550123/TYPE=PLMN"]);
    assert_eq!(got.cc, ["+12025550124/TYPE=PLMN"]);
    assert_eq!(got.message_id, conf.message_id);

    let answer = NotifyRespInd {
        transaction_id: notification.transaction_id,
        version: Version::V1_2,
        status: Status::RETRIEVED,
        report_allowed: Some(true),
    };
    let (status, body) = over_the_air(&mut desk, &post(&answer.pdu().encode().unwrap())).await;
    assert_eq!((status, body.len()), (200, 0));
    desk.listens(5).await;
    let said = collects(&mut desk).await;
    let report = DeliveryInd::read(&pushed(&said)[0]).unwrap();
    assert_eq!(Some(report.message_id), conf.message_id);
    assert_eq!(
        (report.status, report.to.as_str()),
        (Status::RETRIEVED, "+12025550199/TYPE=PLMN")
    );
    // 2026-11-22, 04:15 in a zone five hours behind.
    assert_eq!(report.date / 3600, 1_795_338_900 / 3600);

    let (_, body) = over_the_air(&mut desk, &get(path)).await;
    let gone = RetrieveConf::read(&Pdu::decode(&body).pdu).unwrap();
    assert_eq!((gone.retrieve_status, gone.parts.len()), (Some(0xE2), 0));

    assert!(desk.bench.phones.bubbles(SELF).is_empty());
    for phone in [PHONE, "+12025550124", "+12025550125"] {
        let bubbles = desk.bench.phones.bubbles(phone);
        assert_eq!(bubbles.len(), 1, "{phone}");
        assert_eq!(bubbles[0].shared_with, [SELF, PHONE, "+12025550124"]);
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_mmsc_does_not_push_the_own_number_is_a_phone_like_any_other() {
    let world = "like = \"open\"\nschema = 1\n[mmsc]\npush = false";
    let mut desk = Desk::at(World::parse("test", world).unwrap());
    desk.opens_stack().await;
    desk.asks("AT+CNMI=2,0,0,0,0").await;
    over_the_air(&mut desk, &post(&message(&[SELF]).encode().unwrap())).await;
    desk.listens(200).await;
    assert!(desk.asks("AT+CMGL=4").await.starts_with("\r\nOK"));
    assert_eq!(desk.bench.phones.bubbles(SELF).len(), 1);
    assert_eq!(over_the_air(&mut desk, &get("/m/m1")).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_notification_comes_late_and_twice() {
    let mut desk = bench("notification-late").await;
    over_the_air(&mut desk, &post(&message(&[SELF]).encode().unwrap())).await;
    desk.listens(80).await;
    assert!(
        collects(&mut desk).await.starts_with("\r\nOK"),
        "nothing yet"
    );
    desk.listens(20).await;
    let said = collects(&mut desk).await;
    let lines = pdus(&said);
    assert_eq!(lines.len() % 2, 0);
    assert!(lines.chunks(2).all(|twice| twice[0] == twice[1]), "{said}");
}

#[tokio::test(start_paused = true)]
async fn an_expired_message_is_not_found_and_its_sender_hears_of_it() {
    let mut desk = bench("retrieve-expired").await;
    let mut sent = message(&[SELF]);
    sent.options.delivery_report = Some(true);
    over_the_air(&mut desk, &post(&sent.encode().unwrap())).await;
    desk.listens(15).await;
    let found = pushed(&collects(&mut desk).await);
    let notification = NotificationInd::read(&found[0]).unwrap();
    assert_eq!(notification.expiry, Some(Time::Relative(Integer::long(10))));
    assert_eq!(
        DeliveryInd::read(&found[1]).unwrap().status,
        Status::EXPIRED
    );
    let path = notification
        .content_location
        .strip_prefix("http://mmsc.example")
        .unwrap();
    let (status, body) = over_the_air(&mut desk, &get(path)).await;
    let conf = RetrieveConf::read(&Pdu::decode(&body).pdu).unwrap();
    assert_eq!((status, conf.retrieve_status), (200, Some(0xE2)));
    assert_eq!(
        desk.bench.modem.waiting_messages()[0].state,
        WaitingState::Expired
    );
}

#[tokio::test(start_paused = true)]
async fn a_retrieval_that_fails_says_why_and_the_message_stays() {
    let mut desk = bench("retrieve-fails").await;
    desk.listens(10).await;
    let found = pushed(&collects(&mut desk).await);
    let notification = NotificationInd::read(&found[0]).unwrap();
    assert_eq!(notification.from.as_deref(), Some("+12025550123/TYPE=PLMN"));
    let path = notification
        .content_location
        .strip_prefix("http://mmsc.example")
        .unwrap();
    let (status, body) = over_the_air(&mut desk, &get(path)).await;
    let conf = RetrieveConf::read(&Pdu::decode(&body).pdu).unwrap();
    assert_eq!((status, conf.retrieve_status), (200, Some(0xC2)));
    assert_eq!(conf.retrieve_text.as_deref(), Some("Try again later"));
    assert_eq!(
        desk.bench.modem.waiting_messages()[0].state,
        WaitingState::Waiting
    );
}

#[tokio::test(start_paused = true)]
async fn parts_of_a_push_come_the_wrong_way_round_and_each_twice() {
    let mut desk = bench("push-out-of-order").await;
    desk.asks("AT+CNMI=2,2,0,0,0").await;
    let said = String::from_utf8(desk.listens(10).await).unwrap();
    let numbers: Vec<u8> = pdus(&said)
        .iter()
        .map(|line| {
            let octets = octets_of(line);
            let (_, tpdu) = split_centre(&octets).unwrap();
            let Ok(Tpdu::Deliver(deliver)) = Tpdu::read(tpdu) else {
                panic!("{line}")
            };
            assert_eq!(deliver.coding, 4);
            deliver.data.header.concatenation().unwrap().2
        })
        .collect();
    assert_eq!(numbers, [2, 2, 1, 1]);
    let found = pushed(&said);
    assert!(
        NotificationInd::read(&found[0])
            .unwrap()
            .subject
            .unwrap()
            .starts_with("A subject long")
    );
}

#[tokio::test(start_paused = true)]
async fn a_phone_writes_to_this_line() {
    let mut desk = bench("self-test").await;
    let mut sent = message(&[SELF]);
    sent.cc = vec!["+12025550124".into()];
    desk.bench.modem.message_from(PHONE, &sent).unwrap();
    desk.listens(5).await;
    let found = pushed(&collects(&mut desk).await);
    let notification = NotificationInd::read(&found[0]).unwrap();
    assert_eq!(notification.from.as_deref(), Some("+12025550123/TYPE=PLMN"));
    assert_eq!(desk.bench.phones.bubbles("+12025550124")[0].from, PHONE);
}

/// An MMSC with a line, and everything that it has pushed.
fn served(spec: &str) -> (Arc<Mmsc>, Arc<Mutex<Vec<Pdu>>>) {
    let spec: MmscSpec = toml::from_str(&format!("push = true\n{spec}")).unwrap();
    let mmsc = Mmsc::new(spec, Phones::new(), 1.0);
    let pushes = Arc::new(Mutex::new(Vec::new()));
    let seen = pushes.clone();
    mmsc.connect(Line {
        number: Some(SELF.into()),
        base: "http://mmsc.example:8002".into(),
        keeps_all: false,
        push: Box::new(move |pdu| seen.lock().unwrap().push(Pdu::decode(&pdu).pdu)),
        now: Box::new(|| 1_795_338_900),
    });
    (mmsc, pushes)
}

async fn asks(mmsc: &Arc<Mmsc>, method: &str, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    let (client, server) = tokio::io::duplex(64 << 10);
    tokio::spawn(mmsc.clone().serve(server, Some(SELF.into())));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(client))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::builder()
        .method(method)
        .uri(path)
        .header("Host", "mmsc.example")
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        answer
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .to_vec(),
    )
}

async fn a_while() {
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test(start_paused = true)]
async fn how_a_client_may_answer_a_notification() {
    let yes = Some(true);
    for (case, steps, allowed, state, told) in [
        (
            "fetched at once",
            &[0x81][..],
            yes,
            WaitingState::Acknowledged,
            Some(Status::RETRIEVED),
        ),
        (
            "refused",
            &[0x82][..],
            yes,
            WaitingState::Rejected,
            Some(Status::REJECTED),
        ),
        ("later", &[0x83][..], yes, WaitingState::Deferred, None),
        (
            "later, then refused",
            &[0x83, 0x82][..],
            yes,
            WaitingState::Rejected,
            Some(Status::REJECTED),
        ),
        (
            "in secret",
            &[0x81][..],
            Some(false),
            WaitingState::Acknowledged,
            None,
        ),
        ("nonsense", &[0x84][..], yes, WaitingState::Waiting, None),
        (
            "twice",
            &[0x81, 0x82][..],
            yes,
            WaitingState::Acknowledged,
            Some(Status::RETRIEVED),
        ),
    ] {
        let (mmsc, pushes) = served("");
        let mut sent = message(&[SELF]);
        sent.options.delivery_report = Some(true);
        asks(&mmsc, "POST", "/", sent.encode().unwrap()).await;
        let waiting = mmsc.waiting()[0].clone();
        assert_eq!(waiting.content_location, "http://mmsc.example:8002/m/m1");
        for &status in steps {
            let answer = NotifyRespInd {
                transaction_id: waiting.transaction_id.clone(),
                version: Version::V1_2,
                status: Status(status),
                report_allowed: allowed,
            };
            asks(&mmsc, "POST", "/", answer.pdu().encode().unwrap()).await;
        }
        a_while().await;
        assert_eq!(mmsc.waiting()[0].state, state, "{case}");
        let pushes = pushes.lock().unwrap();
        let reports: Vec<Status> = pushes
            .iter()
            .filter_map(|pdu| DeliveryInd::read(pdu).ok())
            .map(|report| report.status)
            .collect();
        assert_eq!(reports, Vec::from_iter(told), "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn fetched_later_and_acknowledged() {
    let (mmsc, _) = served("");
    asks(&mmsc, "POST", "/", message(&[SELF]).encode().unwrap()).await;
    let (_, body) = asks(&mmsc, "GET", "/m/m1", Vec::new()).await;
    assert_eq!(mmsc.waiting()[0].state, WaitingState::Fetched);
    let got = RetrieveConf::read(&Pdu::decode(&body).pdu).unwrap();
    let answer = AcknowledgeInd {
        transaction_id: got.transaction_id.unwrap(),
        version: Version::V1_2,
        report_allowed: None,
    };
    asks(&mmsc, "POST", "/", answer.pdu().encode().unwrap()).await;
    assert_eq!(mmsc.waiting()[0].state, WaitingState::Acknowledged);
    for path in ["/m/m1", "/m/m2", "/m/", "/m/../m1"] {
        let (status, body) = asks(&mmsc, "GET", path, Vec::new()).await;
        let conf = RetrieveConf::read(&Pdu::decode(&body).pdu).unwrap();
        assert_eq!((status, conf.retrieve_status), (200, Some(0xE2)), "{path}");
    }
    assert_eq!(asks(&mmsc, "GET", "/", Vec::new()).await.0, 405);
}

#[tokio::test(start_paused = true)]
async fn retrievals_that_are_no_m_retrieve_conf() {
    for (spec, status, says) in [
        ("[retrieve]\nhttp_status = 404", 404, "Not Found"),
        ("[retrieve]\nhttp_status = 503", 503, "Service Unavailable"),
        (
            "[retrieve]\nbody = \"<html>Top up</html>\"\ncontent_type = \"text/html\"",
            200,
            "Top up",
        ),
        (
            "required_headers = { X-Wap-Profile = \"\" }",
            403,
            "X-Wap-Profile",
        ),
    ] {
        let (mmsc, _) = served(spec);
        mmsc.send_from(PHONE, &message(&[SELF])).unwrap();
        let (got, body) = asks(&mmsc, "GET", "/m/m1", Vec::new()).await;
        assert_eq!(got, status, "{spec}");
        assert!(String::from_utf8_lossy(&body).contains(says), "{spec}");
    }
    let (slow, _) = served("[retrieve]\ndelay_ms = 45000");
    slow.send_from(PHONE, &message(&[SELF])).unwrap();
    let before = tokio::time::Instant::now();
    asks(&slow, "GET", "/m/m1", Vec::new()).await;
    assert_eq!(before.elapsed().as_secs(), 45);
}

#[tokio::test(start_paused = true)]
async fn what_a_phone_does_is_told_where_it_was_asked() {
    for (phone, asked, bubbles, told) in [
        ("", true, 1, vec!["Retrieved"]),
        ("", false, 1, vec![]),
        ("status = \"rejected\"", true, 0, vec!["Rejected"]),
        (
            "status = \"expired\"\nafter_ms = 9000",
            true,
            0,
            vec!["Expired"],
        ),
        (
            "status = \"deferred\"\nafter_ms = 9000",
            true,
            1,
            vec!["Deferred", "Retrieved"],
        ),
        (
            "reads = \"read\"\nreads_after_ms = 5000",
            true,
            1,
            vec!["Retrieved", "read"],
        ),
        ("reads = \"deleted\"", true, 1, vec!["Retrieved", "deleted"]),
        ("reads = \"read\"", false, 1, vec![]),
    ] {
        let (mmsc, pushes) = served(&format!("[[phone]]\nnumber = \"2025550123\"\n{phone}"));
        let mut sent = message(&[PHONE]);
        sent.options.delivery_report = Some(asked);
        sent.options.read_report = Some(asked);
        asks(&mmsc, "POST", "/", sent.encode().unwrap()).await;
        a_while().await;
        assert_eq!(mmsc.phones().bubbles(PHONE).len(), bubbles, "{phone}");
        let pushes = pushes.lock().unwrap();
        let reports: Vec<&str> = pushes
            .iter()
            .map(|pdu| match DeliveryInd::read(pdu) {
                Ok(report) => {
                    assert_eq!(
                        (report.message_id.as_str(), report.to.as_str()),
                        ("m1@mmsc.example", "+12025550123/TYPE=PLMN")
                    );
                    report.status.name().unwrap()
                }
                Err(_) => {
                    let report = ReadReport::read_orig(pdu).unwrap();
                    assert_eq!(
                        report.from,
                        Sender::Address("+12025550123/TYPE=PLMN".into())
                    );
                    assert_eq!(report.to, "+12025550199/TYPE=PLMN");
                    if report.read { "read" } else { "deleted" }
                }
            })
            .collect();
        assert_eq!(reports, told, "{phone} asked: {asked}");
    }
}

#[test]
fn where_messages_wait_follows_from_the_world_or_is_said() {
    for (world, begins) in [
        ("like = \"mint\"", "http://wholesale.mmsmvno.com/m/"),
        ("like = \"open\"", "http://mmsc.example/m/"),
        (
            "like = \"open\"\n[mmsc]\ncontent_location = \"http://192.0.2.80:8002/in/\"",
            "http://192.0.2.80:8002/in/m/",
        ),
    ] {
        let text = format!("schema = 1\n{world}");
        let mut world = World::parse("test", &text).unwrap();
        world.mmsc.push = true;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let _entered = runtime.enter();
        let modem = mmscope::simulator::Modem::start(world, mmscope::simulator::Options::default());
        modem.message_from(PHONE, &message(&[SELF])).unwrap();
        let place = &modem.waiting_messages()[0].content_location;
        assert!(place.starts_with(begins), "{place}");
    }
}

#[test]
fn a_wrong_word_in_the_way_back_is_refused_with_the_word() {
    for (spec, says) in [
        (
            "[retrieve]\nstatus = \"lost\"",
            "\"lost\" is no value of X-Mms-Retrieve-Status",
        ),
        (
            "[[phone]]\nnumber = \"1\"\nstatus = \"asleep\"",
            "\"asleep\" is no value of X-Mms-Status",
        ),
        ("[[phone]]\nnumber = \"1\"\nstatus = 3", "\"3\" is no value"),
        ("[[phone]]\nnumber = \"1\"\nreads = \"aloud\"", "aloud"),
    ] {
        let error = toml::from_str::<MmscSpec>(spec).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
