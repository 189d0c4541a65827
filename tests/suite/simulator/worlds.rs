//! The shipped worlds: each is whole, says what it should, and comes to what its name promises; and what a bad world file gets.
use super::host::{Desk, Host, Modem};
use mmscope::simulator::{Modem as Module, Options, World, WorldError};

#[test]
fn every_shipped_world_reads_and_begins_with_something() {
    let worlds = World::shipped();
    let mut names: Vec<String> = worlds.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        names[..2],
        ["open", "mint"],
        "what a person begins with stands first"
    );
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/worlds");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter_map(|file| file.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    files.sort();
    assert_eq!(names, files, "each file is shipped, once");
    for (name, description) in worlds {
        let world = World::named(name).unwrap_or_else(|error| panic!("{error}"));
        assert!(!description.is_empty() && !world.truth.is_empty(), "{name}");
        assert_eq!(world.start.draft.to, "+12025550123", "{name}");
    }
    let letter = World::named("mint").unwrap().start.draft.text;
    assert_eq!(letter.chars().count(), 827);
    assert!(
        letter
            .bytes()
            .all(|octet| (0x20..0x7B).contains(&octet) && !b"[]\\^`".contains(&octet)),
        "plain GSM-7"
    );
}

#[test]
fn a_bad_world_file_says_where_why_and_what_to_do() {
    let good = include_str!("../../../assets/worlds/open.toml");
    for (from, to, line_has, says) in [
        ("cid = 1", "cid = 30", "cid = 30", "no context identifier"),
        ("truth =", "thruth =", "thruth =", "unknown field"),
        (
            "outcome = \"refused\"",
            "outcome = \"closed\"",
            "outcome = \"closed\"",
            "unknown variant",
        ),
        (
            "to = \"192.0.2.80\"",
            "to = \"192.0.2.800\"",
            "to = \"192.0.2.800\"",
            "no address",
        ),
        (
            "after_ms = \"timeout\"",
            "after_ms = \"never\"",
            "silent =",
            "give milliseconds",
        ),
        ("schema = 1", "schema = 2", "schema = 2", "schema 2"),
        ("cid = 2", "cid = 1", "[[context]]", "twice"),
        (
            "service = \"mmsc\"\n",
            "",
            "[[network.route]]",
            "needs a service",
        ),
        (
            "apn = \"ims\"",
            "apn = \"i s\"",
            "apn = \"i s\"",
            "access point",
        ),
        ("text = \"", "text = ", "text = ", ""),
        ("schema = 1\n", "", "", "schema"),
        (
            "ports = [80]",
            "ports = [0]",
            "[[network.route]]",
            "no TCP port",
        ),
        (
            "outcome = \"refused\"",
            "outcome = \"refused\"\nservice = \"mmsc\"",
            "[[network.route]]",
            "leave the service out",
        ),
        (
            "name = \"mms.test\"",
            "name = \"Internet\"",
            "[[network.apn]]",
            "twice",
        ),
        (
            "mnc_digits = 2",
            "mnc_digits = 4",
            "mnc_digits = 4",
            "2 or 3 digits",
        ),
        (
            "imsi = \"001010123456789\"",
            "imsi = \"12ab\"",
            "imsi =",
            "no IMSI",
        ),
        (
            "push = true",
            "http_status = 1000",
            "http_status = 1000",
            "no HTTP status",
        ),
        (
            "push = true",
            "required_headers = { \"X\\nY\" = \"1\" }",
            "required_headers",
            "no name of an HTTP header",
        ),
        (
            "[modem.signature]",
            "[modem.quirks]\nbusy_links = [12]\n\n[modem.signature]",
            "busy_links",
            "no link number",
        ),
        (
            "[modem.signature]",
            "[modem]\nmissing = [\"AT+FOO\"]\n\n[modem.signature]",
            "missing",
            "no command",
        ),
        (
            "[modem.signature]",
            "[host]\napn = \"nosuch\"\n\n[modem.signature]",
            "[host]",
            "no access point nosuch",
        ),
        (
            "mcc_mnc = \"001-01\"",
            "csq = 50",
            "csq = 50",
            "no AT+CSQ value",
        ),
    ] {
        let broken = good.replacen(from, to, 1);
        match World::parse("my.toml", &broken) {
            Err(WorldError::Broken {
                origin,
                line,
                what,
                remedy,
            }) => {
                let there = broken.lines().nth(line - 1).unwrap_or_default();
                assert!(
                    there.contains(line_has),
                    "{to}: line {line} is {there:?}: {what}"
                );
                assert!(what.contains(says), "{to}: {what}");
                assert!(origin == "my.toml" && !remedy.is_empty());
            }
            other => panic!("{to}: {other:?}"),
        }
    }
    let unknown = World::named("nowhere").unwrap_err().to_string();
    assert!(
        unknown.contains("nowhere") && unknown.contains("`mmscope sim --list`"),
        "{unknown}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_truth_is_never_read() {
    let blank = Desk::changed("mint", "truth = \"WRONG-PORT\"", "truth = \"\"");
    assert_eq!(blank.bench.settings(), Desk::named("mint").bench.settings());
}

#[tokio::test(start_paused = true)]
async fn mint_is_the_bench_of_the_first_attempt() {
    let mut desk = Desk::named("mint");
    desk.asks("ATE0").await;
    for (apn, address) in [
        ("Wholesale", "48.31.195.38"),
        ("fast.t-mobile.com", "48.28.235.87"),
        ("epc.tmobile.com", "48.103.115.55"),
    ] {
        desk.asks(&format!("AT+CGDCONT=5,\"IP\",\"{apn}\"")).await;
        desk.asks("AT+CGACT=1,5").await;
        desk.hears("\r\n+CGEV: ME PDN ACT 5\r\n").await;
        let granted = desk.asks("AT+CGCONTRDP=5").await;
        assert!(
            granted.contains(&format!("\"{apn}\",\"{address}.255"))
                && granted.contains("\"10.177.0.34\""),
            "{granted}"
        );
        desk.asks("AT+CGACT=0,5").await;
        desk.hears("\r\n+CGEV: ME PDN DEACT 5\r\n").await;
    }
    desk.opens_stack().await;
    assert!(
        desk.asks("AT+CDNSGIP=\"wholesale.mmsmvno.com\"")
            .await
            .contains("\"10.175.85.144\"")
    );
    for address in [
        "10.175.85.145",
        "10.175.85.156",
        "10.188.239.156",
        "10.175.85.145",
    ] {
        assert!(
            desk.asks("AT+CDNSGIP=\"mms.msg.eng.t-mobile.com\"")
                .await
                .contains(&format!("\"{address}\""))
        );
    }
    for address in [
        "10.175.85.144",
        "10.175.85.145",
        "10.175.85.156",
        "10.188.239.156",
    ] {
        let before = desk.seconds();
        assert_eq!(
            desk.asks(&format!("AT+CIPOPEN=0,\"TCP\",\"{address}\",8080"))
                .await,
            "\r\nOK\r\n"
        );
        desk.hears("\r\n+CIPOPEN: 0,4\r\n").await;
        let took = desk.seconds() - before;
        assert!((1.9..2.4).contains(&took), "{address}: {took}");
        desk.asks(&format!("AT+CIPOPEN=0,\"TCP\",\"{address}\",80"))
            .await;
        desk.hears("\r\n+CIPOPEN: 0,0\r\n").await;
        desk.plays(&[
            Host("AT+CIPCLOSE=0\r"),
            Modem("\r\nOK\r\n\r\n+CIPCLOSE: 0,0\r\n"),
        ])
        .await;
    }
    desk.asks("AT+CIPOPEN=0,\"TCP\",\"10.175.85.144\",443")
        .await;
    desk.hears("\r\n+CIPOPEN: 0,10\r\n").await;
}

#[tokio::test(start_paused = true)]
async fn dead_resolvers_fail_after_long() {
    let mut desk = Desk::named("dns-dead");
    desk.asks("ATE0").await;
    let before = desk.seconds();
    assert_eq!(
        desk.asks("AT+CDNSGIP=\"mmsc.example\"").await,
        "\r\n+CDNSGIP: 0,10\r\n\r\nERROR\r\n"
    );
    assert!(desk.seconds() - before > 10.0);
}

/// The answer of a world's MMSC to a request typed by hand.
async fn posted(desk: &mut Desk, body: &[u8]) -> Vec<u8> {
    desk.opens_stack().await;
    desk.asks("AT+CIPOPEN=0,\"TCP\",\"mmsc.example\",80").await;
    desk.hears("\r\n+CIPOPEN: 0,0\r\n").await;
    let mut request = format!(
        "POST /mms/wapenc HTTP/1.1\r\nHost: mmsc.example\r\nContent-Type: application/vnd.wap.mms-message\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    desk.types(format!("AT+CIPSEND=0,{}\r", request.len()))
        .await;
    desk.hears("\r\n>").await;
    desk.types(&request).await;
    desk.hears(format!(
        "\r\nOK\r\n\r\n+CIPSEND: 0,{0},{0}\r\n",
        request.len()
    ))
    .await;
    desk.hears("\r\n+CIPRXGET: 1,0\r\n").await;
    desk.listens(10).await;
    assert_eq!(
        desk.bench.sent_octets(0).unwrap(),
        request,
        "what went through CIPSEND"
    );
    desk.types("AT+CIPRXGET=2,0\r").await;
    desk.listens(5).await
}

/// An M-Send.req to +12025550123 with the text "hello", from explicit octets.
fn message() -> Vec<u8> {
    let mut pdu =
        b"\x8C\x80\x98T1\x00\x8D\x92\x89\x01\x81\x97+12025550123/TYPE=PLMN\x00\x84\xA3".to_vec();
    pdu.extend_from_slice(b"\x01\x04\x05\x03\x83\x81\xEAhello");
    pdu
}

#[tokio::test(start_paused = true)]
async fn a_message_through_the_open_world_is_one_bubble() {
    let mut desk = Desk::named("open");
    let answer = posted(&mut desk, &message()).await;
    assert!(
        answer.windows(12).any(|part| part == b"HTTP/1.1 200"),
        "{}",
        answer.escape_ascii()
    );
    assert!(
        answer.windows(2).any(|part| part == [0x92, 0x80]),
        "M-Send.conf Ok: {}",
        answer.escape_ascii()
    );
    desk.listens(30).await;
    let bubbles = desk.bench.phones.bubbles("+12025550123");
    assert_eq!(bubbles.len(), 1);
    assert_eq!(
        (bubbles[0].text.as_str(), bubbles[0].from.as_str()),
        ("hello", "+12025550199"),
        "the line's own number"
    );
    let seen = desk.bench.mmsc_requests();
    assert_eq!((seen.len(), seen[0].path.as_str()), (1, "/mms/wapenc"));
    assert_eq!(seen[0].body, message());
}

#[tokio::test(start_paused = true)]
async fn an_mmsc_that_refuses_and_one_that_breaks() {
    let mut desk = Desk::named("mmsc-refuses");
    let answer = posted(&mut desk, &message()).await;
    assert!(
        answer.windows(2).any(|part| part == [0x92, 0xE1]),
        "service denied: {}",
        answer.escape_ascii()
    );
    let mut desk = Desk::named("mmsc-500");
    let answer = posted(&mut desk, &message()).await;
    assert!(
        answer.windows(12).any(|part| part == b"HTTP/1.1 500"),
        "{}",
        answer.escape_ascii()
    );
    assert!(desk.bench.phones.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_host_that_crashes_finds_the_modem_as_it_left_it() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    desk.bench.line = desk.bench.modem.open_line();
    assert_eq!(
        desk.asks("AT+NETOPEN?").await,
        "\r\n+NETOPEN: 1\r\n\r\nOK\r\n"
    );
}

#[tokio::test(start_paused = true)]
async fn the_line_alone_keeps_the_modem_on() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let module = Module::start(World::named("open").unwrap(), Options::default());
    let mut line = module.open_line();
    drop(module);
    line.write_all(b"AT\r").await.unwrap();
    let mut heard = [0; 9];
    line.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"AT\r\r\nOK\r\n");
}

#[tokio::test]
async fn served_on_tcp_to_one_host_after_another() {
    use mmscope::simulator::serve_tcp;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (tell, told) = tokio::sync::oneshot::channel();
    let options = Options {
        speed: 100.0,
        ..Options::default()
    };
    let serving = tokio::spawn(async move {
        let world = World::named("open").unwrap();
        serve_tcp(
            world,
            options,
            "127.0.0.1:0".parse().unwrap(),
            |address, _| tell.send(address).unwrap(),
        )
        .await
    });
    let address = told.await.unwrap();
    for (typed, answer) in [("ATE0\r", "ATE0\r\r\nOK\r\n"), ("AT\r", "\r\nOK\r\n")] {
        let mut host = tokio::net::TcpStream::connect(address).await.unwrap();
        host.write_all(typed.as_bytes()).await.unwrap();
        let mut heard = vec![0; answer.len()];
        host.read_exact(&mut heard).await.unwrap();
        assert_eq!(heard, answer.as_bytes());
    }
    serving.abort();
    let elsewhere = serve_tcp(
        World::named("open").unwrap(),
        options,
        "0.0.0.0:0".parse().unwrap(),
        |_, _| {},
    )
    .await;
    assert!(elsewhere.unwrap_err().to_string().contains("loopback"));
}

/// A second host must not take silence for a modem that is broken.
#[tokio::test]
async fn a_second_host_on_tcp_is_closed_and_the_first_goes_on() {
    use mmscope::simulator::serve_tcp;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (tell, told) = tokio::sync::oneshot::channel();
    let serving = tokio::spawn(async move {
        let options = Options {
            speed: 100.0,
            ..Options::default()
        };
        let world = World::named("open").unwrap();
        let address = "127.0.0.1:0".parse().unwrap();
        serve_tcp(world, options, address, |at, _| tell.send(at).unwrap()).await
    });
    let address = told.await.unwrap();
    let mut first = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut heard = [0; 9];
    first.write_all(b"AT\r").await.unwrap();
    first.read_exact(&mut heard).await.unwrap();
    let mut second = tokio::net::TcpStream::connect(address).await.unwrap();
    let patience = std::time::Duration::from_secs(20);
    let closed = tokio::time::timeout(patience, second.read(&mut heard)).await;
    assert_eq!(closed.expect("closed at once").unwrap(), 0);
    first.write_all(b"AT\r").await.unwrap();
    first.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"AT\r\r\nOK\r\n");
    serving.abort();
}

