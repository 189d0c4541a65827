//! Words for lines: what they prove, and never more.
use mmscope::at::meaning::{explain, explain_shaped};
use mmscope::event::Shape;

#[test]
fn lines_in_plain_words() {
    let rows = [
        (
            "+CSQ: 21,99",
            "AT+CSQ",
            "−71 dBm; bit error rate unknown, which is normal on LTE",
        ),
        (
            "+CSQ: 99,99",
            "AT+CSQ",
            "signal strength unknown; bit error rate unknown, which is normal on LTE",
        ),
        (
            "+CPSI: LTE,Online,310-260,0x2A1B,27447297,211,EUTRAN-BAND4,2175,5,5,-94,-987,-671,13",
            "AT+CPSI?",
            "LTE, network 310-260, EUTRAN-BAND4, RSRP −98.7 dBm, RSRQ −9.4 dB, RSSI −67.1 dBm, SNR 13 as the modem counts it, 20.0 MHz wide",
        ),
        (
            "+CPSI: NO SERVICE,Online",
            "AT+CPSI?",
            "no network found; the modem is online",
        ),
        (
            "+CREG: 0,2",
            "AT+CREG?",
            "circuit-switched domain (may stay unregistered on LTE): searching",
        ),
        ("+CEREG: 5", "", "LTE: registered, roaming"),
        (
            "+CME ERROR: 30",
            "AT+COPS?",
            "30 – no network service: not registered with any network",
        ),
        (
            "+CME ERROR: SIM not inserted",
            "AT+CPIN?",
            "10 – SIM not inserted: put a card in, or seat it again",
        ),
        ("+NETOPEN: 1", "AT+NETOPEN?", "the stack is open"),
        ("+NETOPEN: 1", "AT+NETOPEN", "1 – network failure"),
        ("+NETOPEN: 0", "AT+NETOPEN", "the stack is open"),
        ("+NETOPEN: 0", "AT+NETOPEN?", "the stack is closed"),
        (
            "OK",
            "AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80",
            "accepted; the result follows",
        ),
        (
            "+IP ERROR: 4",
            "AT+NETOPEN",
            "Network is already opened (number 4 of the +IP ERROR table, which is not that of +CIPOPEN)",
        ),
        (
            "+CIPERROR: 4",
            "AT+CIPSEND=0,4",
            "4 – operation not supported: the link is not open",
        ),
        ("+CIPOPEN: 0,0", "AT+CIPOPEN=0", "link 0: connected"),
        (
            "+CIPCLOSE: 0,4",
            "AT+CIPCLOSE=0",
            "link 0: 4 – operation not supported: it was not open",
        ),
        (
            "+CIPSEND: 0,1400,0",
            "",
            "link 0: nothing was taken, the buffer is full",
        ),
        ("+CIPSEND: 0,1400,1400", "", "link 0: 1400 octets taken"),
        (
            "+CDNSGIP: 0,10",
            "",
            "10 – DNS general error: no address for this name; the modem does not say whether the resolver said no or did not answer",
        ),
        (
            "+IPCLOSE: 0,1",
            "",
            "link 0 was closed by the peer; what it received can still be read",
        ),
        // The average of no answers is no number.
        ("+CPING: 3,1,0,1,0,0,0", "", "none of 1 ping answered"),
        ("+CPING: 3,4,0,4,0,0,0", "", "none of 4 pings answered"),
        (
            "+CPING: 3,4,2,2,80,120,100",
            "",
            "2 of 4 pings answered, 100 ms on average",
        ),
        ("+CGPADDR: 1,\"0.0.0.0\"", "", "context 1 has no address"),
        ("+CGEV: ME PDN ACT 8,1", "", "the modem activated a context"),
        (
            "+CGEV: NW PDN DEACT 1",
            "",
            "the network deactivated a context",
        ),
    ];
    for (line, command, words) in rows {
        assert_eq!(
            explain(line, Some(command)).as_deref(),
            Some(words),
            "{line}"
        );
    }
    assert_eq!(explain("OK", Some("AT")), None);
    assert_eq!(explain("SIMCOM_SIM7600G-H", Some("AT+CGMM")), None);
}

#[test]
fn a_four_is_never_called_unreachable_and_its_place_decides() {
    let say = |shape| explain_shaped("+CIPOPEN: 0,4", Some("AT+CIPOPEN=0"), shape).unwrap();
    assert_eq!(
        say(Shape::AtOnce),
        "link 0: 4 – operation not supported: the modem refused before sending anything; link number in use or wrong state"
    );
    assert_eq!(
        say(Shape::Late),
        "link 0: 4 – operation not supported (manual wording); connect failed, cause not reported"
    );
    for shape in [Shape::AtOnce, Shape::Late, Shape::Unknown] {
        assert!(!say(shape).contains("unreachable"));
    }
}
