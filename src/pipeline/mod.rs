//! The send, one function a stage.
//!
//! In: a message, a profile, a modem. Out: stage events as it goes, and a [`SendResult`]. A failure says what failed, on what,
//! what came back, what that proves and what to do now. Dropping [`send`] cancels it at any moment; [`tidy`] then leaves the
//! modem as it was found. Never here: the queue, the pace, the screen, files (settings are saved through [`Keep`]).
mod connect;
mod encode;
mod explain;
mod fetch;
mod ladder;
mod ledger;
mod limits;
mod modem_stages;
mod post_stages;
mod rehearsal;
mod sms_stages;
mod standing;
mod tidy;

pub use encode::{Encoded, encode};
pub use explain::stopped_too_late;
pub use fetch::{FetchJob, Unfetched, fetch, place_of, respond};
pub use ladder::{Fallen, Ladder, Learned, Reached};
pub use ledger::{Ledger, Mark, Unkept, Writing};
pub use limits::Limits;
pub(crate) use modem_stages::{hold, intend};
pub use modem_stages::{keep_sms_settings, off_the_thread};
pub(crate) use post_stages::{request, tell_pdu};
pub use rehearsal::{Rehearsal, rehearse, rehearse_sms};
pub use sms_stages::{Awaited, SmsJob, reports, send_sms};
pub use standing::{Standing, rest};
pub use tidy::tidy;

use crate::compose::Draft;
use crate::event::same_line;
use crate::event::{
    Calibration, Direction, Identity, Level, Masked, Message, Msisdn, Notice, SendResult, Sink,
    Stage, Way, What,
};
use crate::modem::{Bearer, Hearing, Modem, Settings, SimCard, Trouble, listening};
use crate::profile::Profile;
use bytes::Bytes;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Where settings are written before the first change, and removed once they are back.
pub trait Keep: Send + Sync {
    /// Writes them so that they survive a crash.
    ///
    /// # Errors
    /// Why they could not be written; then nothing is changed.
    fn save(&self, settings: &Settings) -> io::Result<()>;
    /// They are back: nothing is left to do for them.
    fn clear(&self, settings: &Settings);
    /// How this firmware ends connection attempts, as earlier sessions learned it. Nothing, where nothing outlives the session.
    ///
    /// # Errors
    /// What was kept cannot be read.
    fn signatures(&self, _firmware: &str) -> io::Result<Vec<Signature>> {
        Ok(Vec::new())
    }
    /// Keeps a signature for later sessions.
    ///
    /// # Errors
    /// It cannot be written.
    fn keep_signature(&self, _learned: &Calibration) -> io::Result<()> {
        Ok(())
    }
}

/// A signature that outlives its session.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Signature {
    /// When it was learned (RFC 3339).
    pub learned: String,
    /// What was learned.
    pub calibration: Calibration,
}

/// What was learned about the bench and stays true from one send to the next.
#[derive(Clone, Debug, Default)]
pub struct Learnt {
    /// The modem, once identified.
    pub identity: Option<Identity>,
    /// The SIM, once read.
    pub card: Option<SimCard>,
    /// How firmware ends connection attempts of known class.
    pub signatures: Vec<Calibration>,
    /// RSRP as last read, in tenths of a dBm.
    pub rsrp_ddbm: Option<i32>,
}

/// Everything that a send works with.
#[derive(Clone)]
pub struct Gear {
    /// The modem.
    pub modem: Modem,
    /// The journal.
    pub sink: Sink,
    /// How long each stage may take.
    pub limits: Limits,
    /// The line's own number, where the person has set it.
    pub own_number: Option<Msisdn>,
    /// Where settings are kept.
    pub keep: Arc<dyn Keep>,
    /// The serial line's name, for texts.
    pub serial: String,
    /// What is known from before.
    pub learnt: Arc<Mutex<Learnt>>,
    /// Settings that were saved and are not back yet.
    pub saved: Arc<Mutex<Option<Settings>>>,
    /// How many bubbles the simulated phones show; `None` on a real bench, where nobody can see phones.
    pub bubbles: Option<watch::Receiver<u64>>,
    /// The last octets of the request of the send that runs were handed to the modem: from then on the MMSC may have accepted it.
    pub went_out: Arc<AtomicBool>,
    /// The stage that the send which runs has reached.
    pub reached: Reached,
    /// Nothing is changed on the modem, and nothing put back.
    pub read_only: bool,
    /// The data connection as it stands, until the modem is tidied.
    pub connection: Arc<Mutex<Option<Connection>>>,
    /// How often the modem had restarted when its settings were saved; another count means that it must register first.
    pub boots: Arc<AtomicU64>,
    /// What stays set up between two messages of a queue.
    pub standing: Standing,
}

