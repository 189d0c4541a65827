//! The stages over the network but for connect: resolve, post, confirm, deliver.
use super::{Encoded, Fallen, Gear, Job, Ladder, Learned, Mark, explain};
use crate::event::{
    Direction, EventId, HttpPart, HttpStep, Level, Notice, Octets, PduSeen, SendResult, Stage,
    What, redact,
};
use crate::mms::{Pdu, SendConf};
use crate::modem::{Link, Passed, SimCard, Trouble};
use crate::net::{Answer, Method, PostLimits, Request};
use crate::profile::{Endpoint, Identity, Profile};
use bytes::Bytes;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Our User-Agent, where the profile names none.
const USER_AGENT: &str = concat!("mmscope/", env!("CARGO_PKG_VERSION"));
/// The largest body of an answer: an M-Send.conf has a hundred octets.
const LARGEST_ANSWER: usize = 64 * 1024;
/// How much of an answer's body is shown.
const SHOWN: usize = 1024;

/// The name has addresses, in the order in which the resolver gave them.
pub async fn resolve(
    gear: &Gear,
    ladder: &Ladder,
    endpoint: &Endpoint,
) -> Result<Vec<String>, Fallen> {
    let modem = gear.modem.serving("resolve");
    let host = endpoint.dialled().host;
    ladder
        .stage(
            Stage::Resolve,
            Some(gear.limits.of(Stage::Resolve)),
            async {
                if host.parse::<IpAddr>().is_ok() {
                    return Ok(Learned::new(
                        vec![host.clone()],
                        format!("{host} is an address already"),
                        Vec::new(),
                    ));
                }
                let (addresses, event) = modem.resolve(&host).await?;
                let says = format!("{host} → {}", addresses.join(", "));
                Ok(Learned::new(addresses, says, vec![event]))
            },
        )
        .await
}

/// The connection of one attempt.
pub struct Way<'a> {
    /// The open link.
    pub link: Link,
    /// Is set where the request certainly did not go out, so that it may be begun once more.
    pub again: &'a AtomicBool,
}

/// The request goes out and an answer of an MMSC comes back.
pub async fn post(
    gear: &Gear,
    job: &Job,
    ladder: &Ladder,
    encoded: &Encoded,
    card: &SimCard,
    way: Way<'_>,
    result: &mut SendResult,
) -> Result<(Answer, Vec<EventId>), Fallen> {
    let Way { mut link, again } = way;
    link.serve("post");
    again.store(false, Ordering::Relaxed);
    let silence = gear.limits.of(Stage::Post);
    let pace = gear.modem.pace();
    let limits = PostLimits {
        silence: pace.real(silence),
        total: pace.real(silence * 5),
        body: LARGEST_ANSWER,
    };
    ladder
        .stage(
            Stage::Post,
            Some(silence * 5 + Duration::from_secs(5)),
            async {
                let body = Bytes::from(encoded.octets.clone());
                let request = request(gear, &job.profile, &encoded.endpoint, card, body)?;
                let asked = tell_request(gear, job.number, &request);
                let whole = request.octets() as u64;
                let (watch, went_out) = (ladder.clone(), gear.went_out.clone());
                let ledger = job.ledger.clone();
                // Written down before the octets that complete the request.
                link.before(whole, async move { ledger.write(Mark::GoesOut).await });
                link.watch(
                    move |Passed {
                              handed,
                              confirmed: sent,
                          }| {
                        went_out.store(handed >= whole, Ordering::Relaxed);
                        let permille =
                            u16::try_from((sent * 1000 / whole.max(1)).min(1000)).unwrap_or(1000);
                        watch.progress(
                            Stage::Post,
                            format!("{sent} of {whole} octets confirmed"),
                            Some(permille),
                        );
                    },
                );
                let answer = match crate::net::post(link, &request, limits).await {
                    Ok(answer) => answer,
                    Err(e) => {
                        result.unknown = e.may_have_been_accepted();
                        result.http_status = e.status();
                        again.store(e.may_be_repeated(), Ordering::Relaxed);
                        // What the modem has refused, or never got, cannot have been accepted.
                        gear.went_out.store(result.unknown, Ordering::Relaxed);
                        if !e.may_have_gone_out() {
                            // Where that cannot be written down, the mark stays, and the message is not tried again by itself.
                            let _ = job.ledger.write(Mark::StaysIn).await;
                        }
                        return Err(explain::http(&e).on(asked));
                    }
                };
                result.http_status = Some(answer.status);
                let answered = tell_answer(gear, job.number, &answer, SHOWN);
                if is_pdu(&answer) {
                    tell_pdu(gear, Some(job.number), Direction::Rx, &answer.body);
                }
                judge(&answer, &mut result.unknown)
                    .map_err(|trouble| trouble.on(asked).on(answered))?;
                let says = format!("{} octets sent, {}", whole, answer.line);
                Ok(Learned::new(
                    (answer, vec![answered]),
                    says,
                    vec![asked, answered],
                ))
            },
        )
        .await
}

