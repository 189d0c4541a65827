//! The send as SMS: the stages that it shares with an MMS, then part by part to the service centre, then the status reports.
//!
//! The rungs of the data connection are skipped and say so; *post* is the handing over (`AT+CMGS`), *confirm* the references that the service
//! centre gave, *deliver* the status reports.
use super::{Fallen, Gear, Ladder, Learned, Ledger, Mark, modem_stages};
use crate::compose::SmsOut;
use crate::event::{
    EventId, Failure, Message, Msisdn, SendResult, SmsPart, Stage, Way, What, same_line,
};
use crate::modem::{Hearing, Submitted, Trouble, Urc, status_report};
use crate::sms::StatusReport;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The longest that one part may take with the modem, in the world's time (at-sim7600 section 8).
const A_PART: Duration = Duration::from_secs(65);

/// One SMS to send.
#[derive(Clone, Debug)]
pub struct SmsJob {
    /// Which send of the session, from 1.
    pub number: u64,
    /// Its number in the outbox.
    pub entry: Option<u64>,
    /// Linked or not.
    pub way: Way,
    /// Characters of text.
    pub characters: usize,
    /// For JSON and the outbox only: an SMS carries none.
    pub transaction_id: String,
    /// All parts, recipient by recipient, each with the reference under which an earlier attempt brought it to the service centre.
    pub parts: Vec<(SmsOut, Option<u8>)>,
    /// A status report is wanted, and waited for as long as the stage *deliver* may take.
    pub report: bool,
    /// It goes out in the place of an MMS that failed so.
    pub fell_back: Option<Failure>,
    /// Where it is written down what goes out.
    pub ledger: Arc<dyn Ledger>,
    /// What comes in meanwhile is wanted: where the modem does not announce messages, it is made to.
    pub hearing: Hearing,
}

/// What is still to come of an SMS that was accepted.
pub struct Awaited {
    /// Recipient and reference of each part. References are counted modulo 256 (3GPP TS 23.040 section 9.2.3.6), so one alone names no part.
    taken: Vec<(String, u8)>,
    reports: Reports,
    /// The modem hands status reports on.
    handed_on: bool,
}

/// The status reports from the first part on, read as they come: with many parts more of them come before the last part is out than the line
/// keeps for a reader who waits.
struct Reports {
    came: mpsc::UnboundedReceiver<StatusReport>,
    reader: JoinHandle<()>,
}