/// A data connection with its stack open, as a send has left it.
#[derive(Clone, Debug)]
pub struct Connection {
    /// For this profile.
    pub profile: Profile,
    /// The context.
    pub bearer: Bearer,
    /// The card in the modem.
    pub card: SimCard,
}

/// One message to send.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which send of the session, from 1.
    pub number: u64,
    /// What the person wrote.
    pub draft: Draft,
    /// Through which carrier.
    pub profile: Profile,
    /// X-Mms-Transaction-Id.
    pub transaction_id: String,
    /// Seconds since 1970 for the Date header; `None` leaves it out.
    pub date: Option<u64>,
    /// MMS version to write.
    pub version: crate::mms::Version,
    /// The M-Send.req itself, where the very same octets are sent again; then nothing of the draft is encoded.
    pub octets: Option<Bytes>,
    /// The octets that were fixed when it was queued; they go out as they are.
    pub sealed: Option<Arc<Encoded>>,
    /// Its number in the outbox.
    pub entry: Option<u64>,
    /// Where it is written down that it goes out.
    pub ledger: Arc<dyn Ledger>,
    /// What comes in meanwhile is wanted: where the modem does not announce messages, it is made to.
    pub hearing: Hearing,
}

impl Gear {
    /// The value inside a shared cell; a panic elsewhere does not take it away.
    /// Whether a number is the line's own, as the person has set it or the SIM holds it.
    pub(crate) fn is_own(&self, number: &str) -> bool {
        let of_card = self.learnt(|l| l.card.as_ref()?.number.clone());
        let own = self.own_number.iter().chain(&of_card);
        own.map(Msisdn::reveal).any(|own| same_line(own, number))
    }