/// The headers of an MMS client (mms-encapsulation section 8), in the order in which phones send them.
pub(crate) fn request(
    gear: &Gear,
    profile: &Profile,
    endpoint: &Endpoint,
    card: &SimCard,
    body: Bytes,
) -> Result<Request, Trouble> {
    let own = gear.own_number.as_ref().map(|n| n.reveal().to_owned());
    let identity = Identity {
        msisdn: own.or_else(|| card.number.as_ref().map(|n| n.reveal().to_owned())),
        imsi: card.imsi.as_ref().map(|i| i.reveal().to_owned()),
        nai: None,
    };
    head(profile, endpoint, &identity, body)
}

/// The same, where it is known who the line is.
pub(super) fn head(
    profile: &Profile,
    endpoint: &Endpoint,
    identity: &Identity,
    body: Bytes,
) -> Result<Request, Trouble> {
    let mms = &profile.mms;
    let (carrier, missing) = mms.carrier_headers(identity);
    if let Some(first) = missing.first() {
        let advice =
            "Set own_number in the configuration, or take the header out of a copy of the profile";
        return Err(Trouble::new(
            "a header of the profile cannot be filled in",
            "",
            first.to_string(),
            advice,
        ));
    }
    let content_type = if mms.charset_in_content_type {
        "application/vnd.wap.mms-message; charset=utf-8"
    } else {
        "application/vnd.wap.mms-message"
    };
    let mut headers: Vec<(String, String)> = vec![
        ("Host".into(), endpoint.authority.clone()),
        (
            "User-Agent".into(),
            mms.user_agent_or(USER_AGENT).to_owned(),
        ),
        (
            "Accept".into(),
            "*/*, application/vnd.wap.mms-message, application/vnd.wap.sic".into(),
        ),
        ("Content-Type".into(), content_type.into()),
        ("Content-Length".into(), body.len().to_string()),
    ];
    headers.extend(carrier);
    if mms.close_connection {
        headers.push(("Connection".into(), "close".into()));
    }
    Ok(Request {
        method: Method::Post,
        target: endpoint.request_target(),
        headers,
        body,
    })
}

pub(super) fn tell_request(gear: &Gear, send: u64, request: &Request) -> EventId {
    let headers = request
        .headers
        .iter()
        .map(|(n, v)| (n.clone(), redact(v)))
        .collect();
    let step = HttpPart::Request {
        line: request.line(),
        headers,
        body: request.body.len(),
    };
    gear.sink.record(What::Http(HttpStep { send, step }))
}

pub(super) fn tell_answer(gear: &Gear, send: u64, answer: &Answer, shown: usize) -> EventId {
    let begins = crate::event::escape(&answer.body[..answer.body.len().min(shown)]);
    let headers = answer
        .headers
        .iter()
        .map(|(n, v)| (n.clone(), redact(v)))
        .collect();
    let step = HttpPart::Answer {
        status: answer.status,
        line: answer.line.clone(),
        headers,
        body: answer.body.len(),
        begins: redact(&begins),
    };
    gear.sink.record(What::Http(HttpStep { send, step }))
}

