//! Registration and signal.
use super::{Modem, Trouble};
use crate::at::{Command, reply};
use crate::event::{EventId, Registration, Signal, What};

impl Modem {
    /// Reads registration in all three domains, the operator and attachment, and records them.
    ///
    /// # Errors
    /// Where the modem falls silent.
    pub async fn registration(&self) -> Result<(Registration, Vec<EventId>), Trouble> {
        let mut evidence = Vec::new();
        let mut stats = Vec::new();
        for command in [
            Command::creg_read(),
            Command::cgreg_read(),
            Command::cereg_read(),
        ] {
            let answer = self.ask(command).await?;
            evidence.push(answer.evidence);
            // A URC can land inside the answer; of several lines the last is the newest.
            stats.push(
                answer
                    .lines
                    .iter()
                    .rev()
                    .find_map(|l| reply::reg_read(l))
                    .map(|r| r.stat),
            );
        }
        let operator = self.may(Command::cops_read()).await?.and_then(|a| {
            a.lines
                .iter()
                .find_map(|l| reply::cops(l))
                .and_then(|c| c.operator)
        });
        let attached = self.attachment().await.ok().map(|(attached, _)| attached);
        let registration = Registration {
            cs: stats[0],
            ps: stats[1],
            eps: stats[2],
            operator,
            attached,
        };
        self.record(What::Registration(registration.clone()));
        Ok((registration, evidence))
    }

    /// Reads the signal (`+CSQ`, and `+CPSI?` where the firmware has it) and records it.
    ///
    /// # Errors
    /// Where the modem falls silent.
    pub async fn signal(&self) -> Result<Signal, Trouble> {
        let rssi = self
            .may(Command::csq())
            .await?
            .and_then(|a| a.lines.iter().find_map(|l| reply::csq(l)));
        let cell = self
            .may(Command::cpsi_read())
            .await?
            .and_then(|a| a.lines.iter().find_map(|l| reply::cpsi(l)));
        let mut signal = cell.map(|c| c.signal()).unwrap_or_default();
        if let Some(csq) = rssi {
            signal.rssi_dbm = csq.dbm;
        }
        self.record(What::Signal(signal.clone()));
        Ok(signal)
    }

    /// How much of the module works (`+CFUN?`: 1 all, 0 and 4 no radio; at-sim7600), where it tells.
    pub async fn functionality(&self) -> Option<u8> {
        let answer = self.may(Command::typed("AT+CFUN?").ok()?).await.ok()??;
        let level = answer
            .lines
            .iter()
            .find_map(|l| reply::number(l, "+CFUN:"))?;
        u8::try_from(level).ok()
    }

    /// Whether the packet domain is attached (`+CGATT?`).
    ///
    /// # Errors
    /// Where the modem falls silent or refuses to tell.
    pub async fn attachment(&self) -> Result<(bool, EventId), Trouble> {
        let answer = self.must(Command::cgatt_read()).await?;
        let attached = answer
            .lines
            .iter()
            .find_map(|l| reply::number(l, "+CGATT:"))
            == Some(1);
        Ok((attached, answer.evidence))
    }

    /// Attaches the packet domain (`+CGATT=1`).
    ///
    /// # Errors
    /// The network's refusal.
    pub async fn attach(&self) -> Result<EventId, Trouble> {
        Ok(self.must(Command::cgatt(true)).await?.evidence)
    }

    /// Why the last registration or call ended, in the modem's words (`+CEER`), where it has that command and something to say.
    pub async fn last_cause(&self) -> Option<String> {
        let answer = self.may(Command::typed("AT+CEER").ok()?).await.ok()??;
        let line = answer.lines.iter().find_map(|l| l.strip_prefix("+CEER:"))?;
        let text = line.trim().trim_matches('"');
        (!text.is_empty()).then(|| text.chars().take(120).collect())
    }
}
