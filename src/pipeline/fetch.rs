//! The way back: a message that waits at the MMSC is fetched, and the MMSC is told so.
//!
//! The same stages as a send's, on the data connection that stands where there is one: *post* is the GET of X-Mms-Content-Location, *confirm* the
//! X-Mms-Retrieve-Status. Source: OMA-TS-MMS_CTR section 8, OMA-TS-MMS_ENC sections 6.2 to 6.4.
use super::{
    Connection, Fallen, Gear, Ladder, Learned, connect, explain, modem_stages, post_stages,
};
use crate::event::{Direction, EventId, Stage};
use crate::mms::{Field, Pdu, RetrieveConf, token_name};
use crate::modem::{Link, Trouble};
use crate::net::{Answer, Method, PostLimits, Request};
use crate::profile::{Endpoint, Profile, Scheme};
use bytes::Bytes;
use std::time::Duration;

/// No message is larger, in octets, whatever its notification says.
const LARGEST: u64 = 16 << 20;
/// X-Mms-Message-Size is approximate: so much more may come, in octets.
const MORE: u64 = 64 * 1024;
/// The largest body of an answer to what we report.
const LARGEST_ANSWER: usize = 64 * 1024;
/// How much is shown of an answer that is no message.
const SHOWN: usize = 1024;
/// X-Mms-Retrieve-Status: Error-permanent-message-not-found.
const NOT_FOUND: u8 = 0xE2;

/// One message to fetch.
#[derive(Clone, Debug)]
pub struct FetchJob {
    /// Its number in the inbox.
    pub item: u64,
    /// Through which carrier.
    pub profile: Profile,
    /// X-Mms-Content-Location.
    pub content_location: String,
    /// X-Mms-Message-Size; 0 where it is not told.
    pub announced: u64,
}

impl FetchJob {
    fn ladder(&self, gear: &Gear) -> Ladder {
        Ladder {
            fetch: Some(self.item),
            ..gear.ladder(0)
        }
    }

    /// So many octets are taken at the most.
    fn largest(&self) -> usize {
        let usual = self.profile.mms.max_bytes;
        let announced = self.announced.saturating_add(self.announced / 4);
        let most = announced.max(usual).saturating_add(MORE).min(LARGEST);
        usize::try_from(most).unwrap_or(usize::MAX)
    }
}

/// Why a message was not fetched.
pub struct Unfetched {
    /// At which stage.
    pub stage: Stage,
    /// Why.
    pub trouble: Trouble,
    /// The MMSC has it no more: trying again makes no sense.
    pub gone: bool,
}

impl From<Fallen> for Unfetched {
    fn from(fallen: Fallen) -> Self {
        Self {
            stage: fallen.stage,
            trouble: fallen.trouble,
            gone: false,
        }
    }
}

/// Where a message is fetched, with the proxy of the profile where it has one.
///
/// # Errors
/// The location cannot be dialled.
pub fn place_of(profile: &Profile, content_location: &str) -> Result<Endpoint, Trouble> {
    let unusable = |why: String| {
        Trouble::new(
            "the notification names no place that can be asked",
            content_location.escape_default().to_string(),
            why,
            "Ask the sender to send it again; show the location to the carrier",
        )
    };
    let mut there = profile.clone();
    content_location.clone_into(&mut there.mms.mmsc);
    if there.mms.proxy.is_none() {
        there.mms.connect_port = None;
    }
    let endpoint = there.endpoint().map_err(|e| unusable(e.to_string()))?;
    if endpoint.scheme == Scheme::Https {
        return Err(unusable(
            "it wants TLS, which is not spoken over the module's sockets".to_owned(),
        ));
    }
    Ok(endpoint)
}

/// Fetches a message. The modem is not tidy afterwards: call [`super::tidy`].
///
/// # Errors
/// The stage that failed, and whether the message is gone for good.
pub async fn fetch(gear: &Gear, job: &FetchJob) -> Result<RetrieveConf, Unfetched> {
    let ladder = job.ladder(gear);
    let endpoint = ladder
        .stage(Stage::Encode, None, async {
            let endpoint = place_of(&job.profile, &job.content_location)?;
            let says = format!("to be fetched from {endpoint}");
            Ok(Learned::new(endpoint, says, Vec::new()))
        })
        .await?;
    let standing = approach(gear, job, &ladder).await?;
    let link = reach(gear, job, &ladder, &standing, &endpoint).await?;
    let mut request =
        post_stages::request(gear, &job.profile, &endpoint, &standing.card, Bytes::new())
            .map_err(|trouble| at(Stage::Post, trouble))?;
    request.method = Method::Get;
    request.headers.retain(|(name, _)| {
        !name.eq_ignore_ascii_case("content-type") && !name.eq_ignore_ascii_case("content-length")
    });
    let (answer, evidence) = ask(gear, &ladder, link, &request, job.largest()).await?;
    confirm(&ladder, &answer, evidence).await
}