/// Whether an answer says that it is a PDU, or begins like one (X-Mms-Message-Type comes first).
pub(super) fn is_pdu(answer: &Answer) -> bool {
    let kind = answer.header("content-type").unwrap_or_default();
    let said = kind
        .trim_ascii_start()
        .to_ascii_lowercase()
        .starts_with("application/vnd.wap.mms-message");
    !answer.body.is_empty() && (said || answer.body.starts_with(&[0x8C]))
}

/// So many octets of one PDU go into the stream at the most; what carriers take and bring is a tenth of it.
const MOST_SHOWN: usize = 4 << 20;

/// The PDU itself, for who wants to see its octets, with the number of the send that it belongs to. A larger one than [`MOST_SHOWN`] is only spoken of:
/// cut, it would look broken.
pub fn tell_pdu(gear: &Gear, send: Option<u64>, dir: Direction, octets: &[u8]) {
    let what = if octets.len() > MOST_SHOWN {
        let size = octets.len();
        What::Notice(Notice {
            level: Level::Info,
            text: format!("an MMS PDU of {size} octets is too large to be listed"),
            because: None,
        })
    } else {
        What::Pdu(PduSeen {
            dir,
            send,
            octets: Octets::copy(octets),
        })
    };
    gear.sink.record(what);
}

/// Whether the answer can hold an M-Send.conf at all. HTTP 200 alone is only transport. Where the request was taken and nothing says
/// what became of it, the outcome is `unknown`.
fn judge(answer: &Answer, unknown: &mut bool) -> Result<(), Trouble> {
    let begins = crate::event::escape(&answer.body[..answer.body.len().min(200)]);
    if !(200..300).contains(&answer.status) {
        let elsewhere = answer.header("location").map(|to| format!("→ {to} "));
        let begins = format!("{}{begins}", elsewhere.unwrap_or_default());
        return Err(explain::status(answer.status, &answer.line, &begins));
    }
    let kind = answer
        .header("content-type")
        .unwrap_or("none")
        .to_ascii_lowercase();
    let is_page = kind.contains("html") || answer.body.trim_ascii_start().starts_with(b"<");
    if is_page {
        return Err(Trouble::new(
            format!(
                "the server answered {} with a web page, not with an M-Send.conf",
                answer.status
            ),
            format!("{kind} {begins}"),
            "a portal or a proxy answers in the MMSC's place: TCP and HTTP work, and the request did not reach an MMSC",
            "Read the page under the HTTP exchange; a plan without data, a captive portal or a wrong proxy do this",
        ));
    }
    if answer.body.is_empty() {
        *unknown = true;
        return Err(Trouble::new(
            format!("the server answered {} with nothing", answer.status),
            answer.line.clone(),
            "an MMSC answers an M-Send.req with an M-Send.conf; without one nobody knows whether it took the message",
            "Look at the recipient's phone before sending again; check the MMSC's URL",
        ));
    }
    Ok(())
}

