//! A plain modem for whatever a transcript does not say: registered, attached, its contexts and its stack as the commands so far
//! have left them. It has no network behind it: names resolve, nothing answers.
use super::script::{Exchange, Transcript, Write};
use std::collections::BTreeMap;

pub struct Plain {
    /// cid → type, APN, active.
    contexts: BTreeMap<String, (String, String, bool)>,
    open: bool,
    changed: bool,
    known: bool,
}

impl Plain {
    pub fn new(transcript: &Transcript) -> Self {
        let mut plain = Self {
            contexts: BTreeMap::new(),
            open: false,
            changed: false,
            known: false,
        };
        for exchange in transcript.exchanges.iter().rev() {
            plain.read(exchange);
        }
        if !plain.known {
            let apn = transcript
                .apn
                .clone()
                .unwrap_or_else(|| "internet".to_owned());
            plain
                .contexts
                .insert("1".to_owned(), ("IP".to_owned(), apn, true));
        }
        // What the transcript's host activates was not active before.
        for exchange in &transcript.exchanges {
            let cid = exchange.command.strip_prefix("AT+CGACT=1,");
            if let Some(context) = cid.and_then(|cid| plain.contexts.get_mut(cid)) {
                context.2 = false;
            }
        }
        plain
    }

    /// The first listing of the transcript is where the contexts begin.
    fn read(&mut self, exchange: &Exchange) {
        let text: String = exchange
            .writes
            .iter()
            .map(|w| String::from_utf8_lossy(&w.octets).into_owned())
            .collect();
        match exchange.command.as_str() {
            "AT+CGDCONT?" => {
                self.known = true;
                self.contexts.clear();
                for row in text.split("+CGDCONT: ").skip(1) {
                    let fields: Vec<&str> =
                        row.split(',').map(|f| f.trim().trim_matches('"')).collect();
                    if let [cid, kind, apn, ..] = fields[..] {
                        let active = cid == "1";
                        self.contexts
                            .insert(cid.to_owned(), (kind.to_owned(), apn.to_owned(), active));
                    }
                }
            }
            "AT+CGACT?" => {
                for row in text.split("+CGACT: ").skip(1) {
                    let on = row
                        .trim_start_matches(|c: char| c.is_ascii_digit())
                        .starts_with(",1");
                    let cid: String = row.chars().take_while(char::is_ascii_digit).collect();
                    if let Some(context) = self.contexts.get_mut(&cid) {
                        context.2 = on;
                    }
                }
            }
            _ => {}
        }
    }

    /// The driver has written a command that defines or deletes a context.
    pub fn saw(&mut self, command: &str) {
        let Some(values) = command.strip_prefix("AT+CGDCONT=") else {
            return;
        };
        let fields: Vec<&str> = values.split(',').map(|f| f.trim_matches('"')).collect();
        self.changed = true;
        match fields[..] {
            [cid] => drop(self.contexts.remove(cid)),
            [cid, kind, apn, ..] => {
                self.contexts
                    .insert(cid.to_owned(), (kind.to_owned(), apn.to_owned(), false));
            }
            _ => {}
        }
    }

    /// What the transcript answered to a command that changes the state.
    pub fn answered(&mut self, command: &str, exchange: &Exchange) {
        let said = |what: &str| {
            exchange
                .writes
                .iter()
                .any(|w| String::from_utf8_lossy(&w.octets).contains(what))
        };
        if said("\r\nOK\r\n") {
            self.act(command, said("+NETOPEN: 0"));
        }
    }

    fn act(&mut self, command: &str, opened: bool) {
        if let Some((on, cid)) = command
            .strip_prefix("AT+CGACT=")
            .and_then(|v| v.split_once(','))
        {
            self.changed = true;
            if let Some(context) = self.contexts.get_mut(cid) {
                context.2 = on == "1";
            }
        }
        match command {
            "AT+NETOPEN" => self.open = opened,
            "AT+NETCLOSE" => self.open = false,
            _ => {}
        }
    }

