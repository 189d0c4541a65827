//! Short messages: handing a TPDU to the service centre, and the status reports that come back (SIM7600 manual chapter 9, 3GPP TS 27.005).
use super::trouble::raw;
use super::{Modem, Settings, Trouble};
use crate::at::{Command, Final, cms_explained, reply};
use crate::engine::{Answer, EngineError, Urc};
use crate::event::EventId;
use crate::sms::{StatusReport, Tpdu, split_centre, with_centre};

/// What became of a TPDU.
#[derive(Clone, Debug, PartialEq)]
pub enum Submitted {
    /// The service centre took it under this reference (TP-MR).
    Taken {
        /// TP-MR.
        reference: u8,
        /// The exchange.
        evidence: EventId,
    },
    /// It certainly did not go out.
    Refused(Trouble),
    /// It may have gone out, and no answer was read.
    Silent(Trouble),
}

impl Modem {
    /// Lets the modem speak PDUs, and where `reports` is wanted, hand status reports on. Returns whether they will come.
    ///
    /// # Errors
    /// The modem does not take PDU mode, or falls silent.
    pub async fn speak_pdus(&self, now: &Settings, reports: bool) -> Result<bool, Trouble> {
        self.set(now, "CMGF", "0", Command::cmgf(false)).await?;
        // With phase 2+ a report must be acknowledged (+CNMA), or the network repeats it.
        if now.value("CSMS") == Some("1") {
            self.must(Command::csms(0)).await?;
        }
        let Some(announced) = now.value("CNMI").filter(|_| reports) else {
            return Ok(false);
        };
        let fields: Vec<u8> = announced
            .split(',')
            .filter_map(|f| f.trim().parse().ok())
            .collect();
        let &[mode, messages, cells, delivery, buffered] = fields.as_slice() else {
            return Ok(false);
        };
        if mode == 1 && delivery == 1 {
            return Ok(true);
        }
        // Reports are handed on in mode 1 only.
        let wanted = Command::cnmi_all([1, messages, cells, 1, buffered]);
        Ok(self.may(wanted).await?.is_some())
    }

    /// The service centre's number as the SIM has it (`+CSCA?`).
    ///
    /// # Errors
    /// There is none, or the modem falls silent.
    pub async fn service_centre(&self) -> Result<EventId, Trouble> {
        let answer = self.ask(Command::csca_read()).await?;
        let number = answer.first(reply::csca);
        match number {
            Some(number) if !number.is_empty() => Ok(answer.evidence),
            _ => Err(no_centre(&answer)),
        }
    }

    /// Hands a TPDU over (`AT+CMGS`, PDU mode).
    pub async fn submit(&self, tpdu: &[u8]) -> Submitted {
        let hex: String = with_centre(None, tpdu)
            .iter()
            .map(|o| format!("{o:02X}"))
            .collect();
        let command = match Command::cmgs(tpdu.len(), &hex) {
            Ok(command) => command,
            Err(e) => {
                let advice = "This is a fault in mmscope";
                return Submitted::Refused(Trouble::new("AT+CMGS", "", e.to_string(), advice));
            }
        };
        let text = command.text().to_owned();
        match self.engine.run(command, self.purpose).await {
            Ok(answer) if answer.result.is_ok() => match answer.first(reply::cmgs) {
                Some(reference) => Submitted::Taken {
                    reference,
                    evidence: answer.evidence,
                },
                None => Submitted::Silent(without_reference(&text, &answer)),
            },
            Ok(answer) => refused(&text, &answer),
            Err(e) => {
                let trouble = Trouble::engine(&text, &e);
                let trouble = match e.evidence() {
                    Some(event) => trouble.on(event),
                    None => trouble,
                };
                match e {
                    EngineError::Quarantined { .. }
                    | EngineError::Closed { .. }
                    | EngineError::LineLost { evidence: None, .. } => Submitted::Refused(trouble),
                    _ => Submitted::Silent(trouble),
                }
            }
        }
    }

    /// Reads a stored message that `+CDSI` has announced, where it is a status report.
    ///
    /// # Errors
    /// The modem falls silent.
    pub async fn stored_status_report(&self, index: u16) -> Result<Option<StatusReport>, Trouble> {
        let answer = self.may(Command::cmgr(index)).await?;
        let lines = answer.map(|a| a.lines).unwrap_or_default();
        Ok(lines.iter().find_map(|line| read(line)))
    }
}

/// The status report in what the modem said unasked (`+CDS`).
#[must_use]
pub fn status_report(urc: &Urc) -> Option<StatusReport> {
    match urc {
        Urc::Message { head, body } if head.starts_with("+CDS:") => read(body),
        _ => None,
    }
}

/// The place of a status report that the modem has stored (`+CDSI: "SM",index`).
#[must_use]
pub fn stored_report(urc: &Urc) -> Option<u16> {
    match urc {
        Urc::Line(line) => line
            .strip_prefix("+CDSI:")?
            .rsplit(',')
            .next()?
            .trim()
            .parse()
            .ok(),
        _ => None,
    }
}

/// A status report in hexadecimal, with the service centre's address in front or, as some firmware has it, without.
fn read(hex: &str) -> Option<StatusReport> {
    let octets = super::octets_of(hex)?;
    let tpdus = [
        split_centre(&octets).ok().map(|(_, tpdu)| tpdu),
        Some(&octets[..]),
    ];
    tpdus
        .into_iter()
        .flatten()
        .find_map(|tpdu| match Tpdu::read(tpdu) {
            Ok(Tpdu::StatusReport(report)) => Some(report),
            _ => None,
        })
}

fn no_centre(answer: &Answer) -> Trouble {
    Trouble::new(
        "the SIM names no service centre for SMS",
        raw(answer),
        "without the number of the service centre (+CSCA) no SMS can go out",
        "Ask the carrier for the number of its SMS service centre and set it with AT+CSCA=\"+number\" in the AT line",
    )
    .on(answer.evidence)
}

fn without_reference(command: &str, answer: &Answer) -> Trouble {
    Trouble::new(
        format!("{command} was answered with OK and no reference"),
        raw(answer),
        "the service centre may have taken the part; without +CMGS: nobody can tell",
        "Look at the recipient's phone before sending it again",
    )
    .on(answer.evidence)
}

/// A refusal with its number explained. The network's silence (332) leaves open whether the service centre has the message.
fn refused(command: &str, answer: &Answer) -> Submitted {
    let number = match &answer.result {
        Final::Cms(reason) => reason.number,
        _ => None,
    };
    let Some((means, advice)) = number.and_then(cms_explained) else {
        return Submitted::Refused(Trouble::refused(command, answer));
    };
    let what = format!("the SMS was refused: {}", answer.result.words());
    let trouble = Trouble::new(what, raw(answer), means, advice).on(answer.evidence);
    match number {
        Some(332) => Submitted::Silent(trouble),
        _ => Submitted::Refused(trouble),
    }
}