/// The answer is an M-Send.conf that says Ok.
pub async fn confirm(
    ladder: &Ladder,
    answer: Answer,
    evidence: Vec<EventId>,
    result: &mut SendResult,
) -> Result<(), Fallen> {
    let conf = match SendConf::read(&Pdu::decode(&answer.body).pdu) {
        Ok(conf) => conf,
        Err(why) => {
            // A body that is no M-Send.conf is trouble with the POST, not a word of the MMSC. One that calls itself an MMS comes from an
            // MMSC all the same: it had the whole request, and what it said of it cannot be read.
            let kind = answer.header("content-type").unwrap_or("no content type");
            let is_mms = kind
                .to_ascii_lowercase()
                .starts_with("application/vnd.wap.mms-message");
            result.unknown = is_mms;
            let begins = crate::event::escape(&answer.body[..answer.body.len().min(200)]);
            let mut trouble = Trouble::new(
                format!("the answer ({kind}) is no M-Send.conf"),
                begins,
                if is_mms {
                    format!(
                        "{why}; what answered speaks as an MMSC and had the whole request: it may have accepted the message"
                    )
                } else {
                    format!("{why}; TCP and HTTP work, but what answered does not speak as an MMSC")
                },
                if is_mms {
                    explain::LOOK_FIRST
                } else {
                    "Check the MMSC's URL; look at the answer under the HTTP exchange"
                },
            );
            trouble.evidence = evidence;
            return ladder
                .stage(Stage::Post, None, async { Err::<Learned<()>, _>(trouble) })
                .await;
        }
    };
    result.response_status = Some(conf.response_status.octet());
    result.response_status_name = Some(conf.response_status.name().to_owned());
    result.response_text.clone_from(&conf.response_text);
    result.message_id.clone_from(&conf.message_id);
    ladder
        .stage(Stage::Confirm, None, async {
            let status = conf.response_status;
            if status.is_ok() {
                let id = conf
                    .message_id
                    .as_deref()
                    .map(|id| format!(", Message-ID {}", id.escape_default()))
                    .unwrap_or_default();
                return Ok(Learned::new((), format!("M-Send.conf Ok{id}"), evidence));
            }
            let text = conf
                .response_text
                .as_deref()
                .map(|t| format!(" “{}”", t.escape_default()))
                .unwrap_or_default();
            let raw = format!(
                "X-Mms-Response-Status {:02X} {}{text}",
                status.octet(),
                status.name()
            );
            let again = match status.retry() {
                crate::mms::Retry::Yes => "The status says that trying again makes sense",
                crate::mms::Retry::No => {
                    "The status says that trying again without a change makes no sense"
                }
                crate::mms::Retry::Unsaid => {
                    "The status does not say whether trying again makes sense"
                }
            };
            let mut trouble = Trouble::new(
                format!("the MMSC read the message and said no: {}", status.name()),
                raw,
                status.cause(),
                format!("{}. {again}", status.remedy().trim_end_matches('.')),
            );
            trouble.evidence = evidence;
            Err(trouble)
        })
        .await
}

/// Waits for a new bubble on a simulated phone.
pub async fn deliver(gear: &Gear, number: u64, before: u64, to: &[String]) -> bool {
    let ladder = gear.ladder(number);
    if !to.is_empty() && to.iter().all(|to| gear.is_own(to)) {
        ladder.skip(
            Stage::Deliver,
            "accepted; it goes to this line itself, and is not fetched without --verify",
        );
        return false;
    }
    let Some(mut bubbles) = gear.bubbles.clone() else {
        ladder.skip(Stage::Deliver, "not seen from here: the MMSC accepted the message; whether a phone shows it, the phone must tell");
        return false;
    };
    let allowed = gear.limits.of(Stage::Deliver);
    let seen = ladder.stage(Stage::Deliver, None, async {
        let waiting = bubbles.wait_for(|n| *n > before);
        let waited = tokio::time::timeout(gear.modem.pace().real(allowed), waiting).await;
        let arrived = waited.map_err(|_| unseen(allowed))?.map(|n| *n - before);
        let arrived = arrived.map_err(|_| {
            Trouble::new(
                "the simulated phones are gone",
                "",
                "the simulated bench ended",
                "Start again",
            )
        })?;
        let bubbles = if arrived == 1 {
            "one bubble".to_owned()
        } else {
            format!("{arrived} bubbles")
        };
        Ok(Learned::new(
            (),
            format!("{bubbles} on the simulated phone"),
            Vec::new(),
        ))
    });
    // Whether a phone shows it does not change what the MMSC said.
    seen.await.is_ok()
}

fn unseen(limit: Duration) -> Trouble {
    Trouble::new(
        format!(
            "no simulated phone has shown it within {} s",
            limit.as_secs()
        ),
        "",
        "the MMSC accepted the message; whether a phone shows it is another matter",
        "Wait, or look at the recipient's phone; do not send it again, it would come twice",
    )
}