    pub(crate) fn learnt<T>(&self, change: impl FnOnce(&mut Learnt) -> T) -> T {
        change(&mut self.learnt.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ladder of a send.
    #[must_use]
    pub fn ladder(&self, send: u64) -> Ladder {
        Ladder {
            send,
            fetch: None,
            sink: self.sink.clone(),
            pace: self.modem.pace(),
            reached: self.reached.clone(),
        }
    }

    /// Remembers the data connection, or forgets it.
    fn connected(&self, connection: Option<Connection>) {
        *self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = connection;
    }

    /// The profile of the data connection, where one stands.
    #[must_use]
    pub fn connected_profile(&self) -> Option<Profile> {
        let standing = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        standing.as_ref().map(|s| s.profile.clone())
    }

    /// The data connection for this profile, where one stands.
    fn connection_for(&self, profile: &Profile) -> Option<Connection> {
        let standing = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        standing
            .as_ref()
            .filter(|s| s.profile.mms_pdn() == profile.mms_pdn())
            .cloned()
    }

    pub(crate) fn saved<T>(&self, change: impl FnOnce(&mut Option<Settings>) -> T) -> T {
        change(&mut self.saved.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Sends one message. The modem is not tidy afterwards: call [`rest`] or [`tidy`].
pub async fn send(gear: &Gear, job: &Job) -> SendResult {
    let began = gear.sink.now_ms();
    let exchanges = gear.modem.engine().exchanges();
    let to: Vec<Masked> = job
        .draft
        .recipients()
        .map(crate::compose::Recipient::masked)
        .collect();
    gear.sink.record(What::Message(Message {
        send: job.number,
        to,
        characters: job.draft.text.chars().count(),
        transaction_id: job.transaction_id.clone(),
        profile: job.profile.id.to_string(),
        way: Way::Mms,
        entry: job.entry,
    }));
    let ladder = gear.ladder(job.number);
    let mut result = SendResult {
        send: job.number,
        transaction_id: Some(job.transaction_id.clone()),
        entry: job.entry,
        ..SendResult::default()
    };
    match climb(gear, job, &ladder, &mut result).await {
        Ok(()) => {
            result.ok = true;
            result.stage = Some(Stage::Confirm);
        }
        Err(fallen) => {
            result.stage = Some(fallen.stage);
            result.error = Some(fallen.trouble.failure);
        }
    }
    result.duration_ms = gear.sink.now_ms().saturating_sub(began);
    result.exchanges = gear.modem.engine().exchanges() - exchanges;
    result
}

/// How often a request is begun that did not go out whole.
const ATTEMPTS: u32 = 2;

/// All stages, up to the M-Send.conf.
async fn climb(
    gear: &Gear,
    job: &Job,
    ladder: &Ladder,
    result: &mut SendResult,
) -> Result<(), Fallen> {
    let encoded = modem_stages::encode(job, ladder).await?;
    result.size = Some(encoded.octets.len());
    // Once a send, whether or not it gets as far as the network: a message that did not go out can be looked at, too.
    post_stages::tell_pdu(gear, Some(job.number), Direction::Tx, &encoded.octets);
    let settings = modem_stages::port(gear, ladder, Some(job.profile.id.as_str())).await?;
    listen(gear, job.hearing).await;
    let card = modem_stages::sim(gear, ladder).await?;
    modem_stages::register(gear, ladder).await?;
    modem_stages::attach(gear, ladder).await?;
    let bearer = modem_stages::bearer(gear, &job.profile, ladder, &settings).await?;
    modem_stages::stack(gear, ladder, &bearer, &settings).await?;
    gear.connected(Some(Connection {
        profile: job.profile.clone(),
        bearer: bearer.clone(),
        card: card.clone(),
    }));
    let addresses = post_stages::resolve(gear, ladder, &encoded.endpoint).await?;
    let mut attempt = 1;
    let again = AtomicBool::new(false);
    let answer = loop {
        let link = connect::connect(
            gear,
            &job.profile,
            ladder,
            &encoded.endpoint,
            &addresses,
            &bearer,
        )
        .await?;
        match post_stages::post(
            gear,
            job,
            ladder,
            &encoded,
            &card,
            post_stages::Way {
                link,
                again: &again,
            },
            result,
        )
        .await
        {
            // Nobody can have taken the message, so a second try cannot make a second one of it.
            Err(fallen) if again.load(Ordering::Relaxed) && attempt < ATTEMPTS => {
                attempt += 1;
                let why = &fallen.trouble.failure.what;
                ladder.progress(Stage::Connect, format!("attempt {attempt} of {ATTEMPTS}, on a new connection, since the request had not gone out: {why}"), None);
                gear.modem.serving("connect").close_links().await;
                if gear.modem.serving("connect").hello().await.is_err() {
                    return Err(fallen);
                }
            }
            other => break other?,
        }
    };
    let (answer, evidence) = answer;
    post_stages::confirm(ladder, answer, evidence, result).await
}

/// Makes the modem announce messages, its settings being kept. Where it will not, that is told and nothing else stops for it.
async fn listen(gear: &Gear, hearing: Hearing) {
    if hearing == Hearing::Not {
        return;
    }
    if let Err(trouble) = hear(gear, hearing).await {
        gear.sink.record(What::Notice(Notice {
            level: Level::Warning,
            text: format!("messages that come in are not announced: {trouble}"),
            because: None,
        }));
    }
}

/// Makes messages reach us. Only what has to be changed for that counts as changed by us.
///
/// # Errors
/// The modem refuses, or its settings cannot be kept; then nothing is changed.
pub async fn hear(gear: &Gear, hearing: Hearing) -> Result<Vec<&'static str>, Trouble> {
    let modem = gear.modem.serving("inbox");
    let found = modem.read_sms_settings().await?;
    let changes = listening(&found, hearing).unwrap_or_default();
    let names: Vec<&'static str> = changes.iter().map(|(name, _)| *name).collect();
    if !names.is_empty() {
        modem_stages::keep_sms_settings(gear, &names).await?;
        modem.listen(&found, hearing).await?;
    }
    Ok(names)
}

/// The card by which a profile is chosen, where none is yet. What stands in the way is told as the failure of its own stage.
///
/// # Errors
/// Nothing answers (`port`), or the SIM is not ready (`sim`).
pub async fn card(gear: &Gear, number: u64) -> Result<SimCard, Fallen> {
    if let Some(card) = gear.learnt(|l| l.card.clone()) {
        return Ok(card);
    }
    modem_stages::card(gear, &gear.ladder(number)).await
}

/// Says that the person did not wait for the phone.
pub fn not_awaited(gear: &Gear, number: u64) {
    let says = "stopped while waiting for the phone: the message was accepted";
    gear.ladder(number).skip(Stage::Deliver, says);
}

/// After an Ok: waits for the simulated phone, where there is one. On a real bench nobody can see the phone, and it says so.
/// Returns whether a phone was seen to have it. What goes `to` nobody but this line waits at the MMSC until it is fetched, and is not waited for.
pub async fn deliver(gear: &Gear, number: u64, bubbles_before: u64, to: &[String]) -> bool {
    post_stages::deliver(gear, number, bubbles_before, to).await
}

/// Says why a message was not even begun, as the failure of its first stage.
pub async fn refuse(gear: &Gear, message: Message, trouble: crate::modem::Trouble) -> SendResult {
    let (number, way, entry) = (message.send, message.way, message.entry);
    gear.sink.record(What::Message(message));
    let failed = async { Err::<Learned<()>, _>(trouble.clone()) };
    let _ = gear.ladder(number).stage(Stage::Encode, None, failed).await;
    SendResult {
        send: number,
        stage: Some(Stage::Encode),
        error: Some(trouble.failure),
        way,
        entry,
        ..SendResult::default()
    }
}