/// Tells the MMSC what became of a message: an M-NotifyResp.ind or an M-Acknowledge.ind, to the MMSC of the profile.
///
/// # Errors
/// The stage that failed. Then the MMSC may notify once more.
pub async fn respond(gear: &Gear, job: &FetchJob, pdu: &Pdu) -> Result<(), Unfetched> {
    let ladder = job.ladder(gear);
    let (endpoint, octets) = ladder
        .stage(Stage::Encode, None, async {
            let fault = |why: String| {
                Trouble::new(
                    "the MMSC cannot be told",
                    "",
                    why,
                    "Correct mmsc in the profile",
                )
            };
            let endpoint = job.profile.endpoint().map_err(|e| fault(e.to_string()))?;
            let octets = pdu.encode().map_err(|e| fault(e.to_string()))?;
            let kind = pdu.message_type().and_then(|t| t.name()).unwrap_or("PDU");
            let says = format!("{kind}, {} octets", octets.len());
            Ok(Learned::new((endpoint, octets), says, Vec::new()))
        })
        .await?;
    post_stages::tell_pdu(gear, None, Direction::Tx, &octets);
    let standing = approach(gear, job, &ladder).await?;
    let link = reach(gear, job, &ladder, &standing, &endpoint).await?;
    let body = Bytes::from(octets);
    let request = post_stages::request(gear, &job.profile, &endpoint, &standing.card, body)
        .map_err(|trouble| at(Stage::Post, trouble))?;
    ask(gear, &ladder, link, &request, LARGEST_ANSWER).await?;
    Ok(())
}

fn at(stage: Stage, trouble: Trouble) -> Unfetched {
    Unfetched {
        stage,
        trouble,
        gone: false,
    }
}

/// The data connection: the one that stands, or one that is made.
async fn approach(gear: &Gear, job: &FetchJob, ladder: &Ladder) -> Result<Connection, Fallen> {
    if let Some(standing) = gear.connection_for(&job.profile) {
        return Ok(standing);
    }
    let settings = modem_stages::port(gear, ladder, None).await?;
    let card = modem_stages::sim(gear, ladder).await?;
    modem_stages::register(gear, ladder).await?;
    modem_stages::attach(gear, ladder).await?;
    let bearer = modem_stages::bearer(gear, &job.profile, ladder, &settings).await?;
    modem_stages::stack(gear, ladder, &bearer, &settings).await?;
    let standing = Connection {
        profile: job.profile.clone(),
        bearer,
        card,
    };
    gear.connected(Some(standing.clone()));
    Ok(standing)
}

async fn reach(
    gear: &Gear,
    job: &FetchJob,
    ladder: &Ladder,
    standing: &Connection,
    endpoint: &Endpoint,
) -> Result<Link, Fallen> {
    let addresses = post_stages::resolve(gear, ladder, endpoint).await?;
    let bearer = &standing.bearer;
    connect::connect(gear, &job.profile, ladder, endpoint, &addresses, bearer).await
}