impl Reports {
    fn collect(mut urcs: broadcast::Receiver<Urc>) -> Self {
        let (hand_on, came) = mpsc::unbounded_channel();
        let reader = tokio::spawn(async move {
            loop {
                match urcs.recv().await {
                    Ok(urc) => {
                        if let Some(report) = status_report(&urc)
                            && hand_on.send(report).is_err()
                        {
                            return;
                        }
                    }
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        });
        Self { came, reader }
    }
}

impl Drop for Reports {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Sends one SMS, up to the references of the service centre; then [`reports`] waits for the phone. The modem is not tidy afterwards: call
/// [`super::tidy`].
pub async fn send_sms(gear: &Gear, job: &SmsJob) -> (SendResult, Option<Awaited>) {
    if job.fell_back.is_none() {
        gear.sink.record(What::Message(message(job)));
    }
    let ladder = gear.ladder(job.number);
    let mut result = SendResult {
        send: job.number,
        entry: job.entry,
        way: job.way,
        transaction_id: Some(job.transaction_id.clone()),
        size: Some(job.parts.iter().map(|(p, _)| p.tpdu.len()).sum()),
        fell_back: job.fell_back.clone(),
        ..SendResult::default()
    };
    let mut taken: Vec<Option<u8>> = job.parts.iter().map(|(_, reference)| *reference).collect();
    let reports = Reports::collect(gear.modem.engine().urcs());
    let outcome = climb(gear, job, &ladder, &mut taken, &mut result.unknown).await;
    result.parts = Some((taken.iter().flatten().count(), taken.len()));
    let awaited = match outcome {
        Ok(handed_on) => {
            result.ok = true;
            result.stage = Some(Stage::Confirm);
            let named = |(out, _): &(SmsOut, Option<u8>)| out.to.clone();
            let taken = job.parts.iter().map(named).zip(taken);
            let taken = taken.filter_map(|(to, reference)| Some((to, reference?)));
            Some(Awaited {
                taken: taken.collect(),
                reports,
                handed_on,
            })
        }
        Err(fallen) => {
            result.stage = Some(fallen.stage);
            result.error = Some(fallen.trouble.failure);
            None
        }
    };
    (result, awaited)
}

fn message(job: &SmsJob) -> Message {
    let mut to: Vec<&str> = job.parts.iter().map(|(p, _)| p.to.as_str()).collect();
    to.dedup();
    Message {
        send: job.number,
        to: to.into_iter().map(|n| Msisdn::new(n).masked()).collect(),
        characters: job.characters,
        transaction_id: job.transaction_id.clone(),
        profile: String::new(),
        way: job.way,
        entry: job.entry,
    }
}

/// All stages up to the references. Returns whether status reports will come.
async fn climb(
    gear: &Gear,
    job: &SmsJob,
    ladder: &Ladder,
    taken: &mut [Option<u8>],
    unknown: &mut bool,
) -> Result<bool, Fallen> {
    if job.fell_back.is_none() {
        let says = describe(job, taken);
        let learned = async { Ok(Learned::new((), says, Vec::new())) };
        ladder.stage(Stage::Encode, None, learned).await?;
    }
    modem_stages::port(gear, ladder, None).await?;
    modem_stages::sim(gear, ladder).await?;
    modem_stages::register(gear, ladder).await?;
    if job.fell_back.is_none() {
        for stage in [
            Stage::Attach,
            Stage::Bearer,
            Stage::Stack,
            Stage::Resolve,
            Stage::Connect,
        ] {
            ladder.skip(stage, "an SMS needs no data connection");
        }
    }
    let (reports, evidence) = post(gear, job, ladder, taken, unknown).await?;
    let references: Vec<String> = taken.iter().flatten().map(u8::to_string).collect();
    let says = format!(
        "the service centre took {}: reference {}",
        counted(taken.len()),
        references.join(", ")
    );
    let learned = async { Ok(Learned::new((), says, evidence)) };
    ladder.stage(Stage::Confirm, None, learned).await?;
    Ok(reports)
}

fn counted(parts: usize) -> String {
    match parts {
        1 => "1 part".to_owned(),
        n => format!("all {n} parts"),
    }
}

fn describe(job: &SmsJob, taken: &[Option<u8>]) -> String {
    let (all, before) = (job.parts.len(), taken.iter().flatten().count());
    let parts = if all == 1 {
        "1 part".to_owned()
    } else {
        format!("{all} parts")
    };
    let linked = match job.way {
        _ if all == 1 => "",
        Way::SmsUnlinked => ", unlinked: a bubble each",
        _ => ", linked: one bubble on most phones",
    };
    let rest = match before {
        0 => String::new(),
        n => format!("; {n} went out before"),
    };
    format!("SMS, {parts}{linked}{rest}")
}

/// Every part that is not out yet goes to the service centre, each written down before and after.
async fn post(
    gear: &Gear,
    job: &SmsJob,
    ladder: &Ladder,
    taken: &mut [Option<u8>],
    unknown: &mut bool,
) -> Result<(bool, Vec<EventId>), Fallen> {
    let modem = gear.modem.serving("sms");
    let left = u32::try_from(taken.iter().filter(|t| t.is_none()).count()).unwrap_or(u32::MAX);
    let limit = gear.limits.of(Stage::Post) + A_PART.saturating_mul(left);
    ladder
        .stage(Stage::Post, Some(limit), async {
            let touched = ["CMGF", "CSMS", "CNMI"];
            let mut settings = modem_stages::keep_sms_settings(gear, &touched).await?;
            if job.hearing != Hearing::Not {
                modem.listen(&settings, job.hearing).await?;
                settings = modem.read_sms_settings().await?;
            }
            let reports = modem.speak_pdus(&settings, job.report).await?;
            let mut evidence = vec![modem.service_centre().await?];
            for (place, (part, before)) in job.parts.iter().enumerate() {
                if before.is_some() {
                    continue;
                }
                let (permille, says) = progress(place, job.parts.len());
                ladder.progress(Stage::Post, says, Some(permille));
                write(job, Mark::Handed(place)).await?;
                // Whoever stops the send now cannot take the part back.
                gear.went_out
                    .store(true, std::sync::atomic::Ordering::Relaxed);
                *unknown = true;
                let submitted = modem.submit(&part.tpdu).await;
                *unknown = matches!(submitted, Submitted::Silent(_));
                gear.went_out
                    .store(*unknown, std::sync::atomic::Ordering::Relaxed);
                tell(gear, job, part, &submitted);
                match submitted {
                    Submitted::Taken {
                        reference,
                        evidence: event,
                    } => {
                        evidence.push(event);
                        taken[place] = Some(reference);
                        // It is out: a disk that is full now cannot change that.
                        let _ = job.ledger.write(Mark::Taken(place, reference)).await;
                    }
                    Submitted::Refused(trouble) => {
                        let _ = job.ledger.write(Mark::Back(place)).await;
                        return Err(stopped_at(trouble, job, taken, place, false));
                    }
                    Submitted::Silent(trouble) => {
                        return Err(stopped_at(trouble, job, taken, place, true));
                    }
                }
            }
            let says = format!("{} handed to the service centre", counted(job.parts.len()));
            Ok(Learned::new((reports, evidence.clone()), says, evidence))
        })
        .await
}

fn progress(place: usize, all: usize) -> (u16, String) {
    let permille = u16::try_from(place * 1000 / all.max(1)).unwrap_or(1000);
    (permille, format!("part {} of {all}", place + 1))
}

async fn write(job: &SmsJob, mark: Mark) -> Result<(), Trouble> {
    job.ledger.write(mark).await.map_err(|e| {
        Trouble::new(
            "the outbox cannot be written",
            "",
            format!("{e}; what cannot be written down is not sent"),
            "Make room on the disk, then send again: parts that went out are not sent twice",
        )
    })
}

fn tell(gear: &Gear, job: &SmsJob, part: &SmsOut, submitted: &Submitted) {
    let (reference, error) = match submitted {
        Submitted::Taken { reference, .. } => (Some(*reference), None),
        Submitted::Refused(trouble) => (None, Some(trouble.failure.what.clone())),
        Submitted::Silent(_) => (None, Some(String::new())),
    };
    gear.sink.record(What::SmsPart(SmsPart {
        send: job.number,
        to: Msisdn::new(part.to.as_str()).masked(),
        part: usize::from(part.number),
        of: usize::from(part.of),
        reference,
        error,
    }));
}

/// A failure in the middle says which parts went.
fn stopped_at(
    mut trouble: Trouble,
    job: &SmsJob,
    taken: &[Option<u8>],
    place: usize,
    silent: bool,
) -> Trouble {
    let all = job.parts.len();
    if all == 1 && !silent {
        return trouble;
    }
    let went: Vec<String> = (1..=all)
        .zip(taken)
        .filter(|(_, t)| t.is_some())
        .map(|(n, _)| n.to_string())
        .collect();
    let went = match went.len() {
        0 => "no part went out before it".to_owned(),
        1 => format!("part {} went out", went[0]),
        _ => format!("parts {} went out", went.join(", ")),
    };
    let rest = if silent {
        format!("part {} may have gone out", place + 1)
    } else {
        format!("part {} and those after it did not", place + 1)
    };
    trouble.failure.means = format!("{} ({went}; {rest})", trouble.failure.means);
    if silent {
        trouble.failure.advice = format!(
            "Look at the recipient's phone; {}. Sending the same again sends only what is not known to have gone out",
            trouble.failure.advice.trim_end_matches('.')
        );
    }
    trouble
}

/// Waits for a status report on every part. Returns whether all tell that a phone has it.
pub async fn reports(gear: &Gear, job: &SmsJob, awaited: Awaited) -> bool {
    let ladder = gear.ladder(job.number);
    let Awaited {
        taken: mut open,
        mut reports,
        handed_on,
    } = awaited;
    if !job.report || !handed_on {
        let says = if job.report {
            "this modem does not hand status reports on; whether a phone shows it, the phone must tell"
        } else {
            "no status report was asked for; whether a phone shows it, the phone must tell"
        };
        ladder.skip(Stage::Deliver, says);
        return false;
    }
    let all = open.len();
    let allowed = gear.limits.of(Stage::Deliver);
    let until = tokio::time::Instant::now() + gear.modem.pace().real(allowed);
    let waiting = async {
        while !open.is_empty() {
            let came = tokio::time::timeout_at(until, reports.came.recv()).await;
            let Ok(Some(report)) = came else {
                return Err(unreported(all - open.len(), all, allowed));
            };
            let from = report.to.shown();
            let is = |(to, reference): &(String, u8)| {
                *reference == report.reference && same_line(to, &from)
            };
            let Some(place) = open.iter().position(is) else {
                continue;
            };
            match report.delivered() {
                Some(true) => {
                    open.swap_remove(place);
                    let permille = u16::try_from((all - open.len()) * 1000 / all).unwrap_or(1000);
                    let says = format!("{} of {all} parts reported", all - open.len());
                    ladder.progress(Stage::Deliver, says, Some(permille));
                }
                Some(false) => return Err(undelivered(report.status)),
                None => {}
            }
        }
        let says = format!("status reports: {} on the phone", counted(all));
        Ok(Learned::new((), says, Vec::new()))
    };
    ladder
        .stage(
            Stage::Deliver,
            Some(allowed + Duration::from_secs(5)),
            waiting,
        )
        .await
        .is_ok()
}

fn unreported(there: usize, all: usize, limit: Duration) -> Trouble {
    Trouble::new(
        format!(
            "{there} of {all} status reports came within {} s",
            limit.as_secs()
        ),
        "",
        "the service centre has the message; reports can come hours later, when the phone is on again, and some carriers send none",
        "Wait, or look at the phone; a report that comes later is tied to the message as long as mmscope runs",
    )
}

fn undelivered(status: u8) -> Trouble {
    let means = match status {
        0x40 => "remote procedure error",
        0x41 => "incompatible destination",
        0x42 => "the recipient's side rejected the connection",
        0x43 => "not obtainable: no such line, or it takes no SMS",
        0x44 => "quality of service not available",
        0x46 => "the validity period expired before the phone was reached",
        0x60..=0x7F => "the service centre has stopped trying after a temporary failure",
        _ => "a permanent failure",
    };
    Trouble::new(
        "the service centre reports that a part will not be delivered",
        format!("TP-ST {status:02X}"),
        format!("{means} (3GPP TS 23.040 section 9.2.3.15)"),
        "Check the recipient's number; send again when the phone is on",
    )
}