#[cfg(unix)]
#[tokio::test]
async fn served_on_a_terminal_under_a_name() {
    use mmscope::simulator::serve_pty;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let (tell, told) = tokio::sync::oneshot::channel();
    let options = Options {
        speed: 100.0,
        ..Options::default()
    };
    let serving = tokio::spawn({
        let link = link.clone();
        async move {
            let world = World::named("open").unwrap();
            serve_pty(world, options, &link, |modem| {
                drop(tell.send(modem.clone()))
            })
            .await
        }
    });
    let modem = told.await.unwrap();
    for (typed, answer) in [
        ("ATE0\r", "ATE0\r\r\nOK\r\n"),
        ("AT+CIPMODE=1\r", "\r\nOK\r\n"),
    ] {
        let serial = tokio_serial::new(link.to_str().unwrap(), 115_200);
        let mut host = tokio_serial::SerialStream::open(&serial).unwrap();
        host.write_all(typed.as_bytes()).await.unwrap();
        let mut heard = vec![0; answer.len()];
        host.read_exact(&mut heard).await.unwrap();
        assert_eq!(heard, answer.as_bytes());
    }
    assert_eq!(modem.settings()["CIPMODE"], "1");
    serving.abort();
    assert!(serving.await.unwrap_err().is_cancelled());
    assert!(!link.is_symlink(), "the link goes away with the modem");
}