    /// A listing of contexts once the driver has changed some: what the transcript says is no longer true then.
    pub fn list(&self, command: &str, _: &Exchange) -> Option<String> {
        (self.changed && matches!(command, "AT+CGDCONT?" | "AT+CGACT?"))
            .then(|| self.listing(command))
    }

    fn listing(&self, command: &str) -> String {
        let row = |(cid, (kind, apn, on)): (&String, &(String, String, bool))| match command {
            "AT+CGDCONT?" => {
                format!("+CGDCONT: {cid},\"{kind}\",\"{apn}\",\"0.0.0.0\",0,0,0,0\r\n")
            }
            _ => format!("+CGACT: {cid},{}\r\n", u8::from(*on)),
        };
        let rows: String = self.contexts.iter().map(row).collect();
        if rows.is_empty() {
            "\r\nOK\r\n".to_owned()
        } else {
            format!("\r\n{rows}\r\nOK\r\n")
        }
    }

    pub fn answer(&mut self, command: &str) -> Vec<Write> {
        let ok = |info: &str| vec![Write::now(format!("\r\n{info}\r\n\r\nOK\r\n"))];
        let late = |line: String| {
            vec![
                Write::now("\r\nOK\r\n"),
                Write {
                    after_ms: 200,
                    octets: format!("\r\n{line}\r\n").into_bytes(),
                },
            ]
        };
        let first = command
            .split_once('=')
            .map_or("", |(_, v)| v.split(',').next().unwrap_or(""));
        match command {
            "AT+CMEE?" => ok("+CMEE: 2"),
            "AT+CFUN?" => ok("+CFUN: 1"),
            "AT+IPR?" => ok("+IPR: 115200"),
            "AT+CMGF?" => ok("+CMGF: 0"),
            "AT+CPIN?" => ok("+CPIN: READY"),
            "AT+CIMI" => ok("001010123456789"),
            "AT+CGATT?" => ok("+CGATT: 1"),
            "AT+CREG?" | "AT+CGREG?" | "AT+CEREG?" => {
                ok(&format!("{}: 0,1", &command[2..command.len() - 1]))
            }
            "AT+CGDCONT?" | "AT+CGACT?" => vec![Write::now(self.listing(command))],
            "AT+CSOCKSETPN?" => ok("+CSOCKSETPN: 1"),
            "AT+NETOPEN?" => ok(&format!("+NETOPEN: {}", u8::from(self.open))),
            "AT+IPADDR" => ok("+IPADDR: 10.64.12.7"),
            "AT+CIPRXGET?" => ok("+CIPRXGET: 0"),
            "AT+CIPOPEN?" => ok(&(0..10)
                .map(|n| format!("+CIPOPEN: {n}"))
                .collect::<Vec<_>>()
                .join("\r\n")),
            "AT+NETOPEN" | "AT+NETCLOSE" => {
                self.act(command, true);
                late(format!("{}: 0", &command[2..]))
            }
            _ if command.starts_with("AT+CGPADDR=") => {
                ok(&format!("+CGPADDR: {first},\"10.64.12.7\""))
            }
            _ if command.starts_with("AT+CGACT=") => {
                self.act(command, true);
                vec![Write::now("\r\nOK\r\n")]
            }
            _ if command.starts_with("AT+CDNSGIP=") => {
                ok(&format!("+CDNSGIP: 1,{first},\"192.0.2.80\""))
            }
            _ if command.starts_with("AT+CIPOPEN=") => late(format!("+CIPOPEN: {first},10")),
            _ if command.starts_with("AT+CIPCLOSE=") => late(format!("+CIPCLOSE: {first},0")),
            _ if command.starts_with("AT+CIPSEND=") => vec![Write::now("\r\n>")],
            _ if command.starts_with("AT+CIPRXGET=2") => {
                vec![Write::now("\r\n+IP ERROR: No data\r\n\r\nERROR\r\n")]
            }
            _ if command.ends_with('?') || command == "AT+CGSN" || command == "AT+CICCID" => {
                vec![Write::now("\r\nERROR\r\n")]
            }
            _ => vec![Write::now("\r\nOK\r\n")],
        }
    }
}
