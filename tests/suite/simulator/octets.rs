//! Octets through links: what is sent arrives whole, what arrives is announced once, read by count, and closed after.
use super::host::{Desk, Host, Modem};
use mmscope::simulator::{Loopback, Options, World};
use proptest::prelude::*;

/// A request to the plain web server of the world, and its answer.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";

async fn asked_the_web_server(desk: &mut Desk) {
    desk.opens_stack().await;
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"example.com\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n"),
        Host("AT+CIPSEND=0,37\r"),
        Modem("\r\n>"),
        Host(REQUEST),
        Modem("\r\nOK\r\n\r\n+CIPSEND: 0,37,37\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn data_is_announced_once_and_read_by_count() {
    let mut desk = Desk::named("open");
    asked_the_web_server(&mut desk).await;
    desk.plays(&[
        Modem("\r\n+CIPRXGET: 1,0\r\n\r\n+IPCLOSE: 0,1\r\n"),
        Host("AT+CIPRXGET=4,0\r"),
        Modem("\r\n+CIPRXGET: 4,0,134\r\n\r\nOK\r\n"),
        Host("AT+CIPRXGET=2,0,20\r"),
        Modem("\r\n+CIPRXGET: 2,0,20,114\r\nHTTP/1.1 200 OK\r\nSer\r\n\r\nOK\r\n"),
        Host("AT+CIPRXGET=3,0,4\r"),
        Modem("\r\n+CIPRXGET: 3,0,4,110\r\n7665723A\r\n\r\nOK\r\n"),
        Host("AT+CIPRXGET=2,0\r"),
        Modem(
            "\r\n+CIPRXGET: 2,0,110,0\r\n example\r\nContent-Type: text/html\r\nContent-Length: 34\r\nConnection: close\r\n\r\n<html><body>It works</body></html>\r\n\r\nOK\r\n",
        ),
        Host("AT+CIPRXGET=2,0\r"),
        Modem("\r\n+IP ERROR: No data\r\n\r\nERROR\r\n"),
        Host("AT+CIPACK=0\r"),
        Modem("\r\n+IP ERROR: Connection is not created\r\n\r\nERROR\r\n"),
        Host("AT+CIPCLOSE=0\r"),
        Modem("\r\n+CIPCLOSE: 0,4\r\n\r\nERROR\r\n"),
        Host("AT+CIPRXGET=4,0\r"),
        Modem("\r\n+CIPRXGET: 4,0,0\r\n\r\nOK\r\n"),
        Host("AT+NETCLOSE\r"),
        Modem("\r\nOK\r\n\r\n+NETCLOSE: 0\r\n"),
    ])
    .await;
    assert_eq!(desk.bench.sent_octets(0).unwrap(), REQUEST.as_bytes());
}

#[tokio::test(start_paused = true)]
async fn in_push_mode_data_comes_with_its_source_and_length() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    desk.asks("AT+CIPRXGET=0").await;
    desk.plays(&[
        Host("AT+CIPOPEN=7,\"TCP\",\"203.0.113.10\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 7,0\r\n"),
        Host("AT+CIPSEND=7,\r"),
        Modem("\r\n>"),
        Host("GET /\x03\x1a HTTP/1.1\r\n\r\n\x1a"),
        Modem("\r\nOK\r\n\r\n+CIPSEND: 7,19,19\r\n\r\nRECV FROM:203.0.113.10:80\r\n+IPD134\r\nHTTP/1.1 200 OK\r\n"),
    ])
    .await;
    assert_eq!(
        desk.bench.sent_octets(0).unwrap(),
        b"GET /\x1a HTTP/1.1\r\n\r\n",
        "ETX lets Ctrl-Z through and goes away"
    );
    let rest = desk.listens(2).await;
    assert!(
        rest.ends_with(b"</html>\r\n+IPCLOSE: 7,1\r\n"),
        "{}",
        rest.escape_ascii()
    );
}

#[tokio::test(start_paused = true)]
async fn an_escape_gives_up_the_open_ended_form_only() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n"),
        Host("AT+CIPSEND=0,\r"),
        Modem("\r\n>"),
        Host("never\x1b"),
        Modem("\r\nERROR\r\n"),
        Host("AT+CIPSEND=0,3\r"),
        Modem("\r\n>"),
        Host("\x1b\x1a\x03"),
        Modem("\r\nOK\r\n\r\n+CIPSEND: 0,3,3\r\n"),
        Host("AT+CIPSEND=0,1501\r"),
        Modem("\r\n+CIPERROR: 3\r\n\r\nERROR\r\n"),
    ])
    .await;
    assert_eq!(desk.bench.sent_octets(0).unwrap(), b"\x1b\x1a\x03");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_nothing_shows_in_the_count() {
    let mut desk = Desk::changed("open", "service = \"http200\"", "service = \"stalled\"");
    desk.opens_stack().await;
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"example.com\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n"),
    ])
    .await;
    let mut counts = Vec::new();
    while counts.len() < 60 && counts.last() != Some(&0) {
        desk.types("AT+CIPSEND=0,1500\r").await;
        desk.hears("\r\n>").await;
        desk.types([b'x'; 1500]).await;
        desk.hears("\r\nOK\r\n").await;
        let said = String::from_utf8(desk.listens(20).await).unwrap();
        let count = said.trim().strip_prefix("+CIPSEND: 0,1500,").unwrap();
        counts.push(count.parse::<usize>().unwrap());
    }
    let whole = counts.iter().take_while(|count| **count == 1500).count();
    assert!(whole > 20, "{counts:?}");
    assert_eq!(
        counts.last(),
        Some(&0),
        "a full buffer takes nothing: {counts:?}"
    );
    assert_eq!(
        counts.iter().sum::<usize>(),
        desk.bench.sent_octets(0).unwrap().len(),
        "only what was counted was taken"
    );
}