/// The request goes out, and an answer of success comes back.
async fn ask(
    gear: &Gear,
    ladder: &Ladder,
    mut link: Link,
    request: &Request,
    largest: usize,
) -> Result<(Answer, Vec<EventId>), Unfetched> {
    link.serve("fetch");
    let silence = gear.limits.of(Stage::Post);
    let pace = gear.modem.pace();
    let limits = PostLimits {
        silence: pace.real(silence),
        total: pace.real(silence * 5),
        body: largest,
    };
    let mut gone = false;
    let asking = async {
        let asked = post_stages::tell_request(gear, 0, request);
        let answer = crate::net::post(link, request, limits).await;
        let answer = answer.map_err(|e| explain::http(&e).on(asked))?;
        if post_stages::is_pdu(&answer) {
            post_stages::tell_pdu(gear, None, Direction::Rx, &answer.body);
        }
        let is_message = request.method == Method::Get && kind(&answer).contains("vnd.wap.mms");
        // What somebody has written to this line is not shown in a recording as text.
        let shown = if is_message { 0 } else { SHOWN };
        let answered = post_stages::tell_answer(gear, 0, &answer, shown);
        let evidence = vec![asked, answered];
        if !(200..300).contains(&answer.status) {
            gone = request.method == Method::Get && matches!(answer.status, 404 | 410);
            return Err(refused(&answer, gone).on(asked).on(answered));
        }
        let says = format!("{}, {} octets came", answer.line, answer.body.len());
        Ok(Learned::new((answer, evidence.clone()), says, evidence))
    };
    let limit = Some(silence * 5 + Duration::from_secs(5));
    let done = ladder.stage(Stage::Post, limit, asking).await;
    done.map_err(|fallen| Unfetched {
        gone,
        ..Unfetched::from(fallen)
    })
}

fn kind(answer: &Answer) -> String {
    let kind = answer.header("content-type").unwrap_or("none");
    kind.to_ascii_lowercase()
}

fn begins(answer: &Answer) -> String {
    crate::event::escape(&answer.body[..answer.body.len().min(200)])
}

fn refused(answer: &Answer, gone: bool) -> Trouble {
    let raw = format!("{} {}", answer.line, begins(answer));
    if gone {
        return Trouble::new(
            format!("the MMSC has the message no more: HTTP {}", answer.status),
            raw,
            "it has expired, or was fetched by another device with this SIM",
            "Ask the sender to send it again",
        );
    }
    Trouble::new(
        format!("the MMSC refused: HTTP {}", answer.status),
        raw,
        "TCP and HTTP work; the server does not do what was asked of it",
        "Try again later; compare host and port of X-Mms-Content-Location with the profile",
    )
}

/// The answer is an M-Retrieve.conf with a message in it.
async fn confirm(
    ladder: &Ladder,
    answer: &Answer,
    evidence: Vec<EventId>,
) -> Result<RetrieveConf, Unfetched> {
    let mut gone = false;
    let done = ladder.stage(Stage::Confirm, None, async {
        let conf = RetrieveConf::read(&Pdu::decode(&answer.body).pdu).map_err(|why| {
            let raw = format!("{} {}", kind(answer), begins(answer));
            let mut trouble = Trouble::new(
                "the answer is no M-Retrieve.conf",
                raw,
                format!("{why}; what answered does not speak as an MMSC"),
                "Compare host and port of X-Mms-Content-Location with the profile; look at the answer",
            );
            trouble.evidence.clone_from(&evidence);
            trouble
        })?;
        // Before MMS 1.1 there is no status, and a message without one is whole.
        let status = conf.retrieve_status.unwrap_or(0x80);
        if status != 0x80 {
            gone = status == NOT_FOUND;
            let mut trouble = unretrieved(status, conf.retrieve_text.as_deref());
            trouble.evidence.clone_from(&evidence);
            return Err(trouble);
        }
        let parts = conf.parts.len();
        let says = format!("M-Retrieve.conf with {parts} parts, {} octets", answer.body.len());
        Ok(Learned::new(conf, says, evidence))
    });
    let done = done.await;
    done.map_err(|fallen| Unfetched {
        gone,
        ..Unfetched::from(fallen)
    })
}

fn unretrieved(status: u8, text: Option<&str>) -> Trouble {
    let name = token_name(&Field::RetrieveStatus, status).unwrap_or("not assigned");
    let text = text
        .map(|t| format!(" “{}”", t.escape_default()))
        .unwrap_or_default();
    let raw = format!("X-Mms-Retrieve-Status {status:02X} {name}{text}");
    let (means, advice) = match status {
        NOT_FOUND => (
            "the MMSC has it no more: it has expired, or was fetched by another device with this SIM",
            "Ask the sender to send it again",
        ),
        0xC0..=0xDF => (
            "a transient error: the MMSC still has the message",
            "Try again in a minute",
        ),
        _ => (
            "a permanent error: the MMSC does not give the message to this line",
            "Ask the carrier, with this status; ask the sender to send it again",
        ),
    };
    Trouble::new(
        format!("the MMSC does not give the message: {name}"),
        raw,
        means,
        advice,
    )
}
