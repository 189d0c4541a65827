//! Who the modem is, and which commands its firmware has.
use super::capabilities::{Seen, quirks};
use super::{Modem, Trouble};
use crate::at::{Command, reply};
use crate::event::{CommandRow, CommandScan, Identity, What};
use std::sync::PoisonError;

/// The commands whose presence matters, by a form that changes nothing, and what mmscope uses them for. Firmware differs in
/// these (at-sim7600 sections 3 and 7); the others are on every SIM7600.
pub const SCANNED: [(&str, &str); 12] = [
    (
        "AT+CGCONTRDP=?",
        "what the network granted: APN, gateway, resolvers",
    ),
    ("AT+CSOCKSETPN?", "which PDP context the socket stack uses"),
    ("AT+CGSOCKCONT?", "contexts of the older socket stack"),
    ("AT+NETOPEN?", "the socket stack"),
    ("AT+CIPOPEN=?", "TCP and UDP links"),
    ("AT+CIPRXGET?", "reading by count"),
    ("AT+CDNSGIP=?", "resolving names"),
    ("AT+CPING=?", "ping"),
    ("AT+CPSI?", "serving cell and signal in one"),
    ("AT+CESQ", "signal by 3GPP TS 27.007"),
    (
        "AT+CMMSCURL?",
        "an MMS engine in the module; none is documented on a SIM7600",
    ),
    (
        "AT+CIPSTART=?",
        "the SIM800 socket stack; a SIM7600 has none",
    ),
];

impl Modem {
    /// Asks who it is (`+CGMI`, `+CGMM`, `+CGMR`, `+CGSN`) and records it.
    ///
    /// # Errors
    /// Where the modem falls silent; what it refuses to tell stays empty.
    pub async fn identify(&self) -> Result<Identity, Trouble> {
        let manufacturer = self.first_line(Command::cgmi()).await?;
        let model = self.first_line(Command::cgmm()).await?;
        let firmware = self.first_line(Command::cgmr()).await?;
        let imei = reply::imei(&self.first_line(Command::cgsn()).await?);
        *self.unit.lock().unwrap_or_else(PoisonError::into_inner) =
            imei.as_ref().map(crate::event::Imei::mark);
        let identity = Identity {
            manufacturer,
            model,
            firmware,
            imei: imei.map(|i| i.masked()).unwrap_or_default(),
        };
        self.record(What::Modem(identity.clone()));
        Ok(identity)
    }

    /// The first line of an answer, without the prefix that some firmware puts before it (`+CGMR: `).
    async fn first_line(&self, command: Command) -> Result<String, Trouble> {
        let answer = self.may(command).await?;
        let line = answer
            .and_then(|a| a.lines.into_iter().next())
            .unwrap_or_default();
        let bare = line
            .strip_prefix('+')
            .and_then(|l| l.split_once(':'))
            .map_or(line.as_str(), |(_, value)| value.trim());
        Ok(bare.to_owned())
    }

    /// Finds out which of [`SCANNED`] this firmware has and which of its ways have a name, and records it.
    ///
    /// # Errors
    /// Where the modem falls silent.
    pub async fn scan(&self, identity: &Identity) -> Result<CommandScan, Trouble> {
        let mut scan = CommandScan::default();
        let mut refusals = Vec::new();
        let (mut cell, mut stack) = (String::new(), String::new());
        for (text, purpose) in SCANNED {
            let command = Command::typed(text)
                .map_err(|e| Trouble::new(text, "", e.to_string(), "This is a fault in mmscope"))?;
            let answer = self.ask(command).await?;
            let present = answer.result.is_ok();
            if !present {
                refusals.push(answer.result.to_string());
            }
            let first = answer.lines.into_iter().next().unwrap_or_default();
            match text {
                "AT+CPSI?" => cell = first,
                "AT+NETOPEN?" => stack = first,
                _ => {}
            }
            scan.rows.push(CommandRow {
                command: text.trim_end_matches(['=', '?']).to_owned(),
                present,
                form: form(text).to_owned(),
                purpose: purpose.to_owned(),
            });
        }
        let error_mode = self.may(Command::cmee_read()).await?;
        let error_mode = error_mode
            .and_then(|a| a.lines.iter().find_map(|l| reply::number(l, "+CMEE:")))
            .and_then(|n| u8::try_from(n).ok());
        scan.quirks = quirks(&Seen {
            identity: identity.clone(),
            scan: scan.clone(),
            echo: self.engine.echo(),
            refusals,
            error_mode,
            cell: &cell,
            stack: &stack,
        });
        self.record(What::Commands(scan.clone()));
        Ok(scan)
    }
}

/// The form of a command, in a word.
fn form(text: &str) -> &'static str {
    match text {
        _ if text.ends_with("=?") => "test",
        _ if text.ends_with('?') => "read",
        _ => "execute",
    }
}