#[tokio::test(start_paused = true)]
async fn transparent_mode_carries_everything_but_the_escape() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0").await;
    desk.asks("AT+CIPMODE=1").await;
    desk.plays(&[
        Host("AT+NETOPEN\r"),
        Modem("\r\nOK\r\n\r\n+NETOPEN: 0\r\n"),
        Host("AT+CIPMODE=0\r"),
        Modem("\r\nERROR\r\n"),
        Host("AT+CIPOPEN=1,\"TCP\",\"example.com\",80\r"),
        Modem("\r\n+CIPOPEN: 1,4\r\n\r\nERROR\r\n"),
        Host("AT+CIPOPEN=0,\"TCP\",\"example.com\",80\r"),
        Modem("\r\nCONNECT 115200\r\n"),
        Host("GET / H"),
    ])
    .await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    desk.plays(&[
        Host("+++"),
        Modem("\r\nOK\r\n"),
        Host("ATO\r"),
        Modem("\r\nCONNECT 115200\r\n"),
        Host("TTP/1.1\r\n\r\n"),
        Modem("HTTP/1.1 200 OK\r\n"),
    ])
    .await;
    let rest = desk.listens(5).await;
    assert!(
        rest.ends_with(b"</html>\r\nCLOSED\r\n"),
        "{}",
        rest.escape_ascii()
    );
    assert_eq!(
        desk.bench.sent_octets(0).unwrap(),
        b"GET / HTTP/1.1\r\n\r\n"
    );
}

#[tokio::test]
async fn a_real_service_on_loopback_takes_the_place_of_the_mmsc() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mmsc = Loopback::try_from(listener.local_addr().unwrap()).unwrap();
    let heard = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut octets = [0; 5];
        socket.read_exact(&mut octets).await.unwrap();
        socket.write_all(b"pong!").await.unwrap();
        octets
    });
    let options = Options {
        speed: 1000.0,
        seed: 7,
        mmsc: Some(mmsc),
    };
    let mut desk = Desk::at(World::named("open").unwrap());
    desk.bench = mmscope::simulator::start(World::named("open").unwrap(), options);
    desk.opens_stack().await;
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"mmsc.example\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n"),
        Host("AT+CIPSEND=0,5\r"),
        Modem("\r\n>"),
        Host("ping!"),
        Modem("\r\nOK\r\n"),
    ])
    .await;
    assert_eq!(&heard.await.unwrap(), b"ping!");
}

#[test]
fn an_mmsc_elsewhere_is_refused() {
    let elsewhere: std::net::SocketAddr = "192.0.2.1:80".parse().unwrap();
    assert!(
        Loopback::try_from(elsewhere)
            .unwrap_err()
            .to_string()
            .contains("loopback")
    );
}

/// What a host might type: noise, noise in a command line, and commands with arguments that nearly make sense.
fn typed() -> impl Strategy<Value = Vec<u8>> {
    let noise = || prop::collection::vec(any::<u8>(), 0..40);
    let name = prop::sample::select(vec![
        "CIPOPEN",
        "CIPSEND",
        "CIPRXGET",
        "CIPCLOSE",
        "CIPACK",
        "CIPMODE",
        "CIPTIMEOUT",
        "CIPCCFG",
        "CGDCONT",
        "CGACT",
        "CGPADDR",
        "CGCONTRDP",
        "CGAUTH",
        "CGATT",
        "CSOCKSETPN",
        "CDNSGIP",
        "CPING",
        "CMGS",
        "CMGF",
        "CPMS",
        "CSMP",
        "CPIN",
        "CFUN",
        "CRSM",
        "COPS",
        "CMEE",
        "CPSI",
        "NETOPEN",
        "NETCLOSE",
        "CRESET",
    ]);
    let value = prop::sample::select(vec![
        "",
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "9",
        "10",
        "176",
        "1500",
        "-1",
        "28478",
        "99999999999999999999",
        "\"TCP\"",
        "\"UDP\"",
        "\"192.0.2.80\"",
        "\"example.com\"",
        "80",
        "\"IP\"",
        "\"internet\"",
        "\"",
        "\"+12025550123\"",
        "\u{e9}",
    ]);
    let form = prop_oneof![
        6 => prop::collection::vec(value, 0..5).prop_map(|values| format!("={}", values.join(","))),
        1 => Just(String::new()),
        1 => Just("?".to_owned()),
        1 => Just("=?".to_owned()),
    ];
    prop_oneof![
        1 => noise(),
        2 => noise().prop_map(|octets| [b"AT".as_slice(), &octets, b"\r"].concat()),
        6 => (name, form).prop_map(|(name, form)| format!("AT+{name}{form}\r").into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever is typed, the modem lives: it takes it all, and answers the next command once a payload that may be open is filled.
    #[test]
    fn any_octets_leave_the_modem_alive(
        pieces in prop::collection::vec(typed(), 0..30)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async move {
            let mut desk = Desk::named("open");
            desk.types("ATE0\rAT+NETOPEN\rAT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r").await;
            for piece in pieces {
                desk.types(piece).await;
                desk.listens(1).await;
            }
            // Fills what may wait for a payload, leaves what may wait for its end, and outlasts a restart.
            desk.types([b'\r'; 1500]).await;
            desk.types([0x1B]).await;
            desk.listens(400).await;
            desk.types("ATE0V1Q0\r").await;
            desk.listens(60).await;
            desk.types("AT\r").await;
            // What was typed may have asked for announcements, which come in between.
            let said = desk.listens(20).await;
            assert!(said.windows(6).any(|w| w == b"\r\nOK\r\n"), "{}", said.escape_ascii());
        });
    }
}
